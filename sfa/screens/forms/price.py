"""The form of a price in a book."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sfa import clock
from sfa.errors import SfaError, msg
from sfa.fields import Field
from sfa.finding.price_list import FROM_QUANTITY, PRICE, PRODUCT, VALID_FROM, VALID_UNTIL
from sfa.i18n import tr
from sfa.screens.doing import prices
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

PRICED = "price"  # what drafts call this form
_TERMS = (FROM_QUANTITY, PRICE._replace(required=True), VALID_FROM, VALID_UNTIL)


class _Known(NamedTuple):
    """What the form begins with: the book, its currency, the product, and the price's columns so far."""

    book: str
    currency: str
    product: str
    stored: dict[str, Any]


async def edit_price(app: SfaApp, book_id: str, entry_id: str = "", *, draft: str = "") -> bool:
    """Ask for a price in a book and write it; say whether it was done.

    Without an entry its product is asked for too. ``draft`` names the file of unsaved text that is taken up.
    """
    if refuses_reader(app):
        return False
    try:
        known = await app.gateway.read(lambda connection: _known(connection, book_id, entry_id))
    except SfaError as error:
        app.report(error)
        return False

    async def save(texts: Texts) -> str:
        work = prices.edit(entry_id, texts, known.stored) if entry_id else prices.add(book_id, texts)
        told = {"product": known.product or texts.get("product", ""), "label": known.book}
        done = await app.gateway.perform(msg("Price of {product} in {label}"), work, **told)
        app.told(done)
        return book_id

    def judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
        from sfa.services.typed_prices import check

        check(connection, field, text, known.currency, today=clock.today())

    title = tr("{book}: a price in {currency}", book=known.book, currency=known.currency)
    form = RecordForm(
        f"{title} · {known.product}" if entry_id else title,
        _TERMS if entry_id else (PRODUCT._replace(required=True), *_TERMS),
        _typed(known.stored),
        save,
        judge=judge,
        draft=Draft(
            app.gateway.home,
            "pricebook",
            book_id,
            form=PRICED,
            label=known.book,
            more={"ids": [entry_id]} if entry_id else {},
            file=draft,
        ),
    )
    return await app.push_screen_wait(form) is not None


def _known(connection: sqlite3.Connection, book_id: str, entry_id: str) -> _Known:
    from sfa.finding.price_list import entry_of

    return _Known(*entry_of(connection, book_id, entry_id))


def _typed(stored: Mapping[str, Any]) -> dict[str, str]:
    from sfa.render.values import typed_value

    texts = {field.name: typed_value(field, stored.get(field.column)) for field in _TERMS}
    return {**texts, FROM_QUANTITY.name: texts[FROM_QUANTITY.name] or "0"}


def entry_of_draft(more: Mapping[str, Any]) -> str:
    """Return the price that a draft of this form is about; empty for one that was yet to be added."""
    return str(next(iter(more.get("ids") or ()), ""))
