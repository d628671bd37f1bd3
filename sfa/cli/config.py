"""sfa config: personal settings in a file, and with ``org`` those of the whole organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sfa import config
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import Lazy, LazyGroup
from sfa.cli.lazy import group as lazy_group
from sfa.cli.noun import VERBS, own
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.i18n import tr, tr_plural
from sfa.render.settings import Line, settings_text
from sfa.store.home import home_dir

if TYPE_CHECKING:
    from sfa.finding.shared_settings import Settled

_ORG = msg("What the whole organisation settled: list, get, set")


def _organisation_keys() -> list[str]:
    from sfa.finding.shared_settings import KNOWN

    return list(KNOWN)


Key = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help=msg("A name from the list."),
        autocompletion=lambda: list(config.KNOWN),
        show_default=False,
    ),
]
OrgKey = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help=msg("A name from the list."),
        autocompletion=_organisation_keys,
        show_default=False,
    ),
]
Value = Annotated[str, typer.Argument(metavar="VALUE", help=msg("The new value."), show_default=False)]


def group() -> LazyGroup:
    """Return the config group."""
    personal = {
        "list": own(list_, msg("List your settings and where each comes from")),
        "get": own(get, msg("Print one")),
        "set": own(set_, msg("Change one; an empty value goes back to the default")),
        "keys": own(keys, msg("List the keys you gave to actions of the app")),
        "key": own(key, msg("Give an action of the app another key; none gives the usual one back")),
        "org": Lazy(_ORG, _organisation, VERBS),
    }
    return lazy_group("config", tr("Your settings, and the organisation's"), personal)


def _organisation() -> LazyGroup:
    verbs = {
        "list": own(org_list, msg("List the organisation's settings")),
        "get": own(org_get, msg("Print one")),
        "set": own(org_set, msg("Change one for everybody")),
    }
    return lazy_group("org", tr(_ORG), verbs)


def list_(format_: Format = "") -> None:
    """List your settings."""
    fmt = format_of(format_)
    home = home_dir()
    lines = []
    for name, known in config.KNOWN.items():
        each = config.get(name, home)
        lines.append(Line(name, each.value, each.origin, tr(known.help)))
    emit(settings_text("sfa.config/1", lines, fmt))


def get(name: Key) -> None:
    """Print one of your settings."""
    emit(config.get(name, home_dir()).value)


def set_(name: Key, value: Value) -> None:
    """Change one of your settings."""
    config.put(name, value, home_dir())
    now = config.get(name, home_dir())
    if now.origin == f"SFA_{name.upper()}":
        say(tr("The variable {variable} wins over the file as long as it is set.", variable=now.origin))
    say(tr("{name} is now: {value}", name=name, value=now.value or tr("not set")))


def keys(
    every: Annotated[bool, typer.Option("--all", help=msg("All actions, with their usual keys."))] = False,
    format_: Format = "",
) -> None:
    """List your own keys and what is wrong with one; it ends with 1 when something is."""
    from sfa.render.key_list import KeyLine, keys_text
    from sfa.screens.own_keys import actions, looked_at

    fmt = format_of(format_)
    wanted = config.keys(home_dir())
    good, faults = looked_at(wanted)
    wrong = {str(fault.data.get("name")): fault for fault in faults}
    known = actions()
    names = [*wanted, *(name for name in known.bindings if every and name not in wanted)]
    lines = [
        KeyLine(
            name,
            tr(known.bindings[name].description) if name in known.bindings else "",
            wanted.get(name, ""),
            known.usual.get(name, ""),
            wrong.get(name),
        )
        for name in names
    ]
    emit(keys_text(lines, fmt))
    if len(good) < len(wanted):
        raise typer.Exit(1)


def key(
    name: Annotated[
        str,
        typer.Argument(
            metavar="ACTION",
            help=msg("Its name in sfa config keys --all, such as records.find."),
            show_default=False,
        ),
    ],
    own_key: Annotated[
        str,
        typer.Argument(
            metavar="KEYS", help=msg("A key such as f3, or several: f3,slash."), show_default=False
        ),
    ] = "",
) -> None:
    """Give an action another key; without one it has its usual key again."""
    from sfa.screens.own_keys import check

    home = home_dir()
    others = {each: keys for each, keys in config.keys(home).items() if each != name}
    if own_key:
        check(name, own_key, others)
    config.put_key(name, own_key, home)
    say(tr("{name} is now: {value}", name=name, value=own_key or tr("the usual ones")))


def org_list(format_: Format = "") -> None:
    """List the organisation's settings."""
    from sfa.finding.shared_settings import KNOWN, settled

    fmt = format_of(format_)
    with reading() as connection:
        found = [settled(connection, key) for key in KNOWN]
    lines = [Line(each.key, each.shown, "organisation", tr(each.help)) for each in found]
    emit(settings_text("sfa.config.org/1", lines, fmt))


def org_get(name: OrgKey) -> None:
    """Print one of the organisation's settings."""
    from sfa.finding.shared_settings import settled

    with reading() as connection:
        found = settled(connection, name)
    emit(found.shown)


def org_set(name: OrgKey, value: Value) -> None:
    """Change one of the organisation's settings."""
    from sfa.finding.shared_settings import settled
    from sfa.services.records import raw
    from sfa.services.settings import settle

    with performing(msg("Set {key}"), key=name) as session:
        before = settled(raw(session), name)
        now = settle(session, name, value)
        session.info["change"].call(msg("Set {key} to {value}"), key=now.key, value=now.shown)
    say(tr("{name} is now: {value}", name=now.key, value=now.shown))
    if now.key == "currency" and before.value not in {None, now.value}:
        _warn(before, now)


def _warn(before: Settled, now: Settled) -> None:
    from sfa.finding.shared_settings import amounts_in

    with reading() as connection:
        count = amounts_in(connection, str(before.value))
    if count:
        say(
            tr_plural(
                "{count} deal keeps its amount in {old}. To see it in {new}, add a rate: sfa rate add",
                "{count} deals keep their amounts in {old}. To see them in {new}, add a rate: sfa rate add",
                count,
                old=before.shown,
                new=now.shown,
            )
        )
