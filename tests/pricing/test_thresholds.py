"""Who may let a discount go, and why nobody lower."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfa.errors import InvalidInput
from sfa.pricing.document import Document, Line
from sfa.pricing.results import Priced
from sfa.pricing.thresholds import Level, Rule, concession_ppm, level_needed
from sfa.pricing.totals import price_document
from sfa.terms import LineKind

LADDER = [
    Rule("rep", max_discount_ppm=50_000, min_margin_ppm=300_000),
    Rule("manager", max_discount_ppm=200_000, min_margin_ppm=100_000),
    Rule("admin"),
]


def priced(*, discount_ppm: int = 0, cost: int | None = 50, header_ppm: int = 0) -> Priced:
    """Return one line of 100.00 with a discount and a cost in whole units."""
    line = Line(
        "a",
        unit_price_micros=100_000_000,
        discount_ppm=discount_ppm,
        unit_cost_micros=None if cost is None else cost * 1_000_000,
    )
    return price_document(Document("CNY", (line,), discount_ppm=header_ppm))


def said(level: Level) -> list[str]:
    return [reason.text.format_map(dict(reason.data)) for reason in level.reasons]


def test_within_the_lowest_limits_nobody_else_is_asked() -> None:
    assert level_needed(LADDER, priced(discount_ppm=50_000)) == Level("rep", ())


def test_a_discount_above_the_limit_goes_one_level_up_and_says_why() -> None:
    level = level_needed(LADDER, priced(discount_ppm=50_100))  # one cent more: 5.01 of 100.00
    assert level.role == "manager"
    assert said(level) == ["The discount is 5.01 %, and rep may give 5 %."]


def test_discounts_of_lines_and_of_the_whole_count_together() -> None:
    # 100.00 − 10 % = 90.00; − 12 % = 79.20: 20.80 of 100.00
    found = priced(discount_ppm=100_000, header_ppm=120_000)
    assert concession_ppm(found) == 208_000
    level = level_needed(LADDER, found)
    assert level.role == "admin"
    assert [reason.role for reason in level.reasons] == ["rep", "manager"]


def test_the_limit_is_compared_exactly_and_not_by_the_rounded_share() -> None:
    # 1 of 3,000,001 minor units is 0.33 ppm, shown as 0; a limit of 0 is exceeded all the same.
    line = Line("a", unit_price_micros=30_000_010_000, discount_minor=1)
    found = price_document(Document("CNY", (line,)))
    assert concession_ppm(found) == 0
    assert level_needed([Rule("rep", max_discount_ppm=0)], found).role is None


def test_a_margin_below_the_limit_goes_up() -> None:
    # 100.00 − 75.00 = 25 %
    level = level_needed(LADDER, priced(cost=75))
    assert level.role == "manager"
    assert said(level) == ["The margin is 25 %, and rep may not go below 30 %."]
    assert level_needed(LADDER, priced(cost=70)).role == "rep"
    assert level_needed(LADDER, priced(cost=110)).role == "admin"


def test_a_margin_that_is_not_known_keeps_no_limit_of_it() -> None:
    level = level_needed(LADDER, priced(cost=None))
    assert level.role == "admin"
    assert said(level)[0] == "The margin is not known: no cost in lines 1. rep may not go below 30 %."


def test_gifts_alone_are_below_every_margin() -> None:
    gift = Line("g", kind=LineKind.GIFT, unit_cost_micros=1_000_000)
    level = level_needed(LADDER, price_document(Document("CNY", (gift,))))
    assert level.role == "admin"
    assert "Nothing is to be paid" in said(level)[0]


def test_a_discount_hidden_in_one_line_is_found_where_the_rule_looks() -> None:
    # 40 % of 10.00 beside 990.00 is 0.4 % of the whole.
    lines = (
        Line("a", unit_price_micros=10_000_000, discount_ppm=400_000),
        Line("b", unit_price_micros=990_000_000),
        Line("c", unit_price_micros=1_000_000, discount_ppm=900_000, is_optional=True),
    )
    found = price_document(Document("CNY", lines))
    ladder = [Rule("rep", max_discount_ppm=50_000, max_line_discount_ppm=300_000), Rule("manager")]
    level = level_needed(ladder, found)
    assert level.role == "manager"
    assert said(level) == ["The discount of line 1 is 40 %, and rep may give 30 %."]


def test_a_lower_price_is_judged_as_a_discount_is_and_the_reason_says_which() -> None:
    line = Line("a", unit_price_micros=90_000_000, list_price_micros=100_000_000, discount_ppm=100_000)
    ladder = [Rule("rep", 150_000, None, 150_000), Rule("manager")]
    level = level_needed(ladder, price_document(Document("CNY", (line,))))
    assert level.role == "manager"
    whole, of_line = said(level)
    assert whole == (
        "19 % is given off the list prices (9 % as discount, the rest in lower prices or gifts),"
        " and rep may give 15 %."
    )
    assert of_line == (
        "Line 1 gives 19 % off the list price (9 % as discount, the rest in the price),"
        " and rep may give 15 %."
    )


def test_a_price_above_the_list_buys_no_discount_elsewhere() -> None:
    lines = (
        Line("a", unit_price_micros=150_000_000, list_price_micros=100_000_000),
        Line("b", unit_price_micros=50_000_000, list_price_micros=100_000_000),
    )
    found = price_document(Document("CNY", lines))  # 50.00 of 250.00
    assert level_needed([Rule("rep", 199_999)], found).role is None
    assert level_needed([Rule("rep", 200_000)], found).role == "rep"
    assert level_needed([Rule("rep", max_line_discount_ppm=499_999)], found).role is None


def test_a_gift_counts_in_the_whole_and_is_no_line_beyond_its_limit() -> None:
    lines = (
        Line("a", unit_price_micros=100_000_000, list_price_micros=100_000_000),
        Line("g", kind=LineKind.GIFT, list_price_micros=100_000_000),
    )
    found = price_document(Document("CNY", lines))
    assert level_needed([Rule("rep", max_discount_ppm=499_999)], found).role is None
    assert level_needed([Rule("rep", max_line_discount_ppm=0)], found).role == "rep"


def test_what_costs_nothing_at_all_is_given_away_whole() -> None:
    line = Line("a", list_price_micros=100_000_000)
    found = price_document(Document("CNY", (line,)))
    assert level_needed([Rule("rep", max_line_discount_ppm=999_999)], found).role is None


def test_when_nobody_may_the_role_is_none_and_every_reason_is_told() -> None:
    level = level_needed(LADDER[:2], priced(discount_ppm=500_000, cost=60))
    assert level.role is None
    assert [reason.role for reason in level.reasons] == ["rep", "rep", "manager", "manager"]


def test_without_rules_there_is_nothing_to_ask() -> None:
    assert level_needed([], priced(discount_ppm=1_000_000)) == Level(None, ())


@pytest.mark.parametrize(
    "rules",
    [
        [Rule("rep"), Rule("rep")],
        [Rule("rep", max_discount_ppm=-1)],
        [Rule("rep", max_line_discount_ppm=1_000_001)],
        [replace(LADDER[0], min_margin_ppm=1_000_001)],
    ],
)
def test_a_ladder_that_makes_no_sense_is_refused(rules: list[Rule]) -> None:
    with pytest.raises(InvalidInput):
        level_needed(rules, priced())
