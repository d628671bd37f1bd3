"""The company's ways of selling: pipelines with their open stages, and what happens in them."""

from __future__ import annotations

from dataclasses import dataclass

from sfa.demo.sheets import Words
from sfa.terms import ForecastCategory, StageKind

WON: Words = ("Won", "赢单")
LOST: Words = ("Lost", "输单")


@dataclass(frozen=True, slots=True)
class Step:
    """An open stage: its name, what a deal there is worth, what ends it, and how one gets there."""

    name: Words
    probability: int
    category: ForecastCategory
    exit_criteria: Words
    playbook: Words


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
        Step(
            ("First contact", "初步接触"),
            10,
            _PIPELINE,
            ("The need is named", "客户说清了需求"),
            ("Visit the workshop\nAsk what a standstill costs", "到车间看一次\n问清停机一天的损失"),
        ),
        Step(
            ("Needs confirmed", "需求确认"),
            25,
            _PIPELINE,
            ("Budget and date are known", "预算和时间已明确"),
            (
                "Meet whoever holds the money\nWrite down the date and why it matters",
                "见到管预算的人\n记下时间点和原因",
            ),
        ),
        Step(
            ("Solution", "方案交流"),
            45,
            _BEST,
            ("The engineers agree", "技术部门认可方案"),
            ("Bring our engineer\nCompare with the pump they have", "带我方工程师上门\n和现用的泵做对比"),
        ),
        Step(
            ("Tender", "招投标"),
            65,
            _BEST,
            ("We are first or second", "入围前两名"),
            (
                "Read the tender with the coach\nClear the price with the manager before it is named",
                "和内线一起看标书\n报价前先和经理定底价",
            ),
        ),
        Step(
            ("Contract", "合同谈判"),
            85,
            _COMMIT,
            ("The contract is signed", "合同已签"),
            (
                "Settle payment and delivery first\nName the day of the signature",
                "先谈定付款和交期\n约定签字日期",
            ),
        ),
    ),
    5,
    (300_000, 4_000_000),
    (2, 4),
)
# What the standard stages ask for, in their order: what ends each, and how one gets there.
STANDARD_GUIDES: tuple[tuple[Words, Words], ...] = (
    (
        ("Somebody wants to hear more", "对方愿意进一步谈"),
        ("Call within two days\nAsk which pump runs there now", "两天内打电话\n问清现在用的什么泵"),
    ),
    (
        ("Need, budget and date are known", "需求、预算、时间已明确"),
        ("See the plant\nFind out who decides", "到现场看工况\n弄清谁拍板"),
    ),
    (
        ("The quote was talked through", "报价已当面讲解"),
        (
            "Hand the quote over in person\nAgree on the next step before leaving",
            "当面递交报价\n离开前约好下一步",
        ),
    ),
    (
        ("Price and delivery are agreed", "价格和交期已谈定"),
        ("Give nothing without taking something\nAsk for the order number", "有让有取\n要到订单号"),
    ),
)
CHANNEL = Way(
    "channel",
    ("Distributors", "渠道"),
    (
        Step(
            ("Talks", "合作洽谈"),
            20,
            _PIPELINE,
            ("Territory is agreed", "区域已谈定"),
            ("Look at their stock and their people\nAgree who sells where", "看库存、看人手\n谈清各自的区域"),
        ),
        Step(
            ("Trial order", "试单"),
            50,
            _BEST,
            ("The first goods are paid", "首批货款已付"),
            ("Keep the first order small\nTrain their fitter", "首单宜小\n培训对方的安装工"),
        ),
        Step(
            ("Frame contract", "框架协议"),
            80,
            _COMMIT,
            ("The year's volume is signed", "年度量已签"),
            (
                "Show the first order's figures\nTie the discount to the volume",
                "拿试单数据说话\n折扣与年度量挂钩",
            ),
        ),
    ),
    3,
    (80_000, 900_000),
    (2, 4),
)
WAYS = (STANDARD, KEY_ACCOUNT, CHANNEL)
MADE = (KEY_ACCOUNT, CHANNEL)
CLOSING = ((WON, StageKind.WON), (LOST, StageKind.LOST))
