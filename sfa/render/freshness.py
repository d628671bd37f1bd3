"""The age of the data and of the oldest unsent change: for prints, and short for the app's last line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sfa import clock
from sfa.i18n import tr, tr_plural
from sfa.render import dates
from sfa.render.numbers import grouped

if TYPE_CHECKING:
    from sfa.reports.freshness import Freshness


def freshness_text(found: Freshness, now: datetime) -> str:
    """Return one line for a print; nothing where nobody ever signed in."""
    if not found.is_signed_in:
        return ""
    parts = [_data_as_of(found.as_of, now)]
    if found.unsent_since:
        age = dates.age(clock.from_text(found.unsent_since), now)
        when = dates.instant(found.unsent_since)
        parts.append(
            tr("{count} unsent since {when} ({age})", count=grouped(found.unsent), when=when, age=age)
        )
    if found.waiting:
        parts.append(_waiting(found))
    if found.sync_before:
        parts.append(tr("sync before {when}", when=dates.instant(found.sync_before)))
    return " · ".join(parts)


def _data_as_of(as_of: str | None, now: datetime) -> str:
    if as_of is None:
        return tr("Never synced")
    age = dates.age(clock.from_text(as_of), now)
    return tr("Data as of {when} ({age})", when=dates.instant(as_of), age=age)


def _waiting(found: Freshness) -> str:
    return tr_plural("{count} waits for you", "{count} wait for you", found.waiting)


def freshness_forms(found: Freshness, now: datetime) -> tuple[str, ...]:
    """Return what stands in a corner of the screen, the longest form first; nothing when never signed in."""
    if not found.is_signed_in:
        return ()
    return (
        _joined(
            _sync_before(found, now),
            _age_of(found, now),
            _unsent_since(found, now),
            _waiting(found) if found.waiting else "",
        ),
        _joined(_sync_before(found, now) or _age_of(found, now), _unsent(found), _wait(found)),
        " ".join(_signs(found)),
    )


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _age_of(found: Freshness, now: datetime) -> str:
    if found.failure == "unreachable" and found.failing_since:
        return tr("centre not reached since {when}", when=_short(found.failing_since, now))
    if found.failure == "refused":
        return tr("the centre refuses this login")
    if found.failure and found.failing_since:
        return tr("no sync since {when}", when=_short(found.failing_since, now))
    return tr("data as of {when}", when=_short(found.as_of, now)) if found.as_of else tr("never synced")


def _unsent_since(found: Freshness, now: datetime) -> str:
    if not found.unsent_since:
        return ""
    when = _short(found.unsent_since, now)
    return tr("{count} unsent since {when}", count=grouped(found.unsent), when=when)


def _unsent(found: Freshness) -> str:
    return tr("{count} unsent", count=grouped(found.unsent)) if found.unsent else ""


def _sync_before(found: Freshness, now: datetime) -> str:
    if not found.sync_before:
        return ""
    return tr("sync before {when}", when=_short(found.sync_before, now))


def _wait(found: Freshness) -> str:
    return tr_plural("{count} waits", "{count} wait", found.waiting) if found.waiting else ""


def _signs(found: Freshness) -> list[str]:
    """Return the fewest cells that tell: what failed, what is unsent, what waits."""
    return [
        *([tr("sync!")] if found.sync_before else []),
        *(["×"] if found.failure else []),
        *([f"↑{grouped(found.unsent)}"] if found.unsent else []),
        *([f"!{grouped(found.waiting)}"] if found.waiting else []),
    ]


def _short(stored: str, now: datetime) -> str:
    """Return the time of today, the day of this year, or the whole day."""
    local, present = clock.from_text(stored).astimezone(), now.astimezone()
    if local.date() == present.date():
        return f"{local:%H:%M}"
    return f"{local:%m-%d}" if local.year == present.year else f"{local:%Y-%m-%d}"


def freshness_object(found: Freshness) -> dict[str, Any] | None:
    """Return what machines read; ``None`` where nobody ever signed in."""
    if not found.is_signed_in:
        return None
    return {
        "data_as_of": found.as_of,
        "unsent": found.unsent,
        "unsent_since": found.unsent_since,
        "waiting": found.waiting,
        "sync_before": found.sync_before,
    }
