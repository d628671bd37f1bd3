"""Numbers as people write them: thousands, decimal commas, 万 and 亿, currency signs.

Text in, exact ``Decimal`` and ISO 4217 code out. No field and no limit is known
here; that is ``values``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from sfa.errors import InvalidInput, msg
from sfa.money import CURRENCIES

_SIGNS = {
    "US$": "USD", "HK$": "HKD", "NT$": "TWD", "C$": "CAD", "A$": "AUD", "S$": "SGD", "R$": "BRL",
    "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "₽": "RUB", "฿": "THB", "₫": "VND", "₱": "PHP",
    "RMB": "CNY", "人民币": "CNY", "美元": "USD", "美金": "USD", "欧元": "EUR", "日元": "JPY", "英镑": "GBP",
    "港币": "HKD", "港元": "HKD", "台币": "TWD", "韩元": "KRW", "元": "CNY", "圆": "CNY", "块": "CNY",
}  # fmt: skip
# A bare sign means the organisation's own currency when that uses the sign.
_SHARED = {
    "$": ("USD", frozenset({"USD", "AUD", "CAD", "HKD", "SGD", "NZD", "TWD", "MXN", "BRL", "ARS", "CLP"})),
    "¥": ("CNY", frozenset({"CNY", "JPY"})),
}
_SCALES = {
    "万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "千": 1_000, "百万": 1_000_000,
    "千万": 10_000_000, "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "w": 10_000,
}  # fmt: skip
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_NUMBER = re.compile(
    r"(?P<digits>[0-9][0-9.,'’ ]*|\.[0-9]+) ?(?P<scale>百万|千万|[万萬亿億千]|[kK]|[mM][nN]?|[bB][nN]|[wW])?"
)
_CODE = re.compile(r"^([A-Za-z]{3})(?![A-Za-z])|(?<![A-Za-z])([A-Za-z]{3})$")


def read_decimal(text: str) -> Decimal | None:
    """Return the number a text means, or ``None`` when it means none.

    Thousands may be parted by commas, points, spaces or apostrophes; brackets
    mean minus, as bookkeepers write it. A single comma or point before exactly
    three digits parts thousands when it is a comma, decimals when it is a point.
    """
    if _PLAIN.fullmatch(text) and text.isascii():
        return Decimal(text)
    plain = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
    negative = plain.startswith("-") or (plain.startswith("(") and plain.endswith(")"))
    found = _NUMBER.fullmatch(_unsigned(plain))
    if not found:
        return None
    digits = _canonical(found["digits"].strip())
    if digits is None:
        return None
    number = Decimal(digits) * _SCALES.get((found["scale"] or "").lower(), 1)
    return -number if negative else number


def _unsigned(plain: str) -> str:
    """Return a text without its sign or the brackets that stand for one."""
    if plain.startswith("(") and plain.endswith(")"):
        return plain[1:-1].strip()
    return plain[1:].strip() if plain[:1] in ("+", "-") else plain


def _canonical(digits: str) -> str | None:
    """Return digits with a decimal point and nothing else, or ``None`` when the parts do not fit."""
    digits = digits.replace("’", "'")
    decimal_mark = _decimal_mark(digits)
    whole, _, rest = digits.rpartition(decimal_mark) if decimal_mark else (digits, "", "")
    groups = re.split(r"[.,' ]", whole)
    if not _grouped(groups) or (rest and not rest.isdigit()):
        return None
    try:
        return str(Decimal("".join(groups) + ("." + rest if rest else "") or "x"))
    except InvalidOperation:
        return None


def _grouped(groups: list[str]) -> bool:
    """Say whether the parts are thousands, or lakhs and crores as India writes them."""
    if len(groups) == 1:
        return True
    inner = {len(group) for group in groups[1:-1]}
    return 1 <= len(groups[0]) <= 3 and len(groups[-1]) == 3 and inner in (set(), {3}, {2})


def _decimal_mark(digits: str) -> str:
    """Return which of point and comma parts the decimals; empty when there are none."""
    last_point, last_comma = digits.rfind("."), digits.rfind(",")
    if last_point >= 0 and last_comma >= 0:
        return "." if last_point > last_comma else ","
    if last_point >= 0:
        return "." if digits.count(".") == 1 else ""
    if last_comma >= 0 and digits.count(",") == 1 and len(digits) - last_comma != 4:
        return ","
    return ""


def read_amount(text: str, own_currency: str) -> tuple[Decimal | None, str]:
    """Return the number and the currency of an amount such as ``¥12,000.50`` or ``USD 1,200``.

    ``own_currency`` is taken when the text names none. The number is ``None``
    when what is left beside the currency is no number.
    """
    if text.isascii() and _PLAIN.fullmatch(text):
        return Decimal(text), own_currency
    plain = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
    sign = "-" if plain.startswith(("-", "(")) else ""
    currency, rest = split_currency(_unsigned(plain), own_currency)
    number = read_decimal(sign + rest) if rest else None
    return number, currency


def split_currency(plain: str, own_currency: str) -> tuple[str, str]:
    """Return the currency a text names, else the organisation's, and the text without it."""
    code = _CODE.search(plain)
    if code and code.group().upper() in CURRENCIES:
        return code.group().upper(), (plain[: code.start()] + plain[code.end() :]).strip()
    upper = plain.upper()
    for sign, currency in _SIGNS.items():
        if upper.startswith(sign) or upper.endswith(sign):
            return currency, _without(plain, upper, sign)
    for sign, (usual, possible) in _SHARED.items():
        if upper.startswith(sign) or upper.endswith(sign):
            currency = own_currency if own_currency in possible else usual
            return currency, _without(plain, upper, sign)
    return own_currency, plain


def _without(plain: str, upper: str, sign: str) -> str:
    rest = plain[len(sign) :] if upper.startswith(sign) else plain[: -len(sign)]
    # "¥100元" says it twice; once is enough.
    return rest.strip().removesuffix("元").strip()


def known_currency(text: str) -> str:
    """Return the ISO 4217 code that a text is, in capitals.

    Raises:
        InvalidInput: it is none.
    """
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise InvalidInput(
            msg("Currency"),
            msg("{value!r} is no currency code of ISO 4217"),
            hint=msg("Write it as CNY, EUR or USD."),
            value=text,
        )
    return code
