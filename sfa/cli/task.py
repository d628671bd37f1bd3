"""sfa task: done, reopen, cancel and snooze, besides the general verbs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.noun import noun_group, own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, Expect, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import Ambiguous, Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("task")
Ref = Annotated[
    str, typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("task"), show_default=False)
]


def group() -> LazyGroup:
    """Return the task group."""
    more = {
        "done": own(done, msg("Close as done; a repeating one comes again")),
        "reopen": own(reopen, msg("Open again what was done or cancelled")),
        "cancel": own(cancel, msg("Close what will not be done")),
        "snooze": own(snooze, msg("Put off to another day")),
    }
    return noun_group("task", msg("Tasks: list, add, done, snooze …"), more)


def _find(ref: str, *states: str) -> Any:
    """Return the task that a reference names; among several of a name, the only one in these states.

    A repeating task leaves its done ones behind under the same name.
    """
    from sfa.finding.references import resolve

    try:
        return find(NOUN, ref)
    except Ambiguous as several:
        with reading() as connection:
            found = [resolve(connection, "task", each) for each, _ in several.matches]
            places = ", ".join("?" * len(states))
            query = f"SELECT 1 FROM task WHERE id = ? AND state IN ({places})"
            fitting = [each for each in found if connection.execute(query, (each.id, *states)).fetchone()]
        if len(fitting) != 1:
            raise
        return fitting[0]


def done(
    ref: Ref,
    follow_up: Annotated[
        str,
        typer.Option(
            "--follow-up", metavar="TEXT", help=msg('What to do next, with its day: "call back fri".')
        ),
    ] = "",
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Close a task as done."""
    from sfa.interchange.follow_ups import read_follow_up
    from sfa.render.row_lists import rows_text
    from sfa.services import tasks

    fmt = format_of(format_)
    task = _find(ref, "open")
    following = read_follow_up(follow_up, today=clock.today())
    with performing(msg("Complete {label}"), label=task.label) as session:
        completed = tasks.complete(
            session,
            task.id,
            follow_up=following.text,
            follow_up_on=following.due_on,
            expected_version=expect,
            today=clock.today(),
        )
    if completed.next is None and completed.follow_up is None:
        print_row(completed.task, fmt, tr("Done"))
        return
    rows = [("done", completed.task), ("next", completed.next), ("follow-up", completed.follow_up)]
    emit(rows_text("sfa.task.done/1", [(what, row) for what, row in rows if row is not None], fmt))
    if completed.next_on is not None:
        say(tr("It comes again on {day}.", day=completed.next_on.isoformat()))


def _put(name: Msg, task: Any, what: str, fmt: str, act: Any) -> None:
    with performing(name, label=task.label) as session:
        row = act(session, task.id)
    print_row(row, fmt, what)


def reopen(ref: Ref, expect: Expect = None, format_: Format = "") -> None:
    """Open a task again."""
    from sfa.services import tasks

    fmt = format_of(format_)

    def act(session: Any, task_id: str) -> Any:
        return tasks.reopen(session, task_id, expected_version=expect, today=clock.today())

    _put(msg("Reopen {label}"), _find(ref, "done", "cancelled"), tr("Reopened"), fmt, act)


def cancel(ref: Ref, expect: Expect = None, format_: Format = "") -> None:
    """Close a task that will not be done."""
    from sfa.services import tasks

    fmt = format_of(format_)

    def act(session: Any, task_id: str) -> Any:
        return tasks.cancel(session, task_id, expected_version=expect, today=clock.today())

    _put(msg("Cancel {label}"), _find(ref, "open"), tr("Cancelled"), fmt, act)


def snooze(
    ref: Ref,
    to: Annotated[
        list[str],
        typer.Argument(metavar="DAY", help=msg("2026-11-30, tomorrow, next mon, +3d …"), show_default=False),
    ],
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Put a task off to another day."""
    from sfa.finding.days import day_or_refuse
    from sfa.services import tasks

    fmt = format_of(format_)
    today = clock.today()
    day: date = day_or_refuse(" ".join(to), "day", today=today)

    def act(session: Any, task_id: str) -> Any:
        return tasks.snooze(session, task_id, to=day, expected_version=expect, today=today)

    _put(msg("Put off {label}"), _find(ref, "open"), tr("Put off to {day}", day=day.isoformat()), fmt, act)
