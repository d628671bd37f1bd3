"""Restores that are killed: run as ``python -m tests.store.restore_crash_runs HOME BACKUP SEED COUNT``.

Prints, as JSON, how many left the old and the new content, and everything that was wrong.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from sfa.store.doctor import examine, repair
from sfa.store.home import backup_dir, store_path
from sfa.store.restoring import restore_backup
from tests.store.rows import hash_of_store


def run_once(home: Path, file: Path, while_s: float) -> list[str]:
    """Kill one restore; return the codes of everything wrong that a repair leaves."""
    child = os.fork()
    if child == 0:
        try:
            restore_backup(home, file)
            os._exit(0)
        finally:
            os._exit(1)  # never on into the parent's loop
    time.sleep(while_s)
    os.kill(child, signal.SIGKILL)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) not in {0, -signal.SIGKILL}:
        return ["the restore failed by itself"]
    found = examine(home)
    others = [finding.code for finding in found if finding.code != "leftover"]
    return [*others, *(finding.code for finding in repair(home, found).left)]


def make_anew(home: Path, present: bytes) -> None:
    for path in [*home.glob("sfa.db*"), *backup_dir(home).glob("*.db")]:
        path.unlink()
    store_path(home).write_bytes(present)
    store_path(home).chmod(0o600)


def main() -> None:
    home, file = Path(sys.argv[1]), Path(sys.argv[2])
    rng = random.Random(int(sys.argv[3]))  # noqa: S311  the same seed kills at the same moments, roughly
    present = store_path(home).read_bytes()
    old = hash_of_store(home)
    began = time.monotonic()
    restore_backup(home, file)
    reach_s = 1.6 * (time.monotonic() - began)
    make_anew(home, present)
    seen: dict[str, int] = {}
    wrong: list[str] = []
    for _ in range(int(sys.argv[4])):
        wrong += run_once(home, file, rng.uniform(0.0, reach_s))
        content = hash_of_store(home)
        seen[content] = seen.get(content, 0) + 1
        # A machine that is busy now takes longer than when it was measured.
        reach_s *= 1.15 if content == old else 1 / 1.15
        make_anew(home, present)
    sys.stdout.write(json.dumps({"old": seen.pop(old, 0), "others": seen, "wrong": wrong}))


if __name__ == "__main__":
    main()
