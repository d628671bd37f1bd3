"""Asking before something that is hard to take back; the answer is No until somebody says yes."""

from __future__ import annotations

import sys

from sfa.errors import BadUsage, msg
from sfa.i18n import tr


def agreed(question: str, *, yes: bool) -> bool:
    """Say whether the user agrees: ``--yes`` does; a terminal is asked; anything else must use ``--yes``.

    Raises:
        BadUsage: there is nobody to ask.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise BadUsage(
            msg("This asks before it is done, and there is nobody to ask."),
            hint=msg("Say so beforehand with: --yes."),
        )
    sys.stderr.write(f"{question} {tr('[y/N]')} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes", "是"}
