"""Bytes from a terminal that are no text: a broken paste, or one in another encoding, ends nothing."""

from __future__ import annotations

import codecs
import functools
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.driver import Driver


def forgiving(driver: type[Driver]) -> type[Driver]:
    """Return a driver that reads what is no UTF-8 as the mark for that; it would end the app."""
    home = import_module(driver.__module__)
    if hasattr(home, "getincrementaldecoder"):
        # The driver looks the name up in its module whenever it begins to read.
        vars(home)["getincrementaldecoder"] = _forgiving_decoder
    return driver


def _forgiving_decoder(encoding: str) -> functools.partial[codecs.IncrementalDecoder]:
    return functools.partial(codecs.getincrementaldecoder(encoding), errors="replace")
