"""The one place where screens meet the store: questions in readers' threads, changes one after another.

A screen asks with a function of a connection or of a session and awaits the answer;
nothing here runs on the thread that draws. Errors come out of the ``await`` as they
were raised; ``SfaApp.report`` says them to the user.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from textual.worker import Worker, active_worker

from sfa.errors import Msg, msg
from sfa.store.connection import unusable
from sfa.store.home import identity, store_path
from sfa.store.reading import open_reading

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.store.undo import Undone

T = TypeVar("T")
Question = Callable[[sqlite3.Connection], T]
Waiting = Callable[[], None]
_READERS = 2


class Named(NamedTuple):
    """What a change is called: a text and what fills its places."""

    text: Msg | str
    arguments: dict[str, Any]


class Done(NamedTuple):
    """What a change gave back; ``name`` is ``None`` when it changed nothing."""

    value: Any
    name: Named | None


class Gateway:
    """Questions and changes of one store, off the thread that draws."""

    def __init__(self, home: Path, *, on_wait: Waiting) -> None:
        """Start no thread yet; ``on_wait`` is called from one when a change has to wait."""
        self.home = home
        self._on_wait = on_wait
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="sfa-read")
        # One thread: two quick key presses must write one after the other, and in order.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sfa-write")
        self._local = threading.local()
        self._first = threading.Lock()
        self.writing: set[Worker[Any]] = set()  # who waits for a change to be written
        self._opened: list[sqlite3.Connection] = []
        self._file: tuple[int, int] | None = None
        self._watcher: sqlite3.Connection | None = None
        self._seen = -1

    async def _written(self, future: Future[T]) -> T:
        """Wait for the writer; whoever waits is known meanwhile."""
        worker = active_worker.get(None)
        if worker is not None:
            self.writing.add(worker)
        try:
            return await asyncio.wrap_future(future)
        finally:
            if worker is not None:
                self.writing.discard(worker)

    async def read(self, question: Question[T]) -> T:
        """Ask the store.

        Raises:
            StoreUnusable: the store cannot be opened or read.
            SfaError: whatever the question raises.
        """
        return await asyncio.wrap_future(self.submit(question))

    def submit(self, question: Question[T]) -> Future[T]:
        """Ask the store from any thread; the future holds the answer."""
        return self._readers.submit(self._ask, question)

    def _ask(self, question: Question[T]) -> T:
        try:
            return question(self._connection())
        except sqlite3.Error as error:
            raise unusable(error, store_path(self.home)) from error

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection, opened anew when a restore has put another file in place."""
        file = identity(store_path(self.home))
        if getattr(self._local, "file", None) != file or file is None:
            connection = open_reading(self.home)
            with self._first:
                # The state to compare with is taken before the first answer, or a change between were missed.
                if self._watcher is None:
                    self.changed_elsewhere()
            self._opened.append(connection)
            self._local.connection, self._local.file = connection, identity(store_path(self.home))
        found: sqlite3.Connection = self._local.connection
        return found

    async def perform(self, name: Msg, work: Callable[[Session], T], **arguments: object) -> Done:
        """Change the store in one transaction and return what ``work`` gave back.

        ``work`` runs in the writer's thread and imports the service it calls: nothing of the
        models is loaded before somebody changes something. It may rename the transaction
        through ``session.info["change"]``.

        Raises:
            StoreUnusable: the store cannot be opened, locked or written.
            SfaError: whatever the service raises; nothing is changed then.
        """

        def run() -> Done:
            from sfa.store.perform import performing

            with performing(self.home, name=name, arguments=arguments, on_wait=self._on_wait) as session:
                value = work(session)
                change = session.info["change"]
            return Done(value, Named(change.name, change.arguments) if change.committed else None)

        return await self._written(self._writer.submit(run))

    async def mark_seen(self, transactions: Sequence[str]) -> None:
        """Keep that what became of own changes was seen; it is no change that undo takes back.

        Raises:
            StoreUnusable: the store cannot be written.
        """

        def run() -> None:
            from sfa.sync import running

            running.mark_seen(self.home, transactions)

        await self._written(self._writer.submit(run))

    async def mark_news_seen(self, records: Sequence[str] | None = None) -> None:
        """Keep that what syncs brought to these records, or to all, was seen.

        Raises:
            StoreUnusable: the store cannot be written.
        """

        def run() -> None:
            from sfa.sync import running

            running.mark_news_seen(self.home, records)

        await self._written(self._writer.submit(run))

    async def rehearse(self, name: Msg, work: Callable[[Session], T]) -> T:
        """Return what ``work`` gives back without changing the store.

        Raises:
            StoreUnusable: the store cannot be opened or locked.
            SfaError: whatever the service raises.
        """

        def run() -> T:
            from sfa.store.perform import performing

            with performing(self.home, name=name, dry_run=True, on_wait=self._on_wait) as session:
                return work(session)

        return await self._written(self._writer.submit(run))

    async def undo(self, *, redo: bool = False, partial: bool = False, tx_id: str | None = None) -> Done:
        """Take back the last change or a given one, or bring back what undo took; gives an ``Undone``.

        Raises:
            NotFound: there is none.
            ChangedMeanwhile: fields were changed since; with ``partial`` they are kept instead.
        """
        return await self._written(self._writer.submit(self._undo, redo, partial, tx_id))

    def _undo(self, redo: bool, partial: bool, tx_id: str | None) -> Done:
        from sfa.store import undo as store_undo
        from sfa.store.perform import changing

        name = msg("Redo") if redo else msg("Undo")
        with changing(self.home, name=name, on_wait=self._on_wait) as change:
            done: Undone = (
                store_undo.redo(change) if redo else store_undo.undo(change, tx_id, partial=partial)
            )
        return Done(done, Named(done.transaction.name, dict(done.transaction.arguments)))

    def warm(self) -> None:
        """Load what a change needs, so that the first save is as quick as the second."""
        self._writer.submit(_load_models)

    def changed_elsewhere(self) -> bool:
        """Say whether anybody committed since the last call; costs no query of a table.

        The first call after opening gives the state to compare with and says no.
        """
        file = identity(store_path(self.home))
        if self._watcher is None or file != self._file:
            if self._watcher is not None:
                self._watcher.close()
            first = self._file is None
            self._watcher = open_reading(self.home)
            self._file = identity(store_path(self.home))
            self._seen = _version(self._watcher)
            return not first
        version = _version(self._watcher)
        changed, self._seen = version != self._seen, version
        return changed

    def close(self) -> None:
        """Finish the changes that wait, then close everything."""
        self._writer.shutdown(wait=True)
        for connection in self._opened:
            connection.interrupt()
        self._readers.shutdown(wait=True, cancel_futures=True)
        for connection in (*self._opened, *filter(None, (self._watcher,))):
            connection.close()


def _load_models() -> None:
    from sfa.services import nouns  # noqa: F401  loaded for its side effect: it is in memory afterwards


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
