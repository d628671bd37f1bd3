"""Whatever is changed past the op log, a repair keeps it, and one undo takes it back."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfa.errors import NotFound, msg
from sfa.store import undo
from sfa.store.capture import APPLY
from sfa.store.checks.deals import check_deals
from sfa.store.connection import open_writing
from sfa.store.content_hash import content_hash
from sfa.store.doctor import examine, repair
from sfa.store.perform import changing
from tests.properties import test_replay as changes
from tests.store.rows import hash_of_store

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# A removal is left out: a row that vanished is brought back, not kept away.
STEPS = (changes.insert, changes.edit, changes.edit_all, changes.bury)
# An edit of a log (events, comments) is left out too: the rules forbid it, so it is taken back.
TABLES = [table for table in changes.EVERY_TABLE if not table.append_only]
DAMAGE = st.lists(
    st.tuples(st.integers(0, len(STEPS) - 1), st.integers(0, len(TABLES) - 1), st.integers(0, 10_000)),
    max_size=8,
)


@FEW
@given(plan=changes.PLANS, damage=DAMAGE)
def test_repair_keeps_what_came_past_the_log_and_undo_takes_it_back(
    new_store: Path, plan: list[list[tuple[int, int, int]]], damage: list[tuple[int, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name, "home")
        home.mkdir(mode=0o700)
        shutil.copyfile(new_store, home / new_store.name)
        (home / new_store.name).chmod(0o600)
        with contextlib.closing(open_writing(home / new_store.name)) as connection:
            for transaction in plan:
                changes.carry_out(connection, transaction)
        # Random rows are no believable deals, tags or users: what that brings up is mended first.
        repair(home, examine(home))
        before = hash_of_store(home)
        with contextlib.closing(open_writing(home / new_store.name)) as connection:
            connection.capture.mode = APPLY
            connection.capture.stamp = "2026-01-02T03:04:05.678Z"
            for step, table, seed in damage:
                with contextlib.suppress(sqlite3.IntegrityError):
                    rng = random.Random(seed)  # noqa: S311  the same plan gives the same damage
                    STEPS[step](rng, TABLES[table], connection)
            damaged = content_hash(connection)
            unbelievable = check_deals(connection)
        done = repair(home, examine(home))
        assert {finding.code for finding in done.left} <= {"content_missing"}
        if not unbelievable and "orphan" not in {finding.code for finding in done.mended}:
            assert hash_of_store(home) == damaged
        if damaged != before:
            with contextlib.suppress(NotFound), changing(home, name=msg("Undo")) as found:
                undo.undo(found)
            assert hash_of_store(home) == before
