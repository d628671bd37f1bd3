"""What cannot be priced is refused with the column, the line and a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sfa import i18n
from sfa.errors import InvalidInput
from sfa.pricing.checking import percent
from sfa.pricing.document import Document, Line
from sfa.pricing.totals import price_document
from sfa.terms import LineKind, Rounding

LINE = Line("a", unit_price_micros=10_000_000)

OF_A_LINE: list[tuple[str, dict[str, Any], str]] = [
    ("discount_ppm", {"discount_ppm": 10_000_000}, "line 2: it is between 0 % and 100 %, and 1000 % is not"),
    ("discount_ppm", {"discount_ppm": -1}, "line 2: it is between 0 % and 100 %, and -0.0001 % is not"),
    ("discount_minor", {"discount_minor": -1}, "line 2: it must not be negative"),
    ("discount_minor", {"discount_minor": 1001}, "line 2: 10.01 is more than the 10.00 CNY of the line"),
    (
        "discount_minor",
        {"discount_minor": 1, "discount_ppm": 1},
        "line 2: it is either a percentage or an amount",
    ),
    ("quantity_milli", {"quantity_milli": -2500}, "line 2: it must be more than zero, and -2.5 is not"),
    ("quantity_milli", {"quantity_milli": 0}, "line 2: it must be more than zero, and 0 is not"),
    ("quantity_milli", {"quantity_milli": 10**12 + 1}, "line 2: it is too large"),
    (
        "quantity_milli",
        {"quantity_milli": 10**12, "unit_price_micros": 10**12},
        "line 2: quantity times price",
    ),
    ("unit_price_micros", {"unit_price_micros": -10_000}, "line 2: it must not be negative, and -0.01 is"),
    ("unit_price_micros", {"unit_price_micros": 10**15 + 1}, "line 2: it is too large"),
    ("unit_price_micros", {"kind": LineKind.GIFT}, "line 2: a gift has neither price nor discount"),
    ("unit_price_micros", {"kind": LineKind.TEXT}, "line 2: a text has neither price nor discount"),
    (
        "kind",
        {"kind": LineKind.TEXT, "unit_price_micros": 0, "is_optional": True},
        "line 2: a text is neither optional nor an alternative",
    ),
    ("kind", {"kind": "bundle"}, "'bundle' is unknown"),
    ("unit_cost_micros", {"unit_cost_micros": -1}, "line 2: it must not be negative"),
    ("tax_rate_ppm", {"tax_rate_ppm": -130_000}, "line 2: it is between 0 % and 1000 %, and -13 % is not"),
    ("tax_rate_ppm", {"tax_rate_ppm": 13_000_000}, "line 2: it is between 0 % and 1000 %, and 1300 % is not"),
    ("key", {"key": "a"}, "line 2: 'a' is another line's"),
    ("key", {"key": ""}, "line 2: it is empty"),
    ("is_taken", {"alternative_of": "pump"}, "of 'pump' one line is taken, and not 0"),
]
OF_THE_DOCUMENT: list[tuple[str, dict[str, Any], str]] = [
    ("currency", {"currency": "RMB"}, "'RMB' is no currency code of ISO 4217"),
    ("currency", {"currency": "cny"}, "'cny' is no currency code of ISO 4217"),
    ("discount_ppm", {"discount_ppm": 1_000_001}, "it is between 0 % and 100 %, and 100.0001 % is not"),
    ("discount_minor", {"discount_minor": -1}, "it must not be negative"),
    ("discount_minor", {"discount_minor": 1001}, "10.01 is more than the 10.00 CNY of the lines"),
    ("discount_minor", {"discount_minor": 1, "discount_ppm": 1}, "it is either a percentage or an amount"),
    ("cash_step_minor", {"cash_step_minor": -5}, "the step is between 0 and 10000"),
    ("cash_step_minor", {"cash_step_minor": 10_001}, "the step is between 0 and 10000"),
    ("tax_mode", {"tax_mode": "net"}, "'net' is unknown; allowed are: added, included"),
    ("tax_rounding", {"tax_rounding": "never"}, "'never' is unknown"),
    ("rounding", {"rounding": "up"}, "'up' is unknown; allowed are: half-up, half-even, down"),
    ("cash_rounding", {"cash_rounding": "up"}, "'up' is unknown"),
]


def refusal_of(document: Document) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        price_document(document)
    return refused.value


@pytest.mark.parametrize(("column", "values", "reason"), OF_A_LINE)
def test_a_line_that_cannot_be_is_refused(column: str, values: dict[str, Any], reason: str) -> None:
    error = refusal_of(Document("CNY", (LINE, replace(LINE, **({"key": "b"} | values)))))
    assert error.data["column"] == column
    assert reason in str(error)
    i18n.set_language("zh_CN")
    assert "{" not in " ".join(i18n.tr_error(error))
    if column not in ("kind", "is_taken"):
        assert (error.data["line"], error.data["key"]) == (2, values.get("key", "b"))


@pytest.mark.parametrize(("column", "values", "reason"), OF_THE_DOCUMENT)
def test_a_document_that_cannot_be_is_refused(column: str, values: dict[str, Any], reason: str) -> None:
    error = refusal_of(replace(Document("CNY", (LINE,)), **values))
    assert error.data["column"] == column
    assert reason in str(error)
    i18n.set_language("zh_CN")
    assert "{" not in " ".join(i18n.tr_error(error))


def test_of_alternatives_one_is_taken() -> None:
    both = [Line(key, alternative_of="pump", is_taken=True) for key in "ab"]
    assert refusal_of(Document("CNY", tuple(both))).data["keys"] == ("a", "b")
    # None has to be taken where all are optional; where one is not, one has to be.
    free = [Line(key, alternative_of="pump", is_optional=True) for key in "ab"]
    assert price_document(Document("CNY", tuple(free))).totals.gross_minor == 0
    refusal_of(Document("CNY", (free[0], replace(free[1], is_optional=False))))


def test_a_discount_of_all_there_is_is_no_more_than_it() -> None:
    line = replace(LINE, discount_minor=1000)
    assert price_document(Document("CNY", (line,))).totals.gross_minor == 0
    assert price_document(Document("CNY", (LINE,), discount_minor=1000)).totals.gross_minor == 0


def test_a_floating_number_is_a_fault_of_the_program() -> None:
    for line in (replace(LINE, unit_price_micros=1.5), replace(LINE, quantity_milli=True)):  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            price_document(Document("CNY", (line,)))


def test_the_largest_line_fits_and_stays_exact() -> None:
    # 1,000,000,000 × 9,999.999999 = 9,999,999,999,000.00: 15 digits of minor units.
    line = Line("a", quantity_milli=10**12, unit_price_micros=9_999_999_999, tax_rate_ppm=10_000_000)
    totals = price_document(Document("CNY", (line,), rounding=Rounding.DOWN)).totals
    assert totals.base_minor == 999_999_999_900_000
    assert totals.gross_minor == 11 * 999_999_999_900_000


@pytest.mark.parametrize(
    ("ppm", "text"), [(0, "0"), (100_000, "10"), (88_750, "8.875"), (1, "0.0001"), (-200_000, "-20")]
)
def test_a_percentage_has_no_zeros_at_its_end(ppm: int, text: str) -> None:
    assert percent(ppm) == text
