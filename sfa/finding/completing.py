"""What a half-typed reference may become, for the completion of the shell."""

from __future__ import annotations

import sqlite3

from sfa import ids
from sfa.fields import Noun
from sfa.fields import noun as noun_of
from sfa.finding import folding
from sfa.finding.labels import alive, label_columns, label_of, labels, only, short_refs
from sfa.finding.organisation import local_user_id
from sfa.finding.references import cleaned, names_of


def complete(connection: sqlite3.Connection, noun: str, typed: str, limit: int = 20) -> list[tuple[str, str]]:
    """Return what a half-typed reference may become, with labels: names first, then references.

    A name that several records have is offered as their references. Nothing typed: the newest records.
    """
    entity = noun_of(noun)
    plain = cleaned(typed)
    if typed and not plain:
        return []
    rows = _completions(connection, entity, plain, limit)
    shorts = short_refs(connection, entity.table, (row[1] for row in rows))
    found: dict[str, str] = {}
    times = [name for _, name in {(row[1], row[2]) for row in rows}]  # a record may fit by both
    for by_ref, ref, name, *title in rows:
        word = name if name and not by_ref and times.count(name) == 1 else shorts[ref]
        found.setdefault(word, label_of(entity, title))
    if entity.name == "user" and "me".startswith(plain):
        mine = local_user_id(connection)
        found["me"] = labels(connection, "user", (mine,)).get(mine, "")
    return list(found.items())[:limit]


def _completions(
    connection: sqlite3.Connection, noun: Noun, typed: str, limit: int
) -> list[tuple[bool, str, str, *tuple[str, ...]]]:
    names = names_of(noun)
    name = f"t.{names[0]}" if names else "''"
    columns = ", ".join(f"t.{column}" for column in label_columns(noun))
    select = f"SELECT t.ref, {name}, {columns} FROM {noun.table} AS t WHERE"
    kept = f"{alive(deleted=False)}{only(noun)}"
    if not typed:
        newest = connection.execute(f"{select} {kept} ORDER BY t.rowid DESC LIMIT ?", (limit,))
        return [(False, *tuple(row)) for row in newest]
    found: list[tuple[bool, str, str, *tuple[str, ...]]] = []
    if names:
        by_name = f"{select} {folding.begins(name)} AND {kept} LIMIT ?"
        found += [(False, *tuple(row)) for row in connection.execute(by_name, (*folding.span(typed), limit))]
    plain = ids.plain_ref(typed)
    by_ref = f"{select} t.ref >= ? AND t.ref < ? AND {kept} LIMIT ?"
    found += [(True, *tuple(row)) for row in connection.execute(by_ref, (plain, plain + "~", limit))]
    return found
