"""What is to do and what was done: a hundred and fifty tasks a block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sfa.demo.accounts import Account
from sfa.demo.days import Year, working_from
from sfa.demo.deals import Deal
from sfa.demo.names import one_of
from sfa.demo.sheets import Cells, Words
from sfa.terms import Priority, TaskState

COUNT = 150
_DONE, _OVERDUE, _TODAY, _CANCELLED, _UNDATED = 80, 16, 10, 6, 4
_FRIDAY = 4
_OWN_OF_EACH = 4  # how many of the overdue ones, and of those due today, are the own user's
_SUBJECTS: tuple[Words, ...] = (
    ("Send the offer", "发报价单"),
    ("Call back about the delivery time", "回电确认交期"),
    ("Check the payment terms with finance", "和财务核对付款条件"),
    ("Prepare the technical data sheet", "准备技术参数表"),
    ("Book the engineer for the survey", "约工程师现场勘察"),
    ("Send the frame contract for signature", "寄框架合同盖章"),
    ("Ask about the trial", "问试用情况"),
    ("Collect the drawings", "收图纸"),
    ("Write down the minutes", "整理会议纪要"),
)
_ROUTINE: tuple[Words, ...] = (
    ("Bring the deals up to date for Monday", "周一盘点前更新商机"),
    ("Plan next week's visits", "排下周拜访计划"),
)
_TIMES = ("09:00", "", "10:30", "", "14:00", "", "16:30", "")
_PRIORITIES = (Priority.HIGH, Priority.NORMAL, Priority.NORMAL, Priority.NORMAL, Priority.LOW)


@dataclass(frozen=True, slots=True)
class Done:
    """A task that was done, on a day; one that repeats gave birth to the next."""

    key: str
    on: date


@dataclass(frozen=True, slots=True)
class TaskList:
    """A block's tasks as the import takes them, and which of them were done when."""

    rows: tuple[Cells, ...]
    done: tuple[Done, ...]


def tasks(
    rng: Random, block: int, found: Sequence[Account], deals: Sequence[Deal], year: Year, *, told: bool
) -> TaskList:
    """Return a block's tasks; when it is ``told`` who did them when, those done are open in their rows."""
    live = [deal for deal in deals if deal.end.is_open and not deal.account.is_silent]
    own = [deal for deal in live if deal.account.is_own] or live
    past = year.today - timedelta(days=(year.today.weekday() - _FRIDAY) % 7)
    to_come = year.today + timedelta(days=(_FRIDAY - year.today.weekday()) % 7)
    rows: list[Cells] = []
    done: list[Done] = []
    for number, (kind, due) in enumerate(_plan(rng, year)):
        is_own = kind in {"overdue", "today"} and number % 16 < _OWN_OF_EACH
        deal = one_of(rng, own if is_own else live)
        row = _row(rng, f"T{block}-{number}", number, deal, due, found)
        if kind == "done":
            deal = one_of(rng, deals)
            day = year.day(rng, deal.start, min(deal.account.last_day, year.today))
            row = _row(rng, f"T{block}-{number}", number, deal, day, found)
            done.append(Done(row["key"], day))
            if not told:
                row = {**row, "state": TaskState.DONE.value}
        elif kind == "cancelled":
            row = {**row, "state": TaskState.CANCELLED.value}
        rows.append(row)
    rows[-2:] = [
        _weekly(rows[-2], own[0], _ROUTINE[0], to_come, year),
        _weekly(rows[-1], own[0], _ROUTINE[1], past, year),
    ]
    if told:
        done.append(Done(rows[-1]["key"], year.today))
    return TaskList(tuple(rows), tuple(done))


def _plan(rng: Random, year: Year) -> Iterator[tuple[str, date | None]]:
    for _ in range(_OVERDUE):
        yield "overdue", year.day(rng, year.today - timedelta(days=16), year.today - timedelta(days=1))
    for _ in range(_TODAY):
        yield "today", year.today
    for _ in range(_DONE):
        yield "done", None
    for _ in range(_CANCELLED):
        yield "cancelled", year.day(rng, year.today - timedelta(days=90), year.today)
    for _ in range(_UNDATED):
        yield "undated", None
    for _ in range(COUNT - _OVERDUE - _TODAY - _DONE - _CANCELLED - _UNDATED):
        yield "to come", working_from(year.today + timedelta(days=rng.randrange(1, 40)))


def _row(
    rng: Random, key: str, number: int, deal: Deal, due: date | None, found: Sequence[Account]
) -> dict[str, str]:
    account = deal.account
    about = {"deal": deal.key} if number % 3 else {"account": account.key}
    if number % 20 == 19:
        account, about = found[0], {}
    written = min((due or account.last_day) - timedelta(days=rng.randrange(1, 9)), account.last_day)
    return {
        "key": key,
        "subject": one_of(rng, _SUBJECTS)[account.is_chinese],
        "due": due.isoformat() if due else "",
        "due_time": one_of(rng, _TIMES) if due else "",
        "priority": one_of(rng, _PRIORITIES).value,
        "owner": account.owner,
        "created": f"{written} 16:40",
        "created_by": account.owner,
        **about,
    }


def _weekly(row: Cells, deal: Deal, subject: Words, due: date, year: Year) -> Cells:
    """Return a task that comes again every Friday."""
    return {
        "key": row["key"],
        "subject": subject[deal.account.is_chinese],
        "due": due.isoformat(),
        "repeat": "weekly on fri",
        "priority": Priority.NORMAL.value,
        "owner": deal.account.owner,
        "created": f"{year.first} 09:00",
        "created_by": deal.account.owner,
    }
