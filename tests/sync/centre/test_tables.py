"""The centre's tables and what reads and writes their rows."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from sfa.fields import TABLES
from sfa.ids import uuid7
from sfa.sync.centre.install import install
from tests.sync.servers import Connection

NOW = "2026-03-04T05:06:07.089Z"


def put(centre: Connection, table: str, row_id: str, **values: Any) -> None:
    centre.execute("SELECT hub.put(%s, %s, %s)", [table, row_id, json.dumps(values)])


def get(centre: Connection, table: str, row_id: str) -> Any:
    found = centre.execute("SELECT hub.get(%s, %s)", [table, row_id]).fetchone()
    assert found
    return found[0]


def test_every_table_has_its_captured_columns(centre: Connection) -> None:
    for table in TABLES.values():
        rows = centre.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = 'sfa' AND table_name = %s",
            [table.name],
        )
        found = {str(row[0]) for row in rows}
        assert found == {"id", "updated_at", "updated_by", *(column.name for column in table.captured())}


def test_a_row_comes_back_in_the_form_a_device_stores(centre: Connection) -> None:
    row_id = uuid7(1)
    given = {
        "created_at": NOW,
        "name": "Ada «Co» \U0001f600",
        "role": "manager",
        "is_active": 1,
        "absent_from_on": "2026-12-31",
        "absent_to_on": "2027-01-02",
    }
    put(centre, "user", row_id, **given)
    found = get(centre, "user", row_id)
    assert found == {
        "id": row_id,
        **dict.fromkeys(column.name for column in TABLES["user"].captured()),
        **given,
    }


def test_writing_some_columns_leaves_the_others(centre: Connection) -> None:
    row_id = uuid7(1)
    put(centre, "team", row_id, created_at=NOW, name="East")
    put(centre, "team", row_id, deleted_at=NOW)
    assert get(centre, "team", row_id) == {
        "id": row_id,
        "created_at": NOW,
        "created_by": None,
        "deleted_at": NOW,
        "name": "East",
    }


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("team", {"name": None}),
        ("team", {"name": "  "}),
        ("team", {"created_at": "yesterday"}),
        ("team", {"created_at": "2026-03-04T24:00:00.000Z"}),
        ("user", {"is_active": 2}),
        ("user", {"absent_from_on": "2026-02-30"}),
        ("user", {"absent_from_on": "now"}),
        ("user", {"role": "chief"}),
        ("rate", {"rate_micros": 1.5}),
        ("phone", {"value": "1"}),
        ("phone", {"value": "1", "user_id": "u", "lead_id": "l"}),
    ],
)
def test_a_value_that_a_column_cannot_hold_is_refused(
    centre: Connection, table: str, values: dict[str, Any]
) -> None:
    whole: dict[str, Any] = {"created_at": NOW, "name": "Ada", "role": "rep", "is_active": 1}
    if table == "rate":
        whole = {
            "from_currency": "EUR",
            "to_currency": "USD",
            "effective_on": "2026-01-01",
            "created_at": NOW,
        }
    if table == "phone":
        whole = {"digits": "", "created_at": NOW}
    with pytest.raises((psycopg.DataError, psycopg.IntegrityError)):
        put(centre, table, uuid7(1), **{**whole, **values})


def test_a_reference_to_a_row_that_is_not_there_fails_at_the_commit(centre: Connection) -> None:
    with centre.transaction():
        put(centre, "team", "t", created_at=NOW, name="East", created_by="u")
        put(centre, "user", "u", created_at=NOW, name="Ada", role="rep", is_active=1)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        put(centre, "team", "t", created_by="nobody")


def test_installing_again_keeps_what_is_there(centre: Connection) -> None:
    put(centre, "team", "t", created_at=NOW, name="East")
    install(centre)
    assert get(centre, "team", "t")["name"] == "East"
