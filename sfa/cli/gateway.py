"""The one place where commands meet the store: reading, performing, and what a caller waits for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.cli.exits import say
from sfa.errors import Msg
from sfa.i18n import tr
from sfa.store import reading as store_reading
from sfa.store.home import LEASE_NAME, home_dir, is_there
from sfa.store.schema import ready

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.store.perform import Change


@contextmanager
def reading(*, without_lease: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the store for reading; ``without_lease`` also when it waits for a sync."""
    with store_reading.reading(ready_home(without_lease=without_lease)) as connection:
        yield connection


@contextmanager
def performing(name: Msg, *, dry_run: bool = False, **arguments: object) -> Iterator[Session]:
    """Open a transaction as a session; its name is what undo and history show."""
    from sfa.store.perform import performing as store_performing

    with store_performing(
        ready_home(), name=name, arguments=arguments, on_wait=_waiting, dry_run=dry_run
    ) as session:
        yield session


@contextmanager
def changing(
    name: Msg,
    *,
    dry_run: bool = False,
    links_later: bool = False,
    new_rows: int = 0,
    **arguments: object,
) -> Iterator[Change]:
    """Open a transaction on a raw connection; with ``links_later`` who writes checks the references."""
    from sfa.store.perform import changing as store_changing

    with store_changing(
        ready_home(),
        name=name,
        arguments=arguments,
        on_wait=_waiting,
        dry_run=dry_run,
        links_later=links_later,
        new_rows=new_rows,
    ) as change:
        yield change


def mind_the_role() -> None:
    """Refuse a change before anything is asked for it, where who is signed in may only read.

    Raises:
        Refused: the role may only read.
    """
    from sfa.store.rights import check_reader

    with reading() as connection:
        check_reader(connection)


def ready_home(*, without_lease: bool = False) -> Path:
    """Return the home with its store made or brought up to date; a remark says when that takes a while.

    Raises:
        LeaseOver: the organisation wants a sync first, and this is not asked ``without_lease``.
    """
    home = home_dir()
    ready(home, on_upgrade=_upgrading)
    if not without_lease and is_there(home / LEASE_NAME):
        from sfa.store.lease import check  # few organisations have one

        check(home)
    return home


def _upgrading() -> None:
    say(tr("The store is brought up to date, after a backup. A large one takes some minutes …"))


def _waiting() -> None:
    say(tr("Waiting for another process to finish its change …"))
