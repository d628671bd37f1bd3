"""When the process looks for garbage: not while somebody waits for a key."""

from __future__ import annotations

import gc

SETTLED_AFTER_S = 0.6  # the first screen is drawn by then
_IDLE_AFTER_S = 0.4
# Only the youngest objects are looked through as they come; the others once nobody presses a key,
# or when a key was held so long that a hundred thousand have gathered.
_GARBAGE = (1000, 100, 10)
_USUAL_GARBAGE = gc.get_threshold()


def settle() -> None:
    """Leave what was made to start out of later looks for garbage: each would hold a key up for 20 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)


def tidy(idle_s: float) -> None:
    """Look for garbage while nobody waits: lines that were drawn hold each other, page by page."""
    if idle_s > _IDLE_AFTER_S and any(gc.get_count()[1:]):
        gc.collect()


def unsettle() -> None:
    """Leave the process as it was."""
    gc.unfreeze()
    gc.set_threshold(*_USUAL_GARBAGE)
