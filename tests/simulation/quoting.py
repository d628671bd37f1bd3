"""Quotes as devices write them: contents that are priced, what is said about them, limits of roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sfa import ids
from sfa.fields import TABLES
from sfa.interchange.quote_lines import QuoteLine, digest_of, document_of, lines_of, lines_text, total_columns
from sfa.pricing.totals import price_document
from sfa.sync.protocol import Value
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, PRODUCT
from tests.simulation.pens import Pen

_COLUMNS = [column.name for column in TABLES["quote"].captured() if column.group == "content"]
BLANK: dict[str, Value] = {
    **dict.fromkeys(_COLUMNS),
    "revision": 1,
    "currency": "CNY",
    "tax_mode": "added",
    "tax_rounding": "per-line",
    "rounding": "half-up",
    "cash_step_minor": 0,
    "cash_rounding": "half-up",
    "discount_ppm": 0,
    "discount_minor": 0,
}


def item(key: str = "1", **values: Any) -> QuoteLine:
    """Return a line of 100.00 with 13 % tax."""
    whole = {"product": PRODUCT, "unit_price_micros": 100_000_000, "tax_rate_ppm": 130_000, **values}
    return QuoteLine(key, **whole)


def content(*lines: QuoteLine, **values: Value) -> dict[str, Value]:
    """Return the columns of a quote's content with what they come to."""
    found = lines or (item(),)
    given = {**BLANK, **values, "lines": lines_text(found)}
    return {**given, **total_columns(price_document(document_of(given, found)))}


def quote_op(pen: Pen, account: str, *lines: QuoteLine, **values: Value) -> tuple[str, dict[str, Any]]:
    """Return the op of a new quote of the pen's user."""
    number = f"Q-{pen.new_id()}"
    own: dict[str, Value] = {
        "number": number,
        "state": "draft",
        "owner_id": pen.author,
        "account_id": account,
    }
    inside = {name: values.pop(name) for name in list(values) if name in BLANK}
    return pen.insert("quote", "", **{**content(*lines, **inside), **own, **values})


def edit(pen: Pen, quote: str, *lines: QuoteLine, **values: Any) -> dict[str, Any]:
    """Return the op of an edit of a quote's content, and of other columns."""
    present = values_of(pen.centre, quote)
    before = {name: present[name] for name in BLANK}
    inside = {name: values.pop(name) for name in list(values) if name in BLANK}
    after = content(*(lines or lines_of(before["lines"])), **{**before, **inside})
    changed = {name: value for name, value in after.items() if value != before[name]}
    return pen.update("quote", quote, **{**changed, **values})


def order_content(*lines: QuoteLine) -> dict[str, Value]:
    """Return what orders have of a quote's content."""
    names = {column.name for column in TABLES["sales_order"].captured()}
    return {name: value for name, value in content(*lines).items() if name in names and value is not None}


def order(pen: Pen, **values: Value) -> str:
    """Return a new order, with what it hangs on and comes from."""
    own: dict[str, Value] = {
        "number": f"O-{pen.new_id()}",
        "state": "placed",
        "state_on": "2026-11-22",
        "ordered_on": "2026-11-22",
        "owner_id": pen.author,
        "is_imported": 0,
        "payment_plan": "[]",
    }
    return pen.add("sales_order", **{**order_content(), **own, **values})


def values_of(centre: ModelCentre, quote: str) -> Mapping[str, Any]:
    """Return a quote as the centre has it."""
    row = centre.state.row("quote", quote)
    assert row is not None
    return row.values


def digest_at(centre: ModelCentre, quote: str) -> str:
    """Return the digest of a quote's content as the centre has it."""
    return digest_of(values_of(centre, quote))


def said(pen: Pen, quote: str, verdict: str, **values: Value) -> dict[str, Any]:
    """Return the op of a decision, by default about the quote as the centre has it."""
    whole: dict[str, Value] = {"quote_id": quote, "verdict": verdict, "revision": 1}
    digest = values.get("digest") or digest_at(pen.centre, quote)
    return pen.insert("quote_decision", "", **{**whole, **values, "digest": digest})[1]


def submission(pen: Pen, quote: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the ops that submit a quote."""
    return said(pen, quote, "submit"), pen.update("quote", quote, state="submitted")


def limit(centre: ModelCentre, **limits: object) -> None:
    """Set what roles may allow: ``rep_discount=50_000``; a word is the JSON of a setting."""
    for name, value in limits.items():
        key = f"approval_{name}"
        row = {"key": key, "value": json.dumps(value)}
        centre.edit([("setting", ids.shared_id("setting", key), row)], author=ADMIN)
