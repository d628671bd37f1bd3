"""Papers of an invented company: a short one, 80 lines over several pages, one in both languages.

The amounts are computed here as a quote would: net a line rounded half up, 13 % tax a rate.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from sfa.money import line_minor
from sfa.render.paper.document import (
    EMPTY,
    Approval,
    Group,
    Kind,
    Line,
    Look,
    Margin,
    Named,
    Paper,
    Party,
    Person,
    Signatory,
    Subtotal,
    Tax,
    Term,
    Tongue,
    Total,
    TotalKind,
    Variant,
)
from sfa.terms import ApprovalStanding

TAX_PPM = 130_000
BEIJING = timezone(timedelta(hours=8))
SELLER = Party(
    name=Named("上海曜枫光电科技有限公司", "Shanghai Yaofeng Photonics Co., Ltd."),
    address=Named(
        "上海市浦东新区张江高科技园区祖冲之路 1500 号 8 幢 3 层",
        "3F, Bldg 8, 1500 Zuchongzhi Rd, Pudong, Shanghai",
    ),
    tax_id="91310115MA1K47B20Q",
    phone="+86 21 5080 1234",
    email="sales@yaofeng.example",
    website="www.yaofeng.example",
    bank=("招商银行上海张江支行 China Merchants Bank, Zhangjiang", "1219 0881 2310 801 · SWIFT CMBCCNBS080"),
)
BUYER = Party(
    name=Named("杭州华创智能装备股份有限公司", "Hangzhou Huachuang Intelligent Equipment Co., Ltd."),
    address=Named("浙江省杭州市滨江区长河街道江南大道 3688 号", "3688 Jiangnan Ave, Binjiang, Hangzhou"),
    tax_id="91330108MA2B17K84T",
    phone="0571-8765 4321",
)
CONTACT = Person(
    Named("王建国", "Wang Jianguo"),
    Named("采购总监", "Purchasing Director"),
    "138 0571 2233",
    "wang@huachuang.example",
)
REP = Person(
    Named("李娜", "Li Na"),
    Named("大客户经理", "Key Account Manager"),
    "139 1688 7799",
    "lina@yaofeng.example",
)
TERMS = (
    Term(
        Named("交货期", "Delivery"),
        Named(
            "合同生效并收到预付款后 25 个工作日内发货；交货地点：杭州滨江买方仓库。",
            "Within 25 working days of contract and down payment, to the buyer's warehouse in Binjiang.",
        ),
    ),
    Term(
        Named("付款方式", "Payment"),
        Named(
            "预付 30%，发货前付 60%，验收合格后 30 天内付 10%。",
            "30% in advance, 60% before dispatch, 10% within 30 days of acceptance.",
        ),
    ),
    Term(
        Named("质保", "Warranty"),
        Named(
            "自验收之日起 24 个月（工作温度 −10℃～50℃，洁净度 ≤ 0.5 mg/m²）。",
            "24 months from acceptance (−10℃ to 50℃, ≤ 0.5 mg/m²).",
        ),
    ),
)
SIGNATORIES = (
    Signatory(SELLER.name, REP.name, Named("大客户经理", "Key Account Manager")),
    Signatory(BUYER.name),
)
APPROVED = Approval("陈思远", datetime(2026, 11, 18, 16, 40, tzinfo=BEIJING))
PCS, SET, METRE = Named("台", "pcs"), Named("套", "set"), Named("米", "m")


def line(
    position: str,
    code: str,
    name: Named,
    milli: int,
    micros: int,
    *,
    unit: Named = PCS,
    discount_pct: int = 0,
    cost_pct: int = 62,
    **more: object,
) -> Line:
    """Return a line with its amounts: net after the discount, 13 % tax, the cost a share of the net price."""
    full = line_minor(micros, milli, "CNY")
    net = (full * (100 - discount_pct) * 2 + 100) // 200
    tax = (net * 13 * 2 + 100) // 200
    cost = (full * cost_pct * 2 + 100) // 200
    return Line(
        position=position,
        code=code,
        name=name,
        quantity_milli=milli,
        unit_price_micros=micros,
        net_minor=net,
        tax_minor=tax,
        gross_minor=net + tax,
        unit=unit,
        discounts=(Named(f"-{discount_pct}%"),) if discount_pct else (),
        tax_rate_ppm=TAX_PPM,
        cost_minor=cost,
        margin_minor=net - cost,
        margin_ppm=(net - cost) * 1_000_000 // net if net else None,
        **more,  # type: ignore[arg-type]
    )


def subtotal(lines: tuple[Line, ...]) -> Subtotal:
    """Return what the lines that count come to."""
    counted = [each for each in lines if each.counts]
    net, cost = sum(each.net_minor for each in counted), sum(each.cost_minor or 0 for each in counted)
    tax = sum(each.tax_minor for each in counted)
    return Subtotal(net, tax, net + tax, cost, net - cost, (net - cost) * 1_000_000 // net if net else None)


def paper(
    groups: tuple[Group, ...], *, discount_minor: int = 0, rounding_minor: int = 0, **more: object
) -> Paper:
    """Return a paper with its totals; the discount on the whole is before tax."""
    found = [subtotal(group.lines) for group in groups]
    net = sum(each.net_minor for each in found)
    after = net - discount_minor
    tax = (after * 13 * 2 + 100) // 200
    cost = sum(each.cost_minor or 0 for each in found)
    totals = [Total(TotalKind.SUM, net)]
    if discount_minor:
        totals.append(Total(TotalKind.DISCOUNT, -discount_minor, Named("整单优惠", "Special discount")))
        totals.append(Total(TotalKind.NET, after))
    totals.append(Total(TotalKind.TAX, tax))
    if rounding_minor:
        totals.append(Total(TotalKind.ROUNDING, rounding_minor))
    totals.append(Total(TotalKind.GROSS, after + tax + rounding_minor))
    made = Paper(
        kind=Kind.QUOTE,
        number="Q07-2026-0148",
        revision=1,
        state=Named("草稿", "Draft"),
        made_at=datetime(2026, 11, 18, 8, 30, tzinfo=UTC),
        issued_on=date(2026, 11, 18),
        valid_until=date(2026, 12, 18),
        currency="CNY",
        seller=SELLER,
        customer=BUYER,
        contact=CONTACT,
        prepared_by=REP,
        groups=groups,
        totals=tuple(totals),
        taxes=(Tax(TAX_PPM, after, tax),),
        margin=Margin(cost, after - cost, (after - cost) * 1_000_000 // after),
        terms=TERMS,
        signatories=SIGNATORIES,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def short() -> Paper:
    """Return an approved quote of four lines on one page."""
    lines = (
        line(
            "1",
            "YF-2200",
            Named("激光位移传感器 YF-2200", "Laser displacement sensor YF-2200"),
            12_000,
            3_680_000_000,
            discount_pct=8,
            description=Named(
                "量程 200 mm，重复精度 ①级 0.5 µm，防护 IP67",
                "Range 200 mm, repeatability 0.5 µm (class ①), IP67",
            ),
        ),
        line(
            "2",
            "YF-C05",
            Named("屏蔽电缆 5 m", "Shielded cable, 5 m"),
            12_000,
            185_500_000,
            unit=Named("根", "pcs"),
        ),
        line(
            "3",
            "YF-SRV",
            Named("现场安装调试", "Installation and commissioning"),
            1_500,
            2_400_000_000,
            unit=Named("人天", "days"),
        ),
        line("4", "YF-KIT", Named("标定工具包", "Calibration kit"), 1_000, 0, unit=SET, is_gift=True),
    )
    return paper(
        (Group(lines),),
        standing=ApprovalStanding.APPROVED,
        approval=APPROVED,
        subject=Named("滨江二期产线检测", "Binjiang line 2 inspection"),
        amount_in_words="人民币伍万贰仟肆佰玖拾贰元壹角贰分",
    )


def long() -> Paper:
    """Return a draft of 80 lines in four groups, with subtotals, over several pages."""
    titles = (
        Named("一、检测站", "A. Inspection stations"),
        Named("二、输送线", "B. Conveyors"),
        Named("三、电控", "C. Controls"),
        Named("四、服务", "D. Services"),
    )
    things = (
        Named("高速线阵相机模组", "High-speed line-scan camera module"),
        Named("伺服驱动器（含制动电阻）", "Servo drive with brake resistor"),
        Named("铝型材机架 40×80", "Aluminium frame 40×80"),
        Named("可编程控制器", "Programmable controller"),
        Named("工业以太网交换机", "Industrial Ethernet switch"),
    )
    groups = []
    for number, title in enumerate(titles):
        lines = tuple(
            line(
                f"{number + 1}.{each + 1}",
                f"HC-{number + 1}{each + 1:03d}",
                things[each % 5],
                (each % 7 + 1) * 1000,
                (1_250 + 317 * each) * 1_000_000,
                discount_pct=5 * (each % 3),
                is_optional=each == 19,
                description=Named(f"第 {each + 1} 工位", f"Station {each + 1}") if each % 4 == 0 else EMPTY,
            )
            for each in range(20)
        )
        groups.append(Group(lines, title, subtotal(lines)))
    return paper(
        tuple(groups),
        discount_minor=1_000_000,
        rounding_minor=-8,
        revision=3,
        subject=Named("整线改造", "Line retrofit"),
        internal_notes="客户预算 200 万，最低可再让 2%。",
    )


def bilingual() -> Paper:
    """Return a quote in both languages with names that are longer than any column."""
    lines = (
        line(
            "1",
            "YF-9000-EX-CRYO-200/380-50HZ",
            Named(
                "全自动超低温真空镀膜在线光学检测与激光位移复合测量系统（防爆型，含恒温恒湿机柜、双冗余不间断电源及三年远程运维服务）",
                "Fully automatic cryogenic vacuum-coating in-line optical inspection and laser displacement "
                "measuring system, explosion-proof, with climate-controlled cabinet, redundant UPS and "
                "three years of remote operation",
            ),
            1_000,
            1_286_500_125_000,
            unit=SET,
            discount_pct=12,
        ),
        line(
            "2",
            "YF-MOD-7",
            Named("备选：国产化核心模组", "Alternative: core module of domestic make"),
            2_000,
            98_000_000_000,
            unit=SET,
            is_alternative=True,
            description=Named("与第 1 项二选一", "Instead of item 1"),
        ),
        line(
            "3",
            "YF-PIPE",
            Named(
                "不锈钢洁净管路 DN25（316L，Ra ≤ 0.4 µm）", "Stainless clean piping DN25 (316L, Ra ≤ 0.4 µm)"
            ),
            137_250,
            268_400_000,
            unit=METRE,
        ),
        line(
            "4",
            "YF-TRN",
            Named("操作培训", "Operator training"),
            2_000,
            6_800_000_000,
            unit=Named("期", "courses"),
            is_optional=True,
        ),
    )
    return paper(
        (Group(lines, Named("主设备及安装", "Main equipment and installation"), subtotal(lines)),),
        standing=ApprovalStanding.APPROVED,
        approval=APPROVED,
        subject=Named("光伏薄膜电池 2 GW 扩产项目第三标段", "Thin-film solar 2 GW expansion, lot 3"),
        amount_in_words="人民币壹佰叁拾贰万零玖佰贰拾贰元伍角伍分",
        notes=Named(
            "本报价含现场卸货，不含土建基础；价格以人民币计。",
            "Unloading on site is included, foundations are not; prices are in renminbi.",
        ),
    )


SAMPLES = {
    "short": (short, Look(Variant.CUSTOMER, Tongue.ENGLISH)),
    "long": (long, Look(Variant.CUSTOMER, Tongue.CHINESE)),
    "bilingual": (bilingual, Look(Variant.CUSTOMER, Tongue.BOTH)),
}
