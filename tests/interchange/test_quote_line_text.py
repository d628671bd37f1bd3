"""A line of a quote as one line of text."""

from __future__ import annotations

import pytest

from sfa.errors import InvalidInput
from sfa.interchange.quote_line_text import LineText, read_discount, read_line, read_quantity, read_rate
from sfa.terms import LineKind


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Pump", LineText("Pump")),
        ("Pump x 3", LineText("Pump", quantity_milli=3000)),
        ("Pump x3", LineText("Pump", quantity_milli=3000)),
        ("水泵 × 2.5", LineText("水泵", quantity_milli=2500)),
        (
            "Pump x 3 @ 99.50 -10%",
            LineText("Pump", LineKind.PRODUCT, 3000, 99_500_000, 100_000, 0),
        ),
        ("Pump -12.5% x 1,000", LineText("Pump", LineKind.PRODUCT, 1_000_000, None, 125_000, 0)),
        ("Pump @ USD 12 -50 USD", LineText("Pump", LineKind.PRODUCT, None, 12_000_000, 0, 5000)),
        ("Pump @ 0.00125", LineText("Pump", unit_price_micros=1250)),
        ("Box 2 x 4 cm x 3", LineText("Box 2 x 4 cm", quantity_milli=3000)),
        ("gift: Hat x 2", LineText("Hat", LineKind.GIFT, 2000)),
        ("赠品：帽子 x 2", LineText("帽子", LineKind.GIFT, 2000)),
        ("text: Phase 1 x 3", LineText("Phase 1 x 3", LineKind.TEXT)),
        ("other: A x 2 @ 5", LineText("A", LineKind.PRODUCT, 2000, 5_000_000, is_other=True)),
        ("其他：吊车 @ 80", LineText("吊车", unit_price_micros=80_000_000, is_other=True)),
        ("DN50: valve x 2", LineText("DN50: valve", quantity_milli=2000)),
    ],
)
def test_a_text_says_name_quantity_price_and_discount(text: str, meant: LineText) -> None:
    assert read_line(text, "USD") == meant


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x 3", "names no product"),
        ("", "names no product"),
        ("text:", "names no product"),
        ("other: A x 2", "has no price"),
        ("other: @ 5", "names no product"),
        ("Pump x 3 x 4", "Quantity twice"),
        ("Pump x 0", "above zero"),
        ("Pump x -2", "above zero"),
        ("Pump x 1.2345", "three decimals"),
        ("Pump @ EUR 5", "another currency"),
        ("Pump @ -5", "not be negative"),
        ("Pump @ 1.2345678", "six decimals"),
        ("Pump @ 99999999999", "too large"),
        ("Pump -1000%", "1000 % is not"),
        ("Pump -5.001 USD", "smallest unit"),
    ],
)
def test_what_is_no_line_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_line(text, "USD")
    assert reason in str(refused.value)


def test_a_discount_is_a_percentage_or_an_amount() -> None:
    assert read_discount("10 %", "USD") == (100_000, 0)
    assert read_discount("-10％", "USD") == (100_000, 0)
    assert read_discount("5", "JPY") == (0, 5)
    assert read_discount("0.005", "KWD") == (0, 5)
    assert read_discount("0", "USD") == (0, 0)
    assert read_discount("", "USD") == (0, 0)


def test_quantities_and_rates_are_exact() -> None:
    assert read_quantity("0.001") == 1
    assert read_rate("8.875%") == 88_750
    assert read_rate("") == 0
    with pytest.raises(InvalidInput, match="no number"):
        read_rate("a lot")
