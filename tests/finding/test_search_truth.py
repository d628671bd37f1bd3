"""The index against a plain definition of what must be found: every true hit, and no false one."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from pypinyin import Style, pinyin

from sfa.errors import msg
from sfa.finding.searching import condition, find
from sfa.hanzi.initials import initials
from sfa.store import change
from sfa.store.perform import changing
from sfa.store.reading import reading
from tests.finding.search_truth import Value, fold, matches
from tests.store.rows import new_id

LEADS = 100_000 if os.environ.get("SFA_PROVE") else 3_000
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴曾单", "伟芳娜敏静丽强磊军华创科"
CITIES = ("上海", "北京", "重庆", "厦门", "Lyon", "Ｏsaka")
TRADES = ("科技", "贸易", "银行", "Trading", "３Ｍ中国", "A-100 机电", "GmbH & Co. KG")
WORDS = (
    "报价",
    "样品 已寄",
    "回访",
    "call wang@hua.cn",
    "T-100",
    "下周",
    "138 样机",
    "上",
    "海",
    "ＡＢＣ",
    "、",
    "Straße",
)


def leads(count: int) -> Iterator[tuple[dict[str, str], list[tuple[str, str]], list[str]]]:
    """Yield columns, phones and emails of made-up leads."""
    chance = random.Random(7)  # noqa: S311
    for number in range(count):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))
        if number % 5 == 0:
            name = f"Ann-Marie {chance.choice(('Lee', 'O’Neil', 'Øst'))} {number}"
        values = {"name": name}
        if chance.random() < 0.9:
            company = chance.choice(CITIES) + "".join(chance.choices("华创联盛天宏瑞达", k=2))
            values["company"] = company + chance.choice(TRADES)
        if chance.random() < 0.5:
            values["notes"] = " ".join(chance.choices(WORDS, k=3))
        if chance.random() < 0.3:
            values["interest"] = "".join(chance.choices(GIVEN + "上海", k=3))
        mobiles = [f"13{chance.randrange(10**9):09}" for _ in range(chance.choice((0, 1, 1, 2)))]
        phones = [(chance.choice((m, f"+86 {m[:3]} {m[3:7]} {m[7:]}", f"86{m}")), m) for m in mobiles]
        emails = [f"p{number}.{chance.choice(('wang', 'li'))}@{chance.choice(('hua-chuang.cn', 'x.org'))}"]
        yield values, phones, emails[: chance.choice((0, 1))]


@pytest.fixture(scope="module")
def generated(
    new_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[sqlite3.Connection, dict[str, list[Value]]]]:
    home = tmp_path_factory.mktemp("generated")
    (home / new_store.name).write_bytes(new_store.read_bytes())
    truth: dict[str, list[Value]] = {}
    with changing(home, name=msg("Add")) as found:
        for values, phones, emails in leads(LEADS):
            lead = change.insert(found.connection, "lead", {"id": new_id(), **values})
            column = {"name": "name", "company": "other"}
            truth[lead] = [Value(column.get(field, "text"), text) for field, text in values.items()]
            for value, digits in phones:
                row = {"id": new_id(), "lead_id": lead, "value": value, "digits": digits}
                change.insert(found.connection, "phone", row)
                truth[lead].append(Value("reach", value, digits))
            for value in emails:
                change.insert(found.connection, "email", {"id": new_id(), "lead_id": lead, "value": value})
                truth[lead].append(Value("reach", value))
    with reading(home) as connection:
        yield connection, truth


def found_in(connection: sqlite3.Connection, noun: str, text: str) -> set[str]:
    where, values = condition(noun, text)
    return {row[0] for row in connection.execute(f"SELECT t.id FROM {noun} t WHERE {where}", values)}


def person_initials(run: str) -> str:
    return initials(run, is_person=True)


QUERIES = (
    *(
        "上",
        "海",
        "华",
        "上海",
        "海华",
        "华创",
        "创科",
        "科技",
        "技",
        "重庆华",
        "厦门",
        "银行",
        "王伟",
        "曾",
        "单丽",
    ),
    *(
        "3m中国",
        "３Ｍ中国",
        "3m",
        "m中",
        "国",
        "a-100",
        "A100",
        "a 100",
        "机电",
        "100",
        "10",
        "1",
        "上海 报价",
        "王 上海",
    ),
    *(
        "wang@hua",
        "wang@hua.cn",
        "wang@hua-chuang",
        "p7.wang",
        "p7",
        "x.org",
        "org p",
        "@x",
        "hua chuang",
        "chuang.cn",
    ),
    *(
        "ann",
        "ann-marie",
        "marie lee",
        "lee ann",
        "o'neil",
        "o’neil",
        "neil",
        "øst",
        "ØST",
        "strasse",
        "straße",
        "abc",
    ),
    *(
        "138",
        "138 样机",
        "华创 138",
        "0013",
        "+86 138",
        "86138",
        "13",
        "139",
        "gmbh co",
        "gmbh&co",
        "co.kg",
        "osaka",
    ),
    *("zl", "sh", "shhc", "hckj", "cq", "xm", "yh", "cqyh", "kj 王", "zx", "sl", "w", "kjs"),
    *(
        "、",
        "。",
        "-",
        "“上海”",
        "上海、报价",
        "海报",
        "伟上",
        "伟 上",
        "已寄",
        "品已",
        "样品已",
        "寄下",
        "t 100 下周",
    ),
)


def test_the_index_finds_what_a_plain_reading_of_all_leads_finds(
    generated: tuple[sqlite3.Connection, dict[str, list[Value]]],
) -> None:
    connection, truth = generated
    chance = random.Random(11)  # noqa: S311
    phones = [value.national or "" for values in chance.sample(list(truth.values()), 60) for value in values]
    numbers = [phone for phone in phones if phone]
    ends = [phone[-length:] for phone in numbers[:20] for length in (3, 4, 8, 11)]
    pieces = [
        value.text[at : at + 2] for values in list(truth.values())[:40] for value in values for at in (0, 1)
    ]
    wrong = {}
    for text in dict.fromkeys([*QUERIES, *ends, *(f"+86 {phone}" for phone in numbers[:5]), *pieces]):
        wanted = {
            lead
            for lead, values in truth.items()
            if matches(text, values[:1], person_initials) or matches(text, values, mixed_initials(values))
        }
        got = found_in(connection, "lead", text)
        if got != wanted:
            wrong[text] = [truth[lead] for lead in sorted(got ^ wanted)[:2]], len(got), len(wanted)
    assert not wrong


def mixed_initials(values: Sequence[Value]) -> Callable[[str], str]:
    """Return the initials of a run: as of a person when it stands in the name."""
    name = fold(values[0].text)

    def read(run: str) -> str:
        return initials(run, is_person=run in name)

    return read


def test_every_pair_of_characters_of_real_company_names_finds_the_names_that_hold_it(
    home: Path, shared_data: Path
) -> None:
    lines = (shared_data / "cn_company_names" / "tests_groundtruth.txt").read_text("utf-8").splitlines()
    names = [line.split()[0] for line in lines if line.split()]
    ids = {}
    with changing(home, name=msg("Add")) as found:
        for name in names:
            ids[change.insert(found.connection, "account", {"id": new_id(), "name": name})] = fold(name)
    texts = {
        name[at : at + length] for name in ids.values() for at in range(len(name)) for length in (1, 2, 4)
    }
    han = sorted(text for text in texts if text.isalpha() and not text.isascii())
    assert len(han) > 3_000
    with reading(home) as connection:
        for text in han:
            if any(char.isascii() for char in text):
                continue
            wanted = {account for account, name in ids.items() if text in name}
            assert found_in(connection, "account", text) == wanted, text


def test_initials_of_real_company_names_are_those_of_a_dictionary(shared_data: Path) -> None:
    lines = (shared_data / "cn_company_names" / "tests_groundtruth.txt").read_text("utf-8").splitlines()
    names = [line.split()[0] for line in lines if line.split()]
    runs = ["".join(char for char in name if "\u4e00" <= char <= "\u9fff") for name in names]
    assert len(runs) >= 500
    for run in runs:
        for char, letter in zip(run, initials(run), strict=True):
            assert letter in {one[0] for one in pinyin(char, style=Style.NORMAL, heteronym=True)[0]}
    # Where a character has several readings, the dictionary takes another one in a name or two of a hundred.
    other = [run for run in runs if initials(run) != "".join(each[0][0] for each in _plain(run))]
    assert len(other) <= len(runs) / 50, other


def _plain(run: str) -> list[list[str]]:
    return pinyin(run, style=Style.NORMAL)


def test_hits_are_those_that_the_condition_of_a_list_picks(
    generated: tuple[sqlite3.Connection, dict[str, list[Value]]],
) -> None:
    connection, _ = generated
    for text in ("华创", "ann", "hckj", "138", "3m中国", "上海 报价"):
        hits = find(connection, text, limit=None)
        assert {hit.id for hit in hits} == found_in(connection, "lead", text)
        assert len(hits) == len({hit.id for hit in hits})
        assert all(hit.spans for hit in hits), [hit for hit in hits if not hit.spans][:3]
