"""What every noun can do: create, edit, delete with what hangs on it, restore.

Rules of one noun live in the service of that noun, which builds on these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import InvalidInput, NotFound, Refused, StaleVersion, msg
from sfa.fields import TABLES, Field, Noun
from sfa.fields import noun as noun_of
from sfa.finding import organisation
from sfa.finding.references import labels
from sfa.models import model_of
from sfa.models.base import Common
from sfa.services import children
from sfa.services.cascade import delete_with_children, restore_with_children
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.store.connection import StoreConnection
from sfa.store.perform import Change


def change_of(session: Session) -> Change:
    """Return the open transaction a session works in."""
    found: Change = session.info["change"]
    return found


def raw(session: Session) -> StoreConnection:
    """Return the session's raw connection, everything pending written first."""
    session.flush()
    return change_of(session).connection


def load(session: Session, noun: str, record_id: str, expected_version: int | None = None) -> Any:
    """Return the live record.

    Raises:
        NotFound: no such record, or it is deleted.
        StaleVersion: its version is not the expected one.
    """
    row = session.get(model_of(noun), record_id)
    if row is None or row.deleted_at is not None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun_of(noun).label, id=record_id)
    if expected_version is not None and row.version != expected_version:
        raise StaleVersion(
            msg("The {noun} {ref} was changed meanwhile (version {found}, expected {expected})."),
            hint=msg("Look at it again, then repeat the change."),
            noun=noun_of(noun).label,
            ref=row.ref,
            found=row.version,
            expected=expected_version,
        )
    return row


def answer(session: Session, noun: str, row: Common, *, created: bool = False, before: int = 0) -> Row:
    """Return the frozen row after everything pending was written."""
    session.flush()
    session.refresh(row)
    label = labels(raw(session), noun, [row.id]).get(row.id, row.ref)
    return Row(noun, row.id, row.ref, label, row.version, created, row.version != before)


def create(
    session: Session,
    noun: str,
    given: Entered,
    *,
    record_id: str | None = None,
    idempotency_key: str | None = None,
) -> Row:
    """Add a record; its owner is the actor unless given, its team the owner's.

    With an idempotency key a second call returns the first one's record unchanged.

    Raises:
        InvalidInput: a required field is missing or a value is not allowed.
    """
    described = noun_of(noun)
    if idempotency_key:
        again = earlier(session, noun, idempotency_key)
        if again is not None:
            return again
        record_id = _id_of_key(session, noun, idempotency_key)
    row = build(session, described, given, record_id)
    session.add(row)
    session.flush()
    for name, wanted in given.many.items():
        children.set_many(raw(session), child_field(described, name), described, row.id, wanted)
    children.set_custom(raw(session), described, row.id, given.custom)
    children.require_custom(raw(session), described, row.id)
    return answer(session, noun, row, created=True)


def earlier(session: Session, noun: str, idempotency_key: str | None) -> Row | None:
    """Return the record that an add with the same key made before, or ``None``."""
    if not idempotency_key:
        return None
    found = session.get(model_of(noun), _id_of_key(session, noun, idempotency_key))
    return answer(session, noun, found, before=found.version) if found is not None else None


def _id_of_key(session: Session, noun: str, key: str) -> str:
    organisation_id = organisation.organisation_id(raw(session))
    return ids.external_id(organisation_id, "idempotency-key", noun, key)


def build(session: Session, described: Noun, given: Entered, record_id: str | None = None) -> Common:
    """Return a validated row that is not yet added."""
    change = change_of(session)
    values = dict(given.columns)
    if described.only:
        values[described.only[0]] = described.only[1]
    _require(described, values)
    if described.owned:
        values.setdefault("owner_id", change.actor)
        values["team_id"] = team_of(session, values["owner_id"])
    row_id = record_id or ids.uuid7(clock.wall_ms())
    stamp = clock.from_text(change.stamp)
    bookkeeping = {
        "id": row_id,
        "ref": ids.ref_of(row_id),
        "created_at": stamp,
        "created_by": change.actor,
        "updated_at": stamp,
        "updated_by": change.actor,
    }
    return model_of(described.name).model_validate({**bookkeeping, **values})


def _require(described: Noun, values: Mapping[str, object]) -> None:
    """Raise InvalidInput for a field that must be given and is not, or must not be emptied and is."""
    declared = model_of(described.name).model_fields
    for each in described.fields:
        if not each.required or not each.editable or each.table != described.table:
            continue
        if each.column not in values and declared[each.column].is_required():
            raise InvalidInput(each.name, msg("it must be given"))
        if each.column in values and values[each.column] is None:
            raise InvalidInput(each.name, msg("it must not be empty"))


def team_of(session: Session, owner_id: object) -> str | None:
    """Return the team of an owner."""
    row = raw(session).execute("SELECT team_id FROM user WHERE id = ?", (owner_id,)).fetchone()
    return row[0] if row else None


def child_field(described: Noun, name: str) -> Field:
    """Return a multi-valued field that is known to be one."""
    found = described.field(name)
    assert found is not None
    return found


def edit(
    session: Session, noun: str, record_id: str, given: Entered, *, expected_version: int | None = None
) -> Row:
    """Change what is given and nothing else.

    Raises:
        NotFound: no such record.
        StaleVersion: it changed after it was read.
        InvalidInput: a required field would be empty, or a value is not allowed.
    """
    described = noun_of(noun)
    row = load(session, noun, record_id, expected_version)
    before = row.version
    assign(session, described, row, given.columns)
    session.flush()
    for name, wanted in given.many.items():
        children.set_many(raw(session), child_field(described, name), described, row.id, wanted)
    children.set_custom(raw(session), described, row.id, given.custom)
    if row_version(session, described, row.id) == before and change_has_ops(session):
        touch(session, described, row.id)
    return answer(session, noun, row, before=before)


def row_version(session: Session, described: Noun, record_id: str) -> int:
    """Return the version that a record's row has in the store now."""
    query = f"SELECT version FROM {described.table} WHERE id = ?"
    return int(raw(session).execute(query, (record_id,)).fetchone()[0])


def touch(session: Session, described: Noun, record_id: str) -> None:
    """Raise a record's version after only what hangs on it changed: whoever expects the old one is late.

    Versions are the store's own and never captured, so this makes no op.
    """
    change = change_of(session)
    raw(session).execute(
        f"UPDATE {described.table} SET version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?",
        (change.stamp, change.actor, record_id),
    )


def change_has_ops(session: Session) -> bool:
    """Say whether the open transaction has changed anything yet."""
    row = raw(session).execute("SELECT tx_id FROM oplog ORDER BY seq DESC LIMIT 1").fetchone()
    return row is not None and row[0] == change_of(session).tx_id


def assign(session: Session, described: Noun, row: Any, columns: Mapping[str, object]) -> None:
    """Set columns of a loaded row after checking them as a whole."""
    for each in described.fields:
        if each.required and each.column in columns and columns[each.column] is None:
            raise InvalidInput(each.name, msg("it must not be empty"))
    values = dict(columns)
    if described.owned and "owner_id" in values:
        if values["owner_id"] is None:
            raise InvalidInput("owner", msg("it must not be empty"))
        values["team_id"] = team_of(session, values["owner_id"])
    whole = {name: getattr(row, name) for name in TABLES[described.table].column_names()} | values
    checked = type(row).model_validate(whole)
    for name in values:
        if getattr(row, name) != getattr(checked, name):
            setattr(row, name, getattr(checked, name))


def delete(session: Session, noun: str, record_id: str, *, expected_version: int | None = None) -> Row:
    """Tombstone a record with what hangs on it, in one transaction that can be undone.

    Raises:
        NotFound: no such record.
        StaleVersion: it changed after it was read.
        Refused: live records need it (an owner of records, a stage in use).
    """
    described = noun_of(noun)
    row = load(session, noun, record_id, expected_version)
    label = labels(raw(session), noun, [row.id]).get(row.id, row.ref)
    delete_with_children(raw(session), described.table, record_id)
    session.refresh(row)
    return Row(noun, row.id, row.ref, label, row.version)


def restore(session: Session, noun: str, record_id: str) -> Row:
    """Bring a deleted record back with what was deleted together with it.

    Raises:
        NotFound: no such record.
        Refused: it is not deleted, or what it hangs on still is.
    """
    described = noun_of(noun)
    row = session.get(model_of(noun), record_id)
    if row is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=described.label, id=record_id)
    if row.deleted_at is None:
        raise Refused(msg("The {noun} {ref} is not deleted."), noun=described.label, ref=row.ref)
    restore_with_children(raw(session), described.table, record_id, clock.to_text(row.deleted_at))
    session.refresh(row)
    return answer(session, noun, row, before=0)
