"""Values sent through a pipe to a process of our own, which runs the same Python and the same sfa."""

from __future__ import annotations

import marshal
from typing import IO, Any

_LENGTH = 8


def send(pipe: IO[bytes], value: Any) -> None:
    """Send a value of what ``marshal`` knows: texts, numbers, bytes, and tuples, lists and dicts of them."""
    # Half a million rows: pickle would take three times as long.
    data = marshal.dumps(value)
    pipe.write(len(data).to_bytes(_LENGTH, "big"))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Return the next value.

    Raises:
        EOFError: the other process ended.
    """
    data = pipe.read(int.from_bytes(_exactly(pipe, _LENGTH), "big"))
    return marshal.loads(data)  # noqa: S302  it comes from the process we started or were started by


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError("the other process ended")
    return data
