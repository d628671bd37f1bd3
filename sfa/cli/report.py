"""sfa report: the funnel and the activity; the printed pipeline is sfa pipeline."""

from __future__ import annotations

import sqlite3
import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.lazy import group as lazy_group
from sfa.cli.noun import own
from sfa.cli.options import AsOf, Chart, Only, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import InvalidInput, msg
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.finding.periods import Period

# The trade's words; the reports' own are checked against them by a test.
FUNNEL_GROUPINGS = ("owner", "manager", "team", "sector", "source", "month")
ACTIVITY_GROUPINGS = ("owner", "manager", "team")
STEPS = ("day", "week", "month", "quarter")

During = Annotated[
    str,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help=msg("Deals that came in 2017Q4, 2017-11, 2017, this-quarter, last-month …, or all."),
    ),
]
Within = Annotated[
    str,
    typer.Option(
        "--period", metavar="PERIOD", help=msg("2017Q4, 2017-11, 2017-W48, this-month, last-quarter …")
    ),
]
FunnelBy = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="GROUP",
        help=msg("One line a group: owner, manager, team, sector, source or month."),
        autocompletion=lambda: list(FUNNEL_GROUPINGS),
    ),
]
ActivityBy = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="GROUP",
        help=msg("One line a group: owner, manager or team."),
        autocompletion=lambda: list(ACTIVITY_GROUPINGS),
    ),
]
Per = Annotated[
    str,
    typer.Option(
        "--per",
        metavar="STEP",
        help=msg("Steps of the period: day, week, month or quarter."),
        autocompletion=lambda: list(STEPS),
    ),
]
Owner = Annotated[
    str,
    typer.Option(
        "--owner",
        metavar="REF",
        help=msg("Only one person; me for yourself."),
        autocompletion=completer("user"),
    ),
]


class _Person(NamedTuple):
    id: str | None = None
    name: str = ""


def group() -> LazyGroup:
    """Return the report group."""
    verbs = {
        "funnel": own(funnel, msg("How many deals reached each stage, and where they were lost")),
        "activity": own(activity, msg("Visits, calls and tasks done, a person and a week")),
    }
    return lazy_group("report", tr("Funnel and activity; the pipeline is printed by: sfa pipeline"), verbs)


def funnel(
    period: During = "this-year",
    by: FunnelBy = "owner",
    owner: Owner = "",
    only: Only = "",
    as_of: AsOf = "",
    chart: Chart = False,
    format_: Format = "",
) -> None:
    """Print how many of the deals that came in a period reached each stage."""
    from sfa.finding.days import day_or_refuse
    from sfa.finding.references import resolve
    from sfa.render.funnel import funnel_text
    from sfa.render.tables import is_coloured
    from sfa.reports.funnel import Scope, funnel_report

    fmt, today = format_of(format_), clock.today()
    with reading() as connection:
        person = _person(connection, owner)
        report = funnel_report(
            connection,
            Scope(
                as_of=day_or_refuse(as_of, "--as-of", today=today) if as_of else today,
                period=None if period.strip().lower() in {"all", "全部"} else _period(connection, period),
                by=_among(by, "--by", FUNNEL_GROUPINGS),
                pipeline_id=resolve(connection, "pipeline", only).id if only else None,
                owner_id=person.id,
                owner_name=person.name,
            ),
        )
    emit(funnel_text(report, fmt, now=clock.utc_now(), bold=is_coloured(sys.stdout.isatty()), chart=chart))
    if not report.entered and fmt in {"table", "md"}:
        say(tr("No deal came in this time. Another period: --period last-year, or: --period all"))


def activity(
    period: Within = "this-month",
    by: ActivityBy = "owner",
    per: Per = "week",
    owner: Owner = "",
    chart: Chart = False,
    format_: Format = "",
) -> None:
    """Print what was done in a period: visits, calls, meetings, messages, tasks."""
    from sfa.finding.organisation import fiscal_start
    from sfa.render.activity import activity_text
    from sfa.render.tables import is_coloured
    from sfa.reports.activity import Scope, activity_report

    fmt = format_of(format_)
    with reading() as connection:
        person = _person(connection, owner)
        report = activity_report(
            connection,
            Scope(
                period=_period(connection, period),
                step=_among(per, "--per", STEPS),
                by=_among(by, "--by", ACTIVITY_GROUPINGS),
                owner_id=person.id,
                owner_name=person.name,
                fiscal_start=fiscal_start(connection),
            ),
            today=clock.today(),
        )
    emit(activity_text(report, fmt, now=clock.utc_now(), bold=is_coloured(sys.stdout.isatty()), chart=chart))


def _person(connection: sqlite3.Connection, typed: str) -> _Person:
    from sfa.finding.references import resolve

    if not typed:
        return _Person()
    found = resolve(connection, "user", typed)
    return _Person(found.id, found.label)


def _period(connection: sqlite3.Connection, text: str) -> Period:
    from sfa.finding.organisation import fiscal_start
    from sfa.finding.periods import period_of

    return period_of(text, today=clock.today(), fiscal_start=fiscal_start(connection))


def _among(typed: str, option: str, known: tuple[str, ...]) -> str:
    if typed not in known:
        raise InvalidInput(
            option,
            msg("{value!r} is not among them."),
            hint=msg("Choose one of: {known}."),
            value=typed,
            known=", ".join(known),
        )
    return typed
