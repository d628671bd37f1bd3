"""sfa proposals: changes that wait for somebody's word, and late edits of what was handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sfa import clock
from sfa.cli.conflicts import Everybodys
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import Lazy, LazyGroup
from sfa.cli.lazy import group as lazy_group
from sfa.cli.noun import own
from sfa.cli.noun_changing import find
from sfa.cli.options import REF_HELP, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

if TYPE_CHECKING:
    from sfa.services.proposals import Decided

PROPOSAL = noun_of("proposal")
Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("proposal"), show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=msg("Why; the other one reads it."))]


def group() -> LazyGroup:
    """Return the group of proposals."""
    verbs: dict[str, Lazy] = {
        "list": own(list_, msg("List those that wait for you, and your own")),
        "show": own(show, msg("Show what one would change")),
        "accept": own(accept, msg("Make the proposed changes")),
        "reject": own(reject, msg("Turn one down, with a reason")),
        "withdraw": own(withdraw, msg("Take your own back")),
    }
    return lazy_group("proposals", tr("Changes that wait for somebody's word"), verbs)


def list_(everybodys: Everybodys = False, format_: Format = "") -> None:
    """List the proposals that you decide, and those you made."""
    from sfa.render.decisions import proposals_text
    from sfa.reports.decisions import proposals

    fmt = format_of(format_)
    with reading() as connection:
        found = proposals(connection, everybodys=everybodys)
    emit(proposals_text(found, fmt))
    if not found and fmt == "table":
        say(tr("No proposal waits.") if everybodys else tr("No proposal waits for you. All of them: --all."))


def show(ref: Ref, format_: Format = "") -> None:
    """Show a proposal: every field that it would change, and what that holds now."""
    from sfa.render.decisions import proposal_text
    from sfa.reports.decisions import proposal

    fmt = format_of(format_)
    found = find(PROPOSAL, ref)
    with reading() as connection:
        view = proposal(connection, found.id)
    emit(proposal_text(view, fmt))
    if fmt == "table" and view.decided is None and view.may_decide:
        say(
            tr(
                "Decide with: sfa proposals accept {ref}, or: sfa proposals reject {ref} --reason TEXT.",
                ref=found.ref,
            )
        )


def accept(
    ref: Ref,
    partial: Annotated[
        bool, typer.Option("--partial", help=msg("Leave out what was changed since it was proposed."))
    ] = False,
    format_: Format = "",
) -> None:
    """Make the proposed changes as your own."""
    from sfa.services import proposals

    fmt, found = format_of(format_), find(PROPOSAL, ref)
    with performing(msg("Accept a proposal")) as session:
        done = proposals.accept(session, found.id, partial=partial, today=clock.today())
    _told(done, msg("Accepted"), fmt)
    for noun, label, field in done.left:
        say(tr("Left out: {noun} {label}: {field}", noun=noun, label=label, field=field))


def reject(ref: Ref, reason: Reason = "", format_: Format = "") -> None:
    """Turn a proposal down; nothing is changed."""
    from sfa.services import proposals

    fmt, found = format_of(format_), find(PROPOSAL, ref)
    with performing(msg("Reject a proposal")) as session:
        done = proposals.reject(session, found.id, reason=reason)
    _told(done, msg("Rejected"), fmt)


def withdraw(ref: Ref, reason: Reason = "", format_: Format = "") -> None:
    """Take your own proposal back; nothing is changed."""
    from sfa.services import proposals

    fmt, found = format_of(format_), find(PROPOSAL, ref)
    with performing(msg("Withdraw a proposal")) as session:
        done = proposals.withdraw(session, found.id, reason=reason)
    _told(done, msg("Withdrawn"), fmt)


def _told(done: Decided, what: Msg, fmt: str) -> None:
    from sfa.render.decisions import decision_text

    emit(decision_text(done, "proposal", fmt))
    noun = noun_of(done.noun).label if done.noun else msg("setting")
    say(tr("{what}: {noun} {label}", what=what, noun=noun, label=done.label))
