"""When not to look for garbage: while millions of values are made that all live on, and none in circles."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Looks:
    """How many want no look at the moment, in whatever threads, and whether looks were on before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._without = 0
        self._were_on = False

    def leave_out(self) -> None:
        with self._lock:
            if not self._without:
                self._were_on = gc.isenabled()
                gc.disable()
            self._without += 1

    def take_up(self) -> None:
        with self._lock:
            self._without -= 1
            if not self._without and self._were_on:
                gc.enable()


_looks = _Looks()


@contextmanager
def no_looks() -> Iterator[None]:
    """Leave Python's looks for garbage out; what goes in circles meanwhile is found at the next one."""
    _looks.leave_out()
    try:
        yield
    finally:
        _looks.take_up()
