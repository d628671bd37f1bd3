"""A contact's part in a deal: typed words into the columns of a buying role."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sfa.errors import BadUsage, InvalidInput, Msg, msg
from sfa.fields import Choice, Field, Kind
from sfa.interchange.values import check_text, parse_value
from sfa.terms import BuyingRole, Stance

_LOWEST, _HIGHEST = 0, 5


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


def _strength(name: str, value: int) -> int:
    if not _LOWEST <= value <= _HIGHEST:
        raise InvalidInput(
            name, msg("{value} is not between {low} and {high}."), value=value, low=_LOWEST, high=_HIGHEST
        )
    return value
