"""What people write into deals, in both languages."""

from __future__ import annotations

from sfa.demo.sheets import Words

PROJECTS: tuple[Words, ...] = (
    ("{product} for the new line", "新产线 {product}"),
    ("{product}, phase two", "{product} 二期"),
    ("{product} refit", "{product} 改造"),
    ("{product}, yearly need", "{product} 年度采购"),
    ("{product} for the extension", "扩产配套 {product}"),
    ("{product}, spare units", "{product} 备机"),
)
WON_REASONS: tuple[Words, ...] = (
    ("Shortest delivery time", "交期最短"),
    ("The engineers wanted our pumps", "设备部认可我们的泵"),
    ("Best offer over ten years of running", "全寿命成本最低"),
    ("Service engineer next door", "本地有服务工程师"),
    ("The trial ran without a fault", "试用期零故障"),
)
LOST_REASONS: tuple[Words, ...] = (
    ("Price: 12 % above the winner", "价格高了一成多"),
    ("Budget moved to next year", "预算推到明年"),
    ("They stay with their supplier", "继续用原来的供应商"),
    ("Delivery came too late for them", "交期赶不上"),
    ("The project was stopped", "项目停了"),
    ("We never met the one who decides", "一直没见到拍板的人"),
)
NEXT_STEPS: tuple[Words, ...] = (
    ("Send the revised offer", "发修改后的报价"),
    ("Meet the managing director", "约总经理见一面"),
    ("Clear the delivery time with the plant", "和工厂确认交期"),
    ("Technical clarification on site", "去现场做技术交流"),
    ("Ask for the order", "催合同盖章"),
    ("Call after their budget meeting", "预算会后回电"),
    ("Prepare the trial", "准备样机试用"),
)
COMPETITORS = ("沅泰流体", "Kelmar Flow", "澍恒泵阀", "Ostrelle Pumps")
