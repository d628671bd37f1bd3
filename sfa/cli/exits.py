"""Errors into words on stderr and exit codes.

0 done; 1 nothing found or a decision waits; 2 wrong usage or input; 3 refused;
4 changed meanwhile; 5 centre unreachable; 6 store unusable; 70 a bug; 130 interrupted.
"""

from __future__ import annotations

import sys

from sfa import errors
from sfa.errors import SfaError
from sfa.i18n import tr

DONE = 0
NOTHING = 1
USAGE = 2
REFUSED = 3
CHANGED = 4
UNREACHABLE = 5
UNUSABLE = 6
BUG = 70
INTERRUPTED = 130


_CODES: tuple[tuple[type[SfaError], int], ...] = (
    (errors.NotFound, NOTHING),
    (errors.NeedsDecision, NOTHING),
    (errors.Ambiguous, USAGE),
    (errors.InvalidInput, USAGE),
    (errors.BadUsage, USAGE),
    (errors.Refused, REFUSED),
    (errors.StaleVersion, CHANGED),
    (errors.ChangedMeanwhile, CHANGED),
    (errors.SyncError, UNREACHABLE),
    (errors.StoreUnusable, UNUSABLE),
)


def known() -> tuple[type[BaseException], ...]:
    """Return the errors that users cause; the framework's are among them once it is loaded."""
    if "typer" not in sys.modules:
        return (SfaError,)
    from typer import Abort
    from typer._click.exceptions import ClickException

    return (SfaError, ClickException, Abort)


def code_of(error: SfaError) -> int:
    """Return the exit code of an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), BUG)


def say(text: str) -> None:
    """Write a remark on stderr; data alone goes to stdout."""
    sys.stderr.write(f"{text}\n")


def report(error: BaseException) -> int:
    """Say what, why and what next; return the exit code."""
    if not isinstance(error, SfaError):
        return _report_usage(error)
    from sfa.render.failures import failure_lines

    what, *rest = failure_lines(error)
    say(tr("Error: {what}", what=what))
    for line in rest:
        say(f"  {line}")
    return code_of(error)


def _report_usage(error: BaseException) -> int:
    """Say what the framework found wrong with a command line."""
    from typer._click.exceptions import ClickException, NoArgsIsHelpError

    if not isinstance(error, ClickException):
        return interrupted()  # a question was broken off
    if isinstance(error, NoArgsIsHelpError):
        say(error.format_message())
        return USAGE
    from sfa.cli.help import usage_error, usage_line

    for line in (usage_line(error), tr("Error: {what}", what=usage_error(error))):
        if line:
            say(line)
    return USAGE


def report_bug(error: Exception) -> int:
    """Say that the fault is ours, with the traceback for a report."""
    import traceback  # 3 ms that only a bug needs

    say("".join(traceback.format_exception(error)).rstrip())
    say(tr("Error: this is a bug of sfa, not of yours. Nothing was changed."))
    return BUG


def interrupted() -> int:
    """Say that the user broke off."""
    say(tr("Interrupted; nothing was changed."))
    return INTERRUPTED
