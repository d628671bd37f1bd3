"""sfa log: one line into a visit, call or message with who was there and the next task."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli import questions
from sfa.cli.exits import say
from sfa.cli.gateway import mind_the_role, performing, reading
from sfa.cli.log_line import Worked, doubts_of, preview_of, settle, understand
from sfa.cli.noun_changing import print_row
from sfa.cli.options import DryRun, Yes, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import Ambiguous, NeedsDecision, msg
from sfa.i18n import tr
from sfa.render.visit_preview import preview_text


def log(
    line: Annotated[
        list[str],
        typer.Argument(
            metavar="LINE", help=msg("What happened, with whom, and what follows."), show_default=False
        ),
    ],
    account: Annotated[
        str,
        typer.Option(
            "--account",
            metavar="REF",
            help=msg("The account, when the line does not say."),
            autocompletion=completer("account"),
        ),
    ] = "",
    on: Annotated[str, typer.Option("--on", metavar="DAY", help=msg("The day it happened."))] = "",
    create: Annotated[
        bool, typer.Option("--create", help=msg("Add the account and contacts that are not known yet."))
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    format_: Format = "",
) -> None:
    """Log a visit, call or message from one line."""
    fmt = format_of(format_)
    mind_the_role()
    with reading() as connection:
        worked = understand(connection, " ".join(line), account=account, on=on, create=create)
    if yes and not dry_run:
        _refuse_doubts(worked)
    elif dry_run or not questions.can_ask():
        emit(preview_text(preview_of(worked), fmt))
        if dry_run:
            return
        for name, text in doubts_of(worked):
            say(tr("{field}: {reason}", field=name, reason=text))
        raise NeedsDecision(
            msg("Nothing was written: the line waits for a yes."),
            hint=msg("Repeat it with --yes, or run it on a terminal."),
        )
    else:
        settle(worked)
        say(preview_text(preview_of(worked), "table").rstrip())
        if not questions.confirm(tr("Write it down?")):
            say(tr("Nothing was written."))
            raise typer.Exit(1)
    row, task = _write(worked)
    print_row(row, fmt, tr("Logged"))
    if task:
        say(task)


def _refuse_doubts(worked: Worked) -> None:
    doubts = doubts_of(worked)
    if not doubts:
        return
    unknown = worked.account is None and bool(worked.draft.account)
    raise Ambiguous(
        msg("The line leaves something in doubt; nothing was written."),
        matches=doubts,
        hint=msg("Say it in the line or with --account and --on; --create adds an account that is not known.")
        if unknown
        else msg("Say it in the line or with --account and --on, or run it on a terminal to be asked."),
    )


def _write(worked: Worked) -> tuple[Any, str]:
    from sfa.services import visits

    today = clock.today()
    draft = worked.draft
    noun = "visit" if draft.kind == "visit" else "activity"
    with performing(msg("Log {noun} {label}"), noun=noun, label=worked.label()) as session:
        account_id = worked.account.id if worked.account else None
        if account_id is None and worked.creates_account:
            account_id = visits.add_company(session, draft.account)
        attendees: list[dict[str, object]] = []
        for each in worked.people:
            if each.match is not None:
                attendees.append({f"{each.match.noun}_id": each.match.id})
            elif each.creates:
                attendees.append({"contact_id": visits.add_person(session, each.text, account_id)})
            else:
                attendees.append({"name": each.text})
        row = visits.log_visit(session, draft, account_id, attendees, at=worked.at(), today=today)
    if draft.next_step and draft.next_due_on:
        return row, tr("Next: {step}, {day}", step=draft.next_step, day=draft.next_due_on.isoformat())
    return row, ""
