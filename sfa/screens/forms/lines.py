"""What is asked for in one line: a comment, what follows a task, the next step in a deal, a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sfa import clock
from sfa.errors import ChangedByBoth, Msg, msg
from sfa.fields import Field
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.screens.doing.late import Origin, over
from sfa.screens.forms.line import LineForm, SaveLine
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    import sqlite3

    from sqlmodel import Session

    from sfa.screens.app import SfaApp
    from sfa.screens.forms.both import Sides

# What drafts call the lines.
COMMENT, FOLLOWING, NEXT_STEP, REASON = "comment", "following", "next_step", "reason"
REJECT, DECLINE = "reject", "decline"
# What stands in the list of unsaved text.
TITLES = {
    COMMENT: msg("Comment on {label}"),
    FOLLOWING: msg("What follows {label}"),
    NEXT_STEP: msg("Next step in {label}"),
    REASON: msg("Reason: {label}"),
    REJECT: msg("Why quote {label} is sent back"),
    DECLINE: msg("Why the customer declined {label}"),
}
_SEVERAL = "several"
_EDIT = msg("Edit {noun} {label}")
_STEP = ("next_step", "next_step_on")


async def comment(app: SfaApp, noun: str, activity_id: str, *, draft: str = "") -> bool:
    """Ask what to say about an activity, and keep it there; say whether it was done.

    Here and below ``draft`` names the file of unsaved text that is taken up.
    """
    from sfa.screens.doing import visits

    if refuses_reader(app):
        return False
    kept = Draft(
        app.gateway.home,
        noun,
        activity_id,
        form=COMMENT,
        label=await _label(app, noun, activity_id),
        file=draft,
    )
    save = _saving(app, msg("Comment on an activity"), lambda text: visits.comment(activity_id, text))
    question, hint = tr("What do you want to say about it?"), tr("Whoever sees the visit reads it")
    return await app.push_screen_wait(LineForm(question, hint, save, draft=kept))


async def follow(app: SfaApp, ids: Sequence[str], *, draft: str = "") -> bool:
    """Ask what follows tasks, then close them as done; say whether it was done."""
    from sfa.interchange.follow_ups import read_follow_up
    from sfa.screens.doing import tasks

    if refuses_reader(app):
        return False

    def closing(text: str) -> Callable[[Session], Any]:
        following = read_follow_up(text, today=clock.today())
        return tasks.complete(ids, follow_up=following.text, follow_up_on=following.due_on)

    one = len(ids) == 1
    kept = Draft(
        app.gateway.home,
        "task",
        ids[0] if one else _SEVERAL,
        form=FOLLOWING,
        label=await _label(app, "task", ids[0]) if one else "",
        more={"ids": list(ids)},
        file=draft,
    )
    question, hint = tr("Done. What follows?"), tr("What and when: call back fri")
    save = _saving(app, msg("Complete a task"), closing)
    return await app.push_screen_wait(LineForm(question, hint, save, draft=kept))


async def turn_down(app: SfaApp, proposal_id: str, *, is_own: bool, draft: str = "") -> bool:
    """Ask why a proposal is turned down, or one's own taken back, and do it; say whether it was done."""
    from sfa.screens.doing import decisions

    if refuses_reader(app):
        return False
    kept = Draft(
        app.gateway.home,
        "proposal",
        proposal_id,
        form=REASON,
        label=await _label(app, "proposal", proposal_id),
        more={"is_own": is_own},
        file=draft,
    )
    save = _saving(
        app,
        msg("Settle a conflict"),
        lambda text: decisions.reject_proposal(proposal_id, text, is_own=is_own),
    )
    question = tr("Why do you take it back?") if is_own else tr("Why is it turned down?")
    return await app.push_screen_wait(
        LineForm(question, tr("Its author and decider read this."), save, draft=kept)
    )


async def answer_quote(app: SfaApp, ids: Sequence[str], verb: str, *, draft: str = "") -> bool:
    """Ask why quotes are sent back, or were declined, and write it; say whether it was done.

    ``verb`` is ``REJECT`` or ``DECLINE``.
    """
    from sfa.screens.doing import quotes

    if refuses_reader(app):
        return False
    one = len(ids) == 1
    kept = Draft(
        app.gateway.home,
        "quote",
        ids[0] if one else _SEVERAL,
        form=verb,
        label=await _label(app, "quote", ids[0]) if one else "",
        more={"ids": list(ids)},
        file=draft,
    )
    name = quotes.NAMES[verb]
    save = _saving(app, name.one if one else name.many, lambda text: quotes.become(verb, ids, text))
    question, hint = tr("Why did the customer decline?"), tr("So that the next one is better")
    if verb == REJECT:
        question, hint = tr("Why is it sent back?"), tr("Its author reads this and mends the quote.")
    return await app.push_screen_wait(LineForm(question, hint, save, draft=kept))


async def next_step(app: SfaApp, deal_id: str, *, draft: str = "") -> bool:
    """Ask what comes next in a deal, with its day, and write it; say whether it was done."""
    from sfa.finding.showing import show_fields
    from sfa.interchange.follow_ups import read_follow_up
    from sfa.screens.doing import records

    if refuses_reader(app):
        return False
    fields = _step_fields()

    def read(connection: sqlite3.Connection) -> tuple[str, dict[str, Any]]:
        label, _, values = show_fields(connection, "deal", deal_id, fields)
        return label, {field.name: values[field.name] for field in fields}

    label, base = await app.gateway.read(read)
    origin = Origin("deal", deal_id, base)

    async def save(text: str) -> bool:
        following = read_follow_up(text, today=clock.today())
        day = following.due_on.isoformat() if following.due_on else ""
        texts = {"next_step": following.text, "next_step_on": day}
        while True:
            work = over(origin, texts, lambda left: records.edit("deal", deal_id, left))
            try:
                done = await app.gateway.perform(_EDIT, work, noun="deal", label=label)
            except ChangedByBoth as error:
                sides = await _settled(app, error, fields, texts, origin)
                if sides is None:
                    return False
                texts = {name: typed for name, typed in texts.items() if sides.get(name, True)}
                continue
            app.told(done)
            return True

    kept = Draft(app.gateway.home, "deal", deal_id, form=NEXT_STEP, label=label, file=draft)
    question = tr("What is the next step in {deal}?", deal=label)
    line = LineForm(question, tr("What and when: call back fri"), save, draft=kept, origin=origin)
    return await app.push_screen_wait(line)


def _step_fields() -> list[Field]:
    described = noun_of("deal")
    return [field for field in map(described.field, _STEP) if field is not None]


async def _settled(
    app: SfaApp, error: ChangedByBoth, fields: Sequence[Field], texts: dict[str, str], origin: Origin
) -> Sides | None:
    """Ask which step stands, and go on from what the deal holds now."""
    from sfa.render.values import typed_value
    from sfa.screens.forms.both import settle

    before = {field.name: typed_value(field, origin.base[field.name]) for field in fields}
    sides = await settle(app, error, {field.name: field for field in fields}, texts, before)
    if sides is not None:
        origin.base.update(error.now)
    return sides


def _saving(app: SfaApp, name: Msg, work_of: Callable[[str], Callable[[Session], Any]]) -> SaveLine:
    async def save(text: str) -> bool:
        app.told(await app.gateway.perform(name, work_of(text)))
        return True

    return save


async def _label(app: SfaApp, noun: str, record_id: str) -> str:
    from sfa.finding.labels import labels

    found = await app.gateway.read(lambda connection: labels(connection, noun, [record_id]))
    return found.get(record_id, "")
