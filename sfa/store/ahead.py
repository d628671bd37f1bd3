"""Preparing the next things in a thread while the present one is worked on."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")

_DEPTH = 8
# Whoever comes back from SQLite waits so long for the thread that prepares; usually 5 ms, longer
# than a statement of many rows takes.
_SWITCH_S = 0.0005


class _End:
    """What the thread says last: that it is done, or what went wrong."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterable[T], depth: int = _DEPTH) -> Generator[T, None, None]:
    """Yield items that a thread makes a few ahead; what goes wrong there is raised here."""
    waiting: queue.Queue[T | _End] = queue.Queue(depth)
    stopped = threading.Event()
    maker = threading.Thread(target=_make, args=(items, waiting, stopped), name="ahead", daemon=True)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    maker.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stopped.set()
        while maker.is_alive():
            _empty(waiting)
            maker.join(0.01)
        sys.setswitchinterval(usual)


def _make(items: Iterable[T], waiting: queue.Queue[T | _End], stopped: threading.Event) -> None:
    try:
        for item in items:
            waiting.put(item)
            if stopped.is_set():
                break
    except BaseException as error:  # noqa: BLE001  raised again where the items are taken
        waiting.put(_End(error))
    else:
        waiting.put(_End(None))


def _empty(waiting: queue.Queue[T | _End]) -> None:
    while True:
        try:
            waiting.get_nowait()
        except queue.Empty:
            return
