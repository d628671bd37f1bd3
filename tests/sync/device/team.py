"""Real stores that sync with the centre in plain Python, and short words for what tests do with them."""

from __future__ import annotations

import shutil
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

from sfa import clock
from sfa.store.checks.links import check_references
from sfa.store.checks.log import check_log, check_transactions, check_writers
from sfa.store.checks.rows import differences
from sfa.store.checks.search import check_search
from sfa.store.connection import open_writing
from sfa.store.home import store_path
from sfa.sync.device import Device
from sfa.sync.engine import SyncResult, sync
from sfa.sync.protocol import TableDigest
from tests.simulation.centre.model import ModelCentre, ModelTransport
from tests.store.rows import add, edit, value_of


class Rep:
    """One person's device: a home with a store, and a way to the centre."""

    def __init__(self, home: Path, centre: ModelCentre, user: str) -> None:
        self.home = home
        self.user = user
        self.transport = ModelTransport(centre, user)

    def sync(self, *, verify: bool = False) -> SyncResult:
        with closing(Device.open(self.home)) as device:
            return sync(device, self.transport, now_ms=clock.wall_ms, verify=verify)

    def add(self, table: str, **values: Any) -> str:
        return add(self.home, table, **values)

    def edit(self, table: str, row_id: str, **values: Any) -> None:
        edit(self.home, table, row_id, **values)

    def value(self, table: str, row_id: str, column: str) -> object:
        return value_of(self.home, table, row_id, column)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(open_writing(store_path(self.home))) as connection:
            return [tuple(row) for row in connection.execute(sql, values)]

    def differing(self) -> list[TableDigest]:
        """Return the tables whose digests are not those of what the centre shows this user."""
        with closing(Device.open(self.home)) as device:
            mine = {each.table: each for each in device.digests()}
        return [each for each in self.transport.digests().tables if mine.get(each.table) != each]

    def troubles(self) -> list[object]:
        """Return what doctor would find in log, rows, writers, references and index."""
        with closing(open_writing(store_path(self.home))) as connection:
            checks = (check_log, check_transactions, check_writers, check_references, check_search)
            return [*differences(connection), *(found for check in checks for found in check(connection))]

    def unsent(self) -> int:
        with closing(Device.open(self.home)) as device:
            return device.unsent().count


def copied_home(new_store: Path, folder: Path) -> Path:
    """Return the home of a new store that is a device of its own."""
    folder.mkdir(mode=0o700)
    path = folder / new_store.name
    shutil.copyfile(new_store, path)
    path.chmod(0o600)
    with closing(open_writing(path)) as connection:
        device = str(uuid.uuid4())
        connection.execute("UPDATE local_state SET value = ? WHERE key = 'device_id'", (device,))
        connection.execute("UPDATE tx SET device = ?", (device,))
    return folder
