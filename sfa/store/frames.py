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


def send_with(pipe: IO[bytes], value: Any, content: bytes) -> None:
    """Send a value, and after it many bytes as they are, which saves two copies of them."""
    send(pipe, (value, len(content)))
    pipe.write(content)
    pipe.flush()


def receive_with(pipe: IO[bytes]) -> tuple[Any, bytes]:
    """Return the next value and the bytes that were sent with it.

    Raises:
        EOFError: the other process ended.
    """
    value, length = receive(pipe)
    return value, _exactly(pipe, length)


def receive(pipe: IO[bytes]) -> Any:
    """Return the next value.

    Raises:
        EOFError: the other process ended.
    """
    data = _exactly(pipe, int.from_bytes(_exactly(pipe, _LENGTH), "big"))
    return marshal.loads(data)  # noqa: S302  it comes from the process we started or were started by


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError("the other process ended")
    return data
