"""Quotes that the services made, in a company with a centre's word: short, 80 lines, long names.

What is on them was typed; every amount was computed as for any quote.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sfa.interchange.quote_lines import QuoteLine, digest_of, lines_of
from sfa.render.issued_paper import How
from sfa.render.paper.document import Look, Paper, Tongue, Variant
from sfa.render.quote_paper import quote_paper
from sfa.reports.quote_paper import offer_of
from sfa.services import nouns, products, quote_lines, settings
from sfa.store import reading
from sfa.store.home import store_path
from sfa.store.schema import ready
from tests.services.acting import TODAY, acting, make, row, rows, typed

SELLER = {
    "organisation_name": "上海曜枫光电科技有限公司",
    "seller_name_en": "Shanghai Yaofeng Photonics Co., Ltd.",
    "seller_address": "上海市浦东新区张江高科技园区祖冲之路 1500 号 8 幢 3 层",
    "seller_address_en": "3F, Bldg 8, 1500 Zuchongzhi Rd, Pudong, Shanghai",
    "seller_tax_id": "91310115MA1K47B20Q",
    "seller_phone": "+86 21 5080 1234",
    "seller_email": "sales@yaofeng.example",
    "seller_website": "www.yaofeng.example",
    "seller_bank": "招商银行上海张江支行 China Merchants Bank; 1219 0881 2310 801 · SWIFT CMBCCNBS080",
    "time_zone": "Asia/Shanghai",
    "currency": "CNY",
}
TERMS = {
    "payment_terms": "预付 30%，发货前付 60%，验收后付 10%。\n30% in advance, 60% before dispatch.",
    "delivery_terms": "25 个工作日内发货 · within 25 working days (−10℃～50℃, ≤ 0.5 mg/m²)",
    "valid_until": "2026-12-18",
}
ACCOUNT = "杭州华创智能装备股份有限公司"
_LONGEST = (
    "全自动超低温真空镀膜在线光学检测与激光位移复合测量系统（防爆型，含恒温恒湿机柜）"
    " Fully automatic cryogenic vacuum-coating in-line optical inspection and laser"
    " displacement measuring system, explosion-proof"
)
_PRODUCTS = (
    ("YF-2200", "激光位移传感器 YF-2200 Laser displacement sensor", "3680", "台"),
    ("YF-C05", "屏蔽电缆 5 m Shielded cable", "185.50", "根"),
    ("YF-SRV", "现场安装调试 Installation and commissioning", "2400", "人天"),
    ("YF-KIT", "标定工具包 Calibration kit", "640", "套"),
    ("HC-CAM", "高速线阵相机模组 High-speed line-scan camera", "12500", "台"),
    ("HC-DRV", "伺服驱动器（含制动电阻）Servo drive", "4317.25", "台"),
    ("HC-FRM", "铝型材机架 40×80 Aluminium frame", "980", "套"),
    ("HC-PLC", "可编程控制器 Programmable controller", "7664.80", "台"),
    ("YF-9000-EX-CRYO-200/380-50HZ", _LONGEST, "1286500.125", "套"),
    ("YF-PIPE", "不锈钢洁净管路 DN25（316L，Ra ≤ 0.4 µm）Stainless clean piping", "268.40", "米"),
    ("FR-é", "Capteur à fente Müller–Åñé № 7 ½″ ±0,05 ℃ ①", "99.95", "pièce"),
)
COST = {code: round(Decimal(price) * 62 / 100, 2) for code, _, price, _ in _PRODUCTS}


def company(home: Path) -> None:
    """Make a new store that of a company: who sells, products with what they cost, a customer."""
    (store_path(home)).write_bytes(_store(None)[0])


def with_quote(home: Path, name: str) -> str:
    """Make a new store that of the company with one of the quotes of ``REAL``; return the quote's id."""
    content, quote_id = _store(name)
    store_path(home).write_bytes(content)
    return quote_id


@cache
def _store(name: str | None) -> tuple[bytes, str]:
    """Return the file of a company, and the id of the quote in it; it takes seconds, so it is made once."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        ready(home)
        if name is None:
            _company(home)
        else:
            company(home)
        quote_id = REAL[name][0](home) if name else ""
        return store_path(home).read_bytes(), quote_id


def _company(home: Path) -> None:
    with acting(home) as session:
        for key, text in SELLER.items():
            settings.settle(session, key, text)
    make(home, "tax", name="VAT 13%", rate="13%", default="yes")
    for code, name, price, unit in _PRODUCTS:
        product = make(home, "product", code=code, name=name, price=price, unit=unit)
        with acting(home) as session:
            products.set_cost(session, product.id, str(COST[code]), today=TODAY)
    account = {"name": ACCOUNT, "tax_id": "91330108MA2B17K84T", "phones": "0571-8765 4321"}
    make(home, "account", **account, addresses="浙江省杭州市滨江区长河街道江南大道 3688 号")  # type: ignore[arg-type]
    contact = {
        "name": "王建国",
        "title": "采购总监",
        "phones": "138 0571 2233",
        "emails": "wang@huachuang.example",
    }
    make(home, "contact", **contact, accounts=ACCOUNT)  # type: ignore[arg-type]
    me = row(home, "SELECT value FROM local_state WHERE key = 'user_id'")["value"]
    make(home, "user", name="陈思远", role="manager")
    sql(home, "INSERT OR REPLACE INTO local_state (key, value) VALUES ('sync_code', 'Q07')")
    with acting(home) as session:
        texts = {"name": "李娜", "phones": "139 1688 7799", "emails": "lina@yaofeng.example"}
        nouns.edit(session, "user", me, typed(session, "user", **texts), today=TODAY)


def sql(home: Path, statement: str, *values: object) -> None:
    """Write into the file, past every service."""
    with closing(sqlite3.connect(store_path(home))) as connection, connection:
        connection.execute(statement, values)


def quote(home: Path, name: str, *lines: str | tuple[str, dict[str, Any]], **texts: str) -> str:
    """Add a quote with lines, each a text or one with further values; return its id."""
    with_account = {"account": ACCOUNT, "contact": "王建国", **TERMS, **texts}
    made = make(home, "quote", subject=name, **with_account)  # type: ignore[arg-type]
    for line in lines:
        text, more = line if isinstance(line, tuple) else (line, {})
        with acting(home) as session:
            quote_lines.add(session, made.id, [text], today=TODAY, **more)
    return made.id


def short(home: Path) -> str:
    """Add a quote of four lines, which the centre confirmed as approved by somebody."""
    made = quote(
        home,
        "滨江二期产线检测 Binjiang line 2",
        ("YF-2200 x 12 -8%", {"note": "量程 200 mm，重复精度 ①级 0.5 µm，IP67"}),
        "YF-C05 x 12",
        "YF-SRV x 1.5",
        "gift: YF-KIT x 1",
    )
    confirm(home, made)
    return made


def long(home: Path) -> str:
    """Add a quote of 80 lines in four groups that needs an approval which nobody gave."""
    titles = ("一、检测站 Inspection", "二、输送线 Conveyors", "三、电控 Controls", "四、服务 Services")
    codes = ("HC-CAM", "HC-DRV", "HC-FRM", "HC-PLC", "FR-é")
    made = quote(home, "整线改造 Line retrofit", discount="5%")
    for number, title in enumerate(titles):
        texts = [
            f"{codes[each % 5]} x {each % 7 + 1}" + (f" -{5 * (each % 3)}%" if each % 3 else "")
            for each in range(19)
        ]
        with acting(home) as session:
            quote_lines.add(session, made, texts, today=TODAY, group=title)
        with acting(home) as session:
            quote_lines.add(
                session, made, [f"YF-SRV x {number + 1}"], today=TODAY, group=title, is_optional=True,
                note="可选：驻场支持 on-site support",
            )  # fmt: skip
    needs_approval(home)
    return made


def bilingual(home: Path) -> str:
    """Add a quote whose names are longer than any column, found by the centre within its author's limits."""
    made = quote(
        home,
        "光伏薄膜电池 2 GW 扩产项目第三标段 Thin-film solar 2 GW, lot 3",
        ("YF-9000-EX-CRYO-200/380-50HZ x 1 -12%", {"group": "主设备 Main equipment"}),
        ("HC-CAM x 2", {"group": "主设备 Main equipment", "alternative_of": "camera", "is_taken": True}),
        (
            "HC-PLC x 2",
            {
                "group": "主设备 Main equipment",
                "alternative_of": "camera",
                "note": "与第 2 项二选一 or item 2",
            },
        ),
        ("YF-PIPE x 137.25 -50", {"group": "安装 Installation"}),
        ("YF-SRV x 2", {"group": "安装 Installation", "is_optional": True}),
        "text: 以上价格以人民币计 Prices in renminbi",
        notes="本报价含现场卸货，不含土建基础。\nUnloading on site is included, foundations are not.",
    )
    confirm(home, made, by=None)
    return made


REAL: dict[str, tuple[Callable[[Path], str], Look]] = {
    "short": (short, Look(Variant.CUSTOMER, Tongue.ENGLISH)),
    "long": (long, Look(Variant.CUSTOMER, Tongue.CHINESE)),
    "bilingual": (bilingual, Look(Variant.CUSTOMER, Tongue.BOTH)),
}


def needs_approval(home: Path) -> None:
    """Have the user be a rep who may give no discount, as an administrator at the centre settled it."""
    with acting(home) as session:
        settings.put(session, "approval_rep_discount", 0)
    sql(home, "INSERT OR REPLACE INTO local_state (key, value) VALUES ('sync_role', 'rep')")


@contextmanager
def as_role(home: Path, role: str | None) -> Iterator[None]:
    """Have the user another role for a while, where the centre gave one; ``None`` leaves it."""
    change = "UPDATE local_state SET value = ? WHERE key = 'sync_role'"
    before = rows(home, "SELECT value FROM local_state WHERE key = 'sync_role'")
    if role and before:
        sql(home, change, role)
    yield
    if role and before:
        sql(home, change, before[0]["value"])


def confirm(
    home: Path, quote_id: str, by: str | None = "陈思远", at: str = "2026-11-18T08:40:00.000Z"
) -> None:
    """Have the centre tell that it approved a quote as it is now: heard, and written into the row."""
    stored = row(home, "SELECT * FROM quote WHERE id = ?", quote_id)
    user = row(home, "SELECT id FROM user WHERE name = ?", by)["id"] if by else None
    digest = digest_of(stored)
    told = {"approved_digest": [digest], "approved_by_id": [user], "approved_at": [at]}
    sql(
        home,
        "INSERT INTO history (after_seq, entry, op_id, hlc, kind, tbl, row_id, changes, schema_version)"
        " VALUES (0, 'settle', NULL, 1, 'update', 'quote', ?, ?, 1)",
        quote_id,
        json.dumps(told),
    )
    as_the_row_says(home, quote_id, digest, user, at)


def as_the_row_says(home: Path, quote_id: str, digest: str, user: str | None, at: str) -> None:
    """Write an approval into the row and nowhere else."""
    past_triggers(
        home,
        "UPDATE quote SET approved_digest = ?, approved_by_id = ?, approved_at = ? WHERE id = ?",
        digest,
        user,
        at,
        quote_id,
    )


def past_triggers(home: Path, statement: str, *values: object) -> None:
    """Write into the file with every trigger out of the way."""
    with closing(sqlite3.connect(store_path(home))) as connection, connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)
        for _, text in triggers:
            connection.execute(text)


def paper(
    home: Path, quote_id: str, look: Look, *, today: date = TODAY, revision: int | None = None
) -> Paper:
    """Return the paper of a quote."""
    is_internal = look.variant is Variant.INTERNAL
    with reading.reading(home) as connection:
        found = offer_of(connection, quote_id, today=today, revision=revision, with_costs=is_internal)
    return quote_paper(found, How(look))


def lines_of_row(stored: dict[str, Any]) -> tuple[QuoteLine, ...]:
    """Return the lines of a stored row."""
    return lines_of(stored["lines"])
