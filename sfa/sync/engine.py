"""One sync of one device: push what is unsent, pull what is new, compare where trust is gone.

No input or output of its own: the device and the transport are given. Every step
leaves the store whole, so that a sync may end anywhere and be begun again.
Source: docs/sync-protocol.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sfa.errors import SyncError
from sfa.sync import plan
from sfa.sync.errors import CentreFailed, CentreReadOnly, Forked, Gap, gap
from sfa.sync.protocol import (
    BroughtOp,
    Digests,
    Hello,
    Outcome,
    Page,
    Pull,
    Push,
    PushAnswer,
    RowEntry,
    RowSheet,
    Snapshot,
    TableDigest,
    Transport,
    TxEntry,
    TxOutcome,
    Welcome,
)

_ROUNDS = 3  # a device that is told to say hello again does so this often
_ROWS_A_CALL = 500


class Device(Protocol):
    """What the engine needs of a store; each method that changes it is one local transaction."""

    def hello(self, now_ms: int) -> Hello:
        """Say who and where we are."""

    def chain(self, seq: int) -> str | None:
        """Return our chain link at a seq."""

    def met(self, welcome: Welcome, now_ms: int) -> None:
        """Remember what the centre said of itself and of us."""

    def local_author(self) -> str:
        """Return the author id this store's ops carried before its first login."""

    def schema_version(self) -> int:
        """Return the schema our ops are written in."""

    def set_acknowledged(self, seq: int) -> None:
        """Take it that the centre has our ops up to a seq, and no more."""

    def become(self, device: str, seq: int) -> None:
        """Go on as another device which shares our ops up to a seq."""

    def batches(self) -> Iterator[Push]:
        """Yield what is unsent, batch by batch, as it is when each is asked for."""

    def acknowledge(self, push: Push, answer: PushAnswer) -> None:
        """Take over what became of a batch."""

    def settle_anew(self, not_taken: Sequence[TxOutcome]) -> None:
        """Take it that of our acknowledged transactions these were not taken, and the others were."""

    def apply(self, page: Page) -> None:
        """Write a page together with the cursor."""

    def load(self, snapshot: Snapshot) -> int:
        """Take over everything that may be seen, with the cursor; return the number of rows."""

    def has_unsent(self) -> bool:
        """Say whether something waits to be pushed."""

    def digests(self) -> tuple[TableDigest, ...]:
        """Return counts and sums of the live rows."""

    def row_digests(self, table: str) -> Mapping[str, int]:
        """Return id -> digest of a table's live rows."""

    def repair(self, rows: Sequence[RowEntry], gone: Mapping[str, Sequence[str]]) -> None:
        """Write rows as the centre has them, and remove those it does not show us."""

    def moved_to(self, epoch: str, version: int, batch: str | None) -> None:
        """Set epoch and cursor; until it is compared, the store owes a comparison."""

    @property
    def owes_comparison(self) -> bool:
        """Say whether the store is to be compared since it went to another epoch, or another device."""

    def compared(self) -> None:
        """Take it that the store was compared."""

    def brought_back(self) -> Iterator[tuple[Sequence[TxEntry], Sequence[BroughtOp]]]:
        """Yield the received ops that can be given back to a centre which lost them."""

    def clear_away(self) -> None:
        """Remove what lies beside the store of rows that left."""

    def renew_lease(self, now_ms: int) -> None:
        """Note that everything was received now, so that the store opens for a while without a sync."""


@dataclass(slots=True)
class SyncResult:
    """What one sync did; ``heard`` are the pulled entries that are no echo of this device's own ops."""

    pushed: int = 0
    pulled: int = 0
    heard: int = 0
    loaded: int = 0
    repaired: int = 0
    brought_back: int = 0
    forked: bool = False
    verified: bool | None = None
    outcomes: dict[str, int] = field(default_factory=dict)
    held_back: SyncError | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is: ``what`` is push, pull, load or compare; ``received`` are bytes so far."""

    what: str
    done: int
    total: int | None
    received: int = 0


Telling = Callable[[Progress], None]


def sync(
    device: Device,
    transport: Transport,
    *,
    now_ms: Callable[[], int],
    verify: bool = False,
    on_progress: Telling | None = None,
) -> SyncResult:
    """Bring a device and the centre in step; what cannot be pushed now does not keep the pull.

    Raises:
        SyncError: the centre could not be reached, or takes no changes at the moment; all
            that was acknowledged and pulled before stays.
        Refused: the centre does not take this user or device.
        StoreUnusable: the store cannot be written.
    """
    run = _Run(device, transport, now_ms, on_progress or _silent)
    run.whole(verify=verify)
    return run.result


def _silent(progress: Progress) -> None:
    """Tell nobody."""


class _Run:
    """One sync, step by step."""

    def __init__(
        self, device: Device, transport: Transport, now_ms: Callable[[], int], tell: Telling
    ) -> None:
        self._device = device
        self._transport = transport
        self._now_ms = now_ms
        self._tell = tell
        self._hello: Hello
        self._welcome: Welcome
        self.result = SyncResult()

    def whole(self, *, verify: bool) -> None:
        self._come_in_line()
        try:
            self._push()
        except (CentreReadOnly, CentreFailed) as error:
            self.result.held_back = error
        if self._hello.epoch is None:
            self._load()
        elif plan.needs_comparison(self._hello, self._welcome):
            self._compare_anew()
        else:
            # Nothing was committed there since the cursor: the welcome said so.
            if self.result.pushed or self._welcome.version != self._hello.version:
                self._pull_on()
            # What the centre has of ops that both sides share may have lost a person's words since a fork.
            if verify or self._device.owes_comparison:
                self._verify()
        self._device.clear_away()
        # Also when the centre takes no changes at the moment: nobody is kept out of a store by that.
        self._device.renew_lease(self._now_ms())
        if self.result.held_back is not None:
            raise self.result.held_back

    def _come_in_line(self) -> None:
        """Say hello until the centre's log of this device is a prefix of ours."""
        for _ in range(_ROUNDS):
            hello = self._hello = self._device.hello(self._now_ms())
            welcome = self._welcome = self._transport.hello(hello)
            self._device.met(welcome, self._now_ms())
            found = plan.stand(hello, welcome, self._device.chain)
            if isinstance(found, plan.InLine):
                if found.acked_seq != hello.acked_seq:
                    self._device.set_acknowledged(found.acked_seq)
                return
            if isinstance(found, plan.Register):
                self._register(hello)
            else:
                self._fork(hello, welcome)
        raise gap()

    def _register(self, hello: Hello) -> None:
        self._transport.register(hello.device, "", self._device.local_author(), self._device.schema_version())
        self._device.set_acknowledged(0)

    def _fork(self, hello: Hello, welcome: Welcome) -> None:
        upper = min(hello.head_seq, welcome.last_seq)
        seq = plan.common_seq(
            upper, self._device.chain, lambda at: self._transport.chain_at(hello.device, at)
        )
        self._device.become(self._transport.fork(hello.device, seq, self._device.chain(seq) or ""), seq)
        self.result.forked = True

    def _push(self) -> None:
        for _ in range(_ROUNDS):
            try:
                self._push_all()
            except (Gap, Forked):
                self._come_in_line()
            else:
                return
        raise gap()

    def _push_all(self) -> None:
        for batch in self._device.batches():
            answer = self._transport.push(batch)
            self._device.acknowledge(batch, answer)
            self.result.pushed += len(batch.ops)
            for each in answer.outcomes:
                if each.outcome not in (Outcome.IGNORED, Outcome.STAGED):
                    count = self.result.outcomes.get(each.outcome, 0)
                    self.result.outcomes[each.outcome] = count + 1
            self._tell(Progress("push", self.result.pushed, None))

    def _load(self) -> None:
        self._load_anew()
        self._verify()

    def _load_anew(self) -> None:
        snapshot = self._transport.snapshot()
        snapshot = replace(snapshot, sheets=self._counted(snapshot.sheets))
        self.result.loaded = self._device.load(snapshot)
        self._device.moved_to(self._welcome.epoch, snapshot.version, snapshot.batch)
        self._tell(Progress("load", self.result.loaded, self.result.loaded))

    def _counted(self, sheets: Iterable[RowSheet]) -> Iterator[RowSheet]:
        done = told = 0
        for sheet in sheets:
            done += len(sheet.rows)
            if done - told >= _ROWS_A_CALL:
                self._tell(Progress("load", done, None))
                told = done
            yield sheet
        # The store indexes what came, and counts it: as long as the centre counts its own.
        if self._will_compare():
            self._transport.ask_digests()

    def _pull_on(self) -> None:
        """Pull from the cursor on; when another copy turns out to share our id, part from it first."""
        for _ in range(_ROUNDS):
            try:
                self._pull(self._hello.version)
            except Forked:
                self._come_in_line()
                self._push()
            else:
                return
        raise gap()

    def _pull(self, version: int) -> None:
        more = True
        while more:
            page = self._transport.pull(Pull(self._hello.device, version))
            if page.version != version:
                self._device.apply(page)
            version, more = page.version, page.more
            self.result.pulled += len(page.entries)
            self.result.heard += sum(
                getattr(entry, "device", "") != self._hello.device for entry in page.entries
            )
            self._tell(Progress("pull", version, page.newest))

    def _compare_anew(self) -> None:
        """Find one's place at a centre that is not the one the cursor was taken from."""
        # A copy of this store may have pushed again what that centre lost, and got another answer.
        if (not_taken := self._transport.not_taken(self._hello.device)) is not None:
            self._device.settle_anew(not_taken)
        if self._welcome.in_recovery:
            for transactions, ops in self._device.brought_back():
                self.result.brought_back += self._transport.bring_back(transactions, ops)
        if self._welcome.knows_cursor:
            self._device.moved_to(self._welcome.epoch, self._hello.version, self._hello.batch)
            self._pull_on()
        else:
            # No digest tells of tombstones, and what was lost with a centre left no exits.
            self._load_anew()
        self._verify()

    def _verify(self) -> None:
        """Compare counts and sums, and repair what differs; left out while something is unsent.

        A centre of another schema counts columns that are not here: nothing can be compared with it.
        """
        for _ in range(_ROUNDS):
            if not self._will_compare():
                return
            here = self._device.hello(self._now_ms()).version
            theirs = self._transport.digests()
            if theirs.version == here:
                self.result.verified = self._repair(theirs) == 0
                self._device.compared()
                return
            self._pull(here)

    def _will_compare(self) -> bool:
        return self._welcome.schema_version == self._device.schema_version() and not self._device.has_unsent()

    def _repair(self, theirs: Digests) -> int:
        """Write what differs; what still differs then needs what no digest tells, and is loaded anew.

        Taking a row away takes what hangs on it, and a row below a tombstone needs that tombstone.
        """
        found = self._repair_once(theirs)
        if found and self._repair_once(theirs) and self._repair_once(theirs):
            self._load_anew()
        self.result.repaired += found
        return found

    def _repair_once(self, theirs: Digests) -> int:
        rows: list[RowEntry] = []
        gone: dict[str, list[str]] = {}
        for table in plan.differing(self._device.digests(), theirs.tables):
            mine, central = self._device.row_digests(table), self._transport.row_digests(table)
            wrong = [row_id for row_id, digest in central.items() if mine.get(row_id) != digest]
            rows.extend(self._rows(table, wrong))
            more = [row_id for row_id in mine if row_id not in central]
            buried = self._rows(table, more)
            rows.extend(buried)
            missing = sorted(set(more) - {row.row_id for row in buried})
            if missing:
                gone[table] = missing
            self._tell(Progress("compare", len(rows), None))
        if rows or gone:
            self._device.repair(rows, gone)
        return len(rows) + sum(len(each) for each in gone.values())

    def _rows(self, table: str, ids: Sequence[str]) -> list[RowEntry]:
        """Return rows as the centre has them, tombstones too."""
        found: list[RowEntry] = []
        for start in range(0, len(ids), _ROWS_A_CALL):
            found.extend(self._transport.rows(table, ids[start : start + _ROWS_A_CALL]))
        return found
