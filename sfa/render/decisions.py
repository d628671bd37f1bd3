"""Conflicts and proposals as text: the lists, one side by side, and the answer after a decision."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sfa.fields import Field, noun
from sfa.i18n import tr
from sfa.render import dates
from sfa.render.cells import one_line
from sfa.render.changes import change_name
from sfa.render.listings import PEOPLE
from sfa.render.tables import Col, Grid, grid_text, is_coloured, json_text, pairs_text, table_text
from sfa.render.values import choice_label, flat_currency, flat_value, plain_value, show_value

if TYPE_CHECKING:
    from sfa.finding.row_names import RecordName
    from sfa.reports.decisions import Compared, ConflictView, Person, ProposalView, Proposed
    from sfa.services.conflicts import Settled
    from sfa.services.proposals import Decided


def conflicts_text(found: Sequence[ConflictView], fmt: str) -> str:
    """Return conflicts, a line each."""
    if fmt == "json":
        return json_text("sfa.conflicts/1", {"rows": [_conflict_body(each) for each in found]})
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("record", tr("Record")),
        Col("name", tr("Name")),
        Col("fields", tr("Fields")),
        Col("kept_author", tr("Kept of")),
        Col("lost_author", tr("Lost of")),
        Col("lost_at", tr("Lost since"), rigid=True),
        Col("state", tr("State")),
    )
    return grid_text(Grid(columns, tuple(_conflict_row(each, fmt in PEOPLE) for each in found)), fmt)


def _conflict_row(each: ConflictView, people: bool) -> tuple[str, ...]:
    return (
        each.ref,
        _record_word(each.record, people),
        _labels(each),
        ", ".join(_field_name(compared.field, people) for compared in each.fields),
        _who(each.kept, people),
        _who(each.lost, people),
        _when(each.lost, people),
        _word("conflict", "state", each.state, people),
    )


def _labels(each: ConflictView) -> str:
    """Return what a conflict's record is called; two with one key are both named."""
    names = (each.record.label, each.other.label) if each.other is not None else (each.record.label,)
    return " / ".join(one_line(name) for name in names)


def conflict_text(found: ConflictView, fmt: str) -> str:
    """Return one conflict side by side: before, yours, theirs, and what the record holds now."""
    if fmt == "json":
        return json_text("sfa.conflict/1", _conflict_body(found))
    return _page(conflict_pairs(found), conflict_grid(found, people=fmt in PEOPLE), fmt)


def conflict_grid(found: ConflictView, *, people: bool) -> Grid:
    """Return the fields of a conflict side by side."""
    columns = _sides(found, people)
    rows = tuple(
        (
            _field_name(each.field, people),
            *(_shown(each.field, getattr(each, column.name), people) for column in columns[1:]),
        )
        for each in found.fields
    )
    return Grid(columns, rows)


def fields_of(found: ConflictView) -> str:
    """Return the fields that a conflict is about, for people."""
    return ", ".join(_field_name(each.field, True) for each in found.fields)


def sides_lines(found: ConflictView) -> list[str]:
    """Return a line for each field with its value on both sides."""
    *_, first, second, _ = _sides(found, True)
    return [
        tr(
            "{field}: {first} {one}, {second} {other}",
            field=_field_name(each.field, True),
            first=first.label,
            one=_shown(each.field, getattr(each, first.name), True) or "–",
            second=second.label,
            other=_shown(each.field, getattr(each, second.name), True) or "–",
        )
        for each in found.fields
    ]


def _sides(found: ConflictView, people: bool) -> tuple[Col, ...]:
    """Return the columns: the user's own side first, else the one that won."""
    order = ("lost", "kept") if found.mine == "lost" else ("kept", "lost")
    labels = (tr("Yours"), tr("Theirs")) if found.mine else (tr("Kept"), tr("Lost side"))
    if found.other is not None:
        names = {"kept": one_line(found.record.label), "lost": one_line(found.other.label)}
        labels = (names[order[0]], names[order[1]])
    sides = [Col(name, label if people else name) for name, label in zip(order, labels, strict=True)]
    return (Col("field", tr("Field")), Col("base", tr("Before")), *sides, Col("now", tr("Now")))


def conflict_pairs(found: ConflictView) -> list[tuple[str, str]]:
    """Return what is known of a conflict beside its values."""
    pairs = [
        (tr("Ref"), found.ref),
        (tr("Record"), f"{tr(found.record.noun_label)} {one_line(found.record.label)}"),
        *_other_pair(found),
        (tr("Kind"), _word("conflict", "kind", found.kind, True)),
        (tr("Kept of"), _who_when(found.kept)),
        (tr("Lost of"), _who_when(found.lost)),
        (tr("State"), _word("conflict", "state", found.state, True)),
    ]
    if found.settled is not None:
        pairs.append((tr("Settled by"), _who_when(found.settled)))
    if found.changed:
        pairs.append((tr("Note"), tr("The record was changed since: it holds neither value as it was.")))
    return pairs


def _other_pair(found: ConflictView) -> list[tuple[str, str]]:
    if found.other is None:
        return []
    return [(tr("Other record"), f"{tr(found.other.noun_label)} {one_line(found.other.label)}")]


def _conflict_body(found: ConflictView) -> dict[str, Any]:
    return {
        "id": found.id,
        "ref": found.ref,
        "kind": found.kind,
        "state": found.state,
        "record": _record_body(found.record),
        "other": _record_body(found.other) if found.other is not None else None,
        "kept": _person_body(found.kept),
        "lost": _person_body(found.lost),
        "mine": found.mine or None,
        "changed_since": found.changed,
        "settled": _person_body(found.settled) if found.settled is not None else None,
        "fields": [_compared_body(each) for each in found.fields],
    }


def _compared_body(each: Compared) -> dict[str, Any]:
    sides = {name: plain_value(each.field, getattr(each, name)) for name in ("base", "kept", "lost", "now")}
    return {"field": each.field.name, **sides}


def proposals_text(found: Sequence[ProposalView], fmt: str) -> str:
    """Return proposals, a line each."""
    if fmt == "json":
        return json_text("sfa.proposals/1", {"rows": [_proposal_body(each) for each in found]})
    columns = (
        Col("ref", tr("Ref"), rigid=True),
        Col("kind", tr("Kind")),
        Col("record", tr("Record")),
        Col("name", tr("Name")),
        Col("change", tr("Change")),
        Col("author", tr("Author")),
        Col("made_at", tr("Made at"), rigid=True),
        Col("recipient", tr("For")),
        Col("state", tr("State")),
    )
    return grid_text(Grid(columns, tuple(_proposal_row(each, fmt in PEOPLE) for each in found)), fmt)


def _proposal_row(each: ProposalView, people: bool) -> tuple[str, ...]:
    return (
        each.ref,
        _word("proposal", "kind", each.kind, people),
        _record_word(each.record, people),
        one_line(each.record.label),
        one_line(change_name(each.name, each.arguments)),
        _who(each.author, people),
        _when(each.author, people),
        _who(each.recipient, people),
        _word("proposal", "state", each.state, people),
    )


def proposal_text(found: ProposalView, fmt: str) -> str:
    """Return one proposal with every field that it would change."""
    if fmt == "json":
        return json_text("sfa.proposal/1", _proposal_body(found))
    return _page(proposal_pairs(found), proposal_grid(found, people=fmt in PEOPLE), fmt)


def proposal_grid(found: ProposalView, *, people: bool) -> Grid:
    """Return every field that a proposal would change."""
    columns = (
        Col("record", tr("Record")),
        Col("name", tr("Name")),
        Col("field", tr("Field")),
        Col("before", tr("Before")),
        Col("proposed", tr("Proposed")),
        Col("now", tr("Now")),
    )
    return Grid(columns, tuple(_proposed_row(each, people) for each in found.fields))


def _proposed_row(each: Proposed, people: bool) -> tuple[str, ...]:
    return (
        _record_word(each.record, people),
        one_line(each.record.label),
        _field_name(each.field, people),
        *(_shown(each.field, value, people) for value in (each.before, each.after, each.now)),
    )


def proposal_pairs(found: ProposalView) -> list[tuple[str, str]]:
    """Return what is known of a proposal beside its values."""
    pairs = [
        (tr("Ref"), found.ref),
        (tr("Change"), one_line(change_name(found.name, found.arguments))),
        (tr("Record"), f"{tr(found.record.noun_label)} {one_line(found.record.label)}"),
        (tr("Kind"), _word("proposal", "kind", found.kind, True)),
        (tr("Author"), _who_when(found.author)),
        (tr("For"), _who(found.recipient, True)),
        (tr("State"), _word("proposal", "state", found.state, True)),
    ]
    if found.decided is not None:
        pairs.append((tr("Decided by"), _who_when(found.decided)))
    if found.reason:
        pairs.append((tr("Reason"), found.reason))
    return pairs


def _proposal_body(found: ProposalView) -> dict[str, Any]:
    return {
        "id": found.id,
        "ref": found.ref,
        "kind": found.kind,
        "state": found.state,
        "record": _record_body(found.record),
        "change": change_name(found.name, found.arguments),
        "author": _person_body(found.author),
        "recipient": {"id": found.recipient.id or None, "name": found.recipient.name},
        "decided": _person_body(found.decided) if found.decided is not None else None,
        "reason": found.reason or None,
        "may_decide": found.may_decide,
        "fields": [_proposed_body(each) for each in found.fields],
    }


def _proposed_body(each: Proposed) -> dict[str, Any]:
    sides = (("before", each.before), ("proposed", each.after), ("now", each.now))
    values = {name: plain_value(each.field, value) for name, value in sides}
    return {"record": _record_body(each.record), "op": each.kind, "field": each.field.name, **values}


def decision_text(done: Settled | Decided, what: str, fmt: str) -> str:
    """Return the reference of what was decided and its state, as data for the next command in a script."""
    if fmt == "json":
        record = {"noun": done.noun or None, "id": done.record_id, "label": done.label}
        body = {"id": done.id, "ref": done.ref, "state": done.state, "record": record}
        return json_text(f"sfa.{what}.decided/1", body)
    columns = tuple(Col(name, name) for name in ("ref", "id", "state", "record"))
    return grid_text(
        Grid(columns, ((done.ref, done.id, done.state, done.label),)), "tsv" if fmt == "table" else fmt
    )


def _page(pairs: list[tuple[str, str]], grid: Grid, fmt: str) -> str:
    if fmt == "table":
        bold = is_coloured(sys.stdout.isatty())
        return f"{pairs_text(pairs, bold=bold)}\n{table_text(grid, bold=bold)}"
    if fmt == "md":
        head = Grid((Col("field", tr("Field")), Col("value", tr("Value"))), tuple(pairs))
        return f"{grid_text(head, 'md')}\n{grid_text(grid, 'md')}"
    return grid_text(grid, fmt)


def _shown(field: Field, value: Any, people: bool) -> str:
    if people:
        return show_value(field, value)
    return (
        " ".join(part for part in (flat_value(field, value), flat_currency(value)) if part)
        if (field.currency_column)
        else flat_value(field, value)
    )


def _field_name(field: Field, people: bool) -> str:
    return tr(field.label) if people else field.name


def _record_word(record: RecordName, people: bool) -> str:
    return tr(record.noun_label) if people else record.noun or "setting"


def _word(of: str, name: str, value: str, people: bool) -> str:
    field = noun(of).field(name)
    return choice_label(field, value) if people and field is not None else value


def who(person: Person) -> str:
    """Return a person's name, or that it is the user."""
    return _who(person, True)


def _who(person: Person, people: bool) -> str:
    return tr("you") if people and person.is_me else person.name


def _when(person: Person, people: bool) -> str:
    return dates.instant(person.at) if people else person.at


def _who_when(person: Person) -> str:
    return tr("{who}, {time}", who=_who(person, True), time=dates.instant(person.at))


def _person_body(person: Person) -> dict[str, Any]:
    return {"id": person.id or None, "name": person.name, "at": person.at}


def _record_body(record: RecordName) -> dict[str, Any]:
    return {"noun": record.noun or None, "id": record.id, "name": record.label}
