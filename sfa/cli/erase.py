"""sfa erase: a person's data everywhere, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sfa.cli.asking import agreed
from sfa.cli.exits import say
from sfa.cli.gateway import mind_the_role, performing, reading
from sfa.cli.options import REF_HELP, Yes
from sfa.cli.output import emit
from sfa.errors import msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr, tr_plural
from sfa.store.home import home_dir

if TYPE_CHECKING:
    from pathlib import Path

    from sfa.services.erase import Erased

_PEOPLE = ("contact", "lead", "account", "user")


def erase(
    ref: Annotated[str, typer.Argument(metavar="REF", help=REF_HELP, show_default=False)],
    yes: Yes = False,
) -> None:
    """Blank a person's name, numbers, notes and files in every row and in all history."""
    from sfa.finding.references import resolve_any
    from sfa.services import erase as service

    mind_the_role()
    with reading() as connection:
        found = resolve_any(connection, ref, _PEOPLE, deleted=None)
    question = tr(
        "Erase {noun} {label} for good? It cannot be undone.",
        noun=noun_of(found.noun).label,
        label=found.label,
    )
    if not agreed(question, yes=yes):
        say(tr("Nothing was changed."))
        return
    with performing(msg("Erase {noun} {ref}"), noun=found.noun, ref=found.ref[:5]) as session:
        done = service.erase(session, found.noun, found.id)
    _report(done, service.finish(home_dir()))


def _report(done: Erased, backups: list[Path]) -> None:
    emit(done.ref)
    rows = sum(done.rows.values())
    say(tr_plural("Erased: {count} row.", "Erased: {count} rows.", rows))
    if done.mentions:
        say(tr("The name still stands in what others wrote; read and edit these yourself:"))
        for each in done.mentions:
            say(f"  {each.table} {each.ref[:6]} {each.column}")
    if backups:
        say(tr("These backups still hold the person; a restore erases again. Delete them if you must:"))
        for path in backups:
            say(f"  {path}")
