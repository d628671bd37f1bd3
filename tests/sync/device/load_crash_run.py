"""A load that kills itself when its last row has come: ``python -m tests.sync.device.load_crash_run HOME``.

The triggers stand aside at that moment, and some rows are on the disk already.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from sfa.store import first_load
from sfa.sync.device import Device
from sfa.sync.protocol import RowSheet, Snapshot
from tests.sync.device.test_loading import many_leads


def main() -> None:
    first_load._ROOM_KB = 100  # so that SQLite writes long before the commit

    def coming() -> Iterator[RowSheet]:
        yield from many_leads()
        os.kill(os.getpid(), signal.SIGKILL)

    Device.open(Path(sys.argv[1])).load(Snapshot(1, None, coming()))


if __name__ == "__main__":
    main()
