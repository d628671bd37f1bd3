"""Characters to shapes: which font draws a character, how wide it is, and none drawn as a box."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa.errors import InvalidInput, msg
from sfa.render.paper.characters import needs_shaping
from sfa.render.paper.font_cutting import cut
from sfa.render.paper.font_files import Face, Faces

if TYPE_CHECKING:
    from fpdf import FPDF

_PT_MM = 25.4 / 72
_NOT_DRAWN = frozenset("\n")


class Shape(NamedTuple):
    """How a character is drawn: the font's name in the PDF, its width in ems, thickened or not."""

    family: str
    width: float
    is_thickened: bool


class Run(NamedTuple):
    """Characters of one font."""

    text: str
    shape: Shape
    width_mm: float


class Typeface:
    """The fonts of one PDF, regular and bold, with the characters they draw."""

    def __init__(self, pdf: FPDF, faces: Faces, texts: Sequence[str], *, cache: Path, spare: Path) -> None:
        """Load what the texts need.

        Raises:
            InvalidInput: a font cannot be read, or no font has one of the characters.
        """
        self._pdf = pdf
        self._cache, self._spare = cache, spare
        wanted = {ord(char) for text in texts for char in text if char not in _NOT_DRAWN} | {0x20}
        self._regular = self._shapes(faces.regular, wanted)
        missing = [char for char in sorted(wanted) if char not in self._regular or needs_shaping(chr(char))]
        if missing:
            raise _missing(missing, texts)
        self._bold = self._shapes(faces.bold, wanted)
        for char, shape in self._regular.items():
            self._bold.setdefault(char, shape._replace(is_thickened=True))

    def _shapes(self, faces: tuple[Face, ...], wanted: set[int]) -> dict[int, Shape]:
        found: dict[int, Shape] = {}
        for face in faces:
            left = wanted - found.keys()
            if not left:
                break
            path, has = cut(face, left, self._cache, self._spare)
            mine = left & has
            if not mine:
                continue
            family = f"font{len(self._pdf.fonts)}"
            self._pdf.add_font(family, "", path)
            loaded: Any = self._pdf.fonts[family]
            loaded.ttfont.recalcBBoxes = False  # a fifth of the whole time, for bounds that nobody reads
            widths = loaded.cw
            found.update({char: Shape(family, widths[char] / 1000, False) for char in mine})
        return found

    def width_mm(self, text: str, size_pt: float, *, bold: bool = False) -> float:
        """Return how wide a text is."""
        shapes = self._bold if bold else self._regular
        return sum(shapes[ord(char)].width for char in text) * size_pt * _PT_MM

    def runs(self, text: str, size_pt: float, *, bold: bool = False) -> Iterator[Run]:
        """Yield a text in runs of one font each."""
        shapes = self._bold if bold else self._regular
        for shape, chars in groupby(text, lambda char: shapes[ord(char)]._replace(width=0)):
            run = "".join(chars)
            yield Run(run, shape, self.width_mm(run, size_pt, bold=bold))


def _missing(chars: list[int], texts: Sequence[str]) -> InvalidInput:
    said = ", ".join(f"{chr(each)} (U+{each:04X} {unicodedata.name(chr(each), '')})" for each in chars[:5])
    lines = (line for text in texts for line in text.split("\n"))
    where = next(line for line in lines if any(chr(each) in line for each in chars))
    return InvalidInput(
        "PDF",
        msg("no font of this machine draws {chars}, in {text!r}."),
        hint=msg(
            "Take the characters out, or install a font that has them, such as Noto Emoji or DejaVu Sans."
        ),
        chars=said + (" …" if len(chars) > 5 else ""),
        text=where if len(where) <= 60 else where[:59] + "…",
    )
