"""One run of the command line: language first, then the command, then the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from sfa import i18n
from sfa.cli import exits
from sfa.errors import BadUsage, msg

COMPLETE_VARIABLE = "_SFA_COMPLETE"


def run(arguments: Sequence[str]) -> int:
    """Run a command with its arguments; return the exit code.

    Errors of the user are said on stderr; anything else is a bug of ours (70).
    """
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # Text leaves as UTF-8 whatever the locale says, and a lone surrogate never stops a listing.
            reconfigure(encoding="utf-8", errors="backslashreplace")
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
    except exits.KNOWN as error:
        return exits.report(error)
    except Exception as error:  # noqa: BLE001  the outermost edge: whatever is left is a bug of ours
        return exits.report_bug(error)


def _invoke(arguments: Sequence[str]) -> int:
    from sfa.cli.app import root

    if COMPLETE_VARIABLE in os.environ:
        from sfa.cli.completing import answer

        sys.stdout.write(answer())
        return 0
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
