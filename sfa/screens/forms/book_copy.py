"""The form of a copy of a price book: its name, how prices change, its days."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sfa import clock
from sfa.errors import SfaError, msg
from sfa.fields import Field
from sfa.finding.price_list import Book, book_of
from sfa.i18n import tr
from sfa.interchange.book_copy import ASKED, NAME, read_copy, read_field
from sfa.render.prices import book_line, copied_lines
from sfa.screens.doing import prices
from sfa.screens.forms.form import RecordForm
from sfa.screens.forms.keeping import Texts
from sfa.screens.offers import refuses_reader
from sfa.store.drafts import Draft

if TYPE_CHECKING:
    from sfa.screens.app import SfaApp

COPIED = "copy"  # what drafts call this form
TITLE = msg("Copy of price book {label}")


async def copy_book(app: SfaApp, book_id: str, *, draft: str = "") -> str | None:
    """Ask how a price book is copied, and copy it; return the copy's id, ``None`` when it was left.

    ``draft`` names the file of unsaved text that is taken up.
    """
    if refuses_reader(app):
        return None
    try:
        book: Book = await app.gateway.read(lambda connection: book_of(connection, book_id))
    except SfaError as error:
        app.report(error)
        return None

    async def save(texts: Texts) -> str:
        wanted = read_copy(texts, today=clock.today())
        work = prices.copy_book(book_id, wanted)
        told = {"label": book.name, "copy": wanted.name}
        done = await app.gateway.perform(msg("Copy {label} as {copy}"), work, **told)
        app.told(done)
        app.notify(" ".join(copied_lines(done.value.copied, done.value.left_out, wanted.valid_from)))
        return str(done.value.row.id)

    hint = tr("Prices are rounded to the smallest coin; Round to takes a multiple: 0.1, 5")
    form = RecordForm(
        "\n".join([tr(TITLE, label=book.name), book_line(book), hint]),
        ASKED,
        {},
        save,
        judge=_judge,
        draft=Draft(app.gateway.home, "pricebook", book_id, form=COPIED, label=book.name, file=draft),
        preset={NAME.name: book.name},
        first=NAME.name,
    )
    return await app.push_screen_wait(form)


def _judge(connection: sqlite3.Connection, field: Field, text: str) -> None:
    from sfa.services.price_books import check_copied

    check_copied(connection, field, read_field(field, text, today=clock.today()))
