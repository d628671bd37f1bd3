from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sfa.errors import NotFound
from sfa.sync.centre import cluster
from sfa.sync.centre.cluster import Cluster


@pytest.fixture
def made() -> Iterator[Cluster]:
    """A cluster in a folder that the server's user can reach."""
    try:
        cluster.programs()
    except NotFound:
        if os.environ.get("CI"):
            raise
        pytest.skip("no PostgreSQL server on this machine")
    folder = Path(tempfile.mkdtemp(prefix="sfa-test-", dir="/var/tmp"))
    found = Cluster(folder, settings=["fsync = off"])
    yield found
    found.remove()


def test_a_cluster_keeps_its_data_from_one_run_to_the_next(made: Cluster) -> None:
    made.start()
    made.start()
    with psycopg.connect(made.admin_url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    made.stop()
    assert not made.is_running()
    made.start()
    with psycopg.connect(made.admin_url("postgres")) as connection:
        assert connection.execute("SELECT seven FROM kept").fetchone() == (7,)
    assert made.state().running


def test_nobody_enters_over_the_network_without_a_password(made: Cluster) -> None:
    made.start()
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(made.url(cluster.ADMIN, "postgres"), connect_timeout=5)


def test_the_folders_are_closed_to_others(made: Cluster) -> None:
    made.start()
    socket_folder = Path(made.admin_url().split("host=")[1].split("&")[0])
    assert made.data.stat().st_mode & 0o077 == 0
    assert socket_folder.stat().st_mode & 0o077 == 0


def test_a_cluster_that_was_never_made_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        Cluster(tmp_path / "nowhere").state()
    assert "sfa hub dev start" in str(caught.value)


def test_programs_come_from_the_variable_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("initdb", "postgres"):
        (tmp_path / name).touch()
    monkeypatch.setenv("SFA_PG_BIN", str(tmp_path))
    assert cluster.programs() == tmp_path


def test_without_programs_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFA_PG_BIN", str(tmp_path))
    with pytest.raises(NotFound) as caught:
        cluster.programs()
    assert "apt install postgresql" in str(caught.value)
