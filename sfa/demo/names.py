"""Invented names of people and companies, with phones and domains that belong to nobody.

Domains end in ``.example`` (Source: RFC 2606). Numbers abroad come from the ranges that are kept
free for films and drama; Chinese mobile numbers begin with a front that no network has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

Choice = TypeVar("Choice")

_SURNAMES = (
    "陈 chen 林 lin 黄 huang 周 zhou 吴 wu 徐 xu 孙 sun 胡 hu 朱 zhu 高 gao 何 he 郭 guo 马 ma 罗 luo 梁 liang"
    " 宋 song 郑 zheng 谢 xie 韩 han 唐 tang 冯 feng 于 yu 董 dong 萧 xiao 程 cheng 曹 cao 袁 yuan 邓 deng"
    " 许 xu 傅 fu 沈 shen 曾 zeng 彭 peng 吕 lv 苏 su 卢 lu 蒋 jiang 蔡 cai 贾 jia 丁 ding"
)
_GIVEN = (
    "雨 yu 泽 ze 晨 chen 思 si 远 yuan 佳 jia 宁 ning 博 bo 文 wen 书 shu 瑶 yao 欣 xin 然 ran 景 jing 行 xing"
    " 若 ruo 兰 lan 嘉 jia 禾 he 子 zi 昂 ang 沐 mu 川 chuan 依 yi 诺 nuo 明 ming 哲 zhe 静 jing 怡 yi 皓 hao"
    " 轩 xuan 语 yu 桐 tong 亦 yi 舟 zhou 望 wang 舒 shu 知 zhi 夏 xia 承 cheng 安 an 云 yun 帆 fan 清 qing"
)
_BRANDS = (
    "砺 li 澜 lan 岑 cen 沅 yuan 翊 yi 珩 heng 峤 qiao 泓 hong 霁 ji 旻 min 钰 yu 铄 shuo 淳 chun 樾 yue 崧 song"
    " 珞 luo 曜 yao 枫 feng 沣 feng 屹 yi 澍 shu 祺 qi 朗 lang 恺 kai 桁 heng 衡 heng 颢 hao 芃 peng 汐 xi 晟 sheng"
)
_FIRST = (
    "Alice Ben Clara Daniel Edith Felix Grace Harry Iris Jonas Karen Leo Maya Nathan Olive Peter Quinn Rosa"
    " Simon Tessa Ulrich Vera Walter Xenia Yorick Zoe Anton Bridget Conrad Della Emil Freya"
).split()
_LAST_FRONT = (
    "Ald Bram Cors Dell Ever Fenn Gars Hol Ing Jess Kel Lam Mar Nor Oak Pem Quar Rud Sand Thorn".split()
)
_LAST_END = (
    "acre bourne combe dale enby firth gate hurst ingby ley mere ning over pole ridge stock wick".split()
)
_COMPANY_FRONT = (
    "Brack Ostr Velm Quill Torv Ardu Cael Drem Fjor Glend Hask Ivel Jurn Kest Lorn Mard Noll Orv Prest Rav"
    " Sked Tamb Ulv Wex Yarr Zell"
).split()
_COMPANY_END = "enholt elle ora amark ington ava erby onde isk une astra eld ovia ent uran".split()
_CHINESE_FORMS = ("有限公司", "股份有限公司", "科技有限公司", "集团有限公司")
# Fronts of the ranges for drama, three more digits each. Sources: Ofcom, numbers for drama use;
# Bundesnetzagentur, Rufnummern für Filmaufnahmen.
_DRAMA = {
    "44": (
        "7700 900",
        "113 496 0",
        "114 496 0",
        "115 496 0",
        "121 496 0",
        "131 496 0",
        "161 496 0",
        "20 7946 0",
    ),
    "49": ("30 23125 ", "69 90009 ", "40 66969 ", "221 4710 ", "89 99998 "),
}


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    words = text.split()
    return tuple(zip(words[::2], words[1::2], strict=True))


_SURNAME_PAIRS, _GIVEN_PAIRS, _BRAND_PAIRS = _pairs(_SURNAMES), _pairs(_GIVEN), _pairs(_BRANDS)

_OTHER_BRANDS = tuple(tuple(pair for pair in _BRAND_PAIRS if pair != one) for one in _BRAND_PAIRS)


@dataclass(frozen=True, slots=True)
class Person:
    """A person's name, and what stands before the @ of their address."""

    name: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Company:
    """A company's full and short name and its domain."""

    name: str
    short_name: str
    domain: str


def one_of(rng: Random, choices: Sequence[Choice]) -> Choice:
    """Return one of several; twice as fast as ``Random.choice``, which a million leads feel."""
    return choices[int(rng.random() * len(choices))]


def person(rng: Random, *, chinese: bool) -> Person:
    """Return an invented person."""
    if not chinese:
        first, last = one_of(rng, _FIRST), one_of(rng, _LAST_FRONT) + one_of(rng, _LAST_END)
        return Person(f"{first} {last}", f"{first}.{last}".lower())
    (family, sound), given = one_of(rng, _SURNAME_PAIRS), [one_of(rng, _GIVEN_PAIRS)]
    if rng.random() < 0.8:
        given.append(one_of(rng, _GIVEN_PAIRS))
    name = family + "".join(letter for letter, _ in given)
    return Person(name, f"{sound}.{''.join(spoken for _, spoken in given)}")


def chinese_company(rng: Random, city: str, trade: str) -> Company:
    """Return an invented Chinese company of a city and trade."""
    place = int(rng.random() * len(_BRAND_PAIRS))
    (one, sound), (two, second) = _BRAND_PAIRS[place], one_of(rng, _OTHER_BRANDS[place])
    short = f"{one}{two}{trade}"
    domain = f"{sound}{second}-{int(rng.random() * 900) + 100}.example"
    return Company(f"{city}{short}{one_of(rng, _CHINESE_FORMS)}", short, domain)


def english_company(rng: Random, trade: str, form: str) -> Company:
    """Return an invented company abroad; ``form`` is what its country calls a company."""
    brand = one_of(rng, _COMPANY_FRONT) + one_of(rng, _COMPANY_END)
    short = f"{brand} {trade}"
    return Company(f"{short} {form}", short, f"{brand.lower()}.example")


def mobile(rng: Random, dial: str = "86") -> str:
    """Return a phone number that nobody has, in the country of a dialling code."""
    if dial == "86":
        return f"154{int(rng.random() * 100_000_000):08d}"
    if dial == "1":
        # Source: North American Numbering Plan, 555-0100 to 555-0199 are for fiction.
        return f"+1 {int(rng.random() * 700) + 200} 555 01{int(rng.random() * 100):02d}"
    return f"+{dial} {one_of(rng, _DRAMA[dial])}{int(rng.random() * 1000):03d}"


def landline(rng: Random, area: str) -> str:
    """Return a company's Chinese number, in a block that no exchange has."""
    return f"{area}-0555{int(rng.random() * 10_000):04d}"
