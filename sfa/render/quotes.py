"""A quote's lines and totals, as tables and as lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfa.finding.quote_sections import COUNTS, KIND, LINES, STATE, cells_of, counting
from sfa.i18n import tr
from sfa.money import from_micros
from sfa.render.cells import one_line
from sfa.render.listings import column, without_empty_columns
from sfa.render.numbers import amount, grouped, money, plain_amount, quantity, ratio
from sfa.render.tables import Col, Grid, grid_text, json_text
from sfa.render.values import flat_value, plain_value, show_value
from sfa.terms import LineKind

if TYPE_CHECKING:
    from sfa.finding.quoting import Quote, Standing
    from sfa.interchange.quote_lines import QuoteLine
    from sfa.pricing.results import PricedLine
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
    footer = ("", *totals_lines(quote), *approval_lines(standing))
    return grid_text(without_empty_columns(people_grid(quote))._replace(footer=footer), fmt)


def people_grid(quote: Quote) -> Grid:
    """Return the lines as people read them: quantity with its unit, amounts without their currency."""
    columns = (
        Col("no", tr("No."), right=True, rigid=True),
        Col("code", tr("Code")),
        Col("name", tr("Product or text")),
        Col("quantity", tr("Quantity"), right=True, rigid=True),
        Col("price", tr("Price"), right=True, rigid=True),
        Col("discount", tr("Discount"), right=True, rigid=True),
        Col("tax_rate", tr("Tax rate"), right=True, rigid=True),
        Col("net", tr("Net"), right=True, rigid=True),
    )
    rows = [
        _people_row(number, line, priced, quote.currency)
        for number, (line, priced) in enumerate(zip(quote.lines, quote.priced.lines, strict=True), 1)
    ]
    return Grid(columns, tuple(rows))


def _people_row(number: int, line: QuoteLine, priced: PricedLine, currency: str) -> tuple[str, ...]:
    if line.kind == LineKind.TEXT:
        return (str(number), "", one_line(line.name), "", "", "", "", "")
    net = amount(priced.net_minor, currency)
    unit = f" {one_line(line.unit)}" if line.unit else ""
    return (
        str(number),
        one_line(line.code or ""),
        line_name(line),
        f"{quantity(line.quantity_milli)}{unit}",
        grouped(from_micros(line.unit_price_micros)),
        discount_text(line, currency),
        ratio(line.tax_rate_ppm) if line.tax_rate_ppm else "",
        net if priced.counts else f"({net})",
    )


def line_name(line: QuoteLine) -> str:
    """Return what a line is called, and what makes it another one than usual: ``Hat [gift]``."""
    marks = [show_value(KIND, line.kind)] if line.kind == LineKind.GIFT else []
    counts = counting(line)
    marks += [show_value(COUNTS, counts)] if counts else []
    return one_line(line.name) + (f" [{', '.join(marks)}]" if marks else "")


def discount_text(line: QuoteLine, currency: str) -> str:
    """Return a line's discount as it was given: a percentage or an amount; nothing for none."""
    if line.discount_ppm:
        return f"-{ratio(line.discount_ppm)}"
    if not line.discount_minor:
        return ""
    return f"-{amount(line.discount_minor, currency)}"


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

    def text(minor: int) -> str:
        return plain_amount(minor, currency)

    return {
        "quote": {"id": quote.id, "number": quote.values["number"], "revision": quote.values["revision"]},
        "currency": currency,
        "lines": [
            {field.name: plain_value(field, value) for field, value in zip(LINES, row, strict=True)}
            for row in cells_of(quote)
        ],
        "totals": {
            "list": text(totals.list_minor),
            "line_discount": text(totals.line_discount_minor),
            "header_discount": text(totals.header_discount_minor),
            "net": text(totals.base_minor),
            "tax": text(totals.tax_minor),
            "rounding": text(totals.rounding_minor),
            "total": text(totals.payable_minor),
        },
        "approval": {
            "state": standing.approval.value,
            "level": standing.level,
            "reasons": [str(reason.text).format_map(reason.data) for reason in standing.reasons],
            "approved_at": standing.at,
        },
    }
