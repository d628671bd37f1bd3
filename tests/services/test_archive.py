from __future__ import annotations

import json
from pathlib import Path

import pytest

from sfa.errors import InvalidInput, NotFound, Refused, StoreUnusable, msg
from sfa.interchange.archive_files import read_archive
from sfa.services.archive import Exported, Imported, export_all, import_all
from sfa.store import undo
from sfa.store.contents import content_path, keep_content
from sfa.store.doctor import examine
from sfa.store.home import content_dir
from sfa.store.perform import changing
from sfa.store.reading import reading
from sfa.store.version import SCHEMA_VERSION
from tests.store.rows import add, add_deal, count, edit, hash_of_store, value_of


def export(home: Path, directory: Path) -> Exported:
    with reading(home) as connection:
        return export_all(connection, directory, contents=content_dir(home))


def bring_in(home: Path, directory: Path) -> Imported:
    archive = read_archive(directory, known_schema=SCHEMA_VERSION)
    with changing(home, name=msg("Import")) as found:
        return import_all(found, archive, contents=content_dir(home))


@pytest.fixture
def used(home: Path, tmp_path: Path) -> Path:
    """Return a home with a bit of everything: a deal, a deleted phone, an attachment, odd text."""
    lead = add(home, "lead", name='王芳\n"quoted"\tand \u2028 odd')
    phone = add(home, "phone", lead_id=lead, value="139", digits="139")
    edit(home, "phone", phone, deleted_at="2026-01-02T03:04:05.678Z")
    add_deal(home)
    source = tmp_path / "offer.txt"
    source.write_text("an offer")
    sha256, size = keep_content(content_dir(home), source)
    file = {"name": "offer.txt", "media_type": "text/plain", "size_bytes": size, "sha256": sha256}
    add(home, "attachment", lead_id=lead, **file)
    return home


def test_round_trip_into_a_fresh_store_is_identity(used: Path, tmp_path: Path) -> None:
    done = export(used, tmp_path / "all")
    other = tmp_path / "other"
    found = bring_in(other, tmp_path / "all")
    assert found.fresh
    assert found.created == done.rows
    assert hash_of_store(other) == hash_of_store(used)
    assert examine(other) == []


def test_exported_again_the_tables_are_the_same_to_the_byte(used: Path, tmp_path: Path) -> None:
    export(used, tmp_path / "all")
    bring_in(tmp_path / "other", tmp_path / "all")
    export(tmp_path / "other", tmp_path / "again")
    for path in (tmp_path / "all").glob("*.jsonl"):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_archives_user_works_in_the_fresh_store(used: Path, tmp_path: Path) -> None:
    export(used, tmp_path / "all")
    other = tmp_path / "other"
    bring_in(other, tmp_path / "all")
    user = "SELECT count(*) FROM local_state s JOIN user u ON u.id = s.value WHERE s.key = 'user_id'"
    assert count(other, user) == 1
    assert count(other, "SELECT count(*) FROM user") == 1
    add(other, "lead", name="next")
    assert examine(other) == []


def test_contents_come_along(used: Path, tmp_path: Path) -> None:
    export(used, tmp_path / "all")
    bring_in(tmp_path / "other", tmp_path / "all")
    with reading(tmp_path / "other") as connection:
        sha256 = connection.execute("SELECT sha256 FROM attachment").fetchone()[0]
    assert content_path(content_dir(tmp_path / "other"), sha256).read_text() == "an offer"


def test_archive_into_a_store_in_use_creates_changes_and_is_undone(used: Path, tmp_path: Path) -> None:
    export(used, tmp_path / "all")
    lead = add(used, "lead", name="only here")
    with reading(used) as connection:
        (other_lead,) = connection.execute("SELECT id FROM lead WHERE id <> ?", (lead,)).fetchone()
    edit(used, "lead", other_lead, company="Huachuang")
    before = hash_of_store(used)
    found = bring_in(used, tmp_path / "all")
    assert (found.fresh, found.created, found.updated) == (False, 0, 1)
    assert value_of(used, "lead", other_lead, "company") is None
    assert value_of(used, "lead", lead, "name") == "only here"
    with changing(used, name=msg("Undo")) as change:
        undo.undo(change)
    assert hash_of_store(used) == before


def test_second_import_changes_nothing(used: Path, tmp_path: Path) -> None:
    export(used, tmp_path / "all")
    found = bring_in(used, tmp_path / "all")
    assert (found.created, found.updated) == (0, 0)


def test_store_in_use_keeps_its_own_organisation(used: Path, tmp_path: Path) -> None:
    export(used, tmp_path / "all")
    other = tmp_path / "other"
    add(other, "lead", name="in use")
    own = "SELECT count(*) FROM setting WHERE key = 'organisation_id'"
    with reading(other) as connection:
        before = connection.execute("SELECT value FROM setting WHERE key = 'organisation_id'").fetchone()[0]
    found = bring_in(other, tmp_path / "all")
    assert found.created > 0
    assert count(other, f"{own} AND value = ?", before) == 1
    assert count(other, "SELECT count(*) FROM user WHERE deleted_at IS NULL") == 2
    assert examine(other) == []


def test_erased_person_does_not_come_back_with_an_archive(used: Path, tmp_path: Path) -> None:
    from sfa.services.erase import erase
    from sfa.store.perform import performing

    contact = add(used, "contact", name="Wang Xiaofang")
    export(used, tmp_path / "all")
    with performing(used, name=msg("Erase")) as session:
        erase(session, "contact", contact)
    found = bring_in(used, tmp_path / "all")
    assert found.kept == 1
    assert value_of(used, "contact", contact, "name") == "[erased]"


def damage_line(folder: Path) -> None:
    path = folder / "lead.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("odd", "ODD"), encoding="utf-8")


def remove_table(folder: Path) -> None:
    (folder / "deal.jsonl").unlink()


def remove_content(folder: Path) -> None:
    next(path for path in (folder / "files").rglob("*") if path.is_file()).unlink()


def cut_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text()[:100])


@pytest.mark.parametrize("damage", [damage_line, remove_table, remove_content, cut_manifest])
def test_damaged_archive_is_refused(used: Path, tmp_path: Path, damage: object) -> None:
    export(used, tmp_path / "all")
    assert callable(damage)
    damage(tmp_path / "all")
    with pytest.raises(InvalidInput):
        bring_in(used, tmp_path / "all")


def test_newer_archive_is_refused(used: Path, tmp_path: Path) -> None:
    export(used, tmp_path / "all")
    path = tmp_path / "all" / "manifest.json"
    found = json.loads(path.read_text())
    path.write_text(json.dumps({**found, "schema_version": SCHEMA_VERSION + 1}))
    with pytest.raises(Refused):
        bring_in(used, tmp_path / "all")


def test_folder_without_an_archive_is_not_found(used: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        bring_in(used, tmp_path)


def test_export_never_overwrites(used: Path, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "precious").write_text("x")
    with pytest.raises(Refused):
        export(used, tmp_path / "all")


def test_export_that_fails_leaves_no_folder(used: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnusable):
        export(used, tmp_path / "file" / "all")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "home", "offer.txt"]


def test_into_a_store_in_use_comes_nothing_that_the_centre_alone_writes(used: Path, tmp_path: Path) -> None:
    account = add(used, "account", name="Acme")
    quote = add(used, "quote", number="Q-1", account_id=account, currency="USD", approved_digest="0" * 64)
    sides = {"kept_op": "1", "lost_op": "2", "kept": "{}", "lost": "{}", "base": "{}"}
    times = {"kept_at": "2026-01-02T03:04:05.678Z", "lost_at": "2026-01-02T03:04:05.678Z"}
    add(used, "conflict", kind="overwrite", on_table="account", on_id=account, unit="name", **sides, **times)
    export(used, tmp_path / "all")
    other = tmp_path / "other"
    add(other, "lead", name="there already")
    found = bring_in(other, tmp_path / "all")
    assert not found.fresh
    assert found.kept == 1
    assert count(other, "SELECT count(*) FROM conflict") == 0
    assert value_of(other, "quote", quote, "number") == "Q-1"
    assert value_of(other, "quote", quote, "approved_digest") is None
    # What is there keeps its approval, whatever the archive says of it.
    edit(used, "quote", quote, approved_digest=None, number="Q-2")
    export(used, tmp_path / "more")
    with_approval = tmp_path / "third"
    bring_in(with_approval, tmp_path / "all")
    bring_in(with_approval, tmp_path / "more")
    assert value_of(with_approval, "quote", quote, "approved_digest") == "0" * 64
    assert value_of(with_approval, "quote", quote, "number") == "Q-2"
