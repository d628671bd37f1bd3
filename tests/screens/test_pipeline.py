"""The pipeline in the app: deals moved by key and by mouse, what others change, filters, pipelines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.style import Style
from textual.pilot import Pilot
from textual.widgets import OptionList

from sfa import config
from sfa.finding.periods import Period
from sfa.render.board import Line, card_lines
from sfa.reports.board import Board, Card, Column, Named, Scope, Whose
from sfa.screens.app import SfaApp
from sfa.screens.deals import ClosedDealsScreen, DealScreen
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.forms.form import RecordForm
from sfa.screens.pipeline import PipelineScreen
from sfa.screens.widgets.board import DealBoard, columns, deals
from sfa.screens.widgets.board import rows as list_rows
from sfa.screens.widgets.board.deals import DealFace, lanes_of
from sfa.screens.widgets.board.deck import Deck, Spot
from sfa.screens.widgets.board.shape import Shape
from sfa.screens.widgets.guide import StageGuide
from tests.conftest import Made
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import amend, make, rows

STAGE = "SELECT s.name FROM deal d JOIN stage s ON s.id = d.stage_id WHERE d.name = ?"


@pytest.fixture
def few(made: Made, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the home of a rep with three open deals and one that was won."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    return made(_few)


def _few(home: Path) -> None:
    make(home, "account", name="Acme Ltd")
    make(home, "deal", name="Pumps", account="Acme Ltd", amount="12000", close_date="2026-12-01")
    make(home, "deal", name="Valves", account="Acme Ltd", close_date="2026-12-02")
    make(home, "deal", name="Meters", stage="Proposal", amount="500", next_step="Call", next_step_on="fri")
    make(home, "deal", name="Tanks", stage="Won", amount="700")


def stage(home: Path, name: str) -> str:
    """Return the stage a deal is at."""
    return str(rows(home, STAGE, name)[0]["name"])


def board(app: SfaApp) -> DealBoard:
    return app.screen.query_one(DealBoard)


def chosen(app: SfaApp) -> tuple[str, str]:
    """Return the stage and the deal under the cursor."""
    view = board(app)
    lane = view.lane
    column = lane.column.name if lane and lane.column else lane.kind if lane else ""
    return column, view.card.name if view.card else ""


def offered(app: SfaApp) -> int:
    """Return how many lines a list to choose from has, its headings among them."""
    return app.screen.query_one(OptionList).option_count


async def ready(app: SfaApp, pilot: Pilot[Any], deal: str = "Pumps") -> PipelineScreen:
    """Wait until the board shows a deal, and return its screen."""
    screen = app.screen
    assert isinstance(screen, PipelineScreen)
    await until(pilot, lambda: deal in text_of(app))
    return screen


# Keys --------------------------------------------------------------------------------------------


async def test_one_key_moves_a_deal_to_the_next_stage_and_the_cursor_goes_along(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        assert chosen(app) == ("Prospecting", "Pumps")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: chosen(app) == ("Qualification", "Pumps"))
        assert stage(few, "Pumps") == "Qualification"
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: chosen(app) == ("Proposal", "Pumps"))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: chosen(app) == ("Qualification", "Pumps"))
        await pilot.press("u")
        await until(pilot, lambda: chosen(app) == ("Proposal", "Pumps"))
        assert any("Undone" in text for text in told(app))


async def test_arrows_and_letters_move_between_stages_and_deals(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        for key, there in (
            ("j", ("Prospecting", "Valves")),
            ("up", ("Prospecting", "Pumps")),
            ("end", ("Prospecting", "Valves")),
            ("right", ("Qualification", "")),
            ("l", ("Proposal", "Meters")),
            ("h", ("Qualification", "")),
            ("left", ("Prospecting", "Pumps")),
            ("pagedown", ("Prospecting", "Valves")),
            ("home", ("Prospecting", "Pumps")),
            ("left", ("Prospecting", "Pumps")),
        ):
            await pilot.press(key)
            await until(pilot, lambda there=there: chosen(app) == there)  # type: ignore[misc]


async def test_the_chosen_stage_is_always_in_view(few: Path) -> None:
    async with opened(few, start="pipeline", size=(80, 24)) as (app, pilot):
        await ready(app, pilot)
        assert "Proposal" in text_of(app)
        assert "Won 2026Q4" not in text_of(app)
        await pilot.press(*["right"] * 4)
        await until(pilot, lambda: "Won 2026Q4" in text_of(app))
        assert "Prospecting" not in text_of(app)
        await pilot.press(*["left"] * 4)
        await until(pilot, lambda: "Prospecting" in text_of(app))


async def test_a_wide_screen_shows_every_stage_and_what_was_closed(few: Path) -> None:
    async with opened(few, start="pipeline", size=(200, 60)) as (app, pilot):
        await ready(app, pilot)
        await until(pilot, lambda: all(f"{name} " in text_of(app) for name in ("Prospecting", "Negotiation")))
        assert "Won 2026Q4" in text_of(app)
        assert "Lost 2026Q4" in text_of(app)
        assert "12,000 USD" in text_of(app)
        assert "→ Call 11-20" in text_of(app)


async def test_winning_takes_the_deal_off_the_board(few: Path) -> None:
    async with opened(few, start="pipeline", size=(200, 60)) as (app, pilot):
        await ready(app, pilot)
        await pilot.press("W")
        await until(pilot, lambda: isinstance(app.screen, RecordForm))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: chosen(app) == ("Prospecting", "Valves"))
        await until(pilot, lambda: "2 deals" in text_of(app))
        assert stage(few, "Pumps") == "Won"


async def test_enter_opens_the_deal_and_on_what_was_won_lists_that(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DealScreen) and app.screen.shown is not None)
        await pilot.press("escape")
        await pilot.press(*["right"] * 4)
        await until(pilot, lambda: chosen(app)[0] == "won")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ClosedDealsScreen) and "Tanks" in text_of(app))
        assert "Pumps" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PipelineScreen))


async def test_a_new_deal_begins_in_the_chosen_stage_and_gets_the_cursor(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("right", "n")
        await until(pilot, lambda: isinstance(app.screen, RecordForm) and "Qualification" in text_of(app))
        await write(pilot, "Hoses")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, PipelineScreen))
        await until(pilot, lambda: chosen(app) == ("Qualification", "Hoses"))


async def test_edit_add_copy_and_delete_are_those_of_the_deal(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: "Edit deal Pumps" in text_of(app))
        await pilot.press("escape")
        await pilot.press("a")
        await until(pilot, lambda: "Add to Pumps" in text_of(app))
        await pilot.press("escape")
        await pilot.press("y")
        await until(pilot, lambda: "Copy of Pumps" in text_of(app))
        await pilot.press("l")
        await until(pilot, lambda: "Copied: Pumps" in " ".join(told(app)))
        assert app.clipboard.startswith("Pumps · Acme Ltd · 12,000 USD · 2026-12-01 · Prospecting")
        await pilot.press("x")
        await until(pilot, lambda: "Delete Pumps?" in text_of(app))
        await pilot.press("y")
        await until(pilot, lambda: chosen(app) == ("Prospecting", "Valves"))


async def test_what_is_not_possible_says_why(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("P")
        await until(pilot, lambda: "only one pipeline" in " ".join(told(app)))
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "at the first stage" in " ".join(told(app)))
        await pilot.press("right", "right_square_bracket")
        await until(pilot, lambda: "There is no record to do this with." in " ".join(told(app)))


# The mouse ---------------------------------------------------------------------------------------


async def test_dragging_a_card_moves_it_to_another_column(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.mouse_down(DealBoard, offset=(5, 9))
        await until(pilot, lambda: chosen(app) == ("Prospecting", "Valves"))
        await pilot.hover(DealBoard, offset=(60, 12))
        await until(pilot, lambda: board(app).target == 2 and "▼▼▼▼" in text_of(app))
        await pilot.mouse_up(DealBoard, offset=(60, 12))
        await until(pilot, lambda: chosen(app) == ("Proposal", "Valves"))
        assert stage(few, "Valves") == "Proposal"
        assert board(app).target is None


async def test_a_card_that_is_let_go_over_its_own_column_stays(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.mouse_down(DealBoard, offset=(5, 9))
        await pilot.hover(DealBoard, offset=(60, 12))
        await pilot.hover(DealBoard, offset=(8, 12))
        await pilot.mouse_up(DealBoard, offset=(8, 12))
        await pilot.pause(0.2)
        assert stage(few, "Valves") == "Prospecting"


async def test_dragging_to_what_was_lost_asks_for_the_reason(few: Path) -> None:
    async with opened(few, start="pipeline", size=(200, 60)) as (app, pilot):
        await ready(app, pilot)
        lost = text_of(app).splitlines()[1].index("Lost 2026Q4")
        await pilot.mouse_down(DealBoard, offset=(5, 5))
        await pilot.hover(DealBoard, offset=(lost, 5))
        await pilot.mouse_up(DealBoard, offset=(lost, 5))
        await until(pilot, lambda: "Lost: Pumps" in text_of(app))


async def test_a_click_chooses_and_a_second_one_opens(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.click(DealBoard, offset=(60, 5))
        await until(pilot, lambda: chosen(app) == ("Proposal", "Meters"))
        await pilot.click(DealBoard, offset=(60, 5), times=2)
        await until(pilot, lambda: isinstance(app.screen, DealScreen))


async def test_the_wheel_scrolls_a_column_and_says_what_is_not_in_view(few: Path) -> None:
    for number in range(10):
        make(few, "deal", name=f"More {number}", close_date=f"2027-01-{number + 10}")
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        assert "1–5/12 ▼" in text_of(app) or "1–4/12 ▼" in text_of(app)
        view = board(app)
        assert view.shape.scroll(view.deck, 5, 2)
        view.refresh()
        await until(pilot, lambda: "3–" in text_of(app) and "▲▼" in text_of(app))
        assert "Pumps" not in text_of(app)


# What others do ----------------------------------------------------------------------------------


async def test_what_others_change_comes_and_the_cursor_stays_on_its_deal(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("down")
        await until(pilot, lambda: chosen(app) == ("Prospecting", "Valves"))
        make(few, "deal", name="Earlier", close_date="2026-11-19")
        await until(pilot, lambda: "Earlier" in text_of(app))
        assert chosen(app) == ("Prospecting", "Valves")
        deal = rows(few, "SELECT id FROM deal WHERE name = 'Valves'")[0]["id"]
        amend(few, "deal", deal, stage="Negotiation")
        await until(pilot, lambda: chosen(app) == ("Negotiation", "Valves"))


async def test_more_cards_are_read_when_the_cursor_comes_to_the_last(
    few: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sfa.screens.pipeline._CARDS", 1)
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        assert "and 1 more" in text_of(app)
        await pilot.press("end")
        await until(pilot, lambda: "Valves" in text_of(app))


# What is shown -----------------------------------------------------------------------------------


async def test_whose_deals_and_filters_are_chosen_by_f(few: Path) -> None:
    make(few, "user", name="Ben")
    make(few, "deal", name="Ben's", owner="Ben")
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        assert "Ben's" not in text_of(app)
        await pilot.press("f")
        await until(
            pilot, lambda: "Everybody's deals" in text_of(app) and "You are in no team." in text_of(app)
        )
        await write(pilot, "everybody")
        await until(pilot, lambda: offered(app) == 2)
        await pilot.press("enter")
        await until(pilot, lambda: "Ben's" in text_of(app))
        assert config.get("pipeline_whose", few).value == "all"
        await pilot.press("f")
        await until(pilot, lambda: "Whose deals?" in text_of(app))
        await write(pilot, "amount>1000")
        await until(pilot, lambda: "as a filter" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Ben's" not in text_of(app) and "filter: amount>1000" in text_of(app))
        assert "Pumps" in text_of(app)


async def test_whoever_left_the_team_whose_board_they_kept_gets_the_usual_one_and_is_told(few: Path) -> None:
    config.put("pipeline_whose", "team", few)
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        assert any("you are in no team" in text for text in told(app))


async def test_a_filter_that_cannot_be_read_is_refused_with_the_reason(few: Path) -> None:
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("f")
        await until(pilot, lambda: "Whose deals?" in text_of(app))
        await write(pilot, "colour@red")
        await until(pilot, lambda: "colour@red  " in text_of(app))
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "Whose deals?" in text_of(app)


async def test_p_shows_another_pipeline(few: Path) -> None:
    make(few, "pipeline", name="Key account")
    make(few, "stage", name="Tender", pipeline="Key account")
    make(few, "deal", name="Big", pipeline="Key account", stage="Tender")
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        await pilot.press("P")
        await until(pilot, lambda: "Which pipeline?" in text_of(app))
        await write(pilot, "key")
        await until(pilot, lambda: offered(app) == 1)
        await pilot.press("enter")
        await until(pilot, lambda: chosen(app) == ("Tender", "Big"))
        assert "Pumps" not in text_of(app)


async def test_b_shows_the_same_as_a_list_and_stays_so(few: Path) -> None:
    async with opened(few, start="pipeline", size=(120, 40)) as (app, pilot):
        await ready(app, pilot)
        await pilot.press("b")
        await until(pilot, lambda: "Prospecting 10% · 2 · 12,000 USD · weighted 1,200 USD" in text_of(app))
        assert "Won 2026Q4 · 1 · 700 USD" in text_of(app)
        await pilot.press("down", "down")
        await until(pilot, lambda: chosen(app) == ("Qualification", ""))
        await pilot.press("down")
        await until(pilot, lambda: chosen(app) == ("Proposal", "Meters"))
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: chosen(app) == ("Negotiation", "Meters"))
        await pilot.press("home")
        await until(pilot, lambda: chosen(app) == ("Prospecting", "Pumps"))
        await pilot.press("end")
        await until(pilot, lambda: chosen(app) == ("Negotiation", "Meters"))
    async with opened(few, start="pipeline", size=(120, 40)) as (app, pilot):
        await until(pilot, lambda: "Prospecting 10% · 2" in text_of(app))


async def test_an_empty_board_says_which_key_fills_it(home: Path) -> None:
    async with opened(home, start="pipeline") as (app, pilot):
        await until(pilot, lambda: "No open deals here. n adds one" in text_of(app))
        assert "Prospecting" in text_of(app)


# The playbook ------------------------------------------------------------------------------------


def _write_playbook(home: Path) -> None:
    first = rows(home, "SELECT id FROM stage WHERE name = 'Prospecting'")[0]["id"]
    amend(home, "stage", first, playbook="Call within a day", exit_criteria="The need is named")


async def test_the_playbook_stands_beside_the_board_where_there_is_room(few: Path) -> None:
    _write_playbook(few)
    async with opened(few, start="pipeline", size=(120, 40)) as (app, pilot):
        await ready(app, pilot)
        await until(
            pilot, lambda: "Call within a day" in text_of(app) and "The need is named" in text_of(app)
        )
        await pilot.press("right")
        await until(pilot, lambda: "Nothing is written about this" in text_of(app))
        await pilot.press("i")
        await until(pilot, lambda: not app.screen.query_one(StageGuide).display)


async def test_i_shows_the_playbook_over_a_narrow_board(few: Path) -> None:
    _write_playbook(few)
    async with opened(few, start="pipeline") as (app, pilot):
        await ready(app, pilot)
        assert "Call within a day" not in text_of(app)
        await pilot.press("i")
        await until(pilot, lambda: "Call within a day" in text_of(app))
        await pilot.press("i")
        await until(pilot, lambda: "Call within a day" not in text_of(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
async def test_a_deal_in_full_has_the_playbook_of_its_stage(few: Path, size: tuple[int, int]) -> None:
    _write_playbook(few)
    async with opened(few, start="pipeline", size=size) as (app, pilot):
        await ready(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DealScreen) and app.screen.shown is not None)
        if size[0] < 110:
            await pilot.press("i")
        await until(pilot, lambda: "Call within a day" in text_of(app))


# Thousands ---------------------------------------------------------------------------------------


def _many(count: int) -> Board:
    """Return a board of one stage with so many deals."""
    cards = tuple(
        Card(str(at), "ref", f"Deal {at}", "", "", "s", None, None, 10, None, "", None, None, 0, False)
        for at in range(count)
    )
    column = Column("s", "Talks", 10, "", "", count, (), cards)
    day, standard = date(2026, 11, 18), Named("p")
    return Board(
        scope=Scope(day),
        whose=Whose.MINE,
        team=Named(),
        pipeline=standard,
        pipelines=(standard,),
        columns=(column,),
        closed=(),
        quarter=Period(day, day, ""),
        stale_days=30,
        currency="USD",
        rates=(),
    )


def test_of_thousands_of_deals_only_those_in_view_are_put_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(card: Card, *arguments: Any, **options: Any) -> list[Line]:
        asked.append(card.name)
        return card_lines(card, *arguments, **options)

    monkeypatch.setattr(deals, "card_lines", counted)
    deck, shape = Deck(), columns.Columns(DealFace())
    deck.fill(lanes_of(_many(5000)))
    shape.fit(deck, 80, 24)
    shape.reveal(deck)
    drawn = [shape.line(deck, y, lambda _: Style(), None) for y in range(24)]
    assert "Deal 0" in drawn[4].text
    assert len(asked) <= 24
    deck.cursor = shape.ends(deck, last=True)
    asked.clear()
    shape.reveal(deck)
    drawn = [shape.line(deck, y, lambda _: Style(), None) for y in range(24)]
    assert any("Deal 4999" in line.text for line in drawn)
    assert len(asked) <= 48


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60), (300, 20)], ids=str)
@pytest.mark.parametrize("form", [columns.Columns, list_rows.Rows])
def test_every_line_fills_the_view_and_a_card_is_found_where_it_is_drawn(
    form: type[Shape], size: tuple[int, int]
) -> None:
    deck, shape = Deck(), form(DealFace())
    deck.fill(lanes_of(_many(3)))
    shape.fit(deck, *size)
    shape.reveal(deck)
    for y in range(size[1]):
        line = shape.line(deck, y, lambda _: Style(), None)
        assert line.cell_length == size[0]
        for row in range(3):
            if f"Deal {row}" in line.text:
                assert shape.at(deck, 2, y) == Spot(0, row)
    assert shape.at(deck, 2, size[1] + 50) in {None, Spot(0, -1)}


def test_a_spot_beyond_the_end_is_the_nearest_there_is() -> None:
    deck = Deck()
    assert deck.within(Spot(3, 7)) == Spot(0, 0)
    assert deck.card is None
    assert list(deck.spots()) == []


# Saved views -------------------------------------------------------------------------------------


async def test_a_saved_view_of_deals_filters_the_board_and_is_left_by_the_filter(few: Path) -> None:
    config.put_view("deal", "Worth it", {"where": "amount>=500", "sort": "-amount"}, few)
    async with opened(few, start="pipeline", size=(120, 40)) as (app, pilot):
        screen = await ready(app, pilot)
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, Chooser) and "Worth it" in text_of(app))
        await write(pilot, "worth")
        await pilot.press("enter")
        await until(pilot, lambda: "view: Worth it" in text_of(app) and "Valves" not in text_of(app))
        assert all(name in text_of(app) for name in ("Pumps", "Meters"))
        assert screen.view is not None
        await pilot.press("f")
        await until(pilot, lambda: isinstance(app.screen, Chooser) and "No filter" in text_of(app))
        await write(pilot, "no filter")
        await pilot.press("enter")
        await until(pilot, lambda: "Valves" in text_of(app) and "view:" not in text_of(app))
        assert screen.view is None


async def test_the_filter_of_the_board_is_saved_and_keeps_order_and_columns_of_its_view(few: Path) -> None:
    config.put_view("deal", "Worth it", {"where": "amount>=500", "columns": ["name"]}, few)
    async with opened(few, start="pipeline", size=(120, 40)) as (app, pilot):
        await ready(app, pilot)
        await app.screen.show_view_named("Worth it")  # type: ignore[attr-defined]
        await until(pilot, lambda: "view: Worth it" in text_of(app))
        await pilot.press("V")
        await until(pilot, lambda: isinstance(app.screen, Chooser))
        await write(pilot, "save as")
        await pilot.press("enter")
        await until(pilot, lambda: "Save under which name?" in text_of(app))
        await pilot.press(*["backspace"] * len("Worth it"))
        await write(pilot, "Again")
        await pilot.press("enter")
        await until(pilot, lambda: "view: Again" in text_of(app))
    assert config.views("deal", few)["Again"] == {"where": "amount>=500", "columns": ["name"]}


async def test_a_view_with_a_field_that_is_gone_says_so_and_the_board_stays(few: Path) -> None:
    config.put_view("deal", "Old", {"where": "colour=red"}, few)
    async with opened(few, start="pipeline", size=(120, 40)) as (app, pilot):
        screen = await ready(app, pilot)
        await screen.show_view_named("Old")
        await until(pilot, lambda: any("colour" in text for text in told(app)))
        assert screen.view is None
        assert all(name in text_of(app) for name in ("Pumps", "Meters", "Valves"))


@pytest.mark.parametrize(
    "shape", [columns.Columns(DealFace()), list_rows.Rows(DealFace())], ids=["columns", "list"]
)
def test_a_page_before_the_board_is_read_goes_nowhere(shape: Shape) -> None:
    deck = Deck()
    shape.fit(deck, 80, 20)
    assert shape.page(deck) >= 1
    assert shape.step(deck, shape.page(deck)) == Spot(0, 0)
