"""Printing a quote or an order from the app: how, where to, and shown afterwards when asked."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sfa import clock, i18n
from sfa.errors import Refused, SfaError, msg
from sfa.i18n import tr
from sfa.screens.dialogs.ask_paper import AskPaper, PaperAsked
from sfa.terms import ApprovalStanding

if TYPE_CHECKING:
    from sfa.render.issued_paper import Printed
    from sfa.screens.app import SfaApp


async def print_paper(app: SfaApp, noun: str, record_id: str) -> None:
    """Ask how, make the paper, ask where to, write it, and say what is to be known of it."""
    begin = app.last_paper or PaperAsked(language=i18n.language())
    title = tr("Print the order") if noun == "order" else tr("Print the quote")
    asked = await app.push_screen_wait(AskPaper(title, begin))
    if asked is None:
        return
    app.last_paper = asked
    try:
        printed = await _made(app, noun, record_id, asked)
        path = await _written(app, printed)
        if path is None:
            return
        _tell(app, printed, path)
        if asked.is_opened:
            await _open(path)
    except SfaError as error:
        app.report(error)


async def _made(app: SfaApp, noun: str, record_id: str, asked: PaperAsked) -> Printed:
    home, today = app.gateway.home, clock.today()

    def make(connection: sqlite3.Connection) -> Printed:
        from sfa.render.issued_paper import How
        from sfa.render.paper.document import Look, Tongue, Variant

        how = How(Look(Variant(asked.variant), Tongue(asked.language)), asked.fmt)
        if noun == "order":
            from sfa.render.order_paper import print_order

            return print_order(connection, record_id, how, home=home, today=today)
        from sfa.render.quote_paper import print_quote

        return print_quote(connection, record_id, how, home=home, today=today)

    return await app.gateway.read(make)


async def _written(app: SfaApp, printed: Printed) -> Path | None:
    """Ask where to and write the file; ``None`` when that was left."""
    from sfa.render.paper.files import write_paper
    from sfa.screens.dialogs.ask_path import AskPath
    from sfa.screens.dialogs.confirm import Confirm

    question = tr("Print {name} where?", name=printed.name)
    begins = f"{app.last_folder or '~/'}{printed.name}"
    target = await app.push_screen_wait(AskPath(question, _check, text=begins, folders_only=True))
    if target is None:
        return None
    path = target / printed.name if target.is_dir() else target
    is_there = path.exists()
    question = tr("{path} is there already. Write over it?", path=str(path))
    if is_there and not await app.push_screen_wait(Confirm(question, yes=tr("Write over it"))):
        return None
    await asyncio.to_thread(write_paper, path, printed.content, over=is_there)
    app.last_folder = f"{path.absolute().parent}/".replace("//", "/")
    return path


def _check(path: Path) -> None:
    """Look whether a file can be written there.

    Raises:
        Refused: there is no such folder.
    """
    if not path.is_dir() and not path.parent.is_dir():
        raise Refused(
            msg("There is no folder {path}."), hint=msg("Name one that is there."), path=str(path.parent)
        )


def _tell(app: SfaApp, printed: Printed, path: Path) -> None:
    words = [tr("Printed: {path}", path=str(path))]
    if printed.standing is ApprovalStanding.WAITING:
        words.append(tr("It is marked as not approved: the centre has not decided yet."))
    elif printed.standing is ApprovalStanding.NEEDED:
        words.append(tr("It is marked as not approved; S asks for approval."))
    if not printed.has_seller:
        words.append(tr("It names no seller yet: Settings has the organisation's name."))
    app.notify("\n".join(words), timeout=10)


async def _open(path: Path) -> None:
    from sfa.store.programs import open_file

    try:
        await asyncio.to_thread(lambda: open_file(path.resolve()))
    except Refused as error:
        raise Refused(
            error.what,
            why=error.why,
            hint=msg("The file is written; open it where there is a program for it: {path}"),
            **{**error.data, "path": str(path)},
        ) from error
