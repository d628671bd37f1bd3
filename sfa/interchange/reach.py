"""Phone numbers, email addresses and several values in one cell.

A phone number's digits are what numbers are compared by: the national number for
China and North America, else the international one without its plus.
"""

from __future__ import annotations

import re
import unicodedata

_USUAL = re.compile(r"\+?[0-9][0-9 ()\-./]*")
_SEPARATORS = re.compile(r"[^0-9]+")
_MOBILE_CN = re.compile(r"1[3-9][0-9]{9}")
_EXTENSION = re.compile(r"\s*(?:ext\.?|extension|x|#|转|分机)\s*:?\s*[0-9]{1,8}\s*$", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\"]+@[^\s@,;:<>()\[\]\"]+\.[^\s@.,;:<>()\[\]\"]{2,}")
_NAMED_EMAIL = re.compile(r".*<([^<>]+)>")
_CALLED = re.compile(
    r"^(?:tel|telephone|phone|ph|mobile|mob|cell|office|work|home|手机|电话|固话|座机|办公|m|t|p)[.:：\s]+(?=[+(0-9])",
    re.IGNORECASE,
)
_SHORTEST, _LONGEST = 3, 20
_LONGEST_EMAIL = 320


def phone_digits(text: str) -> str:
    """Return the digits a number is compared by; empty when the text is no phone number.

    An extension is left out.
    """
    if text.isascii() and _MOBILE_CN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKC", text).strip().replace("–", "-").replace("—", "-")
    plain = _EXTENSION.sub("", _CALLED.sub("", plain))
    if "(0)" in plain or not _USUAL.fullmatch(plain):
        return _by_library(plain)
    digits = _SEPARATORS.sub("", plain)
    if not _SHORTEST <= len(digits) <= _LONGEST:
        return ""
    if plain.startswith("+"):
        return _national(digits)
    return _national(digits[2:]) if digits.startswith("00") else _without_86(digits)


# Six to twelve digits in groups, or up to fifteen after a plus: no extension, nothing to part.
_PLAIN_PHONE = re.compile(r"(?!00)[0-9](?:-?[0-9]){5,11}")
_PLAIN_ABROAD = re.compile(r"\+[0-9](?:[- ]?[0-9]){5,14}")
_DIGITS_ALONE = str.maketrans("", "", "+- ")


def plain_phone(text: str) -> tuple[str, str] | None:
    """Return a number of the usual shape and its digits, as ``phone_digits`` finds them; else ``None``."""
    if text.startswith("+"):
        found = _PLAIN_ABROAD.fullmatch(text)
        return (text, _national(text.translate(_DIGITS_ALONE))) if found else None
    return (text, text.replace("-", "")) if _PLAIN_PHONE.fullmatch(text) else None


def plain_email(text: str) -> tuple[str] | None:
    """Return an address of the usual shape; ``None`` for all others."""
    usual = len(text) <= _LONGEST_EMAIL and text.isascii() and text.isprintable() and _EMAIL.fullmatch(text)
    return (text,) if usual else None


def _without_86(digits: str) -> str:
    return (
        digits[2:]
        if len(digits) == 13 and digits.startswith("86") and _MOBILE_CN.fullmatch(digits[2:])
        else digits
    )


def _national(digits: str) -> str:
    """Return an international number's digits as its own country writes them, for +86 and +1."""
    if digits.startswith("86") and len(digits) > 8:
        rest = digits[2:]
        return rest if _MOBILE_CN.fullmatch(rest) or rest.startswith(("0", "400", "800")) else "0" + rest
    if digits.startswith("1") and len(digits) == 11:
        return digits[1:]
    return digits


def _by_library(plain: str) -> str:
    """Read the unusual shapes (letters for digits, a bracketed zero) with phonenumbers."""
    import phonenumbers  # 60 ms to import, and few numbers need it

    if not re.search(r"[0-9]", plain):
        return ""
    try:
        number = phonenumbers.parse(
            plain, None if plain.startswith("+") else "US" if plain.isascii() else "CN"
        )
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return _national(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).lstrip("+"))


def email_address(text: str) -> str:
    """Return the address in a text such as ``Ann <ann@x.org>``; empty when there is none."""
    if _EMAIL.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKC", text).strip()
    named = _NAMED_EMAIL.fullmatch(plain)
    plain = (named[1] if named else plain).strip().removeprefix("mailto:")
    return plain if _EMAIL.fullmatch(plain) else ""


COMMA = re.compile(r"[,，]")
_MANY = re.compile(r"[;；、\n,，]+")
_MANY_WITHOUT_COMMA = re.compile(r"[;；]+")
_MANY_RECORDS = re.compile(r"[;；、\n]+")
_MANY_PHONES = re.compile(r"[;；、\n,，|]+|/(?=\s*[+(0-9])(?<=[0-9)]/)|(?<=\d)\s*(?:或|or)\s*(?=[+(0-9])")


def split_many(text: str, *, address: bool = False) -> list[str]:
    """Return the values of a cell that holds several, in order, without repeats.

    An address holds commas, line ends and 、 itself: only semicolons part it.
    """
    pattern = _MANY_WITHOUT_COMMA if address else _MANY
    return list(dict.fromkeys(part.strip() for part in pattern.split(text) if part.strip()))


def split_records(text: str) -> list[str]:
    """Return the names of records in a cell; a comma may belong to a name (Acme, Inc.)."""
    return list(dict.fromkeys(part.strip() for part in _MANY_RECORDS.split(text) if part.strip()))


def split_phones(text: str) -> list[str]:
    """Return the numbers of a cell; a slash between two numbers parts them as well."""
    if text.isascii() and text.isdigit():
        return [text]
    return list(dict.fromkeys(part.strip() for part in _MANY_PHONES.split(text) if part.strip()))
