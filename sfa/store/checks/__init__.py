"""What an examination finds. The checks themselves are in ``checks_*``, by what they look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sfa.errors import Msg, msg

_NAMED = 5


class Severity(StrEnum):
    """What can be done about a finding."""

    REPAIRABLE = "repairable"
    REFUSED = "refused"  # the store can be used, but only a person can mend this
    UNUSABLE = "unusable"  # nothing else can be examined


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with the store: what (``data`` fills its places), and what mends it.

    ``repair`` says what a repair does; ``hint`` what to do where there is none.
    """

    code: str
    severity: Severity
    what: Msg
    data: dict[str, object] = field(default_factory=dict)
    repair: Msg | None = None
    hint: Msg | None = None


def repairable(code: str, what: Msg, repair: Msg, **data: object) -> Finding:
    """Return a finding that a repair mends."""
    return Finding(code, Severity.REPAIRABLE, what, data, repair=repair)


def refused(code: str, what: Msg, hint: Msg, **data: object) -> Finding:
    """Return a finding that only a person can mend."""
    return Finding(code, Severity.REFUSED, what, data, hint=hint)


def unusable(code: str, what: Msg, hint: Msg | None = None, **data: object) -> Finding:
    """Return a finding that makes the store unusable."""
    return Finding(code, Severity.UNUSABLE, what, data, hint=hint or RESTORE)


RESTORE = msg(
    "Bring a backup back with: sfa backup restore FILE."
    " Without one, save what can be read with: sfa doctor --salvage FILE."
)


def named(texts: Sequence[str]) -> str:
    """Return the first few of a list in one line."""
    shown = ", ".join(texts[:_NAMED])
    return shown if len(texts) <= _NAMED else f"{shown} …"
