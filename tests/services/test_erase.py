from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import NotFound, Refused, msg
from sfa.services.erase import Erased, erase, finish
from sfa.store import change, undo
from sfa.store.backup import backup
from sfa.store.contents import content_path, keep_content
from sfa.store.doctor import examine
from sfa.store.home import content_dir, store_path
from sfa.store.perform import changing, performing
from sfa.store.personal import ERASED
from sfa.store.reading import reading
from sfa.store.replay import replayed
from sfa.store.restoring import restore_backup
from tests.asking import ask
from tests.services.deciding import conflict, op, proposal
from tests.store.rows import add, add_deal, edit, hash_of_store, new_id, value_of

NAME = "Wang Xiaofang"
PHONE = "+86 139 1234 5678"
NOW = "2026-01-02T03:04:05.678Z"
WORDS = (NAME, PHONE, "13912345678", "xiaofang@example.cn", "met her sister", "Old Nameless Lane")


def erase_from(home: Path, noun: str, record_id: str) -> Erased:
    with performing(home, name=msg("Erase")) as session:
        return erase(session, noun, record_id)


@pytest.fixture
def person(home: Path, tmp_path: Path) -> str:
    """Return a contact with everything that can hang on one, edited and partly deleted."""
    source = tmp_path / "card.txt"
    source.write_text(f"{NAME} {PHONE}")
    sha256, size = keep_content(content_dir(home), source)
    named = {"noun": "contact", "label": NAME}
    with changing(home, name=msg("Add {noun} {label}"), arguments=named) as found:

        def insert(table: str, **values: object) -> str:
            return change.insert(found.connection, table, {"id": new_id(), **values})

        contact = insert("contact", name="Old Nameless Lane")
        insert("phone", contact_id=contact, value=PHONE, digits="13912345678")
        gone = insert("email", contact_id=contact, value="xiaofang@example.cn")
        insert("address", contact_id=contact, line="Old Nameless Lane 7")
        insert("external_id", noun="contact", record_id=contact, source="crm", key="xiaofang@example.cn")
        about = {"kind": "visit", "at": NOW, "contact_id": contact}
        visit = insert("activity", **about, outcome="met her sister")
        insert("activity_attendee", activity_id=visit, name=NAME)
        insert("comment", activity_id=visit, body=f"give {NAME} a call")
        insert("task", contact_id=contact, subject=f"Call {NAME}")
        file = {"media_type": "text/plain", "size_bytes": size, "sha256": sha256}
        insert("attachment", contact_id=contact, name=f"{NAME}.txt", **file)
    with changing(home, name=msg("Edit")) as found:
        change.update(found.connection, "contact", contact, {"name": NAME, "notes": "met her sister"})
        change.update(found.connection, "email", gone, {"deleted_at": NOW})
    return contact


def bytes_of_home(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_no_byte_of_an_erased_person_is_left_in_the_home(home: Path, person: str) -> None:
    assert all(word.encode() in bytes_of_home(home) for word in WORDS)
    erase_from(home, "contact", person)
    finish(home)
    assert [word for word in WORDS if word.encode() in bytes_of_home(home)] == []


def test_erased_person_leaves_valid_placeholders(home: Path, person: str) -> None:
    done = erase_from(home, "contact", person)
    assert value_of(home, "contact", person, "name") == ERASED
    assert value_of(home, "contact", person, "notes") is None
    assert value_of(home, "contact", person, "deleted_at") is None
    assert done.rows == {
        "contact": 1,
        "phone": 1,
        "email": 1,
        "address": 1,
        "external_id": 1,
        "activity": 1,
        "activity_attendee": 1,
        "comment": 1,
        "task": 1,
        "attachment": 1,
    }


def test_store_is_sound_after_an_erasure_and_replays_to_the_placeholder(home: Path, person: str) -> None:
    erase_from(home, "contact", person)
    finish(home)
    assert examine(home) == []
    with reading(home) as connection:
        assert replayed(connection)["contact"][person]["name"] == ERASED


def test_unfinished_erasure_is_found_and_finished_by_the_doctor(home: Path, person: str) -> None:
    from sfa.store.doctor import repair

    erase_from(home, "contact", person)
    found = examine(home)
    assert [finding.code for finding in found] == ["sweep_due"]
    assert repair(home, found).left == ()
    assert [word for word in WORDS if word.encode() in bytes_of_home(home)] == []


def test_erasure_is_not_undone(home: Path, person: str) -> None:
    erase_from(home, "contact", person)
    with pytest.raises(Refused), changing(home, name=msg("Undo")) as found:
        undo.undo(found)
    with reading(home) as connection:
        (erasing,) = connection.execute("SELECT tx_id FROM tx WHERE name LIKE 'Erase%'").fetchone()
    with pytest.raises(Refused), changing(home, name=msg("Undo")) as found:
        undo.undo(found, erasing)
    assert value_of(home, "contact", person, "name") == ERASED


def test_what_came_after_an_erasure_can_be_undone(home: Path, person: str) -> None:
    erase_from(home, "contact", person)
    before = hash_of_store(home)
    add(home, "lead", name="after")
    with changing(home, name=msg("Undo")) as found:
        undo.undo(found)
    assert hash_of_store(home) == before


def test_backups_are_named_and_erase_again_when_restored(home: Path, person: str) -> None:
    made = backup(home)
    other = add(home, "lead", name="somebody else")
    erase_from(home, "contact", person)
    assert finish(home) == [made.path]
    done = restore_backup(home, made.path)
    assert done.erased_again > 0
    assert value_of(home, "contact", person, "name") == ERASED
    assert value_of(home, "lead", other, "name") is None
    assert examine(home) == []
    kept = [path.read_bytes() for path in home.rglob("*") if path.is_file() and path != made.path]
    assert [word for word in WORDS if any(word.encode() in data for data in kept)] == []


def test_erasure_outlives_a_restore_of_a_store_that_never_knew_the_person(home: Path, tmp_path: Path) -> None:
    empty = backup(home, tmp_path / "empty.db")
    contact = add(home, "contact", name=NAME)
    full = backup(home, tmp_path / "full.db")
    erase_from(home, "contact", contact)
    restore_backup(home, empty.path)
    restore_backup(home, full.path)
    assert value_of(home, "contact", contact, "name") == ERASED


def test_row_the_erasing_store_never_saw_is_erased_in_a_restored_backup(home: Path, tmp_path: Path) -> None:
    contact = add(home, "contact", name=NAME)
    early = backup(home, tmp_path / "early.db")
    phone = add(home, "phone", contact_id=contact, value=PHONE, digits="139")
    late = backup(home, tmp_path / "late.db")
    restore_backup(home, early.path)
    erase_from(home, "contact", contact)
    restore_backup(home, late.path)
    assert value_of(home, "phone", phone, "value") == ERASED


def test_backup_made_after_the_erasure_restores_as_it_is(home: Path, person: str) -> None:
    erase_from(home, "contact", person)
    finish(home)
    edit(home, "contact", person, name="a new name")
    made = backup(home)
    assert restore_backup(home, made.path).erased_again == 0
    assert value_of(home, "contact", person, "name") == "a new name"


def test_lead_and_the_contact_it_became_are_one_person(home: Path, person: str) -> None:
    lead = add(home, "lead", name=NAME, interest="pumps", converted_contact_id=person)
    erase_from(home, "lead", lead)
    assert value_of(home, "contact", person, "name") == ERASED
    assert value_of(home, "lead", lead, "name") == ERASED


def test_places_that_still_hold_the_name_are_listed(home: Path, person: str) -> None:
    deal = add_deal(home, name=f"Pumps for {NAME}")
    done = erase_from(home, "contact", person)
    assert [(each.table, each.column) for each in done.mentions] == [("deal", "name")]
    assert value_of(home, "deal", deal, "name") == f"Pumps for {NAME}"


def test_others_keep_their_data(home: Path, person: str) -> None:
    other = add(home, "contact", name="Li Na")
    phone = add(home, "phone", contact_id=other, value="138", digits="138")
    erase_from(home, "contact", person)
    assert value_of(home, "contact", other, "name") == "Li Na"
    assert value_of(home, "phone", phone, "value") == "138"


def test_content_that_another_record_has_too_stays(home: Path, person: str) -> None:
    sha256 = str(ask(store_path(home), "SELECT sha256 FROM attachment")[0][0])
    about = {"lead_id": add(home, "lead", name="other"), "name": "same.txt", "media_type": "text/plain"}
    add(home, "attachment", **about, size_bytes=1, sha256=sha256)
    erase_from(home, "contact", person)
    finish(home)
    assert content_path(content_dir(home), sha256).exists()


def test_only_people_are_erased(home: Path) -> None:
    with pytest.raises(Refused):
        erase_from(home, "deal", add_deal(home))
    with pytest.raises(NotFound):
        erase_from(home, "contact", new_id())


def test_user_who_works_here_is_not_erased(home: Path) -> None:
    with reading(home) as connection:
        me = connection.execute("SELECT value FROM local_state WHERE key = 'user_id'").fetchone()[0]
    with pytest.raises(Refused):
        erase_from(home, "user", me)


def test_colleague_who_left_can_be_erased(home: Path) -> None:
    colleague = add(home, "user", name=NAME)
    erase_from(home, "user", colleague)
    assert value_of(home, "user", colleague, "name") == ERASED


def test_what_conflicts_and_proposals_hold_of_a_person_goes_too(home: Path, person: str) -> None:
    phone = str(ask(store_path(home), f"SELECT id FROM phone WHERE contact_id = '{person}'")[0][0])
    now, lost, before = {"name": NAME}, {"name": "Old Nameless Lane"}, {"name": "Zhao before"}
    about = conflict(home, "contact", person, kept=now, lost=lost, base=before)
    change = op("phone", phone, value=["139 0000 4711", PHONE])
    held = proposal(home, change, author=None, recipient=None, arguments={"label": NAME})
    other = proposal(home, op("deal", new_id(), name=["Pumps", None]), author=None, recipient=None)
    erase_from(home, "contact", person)
    finish(home)
    gone = (*WORDS, "Zhao before", "139 0000 4711")
    assert [word for word in gone if word.encode() in bytes_of_home(home)] == []
    assert [value_of(home, "conflict", about, name) for name in ("kept", "lost", "base")] == [
        "{}",
        "{}",
        "{}",
    ]
    assert [value_of(home, "proposal", held, name) for name in ("arguments", "ops")] == ["{}", "[]"]
    assert "Pumps" in str(value_of(home, "proposal", other, "ops"))
    assert examine(home) == []
