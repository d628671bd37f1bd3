"""What characters a text keeps on a paper: nothing that a reader cannot see, nothing lost that he can."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

_BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# Joiners, style selectors, direction marks and soft hyphens: they have no shape of their own.
_SHAPELESS = re.compile("[\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_TO_COMPOSE = re.compile("[\u0300-\u036f\u3099\u309a]")


def visible(text: str) -> str:
    """Return a text without control characters; line breaks stay, tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROLS.sub("", _BREAKS.sub("\n", text).replace("\t", " "))


def drawable(text: str) -> str:
    """Return a text as it is drawn glyph by glyph: composed, without characters that have no shape."""
    if text.isascii():
        return text
    kept = _SHAPELESS.sub("", text)
    return unicodedata.normalize("NFC", kept) if _TO_COMPOSE.search(kept) else kept


def needs_shaping(char: str) -> bool:
    """Say whether a character is of a script written from the right, which is not laid out here."""
    return unicodedata.bidirectional(char) in {"R", "AL", "AN"}


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value of frozen parts with every text in it changed."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [mapped(each, change) for each in value]
    if isinstance(value, tuple):
        parts = [mapped(each, change) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: mapped(getattr(value, each.name), change) for each in fields(value)}
        )
    return value


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a value of frozen parts."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    mapped(value, keep)
    yield from found
