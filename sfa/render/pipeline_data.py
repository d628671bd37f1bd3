"""The printed pipeline for machines: one JSON object, and one flat table for TSV and CSV.

In JSON every sum is ``{"count", "amount", "currency"}``, the amount a text in units of the
currency. ``blocks`` holds the figures of each currency; when there is only one, its figures
stand at the top as well, so that ``.won.amount`` needs no index. With several currencies the
figures at the top count deals and leave the amount null, because currencies are not added.
"""

from __future__ import annotations

from typing import Any

from sfa.render import numbers
from sfa.render.freshness import freshness_object
from sfa.render.tables import Col, Grid
from sfa.reports.pipeline import Block, DealLine, GroupLine, PipelineReport, Tally

_FLAT = (
    "section",
    "name",
    "count",
    "amount",
    "currency",
    "weighted",
    "cumulative",
    "average_days",
    "close_date",
    "owner",
    "next_step",
)
_TOTALS = ("open", "won", "lost")


def pipeline_object(report: PipelineReport) -> dict[str, Any]:
    """Return the report as JSON holds it."""
    scope, gaps, last = report.scope, report.gaps, report.last_print
    period = scope.period
    return {
        "as_of": scope.as_of.isoformat(),
        "known_on": scope.known_on.isoformat() if scope.known_on else None,
        "period": period and {"name": period.label, "start": str(period.start), "end": str(period.end)},
        "by": scope.by,
        "pipeline": scope.pipeline_name or None,
        "currency": report.blocks[0].currency if len(report.blocks) == 1 else None,
        "data_at": report.data_at,
        "sync": freshness_object(report.freshness),
        "rates": [
            {
                "from": rate.from_currency,
                "to": rate.to_currency,
                "on": rate.effective_on,
                "rate": numbers.plain_price(rate.rate_micros),
            }
            for rate in report.rates
        ],
        "deals": report.deals,
        "without_account": gaps.no_account,
        "open_without_amount": gaps.no_amount,
        "open_without_close_date": gaps.no_close_date,
        "open_past_close_date": gaps.overdue,
        "stale_days": report.stale_days,
        "last_print": {"printed_at": last.printed_at, "as_of": last.as_of} if last else None,
        **_top_level(report),
        "blocks": [_block(block) for block in report.blocks],
    }


def _top_level(report: PipelineReport) -> dict[str, Any]:
    if len(report.blocks) == 1:
        found = _block(report.blocks[0])
        del found["currency"]
        return found
    counts = {name: sum(getattr(block, name).count for block in report.blocks) for name in _TOTALS}
    return {name: {"count": count, "amount": None, "currency": None} for name, count in counts.items()}


def _sum(tally: Tally, currency: str) -> dict[str, Any]:
    return {"count": tally.count, "amount": _amount(tally.amount, currency), "currency": currency}


def _amount(minor: int | None, currency: str | None) -> str | None:
    return None if minor is None or currency is None else numbers.plain_amount(minor, currency)


def _block(block: Block) -> dict[str, Any]:
    code = block.currency
    return {
        "currency": code,
        "open": {**_sum(block.open, code), "weighted": _amount(block.weighted, code)},
        "won": _sum(block.won, code),
        "lost": _sum(block.lost, code),
        "won_by_quarter": [{"quarter": label, **_sum(tally, code)} for label, tally in block.quarters],
        "forecast": [
            {
                "category": line.category,
                **_sum(line.tally, code),
                "cumulative": _amount(line.cumulative, code),
            }
            for line in block.categories
        ],
        "stages": [
            {
                "id": line.stage_id,
                "name": line.name,
                **_sum(line.tally, code),
                "weighted": _amount(line.weighted, code),
                "average_days": line.average_age_days,
            }
            for line in block.stages
        ],
        "moved": _moved(block),
        "since_last_print": _changes(block),
        "top_deals": [_deal(line) for line in block.top],
        "stale": {**_sum(block.stale, code), "deals": [_deal(line) for line in block.stale_deals]},
        "groups": [_group(line, code) for line in block.groups],
    }


def _moved(block: Block) -> dict[str, Any] | None:
    if block.movement is None:
        return None
    moves = ("new", "slipped", "won", "lost")
    return {name: _sum(getattr(block.movement, name), block.currency) for name in moves}


def _changes(block: Block) -> dict[str, Any] | None:
    if block.changes is None:
        return None
    sums = {name: _sum(getattr(block.changes, name), block.currency) for name in _TOTALS}
    return {**sums, "weighted": numbers.plain_amount(block.changes.weighted, block.currency)}


def _group(line: GroupLine, code: str) -> dict[str, Any]:
    return {
        "id": line.group_id or None,
        "name": line.name or None,
        "open": {**_sum(line.open, code), "weighted": _amount(line.weighted, code)},
        "won": _sum(line.won, code),
        "lost": _sum(line.lost, code),
        "won_by_quarter": [{"quarter": label, **_sum(tally, code)} for label, tally in line.quarters],
    }


def _deal(line: DealLine) -> dict[str, Any]:
    return {
        "id": line.deal_id,
        "ref": line.ref,
        "name": line.name,
        "account": line.account or None,
        "owner": line.owner or None,
        "stage": line.stage,
        "amount": _amount(line.amount, line.currency),
        "currency": line.currency,
        "close_date": line.close_on,
        "next_step": line.next_step,
        **({} if line.quiet_days is None else {"quiet_days": line.quiet_days}),
    }


def flat_grid(report: PipelineReport) -> Grid:
    """Return every figure as a row: its section, its name, and the measures it has."""
    rows = [{"section": "total", "name": "deals", "count": report.deals}]
    gaps = report.gaps
    rows += [
        {"section": "missing", "name": name, "count": count}
        for name, count in (
            ("account", gaps.no_account),
            ("amount", gaps.no_amount),
            ("close_date", gaps.no_close_date),
            ("overdue", gaps.overdue),
        )
    ]
    for block in report.blocks:
        rows += _flat_block(_block(block))
    cells = tuple(tuple(_cell(row.get(name)) for name in _FLAT) for row in rows)
    return Grid(tuple(Col(name, name) for name in _FLAT), cells)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _flat_block(block: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [{"section": "total", "name": name, **block[name]} for name in ("open", "won", "lost", "stale")]
    quarters = block["won_by_quarter"]
    rows += [{"section": "won_by_quarter", "name": each["quarter"], **each} for each in quarters]
    rows += [{"section": "forecast", "name": each["category"], **each} for each in block["forecast"]]
    rows += [{"section": "stage", **each} for each in block["stages"]]
    for section in ("moved", "since_last_print"):
        sums = {name: each for name, each in (block[section] or {}).items() if isinstance(each, dict)}
        rows += [{"section": section, "name": name, **each} for name, each in sums.items()]
    rows += [{"section": "top_deal", **each} for each in block["top_deals"]]
    rows += [{"section": "stale_deal", **each} for each in block["stale"]["deals"]]
    for each in block["groups"]:
        name = each["name"] or ""
        rows += [{"section": f"group_{kind}", **each[kind], "name": name} for kind in ("open", "won", "lost")]
    return rows
