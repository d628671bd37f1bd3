"""The words of a visit line that both languages need: kinds, next steps, explicit nones, outcomes.

Names and the words around them are in ``english_names`` and ``chinese_names``.
"""

from __future__ import annotations

import re

from sfa.terms import ActivityKind

_FLAGS = re.IGNORECASE | re.ASCII
# Word edges by hand: a Chinese character beside a Latin word does not make it longer.
L = r"(?<![A-Za-z0-9À-ɏ])"
R = r"(?![A-Za-z0-9À-ɏ])"


def _latin(source: str) -> re.Pattern[str]:
    """Compile Latin words between edges."""
    return re.compile(f"{L}(?:{source}){R}", _FLAGS)


# Words that settle the kind wherever they stand before the next step, strongest first.
SETTLING: tuple[tuple[re.Pattern[str], ActivityKind], ...] = (
    (
        _latin(
            r"canton\s+fair|trade\s?(?:show|fair)(?:\s+lead)?|expo|exhibition|booth|(?:at|on)\s+(?:our|the)\s+stand"
            r"|fair\s+lead"
        ),
        ActivityKind.EXHIBITION,
    ),
    (
        re.compile(
            r"展会|展览会?|博览会|参展|逛展|广交会|糖酒会|[\u4e00-\u9fff]{1,5}展(?=[,，\s。现上]|$)|展[位台]"
        ),
        ActivityKind.EXHIBITION,
    ),
    (
        _latin(
            r"hosted|hosting|visited\s+(?:us|our\s+\w+)|came\s+(?:to|by|over\s+to)\s+(?:see\s+us|us|our\s+\w+)"
            r"|(?:meeting|visit)\s+at\s+(?:ours|our\s+\w+)|received\s+a\s+visit|were\s+at\s+our\s+\w+|had(?=\s+.{1,30}?\s+over\s)"
        ),
        ActivityKind.RECEPTION,
    ),
    (
        re.compile(r"接待了?|来访|来我[司厂们公]司?|来公司|来厂|到我[司厂公]司?|到访我[司厂]"),
        ActivityKind.RECEPTION,
    ),
)

# Words that name the kind, the earliest one wins; at one place the longest.
_KINDS: tuple[tuple[str, ActivityKind], ...] = (
    (
        (
            r"(?:i\s+)?(?:site|customer|client|sales|farm|follow[- ]?up|unplanned)\s+visit|visit(?:ed|ing)?(?:\s+(?:to|with|at))?"
            r"|went\s+(?:to\s+see|to|round\s+to)|(?:dropped|stopped|popped|called)\s+(?:by|in(?:to)?|round|over)(?:\s+(?:at|on|to))?"
            r"|dropped\s+(?:by|in)|on[- ]site|saw|was\s+at|drove\s+to|toured|swung\s+by|been\s+to|went\s+over\s+to"
        ),
        ActivityKind.VISIT,
    ),
    (
        (
            r"(?:f/u|follow[- ]?up|quick|cold|inbound|outbound|short|long|missed)?\s*(?:phone\s*)?(?:tele)?calls?|phone(?=\s*[:-])"
            r"|phoned|rang|(?:cold\s+)?called|tel\.?\s*conf(?:erence)?|conf(?:erence)?\s+call|tc|vm|voicemail|voice\s+mail|telecon"
            r"|spoke\s+(?:to|with)\s+.{2,40}?\s+(?:on\s+the\s+phone|by\s+phone)|by\s+phone|on\s+the\s+phone"
        ),
        ActivityKind.CALL,
    ),
    (
        (
            r"(?:teams|zoom|skype|google\s+meet|webex|video|online|virtual|web)(?:\s+(?:call|meeting|conf(?:erence)?))?"
            r"|vc|meeting|met(?!\s*(?:[,.;]|$))|mtg|(?:quarterly|business|annual|monthly)\s+review|qbr|workshop|training|lunch(?:ed)?|dinner|breakfast|coffee(?:\s+(?:meeting|chat))?|ran\s+into|bumped\s+into"
            r"|drinks|golf(?=\s+day)|webinar|caught\s+up"
        ),
        ActivityKind.MEETING,
    ),
    (r"(?:sent\s+(?:an?\s+)?)?(?:e-?mails?|mail)|e-?mailed|mailed", ActivityKind.EMAIL),
    (
        r"we\s?chat(?:ted)?|wx|whats\s?app(?:ed)?|texted|text|sms|msg(?:['’]?d)?|messaged|dm(?:['’]?d)?|telegram",
        ActivityKind.MESSAGE,
    ),
    (r"note|fyi|heard\s+(?:from|that)|memo|n\.?b\.?", ActivityKind.NOTE),
)
_HAN_KINDS: tuple[tuple[str, ActivityKind], ...] = (
    (
        (
            r"客户拜访|拜访(?:记录|情况|纪要)|登门拜访|上门拜访|陌拜|拜访|走访|上门|到访|约见|(?<!没)见[到了]|会见|探访|实地考察|现场交流"
            r"|(?<![再意看听不没少常可罕约会])见(?!面|过|解|证|效|习|谅|识|好|状|光|于|附|下|上|后|[,，。\s]*$)"
        ),
        ActivityKind.VISIT,
    ),
    (
        r"电话会议?|打了?[一二两几三]?个?电话|电话(?:联系|沟通)|电话|致电|来电|去电|通话|电访|打过电话|通了?个?电话|语音",
        ActivityKind.CALL,
    ),
    (
        (
            r"(?:腾讯|视频|线上|网络|在线|远程|钉钉|飞书)会议?|开了?个?(?:短|小|碰头)?会|会议(?![室纪记])|面谈|洽谈|座谈|(?<!请)吃(?:了?个?)饭|午餐|晚餐"
            r"|喝茶|喝咖啡|聚餐|宴请|饭局|打了?个?zoom|偶遇|碰到了?"
        ),
        ActivityKind.MEETING,
    ),
    (r"发了?封?邮件|邮件", ActivityKind.EMAIL),
    (r"企业微信|发微信|微信群?(?:沟通|联系)?|短信|钉钉|飞书|发消息|发信息|留言", ActivityKind.MESSAGE),
    (r"备注|笔记|听说|记录一下|获悉|据悉", ActivityKind.NOTE),
)
KINDS: tuple[tuple[re.Pattern[str], ActivityKind], ...] = (
    *((_latin(source), kind) for source, kind in _KINDS),
    *((re.compile(source, re.IGNORECASE), kind) for source, kind in _HAN_KINDS),
)
# Words for going and presenting: a visit when nothing else says how the customer was met.
WEAK_VISIT = re.compile(
    rf"{L}(?:demo(?:['’]?d|ed)?|presented|presentation|at\s+(?:their|his|her)\s+(?:place|office|site|plant|shop))(?=\s)"
    r"|(?<![回过下出失过除])去(?:了趟?|趟|的)?(?![年掉除世])|跑了",
    _FLAGS,
)
_NEEDED = r"(?:\s+(?:is\s+)?(?:needed|required|necessary|for\s+now|planned|at\s+this\s+stage))*"
NO_NEXT_STEP = re.compile(
    rf"{L}(?:no\s+(?:further\s+|more\s+)?(?:follow[- ]?ups?|f/?u|next\s+steps?|actions?|todos?){_NEEDED}"
    rf"|nothing\s+(?:else|further|more)?\s*(?:to\s+(?:do|follow\s+up)|needed|required|for\s+now|planned|from\s+our\s+side)"
    rf"|nothing\s+(?:else|further|more){_NEEDED}|no\s+need\s+(?:to|for\s+a?)\s*follow[- ]?up|next(?:\s+steps?)?\s*:\s*(?:none|n/?a|-))"
    rf"(?!\s+(?:until|till?|before)){R}"
    r"|(?:无需|无须|毋须|不用|不需要?|不必|暂不需?要?|暂时不用|暂无需|没必要)(?:再|继续|安排)?(?:跟进?|回访|联系|处理|后续)了?(?![0-9一-龥])"
    r"|(?:没有?|无|暂无|暂没有?)(?:需要)?(?:后续|下一步|下步|跟进|待办)(?:计划|动作|事项|安排|跟进|工作)?了?(?![0-9一-龥])"
    r"|(?:下一步|下步|后续|跟进)\s*[:：]?\s*(?:无|没有|暂无)(?![0-9一-龥])",
    _FLAGS,
)

# Words that only announce the next step and are not part of it.
NEXT_LABEL = re.compile(
    rf"{L}(?:next\s+steps?\s*(?:is|are)?\s*[:=-]?|next\s*[:=]|to-?do\s*:|to\s+do\s*:|(?<![\u4e00-\u9fff])actions?\s*:|ns\s*:|→|->|=>)\s*"
    r"|(?:下一步|下步)(?:计划|行动|动作|安排)?\s*[:：]?\s*(?:是|要)?|(?:后续|待办|行动|计划)\s*[:：]\s*|→\s*",
    _FLAGS,
)
# A label that is a next step itself when nothing but a day follows ("跟进：下周一").
NEXT_HEADING = re.compile(r"(?:下次)?跟进\s*[:：]\s*|follow[- ]?up\s*:\s*", _FLAGS)

_VERBS = (
    r"follow(?:ing)?[- ]?up|f/?u|send|sending|resend|email|e-mail|mail|call|ring|phone|ping|chase|nudge|check|deliver|drop|bring"
    r"|try\s+(?:again|email|calling|to|him|her|them)|re-?try|visit\s+again|go\s+back|come\s+back|get\s+back|revert|rebook|reschedule"
    r"|book|schedule|arrange|set\s+up|prepare|prep|draft|quote|re-?quote|write|submit|confirm|talk\s+to|speak\s+(?:to|with)"
    r"|ask|answer|reply|respond|remind|invite|report|replace|discuss|review|sign|get|give|provide|share|present|demo"
    r"|meet|start|order|ship|install|order|update|finali[sz]e|close|touch\s+base|catch\s+up|diary|lets?|text|whatsapp|wechat"
    r"|introduce|collect|pick\s+up|organi[sz]e|plan|revisit|circle\s+back|forward|issue|fix|offer|show|look\s+into|find|pass|take"
    r"|negotiate|push|escalate|align|agree|win|hand\s+over|return|post|run|do|make|put|add|see"
)
_LEAD_IN = (
    r"(?:then|and|so|also|pls|please|just|must|should|have\s+to|has\s+to|need(?:s)?\s+to|to|will|i['’]?ll|we['’]?ll|i\s+will|we\s+will"
    r"|i\s+must|we\s+must|i\s+need\s+to|we\s+need\s+to|i|we|gotta|gonna|going\s+to|promised\s+to|agreed\s+to|our\s+\w+\s+to|me\s+to|us\s+to)"
)
# A clause that opens like a thing to be done.
ACTION = re.compile(
    rf"\s*(?:{_LEAD_IN}\s+){{0,3}}(?:{_VERBS}){R}"
    rf"|\s*(?:(?:i|we)\s+(?:owe|wait)|need\s+to|to\s+(?!be)|thank-?you\s+(?:call|mail|note)|next\s+(?:visit|call|meeting))"
    rf"|\s*\w+\s+follow[- ]?up\s*$|\s*then\s",
    _FLAGS,
)
# Without a day, words that are as often nouns ("order for 12 sets") say nothing yet.
SURE_ACTION = re.compile(
    rf"\s*(?:(?:{_LEAD_IN}\s+){{1,3}}(?:{_VERBS})|(?:then\s+|and\s+|pls\s+|please\s+)?(?:follow(?:ing)?[- ]?up|f/?u|(?:re)?send|call"
    rf"\s+(?:back|again|him|her|them)|chase|ping|nudge|check|try|call\s+to|re-?try|get\s+back|go\s+back|come\s+back|talk\s+to|speak\s+(?:to|with)"
    rf"|ask(?!s|ed|ing)|prepare|draft|submit|remind|invite|arrange|schedule|book|set\s+up|rebook|reschedule|touch\s+base|catch\s+up|circle\s+back"
    rf"|quote\s+(?:him|her|them)|revisit|visit\s+again|look\s+into|bring|get\s+(?!rejected)))(?![A-Za-z])"
    rf"|\s*(?:i\s+owe|need\s+to|to\s+(?!be)|thank-?you\s+(?:call|mail|note))|\s*\w+\s+follow[- ]?up\s*$",
    _FLAGS,
)
HAN_ACTION = re.compile(
    r"(?:我们?|我方|我司)?(?:再|会|去|来|要|需要?|先|得|将|得|就)?"
    r"(?:下次|下回|晚点|回头|回去|回来后?|尽快|赶紧|抓紧|争取|准备|安排|跟进|跟踪|联系|回访|回复|约了?|再约|寄|发(?!现|货了|了)|提交|出具?(?!差|现|来|席)|带"
    r"|催|补货|送|签|打过去|报价给|反馈|落实|确认后|邀请|请(?!吃饭|假|了)|等他|提供|更新|改好|给(?!了|我|的))",
)
# Without a day only these say that something is still to be done.
HAN_SOON = re.compile(
    r"(?:我们?|我方|我司)?(?:下次|下回|晚点|晚些|回头|回去|回来|尽快|赶紧|抓紧|争取|跟进|跟踪|再约|会后|待我|需要?我们?|我来|我去|约了?下)"
    r"|(?:发|寄|送|提交|提供|回复|反馈|安排)(?!了|过|现|货[了完]|生|展|动|给了)[^了过已]{1,10}$"
)
HAN_ACTION_ANY = re.compile(
    r"跟进|跟踪|回访|再约|再联系|再沟通|再拜访|再试|再打|再谈|再去|再跑|再跟|再争取|再推进"
)
# A cue inside a clause without punctuation ("left brochure try again next week").
INNER_ACTION = re.compile(
    rf"(?<=\s)(?:and\s+|then\s+|i['’]?ll\s+|will\s+|to\s+|pls\s+|please\s+)*(?:follow[- ]?up|f/u|try\s+again|retry|call\s+(?:back|him|her|them|again)"
    rf"|ring\s+(?:back|him|her|them)|get\s+back|come\s+back|go\s+back|check\s+(?:in|back)|ping|chase|nudge|send|email|quote\s+(?:him|her|them|by|due)"
    rf"|deliver|revisit|visit\s+again|rebook|meet\s+again|call(?=\s+(?:on\s+)?(?:\S+\s+)?$)|submit|draft|prepare|remind){R}",
    _FLAGS,
)
# What stands with a day and is still no step of ours: somebody else's doing, or a fact.
OUTCOME = re.compile(
    rf"\s*(?:they|he|she|it|customer|client|cust|their|his|her|who|which|budget|decision|tender|po|order\s+expected|first\s+delivery|delivery"
    rf"|shipment|goods|owner|contract|existing|project|production|go-?live\s+(?:is|was)|launch|start(?:s|ing)|eta|etd|kick-?off|deadline|scaffolding|holiday|boss\s+is){R}"
    rf"(?!\s+will\s+intro)"
    rf"|.*{L}(?:opens|starts|expects?|expected|promised|postponed|delayed|moved|pushed|frozen|til|till|coming|decides?|decision|ends?|expires?"
    rf"|runs?\s+(?:to|until|out)|leav(?:es|ing)|on\s+(?:leave|holiday)|wants?\s+(?:it|them|delivery|shipment)|since|no\s+reply|cancelled|arrives?|due\s+in"
    rf"|was|were|had|passed|signed|agreed|approved|comparing|interested|more\s+by|not\s+before|closes?|visited|met)\s*(?!.*\s(?:send|call|follow))"
    r"|(?:她|他|对方|客户)们?(?!们?要求|要我|让我|希望我)|.*(?:推迟|延期|延后|说(?!明)|起$|坞期|预计|估计|可能|已经?|到货$|明天到|开标|开$|开始|截标|要花完|才有|没|想|希望|放假|出差|打算|计划上|上线|投产|到期|验收完|交付期|交期|定标|开工|启动|公布|出结果)",
    _FLAGS,
)
# Words that lead to a day and go with it ("by fri", 周五前).
DAY_LEAD = re.compile(
    rf"(?:{L}(?:by|on|before|until|till?|due(?:\s+(?:on|by))?|for|at|from|no\s+later\s+than|latest|around|about|@|approx\.?)\s*(?:the\s+)?"
    r"|(?:于|在|截止日?期?到?|截至|定在|定于|最迟|最晚|(?<![改再预])约|争取在|时间)[:：]?\s*)$",
    _FLAGS,
)
DAY_TRAIL = re.compile(
    r"\s*(?:之前|以前|前|后(?![天来续面台])|左右|内|下班前|上班后|(?:latest|at\s+the\s+latest|or\s+so)(?![A-Za-z]))",
    _FLAGS,
)
