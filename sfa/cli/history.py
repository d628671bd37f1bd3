"""sfa history: the latest changes, or those of any record."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa.cli.gateway import reading
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.fields import NOUNS


def history(
    ref: Annotated[
        str,
        typer.Argument(
            metavar="[REF]",
            help=msg("Any record, such as deal:REF or a name; all the latest changes unless given."),
            show_default=False,
        ),
    ] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help=msg("So many; 0 for all."))] = 20,
    format_: Format = "",
) -> None:
    """Show who changed what, when."""
    fmt = format_of(format_)
    with reading() as connection:
        if not ref:
            from sfa.render.changes import latest_text
            from sfa.reports.changes import latest_changes

            emit(latest_text(latest_changes(connection, limit or None), fmt))
            return
        from sfa.finding.references import resolve_any
        from sfa.render.timeline import timeline_text
        from sfa.reports.timeline import timeline

        found = resolve_any(connection, ref, tuple(NOUNS), deleted=None)
        emit(timeline_text(timeline(connection, found.noun, found.id)[: limit or None], fmt))
