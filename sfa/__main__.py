"""The program's entry: answers ``--version`` at once, hands everything else to the command line."""

from __future__ import annotations

import gc
import sys

# Starting makes objects that nearly all stay: looking for garbage among them every 700 takes a tenth of a
# short run and a fifth of one that loads the models. Garbage in circles waits a little longer, that is all.
_OBJECTS_BEFORE_A_LOOK = 50_000


def main() -> int:
    """Run the command line; return the exit code."""
    if sys.argv[1:] == ["--version"]:
        from sfa import __version__

        print(f"sfa {__version__}")
        return 0
    gc.set_threshold(_OBJECTS_BEFORE_A_LOOK)
    from sfa.cli.run import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
