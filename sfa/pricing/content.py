"""The one text of a document's content, and its hash: what an approval is bound to.

Everything a customer or approver sees is in it, in the order in which they see it; the
order of names in ``shown`` is not. One name a line, sorted by code points, values as JSON
writes them with every letter as it is: ``docs/metrics.md`` has an example.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

from sfa.errors import InvalidInput, msg
from sfa.pricing.document import Document, Line, Shown

VERSION = "1"
_NAME = re.compile(r"[a-z][a-z0-9_.]*")
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


class Reader(StrEnum):
    """Who sees the content: costs are not for everybody, so whoever lacks them has a hash of his own."""

    CUSTOMER = "customer"
    APPROVER = "approver"


def content_hash(document: Document, reader: Reader = Reader.APPROVER) -> str:
    """Return the SHA-256 of the content in hexadecimal, with the version before it: ``1:9f86…``.

    Raises:
        InvalidInput: as for ``canonical_text``.
    """
    text = canonical_text(document, reader)
    return f"{VERSION}:{hashlib.sha256(text.encode()).hexdigest()}"


def canonical_text(document: Document, reader: Reader = Reader.APPROVER) -> str:
    """Return the content as text; equal for documents that read the same and for no others.

    The keys of the lines, which nobody sees, are no part of it; for the customer their costs are not either.

    Raises:
        InvalidInput: a name in ``shown`` that is not of small letters, digits, ``_`` and ``.``.
        TypeError: a value in ``shown`` of another type than ``Shown``; a programming error.
    """
    lines = [f"sfa.content/{VERSION} {reader.value}"]
    lines += _written(_columns_of_document(document), document.shown)
    for line in document.lines:
        lines.append("[line]")
        lines += _written(_columns_of_line(line, reader), line.shown)
    return "\n".join(lines) + "\n"


def _columns_of_document(document: Document) -> dict[str, Shown]:
    return {
        "cash_rounding": str(document.cash_rounding),
        "cash_step_minor": document.cash_step_minor,
        "currency": document.currency,
        "discount_minor": document.discount_minor,
        "discount_ppm": document.discount_ppm,
        "rounding": str(document.rounding),
        "tax_mode": str(document.tax_mode),
        "tax_rounding": str(document.tax_rounding),
    }


def _columns_of_line(line: Line, reader: Reader) -> dict[str, Shown]:
    cost: dict[str, Shown] = {"unit_cost_micros": line.unit_cost_micros} if reader == Reader.APPROVER else {}
    return cost | {
        "alternative_of": line.alternative_of,
        "discount_minor": line.discount_minor,
        "discount_ppm": line.discount_ppm,
        "group": line.group,
        "is_optional": line.is_optional,
        "is_taken": line.is_taken and (line.is_optional or line.alternative_of is not None),
        "kind": str(line.kind),
        "quantity_milli": line.quantity_milli,
        "tax_rate_ppm": line.tax_rate_ppm,
        "unit_price_micros": line.unit_price_micros,
    }


def _written(columns: Mapping[str, Shown], shown: Mapping[str, Shown]) -> Iterator[str]:
    for name in shown:
        if not _NAME.fullmatch(name):
            raise InvalidInput(
                name or "shown", msg("a name is of small letters, digits, points and underscores")
            )
    named = {**columns, **{f"shown.{name}": value for name, value in shown.items()}}
    for name in sorted(named):
        yield f"{name}={_value(named[name])}"


def _value(value: Shown) -> str:
    """Return a value as JSON has it; a day is ``date 2026-11-22``, which is no JSON and so no text."""
    if type(value) is date:
        return f"date {value.isoformat()}"
    if value is None or type(value) in (str, int, bool):
        return _ENCODE(value)
    raise TypeError(f"{value!r} can be no part of a document's content")
