"""sfa activity: comment, besides the general verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa.cli.gateway import performing
from sfa.cli.lazy import Lazy, LazyGroup, command
from sfa.cli.next_step import NEXT_STEP
from sfa.cli.noun import VERBS, noun_group, own
from sfa.cli.noun_changing import find, make_add, make_edit, print_row
from sfa.cli.options import REF_HELP, completer
from sfa.cli.output import Format, format_of
from sfa.errors import msg
from sfa.fields import Noun
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("activity")
Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("activity"), show_default=False),
]
Text = Annotated[list[str], typer.Argument(metavar="TEXT", help=msg("What to say."), show_default=False)]


def group() -> LazyGroup:
    """Return the activity group."""
    more = {**with_next_step(NOUN), "comment": own(comment, msg("Say something about one"))}
    return noun_group("activity", msg("Activities: visits, calls, messages …"), more)


def with_next_step(noun: Noun) -> dict[str, Lazy]:
    """Return add and edit with the day of the next step as an option."""
    add, edit = msg("Add one"), msg("Change fields of one")
    return {
        "add": Lazy(add, lambda: command(make_add(noun, NEXT_STEP), "add", tr(add)), VERBS),
        "edit": Lazy(edit, lambda: command(make_edit(noun, NEXT_STEP), "edit", tr(edit)), VERBS),
    }


def comment(ref: Ref, text: Text, format_: Format = "") -> None:
    """Say something about an activity."""
    say_about(NOUN, ref, text, format_)


def say_about(noun: Noun, ref: str, text: list[str], format_: str) -> None:
    """Add a comment to an activity or visit and print it."""
    from sfa.services import activities

    fmt = format_of(format_)
    found = find(noun, ref)
    with performing(msg("Comment on {label}"), label=found.label) as session:
        row = activities.comment(session, found.id, " ".join(text))
    print_row(row, fmt, tr("Commented"))
