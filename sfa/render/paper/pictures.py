"""The logo: a picture file that can be drawn, or a clear word why not."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sfa.errors import InvalidInput, msg

_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_MOST_BYTES = 5_000_000
# Parts of an SVG that would fetch something from elsewhere, or need fonts of their own.
_FOREIGN = frozenset(("image", "foreignObject", "script", "text"))


class Logo(NamedTuple):
    """A picture: its bytes, media type, and width by height."""

    path: Path
    data: bytes
    media_type: str
    ratio: float


def logo_of(path: Path) -> Logo:
    """Read a logo.

    Raises:
        InvalidInput: it is no PNG, JPEG or SVG, it is damaged, or it is larger than 5 MB.
    """
    media_type = _KINDS.get(path.suffix.lower())
    if media_type is None:
        raise _unreadable(path, f"{path.suffix or path.name}")
    try:
        data = path.read_bytes()
        if len(data) > _MOST_BYTES:
            raise InvalidInput(
                str(path), msg("it is larger than 5 MB."), hint=msg("A logo of 1000 pixels is enough.")
            )
        ratio = _ratio_of_svg(data) if media_type.endswith("svg+xml") else _ratio_of_pixels(path)
    except (OSError, ValueError, SyntaxError, ArithmeticError, AttributeError, TypeError) as error:
        raise _unreadable(path, str(error) or type(error).__name__) from error
    return Logo(path, data, media_type, ratio)


def _ratio_of_pixels(path: Path) -> float:
    from PIL import Image

    with Image.open(path, formats=("PNG", "JPEG")) as picture:
        picture.load()
        return picture.width / picture.height


def _ratio_of_svg(data: bytes) -> float:
    from defusedxml import ElementTree
    from fpdf.svg import SVGObject

    for element in ElementTree.fromstring(data).iter():
        name = str(element.tag).rpartition("}")[2]
        if name in _FOREIGN:
            raise ValueError(f"<{name}>")
    drawing = SVGObject(data.decode("utf-8"))
    if drawing.viewbox:
        return float(drawing.viewbox[2]) / float(drawing.viewbox[3])
    raise ValueError("viewBox?")


def _unreadable(path: Path, cause: str) -> InvalidInput:
    return InvalidInput(
        str(path),
        msg("it cannot be read as a picture: {cause}."),
        hint=msg("A logo is a PNG, a JPEG or an SVG of shapes alone."),
        cause=cause,
    )
