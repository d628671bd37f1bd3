"""The board on the command line: stages with their deals for people, and for machines.

In JSON every sum is ``{"amount", "weighted", "currency"}``, the amounts texts in units of the currency;
a stage has a list of them, because currencies are not added. TSV and CSV have a line for each deal.
"""

from __future__ import annotations

from typing import Any

from sfa.i18n import tr, tr_plural
from sfa.ids import REF_SHOWN
from sfa.render import numbers
from sfa.render.board import amount_text, closed_title, rate_texts, short_marks, stage_text, whose_texts
from sfa.render.cells import one_line, wrap
from sfa.render.tables import Col, Grid, grid_text, json_text, md_text, table_text, terminal_width
from sfa.reports.board import Board, Card, Closed, Column, Sum

SCHEMA = "sfa.pipeline.board/1"
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_WITH_NEXT_STEP = 120  # cells a line has where the table says the next step too
_ANY = 10_000  # cells of a line that is not cut
_FLAT = (
    "stage",
    "ref",
    "name",
    "account",
    "owner",
    "amount",
    "currency",
    "probability",
    "close_date",
    "next_step",
    "next_step_on",
    "days_in_stage",
    "days_late",
    "stale",
)


def board_text(board: Board, fmt: str, *, width: int | None = None, bold: bool = False) -> str:
    """Return the board in a format."""
    if fmt == "json":
        return json_text(SCHEMA, _object(board))
    if fmt in {"tsv", "csv"}:
        return grid_text(_flat(board), fmt)
    if fmt == "md":
        return _markdown(board)
    return _printed(board, width or terminal_width(), bold=bold)


def _title(board: Board) -> tuple[str, str]:
    """Return the title, and what is shown: whose deals, by which filter, at which rates."""
    facts = " · ".join([*whose_texts(board), *rate_texts(board)])
    return tr("Board of {pipeline}", pipeline=one_line(board.pipeline.name)), facts


def _printed(board: Board, room: int, *, bold: bool) -> str:
    lines = wrap(" · ".join(filter(None, _title(board))), room)
    for column in board.columns:
        heading = _heading(column, room)
        lines += ["", f"{_BOLD}{heading}{_PLAIN}" if bold else heading]
        if column.cards:
            grid = _grid(board, column, with_next_step=room >= _WITH_NEXT_STEP)
            lines += table_text(grid, width=room).splitlines()
    lines += ["", *(_closed_text(each, board, room) for each in board.closed)]
    return "".join(f"{line}\n" for line in lines)


def _markdown(board: Board) -> str:
    title, facts = _title(board)
    parts = [f"# {title}\n", f"\n{facts}\n" if facts else ""]
    for column in board.columns:
        parts.append(f"\n## {_heading(column, _ANY)}\n")
        if column.cards:
            parts.append(f"\n{md_text(_grid(board, column, with_next_step=True))}")
    parts += ["\n", *(f"- {_closed_text(each, board, _ANY)}\n" for each in board.closed)]
    return "".join(parts)


def _heading(column: Column, room: int) -> str:
    percent = numbers.percent(column.probability)
    return stage_text(f"{column.name} {percent}", column.count, column.sums, room)


def _closed_text(closed: Closed, board: Board, room: int) -> str:
    title = f"{closed_title(closed.kind)} {board.quarter.label}"
    return stage_text(title, closed.count, closed.sums, room, weighted=False)


def _grid(board: Board, column: Column, *, with_next_step: bool) -> Grid:
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("name", tr("Name")),
        Col("account", tr("Account")),
        Col("amount", tr("Amount"), right=True, rigid=True),
        Col("close_date", tr("Close date"), rigid=True),
        Col("next_step", tr("Next step")),
        Col("owner", tr("Owner")),
        Col("marks", tr("Attention")),
    )
    left_out = set() if with_next_step else {"next_step"}
    left_out |= {"owner"} if board.scope.owner_id else set()
    rows = tuple(_row(card) for card in column.cards)
    kept = [at for at, col in enumerate(columns) if col.name not in left_out and any(row[at] for row in rows)]
    more = column.count - len(rows)
    return Grid(
        tuple(columns[at] for at in kept),
        tuple(tuple(row[at] for at in kept) for row in rows),
        (tr_plural("and {count} more", "and {count} more", more),) if more else (),
    )


def _row(card: Card) -> tuple[str, ...]:
    texts = (card.name, card.account, amount_text(card), card.close_on, card.next_step, card.owner)
    return (card.ref[:REF_SHOWN], *(one_line(each or "") for each in texts), short_marks(card))


# For machines ------------------------------------------------------------------------------------


def _object(board: Board) -> dict[str, Any]:
    return {
        "day": board.scope.today.isoformat(),
        "pipeline": {"id": board.pipeline.id, "name": board.pipeline.name},
        "whose": "owner" if board.scope.owner_id else board.whose.value,
        "where": board.scope.where or None,
        "currency": board.currency,
        "stale_days": board.stale_days,
        "rates": [
            {
                "from": rate.from_currency,
                "to": rate.to_currency,
                "on": rate.effective_on,
                "rate": numbers.plain_price(rate.rate_micros),
            }
            for rate in board.rates
        ],
        "count": board.count,
        "sums": _sums(board.sums),
        "stages": [_stage(column) for column in board.columns],
        "quarter": board.quarter.label,
        **{each.kind: {"count": each.count, "sums": _sums(each.sums)} for each in board.closed},
    }


def _sums(sums: tuple[Sum, ...]) -> list[dict[str, str]]:
    return [
        {
            "amount": numbers.plain_amount(each.amount, each.currency),
            "weighted": numbers.plain_amount(each.weighted, each.currency),
            "currency": each.currency,
        }
        for each in sums
    ]


def _stage(column: Column) -> dict[str, Any]:
    return {
        "id": column.stage_id,
        "name": column.name,
        "probability": column.probability,
        "exit_criteria": column.exit_criteria or None,
        "playbook": column.playbook or None,
        "count": column.count,
        "sums": _sums(column.sums),
        "deals": [_deal(card) for card in column.cards],
    }


def _deal(card: Card) -> dict[str, Any]:
    return {
        "id": card.deal_id,
        "ref": card.ref,
        "name": card.name,
        "account": card.account or None,
        "owner": card.owner or None,
        "amount": _amount(card),
        "currency": card.currency,
        "probability": card.probability,
        "close_date": card.close_on,
        "next_step": card.next_step or None,
        "next_step_on": card.next_step_on,
        "days_in_stage": card.stage_days,
        "days_late": card.late_days,
        "stale": card.is_stale,
    }


def _amount(card: Card) -> str | None:
    if card.amount is None or card.currency is None:
        return None
    return numbers.plain_amount(card.amount, card.currency)


def _flat(board: Board) -> Grid:
    rows = []
    for column in board.columns:
        for card in column.cards:
            deal = {"stage": column.name, **_deal(card)}
            rows.append(tuple(_cell(deal[name]) for name in _FLAT))
    return Grid(tuple(Col(name, name) for name in _FLAT), tuple(rows))


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
