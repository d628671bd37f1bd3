from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from sfa.errors import InvalidInput, NotFound, Refused
from sfa.store.seed import organisation_rows
from sfa.sync.centre import admin, logins
from sfa.sync.centre.cluster import ADMIN
from sfa.terms import Role
from tests.sync.centre.conftest import Connect

Connection = psycopg.Connection[Any]


def test_a_new_centre_has_the_stages_every_store_begins_with(centre: Connection) -> None:
    admin.initialise(centre)
    admin.initialise(centre)
    found = {row[0] for row in centre.execute("SELECT id FROM sfa.stage")}
    assert found == {values["id"] for table, values in organisation_rows() if table == "stage"}


def test_a_person_is_added_with_team_and_manager(centre: Connection) -> None:
    team = admin.add_team(centre, "East")
    boss = admin.add_user(centre, "t_boss", name="Boss", role=Role.MANAGER)
    rep = admin.add_user(centre, "t_rep", name="王伟", role=Role.REP, team="East", manager="t_boss")
    row = centre.execute('SELECT name, role, team_id, manager_id FROM sfa."user" WHERE id = %s', [rep])
    assert row.fetchone() == ("王伟", "rep", team, boss)
    assert admin.status(centre).users == 2


def test_a_password_reaches_the_server_as_a_verifier(centre: Connection) -> None:
    admin.add_user(centre, "t_secret", name="S", role=Role.REP, password="geheim")
    row = centre.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 't_secret'").fetchone()
    assert row is not None
    assert row[0].startswith("SCRAM-SHA-256$")


def test_a_login_is_given_once(centre: Connection) -> None:
    admin.add_user(centre, "t_once", name="One", role=Role.REP)
    with pytest.raises(Refused):
        admin.add_user(centre, "t_once", name="Two", role=Role.REP)


def test_a_superuser_cannot_be_made_a_rep(centre: Connection) -> None:
    with pytest.raises(Refused):
        admin.add_user(centre, ADMIN, name="P", role=Role.REP)


@pytest.mark.parametrize("login", ["", "pg_x", "a" * 64])
def test_what_is_no_role_name_is_refused(centre: Connection, login: str) -> None:
    with pytest.raises(InvalidInput):
        admin.add_user(centre, login, name="X", role=Role.REP)


def test_an_unknown_team_or_manager_is_named(centre: Connection) -> None:
    with pytest.raises(NotFound, match="West"):
        admin.add_user(centre, "t_a", name="A", role=Role.REP, team="West")
    with pytest.raises(NotFound, match="nobody"):
        admin.add_user(centre, "t_a", name="A", role=Role.REP, manager="nobody")


def test_a_disabled_person_is_active_nowhere(centre: Connection) -> None:
    user = admin.add_user(centre, "t_gone", name="G", role=Role.REP)
    logins.disable_user(centre, "t_gone")
    row = centre.execute(
        'SELECT u.is_active, l.is_active FROM sfa."user" u JOIN hub.login l ON l.user_id = u.id'
        " WHERE u.id = %s",
        [user],
    ).fetchone()
    assert row == (False, False)
    assert may_log_in(centre, "t_gone") is False


def may_log_in(centre: Connection, login: str) -> object:
    row = centre.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [login]).fetchone()
    assert row is not None
    return row[0]


def test_a_person_who_is_enabled_again_is_active_everywhere(centre: Connection) -> None:
    user = admin.add_user(centre, "t_back", name="B", role=Role.REP, password="geheim")
    verifier = "SELECT rolpassword FROM pg_authid WHERE rolname = 't_back'"
    before = centre.execute(verifier).fetchone()
    logins.disable_user(centre, "t_back")
    logins.enable_user(centre, "t_back")
    row = centre.execute('SELECT is_active FROM sfa."user" WHERE id = %s', [user]).fetchone()
    assert row == (True,)
    assert centre.execute("SELECT is_active FROM hub.login WHERE role_name = 't_back'").fetchone() == (True,)
    assert may_log_in(centre, "t_back") is True
    assert centre.execute(verifier).fetchone() == before
    with pytest.raises(NotFound):
        logins.enable_user(centre, "t_nobody")


def test_an_administrator_who_may_not_end_sessions_is_told_so(centre: Connection, connect: Connect) -> None:
    admin.add_user(centre, "t_busy", name="B", role=Role.REP, password="geheim")
    centre.execute("DO $$ BEGIN CREATE ROLE t_small LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    centre.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO t_small").format(sql.Identifier(centre.info.dbname))
    )
    with connect("t_busy") as busy, connect("t_small") as small:
        busy.execute("SELECT 1")
        with pytest.raises(Refused, match="could not be ended"):
            logins.end_sessions(small, "t_busy")
        small.rollback()
        assert logins.end_sessions(centre, "t_busy") == 1
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")


def test_a_finished_backup_and_a_restored_centre_are_marked(centre: Connection) -> None:
    before = admin.status(centre)
    assert admin.mark_backup(centre) == before.version
    admin.mark_restored(centre, 7)
    after = admin.status(centre)
    assert after.epoch != before.epoch
    assert after.in_recovery
    assert after.last_backup_at


def test_an_unknown_device_is_not_revoked(centre: Connection) -> None:
    with pytest.raises(NotFound):
        admin.revoke_device(centre, "XY")
