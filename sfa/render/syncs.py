"""Syncs as text: what one did, how the device stands, the runs before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.render.dates import instant
from sfa.render.freshness import freshness_forms
from sfa.render.numbers import grouped
from sfa.render.tables import Col, Grid, grid_text, json_text, pairs_text

if TYPE_CHECKING:
    from sfa.reports.freshness import Freshness
    from sfa.sync.device.state import Run, Standing
    from sfa.sync.engine import Progress
    from sfa.sync.running import Outlook, Synced


def synced_text(done: Synced, fmt: str) -> str:
    """Return what a sync did: one line for people."""
    result = done.result
    if fmt == "json":
        return json_text("sfa.sync/1", _plain(done))
    text = tr(
        "In step: {sent} sent, {received} received ({out} up, {down} down).",
        sent=result.pushed,
        received=done.received,
        out=size(done.bytes_out),
        down=size(done.bytes_in),
    )
    extra = []
    if result.forked:
        extra.append(tr("This store was a copy or an older backup; it goes on as a device of its own."))
    if result.brought_back:
        extra.append(
            tr_plural(
                "{count} change was brought back to the centre.",
                "{count} changes were brought back to the centre.",
                result.brought_back,
            )
        )
    if result.verified:
        extra.append(tr("Compared with the centre: the same."))
    if result.repaired:
        extra.append(
            tr_plural(
                "{count} row differed and was set right.",
                "{count} rows differed and were set right.",
                result.repaired,
            )
        )
    return "\n".join([text, *extra])


def _plain(done: Synced) -> dict[str, Any]:
    result = done.result
    return {
        "pushed": result.pushed,
        "pulled": result.pulled,
        "loaded": result.loaded,
        "repaired": result.repaired,
        "brought_back": result.brought_back,
        "forked": result.forked,
        "verified": result.verified,
        "outcomes": dict(result.outcomes),
        "bytes_out": done.bytes_out,
        "bytes_in": done.bytes_in,
        "unsent": done.standing.unsent,
        "to_decide": done.standing.to_decide,
        "not_applied": done.standing.not_applied,
    }


_DOING: dict[str, Msg] = {
    "push": msg("Sending"),
    "pull": msg("Receiving"),
    "load": msg("Loading"),
    "compare": msg("Comparing"),
}


def doing_word(what: str) -> str:
    """Return what a sync is at, in a word."""
    return tr(_DOING[what])


def doing_text(progress: Progress) -> str:
    """Return what a sync is at, how far, and the bytes received so far."""
    text = f"{doing_word(progress.what)} {grouped(progress.done)}"
    return f"{text} · {size(progress.received)}" if progress.received else text


def corner_forms(
    fresh: Freshness, progress: Progress | None, now: datetime, *, running: bool
) -> tuple[str, ...]:
    """Return what the app's last line says, the longest form first: the sync under way, else the age."""
    if not running:
        return freshness_forms(fresh, now)
    if not fresh.is_signed_in:
        return ()
    if progress is None:
        return (tr("connecting …"), "…")
    return (f"{doing_word(progress.what)} {grouped(progress.done)} …", "…")


def decisions_text(found: Standing) -> list[str]:
    """Return a line for each kind of thing that waits for the user."""
    lines = []
    if found.conflicts:
        lines.append(
            tr_plural(
                "{count} conflict waits for you: sfa conflicts list",
                "{count} conflicts wait for you: sfa conflicts list",
                found.conflicts,
            )
        )
    proposals = found.to_decide - found.conflicts
    if proposals:
        lines.append(
            tr_plural(
                "{count} proposal waits for you: sfa proposals list",
                "{count} proposals wait for you: sfa proposals list",
                proposals,
            )
        )
    if found.not_applied:
        lines.append(
            tr_plural(
                "{count} change of yours was not taken as it is: sfa sync not-taken",
                "{count} changes of yours were not taken as they are: sfa sync not-taken",
                found.not_applied,
            )
        )
    return lines


def proposed_text(done: Synced) -> list[str]:
    """Return a line that says how many own changes wait for somebody else's word since this sync."""
    if not done.proposed:
        return []
    return [
        tr_plural(
            "{count} change of yours waits for somebody else's word: sfa proposals list",
            "{count} changes of yours wait for somebody else's word: sfa proposals list",
            done.proposed,
        )
    ]


def outlook_text(found: Outlook, fmt: str) -> str:
    """Return what a sync would do."""
    if fmt == "json":
        return json_text("sfa.sync.outlook/1", asdict(found))
    waiting = tr("everything") if found.waiting is None else str(found.waiting)
    return tr("Would send {sent} and receive {received}.", sent=found.unsent, received=waiting)


def standing_text(found: Standing, centre: str | None, fmt: str) -> str:
    """Return how the device stands to the centre."""
    if fmt == "json":
        return json_text("sfa.sync.status/1", {**asdict(found), "centre": centre})
    people = fmt in {"table", "md"}
    last = found.last_run
    facts = [
        ("centre", tr("Centre"), centre or (_nowhere(found) if people else "")),
        ("data_as_of", tr("Data as of"), _moment(found.last_success_at, people=people)),
        ("last_run", tr("Last run"), _run_words(last, people=people) if last else ""),
        ("sync_before", tr("Sync before"), _moment(found.sync_before, people=people)),
        ("unsent", tr("Unsent") if found.signed_in else tr("Changes made here"), str(found.unsent)),
        (
            "unsent_since",
            tr("Oldest unsent") if found.signed_in else tr("Oldest"),
            _moment(found.unsent_since, people=people),
        ),
        ("conflicts", tr("Conflicts for you"), str(found.conflicts)),
        ("proposals", tr("Proposals for you"), str(found.to_decide - found.conflicts)),
        ("not_applied", tr("Not taken as they are"), str(found.not_applied)),
    ]
    if fmt == "table":
        return pairs_text([(label, value) for _, label, value in facts if value])
    columns = (Col("field", tr("Field")), Col("value", tr("Value")))
    return grid_text(Grid(columns, tuple((name, value) for name, _, value in facts)), fmt)


def _nowhere(found: Standing) -> str:
    if found.signed_in:
        return tr("none; sign in with: sfa login URL")
    return tr("never signed in to one; sign in with: sfa login URL")


def _run_words(run: Run, *, people: bool) -> str:
    parts = [_moment(run.started_at, people=people), state_word(run.state) if people else run.state]
    return ", ".join([*parts, *([run.problem] if run.problem else [])])


def _moment(stored: str | None, *, people: bool) -> str:
    if not stored:
        return ""
    return instant(stored) if people else stored


def state_word(state: str) -> str:
    """Return how a run ended, in words."""
    return {
        "ok": tr("in step"),
        "decisions": tr("in step, something waits for you"),
        "unreachable": tr("centre not reached"),
        "refused": tr("refused"),
        "stopped": tr("stopped"),
        "failed": tr("failed"),
        "running": tr("running, or broken off"),
    }.get(state, state)


def runs_text(found: Sequence[Run], fmt: str) -> str:
    """Return the runs, newest first."""
    if fmt == "json":
        return json_text("sfa.sync.log/1", {"runs": [asdict(each) for each in found]})
    people = fmt in {"table", "md"}
    columns = (
        Col("started_at", tr("Started"), rigid=True),
        Col("state", tr("Result")),
        Col("pushed", tr("Sent"), right=True),
        Col("pulled", tr("Received"), right=True),
        Col("bytes_out", tr("Bytes up"), right=True),
        Col("bytes_in", tr("Bytes down"), right=True),
        Col("problem", tr("Problem")),
    )
    cells = tuple(
        (
            _moment(each.started_at, people=people),
            state_word(each.state) if people else each.state,
            str(each.pushed),
            str(each.pulled),
            size(each.bytes_out) if people else str(each.bytes_out),
            size(each.bytes_in) if people else str(each.bytes_in),
            each.problem or "",
        )
        for each in found
    )
    return grid_text(Grid(columns, cells), fmt)


def size(count: int) -> str:
    """Return a number of bytes in words."""
    if count < 1_000:
        return tr("{count} B", count=count)
    if count < 1_000_000:
        return tr("{size} kB", size=f"{count / 1_000:.1f}")
    return tr("{size} MB", size=f"{count / 1_000_000:.1f}")
