"""What a half-typed name in a form may mean: the customer's own records first, then the search."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from sfa.fields import noun as noun_of
from sfa.finding import folding
from sfa.finding.labels import alive, label_columns, label_of, only
from sfa.finding.references import matching_ids
from sfa.finding.searching import find

_NEAR_MOST = 200  # people or deals of one account


class Pick(NamedTuple):
    """A record that can be meant: what is typed for it, its label, whether it is the customer's own."""

    typed: str
    label: str
    hint: str
    is_near: bool


def pick(
    connection: sqlite3.Connection, noun: str, typed: str, *, account: str = "", limit: int = 8
) -> list[Pick]:
    """Return the records of a noun that a text may mean, those of an account first.

    ``account`` is as it was typed elsewhere in the form. Without a text there are only the account's own.
    """
    near = _near(connection, noun, account)
    wanted = folding.fold(typed.strip())
    own = [each for each in near if not wanted or wanted in folding.fold(each[2])]
    found = [(each, True) for each in own[:limit]]
    if typed.strip():
        known = {each[0] for each in near}
        hits = find(connection, typed, nouns=(noun,), limit=limit + len(known))
        matched = {hit.id for hit in hits}
        # The search knows pinyin initials, phones and emails of the account's own too.
        found += [(each, True) for each in near if each[0] in matched and each not in own]
        found += [
            ((hit.id, hit.ref, hit.label, "" if hit.excerpt == hit.label else hit.excerpt), False)
            for hit in hits
            if hit.id not in known
        ]
    return [_pick(connection, noun, each, is_near=is_near) for each, is_near in found[:limit]]


_Known = tuple[str, str, str, str]  # id, reference, label, hint


def _pick(connection: sqlite3.Connection, noun: str, known: _Known, *, is_near: bool) -> Pick:
    """Return a pick; a name that means several records, or holds a semicolon, is typed as the reference."""
    record_id, ref, label, hint = known
    is_plain = ";" not in label and matching_ids(connection, noun, label) == [record_id]
    return Pick(label if is_plain else ref, label, hint, is_near)


def _near(connection: sqlite3.Connection, noun: str, account: str) -> list[_Known]:
    if noun not in {"contact", "deal"} or not account.strip():
        return []
    accounts = matching_ids(connection, "account", account)
    if len(accounts) != 1:
        return []
    entity = noun_of(noun)
    columns = ", ".join(f"t.{column}" for column in label_columns(entity))
    kept = f"{alive(deleted=False)}{only(entity)}"
    if noun == "contact":
        hint, among = (
            "coalesce(t.title, '')",
            ("t.id IN (SELECT contact_id FROM contact_account WHERE account_id = ? AND deleted_at IS NULL)"),
        )
    else:
        hint = "coalesce((SELECT s.name FROM stage s WHERE s.id = t.stage_id), '')"
        among = "t.account_id = ? AND t.closed_on IS NULL"
    rows = connection.execute(
        f"SELECT t.id, t.ref, {hint}, {columns} FROM {entity.table} t WHERE {among} AND {kept}"
        " ORDER BY t.updated_at DESC LIMIT ?",
        (accounts[0], _NEAR_MOST),
    )
    return [(row[0], row[1], label_of(entity, tuple(row)[3:]), row[2]) for row in rows]


def same_name(
    connection: sqlite3.Connection, noun: str, names: Iterable[str], limit: int = 3
) -> list[tuple[str, str]]:
    """Return (noun, label) of live records that have one of the names already, case and width aside.

    A lead's company may be an account already, so accounts are looked at too.
    """
    found: dict[tuple[str, str], None] = {}
    for name in filter(None, (each.strip() for each in names)):
        for kind in dict.fromkeys((noun, "account") if noun == "lead" else (noun,)):
            for hit in find(connection, name, nouns=(kind,), limit=limit):
                if folding.fold(name) in {folding.fold(hit.label), folding.fold(hit.excerpt)}:
                    found[hit.noun, hit.label] = None
    return list(found)[:limit]
