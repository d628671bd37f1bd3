"""Chinese words for days, as patterns with the function that reads each."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from sfa.interchange.day_words.mention import (
    FRIDAY,
    SATURDAY,
    Patterns,
    Reading,
    Resolver,
    Shape,
    add_months,
    add_workdays,
    exact,
    in_month,
    monday_of,
    month_end,
    of_month_day,
    on_date,
    on_weekday,
    quarter_end,
    weekday_in_week,
    without_year,
)

_DIGITS = {name: at for at, name in enumerate("零一二三四五六七八九")} | {"两": 2, "俩": 2, "〇": 0}
_WEEKDAYS = (
    {name: at for at, name in enumerate("一二三四五六日")}
    | {"天": 6, "末": 5}
    | {str(at): at - 1 for at in range(1, 8)}
)
NUMERAL = r"(?:[0-9]{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_WEEK = r"(?:周|星期|礼拜)"
# After these the number counts things ("3号线", "二号会议室"), it names no day.
_NOT_DAY = r"(?![线楼机厂门桌车馆店产炉仓库井站台位文选样会厅院桥])"
_UNIT = r"日|个?工作日|个?天|个?(?:周|星期|礼拜)|个月|个?季度|年"


def number(text: str) -> int:
    """Return a count up to 99 in Chinese numerals, or any written in figures."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS[ones]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _group(found: re.Match[str], name: str) -> str:
    """Return a named group, "" where the pattern lacks it or left it out."""
    return found.groupdict().get(name) or ""


def _shift(words: str) -> int | None:
    """Return how many weeks or months 上, 这 or 下 move, ``None`` when nothing says so."""
    bare = words.replace("个", "").replace("一", "")
    if not bare:
        return None
    return bare.count("下") - bare.count("上")


_NAMED = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "昨天": -1,
    "昨日": -1,
    "昨儿": -1,
    "昨": -1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "当天": 0,
    "今": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "明": 1,
    "后天": 2,
    "后日": 2,
    "大后天": 3,
}


def _named_day(found: re.Match[str], today: date) -> Reading | None:
    """Read 今天, 明天, 后天, 昨天 and their kin."""
    shift = _NAMED[found["name"]]
    return Reading(today + timedelta(days=shift), is_past_form=shift < 0)


def _weekday(found: re.Match[str], today: date) -> Reading | None:
    """Read 周五, 这周五, 下周三, 上上周一, 周末."""
    weekday = _WEEKDAYS[found["weekday"]]
    shift = _shift(_group(found, "which"))
    if shift is not None:
        return weekday_in_week(weekday, shift, today)
    if found["weekday"] == "末":
        return weekday_in_week(weekday, 0, today)
    return on_weekday(weekday, today)


def _week(found: re.Match[str], today: date) -> Reading | None:
    """Read 下周, 下周初, 本周内: its Monday, or its Friday where the whole week is left."""
    shift = _shift(found["which"]) or 0
    part = _group(found, "part")
    past = shift < 0
    if part == "末":
        return Reading(monday_of(today, shift) + timedelta(days=SATURDAY), is_past_form=past)
    if part == "中":
        return Reading(monday_of(today, shift) + timedelta(days=2), doubtful=True, is_past_form=past)
    late = part in {"内", "底"} or (shift == 0 and part != "初")
    day = monday_of(today, shift) + timedelta(days=FRIDAY if late else 0)
    return Reading(day, Shape.WEEK, doubtful=not late or not part, is_past_form=past)


def _later(today: date, count: int, unit: str, half: bool) -> date:
    """Return the day ``count`` (and a half) units after today."""
    if "工作日" in unit:
        return add_workdays(today, count)
    if unit.endswith(("天", "日")):
        return today + timedelta(days=count)
    if unit.endswith(("周", "星期", "礼拜")):
        return today + timedelta(weeks=count)
    months = {"月": 1, "度": 3, "年": 12}[unit[-1]]
    if half and months == 1:
        return add_months(today, count) + timedelta(days=15)
    return add_months(today, count * months + (months // 2 if half else 0))


def _in_units(found: re.Match[str], today: date) -> Reading | None:
    """Read 三天后, 两周内, 半个月后, 一个半月之后."""
    half = bool(_group(found, "half"))
    count = number(found["count"]) if _group(found, "count") else 0
    return Reading(_later(today, count, found["unit"], half))


def _units_ago(found: re.Match[str], today: date) -> Reading | None:
    """Read 三天前, 两周前, 一个月前."""
    count, unit = number(found["count"]), found["unit"]
    if "工作日" in unit:
        return None
    if unit.endswith(("月", "度", "年")):
        months = {"月": 1, "度": 3, "年": 12}[unit[-1]]
        return Reading(add_months(today, -count * months), is_past_form=True)
    return Reading(today - (_later(today, count, unit, half=False) - today), is_past_form=True)


_YEARS = {"去年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}


def _year_of(found: re.Match[str], today: date) -> int | None:
    """Return the year that was written or named, ``None`` without one."""
    words = _group(found, "year")
    if not words:
        return None
    if words in _YEARS:
        return today.year + _YEARS[words]
    return int(words.rstrip("年"))


def _month_and_day(found: re.Match[str], today: date) -> Reading | None:
    """Read 11月25日, 2026年11月25号, 明年一月五号."""
    month, day, year = number(found["month"]), number(found["day"]), _year_of(found, today)
    if year is not None:
        return on_date(year, month, day)
    return without_year(month, day, today)


def _day_of_month(found: re.Match[str], today: date) -> Reading | None:
    """Read 25号, 下个月5号."""
    day = number(found["day"])
    shift = _shift(_group(found, "which"))
    if shift is None:
        return of_month_day(day, today)
    first = add_months(today.replace(day=1), shift)
    in_it = exact(first.year, first.month, day)
    return Reading(in_it, Shape.DATE, is_past_form=shift < 0) if in_it else None


_PARTS = {"初": "", "上旬": "", "中": "middle", "中旬": "middle", "下旬": "late", "底": "end", "末": "end"}


def _part_of_month(found: re.Match[str], today: date) -> Reading | None:
    """Read 月底, 下月初, 本月中旬, 下个月."""
    shift = _shift(_group(found, "which"))
    part = _group(found, "part")
    first = add_months(today.replace(day=1), shift or 0)
    if part in {"底", "末", "内"} or (not part and shift == 0):
        return Reading(month_end(first), doubtful=not part)
    if not part:
        return Reading(first, doubtful=True, is_past_form=(shift or 0) < 0)
    day = first.replace(day={"middle": 15, "late": 21}.get(_PARTS[part], 1))
    if shift is None and day < today:
        day = add_months(day, 1)
    return Reading(day, doubtful=True, is_past_form=(shift or 0) < 0)


def _month(found: re.Match[str], today: date) -> Reading | None:
    """Read 12月, 明年3月, 12月中旬, 一月底."""
    part = _PARTS[_group(found, "part") or "初"]
    return in_month(number(found["month"]), _year_of(found, today), part, today)


def _year_end(found: re.Match[str], today: date) -> Reading | None:
    """Read 年底, 明年底, 季度末."""
    if "季" in found[0]:
        return Reading(quarter_end(today, _shift(_group(found, "which")) or 0))
    shift = _YEARS.get(_group(found, "named") + "年", 0)
    return Reading(date(today.year + shift, 12, 31), is_past_form=shift < 0)


_HOLIDAYS = {"元旦": (1, 1), "五一": (5, 1), "国庆": (10, 1), "圣诞": (12, 25)}


def _holiday(found: re.Match[str], today: date) -> Reading | None:
    """Read the feasts that keep their day in the solar calendar."""
    month, day = _HOLIDAYS[found["name"]]
    return without_year(month, day, today)


_YEAR = r"(?P<year>(?:19|20)[0-9]{2}年|去年|今年|本年|明年|后年)"
_WHICH = r"(?P<which>上+一?个?|[这本]一?个?|下+一?个?)"
_MONTH_WHICH = r"(?P<which>上+一?个?|[这本当]一?个?|下+一?个?)"
_AFTER = r"(?:以后|之后|过后|后|以内|之内|内)(?!天)"

_SOURCES: tuple[tuple[str, Resolver], ...] = (
    (
        (
            r"(?P<name>大前天|(?<![目以之年月])前[天日]|昨[天日儿]|今[天日儿]|当天|明[天日儿]|大后天"
            r"|(?<![以之今最落])后[天日])"
        ),
        _named_day,
    ),
    (r"(?P<name>今|明|昨)(?=[早晚夜]|[上下中]午)", _named_day),
    (rf"{_WHICH}{_WEEK}(?P<weekday>[一二三四五六日天1-7末])(?![0-9个次])", _weekday),
    (
        (
            rf"(?<![一二两三四五六七八九十几每半0-9上下])(?:(?<!双)(?<!单){_WEEK})"
            r"(?P<weekday>[一二三四五六日末]|(?<![周])天|[1-7](?![0-9]))(?!个)"
        ),
        _weekday,
    ),
    (rf"{_WHICH}{_WEEK}(?P<part>内|初|中|末|底)?(?![一二三四五六日天1-7])", _week),
    (rf"(?:过|再过)?(?P<count>{NUMERAL})(?P<unit>{_UNIT}){_AFTER}", _in_units),
    (rf"(?P<count>{NUMERAL})个(?P<half>半)(?P<unit>月){_AFTER}", _in_units),
    (rf"(?P<half>半)个?(?P<unit>月|年){_AFTER}", _in_units),
    (rf"(?:再?过|隔)(?P<count>{NUMERAL})(?P<unit>个?天|个?(?:周|星期|礼拜)|个月)", _in_units),
    # 20日前 is "before the 20th", 三日前 is "three days ago".
    (
        rf"(?P<count>{NUMERAL})(?P<unit>(?:(?<![0-9])日)|{_UNIT.replace('日|', '', 1)})(?:以前|之前|前)",
        _units_ago,
    ),
    (rf"(?:{_YEAR}的?)?(?P<month>{NUMERAL})月份?(?P<day>{NUMERAL})(?:[日号]{_NOT_DAY})", _month_and_day),
    (rf"(?:{_YEAR}的?)?(?P<month>[0-9]{{1,2}})月(?P<day>[0-9]{{1,2}})(?![0-9个万元块天%])", _month_and_day),
    (rf"{_MONTH_WHICH}月的?(?P<day>{NUMERAL})[日号]{_NOT_DAY}", _day_of_month),
    (rf"(?<![0-9.\-月#第一二三四五六七八九十])(?P<day>{NUMERAL})号{_NOT_DAY}", _day_of_month),
    (r"(?<![0-9.\-月#第])(?P<day>[0-9]{1,2})日(?![内后期元本])", _day_of_month),
    (
        rf"{_MONTH_WHICH}月份?(?P<part>初|上旬|中旬|中|下旬|底|末|内)?(?![0-9一二三四五六七八九十])",
        _part_of_month,
    ),
    (r"(?<![0-9一二两三四五六七八九十个上下本这当年])月(?P<part>底|末|初|中旬|下旬)", _part_of_month),
    (
        (
            rf"(?<![0-9一二三四五六七八九十])(?:{_YEAR}的?)?(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])"
            r"月份?(?P<part>初|上旬|中旬|中|下旬|底|末)?(?![0-9一二三四五六七八九十饼])"
        ),
        _month,
    ),
    (r"(?:(?P<named>去|今|本|明|后))?年(?:底|末|尾)", _year_end),
    (rf"(?:{_WHICH})?季度?[末底]", _year_end),
    (r"(?P<name>元旦|(?<!十)五一|国庆|圣诞)节?", _holiday),
)


@cache
def patterns() -> Patterns:
    """Return the patterns, compiled when first asked for: that costs more than all the rest."""
    return tuple((re.compile(source, re.ASCII), resolver) for source, resolver in _SOURCES)
