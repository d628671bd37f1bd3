"""The server of the tests that need PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.sync.servers import Server, shared, versions


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker below."""
    config.addinivalue_line("markers", "every_server: runs on each version of PostgreSQL that is installed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked so on each server, and all else on the one that a user would get."""
    if "server" in metafunc.fixturenames:
        known = [*versions()] or [""]
        wanted = known if metafunc.definition.get_closest_marker("every_server") else known[:1]
        metafunc.parametrize("server", wanted, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server; without PostgreSQL skip, and in CI fail."""
    known = versions()
    if not known:
        reason = "no PostgreSQL server is installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    version = request.param
    run = tmp_path_factory.getbasetemp()
    with shared(run.parent if "PYTEST_XDIST_WORKER" in os.environ else run, known[version], version) as found:
        yield found
