"""The centre over a direct connection to PostgreSQL: every call is one function of schema ``api``.

Nothing is decided here: the rules are the centre's. Everything has a time limit.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sfa.errors import SfaError
from sfa.sync import silence, wire
from sfa.sync.address import settings_of
from sfa.sync.asked import Asked
from sfa.sync.errors import SchemaRefused, silent
from sfa.sync.meaning import meaning
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
    TxEntry,
    TxOutcome,
    Welcome,
)

CONNECT_TIMEOUT_S = 10
CALL_TIMEOUT_S = 120
_ROWS_A_LINE = 500
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", ""})

# A dead network is noticed within half a minute, also in the middle of an answer.
_LIVENESS = {
    "connect_timeout": CONNECT_TIMEOUT_S,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "application_name": "sfa",
}


@dataclass(slots=True)
class Traffic:
    """Bytes of the messages sent and received so far."""

    sent: int = 0
    received: int = 0


def connection_info(url: str, password: str | None) -> str:
    """Return libpq's settings for an address: TLS is verified in full unless it is this machine.

    Raises:
        InvalidInput: the address is no PostgreSQL address.
    """
    given = settings_of(url)
    settings: dict[str, Any] = {**_LIVENESS, **given}
    settings.setdefault("sslmode", "prefer" if is_local(given) else "verify-full")
    if settings["sslmode"] == "verify-full":
        settings.setdefault("sslrootcert", "system")
    settings.setdefault("options", f"-c statement_timeout={CALL_TIMEOUT_S}s -c lock_timeout=30s")
    if password is not None:
        settings["password"] = password
    return make_conninfo("", **settings)


def is_local(settings: Mapping[str, Any]) -> bool:
    """Say whether an address is this machine: a socket or the loopback."""
    host = str(settings.get("host") or "")
    return host in _LOOPBACK or host.startswith("/")


class PostgresTransport:
    """One connection of one user, opened when it is first needed."""

    def __init__(self, url: str, *, password: str | None = None) -> None:
        """Keep the address; the connection is made by the first call."""
        self._info = connection_info(url, password)
        self._connection: psycopg.Connection[Any] | None = None
        self._watch: silence.Watch | None = None
        self._snapshot: Generator[str] | None = None
        self._asked: Asked | None = None
        self.traffic = Traffic()
        parts = conninfo_to_dict(self._info)
        self.address = f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}"

    def hello(self, hello: Hello) -> Welcome:
        """Compare device and centre."""
        return wire.simple(Welcome, self._call("hello", wire.to_json(hello)))

    def register(self, device: str, name: str, local_author: str, schema_version: int) -> Welcome:
        """Make the device known, and the local author as the signed-in user."""
        question = {
            "device": device,
            "name": name,
            "local_author": local_author,
            "schema_version": schema_version,
        }
        return wire.simple(Welcome, self._call("register", json.dumps(question)))

    def chain_at(self, device: str, seq: int) -> str | None:
        """Return the chain link the centre has at a seq."""
        found: str | None = self._call("chain_at", json.dumps({"device": device, "seq": seq}))
        return found

    def fork(self, device: str, seq: int, chain: str) -> str:
        """Return the id of a new device that shares the old one's ops up to a seq."""
        return str(self._call("fork", json.dumps({"device": device, "seq": seq, "chain": chain})))

    def push(self, push: Push) -> PushAnswer:
        """Merge a batch."""
        return wire.answer_of(self._call("push", wire.to_json(push)))

    def not_taken(self, device: str) -> tuple[TxOutcome, ...] | None:
        """Return the user's own transactions that were not taken as they were made."""
        try:
            return wire.outcomes_of(self._call("not_taken", json.dumps({"device": device})))
        except SchemaRefused:  # a centre that was installed before does not know the question
            return None

    def pull(self, pull: Pull) -> Page:
        """Return what happened after a version and may be seen now."""
        return wire.page_of(self._call("pull", wire.to_json(pull)))

    def snapshot(self) -> Snapshot:
        """Return everything that may be seen, as it comes over the network.

        It ends with the next call: whoever goes on reading then is told so.
        """
        try:
            # Among what is selected it comes line by line; in FROM the centre would gather it first.
            return self._read(f"SELECT api.snapshot({_ROWS_A_LINE})")
        except SchemaRefused:  # a centre that was installed before knows one row a line
            return self._read("SELECT api.snapshot()")

    def _read(self, query: str) -> Snapshot:
        self._leave_snapshot()
        self._leave_asked()
        lines = self._snapshot = self._copied(query)
        head = json.loads(next(lines))
        return Snapshot(head["version"], head["batch"], self._sheets(lines))

    def _sheets(self, lines: Generator[str]) -> Iterator[RowSheet]:
        for line in lines:
            yield wire.sheet_of(line)
        if self._snapshot is not lines:
            raise RuntimeError("another call was made while a snapshot was read")

    def _leave_snapshot(self) -> None:
        """End a snapshot that is not read to its end: its connection answers nobody else meanwhile."""
        left, self._snapshot = self._snapshot, None
        if left is not None:
            with suppress(SfaError):  # the next call will say what is wrong with the connection
                left.close()

    def _copied(self, query: str) -> Generator[str]:
        with (
            self._failures(),
            self._open().cursor() as cursor,
            cursor.copy(f"COPY ({query}) TO STDOUT") as copy,
        ):
            while (row := self._next_row(copy)) is not None:
                text = str(row[0])
                self.traffic.received += len(text)
                yield text

    def _next_row(self, copy: psycopg.Copy) -> tuple[Any, ...] | None:
        """Read a row; how long the device takes between two is its own affair."""
        with self._waiting():
            return copy.read_row()

    def ask_digests(self) -> None:
        """Send the question for digests; its failure is that of ``digests``."""
        self._leave_snapshot()
        self._leave_asked()
        with suppress(psycopg.Error, SfaError):
            self._asked = Asked(self._open(), "SELECT api.digests('{}')::text")

    def digests(self) -> Digests:
        """Return counts and sums to compare with."""
        asked, self._asked = self._asked, None
        if asked is None:
            return wire.digests_of(self._call("digests", "{}"))
        with self._failures(), self._waiting():
            text = asked.answer() or ""
        self.traffic.received += len(text)
        return wire.digests_of(json.loads(text))

    def _leave_asked(self) -> None:
        """Wait for an answer that nobody came for."""
        if self._asked is not None:
            with suppress(SfaError):  # the next call will say what is wrong with the connection
                self.digests()

    def row_digests(self, table: str) -> Mapping[str, int]:
        """Return id -> digest of a table's visible live rows."""
        found: Mapping[str, int] = self._call("row_digests", json.dumps({"table": table}))
        return found

    def rows(self, table: str, ids: Sequence[str]) -> tuple[RowEntry, ...]:
        """Return the rows among the given that may be seen."""
        return tuple(
            _row(each) for each in self._call("rows", json.dumps({"table": table, "ids": list(ids)}))
        )

    def bring_back(self, transactions: Sequence[TxEntry], ops: Sequence[BroughtOp]) -> int:
        """Give foreign ops back to a centre in recovery; return how many it did not have."""
        question = {"transactions": wire.as_plain(transactions), "ops": wire.as_plain(ops)}
        return int(self._call("bring_back", json.dumps(question, ensure_ascii=False)))

    def history(self, table: str, row_id: str) -> tuple[TxEntry | OpEntry, ...]:
        """Return the ops of a visible row."""
        found = self._call("history", json.dumps({"table": table, "row_id": row_id}))
        entries = (wire.entry_of(each) for each in found)
        return tuple(each for each in entries if isinstance(each, TxEntry | OpEntry))

    def close(self) -> None:
        """End the connection."""
        self._asked = None
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, function: str, question: str) -> Any:
        self._leave_snapshot()
        self._leave_asked()
        with self._failures():
            connection = self._open()
            with self._waiting():
                row = connection.execute(f"SELECT api.{function}(%s::json)::text", (question,)).fetchone()
        text = row[0] if row else None
        self.traffic.sent += len(question)
        self.traffic.received += len(text or "")
        return None if text is None else json.loads(text)

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self.close()
            self._connection = psycopg.connect(self._info, autocommit=True)
            self._watch = silence.Watch(self._connection.fileno(), silence.LIMIT_S)
        return self._connection

    def _waiting(self) -> AbstractContextManager[None]:
        return self._watch.waiting() if self._watch is not None else nullcontext()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        """Raise our error for what psycopg raises."""
        try:
            yield
        except psycopg.Error as error:
            if self._watch is not None and self._watch.has_ended_it:
                raise silent(self.address, silence.LIMIT_S) from error
            raise meaning(error, self.address) from error


def _row(plain: Mapping[str, Any]) -> RowEntry:
    return wire.simple(RowEntry, plain)
