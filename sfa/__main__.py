"""The program's entry: answers ``--version`` at once, hands everything else to the command line."""

from __future__ import annotations

import gc
import sys

# Starting makes objects that nearly all stay: looking for garbage among them every 700, and twice more at
# the end, takes a third of a run that loads the models. A short run never looks; a long one puts aside what
# it started with at its first look, and looks seldom: garbage in circles waits a little longer, that is all.
_OBJECTS_BEFORE_THE_FIRST_LOOK = 200_000
_OBJECTS_BEFORE_A_LOOK = 50_000


def main() -> int:
    """Run the command line; return the exit code."""
    if sys.argv[1:] == ["--version"]:
        from sfa import __version__

        print(f"sfa {__version__}")
        return 0
    gc.set_threshold(_OBJECTS_BEFORE_THE_FIRST_LOOK)
    gc.callbacks.append(_put_aside)
    from sfa.cli.run import run

    try:
        return run(sys.argv[1:])
    finally:
        gc.freeze()  # what is there now goes with the process


def _put_aside(phase: str, _: dict[str, int]) -> None:
    """Leave what was made to start out of this look for garbage and all later ones."""
    if phase == "start" and _put_aside in gc.callbacks:
        gc.callbacks.remove(_put_aside)
        gc.freeze()
        gc.set_threshold(_OBJECTS_BEFORE_A_LOOK)


if __name__ == "__main__":
    sys.exit(main())
