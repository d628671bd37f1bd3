"""A paper as one HTML file: no script, nothing fetched, every text escaped; it prints as well."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

from sfa.render.paper.document import Look, Paper, Tongue
from sfa.render.paper.pictures import logo_of
from sfa.render.paper.places import filled
from sfa.render.paper.sheet import Cell, Row, RowKind, Section, Sheet, Side, Signing, Tone, sheet_of
from sfa.render.paper.templates import Template


def html_of(paper: Paper, look: Look, template: Template) -> str:
    """Return a paper as HTML.

    Raises:
        InvalidInput: the logo cannot be read.
    """
    sheet = sheet_of(paper, look, template)
    across = " landscape" if look.variant in template.across else ""
    values = {
        "title": f"<h1>{_spans(sheet.title)}</h1>",
        "marks": "".join(f'<p class="mark">{escape(mark)}</p>' for mark in sheet.marks),
        "facts": _facts(sheet),
        "sides": f'<div class="sides">{"".join(map(_side, sheet.sides))}</div>',
        "introduction": _texts(sheet.introduction),
        "lines": _lines(sheet),
        "totals": _totals(sheet),
        "words": _words(sheet),
        "taxes": _taxes(sheet),
        "terms": _terms(sheet),
        "notes": "".join(_section(each) for each in (sheet.notes, sheet.internal_notes) if each),
        "approval": f'<p class="quiet">{escape(sheet.approval)}</p>' if sheet.approval else "",
        "signatures": _signatures(sheet.signings),
        "footer": escape(sheet.footer),
        "logo": _logo(template),
        "lang": "en" if look.tongue is Tongue.ENGLISH else "zh-CN",
        "page_title": escape(f"{sheet.title[0]} {sheet.number}"),
        "page_size": template.size + across,
        **{f"colour_{name}": colour for name, colour in template.colours.items()},
    }
    return filled(template.files["page.html"], values)


def _spans(texts: Iterable[str]) -> str:
    return "".join(f"<span>{escape(text)}</span>" for text in texts)


def _texts(texts: Iterable[str]) -> str:
    return "".join(f'<p class="text">{escape(text)}</p>' for text in texts)


def _facts(sheet: Sheet) -> str:
    pairs = (f"<dt>{escape(fact.label)}</dt><dd>{escape(fact.text)}</dd>" for fact in sheet.facts)
    return f"<dl>{''.join(pairs)}</dl>"


def _side(side: Side) -> str:
    names = "".join(f'<p class="name">{escape(name)}</p>' for name in side.name)
    lines = "".join(f"<p>{escape(line)}</p>" for line in side.lines)
    return f'<div><p class="quiet">{escape(side.label)}</p>{names}{lines}</div>'


def _figure(is_figure: bool) -> str:
    return ' class="figure"' if is_figure else ""


def _lines(sheet: Sheet) -> str:
    heads = "".join(
        f'<th scope="col"{_figure(head.is_figure)}>{_spans(head.label)}</th>' for head in sheet.heads
    )
    rows = "".join(_row(row, sheet) for row in sheet.rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _row(row: Row, sheet: Sheet) -> str:
    if row.kind is RowKind.GROUP:
        return f'<tr class="group"><td colspan="{len(sheet.heads)}">{_cell(row.cells[0])}</td></tr>'
    cells = "".join(
        f"<td{_figure(head.is_figure)}>{_cell(cell)}</td>"
        for head, cell in zip(sheet.heads, row.cells, strict=True)
    )
    return f'<tr class="{row.kind.name.lower()}">{cells}</tr>'


def _cell(cell: Cell) -> str:
    return "".join(
        f"<div{' class=quiet' if said.tone is Tone.QUIET else ''}>{_broken(said.text)}</div>" for said in cell
    )


def _broken(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _totals(sheet: Sheet) -> str:
    if not sheet.totals:
        return ""
    rows = "".join(
        f"<tr{' class=grand' if each.is_grand else ''}><td>{escape(' '.join(each.label))}</td>"
        f'<td class="figure">{escape(each.text)}</td></tr>'
        for each in sheet.totals
    )
    return f'<div class="totals"><table><tbody>{rows}</tbody></table></div>'


def _words(sheet: Sheet) -> str:
    if sheet.words is None:
        return ""
    label, words = sheet.words
    return f'<p><span class="quiet">{escape(label)}</span> <b>{escape(words)}</b></p>'


def _taxes(sheet: Sheet) -> str:
    if not sheet.taxes:
        return ""
    heads = "".join(
        f'<th scope="col"{_figure(number > 0)}>{_spans(label)}</th>'
        for number, label in enumerate(sheet.tax_heads)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{_figure(number > 0)}>{escape(text)}</td>" for number, text in enumerate(row))
        + "</tr>"
        for row in sheet.taxes
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _terms(sheet: Sheet) -> str:
    if not sheet.terms:
        return ""
    terms = "".join(
        f'<p class="text"><b>{escape(term.title)}</b> {"<br>".join(map(_broken, term.texts))}</p>'
        for term in sheet.terms
    )
    return f"<h2>{escape(sheet.terms_title)}</h2>{terms}"


def _section(section: Section) -> str:
    return f"<h2>{escape(section.title)}</h2>{_texts(section.texts)}"


def _signatures(signings: Sequence[Signing]) -> str:
    if not signings:
        return ""
    each = "".join(
        f"<div>{''.join(f'<p class=name>{escape(name)}</p>' for name in signing.company)}"
        f'<div class="line"></div><p class="quiet">{escape(signing.signature)} · {escape(signing.stamp)} · '
        f"{escape(signing.date)}{'<br>' + escape(signing.who) if signing.who else ''}</p></div>"
        for signing in signings
    )
    return f'<div class="signatures">{each}</div>'


def _logo(template: Template) -> str:
    if template.logo is None:
        return ""
    logo = logo_of(template.logo)
    data = base64.b64encode(logo.data).decode("ascii")
    return f'<img alt="" src="data:{logo.media_type};base64,{data}">'
