"""A payment plan as text: as it is stored, and as people type it.

An instalment is typed as an amount, a percentage or ``rest``, and when it is due: a day, or so many days
after the order, the delivery or the first invoice: ``30% order``, ``60% delivery+30``, ``rest 2026-12-31``,
``5000 invoice+60 month-end``. Chinese words serve too: ``30% 下单``, ``余款 到货+30 月末``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sfa.errors import InvalidInput, msg
from sfa.interchange.amounts import read_amount, read_decimal
from sfa.interchange.moments import read_day
from sfa.money import Money, to_minor
from sfa.pricing.payments import DueRule, Share, payment_plan
from sfa.terms import DueFrom, MonthEnd

_PLAN = msg("Payment plan")
_REST = frozenset({"rest", "余款", "尾款"})
_FROM = {
    **dict.fromkeys(("order", "下单", "订单"), DueFrom.ORDER),
    **dict.fromkeys(("delivery", "到货", "交货", "发货"), DueFrom.DELIVERY),
    **dict.fromkeys(("invoice", "开票", "发票"), DueFrom.INVOICE),
}
_MONTH_END = frozenset({"month-end", "eom", "月末", "月底"})
_DAYS = frozenset({"天", "日", "days", "day", "d"})


@dataclass(frozen=True, slots=True)
class Planned:
    """An instalment in minor units, due on a day or by a rule; one of the two is set."""

    minor: int
    on: date | None = None
    rule: DueRule | None = None


def plan_text(plan: Sequence[Planned]) -> str:
    """Return a plan as it is stored; the same plan gives the same text."""
    rows: list[dict[str, object]] = []
    for each in plan:
        row: dict[str, object] = {"minor": each.minor}
        if each.on is not None:
            row["on"] = each.on.isoformat()
        if each.rule is not None:
            row["from"], row["days"] = each.rule.due_from.value, each.rule.days
            row["month_end"] = each.rule.month_end.value
        rows.append(row)
    return json.dumps(rows, separators=(",", ":"), sort_keys=True)


def plan_of(text: str) -> tuple[Planned, ...]:
    """Return a stored plan.

    Raises:
        InvalidInput: the text is no plan that this version can read.
    """
    try:
        return tuple(
            Planned(
                int(row["minor"]),
                date.fromisoformat(row["on"]) if row.get("on") else None,
                DueRule(DueFrom(row["from"]), int(row["days"]), MonthEnd(row["month_end"]))
                if row.get("from")
                else None,
            )
            for row in json.loads(text)
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InvalidInput(
            _PLAN,
            msg("it cannot be read"),
            hint=msg("Write it anew: sfa order plan REF. Nothing was changed."),
        ) from None


def read_plan(texts: Sequence[str], payable: Money, *, today: date) -> tuple[Planned, ...]:
    """Return the plan that typed instalments make of an amount; they sum to it.

    Raises:
        InvalidInput: a text that is no instalment, or they do not sum to the whole.
    """
    read = [_instalment(text, payable.currency, today) for text in texts]
    if not read:
        return ()
    amounts = payment_plan(payable, [share for share, _ in read], {})
    return tuple(
        Planned(each.amount.minor, on, None if on is not None else share.due)
        for each, (share, on) in zip(amounts, read, strict=True)
    )


def _instalment(text: str, currency: str, today: date) -> tuple[Share, date | None]:
    words = text.split()
    if not words:
        raise _unreadable(text)
    end = MonthEnd.AFTER_DAYS if words[-1].lower() in _MONTH_END else MonthEnd.NO
    words = words[:-1] if end is not MonthEnd.NO else words
    # What is due stands before when, and either may be of several words.
    for split in range(len(words), 0, -1):
        what, when = " ".join(words[:split]), " ".join(words[split:])
        rule = _rule(when, end)
        on = None if rule is not None or end is not MonthEnd.NO else read_day(when, today=today)
        if rule is None and on is None:
            continue
        share = _share(what, currency, rule or DueRule())
        if share is not None:
            return share, on
    raise _unreadable(text)


def _share(what: str, currency: str, rule: DueRule) -> Share | None:
    """Return how much a text says, ``None`` where it says none."""
    if what.lower() in _REST:
        return Share(rule)
    if what.endswith(("%", "％")):
        number = read_decimal(what[:-1].strip())
        return None if number is None or number * 10_000 % 1 else Share(rule, ppm=int(number * 10_000))
    number, named = read_amount(what, currency)
    if number is None:
        return None
    if named != currency:
        raise InvalidInput(
            _PLAN,
            msg("{value!r} is in another currency; the order's is {currency}"),
            value=what,
            currency=currency,
        )
    return Share(rule, minor=to_minor(number, currency))


def _rule(when: str, end: MonthEnd) -> DueRule | None:
    """Return the rule that a text such as ``delivery+30`` or ``到货后30天`` is; ``None`` for none."""
    plain = when.lower().replace(" ", "").replace("后", "+")
    word, _, more = plain.partition("+")
    if word not in _FROM:
        return None
    digits = more
    for unit in sorted(_DAYS, key=len, reverse=True):
        digits = digits.removesuffix(unit) if digits != unit else digits
    if digits and not (digits.isascii() and digits.isdigit()):
        return None
    return DueRule(_FROM[word], int(digits or 0), end)


def _unreadable(text: str) -> InvalidInput:
    return InvalidInput(
        _PLAN,
        msg("{value!r} is no instalment."),
        hint=msg("Write it as '30% order', '60% delivery+30', '5000 2026-12-31' or 'rest invoice+30'."),
        value=text,
    )
