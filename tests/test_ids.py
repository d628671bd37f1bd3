from __future__ import annotations

import uuid

import pytest

from sfa import ids

NOW_MS = 1_790_000_000_000


@pytest.fixture(autouse=True)
def _no_id_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_last", [0, 0])


def test_ids_sort_in_the_order_they_were_made_even_within_a_millisecond() -> None:
    made = [ids.uuid7(NOW_MS) for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_a_uuid_of_version_7_with_its_time_in_front() -> None:
    later = NOW_MS + 86_400_000
    made = uuid.UUID(ids.uuid7(later))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == later


def test_ids_made_together_still_have_references_of_their_own() -> None:
    refs = {ids.ref_of(ids.uuid7(NOW_MS))[: ids.REF_SHOWN] for _ in range(200)}
    assert len(refs) > 190


def test_an_external_key_has_one_id_per_organisation_source_and_kind() -> None:
    organisation = str(uuid.uuid4())
    first = ids.external_id(organisation, "crm", "lead", "1")
    assert first == ids.external_id(organisation, "crm", "lead", "1")
    others = {
        ids.external_id(str(uuid.uuid4()), "crm", "lead", "1"),
        ids.external_id(organisation, "erp", "lead", "1"),
        ids.external_id(organisation, "crm", "deal", "1"),
        ids.external_id(organisation, "crm", "lead", "2"),
    }
    assert first not in others
    assert len(others) == 4


def test_letters_that_people_misread_are_read_as_meant() -> None:
    assert ids.plain_ref(" O1IL ") == "0111"
