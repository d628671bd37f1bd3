"""A home that is used twice, and a home that went back in time."""

from __future__ import annotations

from pathlib import Path

from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet


def test_a_copied_home_goes_on_as_a_device_of_its_own(office: Office, anna: Person, tmp_path: Path) -> None:
    anna.does("account", "add", "Huachuang")
    anna.syncs()
    twin = anna.copies_home(tmp_path / "twin")
    anna.does("account", "edit", "Huachuang", "--industry", "Solar")
    anna.does("lead", "add", "Of the first", "--company", "One")
    twin.does("lead", "add", "Of the second", "--company", "Two")
    twin.does("account", "edit", "Huachuang", "--website", "https://huachuang.example")

    assert not anna.does("sync", "--json").data["forked"]
    assert twin.does("sync", "--json").data["forked"]
    quiet(anna, twin)

    for each in (anna, twin):
        assert each.rows("SELECT name FROM lead ORDER BY name") == [("Of the first",), ("Of the second",)]
        assert each.rows("SELECT industry, website FROM account") == [("Solar", "https://huachuang.example")]
    assert office.value("SELECT count(*) FROM hub.device") == 2
    in_step(anna, twin)
    nothing_lost(office, anna, twin)


def test_a_home_copied_with_unsent_changes_sends_them_once(
    office: Office, anna: Person, tmp_path: Path
) -> None:
    anna.does("lead", "add", "Before the copy", "--company", "One")
    twin = anna.copies_home(tmp_path / "twin")
    twin.does("lead", "add", "After the copy", "--company", "Two")
    quiet(anna, twin)
    anna.does("lead", "add", "Later", "--company", "Three")
    quiet(anna, twin)

    for each in (anna, twin):
        names = each.rows("SELECT name FROM lead ORDER BY name")
        assert names == [("After the copy",), ("Before the copy",), ("Later",)]
    assert office.value("SELECT count(*) FROM sfa.conflict") == 0
    in_step(anna, twin)
    nothing_lost(office, anna, twin)


def test_a_home_brought_back_from_yesterdays_backup_gets_all_it_had_sent_since(
    office: Office, anna: Person, boss: Person
) -> None:
    anna.does("account", "add", "Huachuang")
    anna.syncs()
    anna.does("backup", "make")
    [backup] = sorted((anna.home / "backups").glob("*.db"))
    anna.does("account", "edit", "Huachuang", "--industry", "Solar")
    anna.does("lead", "add", "Sent since", "--company", "One")
    anna.syncs()

    anna.does("backup", "restore", "--yes", str(backup))
    assert anna.value("SELECT count(*) FROM lead") == 0
    anna.does("lead", "add", "Typed after", "--company", "Two")
    anna.does("account", "edit", "Huachuang", "--website", "https://huachuang.example")

    assert anna.does("sync", "--json").data["forked"]
    quiet(anna, boss)
    for each in (anna, boss):
        assert each.rows("SELECT name FROM lead ORDER BY name") == [("Sent since",), ("Typed after",)]
        assert each.rows("SELECT industry, website FROM account") == [("Solar", "https://huachuang.example")]
    in_step(anna, boss)
    nothing_lost(office, anna, boss)


def test_a_home_brought_back_with_nothing_new_on_it_is_as_it_was(office: Office, anna: Person) -> None:
    anna.syncs()
    anna.does("backup", "make")
    [backup] = sorted((anna.home / "backups").glob("*.db"))
    anna.does("lead", "add", "Sent since", "--company", "One")
    anna.syncs()
    anna.does("backup", "restore", "--yes", str(backup))
    quiet(anna)
    assert anna.rows("SELECT name FROM lead") == [("Sent since",)]
    in_step(anna)
    nothing_lost(office, anna)


def test_a_backup_from_before_the_first_login_becomes_the_same_users_device(
    office: Office, tmp_path: Path
) -> None:
    anna = office.person("anna")
    anna.does("lead", "add", "Before", "--company", "One")
    backup = tmp_path / "before.db"
    anna.does("backup", "make", str(backup))
    anna.signs_in()
    anna.does("lead", "add", "Sent since", "--company", "Two")
    anna.syncs()

    anna.does("backup", "restore", "--yes", str(backup))
    anna.does("lead", "add", "Typed after", "--company", "Three")
    anna.signs_in()
    quiet(anna)
    names = anna.rows("SELECT name FROM lead ORDER BY name")
    assert names == [("Before",), ("Sent since",), ("Typed after",)]
    in_step(anna)
    nothing_lost(office, anna)
