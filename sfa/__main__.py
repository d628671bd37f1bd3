"""The program's entry: answers ``--version`` at once, hands everything else to the command line."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; return the exit code."""
    if sys.argv[1:] == ["--version"]:
        from sfa import __version__

        print(f"sfa {__version__}")
        return 0
    from sfa.cli.run import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
