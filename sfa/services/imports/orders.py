"""Planning an import of orders: rows become lines, lines become orders, each in whole or not at all.

What was ordered is one value of its order and never changes once it is in; what happened to it since may
be told by a later file. Source: docs/import.md, "Order history".
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sfa.errors import InvalidInput, msg
from sfa.interchange.mapping import Mapping as ColumnMapping
from sfa.interchange.order_columns import ACCOUNT, ORDER_DISCOUNT, ORDERS, TAX_MODE
from sfa.interchange.quote_line_text import read_discount
from sfa.interchange.quote_lines import (
    MOST_LINES,
    QuoteLine,
    document_of,
    lines_of,
    lines_text,
    total_columns,
)
from sfa.interchange.source_table import SourceTable
from sfa.pricing.totals import price_document
from sfa.services.imports import keys, linked, rules
from sfa.services.imports.columns import fill
from sfa.services.imports.order_lines import (
    LineReader,
    SaidLine,
    differing,
    fill_currencies,
    reason_of_row,
)
from sfa.services.imports.order_numbers import settle_numbers
from sfa.services.imports.order_rows import OrderRows, rows_by_order
from sfa.services.imports.order_states import Course, standings
from sfa.services.imports.plan import (
    ImportPlan,
    Progress,
    RowVerdict,
    batch_of,
    context_of,
    explain_changes,
    last_seq,
    quiet,
    set_defaults,
)
from sfa.services.imports.record_ids import LISTED
from sfa.services.imports.records import RecordSet, TableWrites, difference
from sfa.terms import Rounding, TaxMode, TaxRounding, Verdict

_HELD = (
    *("id", "is_imported", "account_id", "currency", "tax_mode", "discount_ppm", "discount_minor", "lines"),
    *("total_minor", "state", "state_on", "ordered_on", "delivered_on"),
)
_MOST_CHARACTERS = 1_000_000
_SAID = ("currency", "tax_mode", "discount_ppm", "discount_minor")
_TOTALS = ("line_count", "list_minor", "net_minor", "tax_minor", "total_minor")
_CONTENT = (*_SAID, *_TOTALS, "lines", "is_imported")
# How an order is priced where nothing is said about it; as of a quote without settings.
_BLANK = {
    "tax_rounding": TaxRounding.PER_LINE.value,
    "rounding": Rounding.HALF_UP.value,
    "cash_step_minor": 0,
    "cash_rounding": Rounding.HALF_UP.value,
}


def plan_orders(
    connection: sqlite3.Connection,
    table: SourceTable,
    mapping: ColumnMapping,
    *,
    today: date,
    on_step: Progress | None = None,
    explain: bool = False,
) -> ImportPlan:
    """Return what importing a table of order lines would do; with ``explain`` what changes in each order.

    Raises:
        InvalidInput: the file lacks a mapped column, no column says which order a row is of, or the
            mapping does not fit the store.
    """
    step = on_step or quiet
    mapping.check_header(table.header, table.name)
    seq = last_seq(connection)
    declared, context = context_of(connection, ORDERS, mapping, today)
    step("read")
    rows = rows_by_order(table, mapping, context, batch_of(ORDERS, table, mapping, context))
    head_links = _settle_heads(connection, rows)
    step("match")
    line_links = _settle_lines(connection, rows)
    _Orders(connection, rows).settle()
    _reject_whole_orders(rows)
    step("compare")
    first = [declared] if declared is not None else []
    first += linked.made_records(connection, rows.heads, head_links)
    first += linked.made_records(connection, rows.lines, line_links)
    plan = _planned(connection, rows, table, first, seq)
    if explain:
        explain_changes(connection, rows.heads, plan)
    return plan


def _settle_heads(connection: sqlite3.Connection, rows: OrderRows) -> linked.Links:
    """Find out what concerns whole orders: their keys, numbers, accounts, days and owners."""
    heads = rows.heads
    set_defaults(connection, heads)
    keys.settle_keys(connection, heads)
    fill(heads)
    links = linked.settle(connection, heads)
    settle_numbers(connection, heads)
    rules.settle_owners(heads)
    rules.check(connection, heads)
    return links


def _settle_lines(connection: sqlite3.Connection, rows: OrderRows) -> linked.Links:
    """Find out what rows say of their lines, and which products they name."""
    fill_currencies(rows)
    fill(rows.lines)
    return linked.settle(connection, rows.lines)


class _Orders:
    """The content and course of a file's orders, order by order."""

    def __init__(self, connection: sqlite3.Connection, rows: OrderRows) -> None:
        self._rows = rows
        self._heads = rows.heads
        wanted = rows.heads.wanted
        # What is off the whole order is typed like a line's discount; it is no column of its own.
        size = len(rows.members)
        self._discounts = wanted.columns.pop(ORDER_DISCOUNT.column, [None] * size)
        self._usual_discount = str(wanted.defaults.pop(ORDER_DISCOUNT.column, None) or "")
        self._modes = wanted.columns.get(TAX_MODE.column, [None] * size)
        self._reader = LineReader(connection, rows)
        self._course = Course(rows.heads)
        self._held = _held(connection, wanted.ids)
        self._standings = standings(connection, self._held)
        self._columns: dict[str, list[object]] = {name: [None] * size for name in _CONTENT}

    def settle(self) -> None:
        """Fill the orders' columns and children; note what is wrong with them or their rows."""
        for place in range(len(self._rows.members)):
            self._settle_one(place)
        self._heads.wanted.columns.update({**self._columns, **self._course.columns()})
        self._heads.wanted.children += self._course.children()

    def _settle_one(self, place: int) -> None:
        currency = self._reader.currency(place)
        if currency is None:
            return
        said = self._reader.said(place, currency)
        if said is None or place in self._heads.problems:
            return
        row_id = self._heads.wanted.ids[place]
        try:
            discount = self._discount(place, currency)
            if row_id in self._held:
                self._refuse_others(place, self._held[row_id], said, currency, discount)
                self._course.known(place, self._standings[row_id])
            else:
                self._make(place, said, currency, discount)
        except InvalidInput as error:
            self._heads.reject(place, error)

    def _discount(self, place: int, currency: str) -> tuple[int, int] | None:
        text = self._discounts[place]
        return None if text is None else read_discount(str(text), currency)

    def _make(
        self, place: int, said: Sequence[SaidLine], currency: str, discount: tuple[int, int] | None
    ) -> None:
        lines = self._reader.lines(place, said, currency)
        if lines is None:
            return
        ppm, minor = discount or read_discount(self._usual_discount, currency)
        mode = self._modes[place] or self._heads.wanted.defaults.get(TAX_MODE.column) or TaxMode.ADDED.value
        values = {**_BLANK, "currency": currency, "tax_mode": mode}
        values.update(discount_ppm=ppm, discount_minor=minor)
        try:
            content = _content(values, lines)
        except InvalidInput as error:
            at = reason_of_row(error)
            if at is None:
                raise
            self._rows.lines.reject(said[at].row, error)
            return
        content.update({name: values[name] for name in _SAID}, is_imported=1)
        for name, value in content.items():
            self._columns[name][place] = value
        self._course.new(place, content["total_minor"])

    def _refuse_others(
        self,
        place: int,
        held: Mapping[str, Any],
        said: Sequence[SaidLine],
        currency: str,
        discount: tuple[int, int] | None,
    ) -> None:
        """Refuse to change what was ordered: it is settled. What it was bought at stays as it was found."""
        label = self._heads.noun.label
        if not held["is_imported"]:
            raise InvalidInput(label, msg("it was made here from a quote, so no import changes it."))
        account = self._heads.column("account_id")[place]
        mode = self._modes[place]
        others = [
            field_label
            for field_label, is_other in (
                (ACCOUNT.label, account is not None and account != held["account_id"]),
                (msg("Currency"), currency != held["currency"]),
                (TAX_MODE.label, mode is not None and mode != held["tax_mode"]),
                (
                    ORDER_DISCOUNT.label,
                    discount is not None and discount != (held["discount_ppm"], held["discount_minor"]),
                ),
                (msg("Lines"), differing(said, lines_of(held["lines"]))),
            )
            if is_other
        ]
        if others:
            raise InvalidInput(
                others[0],
                msg("the order is in the store with another value; what was ordered stays as it is."),
                hint=msg("If the file is right, delete the order and import it again."),
            )
        self._heads.wanted.columns["account_id"][place] = None


def _held(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the orders that the store has, by id; deleted ones are made anew."""
    rows = connection.execute(
        f"SELECT {', '.join(_HELD)} FROM sales_order WHERE id IN {LISTED} AND deleted_at IS NULL",
        (json.dumps(list(ids)),),
    )
    return {row[0]: dict(zip(_HELD, row, strict=True)) for row in map(tuple, rows)}


def _content(values: Mapping[str, Any], lines: Sequence[QuoteLine]) -> dict[str, Any]:
    """Return lines as they are stored, with what they come to."""
    if len(lines) > MOST_LINES:
        raise InvalidInput(msg("Lines"), msg("an order has at most {limit}"), limit=MOST_LINES)
    priced = price_document(document_of(values, lines))
    text = lines_text(lines)
    if len(text) > _MOST_CHARACTERS:
        raise InvalidInput(msg("Lines"), msg("their texts are too long together"))
    return {**total_columns(priced), "lines": text}


def _reject_whole_orders(rows: OrderRows) -> None:
    """Keep an order out whose rows are not all in order: half of one would look like all of it."""
    heads, lines = rows.heads, rows.lines
    for place, members in enumerate(rows.members):
        bad = next((line for line in members if line in lines.problems), None)
        stray = rows.stray.get(place, [])
        if bad is None and place not in heads.problems:
            continue
        if bad is not None or stray:
            first = lines.rows[bad].line_number if bad is not None else stray[0].line_number
            other = InvalidInput(
                heads.noun.label, msg("another row of it is rejected, in line {line}."), line=first
            )
            for line in members:
                if line not in lines.problems:
                    lines.reject(line, other)
        for problem in heads.problems.get(place, []):
            for line in members:
                lines.reject(line, problem)
        if not heads.problems.get(place):
            heads.reject(place, lines.problems[members[0]][0])


def _planned(
    connection: sqlite3.Connection,
    rows: OrderRows,
    table: SourceTable,
    first: list[RecordSet],
    seq: int,
) -> ImportPlan:
    heads = rows.heads
    heads.wanted.dropped = set(heads.problems)
    writes: list[TableWrites] = []
    made: Counter[str] = Counter()
    for records in first if len(heads.problems) < len(rows.members) else []:
        found = difference(connection, records)
        writes += found.writes
        made[records.table] += sum(verdict in (Verdict.CREATE, Verdict.REVIVE) for verdict in found.verdicts)
    found = difference(connection, heads.wanted)
    plan = ImportPlan(ORDERS.name, heads.mapping, seq, Counter(found.verdicts), [], made=+made)
    plan.writes = [*writes, *found.writes]
    plan.counts[Verdict.REJECT] += len(rows.lost)
    _judge(rows, table, found.verdicts, plan)
    return plan


def _judge(rows: OrderRows, table: SourceTable, verdicts: Sequence[Verdict], plan: ImportPlan) -> None:
    """Give every row of the file the verdict of its order."""
    line = 0
    for row in table.rows:
        if row.problem is not None:
            problem = InvalidInput(table.header[0] or "row", row.problem)
            verdict = RowVerdict(row.line_number, Verdict.REJECT, reasons=(problem,))
        else:
            place = rows.of_line[line]
            reasons = tuple(rows.lines.problems.get(line, ()))
            verdict = RowVerdict(row.line_number, verdicts[place], rows.heads.wanted.ids[place], reasons)
            line += 1
        plan.rows.append(verdict)
        if verdict.verdict is Verdict.REJECT:
            plan.rejected.append((row, verdict))
    plan.lines = Counter(each.verdict for each in plan.rows)
