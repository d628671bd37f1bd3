"""A person's part in a deal: given, changed over what others changed, taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sfa.errors import ChangedByBoth, InvalidInput, NotFound
from sfa.finding.buying_roles import stored
from sfa.reports.buying_roles import Parts
from sfa.reports.buying_roles import buying_roles as people_of
from sfa.services import buying_roles
from sfa.store.reading import reading
from tests.services.acting import acting, make, rows, take_back
from tests.store.rows import add

Ids = tuple[str, str]


@pytest.fixture
def part(home: Path) -> Ids:
    """Return the ids of a deal and of a person who evaluates it."""
    make(home, "account", name="Acme")
    contact = make(home, "contact", name="Wang", accounts="Acme").id
    deal = make(home, "deal", name="Pumps", account="Acme").id
    with acting(home) as session:
        buying_roles.add_typed(session, deal, {"contact": "Wang", "role": "evaluator", "strength": "3"})
    return deal, contact


def now(home: Path, part: Ids) -> dict[str, Any]:
    with reading(home) as connection:
        found = stored(connection, *part)
    assert found is not None
    return {name: found[name] for name in buying_roles.COLUMNS}


def edit(home: Path, part: Ids, base: dict[str, Any], **texts: str) -> None:
    with acting(home) as session:
        buying_roles.edit_typed(session, *part, texts, base)


def people(home: Path, deal: str) -> Parts:
    with reading(home) as connection:
        return people_of(connection, deal)


def test_an_empty_text_empties_and_what_is_not_there_stays(home: Path, part: Ids) -> None:
    edit(home, part, now(home, part), strength="", stance="supporter", note=" likes golf ")
    assert now(home, part) == {
        "role": "evaluator",
        "stance": "supporter",
        "strength": None,
        "target_strength": None,
        "note": "likes golf",
    }
    edit(home, part, now(home, part), stance="", note="")
    assert (now(home, part)["stance"], now(home, part)["note"]) == ("unknown", None)


@pytest.mark.parametrize(
    "texts", [{"role": ""}, {"role": "friend"}, {"strength": "6"}, {"strength": "much"}, {"strength": "-1"}]
)
def test_what_no_part_can_hold_changes_nothing(home: Path, part: Ids, texts: dict[str, str]) -> None:
    before = now(home, part)
    with pytest.raises(InvalidInput):
        edit(home, part, before, **texts)
    assert now(home, part) == before


def test_what_others_changed_stays_and_what_both_changed_is_for_the_user_to_settle(
    home: Path, part: Ids
) -> None:
    base = now(home, part)
    edit(home, part, base, strength="4")
    edit(home, part, base, role="coach")
    assert (now(home, part)["role"], now(home, part)["strength"]) == ("coach", 4)
    edit(home, part, base, strength="4")  # both meant the same
    with pytest.raises(ChangedByBoth) as refused:
        edit(home, part, base, strength="5")
    assert [each.names for each in refused.value.clashes] == [("strength",)]
    assert refused.value.now["strength"] == 4
    assert now(home, part)["strength"] == 4


def test_a_part_that_was_taken_away_meanwhile_is_not_given_again_by_a_change(home: Path, part: Ids) -> None:
    base = now(home, part)
    with acting(home) as session:
        buying_roles.take_out(session, *part)
    with pytest.raises(NotFound, match="Wang has no part"):
        edit(home, part, base, strength="5")
    with acting(home) as session, pytest.raises(NotFound):
        buying_roles.take_out(session, *part)


def test_two_rows_of_one_person_are_one_line_and_go_together(home: Path, part: Ids) -> None:
    deal, contact = part
    add(home, "deal_role", deal_id=deal, contact_id=contact, role="coach", stance="unknown")
    assert len(people(home, deal).people) == 1
    with acting(home) as session:
        buying_roles.take_out(session, deal, contact)
    assert people(home, deal).people == ()
    take_back(home)
    assert len(rows(home, "SELECT id FROM deal_role WHERE deleted_at IS NULL")) == 2


def test_who_decides_comes_first_and_people_who_were_deleted_are_left_out(home: Path, part: Ids) -> None:
    deal, contact = part
    for name, role in (("Zoe", "decision-maker"), ("Ann", "economic-buyer")):
        make(home, "contact", name=name)
        with acting(home) as session:
            buying_roles.add_typed(session, deal, {"contact": name, "role": role})
    assert [each.name for each in people(home, deal).people] == ["Ann", "Zoe", "Wang"]
    assert not people(home, deal).misses_decider
    with acting(home) as session:
        from sfa.services import nouns

        nouns.delete(session, "contact", contact)
    assert [each.name for each in people(home, deal).people] == ["Ann", "Zoe"]
    assert people(home, deal).others == ()


def test_a_deal_that_is_gone_has_no_people(home: Path, part: Ids) -> None:
    with acting(home) as session:
        from sfa.services import nouns

        nouns.delete(session, "deal", part[0])
    with reading(home) as connection, pytest.raises(NotFound):
        people_of(connection, part[0])
