"""The themes: everything can be read, the focus can be seen, and nothing is said by colour alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sfa.screens.app import SfaApp
from sfa.screens.keys import PLACES
from sfa.screens.themes import THEMES
from sfa.services import quotes
from tests.conftest import Made
from tests.screens.driving import opened, still, text_of, until
from tests.screens.looks import AA, VGA, XTERM, Look, contrast, looks, of_palette
from tests.services.acting import TODAY, acting, make, typed

TRUE_COLOURS = [name for name, (theme, _) in THEMES.items() if not theme.ansi]
# The place it starts at, and the keys that lead to what is looked at.
SIGHTS: dict[str, tuple[str, tuple[str, ...]]] = {
    **{name: (name, ()) for name in PLACES},
    "marked": ("leads", ("space", "down")),
    "record": ("leads", ("enter",)),
    "account": ("accounts", ("enter",)),
    "history": ("leads", ("enter", "h")),
    "form": ("leads", ("n",)),
    "form, refused": ("leads", ("n", "ctrl+s")),
    "choices of a form": ("leads", ("n", "tab", "tab", "tab", "tab", "tab", "tab", "enter")),
    "asked": ("leads", ("x",)),
    "finding": ("leads", ("slash", "z", "z")),
    "filter": ("leads", ("f",)),
    "filter, refused": ("leads", ("f", "a", "equals_sign")),
    "convert": ("leads", ("c",)),
    "keys": ("sync", ("question_mark",)),
    "palette": ("today", ("ctrl+p",)),
    "letters": ("today", ("g", "down")),
    "jump": ("today", ("ctrl+o", "a")),
    "line": ("tasks", ("Z",)),
    "people of a deal": ("deals", ("R",)),
    "part in a deal": ("deals", ("R", "e")),
    "files": ("deals", ("F",)),
    "path, refused": ("deals", ("F", "n", "enter")),
    "lines of a quote": ("quotes", ("L",)),
    "typing into a line": ("quotes", ("L", "5", "x", "enter")),
    "product of a line": ("quotes", ("L", "end", "p", "u", "m")),
    "approvals": ("quotes", ("I",)),
    "moving": ("pipeline", ("m",)),
    "list of the pipeline": ("pipeline", ("b",)),
    "setting": ("settings", ("enter",)),
}


@pytest.fixture
def company(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home with something late, something urgent and something without a next step."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    return made(_company)


def _company(home: Path) -> None:
    make(home, "account", name="Acme Ltd", tier="key", notes="Long known", phones="13800138000")
    make(home, "contact", name="Jo Price", accounts="Acme Ltd")
    make(home, "task", subject="Call back", due="2026-11-09", priority="high", account="Acme Ltd")
    make(home, "visit", account="Acme Ltd", at="2026-11-18 10:00", state="planned", purpose="See the pumps")
    make(home, "deal", name="Pumps", account="Acme Ltd", amount="12000", close_date="2026-11-01")
    make(home, "deal", name="Valves", account="Acme Ltd", close_date="2026-12-01", next_step="Call")
    make(home, "lead", name="王伟", company="Globex", rating="hot", next_step="Send samples")
    make(home, "lead", name="Li Na", company="Initech", status="working")
    make(home, "product", name="Pump P20", price="99")
    with acting(home) as session:
        given = typed(session, "quote", account="Acme Ltd")
        lines = ("Pump P20 x 3 -10%", "text: Phase 2", "gift: Pump P20 x 1")
        quotes.create(session, given, today=TODAY, lines=lines)


@asynccontextmanager
async def seen(home: Path, sight: str, theme: str = "dark") -> AsyncIterator[tuple[SfaApp, Pilot[str]]]:
    """Open the app at a sight, in a theme, and wait until it stands still."""
    start, keys = SIGHTS[sight]
    async with opened(home, start=start, size=(120, 36)) as (app, pilot):
        app.theme = theme
        await until(pilot, lambda: len(text_of(app).split()) > 12)
        await still(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
        await still(pilot)
        yield app, pilot


def _faint(look: Look) -> bool:
    fore, back = look.fore, look.back
    assert fore is not None
    assert back is not None
    return contrast(fore.get_truecolor(), back.get_truecolor()) < AA


@pytest.mark.parametrize("sight", SIGHTS)
async def test_all_text_can_be_read_in_every_theme(company: Path, sight: str) -> None:
    async with seen(company, sight) as (app, pilot):
        for theme in TRUE_COLOURS:
            app.theme = theme
            await pilot.pause(0.1)
            assert list(looks(app)), "nothing is drawn"
            faint = {(each.text, str(each.fore), str(each.back)) for each in looks(app) if _faint(each)}
            assert not faint, theme
        app.theme = "terminal"
        await pilot.pause(0.1)
        for each in looks(app):
            for palette in (XTERM, VGA):
                pair = of_palette(each.fore, palette), of_palette(each.back, palette)
                # A colour of its own stands only beside another of its own.
                assert (pair[0] is None) == (pair[1] is None), each
                if pair[0] is not None and pair[1] is not None:
                    assert contrast(pair[0], pair[1]) >= AA, each


@pytest.mark.parametrize("severity", ["information", "warning", "error"])
async def test_what_is_said_in_passing_can_be_read_in_every_theme(home: Path, severity: str) -> None:
    async with opened(home) as (app, pilot):
        app.notify("Said in passing", title="Title", severity=severity, timeout=60)  # type: ignore[arg-type]
        await until(pilot, lambda: "Said in passing" in text_of(app))
        for theme in TRUE_COLOURS:
            app.theme = theme
            await pilot.pause(0.1)
            said = [each for each in looks(app) if each.text in {"Said in passing", "Title"}]
            assert said
            assert not [each for each in said if _faint(each)]


def test_the_contrast_is_that_of_the_definition() -> None:
    from rich.color_triplet import ColorTriplet

    black, white, grey = (ColorTriplet(value, value, value) for value in (0, 255, 119))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == 1
    assert contrast(grey, white) == pytest.approx(4.478, abs=0.001)  # #777: the grey that just fails


# The focus ------------------------------------------------------------------------------------


def _drawn(app: SfaApp) -> str:
    """Return what is drawn with its looks, in which a cursor that blinks is always on."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(f"{segment.text}{segment.style}" for segment in strip) for strip in strips[1:-1])


async def _shows_its_focus(app: SfaApp, pilot: Pilot[str]) -> list[str]:
    """Return what takes the keys without showing it."""
    hidden = []
    for widget in list(app.screen.focus_chain):
        app.screen.set_focus(None)
        await pilot.pause(0.05)
        before = _drawn(app)
        widget.focus()
        await pilot.pause(0.05)
        if _drawn(app) == before:
            hidden.append(repr(widget))
    return hidden


@pytest.mark.parametrize(
    "sight",
    ["today", "leads", "record", "account", "history", "pipeline", "visits", "sync", "settings", "form",
     "convert", "asked", "letters", "keys", "line"],
)  # fmt: skip
async def test_what_takes_the_keys_shows_it_in_every_theme(company: Path, sight: str) -> None:
    async with seen(company, sight) as (app, pilot):
        for theme in THEMES:
            app.theme = theme
            await pilot.pause(0.1)
            assert app.screen.focus_chain
            assert not await _shows_its_focus(app, pilot), theme


@pytest.mark.parametrize("sight", ["today", "leads", "pipeline", "settings", "form", "letters"])
async def test_without_colours_none_are_sent_and_the_focus_is_still_seen(
    company: Path, sight: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    start, keys = SIGHTS[sight]
    async with opened(company, start=start, size=(120, 36)) as (app, pilot):
        await still(pilot)
        for key in keys:
            await pilot.press(key)
            await pilot.pause(0.1)
        await still(pilot)
        assert app.theme == "plain"
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                for colour in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    assert colour is None or colour.is_default, segment
        assert not await _shows_its_focus(app, pilot)


# Colour alone ---------------------------------------------------------------------------------


def _words(app: SfaApp) -> str:
    return text_of(app)


@pytest.mark.parametrize(
    ("sight", "signs"),
    [
        ("marked", ("✓", "› ")),  # the mark and the cursor
        ("pipeline", ("late", "no step")),
        ("today", ("9 days ago", "! Call back")),  # late, and urgent
        ("form, refused", ("it must be given",)),
        ("setting", ("✓",)),
    ],
)
async def test_a_state_is_told_by_a_sign_or_a_word(
    company: Path, sight: str, signs: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seen(company, sight, "plain") as (app, _):
        shown: Callable[[str], bool] = _words(app).__contains__
        assert all(map(shown, signs)), _words(app)
