"""sfa quote: making one and what becomes of it, besides the general verbs. Lines: ``quote_lines``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli import quote_lines, quote_print
from sfa.cli.exits import say
from sfa.cli.gateway import performing
from sfa.cli.lazy import Lazy, LazyGroup, command
from sfa.cli.noun import VERBS, noun_group, own
from sfa.cli.noun_changing import More, find, make_add, print_row
from sfa.cli.options import REF_HELP, completer
from sfa.cli.output import Format, format_of
from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("quote")
Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("quote"), show_default=False),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=msg("Why."))]
_LINE = Annotated[
    list[str] | None,
    typer.Option(
        "--line",
        metavar="LINE",
        help=msg("A line, as 'NAME x QUANTITY @ PRICE -DISCOUNT%'; can be given several times."),
        show_default=False,
    ),
]


def group() -> LazyGroup:
    """Return the quote group."""
    add_text = msg("Add one, with its lines")
    more = {
        "add": Lazy(add_text, lambda: command(_adding(), "add", tr(add_text)), VERBS),
        **quote_lines.verbs(),
        "print": own(quote_print.print_, msg("Print one as PDF, HTML, spreadsheet or mail")),
        "submit": own(submit, msg("Ask for approval of one")),
        "recall": own(recall, msg("Take back what waits for approval")),
        "approve": own(approve, msg("Approve one that waits for it")),
        "reject": own(reject, msg("Send one that waits for approval back")),
        "send": own(send, msg("Mark one as sent to the customer")),
        "accept": own(accept, msg("Note that the customer accepted")),
        "decline": own(decline, msg("Note that the customer declined, and why")),
        "expire": own(expire, msg("Close one that nobody answered in time")),
        "revise": own(revise, msg("Begin the next revision of one")),
        "diff": own(diff, msg("Compare two revisions of one")),
    }
    return noun_group("quote", msg("Quotes: list, add, add-line, submit, approve, send …"), more)


def _adding() -> Any:
    def lines_of(given: Any) -> dict[str, Any]:
        return {"lines": tuple(given["lines"] or ())}

    return make_add(NOUN, More([("lines", _LINE, None)], lines_of))


def _do(ref: str, fmt: str, name: Msg, done: str, verb: str, *arguments: Any, **more: Any) -> Any:
    """Run a service of ``quote_states`` on the quote that a reference names."""
    from sfa.services import quote_states

    fmt = format_of(fmt)
    quote = find(NOUN, ref)
    with performing(name, label=quote.label) as session:
        row = getattr(quote_states, verb)(session, quote.id, *arguments, today=clock.today(), **more)
    print_row(row, fmt, done)
    return row


def submit(ref: Ref, format_: Format = "") -> None:
    """Ask for approval of a quote; the centre decides at the next sync, or an approver after it."""
    _do(ref, format_, msg("Submit quote {label}"), tr("Submitted"), "submit")
    say(tr("It goes to the centre with the next sync: sfa sync."))


def recall(ref: Ref, format_: Format = "") -> None:
    """Take back a quote that waits for approval; it is a draft again."""
    _do(ref, format_, msg("Take back quote {label}"), tr("Taken back"), "recall")


def approve(ref: Ref, reason: Reason = "", format_: Format = "") -> None:
    """Approve a quote that waits for it; it holds when the centre has confirmed it."""
    _do(
        ref,
        format_,
        msg("Approve quote {label}"),
        tr("Approved, for the centre to confirm"),
        "approve",
        reason=reason,
    )
    say(tr("It goes to the centre with the next sync: sfa sync."))


def reject(ref: Ref, reason: Reason = "", format_: Format = "") -> None:
    """Send a quote that waits for approval back to its author, and say why."""
    _do(ref, format_, msg("Reject quote {label}"), tr("Sent back"), "reject", reason)
    say(tr("It goes to the centre with the next sync: sfa sync."))


def send(ref: Ref, format_: Format = "") -> None:
    """Mark a quote as sent to the customer; from then on it is changed in a new revision."""
    _do(ref, format_, msg("Mark quote {label} as sent"), tr("Sent"), "send")


def accept(ref: Ref, format_: Format = "") -> None:
    """Note that the customer accepted a quote."""
    _do(ref, format_, msg("Accept quote {label}"), tr("Accepted"), "accept")


def decline(ref: Ref, reason: Reason = "", format_: Format = "") -> None:
    """Note that the customer declined a quote, and why."""
    _do(ref, format_, msg("Decline quote {label}"), tr("Declined"), "decline", reason)


def expire(ref: Ref, reason: Reason = "", format_: Format = "") -> None:
    """Close a quote that nobody answered before its last day."""
    _do(ref, format_, msg("Close expired quote {label}"), tr("Expired"), "expire", reason or None)


def revise(
    ref: Ref,
    valid_until: Annotated[
        str, typer.Option("--valid-until", metavar="DAY", help=msg("The last day of the new revision."))
    ] = "",
    format_: Format = "",
) -> None:
    """Begin the next revision of a quote: the number stays, the revision before it is kept."""
    from sfa.finding.days import day_or_refuse

    today = clock.today()
    until = day_or_refuse(valid_until, "valid_until", today=today) if valid_until else None
    _do(ref, format_, msg("Revise quote {label}"), tr("A new revision"), "revise", valid_until=until)


def diff(
    ref: Ref,
    first: Annotated[
        int | None,
        typer.Argument(metavar="R1", help=msg("The earlier revision."), show_default=False),
    ] = None,
    second: Annotated[
        int | None,
        typer.Argument(
            metavar="R2", help=msg("The later revision; else the present one."), show_default=False
        ),
    ] = None,
    format_: Format = "",
) -> None:
    """Compare two revisions of a quote: lines added, taken out, changed, and the totals."""
    from sfa.cli.gateway import reading
    from sfa.cli.output import emit
    from sfa.render.quote_diff import diff_text, total_text
    from sfa.reports.quote_diff import quote_diff

    fmt = format_of(format_)
    quote = find(NOUN, ref, deleted=None)
    with reading() as connection:
        found = quote_diff(connection, quote.id, first, second, today=clock.today())
    emit(diff_text(found, fmt))
    if fmt == "table":
        say(tr("Nothing differs.") if found.is_same else total_text(found))
