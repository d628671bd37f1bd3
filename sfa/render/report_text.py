"""What reports have in common: a heading, titled sections as tables or charts, footnotes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sfa.i18n import tr
from sfa.render import numbers
from sfa.render.cells import wrap
from sfa.render.freshness import freshness_text
from sfa.render.tables import Grid, md_text, table_text, terminal_width
from sfa.reports.freshness import Freshness
from sfa.reports.pipeline.figures import UsedRate

_CHART_WIDTH, _TABLE_WIDTH = 80, 1000  # in Markdown
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Part:
    """A titled table, or a chart of the same: lines drawn for a width."""

    title: str
    grid: Grid | None = None
    chart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report for people: title, facts, parts, notes."""

    title: str
    facts: tuple[str, ...]
    parts: tuple[Part, ...]
    notes: tuple[str, ...]


def page_width(fmt: str, *, chart: bool) -> int:
    """Return how wide a report is drawn: as the terminal, in Markdown the same wherever it is written."""
    if fmt != "md":
        return terminal_width()
    return _CHART_WIDTH if chart else _TABLE_WIDTH


def page_text(page: Page, *, width: int, bold: bool) -> str:
    """Return a report as it is printed on a terminal."""
    lines = [*wrap(page.title, width)]
    for fact in page.facts:
        lines += wrap(fact, width)
    for part in page.parts:
        lines += ["", *(f"{_BOLD}{line}{_PLAIN}" if bold else line for line in wrap(part.title, width))]
        lines += table_text(part.grid, width=width).splitlines() if part.grid is not None else part.chart
    lines += [""] if page.notes else []
    for note in page.notes:
        lines += wrap(note, width)
    return "".join(f"{line}\n" for line in lines)


def page_markdown(page: Page) -> str:
    """Return a report as Markdown; a chart stands as it is drawn."""
    parts = [f"# {page.title}\n", *(f"\n{fact}\n" for fact in page.facts)]
    for part in page.parts:
        parts.append(f"\n## {part.title}\n\n")
        if part.grid is not None:
            parts.append(md_text(part.grid))
        else:
            parts.append("".join(["```text\n", *(f"{line}\n" for line in part.chart), "```\n"]))
    parts += [f"\n{note}\n" for note in page.notes]
    return "".join(parts)


def age_line(fresh: Freshness, now: datetime) -> tuple[str, ...]:
    """Return how old the data is; nothing for a store that never met a centre."""
    text = freshness_text(fresh, now)
    return (text,) if text else ()


def rate_notes(rates: Sequence[UsedRate], unconverted: Sequence[str], currency: str) -> tuple[str, ...]:
    """Return what has to be said of currencies."""
    found = [
        tr(
            "{currency} at {rate} {target}, the rate of {day}.",
            currency=rate.from_currency,
            rate=numbers.plain_price(rate.rate_micros),
            target=rate.to_currency,
            day=rate.effective_on,
        )
        for rate in rates
    ]
    if unconverted:
        found.append(
            tr(
                "Kept apart for want of a rate into {currency}: {others}. Add one: sfa rate add",
                currency=currency,
                others=", ".join(unconverted),
            )
        )
    return tuple(found)
