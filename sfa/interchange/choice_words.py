"""What people and other systems call the trade's words, in English and Chinese.

A choice is found by its value, by its English label or by one of these, whatever
the case. Within one field no word may mean two values; a test sees to it.
"""

from __future__ import annotations

import re
import unicodedata

from sfa.fields import Field

_PARTING = re.compile(r"[\s_\-–/]+")

# value -> words; one table serves every field, cut down to the field's own values.
_WORDS: dict[str, str] = {
    # roles
    "rep": "sales rep, sales, salesperson, sales representative, account executive, agent, standard user, 销售,"
    " 业务员, 销售代表, 销售人员, 销售员",
    "manager": "sales manager, team lead, team leader, supervisor, 经理, 主管, 销售经理, 销售主管",
    "admin": "administrator, system administrator, 管理员, 系统管理员",
    "read-only": "readonly, viewer, guest, read only user, 只读, 只读用户, 访客",
    # lead status
    "new": "open, not contacted, open not contacted, open (not contacted), untouched, unassigned, 新, 新建, 新线索,"
    " 未处理, 待处理, 未跟进, 待跟进, 未联系, 新增",
    "working": "contacted, in progress, attempted to contact, working contacted, connected, open deal, engaged,"
    " 跟进中, 已联系, 处理中, 联系中, 正在跟进, 跟进",
    "nurturing": "nurture, contact in future, bad timing, recycled, later, 培育, 培育中, 待培育, 暂缓, 以后联系",
    "qualified": "closed converted, converted, pre qualified, sales qualified, sql, 合格, 有效, 已转换, 已转化, 已确认,"
    " 有效线索",
    "disqualified": "unqualified, closed not converted, not qualified, junk lead, junk, lost lead, dead, invalid,"
    " 无效, 不合格, 已关闭, 无效线索, 废弃, 垃圾线索",
    # rating
    "hot": "high, a, 热, 高, 高意向, 强",
    "warm": "medium, b, 温, 中, 中意向, 一般",
    "cold": "low, c, 冷, 低, 低意向, 弱",
    # account kind and tier
    "end-customer": "customer, end user, client, prospect, direct customer, 最终客户, 终端客户, 直客, 客户, 潜在客户,"
    " 直接客户",
    "distributor": "reseller, dealer, channel, agent, wholesaler, 代销商, 经销商, 代理商, 渠道, 分销商",
    "partner": "channel partner, technology partner, integrator, 合作伙伴, 伙伴, 合作方",
    "key": "key account, strategic, vip, enterprise, a, tier 1, 大客户, 重点, 重点客户, 关键客户, 战略客户, 重要客户,"
    " 核心客户",
    "standard": "normal, regular, mid market, medium, b, tier 2, 标准, 普通, 普通客户, 一般客户, 一般, 中型客户",
    "small": "smb, small business, minor, c, tier 3, 小, 小客户, 小型客户",
    # pool
    "owned": "assigned, 已分配, 私海, 有负责人",
    "pool": "public, public pool, unassigned, 公海, 线索池",
    # rights
    "read": "read only, view, 只读, 查看",
    "write": "read write, edit, 读写, 编辑",
    # stage kinds and task states
    "open": "in progress, not started, waiting, deferred, pending, to do, todo, 进行中, 未完成, 待办, 未开始, 在跟,"
    " 等待中, 待处理",
    "won": "closed won, win, 赢单, 成交, 已成交",
    "lost": "closed lost, lose, 输单, 丢单, 失败",
    "done": "completed, complete, finished, held, yes, closed, 完成, 已完成, 结束, 已结束",
    "cancelled": "canceled, cancel, not held, void, voided, 取消, 已取消, 作废, 已作废",
    "planned": "scheduled, open, not started, to do, 计划, 计划中, 未开始, 待执行",
    # forecast
    "omitted": "omit, not forecasted, 不计入, 忽略",
    "pipeline": "in pipeline, 跟进中, 在跟",
    "best-case": "best case, upside, most likely, 乐观, 最好情况",
    "commit": "committed, commitment, 承诺, 确定",
    "closed": "won, closed won, 已成交, 成交, 已结单",
    # buying roles and stance
    "economic-buyer": "economic decision maker, budget holder, 经济决策人",
    "decision-maker": "approver, executive sponsor, 拍板人, 决策人, 决策者",
    "evaluator": "technical buyer, 技术把关人, 评估者, 技术评估",
    "influencer": "影响者, 影响人",
    "user": "end user, business user, 使用者, 用户",
    "gatekeeper": "守门人",
    "coach": "champion, internal champion, 内线, 教练",
    "supporter": "for us, 支持, 支持者",
    "neutral": "中立",
    "opponent": "against us, detractor, 反对, 反对者",
    "unknown": "未知, 不详",
    # activity kinds
    "visit": "site visit, field visit, on site, customer visit, 拜访, 上门, 上门拜访, 外勤, 走访, 实地拜访",
    "call": "phone, phone call, telephone, outbound call, 电话, 通话, 打电话, 电话沟通, 电话拜访",
    "meeting": "event, appointment, demo, lunch, 会议, 开会, 会面, 线上会议, 演示",
    "email": "e mail, mail, 邮件, 电子邮件",
    "message": "wechat, sms, whatsapp, chat, im, 微信, 短信, 消息, 企业微信, 钉钉",
    "reception": "来访接待, 来访, 接待",
    "exhibition": "trade show, fair, expo, 展会, 参展",
    "note": "other, remark, 备注, 记录, 笔记, 其他",
    # how a check-in was recorded
    "device": "gps, mobile, 设备, 定位",
    "manual": "by hand, 手工, 手动, 补签",
    "none": "no, 无, 没有",
    # priority
    "high": "urgent, highest, important, 1, 高, 紧急, 重要, 重要且紧急",
    "normal": "medium, 2, 普通, 中, 一般, 正常",
    "low": "lowest, not urgent, 3, 低, 不紧急",
    # product status
    "active": "yes, true, 1, enabled, in stock, available, on sale, 在售, 启用, 上架, 已上架, 是, 有效",
    "discontinued": "no, false, 0, inactive, disabled, retired, end of life, 停售, 停用, 下架, 已下架, 停产, 否, 无效",
    # what happened to an order; one that is done with has been paid
    "placed": "open, new, ordered, received, pending, submitted, booked, created, 已下单, 下单, 新订单, 待处理, 待确认,"
    " 已提交",
    "confirmed": "accepted, approved, acknowledged, processing, in process, in progress, 已确认, 确认, 已审核, 处理中,"
    " 待发货",
    "in-production": "manufacturing, being made, 生产中, 制作中, 已排产",
    "shipped": "dispatched, sent, in transit, on its way, 已发货, 发货, 已出库, 运输中, 在途",
    "delivered": "fulfilled, arrived, 已交付, 已到货, 已签收, 已送达, 已收货",
    "invoiced": "billed, 已开票, 开票, 已开发票",
    "paid": "completed, complete, closed, done, finished, settled, fully paid, 已付清, 已付款, 已收款, 已回款, 已结清,"
    " 已完成, 完成, 已关闭, 结束, 已结束, 交易完成, 交易成功",
    # whether prices have their tax in them
    "added": "excluded, exclusive, excluding tax, net, plus tax, 不含税, 价外计税, 价外税",
    "included": "inclusive, including tax, gross, 含税, 价内含税, 价内税",
    # kinds of custom fields
    "text": "string, 文本",
    "number": "decimal, integer, numeric, 数字",
    "date": "day, 日期",
    "yes-no": "boolean, bool, checkbox, flag, 是否",
    "choice": "picklist, select, dropdown, enum, 单选, 选项",
}  # fmt: skip

_known: dict[Field, dict[str, str]] = {}


def plain_word(text: str) -> str:
    """Return a word without case, width and the dashes that part its pieces."""
    return _PARTING.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def words_of(field: Field) -> dict[str, str]:
    """Return plain word -> value for a field's choices; a value's own word and label go first."""
    found = _known.get(field)
    if found is None:
        found = _known[field] = _collect(field)
    return found


def _collect(field: Field) -> dict[str, str]:
    words: dict[str, str] = {}
    for choice in field.choices:
        words[plain_word(choice.value)] = choice.value
        words.setdefault(plain_word(choice.label), choice.value)
    if not field.custom_id:
        for choice in field.choices:
            for word in _WORDS.get(choice.value, "").split(","):
                if word.strip():
                    words.setdefault(plain_word(word), choice.value)
    return words


def synonyms(field: Field) -> list[tuple[str, str]]:
    """Return every (plain word, value) written down for a field, repeats and all."""
    return [
        (plain_word(word), choice.value)
        for choice in field.choices
        for word in _WORDS.get(choice.value, "").split(",")
        if word.strip()
    ]
