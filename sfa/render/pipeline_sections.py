"""The sections of the printed pipeline: titles, grids and footnotes, in the user's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_in
from sfa.ids import REF_SHOWN
from sfa.render import dates, numbers
from sfa.render.cells import one_line
from sfa.render.tables import Col, Grid
from sfa.reports.pipeline import Block, Changes, DealLine, Movement, PipelineReport, Tally
from sfa.terms import ForecastCategory

CATEGORIES: dict[str, Msg] = {
    ForecastCategory.PIPELINE: msg("In the pipeline"),
    ForecastCategory.BEST_CASE: msg("Best case"),
    ForecastCategory.COMMIT: msg("Commit"),
    ForecastCategory.CLOSED: msg("Closed"),
    ForecastCategory.OMITTED: msg("Omitted"),
}
GROUP_TITLES: dict[str, Msg] = {
    "owner": msg("By owner"),
    "manager": msg("By manager"),
    "team": msg("By team"),
    "product": msg("By product"),
    "sector": msg("By sector"),
}
NOBODY: dict[str, Msg] = {
    "owner": msg("(no owner)"),
    "manager": msg("(no manager)"),
    "team": msg("(no team)"),
    "product": msg("(no product)"),
    "sector": msg("(no sector)"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A titled grid; ``notes`` names the footnotes its title points to."""

    title: str
    grid: Grid
    notes: tuple[str, ...] = ()


def group_name(report: PipelineReport, name: str) -> str:
    """Return a group's name, or what is said of deals that have none."""
    return one_line(name) if name else tr(NOBODY[report.scope.by])


def category_name(category: str) -> str:
    """Return a forecast category's label; an unknown one as it is stored."""
    return tr(CATEGORIES[category]) if category in CATEGORIES else one_line(category)


def sections(report: PipelineReport, block: Block) -> list[Section]:
    """Return the sections of a currency's figures, in the order they are printed."""
    found = [_closed(report, block), _forecast(block), _stages(report, block), *_moved(report, block)]
    found += [_top(block), _stale(report, block), _groups(report, block)]
    return [section for section in found if section.grid.rows]


_COUNT = msg("Deals")
_AMOUNT = msg("Amount")
_WEIGHTED = msg("Weighted")


def _number(name: str, label: Msg) -> Col:
    return Col(name, tr(label), right=True, rigid=True)


def _pair(block: Block, tally: Tally) -> tuple[str, str]:
    return numbers.grouped(tally.count), numbers.whole(tally.amount, block.currency)


def _closed(report: PipelineReport, block: Block) -> Section:
    period = report.scope.period
    title = tr("Closed in {period}", period=period.label) if period else tr("Closed so far")
    columns = (Col("name", ""), _number("count", _COUNT), _number("amount", _AMOUNT))
    rows = ((tr("Won"), *_pair(block, block.won)), (tr("Lost"), *_pair(block, block.lost)))
    return Section(title, Grid(columns, rows), ("closed",))


def _forecast(block: Block) -> Section:
    columns = (
        Col("category", tr("Category")),
        _number("count", _COUNT),
        _number("amount", _AMOUNT),
        _number("cumulative", msg("Cumulative")),
    )
    rows = tuple(
        (
            category_name(line.category),
            *_pair(block, line.tally),
            "" if line.cumulative is None else numbers.whole(line.cumulative, block.currency),
        )
        for line in block.categories
        if line.tally.count or line.category != ForecastCategory.OMITTED
    )
    return Section(tr("Forecast"), Grid(columns, rows), ("forecast",))


def _stages(report: PipelineReport, block: Block) -> Section:
    columns = (
        Col("stage", tr("Stage")),
        _number("count", _COUNT),
        _number("amount", _AMOUNT),
        _number("weighted", _WEIGHTED),
        _number("age", msg("Average days")),
    )
    rows = [
        (
            one_line(f"{line.pipeline}: {line.name}" if line.pipeline else line.name),
            *_pair(block, line.tally),
            numbers.whole(line.weighted, block.currency),
            "" if line.average_age_days is None else numbers.grouped(line.average_age_days),
        )
        for line in block.stages
    ]
    if rows:
        weighted = numbers.whole(block.weighted, block.currency)
        rows.append((tr("All open"), *_pair(block, block.open), weighted, ""))
    title = tr("Open deals by stage on {day}", day=report.scope.as_of.isoformat())
    return Section(title, Grid(columns, tuple(rows)), ("weighted", "age"))


def _moved(report: PipelineReport, block: Block) -> list[Section]:
    found: list[Section] = []
    period, last = report.scope.period, report.last_print
    if block.movement and period:
        title = tr("Moved in {period}", period=period.label)
        found.append(Section(title, _movement_grid(block, block.movement, None), ("moved",)))
    if block.changes and last:
        title = tr("Since the print of {when} for {day}", when=dates.instant(last.printed_at), day=last.as_of)
        movement = None if period else block.movement
        found.append(Section(title, _movement_grid(block, movement, block.changes), ("moved", "print")))
    return found


def _movement_grid(block: Block, movement: Movement | None, changes: Changes | None) -> Grid:
    columns = (Col("name", ""), _number("count", _COUNT), _number("amount", _AMOUNT))
    rows: list[tuple[str, ...]] = []
    if movement:
        moved = (
            (tr_in("moved", "New"), movement.new),
            (tr("Slipped"), movement.slipped),
            (tr("Won"), movement.won),
            (tr("Lost"), movement.lost),
        )
        rows += [(label, *_pair(block, tally)) for label, tally in moved]
    if changes:
        rows += [
            (tr("Change of open deals"), *_signed(block, changes.open)),
            (tr("Change of the weighted amount"), "", _signed_amount(block, changes.weighted)),
            (tr("Change of won deals"), *_signed(block, changes.won)),
        ]
    return Grid(columns, tuple(rows))


def _signed(block: Block, tally: Tally) -> tuple[str, str]:
    return numbers.signed(numbers.grouped(tally.count), tally.count), _signed_amount(block, tally.amount)


def _signed_amount(block: Block, amount: int) -> str:
    return numbers.signed(numbers.whole(amount, block.currency), amount)


def _top(block: Block) -> Section:
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("deal", tr("Deal")),
        Col("stage", tr("Stage")),
        _number("amount", _AMOUNT),
        Col("close", tr("Close date"), rigid=True),
        Col("next_step", tr("Next step")),
    )
    rows = tuple(
        (
            line.ref[:REF_SHOWN],
            one_line(line.name),
            one_line(line.stage),
            _amount(block, line),
            line.close_on or "",
            one_line(line.next_step or ""),
        )
        for line in block.top
    )
    return Section(tr("Largest open deals"), Grid(columns, rows))


def _stale(report: PipelineReport, block: Block) -> Section:
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("deal", tr("Deal")),
        Col("owner", tr("Owner")),
        Col("stage", tr("Stage")),
        _number("amount", _AMOUNT),
        _number("days", msg("Days")),
    )
    rows = tuple(
        (
            line.ref[:REF_SHOWN],
            one_line(line.name),
            one_line(line.owner),
            one_line(line.stage),
            _amount(block, line),
            "" if line.quiet_days is None else numbers.grouped(line.quiet_days),
        )
        for line in block.stale_deals
    )
    title = tr(
        "Stale for {days} days: {count} deals, {amount}",
        days=report.stale_days,
        count=numbers.grouped(block.stale.count),
        amount=numbers.whole(block.stale.amount, block.currency),
    )
    return Section(title, Grid(columns, rows), ("stale",))


def _amount(block: Block, line: DealLine) -> str:
    return "" if line.amount is None else numbers.whole(line.amount, block.currency)


def _groups(report: PipelineReport, block: Block) -> Section:
    columns = (
        Col("name", tr("Name")),
        _number("open", msg("Open")),
        _number("open_amount", _AMOUNT),
        _number("weighted", _WEIGHTED),
        _number("won", msg("Won")),
        _number("won_amount", _AMOUNT),
        _number("lost", msg("Lost")),
    )
    rows = tuple(
        (
            group_name(report, line.name),
            *_pair(block, line.open),
            numbers.whole(line.weighted, block.currency),
            *_pair(block, line.won),
            numbers.grouped(line.lost.count),
        )
        for line in block.groups
    )
    notes = {"manager": ("today",), "sector": ("today",), "product": ("today", "shared")}
    return Section(tr(GROUP_TITLES[report.scope.by]), Grid(columns, rows), notes.get(report.scope.by, ()))


NOTES: dict[str, Msg] = {
    "closed": msg("Won, lost: the latest event is in a won or lost stage; closed in the period, if any."),
    "forecast": msg("Cumulative: each category with all that is surer; pipeline holds all four."),
    "weighted": msg("Weighted: amount times the probability in percent, summed, then divided by 100."),
    "age": msg("Average days: from the day a deal entered its stage to that day, over open deals."),
    "moved": msg("New: first event in the span. Slipped: open before and after it, close date moved later."),
    "print": msg("Change: this print's figure less the stored one's."),
    "stale": msg("Stale: open, without an event or a done activity for that many days."),
    "today": msg("Managers, products and sectors are today's, for past days too."),
    "shared": msg("{count} deals with several products: split by line value, counted under each product."),
}


def note_texts(report: PipelineReport, used: Sequence[str]) -> list[str]:
    """Return the footnotes that are pointed to, in order."""
    return [tr(NOTES[name], count=numbers.grouped(report.shared_deals)) for name in used]


def remarks(report: PipelineReport) -> list[str]:
    """Return what has to be said of currencies and rounding, below the footnotes."""
    found = [
        tr(
            "{currency} at {rate} {target}, the rate of {day}.",
            currency=rate.from_currency,
            rate=numbers.plain_price(rate.rate_micros),
            target=rate.to_currency,
            day=rate.effective_on,
        )
        for rate in report.rates
    ]
    if report.unconverted:
        main, others = report.blocks[0].currency, ", ".join(report.unconverted)
        apart = tr(
            "Kept apart for want of a rate into {currency}: {others}. Add one: sfa rate add",
            currency=main,
            others=others,
        )
        found += [apart, tr("Deals without an amount are counted under {currency}.", currency=main)]
    found.append(tr("Amounts are rounded to whole units. Formulas: docs/metrics.md"))
    return found
