"""list, show and history of any noun. Nothing here loads SQLModel."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from sfa import clock, config
from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.cli.options import Function, Parameter, reference_of, with_parameters
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.fields import Noun
from sfa.i18n import tr, tr_plural
from sfa.store.home import home_dir


def make_list(noun: Noun) -> Function:
    """Return the command that lists a noun."""

    def list_(**given: Any) -> None:
        from sfa.finding.listing import list_rows
        from sfa.render.listings import listing_text

        fmt = format_of(given["format_"])
        limit = _limit(given["limit"], fmt)
        with reading() as connection:
            found = list_rows(
                connection,
                noun.name,
                where=given["where"],
                find=given["find"],
                sort=given["sort"],
                fields=tuple(name.strip() for name in given["fields"].split(",") if name.strip()),
                limit=limit,
                deleted=given["deleted"],
                today=clock.today(),
            )
        emit(listing_text(found, fmt))
        if not found.rows and fmt == "table":
            say(_empty(noun, given))
        elif found.more and fmt == "table":
            say(tr("Only {count} are shown; --limit 0 shows all.", count=len(found.rows)))

    return with_parameters(list_, _list_parameters(noun))


def _list_parameters(noun: Noun) -> list[Parameter]:
    names = ", ".join(each.name for each in noun.fields)
    where = msg('A filter, such as: "amount>=50000 and stage=proposal and owner=me".')
    fields = tr("Columns, separated by commas: {names}", names=names)
    text = msg("Only those in which this text stands, as in sfa find.")
    find = ("find", Annotated[str, typer.Option("--find", metavar="TEXT", help=text)], "")
    return [
        ("where", Annotated[str, typer.Option("--where", "-w", metavar="FILTER", help=where)], ""),
        find,
        (
            "sort",
            Annotated[
                str, typer.Option(metavar="FIELDS", help=msg("Order: amount,-close_date (- is descending)."))
            ],
            "",
        ),
        ("fields", Annotated[str, typer.Option(metavar="FIELDS", help=fields)], ""),
        (
            "limit",
            Annotated[
                int | None,
                typer.Option(
                    min=0, metavar="N", help=msg("At most so many rows; 0 for all."), show_default=False
                ),
            ],
            None,
        ),
        ("deleted", Annotated[bool, typer.Option("--deleted", help=msg("List the deleted ones."))], False),
        ("format_", Format, ""),
    ]


def _limit(asked: int | None, fmt: str) -> int | None:
    if asked is not None:
        return asked or None
    # A machine gets everything; a person gets a page.
    return int(config.get("limit", home_dir()).value) if fmt == "table" and sys.stdout.isatty() else None


def _empty(noun: Noun, given: dict[str, Any]) -> str:
    if given["where"] or given["deleted"] or given["find"]:
        return tr("No {nouns} match.", nouns=noun.label_plural)
    return tr("There are no {nouns} yet. Add one: sfa {noun} add", nouns=noun.label_plural, noun=noun.name)


def make_show(noun: Noun) -> Function:
    """Return the command that shows one record of a noun."""

    def show(**given: Any) -> None:
        from sfa.finding.references import resolve
        from sfa.finding.showing import show as shown
        from sfa.render.records import record_text

        fmt = format_of(given["format_"])
        with reading() as connection:
            found = resolve(connection, noun.name, given["ref"], deleted=given["deleted"])
            record = shown(connection, noun.name, found.id, today=clock.today())
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
