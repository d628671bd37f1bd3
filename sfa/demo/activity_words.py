"""What people write into activities, in both languages."""

from __future__ import annotations

from sfa.demo.sheets import Words

OUTCOMES: tuple[Words, ...] = (
    ("{who} wants the offer by the end of the week", "{who}要求周末前给正式报价"),
    ("{who} likes the trial pump, asks for a better price", "{who}认可样机，价格还想再谈"),
    ("{who} showed the old installation, took measurements", "{who}带看了老设备，量了尺寸"),
    ("{who} says the budget is released next month", "{who}说预算下个月批下来"),
    ("{who} compares us with two others", "{who}在拿我们和另外两家比"),
    ("{who} needs eight weeks delivery at most", "{who}要求交期不超过八周"),
    ("{who} promised a meeting with the director", "{who}答应引荐总经理"),
    ("{who} complained about a leaking seal, engineer informed", "{who}反映机封渗漏，已转售后"),
    ("{who} could not decide alone, board meets in two weeks", "{who}说要过两周的会才能定"),
    ("{who} agreed to the technical data sheet", "{who}确认了技术参数"),
    ("{who} asked for payment in three parts", "{who}希望分三期付款"),
    ("{who} wants references from the same trade", "{who}想看同行业的案例"),
    ("{who} has postponed the project to the next quarter", "{who}说项目推到下季度"),
    ("{who} was friendly, nothing new", "{who}一切正常，没有新需求"),
)
NEXT: tuple[Words, ...] = (
    ("Send the offer", "发报价"),
    ("Call again", "再打电话跟进"),
    ("Send two references", "发两个同行案例"),
    ("Visit with the engineer", "带工程师再拜访一次"),
    ("Clear the delivery time", "落实交期"),
    ("Get the payment terms approved", "找财务确认付款条件"),
)
PURPOSES: tuple[Words, ...] = (
    ("Talk through the offer", "沟通报价"),
    ("Survey on site", "现场勘察"),
    ("Yearly review", "年度回访"),
    ("Get to know the new head of purchasing", "认识新来的采购总监"),
    ("Show the trial pump", "演示样机"),
)
PLANNED: tuple[Words, ...] = (
    ("Go through the revised offer", "过一遍修改后的报价"),
    ("Meet the one who decides", "见拍板的人"),
    ("Inspect the pump room", "看泵房现场"),
    ("Agree on next year's volume", "谈明年的用量"),
    ("Hand over the trial pump", "交样机试用"),
)
MANUAL_REASONS: tuple[Words, ...] = (
    ("No reception in the pump room", "泵房里没信号"),
    ("Phone had to stay at the gate", "厂区不让带手机"),
)
COMMENTS: tuple[Words, ...] = (
    ("Well done. Who decides there?", "不错，谁拍板问清楚了吗？"),
    ("Take the engineer along next time.", "下次带上技术一起去。"),
    ("Careful with the discount, we gave them one in spring.", "折扣要守住，上半年已经让过一次。"),
    ("Please get the delivery time confirmed before you promise it.", "交期先和工厂确认再答应客户。"),
    ("Good. Put the next step into the deal.", "好，下一步记到商机里。"),
)
