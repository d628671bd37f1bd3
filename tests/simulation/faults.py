"""What goes wrong: crashes at statements and sends, messages lost, doubled, late and cut.

Everything is drawn from one random source, so that a seed decides it all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from sfa.store import connection as store_connection
from sfa.sync.errors import CentreUnreachable, unreachable
from sfa.sync.protocol import (
    BroughtOp,
    Digests,
    Hello,
    OpEntry,
    Page,
    Pull,
    Push,
    PushAnswer,
    RowEntry,
    RowSheet,
    Snapshot,
    Transport,
    TxEntry,
    TxOutcome,
    Welcome,
)


class Crash(BaseException):
    """The program was killed here; nothing after this point happened."""


@dataclass(slots=True)
class DiskPlan:
    """At which of a device's coming statements what happens; counted from 1, 0 for never."""

    crash_at: int = 0
    fail_at: int = 0
    failure: str = "SQLITE_FULL"
    count: int = 0
    on_crash: Callable[[], None] | None = None

    def statement(self) -> None:
        """Count a statement, and let happen what is planned for it."""
        self.count += 1
        if self.count == self.crash_at:
            if self.on_crash is not None:
                self.on_crash()
            raise Crash
        if self.count == self.fail_at:
            raise failure(self.failure)


def failure(name: str) -> sqlite3.OperationalError:
    """Return the error SQLite raises when the disk is full or another process holds the store."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = name
    error.sqlite_errorcode = getattr(sqlite3, name)
    return error


class WatchedConnection(store_connection.StoreConnection):
    """A connection whose statements are counted, and kept prepared for those who use it next.

    SQLite voids every prepared statement where one of the two settings of a transaction is set,
    and preparing them anew, with all their triggers, is half of what a small transaction costs. A
    setting is one of preparing: preparing its explanation sets it, and voids nothing. So each
    statement is prepared once under each mixture of them, told apart by a comment.
    """

    plan: DiskPlan | None = None
    keeps_statements = False
    _defers = False
    _ignores = False

    def __init__(self, *values: Any, **named: Any) -> None:
        """Open a file, with room for all statements of a schedule."""
        super().__init__(*values, **{**named, "cached_statements": 2048})

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement, unless something else is planned."""
        if self.plan is not None:
            self.plan.statement()
        if self.keeps_statements:
            if sql in _SETTINGS:
                return self._set(sql)
            if self._defers or self._ignores:
                sql += self._mixture()
        return _execute(self, sql, *values)

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement for many rows, unless something else is planned."""
        if self.plan is not None:
            self.plan.statement()
        if self._defers or self._ignores:
            sql += self._mixture()
        return _execute_many(self, sql, *values)

    def _mixture(self) -> str:
        if not self.in_transaction:
            self._defers = False  # it ends with its transaction
        return _MIXTURES[self._ignores][self._defers]

    def keep_statements(self) -> None:
        """Keep statements from now on, where this SQLite sets what it explains."""
        is_set = "PRAGMA ignore_check_constraints"
        self(f"EXPLAIN {is_set} = ON")
        self.keeps_statements = bool(_execute(self, is_set).fetchone()[0])
        _execute(self, f"{is_set} = OFF")

    def _set(self, sql: str) -> sqlite3.Cursor:
        name, value = _SETTINGS[sql]
        setattr(self, name, value)
        self(f"EXPLAIN {sql}")  # prepares a text anew each time, past the cache
        return self.cursor()


# Found once: some 3,000 statements a schedule go through here.
_execute = sqlite3.Connection.execute
_execute_many = sqlite3.Connection.executemany
_SETTINGS = {
    "PRAGMA defer_foreign_keys = ON": ("_defers", True),
    "PRAGMA ignore_check_constraints = ON": ("_ignores", True),
    "PRAGMA ignore_check_constraints = OFF": ("_ignores", False),
}
_MIXTURES = (("", " -- deferred"), (" -- unchecked", " -- unchecked, deferred"))


@contextmanager
def watched_stores() -> Iterator[None]:
    """Let every store that is opened count its statements."""
    usual = store_connection.StoreConnection
    store_connection.StoreConnection = WatchedConnection  # type: ignore[misc]
    try:
        yield
    finally:
        store_connection.StoreConnection = usual  # type: ignore[misc]


@dataclass(slots=True)
class NetPlan:
    """How often what happens to a message, and at which send the program is killed (0 for never)."""

    lost: float = 0.0
    answer_lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    cut: float = 0.0
    meanwhile: float = 0.0
    crash_at: int = 0
    count: int = 0


@dataclass(slots=True)
class Network:
    """The network of one simulation: its chance, its messages under way, who listens."""

    rng: Random
    tell: Callable[[str], None]
    meanwhile: Callable[[], None] = lambda: None
    late: list[Callable[[], object]] = field(default_factory=list)
    on_page: Callable[[str, Page], None] = lambda _user, _page: None

    def deliver_late(self) -> None:
        """Let the messages that were under way arrive now, in any order; nobody hears the answers."""
        waiting, self.late = self.late, []
        self.rng.shuffle(waiting)
        for message in waiting:
            try:
                message()
            except Exception as error:  # noqa: BLE001  the centre refuses what came too late
                self.tell(f"late message refused: {type(error).__name__}")


def _lost() -> Exception:
    return unreachable("centre", "the connection was lost")


class FaultyTransport:
    """A transport over a network that loses, doubles, delays and cuts."""

    def __init__(self, inner: Transport, user: str, network: Network, plan: NetPlan) -> None:
        """Send through ``inner`` as the plan says."""
        self._inner = inner
        self._user = user
        self._network = network
        self.plan = plan

    def _send(self, name: str, call: Callable[[], Any]) -> Any:
        plan, rng, tell = self.plan, self._network.rng, self._network.tell
        self._kill()
        if rng.random() < plan.meanwhile:
            self._network.meanwhile()
        drawn = rng.random()
        if drawn < plan.lost:
            tell(f"  {name}: lost")
            raise _lost()
        if drawn < plan.lost + plan.late:
            tell(f"  {name}: late")
            self._network.late.append(call)
            raise _lost()
        answer = call()
        if rng.random() < plan.doubled:
            tell(f"  {name}: twice")
            answer = call()
        self._kill()
        if rng.random() < plan.answer_lost:
            tell(f"  {name}: answer lost")
            raise _lost()
        return answer

    def _kill(self) -> None:
        self.plan.count += 1
        if self.plan.count == self.plan.crash_at:
            raise Crash

    def hello(self, hello: Hello) -> Welcome:
        """Pass on a hello."""
        found: Welcome = self._send("hello", lambda: self._inner.hello(hello))
        return found

    def register(self, device: str, name: str, local_author: str, schema_version: int) -> Welcome:
        """Pass on a registration."""
        call = lambda: self._inner.register(device, name, local_author, schema_version)  # noqa: E731
        found: Welcome = self._send("register", call)
        return found

    def chain_at(self, device: str, seq: int) -> str | None:
        """Pass on a question for a link."""
        found: str | None = self._send("chain_at", lambda: self._inner.chain_at(device, seq))
        return found

    def fork(self, device: str, seq: int, chain: str) -> str:
        """Pass on a fork."""
        found: str = self._send("fork", lambda: self._inner.fork(device, seq, chain))
        return found

    def not_taken(self, device: str) -> tuple[TxOutcome, ...] | None:
        """Pass on the question for what was not taken."""
        found: tuple[TxOutcome, ...] | None = self._send("not_taken", lambda: self._inner.not_taken(device))
        return found

    def push(self, push: Push) -> PushAnswer:
        """Pass on a batch."""
        found: PushAnswer = self._send("push", lambda: self._inner.push(push))
        return found

    def pull(self, pull: Pull) -> Page:
        """Pass on a question for news, and show the answer to who listens."""
        short = Pull(pull.device, pull.version, self._network.rng.choice((1, 5, 20, pull.limit)))
        found: Page = self._send("pull", lambda: self._inner.pull(short))
        self._network.on_page(self._user, found)
        return found

    def snapshot(self) -> Snapshot:
        """Pass on a snapshot, which may be cut in the middle."""
        found: Snapshot = self._send("snapshot", self._inner.snapshot)
        if self._network.rng.random() < self.plan.cut:
            return Snapshot(found.version, found.batch, self._cut(found.sheets))
        return found

    def _cut(self, sheets: Iterator[RowSheet]) -> Iterator[RowSheet]:
        left = self._network.rng.randint(0, 40)
        for sheet in sheets:
            if len(sheet.rows) > left:
                yield replace(sheet, rows=sheet.rows[:left])
                self._network.tell("  snapshot: cut")
                raise _lost()
            left -= len(sheet.rows)
            yield sheet

    def ask_digests(self) -> None:
        """Pass on that digests will be asked for: no message of its own goes wrong by that."""
        self._inner.ask_digests()

    def digests(self) -> Digests:
        """Pass on a question for digests."""
        found: Digests = self._send("digests", self._inner.digests)
        return found

    def row_digests(self, table: str) -> Mapping[str, int]:
        """Pass on a question for a table's digests."""
        found: Mapping[str, int] = self._send("row_digests", lambda: self._inner.row_digests(table))
        return found

    def rows(self, table: str, ids: Sequence[str]) -> tuple[RowEntry, ...]:
        """Pass on a question for rows."""
        found: tuple[RowEntry, ...] = self._send("rows", lambda: self._inner.rows(table, ids))
        return found

    def bring_back(self, transactions: Sequence[TxEntry], ops: Sequence[BroughtOp]) -> int:
        """Pass on ops for a centre that lost them."""
        found: int = self._send("bring_back", lambda: self._inner.bring_back(transactions, ops))
        return found

    def history(self, table: str, row_id: str) -> tuple[TxEntry | OpEntry, ...]:
        """Pass on a question for a row's history."""
        found: tuple[TxEntry | OpEntry, ...] = self._send(
            "history", lambda: self._inner.history(table, row_id)
        )
        return found

    def close(self) -> None:
        """End the connection."""


__all__ = [
    "CentreUnreachable",
    "Crash",
    "DiskPlan",
    "FaultyTransport",
    "NetPlan",
    "Network",
    "watched_stores",
]
