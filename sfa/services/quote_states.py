"""What becomes of a quote: submitted, approved, sent, answered, revised.

Only the centre approves. What somebody says here of a quote is sent to it, with the digest of what
they saw, and counts for nothing else. Source: docs/quotes.md.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlmodel import Session

from sfa import clock, ids
from sfa.errors import InvalidInput, Msg, Refused, msg
from sfa.fields import noun as noun_of
from sfa.finding import quoting
from sfa.finding.quoting import Quote as Read
from sfa.finding.quoting import rank
from sfa.interchange.quote_lines import digest_of
from sfa.models.quote import Quote
from sfa.services import records
from sfa.services.quote_lines import CONTENT
from sfa.services.rows import Row
from sfa.store import change
from sfa.terms import ApprovalStanding, QuoteState, QuoteVerdict

_NEXT: dict[QuoteState, frozenset[QuoteState]] = {
    QuoteState.SENT: frozenset({QuoteState.DRAFT, QuoteState.APPROVED}),
    QuoteState.ACCEPTED: frozenset({QuoteState.DRAFT, QuoteState.APPROVED, QuoteState.SENT}),
    QuoteState.REJECTED: frozenset({QuoteState.APPROVED, QuoteState.SENT, QuoteState.EXPIRED}),
    QuoteState.EXPIRED: frozenset({QuoteState.APPROVED, QuoteState.SENT}),
}


def submit(session: Session, quote_id: str, *, today: date, expected_version: int | None = None) -> Row:
    """Ask for approval. The centre decides at the next sync, or an approver after it.

    Raises:
        NotFound, StaleVersion: as every change.
        Refused: it is no draft, has no lines, or needs no approval.
    """
    quote: Quote = records.load(session, "quote", quote_id, expected_version)
    if quote.state != QuoteState.DRAFT:
        raise _not_now(quote, msg("Only a draft is submitted."))
    read = _read(session, quote_id, today)
    _refuse_empty(quote)
    if quoting.standing(records.raw(session), read).approval is ApprovalStanding.NOT_NEEDED:
        raise Refused(
            msg("The quote {number} needs no approval."),
            why=msg("Its discounts and margin are within your limits."),
            hint=msg("Print it and mark it as sent: sfa quote send {number}."),
            number=quote.number,
        )
    before = quote.version
    _say(session, read, QuoteVerdict.SUBMIT, None)
    return _set_state(session, quote, QuoteState.SUBMITTED, None, today, before)


def recall(session: Session, quote_id: str, *, today: date) -> Row:
    """Take back what was submitted; it is a draft again.

    Raises:
        NotFound: no such quote.
        Refused: it does not wait for approval.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    if quote.state != QuoteState.SUBMITTED:
        raise _not_now(quote, msg("It does not wait for approval."))
    before = quote.version
    _say(session, _read(session, quote_id, today), QuoteVerdict.RECALL, None)
    return _set_state(session, quote, QuoteState.DRAFT, None, today, before)


def approve(session: Session, quote_id: str, *, today: date, reason: str | None = None) -> Row:
    """Say yes to what was submitted; it is approved when the centre has confirmed it.

    Raises:
        NotFound: no such quote.
        Refused: it does not wait for approval, it is one's own, or it needs a higher role.
    """
    quote, read = _to_decide(session, quote_id, today)
    connection = records.raw(session)
    level = quoting.level_of(connection, read)
    role = quoting.my_role(connection)
    if rank(level.role) > rank(role) and not _stands_in(session, today):
        reason_said = level.reasons[-1] if level.reasons else None
        raise Refused(
            msg("Your role may not approve this quote."),
            why=reason_said.text if reason_said else None,
            hint=msg("Somebody above you may. Nothing was changed."),
            **(dict(reason_said.data) if reason_said else {}),
        )
    before = quote.version
    _say(session, read, QuoteVerdict.APPROVE, reason)
    return records.answer(session, "quote", quote, before=before - 1)


def reject(session: Session, quote_id: str, reason: str, *, today: date) -> Row:
    """Say no to what was submitted, and why; the centre makes it a draft again.

    Raises:
        NotFound: no such quote.
        InvalidInput: no reason.
        Refused: as ``approve``.
    """
    if not reason.strip():
        raise InvalidInput(msg("Reason"), msg("say why, so that the quote can be mended"))
    quote, read = _to_decide(session, quote_id, today)
    before = quote.version
    _say(session, read, QuoteVerdict.REJECT, reason.strip())
    return records.answer(session, "quote", quote, before=before - 1)


def send(session: Session, quote_id: str, *, today: date) -> Row:
    """Note that the customer has it.

    Raises:
        NotFound: no such quote.
        Refused: it needs an approval that it has not, has no lines, or was sent before.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    _check_move(quote, QuoteState.SENT)
    _refuse_empty(quote)
    _refuse_unapproved(session, quote, today)
    return _set_state(session, quote, QuoteState.SENT, None, today, quote.version)


def accept(session: Session, quote_id: str, *, today: date) -> Row:
    """Note that the customer said yes.

    Raises:
        NotFound: no such quote.
        Refused: it needs an approval that it has not, has expired, or is answered already.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    _check_move(quote, QuoteState.ACCEPTED)
    _refuse_empty(quote)
    if quote.valid_until is not None and quote.valid_until < today:
        raise Refused(
            msg("The quote {number} expired on {day}."),
            why=msg("What was offered holds no more."),
            hint=msg("Make a revision with another day: sfa quote revise {number} --valid-until DAY."),
            number=quote.number,
            day=quote.valid_until.isoformat(),
        )
    if quote.state != QuoteState.SENT:
        _refuse_unapproved(session, quote, today)
    return _set_state(session, quote, QuoteState.ACCEPTED, None, today, quote.version)


def decline(session: Session, quote_id: str, reason: str, *, today: date) -> Row:
    """Note that the customer said no, and why.

    Raises:
        NotFound: no such quote.
        InvalidInput: no reason.
        Refused: the customer has not got it, or answered already.
    """
    if not reason.strip():
        raise InvalidInput(msg("Reason"), msg("say why, so that the next one is better"))
    quote: Quote = records.load(session, "quote", quote_id)
    _check_move(quote, QuoteState.REJECTED)
    return _set_state(session, quote, QuoteState.REJECTED, reason.strip(), today, quote.version)


def expire(session: Session, quote_id: str, reason: str | None, *, today: date) -> Row:
    """Close a quote that nobody answered in time.

    Raises:
        NotFound: no such quote.
        Refused: the customer has not got it, or its day has not gone by.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    _check_move(quote, QuoteState.EXPIRED)
    if quote.valid_until is None or quote.valid_until >= today:
        raise _not_now(quote, msg("It still holds."))
    return _set_state(session, quote, QuoteState.EXPIRED, reason, today, quote.version)


def revise(session: Session, quote_id: str, *, today: date, valid_until: date | None = None) -> Row:
    """Begin the next revision: the number stays, what was there is kept, and the quote is a draft.

    Raises:
        NotFound: no such quote.
        Refused: it is a draft as it is, or the customer accepted it.
    """
    quote: Quote = records.load(session, "quote", quote_id)
    if quote.state in {QuoteState.DRAFT, QuoteState.SUBMITTED}:
        raise Refused(
            msg("The quote {number} can be changed as it is."),
            why=msg("The customer has not got this revision."),
            hint=msg("Change it: sfa quote edit {number}."),
            number=quote.number,
        )
    if quote.state == QuoteState.ACCEPTED:
        raise _not_now(quote, msg("The customer accepted it; another offer is another quote."))
    connection = records.raw(session)
    before = quote.version
    _keep(session, quote)
    held = valid_until or quote.valid_until
    new: dict[str, Any] = {
        "revision": quote.revision + 1,
        "state": QuoteState.DRAFT.value,
        "state_on": today,
        "state_reason": None,
    }
    if valid_until is not None or held is None or held < today:
        new["valid_until"] = valid_until or today + _usual_days(connection)
    records.assign(session, noun_of("quote"), quote, new)
    return records.answer(session, "quote", quote, before=before)


def _usual_days(connection: Any) -> Any:
    from datetime import timedelta

    from sfa.finding import organisation
    from sfa.services.quotes import USUAL_DAYS, VALID_DAYS

    days = organisation.setting(connection, VALID_DAYS, USUAL_DAYS)
    return timedelta(days=days if isinstance(days, int) else USUAL_DAYS)


def _keep(session: Session, quote: Quote) -> None:
    """Keep the present revision; two devices that revise the same one keep the same row."""
    connection = records.raw(session)
    names = ", ".join((*CONTENT, "state", "state_on", "state_reason", "approved_digest"))
    row = connection.execute(f"SELECT {names} FROM quote WHERE id = ?", (quote.id,)).fetchone()
    content = dict(zip(names.split(", "), tuple(row), strict=True))
    row_id = ids.shared_id("quote_revision", f"{quote.id}:{quote.revision}")
    gone = connection.execute("SELECT 1 FROM quote_revision WHERE id = ?", (row_id,)).fetchone()
    values = {
        "id": ids.uuid7(clock.wall_ms()) if gone else row_id,
        "quote_id": quote.id,
        "revision": quote.revision,
        "content": json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    }
    change.insert(connection, "quote_revision", values)


def _read(session: Session, quote_id: str, today: date) -> Read:
    return quoting.load_quote(records.raw(session), quote_id, today=today)


def _say(session: Session, read: Read, verdict: QuoteVerdict, reason: str | None) -> None:
    values = {
        "id": ids.uuid7(clock.wall_ms()),
        "quote_id": read.id,
        "verdict": verdict.value,
        "revision": read.values["revision"],
        "digest": digest_of(read.values),
        "reason": reason or None,
    }
    change.insert(records.raw(session), "quote_decision", values)


def _set_state(
    session: Session, quote: Quote, state: QuoteState, reason: str | None, today: date, before: int
) -> Row:
    new = {"state": state.value, "state_on": today, "state_reason": reason}
    records.assign(session, noun_of("quote"), quote, new)
    return records.answer(session, "quote", quote, before=before)


def _to_decide(session: Session, quote_id: str, today: date) -> tuple[Quote, Read]:
    """Return a quote that waits for a word that the user may say."""
    quote: Quote = records.load(session, "quote", quote_id)
    if quote.state != QuoteState.SUBMITTED:
        raise _not_now(quote, msg("It does not wait for approval."))
    me = records.change_of(session).actor
    said = quoting.decisions_of(records.raw(session), quote_id)
    submitters = [each["author"] for each in said if each["verdict"] == QuoteVerdict.SUBMIT]
    if me == quote.owner_id or me in submitters[-1:]:
        raise Refused(
            msg("Nobody decides on a quote of their own."),
            why=msg("You own it, or submitted it."),
            hint=msg("Somebody above you decides."),
        )
    return quote, _read(session, quote_id, today)


def _stands_in(session: Session, today: date) -> bool:
    """Say whether the user stands in for somebody who is absent today; the centre knows for whom."""
    row = records.raw(session).execute(
        "SELECT 1 FROM user WHERE delegate_id = ? AND absent_from_on <= ? AND absent_to_on >= ?"
        " AND is_active = 1 AND deleted_at IS NULL",
        (records.change_of(session).actor, today.isoformat(), today.isoformat()),
    )
    return row.fetchone() is not None


def _check_move(quote: Quote, to: QuoteState) -> None:
    if quote.state not in _NEXT[to]:
        raise _not_now(quote, _WHY_NOT.get(quote.state, msg("It is closed.")))


_WHY_NOT: dict[str, Msg] = {
    QuoteState.DRAFT: msg("The customer has not got it."),
    QuoteState.SUBMITTED: msg("It waits for approval."),
    QuoteState.SENT: msg("The customer has it."),
    QuoteState.ACCEPTED: msg("The customer accepted it."),
    QuoteState.REJECTED: msg("The customer rejected it."),
    QuoteState.EXPIRED: msg("It expired."),
}


def _refuse_empty(quote: Quote) -> None:
    if not quote.line_count:
        raise Refused(
            msg("The quote {number} has no lines."),
            hint=msg("Add one: sfa quote add-line {number} 'PRODUCT x 1'."),
            number=quote.number,
        )


def _refuse_unapproved(session: Session, quote: Quote, today: date) -> None:
    connection = records.raw(session)
    found = quoting.standing(connection, _read(session, quote.id, today))
    if found.approval in {ApprovalStanding.APPROVED, ApprovalStanding.NOT_NEEDED}:
        return
    first = found.reasons[0] if found.reasons else None
    raise Refused(
        msg("The quote {number} needs an approval first."),
        why=first.text if first else msg("The centre has not confirmed it."),
        hint=msg("Submit it: sfa quote submit {number}; then sfa sync."),
        number=quote.number,
        **(dict(first.data) if first else {}),
    )


def _not_now(quote: Quote, why: Msg) -> Refused:
    return Refused(
        msg("Not possible while the quote {number} is {state}."),
        why=why,
        hint=msg("See how it stands: sfa quote show {number}."),
        number=quote.number,
        state=state_label(quote.state),
    )


def state_label(state: str) -> Msg | str:
    """Return the word that people read for a state; an unknown one as it is."""
    field = noun_of("quote").field("state")
    assert field is not None
    return next((choice.label for choice in field.choices if choice.value == state), state)
