"""Reading beside the screen: one thread for the keys of an order, one for the rows of a view.

Two threads, because ordering a million records by a column without an index takes
seconds, and the rows in sight must not wait for that. Each has a reader of its own.
"""

from __future__ import annotations

import queue
import threading
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from textual.message import Message

from sfa.finding.browsing import SMALL, joined
from sfa.screens.widgets.big_list import messages as tell
from sfa.screens.widgets.big_list.columns import shown_of
from sfa.screens.widgets.big_list.source import Query, Reader, Source, Unreadable
from sfa.screens.widgets.big_list.window import place

Deliver = Callable[[Message], object]
POLL_S = 1.0
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class First:
    """Order the records and read the rows of a first screen; ``offer`` asks which columns there are."""

    turn: int
    query: Query
    columns: tuple[str, ...]
    screenful: int
    offer: bool


@dataclass(frozen=True, slots=True)
class Again:
    """Order the records anew after a change; the cursor and the marks are found again by their ids."""

    turn: int
    query: Query
    cursor: int
    cursor_id: str | None
    neighbours: tuple[int, ...]
    marked: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rows:
    """Read the rows of keys, and the ids of keys that were marked unseen."""

    keys: tuple[int, ...]
    columns: tuple[str, ...]
    epoch: int
    nameless: tuple[int, ...] = ()


class Check:
    """Ask whether somebody else has written."""


class Loader:
    """Takes requests from the screen, delivers messages from its threads."""

    def __init__(self, source: Source, deliver: Deliver, *, poll_s: float = POLL_S) -> None:
        """Open nothing yet; the threads begin with the first request."""
        self._source = source
        self._deliver = deliver
        self._poll_s = poll_s
        self._turn = 0
        self._orders: queue.SimpleQueue[First | Again | Check | None] = queue.SimpleQueue()
        self._views: queue.SimpleQueue[Rows | None] = queue.SimpleQueue()
        self._reader: Reader | None = None
        self._threads: list[threading.Thread] = []
        self._closed = False

    def order(self, job: First | Again) -> None:
        """Order the records; an order that is under way is given up."""
        self._turn = job.turn
        if self._reader is not None:
            self._reader.interrupt()
        self._orders.put(job)
        self._begin()

    def read(self, job: Rows) -> None:
        """Read rows; requests that wait are forgotten for the newest."""
        self._views.put(job)
        self._begin()

    def check(self) -> None:
        """Look at once whether somebody else has written."""
        self._orders.put(Check())

    def close(self) -> None:
        """End both threads and wait for them."""
        self._closed = True
        self._turn = -1
        if self._reader is not None:
            self._reader.interrupt()
        self._orders.put(None)
        self._views.put(None)
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def _begin(self) -> None:
        if self._threads:
            return
        for name, target in (("orders", self._serve_orders), ("views", self._serve_views)):
            thread = threading.Thread(target=target, name=f"big-list-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve_orders(self) -> None:
        with self._told():
            orders = _Orders(self._source.open(), self._send, lambda turn: turn != self._turn)
            self._reader = orders.reader
            try:
                while (job := self._next_order()) is not None:
                    self._one_order(orders, job)
            finally:
                self._reader = None
                orders.reader.close()

    def _one_order(self, orders: _Orders, job: First | Again | Check) -> None:
        try:
            orders.serve(job)
        except Unreadable as error:
            turn = self._turn if isinstance(job, Check) else job.turn
            if turn == self._turn:
                self._send(tell.ReadingFailed(turn, str(error)))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Bring what ends a thread to the screen: it would be lost here."""
        try:
            yield
        except Unreadable as error:
            self._send(tell.ReadingFailed(self._turn, str(error)))
        except Exception as error:  # noqa: BLE001 - raised again by the list
            self._send(tell.ReaderBroke(error))

    def _next_order(self) -> First | Again | Check | None:
        try:
            return self._orders.get(timeout=self._poll_s)
        except queue.Empty:
            return Check()

    def _serve_views(self) -> None:
        with self._told():
            reader = self._source.open()
            try:
                while (job := self._newest_view()) is not None:
                    self._one_view(reader, job)
            finally:
                reader.close()

    def _newest_view(self) -> Rows | None:
        job = self._views.get()
        while job is not None and not self._views.empty():
            newer = self._views.get()
            if newer is not None and job.nameless:
                newer = Rows(newer.keys, newer.columns, newer.epoch, job.nameless + newer.nameless)
            job = newer
        return job

    def _one_view(self, reader: Reader, job: Rows) -> None:
        try:
            if job.keys:
                self._send(tell.RowsCame(reader.rows(job.keys, job.columns), job.keys, job.epoch))
            if job.nameless:
                self._send(tell.IdsCame(reader.ids_of(job.nameless)))
        except Unreadable as error:
            self._send(tell.ReadingFailed(self._turn, str(error)))

    def _send(self, message: Message) -> None:
        if not self._closed:
            self._deliver(message)


class _Orders:
    """The work of the thread that orders."""

    def __init__(self, reader: Reader, send: Deliver, is_over: Callable[[int], bool]) -> None:
        self.reader = reader
        self._send = send
        self._is_over = is_over
        self._version: int | None = None

    def serve(self, job: First | Again | Check) -> None:
        if isinstance(job, Check):
            self._check()
        elif not self._is_over(job.turn):
            self._version = self.reader.version()
            if isinstance(job, First):
                self._first(job)
            else:
                self._again(job)

    def _check(self) -> None:
        if self._version is not None and (now := self.reader.version()) != self._version:
            self._version = now
            self._send(tell.DataChanged())

    def _first(self, job: First) -> None:
        offered = tuple(self.reader.columns()) if job.offer else ()
        columns = shown_of(offered, job.columns) if job.offer else job.columns
        is_first = True
        for keys in self.reader.keys(job.query):
            if self._is_over(job.turn):
                return
            rows = self.reader.rows(keys[: job.screenful], columns) if is_first else ()
            self._send(tell.KeysCame(job.turn, keys, is_first, False, offered, rows))
            is_first, offered = False, ()
        self._send(tell.KeysCame(job.turn, array(SMALL), is_first, True, offered))

    def _again(self, job: Again) -> None:
        keys = array(SMALL)
        for portion in self.reader.keys(job.query):
            if self._is_over(job.turn):
                return
            keys = joined(keys, portion)
        asked = job.marked | {job.cursor_id} if job.cursor_id else job.marked
        known = dict(self.reader.keys_of(tuple(asked)))
        at = known.get(job.cursor_id or "")
        cursor = place(keys, [*([] if at is None else [at]), *job.neighbours], job.cursor)
        marked = {each: known[each] for each in job.marked if each in known}
        self._send(tell.KeysReplaced(job.turn, keys, cursor, job.marked, marked))
