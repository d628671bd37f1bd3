"""An account in the round: whose people, which deals, what is to be done, what happened."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sfa.errors import NotFound
from sfa.render.account import facts_line, overview_text, parts_of
from sfa.reports.account import Overview, overview
from sfa.services import deals
from sfa.store.reading import reading
from tests.services.acting import TODAY, acting, make


@pytest.fixture
def acme(home: Path) -> tuple[Path, str]:
    """Return a home and an account with a little of everything, beside another's."""
    account = make(home, "account", name="Acme Ltd", tier="key", phones="021 5555 1234", no_calls="yes")
    make(home, "account", name="Beta")
    jo = make(home, "contact", name="Jo", accounts="Acme Ltd", title="Buyer")
    make(home, "contact", name="Ann", accounts="Acme Ltd")
    make(home, "contact", name="Stranger", accounts="Beta")
    pumps = make(home, "deal", name="Pumps", account="Acme Ltd", amount="1200", close_date="2026-12-01")
    make(home, "deal", name="Old", account="Acme Ltd", amount="5", stage="Won")
    make(home, "deal", name="Other", account="Beta")
    make(home, "task", subject="Call", due="2026-11-16", account="Acme Ltd")
    make(home, "task", subject="Offer", due="2026-11-20", deal="Pumps")
    make(home, "task", subject="Past", due="2026-11-01", account="Acme Ltd", state="done")
    make(home, "task", subject="Else", due="2026-11-01", account="Beta")
    make(home, "visit", account="Acme Ltd", at="2026-11-19 10:00", purpose="Show", state="planned")
    make(home, "visit", deal="Pumps", at="2026-11-10 10:00", outcome="liked it", attendees="Jo")
    make(home, "activity", kind="call", contact="Ann", at="2026-11-12 10:00", outcome="will ask")
    make(home, "visit", account="Beta", at="2026-11-10 10:00", outcome="not ours")
    with acting(home) as session:
        deals.set_role(session, pumps.id, jo.id, {"role": "evaluator", "stance": "supporter"})
    return home, account.id


def found(acme: tuple[Path, str]) -> Overview:
    """Return the account in the round."""
    home, account = acme
    with reading(home) as connection:
        return overview(connection, account, today=TODAY)


def test_people_have_their_part_in_open_deals_and_the_day_of_the_last_touch(acme: tuple[Path, str]) -> None:
    people = found(acme).people
    assert [(each.name, each.last) for each in people] == [
        ("Ann", date(2026, 11, 12)),
        ("Jo", date(2026, 11, 10)),
    ]
    assert people[1].roles == (("evaluator", "supporter"),)


def test_it_says_when_a_deal_is_open_and_nobody_is_known_who_decides(acme: tuple[Path, str]) -> None:
    home, account = acme
    assert found(acme).misses_decider
    assert "no decision maker known" in parts_of(found(acme))[0][0]
    with acting(home) as session, reading(home) as connection:
        deal, contact = (
            connection.execute(query).fetchone()[0]
            for query in (
                "SELECT id FROM deal WHERE name = 'Pumps'",
                "SELECT id FROM contact WHERE name = 'Ann'",
            )
        )
        deals.set_role(session, deal, contact, {"role": "decision-maker"})
    assert account
    assert not found(acme).misses_decider


def test_only_its_own_open_deals_and_what_is_to_be_done_by_day(acme: tuple[Path, str]) -> None:
    overview_ = found(acme)
    assert [(each.name, each.minor) for each in overview_.deals] == [("Pumps", 120000)]
    assert (overview_.facts.won, overview_.facts.lost) == (1, 0)
    assert [(each.noun, each.text) for each in overview_.todos] == [
        ("task", "Call"),
        ("visit", "Show"),
        ("task", "Offer"),
    ]


def test_what_happened_is_the_accounts_its_deals_and_its_peoples(acme: tuple[Path, str]) -> None:
    assert [(each.kind, each.text) for each in found(acme).past] == [
        ("call", "will ask"),
        ("visit", "liked it"),
    ]


def test_the_text_has_all_of_it_and_what_the_customer_does_not_want(acme: tuple[Path, str]) -> None:
    text = overview_text(found(acme), "table", width=100)
    assert all(
        word in text for word in ("Acme Ltd", "Jo · Buyer · Evaluator (Supporter)", "Pumps", "2 days ago")
    )
    assert "no calls" in facts_line(found(acme))
    assert "Stranger" not in text


def test_machines_get_words_and_days(acme: tuple[Path, str]) -> None:
    import json

    body = json.loads(overview_text(found(acme), "json"))
    assert body["schema"] == "sfa.account/1"
    assert body["todo"][0]["on"] == "2026-11-16"
    assert overview_text(found(acme), "tsv").startswith("section\tnoun\tid\t")


def test_an_account_that_is_not_there_is_said(home: Path) -> None:
    make(home, "account", name="Acme Ltd")
    with reading(home) as connection, pytest.raises(NotFound):
        overview(connection, "none", today=TODAY)
