"""The rows the stores are filled with: the seam behind which another generator can take over.

Raise ``GENERATOR`` when rows change, so that cached stores are built anew.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

GENERATOR = 1

COLUMNS = (
    "Lead ID", "Name", "Company", "Title", "Email", "Phone", "Source",
    "Status", "Rating", "Campaign", "Interest", "Next Step", "Created", "Notes",
)  # fmt: skip
_FAMILY = "王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"
_PLACES = ("上海", "北京", "深圳", "杭州", "成都", "武汉", "Lyon", "Osaka", "Leeds", "Austin")
_TRADES = ("精密机械", "电子科技", "医疗器械", "物流", "Tooling", "Instruments", "Castings", "包装")
_FIRST = ("Anna", "Jo", "Ravi", "Marta", "Luis", "Kim", "Omar", "Ines", "Tom", "Yuki")
_LAST = ("Price", "Okafor", "Schmidt", "Laurent", "Costa", "Novak", "Berg", "Silva", "Khan", "Moore")
_TITLES = ("Buyer", "采购经理", "Plant Manager", "总经理", "Head of Quality", "工程师")
_SOURCES = ("web", "trade show", "referral", "cold call", "partner")
_STATES = ("new", "working", "nurturing", "qualified")
_RATINGS = ("hot", "warm", "cold")


def lead_rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield so many leads as another system exports them; the same ones every time."""
    for number in range(count):
        # Steps without a common divisor mix the columns, evenly and without a random source.
        mixed = number * 2_654_435_761 % 4_294_967_296
        chinese = mixed % 10 < 6
        yield (
            f"L-{number:07d}",
            _chinese_name(mixed) if chinese else _latin_name(mixed),
            f"{_PLACES[mixed // 7 % 10]}{'' if chinese else ' '}{_TRADES[mixed // 11 % 8]} {mixed % 90_001}",
            _TITLES[mixed // 13 % 6],
            f"buyer{number}@example{mixed % 5_003}.com",
            f"+86 1{30 + mixed % 70:02d} {number // 10_000:04d} {number % 10_000:04d}",
            _SOURCES[mixed // 17 % 5],
            _STATES[mixed // 19 % 4],
            _RATINGS[mixed // 23 % 3],
            f"Campaign {mixed % 41}",
            f"{mixed % 400 + 1} units a year",
            "call back" if mixed % 3 else "",
            f"2026-{mixed % 10 + 1:02d}-{mixed // 29 % 28 + 1:02d}",
            "Met at the fair; asks for a quote." if mixed % 4 == 0 else "",
        )


def _chinese_name(mixed: int) -> str:
    return f"{_FAMILY[mixed % 20]}{_GIVEN[mixed // 31 % 20]}{_GIVEN[mixed // 37 % 20]}"


def _latin_name(mixed: int) -> str:
    return f"{_FIRST[mixed // 3 % 10]} {_LAST[mixed // 31 % 10]}"


def write_leads(path: Path, count: int) -> None:
    """Write so many leads as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(lead_rows(count))


def write_tasks(path: Path, count: int) -> None:
    """Write so many open tasks as Taskwarrior 2.6 keeps them, one a line, from the same leads."""
    with path.open("w", encoding="utf-8") as file:
        for number, lead in enumerate(lead_rows(count)):
            file.write(
                f'[description:"{lead[1]} {lead[2]}" entry:"{1_760_000_000 + number}" modified:"1760000000"'
                f' status:"pending" uuid:"00000000-0000-4000-8000-{number:012x}"]\n'
            )
