"""One store as the engine of a sync uses it: a method that changes something is one local transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sfa.finding.news import mark_news_seen
from sfa.finding.organisation import setting
from sfa.finding.outcomes import mark_seen
from sfa.store import change, lease
from sfa.store.connection import StoreConnection, open_writing, unusable
from sfa.store.erasure import is_sweep_due, remove_left, sweep
from sfa.store.first_load import PAYS_FROM, pages_written_once
from sfa.store.garbage import no_looks
from sfa.store.log import FORMER_DEVICES
from sfa.store.schema import ready
from sfa.store.version import SCHEMA_VERSION
from sfa.sync.device import (
    acknowledging,
    bringing,
    digests,
    joining,
    loading,
    outbox,
    parking,
    repairing,
    state,
)
from sfa.sync.device.applying import apply_page
from sfa.sync.device.coming import begun
from sfa.sync.device.leaving import forget_unshown
from sfa.sync.protocol import (
    MAX_BYTES,
    MAX_OPS,
    BroughtOp,
    Hello,
    OpEntry,
    Page,
    Push,
    PushAnswer,
    PushedTx,
    RowEntry,
    Snapshot,
    TableDigest,
    TxEntry,
    TxOutcome,
    Welcome,
)


class Device:
    """A store and what it remembers of its syncs.

    Raises of every method: ``StoreUnusable`` when the store cannot be read, locked or
    written; nothing of the call is left in it then.
    """

    def __init__(self, connection: StoreConnection, path: Path | None = None) -> None:
        """Work on an open connection; ``open`` is the usual way."""
        self.connection = connection
        self._path = path or Path()

    @classmethod
    def open(cls, home: Path) -> Device:
        """Open the store of a home, made or brought to this program's schema when need be."""
        path = ready(home)
        return cls(open_writing(path), path)

    @classmethod
    def on(cls, connection: StoreConnection) -> Device:
        """Use a connection that somebody else opens and closes."""
        return cls(connection)

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    # What the store is

    @property
    def device_id(self) -> str:
        """Return this device's id."""
        return state.device_id(self.connection)

    @property
    def user_id(self) -> str:
        """Return the store's user: a local one before the first login."""
        return state.user_id(self.connection)

    @property
    def centre(self) -> str | None:
        """Return the address of the centre this store is signed in to."""
        return state.centre(self.connection)

    @property
    def head_seq(self) -> int:
        """Return the number of the last own op."""
        return outbox.head_seq(self.connection)

    @property
    def acked_seq(self) -> int:
        """Return the last own op that the centre answered."""
        return state.acked_seq(self.connection)

    @property
    def cursor(self) -> state.Cursor:
        """Return how far the feed was applied."""
        return state.cursor(self.connection)

    @property
    def epoch(self) -> str | None:
        """Return the epoch of the cursor; ``None`` before the first load."""
        return state.epoch(self.connection)

    def chain(self, seq: int) -> str | None:
        """Return the chain link at an own op, "" at 0, ``None`` past the head."""
        return outbox.chain(self.connection, seq)

    def hello(self, now_ms: int) -> Hello:
        """Return what the device says of itself; ``now_ms`` is its uncorrected wall clock."""
        at, head = state.place(self.connection), self.head_seq
        acked = min(at.acked_seq, head)
        return Hello(
            device=at.device,
            head_seq=head,
            acked_seq=acked,
            acked_chain=self.chain(acked) or "",
            epoch=at.epoch,
            version=at.cursor.version,
            batch=at.cursor.batch,
            now_ms=now_ms,
            schema_version=SCHEMA_VERSION,
        )

    def met(self, welcome: Welcome, now_ms: int) -> None:
        """Remember what the centre said: whose store this is from now on, and how its clock stands to ours.

        Raises:
            Refused: another user of the centre has signed in to this store before.
        """
        if parking.is_waiting(self.connection):
            with self._changing():
                parking.unpark(self.connection)
        offset = welcome.now_ms - now_ms
        # A sync with nothing to do writes nothing but its run: every transaction waits for the disk.
        if joining.has_joined(self.connection, welcome) and state.is_clock_known(self.connection, offset):
            return
        with self._changing():
            joining.join(self.connection, welcome)
            state.keep_clock_offset(self.connection, offset)

    def local_author(self) -> str:
        """Return the author that this store's ops carried before its first login."""
        return state.local_author(self.connection)

    def schema_version(self) -> int:
        """Return the schema that ops are written in."""
        return SCHEMA_VERSION

    def remember_centre(self, url: str | None) -> None:
        """Keep the centre's address, or forget it."""
        with self._changing():
            state.put(self.connection, state.URL, url)

    def become(self, device: str, seq: int) -> None:
        """Go on as another device that shares our ops up to a seq.

        What another copy was told of shared ops this store has not heard: they are asked for again.
        """
        with self._changing():
            former = [*state.former_devices(self.connection), self.device_id]
            state.put(self.connection, FORMER_DEVICES, json.dumps(list(dict.fromkeys(former))))
            state.put(self.connection, "device_id", device)
            state.put(self.connection, state.ACKED_SEQ, str(min(seq, self.acked_seq)))
            state.put(self.connection, state.OWES_COMPARISON, "1")

    # Going out

    def has_unsent(self) -> bool:
        """Say whether something waits to be pushed."""
        return self.head_seq > self.acked_seq

    def unsent(self) -> outbox.Unsent:
        """Return how much waits to be pushed, and since when."""
        return outbox.unsent(self.connection)

    def unsent_transactions(self) -> list[PushedTx]:
        """Return the headers of the transactions that wait to be pushed, oldest first."""
        return list(outbox.unsent_transactions(self.connection))

    def batches(self, *, max_ops: int = MAX_OPS, max_bytes: int = MAX_BYTES) -> Iterator[Push]:
        """Yield what is unsent, batch by batch, as it is when each is asked for."""
        return outbox.batches(self.connection, max_ops=max_ops, max_bytes=max_bytes)

    def acknowledge(self, push: Push, answer: PushAnswer) -> None:
        """Settle a batch as the centre answered it."""
        with self._changing():
            acknowledging.acknowledge(self.connection, push, answer)

    def settle_anew(self, not_taken: Sequence[TxOutcome]) -> None:
        """Take it that of our acknowledged transactions these were not taken, and the others were."""
        with self._changing():
            acknowledging.settle_anew(self.connection, not_taken)

    def set_acknowledged(self, seq: int) -> None:
        """Take it that the centre has our ops up to a seq, and no more."""
        with self._changing():
            state.put(self.connection, state.ACKED_SEQ, str(seq))

    # Coming in

    def apply(self, page: Page) -> None:
        """Apply a page of the feed and move the cursor."""
        with self._changing():
            self._hear_clock(page)
            apply_page(self.connection, page)

    def load(self, snapshot: Snapshot) -> int:
        """Load all that may be seen, with the cursor; what is not in it leaves. Return the number of rows.

        Push first: the snapshot must hold what the centre has acknowledged.
        """
        many, sheets = begun(snapshot.sheets, PAYS_FROM)
        with no_looks(), pages_written_once(self.connection, many), self._changing():
            return loading.load(self.connection, replace(snapshot, sheets=sheets), is_many=many >= PAYS_FROM)

    def moved_to(self, epoch: str, version: int, batch: str | None) -> None:
        """Go on pulling after a version; that the store is equal to it is to be seen by comparing."""
        with self._changing():
            state.put_cursor(self.connection, state.Cursor(version, batch))
            state.put(self.connection, state.EPOCH, epoch)
            state.put(self.connection, state.OWES_COMPARISON, "1")

    # Comparing

    @property
    def owes_comparison(self) -> bool:
        """Say whether the store is to be compared: it went to another epoch, or became another device."""
        return change.local_state(self.connection, state.OWES_COMPARISON) is not None

    def compared(self) -> None:
        """Take it that the store was compared, and is what the centre shows this user."""
        if self.owes_comparison:
            with self._changing():
                forget_unshown(self.connection)
                state.put(self.connection, state.OWES_COMPARISON, None)

    def digests(self) -> tuple[TableDigest, ...]:
        """Return count and sum of every table's live rows."""
        return digests.table_digests(self.connection)

    def row_digests(self, table: str) -> Mapping[str, int]:
        """Return id -> digest of a table's live rows."""
        return digests.row_digests(self.connection, table)

    def repair(self, rows: Sequence[RowEntry], gone: Mapping[str, Sequence[str]]) -> None:
        """Make rows what the centre says they are, and take away those it does not show this user.

        What was made here and is not sent yet stays.
        """
        with self._changing():
            repairing.repair(self.connection, rows, gone)

    def brought_back(self) -> Iterator[tuple[Sequence[TxEntry], Sequence[BroughtOp]]]:
        """Yield others' ops, with their transactions, that still have salt and payload, oldest first."""
        return bringing.batches(self.connection, MAX_OPS)

    def clear_away(self) -> None:
        """Remove what lies beside the store of rows that left, and the bytes of persons erased elsewhere.

        What another program's hold on the file keeps from being done now stays owed.
        """
        if not self._path.name:
            return
        with suppress(OSError, sqlite3.OperationalError):
            remove_left(self._path.parent, self.connection)
            if is_sweep_due(self.connection):
                sweep(self._path.parent)

    def renew_lease(self, now_ms: int) -> None:
        """Note beside the store that all was received now, for as many days as the organisation allows."""
        if self._path.name:
            days = lease.days_of(setting(self.connection, "lease_days"))
            lease.renew(self._path.parent, now_ms, days)

    # Bookkeeping

    def record_run(self, run: state.Run) -> None:
        """Keep a run, or renew what is kept of it."""
        # One that begins does not wait for the disk: whatever it writes next waits for both. One that
        # found nothing to do does not either: a power cut may take it, and nothing but the word of it.
        waits = run.ended_at is not None and not run.was_idle
        self.connection.execute(f"PRAGMA synchronous = {'FULL' if waits else 'NORMAL'}")
        try:
            with self._changing():
                state.record_run(self.connection, run)
        finally:
            self.connection.execute("PRAGMA synchronous = FULL")

    def runs(self, limit: int = 20) -> list[state.Run]:
        """Return the latest runs, newest first."""
        return state.runs(self.connection, limit)

    def was_verified_since(self, instant: str) -> bool:
        """Say whether store and centre were compared since an instant."""
        return state.was_verified_since(self.connection, instant)

    def mark_seen(self, transactions: Sequence[str]) -> int:
        """Keep that what became of own changes was seen; return how many were news."""
        with self._changing():
            return mark_seen(self.connection, transactions)

    def mark_news_seen(self, records: Sequence[str] | None) -> None:
        """Keep that what syncs brought to these records, or to all, was seen."""
        with self._changing():
            mark_news_seen(self.connection, records)

    def standing(self) -> state.Standing:
        """Return how this device stands to the centre."""
        return state.standing(self.connection)

    def _hear_clock(self, page: Page) -> None:
        highest = max((entry.hlc for entry in page.entries if isinstance(entry, OpEntry)), default=0)
        known = int(change.local_state(self.connection, change.HEARD_HLC) or 0)
        if highest > known:
            state.put(self.connection, change.HEARD_HLC, str(highest))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            with change.applying(self.connection):
                yield
        except sqlite3.Error as error:
            raise unusable(error, self._path) from error
