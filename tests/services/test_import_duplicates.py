"""An import tells which new leads may be there already; it refuses them when asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import msg
from sfa.fields import noun
from sfa.interchange.csv_reading import parse_table
from sfa.interchange.reach import (
    email_address,
    phone_digits,
    plain_email,
    plain_phone,
    split_many,
    split_phones,
)
from sfa.services.imports import ImportPlan, plan_import
from sfa.services.imports.duplicates import Shared
from sfa.store import undo
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.services.importing import TODAY, imported, mapping_of, planned, reasons

HEADER = "Lead ID,Name,Company,Phone,Email\n"


def candidates(plan: ImportPlan) -> list[tuple[int, Shared, int, str]]:
    return [
        (each.line, each.candidate.shared, each.candidate.line, each.candidate.name)
        for each in plan.candidates
        if each.candidate is not None
    ]


def plan_of(home: Path, rows: str, *, refuse: bool = False) -> ImportPlan:
    table = parse_table((HEADER + rows).encode(), "x.csv")
    with reading(home) as connection:
        used = mapping_of("lead", table, None)
        return plan_import(connection, noun("lead"), table, used, today=TODAY, refuse_duplicates=refuse)


@pytest.mark.parametrize(
    ("rows", "shared"),
    [
        ("1,王芳,华创,13800138000,\n2,李娜,远东,+86 138 0013 8000,\n", Shared.PHONE),
        ("1,Ann,Acme,,ann@x.org\n2,Bob,Initech,,Ann@X.org\n", Shared.EMAIL),
        ("1,Ann Lee,Acme,,\n2,ann lee,ACME,,\n", Shared.NAME),
    ],
)
def test_a_row_that_shares_something_with_an_earlier_one_is_told(
    home: Path, rows: str, shared: Shared
) -> None:
    assert candidates(plan_of(home, rows)) == [(3, shared, 2, "")]


def test_people_of_the_same_name_elsewhere_or_without_a_company_are_no_candidates(home: Path) -> None:
    assert not candidates(plan_of(home, "1,王芳,华创,,\n2,王芳,远东,,\n3,王芳,,,\n4,王芳,,,\n"))


@pytest.mark.parametrize(
    ("row", "shared"),
    [
        ("9,Somebody,Else,138-0013-8000,\n", Shared.PHONE),
        ("9,Somebody,Else,,fang@hc.cn\n", Shared.EMAIL),
        ("9,王芳,华创,,\n", Shared.NAME),
        ("9,王芳,华创,13800138000,fang@hc.cn\n", Shared.EMAIL),
    ],
)
def test_a_row_that_shares_something_with_a_lead_of_the_store_is_told(
    home: Path, row: str, shared: Shared
) -> None:
    imported(home, "lead", HEADER + "1,王芳,华创,13800138000,fang@hc.cn\n")
    assert candidates(plan_of(home, row)) == [(2, shared, 0, "王芳")]


def test_rows_of_leads_that_are_there_by_their_key_are_no_candidates(home: Path) -> None:
    text = HEADER + "1,王芳,华创,13800138000,fang@hc.cn\n"
    imported(home, "lead", text)
    assert not planned(home, "lead", text)[0].candidates


def test_deleted_leads_are_no_candidates(home: Path) -> None:
    imported(home, "lead", HEADER + "1,王芳,华创,13800138000,\n")
    with changing(home, name=msg("Undo")) as change:
        undo.undo(change)
    assert not candidates(plan_of(home, "9,Somebody,Else,13800138000,\n"))


def test_refused_candidates_stay_out_and_the_first_of_them_goes_in(home: Path) -> None:
    plan = plan_of(
        home, "1,王芳,华创,13800138000,\n2,李娜,远东,13800138000,\n3,赵敏,远东,13800138000,\n", refuse=True
    )
    assert [verdict.line for _, verdict in plan.rejected] == [3, 4]
    assert "same as line 2" in reasons(plan)[0]


def test_the_usual_list_of_candidates_needs_no_walk_through_the_store(home: Path) -> None:
    imported(home, "lead", HEADER + "1,王芳,华创,13800138000,fang@hc.cn\n")
    queries: list[str] = []
    table = parse_table((HEADER + "9,王芳,华创,13800138000,fang@hc.cn\n").encode(), "x.csv")
    with reading(home) as connection:
        connection.set_trace_callback(queries.append)
        plan_import(connection, noun("lead"), table, mapping_of("lead", table, None), today=TODAY)
        connection.set_trace_callback(None)
        looked = [
            query
            for query in queries
            if "JOIN lead r ON r.id = c.lead_id" in query or "COLLATE NOCASE" in query
        ]
        plans = [row[3] for query in looked for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    assert len(looked) == 3
    assert not [step for step in plans if step.startswith("SCAN") and "json_each" not in step]


@pytest.mark.parametrize(
    "text",
    [
        *("13800138000", "021-22597620", "0755-8888-1234", "555-123-4567", "110110"),
        *("+8613800138000", "+86 138 0013 8000", "+86 755-8888-1234", "+1 212-555-1234", "+49 30 901820"),
    ],
)
def test_phones_of_the_usual_shape_are_read_as_all_others_are(text: str) -> None:
    assert split_phones(text) == [text]
    assert plain_phone(text) == (text, phone_digits(text))


@pytest.mark.parametrize(
    "text",
    [
        "8613800138000",
        "0086138",
        "+86138",
        "+86 (755) 8888",
        "+86  13800138000",
        "+86 13800138000 ",
        "021-1234 转 5",
        "12",
        "1-",
        "138 0013 8000",
        "无",
        " 110110",
    ],
)
def test_phones_of_other_shapes_are_left_to_the_reader_of_all(text: str) -> None:
    assert plain_phone(text) is None


def test_emails_of_the_usual_shape_are_read_as_all_others_are() -> None:
    assert plain_email("ann@x.org") == (email_address("ann@x.org"),)
    assert split_many("ann@x.org") == ["ann@x.org"]
    for other in (
        "Ann <ann@x.org>",
        "ann@x.org、bob@x.org",
        "a@x.org;b@x.org",
        "a" * 320 + "@x.org",
        "a\x01@x.org",
    ):
        assert plain_email(other) is None
