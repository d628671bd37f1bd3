from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sfa.errors import Ambiguous, InvalidInput, Refused
from sfa.services import conversions, converting, settings
from sfa.services.conversions import Act, Conversion, Part
from sfa.services.converting import Converted
from sfa.services.entry import Entered
from sfa.services.records import raw
from tests.services.acting import TODAY, acting, amend, live, make, row, rows, take_back, typed
from tests.store.rows import hash_of_store


def convert(
    home: Path, lead_id: str, *, account: str | None = None, contact: str | None = None, deal: bool = True
) -> Converted:
    with acting(home) as session:
        return converting.convert(
            session,
            lead_id,
            account=account,
            contact=contact,
            deal=Entered() if deal else None,
            today=TODAY,
        )


def preview(home: Path, lead_id: str) -> Conversion:
    with acting(home) as session:
        return conversions.preview_conversion(raw(session), lead_id, deal=Entered(), today=TODAY)


def acts(part: Part) -> dict[str, tuple[Act, object, object]]:
    return {each.field.name: (each.act, each.offered, each.present) for each in part.fields}


def test_a_lead_becomes_account_contact_and_deal(home: Path) -> None:
    lead = make(home, "lead", name="Bob Ray", company="Acme", title="CTO", source="fair", interest="pumps")
    done = convert(home, lead.id)
    assert done.deal is not None
    assert live(home, "account", done.account.id)["name"] == "Acme"
    contact = live(home, "contact", done.contact.id)
    assert (contact["name"], contact["title"]) == ("Bob Ray", "CTO")
    deal = live(home, "deal", done.deal.id)
    assert (deal["account_id"], deal["source"], deal["notes"]) == (done.account.id, "fair", "pumps")
    link = row(home, "SELECT account_id FROM contact_account WHERE contact_id = ?", done.contact.id)
    assert link == {"account_id": done.account.id}


def test_the_lead_is_kept_with_links_to_what_it_became(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme")
    done = convert(home, lead.id)
    stored = live(home, "lead", lead.id)
    assert stored["status"] == "qualified"
    assert stored["converted_at"] is not None
    assert done.deal is not None
    assert (
        stored["converted_account_id"],
        stored["converted_contact_id"],
        stored["converted_deal_id"],
    ) == (done.account.id, done.contact.id, done.deal.id)


def test_the_deal_closes_at_the_end_of_the_fiscal_quarter(home: Path) -> None:
    with acting(home) as session:
        settings.settle(session, "fiscal_year_start_month", "2")
    lead = make(home, "lead", name="Bob", company="Acme")
    done = convert(home, lead.id)
    assert done.deal is not None
    # A fiscal year from February has its quarters end in April, July, October and January.
    assert live(home, "deal", done.deal.id)["close_on"] == "2027-01-31"


@pytest.mark.parametrize("company", ["ACME corp", "ＡＣＭＥ Corp", "acm"])
def test_the_existing_account_of_that_name_is_offered(home: Path, company: str) -> None:
    account = make(home, "account", name="Acme Corp", short_name="ACM")
    lead = make(home, "lead", name="Bob", company=company)
    part = preview(home, lead.id).account
    assert (part.act, part.record_id) == (Act.ATTACH, account.id)


def test_several_accounts_of_that_name_have_to_be_chosen_from(home: Path) -> None:
    first = make(home, "account", name="Acme")
    make(home, "account", name="ACME")
    lead = make(home, "lead", name="Bob", company="Acme")
    with pytest.raises(Ambiguous):
        convert(home, lead.id)
    assert convert(home, lead.id, account=first.id).account.id == first.id


def test_a_new_account_can_be_had_beside_the_existing_one(home: Path) -> None:
    make(home, "account", name="Acme")
    lead = make(home, "lead", name="Bob", company="Acme")
    assert convert(home, lead.id, account="new").account.created


def test_the_preview_says_field_by_field_what_is_filled_and_what_is_kept(home: Path) -> None:
    make(home, "account", name="Acme", next_follow_up="2026-12-01")
    make(home, "contact", name="Bob", accounts="Acme", phones="13800138000")
    lead = make(
        home,
        "lead",
        name="Bob",
        company="Acme",
        title="CTO",
        phones="138 0013 8000; 13900139000",
        next_follow_up="2026-11-20",
    )
    plan = preview(home, lead.id)
    assert acts(plan.account) == {"next_follow_up": (Act.KEEP, "2026-11-20", "2026-12-01")}
    assert acts(plan.contact) == {
        "title": (Act.FILL, "CTO", None),
        "phones": (Act.ADD, ("13900139000",), None),
    }
    assert plan.contact.act is Act.ATTACH


def test_the_preview_changes_nothing(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme", phones="13800138000")
    before = hash_of_store(home)
    preview(home, lead.id)
    assert hash_of_store(home) == before


def test_what_is_shown_is_what_is_written(home: Path) -> None:
    make(home, "account", name="Acme")
    lead = make(home, "lead", name="Bob", company="Acme", phones="13800138000", emails="bob@acme.com")
    plan = preview(home, lead.id)
    done = convert(home, lead.id)
    assert done.account.id == plan.account.record_id
    phones = rows(home, "SELECT value FROM phone WHERE contact_id = ?", done.contact.id)
    assert phones == [{"value": "13800138000"}]
    assert live(home, "contact", done.contact.id)["name"] == plan.contact.label


def test_phones_and_emails_are_not_doubled(home: Path) -> None:
    make(home, "account", name="Acme")
    contact = make(
        home, "contact", name="Bob", accounts="Acme", phones="+86 138 0013 8000", emails="Bob@Acme.com"
    )
    lead = make(home, "lead", name="bob", company="Acme", phones="13800138000", emails="bob@acme.com")
    assert convert(home, lead.id).contact.id == contact.id
    for table in ("phone", "email"):
        query = f"SELECT id FROM {table} WHERE contact_id = ? AND deleted_at IS NULL"
        assert len(rows(home, query, contact.id)) == 1


def test_a_namesake_elsewhere_is_somebody_else(home: Path) -> None:
    make(home, "account", name="Other")
    make(home, "contact", name="Bob", accounts="Other")
    lead = make(home, "lead", name="Bob", company="Acme")
    assert convert(home, lead.id).contact.created


def test_a_namesake_with_the_same_number_is_the_same_person(home: Path) -> None:
    contact = make(home, "contact", name="Bob", phones="13800138000")
    lead = make(home, "lead", name="Bob", company="Acme", phones="138-0013-8000")
    done = convert(home, lead.id)
    assert done.contact.id == contact.id
    link = row(home, "SELECT account_id FROM contact_account WHERE contact_id = ?", contact.id)
    assert link == {"account_id": done.account.id}


def test_activities_tasks_and_files_go_along_to_the_deal(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme")
    activity = make(home, "activity", kind="call", lead="Bob", outcome="likes it")
    task = make(home, "task", subject="Send offer", lead="Bob")
    done = convert(home, lead.id)
    assert done.deal is not None
    for table, record in (("activity", activity), ("task", task)):
        stored = live(home, table, record.id)
        assert (stored["deal_id"], stored["lead_id"]) == (done.deal.id, None)


def test_without_a_deal_they_go_to_the_account(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme")
    task = make(home, "task", subject="Send offer", lead="Bob")
    done = convert(home, lead.id, deal=False)
    assert done.deal is None
    assert live(home, "task", task.id)["account_id"] == done.account.id


def test_declared_fields_of_the_same_name_and_kind_are_filled(home: Path) -> None:
    make(home, "field", name="budget", on="lead", kind="number")
    make(home, "field", name="budget", on="deal", kind="number")
    make(home, "field", name="colour", on="lead", kind="text")
    make(home, "field", name="colour", on="deal", kind="date")
    lead = make(home, "lead", name="Bob", company="Acme", budget="5000", colour="red")
    done = convert(home, lead.id)
    assert done.deal is not None
    value = rows(home, "SELECT value FROM custom_value WHERE deal_id = ?", done.deal.id)
    assert value == [{"value": "5000"}]


def test_what_is_typed_for_the_deal_wins(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme")
    with acting(home) as session:
        wanted = typed(session, "deal", name="Big one", amount="5000", close_date="2026-12-05")
        done = converting.convert(session, lead.id, deal=wanted, today=TODAY)
    assert done.deal is not None
    deal = live(home, "deal", done.deal.id)
    assert (deal["name"], deal["amount_minor"], deal["close_on"]) == ("Big one", 500_000, "2026-12-05")


def test_a_person_without_a_company_becomes_an_account_of_that_name(home: Path) -> None:
    lead = make(home, "lead", name="Bob Ray")
    assert convert(home, lead.id).account.label == "Bob Ray"


def test_a_converted_lead_is_refused(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme")
    convert(home, lead.id)
    with pytest.raises(Refused, match="converted already"):
        convert(home, lead.id)


def test_a_disqualified_lead_is_refused(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme", status="disqualified", reason="no budget")
    with pytest.raises(Refused, match="disqualified"):
        convert(home, lead.id)


def test_undo_takes_the_whole_conversion_back(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme", phones="13800138000")
    make(home, "task", subject="Send offer", lead="Bob")
    before = hash_of_store(home)
    convert(home, lead.id)
    take_back(home)
    assert hash_of_store(home) == before


def test_disqualifying_needs_the_reason(home: Path) -> None:
    lead = make(home, "lead", name="Bob")
    with pytest.raises(InvalidInput, match="reason"):
        amend(home, "lead", lead.id, status="disqualified")
    amend(home, "lead", lead.id, status="disqualified", reason="no budget")
    amend(home, "lead", lead.id, status="working")
    assert live(home, "lead", lead.id)["disqualified_reason"] is None


def test_the_status_of_a_converted_lead_stays(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme")
    convert(home, lead.id)
    with pytest.raises(Refused, match="its status stays"):
        amend(home, "lead", lead.id, status="new")
    amend(home, "lead", lead.id, notes="still of use")


def test_the_conversion_happens_on_the_business_day(home: Path) -> None:
    lead = make(home, "lead", name="Bob", company="Acme")
    convert(home, lead.id)
    stored = live(home, "lead", lead.id)["converted_at"]
    assert date.fromisoformat(stored[:10]) in {TODAY, date(2026, 11, 17), date(2026, 11, 19)}
