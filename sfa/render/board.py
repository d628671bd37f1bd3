"""The board as short lines of cells: heads of columns, cards, rows of its list, what a stage asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.render import numbers
from sfa.render.cells import cell_width, clip, many_lines, one_line, pad, wrap
from sfa.reports.board import Board, Card, Closed, Column, Sum, Whose
from sfa.reports.pipeline.figures import UsedRate

# What a line is, by which the screen gives it its colours.
PLAIN, TITLE, MUTED, MARK = "plain", "title", "muted", "mark"
HEAD_LINES = 3
_MARK_SIGN = "! "
_BETWEEN = " · "
_DAY_CELLS, _AMOUNT_CELLS, _GAP = 10, 16, 2
_WITH_ACCOUNT, _WITH_NEXT_STEP = 100, 130  # cells from which a row of the list says these too
_WHOSE: dict[Whose, Msg] = {
    Whose.MINE: msg("my deals"),
    Whose.TEAM: msg("team {team}"),
    Whose.ALL: msg("everybody's deals"),
}


class Line(NamedTuple):
    """A line of text and what it is."""

    text: str
    look: str = PLAIN


# Sums ------------------------------------------------------------------------------------------


def sums_text(sums: Sequence[Sum], room: int, *, weighted: bool = False) -> str:
    """Return sums apart, or where that does not fit the first with a plus; currencies are never added."""
    return amounts_text([(one.weighted if weighted else one.amount, one.currency) for one in sums], room)


def amounts_text(amounts: Sequence[tuple[int, str]], room: int) -> str:
    """Return amounts as (minor units, currency) apart, or where that does not fit the first with a plus."""
    if not amounts:
        return ""
    each = [f"{numbers.whole(minor, currency)} {currency}" for minor, currency in amounts]
    whole = _BETWEEN.join(each)
    return whole if len(each) == 1 or cell_width(whole) <= room else f"{each[0]} +"


def head_lines(column: Column, room: int) -> list[Line]:
    """Return the head of a stage: its name, number and total of its deals, their weighted total."""
    percent = numbers.percent(column.probability)
    name = clip(one_line(column.name), room - cell_width(percent) - 1)
    count = numbers.grouped(column.count)
    total = sums_text(column.sums, room - cell_width(count) - 3)
    weighted = sums_text(column.sums, room - _weighted_label(), weighted=True)
    return [
        Line(f"{name} {percent}", TITLE),
        Line(clip(_BETWEEN.join(filter(None, (count, total))), room)),
        Line(clip(f"{tr('weighted')} {weighted}", room) if weighted else "", MUTED),
    ]


def _weighted_label() -> int:
    return cell_width(tr("weighted")) + 1


def closed_title(kind: str) -> str:
    """Return what a column of closed deals is called."""
    return tr("Won") if kind == "won" else tr("Lost")


def closed_lines(closed: Closed, board: Board, room: int) -> list[Line]:
    """Return the head of the deals won or lost in the quarter: name and quarter, number, total."""
    count = numbers.grouped(closed.count)
    total = sums_text(closed.sums, room)
    return [
        Line(clip(f"{closed_title(closed.kind)} {board.quarter.label}", room), TITLE),
        Line(clip(tr_plural("{number} deal", "{number} deals", closed.count, number=count), room)),
        Line(clip(total, room), MUTED),
    ]


# Cards -----------------------------------------------------------------------------------------


def marks(card: Card, room: int) -> str:
    """Return in words what is wrong with a deal, shorter words where the long ones do not fit."""
    long = _marks(card, _long_late, tr("no next step"))
    text = _MARK_SIGN + _BETWEEN.join(long) if long else ""
    return text if cell_width(text) <= room else clip(_MARK_SIGN + short_marks(card), room)


def short_marks(card: Card) -> str:
    """Return the marks in short words, without a sign in front."""
    return "·".join(_marks(card, _short_late, tr("no step")))


def _marks(card: Card, late: Callable[[int], str], no_step: str) -> list[str]:
    found = [] if card.has_next_step else [no_step]
    found += [late(card.late_days)] if card.late_days else []
    return [*found, tr("stale")] if card.is_stale else found


def _long_late(days: int) -> str:
    return tr_plural("{count} day late", "{count} days late", days)


def _short_late(days: int) -> str:
    return tr("{count}d late", count=days)


def amount_text(card: Card) -> str:
    """Return a deal's amount with its currency, or that it has none."""
    if card.amount is None or card.currency is None:
        return tr("no amount")
    return f"{numbers.whole(card.amount, card.currency)} {card.currency}"


def card_lines(card: Card, room: int, *, roomy: bool, with_owner: bool) -> list[Line]:
    """Return a card: name, account, amount with the close date, marks; where it is roomy more of it."""
    name = wrap(one_line(card.name), room)
    shown = name if len(name) <= 2 and roomy else [clip(one_line(card.name), room)]
    if roomy and len(name) > 2:
        shown = [name[0], clip(" ".join(name[1:]), room)]
    lines = [Line(each, TITLE) for each in shown]
    if card.account:
        lines.append(Line(clip(one_line(card.account), room), MUTED))
    lines.append(Line(_amount_and_day(card, room)))
    if roomy:
        lines += _more(card, room, with_owner=with_owner)
    wrong = marks(card, room)
    return [*lines, Line(wrong, MARK)] if wrong else lines


def _amount_and_day(card: Card, room: int) -> str:
    amount, day = amount_text(card), card.close_on or ""
    if cell_width(amount) + 1 + cell_width(day) > room and day:
        day = day[5:]
    left = clip(amount, room - cell_width(day) - 1)
    return left + pad(day, room - cell_width(left), right=True)


def _more(card: Card, room: int, *, with_owner: bool) -> list[Line]:
    lines = []
    if card.has_next_step:
        step = f"→ {one_line(card.next_step)}"
        day = f" {card.next_step_on[5:]}" if card.next_step_on else ""
        lines.append(Line(clip(step, room - cell_width(day)) + day))
    about = [one_line(card.owner)] if with_owner and card.owner else []
    if card.stage_days is not None:
        about.append(tr_plural("{count} day here", "{count} days here", card.stage_days))
    return [*lines, Line(clip(_BETWEEN.join(about), room), MUTED)] if about else lines


def card_text(card: Card, stage: str) -> str:
    """Return a deal as text to copy: a line of what it is, one of what comes next."""
    first = [card.name, card.account, amount_text(card), card.close_on or "", stage, card.owner]
    lines = [_BETWEEN.join(one_line(each) for each in first if each)]
    if card.has_next_step:
        lines.append(" ".join(filter(None, ("→", one_line(card.next_step), card.next_step_on))))
    return "\n".join(lines)


# The list --------------------------------------------------------------------------------------


def stage_text(name: str, count: int, sums: Sequence[Sum], room: int, *, weighted: bool = True) -> str:
    """Return the heading of a stage in the list, with its subtotals."""
    parts = [one_line(name), numbers.grouped(count), sums_text(sums, room // 3)]
    worth = sums_text(sums, room // 3, weighted=True) if weighted else ""
    if worth:
        parts.append(f"{tr('weighted')} {worth}")
    return clip(_BETWEEN.join(filter(None, parts)), room)


def row_text(card: Card, room: int, *, with_owner: bool) -> str:
    """Return a deal as one line: name, account, amount, close date, marks, and more where there is room."""
    named = _shares(card, room, with_owner=with_owner)
    rest = room - _AMOUNT_CELLS - _DAY_CELLS - (len(named) + 1) * _GAP
    widths = [rest * share // 100 for share, _ in named]
    texts = [one_line(text) for _, text in named]
    texts[-1] = marks(card, widths[-1])
    cells = [pad(clip(text, wide), wide) for text, wide in zip(texts, widths, strict=True)]
    amount = pad(clip(amount_text(card), _AMOUNT_CELLS), _AMOUNT_CELLS, right=True)
    return (" " * _GAP).join([*cells[:-1], amount, pad(card.close_on or "", _DAY_CELLS), cells[-1]])


def _shares(card: Card, room: int, *, with_owner: bool) -> list[tuple[int, str]]:
    """Return what a row says besides amount and day, each with its part of the room in per cent.

    The marks come last. What says least gives way first: the owner, the next step, the account.
    """
    if room < _WITH_ACCOUNT:
        return [(58, card.name), (42, "")]
    if room < _WITH_NEXT_STEP:
        return [(40, card.name), (28, card.account), (32, "")]
    if not with_owner:
        return [(32, card.name), (20, card.account), (26, card.next_step), (22, "")]
    return [(28, card.name), (18, card.account), (22, card.next_step), (12, card.owner), (20, "")]


# What stands beside ----------------------------------------------------------------------------


def guide_lines(
    stage: str, exit_criteria: str, playbook: str, room: int, card: Card | None = None
) -> list[Line]:
    """Return what a stage asks for, below the deal that stands in it if there is one."""
    lines: list[Line] = []
    if card is not None:
        lines += [Line(each, TITLE) for each in wrap(one_line(card.name), room)]
        about = _about(card, room)
        wide = min(max(cell_width(label) for label, _ in about) + 2, room // 2)
        for label, value in about:
            lines += _labelled(label, value, wide, room)
        lines.append(Line(""))
    lines += [Line(each, TITLE) for each in wrap(tr("Stage {name}", name=one_line(stage)), room)]
    for title, text in ((tr("Exit criteria"), exit_criteria), (tr("Playbook"), playbook)):
        if text.strip():
            lines += [Line(""), Line(title, MUTED)]
            lines += [Line(each) for each in wrap(many_lines(text), room)]
    if not exit_criteria.strip() and not playbook.strip():
        told = tr("Nothing is written about this stage yet: sfa stage edit NAME --playbook TEXT.")
        lines += [Line(""), *(Line(each, MUTED) for each in wrap(told, room))]
    return lines


def closed_guide(closed: Closed, board: Board, room: int) -> list[Line]:
    """Return what is said of the deals won or lost, which have no stage to work through."""
    return [
        *closed_lines(closed, board, room),
        Line(""),
        *(Line(each, MUTED) for each in wrap(tr("Enter lists these deals; Esc comes back."), room)),
    ]


def _about(card: Card, room: int) -> list[tuple[str, str]]:
    days = card.stage_days
    found = [
        (tr("Account"), card.account),
        (tr("Amount"), amount_text(card)),
        (tr("Probability"), numbers.percent(card.probability)),
        (tr("Close date"), card.close_on or ""),
        (tr("Next step"), " ".join(filter(None, (card.next_step, card.next_step_on)))),
        (tr("Owner"), card.owner),
        (tr("In this stage"), "" if days is None else tr_plural("{count} day", "{count} days", days)),
        ("", marks(card, room)),
    ]
    return [(label, one_line(value)) for label, value in found if value]


def _labelled(label: str, value: str, wide: int, room: int) -> list[Line]:
    if not label:
        return [Line(value, MARK)]
    lines = wrap(value, room - wide)
    head = pad(clip(label, wide - 1), wide)
    return [Line((head if not at else " " * wide) + line) for at, line in enumerate(lines)]


def state_text(board: Board, room: int, *, view: str = "") -> str:
    """Return what is shown: pipeline, saved view, whose, filter, number and worth, and the rates used."""
    number = numbers.grouped(board.count)
    parts = [one_line(board.pipeline.name)]
    parts += [tr("view: {name}", name=one_line(view))] if view else []
    parts += whose_texts(board)
    parts.append(tr_plural("{number} open deal", "{number} open deals", board.count, number=number))
    parts += filter(None, (sums_text(board.sums, room // 3),))
    worth = sums_text(board.sums, room // 3, weighted=True)
    parts += [f"{tr('weighted')} {worth}"] if worth else []
    parts += rate_texts(board)
    return clip(_BETWEEN.join(parts), room)


def whose_texts(board: Board) -> list[str]:
    """Return whose deals are shown, and by which filter."""
    whose = tr(_WHOSE[board.whose], team=one_line(board.team.name))
    scope = board.scope
    parts = [] if scope.owner_id else [whose]
    return [*parts, tr("filter: {filter}", filter=one_line(scope.where))] if scope.where.strip() else parts


def rate_texts(board: Board) -> list[str]:
    """Return the rates by which totals were converted, each with its day."""
    return [rate_text(rate) for rate in board.rates]


def rate_text(rate: UsedRate) -> str:
    """Return a rate with its day."""
    return tr(
        "{currency} at {rate} of {day}",
        currency=rate.from_currency,
        rate=numbers.plain_price(rate.rate_micros),
        day=rate.effective_on,
    )
