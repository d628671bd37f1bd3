"""The model centre: what docs/sync-protocol.md says, in plain Python.

``ModelCentre`` is the database and its administrators; ``ModelTransport`` the calls one
signed-in user makes. Clock and ids are given, so that a seed decides everything.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sfa import clock
from sfa.errors import msg
from sfa.fields import TABLES
from sfa.store.capture import digest_of, link_of
from sfa.store.personal import erased_columns
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.errors import DeviceRefused, SchemaRefused, forked, gap, read_only
from sfa.sync.protocol import (
    BroughtOp,
    Differs,
    Digests,
    Entry,
    Hello,
    OpEntry,
    Outcome,
    Page,
    Pull,
    Push,
    PushAnswer,
    PushedOp,
    PushedTx,
    RowEntry,
    Snapshot,
    TableDigest,
    TxEntry,
    TxOutcome,
    Value,
    Welcome,
)
from sfa.terms import ChangeKind, OpKind
from tests.simulation.centre.erasing import erased_since, forget_names, is_erased
from tests.simulation.centre.feed import Filter, Gains, Seen, seen_by_whom, sheets_of
from tests.simulation.centre.merging import FAR_AHEAD_MS, Writing
from tests.simulation.centre.quotes import mended
from tests.simulation.centre.rules import HELD, Judge
from tests.simulation.centre.shapes import Shapes
from tests.simulation.centre.sight import REFERENCES, Sight
from tests.simulation.centre.state import CAPTURED, CENTRE, Central, Device, Op, State, Tx

VERSIONS_BACK = 2
_MODULUS = 1 << 60
_HASHED = {
    name: tuple(each for each in columns if each != "deleted_at") for name, columns in CAPTURED.items()
}


def row_digest(table: str, row_id: str, values: Mapping[str, Value]) -> int:
    """Return the digest of a row as the page says it."""
    return _digest((row_id, *[values[name] for name in _HASHED[table]]))


@functools.lru_cache(maxsize=1 << 14)
def _digest(parts: tuple[Value, ...]) -> int:
    """Return the digest of a row's values; most rows are those of the schedule before."""
    text = "".join(["-" if part is None else f"{len(said := str(part))}:{said}" for part in parts])
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:15], 16)


def _digests_of(told: Filter, table: str) -> dict[str, int]:
    return {
        entry.row_id: row_digest(table, entry.row_id, entry.values)
        for entry in told.visible(table)
        if entry.values["deleted_at"] is None
    }


def _total(told: Filter, table: str) -> TableDigest:
    found = _digests_of(told, table)
    return TableDigest(table, len(found), sum(found.values()) % _MODULUS)


class ModelCentre:
    """A centre, its backups and its administrators."""

    def __init__(self, organisation: str, shapes: Shapes, *, now_ms: Callable[[], int]) -> None:
        """Begin with no rows; ``now_ms`` is the centre's wall clock."""
        self.state = State(organisation)
        self.epoch = "epoch-0"
        self.in_recovery = False
        self.is_read_only = False
        self._shapes = shapes
        self._now_ms = now_ms
        self._ids = 0
        self._epochs = 0
        self._sight: Sight | None = None
        self._seen: Seen = {}

    # ---- what an operator does

    def backup(self) -> State:
        """Return a copy of everything the database holds."""
        return self.state.copied()

    def restore(self, backup: State) -> None:
        """Go back to a backup: another epoch, and devices are asked for what is missing."""
        self.put_back(backup)
        self.in_recovery = True
        self.change_epoch()

    def put_back(self, backup: State) -> None:
        """Be as at another time, as if nothing had come after it."""
        self.state = backup.copied()
        self._sight, self._seen = None, {}

    def change_epoch(self) -> None:
        """Become another centre to the devices."""
        self._epochs += 1
        self.epoch = f"epoch-{self._epochs}"

    def set_up(self, rows: Iterable[tuple[str, str, Mapping[str, Value]]]) -> None:
        """Write the rows a new centre starts with."""
        self.edit(rows, author=None)
        for op_id in self.state.feed[-1].ops:
            self.state.ops[op_id].is_set_up = True

    def edit(self, rows: Iterable[tuple[str, str, Mapping[str, Value]]], *, author: str | None) -> list[bool]:
        """Insert or change rows by SQL as an administrator; say which ones the tables could hold."""
        writing = self._writing(0)
        done = []
        for table, row_id, given in rows:
            is_quote = table == "quote"
            values = mended(self.state.row(table, row_id), given, writing.today()) if is_quote else given
            done.append(writing.write_own(table, row_id, values, author=author))
        self._commit(writing)
        return done

    def allow(self, user: str, *, active: bool = True) -> None:
        """Let a user sign in, or no longer."""
        self.state.logins[user] = active

    def new_id(self) -> str:
        """Return an id nobody had before, also after a restore."""
        self._ids += 1
        return f"00000000-0000-7000-8000-{self._ids:012x}"

    def skip_ids(self, to: int) -> None:
        """Give ids from a number on: those before it were given by the centre this one was copied from."""
        self._ids = max(self._ids, to)

    # ---- sight

    def sight(self) -> Sight:
        """Return who sees what now."""
        if self._sight is None:
            self._sight = Sight(self.state)
            self._seen = seen_by_whom(self.state, self._sight)
        return self._sight

    def _sight_amid(self, writing: Writing) -> Sight:
        """Return who sees what before a transaction: its own ops change nothing about that."""
        if not writing.resight:
            return self.sight()
        found = Sight(self.state)
        seen_by_whom(self.state, found)
        return found

    def filter(self, user: str) -> Filter:
        """Return what a user may be told now."""
        return Filter(self.state, self.sight(), user)

    # ---- writing

    def _writing(self, cursor: int) -> Writing:
        self.sight()
        return Writing(self.state, self._shapes, self._now_ms(), self.new_id, cursor=cursor)

    def _commit(self, writing: Writing) -> None:
        """Number the central transaction and note who gained and lost sight of what."""
        state = self.state
        if not writing.ops:
            return
        told = {state.ops[op_id].tx_id for op_id in writing.ops}
        headers = [header for tx_id, header in writing.headers.items() if tx_id in told]
        central = Central(writing.version, self.new_id(), headers, writing.ops)
        before = self._seen
        self._sight = Sight(state)
        if writing.resight:
            self._seen = seen_by_whom(state, self._sight)
            gains = Gains(state, writing.touched, before, self._seen)
            central.rows, central.exits = gains.rows(), gains.exits()
            for key, users in gains.lost():
                state.lost.setdefault(key, set()).update(users)
        else:
            # What a transaction made that was not merged after all is not there.
            made = (
                key for key, old in writing.touched.items() if old is None and state.row(*key) is not None
            )
            new = {key: self._sight.of(*key) for key in made}
            self._seen = {**before, **new}
            self._sight.recall(self._seen)
        state.feed.append(central)

    def push(self, user: str, push: Push) -> PushAnswer:
        """Merge a batch as one central transaction."""
        if self.is_read_only:
            raise read_only()
        device = self._device(user, push.device)
        self._check_prefix(device, push)
        for header in push.transactions:
            if header.tx_id not in self.state.txs:
                author = device.aliases.get(str(header.author), header.author)
                self.state.txs[header.tx_id] = Tx(header, device.device, author)
        loses = any(
            user in each.users for central in self.state.feed[device.cursor :] for each in central.exits
        )
        for pushed in push.ops:
            self._receive(device, pushed, loses=loses)
        self._forget_names(device, push)
        writing = self._writing(device.cursor)
        for header in self._whole(device, push.transactions):
            self._settle(writing, device, header)
        self._commit(writing)
        outcomes = tuple(self._outcome(header) for header in push.transactions)
        return PushAnswer(len(device.log), outcomes, tuple(self._differing(device, push)))

    def _forget_names(self, device: Device, push: Push) -> None:
        erased = erased_since(self.state, device)
        for header in push.transactions if erased else ():
            ops = device.log[header.first_seq - 1 : header.last_seq]
            forget_names(self.state.txs[header.tx_id], (self.state.ops[each] for each in ops), erased)

    def _device(self, user: str, device_id: str) -> Device:
        if not self.state.logins.get(user, False):
            raise DeviceRefused(msg("The centre refuses this device or user."))
        device = self.state.devices.get(device_id)
        if device is None or device.is_revoked or device.user != user:
            raise DeviceRefused(msg("The centre refuses this device or user."))
        return device

    def _check_prefix(self, device: Device, push: Push) -> None:
        if push.from_seq > len(device.log) + 1:
            raise gap()
        if device.link(push.from_seq - 1) != (push.prefix_chain or ""):
            raise forked()
        for op in push.ops:
            if op.seq <= len(device.log) and device.log[op.seq - 1] != op.op_id:
                raise forked()

    def _receive(self, device: Device, pushed: PushedOp, *, loses: bool) -> None:
        """Store an op that is new, and lengthen the device's chain."""
        if pushed.seq <= len(device.log):
            return
        if pushed.seq != len(device.log) + 1:
            raise gap()
        previous = bytes.fromhex(device.link(pushed.seq - 1) or "")
        where = (pushed.kind, pushed.table, pushed.row_id)
        digest = bytes.fromhex(pushed.digest)
        device.log.append(pushed.op_id)
        device.chain.append(link_of(previous, pushed.op_id, pushed.tx_id, pushed.hlc, where, digest).hex())
        if pushed.op_id not in self.state.ops:
            header = self.state.txs[pushed.tx_id].header
            author = device.aliases.get(str(header.author), header.author)
            self._store(device, pushed, author).is_told_whole = loses

    def _store(self, device: Device, pushed: PushedOp | BroughtOp, author: str | None) -> Op:
        now = self._now_ms()
        is_ahead = pushed.hlc >> clock.HLC_COUNTER_BITS > now + FAR_AHEAD_MS
        device.is_clock_wrong = device.is_clock_wrong or is_ahead
        reading = now << clock.HLC_COUNTER_BITS if is_ahead else pushed.hlc
        made = json.loads(pushed.changes) if pushed.changes is not None else None
        read = self._read(device, pushed.table, made)
        op = Op(
            pushed.op_id, pushed.tx_id, device.device, author, pushed.hlc, reading, pushed.kind, pushed.table,
            pushed.row_id, pushed.changes, read, pushed.salt, pushed.digest, pushed.schema_version,
            is_read_otherwise=read != made,
        )  # fmt: skip
        self.state.ops[op.op_id] = op
        self.state.ops_of_row.setdefault((op.table, op.row_id), []).append(op.op_id)
        return op

    @staticmethod
    def _read(device: Device, table: str, made: dict[str, list[Any]] | None) -> dict[str, list[Any]] | None:
        users = {column for column, target in REFERENCES.get(table, ()) if target == "user"}
        if made is None:
            return None
        return {
            name: [*(device.aliases.get(value, value) for value in change[:2]), *change[2:]]
            if name in users
            else change
            for name, change in made.items()
        }

    def _whole(self, device: Device, headers: Iterable[PushedTx]) -> list[PushedTx]:
        """Return the transactions whose last op is there."""
        return [
            header
            for header in sorted(headers, key=lambda h: h.first_seq)
            if header.last_seq <= len(device.log)
        ]

    def _settle(self, writing: Writing, device: Device, header: PushedTx) -> None:
        tx = self.state.txs[header.tx_id]
        if tx.outcome is not Outcome.STAGED:
            self._complete(writing, device, header, tx)
            return
        if header.kind == ChangeKind.SYSTEM and header.first_seq == 1:
            tx.outcome = Outcome.IGNORED
            return
        ops = [self.state.ops[op_id] for op_id in device.log[header.first_seq - 1 : header.last_seq]]
        if any(self._is_forged(op) for op in ops):
            tx.outcome, tx.reason = Outcome.QUARANTINED, "invalid"
            return
        sight = self._sight_amid(writing)
        of_its_user = [op for op in ops if op.table == "user" and op.row_id in device.aliases]
        rest = [op for op in ops if op not in of_its_user]
        writing.transaction(tx, rest, Judge(self.state, sight, device.user))
        if self.state.txs[header.tx_id].outcome is Outcome.APPLIED:
            for op in of_its_user:  # the centre knows that user better
                op.version, op.took, op.read = writing.version, (), {}

    def _complete(self, writing: Writing, device: Device, header: PushedTx, tx: Tx) -> None:
        """Merge what a bringing back left out of a transaction: its bringer did not see all of it."""
        ops = [self.state.ops[op_id] for op_id in device.log[header.first_seq - 1 : header.last_seq]]
        if tx.outcome is Outcome.APPLIED and not all(op.version for op in ops):
            writing.transaction(tx, ops, None)

    @staticmethod
    def _is_forged(op: Op) -> bool:
        if op.changes is None or op.salt is None or op.digest is None:
            return False
        return digest_of(bytes.fromhex(op.salt), op.changes).hex() != op.digest

    def _outcome(self, header: PushedTx) -> TxOutcome:
        tx = self.state.txs[header.tx_id]
        return TxOutcome(header.tx_id, tx.outcome, tx.reason, tx.proposal_id)

    def _differing(self, device: Device, push: Push) -> Iterable[Differs]:
        """Return where the centre holds something else than the batch's last op on a column wrote."""
        last: dict[tuple[str, str], dict[str, tuple[str, Value]]] = {}
        for header in self._whole(device, push.transactions):
            for op_id in device.log[header.first_seq - 1 : header.last_seq]:
                op = self.state.ops[op_id]
                made = json.loads(op.changes) if op.changes is not None else {}
                if op.table in TABLES:
                    wrote = last.setdefault((op.table, op.row_id), {})
                    if op.kind == OpKind.ERASE:  # names what it leaves a placeholder in, and empties the rest
                        wrote.update(dict.fromkeys(erased_columns(op.table), (op_id, None)))
                    wrote.update({name: (op_id, change[0]) for name, change in made.items()})
        told = self.filter(device.user)
        for (table, row_id), wrote in last.items():
            row = self.state.row(table, row_id)
            if row is None or not told.sees(table, row_id) or told.row(table, row_id, row) is None:
                yield Differs(table, row_id, None)
                continue
            columns = {
                name: (told.value(table, name, row.values[name]), row.writer(name))
                for name, (op_id, new) in wrote.items()
                if name in row.values and (row.writer(name) != op_id or row.values[name] != new)
            }
            if columns:
                yield Differs(table, row_id, columns)

    # ---- recovery

    def bring_back(self, user: str, transactions: Sequence[TxEntry], ops: Sequence[BroughtOp]) -> int:
        """Merge ops of others that this centre lost; nothing outside a recovery."""
        if not self.in_recovery:
            return 0
        writing, new = self._writing(self.state.version), 0
        headers = {entry.tx_id: entry for entry in transactions}
        for tx_id, its in _by_tx(ops).items():
            # Whoever sends an op twice has sent it.
            fresh = list({op.op_id: op for op in its if op.op_id not in self.state.ops}.values())
            if fresh and tx_id in headers:
                new += self._bring(writing, user, headers[tx_id], fresh)
        self._commit(writing)
        return new

    def _bring(self, writing: Writing, user: str, entry: TxEntry, ops: list[BroughtOp]) -> int:
        """Merge what its bringer may do and see; the rest is forgotten: its device can push it."""
        origin = Device(entry.device, "", "", {})
        header = PushedTx(
            entry.tx_id, 0, 0, entry.kind, entry.name, entry.arguments, entry.author, entry.at, entry.undoes
        )
        is_new = entry.tx_id not in self.state.txs
        tx = self.state.txs.setdefault(entry.tx_id, Tx(header, entry.device, entry.author))
        stored = [self._store(origin, op, op.author) for op in ops]
        good = [op for op in stored if not self._is_forged(op)]
        forget_names(tx, good, {op.row_id for op in good if is_erased(self.state, op)})
        sight = self._sight_amid(writing)
        judge = Judge(self.state, sight, user, brings=True)
        is_merged = bool(good) and writing.transaction(tx, good, judge, holds=False)
        for op in stored:
            if not is_merged or op not in good:
                writing.forget(op.op_id)
        if not is_merged and is_new:
            del self.state.txs[entry.tx_id]
        return len(good) if is_merged else 0


def _by_tx(ops: Sequence[BroughtOp]) -> dict[str, list[BroughtOp]]:
    found: dict[str, list[BroughtOp]] = {}
    for op in ops:
        found.setdefault(op.tx_id, []).append(op)
    return found


class ModelTransport:
    """The calls of one signed-in user. Conforms to ``sfa.sync.protocol.Transport``."""

    def __init__(self, centre: ModelCentre, user: str) -> None:
        """Call a centre as a user."""
        self._centre = centre
        self._user = user

    # ---- who is who

    def hello(self, hello: Hello) -> Welcome:
        """Compare device and centre."""
        state = self._centre.state
        self._check(hello.schema_version)
        device = state.devices.get(hello.device)
        if device is not None:
            self._centre._device(self._user, hello.device)
            device.cursor = hello.version
        return self._welcome(device, hello)

    def _check(self, schema_version: int) -> None:
        if not self._centre.state.logins.get(self._user, False):
            raise DeviceRefused(msg("The centre refuses this device or user."))
        if not SCHEMA_VERSION - VERSIONS_BACK <= schema_version <= SCHEMA_VERSION:
            raise SchemaRefused(msg("The centre and this device are too far apart."))

    def _welcome(self, device: Device | None, hello: Hello | None) -> Welcome:
        centre, state = self._centre, self._centre.state
        user = state.values_of("user", self._user) or {}
        return Welcome(
            registered=device is not None,
            last_seq=len(device.log) if device is not None else 0,
            last_chain=(device.link(len(device.log)) or "") if device is not None else "",
            epoch=centre.epoch,
            version=state.version,
            knows_cursor=hello is not None and self._knows(hello),
            in_recovery=centre.in_recovery,
            user_id=self._user,
            user_name=str(user.get("name")),
            role=str(user.get("role")),
            code=device.code if device is not None else "",
            organisation=state.organisation,
            now_ms=centre._now_ms(),
            schema_version=SCHEMA_VERSION,
        )

    def _knows(self, hello: Hello) -> bool:
        if hello.version == 0:
            return hello.batch is None
        feed = self._centre.state.feed
        return hello.version <= len(feed) and feed[hello.version - 1].batch == hello.batch

    def register(self, device: str, name: str, local_author: str, schema_version: int) -> Welcome:
        """Make a device known, and its local author as the signed-in user."""
        del name
        self._check(schema_version)
        devices = self._centre.state.devices
        if device not in devices:
            devices[device] = Device(device, self._user, f"{len(devices) + 1:03d}", {})
        found = self._centre._device(self._user, device)
        if local_author != self._user:
            found.aliases[local_author] = self._user
        return self._welcome(found, None)

    def chain_at(self, device: str, seq: int) -> str | None:
        """Return the link at a seq."""
        return self._centre._device(self._user, device).link(seq)

    def fork(self, device: str, seq: int, chain: str) -> str:
        """Return a new device that shares a prefix with an old one."""
        centre = self._centre
        old = centre._device(self._user, device)
        if old.link(seq) != chain:
            raise forked()
        new = centre.new_id()
        code = f"{len(centre.state.devices) + 1:03d}"
        centre.state.devices[new] = Device(
            new, self._user, code, dict(old.aliases), old.log[:seq], old.chain[:seq]
        )
        return new

    # ---- changes

    def push(self, push: Push) -> PushAnswer:
        """Merge a batch."""
        return self._centre.push(self._user, push)

    def not_taken(self, device: str) -> tuple[TxOutcome, ...]:
        """Return what the centre holds of the user's devices and did not take as it was made."""
        centre = self._centre
        centre._device(self._user, device)
        own = {each.device for each in centre.state.devices.values() if each.user == self._user}
        return tuple(
            centre._outcome(tx.header)
            for tx in centre.state.txs.values()
            if tx.device in own and tx.outcome in HELD
        )

    def pull(self, pull: Pull) -> Page:
        """Return whole central transactions after a version, as the user may see them now."""
        state = self._centre.state
        device = self._centre._device(self._user, pull.device)
        device.cursor = pull.version
        told, entries = self._centre.filter(self._user), list[Entry]()
        version, own = pull.version, frozenset(device.log)
        for central in state.feed[pull.version :]:
            found = told.entries(central, own)
            if entries and len(entries) + len(found) > pull.limit:
                break
            entries.extend(found)
            version = central.version
        batch = state.feed[version - 1].batch if version else None
        return Page(tuple(entries), version, batch, state.version, version < state.version)

    def bring_back(self, transactions: Sequence[TxEntry], ops: Sequence[BroughtOp]) -> int:
        """Give foreign ops back."""
        return self._centre.bring_back(self._user, transactions, ops)

    # ---- rows

    def snapshot(self) -> Snapshot:
        """Return everything that may be seen."""
        told, state = self._centre.filter(self._user), self._centre.state
        sheets = [sheet for table in TABLES for sheet in sheets_of(told.visible(table))]
        return Snapshot(state.version, state.feed[-1].batch if state.feed else None, iter(sheets))

    def ask_digests(self) -> None:
        """Do nothing: here counting takes no time."""

    def digests(self) -> Digests:
        """Return counts and sums of the visible live rows."""
        state, told = self._centre.state, self._centre.filter(self._user)
        known = self._centre.sight().digests  # another one after each change of a row
        if self._user not in known:
            known[self._user] = tuple(_total(told, table) for table in TABLES)
        return Digests(state.version, state.feed[-1].batch if state.feed else None, known[self._user])

    def row_digests(self, table: str) -> Mapping[str, int]:
        """Return id -> digest of a table's visible live rows."""
        return _digests_of(self._centre.filter(self._user), table)

    def rows(self, table: str, ids: Sequence[str]) -> tuple[RowEntry, ...]:
        """Return the rows among the given that may be seen."""
        wanted = set(ids)
        told = self._centre.filter(self._user)
        return tuple(entry for entry in told.visible(table) if entry.row_id in wanted)

    def history(self, table: str, row_id: str) -> tuple[TxEntry | OpEntry, ...]:
        """Return the merged ops of a visible row, with the headers of their transactions."""
        state, told = self._centre.state, self._centre.filter(self._user)
        found: list[TxEntry | OpEntry] = []
        for op_id in state.ops_of_row.get((table, row_id), ()):
            op = state.ops[op_id]
            entry = told.op(op) if op.version else None
            if entry is None:
                continue
            headers = state.feed[op.version - 1].headers
            found.extend(header for header in headers if header.tx_id == op.tx_id and header not in found)
            found.append(entry)
        return tuple(found)

    def close(self) -> None:
        """End the connection."""


__all__ = ["CENTRE", "ModelCentre", "ModelTransport", "row_digest"]
