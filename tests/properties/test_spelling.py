"""Many texts spelled at once have the entries that each of them has alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sfa import hanzi
from sfa.store.search.documents import IN_OTHER, entries_of, initial_entries, numbers
from sfa.store.search.spelling import letters_of, numbers_of, values_of

# What decides how a text is spelled: words, signs, Han, line ends, signs of the index itself, other scripts.
_LETTERS = "abzA09 -@./_\t\n\r\x1f\u00a0«¦¬é华创科技王长市行単カな한ไߺ𠀀１Ａ"
_texts = st.lists(st.text(_LETTERS, max_size=12) | st.text(max_size=6), max_size=8)
_PHONES = "0123456789+-() ext华１"
_phones = st.lists(st.tuples(st.text(_PHONES, max_size=14), st.text("0123456789", max_size=12)), max_size=8)


@given(_texts)
def test_entries_are_the_same(texts: list[str]) -> None:
    normals = [hanzi.normal(text) for text in texts]
    assert values_of(IN_OTHER, normals) == [entries_of(IN_OTHER, text) for text in normals]


@given(_texts, st.booleans())
def test_initials_are_the_same(texts: list[str], is_person: bool) -> None:
    normals = [hanzi.normal(text) for text in texts]
    alone = [initial_entries(text, is_person=is_person) for text in normals]
    assert letters_of(normals, is_person=is_person) == alone


@given(_phones)
def test_phones_are_the_same(phones: list[tuple[str, str]]) -> None:
    normals = [hanzi.normal(text) for text, _ in phones]
    digits = [found for _, found in phones]
    # Nearly all digits are those of the number: the end of what was written, or all of it.
    for ends in (digits, [text[-4:] for text in normals], normals):
        alone = [numbers(text, found) for text, found in zip(normals, ends, strict=True)]
        assert numbers_of(normals, ends) == alone
