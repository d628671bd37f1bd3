"""Who was met and of which customer, from the order of words of a Chinese visit line.

Chinese writes no space between a company and the person of it: 华创科技王总. A surname before a
title tells where the person begins; what stands before it, after the word of visiting, is the
customer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sfa.interchange.visit_line.chinese_names import (
    CITIES,
    OPENS_AS_COMPANY,
    ends_as_company,
    find_people,
    is_full_name,
    may_be_company,
)
from sfa.interchange.visit_line.clauses import Clause, Span
from sfa.interchange.visit_line.names import Names

_SKIP = re.compile(
    r"(?:[\s:的了过完]|一下|下(?!沙)|一?趟|到(?!家)|在|给|去(?!哪)|至|新?客户|老客户|经销商|代理商|供应商(?!质)|和(?!平|记|硕)|与|跟|见|找|通知|告知|回复了?)*"
)
_STOP = re.compile(
    r"[,。;:!?、()】【+]|的|见(?=\S)|谈(?!判)|聊|沟通|讨论|交流|了解|拜访|电话|微信|邮件|短信|一起|说|关于|汇报|演示|送样|签|开会|来访|没|并|，|换了|都|打来|发来|反映|要求|做了"
)
_LEAD_IN = re.compile(
    r"(?:和(?!平|记|硕)|与|跟|同(?![济仁方花])|给|在|对|去|是|找|接到|收到|见到?了?|约了?|通知|回复了?|问了?一?下?|联系了?|拜访了?|接待了?|新?客户|老客户|遇到了?|认识了?|碰到了?|陪同?|由|向|为|[,。;:!?\s(】、]|经销商|代理商)"
)
_SAID = re.compile(
    r"(?:公司(?:名称?)?(?:叫|是)|他们是|对方是|客户(?:名称?)?\s*:|(?<![\u4e00-\u9fff])客户\s+|公司\s*:|单位\s*:|重点是)\s*"
)
_RUN = re.compile(r"[^,。;:!?、()】【，；]+")
_GLUE = re.compile(
    r"(?:和|与|跟|同|给|的|了|过|完|在|去了?|去趟|趟|见到?|一起|他们是|重点是|公司叫|公司是|对方|(?<!新)客户|老客户|经销商|代理商|三位(?!都)|我们?|我司|今天|[、+()&\s:✔✓]|是|到|至|从|找|对|来"
    r"|接到|收到|回复(?!了)|联系人?|对接人|带队的?是?|重点客户|意向客户|with|and|补记|路上记一下|记一下|回来|人(?!员)|事|结果|名片|参会|联系人|上|下|里|群里|打|发|说是|问了?一?下|聊了(?:一?下|一?会儿?)?|聊一下|内容|情况|单位|一下|visit|call|met)+"
)
_TO_PLACE = re.compile(r"(?:去了?|到了?|在|和|与|跟)?\s*")
_BRACKETS = re.compile(r"\(([^()]+)\)")
_PRONOUN = re.compile(r"[我你他她们]|对方")
_TRAILING = re.compile(r"(?:和|与|跟|给|接到|收到|陪)\s*$")
_LEADING = re.compile(
    r"\s*(?:的|来(?=说)|了一?下|了(?!解)|过(?=[\u4e00-\u9fff])|里|上(?=[问聊说])|打?(?=催货))"
)


def read_chinese_names(
    plain: str, clauses: Sequence[Clause], kind_span: Span | None, blocked: Sequence[Span], names: Names
) -> None:
    """Fill the slots from clauses that end where the next step begins; ``blocked`` are the days."""
    if not clauses:
        return
    end = clauses[-1].end
    free = [span for span in find_people(plain, end) if not _meets(span, [*blocked, *names.taken])]
    people = free if kind_span is None else [span for span in free if not _meets(span, [kind_span])]
    if names.account is None:
        account = (
            _said_to_be(plain, end, people)
            or _after_kind(plain, clauses, kind_span, people, blocked)
            or _before_person(plain, clauses, people, [*blocked, *([kind_span] if kind_span else [])])
            or _standing_alone(plain, clauses, people, kind_span, blocked)
        )
        if account:
            names.take_account(*_with_place(plain, account))
            if plain[: account[0]].endswith("(") and plain.startswith(")", account[1]):
                names.taken.append((account[0] - 1, account[1] + 1))
    _take_people(names, people)
    if not names.attendees:
        _take_full_names(plain, clauses, names)
    for clause in clauses:
        _take_glue(plain, clause, blocked, kind_span, names)


def _meets(span: Span, others: Sequence[Span]) -> bool:
    """Return whether a span overlaps one of others."""
    return any(span[0] < end and start < span[1] for start, end in others)


def _take_people(names: Names, people: Sequence[Span]) -> None:
    """Take every person who is not part of the account's own name."""
    for span in people:
        if names.account is None or not _meets(span, [names.account]):
            names.attendees.append(span)
            names.taken.append(span)
    names.attendees.sort()


def _stretch(plain: str, start: int, end: int, people: Sequence[Span]) -> Span | None:
    """Return the company that begins at a place and runs to a stop word, a person or ``end``."""
    skipped = _SKIP.match(plain, start, end)
    start = skipped.end() if skipped else start
    stop = min((span[0] for span in people if span[0] >= start), default=end)
    if stop < end and plain[start:stop].rstrip().endswith(("和", "与", "跟")):
        stop = start + len(plain[start:stop].rstrip()) - 1
    found = _STOP.search(plain, start + 1, min(stop, end)) if start + 1 < min(stop, end) else None
    stop = min(stop, end, found.start() if found else end)
    return _company(plain, start, stop)


def _company(plain: str, start: int, stop: int) -> Span | None:
    """Return the span trimmed, when it may be a company; its front when it opens as one."""
    while start < stop and plain[start] in " 的:":
        start += 1
    while stop > start + 2 and plain[stop - 1] in " 的":
        stop -= 1
    text = plain[start:stop]
    if may_be_company(text):
        return start, stop
    opens = OPENS_AS_COMPANY.match(plain, start, stop)
    return opens.span() if opens and may_be_company(opens[0]) else None


def _said_to_be(plain: str, end: int, people: Sequence[Span]) -> Span | None:
    """Read a company that the line names as one: "客户：大华物流", "公司叫 迅达科技"."""
    for found in _SAID.finditer(plain, 0, end):
        run = _RUN.match(plain, found.end(), end)
        stop = run.end() if run else end
        if span := _stretch(plain, found.end(), _up_to_space(plain, found.end(), stop), people):
            return span
    return None


def _up_to_space(plain: str, start: int, stop: int) -> int:
    """Return where the first space beside Chinese characters ends a name; Latin names may hold spaces."""
    for found in re.finditer(r"(?<=[\u4e00-\u9fff])\s|\s(?=[\u4e00-\u9fff])", plain[start:stop]):
        if found.start():
            after = plain[start + found.end() : stop]
            if not any(after.startswith(city) for city in CITIES):
                return start + found.start()
    return stop


def _after_kind(
    plain: str,
    clauses: Sequence[Clause],
    kind_span: Span | None,
    people: Sequence[Span],
    blocked: Sequence[Span],
) -> Span | None:
    """Read the company after the word of visiting: 拜访宁波海天."""
    if kind_span is None:
        return None
    start = kind_span[1]
    skipped = _SKIP.match(plain, start)
    begin = skipped.end() if skipped else start
    at = next((index for index, clause in enumerate(clauses) if clause.start <= begin < clause.end), None)
    if at is None or begin - start > 8:
        return None
    day = min((span[0] for span in blocked if span[0] >= begin), default=clauses[at].end)
    end = min(clauses[at].end, day)
    if (
        at + 1 < len(clauses)
        and plain[begin:end].isascii()
        and plain[clauses[at + 1].start :].startswith(tuple(CITIES))
    ):
        end = clauses[at + 1].end
    return _stretch(plain, begin, end, people)


def _before_person(
    plain: str, clauses: Sequence[Clause], people: Sequence[Span], walls: Sequence[Span]
) -> Span | None:
    """Read the company before a person: 与中石化王处, 金蝶 张总监."""
    for person in people:
        at = next((index for index, one in enumerate(clauses) if one.start <= person[0] < one.end), None)
        if at is None:
            continue
        floor = max([clauses[at].start, *(end for _, end in (*walls, *people) if end <= person[0])])
        if span := _between(plain, floor, person[0]):
            return span
        before = clauses[at - 1] if at and not clauses[at].gap.strip() else None
        if before and floor == clauses[at].start and not _meets((before.start, before.end), people):
            floor = max([before.start, *(end for _, end in walls if end <= before.end)])
            if span := _between(plain, floor, before.end):
                return span
    return None


def _between(plain: str, floor: int, stop: int) -> Span | None:
    """Return the company that fills the stretch up to ``stop``, words that lead to it left out."""
    start = floor
    for found in _LEAD_IN.finditer(plain, floor, stop):
        rest = _bare(plain[found.end() : stop])
        if len(rest) >= 2 and may_be_company(rest):
            return (
                _company(plain, found.end(), stop)
                if not may_be_company(_bare(plain[start:stop])) or found.start() == floor
                else (_company(plain, start, stop))
            )
    return _company(plain, start, stop) if may_be_company(_bare(plain[start:stop])) else None


def _bare(text: str) -> str:
    """Return a stretch without the 的 that joins it to a person; 美的 stays whole."""
    trimmed = text.strip().lstrip("的")
    return trimmed.removesuffix("的") if len(trimmed) > 2 else trimmed


def _standing_alone(
    plain: str,
    clauses: Sequence[Clause],
    people: Sequence[Span],
    kind_span: Span | None,
    blocked: Sequence[Span],
) -> Span | None:
    """Read a clause that is nothing but a company, or one that opens with a word of companies."""
    walls = [*people, *blocked, *([kind_span] if kind_span else [])]
    whole: list[Span] = []
    for clause in clauses:
        inner = [span for span in walls if clause.start <= span[0] < clause.end]
        start = max([clause.start, *(end for begin, end in inner if not plain[clause.start : begin].strip())])
        stop = min([clause.end, *(begin for begin, _ in inner if begin >= start)])
        lead = _TO_PLACE.match(plain, start, stop)
        start = lead.end() if lead else start
        text = _bare(plain[start:stop])
        if may_be_company(text) and not is_full_name(text) and not _GLUE.fullmatch(text):
            whole.append((plain.index(text, start), plain.index(text, start) + len(text)))
    named = [span for span in whole if ends_as_company(plain[span[0] : span[1]])]
    if named:
        return named[0]
    if span := _in_brackets(plain, people):
        return span
    near = [span for span in whole if _is_near(plain, span, people, kind_span)]
    near += [
        span
        for span in whole
        if 4 <= span[1] - span[0] <= 10 and not _PRONOUN.search(plain[span[0] : span[1]])
    ]
    if near:
        return near[0]
    for clause in clauses:
        if opens := OPENS_AS_COMPANY.match(plain, clause.start, clause.end):
            return opens.span() if may_be_company(opens[0]) else None
    return None


def _in_brackets(plain: str, people: Sequence[Span]) -> Span | None:
    """Read the company in brackets after a person: Ahmed（Gulf Star Trading）."""
    for _, end in people:
        found = _BRACKETS.match(plain, end)
        if found and (found[1].isascii() or ends_as_company(found[1])) and may_be_company(found[1]):
            return found.span(1)
    return None


def _is_near(plain: str, span: Span, people: Sequence[Span], kind_span: Span | None) -> bool:
    """Return whether a stretch stands beside a person or the kind word, or opens the line."""
    others = [*people, *([kind_span] if kind_span else [])]
    return (
        any(
            not plain[min(span[1], other[1]) : max(span[0], other[0])].strip(" ,，;:、-–()!")
            for other in others
        )
        or not plain[: span[0]].strip()
    )


def _with_place(plain: str, account: Span) -> Span:
    """Return the account with the place in brackets after it: 蓝思科技（长沙）."""
    found = re.compile(r"\([\u4e00-\u9fff]{2,4}\)").match(plain, account[1])
    return (account[0], found.end()) if found else account


def _take_full_names(plain: str, clauses: Sequence[Clause], names: Names) -> None:
    """Take clauses that are a full name each, where no title marked anybody."""
    for clause in clauses:
        if is_full_name(plain[clause.start : clause.end]) and not _meets(
            (clause.start, clause.end), names.taken
        ):
            names.attendees.append((clause.start, clause.end))
            names.taken.append((clause.start, clause.end))


def _take_glue(
    plain: str, clause: Clause, days: Sequence[Span], kind_span: Span | None, names: Names
) -> None:
    """Take the small words beside what was taken that say nothing without it."""
    anchors = {*names.taken, *([kind_span] if kind_span else [])}
    inside = sorted(span for span in {*anchors, *days} if clause.start <= span[0] < clause.end)
    if not inside:
        if _GLUE.fullmatch(plain, clause.start, clause.end):
            names.taken.append((clause.start, clause.end))
        return
    at = clause.start
    for start, end in [*inside, (clause.end, clause.end)]:
        beside = any(at == stop or start == begin for begin, stop in anchors)
        if at < start and beside and _GLUE.fullmatch(plain, at, start):
            names.taken.append((at, start))
        elif at < start:
            if (tail := _TRAILING.search(plain, at, start)) and start < clause.end:
                names.taken.append(tail.span())
            if at > clause.start and (head := _LEADING.match(plain, at, start)):
                names.taken.append(head.span())
        at = max(at, end)
