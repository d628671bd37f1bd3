"""The SQL of a filter selects exactly what a plain evaluation of its tree selects."""

from __future__ import annotations

import contextlib
import operator
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfa.errors import SfaError, msg
from sfa.fields import NOUNS
from sfa.finding.listing import list_rows
from sfa.finding.where import Both, Comparison, Node, Not, parse
from sfa.store import change
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.finding.company import TODAY

SETTINGS = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "~": operator.contains,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
REGIONS = (None, "south", "North", "华南")
TIERS = ("key", "standard", "small")
YEARS = (None, 1990, 2001, 2020)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("filters")
    rows = [(r, t, y) for r in REGIONS for t in TIERS for y in YEARS]
    with changing(home, name=msg("x")) as open_change:
        for number, (region, tier, year) in enumerate(rows):
            values = {"name": f"n{number}", "region": region, "tier": tier, "founded_year": year}
            identity = {"id": f"0190{number:04d}-0000-7000-8000-000000000000"}
            change.insert(open_change.connection, "account", {**identity, **values})
    return home


TESTS = st.one_of(
    st.tuples(
        st.just("region"), st.sampled_from(["=", "!=", "~"]), st.sampled_from(["south", "north", "华", "o"])
    ),
    st.tuples(st.just("tier"), st.sampled_from(["=", "!="]), st.sampled_from(TIERS)),
    st.tuples(
        st.just("founded"),
        st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
        st.sampled_from(["1990", "2001", "2010"]),
    ),
    st.tuples(
        st.sampled_from(["region", "founded"]), st.sampled_from([" is empty", " is not empty"]), st.just("")
    ),
).map("".join)
FILTERS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(lambda parts: f"({''.join(parts)})"),
    ),
    max_leaves=6,
)


def selects(node: Node, row: dict[str, Any]) -> bool:
    if isinstance(node, Comparison):
        return compares(node, row[{"founded": "founded_year"}.get(node.field, node.field)])
    if isinstance(node, Not):
        return not selects(node.node, row)
    every: Callable[[Iterator[bool]], bool] = all if isinstance(node, Both) else any
    return every(selects(each, row) for each in node.nodes)


def compares(test: Comparison, value: Any) -> bool:
    if test.operator in {"empty", "given"}:
        return (value is None) == (test.operator == "empty")
    sought: Any = test.values[0]
    if test.operator == "!=":
        return not compares(test._replace(operator="="), value)
    if value is None:
        return False
    if isinstance(value, int):
        sought = int(sought)
    else:
        value = value.casefold()
    return bool(OPERATORS[test.operator](value, sought))


@contextmanager
def opened(home: Path) -> Iterator[sqlite3.Connection]:
    with reading(home) as connection:
        yield connection


@SETTINGS
@given(text=FILTERS)
def test_sql_and_plain_evaluation_select_the_same_records(accounts: Path, text: str) -> None:
    node = parse(text)
    assert node is not None
    with opened(accounts) as connection:
        rows = [dict(row) for row in connection.execute("SELECT * FROM account")]
        listed = list_rows(connection, "account", where=text, fields=("name",), today=TODAY)
    assert {row[0] for row in listed.rows} == {row["name"] for row in rows if selects(node, row)}


ODD_VALUES = (
    '5|-1|1e9|0.0000001|50%|me|华创|2026-13|9999|0001-01-01|+999999d|2026Q4|Q1|last week|""|yes|USD 5'
    "|JPY 100.5|²|12:30|\0|%|["
).split("|")
VALUES = st.one_of(
    st.sampled_from([*ODD_VALUES, "9" * 30, "x" * 400]),
    st.text(min_size=1, max_size=12),
)


@SETTINGS
@given(
    noun=st.sampled_from(sorted(NOUNS)),
    number=st.integers(0, 60),
    sign=st.sampled_from(["=", "!=", "<", ">=", "~", " in ("]),
    value=VALUES,
)
def test_any_field_and_value_make_a_filter_or_are_refused_with_words(
    accounts: Path, noun: str, number: int, sign: str, value: str
) -> None:
    names = [field.name for field in NOUNS[noun].fields] + ["id", "ref", "version"]
    text = f"{names[number % len(names)]}{sign}{value}{')' if 'in' in sign else ''}"
    with opened(accounts) as connection, contextlib.suppress(SfaError):
        assert list_rows(connection, noun, where=text, limit=3, today=TODAY).noun == noun


@SETTINGS
@given(text=st.text(max_size=40))
def test_any_text_is_a_filter_or_is_refused_with_words(accounts: Path, text: str) -> None:
    with opened(accounts) as connection, contextlib.suppress(SfaError):
        assert len(list_rows(connection, "account", where=text, today=TODAY).rows) <= len(REGIONS) * 12
