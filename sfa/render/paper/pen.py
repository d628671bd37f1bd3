"""Setting text: measured, broken into lines, aligned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sfa.render.paper.blocks import Block, Item, Word
from sfa.render.paper.breaking import broken
from sfa.render.paper.typeface import Typeface

PT_MM = 25.4 / 72
_LEADING = 1.4
_BASE = 1.06  # of the base line below the top of a line, in ems


class Style(NamedTuple):
    """How a text is set."""

    size_pt: float
    colour: str
    is_bold: bool = False

    @property
    def leading(self) -> float:
        """Return the height of a line."""
        return self.size_pt * PT_MM * _LEADING


class Pen:
    """The styles of a paper and the fonts it is set in."""

    def __init__(self, typeface: Typeface, colours: Mapping[str, str], size_pt: float) -> None:
        self.typeface = typeface
        self.colours = colours
        self.size_pt = size_pt

    def style(self, colour: str = "text", *, bold: bool = False, larger: float = 0) -> Style:
        """Return a style in a colour of the template, ``larger`` by so many points."""
        return Style(self.size_pt + larger, self.colours[colour], bold)

    def width(self, text: str, style: Style) -> float:
        """Return how wide a text is, the widest of its lines."""
        return max(
            self.typeface.width_mm(line, style.size_pt, bold=style.is_bold) for line in text.split("\n")
        )

    def lines(self, text: str, width: float, style: Style) -> list[str]:
        """Return the lines of a text in a width."""
        return broken(text, width, lambda part: self.width(part, style))

    def word(self, text: str, x: float, top: float, style: Style) -> Word:
        """Return a line of text whose top is given."""
        return Word(x, top + style.size_pt * PT_MM * _BASE, text, style.size_pt, style.colour, style.is_bold)

    def put(
        self, texts: Sequence[str], x: float, top: float, width: float, style: Style, *, right: bool = False
    ) -> tuple[list[Item], float]:
        """Set texts one below the other; return them and how far down they reach."""
        items: list[Item] = []
        for text in texts:
            for line in self.lines(text, width, style):
                indent = width - self.width(line, style) if right else 0
                items.append(self.word(line, x + indent, top, style))
                top += style.leading
        return items, top

    def paragraph(
        self, text: str, x: float, width: float, style: Style, *, space_mm: float = 0
    ) -> list[Block]:
        """Return a text as one block a line, so that pages may part it between lines."""
        lines = self.lines(text, width, style)
        return [
            Block(style.leading, (self.word(line, x, 0, style),), space_mm if number == 0 else 0)
            for number, line in enumerate(lines)
        ]
