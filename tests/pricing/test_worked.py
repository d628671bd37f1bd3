"""The worked examples: every figure as computed by hand, and the arithmetic beside it true."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sfa.money import from_minor
from sfa.pricing.checking import percent
from sfa.pricing.results import Priced
from sfa.pricing.thresholds import concession_ppm
from sfa.pricing.totals import price_document
from tests.pricing.pages import Example, examples, steps, value

EXAMPLES = examples()
IN_LINE = {
    "list": "list_minor",
    "discount": "discount_minor",
    "net": "net_minor",
    "share": "header_share_minor",
    "base": "base_minor",
    "tax": "tax_minor",
    "gross": "gross_minor",
    "cost": "cost_minor",
    "reference": "reference_minor",
    "concession": "concession_minor",
    "margin": "margin_minor",
}
IN_TOTALS = {**IN_LINE, "discount": "line_discount_minor", "share": "header_discount_minor"}


def shown(minor: int | None, priced: Priced) -> str:
    return "—" if minor is None else f"{from_minor(minor, priced.currency):f}"


def figures(priced: Priced) -> dict[str, dict[str, str]]:
    """Return every figure by line and column, as the pages write it."""
    found = {
        line.key: {word: shown(getattr(line, name), priced) for word, name in IN_LINE.items()}
        for line in priced.lines
    }
    found["total"] = {
        word: shown(getattr(priced.margin if word in ("cost", "margin") else priced.totals, name), priced)
        for word, name in IN_TOTALS.items()
    }
    return found


def facts(priced: Priced) -> dict[str, str]:
    """Return what stands below the tables."""
    taxes = {f"tax at {percent(tax.rate_ppm)} %": (tax.base_minor, tax.tax_minor) for tax in priced.taxes}
    groups = {
        f"group {group.group}": (group.net_minor, group.base_minor, group.tax_minor, group.gross_minor)
        for group in priced.groups
    }
    amounts = taxes | groups
    margin = priced.margin.margin_ppm
    return {
        **{name: ", ".join(shown(each, priced) for each in minors) for name, minors in amounts.items()},
        "payable": shown(priced.totals.payable_minor, priced),
        "rounding": shown(priced.totals.rounding_minor, priced),
        "options": shown(priced.options.gross_minor, priced),
        "margin": "—" if margin is None else f"{percent(margin)} %",
        "concession": f"{percent(concession_ppm(priced))} %",
        "unknown": ", ".join(priced.margin.unknown),
    }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_every_figure_is_the_one_computed_by_hand(example: Example) -> None:
    priced = price_document(example.document)
    found = figures(priced)
    for row in example.expected:
        of_line = {"line": row["line"], **found[row["line"]]}
        assert {name: of_line[name] for name in row} == row
    told = facts(priced)
    assert {name: told[name] for name in example.facts} == example.facts


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_the_arithmetic_shown_is_true(example: Example) -> None:
    done = [step for row in example.arithmetic for step in steps(row)]
    assert done, "show how it is computed"
    for left, sign, right in done:
        if sign == "=":
            assert value(left) == value(right), (left, right)
        else:
            unit = Fraction(1, 10 ** len(right.partition(".")[2]))
            assert abs(value(left) - value(right)) < unit, (left, right)


def test_the_pages_hold_what_they_are_for() -> None:
    assert len(EXAMPLES) >= 45
    assert all("payable" in example.facts for example in EXAMPLES)
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)
