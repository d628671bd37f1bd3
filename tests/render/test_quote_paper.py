"""What a quote's paper adds up to, computed by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import InvalidInput, Refused
from sfa.render.issued_paper import How
from sfa.render.paper.document import Line, Look, Named, Paper, Tongue, TotalKind, Variant
from sfa.render.paper.sheet import sheet_of
from sfa.render.paper.templates import standard
from sfa.render.quote_paper import print_quote, quote_paper
from sfa.reports.quote_paper import offer_of
from sfa.services import quote_lines
from sfa.store import reading
from tests.render.paper import real
from tests.services.acting import TODAY, acting, amend, make

CHINESE = Look(Variant.CUSTOMER, Tongue.CHINESE)
ENGLISH = Look(Variant.CUSTOMER, Tongue.ENGLISH)
INTERNAL = Look(Variant.INTERNAL, Tongue.ENGLISH)


@pytest.fixture
def shop(home: Path) -> Path:
    """Return a home with two products, 13 % tax, and a customer."""
    make(home, "tax", name="VAT", rate="13%", default="yes")
    make(home, "product", name="Pump", code="P", price="100 CNY")
    make(home, "product", name="Hose", code="H", price="50 CNY")
    make(home, "account", name="Acme")
    return home


def quote(home: Path, *lines: str, **texts: str) -> str:
    made = make(home, "quote", account="Acme", **{"currency": "CNY", **texts})  # type: ignore[arg-type]
    for line in lines:
        text, _, group = line.partition(" | ")
        with acting(home) as session:
            quote_lines.add(session, made.id, [text], today=TODAY, group=group or None)
    return made.id


def totals(paper: Paper) -> list[tuple[TotalKind, int]]:
    return [(each.kind, each.minor) for each in paper.totals]


def line_of(paper: Paper, position: int) -> Line:
    return next(line for group in paper.groups for line in group.lines if line.position == str(position))


def test_totals_add_up_from_the_list_to_what_is_paid(shop: Path) -> None:
    paper = real.paper(shop, quote(shop, "P x 3 -10%", "H x 2", discount="5%"), CHINESE)
    assert totals(paper) == [
        (TotalKind.LIST, 400_00),  # 3 x 100 + 2 x 50
        (TotalKind.LINE_DISCOUNTS, -30_00),  # 10 % of 300
        (TotalKind.SUM, 370_00),
        (TotalKind.DISCOUNT, -18_50),  # 5 % of 370
        (TotalKind.NET, 351_50),
        (TotalKind.TAX, 45_70),  # 13 % of 256.50 is 33.345, of 95.00 12.35: rounded by line
        (TotalKind.GROSS, 397_20),
    ]
    assert paper.totals[3].label == Named("整单优惠 (-5%)", "Discount on the whole (-5%)")
    # What stands beside a line is before the discount on the whole, so that the lines sum to the sum.
    assert [line_of(paper, number).net_minor for number in (1, 2)] == [270_00, 100_00]
    assert line_of(paper, 1).discounts == (Named("-10%"),)
    assert paper.amount_in_words == "人民币叁佰玖拾柒元贰角整"


def test_where_prices_hold_the_tax_so_do_the_lines_and_the_sum(shop: Path) -> None:
    made = quote(shop, "P x 2 -13", tax_mode="included")
    amend(shop, "quote", made, discount_amount="CNY 26")
    paper = real.paper(shop, made, ENGLISH)
    assert totals(paper) == [
        (TotalKind.LIST, 200_00),
        (TotalKind.LINE_DISCOUNTS, -13_00),
        (TotalKind.SUM, 187_00),
        (TotalKind.DISCOUNT, -26_00),
        (TotalKind.GROSS, 161_00),
        (TotalKind.CONTAINED_TAX, 18_52),  # 161 x 13 / 113 is 18.522
    ]
    assert line_of(paper, 1).gross_minor == 187_00
    assert line_of(paper, 1).discounts == (Named("-13.00"),)
    assert paper.totals[3].label == Named("")
    heads = {head.name: head.label for head in sheet_of(paper, ENGLISH, standard()).heads}
    assert "net" not in heads
    assert heads["gross"] == ("Amount incl. tax",)
    assert heads["unit_price"] == ("Unit price incl. tax",)


def test_groups_have_their_subtotals_and_keep_the_order_of_the_lines(shop: Path) -> None:
    paper = real.paper(
        shop, quote(shop, "P x 1 | A", "H x 1 | A", "text: Note", "H x 2 | B", "P x 4 | A"), CHINESE
    )
    found = [
        (
            group.title.text,
            [line.position for line in group.lines],
            group.subtotal and group.subtotal.net_minor,
        )
        for group in paper.groups
    ]
    assert found == [
        ("A", ["1", "2"], 150_00),
        ("", ["3"], None),
        ("B", ["4"], 100_00),
        ("A", ["5"], 400_00),
    ]
    assert line_of(paper, 3).is_text


def test_what_is_not_chosen_is_in_no_total_and_options_stand_below(shop: Path) -> None:
    made = quote(shop, "P x 1")
    for text, more in (
        ("H x 2", {"is_optional": True}),
        ("H x 1", {"alternative_of": "a", "is_taken": True}),
        ("P x 5", {"alternative_of": "a"}),
        ("gift: H x 1", {}),
    ):
        with acting(shop) as session:
            quote_lines.add(session, made, [text], today=TODAY, **more)
    paper = real.paper(shop, made, CHINESE)
    assert totals(paper) == [
        (TotalKind.SUM, 150_00),
        (TotalKind.TAX, 19_50),
        (TotalKind.GROSS, 169_50),
        (TotalKind.OPTIONS, 113_00),  # 2 x 50 with its 13 %
    ]
    marks = [
        (line.counts, line.is_optional, line.is_alternative, line.is_taken) for line in paper.groups[0].lines
    ]
    assert marks == [
        (True, False, False, False),
        (False, True, False, False),
        (True, False, True, True),
        (False, False, True, False),
        (True, False, False, False),
    ]
    assert line_of(paper, 5).is_gift


def test_cost_and_margin_are_on_our_own_paper_alone(home: Path) -> None:
    made = real.with_quote(home, "short")
    own = real.paper(home, made, INTERNAL)
    # 12 x 2281.60, 12 x 115.01, 1.5 x 1488.00 and the gift at 396.80
    cost = 27_379_20 + 1_380_12 + 2_232_00 + 396_80
    assert own.margin is not None
    assert own.margin.cost_minor == cost
    assert own.margin.margin_minor == 46_453_20 - cost
    assert line_of(own, 1).margin_minor == 40_627_20 - 27_379_20
    theirs = real.paper(home, made, ENGLISH)
    assert theirs.margin is None
    assert {line.cost_minor for group in theirs.groups for line in group.lines} == {None}


def test_who_may_not_see_costs_gets_no_paper_with_them(home: Path) -> None:
    made = real.with_quote(home, "short")
    real.needs_approval(home)
    with pytest.raises(Refused, match="managers and administrators"):
        real.paper(home, made, INTERNAL)
    assert real.paper(home, made, ENGLISH).number == "Q-Q07-0001"


@pytest.mark.parametrize(
    ("currency", "look", "asked", "expected"),
    [
        ("CNY", CHINESE, None, True),
        ("CNY", Look(tongue=Tongue.BOTH), None, True),
        ("CNY", ENGLISH, None, False),
        ("CNY", ENGLISH, True, True),
        ("CNY", CHINESE, False, False),
        ("EUR", CHINESE, None, False),
    ],
)
def test_capital_numerals_are_for_yuan_on_a_chinese_paper_unless_asked(
    shop: Path, currency: str, look: Look, asked: bool | None, expected: bool
) -> None:
    price = f"P x 1 @ {currency} 100"
    made = quote(shop, price, currency=currency)
    with reading.reading(shop) as connection:
        paper = quote_paper(offer_of(connection, made, today=TODAY), How(look, capitals=asked))
    assert bool(paper.amount_in_words) is expected
    assert paper.amount_in_words in {"", "人民币壹佰壹拾叁元整"}


def test_capital_numerals_of_another_currency_are_refused(shop: Path) -> None:
    made = quote(shop, "P x 1 @ EUR 100", currency="EUR")
    with reading.reading(shop) as connection, pytest.raises(InvalidInput, match="CNY"):
        quote_paper(offer_of(connection, made, today=TODAY), How(CHINESE, capitals=True))


def test_a_file_is_named_after_what_it_is_and_for_whom(home: Path) -> None:
    made = real.with_quote(home, "short")
    names = []
    for look in (CHINESE, INTERNAL, Look(Variant.WAREHOUSE, Tongue.ENGLISH)):
        with reading.reading(home) as connection:
            names.append(print_quote(connection, made, How(look, "md"), home=home, today=TODAY).name)
    assert names == [
        "报价单-Q-Q07-0001-杭州华创智能装备股份有限公司.md",
        "Quotation-Q-Q07-0001-杭州华创智能装备股份有限公司-internal.md",
        "Picking list-Q-Q07-0001-杭州华创智能装备股份有限公司.md",
    ]
