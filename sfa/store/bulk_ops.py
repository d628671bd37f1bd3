"""The ops of many inserted rows, column by column: the same bytes that capture writes one by one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

from sfa import ids
from sfa.store.bulk_checks import Columns
from sfa.store.capture import CAPTURED, Capture, NotInTransaction, Value, quoted
from sfa.terms import OpKind

# sqlite3 binds a bytearray five times as fast as bytes, for which it asks its adapters first.
OpValue = Value | bytearray

_SALT = 16


class OpWriter:
    """The ops of one transaction's new rows, in order: clock, ids and hash chain go on from each other."""

    def __init__(self, capture: Capture, last_link: bytes | None) -> None:
        """Go on where the log ends."""
        if capture.tx_id is None:
            raise NotInTransaction("ops are written in a captured transaction of sfa.store.perform")
        self.tx_id = capture.tx_id
        self._capture = capture
        self._link = last_link or b""

    def ops(self, table: str, by_column: Columns, fixed: Mapping[str, Value]) -> list[OpValue]:
        """Return op id, reading, payload, salt, digest, link and row of every row in turn.

        ``fixed`` has the values of columns that are not given.
        """
        row_ids = by_column["id"]
        count = len(row_ids)
        now_ms = self._capture.now_ms()
        op_ids = ids.uuid7s(now_ms, count)
        readings = self._capture.next_readings(now_ms, count)
        payloads = inserted_all(table, by_column, fixed, count)
        drawn = bytearray(os.urandom(_SALT * count))
        salts = [drawn[start : start + _SALT] for start in range(0, _SALT * count, _SALT)]
        sha = hashlib.sha256
        digests = [
            bytearray(sha(salt + payload.encode()).digest())
            for salt, payload in zip(salts, payloads, strict=True)
        ]
        links = self._links(table, op_ids, readings, row_ids, digests)
        columns = [op_ids, readings, payloads, salts, digests, links, row_ids]
        return row_by_row(columns, count)

    def _links(
        self,
        table: str,
        op_ids: Sequence[str],
        readings: Sequence[int],
        row_ids: Sequence[Value],
        digests: Sequence[bytearray],
    ) -> list[bytearray]:
        """Return each op's link; ``capture.link_of`` says what it covers."""
        before, after = f"|{self.tx_id}|", f"|{OpKind.INSERT.value}|{table}|"
        sha, link = hashlib.sha256, self._link
        links = []
        for op_id, reading, row_id, digest in zip(op_ids, readings, row_ids, digests, strict=True):
            link = sha(link + f"{op_id}{before}{reading}{after}{row_id}".encode() + digest).digest()
            links.append(bytearray(link))
        self._link = link
        return links


def inserted_all(table: str, by_column: Columns, fixed: Mapping[str, Value], count: int) -> list[str]:
    """Return what ``capture.inserted`` gives for each row.

    What all rows share goes into a template; of the rest each column is turned into
    JSON at once. The first captured column, when a row was created, always holds something.
    """
    template: list[str] = []
    varying: list[Sequence[str]] = []
    for name in CAPTURED[table]:
        values = by_column.get(name)
        value = fixed.get(name) if values is None else values[0]
        opening = f',"{name}":['
        if values is None or values.count(value) == count:
            if value is not None:
                template.append(f"{opening}{_json(value)}]".replace("%", "%%"))
        elif None in values:
            template.append("%s")
            varying.append(["" if each is None else f"{opening}{_json(each)}]" for each in values])
        else:
            template.append(f"{opening}%s]")
            varying.append([_json(each) for each in values])
    text = "{" + "".join(template).removeprefix(",") + "}"
    if not varying:
        return [text % ()] * count
    return [text % row for row in zip(*varying, strict=True)]


def row_by_row(columns: Sequence[Sequence[Any]], count: int) -> list[Any]:
    """Return all values of the first row, then of the second, and so on."""
    width = len(columns)
    values: list[Any] = [None] * (width * count)
    for place, column in enumerate(columns):
        values[place::width] = column
    return values


def _json(value: Value) -> str:
    return quoted(value) if value.__class__ is str else str(value)
