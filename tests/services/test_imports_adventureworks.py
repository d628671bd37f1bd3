"""Customers, products and 56,046 order lines of AdventureWorks, against sums that csv alone makes."""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NamedTuple

from sfa.errors import msg
from sfa.interchange.csv_reading import read_table
from sfa.interchange.imported import imported_noun
from sfa.interchange.mapping_file import read_mapping
from sfa.services.imports import ImportPlan, apply_import, plan_import
from sfa.store import undo
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.conftest import ROOT
from tests.services.acting import TODAY, make
from tests.services.importing import figures

EXAMPLES = ROOT / "examples" / "adventureworks"
YEARS = ("2017", "2018", "2019")


class Year(NamedTuple):
    """What a year's orders come to: exactly, and with every line rounded to cents."""

    orders: int
    lines: int
    exact: Decimal
    rounded: Decimal


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def computed(folder: Path) -> dict[str, Year]:
    """Return the years as the files say them: an order is a number of one customer."""
    prices = {
        row["ProductKey"]: Decimal(row["ProductPrice"])
        for row in rows_of(folder / "AdventureWorks_Products.csv")
    }
    found = {}
    for year in YEARS:
        rows = rows_of(folder / f"AdventureWorks_Sales_{year}.csv")
        amounts = [prices[row["ProductKey"]] * int(row["OrderQuantity"]) for row in rows]
        found[year] = Year(
            len({(row["OrderNumber"], row["CustomerKey"]) for row in rows}),
            len(rows),
            sum(amounts, Decimal(0)),
            sum((each.quantize(Decimal("0.01"), ROUND_HALF_UP) for each in amounts), Decimal(0)),
        )
    return found


def stored(home: Path) -> dict[str, Year]:
    """Return the years as the store has them: from the orders' lines, and from their totals."""
    with reading(home) as connection:
        orders = connection.execute(
            "SELECT substr(ordered_on, 1, 4), line_count, lines, total_minor FROM sales_order"
            " WHERE deleted_at IS NULL AND is_imported = 1 AND currency = 'USD' AND state = 'paid'"
        ).fetchall()
    years: dict[str, list[Any]] = defaultdict(lambda: [0, 0, 0, 0])
    for year, count, text, total in orders:
        lines = json.loads(text)
        assert len(lines) == count
        sums = years[year]
        sums[0] += 1
        sums[1] += count
        sums[2] += sum(line.get("quantity_milli", 1000) * line["unit_price_micros"] for line in lines)
        sums[3] += total
    return {
        year: Year(orders, lines, Decimal(exact).scaleb(-9), Decimal(total).scaleb(-2))
        for year, (orders, lines, exact, total) in years.items()
    }


def bring(home: Path, word: str, path: Path, *, mapping: str = "", dry_run: bool = False) -> ImportPlan:
    """Import a file by the mapping of the examples."""
    described = imported_noun(word)
    assert described is not None
    used = read_mapping(EXAMPLES / f"{mapping or described.plural}.toml", described)
    if word == "price":
        used = type(used)(**{**_fields(used), "defaults": {"pricebook": "List"}})
    table = read_table(path)
    with reading(home) as connection:
        plan = plan_import(connection, described, table, used, today=TODAY, explain=True)
    if plan.changes and not dry_run:
        with changing(home, name=msg("Import")) as change:
            apply_import(change, plan, replan=lambda _: plan, file_name=table.name)
    return plan


def told(plan: ImportPlan, table_rows: list[dict[str, str]]) -> dict[tuple[str, str], tuple[object, object]]:
    """Return (product's key, field) -> before and after, as a plan says it row by row."""
    found = {}
    for row, verdict in zip(table_rows, plan.rows, strict=True):
        for each in plan.changed.get(verdict.record_id, ()):
            found[row["ProductKey"], each.field.name] = (_plain(each.before), _plain(each.after))
    return found


def _plain(value: object) -> object:
    return f"{Decimal(value[0]).scaleb(-6).normalize():f}" if isinstance(value, tuple) else value


def differing(
    before: list[dict[str, str]], after: list[dict[str, str]]
) -> dict[tuple[str, str], tuple[object, object]]:
    """Return the same of two files: what the second says otherwise; an empty cell says nothing."""
    held = {row["ProductKey"]: row for row in before}
    found: dict[tuple[str, str], tuple[object, object]] = {}
    for row in after:
        old = held[row["ProductKey"]]
        for column, field in (("ProductColor", "color"), ("ProductSize", "size"), ("ProductCost", "cost")):
            nothing = {"", "NA"} if column == "ProductColor" else {"", "0"}
            if row[column] not in nothing and row[column] != old[column]:
                found[row["ProductKey"], field] = (old[column] or None, row[column])
    return found


def test_the_unclean_products_end_like_the_clean_ones_or_each_row_says_what_differs(
    home: Path, shared_data: Path, tmp_path: Path
) -> None:
    clean = shared_data / "adventureworks" / "AdventureWorks_Products.csv"
    unclean = shared_data / "adventureworks" / "AdventureWorks_Products (unclean).csv"
    other = tmp_path / "other"
    shutil.copytree(home, other)
    for store, first, second, count in ((home, clean, unclean, 5), (other, unclean, clean, 180)):
        assert figures(bring(store, "product", first)) == (293, 0, 0, 0, 0)
        plan = bring(store, "product", second)
        assert (figures(plan), plan.rejected) == ((0, count, 293 - count, 0, 0), [])
        assert told(plan, rows_of(second)) == differing(rows_of(first), rows_of(second))
    # The unclean ones first, then the clean ones: everything is as clean as from the clean ones alone.
    plan = bring(other, "product", clean)
    assert not plan.changes
    statement = (
        "SELECT x.key, p.code, p.name, p.unit_price_micros, c.unit_cost_micros FROM product p"
        " JOIN external_id x ON x.record_id = p.id JOIN product_cost c ON c.product_id = p.id"
    )
    bring(home, "product", clean)
    assert set(query(home, statement)) == set(query(other, statement))


def _fields(used: Any) -> dict[str, Any]:
    return {name: getattr(used, name) for name in used.__dataclass_fields__}


def query(home: Path, statement: str) -> list[tuple[Any, ...]]:
    with reading(home) as connection:
        return [tuple(row) for row in connection.execute(statement)]


def orders_of(home: Path, numbers: Iterable[str]) -> set[tuple[Any, ...]]:
    wanted = json.dumps(sorted(numbers))
    with reading(home) as connection:
        rows = connection.execute(
            "SELECT id, number, ordered_on, account_id, total_minor, state_on, lines FROM sales_order"
            " WHERE deleted_at IS NULL AND number IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        return {tuple(row) for row in rows}


def test_adventureworks_comes_in_whole_and_its_years_come_to_what_its_files_say(
    home: Path, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "adventureworks"
    make(home, "pricebook", name="List", currency="USD", default="yes")
    assert figures(bring(home, "product", folder / "AdventureWorks_Products.csv")) == (293, 0, 0, 0, 0)
    assert figures(bring(home, "price", folder / "AdventureWorks_Products.csv")) == (293, 0, 0, 0, 0)
    customers = folder / "AdventureWorks_Customers.csv"
    plan = bring(home, "contact", customers, mapping="customers")
    assert (figures(plan), plan.made["account"]) == ((18_148, 0, 0, 0, 0), 18_148)
    assert query(home, "SELECT kind, count(*) FROM account GROUP BY 1") == [("end-customer", 18_148)]
    # Each account has its one contact, of the same name and key.
    assert query(
        home,
        "SELECT count(*), count(DISTINCT l.account_id), sum(a.name = c.name), sum(x.key = y.key)"
        " FROM contact_account l JOIN account a ON a.id = l.account_id JOIN contact c ON c.id = l.contact_id"
        " JOIN external_id x ON x.record_id = a.id JOIN external_id y ON y.record_id = c.id",
    ) == [(18_148, 18_148, 18_148, 18_148)]
    assert not bring(home, "contact", customers, mapping="customers").changes

    other = tmp_path / "other"
    shutil.copytree(home, other)
    for year in YEARS:
        plan = bring(home, "order", folder / f"AdventureWorks_Sales_{year}.csv")
        assert plan.rejected == []
    wanted = computed(folder)
    assert sum(each.lines for each in wanted.values()) == 56_046
    assert stored(home) == wanted

    # The same file again changes nothing, nor does the spreadsheet, which alone gives the same orders.
    sheet = folder / "AdventureWorks_Sales_2017.xlsx"
    for path in (folder / "AdventureWorks_Sales_2017.csv", sheet, folder / "AdventureWorks_Sales_2018.csv"):
        plan = bring(home, "order", path)
        assert (figures(plan)[:2], plan.rejected, plan.changes) == ((0, 0), [], False)
    bring(other, "order", sheet)
    assert stored(other) == {"2017": wanted["2017"]}
    numbers = {row["OrderNumber"] for row in rows_of(folder / "AdventureWorks_Sales_2017.csv")}
    assert orders_of(other, numbers) == orders_of(home, numbers)

    with changing(home, name=msg("Undo")) as change:
        undo.undo(change)
    assert stored(home) == {year: wanted[year] for year in ("2017", "2018")}
    plan = bring(home, "order", folder / "AdventureWorks_Sales_2019.csv")
    assert figures(plan) == (0, 0, 0, wanted["2019"].orders, 0)
    assert stored(home) == wanted
