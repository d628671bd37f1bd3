"""I1 to I15 as functions: each returns what contradicts it, and nothing when it holds.

They are asked when the faults have stopped and every
device has synced three times.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sfa import clock
from sfa.fields import TABLES
from sfa.fields.sight import BUSINESS_KEYS, is_of_two
from sfa.store.personal import erased_columns
from sfa.sync.merge import RINGS, conflict_id
from sfa.sync.protocol import OpEntry, Outcome, Page, RowEntry
from sfa.terms import OpKind
from tests.simulation.centre.clashes import KEY_COLUMNS, plain_key
from tests.simulation.centre.model import ModelCentre, ModelTransport
from tests.simulation.centre.rules import BIRTH, HELD
from tests.simulation.centre.sight import REFERENCES, ends_of
from tests.simulation.centre.state import CAPTURED, CENTRE, Key, Op, State
from tests.simulation.devices import SimDevice
from tests.simulation.standing import (
    approvals_are_of_what_is_there,
    devices_find_nothing_wrong,
    nothing_is_kept_of_what_was_answered,
    words_of_lost_rows,
)

if TYPE_CHECKING:
    from tests.simulation.world import World

SETTLED = HELD | {Outcome.APPLIED, Outcome.IGNORED}
_UNITS = {
    name: {column.name: column.group or column.name for column in table.captured()}
    for name, table in TABLES.items()
}


# ---- I1 to I3


def nothing_acknowledged_is_lost(world: World) -> Iterator[str]:
    """I1: an acknowledged change is a value, a loser, a proposal, a late edit or quarantined."""
    state = world.centre.state
    built_on = _built_on(state)
    losers = {(row.values["lost_op"]) for row in state.tables["conflict"].values()}
    for device in world.devices:
        acked = device.store().acked_seq
        for op_id, tx_id in device.all("SELECT op_id, tx_id FROM oplog WHERE seq <= ?", acked):
            op, tx = state.ops.get(op_id), state.txs.get(tx_id)
            if op is None or tx is None or tx.outcome not in SETTLED:
                yield f"{device.name} {op_id} acknowledged, at the centre {tx.outcome if tx else 'nothing'}"
            elif tx.outcome is Outcome.APPLIED:
                yield from _unkept(state, op, losers, built_on)
            elif tx.outcome in {Outcome.PROPOSAL, Outcome.LATE}:
                yield from _unproposed(state, op, tx.proposal_id)


def _built_on(state: State) -> set[tuple[str, str]]:
    """Return (op, column) of every value that a later op replaced knowingly."""
    return {
        (change[2], column)
        for op in state.ops.values()
        for column, change in (op.read or {}).items()
        if len(change) > 2 and change[2] is not None
    }


def _unkept(state: State, op: Op, losers: set[Any], built_on: set[tuple[str, str]]) -> Iterator[str]:
    if op.version == 0:
        yield f"{op.op_id} of an applied transaction was not merged"
        return
    if op.took is None or op.read is None or op.kind == OpKind.DELETE or op.op_id in losers:
        return
    # An erasure names the whole row and takes of it what is personal alone.
    names = erased_columns(op.table) if op.kind == OpKind.ERASE else op.read
    for column in names:
        if column in op.took or column in BIRTH or (op.op_id, column) in built_on:
            continue
        if not _said_by_another(state, op, column) and not _stands_beside(state, op, column):
            yield f"{op.op_id} {op.table}.{column} lost without a trace"


def _said_by_another(state: State, op: Op, column: str) -> bool:
    """Say whether another op wrote the same; who deletes what is deleted says the same."""
    value = (op.read or {})[column][0]
    for other_id in state.ops_of_row[op.table, op.row_id]:
        other = state.ops[other_id]
        said = (other.read or {}).get(column, [None])[0]
        is_same = said == value or (column == "deleted_at" and None not in (said, value))
        if other.kind == OpKind.DELETE:
            is_same = column == "deleted_at" and value is not None
        if (
            other is not op
            and other.version
            and is_same
            and (column in (other.read or {}) or other.kind == OpKind.INSERT)
        ):
            return True
    return False


def _stands_beside(state: State, op: Op, column: str) -> bool:
    """Say whether a conflict keeps a value with a later loser, which was made in knowledge of it."""
    value = (op.read or {})[column][0]
    unit = _UNITS[op.table][column]
    for row in state.tables["conflict"].values():
        of = row.values
        if (of["on_table"], of["on_id"], of["unit"]) != (op.table, op.row_id, unit):
            continue
        lost = json.loads(str(of["lost"]))
        if column in lost and lost[column] == value and _builds_on(state, str(of["lost_op"]), op, unit):
            return True
    return False


def _builds_on(state: State, later: str, op: Op, unit: str) -> bool:
    waiting, seen = [later], set[str]()
    while waiting:
        one = waiting.pop()
        if one == op.op_id:
            return True
        known = state.ops.get(one)
        if known is None or one in seen:
            continue
        seen.add(one)
        waiting += [
            change[2]
            for column, change in (known.read or {}).items()
            if _UNITS[op.table].get(column) == unit and len(change) > 2 and change[2] is not None
        ]
    return False


def _unproposed(state: State, op: Op, proposal_id: str | None) -> Iterator[str]:
    device = state.devices.get(op.device)
    if op.table == "user" and device is not None and op.row_id in device.aliases:
        return  # of the local author: the centre knows that user better
    row = state.row("proposal", str(proposal_id))
    if row is None:
        yield f"{op.op_id} has no proposal {proposal_id}"
    elif not any(each["id"] == op.row_id for each in json.loads(str(row.values["ops"]))) and not _is_emptied(
        state, str(proposal_id)
    ):
        yield f"{op.op_id} is not in its proposal"


def _is_emptied(state: State, proposal_id: str) -> bool:
    """Say whether a person of whom a proposal spoke was erased: nothing of it is kept then."""
    erased = {op.row_id for op in state.ops.values() if op.kind == OpKind.ERASE and op.version}
    known = (state.ops[one].read or {} for one in state.ops_of_row["proposal", proposal_id])
    held = "".join(str(changes.get("ops", "")) for changes in known)
    return proposal_id in erased or any(row_id in held for row_id in erased)


def nothing_unsent_is_lost(world: World) -> Iterator[str]:
    """I2: what was written and not yet acknowledged is still on the device."""
    for device in world.devices:
        kept = {row[0] for row in device.all("SELECT op_id FROM oplog")}
        for op_id in sorted(device.made - kept):
            yield f"{device.name} lost its op {op_id}"
        waiting = device.store().unsent().count
        if waiting:
            yield f"{device.name} still has {waiting} ops to push"


def every_change_has_one_effect(world: World) -> Iterator[str]:
    """I3: no op was merged twice."""
    merged = Counter(op_id for central in world.centre.state.feed for op_id in central.ops)
    for op_id, count in merged.items():
        if count > 1:
            yield f"{op_id} was merged {count} times"


# ---- I4 and I5


def devices_equal_what_their_users_may_see(world: World) -> Iterator[str]:
    """I4: row by row and in its digests a device is the centre restricted to its user's sight."""
    for device in world.devices:
        transport = ModelTransport(world.centre, device.user)
        told = world.centre.filter(device.user)
        theirs = {each.table: each for each in transport.digests().tables}
        for mine in world.held[device.name]:
            if theirs[mine.table] == mine:
                continue
            central = {
                entry.row_id: entry.values
                for entry in told.visible(mine.table)
                if entry.values["deleted_at"] is None
            }
            yield from _different(device, mine.table, central)
    return


def _different(device: SimDevice, table: str, central: dict[str, Any]) -> Iterator[str]:
    names = CAPTURED[table]
    columns = ", ".join(f'"{name}"' for name in names)
    here = {
        row[0]: dict(zip(names, row[1:], strict=True))
        for row in device.all(f'SELECT id, {columns} FROM "{table}" WHERE deleted_at IS NULL')
    }
    for row_id in sorted(set(central) - set(here)):
        yield f"{device.name} lacks {table} {row_id}"
    for row_id in sorted(set(here) - set(central)):
        yield f"{device.name} has {table} {row_id} too much"
    for row_id in sorted(set(here) & set(central)):
        for name in names:
            if here[row_id][name] != central[row_id][name]:
                values = f"{here[row_id][name]!r} is {central[row_id][name]!r}"
                yield f"{device.name} {table} {row_id} {name}: {values} at the centre"


def nothing_lies_where_it_may_not_be_seen(world: World) -> Iterator[str]:
    """I5: nothing was sent to who may not see it, and nothing lies on a device that its user lost."""
    yield from (f"sent to {user}: {table} {row_id}" for user, table, row_id in world.shown)
    for device in world.devices:
        sight = world.centre.sight()
        for table in TABLES:
            for (row_id,) in device.all(f'SELECT id FROM "{table}"'):
                if device.user not in sight.of(table, row_id):
                    yield f"{device.name} holds {table} {row_id}"
        for table, row_id in device.all(
            "SELECT DISTINCT tbl, row_id FROM history WHERE changes IS NOT NULL AND changes <> '{}'"
        ):
            is_there = world.centre.state.row(table, row_id) is not None
            if is_there and device.user not in sight.of(table, row_id):
                yield f"{device.name} keeps words of {table} {row_id} in its history"
        yield from words_of_lost_rows(world, device)


def leaks(centre: ModelCentre, user: str, page: object) -> Iterator[tuple[str, str, str]]:
    """Yield what a page shows that its reader may not see at this moment."""
    assert isinstance(page, Page)
    sight = centre.sight()
    for entry in page.entries:
        if not isinstance(entry, OpEntry | RowEntry):
            continue
        if user not in sight.of(entry.table, entry.row_id):
            yield user, entry.table, entry.row_id
        said = _said(entry)
        for column, target in REFERENCES[entry.table]:
            for value in said.get(column, ()):
                if value is not None and user not in sight.of(target, value):
                    yield user, f"{entry.table}.{column}", value


def _said(entry: OpEntry | RowEntry) -> dict[str, list[Any]]:
    """Return column -> the values that an entry shows of it."""
    if isinstance(entry, RowEntry):
        return {column: [value] for column, value in entry.values.items()}
    changes = json.loads(entry.changes) if entry.changes is not None else {}
    return {column: change[:2] for column, change in changes.items()}


# ---- I6 and I7


def cursors_only_grow(world: World) -> Iterator[str]:
    """I6: noted while the schedule ran, after every step."""
    yield from world.cursors_back


def transactions_are_whole(world: World) -> Iterator[str]:
    """I7: all ops of a local transaction were merged with one central transaction, or none was."""
    if world.was_restored:
        return  # a bringing back merges what its bringer saw of a transaction
    state = world.centre.state
    versions: dict[str, set[int]] = {}
    for op in state.ops.values():
        if op.tx_id in state.txs and op.table in TABLES:
            versions.setdefault(op.tx_id, set()).add(op.version)
    for tx_id, found in versions.items():
        if len(found) > 1:
            yield f"{tx_id} was merged at {sorted(found)}"


# ---- I8 and I9


def overwrites_leave_one_conflict(world: World) -> Iterator[str]:
    """I8: what was written in ignorance has a conflict; two ops have one about a unit, naming both sides."""
    yield from _untold(world.centre.state)
    yield from keys_are_told(world)
    pairs: Counter[tuple[Any, ...]] = Counter()
    for row in world.centre.state.tables["conflict"].values():
        values = row.values
        sides = tuple(sorted((str(values["kept_op"]), str(values["lost_op"]))))
        pairs[values["kind"], values["on_table"], values["on_id"], values["unit"], sides] += 1
        if values["kept_op"] == values["lost_op"]:
            yield f"conflict of {values['kept_op']} with itself"
    for pair, count in pairs.items():
        if count > 1:
            yield f"{count} conflicts of {pair}"


def _untold(state: State) -> Iterator[str]:
    """Yield the edits that met another value than they were made from, and no conflict ever named them."""
    named = {
        op.read[side][0]
        for op in state.ops.values()
        if op.table == "conflict" and op.read is not None
        for side in ("kept_op", "lost_op")
        if side in op.read
    }
    erased = {(op.table, op.row_id) for op in state.ops.values() if op.kind == OpKind.ERASE}
    rows: dict[Key, dict[str, Any]] = {}
    writers: dict[Key, dict[str, str]] = {}
    for op in (state.ops[op_id] for central in state.feed for op_id in central.ops):
        key = (op.table, op.row_id)
        before, known = (
            rows.get(key, {}),
            writers.setdefault(key, dict.fromkeys(CAPTURED[op.table], op.op_id)),
        )
        if op.kind == OpKind.UPDATE and key not in erased and op.op_id not in named:
            for column, change in (op.read or {}).items():
                if _is_ignorant(state, change, before.get(column), known[column], column):
                    yield f"{op.op_id} {op.table}.{column} met {known[column]} without a conflict"
        took = op.took if op.took is not None and key in rows else tuple(op.read or {})
        known.update(dict.fromkeys(took, op.op_id))
        _replay(rows, op)


def _is_ignorant(state: State, change: list[Any], present: Any, writer: str, column: str) -> bool:
    if len(change) < len(("new", "previous", "base")) or writer == change[2] or state.ops[writer].is_set_up:
        return False
    is_deleted_twice = column == "deleted_at" and None not in (change[0], present)
    return (
        change[0] != present and not is_deleted_twice and not _saw_beneath(state, change[2], column, writer)
    )


def _saw_beneath(state: State, base: str | None, column: str, writer: str) -> bool:
    """Say whether an op builds on one that was refused for a ring: that one had seen what stayed."""
    op = state.ops.get(str(base))
    replaced = (op.read or {}).get(column, []) if op is not None else []
    refused = conflict_id(op.table, op.row_id, column, writer, op.op_id) if op is not None else ""
    return replaced[2:] == [writer] and state.row("conflict", refused) is not None


def knowing_edits_leave_none(world: World) -> Iterator[str]:
    """I9: no conflict stands between an op and one that it was made in knowledge of."""
    state = world.centre.state
    if world.was_restored:
        return  # what lies between two ops may have come later than both
    for row_id, row in state.tables["conflict"].items():
        values = row.values
        if values["kind"] != "overwrite":
            continue
        kept, lost = str(values["kept_op"]), str(values["lost_op"])
        unit, table = str(values["unit"]), str(values["on_table"])
        if lost in _ancestors(state, kept, table, unit) or kept in _ancestors(state, lost, table, unit):
            yield f"conflict {row_id} of {kept} and {lost} on {table}.{unit}, which knew of each other"


def _ancestors(state: State, op_id: str, table: str, unit: str) -> set[str]:
    """Return the ops that every value of a unit was made in knowledge of."""
    columns = [name for name, its in _UNITS[table].items() if its == unit]
    found: set[str] | None = None
    for column in columns:
        op, seen = state.ops.get(op_id), set[str]()
        if op is None or column not in (op.read or {}):
            continue
        while op is not None and column in (op.read or {}):
            change = (op.read or {})[column]
            base = change[2] if len(change) > 2 else None
            if base is None or base in seen:
                break
            seen.add(base)
            op = state.ops.get(base)
        found = seen if found is None else found & seen
    return found or set()


# ---- I10 to I12


def references_hold(world: World) -> Iterator[str]:
    """I10: no reference points nowhere, and none leads back to its own row."""
    for device in world.devices:
        for broken in device.all("PRAGMA foreign_key_check"):
            yield f"{device.name} {broken}"
    state = world.centre.state
    for table, row_id, row in state.rows():
        for column, target in REFERENCES[table]:
            value = row.values[column]
            if value is not None and state.row(target, str(value)) is None:
                yield f"centre {table} {row_id} {column} points to {value}"
    yield from _rings(state)


def _rings(state: State) -> Iterator[str]:
    """Yield the rows that stand above themselves, unless an administrator's SQL closed the ring."""
    for table, column in RINGS.items():
        rows = state.tables[table]
        for one in rows:
            ring, at = [one], rows[one].values[column]
            while at is not None and at not in ring and str(at) in rows:
                ring.append(str(at))
                at = rows[str(at)].values[column]
            writers = [state.ops[str(rows[each].writer(column))] for each in ring]
            if at == one and max(writers, key=lambda op: op.version).device != CENTRE:
                yield f"centre {table} {one} stands above itself"


def keys_are_told(world: World) -> Iterator[str]:
    """I8: clashes lead to all live rows to which devices gave one key, and other rows have none open."""
    state = world.centre.state
    pairs: dict[frozenset[str], bool] = {}
    for conflict in state.tables["conflict"].values():
        if is_of_two(conflict.values):
            one, other = ends_of(conflict.values)
            pair = frozenset({one[1], other[1]})
            is_open = conflict.values["state"] == "open" and conflict.values["deleted_at"] is None
            pairs[pair] = pairs.get(pair, False) or is_open
            keys = {plain_key(table, state.row(table, row_id)) for table, row_id in (one, other)}
            if is_open and len(keys | {None}) != len(("none", "one")):
                yield f"open clash of {one} and {other}, which do not have one key"
    for table in KEY_COLUMNS:
        yield from _untold_keys(state, table, pairs)


def _untold_keys(state: State, table: str, pairs: dict[frozenset[str], bool]) -> Iterator[str]:
    groups: dict[Any, list[str]] = {}
    for one, row in state.tables[table].items():
        if (key := plain_key(table, row)) is not None:
            groups.setdefault(key, []).append(one)
    for key, rows in groups.items():
        told, waiting = set[str](), rows[:1]
        while waiting:  # one clash leads to the next
            one = waiting.pop()
            told.add(one)
            waiting += [
                other
                for other in rows
                if other not in told
                and (frozenset({one, other}) in pairs or not _is_apart(state, table, one, other))
            ]
        if len(told) < len(rows):
            yield f"{table} {sorted(set(rows) - told)} have the key {key} of {sorted(told)} and no clash"


def _is_apart(state: State, table: str, one: str, other: str) -> bool:
    """Say whether two rows are of two records, whose keys two devices wrote, or brought back to life."""
    rows = [state.tables[table][each] for each in (one, other)]
    if table == "external_id" and rows[0].values["record_id"] == rows[1].values["record_id"]:
        return False
    unit = BUSINESS_KEYS[table][0]
    devices = [
        {
            state.ops[op_id].device
            for op_id in state.ops_of_row[table, each]
            if (state.ops[op_id].read or {}).get(unit, [None])[0] == row.values[unit]
            or (state.ops[op_id].read or {}).get("deleted_at", [""])[0] is None
        }
        for each, row in zip((one, other), rows, strict=True)
    ]
    return not devices[0] & devices[1]


def devices_are_quiet(world: World) -> Iterator[str]:
    """I11: after three syncs without faults a further one finds nothing to do."""
    yield from world.unquiet


def the_log_rebuilds_the_centre(world: World) -> Iterator[str]:
    """I12: the merged ops alone, in order, make the rows as they are."""
    state = world.centre.state
    rows: dict[Key, dict[str, Any]] = {}
    for central in state.feed:
        for op_id in central.ops:
            _replay(rows, state.ops[op_id])
    for table, row_id, row in state.rows():
        built = rows.pop((table, row_id), None)
        if built is None:
            yield f"{table} {row_id} has no op"
        elif built != dict(row.values):
            wrong = [name for name in CAPTURED[table] if built[name] != row.values[name]]
            yield f"{table} {row_id} is replayed otherwise in {wrong}"
    yield from (f"{table} {row_id} is only in the log" for table, row_id in rows)


def _replay(rows: dict[Key, dict[str, Any]], op: Op) -> None:
    key, changes = (op.table, op.row_id), op.read or {}
    if key not in rows and op.kind == OpKind.ERASE and op.took is not None:
        return  # of a row that was refused: what is kept of it lost its words, and nothing was made
    if key not in rows:
        rows[key] = {name: changes.get(name, [None])[0] for name in CAPTURED[op.table]}
        return
    for name in op.took if op.took is not None else tuple(changes):
        rows[key][name] = changes.get(name, [None])[0]
        if op.kind == OpKind.DELETE and name == "deleted_at":
            rows[key][name] = clock.to_text(clock.hlc_instant(op.hlc))


ALL: dict[str, Callable[[World], Iterator[str]]] = {
    "I1": nothing_acknowledged_is_lost,
    "I2": nothing_unsent_is_lost,
    "I3": every_change_has_one_effect,
    "I4": devices_equal_what_their_users_may_see,
    "I5": nothing_lies_where_it_may_not_be_seen,
    "I6": cursors_only_grow,
    "I7": transactions_are_whole,
    "I8": overwrites_leave_one_conflict,
    "I9": knowing_edits_leave_none,
    "I10": references_hold,
    "I11": devices_are_quiet,
    "I12": the_log_rebuilds_the_centre,
    "I13": nothing_is_kept_of_what_was_answered,
    "I14": devices_find_nothing_wrong,
    "I15": approvals_are_of_what_is_there,
}


def violations(world: World) -> list[str]:
    """Return everything that contradicts a promise."""
    return [f"{name}: {text}" for name, check in ALL.items() for text in check(world)]
