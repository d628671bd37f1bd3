"""A field's stored value as people see it, and as machines read it.

Stored values come as the finders give them: a link as ``(id, label)``, money and
prices as ``(number, currency)``, a multi-valued field as a tuple of these.

For machines (documented in docs/cli.md):

- JSON: money and prices are ``{"amount": "12000.50", "currency": "USD"}``, the amount a
  text so that no reader rounds it; quantities are texts for the same reason; links are
  ``{"id": …, "name": …}``; days are ``YYYY-MM-DD``; instants UTC; flags booleans.
- TSV and CSV: the amount alone in its column; the currency columns follow after the
  columns that were asked for, so that ``cut`` and ``awk`` find what they expect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfa.fields.spec import Field, Kind
from sfa.i18n import tr, tr_in
from sfa.render import cells, dates

RIGHT_ALIGNED = frozenset({Kind.INTEGER, Kind.PERCENT, Kind.RATIO, Kind.MONEY, Kind.PRICE, Kind.QUANTITY})
WITH_CURRENCY = frozenset({Kind.MONEY, Kind.PRICE})
_LIST_SEPARATOR = "; "


def show_value(field: Field, value: Any) -> str:
    """Return a value for people, on one line, in their language; nothing for an absent one."""
    if value is None or value == ():
        return ""
    if field.kind is Kind.CHOICE:
        return cells.one_line(choice_label(field, str(value)))
    if (field.table, field.name) == ("task", "repeat"):
        from sfa.render.repeats import repeat_label  # few lists show it

        return cells.one_line(repeat_label(str(value)))
    if (field.table, field.column) == ("attachment", "size_bytes"):
        from sfa.render.numbers import file_size

        return file_size(int(value))
    shown = str if _is_text(field, value) else _SHOWN.get(field.kind, str)
    return cells.one_line(shown(value))


def _is_text(field: Field, value: Any) -> bool:
    """Say whether a declared field's value came as the text it is stored as."""
    return bool(field.custom_id) and isinstance(value, str) and field.kind is not Kind.FLAG


def show_long(field: Field, value: Any) -> str:
    """Return a value for people, keeping the line breaks of a long text."""
    if field.kind is Kind.LONG and isinstance(value, str):
        return cells.many_lines(value)
    return show_value(field, value)


_DECIDED = frozenset({"conflict", "proposal"})


def choice_label(field: Field, value: str) -> str:
    """Return the label of one of the field's words; a word unknown here as it is."""
    if value == "open" and field.table in _DECIDED:
        return tr_in("a decision", "Open")
    for choice in field.choices:
        if choice.value == value:
            return tr(choice.label)
    return value


def _flag(value: Any) -> bool:
    return value in (1, True, "1", "true", "yes")


def _show_flag(value: Any) -> str:
    return tr("yes") if _flag(value) else tr("no")


def _label(value: Any) -> str:
    """Return the label of a link, or the text of what is no link."""
    return str(value[1]) if isinstance(value, tuple) else str(value)


# Numbers bring decimals and money with them, at a tenth of what a list of leads takes: each of these
# imports them when it meets one.


def _show_money(value: Any) -> str:
    from sfa.render import numbers

    return numbers.money(*value) if value[0] is not None else ""


def _show_price(value: Any) -> str:
    from sfa.render import numbers

    if not isinstance(value, tuple):
        return numbers.price(value, "")
    return numbers.price(value[0], value[1] or "") if value[0] is not None else ""


def _show_quantity(value: Any) -> str:
    from sfa.render import numbers

    return numbers.quantity(value)


def _show_percent(value: Any) -> str:
    from sfa.render import numbers

    return numbers.percent(value)


def _show_ratio(value: Any) -> str:
    from sfa.render import numbers

    return numbers.ratio(value)


def _show_many(value: Any) -> str:
    return ", ".join(_label(each) for each in value)


_SHOWN: dict[Kind, Callable[[Any], str]] = {
    Kind.PERCENT: _show_percent,
    Kind.RATIO: _show_ratio,
    Kind.MONEY: _show_money,
    Kind.PRICE: _show_price,
    Kind.QUANTITY: _show_quantity,
    Kind.INSTANT: dates.instant,
    Kind.FLAG: _show_flag,
    Kind.LINK: _label,
    Kind.MANY: _show_many,
}


def plain_value(field: Field, value: Any) -> Any:
    """Return a value for JSON: text, whole number, truth value, object, list or ``None``."""
    if field.kind is Kind.MANY:
        return [_plain_link(each) for each in value or ()]
    if value is None:
        return None
    plain = _PLAIN.get(field.kind)
    return value if plain is None or _is_text(field, value) else plain(value)


def _plain_link(value: Any) -> Any:
    return {"id": value[0], "name": value[1]} if isinstance(value, tuple) else value


def _plain_money(value: Any) -> dict[str, str] | None:
    from sfa.render import numbers

    if value[0] is None:
        return None
    return {"amount": numbers.plain_amount(*value), "currency": value[1]}


def _plain_quantity(value: Any) -> str:
    from sfa.render import numbers

    return numbers.plain_quantity(value)


def _plain_ratio(value: Any) -> str:
    from sfa.render import numbers

    return numbers.plain_ratio(value)


def _plain_price(value: Any) -> Any:
    from sfa.render import numbers

    if not isinstance(value, tuple):
        return numbers.plain_price(value)
    if value[0] is None:
        return None
    return {"amount": numbers.plain_price(value[0]), "currency": value[1]}


_PLAIN: dict[Kind, Callable[[Any], Any]] = {
    Kind.MONEY: _plain_money,
    Kind.PRICE: _plain_price,
    Kind.QUANTITY: _plain_quantity,
    Kind.RATIO: _plain_ratio,
    Kind.FLAG: _flag,
    Kind.LINK: _plain_link,
}


def flat_value(field: Field, value: Any) -> str:
    """Return a value for a cell of TSV or CSV: links by name, several values parted by ``;``."""
    plain = plain_value(field, value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, list):
        return _LIST_SEPARATOR.join(_flat(each) for each in plain)
    return _flat(plain)


def _flat(plain: Any) -> str:
    if isinstance(plain, dict):
        return str(plain["name"] if "name" in plain else plain["amount"])
    return str(plain)


def flat_currency(value: Any) -> str:
    """Return the currency of an amount or price for a cell of TSV or CSV."""
    return value[1] or "" if isinstance(value, tuple) and value[0] is not None else ""


def typed_value(field: Field, value: Any) -> str:
    """Return a value as one would type it: what a form shows and a command line takes back unchanged."""
    if value is None or value == ():
        return ""
    if field.kind is Kind.INSTANT:
        return dates.instant(value)
    if field.kind is Kind.FLAG:
        return "yes" if _flag(value) else "no"
    if field.kind in WITH_CURRENCY:
        return " ".join(filter(None, (flat_value(field, value), flat_currency(value))))
    return flat_value(field, value)
