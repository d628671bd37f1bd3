"""A limit on how long a server may say nothing.

The network's own signs of life do not show a server that hangs, or a box in between that
keeps the line open and passes nothing on.
"""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LIMIT_S = 150.0  # longer than a call may take at the centre, which ends it with words of its own


class Watch:
    """Ends a connection once an answer is waited for too long."""

    def __init__(self, descriptor: int, limit_s: float) -> None:
        """Watch the socket behind a descriptor; ``waiting`` says when."""
        # A duplicate: the connection may close its own, whose number then belongs to somebody else.
        self._socket = socket.fromfd(descriptor, socket.AF_INET, socket.SOCK_STREAM)
        self._limit_s = limit_s
        self._until = math.inf
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="sfa-silence", daemon=True)
        self.has_ended_it = False
        self._thread.start()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Count the time from here to the end of the block."""
        self._until = time.monotonic() + self._limit_s
        try:
            yield
        finally:
            self._until = math.inf

    def close(self) -> None:
        """Watch no more."""
        self._over.set()
        self._thread.join()
        self._socket.close()

    def _look(self) -> None:
        while not self._over.wait(self._limit_s / 10):
            if time.monotonic() >= self._until:
                self.has_ended_it = True
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
                return
