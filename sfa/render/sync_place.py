"""The app's Sync place in words: how the store stands, what waits, what was not taken, the latest runs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sfa.errors import Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.render import dates
from sfa.render.cells import one_line
from sfa.render.changes import change_name
from sfa.render.decisions import (
    conflict_grid,
    conflict_pairs,
    fields_of,
    proposal_grid,
    proposal_pairs,
    who,
)
from sfa.render.freshness import freshness_text
from sfa.render.syncs import size, state_word
from sfa.render.tables import Col, Grid, grid_text, json_text, pairs_text, table_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sfa.reports.decisions import ConflictView, ProposalView
    from sfa.reports.freshness import Freshness
    from sfa.reports.not_taken import NotTaken
    from sfa.sync.device.state import Run

# The words of the centre for a change it cannot hold: docs/sync-protocol.md.
_REASONS: dict[str, Msg] = {
    "invalid": msg("a value that the centre cannot hold"),
    "unknown_row": msg("the record is not there, or not for you to see"),
    "unknown_reference": msg("it refers to a record that is not there, or not for you to see"),
    "not_author": msg("it was made by another user of this store"),
    "read_only_role": msg("your role may only read"),
    "not_allowed": msg("this quote is not yours to approve or turn down"),
    "unknown_table": msg("the centre is of an older version and does not know this field"),
}
_OUTCOMES: dict[str, Msg] = {
    "proposal": msg("needs another role: proposed"),
    "late": msg("handed over meanwhile: proposed to the new owner"),
    "quarantined": msg("not taken by the centre"),
}
_DECISIONS: dict[str, Msg] = {
    "rejected": msg("{person} turned it down"),
}

_AGAIN = msg(
    "The record shows what the centre has; the history keeps yours. Make it again where it is allowed."
)


class Line(NamedTuple):
    """A line of the place's list: what it stands for, and its three columns."""

    kind: str
    id: str
    when: str
    what: str
    about: str


class SignedIn(NamedTuple):
    """Where this store is signed in, as whom, as which device; no centre when it is not."""

    centre: str
    user: str
    device: str


def state_text(at: SignedIn, fresh: Freshness, now: datetime, *, last: Run | None) -> str:
    """Return how the store stands, two or three lines."""
    if not at.centre and not fresh.is_signed_in:
        return tr("This store is not signed in to a centre. On the command line: sfa login URL")
    if not at.centre:
        return tr("Signed out; the records stay here. On the command line: sfa login URL")
    parts = [at.centre, at.user, tr("device {code}", code=at.device) if at.device else ""]
    lines = [" · ".join(part for part in parts if part), freshness_text(fresh, now)]
    if last is not None:
        lines.append(tr("Last run: {when}, {result}", when=dates.instant(last.started_at), result=_end(last)))
    return "\n".join(lines)


def _end(run: Run) -> str:
    word = state_word(run.state)
    return f"{word}: {one_line(run.problem)}" if run.problem else word


def conflict_lines(found: Sequence[ConflictView]) -> list[Line]:
    """Return a line for each conflict."""
    return [
        Line(
            "conflict",
            each.id,
            dates.instant(each.lost.at),
            tr(
                "{noun} {label}: {fields}",
                noun=each.record.noun_label,
                label=one_line(each.record.label),
                fields=fields_of(each),
            ),
            tr("{winner} over {loser}", winner=who(each.kept), loser=who(each.lost)),
        )
        for each in found
    ]


def proposal_lines(found: Sequence[ProposalView]) -> list[Line]:
    """Return a line for each proposal."""
    return [
        Line(
            "proposal",
            each.id,
            dates.instant(each.author.at),
            one_line(change_name(each.name, each.arguments)),
            who(each.author) if each.may_decide else tr("for {person}", person=who(each.recipient)),
        )
        for each in found
    ]


def not_taken_lines(found: Sequence[NotTaken]) -> list[Line]:
    """Return a line for each own change that was not taken as it is."""
    return [
        Line(
            "tx",
            each.tx_id,
            dates.instant(each.made_at),
            one_line(change_name(each.name, each.arguments)),
            _fate(each),
        )
        for each in found
    ]


def not_taken_text(found: Sequence[NotTaken], fmt: str) -> str:
    """Return own changes that were not taken, a line each."""
    if fmt == "json":
        rows = [{**each._asdict(), "ref": each.ref} for each in found]
        return json_text("sfa.sync.not_taken/1", {"rows": rows})
    people = fmt in {"table", "md"}
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("made_at", tr("Made at"), rigid=True),
        Col("change", tr("Change")),
        Col("outcome", tr("Outcome")),
        Col("reason", tr("Because")),
        Col("seen", tr("Seen")),
    )
    cells = tuple(
        (
            each.ref,
            dates.instant(each.made_at) if people else each.made_at,
            one_line(change_name(each.name, each.arguments)),
            _fate(each) if people else each.decision or each.outcome,
            one_line(each.why) or (_reason(each) if people else each.reason),
            (tr("yes") if people else "yes") if each.seen else "",
        )
        for each in found
    )
    return grid_text(Grid(columns, cells), fmt)


def _reason(each: NotTaken) -> str:
    return tr(_REASONS.get(each.reason, Msg(each.reason))) if each.reason else ""


def _fate(each: NotTaken) -> str:
    decided = _DECISIONS.get(each.decision)
    if decided is not None and each.person:
        return tr(decided, person=each.person)
    return tr(_OUTCOMES[each.outcome])


def run_lines(found: Sequence[Run]) -> list[Line]:
    """Return a line for each run."""
    return [
        Line("run", each.run_id, dates.instant(each.started_at), _end(each), _traffic(each)) for each in found
    ]


def _traffic(run: Run) -> str:
    if not (run.pushed or run.pulled):
        return ""
    return tr("{sent} sent, {received} received", sent=run.pushed, received=run.pulled)


def headings(conflicts: int, proposals: int, not_taken: int) -> tuple[str, str, str, str]:
    """Return what stands above each part of the list."""
    return (
        tr("Conflicts ({count})", count=conflicts),
        tr("Proposals ({count})", count=proposals),
        tr("Yours, not taken as they are ({count})", count=not_taken),
        tr("Latest runs"),
    )


def conflict_detail(found: ConflictView, width: int) -> str:
    """Return one conflict: the sides first, they are what one decides by."""
    return _page(conflict_grid(found, people=True), conflict_pairs(found), width)


def proposal_detail(found: ProposalView, width: int) -> str:
    """Return one proposal: what it would change, then whose it is."""
    return _page(proposal_grid(found, people=True), proposal_pairs(found), width)


def _page(grid: Grid, pairs: Sequence[tuple[str, str]], width: int) -> str:
    return f"{table_text(grid, width=width)}\n{pairs_text(pairs, width=width)}"


def not_taken_detail(found: NotTaken, width: int) -> str:
    """Return what became of one's own change, and why."""
    pairs = [
        (tr("Change"), one_line(change_name(found.name, found.arguments))),
        (tr("Made at"), dates.instant(found.made_at)),
        (tr("Outcome"), tr(_OUTCOMES[found.outcome])),
    ]
    if found.reason:
        pairs.append((tr("Reason"), _reason(found)))
    if found.decision and found.person:
        pairs.append((tr("Decision"), tr(_DECISIONS[found.decision], person=found.person)))
    if found.why:
        pairs.append((tr("Because"), found.why))
    if found.outcome == "quarantined":
        pairs.append((tr("What to do"), tr(_AGAIN)))
    return pairs_text(pairs, width=width)


def run_detail(run: Run, width: int) -> str:
    """Return everything that is known of a run."""
    pairs = [
        (tr("Started"), dates.instant(run.started_at)),
        (tr("Result"), state_word(run.state)),
        (tr("Problem"), run.problem or ""),
        (tr("Sent"), tr_plural("{count} change", "{count} changes", run.pushed)),
        (tr("Received"), tr_plural("{count} entry", "{count} entries", run.pulled)),
        (tr("Bytes"), tr("{out} up, {down} down", out=size(run.bytes_out), down=size(run.bytes_in))),
        (tr("Compared"), "" if run.verified is None else tr("equal") if run.verified else tr("set right")),
    ]
    return pairs_text([(label, value) for label, value in pairs if value], width=width)
