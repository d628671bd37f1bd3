"""list, show and history of any noun. Nothing here loads SQLModel."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import typer

from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.cli.listing import list_options, list_records
from sfa.cli.options import Function, plain_command, reference_of, with_parameters
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.fields import Noun
from sfa.i18n import tr_plural


def make_list(noun: Noun) -> Function:
    """Return the command that lists a noun."""
    return plain_command(partial(list_records, noun), list_options(noun))


def make_show(noun: Noun) -> Function:
    """Return the command that shows one record of a noun."""

    def show(**given: Any) -> None:
        from sfa.finding.references import resolve
        from sfa.finding.showing import show as shown
        from sfa.render.records import record_text

        fmt = format_of(given["format_"])
        with reading() as connection:
            found = resolve(connection, noun.name, given["ref"], deleted=given["deleted"])
            record = shown(connection, noun.name, found.id)
        emit(record_text(record, fmt))

    deleted = Annotated[bool, typer.Option("--deleted", help=msg("Look among the deleted ones."))]
    return with_parameters(show, [reference_of(noun), ("deleted", deleted, False), ("format_", Format, "")])


def make_history(noun: Noun) -> Function:
    """Return the command that shows who changed what in one record of a noun."""

    def history(**given: Any) -> None:
        from sfa.finding.references import resolve
        from sfa.render.timeline import timeline_text
        from sfa.reports.timeline import timeline

        fmt = format_of(given["format_"])
        with reading() as connection:
            found = resolve(connection, noun.name, given["ref"], deleted=None)
            entries = timeline(connection, noun.name, found.id)
        emit(timeline_text(entries, fmt))
        if fmt == "table":
            say(tr_plural("{count} change", "{count} changes", len(entries)))

    return with_parameters(history, [reference_of(noun), ("format_", Format, "")])
