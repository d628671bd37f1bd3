"""Settling conflicts: the value that won stays, the one that lost is taken after all, or a third is typed.

A conflict is written by the centre; settling one is an ordinary change of the record
together with the conflict's state, which undo takes back and sync carries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from sfa.errors import BadUsage, ChangedMeanwhile, Msg, NotFound, Refused, msg
from sfa.fields import NOUNS, Kind
from sfa.fields.sight import is_of_two
from sfa.finding import deciding
from sfa.finding.deciding import KEPT, LOST, TOMBSTONE, Values
from sfa.finding.row_names import RecordName, named_places
from sfa.models.decision import Conflict
from sfa.services import nouns, records, settling
from sfa.services.cascade import delete_with_children, restore_with_children
from sfa.services.entry import Texts, entered
from sfa.store import change
from sfa.terms import ConflictKind, ConflictState


@dataclass(frozen=True, slots=True)
class Settled:
    """A conflict that is settled now, and the record it was about; ``noun`` is empty for a setting."""

    id: str
    ref: str
    state: str
    noun: str
    record_id: str
    label: str


@dataclass(frozen=True, slots=True)
class _Case:
    """An open conflict with its sides read, the record it belongs to, and its row as it is now."""

    row: Conflict
    kept: Values
    lost: Values
    base: Values
    now: Values | None
    record: RecordName


def accept_mine(session: Session, conflict_id: str, *, today: date) -> Settled:
    """Let the acting user's value stand, whether it won or lost.

    Raises:
        NotFound, Refused, ChangedMeanwhile: as ``accept_kept`` and ``accept_lost``.
        BadUsage: both sides are the user's, or neither.
    """
    return _accept(session, conflict_id, _side_of_user(session, conflict_id), today=today)


def accept_theirs(session: Session, conflict_id: str, *, today: date) -> Settled:
    """Let the other one's value stand, whether it won or lost; raises as ``accept_mine``."""
    own = _side_of_user(session, conflict_id)
    return _accept(session, conflict_id, LOST if own == KEPT else KEPT, today=today)


def accept_kept(session: Session, conflict_id: str, *, today: date) -> Settled:
    """Let the value that won stay; an edit of a deleted record stays with the deleted record.

    Raises:
        NotFound: no such conflict.
        Refused: it is settled already.
        ChangedMeanwhile: the record holds another value by now.
    """
    case = _open(session, conflict_id)
    _refuse_stale(session, case)
    if case.row.on_table == "deal" and case.now is not None:
        settling.tell_of_deal(session, case.row.on_id, today=today)
    if _is_of_two(case.row):
        return _settle(session, case, ConflictState.KEPT, msg("Let both keep their key: {noun} {label}"))
    return _settle(session, case, ConflictState.KEPT, msg("Keep the value that won: {noun} {label}"))


def accept_lost(session: Session, conflict_id: str, *, today: date) -> Settled:
    """Write the value that lost into the record; a deleted record comes back with what lost.

    Raises:
        NotFound: no such conflict, or its record is not here.
        Refused: it is settled already, what lost was erased, or a rule of the record forbids it.
        ChangedMeanwhile: the record holds another value by now.
    """
    case = _open(session, conflict_id)
    _refuse_stale(session, case)
    _refuse_untakeable(case)
    _take(session, case, today=today)
    return _settle(session, case, ConflictState.TAKEN, msg("Take the value that lost: {noun} {label}"))


def merge(session: Session, conflict_id: str, texts: Texts, *, today: date) -> Settled:
    """Write typed values into the record instead of either side; a deleted record comes back with them.

    Without any, what the record holds by now is confirmed, if that is neither of the two.

    Raises:
        NotFound: no such conflict, or its record is not here.
        Refused: it is settled already, or a rule of the record forbids the values.
        BadUsage: nothing was typed where one side still stands, or a field the conflict is not about.
        InvalidInput, Ambiguous: as every edit.
    """
    case = _open(session, conflict_id)
    if not texts:
        if not _stale(case):
            raise BadUsage(
                msg("Nothing to merge was given."),
                hint=msg("Give FIELD=VALUE, or take one side: sfa conflicts show {ref}."),
                ref=case.row.ref[:6],
            )
    else:
        _write_typed(session, case, texts, today=today)
    # As the centre says itself of two keys that clash no longer.
    state = ConflictState.KEPT if _is_of_two(case.row) else ConflictState.MERGED
    return _settle(session, case, state, msg("Merge both values: {noun} {label}"))


def _accept(session: Session, conflict_id: str, side: str, *, today: date) -> Settled:
    accept = accept_kept if side == KEPT else accept_lost
    return accept(session, conflict_id, today=today)


def _side_of_user(session: Session, conflict_id: str) -> str:
    row = _open(session, conflict_id).row
    found = deciding.mine(row.kept_author_id, row.lost_author_id, records.change_of(session).actor)
    if not found:
        is_both = row.kept_author_id == row.lost_author_id
        raise BadUsage(
            msg("Both values are of one person.") if is_both else msg("Neither value is yours."),
            hint=msg(
                "Say which: sfa conflicts accept {ref} --kept or --lost, or merge: sfa conflicts merge {ref}."
            ),
            ref=row.ref[:6],
        )
    return found


def _open(session: Session, conflict_id: str) -> _Case:
    row: Conflict = records.load(session, "conflict", conflict_id)
    connection = records.raw(session)
    if row.state != ConflictState.OPEN:
        who = connection.execute("SELECT name FROM user WHERE id = ?", (row.updated_by,)).fetchone()
        raise Refused(
            msg("The conflict {ref} is settled already, by {name} on {time}."),
            hint=msg("To change the record now, edit it."),
            ref=row.ref[:6],
            name=who[0] if who is not None else "?",
            time=f"{row.updated_at.astimezone():%Y-%m-%d %H:%M}",
        )
    return _Case(
        row,
        deciding.side(row.on_table, row.kept),
        deciding.side(row.on_table, row.lost),
        deciding.side(row.on_table, row.base),
        deciding.present(connection, row.on_table, row.on_id),
        deciding.record_about(connection, row.on_table, row.on_id),
    )


def _is_of_two(row: Conflict) -> bool:
    return is_of_two({"kind": row.kind, "on_table": row.on_table, "unit": row.unit})


def _stale(case: _Case) -> list[str]:
    if _is_of_two(case.row):
        return []  # whoever changed the value since has solved it
    return deciding.changed_since(case.row.kind, case.now, case.kept, case.lost, case.base)


def _refuse_stale(session: Session, case: _Case) -> None:
    stale = _stale(case)
    if stale:
        places = [(case.row.on_table, case.row.on_id, column) for column in stale]
        raise ChangedMeanwhile(
            msg("The {noun} {label} was changed after this conflict arose."),
            fields=named_places(records.raw(session), places),
            hint=msg("If it is right as it is now: sfa conflicts merge {ref}. Else add FIELD=VALUE."),
            noun=case.record.noun_label,
            label=case.record.label,
            ref=case.row.ref[:6],
        )


def _refuse_untakeable(case: _Case) -> None:
    if _is_of_two(case.row):
        raise Refused(
            msg("Nothing was lost: two records have the same value."),
            hint=msg("Keep both with: sfa conflicts accept {ref} --kept, or change or delete one of them."),
            ref=case.row.ref[:6],
        )
    if not case.lost and case.row.kind != ConflictKind.EDITED_WHILE_DELETED:
        raise Refused(msg("The value that lost was erased, and that is for good."))


def _row_here(case: _Case) -> Values:
    if case.now is None:
        raise NotFound(
            msg("The {noun} is not on this device any more."),
            hint=msg("Let the value that won stay: sfa conflicts accept {ref} --kept."),
            noun=case.record.noun_label,
            ref=case.row.ref[:6],
        )
    return case.now


def _take(session: Session, case: _Case, *, today: date) -> None:
    now = _row_here(case)
    table, row_id = case.row.on_table, case.row.on_id
    if set(case.lost) == {TOMBSTONE}:
        _bury_or_raise(session, case, now)
        return
    if case.row.kind == ConflictKind.EDITED_WHILE_DELETED:
        _raise(session, case, now)
    else:
        _refuse_deleted(case, now)
    values = {name: value for name, value in case.lost.items() if now[name] != value}
    if values:
        settling.write(session, table, row_id, values, today=today)
    elif table == "deal":
        settling.tell_of_deal(session, row_id, today=today)


def _bury_or_raise(session: Session, case: _Case, now: Values) -> None:
    if case.lost[TOMBSTONE] is None:
        _raise(session, case, now)
    elif now[TOMBSTONE] is None and case.record.id == case.row.on_id and case.record.noun:
        nouns.delete(session, case.record.noun, case.record.id)
    elif now[TOMBSTONE] is None:
        delete_with_children(records.raw(session), case.row.on_table, case.row.on_id)
        session.expire_all()


def _raise(session: Session, case: _Case, now: Values) -> None:
    if now[TOMBSTONE] is not None:
        restore_with_children(records.raw(session), case.row.on_table, case.row.on_id, now[TOMBSTONE])
        session.expire_all()


def _refuse_deleted(case: _Case, now: Values) -> None:
    if now[TOMBSTONE] is not None:
        raise Refused(
            msg("The {noun} {label} is deleted."),
            hint=msg("Let the value that won stay: sfa conflicts accept {ref} --kept."),
            noun=case.record.noun_label,
            label=case.record.label,
            ref=case.row.ref[:6],
        )


def _write_typed(session: Session, case: _Case, texts: Texts, *, today: date) -> None:
    if not case.record.noun:
        raise Refused(
            msg("Settings cannot be merged here."),
            hint=msg("Take one side, or set it with: sfa config org set KEY VALUE."),
        )
    now = _row_here(case)
    described = NOUNS[case.record.noun]
    given = entered(records.raw(session), described, texts, today=today, record_id=case.record.id)
    if case.row.kind == ConflictKind.EDITED_WHILE_DELETED:
        _raise(session, case, now)
    else:
        _refuse_deleted(case, now)
        _refuse_other_fields(case, texts)
    nouns.edit(session, case.record.noun, case.record.id, given, today=today)
    if case.record.noun == "deal":
        settling.tell_of_deal(session, case.record.id, today=today)


def _refuse_other_fields(case: _Case, texts: Texts) -> None:
    """Refuse fields that the conflict is not about, so that nothing else is changed by the way."""
    table, unit = case.row.on_table, case.row.unit
    known = [
        each.name
        for each in NOUNS[case.record.noun].fields
        if each.table == table
        and each.editable
        and (each.kind is Kind.MANY or deciding.unit_of(table, each.column) == unit)
    ]
    if table == "custom_value":
        return  # a declared field is no built-in one
    others = [name for name in texts if name not in known]
    if others and (known or _is_of_two(case.row)):
        about = ", ".join(known) or unit
        raise BadUsage(msg("The conflict is about {known}, not about {name}."), known=about, name=others[0])


def _settle(session: Session, case: _Case, state: ConflictState, name: Msg) -> Settled:
    change.update(records.raw(session), "conflict", case.row.id, {"state": state.value})
    session.expire_all()
    noun = case.record.noun
    records.change_of(session).call(name, noun=noun or "setting", label=case.record.label)
    return Settled(case.row.id, case.row.ref, state.value, noun, case.record.id, case.record.label)
