"""The ops of many inserted rows, column by column: the same bytes that capture writes one by one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

from sfa import ids
from sfa.store.bulk_sheets import Sheet
from sfa.store.capture import CAPTURED, Capture, NotInTransaction, Value, quoted
from sfa.terms import OpKind

SALT = 16
HASH = 32


class Ops(NamedTuple):
    """The ops of a sheet's rows; their readings count up from ``reading``.

    Salts, digests and links stand one behind the other in one value each: taking them apart is
    left to SQLite, for which ``sqlite3`` would bind 1,500 values one at a time.
    """

    op_ids: list[str]
    payloads: list[str]
    reading: int
    salts: bytes
    digests: bytes
    links: bytes


class OpWriter:
    """The ops of one transaction's new rows, in order: clock, ids and hash chain go on from each other."""

    def __init__(self, capture: Capture, last_link: bytes | None) -> None:
        """Go on where the log ends."""
        if capture.tx_id is None:
            raise NotInTransaction("ops are written in a captured transaction of sfa.store.perform")
        self.tx_id = capture.tx_id
        self._capture = capture
        self._link = last_link or b""

    def ops(self, sheet: Sheet, fixed: Mapping[str, Value]) -> Ops:
        """Return the ops of a sheet; ``fixed`` has the values of columns that are not given."""
        now_ms = self._capture.now_ms()
        op_ids = ids.uuid7s(now_ms, sheet.size)
        reading = self._capture.next_readings(now_ms, sheet.size)
        payloads = inserted_all(sheet, fixed)
        salts = os.urandom(SALT * sheet.size)
        digests = _digests(salts, payloads)
        links = self._links(sheet, op_ids, reading, digests)
        return Ops(op_ids, payloads, reading[0], salts, b"".join(digests), links)

    def _links(
        self, sheet: Sheet, op_ids: Sequence[str], readings: Sequence[int], digests: Sequence[bytes]
    ) -> bytes:
        """Return each op's link; ``capture.link_of`` says what it covers."""
        before, after = f"|{self.tx_id}|", f"|{OpKind.INSERT.value}|{sheet.table}|"
        covered = [
            f"{op_id}{before}{reading}{after}{row_id}".encode()
            for op_id, reading, row_id in zip(op_ids, readings, sheet.varying["id"], strict=True)
        ]
        begun, link = hashlib.sha256().copy, self._link
        links = []
        for what, digest in zip(covered, digests, strict=True):
            sha = begun()
            sha.update(link + what + digest)
            link = sha.digest()
            links.append(link)
        self._link = link
        return b"".join(links)


def _digests(salts: bytes, payloads: Sequence[str]) -> list[bytes]:
    """Return what ``capture.digest_of`` gives for each payload."""
    # Beginning anew looks the algorithm up, which takes as long as the hash: a copy does not.
    begun = hashlib.sha256().copy
    found = []
    for start, payload in zip(range(0, SALT * len(payloads), SALT), payloads, strict=True):
        sha = begun()
        sha.update(salts[start : start + SALT] + payload.encode())
        found.append(sha.digest())
    return found


def inserted_all(sheet: Sheet, fixed: Mapping[str, Value]) -> list[str]:
    """Return what ``capture.inserted`` gives for each row.

    What all rows share goes into a template; of the rest each column is turned into
    JSON at once. The first captured column, when a row was created, always holds something.
    """
    template: list[str] = []
    varying: list[Sequence[str]] = []
    for name in CAPTURED[sheet.table]:
        values = sheet.varying.get(name)
        opening = f',"{name}":['
        if values is None:
            value = sheet.same[name] if name in sheet.same else fixed.get(name)
            if value is not None:
                template.append(f"{opening}{_json(value)}]".replace("%", "%%"))
        elif None in values:
            template.append("%s")
            texts = _all_json(values)
            varying.append([text and f"{opening}{text}]" for text in texts])
        else:
            template.append(f"{opening}%s]")
            varying.append(_all_json(values))
    text = "{" + "".join(template).removeprefix(",") + "}"
    if not varying:
        return [text % ()] * sheet.size
    return [text % row for row in zip(*varying, strict=True)]


def _all_json(values: Sequence[Value]) -> list[str]:
    """Return each value in JSON, nothing for ``None``."""
    given = set(values)
    if 2 * len(given) > len(values) and {*map(type, given)} == {str}:
        return [*map(quoted, cast("Sequence[str]", values))]
    known = {each: "" if each is None else _json(each) for each in given}
    return [known[each] for each in values]


def _json(value: Value) -> str:
    return quoted(value) if value.__class__ is str else str(value)
