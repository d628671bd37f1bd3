"""The one way to change the store: a transaction with its actor, instant and name.

``changing`` gives a raw connection; ``performing`` a SQLModel session on it. Both
commit whole or leave nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.errors import Msg
from sfa.store import change
from sfa.store.change import Notice
from sfa.store.connection import StoreConnection, open_writing, unusable
from sfa.store.first_load import pages_written_once
from sfa.store.refusals import explain
from sfa.store.schema import ready
from sfa.terms import ChangeKind, Role

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(slots=True)
class Change:
    """An open transaction; its name may be settled while it runs."""

    connection: StoreConnection
    tx_id: str
    name: Msg
    arguments: dict[str, object] = field(default_factory=dict)
    kind: ChangeKind = ChangeKind.CHANGE
    undoes: str | None = None
    committed: bool = False

    @property
    def actor(self) -> str | None:
        """Return the id of the user who changes."""
        return self.connection.capture.actor

    @property
    def stamp(self) -> str:
        """Return the transaction's instant as stored text."""
        return self.connection.capture.stamp

    def call(self, name: Msg, **arguments: object) -> None:
        """Give the transaction the name that undo and history show."""
        self.name = name
        self.arguments = arguments


@contextmanager
def changing(
    home: Path,
    *,
    name: Msg,
    arguments: Mapping[str, object] | None = None,
    kind: ChangeKind = ChangeKind.CHANGE,
    actor: str | None = None,
    on_wait: Notice | None = None,
    dry_run: bool = False,
    links_later: bool = False,
    new_rows: int = 0,
) -> Iterator[Change]:
    """Open a captured transaction on a raw connection; commit at the end, or nothing.

    With ``dry_run`` everything is taken back at the end all the same. With ``links_later``
    SQLite checks no references: who writes many rows notes and checks them (``bulk_checks.Links``).
    ``new_rows`` is about how many come, when they are many: see ``first_load``.

    Raises:
        StoreUnusable: the store cannot be opened, locked or written.
        Refused: the role of who is signed in does not allow the change.
        InvalidInput: a constraint of the store refuses the change.
    """
    path = ready(home)
    connection = open_writing(path)
    loading = ExitStack()
    try:
        _mind_the_role(connection)
        if links_later:
            connection.execute("PRAGMA foreign_keys = OFF")
        loading.enter_context(pages_written_once(connection, new_rows))
        tx_id = change.begin(connection, actor=actor, on_wait=on_wait)
        found = Change(connection, tx_id, name, dict(arguments or {}), kind)
        yield found
        if change.local_state(connection, "sync_role") is not None:
            from sfa.store.rights import check_rights  # nobody but who signed in has a role to mind

            check_rights(connection)
        if dry_run:
            change.rollback(connection)
            return
        done = change.commit(
            connection, name=found.name, arguments=found.arguments, kind=found.kind, undoes=found.undoes
        )
        found.committed = done is not None
    except sqlite3.IntegrityError as error:
        change.rollback(connection)
        raise explain(error) from error
    except sqlite3.Error as error:
        change.rollback(connection)
        raise unusable(error, path) from error
    except BaseException:
        change.rollback(connection)
        raise
    finally:
        with closing(connection):
            loading.close()


def _mind_the_role(connection: StoreConnection) -> None:
    """Refuse at once what a role that may only read would have refused in the end."""
    if change.local_state(connection, "sync_role") == Role.READ_ONLY:
        from sfa.store.rights import reader_refused

        raise reader_refused()


@contextmanager
def performing(
    home: Path,
    *,
    name: Msg,
    arguments: Mapping[str, object] | None = None,
    actor: str | None = None,
    on_wait: Notice | None = None,
    dry_run: bool = False,
) -> Iterator[Session]:
    """Open a transaction as a SQLModel session; ``session.info["change"]`` is its ``Change``."""
    from sqlalchemy.exc import DBAPIError

    from sfa.store.orm import session_on

    with changing(
        home, name=name, arguments=arguments, actor=actor, on_wait=on_wait, dry_run=dry_run
    ) as found:
        session = session_on(found.connection)
        session.info["change"] = found
        try:
            yield session
            session.flush()
        except DBAPIError as error:
            if isinstance(error.orig, sqlite3.Error):
                raise error.orig from error
            raise
        finally:
            session.close()
