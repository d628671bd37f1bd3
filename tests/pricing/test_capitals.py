"""Capital numerals: the examples of 《正确填写票据和结算凭证的基本规定》, and zeros in every place."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.money import Money, to_minor
from sfa.pricing.capitals import in_capitals
from tests.pricing.strategies import UNHURRIED

# The examples of the rule; where it names two forms, the one that is written here, and 整 after 角.
OF_THE_RULE = {
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "107000.53": "壹拾万零柒仟元伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
}
ZEROS = {
    "0": "零元整",
    "0.05": "伍分",
    "0.50": "伍角整",
    "0.53": "伍角叁分",
    "1": "壹元整",
    "10": "壹拾元整",
    "10.05": "壹拾元零伍分",
    "10.50": "壹拾元伍角整",
    "15": "壹拾伍元整",
    "100": "壹佰元整",
    "101": "壹佰零壹元整",
    "110": "壹佰壹拾元整",
    "1000": "壹仟元整",
    "1001": "壹仟零壹元整",
    "1010": "壹仟零壹拾元整",
    "10000": "壹万元整",
    "10001": "壹万零壹元整",
    "200500": "贰拾万零伍佰元整",
    "1001000.05": "壹佰万零壹仟元零伍分",
    "1050000": "壹佰零伍万元整",
    "10100000.10": "壹仟零壹拾万元壹角整",
    "100000000": "壹亿元整",
    "100000001": "壹亿零壹元整",
    "100010000": "壹亿零壹万元整",
    "123456789.12": "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分",
    "1010001000": "壹拾亿零壹仟万零壹仟元整",
    "1000000000000": "壹万亿元整",
    "1000100000000": "壹万零壹亿元整",
    "1000000000001": "壹万亿零壹元整",
    "9999999999999999.99": "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("amount", "words"), [*OF_THE_RULE.items(), *ZEROS.items()])
def test_an_amount_is_written_by_the_rule(amount: str, words: str) -> None:
    assert in_capitals(Money(to_minor(Decimal(amount), "CNY"), "CNY")) == words


@pytest.mark.parametrize("amount", [Money(-1, "CNY"), Money(10**18, "CNY"), Money(100, "USD")])
def test_what_cannot_be_written_is_refused(amount: Money) -> None:
    with pytest.raises(InvalidInput):
        in_capitals(amount)


VALUES = {"拾": 10, "佰": 100, "仟": 1000}
DIGITS = "零壹贰叁肆伍陆柒捌玖"


def read(words: str) -> int:
    """Return the cents that capital numerals say, read as a person reads them."""
    whole, has_yuan, cents = words.rpartition("元")
    if not has_yuan:
        whole, cents = "零", words
    minor = myriads(whole) * 100
    digit = 0
    for letter in cents.removesuffix("整"):
        if letter == "角":
            minor += 10 * digit
        elif letter == "分":
            minor += digit
        else:
            digit = DIGITS.index(letter)
    return minor


def myriads(words: str) -> int:
    for word, scale in (("亿", 10**8), ("万", 10**4)):
        high, found, low = words.rpartition(word)
        if found:
            return myriads(high) * scale + myriads(low)
    total = digit = 0
    for letter in words:
        if letter in VALUES:
            total += digit * VALUES[letter]
            digit = 0
        else:
            digit = DIGITS.index(letter)
    return total + digit


@UNHURRIED
@given(
    st.one_of(
        st.integers(0, 10**18 - 1),
        # Mostly zeros, where the rule is about them.
        st.lists(st.sampled_from("000001"), min_size=1, max_size=18).map(lambda digits: int("".join(digits))),
    )
)
def test_whoever_reads_it_gets_the_amount(minor: int) -> None:
    words = in_capitals(Money(minor, "CNY"))
    assert read(words) == minor
    assert "零零" not in words
    assert words.count("亿") <= 1
    assert words.endswith(("整", "分"))
