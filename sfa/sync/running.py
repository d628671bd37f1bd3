"""Signing in, syncing once, signing out: what the front ends call.

The only place where the engine meets a home, a network, the clock and chance.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sfa import clock, ids
from sfa.errors import NeedsDecision, Refused, SfaError, msg
from sfa.store import lease
from sfa.store.home import is_there, store_path
from sfa.store.version import SCHEMA_VERSION
from sfa.sync import credentials, engine
from sfa.sync.device import Device, state
from sfa.sync.engine import Progress, SyncResult, Telling
from sfa.sync.errors import CentreUnreachable, Stopped
from sfa.sync.kept import KeptStore
from sfa.sync.lock import sole
from sfa.sync.postgres import PostgresTransport, Traffic
from sfa.sync.protocol import Outcome, Pull, Transport, Welcome

ATTEMPTS = 3
_FIRST_PAUSE_S = 0.5

Sleep = Callable[[float], None]


class Line(Transport, Protocol):
    """A transport that counts its bytes."""

    traffic: Traffic


# Opens a line to an address with a password.
Connect = Callable[[str, str | None], Line]


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did, and how the device stands after it."""

    result: SyncResult
    standing: state.Standing
    bytes_out: int
    bytes_in: int

    @property
    def waits(self) -> bool:
        """Say whether something waits for the user, or a change of theirs was not taken as it is just now."""
        return bool(self.standing.to_decide or self.standing.not_applied or self.proposed)

    @property
    def proposed(self) -> int:
        """Return how many own changes became proposals, late edits among them, in this sync."""
        return sum(self.result.outcomes.get(each, 0) for each in (Outcome.PROPOSAL, Outcome.LATE))

    @property
    def received(self) -> int:
        """Return what came from others."""
        return self.result.heard + self.result.loaded


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a sync would do: ops to push; entries to pull, ``None`` for everything (the first sync)."""

    unsent: int
    waiting: int | None


def address(home: Path) -> str:
    """Return the centre's address this store is signed in to.

    Raises:
        Refused: it is signed in nowhere.
    """
    with closing(Device.open(home)) as device:
        return _address(device)


def _address(device: Device) -> str:
    found = device.centre
    if not found:
        raise Refused(
            msg("This store is not signed in to a centre."), hint=msg("Sign in with: sfa login URL.")
        )
    return found


def login(home: Path, url: str, password: str | None, *, device_name: str, keep: bool) -> Welcome:
    """Make this store a device of the centre's user; what it holds becomes that user's.

    Raises:
        Refused: the centre does not accept the login, or the store belongs to somebody else.
        SyncError: the centre cannot be reached.
        InvalidInput: the address is none.
    """
    credentials.without_password(url)
    with sole(_made(home)), closing(Device.open(home)) as device:
        with closing(PostgresTransport(url, password=password)) as transport:
            welcome = transport.register(device.device_id, device_name, device.local_author(), SCHEMA_VERSION)
        device.met(welcome, clock.wall_ms())
        device.remember_centre(url)
    if keep and password is not None:
        credentials.keep_password(url, password)
    return welcome


def _made(home: Path) -> Path:
    from sfa.store.schema import ready

    ready(home)
    return home


def logout(home: Path, *, even_unsent: bool) -> None:
    """Forget the centre and its password; the records stay on this device.

    Raises:
        NeedsDecision: changes were not pushed yet.
    """
    url = address(home)
    with sole(home), closing(Device.open(home)) as device:
        waiting = device.unsent().count
        if waiting and not even_unsent:
            raise NeedsDecision(
                msg("One change has not reached the centre yet.")
                if waiting == 1
                else msg("{count} changes have not reached the centre yet."),
                hint=msg("Run sfa sync first, or repeat it with --yes."),
                count=waiting,
            )
        device.remember_centre(None)
    lease.renew(home, 0, 0)  # there is no centre left to sync with
    credentials.forget_password(url)


def _postgres(url: str, password: str | None) -> Line:
    return PostgresTransport(url, password=password)


def _opened(home: Path, kept: KeptStore | None) -> AbstractContextManager[Device]:
    return closing(Device.open(home)) if kept is None else kept.lent()


@contextmanager
def _connected(device: Device, password: str | None, connect: Connect) -> Iterator[Line]:
    url = _address(device)
    with closing(connect(url, password or credentials.known_password(url))) as transport:
        yield transport


def mark_seen(home: Path, transactions: Sequence[str]) -> int:
    """Keep that what became of own changes was seen: they wait no longer; return how many were news.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    with closing(Device.open(home)) as device:
        return device.mark_seen(transactions)


def mark_news_seen(home: Path, records: Sequence[str] | None = None) -> None:
    """Keep that what syncs brought to these records, or to all, was seen; it is shown no more.

    Raises:
        StoreUnusable: the store cannot be written.
    """
    with closing(Device.open(home)) as device:
        device.mark_news_seen(records)


def needs_nobody(home: Path, kept: KeptStore | None = None) -> bool:
    """Say whether this store is signed in and a sync would not have to ask anybody for a password.

    ``kept`` is as ``sync`` takes it.
    """
    with _opened(home, kept) as device:
        url = device.centre
    return bool(url) and credentials.needs_nobody(str(url))


def sync(
    home: Path,
    *,
    password: str | None = None,
    verify: bool = False,
    on_progress: Telling | None = None,
    sleep: Sleep = time.sleep,
    connect: Connect = _postgres,
    kept: KeptStore | None = None,
) -> Synced:
    """Sync once, trying again a little later when the centre does not answer; every run is recorded.

    ``kept`` is the home's store as a process keeps it between its syncs; without it the store is opened
    and closed.

    Raises:
        SyncError: the centre cannot be reached, or another sync of this home is running.
        Refused: the centre does not take this user or device.
        StoreUnusable: the store cannot be written, or schemas are too far apart.
    """
    # Opened once: each time the file is closed, its log is folded in and waits for the disk.
    with (
        sole(home if kept is not None and is_there(store_path(home)) else _made(home)),
        _opened(home, kept) as device,
        _connected(device, password, connect) as transport,
    ):
        run = state.Run(ids.uuid7(clock.wall_ms()), clock.to_text(clock.utc_now()), None, "running")
        device.record_run(run)
        try:
            result = _with_patience(device, transport, run, verify, on_progress, sleep)
        except BaseException as error:
            device.record_run(_ended(run, transport, _end_of(error), problem=_problem(error)))
            raise
        standing = device.standing()
        traffic = transport.traffic
        done = Synced(result, standing, traffic.sent, traffic.received)
        run = replace(
            run,
            pushed=result.pushed,
            pulled=result.heard + result.loaded,
            conflicts=standing.conflicts,
            refused=standing.not_applied,
            verified=result.verified,
        )
        run = _ended(run, transport, "decisions" if done.waits else "ok")
        device.record_run(run)
        standing = replace(standing, last_run=run, last_success_at=run.ended_at)
        return replace(done, standing=standing, bytes_out=traffic.sent, bytes_in=traffic.received)


def _with_patience(
    device: Device,
    transport: Line,
    run: state.Run,
    verify: bool,
    on_progress: Telling | None,
    sleep: Sleep,
) -> SyncResult:
    wanted = verify or not device.was_verified_since(run.started_at[:10])

    def tell(at: Progress) -> None:
        if on_progress is not None:
            on_progress(replace(at, received=transport.traffic.received))

    for attempt in range(1, ATTEMPTS + 1):
        try:
            return engine.sync(device, transport, now_ms=clock.wall_ms, verify=wanted, on_progress=tell)
        except CentreUnreachable:
            transport.close()
            if attempt == ATTEMPTS:
                raise
            # Devices that lost the centre together do not come back together.
            sleep(_FIRST_PAUSE_S * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
    raise AssertionError("unreachable")


def _ended(run: state.Run, transport: Line, word: str, *, problem: str | None = None) -> state.Run:
    return replace(
        run,
        ended_at=clock.to_text(clock.utc_now()),
        state=word,
        bytes_out=transport.traffic.sent,
        bytes_in=transport.traffic.received,
        problem=problem,
    )


def _end_of(error: BaseException) -> str:
    if isinstance(error, Stopped | KeyboardInterrupt):
        return "stopped"
    if isinstance(error, CentreUnreachable):
        return "unreachable"
    return "refused" if isinstance(error, Refused) else "failed"


def _problem(error: BaseException) -> str:
    return str(error) if isinstance(error, SfaError) else type(error).__name__


def outlook(home: Path, *, password: str | None = None) -> Outlook:
    """Return what a sync would do, changing nothing on either side.

    Raises:
        SyncError, Refused: as ``sync``.
    """
    # Alone: the centre notes how far a device has asked, and would take a sync beside it to be there too.
    with (
        sole(_made(home)),
        closing(Device.open(home)) as device,
        _connected(device, password, _postgres) as transport,
    ):
        hello = device.hello(clock.wall_ms())
        transport.hello(hello)
        waiting = None if hello.epoch is None else _waiting(transport, hello.device, hello.version)
        return Outlook(device.unsent().count, waiting)


def _waiting(transport: Line, device: str, version: int) -> int:
    count, more = 0, True
    while more:
        page = transport.pull(Pull(device, version))
        count, version, more = count + len(page.entries), page.version, page.more
    return count
