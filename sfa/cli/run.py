"""One run of the command line: language first, then the command, then the exit code."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from sfa import i18n
from sfa.cli import exits
from sfa.errors import BadUsage, msg

COMPLETE_VARIABLE = "_SFA_COMPLETE"
_OUTPUT_FAILED = {errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EBADF}


def run(arguments: Sequence[str]) -> int:
    """Run a command with its arguments; return the exit code.

    Errors of the user are said on stderr; anything else is a bug of ours (70).
    """
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # Text leaves as UTF-8 whatever the locale says, and a lone surrogate never stops a listing.
            reconfigure(encoding="utf-8", errors="backslashreplace")
    broken_off = _watch_interrupts()
    try:
        choose_language(arguments)
        code = _invoke(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader has seen enough (`| head`): nothing more to say, and nothing went wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return exits.interrupted()
    except exits.known() as error:
        return exits.interrupted() if broken_off else exits.report(error)
    except OSError as error:
        if error.errno not in _OUTPUT_FAILED or error.filename is not None:
            return exits.report_bug(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.report(
            BadUsage(msg("The output cannot be written: {reason}."), reason=error.strerror or str(error))
        )
    except Exception as error:  # noqa: BLE001  the outermost edge: whatever is left is a bug of ours
        return exits.report_bug(error)


def _open_what_is_closed() -> None:
    """Stand in for streams that the caller closed (``>&-``): nothing is read from them, nothing shown."""
    sys.stdin = sys.stdin or Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  open as long as the process
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115


def _watch_interrupts() -> list[int]:
    """Return a list that a Ctrl-C fills.

    One that comes while SQLite calls us back is lost as a KeyboardInterrupt: it arrives as an error of
    the store, after the transaction was rolled back.
    """
    seen: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        seen.append(number)
        raise KeyboardInterrupt

    # Whoever runs us inside another program, or ignores the signal (nohup), keeps that.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, note)
    return seen


def _invoke(arguments: Sequence[str]) -> int:
    if COMPLETE_VARIABLE in os.environ:
        from sfa.cli.completing import answer

        sys.stdout.write(answer())
        return 0
    from sfa.cli.quick import quick

    done = quick(arguments)
    if done is not None:
        return done
    from sfa.cli.app import root

    code = root().main(list(arguments), prog_name="sfa", standalone_mode=False)
    return code if isinstance(code, int) else 0


def choose_language(arguments: Sequence[str]) -> None:
    """Set the language from ``--lang``, ``SFA_LANG``, the settings file, or the locale, in that order.

    Raises:
        BadUsage: ``--lang`` names a language that is not there.
    """
    flag = _flag(arguments)
    if flag and i18n.match_language(flag) == "en" and not flag.lower().startswith("en"):
        raise BadUsage(msg("There is no language {name!r}."), hint=msg("There are: en, zh_CN."), name=flag)
    asked = flag or os.environ.get("SFA_LANG") or _configured()
    code = i18n.match_language(asked or "") or i18n.language_of_environment() or "en"
    i18n.set_language(code)
    if code != "en":
        import gettext

        # The words of the command-line framework itself come from our catalogue too.
        os.environ["LANGUAGE"] = code
        gettext.bindtextdomain(i18n.DOMAIN, str(i18n.LOCALES))
        gettext.textdomain(i18n.DOMAIN)


def _flag(arguments: Sequence[str]) -> str | None:
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
    return None


def _configured() -> str | None:
    from sfa import config
    from sfa.store.home import home_dir

    path = home_dir() / config.FILE_NAME
    return config.get("language", home_dir()).value if os.access(path, os.F_OK) else None
