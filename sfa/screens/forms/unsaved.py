"""Text that an earlier run left unsaved: offered when the app opens, and taken up in its form again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sfa.errors import NotFound
from sfa.fields import NOUNS
from sfa.fields import noun as noun_of
from sfa.i18n import tr
from sfa.render import dates
from sfa.render.cells import one_line
from sfa.screens.convert import CONVERT, convert_lead
from sfa.screens.forms import lines
from sfa.screens.forms.book_copy import COPIED, copy_book
from sfa.screens.forms.book_copy import TITLE as COPY_OF
from sfa.screens.forms.buying_role import ROLE, contact_of, edit_role
from sfa.screens.forms.closing import LOST, WON, close_deal
from sfa.screens.forms.opening import REPORTED, add_record, edit_record, report_visit
from sfa.screens.forms.price import PRICED, edit_price, entry_of_draft
from sfa.screens.forms.together import TOGETHER, edit_together
from sfa.screens.orders import events, making, money
from sfa.screens.quote_lines.loading import LINES
from sfa.screens.quote_lines.screen import open_lines
from sfa.store.drafts import NEW, Unsaved, forget, unsaved

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp
    from sfa.screens.dialogs.chooser import Entry

_MOST_WORDS = 60
_OF_ORDERS = frozenset({making.ORDERED, events.EVENT, *money.TITLES})


async def offer_unsaved(app: SfaApp, *, asked: bool) -> None:
    """List what was left unsaved; one that is chosen is opened in its form.

    Who asked is told when there is none; who did not is not disturbed in a dialog.
    """
    from sfa.screens.dialogs.chooser import Chooser, among, nothing_found

    found = await asyncio.to_thread(unsaved, app.gateway.home)
    known = {each.file: each for each in found if each.noun in NOUNS}
    if known and not asked and app.screen.is_modal:
        app.safekeeping.offer_when_free()
        return
    if not known:
        if asked:
            app.notify(tr("There is no unsaved text."))
        return
    chosen = await app.push_screen_wait(
        Chooser(
            tr("Typed and not saved: Enter opens it again, Esc leaves it for later"),
            among([_entry(each) for each in known.values()]),
            placeholder=tr("Type to search"),
            empty=nothing_found(),
        )
    )
    if chosen is not None:
        await take_up(app, known[chosen])


def _entry(each: Unsaved) -> Entry:
    from sfa.screens.dialogs.chooser import Entry

    words = one_line(" · ".join(text for text in each.texts.values() if text))[:_MOST_WORDS]
    return Entry(each.file, _title(each), beside=dates.instant(each.kept_at), hint=words)


def _title(each: Unsaved) -> str:
    noun = noun_of(each.noun).label
    if each.form == NEW:
        return tr("New {noun}", noun=noun)
    if each.form == TOGETHER:
        return tr("Several {nouns}", nouns=noun_of(each.noun).label_plural)
    if each.form == LINES:
        return tr("Lines of quote {label}", label=each.label)
    if each.form == CONVERT:
        return tr("Convert lead {label}", label=each.label)
    if each.form == COPIED:
        return tr(COPY_OF, label=each.label)
    if each.form == making.ORDERED:
        return tr("Order of quote {label}", label=each.label)
    if each.form in money.TITLES:
        return tr(money.TITLES[each.form], label=each.label)
    if each.form in lines.TITLES:
        return tr(
            lines.TITLES[each.form],
            label=each.label or tr("Several {nouns}", nouns=noun_of(each.noun).label_plural),
        )
    return f"{tr(noun)} {each.label}"


async def take_up(app: SfaApp, each: Unsaved) -> None:
    """Open the form that a text was typed into."""
    if each.form == NEW:
        await add_record(app, each.noun, each.more.get("preset"), draft=each.file)
    elif each.form == TOGETHER:
        await edit_together(app, each.noun, each.more["ids"], each.more["names"], draft=each.file)
    elif each.form == lines.FOLLOWING and len(each.more["ids"]) > 1:
        await lines.follow(app, each.more["ids"], draft=each.file)
    elif each.form in {lines.REJECT, lines.DECLINE} and len(each.more["ids"]) > 1:
        await lines.answer_quote(app, each.more["ids"], each.form, draft=each.file)
    elif each.form == events.EVENT and len(each.more["ids"]) > 1:
        await events.note_event(app, each.more["ids"], each.more["state"], draft=each.file)
    elif not await _is_there(app, each):
        await _ask_to_forget(app, each)
    elif each.form in {WON, LOST}:
        await close_deal(app, each.record_id, won=each.form == WON, draft=each.file)
    elif each.form == ROLE:
        await edit_role(app, each.record_id, contact_of(each.more), draft=each.file)
    elif each.form == PRICED:
        await edit_price(app, each.record_id, entry_of_draft(each.more), draft=each.file)
    elif each.form == COPIED:
        await copy_book(app, each.record_id, draft=each.file)
    elif each.form == REPORTED:
        await report_visit(app, each.record_id, draft=each.file)
    elif each.form == CONVERT:
        await convert_lead(app, each.record_id, draft=each.file)
    elif each.form == LINES:
        await open_lines(app, each.record_id, draft=each.file)
    elif each.form in _OF_ORDERS:
        await _take_up_order(app, each)
    elif each.form in lines.TITLES:
        await _take_up_line(app, each)
    elif each.noun == "conflict":
        await _merge(app, each)
    else:
        await edit_record(app, each.noun, each.record_id, draft=each.file)


async def _take_up_line(app: SfaApp, each: Unsaved) -> None:
    if each.form == lines.COMMENT:
        await lines.comment(app, each.noun, each.record_id, draft=each.file)
    elif each.form == lines.FOLLOWING:
        await lines.follow(app, [each.record_id], draft=each.file)
    elif each.form in {lines.REJECT, lines.DECLINE}:
        await lines.answer_quote(app, [each.record_id], each.form, draft=each.file)
    elif each.form == lines.NEXT_STEP:
        await lines.next_step(app, each.record_id, draft=each.file)
    else:
        await lines.turn_down(app, each.record_id, is_own=each.more["is_own"], draft=each.file)


async def _take_up_order(app: SfaApp, each: Unsaved) -> None:
    if each.form == making.ORDERED:
        await making.order_quote(app, each.record_id, draft=each.file)
    elif each.form == events.EVENT:
        await events.note_event(app, [each.record_id], each.more["state"], draft=each.file)
    elif each.form == money.PLAN:
        await money.settle_plan(app, each.record_id, draft=each.file)
    else:
        await money.note_amount(app, each.record_id, each.form, draft=each.file)


async def _is_there(app: SfaApp, each: Unsaved) -> bool:
    from sfa.finding.showing import show_fields

    try:
        await app.gateway.read(lambda connection: show_fields(connection, each.noun, each.record_id, ()))
    except NotFound:
        return False
    return True


async def _merge(app: SfaApp, each: Unsaved) -> None:
    from sfa.reports.decisions import conflict
    from sfa.screens.forms.merging import merge_conflict

    found = await app.gateway.read(lambda connection: conflict(connection, each.record_id))
    await merge_conflict(app, found, draft=each.file)


async def _ask_to_forget(app: SfaApp, each: Unsaved) -> None:
    """Show text that has no record any more: it can be selected and copied, then let go."""
    from sfa.screens.dialogs.confirm import Confirm

    fields = {field.name: field for field in noun_of(each.noun).fields}
    lines = [
        f"{tr(fields[name].label)}: {text}" if name in fields else text for name, text in each.texts.items()
    ]
    question = tr("{title} is not here any more. Forget what was typed?", title=_title(each))
    if await app.push_screen_wait(Confirm(question, details=lines, yes=tr("Forget it"))):
        forget(app.gateway.home, each)
