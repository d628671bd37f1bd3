"""Undo and redo over random sequences of changes, on real stores."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfa import clock, ids
from sfa.errors import ChangedMeanwhile, NotFound, msg
from sfa.services.cascade import delete_with_children, restore_with_children
from sfa.store import change, undo
from sfa.store.connection import StoreConnection, open_writing
from sfa.store.content_hash import content_hash
from sfa.store.perform import Change
from sfa.store.schema import ready

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Bench:
    """A store on which a random plan is carried out, one transaction a step."""

    def __init__(self, path: Path) -> None:
        self.connection: StoreConnection = open_writing(path)
        self.connection.execute("PRAGMA synchronous = OFF")
        self.accounts: list[str] = []
        self.children: list[tuple[str, str]] = []

    @contextmanager
    def step(self, name: str = "step") -> Iterator[Change]:
        tx_id = change.begin(self.connection)
        found = Change(self.connection, tx_id, msg(name))
        try:
            yield found
        except BaseException:
            change.rollback(self.connection)
            raise
        change.commit(
            self.connection, name=found.name, arguments=found.arguments, kind=found.kind, undoes=found.undoes
        )

    def hash(self) -> str:
        return content_hash(self.connection)

    def is_live(self, table: str, row_id: str) -> bool:
        row = self.connection.execute(f"SELECT deleted_at FROM {table} WHERE id = ?", (row_id,)).fetchone()
        return row is not None and row[0] is None


def new_id() -> str:
    return ids.uuid7(clock.wall_ms())


def add_account(bench: Bench, seed: int) -> None:
    with bench.step("add") as open_change:
        account = change.insert(
            open_change.connection, "account", {"id": new_id(), "name": f"客户 {seed}", "tier": "key"}
        )
        phone = {"id": new_id(), "account_id": account, "value": str(seed), "digits": str(seed)}
        change.insert(open_change.connection, "phone", phone)
    bench.accounts.append(account)
    bench.children.append(("phone", phone["id"]))


def edit_account(bench: Bench, seed: int) -> None:
    live = [each for each in bench.accounts if bench.is_live("account", each)]
    if live:
        values: list[dict[str, Any]] = [
            {"name": f"name {seed}"},
            {"tier": ("key", "standard", "small")[seed % 3], "region": f"r{seed % 4}"},
            {"region": None, "no_calls": seed % 2},
        ]
        with bench.step("edit") as open_change:
            change.update(open_change.connection, "account", live[seed % len(live)], values[seed % 3])


def add_task(bench: Bench, seed: int) -> None:
    live = [each for each in bench.accounts if bench.is_live("account", each)]
    if live:
        with bench.step("task") as open_change:
            row = {"id": new_id(), "subject": f"call {seed}", "account_id": live[seed % len(live)]}
            change.insert(open_change.connection, "task", row)
        bench.children.append(("task", row["id"]))


def edit_group(bench: Bench, seed: int) -> None:
    tasks = [row_id for table, row_id in bench.children if table == "task" and bench.is_live(table, row_id)]
    if tasks:
        with bench.step("due") as open_change:
            due = {"due_on": f"2026-01-{seed % 28 + 1:02d}", "due_time": "09:00" if seed % 2 else None}
            change.update(open_change.connection, "task", tasks[seed % len(tasks)], due)


def delete_account(bench: Bench, seed: int) -> None:
    live = [each for each in bench.accounts if bench.is_live("account", each)]
    if live:
        with bench.step("delete") as open_change:
            delete_with_children(open_change.connection, "account", live[seed % len(live)])


def restore_account(bench: Bench, seed: int) -> None:
    dead = [each for each in bench.accounts if not bench.is_live("account", each)]
    if dead:
        chosen = dead[seed % len(dead)]
        row = bench.connection.execute("SELECT deleted_at FROM account WHERE id = ?", (chosen,)).fetchone()
        with bench.step("restore") as open_change:
            restore_with_children(open_change.connection, "account", chosen, row[0])


def remove_row(bench: Bench, seed: int) -> None:
    phones = [row_id for table, row_id in bench.children if table == "phone" and bench.is_live(table, row_id)]
    if phones:
        with bench.step("remove") as open_change:
            open_change.connection.execute("DELETE FROM phone WHERE id = ?", (phones[seed % len(phones)],))


STEPS: tuple[Callable[[Bench, int], None], ...] = (
    add_account,
    edit_account,
    add_task,
    edit_group,
    delete_account,
    restore_account,
    remove_row,
)
PLANS = st.lists(st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, 50)), min_size=1, max_size=14)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ready(tmp_path_factory.mktemp("template"))


@contextmanager
def bench_on(template: Path) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sfa.db"
        shutil.copy(template, path)
        bench = Bench(path)
        try:
            yield bench
        finally:
            bench.connection.close()


def undo_everything(bench: Bench) -> int:
    count = 0
    while True:
        try:
            with bench.step() as open_change:
                undo.undo(open_change)
        except NotFound:
            return count
        count += 1


@FEW
@given(plan=PLANS)
def test_undoing_everything_restores_the_store_and_redoing_everything_brings_it_back(
    template: Path, plan: list[tuple[int, int]]
) -> None:
    with bench_on(template) as bench:
        start = bench.hash()
        for step, seed in plan:
            STEPS[step](bench, seed)
        end = bench.hash()
        count = undo_everything(bench)
        assert bench.hash() == start
        for _ in range(count):
            with bench.step() as open_change:
                undo.redo(open_change)
        assert bench.hash() == end
        assert undo_everything(bench) == count
        assert bench.hash() == start


@FEW
@given(
    first=st.dictionaries(
        st.sampled_from(["name", "region", "industry", "size"]), st.integers(1, 9), min_size=1
    ),
    later=st.dictionaries(st.sampled_from(["name", "region", "industry", "size"]), st.integers(10, 19)),
)
def test_undo_lists_exactly_the_fields_changed_since_and_partial_takes_back_the_rest(
    template: Path, first: dict[str, int], later: dict[str, int]
) -> None:
    with bench_on(template) as bench:
        add_account(bench, 1)
        account = bench.accounts[0]
        before = dict(bench.connection.execute("SELECT * FROM account WHERE id = ?", (account,)).fetchone())
        with bench.step() as open_change:
            change.update(bench.connection, "account", account, {k: f"a{v}" for k, v in first.items()})
        wanted = open_change.tx_id
        if later:
            with bench.step():
                change.update(bench.connection, "account", account, {k: f"b{v}" for k, v in later.items()})
        clash = set(first) & set(later)
        whole = bench.hash()
        if clash:
            with pytest.raises(ChangedMeanwhile) as refused, bench.step() as open_change:
                undo.undo(open_change, wanted)
            assert {column for _, _, column in refused.value.fields} == clash
            assert bench.hash() == whole
        if clash == set(first):  # there is no rest
            with pytest.raises(ChangedMeanwhile), bench.step() as open_change:
                undo.undo(open_change, wanted, partial=True)
        else:
            with bench.step() as open_change:
                undo.undo(open_change, wanted, partial=True)
        after = bench.connection.execute("SELECT * FROM account WHERE id = ?", (account,)).fetchone()
        for name in ("name", "region", "industry", "size"):
            expected = f"b{later[name]}" if name in later else before[name]
            assert after[name] == expected


def test_undoing_the_creation_of_a_record_that_others_hang_on_is_refused(template: Path) -> None:
    with bench_on(template) as bench:
        with bench.step() as creation:
            account = change.insert(bench.connection, "account", {"id": new_id(), "name": "华创"})
        bench.accounts.append(account)
        add_task(bench, 1)
        with pytest.raises(ChangedMeanwhile) as refused, bench.step() as open_change:
            undo.undo(open_change, creation.tx_id)
        assert refused.value.fields == (("account", account, "task.account_id"),)
        with pytest.raises(ChangedMeanwhile), bench.step() as open_change:
            undo.undo(open_change, creation.tx_id, partial=True)
        assert bench.is_live("account", account)


def test_a_partial_undo_tells_of_what_others_need(template: Path) -> None:
    with bench_on(template) as bench:
        with bench.step() as creation:
            account, other = (
                change.insert(bench.connection, "account", {"id": new_id(), "name": name})
                for name in ("华创", "Acme")
            )
        bench.accounts.append(account)
        add_task(bench, 1)
        with bench.step() as open_change:
            done = undo.undo(open_change, creation.tx_id, partial=True)
        assert [(kept.row_id, kept.column) for kept in done.kept] == [(account, "task.account_id")]
        assert bench.is_live("account", account)
        assert not bench.is_live("account", other)


def test_an_atomic_group_stays_whole_in_a_partial_undo(template: Path) -> None:
    with bench_on(template) as bench:
        with bench.step():
            task = change.insert(bench.connection, "task", {"id": new_id(), "subject": "call"})
        with bench.step() as wanted:
            due = {"due_on": "2026-01-05", "due_time": "09:00", "subject": "call again"}
            change.update(bench.connection, "task", task, due)
        with bench.step():
            change.update(bench.connection, "task", task, {"due_time": "10:00"})
        with bench.step() as open_change:
            undo.undo(open_change, wanted.tx_id, partial=True)
        row = bench.connection.execute("SELECT due_on, due_time, subject FROM task").fetchone()
        assert tuple(row) == ("2026-01-05", "10:00", "call")
