"""A place that stores share must show each of them what files of its own would."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sfa.store import change
from sfa.store.connection import StoreConnection, open_writing
from tests.simulation.faults import WatchedConnection, watched_stores
from tests.simulation.places import Image, Places, lay, stored
from tests.simulation.world import template


@pytest.fixture
def image() -> Image:
    return stored(template().homes[0])


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    with watched_stores():
        made = Places(tmp_path)
        yield made
        made.close()


def said(connection: sqlite3.Connection, sql: str) -> str:
    try:
        connection.execute(sql)
    except sqlite3.IntegrityError as error:
        return str(error)
    return "done"


def settings_at_work(connection: StoreConnection) -> Iterator[str]:
    """Run the same statements where references wait and where they do not, with checks and without."""
    connection.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TABLE child (id REFERENCES parent (id), many INTEGER CHECK (many < 3))")
    orphan, too_many = "INSERT INTO child (id) VALUES (1)", "INSERT INTO child (many) VALUES (4)"
    for _ in range(2):
        yield said(connection, orphan)
        yield said(connection, too_many)
        change.begin(connection)
        yield said(connection, orphan)
        yield said(connection, too_many)
        yield said(connection, "COMMIT")
        change.rollback(connection)
        yield said(connection, orphan)
        try:
            with change.applying(connection):
                yield said(connection, too_many)
                yield said(connection, orphan)
                yield said(connection, "DELETE FROM child WHERE id = 1")
        except sqlite3.IntegrityError as error:
            yield str(error)
        yield said(connection, too_many)
        yield said(connection, orphan)


def test_kept_statements_heed_the_settings_as_statements_prepared_anew(
    image: Image, places: Places, tmp_path: Path
) -> None:
    _, kept = places.take(image)
    lay(image, tmp_path / "plain")
    plain = open_writing(tmp_path / "plain" / "sfa.db")
    assert isinstance(plain, WatchedConnection)
    assert not plain.keeps_statements
    try:
        expected = list(settings_at_work(plain))
    finally:
        plain.close()
    assert list(settings_at_work(kept)) == expected
    assert len(set(expected)) == 3, expected


def test_a_kill_leaves_what_was_committed_and_the_next_user_finds_just_that(
    image: Image, places: Places
) -> None:
    place, connection = places.take(image)
    connection.execute("INSERT INTO local_state (key, value) VALUES ('committed', 'yes')")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO local_state (key, value) VALUES ('open', 'yes')")
    left = place.image()
    places.give_back(place)
    found = []
    for each in (left, image):
        place, connection = places.take(each)
        query = "SELECT key FROM local_state WHERE key IN ('committed', 'open')"
        found.append([row[0] for row in connection.execute(query)])
        places.give_back(place)
    assert found == [["committed"], []]


def test_a_checkpoint_is_seen_in_the_image_and_not_by_the_next_user(image: Image, places: Places) -> None:
    place, connection = places.take(image)
    place.image()
    connection.execute("INSERT INTO local_state (key, value) VALUES ('committed', 'yes')")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left = place.image()
    assert (left.log, left.file == image.file) == (b"", False)
    places.give_back(place)
    again, connection = places.take(image)
    assert again is place
    assert not connection.execute("SELECT 1 FROM local_state WHERE key = 'committed'").fetchone()


def test_a_connection_with_a_statement_that_still_runs_is_not_used_again(
    image: Image, places: Places
) -> None:
    place, connection = places.take(image)
    running = connection.execute("SELECT name FROM sqlite_master")
    running.fetchone()
    places.give_back(place)
    _, next_one = places.take(image)
    assert next_one is not connection


def with_a_trigger_anew(places: Places, image: Image) -> tuple[Image, int]:
    """Drop a trigger of a store and make it again, as a load does; return what it became, and its number."""
    place, connection = places.take(image, alters=True)
    (sql,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'sfa_lead_insert'").fetchone()
    connection.execute("DROP TRIGGER sfa_lead_insert")
    connection.execute(sql)
    place.number_anew()
    left = place.image()
    places.give_back(place)
    _, again = places.take(left)
    return left, int(again.execute("PRAGMA schema_version").fetchone()[0])


def test_a_schema_that_was_met_before_gets_its_number_back(image: Image, places: Places) -> None:
    once, first = with_a_trigger_anew(places, image)
    twice, second = with_a_trigger_anew(places, once)
    assert second == first
    assert twice.schema == once.schema
    _, untouched = places.take(image)
    assert (
        untouched.execute("PRAGMA schema_version").fetchone()[0] != first
    )  # its triggers have another order
