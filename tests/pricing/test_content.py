"""The text of a document's content and its hash: changed by everything that is seen, and by nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.pricing.content import Reader, canonical_text, content_hash
from sfa.pricing.document import Document, Line, Shown
from sfa.terms import LineKind, Rounding, TaxMode, TaxRounding
from tests.pricing.strategies import UNHURRIED, documents

LINE = Line(
    "k1",
    quantity_milli=1500,
    unit_price_micros=19_990_000,
    tax_rate_ppm=130_000,
    unit_cost_micros=12_000_000,
    is_optional=True,
    shown={"unit": "件", "description": '泵 "A"\n10 bar'},
)
DOCUMENT = Document("CNY", (LINE,), shown={"number": "Q-1", "valid_until": date(2026, 12, 31)})


def test_the_text_is_the_one_of_the_documents() -> None:
    # docs/metrics.md shows the same text.
    assert canonical_text(DOCUMENT) == (
        "sfa.content/1 approver\n"
        'cash_rounding="half-up"\n'
        "cash_step_minor=0\n"
        'currency="CNY"\n'
        "discount_minor=0\n"
        "discount_ppm=0\n"
        'rounding="half-up"\n'
        'shown.number="Q-1"\n'
        "shown.valid_until=date 2026-12-31\n"
        'tax_mode="added"\n'
        'tax_rounding="per-line"\n'
        "[line]\n"
        "alternative_of=null\n"
        "discount_minor=0\n"
        "discount_ppm=0\n"
        "group=null\n"
        "is_optional=true\n"
        "is_taken=false\n"
        'kind="product"\n'
        "quantity_milli=1500\n"
        'shown.description="泵 \\"A\\"\\n10 bar"\n'
        'shown.unit="件"\n'
        "tax_rate_ppm=130000\n"
        "unit_cost_micros=12000000\n"
        "unit_price_micros=19990000\n"
    )


def test_the_hash_is_the_sha_256_of_the_text_with_its_version() -> None:
    expected = hashlib.sha256(canonical_text(DOCUMENT).encode("utf-8")).hexdigest()
    assert content_hash(DOCUMENT) == f"1:{expected}"


CHANGED_LINES: dict[str, Any] = {
    "kind": LineKind.GIFT,
    "quantity_milli": 1501,
    "unit_price_micros": 19_990_001,
    "discount_ppm": 1,
    "discount_minor": 1,
    "tax_rate_ppm": 130_001,
    "unit_cost_micros": None,
    "is_optional": False,
    "alternative_of": "pump",
    "is_taken": True,
    "group": "A",
    "shown": {**LINE.shown, "unit": "台"},
}
CHANGED_DOCUMENTS: dict[str, Any] = {
    "currency": "EUR",
    "lines": (LINE, LINE),
    "discount_ppm": 1,
    "discount_minor": 1,
    "tax_mode": TaxMode.INCLUDED,
    "tax_rounding": TaxRounding.PER_TOTAL,
    "rounding": Rounding.DOWN,
    "cash_step_minor": 5,
    "cash_rounding": Rounding.DOWN,
    "shown": {**DOCUMENT.shown, "terms": None},
}


def test_every_field_is_changed_by_these_tests() -> None:
    assert {each.name for each in fields(Line)} == {*CHANGED_LINES, "key"}
    assert {each.name for each in fields(Document)} == set(CHANGED_DOCUMENTS)


@pytest.mark.parametrize("name", CHANGED_LINES)
def test_any_change_of_a_line_changes_the_hash(name: str) -> None:
    changed = replace(DOCUMENT, lines=(replace(LINE, **{name: CHANGED_LINES[name]}),))
    assert content_hash(changed) != content_hash(DOCUMENT)


@pytest.mark.parametrize("name", CHANGED_DOCUMENTS)
def test_any_change_of_the_document_changes_the_hash(name: str) -> None:
    changed = replace(DOCUMENT, **{name: CHANGED_DOCUMENTS[name]})
    assert content_hash(changed) != content_hash(DOCUMENT)


def test_the_order_of_names_changes_nothing_and_the_order_of_lines_does() -> None:
    turned = dict(reversed(list(LINE.shown.items())))
    assert list(turned) != list(LINE.shown)
    assert content_hash(replace(DOCUMENT, lines=(replace(LINE, shown=turned),))) == content_hash(DOCUMENT)
    other = replace(LINE, key="k2", unit_price_micros=1)
    there, back = (replace(DOCUMENT, lines=lines) for lines in ((LINE, other), (other, LINE)))
    assert content_hash(there) != content_hash(back)


def test_the_key_of_a_line_is_seen_by_nobody() -> None:
    assert content_hash(replace(DOCUMENT, lines=(replace(LINE, key="k9"),))) == content_hash(DOCUMENT)


def test_a_cost_is_seen_by_the_approver_alone() -> None:
    without = replace(DOCUMENT, lines=(replace(LINE, unit_cost_micros=None),))
    assert content_hash(without) != content_hash(DOCUMENT)
    assert content_hash(without, Reader.CUSTOMER) == content_hash(DOCUMENT, Reader.CUSTOMER)
    assert content_hash(DOCUMENT, Reader.CUSTOMER) != content_hash(DOCUMENT)
    assert "cost" not in canonical_text(DOCUMENT, Reader.CUSTOMER)


def test_a_text_that_looks_like_another_value_is_not_taken_for_it() -> None:
    values: list[Shown] = [
        "1",
        1,
        True,
        "true",
        None,
        "null",
        "",
        date(2026, 1, 1),
        "2026-01-01",
        "date 2026-01-01",
        "1\nb=2",
    ]
    hashes = {content_hash(replace(DOCUMENT, shown={"a": value})) for value in values}
    assert len(hashes) == len(values)


def test_a_name_that_could_be_taken_for_two_lines_is_refused() -> None:
    for name in ("", "A", "a=1", "a\nb", "备注"):
        with pytest.raises(InvalidInput):
            canonical_text(replace(DOCUMENT, shown={name: 1}))


def test_a_number_that_is_not_whole_is_no_part_of_a_content() -> None:
    with pytest.raises(TypeError):
        canonical_text(replace(DOCUMENT, shown={"a": 1.5}))  # type: ignore[dict-item]


SHOWN = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.none() | st.booleans() | st.integers(0, 2) | st.text('1\n"\\é泵', max_size=2),
)


def typed(document: Document) -> object:
    """Return what is seen of a document, with types, since 1 and True are equal in Python."""
    parts: tuple[Document | Line, ...] = (document, *document.lines)
    return [
        [
            (
                each.name,
                type(value).__name__,
                repr(sorted(value.items())) if each.name == "shown" else repr(value),
            )
            for each in fields(part)
            if each.name not in ("key", "lines")
            for value in [getattr(part, each.name)]
        ]
        for part in parts
    ]


@UNHURRIED
@given(documents(), SHOWN, SHOWN, st.data())
def test_the_text_is_the_same_exactly_when_the_content_is(
    document: Document, one: dict[str, Any], other: dict[str, Any], data: st.DataObject
) -> None:
    there = replace(document, shown=one)
    lines = data.draw(st.sampled_from([document.lines, document.lines[:-1], tuple(reversed(document.lines))]))
    back = replace(document, shown=other, lines=lines)
    is_same = typed(there) == typed(back)
    assert (canonical_text(there) == canonical_text(back)) is is_same
    assert (content_hash(there) == content_hash(back)) is is_same
