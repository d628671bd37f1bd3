"""The big list on the store itself: how much it reads, and what it shows."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from benchmarks.lead_store import make
from sfa import i18n
from sfa.screens.widgets.big_list import BigList, Query, RecordSource
from sfa.screens.widgets.big_list import records as records_module
from sfa.store.reading import open_reading
from tests.finding.company import add, small_company
from tests.screens.widgets.plain_rows import ListApp, drawn, loaded, until

SIZE = (100, 20)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the queries of every connection that the list opens."""
    queries: list[str] = []

    def traced(home: Path | None = None) -> sqlite3.Connection:
        connection = open_reading(home)
        connection.set_trace_callback(queries.append)
        return connection

    monkeypatch.setattr(records_module, "open_reading", traced)
    return queries


async def test_opening_a_list_takes_six_queries_and_moving_inside_a_page_none(
    home: Path, asked: list[str]
) -> None:
    make(home, 1000)
    async with ListApp(RecordSource("lead", home)).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        assert len([each for each in asked if not each.startswith("PRAGMA")]) <= 6, asked
        await pilot.press("down", "up", "pagedown", "pageup", "space")
        await loaded(pilot)
        await pilot.pause(0.1)
        asked.clear()
        await pilot.press(*["down"] * 15, "up", "space", "shift+down")
        await pilot.pause(0.1)
        assert big.window.cursor > 10
        assert asked == []


@pytest.mark.slow
async def test_of_100_000_leads_a_screen_and_its_surroundings_are_read(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(home, 100_000)
    read: list[int] = []
    real = records_module.RecordReader.rows

    def counted(self: records_module.RecordReader, keys: list[int], columns: list[str]) -> object:
        read.extend(keys)
        return real(self, keys, columns)

    monkeypatch.setattr(records_module.RecordReader, "rows", counted)
    async with ListApp(RecordSource("lead", home)).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        await until(pilot, lambda: big.window.complete)
        assert len(big.window) == 100_000
        assert len(read) <= 4 * SIZE[1]
        assert "王伟 100000" in drawn(big)[1]
        await pilot.press("end")
        await loaded(pilot)
        assert "李伟 000001" in drawn(big)[-1]
        assert len(read) <= 12 * SIZE[1]


@pytest.mark.parametrize(
    ("language", "heading", "status"), [("en", "Company", "Working"), ("zh_CN", "公司", "跟进中")]
)
async def test_headings_and_values_are_in_the_language_in_use(
    home: Path, language: str, heading: str, status: str
) -> None:
    small_company(home)
    i18n.set_language(language)
    async with ListApp(RecordSource("lead", home)).run_test(size=SIZE) as pilot:
        lines = drawn(await loaded(pilot))
        assert heading in lines[0]
        assert "Ａnna" in lines[1]
        assert status in lines[1]
        assert "Li Wei" in lines[2]


async def test_a_lead_that_somebody_else_adds_appears_and_the_cursor_stays(home: Path) -> None:
    small_company(home)
    async with ListApp(RecordSource("lead", home), Query(sort="name")).run_test(size=SIZE) as pilot:
        big = await loaded(pilot)
        before = big.record_id
        add(home, "lead", name="Aaron")
        big.reread()
        await until(pilot, lambda: len(big.window) == 3)
        await loaded(pilot)
        assert big.record_id == before
        assert ["Aaron" in line for line in drawn(big)[1:4]].count(True) == 1


async def test_a_filter_that_cannot_be_read_is_explained_and_another_one_mends_it(home: Path) -> None:
    small_company(home)
    async with ListApp(RecordSource("lead", home), Query(where="colour=red")).run_test(size=SIZE) as pilot:
        big = pilot.app.query_one(BigList)
        await until(pilot, lambda: bool(big.failure))
        assert "has no field 'colour'" in "\n".join(drawn(big))
        big.show(Query(where="rating=hot"))
        await loaded(pilot)
        assert "Li Wei" in drawn(big)[1]
        assert len(big.window) == 1


async def test_the_threads_end_with_the_list(home: Path) -> None:
    small_company(home)
    async with ListApp(RecordSource("lead", home)).run_test(size=SIZE) as pilot:
        await loaded(pilot)
        assert [each for each in threading.enumerate() if each.name.startswith("big-list")]
    assert not [each for each in threading.enumerate() if each.name.startswith("big-list")]


async def test_a_store_that_is_none_is_explained(home: Path) -> None:
    (home / "sfa.db").write_bytes(b"no store" * 1000)
    async with ListApp(RecordSource("lead", home)).run_test(size=SIZE) as pilot:
        big = pilot.app.query_one(BigList)
        await until(pilot, lambda: bool(big.failure))
        assert "damaged" in big.failure
