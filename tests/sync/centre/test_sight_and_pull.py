"""Random changes by an administrator: every replica made of pages equals what its user may see."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from psycopg import sql

from sfa.ids import uuid7
from tests.sync.centre.company import Replica, call, snapshot
from tests.sync.centre.conftest import Connect
from tests.sync.servers import Connection

pytestmark = pytest.mark.every_server

USERS = ("boss", "east", "west", "ann", "bob", "cid")
MANAGER = {"east": "boss", "west": "boss", "ann": "east", "bob": "east", "cid": "west"}


class World:
    """Draws changes to a small company and writes them with plain SQL."""

    def __init__(self, centre: Connection, seed: int) -> None:
        """Begin with users and two teams."""
        self.centre = centre
        self.random = random.Random(seed)  # noqa: S311  a test's dice
        self.ids: dict[str, list[str]] = {}
        for name in ("t1", "t2"):
            centre.execute('INSERT INTO sfa."team" (id, name) VALUES (%s, %s)', [name, name])
        for name in USERS:
            role = "manager" if name in {"boss", "east", "west"} else "rep"
            self.insert("user", id=name, name=name, role=role, manager_id=MANAGER.get(name), team_id="t1")
        self.insert("pipeline", id="p", name="p")
        self.insert("stage", id="s", name="s", pipeline_id="p", kind="open", position=0, category="pipeline")
        self.insert("product", id="x", name="x")

    def insert(self, table: str, **values: Any) -> str:
        values = {"id": uuid7(1), **values}
        names = sql.SQL(", ").join(map(sql.Identifier, values))
        places = sql.SQL(", ").join(sql.Placeholder() * len(values))
        query = sql.SQL("INSERT INTO sfa.{} ({}) VALUES ({})").format(sql.Identifier(table), names, places)
        self.centre.execute(query, list(values.values()))
        self.ids.setdefault(table, []).append(values["id"])
        return str(values["id"])

    def update(self, table: str, row_id: str, **values: Any) -> None:
        sets = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
        query = sql.SQL("UPDATE sfa.{} SET {} WHERE id = %s").format(sql.Identifier(table), sets)
        self.centre.execute(query, [*values.values(), row_id])

    def pick(self, table: str) -> str | None:
        known = self.ids.get(table)
        return self.random.choice(known) if known else None

    def owner(self) -> dict[str, Any]:
        owner = self.random.choice([*USERS, *USERS, None])
        return {"owner_id": owner, "team_id": self.random.choice(["t1", "t2", None])}

    def about(self) -> dict[str, Any]:
        kind = self.random.choice(["lead", "account", "contact", "deal"])
        found = self.pick(kind)
        names = dict.fromkeys(("lead_id", "account_id", "contact_id", "deal_id"))
        return {**names, f"{kind}_id": found} if found else {}

    def step(self) -> None:
        """Change something, or nothing when what it needs is not there yet."""
        dice = self.random
        makers: list[Callable[[], object]] = [
            lambda: self.insert("account", name="a", parent_id=self.pick("account"), **self.owner()),
            lambda: self.insert("lead", name="l", converted_deal_id=self.pick("deal"), **self.owner()),
            lambda: self.insert("contact", name="c", **self.owner()),
            self._deal,
            lambda: self._about("activity", kind="call", at="2026-01-01", **self.owner()),
            lambda: self.insert(
                "task",
                subject="t",
                activity_id=self.pick("activity"),
                follows_id=self.pick("task"),
                **self.owner(),
                **(self.about() if dice.random() < 0.7 else {}),
            ),
            lambda: self._linked("contact_account", contact_id="contact", account_id="account"),
            lambda: self._linked("deal_role", contact_id="contact", deal_id="deal"),
            lambda: self._linked("account_collaborator", account_id="account", user_id="user"),
            lambda: self._linked("activity_attendee", activity_id="activity", contact_id="contact"),
            lambda: self._linked("comment", activity_id="activity"),
            lambda: self._linked("phone", account_id="account"),
            lambda: self._linked("product_cost", product_id="product"),
            self._tag,
            self._hand_over,
            self._hand_over,
            self._move,
            self._bury,
            self._bury,
            self._people,
        ]
        dice.choice(makers)()

    def _deal(self) -> None:
        self.insert(
            "deal", name="d", pipeline_id="p", stage_id="s", account_id=self.pick("account"), **self.owner()
        )

    def _about(self, table: str, **values: Any) -> None:
        about = self.about()
        if about:
            self.insert(table, **values, **about)

    def _linked(self, table: str, **ends: str) -> None:
        extra: dict[str, dict[str, Any]] = {
            "deal_role": {"role": "user"},
            "comment": {"body": "b"},
            "phone": {"value": "1"},
        }
        found = {column: self.pick(other) for column, other in ends.items()}
        if all(found.values()):
            self.insert(table, **found, **extra.get(table, {}))

    def _tag(self) -> None:
        noun = self.random.choice(["deal", "account", "contact", "task"])
        self.insert("tag", noun=noun, record_id=self.pick(noun) or "gone", name="t")

    def _hand_over(self) -> None:
        table = self.random.choice(["account", "deal", "contact", "lead", "task", "activity"])
        found = self.pick(table)
        if found:
            self.update(table, found, **self.owner())

    def _move(self) -> None:
        table = self.random.choice(["deal", "activity", "task", "phone", "contact_account", "deal_role"])
        found = self.pick(table)
        if not found:
            return
        if table in {"activity", "task"}:
            about = self.about()
            if about:
                self.update(table, found, **about)
        elif table == "deal_role":
            self.update(table, found, contact_id=self.pick("contact"))
        elif self.pick("account"):
            self.update(table, found, account_id=self.pick("account"))

    def _bury(self) -> None:
        table = self.random.choice([name for name in self.ids if name not in {"user", "stage", "pipeline"}])
        found = self.pick(table)
        if found:
            self.update(table, found, deleted_at=self.random.choice(["2026-02-02", None]))

    def _people(self) -> None:
        user = self.random.choice(["ann", "bob", "cid", "west"])
        change: dict[str, Any] = self.random.choice(
            [
                {"manager_id": self.random.choice(["boss", "east", None])},
                {"team_id": self.random.choice(["t1", "t2", None])},
                {"role": self.random.choice(["rep", "manager", "admin", "read-only"])},
            ]
        )
        self.update("user", user, **change)


@pytest.mark.parametrize("seed", range(2))
def test_every_replica_made_of_pages_equals_what_its_user_may_see(
    centre: Connection, connect: Connect, add_login: Callable[[str, str], str], seed: int
) -> None:
    world = World(centre, seed)
    replicas = {
        name: Replica(connect(add_login(f"login_{name}", name)), number) for number, name in enumerate(USERS)
    }
    for turn in range(30):
        with centre.transaction():
            for _ in range(world.random.choice([1, 1, 2, 6])):
                world.step()
        for name in world.random.sample(USERS, 2) if turn < 29 else USERS:
            replica = replicas[name]
            replica.pull(world.random.choice([1, 7, 5000]))
            version, wanted = snapshot(replica.connection)
            assert replica.version == version
            wrong = [
                (
                    key,
                    {
                        name: (row[name], other and other[name])
                        for name in row
                        if not other or row[name] != other[name]
                    },
                )
                for key, row in replica.rows.items()
                if row != (other := wanted.get(key))
            ]
            assert wrong == [], (name, turn)
            assert set(wanted) - set(replica.rows) == set(), (name, turn)


def test_sight_follows_the_page_whatever_happened(
    centre: Connection, connect: Connect, add_login: Callable[[str, str], str]
) -> None:
    world = World(centre, 99)
    for _ in range(150):
        world.step()
    before = centre.execute(
        "SELECT tbl, row_id, users, everybody FROM hub.sight "
        "WHERE tbl NOT IN ('organisation', 'tag') ORDER BY 2, 1"
    ).fetchall()
    assert len(before) > 30
    now = centre.execute(
        "SELECT s.tbl, s.row_id, coalesce(n.users, '{}'), coalesce(n.everybody, s.everybody) "
        "FROM hub.sight AS s LEFT JOIN LATERAL hub.seers(s.tbl, ARRAY[s.row_id]) AS n "
        "ON true WHERE s.tbl NOT IN ('organisation', 'tag') ORDER BY 2, 1"
    ).fetchall()
    assert before == now
    seen = connect(add_login("login_ann", "ann"))
    counts = {each["table"]: each["count"] for each in call(seen, "digests")["tables"]}
    _, rows = snapshot(seen)
    live = [key[0] for key, row in rows.items() if row["deleted_at"] is None]
    assert {table: live.count(table) for table in counts} == counts


def test_a_link_made_while_its_account_is_handed_over_brings_the_new_owner(
    centre: Connection, connect: Connect
) -> None:
    World(centre, 1)
    centre.execute("INSERT INTO sfa.account (id, name, owner_id) VALUES ('a', 'A', 'ann')")
    centre.execute("INSERT INTO sfa.contact (id, name, owner_id) VALUES ('c', 'C', 'bob')")
    other = connect()
    handing_over = threading.Thread(
        target=other.execute, args=("UPDATE sfa.account SET owner_id = 'cid' WHERE id = 'a'",)
    )
    with centre.transaction():
        centre.execute("INSERT INTO sfa.contact_account (contact_id, account_id) VALUES ('c', 'a')")
        handing_over.start()
        handing_over.join(0.2)
        assert handing_over.is_alive(), "nothing kept the two apart"
    handing_over.join()
    found = centre.execute("SELECT users FROM hub.sight WHERE tbl = 'contact' AND row_id = 'c'").fetchone()
    assert found == (["bob", "boss", "cid", "east", "west"],)
