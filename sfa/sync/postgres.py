"""The centre over a direct connection to PostgreSQL: every call is one function of schema ``api``.

Nothing is decided here: the rules are the centre's. Everything has a time limit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sfa.errors import SfaError, msg
from sfa.sync import silence, wire
from sfa.sync.address import settings_of
from sfa.sync.errors import (
    CentreFailed,
    CentreReadOnly,
    CentreUnreachable,
    DeviceRefused,
    NotSignedIn,
    SchemaRefused,
    failed,
    forked,
    gap,
    read_only,
    silent,
    unreachable,
)
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
        """Return everything that may be seen, as it comes over the network."""
        lines = self._copied(f"api.snapshot({_ROWS_A_LINE})")
        try:
            head = json.loads(next(lines))
        except SchemaRefused:  # a centre that was installed before knows one row a line
            lines = self._copied("api.snapshot()")
            head = json.loads(next(lines))
        return Snapshot(head["version"], head["batch"], (row for line in lines for row in wire.rows_of(line)))

    def _copied(self, source: str) -> Iterator[str]:
        query = f"COPY (SELECT line FROM {source} AS line) TO STDOUT"
        with self._failures(), self._open().cursor() as cursor, cursor.copy(query) as copy:
            while (row := self._next_row(copy)) is not None:
                text = str(row[0])
                self.traffic.received += len(text)
                yield text

    def _next_row(self, copy: psycopg.Copy) -> tuple[Any, ...] | None:
        """Read a row; how long the device takes between two is its own affair."""
        with self._waiting():
            return copy.read_row()

    def digests(self) -> Digests:
        """Return counts and sums to compare with."""
        return wire.digests_of(self._call("digests", "{}"))

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
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _call(self, function: str, question: str) -> Any:
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


def meaning(error: psycopg.Error, address: str) -> SfaError:
    """Return what a failure of PostgreSQL means to the user."""
    state = error.sqlstate or ""
    if state in _OWN:
        return _OWN[state](error)
    if isinstance(error, pg.ReadOnlySqlTransaction):
        return read_only()
    if isinstance(error, pg.InvalidPassword | pg.InvalidAuthorizationSpecification):
        return not_signed_in()
    if isinstance(error, pg.InsufficientPrivilege | pg.InvalidSchemaName):
        return unknown_login()
    if isinstance(error, pg.UndefinedFunction):
        return _schema()
    if isinstance(error, pg.DiskFull):
        return disk_full()
    if state and not state.startswith(_PASSING):
        return failed(error.diag.message_primary or str(error))
    text = error.diag.message_primary or str(error)
    if not state and "authentication failed" in text:
        return not_signed_in()
    if not state and "is not permitted to log in" in text:
        return _refused()
    return not_trusted(address, _gist(text)) if "certificate" in text else unreachable(address, _gist(text))


def _gist(text: str) -> str:
    """Return the last thing that was said; indented lines only advise on the one before."""
    lines = [line for line in text.splitlines() if line.strip() and not line[0].isspace()]
    return lines[-1].rstrip(".") if lines else text.strip()


def disk_full() -> SfaError:
    """Return the error for a centre that has no room; what it has can still be read."""
    return CentreReadOnly(
        msg("The centre's disk is full."),
        hint=msg("Your changes are safe on this device. Tell the administrator; then run: sfa sync."),
    )


def not_trusted(address: str, system: str) -> SfaError:
    """Return the error for a certificate that does not show that this is the centre."""
    return CentreUnreachable(
        msg("The centre {address} could not show that it is the centre; nothing was sent."),
        why=msg("The system says: {system}."),
        hint=msg("Check the name in the address and the clock; ask the administrator for the certificate."),
        address=address,
        system=system,
    )


def not_signed_in() -> SfaError:
    """Return the error for a wrong name or password."""
    return NotSignedIn(
        msg("The centre does not accept this name and password."),
        hint=msg("Sign in again with: sfa login URL. Nothing on this device is lost."),
    )


def unknown_login() -> SfaError:
    """Return the error for a login that may not use the centre."""
    return NotSignedIn(
        msg("This login is not a user of the centre."),
        why=msg("The server was reached, but it is no centre of sfa for this login."),
        hint=msg("Ask the administrator to run: sfa hub add-user."),
    )


def _not_ours(error: psycopg.Error) -> SfaError:
    """Return the error for a question that the centre does not take, by its word for the reason."""
    detail = error.diag.message_detail or ""
    return next((made() for word, made in _REASONS.items() if f'"{word}"' in detail), unknown_login())


def _of_somebody_else() -> SfaError:
    return DeviceRefused(
        msg("This store belongs to another user of the centre."),
        hint=msg("Sign in as that user, or set SFA_HOME to a folder of your own."),
    )


def _too_many_devices() -> SfaError:
    return DeviceRefused(
        msg("The centre takes no more new devices of yours today."),
        why=msg("100 were made in a day: copies of stores, or stores made anew, each are one."),
        hint=msg("Nothing on this device is lost. Sync tomorrow; meanwhile look for what copies the store."),
    )


def _too_many_authors() -> SfaError:
    return DeviceRefused(
        msg("The centre takes no more new stores of yours today."),
        why=msg("100 were signed in within a day."),
        hint=msg("Nothing on this device is lost. Sign in tomorrow."),
    )


def _too_large() -> SfaError:
    return CentreFailed(
        msg("A change of yours is larger than the centre takes at once (32 MB)."),
        why=msg("It and what was made after it wait here; everything else was received."),
        hint=msg("Nothing on this device is lost. Tell the administrator."),
    )


def _no_header() -> SfaError:
    return CentreFailed(
        msg("The log of this store lacks the beginning of a change, so the centre does not take it."),
        why=msg("It and what was made after it wait here; everything else was received."),
        hint=msg("Run: sfa doctor. A backup is brought back with: sfa backup restore FILE."),
    )


_REASONS: dict[str, Callable[[], SfaError]] = {
    "unknown_device": _of_somebody_else,
    "unknown_author": _of_somebody_else,
    "too_many_devices": _too_many_devices,
    "too_many_authors": _too_many_authors,
    "too_large": _too_large,
    "no_header": _no_header,
}


def _schema() -> SfaError:
    return SchemaRefused(
        msg("This program and the centre are of versions too far apart."),
        hint=msg("Update sfa on this device, or ask the administrator to run: sfa hub upgrade."),
    )


def _refused() -> SfaError:
    return DeviceRefused(
        msg("The centre does not take this device's changes."),
        why=msg("The user was disabled, or the device was revoked."),
        hint=msg("Ask the administrator. Nothing on this device is lost."),
    )


_OWN: dict[str, Callable[[psycopg.Error], SfaError]] = {
    "SF001": _not_ours,
    "SF002": lambda _: _schema(),
    "SF003": lambda _: gap(),
    "SF004": lambda _: forked(),
    "SF005": lambda _: read_only(),
    "SF006": lambda _: _refused(),
}

# Classes of states that pass by themselves: connections, transactions that met, resources, time limits.
_PASSING = ("08", "40", "53", "55P03", "57")
