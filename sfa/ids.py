"""Ids and short references: UUIDv7 made here, UUIDv5 of an external key, base32 refs.

Imports nothing of ours. Ids are canonical lower-case text.
Source of the UUIDv7 layout: RFC 9562, section 5.7.
"""

from __future__ import annotations

import os
import uuid

REF_LENGTH = 12
REF_SHOWN = 5
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread

# The two bits that mark the variant, before two random ones: a hexadecimal digit of 8, 9, a, b.
_VARIANTS = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}

_HIGHEST_COUNT = 0xFFF
_last = [0, 0]  # the millisecond of the last id, and its count within it

# What every store of every organisation agrees on, such as its default stages.
SHARED_NAMESPACE = uuid.UUID("6d3f2b4e-54f7-5c0e-9a43-0d1f2a7b9c11")


def uuid7(now_ms: int) -> str:
    """Return a new id whose front is the time and whose tail is random.

    Ids made one after the other in a process sort in that order: those of one millisecond
    count up in the twelve bits after the time. Source: RFC 9562, section 6.2, method 1.
    """
    moment, count = _last
    if now_ms > moment:
        moment, count = now_ms, 0
    elif count < _HIGHEST_COUNT:
        count += 1
    else:
        moment, count = moment + 1, 0
    _last[:] = moment, count
    digits = os.urandom(8).hex()
    front = f"{moment & 0xFFFFFFFFFFFF:012x}"
    return f"{front[:8]}-{front[8:]}-7{count:03x}-{_VARIANTS[digits[0]]}{digits[1:4]}-{digits[4:]}"


def external_id(organisation: str, source: str, kind: str, key: str) -> str:
    """Return the id that an imported record has on every machine of the organisation."""
    return str(uuid.uuid5(uuid.UUID(organisation), f"{source}\x1f{kind}\x1f{key}"))


def shared_id(*parts: str) -> str:
    """Return the id of something that every store makes for itself, such as a default stage."""
    return str(uuid.uuid5(SHARED_NAMESPACE, "\x1f".join(parts)))


def ref_of(row_id: str) -> str:
    """Return the reference people type: 12 letters from the id's last 60 bits."""
    tail = int(row_id.replace("-", "")[-15:], 16)
    return "".join(_ALPHABET[tail >> shift & 31] for shift in range(55, -1, -5))


def plain_ref(typed: str) -> str:
    """Return a typed reference with the letters people misread set right."""
    return typed.strip().lower().translate(str.maketrans("ilo", "110"))
