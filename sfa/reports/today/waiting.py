"""What waits for one's word, and what sync brought to one's own records: a query each."""

from __future__ import annotations

import json
from typing import Any

from sfa.fields.sight import BUSINESS_KEYS
from sfa.finding.outcomes import IS_SEEN, NOT_TAKEN, WITH_PROPOSALS
from sfa.finding.row_names import noun_of_table
from sfa.finding.rows_in_sql import id_of, name_of, owner_of, record_key, ref_of
from sfa.reports.today.asking import BELOW, Ask, Part, local_day, local_time
from sfa.reports.today.figures import Entry, Section
from sfa.terms import ConflictKind, Role

# Only so many of the latest entries of the history are looked through: older news is no news.
_BACK = 5000

# Of two records with one key both owners are concerned, and whom the centre told.
_OF_TWO = " OR ".join(
    f"(f.on_table = '{table}' AND f.unit = '{keys[0]}')" for table, keys in BUSINESS_KEYS.items()
)


def _json(stored: str, key: str) -> str:
    """Return the expression of a value in stored JSON; nothing once a person was erased from it."""
    return f"(CASE WHEN json_valid({stored}) THEN json_extract({stored}, '$.{key}') END)"


_CONFLICTS = f"""SELECT 'conflict' AS noun, id, ref, {name_of("k")} AS text, at, kind AS mark,
    (SELECT name FROM user WHERE id = CASE WHEN kept_author_id IS NOT :me THEN kept_author_id
        ELSE lost_author_id END) AS who, '' AS change, '{{}}' AS arguments, k
    FROM (SELECT f.id, f.ref, f.kind, f.kept_author_id, f.lost_author_id, f.lost_at AS at,
        {record_key("f.on_table", "f.on_id")} AS k,
        CASE WHEN f.kind = '{ConflictKind.CLASH.value}' AND ({_OF_TWO}) THEN
            {record_key("f.on_table", _json("f.lost", "id"))} ELSE '' END AS other,
        CASE WHEN f.kind = '{ConflictKind.CLASH.value}' AND ({_OF_TWO}) THEN
            {_json("f.base", "told")} END AS told
        FROM conflict f WHERE f.state = 'open' AND f.deleted_at IS NULL)
    WHERE :me IN (kept_author_id, lost_author_id, told) OR :me = {owner_of("k")}
    OR :me = {owner_of("other")}"""
_PROPOSALS = """SELECT 'proposal', p.id, p.ref, '', p.made_at, p.kind,
    (SELECT name FROM user WHERE id = p.author_id), p.name, p.arguments, ''
    FROM proposal p WHERE p.state = 'open' AND p.deleted_at IS NULL AND :decides
    AND (p.recipient_id = :me OR p.recipient_id IN (SELECT id FROM below))"""
_OUTCOMES = f"""SELECT 'tx', o.tx_id, '', '', o.at, o.state,
    (SELECT name FROM user WHERE id = coalesce(p.decided_by_id, p.recipient_id)), tx.name, tx.arguments, ''
    FROM {WITH_PROPOSALS} JOIN tx ON tx.tx_id = o.tx_id WHERE {NOT_TAKEN} AND NOT {IS_SEEN}"""


def decisions(ask: Ask, role: str) -> Section:
    """Return the conflicts and proposals that wait for the user, and own changes that were not taken.

    The latest first. Whose word they wait for is as ``finding.deciding`` has it.
    """
    parts = (Part("decisions", f"{_CONFLICTS} UNION ALL {_PROPOSALS} UNION ALL {_OUTCOMES}", "at DESC, id"),)
    rows = ask.rows(parts, before=f"WITH RECURSIVE {BELOW}", decides=role != Role.READ_ONLY)["decisions"]
    entries = []
    for noun, record, ref, text, at, mark, who, change, arguments, key, _ in rows:
        about = noun_of_table(key.partition(":")[0])
        entries.append(
            Entry(
                noun, record, ref, text, about, local_day(at), mark=mark, who=who or "", change=change,
                arguments=_arguments(arguments),
            )
        )  # fmt: skip
    return Section("decisions", tuple(entries), int(rows[0][-1]) if rows else 0)


_BROUGHT = f"""SELECT *, {ref_of("k")} AS ref, {name_of("k")} AS text FROM (
    SELECT k, max(no) AS no, count(DISTINCT tx_id) AS times, tx_id AS latest FROM (
        SELECT h.no, h.tx_id, {record_key("h.tbl", "h.row_id")} AS k FROM history h
        WHERE h.no > (SELECT coalesce(max(no), 0) FROM history) - {_BACK} AND h.no > :seen
        AND h.entry = 'op' AND h.author IS NOT :me AND h.tx_id IS NOT NULL)
    WHERE k <> '' GROUP BY k) JOIN heard_tx t ON t.tx_id = latest
    WHERE {owner_of("k")} = :me AND no > coalesce(
        (SELECT CAST(s.value AS INTEGER) FROM local_state s WHERE s.key = '{{seen}}' || {id_of("k")}), 0)"""


def brought(ask: Ask, seen: int, seen_key: str) -> Section:
    """Return the user's records that others changed, as syncs brought it, the last that came first.

    ``seen`` is up to where in the history everything was seen; a record seen by itself is kept under
    ``seen_key`` and its id. Of each record the latest change and how many there were.
    """
    who = "(SELECT u.name FROM user u WHERE u.id = author) AS who"
    columns = f"k, no, times, ref, text, name, arguments, at, {who}"
    select = f"SELECT {columns} FROM ({_BROUGHT.format(seen=seen_key)})"
    rows = ask.rows((Part("brought", select, "no DESC"),), seen=seen)["brought"]
    entries = []
    for key, _, times, ref, text, name, arguments, at, who, _ in rows:
        table, _, record = key.partition(":")
        entries.append(
            Entry(
                noun_of_table(table), record, ref, text, "", local_day(at), local_time(at), who=who or "",
                change=name, arguments=_arguments(arguments), count=times,
            )
        )  # fmt: skip
    return Section("brought", tuple(entries), int(rows[0][-1]) if rows else 0)


def _arguments(stored: str) -> dict[str, Any]:
    try:
        found = json.loads(stored)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
