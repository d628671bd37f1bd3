"""Papers as PDF, read back: nothing lost, nothing parted, the same bytes each time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from sfa.errors import InvalidInput
from sfa.render.paper import font_cutting
from sfa.render.paper.characters import texts_in
from sfa.render.paper.document import EMPTY, Look, Named, Tongue, Variant
from sfa.render.paper.files import content_of
from sfa.render.paper.font_files import Face
from sfa.render.paper.pdf import drawn_sheet
from sfa.render.paper.sheet import sheet_of
from sfa.render.paper.templates import standard
from sfa.terms import ApprovalStanding
from tests.render.paper.conftest import Draw, pages_of, squeezed, text_of
from tests.render.paper.samples import APPROVED, SAMPLES, bilingual, long, short

CHINESE = Look(Variant.CUSTOMER, Tongue.CHINESE)
BOTH = Look(Variant.CUSTOMER, Tongue.BOTH)
ENGLISH = Look(Variant.CUSTOMER, Tongue.ENGLISH)
HARD = [
    *"℃ m² ① ㎡ Ω ± × ≤ ≥ µ Ø Φ ～ ， 。 、 ； ： ？ ！ （ ） 【 】 《 》 “ ” ‘ ’ … —".split(),
    *"￥ € £ ½ ° ％ № Ⅳ ㈱ 堃 喆 頔 é ü ñ Å".split(),
]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_character_that_went_in_is_read_back(name: str, drawn: Draw) -> None:
    make, look = SAMPLES[name]
    said = Counter(squeezed(text_of(drawn(make(), look))))
    sheet = drawn_sheet(make(), look, standard())
    parts = (
        sheet.title, sheet.marks, [fact[1:] for fact in sheet.facts], sheet.sides, sheet.totals, sheet.words,
        [head.label for head in sheet.heads], sheet.rows, sheet.tax_heads, sheet.taxes, sheet.terms,
        sheet.terms_title, sheet.notes, sheet.approval, sheet.signings,
    )  # fmt: skip
    wanted = Counter(squeezed("".join(text for part in parts for text in texts_in(part))))
    assert sum(wanted.values()) > 500
    assert wanted - said == Counter()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_text_stands_on_the_paper(name: str, drawn: Draw) -> None:
    make, look = SAMPLES[name]
    paper = make()
    text = squeezed(text_of(drawn(paper, look)))
    sheet = sheet_of(paper, look, standard())
    wanted = [*(fact.text for fact in sheet.facts), *(total.text for total in sheet.totals)]
    wanted += [cell[0].text for row in sheet.rows for cell in row.cells if cell and len(cell[0].text) < 10]
    assert [each for each in wanted if squeezed(each) not in text] == []


def test_no_hard_character_is_a_box(drawn: Draw) -> None:
    paper = replace(short(), notes=Named("\n".join(f"甲{char}乙" for char in HARD)))
    said = text_of(drawn(paper, CHINESE)).split()
    assert [char for char in HARD if f"甲{char}乙" not in said] == []


def test_a_character_that_no_font_has_is_named_with_the_text_it_stands_in(drawn: Draw) -> None:
    paper = replace(short(), notes=Named("好的 👍"))
    with pytest.raises(InvalidInput) as caught:
        drawn(paper, CHINESE)
    assert "U+1F44D" in str(caught.value)
    assert "好的 👍" in str(caught.value)


def test_text_from_the_right_is_refused_rather_than_set_wrong(drawn: Draw) -> None:
    with pytest.raises(InvalidInput, match="U\\+05D0"):
        drawn(replace(short(), notes=Named("\u05d0")), CHINESE)


def test_what_has_no_shape_is_left_out(drawn: Draw) -> None:
    paper = replace(short(), notes=Named("甲\u200b乙\ufe0f丙\x07丁"))
    assert "甲乙丙丁" in squeezed(text_of(drawn(paper, CHINESE)))


def test_eighty_lines_go_over_four_pages_with_head_and_number_on_each(drawn: Draw) -> None:
    pages = pages_of(drawn(long(), CHINESE))
    assert len(pages) == 4
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共4页" in squeezed(page)
        assert "序号货号品名及规格" in squeezed(page)
    for page in pages[1:]:
        assert "报价单Q07-2026-0148·杭州华创智能装备股份有限公司" in squeezed(page)
    positions = [f"{group}.{line}" for group in range(1, 5) for line in range(1, 21)]
    begun = [word for page in pages for word in page.split() if word in set(positions)]
    assert begun == positions


def test_a_row_keeps_its_parts_on_one_page(drawn: Draw) -> None:
    pages = pages_of(drawn(long(), CHINESE))
    for group in range(1, 5):
        for station in (1, 5, 9, 13, 17):
            code = f"HC-{group}{station:03d}"
            page = next(each for each in pages if code in each)
            below = page[page.index(code) :]
            assert squeezed(below).index(f"第{station}工位") < 60


def test_a_subtotal_stays_with_the_last_row_of_its_group(drawn: Draw) -> None:
    for page in pages_of(
        drawn(replace(long(), standing=ApprovalStanding.APPROVED, approval=APPROVED), CHINESE)
    ):
        lines = [squeezed(line) for line in page.splitlines()]
        for number, each in enumerate(lines):
            if each.startswith("小计"):
                assert any("工业以太网交换机" in line for line in lines[number - 5 : number])


def test_totals_are_on_one_page_with_the_last_row(drawn: Draw) -> None:
    # Whatever the number of lines: where the totals do not fit, they take the last row along.
    paper = short()
    line = paper.groups[0].lines[1]
    for count in (19, 22, 25):
        lines = tuple(replace(line, position=f"p{each}") for each in range(count))
        group = replace(paper.groups[0], lines=lines)
        pages = pages_of(drawn(replace(paper, groups=(group,)), ENGLISH))
        at = next(page for page in pages if "Sum of lines" in page)
        assert f"p{count - 1} " in at
        assert "Total incl. tax" in at
        assert "贰仟肆佰玖拾贰元" in at


def test_a_row_longer_than_a_page_is_continued_and_nothing_is_lost(drawn: Draw) -> None:
    paper = short()
    words = Named("\n".join(f"row{number}" for number in range(150)))
    line = replace(paper.groups[0].lines[0], description=words)
    pages = pages_of(drawn(replace(paper, groups=(replace(paper.groups[0], lines=(line,)),)), ENGLISH))
    said = [word for page in pages for word in page.split() if word.startswith("row")]
    assert said == [f"row{number}" for number in range(150)]
    assert all("Description of goods" in page for page in pages if "row" in page)


def test_a_draft_says_so_on_every_page_in_both_languages_and_an_approved_one_by_whom(drawn: Draw) -> None:
    for page in pages_of(drawn(long(), ENGLISH)):
        assert "DRAFT / NOT APPROVED 草稿 / 未经批准" in page
    said = text_of(drawn(short(), ENGLISH))
    assert "DRAFT" not in said
    assert "Approved by 陈思远 on 2026-11-18 16:40" in said


def test_cost_is_on_internal_papers_alone_and_these_are_marked(drawn: Draw) -> None:
    margin = short().margin
    assert margin is not None
    assert margin.cost_minor is not None
    cost = f"{margin.cost_minor / 100:,.2f}"
    inside = text_of(drawn(short(), replace(ENGLISH, variant=Variant.INTERNAL)))
    assert cost in inside
    assert "INTERNAL – not for the customer 内部资料，不得外传" in inside
    outside = text_of(drawn(short(), ENGLISH))
    assert cost not in outside
    assert "INTERNAL" not in outside
    assert "Margin" not in outside


def test_the_warehouse_sees_no_money(drawn: Draw) -> None:
    said = text_of(drawn(bilingual(), replace(BOTH, variant=Variant.WAREHOUSE)))
    assert "配货单" in said
    assert "137.25" in said
    for figure in ("268.40", "1,286,500", "1,320,922.55", "13%", "人民币壹", "CNY", "招商银行"):
        assert figure not in said


def test_the_same_paper_gives_the_same_bytes_whatever_the_cache_holds(drawn: Draw, tmp_path: Path) -> None:
    usual = drawn(short(), CHINESE)
    assert drawn(short(), CHINESE) == usual
    fresh = tmp_path / "fresh"
    assert content_of(short(), CHINESE, standard(), "pdf", cache=fresh) == usual
    content_of(long(), BOTH, standard(), "pdf", cache=fresh)  # more characters are kept now
    assert content_of(short(), CHINESE, standard(), "pdf", cache=fresh) == usual


def test_a_cache_that_cannot_be_written_does_without(drawn: Draw, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert content_of(short(), CHINESE, standard(), "pdf", cache=blocked / "fonts") == drawn(short(), CHINESE)


def test_a_damaged_cut_font_is_made_anew(drawn: Draw, font_folder: Path, tmp_path: Path) -> None:
    usual = drawn(short(), CHINESE)
    for each in font_folder.glob("*.otf"):
        (tmp_path / each.name).write_bytes(each.read_bytes()[:500])
    assert content_of(short(), CHINESE, standard(), "pdf", cache=tmp_path) == usual


def test_a_paper_of_known_characters_does_not_read_the_whole_font(
    drawn: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = drawn(short(), CHINESE)

    def refuse(face: Face) -> None:
        raise AssertionError(face)

    monkeypatch.setattr(font_cutting, "_opened", refuse)
    assert drawn(short(), CHINESE) == usual


@pytest.mark.parametrize("tongue", Tongue)
@pytest.mark.parametrize("variant", Variant)
def test_every_variant_in_every_language_is_drawn(variant: Variant, tongue: Tongue, drawn: Draw) -> None:
    for make, _ in SAMPLES.values():
        assert squeezed("Q07-2026-0148") in squeezed(text_of(drawn(make(), Look(variant, tongue))))


def test_letter_and_landscape_pages_have_their_size(drawn: Draw) -> None:
    letter = drawn(short(), ENGLISH, replace(standard(), size="Letter"))
    assert b"/MediaBox [0 0 612.00 792.00]" in letter
    assert b"/MediaBox [0 0 595.28 841.89]" in drawn(short(), ENGLISH)
    across = drawn(short(), replace(ENGLISH, variant=Variant.INTERNAL))
    assert b"/MediaBox [0 0 841.89 595.28]" in across


def test_columns_that_cannot_fit_are_refused_with_what_to_do(drawn: Draw) -> None:
    template = standard()
    names = template.columns[Variant.INTERNAL]
    wide = replace(template, across=frozenset(), widths_mm=dict.fromkeys(names, 40.0))
    with pytest.raises(InvalidInput, match="across"):
        drawn(short(), replace(ENGLISH, variant=Variant.INTERNAL), wide)


def test_many_who_sign_go_on_over_pages(drawn: Draw) -> None:
    paper = replace(short(), signatories=short().signatories * 5)
    pages = pages_of(drawn(paper, ENGLISH))
    assert len(pages) > 1
    assert sum(page.count("Authorised signature") for page in pages) == 10


def test_a_paper_without_the_optional_parts_is_whole(drawn: Draw) -> None:
    bare = replace(
        short(), terms=(), signatories=(), taxes=(), amount_in_words="", contact=None, prepared_by=None,
        valid_until=None, subject=EMPTY,
    )  # fmt: skip
    assert "52,492.12" in text_of(drawn(bare, ENGLISH))
