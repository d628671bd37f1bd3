"""What the commands of a sync say, and the codes they end with."""

from __future__ import annotations

import time

import pytest

from tests.sync.whole.office import Office, Person, in_step, nothing_lost, quiet


def test_a_store_with_data_made_before_the_login_becomes_its_users(office: Office, boss: Person) -> None:
    anna = office.person("anna")
    anna.does("account", "add", "Huachuang", "--phone", "13800138000")
    anna.does("deal", "add", "Pumps", "--account", "Huachuang", "--amount", "50000")
    anna.does("visit", "add", "--account", "Huachuang", "--outcome", "went well")
    said = anna.signs_in()
    assert "Signed in as Anna; this device is" in said.err
    assert "In step:" in said.out
    owner = 'SELECT u.name FROM {0}deal d JOIN {0}"user" u ON u.id = d.owner_id'
    assert anna.rows(owner.format("")) == office.rows(owner.format("sfa.")) == [("Anna",)]
    assert anna.value("SELECT count(*) FROM outcome") == 0
    quiet(boss, rounds=1)
    assert boss.rows(owner.format("")) == [("Anna",)]
    in_step(anna, boss)
    nothing_lost(office, anna, boss)


def test_signing_in_without_a_sync_leaves_it_for_later(office: Office) -> None:
    anna = office.person("anna")
    anna.does("lead", "add", "Before", "--company", "One")
    anna.does("login", anna.url, "--no-keep", "--no-sync")
    assert office.value("SELECT count(*) FROM sfa.lead") == 0
    anna.syncs()
    assert office.value("SELECT count(*) FROM sfa.lead") == 1
    in_step(anna)


def test_a_password_in_the_address_is_refused(office: Office) -> None:
    anna = office.person("anna")
    said = anna("login", anna.url.replace("anna@", "anna:geheim@"))
    assert said.code == 3
    assert "The address holds a password, which would be kept in a file." in said.err
    assert anna.value("SELECT count(*) FROM local_state WHERE key = 'sync_url'") == 0


def test_signing_out_asks_when_something_is_unsent_and_loses_nothing(office: Office, anna: Person) -> None:
    anna.does("lead", "add", "Unsent", "--company", "One")
    said = anna("logout", answers="y\n")
    assert said.code == 1
    assert "One change has not reached the centre yet." in said.err
    assert "Run sfa sync first, or repeat it with --yes." in said.err
    assert anna.value("SELECT count(*) FROM local_state WHERE key = 'sync_url'") == 1

    anna.does("logout", "--yes")
    assert "not signed in" in anna("sync").err
    assert anna.rows("SELECT name FROM lead") == [("Unsent",)]
    anna.signs_in()
    assert office.rows("SELECT name FROM sfa.lead") == [("Unsent",)]
    in_step(anna)
    nothing_lost(office, anna)


def test_signing_out_after_a_sync_asks_once(anna: Person) -> None:
    assert anna("logout", answers="n\n").code == 0
    assert anna.value("SELECT count(*) FROM local_state WHERE key = 'sync_url'") == 1
    assert anna("logout", answers="y\n").code == 0
    assert anna("sync").code == 3


def test_a_dry_run_changes_nothing_on_either_side(office: Office, anna: Person, boss: Person) -> None:
    boss.syncs()
    anna.does("lead", "add", "Unsent", "--company", "One")
    anna.syncs()
    anna.does("lead", "add", "Unsent too", "--company", "Two")

    def both() -> object:
        kept = "SELECT key, value FROM local_state WHERE key NOT LIKE 'search%' ORDER BY key"
        at_centre = office.rows("SELECT version FROM hub.counter"), office.rows("SELECT count(*) FROM hub.op")
        return at_centre, [
            (each.rows(kept), each.rows("SELECT count(*) FROM sync_run"), each.digests(), each.unsent)
            for each in (anna, boss)
        ]

    before = both()
    assert anna.does("sync", "--dry-run").out.startswith("Would send 1 and receive ")
    waiting = boss.does("sync", "--dry-run", "--json").data
    assert (waiting["unsent"], waiting["waiting"] > 0) == (0, True)
    assert both() == before
    quiet(anna, boss)
    assert boss.does("sync", "--dry-run", "--json").data["waiting"] == 0


def test_the_status_and_the_log_tell_of_runs_and_of_what_waits(anna: Person) -> None:
    status = anna.does("sync", "status", "--format", "json").data
    assert (status["unsent"], status["to_decide"], status["last_run"]["state"]) == (0, 0, "ok")
    assert status["centre"] == anna.url
    anna.does("lead", "add", "Unsent", "--company", "One")
    status = anna.does("sync", "status", "--format", "json").data
    assert status["unsent"] == 1
    assert status["unsent_since"]

    anna.password = "wrong"  # noqa: S105
    assert anna("sync").code == 3
    runs = anna.does("sync", "log", "--format", "json").data["runs"]
    assert [each["state"] for each in runs] == ["refused", "ok"]
    assert "does not accept this name and password" in runs[0]["problem"]
    assert "refused" in anna("sync", "log").out


def test_what_waits_for_a_decision_makes_the_exit_code_one(anna: Person, boss: Person) -> None:
    anna.does("account", "add", "Huachuang")
    quiet(anna, boss, rounds=1)
    anna.does("account", "edit", "Huachuang", "--industry", "Solar")
    boss.does("account", "edit", "Huachuang", "--industry", "Wind")
    assert anna("sync").code == 0
    for said in (boss("sync"), boss("sync", "status"), anna("sync"), anna("sync", "status"), anna("sync")):
        assert said.code == 1, said
    assert anna("sync", "status", "--format", "json").data["conflicts"] == 1
    assert anna("sync", "log", "--limit", "1", "--format", "json").data["runs"][0]["state"] == "decisions"


def test_watching_syncs_again_and_again_also_when_the_centre_was_away(
    office: Office, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna.does("lead", "add", "Of the first round", "--company", "One")
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 1:
            anna.typist.patch.setattr("sfa.cli.sync.time.sleep", stand_still)
            anna.does("lead", "add", "Of the second round", "--company", "Two")
            anna.typist.patch.setattr("sfa.cli.sync.time.sleep", sleep)
            office.takes_changes(no=True)
        elif len(slept) == 2:
            office.takes_changes()
        else:
            raise KeyboardInterrupt

    stand_still = time.sleep
    monkeypatch.setattr("sfa.cli.sync.time.sleep", sleep)
    said = anna("sync", "--watch", "15")
    assert slept == [900, 900, 900]
    assert said.code == 130
    assert "What was synced stays" in said.err
    assert "nothing was changed" not in said.err
    assert office.value("SELECT count(*) FROM sfa.lead") == 2
    states = [row[0] for row in anna.rows("SELECT state FROM sync_run ORDER BY started_at")]
    assert states == ["ok", "ok", "failed", "ok"]
    in_step(anna)
