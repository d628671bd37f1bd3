"""A contact's part in a deal: typed words into the columns of a buying role, given and taken away."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sfa.errors import BadUsage, ChangedByBoth, InvalidInput, Msg, NotFound, msg
from sfa.fields import Choice, Field, Kind
from sfa.fields import noun as noun_of
from sfa.finding import references
from sfa.finding.buying_roles import LIVE, stored
from sfa.finding.labels import labels
from sfa.interchange.values import check_text, parse_value
from sfa.terms import BuyingRole, Stance

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.services.rows import Row

_LOWEST, _HIGHEST = 0, 5
COLUMNS = ("role", "stance", "strength", "target_strength", "note")


def _choice(name: str, label: Msg, words: type[StrEnum]) -> Field:
    choices = tuple(Choice(each.value, Msg(each.value)) for each in words)
    return Field(name, Kind.CHOICE, label, "deal_role", name, choices=choices)


_ROLE = _choice("role", msg("Buying role"), BuyingRole)
_STANCE = _choice("stance", msg("Stance"), Stance)
_NOTE = Field("note", Kind.TEXT, msg("Note"), "deal_role", "note")


def role_columns(
    *, role: str, stance: str, strength: int | None, target: int | None, note: str
) -> dict[str, object]:
    """Return the columns of what was given; what is empty or ``None`` stays as it is.

    Raises:
        InvalidInput: a word that is not allowed, or a strength outside 0 to 5.
        BadUsage: nothing was given.
    """
    found: dict[str, object] = {}
    for field, text in ((_ROLE, role), (_STANCE, stance)):
        if text.strip():
            found.update(parse_value(field, text, today=date.min, currency=""))
    for name, column, value in (("strength", "strength", strength), ("target", "target_strength", target)):
        if value is not None:
            found[column] = _strength(name, value)
    if note.strip():
        found["note"] = check_text(_NOTE, note)
    if not found:
        raise BadUsage(
            msg("Nothing to change was given."), hint=msg("Give at least one field, such as --role user.")
        )
    return found


def typed_columns(texts: Mapping[str, str]) -> dict[str, object]:
    """Return the columns that the texts of a form mean; an empty text empties its column.

    Raises:
        InvalidInput: a word that is not allowed, no role, or a strength outside 0 to 5.
    """
    found: dict[str, object] = {}
    for name in COLUMNS:
        if name not in texts:
            continue
        text = texts[name].strip()
        if name == "role" and not text:
            raise InvalidInput(name, msg("it must be given"))
        if name in {"role", "stance"}:
            field = _ROLE if name == "role" else _STANCE
            found.update(parse_value(field, text or Stance.UNKNOWN, today=date.min, currency=""))
        elif name == "note":
            found[name] = check_text(_NOTE, text) or None
        else:
            found[name] = _typed_strength(name, text) if text else None
    return found


def _typed_strength(name: str, text: str) -> int:
    if not text.isdecimal():
        raise InvalidInput(name, msg("{value!r} is no whole number."), value=text)
    return _strength(name, int(text))


def _strength(name: str, value: int) -> int:
    if not _LOWEST <= value <= _HIGHEST:
        raise InvalidInput(
            name, msg("{value} is not between {low} and {high}."), value=value, low=_LOWEST, high=_HIGHEST
        )
    return value


def add_typed(session: Session, deal_id: str, texts: Mapping[str, str]) -> None:
    """Give the person that ``contact`` names a part in a deal, from typed texts.

    Raises:
        InvalidInput: as ``typed_columns``, nobody is named, or the person has a part already.
        NotFound, Ambiguous: it names nobody, or several.
    """
    from sfa.services import deals
    from sfa.services.records import change_of, raw

    contact = new_person(raw(session), deal_id, texts.get("contact", ""))
    deals.set_role(session, deal_id, contact.id, typed_columns(texts))
    row = deals.touched(session, deal_id)
    change_of(session).call(msg("{contact} in {label}: buying role"), label=row.label, contact=contact.label)


def new_person(connection: sqlite3.Connection, deal_id: str, text: str) -> references.Found:
    """Return the contact that a text names, who has no part in a deal yet.

    Raises:
        InvalidInput, NotFound, Ambiguous: as ``add_typed``.
    """
    if not text.strip():
        raise InvalidInput("contact", msg("it must be given"))
    contact = references.resolve(connection, "contact", text)
    if stored(connection, deal_id, contact.id) is not None:
        raise InvalidInput(
            "contact",
            msg("{name} has a part in this deal already"),
            hint=msg("Choose the person in the list and change it there."),
            name=contact.label,
        )
    return contact


def edit_typed(
    session: Session, deal_id: str, contact_id: str, texts: Mapping[str, str], base: Mapping[str, Any]
) -> None:
    """Change a person's part in a deal from typed texts; ``base`` is what it was when these were begun.

    What only others changed meanwhile stays as they left it.

    Raises:
        InvalidInput: as ``typed_columns``.
        NotFound: the person has no part in the deal any more.
        ChangedByBoth: somebody else changed the same meanwhile, to something else.
    """
    from sfa.services import deals
    from sfa.services.catching_up import Clash
    from sfa.services.records import change_of, raw

    connection = raw(session)
    label = labels(connection, "contact", [contact_id]).get(contact_id, "")
    now = stored(connection, deal_id, contact_id)
    if now is None:
        raise _no_part(label)
    columns = typed_columns(texts)
    both = [name for name, value in columns.items() if now[name] not in (base.get(name), value)]
    if both:
        raise ChangedByBoth(
            msg("The {noun} {label} was changed meanwhile, by {who}, in what you changed too."),
            hint=msg("Look at both and choose, then save again."),
            clashes=[Clash((name,)) for name in both],
            now={name: now[name] for name in COLUMNS},
            noun=noun_of("contact").label,
            label=label,
            who=now["who"],
            at=now["at"],
        )
    if columns:
        deals.set_role(session, deal_id, contact_id, columns)
        row = deals.touched(session, deal_id)
        change_of(session).call(msg("{contact} in {label}: buying role"), label=row.label, contact=label)


def take_out(session: Session, deal_id: str, contact_id: str) -> Row:
    """Take a person's part in a deal away, and name the transaction after it.

    Raises:
        NotFound: no such deal, or the person has no part in it.
    """
    from sfa.services import deals, records
    from sfa.store import change

    records.load(session, "deal", deal_id)
    connection = records.raw(session)
    rows = connection.execute(f"SELECT r.id FROM {LIVE}", (deal_id, contact_id)).fetchall()
    label = labels(connection, "contact", [contact_id]).get(contact_id, "")
    if not rows:
        raise _no_part(label)
    for each in rows:  # two devices may have given one each
        change.update(connection, "deal_role", each["id"], {"deleted_at": records.change_of(session).stamp})
    deal = deals.touched(session, deal_id)
    records.change_of(session).call(msg("Take {contact} out of {label}"), label=deal.label, contact=label)
    return deal


def _no_part(name: str) -> NotFound:
    return NotFound(
        msg("{name} has no part in this deal."),
        hint=msg("Give one first: role, stance, strength."),
        name=name,
    )
