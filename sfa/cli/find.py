"""sfa find: any record by a part of its name, phone, email or notes."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa.cli.exits import NOTHING, say
from sfa.cli.gateway import reading
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, msg
from sfa.i18n import tr


def find(
    text: Annotated[
        list[str],
        typer.Argument(metavar="TEXT", help=msg("A part of what you look for."), show_default=False),
    ],
    in_: Annotated[
        list[str] | None,
        typer.Option(
            "--in", metavar="NOUN", help=msg("Only these; can be given several times."), show_default=False
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=0, help=msg("At most so many; 0 for all."))
    ] = 50,
    format_: Format = "",
) -> None:
    """Find any record by a part of its name, phone, email or notes."""
    from sfa.finding.searching import find as found_in
    from sfa.render.hits import hits_text

    fmt = format_of(format_)
    sought = " ".join(text)
    nouns = [_noun(word) for word in in_ or ()]
    with reading() as connection:
        hits = found_in(connection, sought, nouns=nouns or None, limit=limit or None)
    emit(hits_text(hits, fmt))
    if not hits:
        say(tr("Nothing holds {text!r}.", text=sought))
        raise typer.Exit(NOTHING)


def _noun(word: str) -> str:
    from sfa.fields import noun_or_none
    from sfa.finding.searching import SEARCHED

    found = noun_or_none(word)
    if found is None or found.name not in SEARCHED:
        raise BadUsage(
            msg("There is no search in {word!r}."),
            hint=msg("There are: {known}."),
            word=word,
            known=", ".join(SEARCHED),
        )
    return found.name
