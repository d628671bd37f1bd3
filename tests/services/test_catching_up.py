"""Saving over what others changed meanwhile: field by field, nothing of theirs overwritten unasked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sfa.errors import ChangedByBoth, NotFound
from sfa.fields import noun as noun_of
from sfa.finding.custom import all_fields
from sfa.finding.showing import show_fields
from sfa.services import nouns
from sfa.services.catching_up import CaughtUp, caught_up
from sfa.services.records import raw
from tests.services.acting import TODAY, acting, amend, make


def base_of(home: Path, noun: str, record_id: str) -> dict[str, Any]:
    """Return what a form that is opened now holds of a record."""
    with acting(home) as session:
        connection = raw(session)
        fields = [each for each in all_fields(connection, noun) if each.editable and not each.through]
        values = show_fields(connection, noun, record_id, fields)[2]
        return {each.name: values[each.name] for each in fields}


def catch_up(home: Path, noun: str, record_id: str, base: dict[str, Any], **texts: str) -> CaughtUp:
    with acting(home) as session:
        return caught_up(raw(session), noun_of(noun), record_id, texts, base, today=TODAY)


def clashes(
    home: Path, noun: str, record_id: str, base: dict[str, Any], **texts: str
) -> list[tuple[str, ...]]:
    with pytest.raises(ChangedByBoth) as caught:
        catch_up(home, noun, record_id, base, **texts)
    return [clash.names for clash in caught.value.clashes]


def test_a_record_nobody_changed_takes_every_text(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO", phones="13800138000", tags="a; b")
    base = base_of(home, "lead", lead.id)
    assert catch_up(home, "lead", lead.id, base, title="COO") == CaughtUp({"title": "COO"}, ())


def test_what_only_others_changed_is_told_and_left(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO", phones="13800138000")
    base = base_of(home, "lead", lead.id)
    amend(home, "lead", lead.id, phones="13800138000; 13900139000", company="Acme")
    assert catch_up(home, "lead", lead.id, base, title="COO") == CaughtUp(
        {"title": "COO"}, ("company", "phones")
    )


def test_what_both_changed_waits_for_a_word(home: Path) -> None:
    lead = make(home, "lead", name="Wang", title="CTO", phones="13800138000")
    base = base_of(home, "lead", lead.id)
    amend(home, "lead", lead.id, title="CFO", phones="13900139000", company="Acme")
    found = clashes(home, "lead", lead.id, base, title="COO", phones="13700137000")
    assert found == [("title",), ("phones",)]


@pytest.mark.parametrize(
    ("noun", "name", "theirs", "mine"),
    [
        ("lead", "title", "COO", " COO "),
        ("lead", "phones", "13900139000; 13700137000", "13700137000; 13900139000"),
        ("lead", "next_follow_up", "2026-11-20", "fri"),
        ("lead", "rating", "hot", "Hot"),
        ("deal", "amount", "12000", "1.2万"),
    ],
)
def test_what_both_changed_alike_is_no_clash(
    home: Path, noun: str, name: str, theirs: str, mine: str
) -> None:
    record = make(home, noun, name="Wang")
    base = base_of(home, noun, record.id)
    amend(home, noun, record.id, **{name: theirs})
    assert catch_up(home, noun, record.id, base, **{name: mine}) == CaughtUp({}, ())


def test_a_link_that_was_renamed_did_not_change(home: Path) -> None:
    account = make(home, "account", name="Acme")
    task = make(home, "task", subject="Call", account="Acme")
    base = base_of(home, "task", task.id)
    amend(home, "account", account.id, name="Acme Ltd")
    assert catch_up(home, "task", task.id, base, notes="x") == CaughtUp({"notes": "x"}, ())


def test_what_a_task_is_about_is_settled_as_one(home: Path) -> None:
    make(home, "account", name="Acme")
    make(home, "lead", name="Wang")
    task = make(home, "task", subject="Call")
    base = base_of(home, "task", task.id)
    amend(home, "task", task.id, account="Acme")
    # Writing the lead would take the account away, as a task is about one of them.
    (found,) = clashes(home, "task", task.id, base, lead="Wang", notes="x")
    assert set(found) == {"lead", "account"}


def test_stage_and_probability_of_a_deal_are_settled_as_one(home: Path) -> None:
    deal = make(home, "deal", name="Pumps")
    base = base_of(home, "deal", deal.id)
    with acting(home) as session:
        from sfa.services.deals import advance_stage

        advance_stage(session, deal.id, today=TODAY)
    (found,) = clashes(home, "deal", deal.id, base, probability="55")
    assert {"stage", "probability"} <= set(found)


def test_a_declared_field_is_merged_as_any_other(home: Path) -> None:
    make(home, "field", name="colour", on="lead")
    lead = make(home, "lead", name="Wang")
    base = base_of(home, "lead", lead.id)
    amend(home, "lead", lead.id, colour="red")
    assert catch_up(home, "lead", lead.id, base, title="COO").taken == ("colour",)
    assert catch_up(home, "lead", lead.id, base, colour="red") == CaughtUp({}, ())
    assert clashes(home, "lead", lead.id, base, colour="blue") == [("colour",)]


def test_a_record_that_was_deleted_meanwhile_is_said_to_be_gone(home: Path) -> None:
    lead = make(home, "lead", name="Wang")
    base = base_of(home, "lead", lead.id)
    with acting(home) as session:
        nouns.delete(session, "lead", lead.id)
    with pytest.raises(NotFound):
        catch_up(home, "lead", lead.id, base, title="COO")
