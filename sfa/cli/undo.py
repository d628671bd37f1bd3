"""sfa undo and redo: whole changes, by name, or what is left of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sfa.cli.exits import say
from sfa.cli.gateway import changing, reading
from sfa.cli.options import DryRun
from sfa.cli.output import Format, emit, format_of
from sfa.errors import ChangedMeanwhile, Msg, msg
from sfa.i18n import tr, tr_plural

if TYPE_CHECKING:
    from sfa.store.undo import Undone


def undo(
    change: Annotated[
        str,
        typer.Argument(
            metavar="[CHANGE]",
            help=msg("A change from --list; the last one unless given."),
            show_default=False,
        ),
    ] = "",
    list_: Annotated[bool, typer.Option("--list", help=msg("List the changes that can be undone."))] = False,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help=msg("So many; 0 for all."))] = 20,
    partial: Annotated[
        bool, typer.Option("--partial", help=msg("Keep what was changed since; take back the rest."))
    ] = False,
    dry_run: DryRun = False,
    format_: Format = "",
) -> None:
    """Take back the last change, or one from --list."""
    fmt = format_of(format_)
    from sfa.reports.changes import find_change, recent_changes

    with reading() as connection:
        if list_:
            from sfa.render.changes import recent_text

            emit(recent_text(recent_changes(connection, limit or None), fmt))
            return
        tx_id = find_change(connection, change) if change else None
    from sfa.store import undo as store_undo

    with changing(msg("Undo"), dry_run=dry_run) as open_change:
        try:
            done = store_undo.undo(open_change, tx_id, partial=partial)
        except ChangedMeanwhile as error:
            if partial or not change:
                raise _in_words(error) from None
            hint = msg("Take back the rest with: sfa undo {change} --partial.")
            raise _in_words(error, hint, change=change) from None
    _report(done, fmt, redone=False, dry_run=dry_run)


def redo(dry_run: DryRun = False, format_: Format = "") -> None:
    """Bring back what the last undo took."""
    fmt = format_of(format_)
    from sfa.store import undo as store_undo

    with changing(msg("Redo"), dry_run=dry_run) as open_change:
        try:
            done = store_undo.redo(open_change)
        except ChangedMeanwhile as error:
            raise _in_words(error) from None
    _report(done, fmt, redone=True, dry_run=dry_run)


def _in_words(error: ChangedMeanwhile, hint: Msg | None = None, **data: object) -> ChangedMeanwhile:
    """Return the refusal with records and fields by the names people know."""
    named = _named([(table, row_id, column) for table, row_id, column in error.fields])
    return ChangedMeanwhile(error.what, fields=named, hint=hint or error.hint, **error.data, **data)


def _named(places: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    from sfa.finding.row_names import named_places

    with reading() as connection:
        return [(tr(noun), label, tr(field)) for noun, label, field in named_places(connection, places)]


def _said(name: str, *, redone: bool, dry_run: bool) -> str:
    if dry_run:
        return (
            tr("Would be redone: {name}", name=name) if redone else tr("Would be undone: {name}", name=name)
        )
    return tr("Redone: {name}", name=name) if redone else tr("Undone: {name}", name=name)


def _report(done: Undone, fmt: str, *, redone: bool, dry_run: bool) -> None:
    from sfa.render.changes import change_name

    name = change_name(done.transaction.name, done.transaction.arguments)
    kept = _named([(each.table, each.row_id, each.column) for each in done.kept])
    if fmt == "json":
        from sfa.render.tables import json_text

        body = {
            "action": "redo" if redone else "undo",
            "id": done.transaction.tx_id,
            "name": name,
            "rows": done.rows,
            "kept": [{"noun": noun, "record": label, "field": field} for noun, label, field in kept],
            "dry_run": dry_run,
        }
        emit(json_text("sfa.undo/1", body))
    else:
        emit(_said(name, redone=redone, dry_run=dry_run))
    for noun, label, field in kept:
        say(
            tr(
                "Kept, because it was changed since: {noun} {label}: {field}",
                noun=noun,
                label=label,
                field=field,
            )
        )
    say(tr_plural("{count} row", "{count} rows", done.rows))
    if dry_run:
        say(tr("Nothing was changed."))
