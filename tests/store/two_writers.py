"""A process that writes for a while: ``python -m tests.store.two_writers HOME KIND SECONDS``.

KIND is ``single`` (one lead a transaction) or ``import`` (many a transaction). Prints the
numbers of leads committed and the errors a user would have seen, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from sfa.errors import SfaError, msg
from sfa.store.perform import changing
from tests.store.rows import new_id

ROWS = {"single": 1, "import": 3000}


def main() -> None:
    home, kind, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    committed, errors, transactions = 0, [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with changing(home, name=msg("Write")) as found:
                rows = [(new_id(), found.stamp, found.stamp, kind) for _ in range(ROWS[kind])]
                found.connection.executemany(
                    "INSERT INTO lead (id, created_at, updated_at, name) VALUES (?, ?, ?, ?)", rows
                )
                found.connection.execute("UPDATE team SET name = name || 'x' WHERE length(name) < 1000000")
            committed += ROWS[kind]
            transactions += 1
        except SfaError as error:
            errors.append(str(error))
    sys.stdout.write(json.dumps({"committed": committed, "transactions": transactions, "errors": errors}))


if __name__ == "__main__":
    main()
