"""The gateway: changes one after another, errors as they were raised, nothing lost at the end."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from sfa.errors import InvalidInput, StoreUnusable, msg
from sfa.screens.doing import records
from sfa.screens.gateway import Gateway
from sfa.store.home import store_path
from tests.services.acting import make, rows


async def test_changes_are_done_one_after_another_in_the_order_they_were_asked(home: Path) -> None:
    gateway = Gateway(home, on_wait=lambda: None)
    running = 0
    most = 0

    def adding(number: int) -> Any:
        add = records.add("lead", {"name": f"Lead {number}"})

        def work(session: Session) -> Any:
            nonlocal running, most
            running += 1
            most = max(most, running)
            try:
                return add(session)
            finally:
                running -= 1

        return work

    await asyncio.gather(*(gateway.perform(msg("Act"), adding(number)) for number in range(8)))
    gateway.close()
    assert most == 1
    names = [row["name"] for row in rows(home, "SELECT name FROM lead ORDER BY rowid")]
    assert names == [f"Lead {number}" for number in range(8)]


async def test_an_error_of_a_service_comes_out_and_nothing_is_changed(home: Path) -> None:
    gateway = Gateway(home, on_wait=lambda: None)
    with pytest.raises(InvalidInput):
        await gateway.perform(msg("Act"), records.add("task", {"subject": "Call", "due": "never"}))
    gateway.close()
    assert rows(home, "SELECT count(*) AS n FROM task") == [{"n": 0}]


async def test_closing_finishes_the_changes_that_wait(home: Path) -> None:
    gateway = Gateway(home, on_wait=lambda: None)
    for number in range(3):
        gateway._writer.submit(partial(make, home, "lead", name=f"Lead {number}"))
    gateway.close()
    assert rows(home, "SELECT count(*) AS n FROM lead") == [{"n": 3}]


async def test_questions_run_off_the_thread_that_draws(home: Path) -> None:
    gateway = Gateway(home, on_wait=lambda: None)
    asked_in = await gateway.read(lambda _: threading.current_thread().name)
    gateway.close()
    assert asked_in.startswith("sfa-read")


async def test_a_change_of_another_process_is_noticed_once(home: Path) -> None:
    gateway = Gateway(home, on_wait=lambda: None)
    await gateway.read(lambda connection: connection.execute("SELECT 1").fetchone())
    assert not gateway.changed_elsewhere()
    make(home, "lead", name="Wang")
    assert gateway.changed_elsewhere()
    assert not gateway.changed_elsewhere()
    gateway.close()


async def test_a_restored_store_is_read_anew(home: Path, new_store: Path) -> None:
    make(home, "lead", name="Wang")
    gateway = Gateway(home, on_wait=lambda: None)

    def count() -> Any:
        return gateway.read(lambda connection: connection.execute("SELECT count(*) FROM lead").fetchone()[0])

    assert await count() == 1
    _restore(home, new_store)
    assert await count() == 0
    assert gateway.changed_elsewhere()
    gateway.close()


async def test_a_store_that_is_none_is_told_as_such(home: Path) -> None:
    store_path(home).write_bytes(b"not a store " * 100)
    gateway = Gateway(home, on_wait=lambda: None)
    with pytest.raises(StoreUnusable):
        await gateway.read(lambda connection: connection.execute("SELECT 1").fetchone())
    gateway.close()


def _restore(home: Path, copy: Path) -> None:
    """Put another file in the store's place, as a restore does."""
    other = home / "other.db"
    other.write_bytes(copy.read_bytes())
    for name in ("-wal", "-shm"):
        (home / f"{store_path(home).name}{name}").unlink(missing_ok=True)
    other.replace(store_path(home))
