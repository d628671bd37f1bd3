"""The one place where commands meet the store: reading, performing, and what a caller waits for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sfa.cli.exits import say
from sfa.errors import Msg
from sfa.i18n import tr
from sfa.store import reading as store_reading
from sfa.store.home import home_dir

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.store.perform import Change


@contextmanager
def reading() -> Iterator[sqlite3.Connection]:
    """Open the store for reading."""
    with store_reading.reading(home_dir()) as connection:
        yield connection


@contextmanager
def performing(name: Msg, *, dry_run: bool = False, **arguments: object) -> Iterator[Session]:
    """Open a transaction as a session; its name is what undo and history show."""
    from sfa.store.perform import performing as store_performing

    with store_performing(
        home_dir(), name=name, arguments=arguments, on_wait=_waiting, dry_run=dry_run
    ) as session:
        yield session


@contextmanager
def changing(
    name: Msg, *, dry_run: bool = False, links_later: bool = False, **arguments: object
) -> Iterator[Change]:
    """Open a transaction on a raw connection; with ``links_later`` who writes checks the references."""
    from sfa.store.perform import changing as store_changing

    with store_changing(
        home_dir(),
        name=name,
        arguments=arguments,
        on_wait=_waiting,
        dry_run=dry_run,
        links_later=links_later,
    ) as change:
        yield change


def _waiting() -> None:
    say(tr("Waiting for another process to finish its change …"))
