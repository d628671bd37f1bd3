"""The frozen answer of every service that changes a record."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A record after the change: what it is, how people refer to it, its lock's version."""

    noun: str
    id: str
    ref: str
    label: str
    version: int
    created: bool = False
    changed: bool = True
