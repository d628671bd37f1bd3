"""Messages as JSON and back, generic over the dataclasses of ``protocol``.

A message is an object of its fields; an entry of a page has its kind under ``entry``.
Fields unknown to this program are passed over, so that a newer centre may say more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from sfa.sync import protocol
from sfa.sync.protocol import (
    Differs,
    Entry,
    ExitEntry,
    OpEntry,
    Outcome,
    Page,
    PushAnswer,
    RowEntry,
    RowSheet,
    TxEntry,
)

_ENTRIES: dict[str, type[Any]] = {"tx": TxEntry, "op": OpEntry, "row": RowEntry, "exit": ExitEntry}
T = TypeVar("T")
_NAMES: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(each.name for each in fields(kind))
    for kind in vars(protocol).values()
    if isinstance(kind, type) and is_dataclass(kind)
}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(message: Any) -> str:
    """Return a message as JSON text."""
    return _encode(as_plain(message))


def as_plain(message: Any) -> Any:
    """Return a message as objects, lists and values."""
    if isinstance(message, tuple | list):
        return [as_plain(each) for each in message]
    names = _NAMES.get(type(message))
    if names is None:
        return message
    return {name: as_plain(getattr(message, name)) for name in names}


def simple(kind: type[T], plain: Mapping[str, Any]) -> T:
    """Return a message without messages inside."""
    return kind(**{name: plain[name] for name in _NAMES[kind] if name in plain})


def sheet_of(line: str) -> RowSheet:
    """Return the rows of a line of a snapshot: one row, or the rows of a table as lists."""
    plain = json.loads(line)
    if "rows" in plain:
        return RowSheet(plain["table"], tuple(plain["columns"]), plain["rows"])
    values = plain["values"]
    row = [plain["row_id"], plain.get("maker"), plain.get("writers"), *values.values()]
    return RowSheet(plain["table"], tuple(values), [row])


def entry_of(plain: Mapping[str, Any]) -> Entry | None:
    """Return an entry of a page, or ``None`` for a kind this program does not know."""
    kind = _ENTRIES.get(plain["entry"])
    if kind is None:
        return None
    found: Entry = simple(kind, plain)
    if isinstance(found, OpEntry) and found.took is not None:
        return simple(OpEntry, {**plain, "took": tuple(found.took)})
    return found


def page_of(plain: Mapping[str, Any]) -> Page:
    """Return a page with its entries."""
    entries = (entry_of(each) for each in plain["entries"])
    return simple(Page, {**plain, "entries": tuple(each for each in entries if each is not None)})


def answer_of(plain: Mapping[str, Any]) -> PushAnswer:
    """Return the answer to a push."""
    differs = tuple(_differs(each) for each in plain["differs"])
    return PushAnswer(plain["last_seq"], outcomes_of(plain["outcomes"]), differs)


def outcomes_of(plain: Iterable[Mapping[str, Any]]) -> tuple[protocol.TxOutcome, ...]:
    """Return what became of transactions."""
    return tuple(simple(protocol.TxOutcome, {**each, "outcome": Outcome(each["outcome"])}) for each in plain)


def _differs(plain: Mapping[str, Any]) -> Differs:
    columns = plain["columns"]
    found = None if columns is None else {name: (pair[0], pair[1]) for name, pair in columns.items()}
    return Differs(plain["table"], plain["row_id"], found)


def digests_of(plain: Mapping[str, Any]) -> protocol.Digests:
    """Return the digests of all tables."""
    tables = tuple(simple(protocol.TableDigest, each) for each in plain["tables"])
    return protocol.Digests(plain["version"], plain["batch"], tables)
