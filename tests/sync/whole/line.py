"""A line to the centre that can be cut, held, or left hanging, byte by byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

_CHUNK = 512
_WAIT_S = 60


class Line:
    """Forwards one port of this machine to another until something is to happen.

    ``after`` bytes in the direction ``up`` (to the centre) or down, ``then`` is called once,
    from the thread that forwards; what it leaves of the line goes on.
    """

    def __init__(self, port: int) -> None:
        """Listen; nothing happens to what passes until ``trip`` is called."""
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.passed = {"up": 0, "down": 0}
        self._trip: tuple[str, int, Callable[[], None]] | None = None
        self.tripped = threading.Event()
        self._held = threading.Event()
        self._held.set()
        self._start(self._accept)

    def trip(self, way: str, after: int, then: Callable[[], None]) -> None:
        """Do something once so many bytes went one way, counted from now."""
        with self._lock:
            self.passed = {"up": 0, "down": 0}
            self.tripped.clear()
            self._trip = (way, after, then)

    def cut(self) -> None:
        """Close every connection at once, as a network does that goes away."""
        with self._lock:
            found, self._open = self._open, []
        for each in found:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def hold(self) -> None:
        """Let nothing pass any more, and close nothing: a black hole."""
        self._held.clear()

    def close(self) -> None:
        """End it all."""
        self._held.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        for each in self._threads:
            each.join(_WAIT_S)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open += [near, far]
            self._start(self._forward, near, far, "up")
            self._start(self._forward, far, near, "down")

    def _forward(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                self._held.wait(_WAIT_S)
                target.sendall(data)
                self._count(way, len(data))
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _count(self, way: str, size: int) -> None:
        with self._lock:
            self.passed[way] += size
            due = self._trip
            if due is None or due[0] != way or self.passed[way] < due[1]:
                return
            self._trip = None
        due[2]()
        self.tripped.set()
