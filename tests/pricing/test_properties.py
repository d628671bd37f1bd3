"""What holds of every document: lines sum to totals, nothing is below zero, order decides ties alone."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from sfa.money import exponent
from sfa.pricing.document import Document, Line
from sfa.pricing.results import Priced, PricedLine
from sfa.pricing.rounding import PPM, divide
from sfa.pricing.totals import KnownLines, price_document
from sfa.terms import Rounding, TaxMode, TaxRounding
from tests.pricing.strategies import RATES, UNHURRIED, documents

SUMS = (
    *("reference_minor", "concession_minor", "list_minor", "net_minor"),
    *("base_minor", "tax_minor", "gross_minor"),
)


@UNHURRIED
@given(documents())
def test_lines_always_sum_to_the_totals(document: Document) -> None:
    priced = price_document(document)
    counted = [line for line in priced.lines if line.counts]
    totals = priced.totals
    for name in SUMS:
        assert sum(getattr(line, name) for line in counted) == getattr(totals, name)
    assert sum(line.discount_minor for line in counted) == totals.line_discount_minor
    assert sum(line.header_share_minor for line in counted) == totals.header_discount_minor
    assert sum(tax.base_minor for tax in priced.taxes) == totals.base_minor
    assert sum(tax.tax_minor for tax in priced.taxes) == totals.tax_minor
    assert totals.base_minor + totals.tax_minor == totals.gross_minor
    assert totals.gross_minor + totals.rounding_minor == totals.payable_minor


@UNHURRIED
@given(documents())
def test_every_line_is_right_in_itself(document: Document) -> None:
    for line in price_document(document).lines:
        assert line.list_minor - line.discount_minor == line.net_minor
        assert line.net_minor - line.header_share_minor == line.after_minor
        assert line.base_minor + line.tax_minor == line.gross_minor
        in_prices = line.base_minor if document.tax_mode == TaxMode.ADDED else line.gross_minor
        assert line.after_minor == in_prices


@UNHURRIED
@given(documents())
def test_what_is_given_away_is_at_least_the_discounts_and_never_below_zero(document: Document) -> None:
    for line, given_line in zip(price_document(document).lines, document.lines, strict=True):
        assert line.concession_minor >= line.discount_minor + line.header_share_minor >= 0
        if (given_line.list_price_micros or 0) <= given_line.unit_price_micros:
            assert line.reference_minor == line.list_minor


@UNHURRIED
@given(documents())
def test_nothing_but_a_margin_and_the_rounding_is_below_zero(document: Document) -> None:
    priced = price_document(document)
    for line in priced.lines:
        for each in fields(line):
            value = getattr(line, each.name)
            assert each.name == "margin_minor" or not isinstance(value, int) or value >= 0, each.name
    assert priced.totals.payable_minor >= 0
    assert priced.totals.gross_minor >= 0


@UNHURRIED
@given(documents())
def test_what_is_paid_is_the_nearest_step(document: Document) -> None:
    totals = price_document(document).totals
    step = document.cash_step_minor
    if not step:
        assert totals.rounding_minor == 0
        return
    assert totals.payable_minor % step == 0
    if document.cash_rounding == Rounding.DOWN:
        assert -step < totals.rounding_minor <= 0
    else:
        assert 2 * abs(totals.rounding_minor) <= step


@UNHURRIED
@given(documents())
def test_a_share_of_the_discount_is_never_more_than_a_unit_from_its_exact_part(document: Document) -> None:
    priced = price_document(document)
    total, discount = priced.totals.net_minor, priced.totals.header_discount_minor
    for line in priced.lines:
        if line.counts and total:
            exact = Fraction(discount * line.net_minor, total)
            assert abs(line.header_share_minor - exact) < 1


@UNHURRIED
@given(documents())
def test_tax_is_within_a_unit_of_the_exact_tax(document: Document) -> None:
    priced = price_document(document)
    for line, given_line in zip(priced.lines, document.lines, strict=True):
        assert abs(line.tax_minor - exact_tax(document, line, given_line)) < 2
    if document.tax_rounding == TaxRounding.PER_TOTAL:
        for tax in priced.taxes:
            taxed = [
                exact_tax(document, line, given_line)
                for line, given_line in zip(priced.lines, document.lines, strict=True)
                if line.counts and given_line.tax_rate_ppm == tax.rate_ppm
            ]
            exact = sum(taxed, Fraction(0))
            assert abs(tax.tax_minor - exact) < 1


def exact_tax(document: Document, line: PricedLine, given_line: Line) -> Fraction:
    rate = Fraction(given_line.tax_rate_ppm, PPM)
    return line.after_minor * (rate if document.tax_mode == TaxMode.ADDED else rate / (1 + rate))


@UNHURRIED
@given(documents(), st.data())
def test_the_order_of_lines_decides_ties_alone(document: Document, data: st.DataObject) -> None:
    mixed = replace(document, lines=tuple(data.draw(st.permutations(document.lines))))
    one, other = price_document(document), price_document(mixed)
    for name in ("list_minor", "line_discount_minor", "net_minor", "header_discount_minor"):
        assert getattr(one.totals, name) == getattr(other.totals, name)
    shares, mixed_shares = shares_of(one), shares_of(other)
    assert all(abs(shares[key] - mixed_shares[key]) <= 1 for key in shares)
    if shares == mixed_shares:
        assert one.totals == other.totals
        assert one.taxes == other.taxes
        assert one.margin.margin_minor == other.margin.margin_minor
    # The discount of a tie moves a unit of base from rate to rate; its tax follows, and each may round anew.
    assert abs(one.totals.tax_minor - other.totals.tax_minor) <= 2 * len(shares)


def shares_of(priced: Priced) -> dict[str, int]:
    return {line.key: line.header_share_minor for line in priced.lines}


@UNHURRIED
@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from(RATES)), min_size=1, max_size=6),
    st.sampled_from(("CNY", "JPY", "KWD")),
    st.sampled_from(Rounding),
)
def test_tax_added_and_taken_out_again_is_the_same_within_a_unit_a_line(
    amounts: list[tuple[int, int]], currency: str, rounding: Rounding
) -> None:
    added = Document(currency, of_amounts(amounts, currency), rounding=rounding)
    priced = price_document(added)
    gross = [(line.gross_minor, rate) for line, (_, rate) in zip(priced.lines, amounts, strict=True)]
    included = replace(added, lines=of_amounts(gross, currency), tax_mode=TaxMode.INCLUDED)
    for there, back in zip(priced.lines, price_document(included).lines, strict=True):
        assert there.gross_minor == back.gross_minor
        assert abs(there.tax_minor - back.tax_minor) <= 1


def of_amounts(amounts: list[tuple[int, int]], currency: str) -> tuple[Line, ...]:
    unit = 10 ** (6 - exponent(currency))
    return tuple(
        Line(str(number), unit_price_micros=minor * unit, tax_rate_ppm=rate)
        for number, (minor, rate) in enumerate(amounts)
    )


@UNHURRIED
@given(documents())
def test_what_is_not_taken_changes_nothing_in_the_totals(document: Document) -> None:
    taken = tuple(line for line in document.lines if line.counts)
    assert price_document(replace(document, lines=taken)).totals == price_document(document).totals


@UNHURRIED
@given(documents())
def test_the_same_document_gives_the_same_again(document: Document) -> None:
    assert price_document(document) == price_document(replace(document))


@UNHURRIED
@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6), st.sampled_from(Rounding))
def test_a_quotient_is_rounded_as_named(numerator: int, denominator: int, rounding: Rounding) -> None:
    exact = Fraction(numerator, denominator)
    found = divide(numerator, denominator, rounding)
    if rounding == Rounding.DOWN:
        assert found == int(exact)
    elif rounding == Rounding.HALF_EVEN:
        assert found == round(exact)
    else:
        half_up = int(abs(exact) + Fraction(1, 2))
        assert found == (half_up if exact >= 0 else -half_up)


@UNHURRIED
@given(documents(), st.data())
def test_what_is_known_of_the_same_lines_changes_nothing(document: Document, data: st.DataObject) -> None:
    known = KnownLines()
    for _ in range(4):
        assert price_document(document, known) == price_document(document)
        lines = list(document.lines)
        if lines:
            at = data.draw(st.integers(0, len(lines) - 1))
            lines[at] = replace(lines[at], quantity_milli=data.draw(st.integers(1, 5_000_000)))
            lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop())
        document = replace(
            document,
            lines=tuple(lines),
            discount_ppm=data.draw(st.sampled_from([document.discount_ppm, 0, 50_000])),
            tax_mode=data.draw(st.sampled_from([document.tax_mode, *TaxMode])),
            rounding=data.draw(st.sampled_from([document.rounding, *Rounding])),
        )


def test_only_lines_that_are_others_are_worked_out_anew() -> None:
    known = KnownLines()
    document = Document("CNY", tuple(Line(key, unit_price_micros=10**6) for key in "abc"))
    before = price_document(document, known)
    other = replace(document.lines[1], quantity_milli=2000)
    after = price_document(replace(document, lines=(document.lines[0], other, document.lines[2])), known)
    assert [new is old for new, old in zip(after.lines, before.lines, strict=True)] == [True, False, True]
