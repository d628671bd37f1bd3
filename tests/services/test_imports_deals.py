"""Imported deals: stages, names, and the dated events that past pipelines come from."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sfa.errors import msg
from sfa.fields import noun
from sfa.interchange.csv_reading import read_table
from sfa.interchange.mapping_file import read_mapping
from sfa.services.imports import ImportPlan, apply_import, plan_import
from sfa.store import undo
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.services.importing import figures, imported, reasons
from tests.store.rows import add, count, edit, hash_of_store

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "maven"
FILES = {"user": "sales_teams", "account": "accounts", "product": "products", "deal": "sales_pipeline"}
DAY_OF_IMPORT = date(2017, 12, 31)

MAPPING = """
source = "crm"
key = "id"
[columns]
id = "key"
account = "account"
product = "products"
stage = "stage"
value = "amount"
owner = "owner"
[pipeline]
name = "Hardware"
[[pipeline.stages]]
name = "Prospecting"
probability = 10
[[pipeline.stages]]
name = "Engaging"
probability = 40
category = "best-case"
[[pipeline.stages]]
name = "Won"
kind = "won"
[[pipeline.stages]]
name = "Lost"
kind = "lost"
[events]
engaged = "Engaging"
closed = "*"
"""
HEADER = "id,account,product,stage,value,owner,engaged,closed\n"


def rows(home: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store_path(home))) as connection:
        return connection.execute(query, values).fetchall()


def events(home: Path) -> list[tuple[Any, ...]]:
    return rows(
        home,
        "SELECT e.effective_on, s.name, e.amount_minor / 100 FROM deal_event e"
        " JOIN stage s ON s.id = e.stage_id"
        " WHERE e.deleted_at IS NULL ORDER BY e.effective_on, e.recorded_at",
    )


@pytest.fixture
def stocked(home: Path) -> Path:
    """Return a home with an account and two products."""
    add(home, "account", name="Acme")
    add(home, "product", name="Pump")
    add(home, "product", name="Valve")
    return home


def deal(home: Path, *lines: str, mapping: str = MAPPING, today: date = date(2026, 11, 22)) -> ImportPlan:
    return imported(home, "deal", HEADER + "".join(line + "\n" for line in lines), mapping, today=today)


def test_a_won_deal_has_an_event_for_each_dated_stage(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Won,500,,2026-01-10,2026-03-01")
    assert events(stocked) == [("2026-01-10", "Engaging", None), ("2026-03-01", "Won", 500)]
    assert rows(
        stocked,
        "SELECT d.name, d.closed_on, s.name, d.probability_pct, d.category FROM deal d"
        " JOIN stage s ON s.id = d.reached_stage_id",
    ) == [("Acme – Pump", "2026-03-01", "Engaging", 100, "closed")]


def test_an_open_deal_is_at_its_stage_since_its_day(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Engaging,,,2026-01-10,")
    assert events(stocked) == [("2026-01-10", "Engaging", None)]
    assert rows(stocked, "SELECT probability_pct, category, closed_on FROM deal") == [(40, "best-case", None)]


def test_a_deal_without_days_enters_its_stage_on_the_day_of_the_import(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Prospecting,,,,")
    assert events(stocked) == [("2026-11-22", "Prospecting", None)]
    assert figures(deal(stocked, "D1,Acme,Pump,Prospecting,,,,", today=date(2026, 12, 24))) == (0, 0, 1, 0, 0)
    assert len(events(stocked)) == 1


def test_a_deal_without_an_account_is_named_after_its_product_and_counted(stocked: Path) -> None:
    plan = deal(stocked, "D1,,Pump; Valve,Prospecting,,,,", "D2,Acme,,Prospecting,,,,")
    assert plan.without_account == 1
    assert rows(stocked, "SELECT name FROM deal ORDER BY 1") == [("Acme",), ("Pump, Valve",)]
    assert count(stocked, "SELECT count(*) FROM deal_line WHERE quantity_milli = 1000") == 2


def test_a_deal_with_neither_account_nor_product_needs_a_name(stocked: Path) -> None:
    assert reasons(deal(stocked, "D1,,,Prospecting,,,,")) == ["Name: a value is needed."]


def test_a_name_given_later_by_hand_stays(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Prospecting,,,,")
    edit(stocked, "deal", str(rows(stocked, "SELECT id FROM deal")[0][0]), name="Ours")
    assert figures(deal(stocked, "D1,Acme,Pump,Prospecting,,,,")) == (0, 0, 1, 0, 0)
    assert rows(stocked, "SELECT name FROM deal") == [("Ours",)]


def test_a_deal_that_moved_on_gets_the_event_of_its_new_stage(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Engaging,,,2026-01-10,")
    assert figures(deal(stocked, "D1,Acme,Pump,Won,500,,2026-01-10,2026-03-01")) == (0, 1, 0, 0, 0)
    assert events(stocked) == [("2026-01-10", "Engaging", None), ("2026-03-01", "Won", 500)]
    assert rows(stocked, "SELECT probability_pct, closed_on, amount_minor FROM deal") == [
        (100, "2026-03-01", 50000)
    ]


def test_a_deal_opened_again_loses_its_closing_day(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Won,500,,2026-01-10,2026-03-01")
    deal(stocked, "D1,Acme,Pump,Engaging,500,,2026-01-10,", today=date(2026, 4, 1))
    assert rows(stocked, "SELECT closed_on, probability_pct FROM deal") == [(None, 40)]
    assert events(stocked)[-1] == ("2026-04-01", "Engaging", 500)


def test_a_changed_amount_is_a_new_event_on_the_day_of_the_import(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Engaging,100,,2026-01-10,")
    assert figures(deal(stocked, "D1,Acme,Pump,Engaging,200,,2026-01-10,")) == (0, 1, 0, 0, 0)
    assert events(stocked) == [("2026-01-10", "Engaging", 100), ("2026-11-22", "Engaging", 200)]
    assert figures(deal(stocked, "D1,Acme,Pump,Engaging,200,,2026-01-10,")) == (0, 0, 1, 0, 0)


def test_a_corrected_day_takes_the_place_of_the_imported_one(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Won,500,,2026-01-10,2026-03-01")
    assert figures(deal(stocked, "D1,Acme,Pump,Won,500,,2026-01-12,2026-03-01")) == (0, 1, 0, 0, 0)
    assert events(stocked) == [("2026-01-12", "Engaging", None), ("2026-03-01", "Won", 500)]


def test_events_of_one_day_keep_the_order_of_the_stages(stocked: Path) -> None:
    deal(stocked, "D1,Acme,Pump,Won,500,,2026-03-01,2026-03-01")
    assert [name for _, name, _ in events(stocked)] == ["Engaging", "Won"]


def test_a_stage_left_before_it_was_entered_is_rejected(stocked: Path) -> None:
    plan = deal(stocked, "D1,Acme,Pump,Won,500,,2026-03-02,2026-03-01")
    assert reasons(plan) == [
        "Stage: the deal entered Won on 2026-03-01, before an earlier stage (2026-03-02)."
    ]


def test_wrong_days_and_unknown_stages_are_rejected(stocked: Path) -> None:
    plan = deal(stocked, "D1,Acme,Pump,Won,500,,soon,", "D2,Acme,Pump,Nowhere,,,,")
    assert reasons(plan) == ["engaged: 'soon' is no day.", "Stage: the pipeline has no stage 'Nowhere'."]


def test_closed_won_means_the_stage_that_is_won(home: Path) -> None:
    text = "Opportunity Name,Stage,Amount,Close Date\nA,Closed Won,100,2026-03-01\nB,输单,,\nC,,,\n"
    assert figures(imported(home, "deal", text)) == (3, 0, 0, 0, 0)
    found = rows(home, "SELECT d.name, s.kind FROM deal d JOIN stage s ON s.id = d.stage_id ORDER BY 1")
    assert found == [("A", "won"), ("B", "lost"), ("C", "open")]


def test_a_probability_of_its_own_is_pinned(home: Path) -> None:
    imported(home, "deal", "Deal Name,Stage,Probability\nA,Prospecting,35%\nB,Prospecting,10\n")
    assert rows(home, "SELECT name, probability_pct, is_probability_pinned FROM deal ORDER BY 1") == [
        ("A", 35, 1),
        ("B", 10, 0),
    ]


def test_undo_takes_deals_and_events_back_and_a_new_import_revives_them(stocked: Path) -> None:
    before = hash_of_store(stocked)
    lines = ("D1,Acme,Pump,Won,500,,2026-01-10,2026-03-01", "D2,,Pump,Prospecting,,,,")
    deal(stocked, *lines)
    after = hash_of_store(stocked)
    with changing(stocked, name=msg("Undo")) as change:
        undo.undo(change)
    assert hash_of_store(stocked) == before
    assert figures(deal(stocked, *lines)) == (0, 0, 0, 2, 0)
    assert hash_of_store(stocked) == after


def run_example(home: Path, word: str, shared_data: Path) -> ImportPlan:
    described = noun(word)
    mapping = read_mapping(EXAMPLES / f"{described.plural}.toml", described)
    table = read_table(shared_data / "maven_crm" / f"{FILES[word]}.csv")
    with reading(home) as connection:
        plan = plan_import(connection, described, table, mapping, today=DAY_OF_IMPORT)
    if not plan.changes:
        return plan
    with changing(home, name=msg("Import")) as change:
        return apply_import(change, plan, replan=lambda _connection: plan, file_name=table.name)


@pytest.fixture(scope="module")
def maven(
    new_store: Path, tmp_path_factory: pytest.TempPathFactory, shared_data: Path
) -> tuple[Path, list[str]]:
    """Return a home with the files of maven_crm, and the content hash before each and at the end."""
    home = tmp_path_factory.mktemp("maven") / "home"
    home.mkdir(mode=0o700)
    shutil.copyfile(new_store, home / new_store.name)
    hashes = [hash_of_store(home)]
    for word in FILES:
        plan = run_example(home, word, shared_data)
        assert not plan.rejected
        hashes.append(hash_of_store(home))
    return home, hashes


def test_the_figures_of_maven_are_those_of_its_files(maven: tuple[Path, list[str]]) -> None:
    home, _ = maven
    by_stage = rows(
        home,
        "SELECT s.name, count(*), sum(d.amount_minor) / 100 FROM deal d"
        " JOIN stage s ON s.id = d.stage_id GROUP BY 1",
    )
    assert by_stage == [
        ("Engaging", 1589, None),
        ("Lost", 2473, 0),
        ("Prospecting", 500, None),
        ("Won", 4238, 10_005_534),
    ]
    assert count(home, "SELECT count(*) FROM deal WHERE account_id IS NULL") == 1425
    assert rows(home, "SELECT count(*), sum(name = 'GTX Pro') FROM product") == [(7, 1)]
    assert (
        count(
            home,
            "SELECT count(*) FROM deal_line l JOIN product p ON p.id = l.product_id WHERE p.name = 'GTX Pro'",
        )
        == 1480
    )


def test_the_managers_of_maven_won_what_they_won(maven: tuple[Path, list[str]]) -> None:
    home, _ = maven
    won = rows(
        home,
        "SELECT m.name, count(*), sum(d.amount_minor) / 100 FROM deal d JOIN stage s ON s.id = d.stage_id"
        " JOIN user u ON u.id = d.owner_id JOIN user m ON m.id = u.manager_id"
        " WHERE s.kind = 'won' GROUP BY 1",
    )
    assert ("Melvin Marxen", 882, 2_251_930) in won
    assert ("Dustin Brinkmann", 747, 1_094_363) in won
    assert count(home, "SELECT count(*) FROM user WHERE role = 'manager'") == 6
    assert rows(home, "SELECT DISTINCT t.name FROM team t JOIN user u ON u.team_id = t.id ORDER BY 1") == [
        ("Central",),
        ("East",),
        ("West",),
    ]


def test_the_quarters_of_maven_come_from_the_events(maven: tuple[Path, list[str]]) -> None:
    home, _ = maven
    won = rows(
        home,
        "SELECT (substr(e.effective_on, 6, 2) + 2) / 3, sum(e.amount_minor) / 100 FROM deal_event e"
        " JOIN stage s ON s.id = e.stage_id WHERE s.kind = 'won' AND e.effective_on LIKE '2017%' GROUP BY 1",
    )
    assert won == [(1, 1_134_672), (2, 3_086_111), (3, 2_982_255), (4, 2_802_496)]
    assert (
        count(
            home, "SELECT count(*) FROM deal_event WHERE effective_on = '2017-12-31' AND amount_minor IS NULL"
        )
        >= 500
    )


def test_the_accounts_of_maven_are_cleaned(maven: tuple[Path, list[str]]) -> None:
    home, _ = maven
    assert (
        count(home, "SELECT count(*) FROM account WHERE industry = 'technolgy' OR region = 'Philipines'") == 0
    )
    assert count(home, "SELECT count(*) FROM account WHERE parent_id IS NOT NULL") == 15
    found = rows(
        home,
        "SELECT f.name, v.value FROM custom_value v JOIN custom_field f ON f.id = v.field_id"
        " JOIN account a ON a.id = v.account_id WHERE a.name = 'Acme Corporation' ORDER BY 1",
    )
    assert found == [("employees", "2822"), ("revenue_musd", "1100.04")]


def test_importing_maven_again_changes_nothing(maven: tuple[Path, list[str]], shared_data: Path) -> None:
    home, hashes = maven
    for word in FILES:
        plan = run_example(home, word, shared_data)
        assert (figures(plan)[:2], plan.changes) == ((0, 0), False)
    assert hash_of_store(home) == hashes[-1]


def test_undo_of_each_import_of_maven_restores_the_content_before(
    maven: tuple[Path, list[str]], tmp_path: Path
) -> None:
    home, hashes = maven
    own = tmp_path / "own"
    shutil.copytree(home, own)
    for before in reversed(hashes[:-1]):
        with changing(own, name=msg("Undo")) as change:
            undo.undo(change)
        assert hash_of_store(own) == before


def test_a_day_still_to_come_is_rejected(stocked: Path) -> None:
    plan = deal(stocked, "D1,Acme,Pump,Won,500,,2026-01-10,2026-12-24")
    assert reasons(plan) == [
        "Stage: the deal cannot have entered a stage on 2026-12-24: that day is still to come."
    ]


def test_defaults_of_stage_pipeline_and_probability_are_for_new_deals(stocked: Path) -> None:
    pipeline = add(stocked, "pipeline", name="Other")
    stage = add(stocked, "stage", pipeline_id=pipeline, name="Talking", position=0, probability_pct=10)
    mapping = '[columns]\nn = "name"\n[defaults]\npipeline = "Other"\nstage = "Talking"\nprobability = 35\n'
    assert figures(imported(stocked, "deal", "n\nA\n", mapping)) == (1, 0, 0, 0, 0)
    assert rows(stocked, "SELECT stage_id, probability_pct, is_probability_pinned FROM deal") == [
        (stage, 35, 1)
    ]
    assert figures(imported(stocked, "deal", "n\nA\n", mapping)) == (0, 0, 1, 0, 0)
