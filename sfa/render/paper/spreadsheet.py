"""A paper as a spreadsheet: amounts as numbers, texts as texts even where they begin like a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa.money import exponent, from_micros, from_minor
from sfa.render.paper.document import Line, Look, Paper, Subtotal
from sfa.render.paper.sheet import Row, RowKind, Sheet, sheet_of
from sfa.render.paper.templates import Template

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_WIDTHS = {"position": 7, "code": 18, "name": 48, "quantity": 10, "unit": 9, "discount": 11, "tax_rate": 9}
_WIDTH = 15
_PAPER_SIZES = {"A4": 9, "Letter": 1}
_PPM = 1_000_000
# A number of a spreadsheet has 15 digits; a longer one stays text rather than be rounded.
_MOST = 10**15
_MOST_TEXT = 32_767


class Looks(NamedTuple):
    """The formats of cells."""

    title: Format
    bold: Format
    quiet: Format
    warning: Format
    head: Format
    head_figure: Format
    wrapped: Format
    group: Format
    numbers: Mapping[str, Format]
    strong: Mapping[str, Format]


def xlsx_of(paper: Paper, look: Look, template: Template) -> bytes:
    """Return a paper as an XLSX file; the same bytes from the same paper."""
    from xlsxwriter.workbook import Workbook  # 40 ms

    sheet = sheet_of(paper, look, template)
    out = io.BytesIO()
    book = Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    made = paper.made_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties(
        {"title": f"{sheet.title[0]} {paper.number}", "author": paper.seller.name.text, "created": made}
    )
    page = book.add_worksheet("1")
    _Writer(paper, look, sheet, template, page, _looks(book, paper, template)).write()
    book.close()
    return out.getvalue()


def _looks(book: Workbook, paper: Paper, template: Template) -> Looks:
    colours = template.colours
    places = exponent(paper.currency)
    amount = "#,##0" + ("." + "0" * places if places else "")
    kinds = {
        "amount": amount,
        "price": "#,##0.00####",
        "quantity": "#,##0.###",
        "share": "0.0%",
        "rate": "0.##%",
        "text": "@",
    }
    top = {"valign": "top"}
    band = {"bg_color": colours["band"], "bold": True}

    def made(**more: Any) -> Format:
        return book.add_format({**top, **more})

    head = {"bold": True, "color": colours["accent"], "bottom": 2, "bottom_color": colours["accent"]}
    return Looks(
        title=made(bold=True, font_size=18, color=colours["accent"]),
        bold=made(bold=True),
        quiet=made(color=colours["quiet"]),
        warning=made(bold=True, color=colours["warning"]),
        head=made(**head, text_wrap=True),
        head_figure=made(**head, text_wrap=True, align="right"),
        wrapped=made(text_wrap=True),
        group=made(**band),
        numbers={name: made(num_format=form, align="right") for name, form in kinds.items()},
        strong={name: made(num_format=form, align="right", bold=True) for name, form in kinds.items()},
    )


class _Writer:
    """One worksheet while it is written from top to bottom."""

    def __init__(
        self, paper: Paper, look: Look, sheet: Sheet, template: Template, page: Worksheet, looks: Looks
    ) -> None:
        self.paper = paper
        self.sheet = sheet
        self.page = page
        self.looks = looks
        self.row = 0
        page.set_paper(_PAPER_SIZES[template.size])
        page.fit_to_pages(1, 0)
        page.set_footer("&R&P / &N")
        if look.variant in template.across:
            page.set_landscape()
        for number, head in enumerate(sheet.heads):
            page.set_column(number, number, _WIDTHS.get(head.name, _WIDTH))

    def write(self) -> None:
        sheet = self.sheet
        self.texts(sheet.title, self.looks.title)
        self.texts(sheet.marks, self.looks.warning)
        self.row += 1
        for fact in sheet.facts:
            self.pair(fact.label, fact.text)
        for side in sheet.sides:
            self.row += 1
            self.texts((side.label,), self.looks.quiet)
            self.texts(side.name, self.looks.bold)
            self.texts(side.lines)
        self.row += 1
        self.texts(sheet.introduction)
        self.table()
        self.totals()
        for section in (*sheet.terms, *filter(None, (sheet.notes, sheet.internal_notes))):
            self.row += 1
            self.texts((section.title,), self.looks.bold)
            self.texts(section.texts)
        self.row += 1
        self.texts((sheet.approval, sheet.footer), self.looks.quiet)

    def text(self, row: int, column: int, text: str, look: Format | None = None) -> None:
        self.page.write_string(row, column, text[:_MOST_TEXT], look)

    def texts(self, texts: tuple[str, ...], look: Format | None = None) -> None:
        for text in texts:
            for line in text.split("\n"):
                if line:
                    self.text(self.row, 0, line, look)
                    self.row += 1

    def pair(self, label: str, text: str) -> None:
        self.text(self.row, 0, label, self.looks.quiet)
        self.text(self.row, 2, text, self.looks.bold)
        self.row += 1

    def table(self) -> None:
        for number, head in enumerate(self.sheet.heads):
            look = self.looks.head_figure if head.is_figure else self.looks.head
            self.text(self.row, number, "\n".join(head.label), look)
        self.page.repeat_rows(self.row)
        self.row += 1
        for row in self.sheet.rows:
            self.line(row)
            self.row += 1
        self.row += 1

    def line(self, row: Row) -> None:
        if row.kind is RowKind.GROUP:
            for number in range(len(self.sheet.heads)):
                self.text(self.row, number, row.cells[0][0].text if number == 0 else "", self.looks.group)
            return
        looks = self.looks.strong if row.kind is RowKind.SUBTOTAL else self.looks.numbers
        source = row.line if row.line is not None else row.group.subtotal if row.group else None
        for number, (head, cell) in enumerate(zip(self.sheet.heads, row.cells, strict=True)):
            found = _number(head.name, source, self.paper.currency) if source is not None and cell else None
            if found is not None:
                self.number(self.row, number, found[0], looks[found[1]])
            elif cell:
                text = "\n".join(said.text for said in cell)
                look = looks["text"] if head.is_figure else self.looks.wrapped
                self.text(self.row, number, text, self.looks.bold if row.kind is RowKind.SUBTOTAL else look)

    def number(self, row: int, column: int, number: Decimal, look: Format) -> None:
        if abs(number.scaleb(6)) < _MOST:
            self.page.write_number(row, column, float(number), look)
        else:
            self.text(row, column, f"{number:f}", look)

    def totals(self) -> None:
        sheet, last = self.sheet, len(self.sheet.heads) - 1
        for total in sheet.totals:
            looks = self.looks.strong if total.is_grand else self.looks.numbers
            self.text(self.row, last - 1, " ".join(total.label), looks["text"])
            if total.minor is not None:
                self.number(self.row, last, from_minor(total.minor, self.paper.currency), looks["amount"])
            self.row += 1
        if sheet.words is not None:
            self.pair(*sheet.words)
        for tax in self.paper.taxes if sheet.taxes else ():
            self.text(self.row, last - 2, sheet.tax_heads[0][0], self.looks.numbers["text"])
            self.number(self.row, last - 1, Decimal(tax.rate_ppm) / _PPM, self.looks.numbers["rate"])
            self.number(
                self.row, last, from_minor(tax.tax_minor, self.paper.currency), self.looks.numbers["amount"]
            )
            self.row += 1


def _number(name: str, source: Line | Subtotal, currency: str) -> tuple[Decimal, str] | None:
    """Return the number of a cell and its kind; ``None`` where there is a text."""
    if isinstance(source, Line):
        if name == "quantity":
            return Decimal(source.quantity_milli).scaleb(-3), "quantity"
        if name == "unit_price":
            return from_micros(source.unit_price_micros), "price"
        if name == "tax_rate" and source.tax_rate_ppm is not None:
            return Decimal(source.tax_rate_ppm) / _PPM, "rate"
    if name == "margin_pct" and source.margin_ppm is not None:
        return Decimal(source.margin_ppm) / _PPM, "share"
    minor = getattr(source, f"{name}_minor", None)
    return (from_minor(minor, currency), "amount") if minor is not None else None
