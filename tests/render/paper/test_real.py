"""Papers of real quotes, read back: every character that was typed and every amount that was computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sfa.render import numbers
from sfa.render.paper.characters import texts_in
from sfa.render.paper.document import Look, Tongue, Variant
from sfa.render.paper.pdf import drawn_sheet
from sfa.render.paper.templates import standard
from tests.render.paper import real
from tests.render.paper.conftest import Draw, pages_of, squeezed, text_of
from tests.services.acting import row

LOOKS = {
    "customer": Look(Variant.CUSTOMER, Tongue.CHINESE),
    "internal": Look(Variant.INTERNAL, Tongue.ENGLISH),
    "both": Look(Variant.CUSTOMER, Tongue.BOTH),
}

Made = Callable[[str], tuple[Path, str]]


@pytest.fixture
def companies(home: Path) -> Made:
    """Return what makes a company with one of the real quotes."""
    return lambda name: (home, real.with_quote(home, name))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", real.REAL)
def test_every_character_of_a_real_quote_is_read_back(
    name: str, look: str, companies: Made, drawn: Draw
) -> None:
    home, quote = companies(name)
    with real.as_role(home, "manager" if look == "internal" else None):
        paper = real.paper(home, quote, LOOKS[look])
    said = squeezed(text_of(drawn(paper, LOOKS[look])))
    sheet = drawn_sheet(paper, LOOKS[look], standard())
    parts = (
        sheet.title, sheet.marks, [fact[1:] for fact in sheet.facts], sheet.sides, sheet.totals, sheet.words,
        [head.label for head in sheet.heads], sheet.rows, sheet.taxes, sheet.terms, sheet.notes,
        sheet.approval, sheet.signings,
    )  # fmt: skip
    wanted = Counter(squeezed("".join(text for part in parts for text in texts_in(part))))
    assert sum(wanted.values()) > 500
    assert wanted - Counter(said) == Counter()
    stored = row(home, "SELECT * FROM quote WHERE id = ?", quote)
    for minor in (stored["total_minor"], stored["net_minor"], stored["tax_minor"]):
        assert numbers.amount(minor, "CNY") in said
    if Tongue.BOTH is LOOKS[look].tongue:
        assert "王建国" in said


@pytest.mark.parametrize("name", real.REAL)
def test_what_was_typed_into_a_quote_stands_on_its_paper(name: str, companies: Made, drawn: Draw) -> None:
    home, quote = companies(name)
    stored = row(home, "SELECT * FROM quote WHERE id = ?", quote)
    said = Counter(squeezed(text_of(drawn(real.paper(home, quote, LOOKS["both"]), LOOKS["both"]))))
    typed = [*real.SELLER.values()][:-2]
    typed += [stored[key] or "" for key in ("number", "name", "payment_terms", "delivery_terms", "notes")]
    lines = real.lines_of_row(stored)
    typed += [text or "" for line in lines for text in (line.name, line.code, line.note, line.unit)]
    wanted = Counter(squeezed("".join(typed)).replace(";", ""))
    assert wanted - said == Counter()


def test_eighty_real_lines_go_over_pages_in_order_and_each_is_marked(companies: Made, drawn: Draw) -> None:
    home, quote = companies("long")
    pages = pages_of(drawn(real.paper(home, quote, LOOKS["customer"]), LOOKS["customer"]))
    assert len(pages) > 2
    firsts = [line.split()[0] for page in pages for line in page.splitlines() if line.split()]
    positions = [int(each) for each in firsts if each.isdecimal()]
    assert [each for each in positions if each in range(1, 81)] == list(range(1, 81))
    for page in pages:
        assert "DRAFT / NOT APPROVED 草稿 / 未经批准" in page


def test_short_quote_says_who_approved_it_and_the_other_that_nobody_had_to(
    companies: Made, drawn: Draw
) -> None:
    english = Look(Variant.CUSTOMER, Tongue.ENGLISH)
    said = text_of(drawn(real.paper(*companies("short"), english), english))
    assert "Approved by 陈思远 on 2026-11-18 16:40" in said
    said = text_of(drawn(real.paper(*companies("bilingual"), english), english))
    assert "Within the author's limits, confirmed by the centre on 2026-11-18 16:40" in said
    assert "Approved by" not in said
    assert "DRAFT" not in said
