"""sfa export: a list of one noun into a file or to stdout, or everything into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.cli.output import FORMATS, Format, emit, format_of
from sfa.errors import BadUsage, msg
from sfa.i18n import tr_plural
from sfa.interchange.text_files import write_whole


def export(
    noun: Annotated[
        str | None,
        typer.Argument(metavar="NOUN", help=msg("What to list: leads, deals …"), show_default=False),
    ] = None,
    file: Annotated[
        str,
        typer.Argument(
            metavar="[FILE]", help=msg("Where to; - or nothing is stdout. Its ending says the format.")
        ),
    ] = "",
    everything: Annotated[
        Path | None,
        typer.Option(
            "--all", metavar="DIR", help=msg("Everything, with ids, into a new folder."), show_default=False
        ),
    ] = None,
    where: Annotated[
        str, typer.Option("--where", "-w", metavar="FILTER", help=msg("Only what matches."))
    ] = "",
    fields: Annotated[
        str, typer.Option(metavar="FIELDS", help=msg("Columns, separated by commas; all unless given."))
    ] = "",
    format_: Format = "",
) -> None:
    """Write a list into a file or to stdout, or everything into a folder."""
    if (noun is None) == (everything is None):
        raise BadUsage(
            msg("Say either what to export or --all DIR."),
            hint=msg("Such as: sfa export deals deals.csv, or: sfa export --all DIR."),
        )
    if everything is not None:
        from sfa.cli.archive import export_everything

        export_everything(everything)
    elif noun is not None:
        path = Path(file) if file not in {"", "-"} else None
        ending = path.suffix.lstrip(".").lower() if path else ""
        fmt = format_of(format_ or (ending if ending in FORMATS else "csv"))
        text, count = _list(noun, where, fields, fmt)
        if path is None:
            emit(text)
            return
        write_whole(path, text)
        say(
            tr_plural(
                "Exported: {count} record to {path}", "Exported: {count} records to {path}", count, path=path
            )
        )


def _list(word: str, where: str, fields: str, fmt: str) -> tuple[str, int]:
    from sfa.fields import NOUNS, noun_or_none
    from sfa.finding.custom import all_fields
    from sfa.finding.listing import list_rows
    from sfa.render.listings import listing_text

    found = noun_or_none(word)
    if found is None:
        raise BadUsage(
            msg("There is nothing called {word!r} to export."),
            hint=msg("There are: {nouns}."),
            word=word,
            nouns=", ".join(noun.plural for noun in NOUNS.values()),
        )
    with reading() as connection:
        wanted = [name.strip() for name in fields.split(",") if name.strip()]
        if not wanted:
            own = (each.name for each in all_fields(connection, found.name) if not each.through)
            wanted = ["ref", "id", *(name for name in own if name != "deleted")]
        listing = list_rows(connection, found.name, where=where, fields=wanted, today=clock.today())
    return listing_text(listing, fmt), len(listing.rows)
