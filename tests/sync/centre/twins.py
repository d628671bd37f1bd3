"""Two real centres that are told the same: one merges runs at once, the other op by op."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sfa.fields import TABLES
from sfa.sync.centre.tables import kept_columns
from sfa.sync.protocol import Page, Pull, Push, PushAnswer
from tests.sync.centre.real_centre import RealCentre, StoredState

# What is left out: the moment of the central transaction, and what an index or a counter alone asks for.
_MOMENTS = {"updated_at"}
_TABLES = {
    "hub.op": "op_id, tx_id, device, seq, hlc, kind, tbl, row_id, changes, digest, chain, outcome, took,"
    " author, batch",
    "hub.tx": "tx_id, device, first_seq, last_seq, kind, outcome, reason, proposal_id, author",
    "hub.row": "*",
    "hub.sight": "*",
    "hub.orphan": "*",
    "hub.lost_sight": "user_id, tbl, row_id",
    "hub.seen_before": "*",
    "hub.moved": "*",
    "hub.repeated": "*",
    "hub.device": "id, last_seq, last_chain, cursor_version",
}
_FEED = (
    "SELECT row_to_json(t)::text FROM (SELECT batch, kind, tbl, row_id, ref, users, content FROM hub.feed"
    " ORDER BY batch, ord) AS t"
)
_INSTANT = re.compile(r'"20\d\d-\d\d-\d\dT[0-9:.]+Z?(\+00:00)?"')


def merge_in_runs(centre: RealCentre, *, of: int | None) -> None:
    """Let a centre merge runs of so many ops and more at once, or none."""
    name, number = ("fewest_plain", of) if of is not None else ("most_runs", 0)
    centre.connection.execute(
        f"CREATE OR REPLACE FUNCTION hub.{name}() RETURNS integer LANGUAGE sql IMMUTABLE"
        f" AS $$ SELECT {number} $$"
    )


def contents(centre: RealCentre) -> dict[str, list[str]]:
    """Return all that a centre holds; of its own ops the ids, which it draws, by their order."""
    own = {
        row[0]: f"own {place}"
        for place, row in enumerate(
            centre.connection.execute(
                "SELECT op_id FROM hub.op WHERE device = 'centre' ORDER BY hlc"
            ).fetchall()
            + centre.connection.execute(
                "SELECT tx_id FROM hub.op WHERE device = 'centre' GROUP BY tx_id ORDER BY min(hlc)"
            ).fetchall()
        )
    }
    pattern = re.compile("|".join(map(re.escape, own)) or "(?!)")

    def told(text: str) -> str:
        return pattern.sub(lambda found: own[found[0]], text)

    found = {"hub.feed": [told(row[0]) for row in centre.connection.execute(_FEED).fetchall()]}
    kept = {
        f'sfa."{table.name}"': ", ".join(
            f'"{column.name}"' for column in kept_columns(table) if column.name not in _MOMENTS
        )
        for table in TABLES.values()
    }
    for name, columns in {**_TABLES, **kept}.items():
        where = " WHERE device <> 'centre'" if name in {"hub.op", "hub.tx"} else ""
        query = f"SELECT row_to_json(t)::text FROM (SELECT {columns} FROM {name}{where}) AS t"
        found[name] = sorted(told(row[0]) for row in centre.connection.execute(query).fetchall())
    for name in ("hub.feed", 'sfa."conflict"', 'sfa."proposal"'):
        found[name] = [_INSTANT.sub('"instant"', line) for line in found[name]]
    return found


class Twins:
    """The two, in the shape that pens use; what they answer and hold is compared after every push."""

    def __init__(self, at_once: RealCentre, one_by_one: RealCentre) -> None:
        """Take two centres of the same company."""
        self.both = (at_once, one_by_one)
        merge_in_runs(at_once, of=1)
        merge_in_runs(one_by_one, of=None)

    def at_one(self) -> None:
        """Give the second one's devices the cursors that a test set in the first."""
        for device, at in self.both[0].connection.execute("SELECT id, cursor_version FROM hub.device"):
            self.both[1].connection.execute(
                "UPDATE hub.device SET cursor_version = %s WHERE id = %s AND cursor_version <> %s",
                [at, device, at],
            )

    @property
    def state(self) -> StoredState:
        """Return what the first one holds."""
        return self.both[0].state

    def same(self) -> None:
        """Compare all that both hold."""
        left, right = map(contents, self.both)
        for name in left:
            assert left[name] == right[name], name

    def transport(self, user: str) -> TwinTransport:
        """Return a connection of a user to both."""
        return TwinTransport(self, user)


class TwinTransport:
    """One user's way to both."""

    def __init__(self, twins: Twins, user: str) -> None:
        """Connect to both."""
        self._twins = twins
        self._ways = [each.transport(user) for each in twins.both]

    def register(self, *known: Any) -> Any:
        """Make a device known to both."""
        found, _ = (way.register(*known) for way in self._ways)
        return found

    def push(self, push: Push) -> PushAnswer:
        """Push to both: they say the same, and hold the same then."""
        self._twins.at_one()
        left, right = (way.push(push) for way in self._ways)
        assert left.outcomes == right.outcomes
        assert _named(left) == _named(right)
        self._twins.same()
        return left

    def pull(self, pull: Pull) -> Page:
        """Pull from both: as many entries."""
        left, right = (way.pull(pull) for way in self._ways)
        assert (left.version, len(left.entries)) == (right.version, len(right.entries))
        return replace(left, batch=None)


def _named(answer: PushAnswer) -> list[Any]:
    """Return what differs, without who wrote it: ops of the centre have ids of their own."""
    shown: Callable[[Any], Any] = lambda columns: (  # noqa: E731
        None if columns is None else {name: value for name, (value, _) in columns.items()}
    )
    return sorted(((each.table, each.row_id, shown(each.columns)) for each in answer.differs), key=str)
