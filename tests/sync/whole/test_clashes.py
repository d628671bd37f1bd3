"""Two reps who know nothing of each other: one tax number, a ring of parents, a child of what was deleted."""

from __future__ import annotations

from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet


def _share(boss: Person, *accounts: str) -> None:
    """Let both reps see accounts, whoever owns them."""
    boss.syncs()
    for account in accounts:
        for rep in ("Anna", "Ben"):
            boss("account", "share", account, rep)
    boss.syncs()


def test_one_tax_number_of_two_reps_goes_to_the_manager_who_sees_both(
    office: Office, anna: Person, ben: Person, boss: Person
) -> None:
    anna.does("account", "add", "Huachuang", "--tax-id", "9131-0000")
    ben.does("account", "add", "Hua Chuang", "--tax-id", "91310000")
    quiet(anna, ben, boss, rounds=2)
    in_step(anna, ben, boss)
    assert anna.value("SELECT count(*) FROM conflict") == ben.value("SELECT count(*) FROM conflict") == 0
    listed = boss("conflicts", "list")
    assert "Huachuang / Hua Chuang" in listed.out
    assert boss("sync").code == 1, "it waits for somebody's word"
    ref = boss.value("SELECT ref FROM conflict")
    shown = boss.does("conflicts", "show", ref)
    assert "9131-0000" in shown.out
    assert "91310000" in shown.out

    ben.does("account", "edit", "Hua Chuang", "--tax-id", "91310001")
    quiet(ben, boss, anna, rounds=2)
    assert boss("sync").code == 0, "the keys clash no longer"
    assert boss.value("SELECT state FROM conflict") == "kept"
    in_step(anna, ben, boss)
    nothing_lost(office, anna, ben, boss)


def test_both_may_keep_their_key(office: Office, anna: Person, ben: Person, boss: Person) -> None:
    for rep, name in ((anna, "North"), (ben, "South")):
        rep.does("account", "add", name, "--tax-id", "77")
    quiet(anna, ben, boss, rounds=2)
    boss.does("conflicts", "accept", boss.value("SELECT ref FROM conflict"), "--kept")
    quiet(boss, anna, ben, rounds=2)
    assert office.rows("SELECT state, count(*) FROM sfa.conflict GROUP BY 1") == [("kept", 1)]
    assert boss("sync").code == 0
    in_step(anna, ben, boss)


def test_accounts_put_below_each_other_make_no_ring(
    office: Office, anna: Person, ben: Person, boss: Person
) -> None:
    anna.does("account", "add", "North")
    ben.does("account", "add", "South")
    quiet(anna, ben, rounds=1)
    _share(boss, "North", "South")
    quiet(anna, ben, rounds=1)
    anna.does("account", "edit", "North", "--parent", "South")
    ben.does("account", "edit", "South", "--parent", "North")
    quiet(anna, ben, boss, rounds=2)
    in_step(anna, ben, boss)
    for each in (anna, ben, boss):
        parents: dict[str, str | None] = dict(each.rows("SELECT name, parent_id FROM account"))
        assert parents["South"] is None
        assert parents["North"] is not None
        each.does("doctor")
    assert "South" in ben("conflicts", "list").out
    assert ben("sync").code == 1
    nothing_lost(office, anna, ben, boss)


def test_a_child_of_a_deleted_account_is_found_and_comes_back_with_it(
    office: Office, anna: Person, ben: Person, boss: Person
) -> None:
    anna.does("account", "add", "North")
    anna.syncs()
    _share(boss, "North")
    quiet(anna, ben, rounds=1)
    ben.does("deal", "add", "Pumps", "--account", "North", "--amount", "50000")
    ben.does("visit", "add", "--account", "North", "--outcome", "went well")
    ben.syncs()
    anna.does("account", "delete", "North")
    quiet(anna, ben, boss, rounds=2)
    in_step(anna, ben, boss)
    for each in (anna, ben, boss):
        each.does("doctor")
        assert each.value("SELECT deleted_at FROM deal WHERE name = 'Pumps'") is None
    assert "North" in anna("conflicts", "list").out
    ref = ben.value("SELECT ref FROM conflict")
    ben.does("conflicts", "accept", ref, "--lost")
    quiet(ben, anna, boss, rounds=2)
    in_step(anna, ben, boss)
    for each in (anna, ben, boss):
        assert each.value("SELECT deleted_at FROM account WHERE name = 'North'") is None
        assert each.rows("SELECT state FROM conflict") == [("taken",)]
    nothing_lost(office, anna, ben, boss)
