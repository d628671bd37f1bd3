"""What other systems and hand-made lists call our fields, in English and Chinese.

The first list that knows a header decides; lists for one noun go before the list
for all. ``None`` means: known, and not to be taken for any field.
"""

from __future__ import annotations

from functools import lru_cache

_KEYS = (
    "record id, id, external id, unique id, guid, uid, {noun} id, {noun} number, {noun} no, {noun} key, 编号, 主键,"
    " 记录id, 唯一标识, 数据id, 系统编号"
)
_NOUN_NAMES = {
    "account": "account, company, customer, organization, organisation, client",
    "contact": "contact, person",
    "lead": "lead, inquiry",
    "deal": "deal, opportunity, potential",
    "order": "order, sales order",
    "product": "product, item, article",
    "user": "user, employee, agent",
    "activity": "activity, event, visit",
    "task": "task, to do",
}
_NOUN_KEYS_ZH = {
    "account": "客户编号, 客户id, 公司编号, 客户编码",
    "contact": "联系人编号, 联系人id",
    "lead": "线索编号, 销售线索编号, 线索id",
    "deal": "商机编号, 商机id, 销售机会编号, 机会编号",
    "product": "产品id",
    "user": "工号, 员工编号, 用户id, user name, username, login, 账号, 员工id",
    "activity": "活动编号, 拜访编号",
    "task": "任务编号, 待办编号",
}

_OWNER = (
    "owner, {noun} owner, owner name, record owner, assigned to, assigned to user, assignee, sales rep, rep,"
    " sales agent, agent, salesperson, sales person, sales representative, sales, account manager, account executive,"
    " responsible, responsible person, who, handled by, 负责人, 所有人, {zh}所有人, {zh}负责人, 业务员, 销售, 销售员,"
    " 销售人员, 销售代表, 跟进人, 跟单人, 跟单员, 执行人, 归属人, 归属销售, 客户经理, 拜访人, 责任人"
)
_CREATED = (
    "created, create date, created date, date created, created on, created at, created time, creation date,"
    " {noun} created, add time, added, date added, entry date, 创建时间, 创建日期, 添加时间, 录入时间, 录入日期,"
    " 登记日期, 建档日期, 新建时间"
)
_CREATED_BY = "created by, creator, added by, author, entered by, 创建人, 录入人, 添加人, 建档人, 创建者"
_NOTES = (
    "notes, note, description, {noun} description, comment, comments, full comments, remarks, remark, memo,"
    " additional information, details, 备注, 说明, 描述, 附注, 备注信息, 其他说明, 详情, 备忘"
)
_PHONES = (
    "phone, phones, phone number, phone numbers, mobile, mobile phone, mobile number, mobile phone number, cell,"
    " cell phone, tel, telephone, telephone number, business phone, main phone, work phone, home phone, other phone,"
    " office phone, direct line, direct phone, phone work, phone mobile, phone home, phone other, contact number,"
    " primary phone, company phone, handset, 电话, 手机, 手机号, 手机号码, 电话号码, 联系电话, 办公电话, 座机, 固话,"
    " 固定电话, 公司电话, 移动电话, 联系方式, 联系手机, 家庭电话, 单位电话, 客户电话, 其他电话"
)
_EMAILS = (
    "email, e mail, emails, mail, email address, e mail address, work email, primary email, secondary email,"
    " other email, business email, email work, email home, email other, personal email, 邮箱, 邮件, 电子邮件,"
    " 电子邮箱, 邮箱地址, email地址, 邮件地址, 工作邮箱, 公司邮箱"
)
_TAGS = "tag, tags, label, labels, keywords, 标签, 客户标签, 联系人标签, 标记"
_SOURCE = (
    "source, lead source, {noun} source, original source, origin, channel, how did you hear about us, came from,"
    " 来源, 线索来源, 客户来源, 商机来源, 渠道, 来源渠道, 获客渠道, 机会来源, 信息来源"
)
_NEXT_STEP = (
    "next step, next steps, next action, 下一步, 下一步计划, 下步计划, 下一步行动, 后续计划, 下一步工作"
)
_NEXT_FOLLOW_UP = (
    "next follow up, follow up date, followup date, follow up, next call, next contact, next activity date,"
    " next contact date, next follow up date, next visit, 下次跟进时间, 下次跟进, 下次跟进日期, 下次联系时间,"
    " 下次联系, 下次拜访, 下次回访时间"
)
_STATUS = "status, {noun} status, status reason, state, {noun} state, 状态, {zh}状态"
_ADDRESSES = (
    "address, addresses, full address, postal address, mailing address, billing address, office address,"
    " registered address, 地址, 联系地址, 办公地址, 公司地址, 通讯地址, 客户地址, 注册地址, 单位地址, 收货地址"
)
_STREET = (
    "street, street address, address line 1, address line, address 1, street 1, 详细地址, 街道, 街道地址"
)
_CITY = "city, town, 市, 城市, 所在城市, 地市"
_REGION = "state, province, state province, state region, county, 省, 省份, 所在省份, 州省"
_POSTCODE = "zip, zip code, postcode, postal code, post code, zip postal code, 邮编, 邮政编码"
_COUNTRY = "country, country region, nation, 国家, 国家地区, 国别"
_DISTRICT = "district, 区, 区县, 县, 县区"
_CURRENCY = "currency, currency code, currency of value, amount currency, 币种, 货币, 币别"
_NAME = "full name, name, first and last name, display name, person name, 姓名, 名字"
_FIRST = "first name, firstname, given name, forename, 名"
_LAST = "last name, lastname, surname, family name, 姓, 姓氏"
_TITLE = "title, job title, designation, position, function, role, job, 职务, 职位, 头衔, 岗位"
_NO_CALLS = "do not call, no calls, do not allow phone calls, do not phone, 勿打电话, 禁止致电, 请勿致电"
_NO_EMAILS = (
    "email opt out, do not email, no emails, do not allow emails, unsubscribed, unsubscribed from all email,"
    " opted out of email, 勿发邮件, 邮件退订, 请勿发邮件"
)
_ACCOUNT_NAME = (
    "account, account name, company, company name, organization, organisation, organization name, customer,"
    " customer name, client, client name, associated company, primary associated company, company account, firm,"
    " potential customer, employer, 客户, 客户名称, 公司, 公司名称, 单位, 单位名称, 企业名称, 所属客户, 关联客户,"
    " 客户全称, 公司名, 企业, 所属公司, 工作单位"
)

_VALID_FROM = "valid from, from, start date, start, effective from, effective date, 生效日期, 开始日期, 起始日期, 有效期起"
_VALID_UNTIL = "valid until, valid to, until, to, end date, end, expires, expiry date, 截止日期, 结束日期, 失效日期, 有效期至, 到期日期"

_EVERYWHERE = {
    "owner": _OWNER,
    "created": _CREATED,
    "created_by": _CREATED_BY,
    "notes": _NOTES,
    "phones": _PHONES,
    "emails": _EMAILS,
    "tags": _TAGS,
    "source": _SOURCE,
    "next_step": _NEXT_STEP,
    "next_follow_up": _NEXT_FOLLOW_UP,
    "address.line": _STREET,
    "address.city": _CITY,
    "address.region": _REGION,
    "address.postcode": _POSTCODE,
    "address.country": _COUNTRY,
    "address.district": _DISTRICT,
    "addresses": _ADDRESSES,
    "currency": _CURRENCY,
    "name.first": _FIRST,
    "name.last": _LAST,
    "no_calls": _NO_CALLS,
    "no_emails": _NO_EMAILS,
    "no_messages": "no messages, do not text, do not message, sms opt out, 勿发短信, 勿发微信",
    "no_visits": "no visits, do not visit, 勿上门, 谢绝拜访",
}

_BY_NOUN: dict[str, dict[str | None, str]] = {
    "lead": {
        "name": _NAME
        + ", lead name, contact, contact name, contact person, 联系人, 联系人姓名, 客户姓名, 线索姓名, 线索名称",
        "company": _ACCOUNT_NAME,
        "title": _TITLE,
        "status": _STATUS,
        "reason": "disqualified reason, unqualified reason, lost reason, reason, rejection reason, 无效原因, 关闭原因, 不合格原因",
        "rating": "rating, temperature, lead rating, grade, priority, 热度, 评级, 线索评级, 意向程度, 意向等级, 线索等级, 意向度",
        "interest": "interest, topic, product interest, interested in, requirement, requirements, needs, inquiry, subject,"
        " 意向, 意向产品, 需求描述, 需求, 感兴趣的产品, 客户需求, 咨询内容",
        "campaign": "campaign, source campaign, campaign name, marketing campaign, utm campaign, event, 市场活动, 活动, 营销活动, 活动名称",
        None: "email opt out, website, industry, department, 归属部门, 线索池",
    },
    "account": {
        "name": _ACCOUNT_NAME + ", name, legal name, 名称",
        "short_name": "short name, abbreviation, alias, 简称, 客户简称, 公司简称",
        "tax_id": "tax id, tax number, vat number, vat id, vat no, tin, registration number, company registration number,"
        " 税号, 统一社会信用代码, 纳税人识别号, 信用代码, 社会信用代码",
        "industry": "industry, sector, vertical, line of business, 行业, 所属行业, 客户行业, 行业类型, 行业分类",
        "size": "employees, number of employees, no of employees, company size, size, headcount, staff, employee count,"
        " 人员规模, 企业规模, 员工人数, 公司规模, 人数, 规模, 员工数, 客户规模",
        "founded": "year founded, founded, year started, year established, established, founding year, founded year,"
        " 成立年份, 成立时间, 创立年份, 成立日期",
        "region": "region, territory, area, 地区, 所在地区, 区域, 大区, 所属区域, 销售区域",
        "website": "website, web site, url, homepage, domain, company domain name, web, site, web address, 网址, 官网, 网站, 公司网址, 主页, 公司网站",
        "kind": "type, account type, customer type, relationship type, category, kind, company type, 客户类型, 类型, 客户性质, 客户类别",
        "tier": "tier, rating, level, account tier, customer level, class, grade, importance, abc, 客户级别, 客户等级, 级别, 等级, 客户分级",
        "parent": "parent, parent account, parent company, subsidiary of, parent organization, group, headquarters account,"
        " 上级客户, 母公司, 上级公司, 总公司, 所属集团, 集团",
        "collaborators": "collaborators, account team, team members, 协作人, 相关团队成员, 团队成员, 协同人",
        None: "联系人, 到期时间, 成交状态, hq, primary contact",
    },
    "contact": {
        "name": _NAME + ", contact name, contact, person, 联系人, 联系人姓名, 客户姓名",
        "accounts": _ACCOUNT_NAME,
        "title": _TITLE,
        "department": "department, dept, division, 部门, 所在部门, 所属部门",
        None: "reports to, assistant, birthdate, birthday, 生日, 性别, lead source, lead status",
    },
    "deal": {
        "name": "name, deal name, opportunity name, potential name, opportunity, deal, title, deal title, topic, project,"
        " project name, subject, 商机名称, 项目名称, 销售机会名称, 机会名称, 商机, 项目, 名称, 商机主题",
        "account": _ACCOUNT_NAME,
        "stage": "stage, deal stage, sales stage, opportunity stage, pipeline stage, phase, step, 销售阶段, 阶段, 商机阶段,"
        " 当前阶段, 项目阶段",
        "pipeline": "pipeline, sales process, pipeline name, 销售流程, 流程, 管道",
        "amount": "amount, value, deal value, deal amount, close value, est revenue, estimated revenue, estimated value,"
        " total, total amount, sum, price, worth, deal size, 金额, 商机金额, 销售金额, 预计金额, 合同金额, 成交金额,"
        " 预计成交金额, 预计销售金额, 项目金额, 签单金额",
        "close_date": "close date, closing date, expected close date, expected close, est close date, estimated close date,"
        " expected closing, target date, 预计成交日期, 结单日期, 预计签单时间, 预计成交时间, 预计签单日期, 预计结单日期, 预计签约日期",
        "closed": "actual close date, closed on, closed date, won time, lost time, deal closed on, 实际成交日期, 成交日期,"
        " 实际结单日期, 签单日期, 成交时间",
        "probability": "probability, win, chance, deal probability, win probability, likelihood, confidence, odds, 赢率,"
        " 可能性, 成交概率, 成功率, 成交可能性, 概率",
        "category": "forecast category, forecast, category, 预测类别, 预测分类, 预测类型",
        "reason": "loss reason, lost reason, closed lost reason, closed won reason, reason for loss, reason lost, win reason,"
        " close reason, reason, 输单原因, 丢单原因, 赢单原因, 失败原因, 输赢原因",
        "competitors": "competitors, competitor, main competitor, main competitors, competition, 竞争对手, 竞品, 主要竞争对手",
        "next_step_on": "next step date, next step on, next step due, 下一步时间, 下一步日期",
        "products": "product, products, product name, items, 产品, 意向产品, 产品名称, 关联产品, 销售产品",
        None: "contact, contact name, type, campaign source, 合同编号, 联系人",
    },
    "price": {
        "product": "product code, product, product name, code, sku, item, item number, part number, article, name,"
        " 产品编号, 产品编码, 产品名称, 产品, 编码, 货号, 型号, 产品型号, 规格型号, 物料编码, 品名, 名称, 商品名称",
        "pricebook": "price book, price book name, pricebook, price list, list, book, 价格表, 价格表名称, 价目表, 价格本",
        "price": "price, unit price, sales price, list price, net price, 单价, 价格, 售价, 销售单价, 协议价, 含税单价, 标准价格",
        "from_qty": "from qty, from quantity, minimum quantity, min quantity, min qty, quantity, qty, quantity from, break,"
        " 起订数量, 起订量, 最小数量, 最低数量, 数量, 起始数量, 数量从",
        "valid_from": _VALID_FROM,
        "valid_until": _VALID_UNTIL,
    },
    "pricebook": {
        "name": "name, price book, price book name, pricebook, price list, price list name, 价格表, 价格表名称, 价目表, 名称",
        "valid_from": _VALID_FROM,
        "valid_until": _VALID_UNTIL,
        "parent": "parent, parent price book, based on, base price book, base list, 上级价格表, 基础价格表",
        "tier": "tier, customer tier, customer level, customer class, 客户级别, 客户等级, 等级",
        "default": "default, is default, 默认, 是否默认",
        "description": _NOTES,
    },
    "tax": {
        "name": "name, tax, tax class, tax name, tax code, vat class, 税种, 税种名称, 名称",
        "rate": "rate, tax rate, vat rate, vat, percent, percentage, 税率",
        "default": "default, is default, 默认, 是否默认",
    },
    "product": {
        "name": "name, product name, product, item, item name, article, title, 产品名称, 名称, 品名, 产品, 商品名称",
        "code": "code, product code, sku, part number, item number, article number, item no, model, part no, 产品编号, 型号,"
        " 产品编码, 编码, 货号, 规格型号, 物料编码, 产品型号",
        "family": "family, product family, category, product category, series, line, product line, group, 产品系列, 系列,"
        " 分类, 产品分类, 类别, 产品线, 产品类别",
        "tax": "tax, tax class, tax rate, vat, vat rate, tax code, 税种, 税率, 增值税率, 税率档",
        "unit": "unit, usage unit, unit of measure, uom, 单位, 计量单位, 销售单位",
        "price": "price, unit price, list price, sales price, standard price, selling price, retail price, 单价, 价格, 标准价格,"
        " 售价, 销售价格, 标价, 销售单价, 目录价",
        "status": "status, active, product active, is active, state, 状态, 产品状态, 是否上架, 上架状态, 是否启用",
        "description": _NOTES
        + ", specification, specifications, 规格说明, 产品说明, 产品描述, 规格, 产品介绍",
        "cost": "cost, unit cost, product cost, cost price, standard cost, purchase price, 成本, 成本价, 单位成本, 进价, 采购价",
        None: "stock, 库存",
    },
    "user": {
        "name": _NAME
        + ", user, employee, employee name, sales agent, rep, sales rep, 员工姓名, 用户名称, 人员, 员工",
        "role": "role, roles, security roles, profile, user role, 角色, 系统角色, 权限",
        "team": "team, department, business unit, office, regional office, branch, division, group, region, 部门, 团队, 所属部门,"
        " 主属部门, 所在部门, 分公司, 组",
        "manager": "manager, supervisor, reports to, line manager, boss, team lead, 直属主管, 上级, 主管, 直属上级, 经理,"
        " 汇报对象, 直接上级",
        "active": "active, is active, enabled, 是否启用, 在职, 启用状态",
        None: "position, 职位, 入职时间",
    },
    "order": {
        "unit": "unit, uom, unit of measure, sales unit, 单位, 计量单位",
        "number": "number, order number, order no, order, order id, order key, order code, sales order, sales order number, sales order no,"
        " so number, so no, so, document number, document no, invoice number, invoice no, purchase order, po number,"
        " 订单编号, 订单号, 订单号码, 单号, 订单, 销售订单号, 销售单号, 单据编号, 订单id",
        "account": _ACCOUNT_NAME
        + ", customer id, customer key, customer number, customer no, customer code, account id, account number, account key, bill to,"
        " sold to, buyer, 客户编号, 客户编码, 客户id, 购方, 购货单位, 买方",
        "ordered": "ordered, ordered on, order date, date of order, date, document date, invoice date, sale date, sales date, purchase date,"
        " 下单日期, 下单时间, 订单日期, 订购日期, 日期, 销售日期, 单据日期, 订货日期",
        "promised": "promised, promised for, promised date, due date, delivery date, requested date, required date, requested delivery,"
        " 交货日期, 交期, 承诺日期, 要求交期, 预计交货日期",
        "delivered": "delivered, delivered on, date delivered, actual delivery date, ship date, shipped date, shipping date, 实际交货日期,"
        " 送达日期, 发货日期, 到货日期",
        "since": "in this state since, since, state since, status date, 状态日期",
        "state": _STATUS + ", order status, order state, fulfilment status, 订单状态",
        "subject": "subject, order name, title, 主题, 订单名称, 订单主题",
        "deal": "deal, opportunity, deal name, opportunity name, project, 商机, 商机名称, 项目",
        "contact": "contact, contact name, contact person, 联系人, 联系人姓名",
        "order_discount": "order discount, discount on the order, discount total, 整单折扣, 订单折扣, 订单优惠",
        "tax_mode": "tax mode, tax in prices, price type, 含税方式, 价格是否含税",
        "payment_terms": "payment terms, terms of payment, 付款条件, 付款方式, 结算方式",
        "delivery_terms": "delivery terms, incoterms, terms of delivery, 交货条件, 交货方式, 运输方式",
        "contract_number": "contract number, contract no, contract, 合同编号, 合同号",
        "line": "line, line number, line no, line item, line item number, order line, order line item, order line number,"
        " position, pos, row, 行号, 序号, 行, 订单行号, 项次",
        "product": "product, product name, product code, product key, product id, product number, product sku, sku, item, item code, item name, item no, item number,"
        " article, article number, part number, material, material number, 产品, 产品名称, 产品编号, 产品编码, 商品, 商品名称, 商品编号,"
        " 商品编码, 品名, 物料, 物料编码, 物料名称, 货号, 型号, 存货编码, 存货名称",
        "description": "description, item description, product description, line description, line text, 产品描述, 物料描述, 说明, 描述",
        "line_note": "line note, line comment, line remarks, 行备注",
        "quantity": "quantity, qty, order quantity, ordered quantity, quantity ordered, qty ordered, units, pieces, pcs, 数量, 订购数量, 销售数量,"
        " 订货数量, 件数",
        "price": "price, unit price, price each, sales price, net price, selling price, 单价, 价格, 销售单价, 售价, 含税单价, 不含税单价",
        "amount": "amount, line amount, line total, extended price, extended amount, sales, sales amount, net amount, 金额, 行金额, 销售金额, 小计",
        "discount": "discount, line discount, discount percent, rebate, 折扣, 折让, 优惠, 折扣率",
        "tax": "tax, tax rate, vat, vat rate, tax code, tax class, 税率, 增值税率, 税种",
        "notes": "notes, remarks, remark, order notes, comment, comments, memo, 备注, 订单备注, 附注",
        None: "id, record id, row id, line id, external id, unique id, guid, uid, 编号, 主键, 记录id, total, order total, grand total, 合计,"
        " 总计, 订单金额, 总金额, 价税合计, territory, territory key, territory id, stock date, source, city, country, region, category",
    },
    "activity": {
        "kind": "kind, type, activity type, event type, method, task type, 类型, 活动类型, 方式, 跟进方式, 跟进类型, 拜访类型, 沟通方式",
        "state": _STATUS,
        "at": "at, when, date, activity date, start, start time, start date, actual start, due date, date time, visit date,"
        " scheduled start, start date time, call date, timestamp, time, 时间, 日期, 开始时间, 拜访日期, 拜访时间, 跟进时间, 活动时间,"
        " 活动日期, 跟进日期, 联系时间",
        "minutes": "minutes, duration, duration minutes, length, 时长, 持续时间, 拜访时长, 时长分钟",
        "account": _ACCOUNT_NAME,
        "contact": "contact, contact name, person, name, 联系人, 联系人姓名",
        "deal": "deal, opportunity, deal name, opportunity name, 商机, 关联商机, 商机名称, 项目",
        "lead": "lead, lead name, 线索, 关联线索, 销售线索",
        "outcome": "outcome, subject, result, summary, call result, title, 结果, 沟通结果, 拜访结果, 跟进结果, 主题, 拜访总结, 小结",
        "notes": _NOTES
        + ", body, content, minutes of meeting, 活动内容, 跟进内容, 拜访内容, 沟通内容, 跟进记录, 内容",
        "purpose": "purpose, objective, agenda, goal, reason, 目的, 拜访目的, 拜访目标",
        "attendees": "attendees, participants, invitees, 参与人, 参加人员, 与会人员, 陪访人, 参会人",
        "unplanned": "unplanned, 临时拜访, 是否临时拜访",
        "checkin": "check in, checkin, check in time, 签到时间, 签到, 到达时间",
        "checkin_place": "check in place, check in location, check in address, 签到地点, 签到地址, 签到位置",
        "checkout": "check out, checkout, check out time, 签退时间, 签退, 离开时间",
        "checkout_place": "check out place, check out location, check out address, 签退地点, 签退地址, 签退位置",
        None: "regarding, related to",
    },
    "task": {
        "subject": "subject, task, task name, title, what, to do, todo, name, summary, task title, 任务, 待办, 待办标题, 任务名称,"
        " 标题, 主题, 待办事项, 任务标题, 事项, 内容",
        "due": "due, due date, due date only, deadline, by when, end date, date, 截止日期, 截止时间, 到期日, 完成期限, 到期时间, 期限,"
        " 计划完成时间",
        "due_time": "due time, time, 截止时刻",
        "priority": "priority, importance, urgency, 优先级, 紧急程度, 重要程度",
        "state": _STATUS,
        "repeat": "repeat, recurrence, recurring, 重复, 重复规则, 周期",
        "remind": "reminder, remind, reminder date time, reminder date, remind at, 提醒, 提醒时间",
        "account": _ACCOUNT_NAME,
        "contact": "contact, contact name, 联系人",
        "deal": "deal, opportunity, 商机, 关联商机",
        "lead": "lead, 线索, 关联线索",
        None: "related to",
    },
}
_ZH_NOUN = {
    "lead": "线索", "account": "客户", "contact": "联系人", "deal": "商机", "order": "订单", "product": "产品", "user": "用户",
    "activity": "活动", "task": "任务",
}  # fmt: skip


@lru_cache(maxsize=16)
def known_headers(noun: str) -> dict[str, str | None]:
    """Return plain header -> target of a noun; ``None`` for headers known to be no field of it."""
    noun = "activity" if noun == "visit" else noun
    found: dict[str, str | None] = {}
    names = [word.strip() for word in _NOUN_NAMES.get(noun, noun).split(",")]
    for target, words in _BY_NOUN.get(noun, {}).items():
        _add(found, target, words, names, _ZH_NOUN.get(noun, ""))
    _add(found, "key", _KEYS + ", " + _NOUN_KEYS_ZH.get(noun, ""), names, _ZH_NOUN.get(noun, ""))
    for target, words in _EVERYWHERE.items():
        _add(found, target, words, names, _ZH_NOUN.get(noun, ""))
    return found


def _add(found: dict[str, str | None], target: str | None, words: str, names: list[str], zh: str) -> None:
    for word in (each.strip() for each in words.split(",")):
        if "{noun}" in word:
            for name in names:
                found.setdefault(word.replace("{noun}", name), target)
        elif word:
            found.setdefault(word.replace("{zh}", zh), target)
