"""The triggers of schema ``sfa``, written from the fields: they keep places and sight, whoever writes.

One call a statement and not a row: an administrator who moves 10,000 accounts with one
UPDATE waits for one computation of who sees them. An administrator's changes become ops
(``sql/70_edits.sql``), ours are ops already. Plans are kept: a list of ids of unknown length would be
planned anew at every call, which takes longer than the queries.
"""

from __future__ import annotations

from collections.abc import Iterator

from sfa.fields import TABLES, Table
from sfa.fields.sight import (
    BUSINESS_KEYS,
    MANAGERS_ONLY,
    NAMED_PARENTS,
    ORGANISATION,
    OTHER_ENDS,
    PARENTS,
    ROOTS,
)
from sfa.sync.centre.tables import literal, parents, quoted

_OWNED = ("owner_id", "team_id")

# table -> the columns that others' sight follows from, and what is called with the rows made and changed.
_SIGHT: dict[str, tuple[tuple[str, ...], str, str]] = {
    "account": (_OWNED, "hub.accounts_made({id})", "hub.accounts_changed({id})"),
    "contact": (_OWNED, "hub.root_made('contact', {id})", "hub.renew('contact', {id})"),
    "lead": (_OWNED, "hub.root_made('lead', {id})", "hub.renew('lead', {id})"),
    "deal": (
        (*_OWNED, "account_id", "deleted_at"),
        "hub.deals_made({id}, {account_id})",
        "hub.deals_changed({id}, {account_id})",
    ),
    "activity": (_OWNED, "hub.places_made('activity', {id})", "hub.renew('activity', {id})"),
    "task": (_OWNED, "hub.places_made('task', {id})", "hub.renew('task', {id})"),
    "proposal": (
        ("author_id", "recipient_id"),
        "hub.root_made('proposal', {id})",
        "hub.renew('proposal', {id})",
    ),
    "print_snapshot": (
        ("created_by",),
        "hub.root_made('print_snapshot', {id})",
        "hub.renew('print_snapshot', {id})",
    ),
    "conflict": (("kind", "unit"), "hub.clashes_made({id})", "hub.renew('conflict', {id})"),
    "account_collaborator": (
        ("account_id", "user_id", "deleted_at"),
        "hub.accounts_changed({account_id})",
        "hub.accounts_changed({account_id})",
    ),
    "contact_account": (
        ("contact_id", "account_id", "deleted_at"),
        "hub.links_changed({contact_id}, {account_id}, '{{}}')",
        "hub.links_changed({contact_id}, {account_id}, '{{}}')",
    ),
    "deal_role": (
        ("contact_id", "deal_id", "deleted_at"),
        "hub.links_changed({contact_id}, '{{}}', {deal_id})",
        "hub.links_changed({contact_id}, '{{}}', {deal_id})",
    ),
    "user": (
        ("manager_id", "team_id", "role"),
        "hub.people_changed({team_id})",
        "hub.people_changed({team_id})",
    ),
}


def place_statements() -> Iterator[str]:
    """Yield the trigger functions and triggers of every table."""
    for table in TABLES.values():
        yield _function(table, "made", _on_insert(table))
        yield _function(table, "changed", _on_update(table))
        yield from _triggers(table)


def _function(table: Table, event: str, body: str) -> str:
    return f"""CREATE OR REPLACE FUNCTION hub.{quoted(f"{event}_{table.name}")}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids text[];
BEGIN
{body}
    RETURN NULL;
END $$"""


def _triggers(table: Table) -> Iterator[str]:
    name = f"sfa.{quoted(table.name)}"
    for trigger, event, rows in (
        ("made", "INSERT", "NEW TABLE AS new_rows"),
        ("changed", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ):
        yield (
            f"CREATE OR REPLACE TRIGGER {trigger} AFTER {event} ON {name} REFERENCING {rows} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION hub.{quoted(f'{trigger}_{table.name}')}()"
        )


def parent_of(table: Table, row: str) -> tuple[str, str]:
    """Return the expressions of table and id of a row's parent, null when it stands alone."""
    if table.name in NAMED_PARENTS:
        noun, record = NAMED_PARENTS[table.name]
        named = f"{row}.{quoted(noun)}"
        found = f"coalesce((SELECT k.tbl FROM hub.noun AS k WHERE k.name = {named}), {named})"
        if table.name == "conflict":
            alone = _is_of_two(row)
            return f"CASE WHEN NOT {alone} THEN {found} END", f"CASE WHEN NOT {alone} THEN {row}.{record} END"
        return found, f"{row}.{record}"
    columns = parents(table)
    if not columns:
        return "NULL", "NULL"
    cases = " ".join(f"WHEN {row}.{column} IS NOT NULL THEN {literal(parent)}" for column, parent in columns)
    return f"CASE {cases} END", f"coalesce({', '.join(f'{row}.{column}' for column, _ in columns)})"


def _is_of_two(row: str) -> str:
    """Return the condition that a conflict hangs on no one record: ``fields.sight.is_of_two``."""
    keys = ", ".join(f"({literal(table)}, {literal(names[0])})" for table, names in BUSINESS_KEYS.items())
    return f"({row}.kind = 'clash' AND ({row}.on_table, {row}.unit) IN ({keys}))"


def _anchor_alone(table: Table, row: str) -> tuple[str, str]:
    if table.name == "conflict":
        return literal(table.name), f"{row}.id"
    if table.name in MANAGERS_ONLY:
        return "'managers'", "''"
    if table.name in ORGANISATION or table.name not in ROOTS:
        return "'organisation'", "''"
    return literal(table.name), f"{row}.id"


def _other_end(table: Table, row: str) -> tuple[str, str]:
    if table.name not in OTHER_ENDS:
        return "NULL", "NULL"
    column, other = OTHER_ENDS[table.name]
    return f"CASE WHEN {row}.{column} IS NOT NULL THEN {literal(other)} END", f"{row}.{column}"


def _has_parents(table: Table) -> bool:
    return table.name in PARENTS or table.name in NAMED_PARENTS


def _on_insert(table: Table) -> str:
    parent_tbl, parent_id = parent_of(table, "n")
    anchor_tbl, anchor_id = _anchor_alone(table, "n")
    other_tbl, other_id = _other_end(table, "n")
    placed = f"""    INSERT INTO hub.row (
        tbl, row_id, parent_tbl, parent_id, anchor_tbl, anchor_id, other_tbl, other_id
    )
    SELECT
        {literal(table.name)}, n.id, {parent_tbl}, {parent_id}, {anchor_tbl}, {anchor_id},
        {other_tbl}, {other_id}
    FROM new_rows AS n
    ON CONFLICT (row_id, tbl) DO UPDATE SET
        parent_tbl = excluded.parent_tbl, parent_id = excluded.parent_id,
        other_tbl = excluded.other_tbl, other_id = excluded.other_id,
        anchor_tbl = excluded.anchor_tbl, anchor_id = excluded.anchor_id;"""
    parts = [placed, "    ids := ARRAY(SELECT n.id FROM new_rows AS n);"]
    if _has_parents(table):
        parts.append(f"    PERFORM hub.place({literal(table.name)}, ids);")
    if table.name in _SIGHT:
        parts.append(f"    PERFORM {_call(table, 'made')};")
    parts.append(
        "    IF EXISTS (SELECT FROM hub.orphan) THEN\n"
        f"        PERFORM hub.adopt({literal(table.name)}, ids);\n    END IF;"
    )
    parts.append(_edit(table, "insert", "NULL::jsonb", "new_rows AS n"))
    return "\n".join(parts)


def _on_update(table: Table) -> str:
    parts = []
    if _has_parents(table) or table.name in OTHER_ENDS:
        parts.append(_on_move(table))
    if table.name in _SIGHT:
        columns = _SIGHT[table.name][0]
        call = _call(table, "changed")
        parts.append(f"    IF EXISTS ({_differing(columns)}) THEN\n        PERFORM {call};\n    END IF;")
    rows = "old_rows AS o JOIN new_rows AS n USING (id)"
    parts.append(_edit(table, "update", f"hub.{quoted('json_' + table.name)}(o)", rows))
    return "\n".join(parts)


def _on_move(table: Table) -> str:
    columns = [column for column, _ in parents(table)]
    columns += list(NAMED_PARENTS.get(table.name, ()))
    if table.name in OTHER_ENDS:
        columns.append(OTHER_ENDS[table.name][0])
    parent_tbl, parent_id = parent_of(table, "n")
    named = literal(table.name)
    other_tbl, other_id = _other_end(table, "n")
    return f"""    ids := ARRAY({_differing(tuple(columns))});
    IF cardinality(ids) > 0 THEN
        PERFORM hub.about_to_move({named}, ids);
        UPDATE hub.row AS r
        SET parent_tbl = {parent_tbl}, parent_id = {parent_id}, other_tbl = {other_tbl}, other_id = {other_id}
        FROM new_rows AS n WHERE r.row_id = n.id AND r.tbl = {named} AND n.id = ANY (ids);
        PERFORM hub.has_moved({named}, ids);
    END IF;"""


def _differing(columns: tuple[str, ...]) -> str:
    """Return the query of the rows of which a column changed; of an instant, whether it is there."""

    def side(row: str) -> str:
        names = (f"{row}.{quoted(column)}" for column in columns)
        return ", ".join(f"{name} IS NULL" if name.endswith('_at"') else name for name in names)

    return (
        f"SELECT n.id FROM old_rows AS o JOIN new_rows AS n USING (id) "
        f"WHERE ROW({side('o')}) IS DISTINCT FROM ROW({side('n')})"
    )


def _call(table: Table, event: str) -> str:
    columns, made, changed = _SIGHT[table.name]
    wanted = ("id", *(column for column in columns if f"{{{column}}}" in made + changed))
    if event == "made":
        lists = {
            column: f"ARRAY(SELECT n.{column} FROM new_rows AS n WHERE n.{column} IS NOT NULL)"
            for column in wanted
        }
        return made.format(**lists)
    lists = {column: f"ARRAY({_both(columns, column)})" for column in wanted}
    return changed.format(**lists)


def _both(columns: tuple[str, ...], column: str) -> str:
    """Return the query of what a column held and holds, in rows of which a column of sight changed."""
    rows = _differing(columns)
    return (
        f"SELECT b.{column} FROM (SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows) AS b "
        f"WHERE b.{column} IS NOT NULL AND b.id IN ({rows})"
    )


def _edit(table: Table, kind: str, before: str, rows: str) -> str:
    after = f"hub.{quoted('json_' + table.name)}(n)"
    return f"""    IF NOT hub.is_merging() THEN
        PERFORM hub.record_edits({literal(table.name)}, {literal(kind)}, ARRAY(
            SELECT jsonb_build_array(n.id, {before}, {after}) FROM {rows}
        ));
    END IF;"""
