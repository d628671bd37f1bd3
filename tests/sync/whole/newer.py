"""A program two schema versions ahead of this one, with a column more, as a process of its own.

``python -m tests.sync.whole.newer centre URL`` upgrades a centre; ``… device HOME`` upgrades a
store as a migration does, syncs it and prints what it then holds.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

from sfa.store import version

version.SCHEMA_VERSION += 2  # before any module reads it

from sqlalchemy import Column as SaColumn  # noqa: E402
from sqlalchemy import Text  # noqa: E402

from sfa.fields.generated import TABLES  # noqa: E402
from sfa.fields.spec import Column  # noqa: E402

COLUMN = "mood"
TABLES["lead"] = TABLES["lead"]._replace(columns=(*TABLES["lead"].columns, Column(COLUMN, "text", True)))


def upgrade_centre(url: str) -> None:
    """Bring a centre to the newer schema."""
    import psycopg

    from sfa.models.lead import Lead
    from sfa.sync.centre.install import install

    Lead.__table__.append_column(SaColumn(COLUMN, Text))  # type: ignore[attr-defined]
    with psycopg.connect(url) as connection:
        install(connection)


def upgrade_device(home: Path) -> None:
    """Bring a store to the newer schema, sync, and print the leads with what differs from the centre."""
    from sfa.cli.run import run
    from sfa.store.connection import open_writing
    from sfa.store.home import store_path
    from sfa.store.triggers import drop_triggers, make_triggers

    with closing(open_writing(store_path(home))) as connection:
        drop_triggers(connection)
        connection.execute(f"ALTER TABLE lead ADD COLUMN {COLUMN} TEXT")
        make_triggers(connection)
        connection.execute(f"PRAGMA user_version = {version.SCHEMA_VERSION}")
    code = run(["sync", "--verify", "--json"])
    with closing(open_writing(store_path(home))) as connection:
        leads = connection.execute(f"SELECT name, {COLUMN} FROM lead ORDER BY name").fetchall()
        parked = connection.execute("SELECT count(*) FROM parked").fetchone()[0]
    sys.stdout.write(
        "\n" + json.dumps({"code": code, "leads": [tuple(row) for row in leads], "parked": parked})
    )


if __name__ == "__main__":
    what, where = sys.argv[1:]
    upgrade_centre(where) if what == "centre" else upgrade_device(Path(where))
