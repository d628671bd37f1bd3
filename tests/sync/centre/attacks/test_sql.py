"""SQL of a rep's own: to read past the calls, to rise, to lead the calls astray, to stand in the way."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sfa.sync import wire
from sfa.sync.centre import admin
from sfa.sync.centre.cluster import ADMIN
from sfa.sync.protocol import Outcome
from sfa.terms import Role
from tests.simulation.company import ANN, BOB
from tests.simulation.pens import Pen
from tests.simulation.test_model_outcomes import account, lead
from tests.sync.centre.attacks.test_forging import lead_values
from tests.sync.centre.real_centre import RealCentre, get, role_of
from tests.sync.servers import Connection

pytestmark = pytest.mark.every_server
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)
WORD = "Zanzibar"


def pushed(session: Connection, pen: Pen) -> Any:
    """Push by SQL, as the transport does."""
    question = wire.to_json(pen.batch())
    row = session.execute("SELECT api.push(%s::json)::text", [question]).fetchone()
    assert row is not None
    return json.loads(row[0])


def written(pen: Pen, **values: Any) -> str:
    row_id, op = pen.insert("lead", "", **{**lead_values("Mine"), **values})
    pen.write(op)
    return row_id


def run(session: Connection, statement: str) -> None:
    if statement.startswith("COPY"):
        with session.cursor().copy(statement):
            return
    session.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM hub.feed",
        "SELECT * FROM hub.batch",
        "SELECT last_value FROM hub.reading",
        "EXPLAIN SELECT * FROM sfa.account",
        "EXPLAIN ANALYZE UPDATE sfa.account SET name = 'x'",
        "COPY (SELECT * FROM sfa.account) TO STDOUT",
        "COPY sfa.account FROM STDIN",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/dev/null'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT rolpassword FROM pg_authid",
        "SELECT passwd FROM pg_shadow",
        "SELECT * FROM pg_statistic",
        "SELECT pg_get_wal_replay_pause_state(), pg_walfile_name('0/0'), pg_switch_wal()",
        "SELECT lo_create(0)",
        "SELECT lo_from_bytea(0, 'x')",
        "CREATE TABLE public.x (a text)",
        "CREATE TEMP TABLE x (a text)",
        "CREATE SCHEMA x",
        "CREATE FUNCTION public.x() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE PUBLICATION x FOR ALL TABLES",
        "CREATE EVENT TRIGGER x ON ddl_command_start EXECUTE FUNCTION hub.stamp()",
        "CREATE DATABASE x",
        "CREATE ROLE x",
        "ALTER DATABASE postgres SET search_path = x",
        "ALTER SYSTEM SET work_mem = '1GB'",
        "SELECT hub.me()",
        "SELECT hub.push_answer(NULL, NULL, NULL, NULL, NULL)",
        "SELECT hub.write_own('update', 'user', 'x', '{}')",
        "SELECT setval('hub.reading', 1)",
        "SELECT api.push('{}'::json) FROM hub.op",
        "DO $$ BEGIN LOCK TABLE sfa.account; END $$",
        "DO $$ BEGIN LOCK TABLE hub.people IN ROW SHARE MODE; END $$",
        "SELECT * FROM hub.counter FOR UPDATE",
        "SET ROLE sfa_owner",
        "SET ROLE sfa_bi",
        f"SET ROLE {ADMIN}",
        f"SET SESSION AUTHORIZATION {ADMIN}",
        f"SET SESSION AUTHORIZATION {role_of('Ann')}",
        f"ALTER ROLE {role_of('Bob')} SUPERUSER",
        f"ALTER ROLE {role_of('Bob')} CREATEROLE",
        f"ALTER ROLE {role_of('Bob')} BYPASSRLS",
        f"ALTER ROLE {role_of('Bob')} CONNECTION LIMIT -1",
        f"ALTER ROLE {role_of('Ann')} PASSWORD 'x'",
        f"GRANT sfa_owner TO {role_of('Bob')}",
        f"GRANT sfa_bi TO {role_of('Bob')}",
        f"GRANT sfa_member TO {role_of('Ann')}",
        "GRANT pg_read_all_data TO CURRENT_USER",
        "SET session_replication_role = replica",
        "SET log_statement = 'all'",
        "SELECT pg_reload_conf()",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
    ],
)
def test_a_rep_is_refused(bob: Connection, statement: str) -> None:
    with pytest.raises(REFUSED):
        run(bob, statement)


def test_statistics_and_other_sessions_show_no_values(ann: Pen, bob: Connection, centre: RealCentre) -> None:
    lead(ann, ANN, name=WORD)
    centre.connection.execute("ANALYZE sfa.lead")
    seen = [
        *bob.execute(
            "SELECT tablename, most_common_vals::text, histogram_bounds::text FROM pg_stats"
        ).fetchall(),
        *bob.execute("SELECT query FROM pg_stat_activity WHERE usename <> session_user").fetchall(),
    ]
    assert WORD not in str(seen)
    assert "lead" not in {row[0] for row in seen}
    assert not {row[0] for row in seen if len(row) == 1} - {"<insufficient privilege>", "", None}


def test_a_role_that_is_no_member_does_not_enter(centre: RealCentre) -> None:
    centre.connection.execute(
        "DO $$ BEGIN CREATE ROLE sfa_stranger LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(centre.address("sfa_stranger"))


def test_a_member_whom_nobody_added_is_refused_every_call(centre: RealCentre) -> None:
    centre.connection.execute("DELETE FROM hub.login WHERE user_id = %s", [BOB])
    calls = centre.connection.execute(
        "SELECT p.proname, p.pronargs, coalesce(format_type(p.proargtypes[0], NULL), '') FROM pg_proc AS p"
        " WHERE p.pronamespace = 'api'::regnamespace"
    ).fetchall()
    assert len(calls) >= 10
    with psycopg.connect(centre.address(role_of("Bob")), autocommit=True) as session:
        for name, arguments, first in calls:
            given = "" if not arguments else "1" if first == "integer" else "'{}'"
            query = sql.SQL("SELECT * FROM api.{}({})").format(sql.Identifier(str(name)), sql.SQL(given))
            with pytest.raises(psycopg.Error) as caught:
                session.execute(query)
            assert caught.value.sqlstate == "SF001", name


def test_a_role_granted_to_another_does_not_lend_its_identity(bob: Connection, centre: RealCentre) -> None:
    centre.connection.execute(
        sql.SQL("GRANT {} TO {}").format(*map(sql.Identifier, (role_of("Ada"), role_of("Bob"))))
    )
    try:
        bob.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role_of("Ada"))))
        row = bob.execute("SELECT api.digests(%s::json)::text", ["{}"]).fetchone()
        assert row is not None
        (costs,) = [each for each in json.loads(row[0])["tables"] if each["table"] == "product_cost"]
        assert costs["count"] == 0
    finally:
        centre.connection.execute(
            sql.SQL("REVOKE {} FROM {}").format(*map(sql.Identifier, (role_of("Ada"), role_of("Bob"))))
        )


@pytest.mark.parametrize(
    "setting",
    [
        "sfa.merging = 'off'",
        "sfa.setting_up = 'on'",
        "sfa.batch = '1'",
        "sfa.own_tx = '1 x'",
        "sfa.sql_tx = 'x'",
        "search_path = pg_temp, public",
        "DateStyle = 'German, DMY'",
        "TimeZone = 'Asia/Shanghai'",
        "bytea_output = 'escape'",
        "extra_float_digits = -15",
        "IntervalStyle = 'sql_standard'",
        "transform_null_equals = on",
        "array_nulls = off",
        "standard_conforming_strings = off",
        "row_security = off",
        "default_transaction_isolation = 'serializable'",
        "plan_cache_mode = force_custom_plan",
        "enable_indexscan = off",
    ],
)
def test_a_setting_of_the_session_changes_nothing_of_a_push(
    bob: Connection, pen: Pen, centre: RealCentre, setting: str
) -> None:
    bob.execute(f"SET {setting}")
    before = centre.state.version
    row_id = written(pen, created_at="2026-11-22T08:00:00.001Z")
    assert pushed(bob, pen)["outcomes"][0]["outcome"] == "applied"
    row = get(centre.connection, "lead", row_id)
    assert row is not None
    assert (row["name"], row["created_at"]) == ("Mine", "2026-11-22T08:00:00.001Z")
    found = centre.connection.execute(
        "SELECT o.device, o.author, b.version FROM hub.op AS o JOIN hub.batch AS b ON b.id = o.batch "
        "WHERE o.row_id = %s",
        [row_id],
    )
    assert found.fetchall() == [(pen.device, BOB, before + 1)]


def test_the_centres_own_ops_go_into_no_transaction_of_the_callers_choice(
    bob: Connection, pen: Pen, centre: RealCentre
) -> None:
    pen.write(pen.update("user", BOB, role="admin"))
    with bob.transaction():
        bob.execute(
            "SELECT set_config('sfa.own_tx', (g + 0) || ' stolen', true) FROM generate_series(1, 1) AS g"
        )
        pushed(bob, pen)
        batch = bob.execute("SELECT current_setting('sfa.batch')").fetchone()
        assert batch is not None
        bob.execute("SELECT set_config('sfa.own_tx', %s || ' stolen', true)", [batch[0]])
        other = Pen(pen.centre, BOB)
        other.write(other.update("user", BOB, team_id=None))
        pushed(bob, other)
    found = centre.connection.execute("SELECT FROM hub.op WHERE tx_id = 'stolen'")
    assert found.fetchall() == []
    made = centre.connection.execute(
        "SELECT count(*) FROM hub.op WHERE device = 'centre' AND tbl = 'proposal'"
    )
    assert made.fetchone() == (2,)


def test_a_push_opens_no_table_to_the_rest_of_its_transaction(bob: Connection, pen: Pen) -> None:
    written(pen)
    bob.execute("BEGIN")
    pushed(bob, pen)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bob.execute("UPDATE sfa.lead SET name = 'x'")


# ---- standing in the way


@pytest.mark.parametrize(
    "hold",
    [
        "SET CONSTRAINTS ALL IMMEDIATE",
        "PREPARE TRANSACTION 'x'",
        "DO $$ BEGIN SET CONSTRAINTS ALL IMMEDIATE; END $$",
    ],
)
def test_the_counter_is_not_taken_before_the_commit(bob: Connection, pen: Pen, ann: Pen, hold: str) -> None:
    written(pen)
    bob.execute("BEGIN")
    pushed(bob, pen)
    with pytest.raises(psycopg.Error):
        bob.execute(hold)
    assert ann.says(ann.insert("lead", "", **{**lead_values("A"), "owner_id": ANN})[1]) is Outcome.APPLIED


def test_the_counter_is_not_taken_by_a_push_under_immediate_constraints(bob: Connection, pen: Pen) -> None:
    written(pen)
    bob.execute("BEGIN")
    bob.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        pushed(bob, pen)


def test_the_counter_is_not_kept_while_a_cursor_is_stored(bob: Connection, pen: Pen) -> None:
    written(pen)
    bob.execute("BEGIN")
    bob.execute("DECLARE slow CURSOR WITH HOLD FOR SELECT pg_sleep(1)")
    pushed(bob, pen)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bob.execute("COMMIT")


def test_several_statements_in_one_message_do_not_keep_the_counter(bob: Connection, pen: Pen) -> None:
    written(pen)
    question = wire.to_json(pen.batch()).replace("'", "''")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bob.execute(
            f"BEGIN; SELECT api.push('{question}'); SET CONSTRAINTS ALL IMMEDIATE; SELECT pg_sleep(1); COMMIT"
        )


def test_a_commit_in_a_transaction_of_ones_own_is_taken(
    bob: Connection, pen: Pen, centre: RealCentre
) -> None:
    written(pen)
    with bob.transaction():
        assert pushed(bob, pen)["outcomes"][0]["outcome"] == "applied"
    assert centre.connection.execute("SELECT count(*) FROM sfa.lead").fetchone() == (1,)


def test_advisory_locks_hold_up_nobody(bob: Connection, ann: Pen, centre: RealCentre) -> None:
    kept = centre.connection.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace "
        "WHERE n.nspname IN ('api', 'hub') AND p.prosrc ~ 'pg_(try_)?advisory'"
    )
    assert kept.fetchall() == []
    bob.execute("SELECT pg_advisory_lock(1936089448)")
    account(ann, ANN)


def test_a_change_of_people_gives_up_where_a_rep_holds_it_up(
    bob: Connection, pen: Pen, centre: RealCentre
) -> None:
    written(pen)
    bob.execute("BEGIN")
    pushed(bob, pen)
    with centre.connection.transaction(force_rollback=True):
        centre.connection.execute("SELECT set_config('lock_timeout', '0', true)")
        with pytest.raises(psycopg.errors.LockNotAvailable), centre.connection.transaction():
            centre.connection.execute("SELECT hub.lock_people(true)")


def test_a_login_has_an_end_of_connections_and_limits_of_time(centre: RealCentre) -> None:
    admin.add_user(centre.connection, "sfa_flood", name="Flo", role=Role.REP)
    row = centre.connection.execute(
        "SELECT r.rolconnlimit, s.setconfig FROM pg_roles AS r "
        "JOIN pg_db_role_setting AS s ON s.setrole = r.oid AND s.setdatabase = 0 "
        "WHERE r.rolname = 'sfa_flood'"
    ).fetchone()
    assert row is not None
    assert row[0] == 10
    assert {each.split("=")[0] for each in row[1]} == {
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
    }
    with ExitStack() as opened:
        for _ in range(10):
            opened.enter_context(psycopg.connect(centre.address("sfa_flood")))
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(centre.address("sfa_flood"))


def test_an_error_names_no_value_of_somebody_else(bob: Connection, ann: Pen, pen: Pen) -> None:
    victim = lead(ann, ANN, name=WORD)
    said = []
    for row_id in (victim, pen.new_id()):
        for function, question in (
            ("rows", {"table": "lead", "ids": [row_id]}),
            ("history", {"table": "lead", "row_id": row_id}),
            ("rows", {"table": "lead", "ids": {"a": row_id}}),
            ("chain_at", {"device": row_id, "seq": 1}),
            ("not_taken", {"device": row_id}),
            ("pull", {"device": row_id, "version": 0}),
        ):
            try:
                found = bob.execute(
                    f"SELECT api.{function}(%s::json)::text", [json.dumps(question)]
                ).fetchone()
                said.append(str(found))
            except psycopg.Error as error:
                said.append(f"{error.sqlstate} {error.diag.message_primary} {error.diag.message_detail}")
    assert said[:6] == said[6:]
    assert WORD not in str(said)
