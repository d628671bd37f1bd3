"""Blocks of a page and how they fall onto pages. Millimetres, from the top left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """A text on one base line."""

    x: float
    y: float
    text: str
    size_pt: float
    colour: str
    is_bold: bool = False


class Bar(NamedTuple):
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


class Stroke(NamedTuple):
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    colour: str
    width: float = 0.2


class Picture(NamedTuple):
    """The logo."""

    x: float
    y: float
    width: float
    height: float


Item = Word | Bar | Stroke | Picture


class Block(NamedTuple):
    """Things that are never parted, from ``y`` 0 down to its height.

    ``space_mm`` in front is left out at the head of a page; ``keeps_next`` wants the next block on
    the same page; ``repeated`` is set again above it when it begins a page.
    """

    height: float
    items: tuple[Item, ...]
    space_mm: float = 0
    keeps_next: bool = False
    repeated: Block | None = None


class Placed(NamedTuple):
    """A block and where its top is on the page."""

    y: float
    block: Block


def paged(flow: Sequence[Block], first: float, later: float) -> list[list[Placed]]:
    """Return the blocks by page, the first and the later ones with so much room.

    What belongs together goes on one page, unless no page could hold it.
    """
    pages: list[list[Placed]] = [[]]
    y = 0.0
    height = first
    for unit in _units(flow):
        needed = sum(block.space_mm + block.height for block in unit)
        head = unit[0].repeated.height if unit[0].repeated else 0
        if pages[-1] and y + needed > height and needed - unit[0].space_mm + head <= later:
            y, height = _next_page(pages, unit[0]), later
        for block in unit:
            if pages[-1] and y + block.space_mm + block.height > height:
                y, height = _next_page(pages, block), later
            at_top = not pages[-1]
            y += 0 if at_top else block.space_mm
            pages[-1].append(Placed(y, block))
            y += block.height
    return pages


def _next_page(pages: list[list[Placed]], first: Block) -> float:
    """Begin a page with what is repeated there; return how far it reaches."""
    pages.append([])
    if first.repeated is None:
        return 0
    pages[-1].append(Placed(0, first.repeated))
    return first.repeated.height


def _units(flow: Sequence[Block]) -> list[list[Block]]:
    units: list[list[Block]] = []
    is_open = False
    for block in flow:
        if is_open:
            units[-1].append(block)
        else:
            units.append([block])
        is_open = block.keeps_next
    return units
