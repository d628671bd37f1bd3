"""Papers as HTML and Markdown: whole, escaped, nothing fetched."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sfa.errors import InvalidInput
from sfa.render.paper.document import Look, Named, Paper, Tongue, Variant
from sfa.render.paper.html import html_of
from sfa.render.paper.markdown import markdown_of
from sfa.render.paper.templates import standard
from tests.render.paper.samples import bilingual, long, short

ENGLISH, BOTH = Look(), Look(tongue=Tongue.BOTH)


class Reader(HTMLParser):
    """Reads what a browser would show, and which elements there are."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.is_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.is_style = self.is_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if not self.is_style:
            self.text.append(data)


def read(paper: Paper, look: Look = ENGLISH) -> Reader:
    reader = Reader()
    reader.feed(html_of(paper, look, standard()))
    return reader


def nasty() -> Paper:
    """Return a paper whose texts are marks of HTML, of Markdown and places of templates."""
    paper = short()
    evil = Named('<script>alert(1)</script> "a" & b | *c* {number} `d`')
    line = replace(
        paper.groups[0].lines[0], name=evil, code="</td><td>", description=Named("[x](http://e.example)")
    )
    return replace(
        paper,
        groups=(replace(paper.groups[0], lines=(line,)),),
        notes=evil,
        subject=evil,
        customer=replace(paper.customer, name=evil),
    )


def test_html_shows_every_text_as_it_is_and_makes_none_of_it_an_element() -> None:
    reader = read(nasty())
    said = "".join(reader.text)
    assert said.count('<script>alert(1)</script> "a" & b | *c* {number} `d`') == 4
    assert "</td><td>" in said
    assert "script" not in {tag for tag, _ in reader.elements}


def test_html_fetches_nothing_and_runs_nothing() -> None:
    for tag, attributes in read(bilingual(), BOTH).elements:
        assert tag not in {"script", "link", "iframe", "object", "embed", "form"}
        assert not {"src", "href", "srcset"} & attributes.keys()
        assert not [name for name in attributes if name.startswith("on")]
    assert "url(" not in html_of(bilingual(), BOTH, standard())
    assert "@import" not in html_of(bilingual(), BOTH, standard())


def test_html_has_a_row_for_each_line_and_the_totals() -> None:
    reader = read(long(), Look(tongue=Tongue.CHINESE))
    rows = [attributes.get("class") for tag, attributes in reader.elements if tag == "tr"]
    assert (rows.count("line"), rows.count("group"), rows.count("subtotal"), rows.count("grand")) == (
        80,
        4,
        4,
        1,
    )
    assert "1,289,790.51 CNY" in "".join(reader.text)
    assert "草稿 / 未经批准" in "".join(reader.text)


def test_html_and_markdown_of_the_warehouse_show_no_money() -> None:
    look = replace(BOTH, variant=Variant.WAREHOUSE)
    for said in ("".join(read(bilingual(), look).text), markdown_of(bilingual(), look, standard())):
        assert "137.25" in said
        for figure in ("268.40", "1,320,922.55", "13%", "人民币壹", "CNY"):
            assert figure not in said


def test_a_logo_is_inside_the_html(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "logo.png"
    Image.new("RGB", (40, 10), "red").save(path)
    reader = Reader()
    reader.feed(html_of(short(), ENGLISH, replace(standard(), logo=path)))
    sources = [attributes["src"] or "" for tag, attributes in reader.elements if tag == "img"]
    assert len(sources) == 1
    assert sources[0].startswith("data:image/png;base64,")


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.png", "no picture"),
        ("logo.gif", "GIF89a"),
        ("logo.svg", "<svg"),
        ("logo.svg", SVG.format('<image href="http://e.example/x.png"/>')),
        ("logo.svg", SVG.format("<text>曜枫</text>")),
        ("logo.svg", '<!DOCTYPE x [<!ENTITY a "b">]>' + SVG.format("&a;")),
        ("logo.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
)
def test_a_logo_that_is_no_picture_is_refused(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(InvalidInput, match="cannot be read as a picture"):
        html_of(short(), ENGLISH, replace(standard(), logo=path))


def test_markdown_takes_no_text_for_a_mark() -> None:
    said = markdown_of(nasty(), ENGLISH, standard())
    assert "<script" not in said.replace("\\<script", "")
    row = next(line for line in said.splitlines() if line.startswith("| 1 |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == len(standard().columns[Variant.CUSTOMER]) + 1
    assert r"\*c\*" in row
    assert "{number}" in row


def test_markdown_has_the_lines_and_the_totals() -> None:
    said = markdown_of(long(), Look(tongue=Tongue.CHINESE), standard())
    assert len(re.findall(r"^\| \d\.\d+ \|", said, re.MULTILINE)) == 80
    assert "**1,289,790.51 CNY**" in said
    assert said.endswith("\n")
    assert "\n\n\n" not in said
