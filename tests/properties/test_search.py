"""Whatever happens to the records, the index finds what a plain reading finds."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfa.errors import SfaError
from sfa.finding.searching import condition, find
from sfa.hanzi.initials import initials
from sfa.store import change
from sfa.store.backup import open_source
from sfa.store.checks.search import check_search
from sfa.store.connection import StoreConnection
from sfa.store.undo import redo, undo
from tests.finding.search_truth import Value, matches
from tests.properties.test_undo import Bench
from tests.store.rows import new_id

TEXTS = st.text(st.sampled_from("华创科技上海银行AＢaß1380-@.。 、é"), max_size=8)
NUMBERS = st.sampled_from(["13800138000", "+86 138 0013 8000", "8613800138000", "010-88889999"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), TEXTS, TEXTS),
        st.tuples(st.just("rename"), st.integers(0, 9), TEXTS),
        st.tuples(st.just("note"), st.integers(0, 9), TEXTS),
        st.tuples(st.just("phone"), st.integers(0, 9), NUMBERS),
        st.tuples(st.just("email"), st.integers(0, 9), TEXTS),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("delete"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("remove"), st.integers(0, 9), st.none()),
        st.tuples(st.sampled_from(["undo", "undo", "redo"]), st.none(), st.none()),
    ),
    min_size=1,
    max_size=12,
)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NATIONAL = {"+86 138 0013 8000": "13800138000", "8613800138000": "13800138000", "010-88889999": "01088889999"}
"""What the commands store beside a number as it was typed."""


def step(connection: StoreConnection, what: str, one: object, other: object) -> None:
    leads = [row[0] for row in connection.execute("SELECT id FROM lead ORDER BY rowid")]
    if what == "add":
        values = {"id": new_id(), "name": f"x{one}", "company": other or None}
        change.insert(connection, "lead", values)
    if not leads or not isinstance(one, int):
        return
    lead = leads[one % len(leads)]
    if what == "rename":
        connection.execute("UPDATE lead SET name = ? WHERE id = ?", (f"{other}y", lead))
    elif what == "note":
        connection.execute("UPDATE lead SET notes = ? WHERE id = ?", (other, lead))
    elif what == "phone":
        digits = NATIONAL.get(str(other), str(other))
        values = {"id": new_id(), "lead_id": lead, "value": str(other), "digits": digits}
        change.insert(connection, "phone", values)
    elif what == "email":
        change.insert(connection, "email", {"id": new_id(), "lead_id": lead, "value": f"e{other}"})
    elif what == "move" and isinstance(other, int):
        owner = leads[other % len(leads)]
        connection.execute("UPDATE phone SET lead_id = ? WHERE lead_id = ?", (owner, lead))
    elif what == "delete":
        gone = "2026-11-22T00:00:00Z" if other else None
        connection.execute("UPDATE lead SET deleted_at = ? WHERE id = ?", (gone, lead))
    elif what == "remove":
        connection.execute("DELETE FROM email WHERE lead_id = ?", (lead,))


def run(bench: Bench, what: str, one: object, other: object) -> None:
    with contextlib.suppress(sqlite3.Error, SfaError), bench.step() as open_change:
        if what == "undo":
            undo(open_change)
        elif what == "redo":
            redo(open_change)
        else:
            step(open_change.connection, what, one, other)


def truth_of(connection: sqlite3.Connection) -> dict[str, list[Value]]:
    found = {}
    for lead, name, company, notes in connection.execute(
        "SELECT id, name, company, notes FROM lead WHERE deleted_at IS NULL"
    ).fetchall():
        values = [Value("name", name), Value("other", company or ""), Value("text", notes or "")]
        phones = "SELECT value, digits FROM phone WHERE lead_id = ? AND deleted_at IS NULL"
        values += [Value("reach", *row) for row in connection.execute(phones, (lead,))]
        emails = "SELECT value FROM email WHERE lead_id = ? AND deleted_at IS NULL"
        values += [Value("reach", row[0]) for row in connection.execute(emails, (lead,))]
        found[lead] = values
    return found


@FEW
@given(
    STEPS,
    st.lists(st.one_of(TEXTS, NUMBERS, st.sampled_from(["8000", "sh", "hckj", "138 0013"])), max_size=6),
)
def test_the_index_is_right_after_any_changes(
    new_store: Path, steps: list[tuple[str, object, object]], texts: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, new_store.name)
        shutil.copyfile(new_store, path)
        bench = Bench(path)
        with closing(bench.connection):
            for each in steps:
                run(bench, *each)
        with closing(open_source(path)) as connection:
            assert check_search(connection) == []
            connection.row_factory = sqlite3.Row
            truth = truth_of(connection)
            words = [value.text[:3] for values in truth.values() for value in values]
            for text in [*texts, *words]:
                where, bound = condition("lead", text)
                query = f"SELECT t.id FROM lead t WHERE t.deleted_at IS NULL AND {where}"
                got = {row[0] for row in connection.execute(query, bound)}
                wanted = {lead for lead, values in truth.items() if true(text, values)}
                assert got == wanted, text
                if text.strip():
                    assert {hit.id for hit in find(connection, text, nouns=["lead"], limit=None)} == wanted


def true(text: str, values: list[Value]) -> bool:
    return not text.strip() or matches(text, values, lambda run: initials(run, is_person=len(run) <= 4))
