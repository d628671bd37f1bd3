"""``--add`` and ``--remove``: one value of a multi-valued field, the others staying as they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from sfa.errors import BadUsage, NotFound, msg
from sfa.fields import Field, Kind, Noun

Add = Annotated[
    list[str] | None,
    typer.Option(
        "--add", metavar="FIELD=VALUE", help=msg("Add one value, keeping the others."), show_default=False
    ),
]
Remove = Annotated[
    list[str] | None,
    typer.Option(
        "--remove",
        metavar="FIELD=VALUE",
        help=msg("Take one value away, keeping the others."),
        show_default=False,
    ),
]


def merged(
    connection: sqlite3.Connection,
    noun: Noun,
    record_id: str,
    added: Sequence[str],
    removed: Sequence[str],
) -> dict[str, list[str]]:
    """Return field name -> all values it shall hold, as texts that ``entered`` reads.

    Raises:
        BadUsage: no FIELD=VALUE, or a field that holds one value, or lines of products.
        NotFound: a value to take away that is not there.
    """
    found: dict[str, list[str]] = {}
    names: dict[str, dict[str, str]] = {}
    for pair in (*added, *removed):
        field = _field(noun, pair)
        if field.name not in found:
            found[field.name], names[field.name] = _present(connection, noun, field, record_id)
    for pair in removed:
        field, value = _field(noun, pair), pair.partition("=")[2].strip()
        present = names[field.name].get(_plain(value))
        if present is None or present not in found[field.name]:
            raise NotFound(msg("{field} holds no {value!r}."), field=field.label, value=value)
        found[field.name].remove(present)
    for pair in added:
        found[_field(noun, pair).name].append(pair.partition("=")[2].strip())
    return found


def _field(noun: Noun, pair: str) -> Field:
    name, equals, value = pair.partition("=")
    plain = name.strip().replace("-", "_")
    field = noun.field(plain) or noun.field(f"{plain}s") or noun.field(f"{plain}es")
    if not equals or not value.strip():
        raise BadUsage(msg("FIELD=VALUE is needed, not {text!r}."), text=pair)
    if field is None or field.kind is not Kind.MANY or not field.editable or field.table == "deal_line":
        many = [each.name for each in noun.fields if each.kind is Kind.MANY and each.editable]
        raise BadUsage(
            msg("{name} is no field that holds several values one by one."),
            hint=msg("There are: {known}."),
            name=name,
            known=", ".join(each for each in many if each != "products"),
        )
    return field


def _present(
    connection: sqlite3.Connection, noun: Noun, field: Field, record_id: str
) -> tuple[list[str], dict[str, str]]:
    """Return the values there are, as texts to enter again, and those texts by what people call them."""
    from sfa.finding.gathering import gather

    values: tuple[Any, ...] = gather(connection, noun, (field,), [record_id])[record_id][field.name]
    texts = [value[0] if isinstance(value, tuple) else str(value) for value in values]
    called = {
        _plain(value[1] if isinstance(value, tuple) else value): text
        for value, text in zip(values, texts, strict=True)
    }
    return texts, called


def _plain(value: str) -> str:
    from sfa.finding.folding import fold

    return fold(value).strip()
