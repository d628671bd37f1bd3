"""The company's ways of selling: pipelines with their open stages, and what happens in them."""

from __future__ import annotations

from dataclasses import dataclass

from sfa.demo.sheets import Words
from sfa.terms import ForecastCategory, StageKind

WON: Words = ("Won", "赢单")
LOST: Words = ("Lost", "输单")


@dataclass(frozen=True, slots=True)
class Step:
    """An open stage: its name, what a deal there is worth, and what ends it."""

    name: Words
    probability: int
    category: ForecastCategory
    exit_criteria: Words


@dataclass(frozen=True, slots=True)
class Way:
    """A pipeline; ``amounts`` is the usual range in yuan, ``pace`` the meetings between two stages."""

    key: str
    name: Words
    steps: tuple[Step, ...]
    length: int
    amounts: tuple[int, int]
    pace: tuple[int, int]


_PIPELINE, _BEST, _COMMIT = ForecastCategory.PIPELINE, ForecastCategory.BEST_CASE, ForecastCategory.COMMIT
# The standard pipeline is there in every store: its stages are taken as they are called there.
STANDARD = Way("standard", ("Standard", "标准"), (), 4, (20_000, 400_000), (1, 3))
KEY_ACCOUNT = Way(
    "key",
    ("Key account", "大客户"),
    (
        Step(("First contact", "初步接触"), 10, _PIPELINE, ("The need is named", "客户说清了需求")),
        Step(
            ("Needs confirmed", "需求确认"), 25, _PIPELINE, ("Budget and date are known", "预算和时间已明确")
        ),
        Step(("Solution", "方案交流"), 45, _BEST, ("The engineers agree", "技术部门认可方案")),
        Step(("Tender", "招投标"), 65, _BEST, ("We are first or second", "入围前两名")),
        Step(("Contract", "合同谈判"), 85, _COMMIT, ("The contract is signed", "合同已签")),
    ),
    5,
    (300_000, 4_000_000),
    (2, 4),
)
CHANNEL = Way(
    "channel",
    ("Distributors", "渠道"),
    (
        Step(("Talks", "合作洽谈"), 20, _PIPELINE, ("Territory is agreed", "区域已谈定")),
        Step(("Trial order", "试单"), 50, _BEST, ("The first goods are paid", "首批货款已付")),
        Step(("Frame contract", "框架协议"), 80, _COMMIT, ("The year's volume is signed", "年度量已签")),
    ),
    3,
    (80_000, 900_000),
    (2, 4),
)
WAYS = (STANDARD, KEY_ACCOUNT, CHANNEL)
MADE = (KEY_ACCOUNT, CHANNEL)
CLOSING = ((WON, StageKind.WON), (LOST, StageKind.LOST))
