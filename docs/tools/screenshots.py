"""Draw the app's screens on the demo company: ``python docs/tools/screenshots.py [NAME ...]``.

Writes ``docs/screens/NAME-LANGUAGE-COLUMNSxLINES.svg``, on a fixed day and seed, with no
terminal: what the app would draw there. Those that no page shows, most light ones and all that
are 200 columns wide, go into ``build/screens``, to be looked at.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from itertools import groupby, product
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.style import Style

SCREENS = Path(__file__).resolve().parents[1] / "screens"
BESIDE = Path(__file__).resolve().parents[2] / "build" / "screens"
DAY = "2026-11-18"  # a Wednesday
SHOWN = ((80, 24), (120, 40))  # sizes that are kept with the pages, dark
SIZES = (*SHOWN, (200, 60))
THEMES = ("dark", "light")
LANGUAGES = ("en", "zh_CN")
LIGHT = {("today", "en", (120, 40))}  # the light ones that a page shows


class Picture(NamedTuple):
    """The place it starts at, and the keys that lead to what is drawn; in an empty store, or on the tour."""

    place: str
    keys: tuple[str, ...] = ()
    is_empty: bool = False
    has_tour: bool = False


PICTURES = {
    "today": Picture("today"),
    "leads": Picture("leads", ("down", "down")),
    "deals": Picture("deals"),
    "pipeline": Picture("pipeline", ("right", "right", "down")),
    "quotes": Picture("quotes"),
    "quote-lines": Picture("quotes", ("L", "down")),
    "orders": Picture("orders"),
    "orders-board": Picture("orders", ("b", "right", "right")),
    "order-new": Picture("orders", ("n",)),
    "order-receipt": Picture("orders", ("R",)),
    "visits": Picture("visits"),
    "account": Picture("accounts", ("slash", *"上海曜枫光电", "enter", "enter")),
    "tasks": Picture("tasks"),
    "reports": Picture("reports", ("2", "c")),
    "sync": Picture("sync"),
    "settings": Picture("settings"),
    "lead": Picture("leads", ("enter",)),
    "convert": Picture("leads", ("c",)),
    "new": Picture("leads", ("n",)),
    "keys": Picture("leads", ("question_mark",)),
    "first-steps": Picture("today", ("enter",), is_empty=True),
    "tour": Picture("today", has_tour=True),
}
FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace"
FONT_PX, CELL_W, CELL_H, BASELINE = 14, 8.4, 18, 13.5


def main(wanted: list[str]) -> None:
    """Make the company, draw every picture, or those that are named."""
    os.environ["SFA_TODAY"] = DAY
    for place in (SCREENS, BESIDE):
        place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _make_company(home)
        _put_at_a_centre(home)
        for name in wanted or PICTURES:
            for language, size in product(LANGUAGES, SIZES):
                store = _empty_store(home.with_name("empty")) if PICTURES[name].is_empty else home
                for theme, svg in asyncio.run(_draw(store, language, name, size)).items():
                    path = _path(name, language, size, theme)
                    path.write_text(svg, "utf-8")
                    print(path.relative_to(SCREENS.parents[1]), flush=True)


def _path(name: str, language: str, size: tuple[int, int], theme: str) -> Path:
    shown = size in SHOWN if theme == THEMES[0] else (name, language, size) in LIGHT
    end = "" if theme == THEMES[0] else f"-{theme}"
    return (SCREENS if shown else BESIDE) / f"{name}-{language}-{size[0]}x{size[1]}{end}.svg"


def _empty_store(home: Path) -> Path:
    """Return the home of a store that nobody has worked with, made anew."""
    from sfa.store.schema import ready

    shutil.rmtree(home, ignore_errors=True)
    return ready(home).parent


def _make_company(home: Path) -> None:
    from sfa.cli.run import run

    os.environ["SFA_HOME"] = str(home.parent)
    if run(["demo", "--home", str(home), "--seed", "1", "--yes"]):
        raise SystemExit("the demo company could not be made")


def _put_at_a_centre(home: Path) -> None:
    """Let the company have synced this morning, with a value that two people changed."""
    from contextlib import closing

    from sfa import clock, config
    from sfa.errors import msg
    from sfa.store import change
    from sfa.store.connection import open_writing
    from sfa.store.home import store_path
    from sfa.store.perform import changing
    from sfa.sync.device import state
    from sfa.terms import ChangeKind

    now = clock.instant_at(clock.today(), 9, 20)
    clock.utc_now = lambda: now  # ages in the pictures are the same on every day they are drawn
    config.put("sync_every", "0", home)
    with changing(home, name=msg("Merge"), kind=ChangeKind.SYSTEM) as made:
        change.insert(made.connection, "conflict", _conflict(made.connection))
    with closing(open_writing(store_path(home))) as connection:
        head = connection.execute("SELECT max(seq) FROM oplog").fetchone()[0]
        state.put(connection, state.ACKED_SEQ, str(head))
        state.put(connection, state.URL, "postgresql://rep@centre.example/sfa")
        state.put(connection, state.CODE, "07")
        for hour, word, sent in ((7, "unreachable", 0), (8, "decisions", 14), (9, "decisions", 3)):
            at = clock.to_text(clock.instant_at(clock.today(), hour, 5))
            run = state.Run(f"{hour:036}", at, at, word, sent, 5 * sent, 2100 * sent, 7300 * sent)
            state.record_run(connection, run)


def _conflict(connection: Any) -> dict[str, object]:
    """Return a conflict about the next step of an own deal, which a colleague changed too."""
    me = connection.execute("SELECT value FROM local_state WHERE key = 'user_id'").fetchone()[0]
    other = connection.execute("SELECT id FROM user WHERE id <> ? ORDER BY name LIMIT 1", (me,)).fetchone()[0]
    deal, step, day = connection.execute(
        "SELECT id, next_step, next_step_on FROM deal WHERE owner_id = ? AND next_step <> '' ORDER BY id",
        (me,),
    ).fetchone()
    sides = [
        json.dumps({"next_step": text, "next_step_on": day}) for text in (step, "寄样品 / send samples", "")
    ]
    return {
        "id": "0f000000-0000-7000-8000-000000000001",
        "kind": "overwrite",
        "on_table": "deal",
        "on_id": deal,
        "unit": "next_step",
        "kept_op": "0f000000-0000-7000-8000-000000000002",
        "lost_op": "0f000000-0000-7000-8000-000000000003",
        **dict(zip(("kept", "lost", "base"), sides, strict=True)),
        "kept_author_id": other,
        "lost_author_id": me,
        "kept_at": "2026-11-17T08:10:00.000Z",
        "lost_at": "2026-11-17T06:40:00.000Z",
    }


async def _draw(home: Path, language: str, name: str, size: tuple[int, int]) -> dict[str, str]:
    """Return the picture by theme."""
    from sfa import config, i18n
    from sfa.screens.app import SfaApp

    i18n.set_language(language)
    config.put("orders_form", "list", home)  # a picture before may have left the board
    picture = PICTURES[name]
    app = SfaApp(home, start=picture.place, welcome=picture.is_empty, tour=picture.has_tour)
    found = {}
    async with app.run_test(size=size) as pilot:
        await _settled(pilot, lambda: bool(app.heading_text))
        await pilot.pause(0.5)
        await pilot.press(*picture.keys)
        await pilot.pause(1.0)
        for theme in THEMES:
            app.theme = theme
            await pilot.pause(0.2)
            found[theme] = _svg(app.screen._compositor.render_strips(), size)
    return found


async def _settled(pilot: Any, claim: Callable[[], bool]) -> None:
    for _ in range(400):
        if claim():
            return
        await pilot.pause(0.05)
    raise SystemExit("the app did not come up")


def _svg(lines: list[Any], size: tuple[int, int]) -> str:
    """Return lines of strips as a picture: Han letters two cells wide, which the framework's own is not."""
    width, height = size[0] * CELL_W, size[1] * CELL_H
    backs: list[str] = []
    texts: list[str] = []
    for row, strip in enumerate(lines):
        column = 0
        for segment in strip:
            style = segment.style or Style()
            wide = cell_len(segment.text)
            fore, back = _colours(style)
            backs.append(_rectangle(column, row, wide, back))
            texts += _words(segment.text, column, row, style, fore)
            column += wide
    return (
        # Not every program that shows pictures keeps spaces as the style says.
        '<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve"'
        f' viewBox="0 0 {width:g} {height:g}">\n'
        f"<style>text {{ font: {FONT_PX}px {FONTS}; white-space: pre }}</style>\n"
        + "\n".join([*backs, *texts])
        + "\n</svg>\n"
    )


def _colours(style: Style) -> tuple[str, str]:
    fore = style.color.get_truecolor().hex if style.color else "#ffffff"
    back = style.bgcolor.get_truecolor().hex if style.bgcolor else "#000000"
    return (back, fore) if style.reverse else (fore, back)


def _rectangle(column: int, row: int, wide: int, colour: str) -> str:
    x, y = column * CELL_W, row * CELL_H
    # A hair wider than its cells, or lines of the page show between them.
    size = f'width="{wide * CELL_W + 0.5:g}" height="{CELL_H + 0.5:g}"'
    return f'<rect x="{x:g}" y="{y:g}" {size} fill="{colour}"/>'


def _words(text: str, column: int, row: int, style: Style, colour: str) -> list[str]:
    """Return the letters in runs of one width, each run as wide as its cells."""
    found = []
    look = ' font-weight="bold"' if style.bold else ""
    look += ' font-style="italic"' if style.italic else ""
    struck = [word for word, on in (("underline", style.underline), ("line-through", style.strike)) if on]
    look += f' text-decoration="{" ".join(struck)}"' if struck else ""
    look += ' opacity="0.6"' if style.dim else ""
    for wide, run in groupby(text, cell_len):
        letters = "".join(run)
        cells = wide * len(letters)
        if letters.strip():
            x, y = column * CELL_W, row * CELL_H + BASELINE
            found.append(
                f'<text x="{x:g}" y="{y:g}" textLength="{cells * CELL_W:g}" fill="{colour}"{look}>'
                f"{escape(letters)}</text>"
            )
        column += cells
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
