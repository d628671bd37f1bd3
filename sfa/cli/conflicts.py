"""sfa conflicts: two changes of one value, and which of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import Lazy, LazyGroup
from sfa.cli.lazy import group as lazy_group
from sfa.cli.noun import own
from sfa.cli.noun_changing import find
from sfa.cli.options import REF_HELP, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, ChangedMeanwhile, Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.services.conflicts import Settled

CONFLICT = noun_of("conflict")
Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("conflict"), show_default=False),
]
Everybodys = Annotated[
    bool, typer.Option("--all", help=msg("Those of colleagues too, and those that are decided."))
]


def group() -> LazyGroup:
    """Return the group of conflicts."""
    verbs: dict[str, Lazy] = {
        "list": own(list_, msg("List those that wait for you")),
        "show": own(show, msg("Show one side by side")),
        "accept-mine": own(accept_mine, msg("Let your value stand")),
        "accept-theirs": own(accept_theirs, msg("Let the other one's value stand")),
        "accept": own(accept, msg("Let the value that won stand, or the one that lost")),
        "merge": own(merge, msg("Write another value instead of both")),
    }
    return lazy_group("conflicts", tr("Values that two people changed at once"), verbs)


def list_(everybodys: Everybodys = False, format_: Format = "") -> None:
    """List the conflicts in which you have a side, or whose record is yours."""
    from sfa.render.decisions import conflicts_text
    from sfa.reports.decisions import conflicts

    fmt = format_of(format_)
    with reading() as connection:
        found = conflicts(connection, everybodys=everybodys)
    emit(conflicts_text(found, fmt))
    if not found and fmt == "table":
        say(tr("No conflict waits.") if everybodys else tr("No conflict waits for you. All of them: --all."))


def show(ref: Ref, format_: Format = "") -> None:
    """Show one conflict: before, yours, theirs, and what the record holds now."""
    fmt = format_of(format_)
    found = find(CONFLICT, ref)
    emit(_side_by_side(found.id, fmt))
    if fmt == "table":
        say(
            tr(
                "Decide: sfa conflicts accept-mine {ref}, accept-theirs {ref}, or merge {ref} FIELD=VALUE.",
                ref=found.ref,
            )
        )


def _side_by_side(conflict_id: str, fmt: str) -> str:
    from sfa.render.decisions import conflict_text
    from sfa.reports.decisions import conflict

    with reading() as connection:
        return conflict_text(conflict(connection, conflict_id), fmt)


@contextmanager
def _settling(conflict_id: str) -> Iterator[Any]:
    """Open the change that settles a conflict; when the record changed meanwhile, show what it is now."""
    try:
        with performing(msg("Settle a conflict")) as session:
            yield session
    except ChangedMeanwhile:
        say(_side_by_side(conflict_id, "table"))
        raise


def _told(done: Settled, what: Msg, fmt: str) -> None:
    from sfa.render.decisions import decision_text

    emit(decision_text(done, "conflict", fmt))
    say(tr("{what}: {noun} {label}", what=what, noun=_noun_label(done.noun), label=done.label))


def _noun_label(noun: str) -> Msg:
    return noun_of(noun).label if noun else msg("setting")


def accept_mine(ref: Ref, format_: Format = "") -> None:
    """Let your value stand, whether it won or lost."""
    from sfa.services import conflicts

    fmt, found = format_of(format_), find(CONFLICT, ref)
    with _settling(found.id) as session:
        done = conflicts.accept_mine(session, found.id, today=clock.today())
    _told(done, msg("Yours stands"), fmt)


def accept_theirs(ref: Ref, format_: Format = "") -> None:
    """Let the other one's value stand, whether it won or lost."""
    from sfa.services import conflicts

    fmt, found = format_of(format_), find(CONFLICT, ref)
    with _settling(found.id) as session:
        done = conflicts.accept_theirs(session, found.id, today=clock.today())
    _told(done, msg("Theirs stands"), fmt)


def accept(
    ref: Ref,
    kept: Annotated[bool, typer.Option("--kept", help=msg("The value that won."))] = False,
    lost: Annotated[bool, typer.Option("--lost", help=msg("The value that lost."))] = False,
    format_: Format = "",
) -> None:
    """Let the value that won stand, or the one that lost, whosever it is."""
    from sfa.services import conflicts

    fmt = format_of(format_)
    if kept == lost:
        raise BadUsage(msg("Say either --kept or --lost."), hint=msg("Look at both: sfa conflicts show REF."))
    found = find(CONFLICT, ref)
    chosen = conflicts.accept_kept if kept else conflicts.accept_lost
    with _settling(found.id) as session:
        done = chosen(session, found.id, today=clock.today())
    _told(done, msg("What won stands") if kept else msg("What lost was taken"), fmt)


def merge(
    ref: Ref,
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FIELD=VALUE]...",
            help=msg("What the record is to hold; nothing confirms what it holds by now."),
            show_default=False,
        ),
    ] = None,
    format_: Format = "",
) -> None:
    """Write other values into the record instead of either side."""
    from sfa.services import conflicts

    fmt, found = format_of(format_), find(CONFLICT, ref)
    texts = dict(_pair(each) for each in values or ())
    with _settling(found.id) as session:
        done = conflicts.merge(session, found.id, texts, today=clock.today())
    _told(done, msg("Merged"), fmt)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadUsage(msg("Write FIELD=VALUE, not {text!r}."), text=text)
    return name.strip(), value
