"""Digests that the centre counts while the device does something else, and the syncs that ask for them so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sfa import clock
from sfa.sync.device import Device
from sfa.sync.engine import sync
from sfa.sync.errors import CentreUnreachable, SchemaRefused
from sfa.sync.postgres import PostgresTransport
from tests.simulation.company import ANN
from tests.sync.centre.real_centre import RealCentre, role_of
from tests.sync.device.team import copied_home

pytestmark = pytest.mark.every_server


@pytest.fixture
def line(company: RealCentre) -> Iterator[PostgresTransport]:
    with closing(company.transport(ANN)) as found:
        yield found


def test_they_are_those_of_a_question_that_is_waited_for(line: PostgresTransport) -> None:
    line.ask_digests()
    asked = line.digests()
    assert asked == line.digests()
    assert any(each.count for each in asked.tables)


def test_another_call_in_between_is_answered_rightly(line: PostgresTransport) -> None:
    line.ask_digests()
    assert line.row_digests("stage")
    line.ask_digests()
    line.ask_digests()
    assert list(line.snapshot().rows)
    assert line.digests().tables


def test_a_connection_that_is_lost_meanwhile_is_lost_to_who_asks(
    company: RealCentre, line: PostgresTransport
) -> None:
    line.digests()
    line.ask_digests()
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s"
    company.connection.execute(f"{ended} AND datname = current_database()", [role_of("Ann")])
    with pytest.raises(CentreUnreachable):
        line.digests()
    assert line.digests().tables


def test_what_the_centre_refuses_is_refused_when_it_is_asked_for(
    company: RealCentre, line: PostgresTransport
) -> None:
    company.connection.execute("ALTER FUNCTION api.digests(json) RENAME TO counted")
    line.ask_digests()
    with pytest.raises(SchemaRefused):
        line.digests()
    company.connection.execute("ALTER FUNCTION api.counted(json) RENAME TO digests")
    assert line.digests().tables


def test_a_first_sync_asks_before_it_indexes_and_not_twice(
    company: RealCentre, new_store: Path, tmp_path: Path
) -> None:
    told: list[str] = []

    class Told(PostgresTransport):
        def ask_digests(self) -> None:
            told.append("ask")
            super().ask_digests()

        def _call(self, function: str, question: str) -> object:
            told.append(function)
            return super()._call(function, question)

    home = copied_home(new_store, tmp_path / "home")
    with (
        closing(Told(company.address(role_of("Ann")))) as transport,
        closing(Device.open(home)) as device,
    ):
        found = sync(device, transport, now_ms=clock.wall_ms)
    assert found.verified
    assert told[-1] == "ask"
    assert "digests" not in told
