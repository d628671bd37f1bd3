"""Devices whose program is two schema versions behind the centre's: they work on, and lose nothing by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from sfa.store.version import SCHEMA_VERSION
from tests.sync.whole.office import PASSWORD, Office, Person, nothing_lost, quiet


def newer(what: str, where: str, **settings: str) -> str:
    """Run the newer program; return what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sync.whole.newer", what, where],
        env={**os.environ, "LANG": "C.UTF-8", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def upgraded(person: Person) -> dict[str, Any]:
    """Let a person's device be upgraded, and sync; return what it then holds."""
    home = str(person.home)
    said = newer("device", home, SFA_HOME=home, SFA_CENTRE_PASSWORD=PASSWORD, SFA_LANG="en")
    *before, last = said.strip().splitlines()
    synced = json.loads("\n".join(before))
    return {**json.loads(last), "verified": synced["verified"], "repaired": synced["repaired"]}


def upgrade_centre(office: Office) -> None:
    """Let the centre be two versions ahead."""
    newer("centre", office.server.admin_url(office.database))


def moods(office: Office) -> list[tuple[Any, ...]]:
    """Return what the centre holds in the column that the devices do not know."""
    return office.rows("SELECT name, mood FROM sfa.lead ORDER BY name")


def test_a_device_two_versions_behind_works_on_and_shows_what_it_missed_after_its_upgrade(
    office: Office, anna: Person, ben: Person
) -> None:
    anna.does("lead", "add", "Li Wei")
    anna.syncs()
    upgrade_centre(office)
    assert office.value("SELECT version FROM hub.schema_version") == SCHEMA_VERSION + 2
    office.rows("UPDATE sfa.lead SET mood = 'good', company = 'Li & Sons'")
    anna.does("lead", "edit", "Li Wei", "--notes", "calls back")
    anna.does("lead", "add", "Wang Fang")
    quiet(anna, ben, rounds=2)
    assert anna.rows("SELECT name, company, notes FROM lead ORDER BY name") == [
        ("Li Wei", "Li & Sons", "calls back"),
        ("Wang Fang", None, None),
    ]
    assert moods(office) == [("Li Wei", "good"), ("Wang Fang", None)]
    assert anna.value("SELECT count(*) FROM parked") == 1
    anna.does("doctor")
    found = upgraded(anna)
    assert found == {
        "code": 0,
        "leads": [["Li Wei", "good"], ["Wang Fang", None]],
        "parked": 0,
        "verified": True,
        "repaired": 0,
    }
    nothing_lost(office, anna, ben)


def test_rows_are_not_compared_with_a_centre_that_knows_more_columns(office: Office, anna: Person) -> None:
    anna.does("lead", "add", "Li Wei")
    anna.syncs()
    upgrade_centre(office)
    said = anna("sync", "--verify", "--json")
    assert said.code == 0
    assert (said.data["verified"], said.data["repaired"]) == (None, 0)
    assert said.data["loaded"] == 0
    assert "another version than this program" in anna.does("sync", "--verify").err


def test_a_first_sync_with_a_newer_centre_brings_rows_and_parks_what_it_does_not_know(
    office: Office, anna: Person
) -> None:
    anna.does("lead", "add", "Li Wei")
    anna.syncs()
    upgrade_centre(office)
    office.rows("UPDATE sfa.lead SET mood = 'good'")
    second = office.signed_in("anna", "2")
    assert second.rows("SELECT name FROM lead") == [("Li Wei",)]
    assert second.unsent == 0
    second.does("lead", "edit", "Li Wei", "--notes", "from the second")
    second.syncs()
    assert moods(office) == [("Li Wei", "good")]
    assert upgraded(second)["leads"] == [["Li Wei", "good"]]
