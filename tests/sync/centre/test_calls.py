"""The reading calls: what they answer, and what they leave out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from sfa.fields import TABLES
from sfa.store.version import SCHEMA_VERSION
from sfa.sync import wire
from sfa.sync.device.digests import row_digest
from sfa.sync.protocol import Hello, Page, Welcome
from tests.sync.centre.company import DEVICE, call, register, snapshot
from tests.sync.centre.conftest import Connect
from tests.sync.servers import Connection

pytestmark = pytest.mark.every_server

AddLogin = Callable[[str, str], str]
MINE = DEVICE.format(1)


@pytest.fixture
def rep(centre: Connection, connect: Connect, add_login: AddLogin) -> Connection:
    """Return the connection of a rep whose own account belongs to a group that he does not see."""
    with centre.transaction():
        centre.execute(
            """INSERT INTO sfa."user" (id, name, role) VALUES ('rep', 'Rep', 'rep'), ('other', 'O', 'rep')"""
        )
        centre.execute("INSERT INTO sfa.account (id, name, owner_id) VALUES ('group', 'Group', 'other')")
        centre.execute(
            "INSERT INTO sfa.account (id, name, owner_id, parent_id) "
            "VALUES ('mine', '中 «M»', 'rep', 'group')"
        )
    return connect(add_login("calls_rep", "rep"))


def hello(connection: Connection, **changed: Any) -> Welcome:
    given = Hello(MINE, 0, 0, "", None, 0, None, 0, SCHEMA_VERSION)
    return wire.simple(Welcome, call(connection, "hello", **{**wire.as_plain(given), **changed}))


def pulled(connection: Connection, version: int = 0, limit: int = 5000) -> Page:
    return wire.page_of(call(connection, "pull", device=MINE, version=version, limit=limit))


def entries(page: Page, row_id: str) -> list[Any]:
    return [each for each in page.entries if getattr(each, "row_id", None) == row_id]


def test_a_device_says_hello_before_and_after_it_is_registered(rep: Connection) -> None:
    before = hello(rep)
    assert (before.registered, before.user_id, before.role, before.code) == (False, "rep", "rep", "")
    register(rep, MINE, "local")
    after = hello(rep)
    assert (after.registered, after.last_seq, after.last_chain) == (True, 0, "")
    assert after.code
    assert not after.code.startswith("X")
    assert (after.schema_version, after.epoch) == (SCHEMA_VERSION, before.epoch)


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, SCHEMA_VERSION - 3])
def test_a_schema_too_far_away_is_refused(rep: Connection, version: int) -> None:
    with pytest.raises(psycopg.Error) as caught:
        hello(rep, schema_version=version)
    assert caught.value.sqlstate == "SF002"


@pytest.mark.parametrize(
    ("closed", "open_again"),
    [
        ("UPDATE hub.login SET is_active = false", "UPDATE hub.login SET is_active = true"),
        (
            """UPDATE sfa."user" SET is_active = false WHERE id = 'rep'""",
            """UPDATE sfa."user" SET is_active = true WHERE id = 'rep'""",
        ),
        (
            """UPDATE sfa."user" SET deleted_at = now() WHERE id = 'rep'""",
            """UPDATE sfa."user" SET deleted_at = NULL WHERE id = 'rep'""",
        ),
    ],
)
def test_who_may_no_longer_sign_in_is_told_so_at_hello(
    centre: Connection, rep: Connection, closed: str, open_again: str
) -> None:
    centre.execute(closed.encode())
    with pytest.raises(psycopg.Error) as caught:
        hello(rep)
    assert (caught.value.sqlstate, caught.value.diag.message_detail) == (
        "SF006",
        '{"reason": "user_disabled"}',
    )
    centre.execute(open_again.encode())
    assert hello(rep).user_id == "rep"


def test_somebody_elses_device_says_hello_like_one_that_is_not_there(
    centre: Connection, connect: Connect, rep: Connection, add_login: AddLogin
) -> None:
    theirs, nobodys = DEVICE.format(2), DEVICE.format(3)
    register(connect(add_login("calls_other", "other")), theirs, "x")
    first, second = (hello(rep, device=device, version=7, batch="b") for device in (theirs, nobodys))
    assert replace(first, now_ms=0) == replace(second, now_ms=0)
    assert not first.registered
    assert centre.execute("SELECT cursor_version FROM hub.device").fetchall() == [(0,)]


def test_a_hello_is_noted_once_a_minute_or_with_its_news_and_never_where_nothing_is_written(
    centre: Connection, rep: Connection
) -> None:
    def noted() -> list[tuple[Any, ...]]:
        return centre.execute("SELECT xmin::text, cursor_version, schema_version FROM hub.device").fetchall()

    register(rep, MINE, "local")
    as_registered = noted()
    assert hello(rep).registered
    assert noted() == as_registered
    centre.execute("UPDATE hub.device SET seen_at = now() - interval '2 minutes'")
    rep.execute("SET default_transaction_read_only = on")
    before = noted()
    assert hello(rep, version=9).registered
    assert noted() == before
    rep.execute("SET default_transaction_read_only = off")
    for change, later in (({}, (0, SCHEMA_VERSION)), ({"version": 9}, (9, SCHEMA_VERSION))):
        before = noted()
        hello(rep, **change)
        assert noted()[0][1:] == later
        assert noted() != before
    older = hello(rep, version=9, schema_version=SCHEMA_VERSION - 1)
    assert older.registered
    assert noted()[0][1:] == (9, SCHEMA_VERSION - 1)
    assert centre.execute("SELECT seen_at > now() - interval '1 minute' FROM hub.device").fetchone() == (
        True,
    )


def test_a_cursor_is_known_by_its_version_and_batch(rep: Connection) -> None:
    register(rep, MINE, "local")
    page = pulled(rep)
    assert hello(rep, version=page.version, batch=page.batch).knows_cursor
    assert hello(rep, version=0, batch=None).knows_cursor
    assert not hello(rep, version=page.version, batch=DEVICE.format(9)).knows_cursor
    assert not hello(rep, version=page.version + 1, batch=page.batch).knows_cursor


def test_another_mark_of_a_restored_backup_is_another_epoch(centre: Connection, rep: Connection) -> None:
    before = hello(rep).epoch
    centre.execute(
        "UPDATE hub.epoch_mark SET counter = counter + 1, recovery_until = now() + interval '1 day'"
    )
    after = hello(rep)
    assert after.epoch != before
    assert after.in_recovery


def test_a_reference_to_an_unseen_row_is_withheld_everywhere(centre: Connection, rep: Connection) -> None:
    register(rep, MINE, "local")
    assert snapshot(rep)[1]["account", "mine"]["parent_id"] is None
    assert call(rep, "rows", table="account", ids=["mine", "group"])[0]["values"]["parent_id"] is None
    (made,) = entries(pulled(rep), "mine")
    assert json.loads(made.changes)["parent_id"] == [None]
    assert (made.salt, made.digest) == (None, None)
    centre.execute("UPDATE sfa.account SET parent_id = NULL WHERE id = 'mine'")
    _, changed = entries(pulled(rep), "mine")
    assert json.loads(changed.changes)["parent_id"] == [None, None, made.op_id]
    assert not [each for each in pulled(rep).entries if "group" in wire.to_json(each)]
    history = call(rep, "history", table="account", row_id="mine")
    assert [each["entry"] for each in history] == ["tx", "op", "tx", "op"]
    assert "group" not in json.dumps(history)


def test_an_op_that_shows_nothing_hidden_comes_with_its_digest(centre: Connection, rep: Connection) -> None:
    register(rep, MINE, "local")
    centre.execute("UPDATE sfa.account SET name = 'New' WHERE id = 'mine'")
    _, changed = entries(pulled(rep), "mine")
    found = centre.execute("SELECT encode(digest, 'hex') FROM hub.op WHERE op_id = %s", [changed.op_id])
    assert found.fetchone() == (changed.digest,)
    assert changed.salt


def test_an_own_op_comes_back_without_its_values(centre: Connection, rep: Connection) -> None:
    register(rep, MINE, "local")
    centre.execute("UPDATE hub.op SET device = %s, seq = 1 WHERE row_id = 'mine'", [MINE])
    (made,) = entries(pulled(rep), "mine")
    assert (made.changes, made.salt, made.digest, made.device) == (None, None, None, MINE)


def test_the_arguments_of_a_transaction_are_for_those_who_see_all_of_it(
    centre: Connection, rep: Connection
) -> None:
    register(rep, MINE, "local")
    centre.execute("""UPDATE hub.tx SET arguments = '{"name": "Group"}'""")
    assert [each.arguments for each in pulled(rep).entries if hasattr(each, "arguments")] == ["{}"]
    centre.execute("UPDATE sfa.account SET owner_id = 'rep' WHERE id = 'group'")
    assert "Group" in next(each.arguments for each in pulled(rep).entries if hasattr(each, "arguments"))


def test_digests_are_those_a_device_computes_of_what_it_is_shown(rep: Connection) -> None:
    _, rows = snapshot(rep)
    for table in TABLES.values():
        names = ["id", *(column.name for column in table.captured() if column.name != "deleted_at")]
        wanted = {
            row_id: row_digest(tuple(row[name] for name in names))
            for (kind, row_id), row in rows.items()
            if kind == table.name and row["deleted_at"] is None
        }
        assert call(rep, "row_digests", table=table.name) == wanted
        (total,) = [each for each in call(rep, "digests")["tables"] if each["table"] == table.name]
        assert (total["count"], total["total"]) == (len(wanted), sum(wanted.values()) % 2**60)


def test_a_page_holds_whole_transactions_only(centre: Connection, rep: Connection) -> None:
    register(rep, MINE, "local")
    start = pulled(rep).version
    for number in range(3):
        centre.execute(
            "INSERT INTO sfa.account (name, owner_id) SELECT 'n' || i, 'rep' FROM generate_series(1, 4) AS i"
        )
        centre.execute("INSERT INTO sfa.account (name, owner_id) VALUES (%s, 'other')", [str(number)])
    sizes = []
    version, more = start, True
    while more:
        page = pulled(rep, version, limit=2)
        sizes.append(len(page.entries))
        version, more = page.version, page.more
    assert [size for size in sizes if size] == [5, 5, 5]  # four ops and their header
    assert version == start + 6


def test_a_copied_device_goes_on_from_where_both_agree(centre: Connection, rep: Connection) -> None:
    register(rep, MINE, "local")
    for seq in (1, 2, 3):
        centre.execute(
            "INSERT INTO hub.op (op_id, tx_id, device, seq, hlc, clock, kind, tbl, row_id, digest, chain, "
            "schema_version) VALUES (%s, 't', %s, %s, 1, 1, 'update', 'team', 't', '', %s, 1)",
            [f"op{seq}", MINE, seq, bytes([seq])],
        )
    assert [call(rep, "chain_at", device=MINE, seq=seq) for seq in range(5)] == ["", "01", "02", "03", None]
    with pytest.raises(psycopg.Error) as caught:
        call(rep, "fork", device=MINE, seq=2, chain="03")
    assert caught.value.sqlstate == "SF004"
    fork = call(rep, "fork", device=MINE, seq=2, chain="02")
    assert [call(rep, "chain_at", device=fork, seq=seq) for seq in range(4)] == ["", "01", "02", None]
    # What came again under the fork's own numbers has its links there.
    centre.execute("INSERT INTO hub.repeated VALUES (%s, 3, 'op3', %s)", [fork, bytes([9])])
    assert call(rep, "chain_at", device=fork, seq=3) == "09"
    assert call(rep, "chain_at", device=MINE, seq=3) == "03"
    welcome = hello(rep, device=fork)
    assert (welcome.last_seq, welcome.last_chain) == (2, "02")
    assert welcome.code != hello(rep).code


def test_costs_come_and_go_with_the_role(centre: Connection, rep: Connection) -> None:
    register(rep, MINE, "local")
    centre.execute("INSERT INTO sfa.product (id, name) VALUES ('p', 'P')")
    centre.execute("INSERT INTO sfa.product_cost (id, product_id) VALUES ('c', 'p')")
    start = pulled(rep)
    assert entries(start, "c") == []
    centre.execute("""UPDATE sfa."user" SET role = 'manager' WHERE id = 'rep'""")
    gained = pulled(rep, start.version)
    assert [type(each).__name__ for each in entries(gained, "c")] == ["RowEntry"]
    centre.execute("""UPDATE sfa."user" SET role = 'rep' WHERE id = 'rep'""")
    lost = pulled(rep, gained.version)
    assert [type(each).__name__ for each in entries(lost, "c")] == ["ExitEntry"]
