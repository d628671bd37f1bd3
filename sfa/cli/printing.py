"""What commands print: data on stdout, remarks on stderr, in the format asked for. Loads no framework."""

from __future__ import annotations

import sys

from sfa.errors import BadUsage, msg
from sfa.render.tables import choose_format
from sfa.store.home import home_dir

FORMATS = ("table", "tsv", "csv", "json", "md")


def format_of(asked: str) -> str:
    """Return the format to print in: the asked one, the configured one, else by where stdout goes.

    Raises:
        BadUsage: there is no such format.
    """
    from sfa import config

    wanted = asked or config.get("format", home_dir()).value or None
    if wanted is not None and wanted not in FORMATS:
        raise BadUsage(
            msg("There is no format {name!r}."),
            hint=msg("There are: {known}."),
            name=wanted,
            known=", ".join(FORMATS),
        )
    return choose_format(wanted, sys.stdout.isatty())


def emit(text: str) -> None:
    """Write data to stdout, ending in one newline; nothing when there is nothing."""
    if text:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
