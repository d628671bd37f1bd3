"""sfa hub: the team's central database, for its administrator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfa.cli.asking import agreed
from sfa.cli.exits import say
from sfa.cli.lazy import Lazy, LazyGroup, command
from sfa.cli.lazy import group as lazy_group
from sfa.cli.options import Yes
from sfa.cli.output import Format, emit, format_of
from sfa.cli.passwords import PasswordFd, password
from sfa.errors import BadUsage, InvalidInput, Msg, msg
from sfa.i18n import tr, tr_plural
from sfa.store.home import home_dir
from sfa.terms import Role

if TYPE_CHECKING:
    from sfa.sync.centre.admin import Connection
    from sfa.sync.centre.cluster import Cluster

URL_VARIABLE = "SFA_HUB_URL"

Url = Annotated[
    str,
    typer.Option(
        "--url",
        metavar="URL",
        help=msg("The centre's address for its administrator; else SFA_HUB_URL, else this machine's own."),
        show_default=False,
    ),
]
Team = Annotated[
    str | None, typer.Option("--team", metavar="NAME", help=msg("The person's team."), show_default=False)
]
Manager = Annotated[
    str | None,
    typer.Option("--manager", metavar="LOGIN", help=msg("Who they report to."), show_default=False),
]
Login = Annotated[str, typer.Argument(metavar="LOGIN", help=msg("The name to sign in with."))]

_VERBS: dict[str, tuple[Msg, str]] = {
    "init": (msg("Make the centre in a database"), "init"),
    "upgrade": (msg("Bring the centre up to this program"), "upgrade"),
    "status": (msg("What the centre holds"), "status"),
    "add-team": (msg("Add a team"), "add_team"),
    "add-user": (msg("Add a person and their login"), "add_user"),
    "edit-user": (msg("Change a person's role, team or manager"), "edit_user"),
    "password": (msg("Set a login's password"), "set_password"),
    "disable-user": (msg("Keep a person from syncing"), "disable_user"),
    "enable-user": (msg("Let a person sync again who was disabled"), "enable_user"),
    "devices": (msg("The devices that sync"), "devices"),
    "revoke-device": (msg("Refuse a device from now on"), "revoke_device"),
    "backup-mark": (msg("Record a finished backup, or that this is a restored one"), "backup_mark"),
}
_DEV_VERBS: dict[str, tuple[Msg, str]] = {
    "start": (msg("Start it; the first time it is made"), "dev_start"),
    "stop": (msg("Stop it; its data stays"), "dev_stop"),
    "status": (msg("Whether it runs, and where"), "dev_status"),
    "url": (msg("Print its address"), "dev_url"),
    "remove": (msg("Stop it and delete its data"), "dev_remove"),
}


def group() -> LazyGroup:
    """Return the hub group."""
    lazy = {
        name: Lazy(text, _loader(text, name, function), msg("Commands"))
        for name, (text, function) in _VERBS.items()
    }
    lazy["dev"] = Lazy(msg("A central database on this machine alone"), _dev_group, msg("Commands"))
    made: LazyGroup = lazy_group("hub", tr("The team's central database"), lazy)
    return made


def _dev_group() -> LazyGroup:
    lazy = {
        name: Lazy(text, _loader(text, name, function), msg("Commands"))
        for name, (text, function) in _DEV_VERBS.items()
    }
    made: LazyGroup = lazy_group("dev", tr("A central database on this machine alone"), lazy)
    return made


def _loader(text: Msg, name: str, function: str) -> Any:
    return lambda: command(globals()[function], name, tr(text))


@contextmanager
def _centre(url: str) -> Iterator[Connection]:
    from sfa.sync.centre import admin
    from sfa.sync.credentials import given_password, without_password

    with admin.administering(without_password(_address(url)), given_password()) as connection:
        yield connection


def _address(url: str) -> str:
    given = url or os.environ.get(URL_VARIABLE, "")
    if given:
        return given
    here = _cluster()
    if not here.exists():
        raise BadUsage(
            msg("Which centre? There is none on this machine."),
            hint=msg("Give its address with --url or in {variable}."),
            variable=URL_VARIABLE,
        )
    return here.admin_url()


def _cluster() -> Cluster:
    from sfa.sync.centre.cluster import Cluster, folder_of

    return Cluster(folder_of(home_dir()))


def init(
    url: Annotated[str, typer.Argument(metavar="URL", help=msg("A database of PostgreSQL 15 or newer."))],
) -> None:
    """Make the centre in a database: its tables, functions and roles. Safe to repeat."""
    from sfa.sync.centre import admin

    with _centre(url) as connection:
        admin.initialise(connection)
    say(tr("The centre is ready. Add people with: sfa hub add-user LOGIN --url URL."))


def upgrade(url: Url = "") -> None:
    """Bring the centre's schema up to this program's, with its data."""
    from sfa.sync.centre import admin

    with _centre(url) as connection:
        admin.upgrade(connection)
        found = admin.status(connection)
    say(tr("The centre has schema {version}.", version=found.schema_version))


def status(url: Url = "", format_: Format = "") -> None:
    """Show what the centre holds."""
    from sfa.render.centre import status_text
    from sfa.sync.centre import admin

    fmt = format_of(format_)
    with _centre(url) as connection:
        emit(status_text(admin.status(connection), fmt))


def add_team(
    name: Annotated[str, typer.Argument(metavar="NAME", help=msg("The team's name."))], url: Url = ""
) -> None:
    """Add a team, and print its id."""
    from sfa.sync.centre import admin

    with _centre(url) as connection:
        emit(admin.add_team(connection, name))


def add_user(
    login: Login,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=msg("The person's name."))] = "",
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help=msg("rep, manager, admin or read-only."))
    ] = "rep",
    team: Team = None,
    manager: Manager = None,
    existing: Annotated[
        str | None,
        typer.Option(
            "--for",
            metavar="NAME",
            help=msg("A user who is in the organisation already, by name; gets the login alone."),
            show_default=False,
        ),
    ] = None,
    url: Url = "",
    password_fd: PasswordFd = None,
) -> None:
    """Add a person who may sync; the password is asked for. Prints the user's id."""
    from sfa.sync.centre import admin

    chosen_role = _role(role)
    secret = password(password_fd, tr("Password for {login}:", login=login), twice=True)
    with _centre(url) as connection:
        if existing is not None:
            user_id = admin.person(connection, existing)
            admin.add_login(connection, login, user_id, password=secret)
            emit(user_id)
            return
        place = {"team": team, "manager": manager}
        emit(
            admin.add_user(connection, login, name=name or login, role=chosen_role, password=secret, **place)
        )


def _role(given: str) -> Role:
    if given not in {each.value for each in Role}:
        raise InvalidInput("--role", msg("{value!r} is not rep, manager, admin or read-only."), value=given)
    return Role(given)


def edit_user(
    login: Login,
    role: Annotated[
        str | None,
        typer.Option(
            "--role", metavar="ROLE", help=msg("rep, manager, admin or read-only."), show_default=False
        ),
    ] = None,
    team: Team = None,
    manager: Manager = None,
    url: Url = "",
) -> None:
    """Change a person's role, team or manager; what they see follows at their next sync."""
    from sfa.sync.centre import admin

    chosen = _role(role) if role is not None else None
    with _centre(url) as connection:
        admin.edit_user(connection, login, role=chosen, team=team, manager=manager)


def set_password(login: Login, url: Url = "", password_fd: PasswordFd = None) -> None:
    """Set the password of a login."""
    from sfa.sync.centre import admin

    chosen = password(password_fd, tr("Password for {login}:", login=login), twice=True)
    with _centre(url) as connection:
        admin.user_of(connection, login)
        admin.set_password(connection, login, chosen)


def disable_user(login: Login, url: Url = "", yes: Yes = False) -> None:
    """Keep a person from syncing and from the server. Their records stay until they are handed over."""
    from sfa.sync.centre import logins

    if not agreed(tr("Keep {login} from syncing?", login=login), yes=yes):
        return
    with _centre(url) as connection:
        logins.disable_user(connection, login)
    say(tr("{login} can sync no more. Hand the records over with: sfa handover.", login=login))
    # Only now can no further session begin.
    with _centre(url) as connection:
        ended = logins.end_sessions(connection, login)
    if ended:
        say(tr_plural("{count} open session was ended.", "{count} open sessions were ended.", ended))


def enable_user(login: Login, url: Url = "") -> None:
    """Let a person sync again who was disabled, with the password they had."""
    from sfa.sync.centre import logins

    with _centre(url) as connection:
        logins.enable_user(connection, login)
    say(tr("{login} can sync again.", login=login))


def devices(url: Url = "", format_: Format = "") -> None:
    """List the devices, the last seen first."""
    from sfa.render.centre import devices_text
    from sfa.sync.centre import admin

    fmt = format_of(format_)
    with _centre(url) as connection:
        emit(devices_text(admin.devices(connection), fmt))


def revoke_device(
    code: Annotated[
        str, typer.Argument(metavar="CODE", help=msg("The device's code, see: sfa hub devices."))
    ],
    url: Url = "",
    yes: Yes = False,
) -> None:
    """Refuse a device from now on; what it pushed stays."""
    from sfa.sync.centre import admin

    if not agreed(tr("Refuse the device {code} from now on?", code=code), yes=yes):
        return
    with _centre(url) as connection:
        emit(admin.revoke_device(connection, code).id)


def backup_mark(
    restored: Annotated[
        bool, typer.Option("--restored", help=msg("This database was restored from a backup."))
    ] = False,
    days: Annotated[
        int, typer.Option("--days", min=1, help=msg("How long devices may bring back what was lost."))
    ] = 30,
    url: Url = "",
) -> None:
    """Record that a backup was finished; or, after a restore, let devices bring back what it lacks."""
    from sfa.sync.centre import admin

    with _centre(url) as connection:
        if restored:
            admin.mark_restored(connection, days)
            say(tr("Devices bring back at their next sync what this centre has lost."))
        else:
            emit(str(admin.mark_backup(connection)))


def dev_start() -> None:
    """Start a central database on this machine, and print its address."""
    from sfa.sync.centre import admin

    here = _cluster()
    here.start()
    with admin.administering(here.admin_url("postgres")) as connection:
        admin.make_database(connection)
    with admin.administering(here.admin_url()) as connection:
        admin.initialise(connection)
    emit(here.url())
    say(
        tr(
            "Add people with: sfa hub add-user LOGIN. They sign in with: sfa login {url}",
            url=here.url("LOGIN"),
        )
    )


def dev_stop() -> None:
    """Stop this machine's central database; its data stays."""
    _cluster().stop()


def dev_status(format_: Format = "") -> None:
    """Show whether this machine's central database runs; exit 1 when it does not."""
    from sfa.cli.exits import NOTHING
    from sfa.render.centre import cluster_text

    found = _cluster().state()
    emit(cluster_text(found, format_of(format_)))
    if not found.running:
        raise typer.Exit(NOTHING)


def dev_url() -> None:
    """Print the address that people sign in with, without their name."""
    here = _cluster()
    here.state()
    emit(here.url())


def dev_remove(yes: Yes = False) -> None:
    """Stop this machine's central database and delete all its data."""
    here = _cluster()
    here.state()
    if not agreed(tr("Delete the central database in {path} for good?", path=str(here.data)), yes=yes):
        say(tr("Nothing was changed."))
        return
    here.remove()
