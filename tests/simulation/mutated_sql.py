"""Installs a centre whose SQL lacks one guard, in this process: no file is touched.

What is installed is checked whole: a mutation that PostgreSQL cannot read is an error, not a guard that
somebody missed.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

ROOT = Path(__file__).parents[2]
_OURS = "n.nspname IN ('api', 'hub') AND p.prokind = 'f'"
# What PL/pgSQL finds only when it runs: the mutation is wrong then, and no guard was noticed.
UNREADABLE = ("UndefinedColumn", "UndefinedFunction", "UndefinedTable", "AmbiguousColumn", "SyntaxError")


def instead_of(path: str, text: str) -> None:
    """Install another text than a file's from now on.

    Raises:
        ValueError: no such file is installed.
    """
    from sfa.sync.centre import install

    files, plain = install._files, (ROOT / path).read_text(encoding="utf-8")

    def changed() -> tuple[list[str], list[str]]:
        before, after = files()
        if [*before, *after].count(plain) != 1:
            raise ValueError(f"{path} is not installed")
        return [text if each == plain else each for each in before], [
            text if each == plain else each for each in after
        ]

    install._files = changed


def checked() -> None:
    """Have every installation end with a look at all its functions, and use one server only."""
    from sfa.sync.centre import install
    from tests.sync import servers

    installing, known = install.install, servers.versions()

    def whole(connection: psycopg.Connection[tuple[object, ...]]) -> None:
        installing(connection)
        _look(connection)

    install.install = whole
    servers.versions = cache(lambda: dict(islice(known.items(), 1)))


def _look(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Make every function again with its body read, as the owner, and take that back."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL ROLE sfa_owner")
        found = connection.execute(
            "SELECT pg_get_functiondef(p.oid) FROM pg_proc AS p "
            f"JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE {_OURS}"
        ).fetchall()
        for (definition,) in found:
            connection.execute(str(definition).encode())
