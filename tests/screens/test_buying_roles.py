"""Who decides about a deal, in the app: the customer's people, their parts, a person added on the spot."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sfa.screens.accounts import AccountScreen
from sfa.screens.app import SfaApp
from sfa.screens.buying_roles import BuyingRolesScreen
from sfa.screens.dialogs.both_changed import BothChanged
from sfa.screens.dialogs.chooser import Chooser
from sfa.screens.forms.form import RecordForm
from sfa.screens.record import RecordScreen
from sfa.services import buying_roles
from tests.screens.driving import opened, text_of, told, until, write
from tests.services.acting import acting, make, rows

LIVE = (
    "SELECT c.name, r.role, r.stance, r.strength, r.target_strength FROM deal_role r"
    " JOIN contact c ON c.id = r.contact_id WHERE r.deleted_at IS NULL ORDER BY r.id"
)
WANG = {"name": "Wang", "role": "evaluator", "stance": "supporter", "strength": 3, "target_strength": 5}


@pytest.fixture
def deal(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the id of a deal of a customer with two people, one of whom evaluates; a third is elsewhere."""
    monkeypatch.setenv("SFA_TODAY", "2026-11-18")
    make(home, "account", name="Acme Ltd")
    for name, title in (("Wang", "CTO"), ("Jo Price", "Director")):
        make(home, "contact", name=name, title=title, accounts="Acme Ltd")
    make(home, "contact", name="Joan Elsewhere")
    found = make(home, "deal", name="Pumps", account="Acme Ltd").id
    give(home, found, "Wang", role="evaluator", stance="supporter", strength="3", target_strength="5")
    return found


def give(home: Path, deal: str, contact: str, **texts: str) -> None:
    """Give a person a part in a deal."""
    with acting(home) as session:
        buying_roles.add_typed(session, deal, {"contact": contact, **texts})


def change(home: Path, deal: str, contact: str, **texts: str) -> None:
    """Change a person's part, as somebody else does."""
    contact_id = rows(home, "SELECT id FROM contact WHERE name = ?", contact)[0]["id"]
    with acting(home) as session:
        before = {"role": "evaluator", "stance": "supporter", "strength": 3, "target_strength": 5}
        buying_roles.edit_typed(session, deal, contact_id, texts, before)


async def people_of(app: SfaApp, pilot: Pilot[str], deal: str) -> None:
    """Open the deal in full, then its people."""
    app.show_record("deal", deal)
    await until(pilot, lambda: isinstance(app.screen, RecordScreen) and "deal Pumps" in text_of(app))
    await pilot.press("R")
    await until(
        pilot, lambda: isinstance(app.screen, BuyingRolesScreen) and "In the decision" in text_of(app)
    )


async def form_of(app: SfaApp, pilot: Pilot[str], title: str) -> None:
    await until(pilot, lambda: isinstance(app.screen, RecordForm) and title in text_of(app))


async def test_the_people_of_a_deal_stand_with_their_parts_and_the_others_below(
    home: Path, deal: str
) -> None:
    async with opened(home, start="deals", size=(120, 40)) as (app, pilot):
        await people_of(app, pilot, deal)
        text = text_of(app)
        assert "In the decision (1) · no decision maker known" in text
        (line,) = [line for line in text.splitlines() if "Wang" in line]
        for words in ("Evaluator", "Wang · CTO", "Supporter · 3/5, wanted 5"):
            assert words in line
        assert "Other people of Acme Ltd (1)" in text
        assert "Jo Price · Director" in text
        assert "Joan" not in text


async def test_a_person_of_the_customer_gets_a_part_and_u_takes_it_back(home: Path, deal: str) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await people_of(app, pilot, deal)
        await pilot.press("down", "e")
        await form_of(app, pilot, "Jo Price in Pumps")
        app.screen.query_one("#field-role").value = "decision-maker"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "In the decision (2)" in text_of(app))
        assert "no decision maker known" not in text_of(app)
        await until(pilot, lambda: any("Jo Price in Pumps: buying role" in text for text in told(app)))
        assert rows(home, LIVE)[1]["role"] == "decision-maker"
        await pilot.press("u")
        await until(pilot, lambda: rows(home, LIVE) == [WANG])


async def test_a_change_keeps_the_rest_and_an_emptied_field_is_empty(home: Path, deal: str) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await people_of(app, pilot, deal)
        await pilot.press("e")
        await form_of(app, pilot, "Wang in Pumps")
        app.screen.query_one("#field-stance").value = "opponent"  # type: ignore[attr-defined]
        app.screen.query_one("#field-strength").clear()  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Opponent · ?/5, wanted 5" in text_of(app))
    assert rows(home, LIVE) == [{**WANG, "stance": "opponent", "strength": None}]


async def test_the_customers_people_are_offered_first_and_a_new_one_is_added_on_the_spot(
    home: Path, deal: str
) -> None:
    async with opened(home, start="deals", size=(120, 40)) as (app, pilot):
        await people_of(app, pilot, deal)
        await pilot.press("n")
        await form_of(app, pilot, "Who decides in Pumps?")
        await write(pilot, "jo")
        await until(pilot, lambda: "• Jo Price" in text_of(app) and "Joan Elsewhere" in text_of(app))
        assert text_of(app).index("• Jo Price") < text_of(app).index("Joan Elsewhere")
        line = app.screen.query_one("#field-contact Input", Input)
        line.value = ""
        await write(pilot, "Ada")
        await until(pilot, lambda: "New: Ada" in text_of(app))
        await pilot.press("down", "enter")
        await form_of(app, pilot, "New contact")
        assert app.screen.query_one("#field-accounts Input", Input).value == "Acme Ltd"
        await pilot.press("ctrl+s")
        await form_of(app, pilot, "Who decides in Pumps?")
        await until(pilot, lambda: line.value == "Ada")
        app.screen.query_one("#field-role").value = "coach"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "In the decision (2)" in text_of(app))
    assert rows(home, LIVE)[1]["name"] == "Ada"


async def test_nobody_no_role_and_somebody_twice_are_said_at_their_fields(home: Path, deal: str) -> None:
    async with opened(home, start="deals", size=(120, 40)) as (app, pilot):
        await people_of(app, pilot, deal)
        await pilot.press("n")
        await form_of(app, pilot, "Who decides in Pumps?")
        await until(pilot, lambda: "• Jo Price" in text_of(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "it must be given" in text_of(app) and "• Jo Price" not in text_of(app))
        await pilot.press("down")  # the choices do not stand on what is said, and come when they are wanted
        await until(pilot, lambda: "• Jo Price" in text_of(app))
        app.screen.query_one("#field-contact").value = "Jo Price"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.query_one("#field-role-error").display)
        app.screen.query_one("#field-role").value = "user"  # type: ignore[attr-defined]
        app.screen.query_one("#field-contact").value = "Wang"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen.query_one("#field-contact-error").display)
        assert "has a part in this deal already" in str(app.screen.query_one("#field-contact-error").render())
    assert rows(home, LIVE) == [WANG]


async def test_a_part_is_taken_away_and_u_brings_it_back(home: Path, deal: str) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await people_of(app, pilot, deal)
        await pilot.press("x")
        await until(pilot, lambda: rows(home, LIVE) == [])
        await until(pilot, lambda: "Other people of Acme Ltd (2)" in text_of(app))
        await pilot.press("x")
        await until(pilot, lambda: "This person has no part in the decision." in told(app))
        await pilot.press("u")
        await until(pilot, lambda: rows(home, LIVE) == [WANG])


async def test_what_others_changed_meanwhile_is_kept_and_what_both_changed_is_asked(
    home: Path, deal: str
) -> None:
    async with opened(home, start="deals", size=(120, 40)) as (app, pilot):
        await people_of(app, pilot, deal)
        await pilot.press("e")
        await form_of(app, pilot, "Wang in Pumps")
        change(home, deal, "Wang", strength="4", stance="neutral")
        app.screen.query_one("#field-target_strength").value = "4"  # type: ignore[attr-defined]
        app.screen.query_one("#field-stance").value = "opponent"  # type: ignore[attr-defined]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, BothChanged))
        assert rows(home, LIVE)[0]["stance"] == "neutral"
        await pilot.press("m")
        await until(pilot, lambda: rows(home, LIVE)[0]["stance"] == "opponent")
    assert rows(home, LIVE) == [{**WANG, "stance": "opponent", "strength": 4, "target_strength": 4}]


async def test_the_map_of_an_account_leads_to_the_part_of_a_person_and_to_the_people_of_a_deal(
    home: Path, deal: str
) -> None:
    account = str(rows(home, "SELECT id FROM account")[0]["id"])
    async with opened(home, start="accounts") as (app, pilot):
        app.show_record("account", account)
        await until(pilot, lambda: isinstance(app.screen, AccountScreen) and "People (2)" in text_of(app))
        await pilot.press("home", "R")  # with one open deal there is nothing to choose
        await form_of(app, pilot, "Jo Price in Pumps")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, AccountScreen))
        await pilot.press("down", "down", "R")
        await until(
            pilot, lambda: isinstance(app.screen, BuyingRolesScreen) and "Who decides in" in text_of(app)
        )
        await pilot.press("escape")
        make(home, "deal", name="Valves", account="Acme Ltd")
        await until(pilot, lambda: "Open deals (2)" in text_of(app))
        await pilot.press("home", "R")
        await until(pilot, lambda: isinstance(app.screen, Chooser) and "In which deal?" in text_of(app))
        await write(pilot, "val")
        await pilot.press("enter")
        await form_of(app, pilot, "Jo Price in Valves")
    assert deal


async def test_text_left_unsaved_comes_back_in_its_form(home: Path, deal: str) -> None:
    async with opened(home, start="deals") as (app, pilot):
        await people_of(app, pilot, deal)
        await pilot.press("e")
        await form_of(app, pilot, "Wang in Pumps")
        app.screen.query_one("#field-note", Input).value = "likes golf"
        app.screen.keep_now()  # type: ignore[attr-defined]
    async with opened(home, start="deals") as (app, pilot):
        await until(pilot, lambda: "likes golf" in text_of(app))
        await pilot.press("enter")
        await form_of(app, pilot, "Wang in Pumps")
        assert app.screen.query_one("#field-note", Input).value == "likes golf"
