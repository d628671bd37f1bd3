"""The centre prices quotes and takes their digests as the program does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.interchange.quote_lines import (
    BOUND,
    QuoteLine,
    digest_of,
    document_of,
    lines_of,
    lines_text,
    total_columns,
)
from sfa.money import CURRENCIES, exponent
from sfa.pricing.document import Document
from sfa.pricing.thresholds import Rule, level_needed
from sfa.pricing.totals import price_document
from tests.pricing.pages import examples
from tests.pricing.strategies import documents
from tests.sync.servers import Connection

pytestmark = pytest.mark.every_server
MANY = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
WORDS = st.text('aZ0é王𝄞"\\ \n,:-\u2028', max_size=12)


def kept(document: Document, **others: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """Return a document as a quote's stored columns, and what its lines cost, by product."""
    lines = [
        QuoteLine(
            key=line.key, kind=line.kind.value, product=f"p{line.key}", name=others.get("name", ""),
            quantity_milli=line.quantity_milli, unit_price_micros=line.unit_price_micros,
            discount_ppm=line.discount_ppm, discount_minor=line.discount_minor, group=line.group,
            tax_rate_ppm=line.tax_rate_ppm, is_optional=line.is_optional, is_taken=line.is_taken,
            alternative_of=line.alternative_of, list_price_micros=line.list_price_micros,
        )
        for line in document.lines
    ]  # fmt: skip
    content: dict[str, Any] = dict.fromkeys(BOUND)
    content |= {
        "number": "Q-2026-0001",
        "revision": 1,
        "account_id": "a",
        "currency": document.currency,
        "tax_mode": document.tax_mode.value,
        "tax_rounding": document.tax_rounding.value,
        "rounding": document.rounding.value,
        "cash_step_minor": document.cash_step_minor,
        "cash_rounding": document.cash_rounding.value,
        "discount_ppm": document.discount_ppm,
        "discount_minor": document.discount_minor,
        "lines": lines_text(lines),
    }
    costs = {
        f"p{line.key}": line.unit_cost_micros for line in document.lines if line.unit_cost_micros is not None
    }
    return content | others, costs


def asked(centre: Connection, query: str, *values: Any) -> Any:
    row = centre.execute(query.encode(), [json.dumps(each, ensure_ascii=False) for each in values]).fetchone()
    assert row is not None
    return row[0]


def same(centre: Connection, document: Document, **others: Any) -> dict[str, Any]:
    """Hold the centre's figures of a document against the program's; return them."""
    content, costs = kept(document, **others)
    lines = tuple(replace(line, unit_cost_micros=costs.get(f"p{line.key}")) for line in document.lines)
    priced = price_document(replace(document, lines=lines))
    found = asked(centre, "SELECT hub.price_quote(%s, %s)", content, costs)
    assert {name: found[name] for name in total_columns(priced)} == total_columns(priced)
    assert found["reference_minor"] == priced.totals.reference_minor
    assert found["concession_minor"] == priced.totals.concession_minor
    assert found["cost_minor"] == priced.margin.cost_minor
    parts = [
        [line.concession_minor, line.reference_minor]
        for line in priced.lines
        if line.counts and not line.is_gift
    ]
    assert found["parts"] == parts
    return dict(found)


def test_every_document_comes_to_the_same_at_the_centre(centre: Connection) -> None:
    @MANY
    @given(documents())
    def hold(document: Document) -> None:
        same(centre, document)

    hold()


@pytest.mark.parametrize("example", examples(), ids=lambda each: each.title)
def test_the_worked_examples_come_to_the_same(centre: Connection, example: Any) -> None:
    same(centre, example.document)


def test_the_same_role_is_needed(centre: Connection) -> None:
    shares, margins = st.none() | st.integers(0, 1_000_000), st.none() | st.integers(-2_000_000, 1_000_000)

    least = st.dictionaries(st.sampled_from([f"line {number}" for number in range(4)]), st.integers(0, 10**9))

    @MANY
    @given(documents(), shares, margins, shares, least)
    def hold(
        document: Document, all_of_it: int | None, margin: int | None, line: int | None, asked_for: Any
    ) -> None:
        content, costs = kept(document)
        rule = Rule("rep", all_of_it, margin, line)
        lines = lines_of(content["lines"])
        read = document_of(content, lines, costs, asked_for)
        expected = level_needed([rule], price_document(read)).role is not None
        limits = {"discount": all_of_it, "margin": margin, "line_discount": line}
        with centre.transaction(force_rollback=True):
            for name, value in limits.items():
                centre.execute(
                    "INSERT INTO sfa.setting (key, value) VALUES (%s, %s)",
                    [f"approval_rep_{name}", json.dumps(value)],
                )
            query = "SELECT hub.keeps_limits('rep', hub.price_quote(%s, %s, %s))"
            assert asked(centre, query, content, costs, asked_for) is expected

    hold()


@pytest.mark.parametrize("value", ['"10 %"', "1.5", "-1", "1000001", "[]", "broken"])
def test_a_limit_that_cannot_be_nobody_keeps(centre: Connection, value: str) -> None:
    content, _ = kept(examples()[0].document)
    query = "SELECT hub.keeps_limits('rep', hub.price_quote(%s))"
    assert asked(centre, query, content) is True
    centre.execute("INSERT INTO sfa.setting (key, value) VALUES ('approval_rep_discount', %s)", [value])
    assert asked(centre, query, content) is False


def test_the_digest_is_the_programs(centre: Connection) -> None:
    @MANY
    @given(documents(), WORDS, st.none() | WORDS, st.sampled_from([None, "2026-12-31"]))
    def hold(document: Document, name: str, notes: str | None, until: str | None) -> None:
        content, _ = kept(document, name=name, notes=notes, valid_until=until)
        assert asked(centre, "SELECT hub.quote_digest(%s)", content) == digest_of(content)

    hold()


def test_the_digest_is_of_the_columns_in_their_order(centre: Connection) -> None:
    query = "SELECT array_agg(name ORDER BY name <> 'number', position) FROM hub.col WHERE tbl = 'quote' AND "
    row = centre.execute((query + "(name = 'number' OR unit = 'content')").encode()).fetchone()
    assert row is not None
    assert tuple(row[0]) == BOUND


def test_the_centre_knows_every_currency(centre: Connection) -> None:
    for currency in CURRENCIES:
        row = centre.execute("SELECT hub.exponent(%s)", [currency]).fetchone()
        assert row == (exponent(currency),)
    assert centre.execute("SELECT hub.exponent('QQQ')").fetchone() == (None,)


def line(**values: Any) -> str:
    return json.dumps([{"key": "1", **values}])


BAD_LINES = [
    "", "{}", "[1]", "[{}]", "no", '[{"key":1}]', '[{"key":""}]', '[{"key":"1"},{"key":"1"}]',
    '[{"key":"1","quantity_milli":1e3}]',
    '[{"key":"1","quantity_milli":1.0}]', '[{"key":"1","name":"\\u0000"}]',
    line(quantity_milli=0), line(quantity_milli=-1), line(quantity_milli=10**12 + 1),
    line(quantity_milli="1"),
    line(quantity_milli=True), line(unit_price_micros=-1), line(unit_price_micros=10**15 + 1),
    line(unit_price_micros=10**15, quantity_milli=10**12), line(unit_price_micros=1, discount_minor=1),
    line(discount_ppm=1_000_001), line(discount_ppm=-1), line(discount_minor=-1),
    line(tax_rate_ppm=10_000_001),
    line(unit_price_micros=10**9, discount_ppm=1, discount_minor=1), line(kind="gift", unit_price_micros=1),
    line(list_price_micros=-1), line(list_price_micros=10**15 + 1),
    line(kind="text", is_optional=True), line(is_optional=1), line(alternative_of="A"), line(group=1),
    json.dumps([{"key": key, "alternative_of": "A", "is_taken": True} for key in "12"]),
    json.dumps([{"key": str(number)} for number in range(501)]),
]  # fmt: skip


@pytest.mark.parametrize("lines", BAD_LINES, ids=range(len(BAD_LINES)))
def test_lines_that_no_quote_may_have_are_refused(centre: Connection, lines: str) -> None:
    content, _ = kept(Document("CNY"))
    with pytest.raises(psycopg.DataError):
        asked(centre, "SELECT hub.price_quote(%s)", content | {"lines": lines})


@pytest.mark.parametrize(
    "values",
    [
        {"discount_ppm": 1_000_001},
        {"discount_ppm": -1},
        {"discount_minor": -1},
        {"discount_minor": 1},
        {"discount_minor": 1, "discount_ppm": 1},
        {"cash_step_minor": 10_001},
        {"cash_step_minor": -1},
        {"discount_ppm": None},
    ],
)
def test_a_quote_out_of_range_is_refused(centre: Connection, values: dict[str, Any]) -> None:
    content, _ = kept(Document("CNY"))
    with pytest.raises(psycopg.DataError):
        asked(centre, "SELECT hub.price_quote(%s)", content | values)
    if None not in values.values():
        with pytest.raises(InvalidInput):
            price_document(document_of(content | values, ()))


@pytest.mark.parametrize(
    "values",
    [
        {"currency": "QQQ"},
        {"tax_mode": "twice"},
        {"rounding": "up"},
        {"cash_rounding": "up"},
        {"tax_rounding": "never"},
        {"lines": line(kind="service")},
    ],
)
def test_a_word_of_a_newer_program_is_left_unpriced(centre: Connection, values: dict[str, Any]) -> None:
    content, _ = kept(Document("CNY"))
    assert asked(centre, "SELECT hub.price_quote(%s)", content | values) is None
    assert asked(centre, "SELECT hub.level_needed(%s)", content | values) is None


def test_what_a_newer_program_adds_to_a_line_changes_no_figure(centre: Connection) -> None:
    content, _ = kept(Document("CNY"))
    found = asked(
        centre, "SELECT hub.price_quote(%s)", content | {"lines": line(unit_price_micros=5_000_000, colour=3)}
    )
    assert found["total_minor"] == 500
