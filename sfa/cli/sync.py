"""sfa sync: bring this store and the team's centre in step; without a verb it syncs once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfa.cli.exits import DONE, INTERRUPTED, NOTHING, report, say
from sfa.cli.gateway import reading
from sfa.cli.lazy import Lazy, LazyGroup, command
from sfa.cli.lazy import group as lazy_group
from sfa.cli.options import DryRun
from sfa.cli.output import Format, emit, format_of
from sfa.cli.passwords import PasswordFd
from sfa.cli.progress import progress
from sfa.errors import BadUsage, Msg, SyncError, msg
from sfa.i18n import tr, tr_plural
from sfa.store.home import home_dir

if TYPE_CHECKING:
    from sfa.sync.engine import Telling
    from sfa.sync.kept import KeptStore
    from sfa.sync.running import Synced

_VERBS: dict[str, tuple[Msg, str]] = {
    "status": (msg("Last run, what is unsent, what waits for you"), "status"),
    "log": (msg("The latest runs"), "log"),
    "not-taken": (msg("Changes of yours that were not taken as they are"), "not_taken"),
    "seen": (msg("Say that you saw what became of them: they wait no longer"), "seen"),
}
_MINUTE_S = 60


def group() -> LazyGroup:
    """Return the sync group."""
    lazy = {
        name: Lazy(text, _loader(name, text, function), msg("Commands"))
        for name, (text, function) in _VERBS.items()
    }
    made: LazyGroup = lazy_group(
        "sync", tr("Bring this store and the centre in step"), lazy, _sync_by_default
    )
    return made


def _loader(name: str, text: Msg, function: str) -> Any:
    return lambda: command(globals()[function], name, tr(text))


def _sync_by_default(
    context: typer.Context,
    dry_run: DryRun = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help=msg("Compare everything with the centre, and repair what differs.")),
    ] = False,
    watch: Annotated[
        int | None,
        typer.Option(
            "--watch",
            metavar="MINUTES",
            min=1,
            help=msg("Sync again and again, with so many minutes between."),
            show_default=False,
        ),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help=msg("Print the result as JSON."))] = False,
    password_fd: PasswordFd = None,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from sfa.sync.credentials import given_password

    secret = given_password(password_fd)
    fmt = "json" if json_ else "table"
    try:
        if dry_run:
            _foretell(secret, fmt)
        elif watch is None:
            raise typer.Exit(_once(secret, fmt, verify=verify))
        else:
            _again_and_again(secret, fmt, watch)
    except KeyboardInterrupt:
        say(tr("Interrupted. What was synced stays; the next sync goes on from there."))
        raise typer.Exit(INTERRUPTED) from None


def _once(secret: str | None, fmt: str, *, verify: bool, kept: KeptStore | None = None) -> int:
    from sfa.sync import running

    with _showing() as tell:
        done = running.sync(home_dir(), password=secret, verify=verify, on_progress=tell, kept=kept)
    if verify and done.result.verified is None and fmt != "json":
        say(_why_not_compared(done))
    return told(done, fmt)


def _why_not_compared(done: Synced) -> str:
    if done.standing.unsent:
        return tr("Not compared with the centre: changes wait to be sent.")
    return tr("Not compared with the centre: it keeps its data in another version than this program.")


@contextmanager
def _showing() -> Iterator[Telling]:
    from sfa.render.syncs import doing_text

    with progress() as show:
        yield lambda at: show(doing_text(at), at.done, at.total or 0)


def told(done: Synced, fmt: str) -> int:
    """Print what a sync did; return the exit code: 1 when something waits for a decision."""
    from sfa.render.syncs import decisions_text, proposed_text, synced_text

    emit(synced_text(done, fmt))
    if fmt != "json":
        for line in [*proposed_text(done), *decisions_text(done.standing)]:
            say(line)
    return NOTHING if done.waits else DONE


def _again_and_again(secret: str | None, fmt: str, minutes: int) -> None:
    """Sync until somebody interrupts; a centre that cannot be reached is tried again next time."""
    from sfa.sync.kept import KeptStore

    with closing(KeptStore(home_dir())) as kept:
        while True:
            try:
                _once(secret, fmt, verify=False, kept=kept)
            except SyncError as error:
                report(error)
            time.sleep(minutes * _MINUTE_S)


def _foretell(secret: str | None, fmt: str) -> None:
    from sfa.render.syncs import outlook_text
    from sfa.sync import running

    emit(outlook_text(running.outlook(home_dir(), password=secret), fmt))


def status(format_: Format = "") -> None:
    """Show the last run, the age of the data, what is unsent and what waits; exit 1 when something waits."""
    from sfa.render.syncs import standing_text
    from sfa.sync.device import state

    fmt = format_of(format_)
    with reading(without_lease=True) as connection:
        found = state.standing(connection)
        centre = state.centre(connection)
    emit(standing_text(found, centre, fmt))
    if found.to_decide or found.not_applied:
        raise typer.Exit(NOTHING)


def not_taken(
    everything: Annotated[bool, typer.Option("--all", help=msg("Those that you have seen too."))] = False,
    format_: Format = "",
) -> None:
    """List the changes of yours that were turned down or cannot be held by the centre."""
    from sfa.render.sync_place import not_taken_text
    from sfa.reports.not_taken import not_taken as asked

    fmt = format_of(format_)
    with reading() as connection:
        found = asked(connection, seen_too=everything, limit=None)
    emit(not_taken_text(found, fmt))
    if fmt == "table":
        if found:
            say(tr("They wait until you have seen them: sfa sync seen REF, or: sfa sync seen --all."))
        else:
            say(tr("Every change of yours was taken, or you have seen what became of it."))


def seen(
    refs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[REF]...", help=msg("Changes from sfa sync not-taken."), show_default=False),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=msg("All of them."))] = False,
) -> None:
    """Say that you saw what became of changes of yours; they are kept and wait no longer."""
    from sfa.reports.not_taken import find_not_taken
    from sfa.reports.not_taken import not_taken as asked
    from sfa.sync import running

    if bool(refs) == everything:
        raise BadUsage(msg("Name changes, or say --all."), hint=msg("See: sfa sync not-taken."))
    with reading() as connection:
        found = (
            asked(connection, limit=None)
            if everything
            else [find_not_taken(connection, ref) for ref in refs or ()]
        )
    count = running.mark_seen(home_dir(), [each.tx_id for each in found])
    say(tr_plural("{count} change waits no longer.", "{count} changes wait no longer.", count))


def log(
    limit: Annotated[int, typer.Option("--limit", min=1, help=msg("How many."))] = 20, format_: Format = ""
) -> None:
    """List the latest runs, the newest first."""
    from sfa.render.syncs import runs_text
    from sfa.sync.device import state

    fmt = format_of(format_)
    with reading(without_lease=True) as connection:
        found = state.runs(connection, limit)
    emit(runs_text(found, fmt))
