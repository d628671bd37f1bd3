"""What a login may do by plain SQL: call the functions, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from tests.sync.centre.company import DEVICE, call, register, snapshot
from tests.sync.centre.conftest import Connect
from tests.sync.servers import Connection

pytestmark = pytest.mark.every_server

AddLogin = Callable[[str, str], str]


@pytest.fixture
def rep(centre: Connection, connect: Connect, add_login: AddLogin) -> Connection:
    """Return the connection of a rep, beside whom somebody else owns an account."""
    with centre.transaction():
        centre.execute(
            """INSERT INTO sfa."user" (id, name, role) VALUES ('rep', 'Rep', 'rep'), ('other', 'O', 'rep')"""
        )
        centre.execute("INSERT INTO sfa.account (id, name, owner_id) VALUES ('a', 'Secret', 'other')")
        centre.execute("INSERT INTO sfa.account (id, name, owner_id) VALUES ('mine', 'Mine', 'rep')")
        centre.execute("INSERT INTO sfa.product (id, name) VALUES ('p', 'P')")
        centre.execute("INSERT INTO sfa.product_cost (id, product_id) VALUES ('c', 'p')")
    return connect(add_login("rights_rep", "rep"))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM sfa.account",
        "SELECT * FROM hub.op",
        "SELECT * FROM hub.login",
        "SELECT hub.seen_by('other', 'account', 'a')",
        "SELECT hub.put('account', 'a', '{}')",
        "SELECT hub.member_sees('account', 'a')",
        "SELECT hub.page('other', '', 0, 10)",
        "UPDATE sfa.account SET owner_id = 'rep'",
        "DELETE FROM sfa.account",
        "TRUNCATE sfa.account",
        "SELECT nextval('hub.reading')",
        "CREATE TABLE api.x (a text)",
        "CREATE FUNCTION api.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE sfa_owner",
        "SET SESSION AUTHORIZATION sfa_admin",
        "COPY sfa.account TO STDOUT",
        "ALTER ROLE rights_rep SUPERUSER",
    ],
)
def test_a_rep_is_refused_everything_but_the_calls(rep: Connection, statement: str) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)):
        rep.execute(statement)


def test_a_right_on_a_table_given_by_mistake_shows_what_the_user_sees_anyway(
    centre: Connection, rep: Connection
) -> None:
    centre.execute("GRANT USAGE ON SCHEMA sfa TO rights_rep")
    centre.execute("GRANT SELECT, UPDATE, INSERT ON ALL TABLES IN SCHEMA sfa TO rights_rep")
    assert rep.execute("SELECT id FROM sfa.account").fetchall() == [("mine",)]
    assert rep.execute("SELECT id FROM sfa.product_cost").fetchall() == []
    assert rep.execute("UPDATE sfa.account SET name = 'x'").rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rep.execute("INSERT INTO sfa.account (name) VALUES ('x')")


def test_a_function_of_the_callers_own_is_never_called(rep: Connection, centre: Connection) -> None:
    centre.execute("CREATE SCHEMA trap AUTHORIZATION rights_rep")
    rep.execute(
        "CREATE FUNCTION trap.md5(text) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped''; END'"
    )
    rep.execute(
        "CREATE FUNCTION trap.count(x bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RAISE ''t''; END'"
    )
    rep.execute("SET search_path = trap, pg_catalog")
    assert call(rep, "digests")["tables"]
    assert snapshot(rep)[1]


def test_every_function_others_may_call_is_fenced(centre: Connection) -> None:
    rows = centre.execute(
        "SELECT p.oid::regprocedure::text, p.prosecdef, p.proconfig FROM pg_proc AS p "
        "JOIN pg_namespace AS n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'api' OR (n.nspname = 'hub' AND p.prorettype = 'trigger'::regtype)"
    ).fetchall()
    assert len(rows) > 10
    fenced = "search_path=pg_catalog, pg_temp"
    assert [
        name for name, is_definer, settings in rows if not is_definer or fenced not in (settings or [])
    ] == []
    open_to_all = centre.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace "
        "WHERE n.nspname IN ('api', 'hub', 'sfa') AND has_function_privilege('public', p.oid, 'EXECUTE')"
    ).fetchall()
    assert open_to_all == []


def test_a_login_without_a_user_and_a_disabled_user_are_refused(
    centre: Connection, rep: Connection, add_login: AddLogin
) -> None:
    centre.execute("DELETE FROM hub.login")
    with pytest.raises(psycopg.Error) as caught:
        call(rep, "digests")
    assert caught.value.sqlstate == "SF001"
    add_login("rights_rep", "rep")
    centre.execute("""UPDATE sfa."user" SET is_active = false WHERE id = 'rep'""")
    with pytest.raises(psycopg.Error) as caught:
        snapshot(rep)
    assert caught.value.sqlstate == "SF006"


def test_somebody_elses_device_is_answered_like_one_that_is_not_there(
    connect: Connect, rep: Connection, add_login: AddLogin
) -> None:
    other = connect(add_login("rights_other", "other"))
    register(other, DEVICE.format(1), "x")
    said = []
    for device in (DEVICE.format(1), DEVICE.format(2)):
        for question in ("pull", "chain_at"):
            with pytest.raises(psycopg.Error) as caught:
                call(rep, question, device=device, version=0, seq=0)
            said.append((question, caught.value.sqlstate, caught.value.diag.message_detail))
    assert len(set(said)) == 2
    with pytest.raises(psycopg.Error) as caught:
        register(rep, DEVICE.format(1), "x")
    assert caught.value.sqlstate == "SF001"


def test_nobody_can_have_somebody_elses_id_read_as_their_own(rep: Connection) -> None:
    with pytest.raises(psycopg.Error) as caught:
        register(rep, DEVICE.format(1), "other")
    assert caught.value.sqlstate == "SF001"


def test_an_unseen_row_is_answered_like_one_that_is_not_there(rep: Connection) -> None:
    for row_id in ("a", "nowhere"):
        assert call(rep, "rows", table="account", ids=[row_id]) == []
        assert call(rep, "history", table="account", row_id=row_id) == []
    assert call(rep, "rows", table="pg_authid", ids=["a"]) == []
    assert call(rep, "row_digests", table="product_cost") == {}
