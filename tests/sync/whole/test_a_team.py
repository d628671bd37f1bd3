"""Two reps and their manager, from the first login to a customer who is handed over."""

from __future__ import annotations

from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet


def _shares_a_deal(anna: Person, boss: Person, ben: Person) -> None:
    """Anna makes a customer with a deal; their manager shares the customer with Ben."""
    anna.does("account", "add", "Huachuang", "--phone", "13800138000")
    anna.does("deal", "add", "Pumps", "--account", "Huachuang", "--amount", "50000")
    anna.syncs()
    boss.syncs()
    boss.does("account", "share", "Huachuang", "Ben")
    quiet(boss, ben, anna, rounds=1)


def test_two_reps_edit_the_same_deal_offline_and_the_loser_is_kept_until_it_is_settled(
    office: Office, anna: Person, ben: Person, boss: Person
) -> None:
    _shares_a_deal(anna, boss, ben)
    anna.does("deal", "edit", "Pumps", "--amount", "60000")
    anna.does("visit", "add", "--account", "Huachuang", "--outcome", "went well")
    ben.does("deal", "edit", "Pumps", "--amount", "70000")
    ben.does("deal", "edit", "Pumps", "--next-step", "call the buyer")

    assert anna("sync").code == 0
    said = ben("sync")
    assert said.code == 1
    assert "1 conflict waits for you: sfa conflicts list" in said.err
    quiet(anna, boss)

    for each in (anna, ben, boss):
        assert each.value("SELECT amount_minor FROM deal") == 7_000_000
        assert each.value("SELECT next_step FROM deal") == "call the buyer"
        assert each.value("SELECT count(*) FROM activity") == 1
        assert each.value("SELECT state FROM conflict") == "open"
    in_step(anna, ben, boss)

    listed = anna.does("conflicts", "list", "--format", "json").data
    [one] = listed["rows"]
    anna.does("conflicts", "accept-mine", one["ref"])
    quiet(anna, ben, boss)
    for each in (anna, ben, boss):
        assert each.value("SELECT amount_minor FROM deal") == 6_000_000
        assert each.value("SELECT count(*) FROM conflict WHERE state = 'open'") == 0
        assert each("sync").code == 0
    in_step(anna, ben, boss)
    nothing_lost(office, anna, ben, boss)


def test_a_customer_who_is_handed_over_leaves_one_device_and_comes_whole_to_the_other(
    office: Office, anna: Person, ben: Person, boss: Person
) -> None:
    anna.does("account", "add", "Huachuang")
    anna.does("deal", "add", "Pumps", "--account", "Huachuang", "--amount", "50000")
    anna.does("visit", "add", "--account", "Huachuang", "--outcome", "went well")
    quiet(anna, boss, ben, rounds=1)
    assert ben.value("SELECT count(*) FROM account") == 0

    boss.does("account", "transfer", "Huachuang", "--to", "Ben")
    quiet(boss, anna, ben, rounds=1)
    in_step(anna, ben, boss)
    assert anna.value("SELECT count(*) FROM account") == 0
    assert anna.value("SELECT count(*) FROM activity") == 0
    assert ben.rows("SELECT name FROM account") == [("Huachuang",)]
    assert ben.value("SELECT count(*) FROM activity") == 1
    assert ben.value("SELECT count(*) FROM deal") == 1
    nothing_lost(office, anna, ben, boss)


def test_a_note_on_a_customer_who_was_handed_over_meanwhile_is_told_to_both(
    office: Office, anna: Person, ben: Person, boss: Person
) -> None:
    anna.does("account", "add", "Huachuang")
    quiet(anna, boss, rounds=1)
    boss.does("account", "transfer", "Huachuang", "--to", "Ben")
    anna.does("account", "edit", "Huachuang", "--industry", "Solar")
    boss.syncs()

    told = anna("sync")
    assert told.code == 1
    assert "1 change of yours waits for somebody else's word" in told.err
    assert anna("sync").code == 0
    said = ben("sync")
    assert said.code == 1
    assert "1 proposal waits for you" in said.err
    assert ben.value("SELECT industry FROM account") is None
    quiet(anna, boss)
    in_step(anna, ben, boss)
    nothing_lost(office, anna, ben, boss)
