"""Documents of every kind for the property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from sfa.pricing.document import Document, Line
from sfa.terms import LineKind, Rounding, TaxMode, TaxRounding

# A slow machine is no counterexample.
UNHURRIED = settings(deadline=None)
RATES = (0, 60_000, 88_750, 130_000, 1_000_000)
CURRENCIES = ("CNY", "JPY", "KWD", "CLF")


@st.composite
def lines(draw: st.DrawFn, key: str) -> Line:
    """Return a line that can be priced, alternatives apart."""
    kind = draw(st.sampled_from([LineKind.PRODUCT] * 6 + [LineKind.GIFT, LineKind.TEXT]))
    shared: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "quantity_milli": draw(st.one_of(st.just(1000), st.integers(1, 5_000_000))),
        "tax_rate_ppm": draw(st.sampled_from(RATES)),
        "unit_cost_micros": draw(st.none() | st.integers(0, 10**9)),
        "group": draw(st.sampled_from([None, "A", "B"])),
    }
    if kind == LineKind.TEXT:
        return Line(**shared)
    is_optional = draw(st.booleans())
    choice: dict[str, Any] = {"is_optional": is_optional, "is_taken": is_optional and draw(st.booleans())}
    listed = st.integers(0, 4).map(lambda n: n * 5_000) | st.integers(0, 10**9)
    shared["list_price_micros"] = draw(st.none() | listed)
    if kind == LineKind.GIFT:
        return Line(**shared, **choice)
    # Small prices meet halves and ties often.
    price = draw(st.one_of(st.integers(0, 4).map(lambda n: n * 5_000), st.integers(0, 10**9)))
    return Line(
        **shared,
        **choice,
        unit_price_micros=price,
        discount_ppm=draw(st.one_of(st.just(0), st.integers(0, 1_000_000))),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Return a document that can be priced, some of its lines alternatives of each other."""
    drawn = [draw(lines(f"line {number}")) for number in range(draw(st.integers(0, 8)))]
    return Document(
        currency=draw(st.sampled_from(CURRENCIES)),
        lines=tuple(drawn),
        discount_ppm=draw(st.one_of(st.just(0), st.integers(0, 1_000_000))),
        tax_mode=draw(st.sampled_from(TaxMode)),
        tax_rounding=draw(st.sampled_from(TaxRounding)),
        rounding=draw(st.sampled_from(Rounding)),
        cash_step_minor=draw(st.sampled_from([0, 1, 5, 100])),
        cash_rounding=draw(st.sampled_from(Rounding)),
    )
