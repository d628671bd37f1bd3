"""Ids and short references: UUIDv7 made here, UUIDv5 of an external key, base32 refs.

Imports nothing of ours. Ids are canonical lower-case text.
Source of the UUIDv7 layout: RFC 9562, section 5.7.
"""

from __future__ import annotations

import os

REF_LENGTH = 12
REF_SHOWN = 5
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread

_PAIRS = [one + two for one in _ALPHABET for two in _ALPHABET]

# The two bits that mark the variant, before two random ones: a hexadecimal digit of 8, 9, a, b.
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

_HIGHEST_COUNT = 0xFFF
_last = [0, 0]  # the millisecond of the last id, and its count within it

# What every store of every organisation agrees on, such as its default stages.
SHARED_NAMESPACE = "6d3f2b4e-54f7-5c0e-9a43-0d1f2a7b9c11"


def uuid7(now_ms: int) -> str:
    """Return a new id whose front is the time and whose tail is random.

    Ids made one after the other in a process sort in that order: those of one millisecond
    count up in the twelve bits after the time. Source: RFC 9562, section 6.2, method 1.
    """
    return uuid7s(now_ms, 1)[0]


def uuid7s(now_ms: int, count: int) -> list[str]:
    """Return as many new ids, in order."""
    moment, counted = _last
    digits = os.urandom(8 * count).hex()
    found = []
    front = ""
    for start in range(0, 16 * count, 16):
        if now_ms > moment:
            moment, counted, front = now_ms, 0, ""
        elif counted < _HIGHEST_COUNT:
            counted += 1
        else:
            moment, counted, front = moment + 1, 0, ""
        if not front:
            text = f"{moment & 0xFFFFFFFFFFFF:012x}"
            front = f"{text[:8]}-{text[8:]}-7"
        tail = digits[start : start + 16]
        found.append(f"{front}{counted:03x}-{_VARIANTS[tail[0]]}{tail[1:4]}-{tail[4:]}")
    _last[:] = moment, counted
    return found


def external_id(organisation: str, source: str, kind: str, key: str) -> str:
    """Return the id that an imported record has on every machine of the organisation."""
    return _named(organisation, f"{source}\x1f{kind}\x1f{key}")


def shared_id(*parts: str) -> str:
    """Return the id of something that every store makes for itself, such as a default stage."""
    return _named(SHARED_NAMESPACE, "\x1f".join(parts))


def _named(namespace: str, name: str) -> str:
    import uuid  # 2 ms with its platform, and a list makes no ids

    return str(uuid.uuid5(uuid.UUID(namespace), name))


def ref_of(row_id: str) -> str:
    """Return the reference people type: 12 letters from the id's last 60 bits."""
    tail = int(row_id.replace("-", "")[-15:], 16)
    pairs = _PAIRS
    return (
        pairs[tail >> 50]
        + pairs[tail >> 40 & 1023]
        + pairs[tail >> 30 & 1023]
        + pairs[tail >> 20 & 1023]
        + pairs[tail >> 10 & 1023]
        + pairs[tail & 1023]
    )


def plain_ref(typed: str) -> str:
    """Return a typed reference with the letters people misread set right."""
    return typed.strip().lower().translate(str.maketrans("ilo", "110"))
