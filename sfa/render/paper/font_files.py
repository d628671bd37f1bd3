"""Which font files there are: a company's own, one set for this machine, the system's, a package's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from sfa.errors import InvalidInput, msg

# In the order they are taken. Each has Chinese and Latin letters in one design.
_CHINESE = (
    "NotoSansCJKsc-{}.otf",
    "NotoSansSC-{}.otf",
    "NotoSansSC-{}.ttf",
    "SourceHanSansSC-{}.otf",
    "SourceHanSansCN-{}.otf",
    "NotoSansCJK-{}.ttc",
    "SourceHanSans-{}.ttc",
    "SourceHanSansHWSC-{}.otf",
)
# One file with all weights.
_VARIABLE = (
    "NotoSansSC[wght].ttf",
    "NotoSansSC-VF.ttf",
    "NotoSansSC-VF.otf",
    "NotoSansSC-VariableFont_wght.ttf",
    "SourceHanSansSC-VF.ttf",
    "SourceHanSansSC-VF.otf",
    "NotoSansCJKsc-VF.otf",
    "NotoSansCJKsc-VF.ttf",
)
# For what the first does not have: letters of Polish or Greek, ticks, arrows, outlined emoji.
_BESIDE = (
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "segoeui.ttf",
    "arial.ttf",
    "Arial.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoEmoji-Regular.ttf",
    "NotoEmoji[wght].ttf",
    "DejaVuSans.ttf",
    "seguisym.ttf",
    "Apple Symbols.ttf",
    "Arial Unicode.ttf",
)
PACKAGE = "pylopdf_fonts_zh_cn"
_REGULAR, _BOLD = 400, 700


class Face(NamedTuple):
    """A font file and the weight that is wanted of it, for files that hold several."""

    path: Path
    weight: int


class Faces(NamedTuple):
    """What to draw with: regular faces and bold ones, in the order they are asked for a character."""

    regular: tuple[Face, ...]
    bold: tuple[Face, ...]


def faces(own: Path | None, own_bold: Path | None, configured: Path | None) -> Faces:
    """Return the faces: a template's own, else the configured one, else the system's, else the package's.

    Raises:
        InvalidInput: the configured file is not there, or none was found anywhere.
    """
    there = _installed()
    if own is not None:
        chosen, bold = own, own_bold
    elif configured is not None:
        if not configured.is_file():
            raise InvalidInput(
                "paper_font",
                msg("there is no font file {path}."),
                hint=msg("Give the path of a .ttf, .otf or .ttc file, or leave the setting empty."),
                path=str(configured),
            )
        chosen, bold = configured, None
    else:
        chosen, bold = _usual(there)
    beside = tuple(Face(there[name], _REGULAR) for name in _BESIDE if name in there)
    main = Face(chosen, _REGULAR)
    heavy: tuple[Face, ...] = (Face(bold, _BOLD),) if bold is not None else ()
    # A company's own font may have no Chinese: what it lacks comes from the usual one.
    if own is not None or configured is not None:
        try:
            spare, spare_bold = _usual(there)
        except InvalidInput:
            return Faces((main, *beside), heavy)
        beside = (Face(spare, _REGULAR), *beside)
        heavy += (Face(spare_bold, _BOLD),) if spare_bold is not None else ()
    return Faces((main, *beside), heavy)


def _usual(there: dict[str, Path]) -> tuple[Path, Path | None]:
    for name in _CHINESE:
        if name.format("Regular") in there:
            return there[name.format("Regular")], there.get(name.format("Bold"))
    for name in _VARIABLE:
        if name in there:
            return there[name], there[name]
    found = _of_package()
    if found is None:
        raise InvalidInput(
            "paper_font",
            msg("no font with Chinese letters was found, and without one a PDF would show boxes."),
            hint=msg(
                "Install Noto Sans CJK (Debian, Ubuntu: apt install fonts-noto-cjk) or the Python package"
                " {package}, or name a font: sfa config set paper_font PATH"
            ),
            package=PACKAGE.replace("_", "-"),
        )
    return found, None


def _of_package() -> Path | None:
    spec = find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / "NotoSansSC-Regular.otf"
        if path.is_file():
            return path
    return None


def _installed() -> dict[str, Path]:
    """Return the known font files of this machine by name, the first place they are in."""
    wanted = {name.format(weight) for name in _CHINESE for weight in ("Regular", "Bold")}
    wanted |= {*_VARIABLE, *_BESIDE}
    found: dict[str, Path] = {}
    for folder in _folders():
        for place, folders, files in os.walk(folder):
            folders.sort()
            for name in wanted.intersection(files):
                found.setdefault(name, Path(place) / name)
    return found


def _folders() -> Iterator[str]:
    home = Path.home()
    if sys.platform == "win32":
        yield str(Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts")
        yield str(Path(os.environ.get("LOCALAPPDATA", str(home))) / "Microsoft" / "Windows" / "Fonts")
    elif sys.platform == "darwin":
        yield from (str(home / "Library" / "Fonts"), "/Library/Fonts", "/System/Library/Fonts")
    else:
        data = os.environ.get("XDG_DATA_HOME") or str(home / ".local" / "share")
        yield from (f"{data}/fonts", str(home / ".fonts"))
        for each in (os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
            yield f"{each}/fonts"
