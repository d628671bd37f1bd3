"""The lines of a quote as one text, and the digest of what an approval is bound to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.fields import TABLES
from sfa.interchange.quote_lines import BOUND, QuoteLine, digest_of, lines_of, lines_text, next_key

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
some_lines = st.lists(
    st.builds(
        QuoteLine,
        key=st.integers(1, 10**6).map(str),
        name=texts,
        product=st.none() | texts,
        group=st.none() | texts,
        quantity_milli=st.integers(1, 10**12),
        unit_price_micros=st.integers(0, 10**15),
        discount_ppm=st.integers(0, 10**6),
        is_optional=st.booleans(),
        alternative_of=st.none() | texts,
        is_taken=st.booleans(),
        service_days=st.none() | st.integers(0, 400),
    ),
    max_size=5,
)


@given(some_lines)
def test_lines_come_back_as_they_were_written(lines: list[QuoteLine]) -> None:
    assert lines_of(lines_text(lines)) == tuple(lines)


def test_what_is_usual_is_left_out_and_letters_stay() -> None:
    line = QuoteLine("1", name="泵", quantity_milli=1500, unit_price_micros=10)
    assert lines_text([line]) == '[{"key":"1","name":"泵","quantity_milli":1500,"unit_price_micros":10}]'
    assert lines_text([]) == "[]"


def test_what_a_later_version_added_is_left_out_and_the_rest_is_read() -> None:
    assert lines_of('[{"key":"1","name":"Pump","colour":"blue"}]') == (QuoteLine("1", name="Pump"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '[{"name":"no key"}]',
        '[{"key":"1","quantity_milli":"3"}]',
        '[{"key":"1","is_taken":1}]',
    ],
)
def test_what_is_no_list_of_lines_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        lines_of(text)


def test_a_key_is_never_given_twice_while_its_line_stands() -> None:
    lines = [QuoteLine("1"), QuoteLine("7"), QuoteLine("x")]
    assert next_key(lines) == "8"
    assert next_key([]) == "1"


def quote(**values: Any) -> dict[str, Any]:
    return {**dict.fromkeys(BOUND), "number": "Q-1", "revision": 1, "lines": "[]", **values}


def test_the_digest_covers_number_and_content_and_nothing_else() -> None:
    grouped = {column.name for column in TABLES["quote"].columns if column.group == "content"}
    assert set(BOUND) == {"number"} | grouped
    first = digest_of(quote())
    assert digest_of(quote(state="sent", owner_id="somebody")) == first
    for name in BOUND:
        assert digest_of(quote(**{name: "other"})) != first, name


def test_values_do_not_run_into_each_other() -> None:
    assert digest_of(quote(payment_terms="ab", delivery_terms="c")) != digest_of(
        quote(payment_terms="a", delivery_terms="bc")
    )
    assert digest_of(quote(notes=None)) != digest_of(quote(notes="-"))


def test_another_order_of_lines_is_another_content() -> None:
    one, two = QuoteLine("1", name="A"), QuoteLine("2", name="B")
    assert digest_of(quote(lines=lines_text([one, two]))) != digest_of(quote(lines=lines_text([two, one])))
    assert json.loads(lines_text([replace(one, note="x")]))[0]["note"] == "x"
