"""sfa pipeline: without a verb it prints the pipeline; with one it is the noun."""

from __future__ import annotations

import sqlite3
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import changing, performing, reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.noun import noun_group, own
from sfa.cli.options import AsOf, Chart, Only, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, InvalidInput, Refused, StoreUnusable, msg
from sfa.i18n import tr, tr_error

if TYPE_CHECKING:
    from sfa.finding.periods import Period
    from sfa.reports.pipeline import PipelineReport, Scope

# The trade's words for the groupings; sfa.reports.pipeline.GROUPINGS is checked against them by a test.
GROUPINGS = ("owner", "manager", "team", "product", "sector")
PRINTS = frozenset({"table", "md"})

By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="GROUP",
        help=msg("One line a group: owner, manager, team, product or sector."),
        autocompletion=lambda: list(GROUPINGS),
    ),
]
KnownOn = Annotated[
    str,
    typer.Option("--known-on", metavar="DAY", help=msg("Only with what was recorded by the end of a day.")),
]
During = Annotated[
    str,
    typer.Option(
        "--period",
        metavar="PERIOD",
        help=msg("Won, lost, new and slipped within 2017Q4, 2017-11, 2017, this-quarter, last-month …"),
    ),
]
BoardOf = Annotated[
    str,
    typer.Option(
        "--pipeline",
        metavar="REF",
        help=msg("The pipeline; the one that new deals enter unless given."),
        autocompletion=completer("pipeline"),
    ),
]
Owner = Annotated[
    str,
    typer.Option(
        "--owner",
        metavar="REF",
        help=msg("Only the deals of one person; me for your own."),
        autocompletion=completer("user"),
    ),
]
Team = Annotated[bool, typer.Option("--team", help=msg("Only the deals of your team."))]
Where = Annotated[
    str,
    typer.Option(
        "--where", metavar="FILTER", help=msg("Only deals that a filter selects, such as amount>=50000.")
    ),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", min=0, help=msg("At most so many deals of a stage."), show_default=False),
]
Store = Annotated[
    bool | None,
    typer.Option(
        "--store/--no-store",
        help=msg("Keep the figures for the next print to compare with; a table or md does so by itself."),
        show_default=False,
    ),
]


def group() -> LazyGroup:
    """Return the pipeline group, which prints when it is called without a command."""
    text = msg("Print the pipeline; list and edit pipelines")
    own_verbs = {
        "board": own(board, msg("Open deals stage by stage, with what was won and lost")),
        "shape": own(shape, msg("Give the default pipeline other stages, before the first deal")),
    }
    made: LazyGroup = noun_group("pipeline", text, own_verbs, callback=pipeline)
    return made


def pipeline(
    context: typer.Context,
    by: By = "owner",
    as_of: AsOf = "",
    known_on: KnownOn = "",
    period: During = "",
    only: Only = "",
    chart: Chart = False,
    format_: Format = "",
    store: Store = None,
) -> None:
    """Print the pipeline as of a day."""
    if context.invoked_subcommand is not None:
        return
    from sfa.render.pipeline import pipeline_text
    from sfa.render.tables import is_coloured
    from sfa.reports.pipeline import Scope, pipeline_report

    fmt, today = format_of(format_), clock.today()
    with reading() as connection:
        fiscal_start = _fiscal_start(connection)
        found = Scope(
            as_of=_day(as_of, "--as-of", today) or today,
            known_on=_day(known_on, "--known-on", today),
            period=_period(period, today, fiscal_start),
            by=_grouping(by),
            fiscal_start=fiscal_start,
        )
        report = pipeline_report(connection, _narrowed(connection, found, only))
    bold = is_coloured(sys.stdout.isatty())
    if chart and fmt in PRINTS:
        from sfa.render.pipeline_chart import pipeline_chart_text

        emit(pipeline_chart_text(report, fmt, now=clock.utc_now(), bold=bold))
    else:
        emit(pipeline_text(report, fmt, now=clock.utc_now(), today=today, bold=bold))
    if not report.deals and fmt in PRINTS:
        say(tr("There are no deals yet by that day. Add one: sfa deal add, or: sfa import deals FILE"))
    if store if store is not None else fmt in PRINTS and not chart:
        _keep(report, asked=store is not None)


def board(
    only: BoardOf = "",
    owner: Owner = "",
    team: Team = False,
    where: Where = "",
    limit: Limit = None,
    format_: Format = "",
) -> None:
    """Print the open deals of a pipeline stage by stage."""
    from sfa.finding.references import resolve
    from sfa.render.board_data import board_text
    from sfa.render.tables import is_coloured
    from sfa.reports.board import Scope, Whose
    from sfa.reports.board import board as board_report

    fmt = format_of(format_)
    if owner and team:
        raise BadUsage(
            msg("--owner and --team cannot be given together."), hint=msg("Leave one of them away.")
        )
    with reading() as connection:
        found = board_report(
            connection,
            Scope(
                today=clock.today(),
                pipeline_id=resolve(connection, "pipeline", only).id if only else None,
                whose=Whose.TEAM if team else Whose.ALL,
                owner_id=resolve(connection, "user", owner).id if owner else None,
                where=where,
                limit=limit,
            ),
        )
    emit(board_text(found, fmt, bold=is_coloured(sys.stdout.isatty())))
    if not found.count and fmt in PRINTS:
        say(tr("There are no open deals here. Add one: sfa deal add, or leave the filter away."))


def shape(
    name: Annotated[
        str,
        typer.Argument(metavar="SHAPE", help=msg("standard, short or project."), show_default=False),
    ],
) -> None:
    """Give the default pipeline the stages of a way of selling; only while no deal is in it."""
    from sfa.services.pipeline_shapes import SHAPES, take_shape

    with performing(msg("Give the pipeline the shape {shape}"), shape=name) as session:
        take_shape(session, name, word=tr, today=clock.today())
    say(tr("Its stages: {stages}.", stages=" → ".join(tr(stage.name) for stage in SHAPES[name])))


def _fiscal_start(connection: sqlite3.Connection) -> int:
    from sfa.finding.organisation import fiscal_start

    return fiscal_start(connection)


def _day(text: str, option: str, today: date) -> date | None:
    from sfa.finding.days import day_or_refuse

    return day_or_refuse(text, option, today=today) if text else None


def _period(text: str, today: date, fiscal_start: int) -> Period | None:
    from sfa.finding.periods import period_of

    return period_of(text, today=today, fiscal_start=fiscal_start) if text else None


def _grouping(by: str) -> str:
    if by not in GROUPINGS:
        raise InvalidInput(
            "--by",
            msg("{value!r} is no grouping."),
            hint=msg("Choose one of: {known}."),
            value=by,
            known=", ".join(GROUPINGS),
        )
    return by


def _narrowed(connection: sqlite3.Connection, scope: Scope, only: str) -> Scope:
    """Return the scope narrowed to the pipeline that was named, if any."""
    if not only:
        return scope
    from dataclasses import replace

    from sfa.finding.references import resolve

    found = resolve(connection, "pipeline", only)
    return replace(scope, pipeline_id=found.id, pipeline_name=found.label)


def _keep(report: PipelineReport, *, asked: bool) -> None:
    """Store the print's figures; a store that cannot be written does not spoil the print.

    Who may only read keeps none, and hears so when it was ``asked`` for.
    """
    from sfa.reports.pipeline import figures
    from sfa.services.prints import store_print
    from sfa.terms import ChangeKind

    try:
        with changing(msg("Keep the figures of a print")) as change:
            change.kind = ChangeKind.SYSTEM  # nothing of the user's, so nothing for undo to offer
            store_print(
                change.connection,
                scope=report.scope.key(),
                as_of=report.scope.as_of,
                figures=figures(report.blocks),
            )
    except (StoreUnusable, Refused) as error:
        if isinstance(error, Refused) and not asked:
            return
        say(tr("The print was not kept for comparison: {why}", why=" ".join(filter(None, tr_error(error)))))
