"""How often a task comes again, in the user's language; in English as it is stored."""

from __future__ import annotations

from sfa.errors import InvalidInput
from sfa.i18n import tr
from sfa.interchange.repeats import Repeat, Unit, parse_repeat, repeat_text


def repeat_label(stored: str) -> str:
    """Return the words for a stored rule; what is no rule here as it is stored."""
    try:
        rule = parse_repeat(stored)
    except InvalidInput:
        return stored
    if rule is None:
        return stored
    return _LABELS[rule.unit](rule)


def _days(rule: Repeat) -> str:
    return tr("daily") if rule.every == 1 else tr("every {count} days", count=rule.every)


def _weeks(rule: Repeat) -> str:
    if not rule.weekdays:
        return repeat_text(rule)
    names = (tr("mon"), tr("tue"), tr("wed"), tr("thu"), tr("fri"), tr("sat"), tr("sun"))
    days = tr(", ").join(names[each] for each in rule.weekdays)
    if rule.every == 1:
        return tr("weekly on {days}", days=days)
    return tr("every {count} weeks on {days}", count=rule.every, days=days)


def _months(rule: Repeat) -> str:
    if rule.day is None:
        return repeat_text(rule)
    if rule.every == 1:
        return tr("monthly on {day}", day=rule.day)
    return tr("every {count} months on {day}", count=rule.every, day=rule.day)


def _years(rule: Repeat) -> str:
    if rule.day is None or rule.month is None:
        return repeat_text(rule)
    month, day = f"{rule.month:02d}", f"{rule.day:02d}"
    if rule.every == 1:
        return tr("yearly on {month}-{day}", month=month, day=day)
    return tr("every {count} years on {month}-{day}", count=rule.every, month=month, day=day)


_LABELS = {
    Unit.DAY: _days,
    Unit.WORKDAY: lambda _: tr("every weekday"),
    Unit.WEEK: _weeks,
    Unit.MONTH: _months,
    Unit.YEAR: _years,
}
