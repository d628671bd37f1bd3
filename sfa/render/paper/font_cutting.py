"""Fonts cut down to the characters that papers use, kept for the next one.

A Chinese font has 65,000 shapes, and reading it takes half a second a weight. What is kept holds
the characters of every paper so far; a paper with a new one reads the whole font once more.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.errors import InvalidInput, msg
from sfa.render.paper.font_files import Face

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_FORM = "1"  # raise it when a cut is made otherwise
_ALWAYS = frozenset(range(0x20, 0x7F))
_OF_CHINA = (" SC", " CN", "简")
_NOT_DRAWN = (
    "GSUB", "GPOS", "GDEF", "BASE", "JSTF", "MATH", "vhea", "vmtx", "VORG", "DSIG", "kern", "meta", "FFTM",
)  # fmt: skip
_NO_EMBEDDING = 0x0002


def cut(face: Face, wanted: AbstractSet[int], folder: Path, spare: Path) -> tuple[Path, frozenset[int]]:
    """Return a file with at least the wanted characters that the face has, and those it has.

    The file is kept in ``folder``, else, where that cannot be written, in ``spare``.

    Raises:
        InvalidInput: the font cannot be read, or its maker forbids embedding.
    """
    name = _name_of(face)
    for place in (folder / name, spare / name):
        known = _characters(place)
        if known is not None and wanted <= known:
            return place, known
    with _opened(face) as font:
        has = _of_font(font, face)
        known = _characters(folder / name) or frozenset()
        if wanted & has <= known:
            return folder / name, known
        keep = (wanted | known | _ALWAYS) & has
        return _kept(font, face, keep, (folder / name, spare / name)), frozenset(keep)


def _name_of(face: Face) -> str:
    try:
        about = face.path.stat()
    except OSError as error:
        raise _unreadable(face, error) from error
    from fontTools import version

    text = f"{face.path}|{about.st_size}|{about.st_mtime_ns}|{face.weight}|{version}|{_FORM}"
    return f"{face.path.stem}-{face.weight}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.otf"


def _characters(path: Path) -> frozenset[int] | None:
    """Return the characters of a cut font, ``None`` where there is none or it is damaged."""
    from fontTools.ttLib import TTFont, TTLibError

    if not path.is_file():
        return None
    try:
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except (OSError, TTLibError, AssertionError, KeyError, ValueError, TypeError):
        return None


def _opened(face: Face) -> TTFont:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        data = face.path.read_bytes()
        number = _number_of(face.path, data)
        return TTFont(
            io.BytesIO(data), fontNumber=number, lazy=True, recalcTimestamp=False, recalcBBoxes=False
        )
    except (OSError, TTLibError, AssertionError, ValueError) as error:
        raise _unreadable(face, error) from error


def _of_font(font: TTFont, face: Face) -> frozenset[int]:
    try:
        rights = font["OS/2"].fsType
        found = frozenset(font.getBestCmap() or ())
    except (KeyError, AssertionError, ValueError) as error:
        raise _unreadable(face, error) from error
    if rights == _NO_EMBEDDING:
        raise InvalidInput(
            str(face.path),
            msg("its maker does not allow this font to be embedded in documents."),
            hint=msg("Take another font."),
        )
    return found


def _number_of(path: Path, data: bytes) -> int:
    """Return which font of a collection has the Chinese shapes; -1 for a file with one font."""
    from fontTools.ttLib import TTCollection

    if path.suffix.lower() not in {".ttc", ".otc"}:
        return -1
    with TTCollection(io.BytesIO(data), lazy=True) as collection:
        names = [str(each["name"].getBestFullName()) for each in collection.fonts]
    fit = [
        i for i, name in enumerate(names) if "Mono" not in name and any(mark in name for mark in _OF_CHINA)
    ]
    return fit[0] if fit else 0


def _kept(font: TTFont, face: Face, keep: AbstractSet[int], places: tuple[Path, Path]) -> Path:
    from fontTools import subset
    from fontTools.ttLib import TTLibError

    # It warns of tables that it leaves out, which nobody misses here.
    logging.getLogger("fontTools.subset").setLevel(logging.ERROR)
    options = subset.Options(layout_features=[], notdef_outline=True, glyph_names=False, recalc_bounds=False)
    for tag in _NOT_DRAWN:
        if tag in font:
            del font[tag]
    try:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=keep)
        subsetter.subset(font)
        _fix_weight(font, face.weight)
    except (TTLibError, subset.Subsetter.SubsettingError, KeyError, AssertionError) as error:
        raise _unreadable(face, error) from error
    for place in places:
        unfinished = place.with_name(f".{place.name}.{os.getpid()}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            font.save(unfinished)
            unfinished.replace(place)
        except OSError as error:
            failed = error
        else:
            return place
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
    raise InvalidInput(str(places[-1]), msg("it cannot be written: {cause}."), cause=str(failed)) from failed


def _fix_weight(font: TTFont, weight: int) -> None:
    if "fvar" not in font:
        return
    from fontTools.varLib import instancer

    axes = {axis.axisTag: axis for axis in font["fvar"].axes}
    place = {tag: axis.defaultValue for tag, axis in axes.items()}
    if "wght" in axes:
        place["wght"] = min(max(weight, axes["wght"].minValue), axes["wght"].maxValue)
    instancer.instantiateVariableFont(font, place, inplace=True, downgradeCFF2="CFF2" in font)


def _unreadable(face: Face, error: Exception) -> InvalidInput:
    return InvalidInput(
        str(face.path),
        msg("it cannot be read as a font: {cause}."),
        hint=msg("Take another .ttf, .otf or .ttc file."),
        cause=str(error) or type(error).__name__,
    )
