"""What is particular to imported price books and classes of tax: currencies, days, parents, one default.

The rules are those of ``sfa.services.price_books``; what a file leaves open is as the store has it.
"""

from __future__ import annotations

import sqlite3

from sfa.errors import InvalidInput, Msg, SfaError, msg
from sfa.interchange.amounts import known_currency
from sfa.services.imports.columns import Batch
from sfa.services.imports.linked import refuse_circles
from sfa.services.imports.records import TableWrites, present_rows

_BOOK = ("currency", "valid_from", "valid_until", "parent_id", "tier", "is_default")
_LABEL_DEFAULT = msg("Default")


def check_books(connection: sqlite3.Connection, batch: Batch) -> None:
    """Reject price books whose currency, days, tier or parent cannot be."""
    _settle_currencies(batch)
    refuse_circles(connection, batch, "parent_id")
    present = present_rows(connection, "pricebook", batch.wanted.ids, _BOOK)
    columns = {name: batch.column(name) for name in _BOOK}
    usual = batch.wanted.defaults
    wholes: dict[str, dict[str, object]] = {}
    for place, row_id in enumerate(batch.wanted.ids):
        held = dict(zip(_BOOK, present.get(row_id, (None,) * 7)[1:], strict=True))
        filled = held if row_id in present else {name: usual.get(name) for name in _BOOK}
        wholes[row_id] = {
            name: filled[name] if values[place] is None else values[place] for name, values in columns.items()
        }
        if row_id in present and wholes[row_id]["currency"] != held["currency"]:
            _refuse_other_currency(connection, batch, place, row_id, str(held["currency"]))
    for place, row_id in enumerate(batch.wanted.ids):
        problem = _problem(connection, wholes[row_id], wholes)
        if problem is not None:
            batch.reject(place, problem)
    _refuse_two_defaults(batch, [str(wholes[row_id]["currency"]) for row_id in batch.wanted.ids])


def check_taxes(_connection: sqlite3.Connection, batch: Batch) -> None:
    """Reject all but the first class of a file that is said to be the default."""
    _refuse_two_defaults(batch, [""] * len(batch.rows))


def former_defaults(connection: sqlite3.Connection, batch: Batch) -> list[TableWrites]:
    """Return the writes by which a file's default takes the place of the store's."""
    table = batch.noun.table
    if table not in ("pricebook", "tax"):
        return []
    taking = {
        row_id: currency
        for place, (row_id, is_default, currency) in enumerate(
            zip(batch.wanted.ids, batch.column("is_default"), _currencies(connection, batch), strict=True)
        )
        if is_default == 1 and place not in batch.problems
    }
    currency = "currency" if table == "pricebook" else "''"
    rows = connection.execute(
        f"SELECT id, {currency} FROM {table} WHERE is_default = 1 AND deleted_at IS NULL"
    )
    former = [row[0] for row in rows if row[1] in taking.values() and row[0] not in taking]
    found = TableWrites(table, updates=[(row_id, {"is_default": 0}) for row_id in former])
    return [found] if found else []


def _currencies(connection: sqlite3.Connection, batch: Batch) -> list[object]:
    """Return each book's currency, of the file or the store; classes of tax have none."""
    if batch.noun.table == "tax":
        return [""] * len(batch.rows)
    held = present_rows(connection, "pricebook", batch.wanted.ids, ("currency",))
    usual = batch.wanted.defaults.get("currency")
    return [
        said if said is not None else held[row_id][1] if row_id in held else usual
        for row_id, said in zip(batch.wanted.ids, batch.column("currency"), strict=True)
    ]


def _settle_currencies(batch: Batch) -> None:
    """Write currencies as codes; new books without one are in the mapping's, else the organisation's."""
    found: list[object] = []
    for place, said in enumerate(batch.column("currency")):
        try:
            found.append(None if said is None else known_currency(str(said)))
        except InvalidInput as error:
            batch.reject(place, error)
            found.append(None)
    batch.wanted.columns["currency"] = found
    usual = str(batch.wanted.defaults.get("currency") or batch.mapping.currency or batch.context.currency)
    batch.wanted.defaults["currency"] = known_currency(usual)


def _problem(
    connection: sqlite3.Connection, whole: dict[str, object], wholes: dict[str, dict[str, object]]
) -> SfaError | None:
    first, last = whole["valid_from"], whole["valid_until"]
    if first is not None and last is not None and str(first) > str(last):
        problem = msg("{last} is before the first day, {first}")
        return InvalidInput(msg("Valid until"), problem, last=str(last), first=str(first))
    if whole["is_default"] and whole["tier"]:
        return InvalidInput(msg("Tier"), msg("the default price book is for everybody"))
    above = whole["parent_id"]
    if above is None:
        return None
    other = wholes.get(str(above), {}).get("currency") or _currency_of(connection, str(above))
    if other is None or other == whole["currency"]:
        return None
    return InvalidInput(
        msg("Parent price book"),
        msg("it is in {other}, this book in {currency}"),
        hint=msg("A parent is in the same currency; prices are not converted."),
        other=str(other),
        currency=str(whole["currency"]),
    )


def _currency_of(connection: sqlite3.Connection, book_id: str) -> str | None:
    row = connection.execute("SELECT currency FROM pricebook WHERE id = ?", (book_id,)).fetchone()
    return row[0] if row else None


def _refuse_other_currency(
    connection: sqlite3.Connection, batch: Batch, place: int, book_id: str, currency: str
) -> None:
    """Reject another currency of a book that has prices, or books below it, in the present one."""
    in_use: tuple[tuple[str, Msg], ...] = (
        ("SELECT 1 FROM price_entry WHERE pricebook_id = ?", msg("its prices are in {currency}.")),
        ("SELECT 1 FROM pricebook WHERE parent_id = ?", msg("books below it are in {currency}.")),
    )
    for query, problem in in_use:
        if connection.execute(f"{query} AND deleted_at IS NULL LIMIT 1", (book_id,)).fetchone():
            hint = msg("Make another book for the other currency.")
            batch.reject(place, InvalidInput(msg("Currency"), problem, hint=hint, currency=currency))
            return


def _refuse_two_defaults(batch: Batch, kinds: list[str]) -> None:
    first: dict[str, int] = {}
    for place, is_default in enumerate(batch.column("is_default")):
        if is_default != 1 or place in batch.problems:
            continue
        if first.setdefault(kinds[place], place) != place:
            line = batch.rows[first[kinds[place]]].line_number
            problem = msg("line {line} is the default already.")
            batch.reject(place, InvalidInput(_LABEL_DEFAULT, problem, line=line))
