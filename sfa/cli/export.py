"""sfa export: a list of one noun to stdout, or everything into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sfa.cli.output import Format
from sfa.errors import BadUsage, msg


def export(
    noun: Annotated[
        str | None,
        typer.Argument(metavar="NOUN", help=msg("What to list: leads, deals …"), show_default=False),
    ] = None,
    everything: Annotated[
        Path | None,
        typer.Option(
            "--all", metavar="DIR", help=msg("Everything, with ids, into a new folder."), show_default=False
        ),
    ] = None,
    where: Annotated[
        str, typer.Option("--where", "-w", metavar="FILTER", help=msg("Only what matches."))
    ] = "",
    fields: Annotated[str, typer.Option(metavar="FIELDS", help=msg("Columns, separated by commas."))] = "",
    format_: Format = "csv",
) -> None:
    """Write a list as CSV (or another format) to stdout, or everything into a folder."""
    if (noun is None) == (everything is None):
        raise BadUsage(
            msg("Say either what to export or --all DIR."),
            hint=msg("Such as: sfa export deals > deals.csv, or: sfa export --all DIR."),
        )
    if everything is not None:
        from sfa.cli.archive import export_everything

        export_everything(everything)
    elif noun is not None:
        _list(noun, where, fields, format_)


def _list(word: str, where: str, fields: str, fmt: str) -> None:
    from sfa.cli.noun_reading import make_list
    from sfa.fields import NOUNS, noun_or_none

    found = noun_or_none(word)
    if found is None:
        raise BadUsage(
            msg("There is nothing called {word!r} to export."),
            hint=msg("There are: {nouns}."),
            word=word,
            nouns=", ".join(noun.plural for noun in NOUNS.values()),
        )
    make_list(found)(where=where, sort="", fields=fields, limit=0, deleted=False, format_=fmt)
