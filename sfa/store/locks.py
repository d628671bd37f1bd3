"""A lock on an open file, over processes too; it ends with the process that held it."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt

    def taken(descriptor: int) -> bool:
        """Take the lock of an open file unless somebody holds it; say whether it was taken."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def taken(descriptor: int) -> bool:
        """Take the lock of an open file unless somebody holds it; say whether it was taken."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
