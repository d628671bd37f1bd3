"""A paper as Markdown: headings, tables, and no text that is taken for a mark."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sfa.render.paper.document import Look, Paper
from sfa.render.paper.places import filled
from sfa.render.paper.sheet import Cell, Row, RowKind, Section, Sheet, Side, Tone, sheet_of
from sfa.render.paper.templates import Template

_MARKS = re.compile(r"([\\`*_\[\]<>|#~$&])")
# Only at the beginning of a line do these begin a list, a heading or a rule.
_AT_START = re.compile(r"^(\s*)([-+=]|\d+[.)](?=\s))")
_EMPTY_LINES = re.compile(r"\n{3,}")


def markdown_of(paper: Paper, look: Look, template: Template) -> str:
    """Return a paper as Markdown."""
    sheet = sheet_of(paper, look, template)
    values = {
        "title": f"# {_plain(' '.join(sheet.title))} {_plain(sheet.number)}",
        "marks": "\n\n".join(f"**{_plain(mark)}**" for mark in sheet.marks),
        "facts": "\n".join(f"- {_plain(fact.label)}: {_plain(fact.text)}" for fact in sheet.facts),
        "sides": "\n\n".join(map(_side, sheet.sides)),
        "introduction": _paragraphs(sheet.introduction),
        "lines": _lines(sheet),
        "totals": _totals(sheet),
        "words": f"{_plain(sheet.words[0])}: **{_plain(sheet.words[1])}**" if sheet.words else "",
        "taxes": _taxes(sheet),
        "terms": _terms(sheet),
        "notes": "\n\n".join(_section(each) for each in (sheet.notes, sheet.internal_notes) if each),
        "approval": _plain(sheet.approval),
        "footer": _plain(sheet.footer),
    }
    return _EMPTY_LINES.sub("\n\n", filled(template.files["page.md"], values)).strip() + "\n"


def _plain(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    return _AT_START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", " ".join(text.split("\n"))))


def _paragraphs(texts: Sequence[str]) -> str:
    return "\n\n".join(_plain(line) for text in texts for line in text.split("\n") if line.strip())


def _side(side: Side) -> str:
    lines = [f"**{_plain(name)}**" for name in side.name] + [_plain(line) for line in side.lines]
    return f"## {_plain(side.label)}\n\n" + "  \n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(heads: Sequence[str], figures: Sequence[bool], rows: Sequence[Sequence[str]]) -> str:
    rule = _row(["---:" if is_figure else "---" for is_figure in figures])
    return "\n".join([_row(heads), rule, *map(_row, rows)])


def _lines(sheet: Sheet) -> str:
    heads = [" ".join(map(_plain, head.label)) for head in sheet.heads]
    rows = [_cells(row, sheet) for row in sheet.rows]
    return _table(heads, [head.is_figure for head in sheet.heads], rows)


def _cells(row: Row, sheet: Sheet) -> list[str]:
    if row.kind is RowKind.GROUP:
        return [_cell(row.cells[0]) if head.name == "name" else "" for head in sheet.heads]
    return [_cell(cell) for cell in row.cells]


def _cell(cell: Cell) -> str:
    return "<br>".join(
        f"**{_plain(said.text)}**" if said.tone is Tone.STRONG and said.text else _plain(said.text)
        for said in cell
    )


def _totals(sheet: Sheet) -> str:
    if not sheet.totals:
        return ""
    rows = [
        [_bold(" ".join(each.label), each.is_grand), _bold(each.text, each.is_grand)] for each in sheet.totals
    ]
    return _table(["", ""], [False, True], rows)


def _bold(text: str, is_bold: bool) -> str:
    return f"**{_plain(text)}**" if is_bold else _plain(text)


def _taxes(sheet: Sheet) -> str:
    if not sheet.taxes:
        return ""
    heads = [" ".join(map(_plain, label)) for label in sheet.tax_heads]
    return _table(heads, [False, True, True], [[_plain(text) for text in row] for row in sheet.taxes])


def _terms(sheet: Sheet) -> str:
    if not sheet.terms:
        return ""
    terms = "\n\n".join(f"**{_plain(term.title)}** " + _paragraphs(term.texts) for term in sheet.terms)
    return f"## {_plain(sheet.terms_title)}\n\n{terms}"


def _section(section: Section) -> str:
    return f"## {_plain(section.title)}\n\n{_paragraphs(section.texts)}"
