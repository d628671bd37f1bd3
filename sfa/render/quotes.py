"""A quote's lines and totals, as tables and as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfa.finding.quote_sections import LINES, STATE, cells_of
from sfa.i18n import tr
from sfa.render.cells import one_line
from sfa.render.listings import column, without_empty_columns
from sfa.render.numbers import money, plain_amount, ratio
from sfa.render.tables import Grid, grid_text, json_text
from sfa.render.values import flat_value, plain_value, show_value

if TYPE_CHECKING:
    from sfa.finding.quoting import Quote, Standing
    from sfa.pricing.thresholds import Reason


def lines_text(quote: Quote, standing: Standing, fmt: str) -> str:
    """Return a quote's lines in a format; for people and in JSON with totals and approval."""
    rows = cells_of(quote)
    if fmt == "json":
        return json_text("sfa.quote.lines/1", body(quote, standing))
    if fmt in {"tsv", "csv"}:
        cells = tuple(
            tuple(flat_value(field, value) for field, value in zip(LINES, row, strict=True)) for row in rows
        )
        return grid_text(Grid(tuple(column(field) for field in LINES), cells), fmt)
    cells = tuple(
        tuple(one_line(show_value(field, value)) for field, value in zip(LINES, row, strict=True))
        for row in rows
    )
    footer = ("", *totals_lines(quote), *approval_lines(standing))
    grid = without_empty_columns(Grid(tuple(column(field) for field in LINES), cells))
    return grid_text(grid._replace(footer=footer), fmt)


def totals_lines(quote: Quote) -> list[str]:
    """Return what a quote comes to, a line each; what is nothing is left out."""
    totals, currency = quote.priced.totals, quote.currency
    pairs = [
        (tr("List amount"), totals.list_minor if totals.discount_minor else 0),
        (tr("Discount on lines"), -totals.line_discount_minor),
        (tr("Discount on the whole"), -totals.header_discount_minor),
        (tr("Without tax"), totals.base_minor),
        *(
            (tr("Tax {rate}", rate=ratio(tax.rate_ppm)), tax.tax_minor)
            for tax in quote.priced.taxes
            if tax.rate_ppm
        ),
        (tr("Rounding off"), totals.rounding_minor),
    ]
    lines = [f"{label}: {money(minor, currency)}" for label, minor in pairs if minor]
    lines.append(f"{tr('Total')}: {money(totals.payable_minor, currency)}")
    if quote.priced.options.gross_minor:
        lines.append(f"{tr('Options not chosen')}: {money(quote.priced.options.gross_minor, currency)}")
    margin = quote.priced.margin
    if margin.margin_minor is not None and quote.lines:
        share = f" ({ratio(margin.margin_ppm)})" if margin.margin_ppm is not None else ""
        lines.append(f"{tr('Margin')}: {money(margin.margin_minor, currency)}{share}")
    return lines


def approval_lines(standing: Standing) -> list[str]:
    """Return what a quote's approval is at, and why it needs one."""
    found = [f"{tr('Approval')}: {show_value(STATE, standing.approval.value)}"]
    return [*found, *(reason_text(reason) for reason in standing.reasons)]


def reason_text(reason: Reason) -> str:
    """Return why a role may not let a quote go."""
    return tr(reason.text, **{**reason.data, "role": role_word(str(reason.data.get("role", "")))})


def role_word(role: str) -> str:
    """Return the word for a role."""
    from sfa.fields import noun as noun_of

    field = noun_of("user").field("role")
    assert field is not None
    return show_value(field, role)


def total_line(quote: Quote) -> str:
    """Return what a quote comes to, on one line."""
    totals = quote.priced.totals
    return tr(
        "{number}: {total}, tax {tax}",
        number=quote.values["number"],
        total=money(totals.payable_minor, quote.currency),
        tax=money(totals.tax_minor, quote.currency),
    )


def body(quote: Quote, standing: Standing) -> dict[str, Any]:
    """Return the JSON body of a quote's lines; amounts are texts so that no reader rounds them."""
    currency, totals = quote.currency, quote.priced.totals

    def amount(minor: int) -> str:
        return plain_amount(minor, currency)

    return {
        "quote": {"id": quote.id, "number": quote.values["number"], "revision": quote.values["revision"]},
        "currency": currency,
        "lines": [
            {field.name: plain_value(field, value) for field, value in zip(LINES, row, strict=True)}
            for row in cells_of(quote)
        ],
        "totals": {
            "list": amount(totals.list_minor),
            "line_discount": amount(totals.line_discount_minor),
            "header_discount": amount(totals.header_discount_minor),
            "net": amount(totals.base_minor),
            "tax": amount(totals.tax_minor),
            "rounding": amount(totals.rounding_minor),
            "total": amount(totals.payable_minor),
        },
        "approval": {
            "state": standing.approval.value,
            "level": standing.level,
            "reasons": [str(reason.text).format_map(reason.data) for reason in standing.reasons],
            "approved_at": standing.at,
        },
    }
