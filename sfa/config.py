"""Personal settings: default < file < ``SFA_*`` environment < flag; each remembers where it came from.

The file is ``config.toml`` in the store's folder. What the whole organisation shares
lies in the store, not here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa.errors import BadUsage, InvalidInput, Msg, msg

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

FILE_NAME = "config.toml"


class Known(NamedTuple):
    """A setting there is: its label, default, allowed values (none for any), what it is for."""

    name: str
    label: Msg
    default: str
    allowed: tuple[str, ...]
    help: Msg


# The names of the app's places; sfa.screens.keys has the same, and a test holds them together.
PLACES = (
    "today",
    "leads",
    "accounts",
    "contacts",
    "deals",
    "pipeline",
    "visits",
    "tasks",
    "products",
    "quotes",
    "orders",
    "reports",
    "sync",
    "settings",
)

KNOWN = {
    known.name: known
    for known in (
        Known(
            "language",
            msg("Language"),
            "",
            ("", "en", "zh_CN"),
            msg("Language of the interface; empty follows the system"),
        ),
        Known(
            "format",
            msg("Output format"),
            "",
            ("", "table", "tsv", "csv", "json", "md"),
            msg("Output format when none is asked for"),
        ),
        Known("limit", msg("Rows of a list"), "50", (), msg("Rows a list shows when none is asked for")),
        Known("color", msg("Colour"), "auto", ("auto", "always", "never"), msg("Colour on a terminal")),
        Known(
            "theme",
            msg("Theme"),
            "dark",
            ("dark", "light", "high-contrast", "terminal"),
            msg("Theme of the app"),
        ),
        Known(
            "first_steps",
            msg("First steps"),
            "",
            ("", "done"),
            msg("Whether the app still asks its first questions while the store is empty"),
        ),
        Known("start", msg("First place"), "today", PLACES, msg("The place the app opens at")),
        Known(
            "pipeline_form",
            msg("Pipeline as"),
            "board",
            ("board", "list"),
            msg("Form of the app's pipeline"),
        ),
        Known(
            "pipeline_whose",
            msg("Pipeline of"),
            "",
            ("", "mine", "team", "all"),
            msg("Whose deals the app's pipeline shows; empty goes by your role"),
        ),
        Known(
            "orders_form",
            msg("Orders as"),
            "list",
            ("list", "board"),
            msg("Form of the app's orders"),
        ),
        Known(
            "paper_font",
            msg("Font of papers"),
            "",
            (),
            msg("Font file that quotes and orders are printed with as PDF; empty takes the system's"),
        ),
        Known(
            "sync_every",
            msg("Minutes between syncs"),
            "15",
            (),
            msg("Minutes between two syncs while the app is open; 0 for none"),
        ),
    )
}


class Setting(NamedTuple):
    """A setting's value and where it came from: ``default``, a file's path, or a variable's name."""

    name: str
    value: str
    origin: str


def get(name: str, home: Path) -> Setting:
    """Return a setting.

    Raises:
        BadUsage: there is no such setting, or the file cannot be read.
        InvalidInput: the value is not allowed.
    """
    known = _known(name)
    variable = f"SFA_{name.upper()}"
    if os.environ.get(variable):
        return Setting(name, _checked(known, os.environ[variable]), variable)
    path = home / FILE_NAME
    stored = _read(path)
    if name in stored:
        return Setting(name, _checked(known, str(stored[name])), str(path))
    return Setting(name, known.default, "default")


def put(name: str, value: str, home: Path) -> None:
    """Write a setting into the file, whose comments and order stay; an empty value is the default again.

    Raises:
        BadUsage: there is no such setting, or the file cannot be read or written.
        InvalidInput: the value is not allowed.
    """
    known = _known(name)
    document = _document(home)
    if not value and known.default:
        document.pop(name, None)
    else:
        document[name] = _checked(known, value)
    _write(document, home)


def check(name: str, value: str) -> None:
    """Refuse what ``put`` would refuse.

    Raises:
        BadUsage: there is no such setting.
        InvalidInput: the value is not allowed.
    """
    known = _known(name)
    if value or not known.default:
        _checked(known, value)


def _document(home: Path) -> TOMLDocument:
    import tomlkit  # 30 ms, and only writing needs it

    path = home / FILE_NAME
    _read(path)
    return tomlkit.parse(path.read_text("utf-8") if path.exists() else "")


def _write(document: TOMLDocument, home: Path) -> None:
    import tomlkit

    path = home / FILE_NAME
    unfinished = path.with_name(f".{FILE_NAME}.part")
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.write_text(tomlkit.dumps(document), "utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BadUsage(
            msg("The settings file {path} cannot be written."),
            why=msg("The system says: {system}."),
            path=str(path),
            system=error.strerror or str(error),
        ) from error


def keys(home: Path) -> dict[str, str]:
    """Return the keys the user gives to actions of the app: ``[keys]`` in the file, by name of the action.

    Raises:
        BadUsage: the file cannot be read, or ``[keys]`` holds something else than texts.
    """
    found = _read(home / FILE_NAME).get("keys", {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise BadUsage(
            msg("The settings file {path} gives keys in a way that cannot be read."),
            hint=msg('Write a line for each action below [keys], such as: "leads.new" = "ctrl+n"'),
            path=str(home / FILE_NAME),
        )
    return found


def put_key(name: str, keys: str, home: Path) -> None:
    """Write the keys of an action into the file; none gives the usual ones back. Looks at nothing.

    Raises:
        BadUsage: the file cannot be read or written.
    """
    import tomlkit

    document = _document(home)
    table = document.setdefault("keys", tomlkit.table())
    if keys:
        table[name] = keys
    else:
        table.pop(name, None)
    _write(document, home)


def columns(place: str, home: Path) -> list[tuple[str, int]]:
    """Return the columns a list shows with their widths, as they were arranged; nothing for the usual ones.

    Raises:
        BadUsage: the file cannot be read.
    """
    table = _read(home / FILE_NAME).get("columns", {})
    words = table.get(place, []) if isinstance(table, dict) else []
    parted = (str(word).rpartition(":") for word in words) if isinstance(words, list) else ()
    return [(name, int(width)) for name, _, width in parted if name and width.isdecimal()]


def put_columns(place: str, chosen: Sequence[tuple[str, int]], home: Path) -> None:
    """Write how a list was arranged into the file.

    Raises:
        BadUsage: the file cannot be read or written.
    """
    import tomlkit

    document = _document(home)
    table = document.setdefault("columns", tomlkit.table())
    table[place] = [f"{name}:{width}" for name, width in chosen]
    _write(document, home)


def views(noun: str, home: Path) -> dict[str, dict[str, Any]]:
    """Return the views of a noun's list that the user saved, by name, as ``sfa.finding.views`` reads them.

    Raises:
        BadUsage: the file cannot be read.
    """
    table = _read(home / FILE_NAME).get("views", {})
    of_noun = table.get(noun, {}) if isinstance(table, dict) else {}
    found = of_noun.items() if isinstance(of_noun, dict) else ()
    return {str(name): body for name, body in found if isinstance(body, dict)}


def put_view(noun: str, name: str, body: Mapping[str, Any], home: Path) -> None:
    """Write a view of a noun's list into the file.

    Raises:
        BadUsage: the file cannot be read or written.
    """
    import tomlkit

    document = _document(home)
    table = document.setdefault("views", tomlkit.table(is_super_table=True))
    of_noun = table.setdefault(noun, tomlkit.table())
    made = tomlkit.inline_table()
    made.update(body)
    of_noun[name] = made
    _write(document, home)


def drop_view(noun: str, name: str, home: Path) -> None:
    """Take a view of a noun's list out of the file.

    Raises:
        BadUsage: the file cannot be read or written.
    """
    document = _document(home)
    of_noun = document.get("views", {}).get(noun, {})
    if name in of_noun:
        del of_noun[name]
        _write(document, home)


def _known(name: str) -> Known:
    if name not in KNOWN:
        raise BadUsage(
            msg("There is no setting {name!r}."),
            hint=msg("There are: {known}."),
            name=name,
            known=", ".join(KNOWN),
        )
    return KNOWN[name]


def _checked(known: Known, value: str) -> str:
    if known.allowed and value not in known.allowed:
        raise InvalidInput(
            known.name,
            msg("{value!r} is not allowed; allowed are: {allowed}"),
            value=value,
            allowed=", ".join(word for word in known.allowed if word),
        )
    if known.name == "sync_every" and not value.isdecimal():
        raise InvalidInput(known.name, msg("{value!r} is not a whole number"), value=value)
    if known.name == "limit" and not (value.isdecimal() and int(value) > 0):
        raise InvalidInput(known.name, msg("{value!r} is not a whole number above zero"), value=value)
    return value


def _read(path: Path) -> dict[str, Any]:
    # A folder that may not be entered holds no settings; the store says what is wrong with it.
    if not os.access(path, os.F_OK):
        return {}
    import tomllib  # only where there is a file

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadUsage(
            msg("The settings file {path} cannot be read: {system}."),
            hint=msg("Mend it, or remove it to start from the defaults."),
            path=str(path),
            system=str(error),
        ) from error
