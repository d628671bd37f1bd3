"""The centre's functions for each table, written from the fields: read, write and digest a row.

Static SQL, one function a table, so that PostgreSQL keeps the plans.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from sfa.errors import msg
from sfa.fields import TABLES, Column, Table
from sfa.money import CURRENCIES, exponent
from sfa.sync.centre.tables import literal, quoted, withheld_columns

# The name of a transaction that an administrator made with SQL.
EDITED = msg("Edited at the centre")
# The name of the transaction of what the centre adds while it merges, such as conflicts and proposals.
MERGED = msg("Merged at the centre")

# They hang on nothing, ever: to see one of them is to be among its own users.
_ALWAYS_ROOTS = frozenset({"lead", "account", "contact", "deal"})

_IN = {
    "text": "{}",
    "integer": "({})::bigint",
    "flag": "hub.to_flag({})",
    "day": "hub.to_day({})",
    "instant": "hub.to_instant({})",
}
_OUT = {
    "text": "{}",
    "integer": "{}",
    "flag": "{}::integer",
    "day": "hub.day_text({})",
    "instant": "hub.instant_text({})",
}


# Tables whose ops may be merged many at once (sql/59_runs.sql): rules of sight and ownership alone are
# about them. Quotes, their decisions and revisions are not among them: the centre prices and approves.
PLAIN = (
    "account", "contact", "contact_account", "deal", "deal_line", "deal_role", "deal_event", "lead",
    "activity", "activity_attendee", "comment", "task", "phone", "email", "address", "tag", "external_id",
    "custom_value", "attachment",
)  # fmt: skip


def value_in(column: Column) -> str:
    """Return the expression that reads a column from the JSON object ``v``."""
    return _IN[column.type].format(f"(v ->> {literal(column.name)})")


def _new_value(column: Column) -> str:
    """Return the expression that reads a column's new value from the changes of an op of ``n``."""
    return _IN[column.type].format(f"(n.v -> {literal(column.name)} ->> 0)")


def value_out(column: Column, row: str) -> str:
    """Return the expression of a column's stored form, of the row named so."""
    return _OUT[column.type].format(f"{row}.{quoted(column.name)}")


def row_functions() -> Iterator[str]:
    """Yield the functions of each table, and those that choose by the table's name."""
    yield _constant("edit_name", str(EDITED))
    yield _constant("merge_name", str(MERGED))
    yield _exponents()
    yield _referring()
    for table in TABLES.values():
        yield _json(table)
        yield _get(table)
        yield _add(table)
        yield _put(table)
        yield _shown(table)
        yield _listed(table)
    yield "DROP TYPE IF EXISTS hub.plain CASCADE; CREATE TYPE hub.plain AS (op_id text, row_id text, v jsonb)"
    for name in PLAIN:
        yield _add_many(TABLES[name])
        yield _put_many(TABLES[name])
    yield _get_any()
    yield _write_any("add")
    yield _write_any("put")
    yield _write_many("add_many")
    yield _write_many("put_many")
    yield _plain_tables()


def _json(table: Table) -> str:
    pairs = [f"{literal(column.name)}, {value_out(column, 'r')}" for column in table.captured()]
    return (
        f"CREATE OR REPLACE FUNCTION hub.{quoted('json_' + table.name)}(r sfa.{quoted(table.name)}) "
        "RETURNS jsonb LANGUAGE sql STABLE AS $$ "
        f"SELECT jsonb_build_object('id', r.id, {', '.join(pairs)}) $$"
    )


def _get(table: Table) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION hub.{quoted('get_' + table.name)}(given_id text) "
        "RETURNS jsonb LANGUAGE plpgsql STABLE AS $$ BEGIN "
        f"RETURN (SELECT hub.{quoted('json_' + table.name)}(r) FROM sfa.{quoted(table.name)} AS r "
        "WHERE r.id = given_id); END $$"
    )


_CHANGED = "coalesce(hub.to_instant(v ->> 'updated_at'), now())"


def _add(table: Table) -> str:
    """Write a new row; an UPDATE that finds none costs as much again, with its triggers."""
    names = ", ".join(quoted(column.name) for column in table.captured())
    values = ", ".join(value_in(column) for column in table.captured())
    return f"""CREATE OR REPLACE FUNCTION hub.{quoted("add_" + table.name)}(given_id text, v jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sfa.{quoted(table.name)} (id, {names}, updated_at, updated_by)
    VALUES (given_id, {values}, {_CHANGED}, v ->> 'updated_by');
END $$"""


def _put(table: Table) -> str:
    """Write the given columns of a row, or a new row; without ``updated_at`` it was changed now."""
    kept = ", ".join(
        f"{quoted(column.name)} = CASE WHEN v ? {literal(column.name)} THEN {value_in(column)} "
        f"ELSE t.{quoted(column.name)} END"
        for column in table.captured()
    )
    return f"""CREATE OR REPLACE FUNCTION hub.{quoted("put_" + table.name)}(given_id text, v jsonb)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sfa.{quoted(table.name)} AS t
    SET {kept}, updated_at = {_CHANGED}, updated_by = v ->> 'updated_by' WHERE t.id = given_id;
    IF NOT FOUND THEN
        PERFORM hub.{quoted("add_" + table.name)}(given_id, v);
    END IF;
END $$"""


def _add_many(table: Table) -> str:
    """Write the new rows of some ops."""
    names = ", ".join(quoted(column.name) for column in table.captured())
    values = ", ".join(_new_value(column) for column in table.captured())
    return f"""CREATE OR REPLACE FUNCTION hub.{quoted("add_many_" + table.name)}(ops hub.plain[], author text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sfa.{quoted(table.name)} (id, {names}, updated_at, updated_by)
    SELECT n.row_id, {values}, now(), author FROM unnest(ops) AS n;
END $$"""


def _put_many(table: Table) -> str:
    """Write what some ops change, each of them another row; one that is not there needs thought."""
    kept = ", ".join(
        f"{quoted(column.name)} = CASE WHEN n.v ? {literal(column.name)} THEN {_new_value(column)} "
        f"ELSE t.{quoted(column.name)} END"
        for column in table.captured()
        if not column.references
    )
    return f"""CREATE OR REPLACE FUNCTION hub.{quoted("put_many_" + table.name)}(ops hub.plain[], author text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found integer;
BEGIN
    UPDATE sfa.{quoted(table.name)} AS t SET {kept}, updated_at = now(), updated_by = author
    FROM unnest(ops) AS n WHERE t.id = n.row_id;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found < cardinality(ops) THEN
        RAISE EXCEPTION USING ERRCODE = 'SF100';
    END IF;
END $$"""


def _get_any() -> str:
    cases = "\n".join(
        f"WHEN {literal(name)} THEN RETURN hub.{quoted('get_' + name)}(given_id);" for name in TABLES
    )
    return (
        "CREATE OR REPLACE FUNCTION hub.get(given_tbl text, given_id text) RETURNS jsonb "
        f"LANGUAGE plpgsql STABLE AS $$ BEGIN CASE given_tbl\n{cases}\nELSE RETURN NULL; END CASE; END $$"
    )


def _write_any(verb: str) -> str:
    cases = "\n".join(
        f"WHEN {literal(name)} THEN PERFORM hub.{quoted(f'{verb}_{name}')}(given_id, v);" for name in TABLES
    )
    return (
        f"CREATE OR REPLACE FUNCTION hub.{verb}(given_tbl text, given_id text, v jsonb) RETURNS void "
        f"LANGUAGE plpgsql AS $$ BEGIN CASE given_tbl\n{cases}\nEND CASE; END $$"
    )


def _write_many(verb: str) -> str:
    cases = "\n".join(
        f"WHEN {literal(name)} THEN PERFORM hub.{quoted(f'{verb}_{name}')}(ops, author);" for name in PLAIN
    )
    return (
        f"CREATE OR REPLACE FUNCTION hub.{verb}(given_tbl text, ops hub.plain[], author text) RETURNS void "
        f"LANGUAGE plpgsql AS $$ BEGIN CASE given_tbl\n{cases}\nEND CASE; END $$"
    )


def _plain_tables() -> str:
    listed = ", ".join(map(literal, PLAIN))
    return (
        "CREATE OR REPLACE FUNCTION hub.plain_tables() RETURNS text[] LANGUAGE sql IMMUTABLE AS "
        f"$$ SELECT ARRAY[{listed}] $$"
    )


def _seen(table: Table) -> dict[str, str]:
    """Return column -> its value as a user sees it, of the references that may be withheld."""
    withheld = {column.name for column in withheld_columns(table)}
    return {
        column.name: f"CASE WHEN {_is_seen(column)} THEN t.{quoted(column.name)} END"
        for column in table.captured()
        if column.name in withheld
    }


def _visible(table: Table) -> str:
    return f"""FROM sfa.{quoted(table.name)} AS t
    JOIN hub.row AS r ON r.row_id = t.id AND r.tbl = {literal(table.name)}
    LEFT JOIN hub.sight AS s ON s.row_id = r.anchor_id AND s.tbl = r.anchor_tbl
    LEFT JOIN hub.sight AS e ON e.row_id = r.other_id AND e.tbl = r.other_tbl
    WHERE is_admin OR (
        (s.everybody OR me = ANY (s.users)) AND (r.other_id IS NULL OR e.everybody OR me = ANY (e.users))
    )"""


def _listed(table: Table) -> str:
    """Make the query of a table's rows as lists: id, maker, later writers if any, the captured columns.

    In the order of their ids, as a device's indexes are: so they are written there in half of the time.
    """
    seen = _seen(table)
    values = [seen.get(column.name) or value_out(column, "t") for column in table.captured()]
    return f"""CREATE OR REPLACE FUNCTION hub.{quoted("listed_" + table.name)}(me text, is_admin boolean)
RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT json_build_array(t.id, r.maker, nullif(r.columns, '{{}}'), {", ".join(values)})::text
    {_visible(table)}
    ORDER BY t.id
$$"""


def _shown(table: Table) -> str:
    """Make the query of a table's rows as a user sees them; what a caller leaves out is not computed."""
    seen = _seen(table)
    over = ", ".join(f"{literal(name)}, {shown}" for name, shown in seen.items())
    values = f"hub.{quoted('json_' + table.name)}(t) - 'id'" + (
        f" || jsonb_build_object({over})" if over else ""
    )
    parts = ["hub.part(t.id)"]
    parts += [
        f"hub.part(({seen.get(column.name) or value_out(column, 't')})::text)"
        for column in table.captured()
        if column.name != "deleted_at"
    ]
    return f"""CREATE OR REPLACE FUNCTION hub.{quoted("shown_" + table.name)}(me text, is_admin boolean)
RETURNS TABLE (
    row_id text, is_live boolean, shown jsonb, digest bigint, maker text, writers jsonb
) LANGUAGE sql STABLE AS $$
    SELECT t.id, t.deleted_at IS NULL, {values}, hub.digest60({" || ".join(parts)}), r.maker, r.columns
    {_visible(table)}
$$"""


def _is_seen(column: Column) -> str:
    target = literal(column.references)
    if column.references not in _ALWAYS_ROOTS:
        return f"t.{quoted(column.name)} IS NOT NULL AND hub.seen_by(me, {target}, t.{quoted(column.name)})"
    return (
        f"is_admin OR EXISTS (SELECT FROM hub.sight AS q WHERE q.row_id = t.{quoted(column.name)} "
        f"AND q.tbl = {target} AND (q.everybody OR me = ANY (q.users)))"
    )


def _referring() -> str:
    """Make the query of the rows that refer to a row by choice."""
    queries = [
        f"SELECT {literal(table.name)}, t.id FROM sfa.{quoted(table.name)} AS t "
        f"WHERE t.{quoted(column.name)} = given_id AND given_tbl = {literal(column.references)}"
        for table in TABLES.values()
        for column in withheld_columns(table)
    ]
    return (
        "CREATE OR REPLACE FUNCTION hub.referring(given_tbl text, given_id text) "
        "RETURNS TABLE (tbl text, row_id text) LANGUAGE sql STABLE AS $$ "
        f"{' UNION ALL '.join(queries)} $$"
    )


def _exponents() -> str:
    """Make the function of a currency's decimals; null for what is no currency here."""
    known = json.dumps({currency: exponent(currency) for currency in sorted(CURRENCIES)})
    return (
        "CREATE OR REPLACE FUNCTION hub.exponent(currency text) RETURNS integer LANGUAGE sql IMMUTABLE AS "
        f"$$ SELECT ({literal(known)}::jsonb ->> currency)::integer $$"
    )


def _constant(name: str, text: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION hub.{name}() RETURNS text LANGUAGE sql IMMUTABLE AS "
        f"$$ SELECT {literal(text)} $$"
    )
