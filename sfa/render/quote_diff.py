"""Two revisions of a quote side by side: what was added, taken out, changed, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfa.errors import Msg, msg
from sfa.fields import Field, Kind
from sfa.i18n import tr
from sfa.money import from_micros
from sfa.render.cells import one_line
from sfa.render.numbers import amount, grouped, plain_amount, quantity, ratio
from sfa.render.quotes import discount_text, line_name
from sfa.render.tables import Col, Grid, grid_text, json_text
from sfa.render.values import plain_value, show_value

if TYPE_CHECKING:
    from sfa.reports.quote_diff import LineAt, LineChange, QuoteDiff, ValueChange

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}
# What a line's value is called, where it stands in no column of its own.
_OTHERS: dict[str, Msg] = {
    "group": msg("Group"),
    "note": msg("Remark"),
    "alternative_of": msg("Alternative for"),
    "service_days": msg("Service after days"),
}


def diff_text(diff: QuoteDiff, fmt: str, *, width: int | None = None) -> str:
    """Return what differs in a format; for people with the totals of both, in a width."""
    if fmt == "json":
        return json_text("sfa.quote.diff/1", _body(diff))
    grid = Grid(
        (
            Col("change", ""),
            Col("line", tr("No."), right=True, rigid=True),
            Col("what", tr("What")),
            Col("before", _revision(diff, later=False)),
            Col("after", _revision(diff, later=True)),
        ),
        tuple(_rows(diff)),
    )
    return grid_text(grid, fmt, width=width)


def _revision(diff: QuoteDiff, *, later: bool) -> str:
    number = (diff.after if later else diff.before).values["revision"]
    return tr("Revision {number}", number=number)


def _rows(diff: QuoteDiff) -> list[tuple[str, ...]]:
    currencies = (diff.before.currency, diff.after.currency)
    rows: list[tuple[str, ...]] = [
        (
            _SIGNS[kind_of(change)],
            _number(change),
            _name(change),
            *(_said(change, at, currency) for at, currency in enumerate(currencies)),
        )
        for change in diff.lines
    ]
    rows += [_value_row(change) for change in (*diff.values, *diff.totals)]
    return rows


def kind_of(change: LineChange) -> str:
    """Return whether a line was added, removed or changed."""
    return "added" if change.before is None else "removed" if change.after is None else "changed"


def _number(change: LineChange) -> str:
    at = change.after or change.before
    return str(at.number) if at is not None else ""


def _name(change: LineChange) -> str:
    at = change.after or change.before
    return line_name(at.line) if at is not None else ""


def _said(change: LineChange, side: int, currency: str) -> str:
    """Return what is to be read of a line on one side: all of one that came or went, else what differs."""
    at = (change.before, change.after)[side]
    if at is None:
        return ""
    if not change.columns:
        return _whole(at, currency)
    line = at.line
    parts: list[str] = []
    if {"name", "product", "kind", "code"} & set(change.columns):
        parts.append(one_line(line.name))
    if {"quantity_milli", "unit"} & set(change.columns):
        parts.append(_quantity(at))
    if "unit_price_micros" in change.columns:
        parts.append(f"@ {grouped(from_micros(line.unit_price_micros))}")
    if {"discount_ppm", "discount_minor"} & set(change.columns):
        parts.append(discount_text(line, currency) or tr("no discount"))
    if "tax_rate_ppm" in change.columns:
        parts.append(tr("tax {rate}", rate=ratio(line.tax_rate_ppm)))
    if {"is_optional", "is_taken", "alternative_of"} & set(change.columns):
        parts.append(line_name(line).removeprefix(one_line(line.name)).strip() or tr("in the total"))
    parts += [
        f"{tr(label)}: {getattr(line, name) if getattr(line, name) is not None else '–'}"
        for name, label in _OTHERS.items()
        if name in change.columns and name != "alternative_of"
    ]
    return ", ".join(parts)


def _whole(at: LineAt, currency: str) -> str:
    if at.line.kind == "text":
        return one_line(at.line.name)
    price = f"@ {grouped(from_micros(at.line.unit_price_micros))}"
    return " ".join(part for part in (_quantity(at), price, discount_text(at.line, currency)) if part)


def _quantity(at: LineAt) -> str:
    return f"{quantity(at.line.quantity_milli)} {one_line(at.line.unit or '')}".strip()


def _value_row(change: ValueChange) -> tuple[str, ...]:
    shown = (_shown(change.field, change.before), _shown(change.field, change.after))
    return (_SIGNS["changed"], "", tr(change.field.label), *shown)


def _shown(field: Field, value: Any) -> str:
    return one_line(str(value) if field.kind is Kind.LINK and value is not None else show_value(field, value))


def _body(diff: QuoteDiff) -> dict[str, Any]:
    currency = diff.after.currency

    def line(at: LineAt | None) -> dict[str, Any] | None:
        if at is None:
            return None
        return {
            "no": at.number,
            "kind": at.line.kind,
            "code": at.line.code,
            "name": at.line.name,
            "quantity": quantity(at.line.quantity_milli).replace(",", ""),
            "price": f"{from_micros(at.line.unit_price_micros):f}",
            "discount": plain_amount(at.priced.discount_minor, currency),
            "net": plain_amount(at.priced.net_minor, currency),
        }

    def value(change: ValueChange, given: Any) -> Any:
        if change.field.kind is Kind.MONEY and given is not None:
            return plain_amount(*given)
        return given if change.field.kind is Kind.LINK else plain_value(change.field, given)

    return {
        "quote": diff.number,
        "before": diff.before.values["revision"],
        "after": diff.after.values["revision"],
        "lines": [
            {
                "change": kind_of(change),
                "before": line(change.before),
                "after": line(change.after),
                "columns": list(change.columns),
            }
            for change in diff.lines
        ],
        "values": {
            change.field.name: [value(change, change.before), value(change, change.after)]
            for change in (*diff.values, *diff.totals)
        },
    }


def total_text(diff: QuoteDiff) -> str:
    """Return both totals on one line."""
    before, after = diff.before.priced.totals.payable_minor, diff.after.priced.totals.payable_minor
    return tr(
        "{number}: {before} → {after} {currency}",
        number=diff.number,
        before=amount(before, diff.before.currency),
        after=amount(after, diff.after.currency),
        currency=diff.after.currency,
    )
