from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfa.errors import InvalidInput
from sfa.interchange.visit_line import VisitDraft, parse_line
from sfa.terms import ActivityKind

DATA = Path(__file__).parent / "data"
WEDNESDAY = date(2026, 11, 18)
FIELDS_RIGHT = 0.95
FIELDS = (
    "kind",
    "account",
    "attendees",
    "happened_on",
    "happened_time",
    "notes",
    "next_step",
    "next_due_on",
    "next_due_time",
    "no_next_step",
)


@dataclass(frozen=True)
class Labelled:
    line: str
    wanted: dict[str, str]
    accounts: tuple[str, ...]
    contacts: tuple[str, ...]


def labelled_lines(name: str) -> list[Labelled]:
    rows = [row for row in (DATA / name).read_text(encoding="utf-8").splitlines() if not row.startswith("#")]
    columns = rows[0].split("\t")
    return [_labelled(dict(zip(columns, row.split("\t"), strict=True))) for row in rows[1:]]


def _labelled(cells: dict[str, str]) -> Labelled:
    known = dict(part.split("=", 1) for part in cells["known_names"].split("; ") if part)
    wanted = {name: " ".join(cells[name].split()) for name in FIELDS}
    wanted["happened_on"] = wanted["happened_on"] or WEDNESDAY.isoformat()
    return Labelled(cells["line"], wanted, _names(known.get("accounts")), _names(known.get("contacts")))


def _names(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split(", ")) if cell else ()


def as_labels(draft: VisitDraft) -> dict[str, str]:
    """Write a draft as the label files write it, white space made single."""
    cells = {
        "kind": draft.kind.value,
        "account": draft.account,
        "attendees": "; ".join(draft.attendees),
        "happened_on": draft.happened_on.isoformat(),
        "happened_time": _clock(draft.happened_time),
        "notes": draft.notes,
        "next_step": draft.next_step,
        "next_due_on": draft.next_due_on.isoformat() if draft.next_due_on else "",
        "next_due_time": _clock(draft.next_due_time),
        "no_next_step": "yes" if draft.no_next_step else "",
    }
    return {name: " ".join(cell.split()) for name, cell in cells.items()}


def _clock(at: time | None) -> str:
    return at.isoformat("minutes") if at else ""


def wrong_fields(name: str) -> tuple[int, list[str]]:
    """Return how many fields a file labels, and those the parser reads otherwise."""
    lines, wrong = labelled_lines(name), []
    for one in lines:
        draft = parse_line(
            one.line, today=WEDNESDAY, known_accounts=one.accounts, known_contacts=one.contacts
        )
        got = as_labels(draft)
        wrong += [
            f"{one.line}\n    {field}: {got[field]!r}, labelled {one.wanted[field]!r}"
            for field in FIELDS
            if got[field] != one.wanted[field]
        ]
    return len(lines) * len(FIELDS), wrong


@pytest.mark.parametrize("name", ["log_lines_en.tsv", "log_lines_zh.tsv"])
def test_at_least_95_percent_of_labelled_fields_are_read_right(name: str) -> None:
    count, wrong = wrong_fields(name)
    assert count >= 1000
    assert 1 - len(wrong) / count >= FIELDS_RIGHT, "\n".join(wrong)


@pytest.mark.parametrize("name", ["log_lines_en.tsv", "log_lines_zh.tsv"])
def test_few_labelled_lines_lean_on_known_names(name: str) -> None:
    lines = labelled_lines(name)
    assert sum(bool(one.accounts or one.contacts) for one in lines) < 0.15 * len(lines)


def test_line_of_the_design_is_read_whole_and_without_a_doubt() -> None:
    draft = parse_line("visited 华创 with 王总, wants a quote, follow up fri", today=WEDNESDAY)
    assert draft == VisitDraft(
        kind=ActivityKind.VISIT,
        account="华创",
        attendees=("王总",),
        happened_on=WEDNESDAY,
        happened_time=None,
        notes="wants a quote",
        next_step="follow up",
        next_due_on=date(2026, 11, 20),
        next_due_time=None,
        no_next_step=False,
        doubts=(),
    )


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u3000"])
def test_empty_line_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_line(text, today=WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Acme all fine, send quote fri", "kind"),
        ("called and left a message, send quote fri", "account"),
        ("visited Acme, send quote", "next_due_on"),
        ("visited Acme, send quote by 03/04", "next_due_on"),
        ("visited Acme, send quote by 2 nov", "next_due_on"),
        ("visited Acme, send quote in december", "next_due_on"),
        ("visited Acme, price is fine", "next_step"),
        ("visited Acme, send quote fri, call mon", "next_step"),
        ("mon visited Acme, send quote fri", "happened_on"),
        ("拜访华创，发报价", "next_due_on"),
    ],
)
def test_what_a_person_must_confirm_is_doubted(text: str, field: str) -> None:
    assert field in [doubt.field for doubt in parse_line(text, today=WEDNESDAY).doubts]


def test_explicit_none_leaves_no_doubt_about_the_next_step() -> None:
    for text in ("visited Acme with Bob, all fine, no follow up needed", "拜访华创王总，一切正常，无需跟进"):
        draft = parse_line(text, today=WEDNESDAY)
        assert draft.no_next_step
        assert (draft.next_step, draft.doubts) == ("", ())


def test_known_names_split_what_words_alone_do_not() -> None:
    text = "拜访凯盛重工王伟合同细节确认周五签"
    draft = parse_line(
        text, today=WEDNESDAY, known_accounts=["凯盛重工有限公司"], known_contacts=["王伟", "李娜"]
    )
    assert (draft.account, draft.attendees) == ("凯盛重工", ("王伟",))


def test_known_name_is_found_only_as_words_of_its_own() -> None:
    draft = parse_line(
        "visited Acmeson with Bob", today=WEDNESDAY, known_accounts=["Acme"], known_contacts=["Bo Li"]
    )
    assert (draft.account, draft.attendees) == ("Acmeson", ("Bob",))


@given(st.text(max_size=120).filter(str.strip), ORDINARY := st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_line_is_read_without_an_error(text: str, today: date) -> None:
    draft = parse_line(text, today=today)
    assert draft.happened_on <= today
    assert draft.next_due_on is None or draft.next_step


_WORDS = (
    "visited called 拜访 电话 with w/ at @ 王总 Bob Acme 华创科技 , ， 。 - / ( ) : → fri 周五 下周三"
    " yesterday 昨天 3pm send follow up 跟进 无需跟进 no follow up needed next: 下一步 的 和 了 采购部 Ltd"
    " wants quote 报价 & + the 12/4 11月25日"
).split()


@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=14), st.sampled_from(["", " "]), ORDINARY)
def test_any_mixture_of_its_words_is_read_without_an_error(words: list[str], gap: str, today: date) -> None:
    text = gap.join(words)
    draft = parse_line(text, today=today, known_accounts=["Acme", "华创科技"], known_contacts=["Bob Ray"])
    for name in (draft.account, *draft.attendees):
        assert name in " ".join(text.split())


@pytest.mark.parametrize("name", ["log_lines_en_unseen.tsv", "log_lines_zh_unseen.tsv"])
def test_lines_written_after_the_tuning_are_read_about_as_well(name: str) -> None:
    count, wrong = wrong_fields(name)
    assert count == 200
    assert 1 - len(wrong) / count >= 0.9, "\n".join(wrong)


def test_figures_that_may_be_two_days_are_read_as_the_nearer_one() -> None:
    draft = parse_line("visited Acme, bring trailer 3/12", today=WEDNESDAY)
    assert draft.next_due_on == date(2026, 12, 3)
    assert [doubt.field for doubt in draft.doubts] == ["next_due_on"]


def test_dated_step_outweighs_a_none_said_of_something_else() -> None:
    draft = parse_line("visited Acme, no follow up on price, send samples fri", today=WEDNESDAY)
    assert (draft.next_step, draft.no_next_step) == ("send samples", False)


def test_step_of_the_same_day_takes_the_day_named_before() -> None:
    draft = parse_line("saw Bob at Acme, promised payment 27 Nov, call to confirm that day", today=WEDNESDAY)
    assert draft.next_due_on == date(2026, 11, 27)
