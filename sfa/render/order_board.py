"""The board of orders as short lines of cells: heads of columns, cards, rows of its list."""

from __future__ import annotations

from collections.abc import Sequence

from sfa.i18n import tr, tr_plural
from sfa.render import numbers
from sfa.render.board import MARK, MUTED, TITLE, Line, amounts_text, rate_text
from sfa.render.cells import cell_width, clip, one_line, pad
from sfa.render.orders import state_word
from sfa.reports.order_board import Card, Closed, Column, OrderBoard, Sum

HEAD_LINES = 3
_SIGN = "! "
_BETWEEN = " · "
_DAY_CELLS, _AMOUNT_CELLS, _GAP = 10, 18, 2
_ANY = 10_000  # cells: as much as one likes
_WITH_OWNER = 130  # cells from which a row of the list says whose it is


def totals_text(sums: Sequence[Sum], room: int) -> str:
    """Return what orders come to, a currency apart from the other."""
    return amounts_text([(each.total, each.currency) for each in sums], room)


def open_text(sums: Sequence[Sum], room: int) -> str:
    """Return what of it is still to be paid; empty for nothing."""
    told = tr("open {amount}", amount="")
    wanted = [(each.open, each.currency) for each in sums if each.open]
    return tr("open {amount}", amount=amounts_text(wanted, room - cell_width(told))) if wanted else ""


def column_name(column: Column) -> str:
    """Return what a column is called; what is paid stands in one until it was delivered."""
    return tr("Paid, to be delivered") if column.state == "paid" else state_word(column.state)


def head_lines(column: Column, room: int) -> list[Line]:
    """Return the head of a state: its name, number and total of its orders, what of it is to be paid."""
    count = numbers.grouped(column.count)
    total = totals_text(column.sums, room - cell_width(count) - 3)
    return [
        Line(clip(column_name(column), room), TITLE),
        Line(clip(_BETWEEN.join(filter(None, (count, total))), room)),
        Line(clip(open_text(column.sums, room), room), MUTED),
    ]


def closed_title(closed: Closed, board: OrderBoard) -> str:
    """Return what a column of closed orders is called."""
    return f"{state_word(closed.state)} {board.quarter.label}"


def closed_lines(closed: Closed, board: OrderBoard, room: int) -> list[Line]:
    """Return the head of the orders paid or cancelled in the quarter: name and quarter, number, total."""
    count = numbers.grouped(closed.count)
    return [
        Line(clip(closed_title(closed, board), room), TITLE),
        Line(clip(tr_plural("{number} order", "{number} orders", closed.count, number=count), room)),
        Line(clip(totals_text(closed.sums, room), room), MUTED),
    ]


# Cards -----------------------------------------------------------------------------------------


def _amount(minor: int, card: Card) -> str:
    return f"{numbers.whole(minor, card.money.currency)} {card.money.currency}"


def late_text(card: Card) -> str:
    """Return in words that the promised day has gone by; empty for not."""
    if not card.late_days:
        return ""
    return tr_plural("{count} day past promise", "{count} days past promise", card.late_days)


def overdue_text(card: Card, room: int) -> str:
    """Return in words what payment is overdue, where it fits for how many days; empty for none."""
    if not card.overdue_minor:
        return ""
    amount = _amount(card.overdue_minor, card)
    whole = tr("overdue {amount}, {count} d", amount=amount, count=card.overdue_days)
    return whole if cell_width(whole) <= room else tr("overdue {amount}", amount=amount)


def _marks(card: Card, room: int) -> list[str]:
    """Return what is late, each with the sign in front."""
    room -= cell_width(_SIGN)
    return [_SIGN + text for text in (late_text(card), overdue_text(card, room)) if text]


def rest_text(card: Card) -> str:
    """Return what is still open: what was not paid, or as long as nothing was what is not invoiced."""
    money = card.money
    if not money.open_minor:
        return tr("paid")
    if money.received_minor or not card.to_invoice_minor:
        return tr("open {amount}", amount=_amount(money.open_minor, card))
    if not money.invoiced_minor:
        return tr("not invoiced")
    return tr("to be invoiced {amount}", amount=_amount(card.to_invoice_minor, card))


def card_lines(card: Card, room: int, *, roomy: bool) -> list[Line]:
    """Return a card: number with the promised day, account, total, what is open, what is late in words."""
    day = card.promised or ""
    if cell_width(card.number) + 1 + cell_width(day) > room:
        day = day[5:]
    number = clip(card.number, room - cell_width(day) - 1 if day else room)
    lines = [Line(number + pad(day, room - cell_width(number), right=True), TITLE)]
    if card.account:
        lines.append(Line(clip(one_line(card.account), room), MUTED))
    total, rest = _amount(card.money.total_minor, card), rest_text(card)
    both = f"{total}{_BETWEEN}{rest}"
    apart = [both] if cell_width(both) <= room else [total, rest]
    lines += [Line(clip(each, room)) for each in apart]
    if roomy:
        about = [one_line(card.owner)] if card.owner else []
        if card.state_days is not None:
            about.append(tr_plural("{count} day here", "{count} days here", card.state_days))
        lines += [Line(clip(_BETWEEN.join(about), room), MUTED)] if about else []
    return [*lines, *(Line(clip(text, room), MARK) for text in _marks(card, room))]


def card_text(card: Card) -> str:
    """Return an order as a line of text to copy."""
    parts = (
        card.number, one_line(card.account), state_word(card.state), _amount(card.money.total_minor, card),
        rest_text(card), card.promised or "", late_text(card), overdue_text(card, _ANY),
    )  # fmt: skip
    return _BETWEEN.join(part for part in parts if part)


# The list --------------------------------------------------------------------------------------


def heading_text(name: str, count: int, sums: Sequence[Sum], room: int) -> str:
    """Return the heading of a state in the list, with its subtotals."""
    third = room // 3
    parts = (name, numbers.grouped(count), totals_text(sums, third), open_text(sums, third))
    return clip(_BETWEEN.join(part for part in parts if part), room)


def row_text(card: Card, room: int) -> str:
    """Return an order as one line: number, account, total, promised day, what is open and late."""
    rest = room - _AMOUNT_CELLS - _DAY_CELLS - 4 * _GAP
    with_owner = room >= _WITH_OWNER
    shares = (16, 26, 14, 44) if with_owner else (20, 30, 0, 50)
    number, account, owner, said = (rest * share // 100 for share in shares)
    told = _BETWEEN.join(_marks(card, _ANY)) or rest_text(card)
    cells = [
        pad(clip(card.number, number), number),
        pad(clip(one_line(card.account), account), account),
        *([pad(clip(one_line(card.owner), owner), owner)] if with_owner else []),
        pad(clip(_amount(card.money.total_minor, card), _AMOUNT_CELLS), _AMOUNT_CELLS, right=True),
        pad(card.promised or "", _DAY_CELLS),
        clip(told, said),
    ]
    return (" " * _GAP).join(cells)


def state_text(board: OrderBoard, room: int, *, label: str = "") -> str:
    """Return what is shown: the filter, number and worth of the orders, what is open, the rates used."""
    number = numbers.grouped(board.count)
    third = room // 3
    parts = [
        tr_plural("{number} open order", "{number} open orders", board.count, number=number),
        tr("filter: {filter}", filter=one_line(label)) if label else "",
        totals_text(board.sums, third),
        open_text(board.sums, third),
        *map(rate_text, board.rates),
    ]
    return clip(_BETWEEN.join(part for part in parts if part), room)
