"""The first steps in an empty store: language, then name, currency and stages, a centre, or the demo company.

Each can be left; what was answered is kept, and they are offered once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sfa import clock, config, i18n
from sfa.errors import InvalidInput, SfaError, msg
from sfa.i18n import tr
from sfa.screens.starting.step import BACK, OUT, Answer, Choice, Step

if TYPE_CHECKING:
    from sqlmodel import Session

    from sfa.screens.app import SfaApp

SETTING = "first_steps"
_OWN, _CENTRE, _DEMO = "own", "centre", "demo"
Asked = Callable[["SfaApp", str], Awaitable[Answer]]


async def offer_first_steps(app: SfaApp) -> None:
    """Ask in a store nobody has worked with, unless it was asked before."""
    from sfa.reports.emptiness import is_untouched

    try:
        if not config.get(SETTING, app.gateway.home).value and await app.gateway.read(is_untouched):
            await first_steps(app)
    except SfaError:  # the heading asks the same store and says what is wrong with it
        return


async def first_steps(app: SfaApp) -> None:
    """Ask step by step; afterwards it is remembered as done."""
    trail: list[Asked] = [_language, _way]
    place = 0
    while place < len(trail):
        shown = f"{place + 1}/{len(trail)}" if len(trail) > 2 else ""
        answer = await trail[place](app, shown)
        if answer.way == OUT or (answer.way == BACK and place == 0):
            break
        place += -1 if answer.way == BACK else 1
        if trail[min(place, len(trail)) - 1] is _way and answer.way != BACK:
            trail[2:] = _AFTER[answer.text]
    if app.next_home is not None:
        app.exit()
        return
    try:
        config.put(SETTING, "done", app.gateway.home)
    except SfaError as error:
        app.report(error)


async def _ask(app: SfaApp, step: Step) -> Answer:
    return await app.push_screen_wait(step)


async def _language(app: SfaApp, place: str) -> Answer:
    from sfa.render.settings_place import LANGUAGE_NAMES
    from sfa.screens.relaying import relaid

    async def take(code: str) -> None:
        config.put("language", code, app.gateway.home)

    choices = [Choice(code, name) for code, name in LANGUAGE_NAMES.items()]
    title, text = "Welcome · 欢迎使用 sfa", "Which language shall the app speak?\n请选择界面语言。"
    answer = await _ask(app, Step(title, text, take, place=place, choices=choices, present=i18n.language()))
    if answer.text and answer.text != i18n.language():
        i18n.set_language(answer.text)
        await relaid(app)
    return answer


async def _way(app: SfaApp, place: str) -> Answer:
    choices = [
        Choice(
            _OWN, tr("Start on my own"), tr("Everything stays on this machine; a team can be joined later.")
        ),
        Choice(
            _CENTRE, tr("Join my team's centre"), tr("Your administrator gave you an address and a password.")
        ),
        Choice(
            _DEMO,
            tr("Look at the demo company"),
            tr("An invented year of sales to try everything on, with a tour."),
        ),
    ]

    async def take(way: str) -> None:
        if way == _DEMO:
            await look_at_the_demo(app)

    text = tr("How do you want to begin? All of it can be changed later, in Settings.")
    return await _ask(app, Step(tr("How to begin"), text, take, place=place, choices=choices))


async def look_at_the_demo(app: SfaApp) -> None:
    """Make the demo company unless it is there; the app opens it, with the tour, once it is left."""
    import asyncio

    from sfa.demo.home import demo_home, made_in

    folder = demo_home()
    if made_in(folder) is None:
        screen = app.screen
        if isinstance(screen, Step):
            screen.say(tr("Making a company with a year of sales; a few seconds …"))
        else:
            app.notify(tr("Making a company with a year of sales; a few seconds …"))

        def make() -> None:
            from sfa.demo.build import Wanted
            from sfa.demo.home import make as make_home

            make_home(folder, Wanted(1, 1, clock.today(), i18n.language()))

        await asyncio.to_thread(make)
    app.next_home = folder


async def _name(app: SfaApp, place: str) -> Answer:
    from sfa.reports.whoami import whoami
    from sfa.screens.doing import records

    me = await app.gateway.read(whoami)

    async def take(text: str) -> None:
        if not text:
            raise InvalidInput("name", msg("type a name"))
        if text != me.name:
            edit = records.edit("user", me.user_id, {"name": text})
            await app.gateway.perform(msg("Edit {noun} {label}"), edit, noun="user", label=text)
            app.refresh_places()

    text = tr("What are you called? It stands on what you add, and on printouts.")
    return await _ask(app, Step(tr("Your name"), text, take, place=place, present=me.name))


async def _currency(app: SfaApp, place: str) -> Answer:
    from sfa.finding.shared_settings import settled
    from sfa.render.setting_choices import currencies
    from sfa.screens.doing import settings

    present = await app.gateway.read(lambda connection: settled(connection, "currency"))

    async def take(code: str) -> None:
        if code != present.value:
            await app.gateway.perform(msg("Set {key}"), settings.settle("currency", code), key="currency")

    choices = [Choice(each.value, each.label) for each in currencies()]
    text = tr("Which currency is an amount in when you type none?")
    step = Step(tr("Currency"), text, take, place=place, choices=choices, present=str(present.value))
    return await _ask(app, step)


async def _stages(app: SfaApp, place: str) -> Answer:
    from sfa.services.pipeline_shapes import LABELS, SHAPES, take_shape

    async def take(shape: str) -> None:
        def work(session: Session) -> None:
            take_shape(session, shape, word=tr, today=clock.today())

        await app.gateway.perform(msg("Give the pipeline the shape {shape}"), work, shape=shape)
        app.refresh_places()

    choices = [
        Choice(name, tr(LABELS[name]), " → ".join(tr(stage.name) for stage in stages))
        for name, stages in SHAPES.items()
    ]
    text = tr("Which stages does a deal go through before it is won or lost?")
    return await _ask(app, Step(tr("Your pipeline"), text, take, place=place, choices=choices))


async def _ready(app: SfaApp, place: str) -> Answer:
    async def take(_: str) -> None:
        """Nothing is left to do."""

    text = tr(
        "Ctrl+N adds a customer, a visit, a deal … from anywhere; g goes to a place; u takes back; ? lists"
        " the keys. Ctrl+T shows you around on the demo company. Your data lies in {path}",
        path=str(app.gateway.home),
    )
    choices = [Choice("go", tr("Open today's work"))]
    return await _ask(app, Step(tr("That is all"), text, take, place=place, choices=choices))


async def _centre(app: SfaApp, _: str) -> Answer:
    from sfa.screens.signing_in import sign_in

    return Answer("on") if await sign_in(app) else Answer(BACK)


_AFTER: dict[str, list[Asked]] = {
    _OWN: [_name, _currency, _stages, _ready],
    _CENTRE: [_centre, _ready],
    _DEMO: [],
}
