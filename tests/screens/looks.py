"""How what is drawn looks: colours of every piece of text, and whether they can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.containers import Vertical
from textual.geometry import Region

from sfa.screens.app import SfaApp

AA = 4.5  # Source: WCAG 2.2, 1.4.3, text of the usual size
# The sixteen colours as two terminals have them: xterm and the VGA text mode.
XTERM = (
    "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5"
    " 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
).split()
VGA = (
    "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa"
    " 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff"
).split()


class Look(NamedTuple):
    """A piece of text with its colours, ``None`` for the terminal's own."""

    text: str
    fore: Color | None
    back: Color | None
    style: Style


def looks(app: SfaApp) -> Iterator[Look]:
    """Yield what is drawn of the front screen: of a dialog not what lies behind it."""
    region = _front(app)
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        if not region.y <= y < region.bottom:
            continue
        for segment in strip.crop(region.x, region.right):
            style = segment.style or Style()
            text = "".join(letter for letter in segment.text if not _is_line(letter)).strip()
            if text and not style.strike:  # what cannot be done now is struck through
                fore, back = style.color, style.bgcolor
                yield Look(text, *((back, fore) if style.reverse else (fore, back)), style)


def _front(app: SfaApp) -> Region:
    screen = app.screen
    dialogs = screen.query(Vertical) if screen.is_modal else ()
    return next(iter(dialogs)).region if dialogs else screen.region


def _is_line(letter: str) -> bool:
    """Say whether a letter is a line, a block or an arrow, of borders, scrollbars and rules."""
    return "─" <= letter <= "▟" or letter in "▸◂"


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in colour.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def of_palette(colour: Color | None, palette: list[str]) -> ColorTriplet | None:
    """Return one of the sixteen colours as a terminal has it; ``None`` for its own text colours."""
    if colour is None or colour.is_default:
        return None
    assert colour.number is not None, f"{colour} is none of the sixteen"
    value = palette[colour.number]
    return ColorTriplet(*(int(value[place : place + 2], 16) for place in (0, 2, 4)))
