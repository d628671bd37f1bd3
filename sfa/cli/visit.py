"""sfa visit: checkin, checkout, done, cancel, comment and week, besides the general verbs."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli.activity import Text, say_about, with_next_step
from sfa.cli.gateway import performing
from sfa.cli.lazy import LazyGroup
from sfa.cli.next_step import NextOn, next_step_of
from sfa.cli.noun import noun_group, own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, Expect, completer
from sfa.cli.output import Format, format_of
from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("visit")
Ref = Annotated[
    str, typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("visit"), show_default=False)
]
Place = Annotated[str, typer.Option("--place", metavar="TEXT", help=msg("Where, typed by hand."))]


def group() -> LazyGroup:
    """Return the visit group."""
    more = {
        **with_next_step(NOUN),
        "checkin": own(checkin, msg("Record the arrival, now")),
        "checkout": own(checkout, msg("Record the departure, now")),
        "done": own(done, msg("Say that a planned one took place")),
        "cancel": own(cancel, msg("Say that a planned one will not take place")),
        "comment": own(comment, msg("Say something about one")),
        "week": own(week, msg("Show a week, day by day, or write it for a calendar")),
    }
    return noun_group("visit", msg("Visits: plan, log, check in and out …"), more)


def _act(name: Msg, ref: str, what: str, fmt: str, act: Any) -> None:
    visit = find(NOUN, ref)
    with performing(name, label=visit.label) as session:
        row = act(session, visit.id)
    print_row(row, fmt, what)


def checkin(
    ref: Ref,
    place: Place = "",
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help=msg("Why the place is typed by hand."))
    ] = "",
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Record the arrival at a visit."""
    from sfa.services import visits

    fmt = format_of(format_)

    def act(session: Any, visit_id: str) -> Any:
        return visits.check_in(
            session, visit_id, place=place, reason=reason, expected_version=expect, today=clock.today()
        )

    _act(msg("Check in: {label}"), ref, tr("Checked in"), fmt, act)


def checkout(ref: Ref, place: Place = "", expect: Expect = None, format_: Format = "") -> None:
    """Record the departure from a visit."""
    from sfa.services import visits

    fmt = format_of(format_)

    def act(session: Any, visit_id: str) -> Any:
        return visits.check_out(session, visit_id, place=place, expected_version=expect, today=clock.today())

    _act(msg("Check out: {label}"), ref, tr("Checked out"), fmt, act)


def done(
    ref: Ref,
    outcome: Annotated[str, typer.Option("--outcome", metavar="TEXT", help=msg("What came of it."))] = "",
    next_step: Annotated[str, typer.Option("--next-step", metavar="TEXT", help=msg("What is next."))] = "",
    no_next_step: Annotated[bool, typer.Option("--no-next-step", help=msg("Nothing is next."))] = False,
    next_on: NextOn = "",
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Say that a planned visit took place."""
    from sfa.services import visits
    from sfa.services.entry import entered
    from sfa.services.records import raw

    fmt = format_of(format_)
    texts = {
        "outcome": outcome,
        "next_step": next_step,
        "no_next_step": "yes" if no_next_step else "",
    }

    def act(session: Any, visit_id: str) -> Any:
        given = {name: text for name, text in texts.items() if text}
        return visits.complete(
            session,
            visit_id,
            entered(raw(session), NOUN, given, today=clock.today()),
            next_on=next_step_of(next_on),
            expected_version=expect,
            today=clock.today(),
        )

    _act(msg("Visit took place: {label}"), ref, tr("Done"), fmt, act)


def cancel(ref: Ref, expect: Expect = None, format_: Format = "") -> None:
    """Say that a planned visit will not take place."""
    from sfa.services import visits

    fmt = format_of(format_)

    def act(session: Any, visit_id: str) -> Any:
        return visits.cancel(session, visit_id, expected_version=expect)

    _act(msg("Cancel {label}"), ref, tr("Cancelled"), fmt, act)


def comment(ref: Ref, text: Text, format_: Format = "") -> None:
    """Say something about a visit."""
    say_about(NOUN, ref, text, format_)


def week(
    day: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[DAY]", help=msg("A day of the week; today unless given."), show_default=False
        ),
    ] = None,
    calendar: Annotated[
        str,
        typer.Option(
            "--calendar",
            metavar="FILE",
            help=msg("Write the planned ones for a calendar (.ics); - is stdout."),
        ),
    ] = "",
    format_: Format = "",
) -> None:
    """Show your visits of a week and which days are free."""
    from pathlib import Path

    from sfa.cli.exits import say
    from sfa.cli.gateway import reading
    from sfa.cli.output import emit
    from sfa.finding.days import day_or_refuse
    from sfa.interchange.text_files import write_whole
    from sfa.render.week import week_calendar, week_text
    from sfa.reports.week import week_report

    fmt = format_of(format_)
    today = clock.today()
    wanted = day_or_refuse(" ".join(day), "day", today=today) if day else today
    with reading() as connection:
        found = week_report(connection, day=wanted, today=today)
    if not calendar:
        emit(week_text(found, fmt))
        return
    text = week_calendar(found, now=clock.utc_now())
    if calendar == "-":
        emit(text)
        return
    write_whole(Path(calendar), text)
    say(tr("Written: {path}", path=calendar))
