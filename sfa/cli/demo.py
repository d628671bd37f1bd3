"""sfa demo: an invented company to try everything on, in a home of its own."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from sfa import clock
from sfa.cli.asking import agreed
from sfa.cli.exits import say
from sfa.cli.options import Yes
from sfa.cli.output import emit
from sfa.cli.progress import progress
from sfa.errors import InvalidInput, NeedsDecision, msg
from sfa.i18n import language, tr, tr_plural

_LARGEST_SCALE, _MOST_LEADS = 10_000, 10_000_000
_FIRST_SEED = 1

Seed = Annotated[
    int | None,
    typer.Option(
        "--seed", metavar="N", help=msg("Another number invents another company."), show_default=False
    ),
]
Scale = Annotated[
    int | None,
    typer.Option(
        "--scale", metavar="N", help=msg("A company N times as large; 1 has 200 leads."), show_default=False
    ),
]
Leads = Annotated[
    int | None,
    typer.Option(
        "--leads",
        metavar="N",
        help=msg("So many leads in all, where that is more: up to a million and beyond, to measure with."),
        show_default=False,
    ),
]
Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help=msg("The company's folder; beside your own home unless given."),
        show_default=False,
    ),
]


Tour = Annotated[
    bool,
    typer.Option("--tour", help=msg("Open the app on it, with a tour; it is made when it is not there.")),
]


def demo(
    seed: Seed = None,
    scale: Scale = None,
    leads: Leads = None,
    home: Home = None,
    tour: Tour = False,
    yes: Yes = False,
) -> None:
    """Make the demo company: a year of sales, up to today. Your own store stays untouched."""
    from sfa.demo.home import demo_home, made_in, refuse_foreign

    _check("--scale", scale, _LARGEST_SCALE)
    _check("--leads", leads, _MOST_LEADS)
    folder = home.expanduser().absolute() if home else demo_home()
    refuse_foreign(folder)
    there = made_in(folder)
    if tour:
        _lead_around(folder, is_there=there is not None and not yes)
    if there is not None and not yes:
        is_same = seed in {None, there.seed} and scale in {None, there.scale} and leads in {None, there.leads}
        say(
            tr(
                "The demo company is there already: seed {seed}, scale {scale}, made for {day}.",
                seed=there.seed,
                scale=there.scale,
                day=there.today,
            )
        )
        asked = tr("Make it anew? Everything in {path} is replaced.", path=str(folder))
        if (is_same and not sys.stdin.isatty()) or not agreed(asked, yes=False):
            _tell(folder)
            return
    _make(folder, _FIRST_SEED if seed is None else seed, scale or 1, leads or 0)
    _tell(folder)


def _lead_around(folder: Path, *, is_there: bool) -> None:
    """Open the app on the company, with the tour."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NeedsDecision(
            msg("The tour needs a terminal to draw on."),
            hint=msg("Without --tour the company is made alone."),
        )
    if not is_there:
        _make(folder, _FIRST_SEED, 1, 0)
    from sfa.screens.app import run

    raise typer.Exit(run(folder, "today", tour=True))


def _check(option: str, value: int | None, most: int) -> None:
    if value is not None and not 1 <= value <= most:
        problem = msg("{value} is not between {low} and {high}.")
        raise InvalidInput(option, problem, value=value, low=1, high=most)


def _make(folder: Path, seed: int, scale: int, leads: int) -> None:
    from sfa.demo.build import Wanted
    from sfa.demo.home import make
    from sfa.demo.leads import COUNT

    wanted = Wanted(seed, scale, clock.today(), language(), leads)
    with progress() as step:
        make(folder, wanted, on_step=lambda what, done, total: step(tr(what), done, total))
    say(
        tr_plural(
            "Made: a company with {count} lead, for the year up to {day}.",
            "Made: a company with {count} leads, for the year up to {day}.",
            max(scale * COUNT, leads),
            day=wanted.today.isoformat(),
        )
    )


def _tell(folder: Path) -> None:
    emit(str(folder))
    say(tr("Look at it with: SFA_HOME={path} sfa today", path=shlex.quote(str(folder))))
