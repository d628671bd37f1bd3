"""Stored values for people and for machines."""

from __future__ import annotations

from typing import Any

import pytest

from sfa import fields
from sfa.fields import Field, Kind
from sfa.render import values


def field(noun: str, name: str) -> Field:
    """Return a field of a noun that has it."""
    found = fields.noun(noun).field(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("noun", "name", "value", "shown", "plain", "flat"),
    [
        ("deal", "name", "Acme – GTX", "Acme – GTX", "Acme – GTX", "Acme – GTX"),
        (
            "deal",
            "amount",
            (1_200_050, "USD"),
            "12,000.50 USD",
            {"amount": "12000.50", "currency": "USD"},
            "12000.50",
        ),
        ("deal", "amount", (None, None), "", None, ""),
        ("deal", "amount", None, "", None, ""),
        ("deal", "probability", 60, "60%", 60, "60"),
        ("deal", "close_date", "2017-12-31", "2017-12-31", "2017-12-31", "2017-12-31"),
        ("deal", "category", "best-case", "Best case", "best-case", "best-case"),
        ("deal", "category", "from-the-future", "from-the-future", "from-the-future", "from-the-future"),
        ("deal", "account", ("id-1", "华创科技"), "华创科技", {"id": "id-1", "name": "华创科技"}, "华创科技"),
        ("deal", "account", None, "", None, ""),
        ("deal", "tags", ("a", "b"), "a, b", ["a", "b"], "a; b"),
        ("deal", "tags", (), "", [], ""),
        ("user", "active", 1, "yes", True, "true"),
        ("user", "active", 0, "no", False, "false"),
        ("account", "founded", 1996, "1996", 1996, "1996"),
        (
            "product",
            "price",
            (12_500, "USD"),
            "0.0125 USD",
            {"amount": "0.0125", "currency": "USD"},
            "0.0125",
        ),
    ],
)
def test_a_value_reads_well_for_people_and_exactly_for_machines(
    noun: str, name: str, value: Any, shown: str, plain: Any, flat: str
) -> None:
    each = field(noun, name)
    assert values.show_value(each, value) == shown
    assert values.plain_value(each, value) == plain
    assert values.flat_value(each, value) == flat


def test_links_of_a_many_field_are_shown_by_name() -> None:
    accounts = field("contact", "accounts")
    value = (("1", "Acme"), ("2", "华创"))
    assert values.show_value(accounts, value) == "Acme, 华创"
    assert values.plain_value(accounts, value) == [{"id": "1", "name": "Acme"}, {"id": "2", "name": "华创"}]


def test_a_declared_field_shows_its_stored_text() -> None:
    declared = field("deal", "probability")._replace(custom_id="x", kind=Kind.QUANTITY)
    assert values.show_value(declared, "2.50") == "2.50"
    assert values.plain_value(declared, "2.50") == "2.50"
    assert values.show_value(declared._replace(kind=Kind.FLAG), "yes") == "yes"


def test_the_currency_of_an_empty_amount_is_empty() -> None:
    assert values.flat_currency((None, None)) == ""
    assert values.flat_currency((100, "USD")) == "USD"


def test_a_shown_value_cannot_carry_escape_sequences() -> None:
    assert "\x1b" not in values.show_value(field("deal", "name"), "x\x1b[31m")
    notes = field("deal", "notes")
    assert values.show_long(notes, "one\ntwo\x1b") == "one\ntwo\ufffd"
