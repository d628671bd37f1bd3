"""A paper as PDF: the same bytes from the same paper, template and fonts."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.render.paper import pdf_parts as parts
from sfa.render.paper.blocks import Bar, Block, Item, Picture, Stroke, Word, paged
from sfa.render.paper.characters import drawable, mapped, texts_in
from sfa.render.paper.document import Look, Paper
from sfa.render.paper.font_files import faces
from sfa.render.paper.pdf_table import Table
from sfa.render.paper.pen import PT_MM, Pen
from sfa.render.paper.pictures import Logo, logo_of
from sfa.render.paper.sheet import Sheet, sheet_of
from sfa.render.paper.templates import Template
from sfa.render.paper.typeface import Typeface

if TYPE_CHECKING:
    from fpdf import FPDF

_SIZES_MM = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}
_MARK = 7.0  # height of DRAFT or INTERNAL at the head of a page
_RUNNING = 7.0  # height of the line that heads every page but the first
# What stands between texts and in page numbers.
_OF_OUR_OWN = "0123456789 ·/"
_THICK = 0.028  # of the outline that makes a regular shape bold, in ems


def pdf_of(paper: Paper, look: Look, template: Template, *, cache: Path, font: Path | None = None) -> bytes:
    """Return a paper as PDF.

    ``cache`` is where cut fonts are kept between papers, ``font`` the one set for this machine.

    Raises:
        InvalidInput: a font or the logo cannot be read, a character is in no font, or the columns
            do not fit the page.
    """
    sheet = drawn_sheet(paper, look, template)
    logo = logo_of(template.logo) if template.logo is not None else None
    with tempfile.TemporaryDirectory(prefix="sfa-paper-") as spare:
        pdf = _document(paper, sheet, look, template)
        chain = faces(template.font, template.bold_font, font)
        texts = [*texts_in(sheet), _OF_OUR_OWN]
        try:
            typeface = Typeface(pdf, chain, texts, cache=cache, spare=Path(spare))
            _Drawing(pdf, sheet, template, typeface, logo).draw()
            return bytes(pdf.output())
        finally:
            for each in pdf.fonts.values():
                each.close()  # type: ignore[union-attr]


def drawn_sheet(paper: Paper, look: Look, template: Template) -> Sheet:
    """Return a paper in words as they are drawn, and nothing that is not."""
    sheet = sheet_of(paper, look, template)
    rows = tuple(row._replace(line=None, group=None) for row in sheet.rows)
    drawn: Sheet = mapped(replace(sheet, rows=rows), drawable)
    return drawn


def _document(paper: Paper, sheet: Sheet, look: Look, template: Template) -> FPDF:
    from fpdf import FPDF  # 300 ms

    across = look.variant in template.across
    short, long = _SIZES_MM[template.size]
    pdf = FPDF(unit="mm", format=(long, short) if across else (short, long))
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.set_creation_date(paper.made_at)
    pdf.set_title(f"{sheet.title[0]} {paper.number}")
    pdf.set_author(paper.seller.name.text or paper.seller.name.english)
    pdf.set_lang("en" if look.tongue == "en" else "zh-CN")
    return pdf


class _Drawing:
    """One PDF while its pages are laid out and drawn."""

    def __init__(
        self, pdf: FPDF, sheet: Sheet, template: Template, typeface: Typeface, logo: Logo | None
    ) -> None:
        self.pdf = pdf
        self.sheet = sheet
        self.template = template
        self.logo = logo
        self.pen = Pen(typeface, template.colours, template.size_pt)
        self.margin = template.margin_mm
        self.width = pdf.w - 2 * self.margin
        self.foot = self._foot_height()
        self.top = self.margin + _MARK * bool(sheet.marks)

    def draw(self) -> None:
        height = self.pdf.h - self.top - _RUNNING - self.margin - self.foot
        pages = paged(self.flow(height), height + _RUNNING, height)
        for number, placed in enumerate(pages, 1):
            self.pdf.add_page()
            # The first page has its own head where the others have a running line.
            start = self.top + (_RUNNING if number > 1 else 0)
            for each in placed:
                self.put(each.block.items, self.margin, start + each.y)
            self.furniture(number, len(pages))

    def flow(self, height: float) -> list[Block]:
        found: list[Block] = []
        for name in self.template.blocks:
            found += self.block(name, height)
        return _joined(found)

    def block(self, name: str, height: float) -> list[Block]:
        pen, sheet, width = self.pen, self.sheet, self.width
        match name:
            case "head":
                return [parts.head_block(pen, sheet, width, self._logo_size())]
            case "sides":
                return [parts.sides_block(pen, sheet.sides, width)]
            case "introduction":
                return parts.text_blocks(pen, sheet.introduction, width)
            case "lines":
                return self.table(height)
            case "totals" if sheet.totals:
                return [parts.totals_block(pen, sheet, width)]
            case "terms" if sheet.terms:
                return parts.terms_blocks(pen, sheet, width)
            case "notes":
                sections = [each for each in (sheet.notes, sheet.internal_notes) if each is not None]
                return [block for each in sections for block in parts.section_blocks(pen, each, width)]
            case "approval" if sheet.approval:
                return [parts.approval_block(pen, sheet.approval, width)]
            case "signatures" if sheet.signings:
                return parts.signature_blocks(pen, sheet.signings, width)
        return []

    def table(self, height: float) -> list[Block]:
        table = Table(
            self.pen,
            self.sheet.heads,
            self.sheet.rows,
            width=self.width,
            widths_mm=self.template.widths_mm,
            where=self.template.name,
        )
        head, *rows = table.blocks(height)
        rows[-1:] = [row._replace(keeps_next=bool(self.sheet.totals)) for row in rows[-1:]]
        return [head._replace(space_mm=4), *rows]

    def furniture(self, number: int, count: int) -> None:
        """Draw what every page has: marks, the running line, the foot, the mark across a draft."""
        pen, sheet, width = self.pen, self.sheet, self.width
        items: list[Item] = []
        if sheet.marks:
            text = "   ·   ".join(sheet.marks)
            style = pen.style("warning", bold=True, larger=1)
            items += pen.put((text,), (width - pen.width(text, style)) / 2, -_MARK, width, style)[0]
        if number > 1:
            text = f"{sheet.title[0]} {sheet.number} · " + " / ".join(sheet.sides[1].name)
            style = pen.style("quiet", larger=-1)
            items.append(pen.word(pen.lines(text, width, style)[0], 0, 0, style))
            items.append(Stroke(0, _RUNNING - 2.5, width, _RUNNING - 2.5, pen.colours["rule"]))
        self.put(tuple(items), self.margin, self.top)
        self.put(self._foot(number, count), self.margin, self.pdf.h - self.margin - self.foot)
        if sheet.draft_lines:
            self.watermark()

    def _page_label(self, number: int, count: int) -> str:
        said = "  ".join(self.sheet.page_label)
        return said.replace("{page}", str(number)).replace("{pages}", str(count))

    def _foot_lines(self) -> list[str]:
        style = self.pen.style("quiet", larger=-1.5)
        room = self.width - self.pen.width(self._page_label(999, 999), style) - 6
        return self.pen.lines(self.sheet.footer, room, style) if self.sheet.footer else []

    def _foot_height(self) -> float:
        return 3.5 + max(1, len(self._foot_lines())) * self.pen.style(larger=-1.5).leading

    def _foot(self, number: int, count: int) -> tuple[Item, ...]:
        pen = self.pen
        style = pen.style("quiet", larger=-1.5)
        label = self._page_label(number, count)
        items: list[Item] = [Stroke(0, 2.5, self.width, 2.5, pen.colours["rule"])]
        items += pen.put(self._foot_lines(), 0, 3.5, self.width, style)[0]
        items.append(pen.word(label, self.width - pen.width(label, style), 3.5, style))
        return tuple(items)

    def watermark(self) -> None:
        """Draw DRAFT across the page, faint enough to read through."""
        pdf, size = self.pdf, 46.0
        lines = self.sheet.draft_lines
        middle = (pdf.w / 2, pdf.h / 2)
        with pdf.local_context(fill_opacity=0.1, stroke_opacity=0.1), pdf.rotation(35, *middle):
            for number, line in enumerate(lines):
                width = self.pen.typeface.width_mm(line, size, bold=True)
                shrunk = min(size, size * pdf.w * 0.95 / width)
                x = middle[0] - width * shrunk / size / 2
                y = middle[1] + (number - (len(lines) - 1) / 2) * size * PT_MM * 1.3
                self.word(Word(x, y, line, shrunk, self.pen.colours["warning"], True), 0, 0)

    def put(self, items: tuple[Item, ...], x: float, y: float) -> None:
        for item in items:
            match item:
                case Word():
                    self.word(item, x, y)
                case Bar():
                    self.pdf.set_fill_color(item.colour)
                    self.pdf.rect(x + item.x, y + item.y, item.width, item.height, style="F")
                case Stroke():
                    self.pdf.set_draw_color(item.colour)
                    self.pdf.set_line_width(item.width)
                    self.pdf.line(x + item.x, y + item.y, x + item.to_x, y + item.to_y)
                case Picture():
                    self.picture(item, x, y)

    def word(self, word: Word, x: float, y: float) -> None:
        from fpdf.enums import TextMode

        pdf = self.pdf
        x += word.x
        for run in self.pen.typeface.runs(word.text, word.size_pt, bold=word.is_bold):
            pdf.set_font(run.shape.family, size=word.size_pt)
            pdf.set_text_color(word.colour)
            if run.shape.is_thickened:
                with pdf.local_context(text_mode=TextMode.FILL_STROKE):
                    pdf.set_draw_color(word.colour)
                    pdf.set_line_width(word.size_pt * PT_MM * _THICK)
                    pdf.text(x, y + word.y, run.text)
            else:
                pdf.text(x, y + word.y, run.text)
            x += run.width_mm

    def picture(self, item: Picture, x: float, y: float) -> None:
        assert self.logo is not None
        self.pdf.image(io.BytesIO(self.logo.data), x + item.x, y + item.y, item.width, item.height)

    def _logo_size(self) -> tuple[float, float] | None:
        if self.logo is None:
            return None
        height = self.template.logo_height_mm
        return height * self.logo.ratio, height


def _joined(flow: list[Block]) -> list[Block]:
    """Return the flow; a last block has nothing to stay with."""
    return [*flow[:-1], flow[-1]._replace(keeps_next=False)] if flow else flow
