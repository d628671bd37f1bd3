"""Write docs/actions.md, where the app has each command: ``python docs/tools/actions.py [--check]``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sfa.cli.app import root
from sfa.screens.key_table import all_bindings
from sfa.screens.keys import PLACES
from sfa.screens.organisation import LISTS

PAGE = Path(__file__).resolve().parents[1] / "actions.md"
HEAD = """\
# Commands, and where the app has them

Written by `make docs` from the table in `docs/tools/actions.py`; a test holds it complete: every command
stands in it, and every action it names is there. The keys are the usual ones ([keys.md](keys.md) has all).

| Command | In the app | |
|---|---|---|
"""


class In(NamedTuple):
    """Where the app has it: a place, the actions by name, and what else one does."""

    place: str
    actions: tuple[str, ...] = ()
    note: str = ""


class Not(NamedTuple):
    """Why the app has it not."""

    why: str


Where = In | Not

_PLACES = {
    "lead": "leads",
    "account": "accounts",
    "contact": "contacts",
    "deal": "deals",
    "task": "tasks",
    "product": "products",
    "quote": "quotes",
    "order": "orders",
    "visit": "visits",
}
_FURTHER: Mapping[str, Where] = {
    "restore": In("", ("app.undo",), "while it is the last change; later on the command line"),
    "history": In("", ("record.history",), "with the record in full"),
}
_OF_A_LIST: Mapping[str, Where] = {
    "list": In("", ("records.find", "records.filter", "records.columns")),
    "show": In("", ("list.open",)),
    "add": In("", ("records.new", "app.add")),
    "edit": In("", ("records.edit", "record.edit")),
    "delete": In("", ("records.delete", "record.delete")),
    **_FURTHER,
}
_SCRIPTS = Not("for scripts and shells")
_ADMINISTRATOR = Not("for the administrator of the centre, once, on its machine")
TABLE: Mapping[str, Where] = {
    "today": In("today"),
    "log": In("", ("app.add",), "a visit or another activity in a form; the one line is the command's own"),
    "find": In("", ("app.jump",)),
    "undo": In("", ("app.undo",), "one change of a record: its history, `history.take_back`"),
    "redo": In("", ("app.redo",)),
    "history": In("", ("record.history", "account.history"), "of a record; of the whole store: command line"),
    "report funnel": In("reports", ("reports.funnel",)),
    "report activity": In("reports", ("reports.activity",)),
    "lead convert": In("leads", ("lead.convert",)),
    "account overview": In("accounts", ("list.open",)),
    "account share": In("accounts", ("account.edit_account",), "the field Collaborators"),
    "account transfer": In("accounts", ("account.transfer",)),
    "contact show": In("contacts", ("list.open",)),
    "deal advance": In("deals", ("deal.advance", "deal.move")),
    "deal win": In("deals", ("deal.win",)),
    "deal lose": In("deals", ("deal.lose",)),
    "deal reopen": In("deals", ("deal.reopen",)),
    "deal role": In("deals", ("deal.roles", "roles.edit", "roles.new", "roles.take_out")),
    "pipeline": In("reports", ("reports.pipeline",)),
    "pipeline board": In("pipeline", ("pipeline.form",)),
    "pipeline shape": In("", ("app.palette",), "First steps"),
    "visit list": In("visits", ("visits.previous", "visits.next", "visits.now")),
    "visit show": In("visits", ("agenda.open",)),
    "visit add": In("visits", ("visits.plan", "app.add")),
    "visit edit": In("visits", ("visits.edit",)),
    "visit delete": In("visits", ("record.delete",), "with the visit in full"),
    "visit checkin": In("visits", ("visit.check_in",)),
    "visit checkout": In("visits", ("visit.check_out",)),
    "visit done": In("visits", ("visit.report",)),
    "visit cancel": In("visits", ("visit.cancel",)),
    "visit comment": In("visits", ("activity.comment",)),
    "visit week": In("visits", ("visits.write",)),
    "activity list": In("accounts", ("list.open",), "those of an account, in the round"),
    "activity show": In("accounts", ("agenda.open",)),
    "activity add": In("", ("app.add", "record.add")),
    "activity edit": In("", ("record.edit",), "with the activity in full"),
    "activity delete": In("", ("record.delete",), "with the activity in full"),
    "activity comment": In("", ("activity.comment",)),
    "task done": In("tasks", ("task.done", "task.follow")),
    "task reopen": In("tasks", ("task.reopen",)),
    "task cancel": In("tasks", ("task.cancel",)),
    "task snooze": In("tasks", ("task.snooze", "task.put_off")),
    "product cost": In("products", ("product.cost", "records.edit"), "for managers and administrators"),
    "attachment list": In("", ("record.files",), "and with the record in full"),
    "attachment add": In("", ("record.files", "files.new")),
    "attachment delete": In("", ("record.files", "files.remove")),
    "attachment open": In("", ("record.files", "files.open")),
    "attachment save": In("", ("record.files", "files.save")),
    "price": In("products", ("product.price",)),
    "pricebook prices": In(
        "settings",
        ("pricebook.prices", "prices.find", "prices.valid_on"),
        "from the list of books, or a book in full",
    ),
    "pricebook set": In("settings", ("pricebook.prices", "prices.new", "prices.edit")),
    "pricebook unset": In("settings", ("pricebook.prices", "prices.take_out")),
    "pricebook copy": In("settings", ("pricebook.copy",), "from the list of books, or a book in full"),
    "quote lines": In("quotes", ("quote.lines",)),
    "quote add-line": In("quotes", ("quote.lines", "lines.add", "lines.text")),
    "quote edit-line": In("quotes", ("quote.lines", "lines.edit", "lines.reprice", "lines.more")),
    "quote remove-line": In("quotes", ("quote.lines", "lines.remove")),
    "quote diff": In("quotes", ("quote.compare", "compare.choose")),
    "quote print": In("quotes", ("quote.print",), "templates and earlier revisions: command line"),
    "quote move-line": In("quotes", ("quote.lines", "lines.up", "lines.down")),
    **{
        f"quote {verb}": In("quotes", (f"quote.{verb}",))
        for verb in ("submit", "recall", "approve", "reject", "send", "accept", "decline", "expire", "revise")
    },
    "order list": In(
        "orders",
        ("records.find", "records.filter", "records.columns", "orders.form", "record.orders"),
        "as a list or a board; the last one from an account, a deal or a quote: its own",
    ),
    "order add": In("orders", ("quote.order", "records.new", "app.add"), "the first one from a quote"),
    "order print": In("orders", ("order.print",), "templates: command line"),
    "order lines": In("orders", ("list.open",), "with the order in full"),
    "order event": In("orders", ("order.next", "order.event")),
    **{
        f"order {verb}": In("orders", (f"order.{verb}",))
        for verb in ("track", "message", "plan", "invoice", "receipt")
    },
    "login": In("settings", ("settings.change",), "Centre"),
    "logout": In("settings", ("settings.change",), "Centre"),
    "sync": In("sync", ("sync.now",)),
    "sync status": In("sync"),
    "sync log": In("sync"),
    "sync not-taken": In("sync"),
    "sync seen": In("sync", ("sync.seen", "sync.all_seen")),
    "handover": Not("a manager's work of once a year, with a dry run to read and a sheet to print"),
    "conflicts list": In("sync"),
    "conflicts show": In("sync"),
    "conflicts accept": In("sync", ("sync.mine", "sync.theirs")),
    "conflicts accept-mine": In("sync", ("sync.mine",)),
    "conflicts accept-theirs": In("sync", ("sync.theirs",)),
    "conflicts merge": In("sync", ("sync.merge",)),
    "proposals list": In("sync"),
    "proposals show": In("sync"),
    "proposals accept": In("sync", ("sync.accept",)),
    "proposals reject": In("sync", ("sync.reject",)),
    "proposals withdraw": In("sync", ("sync.reject",)),
    "view list": In("", ("records.views",)),
    "view save": In("", ("records.views",)),
    "view rename": In("", ("records.views",)),
    "view delete": In("", ("records.views",)),
    "import": Not("a plan to read, a file of rejects to mend and feed again: work for a terminal's files"),
    "export": In("visits", ("visits.write",), "the calendar alone; lists and everything: command line"),
    "backup": Not("see below"),
    "backup make": Not("made by itself before every upgrade; by hand and by cron on the command line"),
    "backup list": Not("one looks for a backup when the store does not open, and then the app does not"),
    "backup restore": Not("it takes the place of the store the app has open"),
    "doctor": Not("it examines the store from outside; the app names it where something is wrong"),
    "erase": Not("for good, everywhere, without undo: typed in full or not at all"),
    "config list": In("settings"),
    "config get": In("settings"),
    "config set": In("settings", ("settings.change", "settings.reset")),
    "config keys": In("settings", ("settings.change",), "Keys of your own"),
    "config key": In("settings", ("settings.change",), "Keys of your own"),
    "config org list": In("settings"),
    "config org get": In("settings"),
    "config org set": In("settings", ("settings.change",)),
    "whoami": In("settings", (), "Your name"),
    "demo": In("", ("app.tour",), "from a store of one's own it opens the demo company"),
    "completion": _SCRIPTS,
}


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every command that does something, in the order of the help."""
    group = group or root()
    names = group.list_commands(None) if hasattr(group, "list_commands") else ()
    if not names or (path and getattr(group, "invoke_without_command", False)):
        yield " ".join(path)
    for name in names:
        yield from commands(group.get_command(None, name), (*path, name))


def where(command: str) -> Where | None:
    """Return where the app has a command, ``None`` when nobody has said."""
    if command in TABLE:
        return TABLE[command]
    noun, _, verb = command.partition(" ")
    if noun == "hub":
        return _ADMINISTRATOR
    if verb in _FURTHER and (noun in _PLACES or noun in LISTS or noun == "activity"):
        return _FURTHER[verb]
    general = _OF_A_LIST.get(verb)
    if not isinstance(general, In):
        return None
    if noun in _PLACES:
        return general._replace(place=_PLACES[noun])
    if noun not in LISTS:
        return None
    return general._replace(
        place="settings",
        actions=tuple(name for name in general.actions if name != "app.add"),
        note="the list below Lists of the organisation",
    )


def keys() -> dict[str, str]:
    """Return the usual keys of every action by its name."""
    found: dict[str, list[str]] = {}
    for _, binding in all_bindings():
        found.setdefault(str(binding.id), []).append(_key(binding.key))
    return {name: " ".join(dict.fromkeys(each)) for name, each in found.items()}


def _key(key: str) -> str:
    from textual.keys import format_key

    *modifiers, last = key.split("+")
    names = {"question_mark": "?", "slash": "/", "comma": ","}
    return "+".join(
        (*(each.title() for each in modifiers), names.get(last, format_key(last) if len(last) > 1 else last))
    )


def page() -> str:
    """Return the page."""
    known = keys()
    lines = []
    for command in commands():
        found = where(command)
        if isinstance(found, Not):
            lines.append(f"| `sfa {command}` | – | {found.why} |\n")
        elif found is not None:
            place = str(PLACES[found.place].label) if found.place else ""
            told = ", ".join(f"`{known[name]}` {name}" for name in found.actions)
            lines.append(f"| `sfa {command}` | {': '.join(filter(None, (place, told)))} | {found.note} |\n")
    return HEAD + "".join(lines)


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    unsaid = [command for command in commands() if where(command) is None]
    if unsaid:
        print("Say in docs/tools/actions.py where the app has:", ", ".join(unsaid))
        return 1
    text = page()
    if "--check" in arguments:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            print("docs/actions.md is not current; run: make docs")
            return 1
        return 0
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
