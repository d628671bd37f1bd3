"""sfa backup: make, list, restore; without a verb it makes one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sfa.cli.asking import agreed
from sfa.cli.exits import say
from sfa.cli.lazy import Lazy, LazyGroup, command
from sfa.cli.lazy import group as lazy_group
from sfa.cli.options import Yes
from sfa.cli.output import Format, emit, format_of
from sfa.errors import Msg, SfaError, msg
from sfa.i18n import tr, tr_plural
from sfa.store.home import home_dir

_VERBS: dict[str, tuple[Msg, str]] = {
    "make": (msg("Make one, also to a file or folder of your choice"), "make"),
    "list": (msg("List those that are there"), "list_"),
    "restore": (msg("Bring one back; the present store is kept aside"), "restore"),
}


def group() -> LazyGroup:
    """Return the backup group."""
    lazy = {name: Lazy(text, _loader(name), msg("Commands")) for name, (text, _) in _VERBS.items()}
    made: LazyGroup = lazy_group("backup", tr("Make or bring back a backup"), lazy, _make_by_default)
    return made


def _loader(name: str) -> Any:
    text, function = _VERBS[name]
    return lambda: command(globals()[function], name, tr(text))


def _make_by_default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        make()


def make(
    target: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help=msg("A new file, or a folder."), show_default=False),
    ] = None,
) -> None:
    """Copy the store and the attached files into one verified file."""
    from sfa.store.backup import backup

    made = backup(home_dir(), target)
    emit(str(made.path))
    size = tr("{size} MB", size=f"{made.size_bytes / 1_000_000:.1f}")
    say(
        tr_plural(
            "Backed up and verified: {size}, {count} attached file.",
            "Backed up and verified: {size}, {count} attached files.",
            made.contents,
            size=size,
        )
    )
    if made.missing:
        say(
            tr_plural(
                "{count} attached file is not in the content folder, so not in the backup; see: sfa doctor",
                "{count} attached files are not in the content folder, so not in the backup; see: sfa doctor",
                len(made.missing),
            )
        )


def list_(format_: Format = "") -> None:
    """List the backups in the home, and those made elsewhere that are still there."""
    from sfa.render.backups import backups_text
    from sfa.store.backup import backups

    fmt = format_of(format_)
    found = backups(home_dir())
    emit(backups_text(found, fmt))
    if not found and fmt == "table":
        say(tr("There are no backups yet. Make one: sfa backup make"))


def _unsent() -> int:
    """Return how much of the present store its centre does not have; 0 where nobody can say."""
    from sfa.reports.freshness import freshness
    from sfa.store.home import is_there, store_path
    from sfa.store.reading import reading

    try:
        if not is_there(store_path(home_dir())):
            return 0
        with reading(home_dir()) as connection:
            return freshness(connection).unsent
    except SfaError:
        return 0  # a damaged store is what a backup is for


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=msg("The backup."), show_default=False)],
    yes: Yes = False,
) -> None:
    """Replace the store by a backup."""
    from sfa.store.restoring import restore_backup, verify

    verify(file)
    unsent = _unsent()
    if unsent:
        say(
            tr_plural(
                "{count} change of the present store has not been sent: after this it is in the kept file"
                " alone, unless the backup holds it. To be safe, answer no and run: sfa sync.",
                "{count} changes of the present store have not been sent: after this they are in the kept"
                " file alone, unless the backup holds them. To be safe, answer no and run: sfa sync.",
                unsent,
            )
        )
    if not agreed(tr("Replace the store by {file}?", file=str(file)), yes=yes):
        say(tr("Nothing was changed."))
        return
    done = restore_backup(home_dir(), file)
    say(tr("Restored: {file}", file=str(file)))
    if done.kept:
        say(tr("The store from before is kept as {path}", path=str(done.kept)))
    if done.erased_again:
        say(tr("Persons who were erased since have been erased again."))
    if done.erasures_unknown:
        say(tr("The store from before could not be read: erase again whoever was erased in it."))
