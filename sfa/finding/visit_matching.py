"""Which records the names in a visit line mean: the account, and the people who were there."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sfa.fields import noun
from sfa.finding import folding
from sfa.finding.labels import labels, short_refs
from sfa.finding.references import matching_ids

_MOST_KNOWN = 2000
# A person called by surname and office, 王总, 李经理, 老张: the surname is what is known of the name.
_CALLED = re.compile(
    r"(?:老|小)(?P<after>[\u4e00-\u9fff])$|(?P<before>[\u4e00-\u9fff])"
    r"(?:总|董|工|姐|哥|处|局|科|部|院|校|厂|店)?(?:经理|总监|总|主任|主管|老师|院长|处长|科长|局长|书记|董事长|董|部长|厂长|店长|校长"
    r"|助理|先生|女士|小姐|师傅|博士|教授|医生|大夫|律师|会计|采购|秘书|工|姐|哥|长)$"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a name may mean; ``hint`` tells it from its namesakes."""

    noun: str
    id: str
    ref: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A name and the records it may mean: one is found, several are doubtful, none is unknown.

    One alone is doubtful too when the name merely stands within its own ("he" in "Schell").
    """

    text: str
    candidates: tuple[Candidate, ...] = ()
    is_sure: bool = True

    @property
    def found(self) -> Candidate | None:
        """The record, when the name means exactly one."""
        return self.candidates[0] if len(self.candidates) == 1 and self.is_sure else None


def names_in(connection: sqlite3.Connection, noun_name: str, line: str) -> list[str]:
    """Return the names of a noun's live records that a line holds, longest first."""
    folding.register(connection)
    columns = ("name", "short_name") if noun_name == "account" else ("name",)
    folded = folding.fold(line)
    found: dict[str, None] = {}
    for column in columns:
        rows = connection.execute(
            f"SELECT DISTINCT {column} FROM {noun(noun_name).table} WHERE deleted_at IS NULL"
            f" AND length({column}) > 1 AND instr(?, lower({column})) > 0 LIMIT {_MOST_KNOWN}",
            (folded,),
        )
        found.update(dict.fromkeys(row[0] for row in rows))
    return sorted(found, key=len, reverse=True)


def match_account(connection: sqlite3.Connection, name: str) -> Match:
    """Return the accounts that a name means, in full, by its short name or in part.

    A name that is no account's but a contact's means the account of that person: a rep who
    writes "微信联系王强" thinks of the person first.
    """
    found = _candidates(connection, "account", matching_ids(connection, "account", name))
    if not found:
        return Match(name, _accounts_of_person(connection, name))
    if len(found) != 1:
        return Match(name, found)
    row = connection.execute(
        "SELECT name, short_name, tax_id FROM account WHERE id = ?", (found[0].id,)
    ).fetchone()
    return Match(name, found, _is_sure(name, found[0].ref, tuple(row)))


def _accounts_of_person(connection: sqlite3.Connection, name: str) -> tuple[Candidate, ...]:
    people = _candidates(connection, "contact", matching_ids(connection, "contact", name))
    same = [each.id for each in people if folding.fold(each.label) == folding.fold(name)]
    rows = [
        row[0]
        for person in same
        for row in connection.execute(
            "SELECT ca.account_id FROM contact_account ca JOIN account a ON a.id = ca.account_id"
            " WHERE ca.contact_id = ? AND ca.deleted_at IS NULL AND a.deleted_at IS NULL ORDER BY ca.rowid",
            (person,),
        )
    ]
    return _candidates(connection, "account", list(dict.fromkeys(rows)))


def _is_sure(name: str, ref: str, names: Iterable[str | None]) -> bool:
    """Say whether a name is a reference, or begins a word of one of the names; Han is not parted in words."""
    sought = folding.fold(name.strip())
    if not sought.isascii() or ref.startswith(sought) or sought.startswith(ref):
        return True
    begins = re.compile(rf"(?<![^\W_]){re.escape(sought)}")
    return any(begins.search(folding.fold(each)) for each in names if each)


def match_person(connection: sqlite3.Connection, name: str, account_id: str | None) -> Match:
    """Return whom a name means: a contact at the account, else a contact or colleague called exactly so.

    A namesake at other accounts alone is somebody else as long as the account is known.
    """
    called = matching_ids(connection, "contact", name)
    if account_id is not None:
        there = _at(connection, called, account_id)
        if there:
            people = _candidates(connection, "contact", there)
            return Match(name, people, len(people) > 1 or _is_sure(name, people[0].ref, (people[0].label,)))
        called = _at(connection, called, None)
    known = _candidates(connection, "contact", called)
    if account_id is None and known:
        return Match(name, known, len(known) > 1 or _is_sure(name, known[0].ref, (known[0].label,)))
    exact = tuple(each for each in known if folding.fold(each.label) == folding.fold(name))
    if exact:
        return Match(name, exact)
    colleagues = _candidates(connection, "user", matching_ids(connection, "user", name))
    same = tuple(each for each in colleagues if folding.fold(each.label) == folding.fold(name))
    return Match(name, same)


def _at(connection: sqlite3.Connection, contacts: Sequence[str], account_id: str | None) -> list[str]:
    """Return the contacts that are at an account; with ``None`` those that are at none."""
    found = []
    for each in contacts:
        rows = connection.execute(
            "SELECT account_id FROM contact_account WHERE contact_id = ? AND deleted_at IS NULL", (each,)
        ).fetchall()
        accounts = {row[0] for row in rows}
        if account_id in accounts if account_id is not None else not accounts:
            found.append(each)
    return found


def near_people(connection: sqlite3.Connection, name: str, account_id: str) -> tuple[Candidate, ...]:
    """Return the contacts of an account whom a surname with an office (王总) may mean."""
    called = _CALLED.fullmatch(name.strip())
    if called is None:
        return ()
    rows = connection.execute(
        "SELECT DISTINCT c.id FROM contact c JOIN contact_account ca ON ca.contact_id = c.id"
        " WHERE ca.account_id = ? AND ca.deleted_at IS NULL AND c.deleted_at IS NULL"
        " AND substr(c.name, 1, 1) = ?"
        " ORDER BY c.name LIMIT 9",
        (account_id, called["after"] or called["before"]),
    )
    return _candidates(connection, "contact", [row[0] for row in rows.fetchall()])


def only_account(connection: sqlite3.Connection, contact_id: str) -> Candidate | None:
    """Return the one account of a contact, or ``None`` when there are none or several."""
    rows = connection.execute(
        "SELECT DISTINCT a.id FROM contact_account ca JOIN account a ON a.id = ca.account_id"
        " WHERE ca.contact_id = ? AND ca.deleted_at IS NULL AND a.deleted_at IS NULL",
        (contact_id,),
    ).fetchall()
    found = _candidates(connection, "account", [row[0] for row in rows])
    return found[0] if len(found) == 1 else None


def candidate(connection: sqlite3.Connection, noun_name: str, record_id: str) -> Candidate:
    """Return a record that is known to be there as a candidate."""
    return _candidates(connection, noun_name, [record_id])[0]


def _candidates(
    connection: sqlite3.Connection, noun_name: str, record_ids: Sequence[str]
) -> tuple[Candidate, ...]:
    if not record_ids:
        return ()
    named = labels(connection, noun_name, record_ids)
    places = ", ".join("?" * len(record_ids))
    refs = dict(
        map(tuple, connection.execute(f"SELECT id, ref FROM {noun_name} WHERE id IN ({places})", record_ids))
    )
    shorts = short_refs(connection, noun_name, refs.values())
    return tuple(
        Candidate(noun_name, each, shorts[refs[each]], named[each], _hint(connection, noun_name, each))
        for each in record_ids
    )


def _hint(connection: sqlite3.Connection, noun_name: str, record_id: str) -> str:
    if noun_name == "contact":
        query = (
            "SELECT c.title, group_concat(a.name, ', ') FROM contact c"
            " LEFT JOIN contact_account ca ON ca.contact_id = c.id AND ca.deleted_at IS NULL"
            " LEFT JOIN account a ON a.id = ca.account_id AND a.deleted_at IS NULL"
            " WHERE c.id = ? GROUP BY c.id"
        )
    elif noun_name == "account":
        query = "SELECT coalesce(region, industry) FROM account WHERE id = ?"
    else:
        return ""
    row = connection.execute(query, (record_id,)).fetchone()
    return ", ".join(part for part in tuple(row) if part)
