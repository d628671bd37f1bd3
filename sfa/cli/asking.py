"""Asking before something that is hard to take back; the answer is No until somebody says yes."""

from __future__ import annotations

import sys

from sfa.errors import NeedsDecision, msg
from sfa.i18n import tr


def agreed(question: str, *, yes: bool) -> bool:
    """Say whether the user agrees: ``--yes`` does; a terminal is asked; anything else must use ``--yes``.

    Raises:
        NeedsDecision: there is nobody to ask.
    """
    if yes:
        return True
    if not sys.stdin.isatty():
        raise NeedsDecision(
            msg("Nothing was changed: this waits for a yes."),
            hint=msg("Repeat it with --yes, or run it on a terminal."),
        )
    sys.stderr.write(f"{question} {tr('[y/N]')} ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:  # Ctrl-D leaves the cursor behind the question
        sys.stderr.write("\n")
    return answer.strip().lower() in {"y", "yes", "是"}
