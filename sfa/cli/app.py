"""The tree of commands: names and help here, everything else in the file of its noun or verb."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Annotated

import typer

from sfa.cli.lazy import Lazy, LazyGroup, Loaded, command, group
from sfa.cli.output import emit
from sfa.errors import Msg, msg
from sfa.i18n import tr

DAY = msg("Your day")
RECORDS = msg("Records")
ORGANISATION = msg("The organisation")
TEAM = msg("The team")
STORE = msg("The store")

# name -> (section, help, module, function). A command's file is imported when it is called.
VERBS: dict[str, tuple[Msg, Msg, str, str]] = {
    "today": (DAY, msg("What today asks for"), "today", "today"),
    "log": (DAY, msg("Log a visit, call or message from one line"), "log", "log"),
    "find": (DAY, msg("Find any record by a part of its name, phone, email or notes"), "find", "find"),
    "price": (DAY, msg("What a product sells for, to whom, and why"), "price", "price"),
    "view": (STORE, msg("Saved views of lists: a filter, an order, columns"), "view", "group"),
    "report": (DAY, msg("The funnel, and what was done"), "report", "group"),
    "undo": (DAY, msg("Take back the last change"), "undo", "undo"),
    "redo": (DAY, msg("Bring back what undo took"), "undo", "redo"),
    "history": (DAY, msg("The latest changes, or those of any record"), "history", "history"),
    "import": (STORE, msg("Import a file that another system exported"), "import_", "import_"),
    "export": (STORE, msg("Export a list, or everything"), "export", "export"),
    "backup": (STORE, msg("Make or bring back a backup"), "backup", "group"),
    "doctor": (STORE, msg("Examine the store and mend it"), "doctor", "doctor"),
    "erase": (STORE, msg("Erase a person's data everywhere, for good"), "erase", "erase"),
    "login": (TEAM, msg("Sign in to the team's centre"), "login", "login"),
    "sync": (TEAM, msg("Bring this store and the centre in step"), "sync", "group"),
    "logout": (TEAM, msg("Forget the centre; the records stay"), "login", "logout"),
    "handover": (TEAM, msg("Hand a person's records over to a colleague"), "handover", "handover"),
    "conflicts": (TEAM, msg("Values that two people changed at once"), "conflicts", "group"),
    "proposals": (TEAM, msg("Changes that wait for somebody's word"), "proposals", "group"),
    "hub": (TEAM, msg("The team's central database, for its administrator"), "hub", "group"),
    "config": (STORE, msg("Your settings, and the organisation's"), "config", "group"),
    "whoami": (STORE, msg("Who works here, on which device and store"), "whoami", "whoami"),
    "demo": (STORE, msg("Make an invented company to try everything on"), "demo", "demo"),
    "completion": (STORE, msg("Print the completion script of a shell"), "completion", "completion"),
}

# noun -> (section, help). The module is `sfa.cli.NOUN` where there is one, else the general verbs do.
NOUN_HELP: dict[str, tuple[Msg, Msg]] = {
    "lead": (RECORDS, msg("Leads: list, add, convert …")),
    "account": (RECORDS, msg("Accounts: list, add, show …")),
    "contact": (RECORDS, msg("Contacts: list, add, show …")),
    "deal": (RECORDS, msg("Deals: list, add, advance, win, lose …")),
    "pipeline": (RECORDS, msg("Print the pipeline; list and edit pipelines")),
    "visit": (RECORDS, msg("Visits: plan, log, check in and out …")),
    "activity": (RECORDS, msg("Activities: visits, calls, messages …")),
    "task": (RECORDS, msg("Tasks: list, add, done …")),
    "product": (RECORDS, msg("Products: list, add, cost …")),
    "pricebook": (RECORDS, msg("Price books: list, add, prices, set, copy …")),
    "quote": (RECORDS, msg("Quotes: list, add, add-line, submit, approve, send …")),
    "order": (RECORDS, msg("Orders: list, add, track, event, invoice, receipt …")),
    "attachment": (RECORDS, msg("Files attached to records")),
    "user": (ORGANISATION, msg("Users: list, add, edit …")),
    "team": (ORGANISATION, msg("Teams: list, add, edit …")),
    "stage": (ORGANISATION, msg("Stages of the pipelines")),
    "field": (ORGANISATION, msg("Fields that the organisation declares")),
    "choice": (ORGANISATION, msg("Choice lists")),
    "tax": (ORGANISATION, msg("Classes of tax and their rates")),
    "rate": (ORGANISATION, msg("Dated currency rates")),
    "calendar": (ORGANISATION, msg("Working days and holidays")),
}
OWN_FILES = {
    "lead",
    "account",
    "deal",
    "pipeline",
    "visit",
    "activity",
    "task",
    "product",
    "pricebook",
    "quote",
    "order",
    "attachment",
}


def root() -> LazyGroup:
    """Return the whole command line."""
    lazy: dict[str, Lazy] = {}
    for name, (section, text, module, attribute) in VERBS.items():
        lazy[name] = Lazy(text, _verb_loader(name, text, module, attribute), section)
    for name, (section, text) in NOUN_HELP.items():
        lazy[name] = Lazy(text, _noun_loader(name, text), section)
    ordered = {
        name: each
        for section in (DAY, RECORDS, ORGANISATION, TEAM, STORE)
        for name, each in lazy.items()
        if each.section == section
    }
    return group("sfa", tr("Sales force automation in the terminal."), ordered, _top)


def _verb_loader(name: str, text: Msg, module: str, attribute: str) -> Callable[[], Loaded]:
    def load() -> Loaded:
        found = getattr(importlib.import_module(f"sfa.cli.{module}"), attribute)
        made: Loaded = found() if attribute == "group" else command(found, name, tr(text))
        return made

    return load


def _noun_loader(name: str, text: Msg) -> Callable[[], Loaded]:
    def load() -> Loaded:
        if name in OWN_FILES:
            made: Loaded = importlib.import_module(f"sfa.cli.{name}").group()
            return made
        from sfa.cli.noun import noun_group

        return noun_group(name, text)

    return load


def _top(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=msg("Print the version and end."))] = False,
    lang: Annotated[  # noqa: ARG001  read by sfa.cli.run before anything is said
        str, typer.Option("--lang", metavar="LANG", help=msg("Language of this run: en or zh_CN."))
    ] = "",
) -> None:
    if version:
        from sfa import __version__

        emit(f"sfa {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        _open_app(context)


def _open_app(context: typer.Context) -> None:
    """Open the terminal app; without a terminal there is nothing to draw on, so print the help."""
    import sys

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        emit(context.get_help())
        return
    from sfa.cli.gateway import ready_home
    from sfa.store.home import home_dir, is_there, store_path

    # A new store is made behind the first picture; an older one takes too long for that.
    home = ready_home(without_lease=True) if is_there(store_path(home_dir())) else home_dir()
    from sfa.screens.app import run

    raise typer.Exit(run(home))
