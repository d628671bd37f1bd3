"""The table of lines: widths that fit what stands in it, rows that are never parted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from sfa.errors import InvalidInput, msg
from sfa.render.paper.blocks import Bar, Block, Item, Stroke
from sfa.render.paper.pen import Pen, Style
from sfa.render.paper.sheet import Cell, Head, Row, RowKind, Tone

_PAD = 1.3  # beside the text of a column
_ABOVE = 1.1  # and above and below a row
_MOST_WIDE = 27.0  # of a column of words beside the description
_UNPARTED = 14.0  # a label up to this stays on one line
_LEAST_NAME = 42.0  # of the description
_SMALLEST_PT = 6.5


class Table:
    """A table with its columns measured."""

    def __init__(
        self,
        pen: Pen,
        heads: Sequence[Head],
        rows: Sequence[Row],
        *,
        width: float,
        widths_mm: Mapping[str, float],
        where: str,
    ) -> None:
        """Measure the columns, in smaller letters where they would not fit.

        Raises:
            InvalidInput: they do not fit at any size.
        """
        self.heads, self.rows = heads, rows
        self.width = width
        size = pen.size_pt
        while True:
            self.pen = Pen(pen.typeface, pen.colours, size)
            self.widths = self._widths(widths_mm)
            if self.widths[self._name] >= _LEAST_NAME:
                return
            size -= 0.5
            if size < _SMALLEST_PT:
                raise InvalidInput(
                    where,
                    msg("these columns do not fit the width of the page: {columns}."),
                    hint=msg("Leave some out, or print this variant across the page: across in [page]."),
                    columns=", ".join(head.name for head in heads),
                )

    @property
    def _name(self) -> int:
        return next(number for number, head in enumerate(self.heads) if head.name == "name")

    def _widths(self, given: Mapping[str, float]) -> list[float]:
        widths = [given.get(head.name) or self._natural(number) for number, head in enumerate(self.heads)]
        widths[self._name] = 0
        widths[self._name] = self.width - sum(widths)
        return widths

    def _natural(self, number: int) -> float:
        head = self.heads[number]
        bold = self._head_style()
        words = (
            word
            for text in head.label
            for word in ((text,) if self.pen.width(text, bold) <= _UNPARTED else text.split(" "))
        )
        widest = max((self.pen.width(word, bold) for word in words), default=0)
        for row in self.rows:
            if row.kind is not RowKind.GROUP:
                for said in row.cells[number]:
                    text = self.pen.width(said.text, self._style(said.tone))
                    widest = max(widest, text if head.is_figure else min(text, _MOST_WIDE))
        return widest + 2 * _PAD

    def _head_style(self) -> Style:
        return self.pen.style("accent", bold=True, larger=-0.5)

    def _style(self, tone: Tone) -> Style:
        if tone is Tone.QUIET:
            return self.pen.style("quiet", larger=-0.5)
        return self.pen.style("text", bold=tone is Tone.STRONG)

    def blocks(self, page_height: float) -> list[Block]:
        """Return the head and the rows; a row higher than a page comes in parts."""
        head = self.head()
        most = int((page_height - head.height - 2 * _ABOVE) / self.pen.style().leading)
        found = [head._replace(keeps_next=True)]
        for number, row in enumerate(self.rows):
            following = self.rows[number + 1].kind if number + 1 < len(self.rows) else None
            keeps = row.kind is RowKind.GROUP or following is RowKind.SUBTOTAL
            parts = self._group(row) if row.kind is RowKind.GROUP else self._row(row, most)
            found += [part._replace(repeated=head) for part in parts[:-1]]
            found.append(parts[-1]._replace(repeated=head, keeps_next=keeps))
        return found

    def head(self) -> Block:
        """Return the head of the table."""
        style = self._head_style()
        columns = [
            [line for text in head.label for line in self.pen.lines(text, width - 2 * _PAD, style)]
            for head, width in zip(self.heads, self.widths, strict=True)
        ]
        height = max(map(len, columns)) * style.leading + 2 * _ABOVE
        items: list[Item] = []
        x = 0.0
        for head, width, lines in zip(self.heads, self.widths, columns, strict=True):
            top = height - _ABOVE - len(lines) * style.leading
            put, _ = self.pen.put(lines, x + _PAD, top, width - 2 * _PAD, style, right=head.is_figure)
            items += put
            x += width
        items.append(Stroke(0, height, self.width, height, self.pen.colours["accent"], 0.4))
        return Block(height, tuple(items))

    def _group(self, row: Row) -> list[Block]:
        style = self.pen.style(bold=True)
        texts = [said.text for said in row.cells[0]]
        items, bottom = self.pen.put(texts, _PAD, _ABOVE, self.width - 2 * _PAD, style)
        height = bottom + _ABOVE
        return [Block(height, (Bar(0, 0, self.width, height, self.pen.colours["band"]), *items))]

    def _row(self, row: Row, most: int) -> list[Block]:
        columns = [
            self._lines(cell, width - 2 * _PAD, is_figure=head.is_figure)
            for head, cell, width in zip(self.heads, row.cells, self.widths, strict=True)
        ]
        lines = list(zip_longest(*columns)) or [()]
        parts = [lines[start : start + most] for start in range(0, len(lines), most)]
        return [self._part(part, is_last=number == len(parts) - 1) for number, part in enumerate(parts)]

    def _lines(self, cell: Cell, width: float, *, is_figure: bool) -> list[tuple[str, Tone]]:
        if is_figure:  # a figure is never parted
            return [(line, said.tone) for said in cell for line in said.text.split("\n")]
        return [
            (line, said.tone)
            for said in cell
            for line in self.pen.lines(said.text, width, self._style(said.tone))
        ]

    def _part(self, lines: Sequence[tuple[tuple[str, Tone] | None, ...]], *, is_last: bool) -> Block:
        leading = self.pen.style().leading
        items: list[Item] = []
        for number, line in enumerate(lines):
            x = 0.0
            for head, width, said in zip(self.heads, self.widths, line, strict=True):
                if said is not None:
                    style = self._style(said[1])
                    free = width - 2 * _PAD - self.pen.width(said[0], style)
                    items.append(
                        self.pen.word(
                            said[0],
                            x + _PAD + (free if head.is_figure else 0),
                            _ABOVE + number * leading,
                            style,
                        )
                    )
                x += width
        height = len(lines) * leading + 2 * _ABOVE
        if is_last:
            items.append(Stroke(0, height, self.width, height, self.pen.colours["rule"]))
        return Block(height, tuple(items))
