"""Devices of the centre's people, and the work that waits on them to be pushed."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.centre import PASSWORD, Centre
from benchmarks.places import CACHE
from sfa import clock, ids
from sfa.errors import msg
from sfa.store import change
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.home import store_path
from sfa.sync import running

# What one customer brings in one day: five changes, ten ops.
OPS_A_CUSTOMER = 10
_STAGE = """SELECT id, pipeline_id, probability_pct, category FROM stage
WHERE deleted_at IS NULL ORDER BY position, id"""


@contextmanager
def homes() -> Iterator[Path]:
    """Lend a folder for homes; it is removed afterwards."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        yield Path(folder)


def signed_in(centre: Centre, home: Path, login: str) -> Path:
    """Make a home a device of a user, with its first sync done."""
    home.mkdir(mode=0o700)
    running.login(home, centre.url(login), PASSWORD, device_name=home.name, keep=False)
    running.sync(home, password=PASSWORD)
    return home


def work(home: Path, ops: int) -> None:
    """Let a device's user do so many ops' work, a multiple of ten, in changes as the app makes them."""
    with closing(open_writing(store_path(home))) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # the changes are not what is measured
        stage = connection.execute(_STAGE).fetchone()
        for number in range(ops // OPS_A_CUSTOMER):
            _customer(connection, number, stage)


def _customer(connection: StoreConnection, number: int, stage: sqlite3.Row) -> None:
    account, contact = _new(), _new()
    with _named(connection, "Add account {name}"):
        change.insert(
            connection,
            "account",
            {"id": account, "name": f"客户 {number}", "owner_id": _me(connection), "region": "华东"},
        )
        phone = {"value": f"+86138{number:08d}", "digits": f"86138{number:08d}"}
        change.insert(connection, "phone", {"id": _new(), "account_id": account, **phone})
    with _named(connection, "Add contact {name}"):
        change.insert(connection, "contact", {"id": contact, "name": "王伟", "owner_id": _me(connection)})
        change.insert(
            connection, "contact_account", {"id": _new(), "contact_id": contact, "account_id": account}
        )
    _deal(connection, account, stage)
    with _named(connection, "Log visit"):
        visit = {"kind": "visit", "state": "done", "at": connection.capture.stamp, "account_id": account}
        change.insert(
            connection,
            "activity",
            {"id": _new(), "owner_id": _me(connection), "notes": "谈了价格，下周回访", **visit},
        )
        change.update(connection, "account", account, {"industry": "机械"})
    with _named(connection, "Edit account {name}"):
        change.update(connection, "account", account, {"region": "华南", "tier": "key"})
        change.update(connection, "contact", contact, {"title": "采购经理"})


def _deal(connection: StoreConnection, account: str, stage: sqlite3.Row) -> None:
    deal = _new()
    money = {"amount_minor": 5_000_000, "currency": "CNY"}
    at = {"stage_id": stage[0], "probability_pct": stage[2], "category": stage[3]}
    with _named(connection, "Add deal {name}"):
        change.insert(
            connection, "deal",
            {
                "id": deal, "name": "20 台设备", "owner_id": _me(connection), "account_id": account,
                "pipeline_id": stage[1], **money, **at,
            },
        )  # fmt: skip
        today = clock.today().isoformat()
        event = {"effective_on": today, "recorded_at": connection.capture.stamp, **money, **at}
        change.insert(connection, "deal_event", {"id": _new(), "deal_id": deal, **event})


@contextmanager
def _named(connection: StoreConnection, name: str) -> Iterator[None]:
    change.begin(connection)
    yield
    change.commit(connection, name=msg(name), arguments={"name": "客户"})


def _me(connection: StoreConnection) -> str:
    return connection.capture.actor or ""


def _new() -> str:
    return ids.uuid7(clock.wall_ms())
