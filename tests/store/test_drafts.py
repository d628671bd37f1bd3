"""Drafts of forms: private, harmless when broken, erased with the person."""

from __future__ import annotations

from pathlib import Path

from sfa.services.erase import erase, finish
from sfa.store.drafts import Draft
from tests.services.acting import acting, make


def test_a_draft_is_kept_privately_and_dropped(home: Path) -> None:
    draft = Draft(home, "lead")
    assert draft.load() == {}
    draft.keep({"name": "王"})
    assert Draft(home, "lead").load() == {"name": "王"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (home / "drafts").iterdir())
    draft.drop()
    assert not list((home / "drafts").iterdir())


def test_a_broken_draft_counts_as_none(home: Path) -> None:
    draft = Draft(home, "lead")
    draft.keep({"name": "王"})
    (path,) = (home / "drafts").glob("*.json")
    for broken in ("", "[1]", '{"name"', '{"name": 3}'):
        path.write_text(broken, "utf-8")
        assert draft.load() == {}


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    place = tmp_path / "a file"
    place.write_text("", "utf-8")
    Draft(place, "lead").keep({"name": "王"})
    assert Draft(place, "lead").load() == {}


def test_erasing_a_person_removes_their_drafts_alone(home: Path) -> None:
    wang = make(home, "contact", name="Wang Wei")
    zoe = make(home, "contact", name="Zoe")
    Draft(home, "contact", wang.id).keep({"notes": "ill"})
    Draft(home, "contact", zoe.id).keep({"notes": "well"})
    with acting(home) as session:
        erase(session, "contact", wang.id)
    finish(home)
    assert Draft(home, "contact", wang.id).load() == {}
    assert Draft(home, "contact", zoe.id).load() == {"notes": "well"}
