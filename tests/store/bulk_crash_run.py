"""A bulk insert that kills itself half way: ``python -m tests.store.bulk_crash_run HOME PROCESSES NEW_ROWS``.

The triggers stand aside at that moment, and some rows are on the disk already. With two
processes the second one's number is printed: it has to end by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from sfa.errors import msg
from sfa.ids import ref_of
from sfa.store import bulk
from sfa.store.bulk import insert_rows
from sfa.store.bulk_checks import Links
from sfa.store.bulk_sheets import NewRows
from sfa.store.perform import changing
from tests.store.rows import new_id

ROWS = 6000
KILLED_AFTER = 1500


class Told(subprocess.Popen[bytes]):
    """A process whose number is printed when it starts."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        sys.stdout.write(f"{self.pid}\n")
        sys.stdout.flush()


def main() -> None:
    bulk._ROWS_FOR_TWO = 0 if sys.argv[2] == "2" else sys.maxsize
    bulk._cores = lambda: 2
    setattr(subprocess, "Popen", Told)  # noqa: B010  mypy takes no class for another
    new_rows = int(sys.argv[3])  # what the store is told, which decides on how it is written
    with changing(Path(sys.argv[1]), name=msg("Import"), links_later=True, new_rows=new_rows) as change:
        connection = change.connection
        connection.execute("PRAGMA cache_size = 20")  # so that SQLite writes long before the commit
        stamp = connection.capture.stamp
        row_ids = [new_id() for _ in range(ROWS)]
        rows = [(row_id, ref_of(row_id), stamp, stamp, "x" * 500) for row_id in row_ids]
        group = NewRows("lead", ("id", "ref", "created_at", "updated_at", "name"), rows)
        written = 0

        def killed(count: int) -> None:
            nonlocal written
            written += count
            if written >= KILLED_AFTER:
                os.kill(os.getpid(), signal.SIGKILL)

        insert_rows(connection, [group], Links(), killed)


if __name__ == "__main__":
    main()
