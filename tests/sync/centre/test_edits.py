"""An administrator's SQL on the central tables: ops like everybody's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from sfa.sync.centre.admin import initialise
from sfa.sync.centre.functions import EDITED
from tests.sync.centre.conftest import Connect
from tests.sync.servers import Connection


def ops(centre: Connection, row_id: str) -> list[tuple[Any, ...]]:
    rows = centre.execute(
        "SELECT op_id, kind, changes, salt, digest, device, author, tx_id, batch FROM hub.op "
        "WHERE row_id = %s ORDER BY clock",
        [row_id],
    )
    return rows.fetchall()


def test_an_insert_and_an_update_become_ops_with_the_right_base(centre: Connection) -> None:
    centre.execute("INSERT INTO sfa.team (id, name) VALUES ('t', 'East')")
    centre.execute("UPDATE sfa.team SET name = 'Orient'")
    centre.execute("UPDATE sfa.team SET name = 'Levant'")
    made, first, second = ops(centre, "t")
    assert json.loads(made[2])["name"] == ["East"]
    assert json.loads(first[2]) == {"name": ["Orient", "East", made[0]]}
    assert json.loads(second[2]) == {"name": ["Levant", "Orient", first[0]]}
    assert {each[5] for each in (made, first, second)} == {"centre"}
    assert hashlib.sha256(first[3] + first[2].encode()).digest() == first[4]
    row = centre.execute("SELECT maker, columns FROM hub.row WHERE row_id = 't'").fetchone()
    assert row == (made[0], {"name": second[0]})


def test_one_transaction_of_sql_is_one_transaction_of_ops(centre: Connection) -> None:
    with centre.transaction():
        centre.execute("INSERT INTO sfa.team (id, name) VALUES ('t', 'East'), ('u', 'West')")
        centre.execute("UPDATE sfa.team SET name = name || '!'")
    centre.execute("UPDATE sfa.team SET name = name || '?'")
    assert len({each[7] for row in "tu" for each in ops(centre, row)}) == 2
    assert len({each[8] for row in "tu" for each in ops(centre, row)}) == 2
    assert centre.execute("SELECT DISTINCT name FROM hub.tx").fetchall() == [(str(EDITED),)]


def test_an_update_that_changes_nothing_is_no_op(centre: Connection) -> None:
    centre.execute("INSERT INTO sfa.team (id, name) VALUES ('t', 'East')")
    centre.execute("UPDATE sfa.team SET name = 'East'")
    assert len(ops(centre, "t")) == 1


def test_the_author_is_the_user_of_the_login_if_any(
    centre: Connection, connect: Connect, add_login: Callable[[str, str], str]
) -> None:
    centre.execute("""INSERT INTO sfa."user" (id, name, role) VALUES ('u', 'Ada', 'admin')""")
    other = connect(add_login("ada_the_admin", "u"))
    centre.execute("GRANT sfa_owner TO ada_the_admin")
    other.execute("INSERT INTO sfa.team (id, name) VALUES ('t', 'East')")
    centre.execute("REVOKE sfa_owner FROM ada_the_admin")
    assert [each[6] for each in ops(centre, "t")] == ["u"]
    assert [each[6] for each in ops(centre, "u")] == [None]
    other.close()


def test_deleting_leaves_a_tombstone(centre: Connection) -> None:
    centre.execute("INSERT INTO sfa.team (id, name) VALUES ('t', 'East')")
    centre.execute("DELETE FROM sfa.team")
    row = centre.execute("SELECT deleted_at IS NOT NULL FROM sfa.team").fetchone()
    assert row == (True,)
    assert list(json.loads(ops(centre, "t")[1][2])) == ["deleted_at"]


@pytest.mark.parametrize("statement", ["TRUNCATE sfa.team CASCADE", "UPDATE sfa.team SET id = 'v'"])
def test_sql_cannot_remove_a_row_or_change_its_id(centre: Connection, statement: str) -> None:
    centre.execute("INSERT INTO sfa.team (id, name) VALUES ('t', 'East')")
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        centre.execute(statement)


def test_the_set_up_counts_as_seen_and_later_changes_do_not(centre: Connection) -> None:
    with centre.transaction():
        initialise(centre)
        centre.execute("INSERT INTO sfa.team (id, name) VALUES ('t', 'East')")
    found = centre.execute(
        "SELECT r.tbl, bool_and(hub.is_set_up(r.maker)) FROM hub.row AS r "
        "WHERE r.tbl IN ('stage', 'setting', 'team') GROUP BY r.tbl ORDER BY r.tbl"
    ).fetchall()
    assert found == [("setting", True), ("stage", True), ("team", False)]
