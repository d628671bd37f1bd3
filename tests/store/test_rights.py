"""What a signed-in user may change of the organisation, by role; nothing is left of what is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from sfa import ids
from sfa.errors import Refused, msg
from sfa.store import change
from sfa.store.connection import open_writing
from sfa.store.erasure import erase_rows, person_rows
from sfa.store.home import store_path
from sfa.store.perform import changing
from sfa.store.seed import DEFAULT_PIPELINE
from tests.services.acting import make, rows, take_back
from tests.services.deciding import me
from tests.store.rows import add, edit, hash_of_store


def becomes(home: Path, role: str | None) -> None:
    """Sign the store in as somebody of a role, or out of everything."""
    with closing(open_writing(store_path(home))) as connection:
        connection.execute("DELETE FROM local_state WHERE key = 'sync_role'")
        if role is not None:
            connection.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', ?)", (role,))


@pytest.fixture
def team(home: Path) -> str:
    """Return a team of a store that nobody signed in yet."""
    return add(home, "team", name="East")


def refused(home: Path, table: str, row_id: str, **values: object) -> None:
    """Change a row in vain."""
    before = hash_of_store(home)
    ops = rows(home, "SELECT count(*) AS ops FROM oplog")
    with pytest.raises(Refused, match="Your role may not change"):
        edit(home, table, row_id, **values)
    assert hash_of_store(home) == before
    assert rows(home, "SELECT count(*) AS ops FROM oplog") == ops


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_what_everybody_works_with_is_for_administrators(home: Path, team: str, role: str) -> None:
    becomes(home, role)
    refused(home, "team", team, name="West")
    refused(home, "pipeline", DEFAULT_PIPELINE, name="Other")
    setting = str(rows(home, "SELECT id FROM setting WHERE key = 'currency'")[0]["id"])
    refused(home, "setting", setting, value='"EUR"')
    with pytest.raises(Refused, match="teams"):
        add(home, "team", name="North")
    with pytest.raises(Refused, match="users"):
        add(home, "user", name="Ben", role="rep")


@pytest.mark.parametrize("role", [None, "admin"])
def test_an_administrator_and_whoever_never_signed_in_may_change_them(
    home: Path, team: str, role: str | None
) -> None:
    becomes(home, role)
    edit(home, "team", team, name="West")
    add(home, "user", name="Ben", role="rep")
    assert rows(home, "SELECT name FROM team") == [{"name": "West"}]


def test_a_product_is_changed_by_who_added_it_and_by_managers(home: Path) -> None:
    mine = make(home, "product", name="Valve").id
    ben = add(home, "user", name="Ben", role="rep")
    theirs = add(home, "product", name="Pump", status="active")
    edit(home, "product", theirs, created_by=ben)
    becomes(home, "rep")
    edit(home, "product", mine, name="Ball valve")
    make(home, "product", name="Gate valve")
    refused(home, "product", theirs, name="Other")
    refused(home, "product", theirs, deleted_at="2026-11-22T10:00:00.000Z")
    becomes(home, "manager")
    edit(home, "product", theirs, name="Other")


def test_what_products_cost_is_kept_by_managers(home: Path) -> None:
    product = make(home, "product", name="Valve").id
    kept = add(home, "product_cost", product_id=product, unit_cost_micros=5, currency="CNY")
    becomes(home, "rep")
    refused(home, "product_cost", kept, unit_cost_micros=6)
    with pytest.raises(Refused, match="what products cost"):
        add(home, "product_cost", product_id=product, unit_cost_micros=7, currency="CNY")
    becomes(home, "manager")
    edit(home, "product_cost", kept, unit_cost_micros=8)
    assert rows(home, "SELECT unit_cost_micros FROM product_cost") == [{"unit_cost_micros": 8}]


def test_what_things_are_sold_for_is_for_managers_and_tax_for_administrators(home: Path) -> None:
    book = make(home, "pricebook", name="List", currency="USD").id
    tax = make(home, "tax", name="VAT", rate="13").id
    pump = make(home, "product", name="Pump").id
    price = add(home, "price_entry", pricebook_id=book, product_id=pump, unit_price_micros=5)
    becomes(home, "rep")
    refused(home, "pricebook", book, name="Mine")
    refused(home, "price_entry", price, unit_price_micros=4)
    becomes(home, "manager")
    refused(home, "tax", tax, rate_ppm=0)
    edit(home, "price_entry", price, unit_price_micros=4)
    assert rows(home, "SELECT unit_price_micros AS micros FROM price_entry") == [{"micros": 4}]


def test_a_person_changes_their_own_name_and_no_role(home: Path) -> None:
    ben = add(home, "user", name="Ben", role="rep", manager_id=me(home))
    cai = add(home, "user", name="Cai", role="rep", manager_id=ben)
    boss = add(home, "user", name="Bo", role="manager")
    becomes(home, "rep")
    edit(home, "user", me(home), name="Wei")
    edit(home, "user", ben, absent_from_on="2026-12-01")
    edit(home, "user", cai, absent_from_on="2026-12-01")
    refused(home, "user", boss, absent_from_on="2026-12-01")
    for values in ({"role": "admin"}, {"team_id": None, "manager_id": boss}, {"is_active": 0}):
        refused(home, "user", me(home), **values)


def test_records_are_anybodys(home: Path) -> None:
    becomes(home, "rep")
    make(home, "lead", name="Li Wei")
    make(home, "deal", name="Pumps", amount="100")
    assert rows(home, "SELECT count(*) AS leads FROM lead") == [{"leads": 1}]


def test_a_chain_of_managers_in_a_ring_has_an_end(home: Path) -> None:
    ben = add(home, "user", name="Ben", role="rep")
    cai = add(home, "user", name="Cai", role="rep", manager_id=ben)
    edit(home, "user", ben, manager_id=cai)
    becomes(home, "rep")
    refused(home, "user", cai, absent_from_on="2026-12-01")


def test_whoever_may_only_read_changes_nothing_at_all(home: Path) -> None:
    lead = make(home, "lead", name="Li Wei").id
    becomes(home, "read-only")
    before, ops = hash_of_store(home), rows(home, "SELECT count(*) AS ops FROM oplog")
    attempts: list[Callable[[], object]] = [
        lambda: make(home, "lead", name="Wang Fang"),
        lambda: edit(home, "lead", lead, name="Wang Fang"),
        lambda: take_back(home),
        lambda: erase(home, lead),
        lambda: rehearse(home),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match="Your role may only read"):
            attempt()
    assert (hash_of_store(home), rows(home, "SELECT count(*) AS ops FROM oplog")) == (before, ops)


def test_a_role_that_is_taken_away_while_a_change_is_open_is_minded_at_its_end(home: Path) -> None:
    with pytest.raises(Refused, match="Your role may only read"):
        add_and_lose_the_role(home)
    assert rows(home, "SELECT name FROM lead") == []


def erase(home: Path, lead: str) -> None:
    with changing(home, name=msg("Erase")) as found:
        erase_rows(found.connection, person_rows(found.connection, "lead", lead))


def add_and_lose_the_role(home: Path) -> None:
    values = {"id": ids.uuid7(1), "name": "Wang Fang", "status": "new", "pool_state": "owned"}
    with changing(home, name=msg("Add")) as found:
        change.insert(found.connection, "lead", values)
        found.connection.execute("INSERT INTO local_state (key, value) VALUES ('sync_role', 'read-only')")


def rehearse(home: Path) -> None:
    with changing(home, name=msg("Add"), dry_run=True):
        pass
