"""What an import says: the guess of the columns, the figures, the rejected rows."""

from __future__ import annotations

from collections.abc import Mapping as Map
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sfa.errors import SfaError
from sfa.fields import Field, Kind, Noun
from sfa.fields import noun as noun_of
from sfa.i18n import tr, tr_error, tr_plural
from sfa.ids import REF_SHOWN
from sfa.interchange.headers import Guess
from sfa.interchange.imported import imported_noun
from sfa.interchange.rejects import REASON
from sfa.render.tables import Col, Grid, json_text, table_text
from sfa.render.values import plain_value, show_value
from sfa.services.imports import ImportPlan, result_of
from sfa.services.imports.changes import Changed
from sfa.services.imports.duplicates import SHARED_WORDS, Candidate
from sfa.services.imports.plan import RowVerdict
from sfa.terms import Verdict

_SHOWN = 10


def reason_text(reasons: Sequence[SfaError]) -> str:
    """Return why a row is rejected: every reason, with what to do about it."""
    said = []
    for reason in reasons:
        what, _, hint = tr_error(reason)
        said.append(f"{what} {hint}".strip())
    return "; ".join(said)


def guess_text(header: Sequence[str], guesses: Map[str, Guess]) -> str:
    """Return the guess as a table: each column, the field it is taken for, how sure that is."""
    columns = (
        Col("column", tr("Column")),
        Col("field", tr("Field")),
        Col("sure", tr("Sure"), right=True),
        Col("why", tr("Why")),
    )
    rows = tuple(_guess_row(column, guesses.get(column)) for column in header if column and column != REASON)
    return table_text(Grid(columns, rows))


def _guess_row(column: str, guess: Guess | None) -> tuple[str, ...]:
    if guess is None:
        return (column, "–", "", tr("not taken"))
    return (column, guess.field, f"{guess.confidence:.0%}", tr(guess.why))


def figures_text(plan: ImportPlan, *, dry_run: bool) -> str:
    """Return the figures of an import on one line, and what it made besides on another."""
    done = result_of(plan)
    figures = tr(
        "{nouns}: {created} created, {changed} changed, {same} the same, {revived} brought back,"
        " {rejected} rejected",
        nouns=_noun(plan).label_plural,
        created=done.created,
        changed=done.updated,
        same=done.same,
        revived=done.revived,
        rejected=done.rejected,
    )
    lines = [tr("Would be: {figures}", figures=figures) if dry_run else figures]
    if plan.lines:
        lines.append(_lines_text(plan))
    made = [f"{_label(table)} {count}" for table, count in done.made.items()]
    if made:
        lines.append(tr("Made besides: {list}", list=", ".join(made)))
    if done.without_account:
        lines.append(
            tr_plural("{count} deal has no account", "{count} deals have no account", done.without_account)
        )
    return "\n".join(lines)


def _lines_text(plan: ImportPlan) -> str:
    out = plan.lines[Verdict.REJECT]
    return tr("Rows: {taken} in, {rejected} rejected", taken=plan.lines.total() - out, rejected=out)


def _noun(plan: ImportPlan) -> Noun:
    noun = imported_noun(plan.noun)
    assert noun is not None
    return noun


def _label(table: str) -> str:
    names = {"custom_field": "field"}
    return tr(noun_of(names.get(table, table)).label_plural)


def rejected_text(plan: ImportPlan) -> str:
    """Return the first rejected rows with their reasons, and how many more there are."""
    lines = [
        tr("line {line}: {reason}", line=verdict.line, reason=reason_text(verdict.reasons))
        for _, verdict in plan.rejected[:_SHOWN]
    ]
    more = len(plan.rejected) - _SHOWN
    if more > 0:
        lines.append(tr_plural("… and {count} more", "… and {count} more", more))
    return "\n".join(lines)


def candidates_text(plan: ImportPlan) -> str:
    """Return the first rows that may be a lead there is already, and how many; empty when there are none."""
    found = plan.candidates
    if not found:
        return ""
    lines = [
        tr_plural(
            "{count} row may be a lead there is already:",
            "{count} rows may be leads there are already:",
            len(found),
        )
    ]
    lines += [
        tr("line {line}: {what}", line=verdict.line, what=candidate_text(verdict.candidate))
        for verdict in found[:_SHOWN]
        if verdict.candidate is not None
    ]
    more = len(found) - _SHOWN
    if more > 0:
        lines.append(tr_plural("… and {count} more", "… and {count} more", more))
    return "\n".join(lines)


def candidate_text(candidate: Candidate) -> str:
    """Return whom a row may be, and by what."""
    shared = tr(SHARED_WORDS[candidate.shared])
    if candidate.line:
        return tr("line {line}, {shared}", line=candidate.line, shared=shared)
    return tr("{name} ({ref}), {shared}", name=candidate.name, ref=candidate.ref[:REF_SHOWN], shared=shared)


def changed_text(plan: ImportPlan) -> str:
    """Return what changes in the first records that are there, and how many more there are."""
    rows = [row for row in plan.rows if row.record_id in plan.changed and row.verdict is Verdict.UPDATE]
    rows = list({row.record_id: row for row in reversed(rows)}.values())[::-1]
    lines = [
        tr("line {line}: {changes}", line=row.line, changes=_changes_text(plan.changed[row.record_id]))
        for row in rows[:_SHOWN]
    ]
    more = len(rows) - _SHOWN
    if more > 0:
        lines.append(tr_plural("… and {count} more", "… and {count} more", more))
    return "\n".join(lines)


def _changes_text(changes: Sequence[Changed]) -> str:
    return "; ".join(
        tr(
            "{field}: {before} → {after}",
            field=tr(each.field.label),
            before=show_value(each.field, _of_many(each.field, each.before)) or "–",
            after=show_value(each.field, _of_many(each.field, each.after)) or "–",
        )
        for each in changes
    )


def _of_many(field: Field, value: object) -> object:
    """Return one of several values as the several that are shown."""
    return value if field.kind is not Kind.MANY else () if value is None else (value,)


def _changes_json(changes: Sequence[Changed]) -> list[dict[str, Any]]:
    return [
        {
            "field": each.field.name,
            "before": plain_value(each.field, _of_many(each.field, each.before)),
            "after": plain_value(each.field, _of_many(each.field, each.after)),
        }
        for each in changes
    ]


def report_json(plan: ImportPlan, *, file: Path, rejects: Path | None, dry_run: bool) -> str:
    """Return the whole import for scripts: figures, and the verdict of every row."""
    done = result_of(plan)
    body: dict[str, Any] = {
        "noun": plan.noun,
        "file": str(file),
        "dry_run": dry_run,
        "created": done.created,
        "changed": done.updated,
        "same": done.same,
        "revived": done.revived,
        "rejected": done.rejected,
        "made": done.made,
        "rejects_file": str(rejects) if rejects else None,
        "rows": [
            {
                "line": row.line,
                "verdict": row.verdict.value,
                "id": row.record_id or None,
                "reasons": [reason_text([reason]) for reason in row.reasons],
                **_changes(plan, row),
                **_possible_duplicate(row.candidate),
            }
            for row in plan.rows
        ],
    }
    if plan.lines:
        body["rows_rejected"] = plan.lines[Verdict.REJECT]
    if plan.noun == "deal":
        body["without_account"] = done.without_account
    return json_text("sfa.import/1", body)


def _changes(plan: ImportPlan, row: RowVerdict) -> dict[str, Any]:
    if row.verdict is not Verdict.UPDATE:
        return {}
    return {"changes": _changes_json(plan.changed.get(row.record_id, ()))}


def _possible_duplicate(candidate: Candidate | None) -> dict[str, Any]:
    if candidate is None:
        return {}
    found = {
        "line": candidate.line or None,
        "id": candidate.record_id or None,
        "shared": candidate.shared.value,
    }
    return {"possible_duplicate": found}
