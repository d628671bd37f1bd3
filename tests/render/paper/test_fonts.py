"""Which fonts papers are drawn with, and what is said when there is none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from sfa.errors import InvalidInput
from sfa.render.paper import font_files
from sfa.render.paper.document import Look, Named
from sfa.render.paper.font_cutting import cut
from sfa.render.paper.font_files import Face, faces
from sfa.render.paper.templates import standard
from tests.render.paper.conftest import Draw, text_of
from tests.render.paper.samples import short


def square(size: int) -> object:
    pen = TTGlyphPen(None)
    for place in ((0, 0), (0, size), (size, size)):
        (pen.lineTo if place != (0, 0) else pen.moveTo)(place)
    pen.closePath()
    return pen.glyph()


def made(path: Path, chars: str, *, embeds: bool = True, weights: bool = False) -> Path:
    """Write a small font that draws these characters, with a weight axis when asked."""
    names = [".notdef", *dict.fromkeys(f"u{ord(char):04x}" for char in chars)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"u{ord(char):04x}" for char in chars})
    builder.setupGlyf({name: square(500) for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Small", "styleName": "Regular"})
    builder.setupOS2(fsType=0 if embeds else 2)
    builder.setupPost()
    if weights:
        builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
        builder.setupGvar({name: [] for name in names})
    builder.save(path)
    return path


def test_the_configured_font_is_taken_and_what_it_lacks_comes_from_the_usual_one(
    tmp_path: Path, package_font: Path, drawn: Draw
) -> None:
    own = made(tmp_path / "own.ttf", "Quotation ")
    found = faces(None, None, own)
    assert [face.path for face in found.regular] == [own, package_font]
    pdf = drawn(short(), Look(), replace(standard(), font=own))
    assert b"Small" in pdf
    assert b"NotoSansSC" in pdf
    assert "Quotation" in text_of(pdf)


def test_a_configured_font_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.ttf"):
        faces(None, None, tmp_path / "none.ttf")


def test_without_any_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(font_files, "_installed", dict)
    monkeypatch.setattr(font_files, "_of_package", lambda: None)
    with pytest.raises(InvalidInput, match=r"fonts-noto-cjk.*pylopdf-fonts-zh-cn.*paper_font"):
        faces(None, None, None)


def test_the_systems_fonts_come_before_the_package_regular_with_its_bold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "fonts" / "noto"
    folder.mkdir(parents=True)
    for name in (
        "SourceHanSansSC-Regular.otf",
        "NotoSansCJK-Regular.ttc",
        "NotoSansCJK-Bold.ttc",
        "DejaVuSans.ttf",
    ):
        (folder / name).write_bytes(b"")
    monkeypatch.setattr(font_files, "_folders", lambda: iter((str(tmp_path),)))
    found = faces(None, None, None)
    assert [face.path.name for face in found.regular] == ["SourceHanSansSC-Regular.otf", "DejaVuSans.ttf"]
    (folder / "SourceHanSansSC-Regular.otf").unlink()
    found = faces(None, None, None)
    assert [face.path.name for face in found.bold] == ["NotoSansCJK-Bold.ttc"]


def test_what_the_chinese_font_lacks_is_drawn_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: Draw
) -> None:
    ticks = made(tmp_path / "DejaVuSans.ttf", "☑")
    monkeypatch.setattr(font_files, "_installed", lambda: {"DejaVuSans.ttf": ticks})
    pdf = drawn(replace(short(), notes=Named("甲☑乙")), Look())
    assert "甲☑乙" in text_of(pdf)


@pytest.mark.parametrize("content", [b"", b"no font", b"OTTO" + bytes(40)])
def test_a_file_that_is_no_font_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "own.ttf"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="cannot be read as a font"):
        cut(Face(path, 400), {0x41}, tmp_path / "cache", tmp_path / "spare")


def test_a_font_that_may_not_be_embedded_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "own.ttf", "A ", embeds=False)
    with pytest.raises(InvalidInput, match="does not allow"):
        cut(Face(path, 400), {0x41}, tmp_path / "cache", tmp_path / "spare")


def test_a_font_of_many_weights_is_cut_at_the_wanted_one(tmp_path: Path) -> None:
    path = made(tmp_path / "own.ttf", "AB ", weights=True)
    kept, has = cut(Face(path, 700), {0x41}, tmp_path / "cache", tmp_path / "spare")
    with TTFont(kept) as font:
        assert "fvar" not in font
        assert set(font.getBestCmap()) == has == {0x20, 0x41, 0x42}


def test_a_font_that_was_changed_is_cut_anew(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = made(tmp_path / "own.ttf", "A ")
    before, _ = cut(Face(path, 400), {0x41}, cache, cache)
    made(path, "A寸 ")
    after, has = cut(Face(path, 400), {0x41, ord("寸")}, cache, cache)
    assert before != after
    assert ord("寸") in has
