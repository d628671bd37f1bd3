"""What converting a lead would do, field by field, before anything is changed.

Read-only: the front end shows the plan, and ``converting.convert`` carries out the same one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sfa.errors import Ambiguous, NotFound, Refused, msg
from sfa.fields import Field, Kind, noun
from sfa.finding import folding, organisation, references
from sfa.finding.custom import custom_fields
from sfa.finding.labels import labels
from sfa.services.deals import end_of_quarter
from sfa.services.entry import ChildRow, Entered
from sfa.terms import LeadStatus

NEW = "new"
MOVED = ("activity", "task", "attachment")
_PARTS = {
    "phone": ("value", "digits", "label"),
    "email": ("value", "label"),
    "address": ("line", "country", "region", "city", "district", "postcode", "label"),
}
_SAMENESS = {"phone": "digits", "email": "value", "address": "line"}


class Act(StrEnum):
    """What happens to a record or a field of it."""

    CREATE = "create"
    ATTACH = "attach"
    SET = "set"
    FILL = "fill"
    KEEP = "keep"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """A field: what the lead offers and what the record has, both as finders give values."""

    field: Field
    act: Act
    offered: Any
    present: Any = None


@dataclass(slots=True)
class Part:
    """A record that is created or attached, and what is written into it."""

    noun: str
    act: Act
    label: str
    record_id: str | None = None
    ref: str = ""
    fields: list[FieldPlan] = field(default_factory=list)
    given: Entered = field(default_factory=Entered)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The whole plan; ``moved`` counts what goes along, ``target`` says to which of the parts."""

    lead_id: str
    ref: str
    label: str
    account: Part
    contact: Part
    deal: Part | None
    moved: Mapping[str, int]
    target: str

    def parts(self) -> tuple[Part, ...]:
        """Return the parts in the order in which they are written."""
        found = (self.account, self.contact, self.deal)
        return tuple(part for part in found if part is not None)

    def writes_as(self, other: Conversion) -> bool:
        """Say whether another plan writes the same; what goes along may be more by then."""
        return self._written() == other._written()

    def _written(self) -> list[tuple[object, ...]]:
        return [(part.noun, part.act, part.label, part.record_id, part.fields) for part in self.parts()]


def preview_conversion(
    connection: sqlite3.Connection,
    lead_id: str,
    *,
    account: str | None = None,
    contact: str | None = None,
    deal: Entered | None,
    today: date,
) -> Conversion:
    """Return what converting a lead would do.

    ``account`` and ``contact`` are ids, ``"new"``, or ``None`` for the existing one of that
    name, else a new one. ``deal`` is what was typed for the deal, ``None`` for none; it closes
    at the end of the fiscal quarter unless a day is given.

    Raises:
        NotFound: no such lead.
        Refused: it is converted or disqualified.
        Ambiguous: several existing accounts, or contacts, are meant by the name.
    """
    folding.register(connection)
    lead = open_lead(connection, lead_id)
    company = _account(connection, lead, account)
    person = _contact(connection, lead, contact, company)
    sale = _deal(connection, lead, company, deal, today) if deal is not None else None
    moved = {
        table: int(
            connection.execute(
                f"SELECT count(*) FROM {table} WHERE lead_id = ? AND deleted_at IS NULL", (lead_id,)
            ).fetchone()[0]
        )
        for table in MOVED
    }
    label = labels(connection, "lead", [lead_id])[lead_id]
    ref = references.short_ref(connection, "lead", lead["ref"])
    return Conversion(lead_id, ref, label, company, person, sale, moved, "deal" if sale else "account")


def open_lead(connection: sqlite3.Connection, lead_id: str) -> sqlite3.Row:
    """Return a lead that can be converted.

    Raises:
        NotFound: no such lead.
        Refused: it is converted or disqualified.
    """
    lead: sqlite3.Row | None = connection.execute(
        "SELECT * FROM lead WHERE id = ? AND deleted_at IS NULL", (lead_id,)
    ).fetchone()
    if lead is None:
        raise NotFound(msg("There is no {noun} {id}."), noun=noun("lead").label, id=lead_id)
    ref = references.short_ref(connection, "lead", lead["ref"])
    if lead["converted_at"] is not None:
        raise Refused(
            msg("The lead {name} is converted already."),
            hint=msg("See what it became: sfa lead show {ref}."),
            name=lead["name"],
            ref=ref,
        )
    if lead["status"] == LeadStatus.DISQUALIFIED:
        raise Refused(
            msg("The lead {name} is disqualified."),
            hint=msg("If that was wrong: sfa lead edit {ref} --status working."),
            name=lead["name"],
            ref=ref,
        )
    return lead


def _account(connection: sqlite3.Connection, lead: sqlite3.Row, wanted: str | None) -> Part:
    name = lead["company"] or lead["name"]
    found = wanted if wanted not in {None, NEW} else None
    if wanted is None:
        found = _one(connection, "account", name, accounts_named(connection, name))
    part = _part(connection, "account", found, name)
    offered = {"name": name, "next_follow_up_on": lead["next_follow_up_on"], "owner_id": lead["owner_id"]}
    _offer(connection, part, lead, offered, ("addresses",))
    return part


def accounts_named(connection: sqlite3.Connection, name: str) -> list[str]:
    """Return the accounts of that name or short name, eleven at most."""
    folded = folding.fold(name.strip())
    rows = connection.execute(
        f"SELECT id FROM account t WHERE deleted_at IS NULL"
        f" AND ({folding.equals('t.name')} OR {folding.equals('t.short_name')}) LIMIT 11",
        (folded,) * 4,
    )
    return [row[0] for row in rows]


def _one(connection: sqlite3.Connection, word: str, name: str, found: list[str]) -> str | None:
    if len(found) <= 1:
        return found[0] if found else None
    named = labels(connection, word, found)
    refs = {
        row[0]: row[1]
        for row in connection.execute(
            f"SELECT id, ref FROM {word} WHERE id IN ({', '.join('?' * len(found))})", found
        )
    }
    shorts = references.short_refs(connection, word, refs.values())
    raise Ambiguous(
        msg("Several {nouns} are called {name}."),
        matches=[(shorts[refs[each]], named[each]) for each in found],
        hint=msg("Choose one with --{word} REF, or make a new one with --{word} new."),
        nouns=noun(word).label_plural,
        name=name,
        word=word,
    )


def _contact(connection: sqlite3.Connection, lead: sqlite3.Row, wanted: str | None, company: Part) -> Part:
    found = wanted if wanted not in {None, NEW} else None
    if wanted is None:
        found = _one(connection, "contact", lead["name"], contacts_like(connection, lead, company.record_id))
    part = _part(connection, "contact", found, lead["name"])
    offered = {
        "name": lead["name"],
        "title": lead["title"],
        "notes": lead["notes"],
        "owner_id": lead["owner_id"],
    }
    _offer(connection, part, lead, offered, ("phones", "emails"))
    _offer_account(connection, part, company)
    return part


def contacts_like(connection: sqlite3.Connection, lead: sqlite3.Row, account_id: str | None) -> list[str]:
    """Return contacts of the lead's name that are at the account, or share an email or phone with it."""
    rows = connection.execute(
        f"SELECT t.id FROM contact t WHERE t.deleted_at IS NULL AND {folding.equals('t.name')} AND ("
        " EXISTS (SELECT 1 FROM contact_account ca WHERE ca.contact_id = t.id AND ca.account_id = ?"
        " AND ca.deleted_at IS NULL)"
        " OR EXISTS (SELECT 1 FROM email e JOIN email l ON lower(l.value) = lower(e.value)"
        " WHERE e.contact_id = t.id AND l.lead_id = ? AND e.deleted_at IS NULL AND l.deleted_at IS NULL)"
        " OR EXISTS (SELECT 1 FROM phone p JOIN phone l ON l.digits = p.digits AND p.digits <> ''"
        " WHERE p.contact_id = t.id AND l.lead_id = ? AND p.deleted_at IS NULL AND l.deleted_at IS NULL)"
        ") LIMIT 11",
        (*(folding.fold(lead["name"]),) * 2, account_id, lead["id"], lead["id"]),
    )
    return [row[0] for row in rows]


def _offer_account(connection: sqlite3.Connection, part: Part, company: Part) -> None:
    field_ = _field("contact", "accounts")
    present = connection.execute(
        "SELECT account_id FROM contact_account WHERE contact_id = ? AND deleted_at IS NULL ORDER BY id",
        (part.record_id,),
    ).fetchall()
    if company.record_id and company.record_id in {row[0] for row in present}:
        return
    part.fields.append(FieldPlan(field_, Act.ADD, ((company.record_id, company.label),)))
    part.given.many["accounts"] = [{"account_id": row[0]} for row in present]


def _deal(
    connection: sqlite3.Connection, lead: sqlite3.Row, company: Part, typed: Entered, today: date
) -> Part:
    part = _part(connection, "deal", None, str(typed.columns.get("name") or company.label))
    closing = end_of_quarter(today, organisation.fiscal_start(connection)).isoformat()
    offered: dict[str, Any] = {
        "close_on": closing,
        "source": lead["source"],
        "next_step": lead["next_step"],
        "next_step_on": lead["next_follow_up_on"],
        "notes": lead["interest"],
        "owner_id": lead["owner_id"],
        **{name: value for name, value in typed.columns.items() if value is not None},
        "name": part.label,
    }
    _offer(connection, part, lead, offered, ())
    part.given.many.update(typed.many)
    part.given.custom.update(typed.custom)
    return part


def _part(connection: sqlite3.Connection, word: str, record_id: str | None, label: str) -> Part:
    if record_id is None:
        return Part(word, Act.CREATE, label)
    row = connection.execute(f"SELECT ref FROM {word} WHERE id = ?", (record_id,)).fetchone()
    ref = references.short_ref(connection, word, row[0])
    return Part(word, Act.ATTACH, labels(connection, word, [record_id])[record_id], record_id, ref)


def _field(word: str, name: str) -> Field:
    found = noun(word).field(name)
    assert found is not None
    return found


def _offer(
    connection: sqlite3.Connection,
    part: Part,
    lead: sqlite3.Row,
    offered: Mapping[str, Any],
    many: tuple[str, ...],
) -> None:
    """Plan the columns, the multi-valued fields and the declared fields that the lead can give."""
    row = connection.execute(f"SELECT * FROM {part.noun} WHERE id = ?", (part.record_id,)).fetchone()
    for each in noun(part.noun).fields:
        if each.table == part.noun and not each.through and each.column in offered:
            _offer_column(connection, part, each, offered, row)
    for name in many:
        _offer_many(connection, part, _field(part.noun, name), lead["id"])
    _offer_custom(connection, part, lead["id"])


def _offer_column(
    connection: sqlite3.Connection,
    part: Part,
    each: Field,
    offered: Mapping[str, Any],
    row: sqlite3.Row | None,
) -> None:
    value = offered[each.column]
    if value is None:
        return
    names = [each.column, each.currency_column] if each.currency_column else [each.column]
    present = row[each.column] if row is not None else None
    if present is not None:
        if present != value and each.name not in {"name", "owner"}:
            act = Act.KEEP
            part.fields.append(
                FieldPlan(each, act, _shown(connection, each, offered), _shown(connection, each, row))
            )
        return
    part.given.columns.update({name: offered[name] for name in names})
    act = Act.SET if row is None else Act.FILL
    part.fields.append(FieldPlan(each, act, _shown(connection, each, offered)))


def _shown(connection: sqlite3.Connection, each: Field, values: Any) -> Any:
    value = values[each.column]
    if each.kind is Kind.LINK:
        return (value, labels(connection, each.target, [value]).get(value, ""))
    return (value, values[each.currency_column]) if each.currency_column else value


def _offer_many(connection: sqlite3.Connection, part: Part, each: Field, lead_id: str) -> None:
    present = _children(connection, each.table, f"{part.noun}_id", part.record_id)
    known = {_same(each.table, row) for row in present}
    new = []
    for row in _children(connection, each.table, "lead_id", lead_id):
        if _same(each.table, row) not in known:
            known.add(_same(each.table, row))
            new.append(row)
    if new:
        part.given.many[each.name] = [*present, *new]
        part.fields.append(FieldPlan(each, Act.ADD, tuple(row[each.column] for row in new)))


def _children(connection: sqlite3.Connection, table: str, owner: str, owner_id: str | None) -> list[ChildRow]:
    names = _PARTS[table]
    rows = connection.execute(
        f"SELECT {', '.join(names)} FROM {table} WHERE {owner} = ? AND deleted_at IS NULL ORDER BY id",
        (owner_id,),
    )
    return [dict(zip(names, row, strict=True)) for row in map(tuple, rows)]


def _same(table: str, row: ChildRow) -> str:
    return folding.fold(str(row[_SAMENESS[table]] or row.get("value") or ""))


def _offer_custom(connection: sqlite3.Connection, part: Part, lead_id: str) -> None:
    """Plan the declared fields that lead and record have in common, by name and kind."""
    own = {each.name: each for each in custom_fields(connection, part.noun)}
    for source in custom_fields(connection, "lead"):
        target = own.get(source.name)
        if target is None or target.kind is not source.kind:
            continue
        value = _custom(connection, source, "lead_id", lead_id)
        present = _custom(connection, target, f"{part.noun}_id", part.record_id)
        if value is None or value == present or not _allowed(target, value):
            continue
        if present is not None:
            part.fields.append(FieldPlan(target, Act.KEEP, value, present))
            continue
        part.given.custom[target.custom_id] = value
        part.fields.append(FieldPlan(target, Act.FILL if part.record_id else Act.SET, value))


def _custom(connection: sqlite3.Connection, each: Field, owner: str, owner_id: str | None) -> str | None:
    row = connection.execute(
        f"SELECT value FROM custom_value WHERE field_id = ? AND {owner} = ? AND deleted_at IS NULL",
        (each.custom_id, owner_id),
    ).fetchone()
    return row[0] if row else None


def _allowed(each: Field, value: str) -> bool:
    return not each.choices or value in {choice.value for choice in each.choices}
