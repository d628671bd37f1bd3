"""People and companies as Chinese writes them: surnames, titles, departments, words of companies."""

from __future__ import annotations

import re

from sfa.interchange.visit_line.clauses import Span

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚舒阮柯纪梅童凌毕单季裴霍"
    "涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农卓古吉缪简车项麦褚娄窦戚岑景党宫"
    "费卜冷晏席卫柏宗瞿桂全佟应臧闵苟邬卞姬栾隋商刁沙荣巫寇桑丛仲虞敖明池查麻苑迟封谈鞠惠荆胥储燕谌奚粟冼"
    "匡常傅栗阎井尉"
)
_DOUBLE = r"欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木"
_TITLE = (
    r"副?总经理|副?董事长|副?总裁|总监|总工程?师?|副总|副?经理|副?主任|副?处长|副?科长|副?部长|副?局长|副?院长|副?校长|副?厂长|副?行长|店长|课长|副?所长"
    r"|站长|会长|队长|组长|班长|县长|镇长|区长|司长|馆长|社长|台长|园长|护士长|船长|主管|老师|教授|博士|医生|大夫|女士|先生|小姐|太太|老板娘?|师傅"
    r"|书记|主席|秘书|助理|律师|会计|专员|顾问|工程师"
)
# A title of one character, unless it begins another word ("总部", "徐工集团").
_SHORT_TITLE = (
    r"总(?![部结是体共计量价装局会觉])|工(?![作程厂艺地序业期具资种商会]|集团|机械)|处(?![理于在境方罚])"
    r"|科(?![技研学普室物地集大])|局(?=[\s,、。;和与说在]|$)|董(?!事)|姐|哥|叔|嫂|导(?![致入])"
)
_DEPARTMENT = (
    r"(?:供应商质量|供应链|采购|技术|质量|品质|品管|品控|工艺|设备|生产|研发|设计|信息|财务|销售|市场|物流|仓储|检验|人事|行政|法务|工程|项目"
    r"|计划|运营|包装|生鲜|质保|售后|后勤|基建|安全|总务|研究|实验|维修|动力|电气|机电|能源|资材|商务|招商|客服|医务|药剂|门诊|IT|HR)"
)
_POST = (
    r"(?:副?总监|副?经理|副?主任|主管|负责人|专员|助理|总工|工程师"
    r"|副?科长|副?处长|副?部长|副?院长|副?总经理|总裁|总)"
)
_ROLE = (
    rf"(?:{_DEPARTMENT}(?:部门?|科|处|室|中心|组|课|办)\s?{_POST}?|{_DEPARTMENT}\s?{_POST}"
    rf"|供应(?:商质量|链)\s|{_DEPARTMENT}(?!\s)|老板娘|老板|店长|负责人|担当|同事|班长|厂长|经办人|工程师|司机|秘书)\s?"
)
_LATIN = r"[A-ZÀ-Þ][A-Za-zÀ-ɏ'.-]*(?:\s[A-ZÀ-Þ][a-zÀ-ɏ'.-]+)?"
_PEOPLE: tuple[re.Pattern[str], ...] = tuple(
    re.compile(source)
    for source in (
        rf"(?:{_ROLE})?(?:{_DOUBLE}|[{SURNAMES}])(?:{_TITLE}|{_SHORT_TITLE})",
        rf"(?:{_ROLE})?(?:{_LATIN})(?:先生|女士|小姐|总(?!部)|经理|博士|教授)",
        r"(?:Mr|Mrs|Ms|Dr|Herr|Frau)\.?\s?[A-ZÀ-Þ][A-Za-zÀ-ɏ'-]+",
        rf"(?:{_ROLE})?(?<![大中弱缩最较很减])[小老](?!时)(?=[{SURNAMES}])[{SURNAMES}](?![板师客户家同时])",
        rf"{_ROLE}(?:{_LATIN})",
        rf"老板姓[{SURNAMES}]",
        rf"(?:负责人|店长|老板|经办人|同事|(?<=联系人)|(?<=对接人))\s?[{SURNAMES}小老][\u4e00-\u9fff]{{1,2}}(?=[\s,，、。;；(]|$)",
        rf"(?<![\u4e00-\u9fff])(?:{_DOUBLE}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}\s(?:{_DEPARTMENT}{_POST}|{_POST})(?=[\s,、。]|$)",
        rf"(?<![\u4e00-\u9fff])(?:{_DOUBLE}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}(?:{_TITLE})",
        rf"(?:(?<=客户)|(?<=[的和与跟给见、]))(?:{_DOUBLE}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}(?:{_TITLE})",
        rf"{_DEPARTMENT}(?:[一二两三四五六七八九十几]人|们)",
        r"(?<=[\u4e00-\u9fff])采购(?=沟通|谈|聊|邮件|联系|说|确认|来)",
        r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",
    )
)
# A Latin name is a person's only after a word such as 和, or in a list with others.
_LATIN_PERSON = re.compile(
    rf"(?:和|与|跟|同|给|见到?|找|约|客户|的|、|及|同事|and\s|with\s|[参到]会\s*[:：]\s*|联系人\s*[:：]\s*)\s?(?P<name>{_LATIN})"
    r"(?=[\s,、。;(]|$|[\u4e00-\u9fff])"
)
_FULL_NAME = re.compile(rf"(?:{_DOUBLE}|[{SURNAMES}])[\u4e00-\u9fff]{{1,2}}")
# Somebody who was not there is no attendee.
ABSENT = re.compile(r"\s*(?:今天)?(?:人?不在|出差|休假|请假|没来|没在|外出|开会去|没空|放假|没见)")

ORGANISATION = (
    r"有限公司|公司|集团|股份|科技|医院|大学|学院|学校|中学|小学|银行|保险|证券|酒店|超市|商贸|贸易|物流|电子|电器|电气|机械|自动化|精密|制造|重工|药业"
    r"|医药|生物|化工|化学|材料|能源|光伏|光电|汽车|汽配|机床|纺织|服饰|服装|家居|建材|钢构|钢铁|水泥|食品|乳业|酒厂|饮料|农业|饲料|港务|航空|造船|造纸"
    r"|印刷|玩具|文具|美妆|软件|网络|通信|仓库|工厂|项目部|事业部|研究院|研究所|设计院|总部|物业|地产|置业|装饰|眼镜|珠宝|餐饮|连锁|药房|诊所"
    r"|幼儿园|网点|电动车|医疗|半导体|传媒|智能|新材|铝业|铜业|茶业|器械|仪器|轴承|阀门|电缆|电池|燃气|水务|环保|园林|旅游|文旅|影城|健身"
)
_ENDS_AS_COMPANY = re.compile(rf"(?:{ORGANISATION}|[厂局所院店行])$")
OPENS_AS_COMPANY = re.compile(rf"[\u4e00-\u9fff]{{2,8}}?(?:{ORGANISATION})(?!{ORGANISATION}|[有分集])")
# A stretch with one of these says something and is no company.
_SAYS = re.compile(
    r"[了过没不吗呢吧啊很]|要(?!素)|说|谈|聊|觉得|已|等|看|做|想|把|被|让|请|可以|能否|才能|不能|能不|能够|可能|需|价格|订单|合同|样品|预算|方案|招标|投诉|满意|确认|通过|推迟|需求"
    r"|意向|反馈|测试|报价|签|付款|回款|发货|交期|讨论|参观|介绍|了解|推荐|竞争|对手|阶段|金额|年度|补录|补记|退货|换货|催|验收|试机|试用|库存|涨价|降价"
    r"|客户|[一二三四五六七八九十两几]家|第[一二三](?![人医中附小])|一切|正常|产能|感兴趣|重点|[0-9]|到位|在场|关系|现场|一起|愿意|样机|安排|沟通|联系|回访|维护|维修|送样|调试|培训|巡检|对账|会议室"
    r"|样本|资料|参会|添加剂|项目(?!部)|代工|业务|接到|先生|女士|经理|老师|翻译|拜访|电话|微信|邮件|问题|成功|失败|准备|争取|机会"
    r"|名片|结束|展会|工博会|博览|参加|[!?！？]|名额|负责|人员|回来|改天|以后|之后|明年|去年|今年"
)
_LATIN_NAME = re.compile(r"[A-Z][\w&.'-]*(?:\s(?:[A-Z&][\w&.'-]*))*(?:\s?[\u4e00-\u9fff]{2,4})?")
MAX_COMPANY = 20
_OUR_PLACES = frozenset(
    "工厂 公司 厂里 厂区 办公室 会议室 展厅 我司 我厂 总部 车间 门店 医院 学校 酒店".split()
)
CITIES = frozenset(
    "北京 上海 广州 深圳 天津 重庆 成都 杭州 武汉 西安 苏州 南京 长沙 郑州 青岛 宁波"
    " 无锡 厦门 福州 合肥 济南 大连 沈阳 昆明 东莞 佛山 中国 华东 华南 华北 常州 嘉兴"
    " 温州 泉州 珠海 惠州 中山 南通 烟台 香港 台湾".split()
)


def find_people(plain: str, end: int) -> list[Span]:
    """Return the people named up to ``end``, in order; those said to be absent are left out."""
    spans: list[Span] = []
    for pattern in _PEOPLE:
        for found in pattern.finditer(plain, 0, end):
            _add(spans, found.span())
    for found in _LATIN_PERSON.finditer(plain, 0, end):
        _add(spans, found.span("name"))
    present = [span for span in sorted(spans) if not ABSENT.match(plain, span[1])]
    names: set[str] = set()
    kept = []
    for span in present:
        name = plain[span[0] : span[1]]
        if not any(name in other or other in name for other in names):
            kept.append(span)
        names.add(name)
    return kept


def _add(spans: list[Span], span: Span) -> None:
    """Add a span; one that it covers gives way, one that it runs into stays."""
    for other in list(spans):
        if span[0] < other[1] and other[0] < span[1]:
            if span[0] > other[0] or span[1] < other[1]:
                return
            spans.remove(other)
    spans.append(span)


def is_full_name(text: str) -> bool:
    """Return whether two or three characters may be a person's full name."""
    return len(text) <= 4 and bool(_FULL_NAME.fullmatch(text)) and not _SAYS.search(text)


def ends_as_company(text: str) -> bool:
    """Return whether a name ends in a word of companies."""
    return bool(_ENDS_AS_COMPANY.search(text))


def may_be_company(text: str) -> bool:
    """Return whether a stretch could be a company's name: short, and saying nothing."""
    if not 2 <= len(text) <= MAX_COMPANY or text in _OUR_PLACES:
        return False
    if _LATIN_NAME.fullmatch(text):
        return True
    core = text.removesuffix("有限公司")
    return bool(re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9·& ]+", text)) and not _SAYS.search(core)
