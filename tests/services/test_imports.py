"""Imports: verdicts, what is written, and that a second time changes nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sfa import ids
from sfa.errors import Refused, msg
from sfa.services.imports import record_ids as imports_ids
from sfa.store import undo
from sfa.store.erasure import erase_rows
from sfa.store.home import store_path
from sfa.store.perform import changing
from tests.services.importing import applied, figures, imported, planned, reasons
from tests.store.rows import add, count, edit, hash_of_store, value_of

LEADS = "Lead ID,Name,Company,Phone,Email,Status\nL1,Wang Fang,Huachuang,13800138000,w@x.org,new\n"


def rows(home: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(store_path(home))) as connection:
        return connection.execute(query, values).fetchall()


def take_back(home: Path) -> None:
    with changing(home, name=msg("Undo")) as change:
        undo.undo(change)


def test_ids_of_many_records_are_those_of_one() -> None:
    organisation = "6d3f2b4e-54f7-5c0e-9a43-0d1f2a7b9c11"
    assert imports_ids.record_ids(organisation, "crm", "lead", ["a", "王"]) == [
        ids.external_id(organisation, "crm", "lead", key) for key in ("a", "王")
    ]


def test_a_new_row_becomes_a_record_with_its_children_and_its_key(home: Path) -> None:
    assert figures(imported(home, "lead", LEADS)) == (1, 0, 0, 0, 0)
    lead = "SELECT {} FROM lead r JOIN {} c ON c.{} = r.id AND c.deleted_at IS NULL"
    assert rows(home, lead.format("r.name, r.company, c.value, c.digits", "phone", "lead_id")) == [
        ("Wang Fang", "Huachuang", "13800138000", "13800138000")
    ]
    assert rows(home, lead.format("c.value", "email", "lead_id")) == [("w@x.org",)]
    assert rows(home, lead.format("c.noun, c.source, c.key", "external_id", "record_id")) == [
        ("lead", "import", "L1")
    ]


def test_the_same_file_again_changes_nothing(home: Path) -> None:
    imported(home, "lead", LEADS)
    before = count(home, "SELECT max(seq) FROM oplog")
    assert figures(imported(home, "lead", LEADS)) == (0, 0, 1, 0, 0)
    assert count(home, "SELECT max(seq) FROM oplog") == before


def test_a_changed_cell_changes_its_field_alone(home: Path) -> None:
    imported(home, "lead", LEADS)
    assert figures(imported(home, "lead", LEADS.replace("Huachuang", "Huachuang Tech"))) == (0, 1, 0, 0, 0)
    assert rows(home, "SELECT name, company FROM lead") == [("Wang Fang", "Huachuang Tech")]
    assert rows(home, "SELECT kind, count(*) FROM oplog WHERE tbl = 'lead' GROUP BY 1 ORDER BY 1") == [
        ("insert", 1),
        ("update", 1),
    ]


def test_an_empty_cell_says_nothing(home: Path) -> None:
    imported(home, "lead", LEADS)
    assert figures(imported(home, "lead", LEADS.replace("Huachuang", "").replace("13800138000", ""))) == (
        0,
        0,
        1,
        0,
        0,
    )
    assert rows(home, "SELECT company FROM lead") == [("Huachuang",)]
    assert count(home, "SELECT count(*) FROM phone WHERE deleted_at IS NULL") == 1


def test_undo_takes_a_whole_import_back(home: Path) -> None:
    before = hash_of_store(home)
    imported(home, "lead", LEADS)
    after = hash_of_store(home)
    take_back(home)
    assert hash_of_store(home) == before
    assert figures(imported(home, "lead", LEADS)) == (0, 0, 0, 1, 0)
    assert hash_of_store(home) == after
    assert count(home, "SELECT count(*) FROM lead") == 1


def test_undo_of_an_update_brings_the_old_values_back(home: Path) -> None:
    imported(home, "lead", LEADS)
    before = hash_of_store(home)
    imported(home, "lead", LEADS.replace("13800138000", "13900139000; 02155551234").replace("new", "working"))
    assert rows(home, "SELECT value FROM phone WHERE deleted_at IS NULL ORDER BY value") == [
        ("02155551234",),
        ("13900139000",),
    ]
    take_back(home)
    assert hash_of_store(home) == before


def test_values_that_left_the_file_are_taken_away_but_not_those_entered_by_hand(home: Path) -> None:
    imported(home, "lead", LEADS.replace("13800138000", "13800138000; 13900139000"))
    lead_id = str(rows(home, "SELECT id FROM lead")[0][0])
    add(home, "phone", lead_id=lead_id, value="02155551234", digits="02155551234")
    assert figures(imported(home, "lead", LEADS)) == (0, 1, 0, 0, 0)
    assert rows(home, "SELECT value FROM phone WHERE deleted_at IS NULL ORDER BY value") == [
        ("02155551234",),
        ("13800138000",),
    ]


def test_a_value_entered_by_hand_is_not_doubled(home: Path) -> None:
    imported(home, "lead", LEADS.replace("13800138000", ""))
    lead_id = str(rows(home, "SELECT id FROM lead")[0][0])
    add(home, "phone", lead_id=lead_id, value="13800138000", digits="13800138000")
    assert figures(imported(home, "lead", LEADS)) == (0, 0, 1, 0, 0)
    assert count(home, "SELECT count(*) FROM phone") == 1


def test_bad_cells_reject_their_row_with_every_reason_and_the_others_go_in(home: Path) -> None:
    text = LEADS + "L2,,X,abc,nomail,weird\nL3,Li Na,Y,,,\n"
    plan = imported(home, "lead", text)
    assert figures(plan) == (2, 0, 0, 0, 1)
    assert plan.rejected[0][1].line == 3
    assert reasons(plan) == [
        "Phones: 'abc' is no phone number.",
        "Emails: 'nomail' is no email address.",
        "Status: 'weird' is not one of its values.",
    ]


def test_what_is_needed_must_be_given_for_new_records(home: Path) -> None:
    assert reasons(imported(home, "lead", "Lead ID,Name,Company\nL1,,X\n")) == ["Name: a value is needed."]
    assert reasons(imported(home, "task", "Subject,Due\n,2026-12-01\n")) == ["What: a value is needed."]


def test_cells_that_say_nothing_in_words_are_empty(home: Path) -> None:
    plan = imported(home, "lead", "Name,Phone,Rating,Lead owner\nLi Na,N/A,无,-\n")
    assert figures(plan) == (1, 0, 0, 0, 0)
    assert rows(home, "SELECT rating FROM lead") == [(None,)]


def test_rows_of_the_wrong_width_are_rejected(home: Path) -> None:
    plan = imported(home, "lead", "Name,Company\nLi Na,X,Y\nWang Fang,Z\n")
    assert figures(plan) == (1, 0, 0, 0, 1)
    assert "more cells" in reasons(plan)[0]


def test_keys_must_be_there_and_be_one_rows_alone(home: Path) -> None:
    plan = imported(home, "lead", "Lead ID,Name\nL1,A\n,B\nL1,C\n")
    assert figures(plan) == (1, 0, 0, 0, 2)
    assert reasons(plan) == ["Lead ID: the key is empty.", "Lead ID: 'L1' is the key of line 2 already."]


def test_without_a_key_the_same_row_is_the_same_record(home: Path) -> None:
    text = "Name,Company,Phone\nLi Na,X,13800138000\nLi Na,X,13900139000\n"
    assert figures(imported(home, "lead", text)) == (2, 0, 0, 0, 0)
    assert figures(imported(home, "lead", text)) == (0, 0, 2, 0, 0)
    assert reasons(imported(home, "lead", text + "li na,x,13800138000\n")) == [
        "lead: it is the same as line 2."
    ]


def test_without_a_key_accounts_meet_those_of_their_name(home: Path) -> None:
    account_id = add(home, "account", name="Acme")
    assert figures(imported(home, "account", "Account Name,Industry\nACME,steel\nNew,\n")) == (1, 1, 0, 0, 0)
    assert value_of(home, "account", account_id, "industry") == "steel"


def test_a_record_linked_by_hand_to_its_key_is_met(home: Path) -> None:
    lead_id = add(home, "lead", name="Fang")
    add(home, "external_id", noun="lead", record_id=lead_id, source="import", key="L1")
    assert figures(imported(home, "lead", LEADS)) == (0, 1, 0, 0, 0)
    assert value_of(home, "lead", lead_id, "name") == "Wang Fang"


def test_the_owner_brings_the_team_and_without_one_it_is_the_importers(home: Path) -> None:
    team = add(home, "team", name="East")
    owner = add(home, "user", name="Ann", team_id=team)
    text = "Name,Lead owner\nLi Na,ann\nWang Fang,\n"
    imported(home, "lead", text)
    found = {name: both for name, *both in rows(home, "SELECT name, owner_id, team_id FROM lead")}
    me = rows(home, "SELECT value FROM local_state WHERE key = 'user_id'")[0][0]
    assert found == {"Li Na": [owner, team], "Wang Fang": [me, None]}


def test_original_authors_and_dates_are_kept(home: Path) -> None:
    author = add(home, "user", name="Ann")
    text = "Name,Created,Created by\nLi Na,2016-10-20T08:00:00Z,Ann\nWang Fang,,\n"
    imported(home, "lead", text)
    assert rows(home, "SELECT created_at, created_by FROM lead WHERE name = 'Li Na'") == [
        ("2016-10-20T08:00:00.000Z", author)
    ]
    assert rows(
        home, "SELECT created_at > '2026', created_by IS NOT NULL FROM lead WHERE name = 'Wang Fang'"
    ) == [(1, 1)]


def test_unknown_and_ambiguous_links_reject_the_row(home: Path) -> None:
    add(home, "account", name="Acme")
    add(home, "account", name="Acme")
    plan = imported(home, "contact", "Name,Account Name\nAnn,Nowhere\nBob,Acme\n")
    assert reasons(plan) == [
        "Accounts: there is no account 'Nowhere'.",
        "Accounts: 2 accounts are called 'Acme'.",
    ]


def test_links_are_found_by_key_name_short_name_email_and_reference(home: Path) -> None:
    imported(home, "account", "Account ID,Account Name\nA1,Acme\n", None)
    short = add(home, "account", name="Huachuang Technology", short_name="华创")
    ref = str(value_of(home, "account", short, "ref"))
    owner = add(home, "user", name="Ann")
    add(home, "email", user_id=owner, value="Ann@x.org")
    text = f"Name,Account Name,Contact owner\na,A1,ann@x.org\nb,acme,Ann\nc,华创,\nd,{ref[:7]},\n"
    assert figures(imported(home, "contact", text)) == (4, 0, 0, 0, 0)
    found = rows(
        home,
        "SELECT c.name, a.name FROM contact c JOIN contact_account l ON l.contact_id = c.id"
        " JOIN account a ON a.id = l.account_id ORDER BY 1",
    )
    assert [name for _, name in found] == ["Acme", "Acme", "Huachuang Technology", "Huachuang Technology"]
    assert count(home, "SELECT count(*) FROM contact WHERE owner_id = ?", owner) == 2


def test_parents_may_stand_below_their_children_in_the_file(home: Path) -> None:
    text = "Account ID,Account Name,Parent Account\nA1,Small,Big\nA2,Big,\n"
    assert figures(imported(home, "account", text)) == (2, 0, 0, 0, 0)
    assert rows(home, "SELECT a.name, p.name FROM account a JOIN account p ON p.id = a.parent_id") == [
        ("Small", "Big")
    ]
    assert figures(imported(home, "account", text)) == (0, 0, 2, 0, 0)


def test_a_circle_of_parents_is_rejected_and_what_hangs_on_it(home: Path) -> None:
    text = "Account Name,Parent Account\nA,B\nB,A\nC,A\nD,\nE,E\n"
    plan = imported(home, "account", text)
    assert figures(plan) == (1, 0, 0, 0, 4)
    assert sorted(reasons(plan)) == [
        "Parent account: it would be above itself.",
        "Parent account: it would be above itself.",
        "Parent account: it would be above itself.",
        "Parent account: the row it refers to was rejected.",
    ]


def test_a_circle_through_the_store_is_rejected(home: Path) -> None:
    top = add(home, "account", name="Top")
    add(home, "account", name="Below", parent_id=top)
    assert reasons(imported(home, "account", "Account Name,Parent Account\nTop,Below\n")) == [
        "Parent account: it would be above itself."
    ]


def test_linked_records_are_made_only_where_the_mapping_lets_them(home: Path) -> None:
    mapping = """
    source = "hr"
    key = "n"
    [columns]
    n = "name"
    boss = "manager"
    office = "team"
    [defaults]
    role = "rep"
    [create]
    team = true
    [create.manager]
    role = "manager"
    team = { column = "office" }
    """
    text = "n,boss,office\nAnn,Bob,East\nCid,Bob,East\n"
    plan = imported(home, "user", text, mapping)
    assert (figures(plan), dict(plan.made)) == ((2, 0, 0, 0, 0), {"team": 1, "user": 1})
    found = rows(
        home,
        "SELECT u.name, u.role, t.name, m.name FROM user u JOIN team t ON t.id = u.team_id"
        " LEFT JOIN user m ON m.id = u.manager_id ORDER BY 1",
    )
    assert found == [
        ("Ann", "rep", "East", "Bob"),
        ("Bob", "manager", "East", None),
        ("Cid", "rep", "East", "Bob"),
    ]
    again = imported(home, "user", text, mapping)
    assert (figures(again), dict(again.made)) == ((0, 0, 2, 0, 0), {})
    strict = mapping.split("[create]", maxsplit=1)[0]
    assert reasons(imported(home, "user", "n,boss,office\nEve,Zed,East\n", strict)) == [
        "Manager: there is no user 'Zed'."
    ]


def test_records_named_by_rejected_rows_alone_are_not_made(home: Path) -> None:
    mapping = '[columns]\nn = "name"\noffice = "team"\nrole = "role"\n[create]\nteam = true\n'
    plan = imported(home, "user", "n,office,role\nAnn,East,rep\nBob,West,wizard\n", mapping)
    assert rows(home, "SELECT name FROM team") == [("East",)]
    assert dict(plan.made) == {"team": 1}


def test_defaults_are_for_new_records_alone(home: Path) -> None:
    mapping = """
    [columns]
    n = "name"
    s = "source"
    [defaults]
    source = "fair"
    rating = "hot"
    tags = "2026; fair"
    """
    imported(home, "lead", "n,s\nAnn,\nBob,web\n", mapping)
    assert rows(home, "SELECT name, source, rating FROM lead ORDER BY 1") == [
        ("Ann", "fair", "hot"),
        ("Bob", "web", "hot"),
    ]
    assert count(home, "SELECT count(*) FROM tag") == 4
    edit(home, "lead", str(rows(home, "SELECT id FROM lead WHERE name = 'Ann'")[0][0]), rating="cold")
    assert figures(imported(home, "lead", "n,s\nAnn,\nBob,web\n", mapping)) == (0, 0, 2, 0, 0)


def test_values_are_translated_before_they_are_read(home: Path) -> None:
    mapping = '[columns]\nn = "name"\ns = "status"\n[values.s]\nX9 = "qualified"\n'
    imported(home, "lead", "n,s\nAnn,X9\n", mapping)
    assert rows(home, "SELECT status FROM lead") == [("qualified",)]


def test_declared_fields_are_made_once_and_filled(home: Path) -> None:
    mapping = """
    key = "id"
    [columns]
    id = "name"
    rev = "field:revenue"
    [[fields]]
    name = "revenue"
    label = "Revenue"
    kind = "number"
    """
    plan = imported(home, "account", 'id,rev\nA,"1,100.40"\nB,\n', mapping)
    assert dict(plan.made) == {"custom_field": 1}
    assert rows(home, "SELECT value FROM custom_value") == [("1100.4",)]
    assert figures(imported(home, "account", "id,rev\nA,1100.4\nB,\n", mapping)) == (0, 0, 2, 0, 0)
    assert figures(imported(home, "account", "id,rev\nA,7\nB,\n", mapping)) == (0, 1, 1, 0, 0)
    assert rows(home, "SELECT value FROM custom_value WHERE deleted_at IS NULL") == [("7",)]
    assert reasons(imported(home, "account", "id,rev\nC,much\n", mapping)) == [
        "Revenue: 'much' is no number."
    ]


def test_names_and_addresses_are_put_together_from_their_parts(home: Path) -> None:
    header = "First Name,Last Name,City,State/Province,Country\n"
    text = header + "Ann,Lee,Leeds,Yorkshire,England\n芳,王,上海市,,中国\n"
    imported(home, "lead", text)
    assert rows(home, "SELECT name FROM lead ORDER BY 1") == [("Ann Lee",), ("王芳",)]
    assert rows(home, "SELECT line, city FROM address ORDER BY 1") == [
        ("Leeds, Yorkshire, England", "Leeds"),
        ("中国上海市", "上海市"),
    ]


def test_amounts_take_the_currency_of_their_own_column(home: Path) -> None:
    imported(home, "product", "Product Name,Unit Price,Currency\nA,10,EUR\nB,20,JPY\nC,30,\n")
    assert rows(home, "SELECT name, unit_price_micros / 1000000, currency FROM product ORDER BY 1") == [
        ("A", 10, "EUR"),
        ("B", 20, "JPY"),
        ("C", 30, "USD"),
    ]


def test_an_activity_is_about_the_most_telling_record_it_names(home: Path) -> None:
    add(home, "account", name="Acme")
    add(home, "contact", name="Ann")
    text = "Type,Date,Account Name,Contact,Subject\n"
    text += "call,2026-11-20,Acme,Ann,hello\nvisit,2026-11-21,,Ann,hi\ncall,2026-11-21,,,x\n"
    plan = imported(home, "activity", text)
    assert figures(plan) == (2, 0, 0, 0, 1)
    assert reasons(plan) == ["About: it must name a lead, an account, a contact or a deal."]
    assert rows(
        home, "SELECT kind, account_id IS NOT NULL, contact_id IS NOT NULL FROM activity ORDER BY 1"
    ) == [
        ("call", 1, 0),
        ("visit", 0, 1),
    ]
    assert count(home, "SELECT count(*) FROM activity_attendee WHERE contact_id IS NOT NULL") == 1
    assert figures(imported(home, "activity", text)) == (0, 0, 2, 0, 1)


def test_attendees_are_contacts_colleagues_or_names(home: Path) -> None:
    add(home, "account", name="Acme")
    contact = add(home, "contact", name="Ann")
    user = add(home, "user", name="Bob")
    imported(home, "activity", "Type,Date,Account Name,Attendees\nvisit,2026-11-21,Acme,Ann; Bob; Cid\n")
    assert rows(home, "SELECT contact_id, user_id, name FROM activity_attendee ORDER BY name, user_id") == [
        (contact, None, None),
        (None, user, None),
        (None, None, "Cid"),
    ]


def test_what_the_store_would_refuse_is_rejected_beforehand(home: Path) -> None:
    add(home, "account", name="Acme")
    activity = '[columns]\nk = "kind"\nd = "at"\na = "account"\n'
    activity += 'n = "next_step"\nz = "no_next_step"\no = "checkout"\n'
    plan = imported(
        home,
        "activity",
        "k,d,a,n,z,o\ncall,2026-11-20,Acme,x,yes,\ncall,2026-11-20,Acme,,,2026-11-20\n",
        activity,
    )
    assert reasons(plan) == [
        "Next step: there is one, though none is said to be needed.",
        "Check-out: a check-out needs a check-in.",
    ]
    assert reasons(imported(home, "task", "Subject,Due time\nCall,15:30\n")) == [
        "Due time: a time needs a day."
    ]
    user = '[columns]\nn = "name"\nf = "absent_from"\nt = "absent_to"\n'
    assert reasons(imported(home, "user", "n,f,t\nAnn,2026-12-05,2026-12-01\n", user)) == [
        "Absent to: it is before the first day."
    ]


def test_a_plan_made_before_a_change_is_made_again(home: Path) -> None:
    plan, table, mapping = planned(home, "account", "Account Name,Industry\nAcme,steel\n")
    account_id = add(home, "account", name="Acme")
    done = applied(home, plan, table, mapping)
    assert figures(done) == (0, 1, 0, 0, 0)
    assert value_of(home, "account", account_id, "industry") == "steel"


def test_a_change_that_would_reject_rows_stops_the_import(home: Path) -> None:
    account_id = add(home, "account", name="Acme")
    plan, table, mapping = planned(home, "contact", "Name,Account Name\nAnn,Acme\n")
    edit(home, "account", account_id, name="Other")
    with pytest.raises(Refused, match="no longer fit"):
        applied(home, plan, table, mapping)
    assert count(home, "SELECT count(*) FROM contact") == 0


def test_a_deleted_record_comes_back_with_the_next_import(home: Path) -> None:
    imported(home, "lead", LEADS)
    lead_id = str(rows(home, "SELECT id FROM lead")[0][0])
    edit(home, "lead", lead_id, deleted_at="2026-11-22T00:00:00.000Z")
    assert figures(imported(home, "lead", LEADS)) == (0, 0, 0, 1, 0)
    assert value_of(home, "lead", lead_id, "deleted_at") is None


def test_visits_are_imported_as_activities_of_their_kind(home: Path) -> None:
    add(home, "account", name="Acme")
    assert figures(imported(home, "visit", "拜访日期,客户,沟通结果\n2026-11-20,Acme,好\n")) == (1, 0, 0, 0, 0)
    assert rows(home, "SELECT kind, outcome FROM activity") == [("visit", "好")]


def test_a_comma_belongs_to_a_name_that_has_one(home: Path) -> None:
    for name in ("Acme, Inc.", "North", "South"):
        add(home, "account", name=name)
    plan = imported(
        home, "contact", 'Name,Account Name\nAnn,"Acme, Inc."\nBob,"North, South"\nCid,"Nix, Nox"\n'
    )
    assert reasons(plan) == ["Accounts: there is no account 'Nix, Nox'."]
    found = rows(
        home,
        "SELECT c.name, a.name FROM contact c JOIN contact_account l ON l.contact_id = c.id"
        " JOIN account a ON a.id = l.account_id ORDER BY 1, 2",
    )
    assert found == [("Ann", "Acme, Inc."), ("Bob", "North"), ("Bob", "South")]


def test_an_erased_person_does_not_come_back_from_a_file(home: Path) -> None:
    imported(home, "lead", LEADS)
    lead_id = str(rows(home, "SELECT id FROM lead")[0][0])
    with changing(home, name=msg("Erase")) as change:
        erase_rows(change.connection, [("lead", lead_id)])
    plan = imported(home, "lead", LEADS)
    assert reasons(plan) == ["lead: it was erased for good."]
    assert value_of(home, "lead", lead_id, "name") == "[erased]"


def test_a_made_record_may_be_given_links_and_values(home: Path) -> None:
    add(home, "team", name="East")
    mapping = '[columns]\nn = "name"\no = "owner"\n[create]\nowner = { role = "manager", team = "East" }\n'
    imported(home, "lead", "n,o\nAnn,Bob\n", mapping)
    assert rows(home, "SELECT u.name, u.role, t.name FROM user u JOIN team t ON t.id = u.team_id") == [
        ("Bob", "manager", "East")
    ]
