"""The parts of a page beside the table: head, sides, totals, terms, signatures."""

from __future__ import annotations

from collections.abc import Sequence

from sfa.render.paper.blocks import Bar, Block, Item, Picture, Stroke
from sfa.render.paper.pen import Pen
from sfa.render.paper.sheet import Amount, Fact, Section, Sheet, Side, Signing

_GAP = 8.0  # between columns
_FACTS_A_ROW = 4
_STAMP_MM = 22.0


def head_block(pen: Pen, sheet: Sheet, width: float, logo: tuple[float, float] | None) -> Block:
    """Return logo or seller on the left, the title on the right, a rule, and the facts below it."""
    items: list[Item] = []
    half = (width - _GAP) / 2
    left = 0.0
    if logo is not None:
        shrink = min(1.0, half / logo[0])
        items.append(Picture(0, 0, logo[0] * shrink, logo[1] * shrink))
        left = logo[1] * shrink
    elif sheet.sides:
        put, left = pen.put(sheet.sides[0].name, 0, 0, half, pen.style("accent", bold=True, larger=3))
        items += put
    first, *others = sheet.title
    put, right = pen.put(
        (first,), width - half, 0, half, pen.style("accent", bold=True, larger=9), right=True
    )
    items += put
    put, right = pen.put(others, width - half, right, half, pen.style("accent", larger=3), right=True)
    items += put
    rule = max(left, right) + 2
    items.append(Stroke(0, rule, width, rule, pen.colours["accent"], 0.6))
    facts, bottom = _facts(pen, sheet.facts, width, rule + 2.2)
    return Block(bottom, (*items, *facts))


def _facts(pen: Pen, facts: Sequence[Fact], width: float, top: float) -> tuple[list[Item], float]:
    items: list[Item] = []
    a_row = min(len(facts), _FACTS_A_ROW) or 1
    column = width / a_row
    label, value = pen.style("quiet", larger=-1.5), pen.style(bold=True)
    for start in range(0, len(facts), a_row):
        bottom = top
        for number, fact in enumerate(facts[start : start + a_row]):
            x = number * column
            # The last fact of a row has the rest of it.
            room = width - x if start + number + 1 == len(facts) else column
            put, below = pen.put((fact.label,), x, top, room - 3, label)
            items += put
            put, below = pen.put((fact.text,), x, below, room - 3, value)
            items += put
            bottom = max(bottom, below)
        top = bottom + 1.2
    return items, top


def sides_block(pen: Pen, sides: Sequence[Side], width: float) -> Block:
    """Return who it is from and for, side by side."""
    items: list[Item] = []
    column = (width - _GAP) / 2
    lowest = 0.0
    for number, side in enumerate(sides):
        x = number * (column + _GAP)
        items.append(Stroke(x, 0, x + column, 0, pen.colours["rule"]))
        put, top = pen.put((side.label,), x, 1, column, pen.style("quiet", larger=-1.5))
        items += put
        put, top = pen.put(side.name, x, top, column, pen.style(bold=True, larger=1))
        items += put
        put, top = pen.put(side.lines, x, top + 0.5, column, pen.style(larger=-0.5))
        items += put
        lowest = max(lowest, top)
    return Block(lowest, tuple(items), space_mm=3)


def totals_block(pen: Pen, sheet: Sheet, width: float) -> Block:
    """Return the tax table on the left, the totals on the right, the amount in words below: all in one."""
    left = width * 0.42
    taxes, tax_bottom = _taxes(pen, sheet, left) if sheet.taxes else ([], 0.0)
    x = width - max(width * 0.46, min(95.0, width * 0.5))
    rows, bottom = _totals(pen, sheet.totals, x, width)
    items = [*taxes, *rows]
    bottom = max(bottom, tax_bottom)
    if sheet.words is not None:
        label, words = sheet.words
        put, bottom = pen.put((label,), 0, bottom + 2, width, pen.style("quiet", larger=-1.5))
        items += put
        put, bottom = pen.put((words,), 0, bottom, width, pen.style(bold=True, larger=0.5))
        items += put
    return Block(bottom, tuple(items), space_mm=3)


def _totals(pen: Pen, totals: Sequence[Amount], x: float, width: float) -> tuple[list[Item], float]:
    items: list[Item] = []
    top = 0.0
    for total in totals:
        larger = 1.5 if total.is_grand else 0
        style = pen.style("accent" if total.is_grand else "text", bold=total.is_grand, larger=larger)
        amount = pen.width(total.text, style)
        room = width - x - 2.6 - amount - 3
        label, bottom = pen.put((" ".join(total.label),), x + 1.3, top + 0.7, room, style)
        bottom += 0.7
        if total.is_grand:
            items.append(Bar(x, top, width - x, bottom - top, pen.colours["band"]))
        items += [*label, pen.word(total.text, width - 1.3 - amount, top + 0.7, style)]
        items.append(Stroke(x, bottom, width, bottom, pen.colours["rule"]))
        top = bottom
    return items, top


def _taxes(pen: Pen, sheet: Sheet, width: float) -> tuple[list[Item], float]:
    head, plain = pen.style("quiet", larger=-1.5), pen.style(larger=-0.5)
    column = width / 3
    items: list[Item] = []
    bottom = 0.0
    for number, label in enumerate(sheet.tax_heads):
        put, below = pen.put(label, number * column, 0.7, column - 1, head, right=number > 0)
        items += put
        bottom = max(bottom, below)
    top = bottom + 0.7
    items.append(Stroke(0, top, width - 1, top, pen.colours["rule"]))
    for row in sheet.taxes:
        bottom = top
        for number, text in enumerate(row):
            put, below = pen.put((text,), number * column, top + 0.7, column - 1, plain, right=number > 0)
            items += put
            bottom = max(bottom, below)
        top = bottom + 0.7
        items.append(Stroke(0, top, width - 1, top, pen.colours["rule"]))
    return items, top


def heading(pen: Pen, text: str, width: float) -> Block:
    """Return a heading that stays with what follows."""
    items, bottom = pen.put((text,), 0, 0, width, pen.style("accent", bold=True, larger=1))
    return Block(bottom + 0.5, tuple(items), space_mm=5, keeps_next=True)


def text_blocks(pen: Pen, texts: Sequence[str], width: float, *, space_mm: float = 4) -> list[Block]:
    """Return texts that may be parted between lines."""
    found: list[Block] = []
    for number, text in enumerate(texts):
        found += pen.paragraph(text, 0, width, pen.style(), space_mm=0 if number else space_mm)
    return found


def section_blocks(pen: Pen, section: Section, width: float) -> list[Block]:
    """Return a titled text."""
    return [heading(pen, section.title, width), *text_blocks(pen, section.texts, width, space_mm=0)]


def terms_blocks(pen: Pen, sheet: Sheet, width: float) -> list[Block]:
    """Return the terms: each one's title in a column of its own, its text beside it."""
    found = [heading(pen, sheet.terms_title, width)]
    bold, plain = pen.style(bold=True), pen.style()
    widest = max(pen.width(term.title, bold) for term in sheet.terms)
    column = min(widest + 4, width * 0.3)
    for term in sheet.terms:
        titles = pen.lines(term.title, column - 3, bold) if term.title else []
        lines = [line for text in term.texts for line in pen.lines(text, width - column, plain)]
        for number in range(max(len(titles), len(lines))):
            items: list[Item] = []
            if number < len(titles):
                items.append(pen.word(titles[number], 0, 0, bold))
            if number < len(lines):
                items.append(pen.word(lines[number], column, 0, plain))
            found.append(
                Block(
                    plain.leading, tuple(items), 0 if number else 1, keeps_next=number == 0 and len(lines) > 1
                )
            )
    return found


def approval_block(pen: Pen, text: str, width: float) -> Block:
    """Return who approved."""
    items, bottom = pen.put((text,), 0, 0, width, pen.style("quiet"))
    return Block(bottom, tuple(items), space_mm=4)


def signature_blocks(pen: Pen, signings: Sequence[Signing], width: float) -> list[Block]:
    """Return the places to sign, two a row: the company, room for a stamp, lines for name and date."""
    column = (width - _GAP) / 2
    found: list[Block] = []
    for start in range(0, len(signings), 2):
        pair = signings[start : start + 2]
        items: list[Item] = []
        names = [
            pen.put(each.company, number * (column + _GAP), 0, column, pen.style(bold=True))
            for number, each in enumerate(pair)
        ]
        box = max(bottom for _, bottom in names) + 1
        for number, each in enumerate(pair):
            x = number * (column + _GAP)
            items += names[number][0]
            items += _frame(pen, x, box, column)
            items += pen.put((each.stamp,), x + 1.5, box + 1, column - 3, pen.style("rule", larger=-1))[0]
            items += _signing(pen, each, x, box + _STAMP_MM + 5, column)
        found.append(Block(box + _STAMP_MM + 14, tuple(items), space_mm=7))
    return found


def _frame(pen: Pen, x: float, y: float, width: float) -> list[Item]:
    colour = pen.colours["rule"]
    right, bottom = x + width, y + _STAMP_MM
    return [
        Stroke(x, y, right, y, colour),
        Stroke(x, bottom, right, bottom, colour),
        Stroke(x, y, x, bottom, colour),
        Stroke(right, y, right, bottom, colour),
    ]


def _signing(pen: Pen, each: Signing, x: float, top: float, width: float) -> list[Item]:
    quiet = pen.style("quiet", larger=-1)
    split = width * 0.62
    items: list[Item] = [
        Stroke(x, top + 4, x + split - 3, top + 4, pen.colours["text"]),
        Stroke(x + split, top + 4, x + width, top + 4, pen.colours["text"]),
    ]
    texts = (each.signature, each.who) if each.who else (each.signature,)
    items += pen.put(texts, x, top + 4.5, split - 3, quiet)[0]
    items += pen.put((each.date,), x + split, top + 4.5, width - split, quiet)[0]
    return items
