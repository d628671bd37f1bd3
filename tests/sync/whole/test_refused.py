"""A centre that does not take a login, a device or a version: what is said, and that nothing is lost."""

from __future__ import annotations

import psycopg
import pytest

from sfa.store.version import SCHEMA_VERSION
from sfa.sync.lock import sole
from tests.cli.conftest import Said
from tests.sync.whole.office import Office, Person, in_step, nothing_lost


def _fails(person: Person, code: int, *parts: str) -> Said:
    """Sync in vain, with something typed before and nothing of it lost."""
    person.does("lead", "add", "Typed meanwhile", "--company", "One")
    waiting = person.unsent
    said = person("sync")
    assert said.code == code, said
    for part in parts:
        assert part in said.err, said
    assert said.out == ""
    assert person.unsent == waiting
    assert person.rows("SELECT name FROM lead") == [("Typed meanwhile",)]
    ended = person.value("SELECT state FROM sync_run ORDER BY started_at DESC LIMIT 1")
    assert ended == ("refused" if code == 3 else "failed")
    return said


def _then_syncs(office: Office, person: Person) -> None:
    """Sync, now that nothing stands in the way."""
    assert person("sync").code == 0
    assert office.rows("SELECT name FROM sfa.lead") == [("Typed meanwhile",)]
    in_step(person)
    nothing_lost(office, person)


def test_a_wrong_password(office: Office, anna: Person) -> None:
    anna.password = "wrong"  # noqa: S105
    _fails(
        anna,
        3,
        "Error: The centre does not accept this name and password.",
        "Sign in again with: sfa login URL. Nothing on this device is lost.",
    )
    anna.password = office.person("ben").password
    _then_syncs(office, anna)


def test_a_login_with_a_wrong_password_leaves_the_store_alone(office: Office) -> None:
    anna = office.person("anna")
    anna.password = "wrong"  # noqa: S105
    said = anna("login", anna.url, "--no-keep")
    assert said.code == 3
    assert "does not accept this name and password" in said.err
    assert anna("sync").code == 3
    assert "not signed in" in anna("sync").err


def test_a_login_that_is_no_user_of_the_centre(office: Office, anna: Person) -> None:
    office.rows("CREATE ROLE stranger LOGIN PASSWORD 'geheim'")
    try:
        anna.goes_to(office.url("stranger"))
        _fails(anna, 3, "Error: This login is not a user of the centre.", "sfa hub add-user")
        anna.goes_to(office.url("anna"))
        _then_syncs(office, anna)
    finally:
        office.rows("DROP ROLE stranger")


def test_a_database_that_holds_no_centre(office: Office, anna: Person) -> None:
    anna.goes_to(office.server.url("anna", "postgres"))
    _fails(anna, 3, "Error: This login is not a user of the centre.", "it is no centre of sfa")
    anna.goes_to(office.url("anna"))
    _then_syncs(office, anna)


def test_a_user_who_was_disabled(office: Office, anna: Person) -> None:
    url = office.server.admin_url(office.database)
    session = office.connect("anna")
    try:
        said = anna.does("hub", "disable-user", "anna", "--yes", "--url", url)
        assert "1 open session was ended." in said.err
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
        with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
            office.connect("anna")
        _fails(anna, 3, "Error: The centre does not take this device's changes.", "The user was disabled")
    finally:
        anna.does("hub", "enable-user", "anna", "--url", url)
    _then_syncs(office, anna)
    assert office.value("SELECT is_active FROM sfa.\"user\" WHERE name = 'Anna'") is True


def test_a_device_that_was_revoked(office: Office, anna: Person) -> None:
    url = office.server.admin_url(office.database)
    code = anna.value("SELECT value FROM local_state WHERE key = 'sync_code'")
    anna.does("hub", "revoke-device", str(code), "--yes", "--url", url)
    _fails(anna, 3, "Error: The centre does not take this device's changes.", "the device was revoked")
    office.rows("UPDATE hub.device SET revoked_at = NULL")
    _then_syncs(office, anna)


@pytest.mark.parametrize("ahead", [-1, 3], ids=["older than the device", "three versions newer"])
def test_a_centre_of_another_time(office: Office, anna: Person, ahead: int) -> None:
    office.rows("UPDATE hub.schema_version SET version = version + %s", ahead)
    _fails(
        anna,
        6,
        "Error: This program and the centre are of versions too far apart.",
        "Update sfa on this device, or ask the administrator to run: sfa hub upgrade.",
    )
    office.rows("UPDATE hub.schema_version SET version = %s", SCHEMA_VERSION)
    _then_syncs(office, anna)


def test_a_centre_two_versions_newer_is_served(office: Office, anna: Person) -> None:
    office.rows("UPDATE hub.schema_version SET version = version + 2")
    anna.does("lead", "add", "Typed meanwhile", "--company", "One")
    assert anna("sync").code == 0
    assert office.rows("SELECT name FROM sfa.lead") == [("Typed meanwhile",)]
    # Rows of another schema are not compared: columns that are not here would differ.
    said = anna("sync", "--verify", "--json")
    assert (said.code, said.data["verified"]) == (0, None)
    office.rows("UPDATE hub.schema_version SET version = version - 2")
    _then_syncs(office, anna)


def test_two_syncs_of_one_home_at_once(office: Office, anna: Person) -> None:
    anna.does("lead", "add", "Typed meanwhile", "--company", "One")
    runs = anna.value("SELECT count(*) FROM sync_run")
    with sole(anna.home):
        said = anna("sync")
    assert said.code == 5
    assert "Error: Another sync of this store is running." in said.err
    assert "nothing has to be done" in said.err
    assert anna.value("SELECT count(*) FROM sync_run") == runs
    _then_syncs(office, anna)


def test_another_users_store_is_not_signed_in_to(office: Office, anna: Person) -> None:
    anna.does("lead", "add", "Typed meanwhile", "--company", "One")
    said = anna("login", office.url("ben"), "--no-keep")
    assert said.code == 3
    assert "This store belongs to another user of the centre" in said.err
    assert "SFA_HOME" in said.err
    anna.goes_to(office.url("anna"))
    _then_syncs(office, anna)
