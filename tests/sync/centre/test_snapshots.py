"""What the centre hands to a new device: line by line, in one state, in the order of a device's indexes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from sfa.sync.errors import CentreFailed
from sfa.sync.postgres import PostgresTransport
from tests.simulation.company import ADMIN, ANN, BOB, MANAGER
from tests.sync.centre.real_centre import RealCentre, role_of

pytestmark = pytest.mark.every_server
_MADE = """INSERT INTO sfa.lead (id, name, status, pool_state, owner_id)
SELECT gen_random_uuid()::text, 'Lead ' || n, 'new', 'owned', %s FROM generate_series(1, %s) AS n"""


@pytest.fixture
def line(company: RealCentre) -> Iterator[PostgresTransport]:
    with closing(company.transport(ANN)) as found:
        yield found


def test_a_snapshot_comes_in_lines_of_many_rows_or_of_one(
    company: RealCentre, line: PostgresTransport
) -> None:
    many = line.snapshot()
    rows = list(many.rows)
    company.connection.execute("DROP FUNCTION api.snapshot(integer)")
    single = line.snapshot()
    assert rows
    assert sorted(single.rows, key=lambda row: (row.table, row.row_id)) == sorted(
        rows, key=lambda row: (row.table, row.row_id)
    )
    assert (single.version, single.batch) == (many.version, many.batch)


def test_the_rows_of_a_table_come_in_the_order_of_their_ids(
    company: RealCentre, line: PostgresTransport
) -> None:
    company.connection.execute(_MADE, [ANN, 1200])
    sheets = [sheet for sheet in line.snapshot().sheets if sheet.table == "lead"]
    assert [len(sheet.rows) for sheet in sheets] == [500, 500, 200]
    found = [row[0] for sheet in sheets for row in sheet.rows]
    assert found == sorted(found)


def test_the_first_rows_are_handed_over_before_the_last_are_looked_for(
    company: RealCentre, line: PostgresTransport
) -> None:
    company.connection.execute(_MADE, [ANN, 20])
    [[last]] = company.connection.execute(
        "SELECT name FROM hub.tab ORDER BY position DESC LIMIT 1"
    ).fetchall()
    company.connection.execute(
        f"""CREATE OR REPLACE FUNCTION hub.listed_{last}(me text, is_admin boolean) RETURNS SETOF text
        LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE EXCEPTION 'looked for'; END $$"""
    )
    came: list[str] = []
    with pytest.raises(CentreFailed, match="looked for"):
        came.extend(sheet.table for sheet in line.snapshot().sheets)
    assert "lead" in came


def test_what_others_write_meanwhile_is_not_in_it(company: RealCentre) -> None:
    company.connection.execute(_MADE, [ANN, 20])
    with psycopg.connect(company.address(role_of("Ann"))) as ann, ann.cursor() as cursor:
        cursor.execute("DECLARE lines CURSOR FOR SELECT api.snapshot(1)")
        begun = cursor.execute("FETCH 3 FROM lines").fetchall()
        company.connection.execute("UPDATE sfa.lead SET name = 'Changed meanwhile'")
        company.connection.execute(_MADE, [ANN, 20])
        rest = cursor.execute("FETCH ALL FROM lines").fetchall()
    leads = [line for (line,) in [*begun, *rest] if '"table": "lead"' in line]
    assert len(leads) == 20
    assert not any("meanwhile" in line for line in leads)


def test_only_who_sees_half_is_led_along_the_index(company: RealCentre) -> None:
    company.connection.execute(_MADE, [ANN, 300])
    company.connection.execute(_MADE, [BOB, 100])
    company.connection.execute("ANALYZE hub.sight")
    seeing = {
        person: company.connection.execute("SELECT hub.sees_half(%s)", [person]).fetchone()
        for person in (ANN, BOB, MANAGER)
    }
    assert seeing == {ANN: (True,), BOB: (False,), MANAGER: (True,)}


def test_an_administrator_and_who_sees_little_get_all_they_may_see(company: RealCentre) -> None:
    company.connection.execute(_MADE, [ANN, 700])
    company.connection.execute(_MADE, [BOB, 30])
    company.connection.execute("ANALYZE hub.sight")
    found = {}
    for person in (ADMIN, ANN, BOB):
        with closing(company.transport(person)) as line:
            found[person] = sum(len(each.rows) for each in line.snapshot().sheets if each.table == "lead")
    assert found == {ADMIN: 730, ANN: 700, BOB: 30}


def test_a_snapshot_that_is_left_off_ends_with_the_next_call(line: PostgresTransport) -> None:
    left = line.snapshot()
    next(left.rows)
    told: list[int] = []

    def ask() -> None:
        told.append(len(list(line.snapshot().rows)))
        again = line.snapshot()
        next(again.rows)
        told.append(len(line.digests().tables))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(30)
    assert len(told) == 2, "the second call waits for the first for ever"
    with pytest.raises(RuntimeError):
        list(left.rows)
