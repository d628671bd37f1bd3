"""Translation lookup: English is the source, catalogues live in ``locales/``.

``tr`` looks a message id up and fills its ``{named}`` places. Lower floors mark
texts with ``errors.msg`` and never translate; front ends call ``tr``.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.errors import Msg, SfaError

if TYPE_CHECKING:
    import gettext

LANGUAGES = ("en", "zh_CN")
LOCALES = Path(__file__).parent / "locales"
DOMAIN = "sfa"

_current = "en"
_catalogue: gettext.NullTranslations | None = None


def match_language(text: str) -> str | None:
    """Return the language a tag such as ``zh``, ``zh-Hans`` or ``zh_CN.UTF-8`` asks for.

    ``C``, ``POSIX`` and languages without a catalogue are English; the empty
    text asks for nothing and gives ``None``.
    """
    tag = text.strip().lower().replace("-", "_")
    if not tag:
        return None
    return "zh_CN" if tag.split(".")[0].split("_")[0] in {"zh", "cn", "chinese"} else "en"


def language_of_environment() -> str | None:
    """Return the language that ``LC_ALL``, ``LC_MESSAGES`` or ``LANG`` asks for, in that order."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        found = match_language(os.environ.get(name, ""))
        if found:
            return found
    return None


def set_language(code: str) -> None:
    """Choose the language of every later ``tr``; unknown codes mean English."""
    global _current, _catalogue
    _current = code if code in LANGUAGES else "en"
    _catalogue = None
    if _current != "en":
        import gettext

        _catalogue = gettext.translation(DOMAIN, LOCALES, [_current], fallback=True)


def language() -> str:
    """Return the language in use, one of ``LANGUAGES``."""
    return _current


def tr(text: str, /, **places: object) -> str:
    """Return a text in the user's language with its places filled."""
    found = _catalogue.gettext(text) if _catalogue is not None and text else str(text)
    if not places:
        return found
    filled = {key: tr(value) if isinstance(value, Msg) else value for key, value in places.items()}
    return found.format_map(filled)


def tr_plural(one: str, many: str, count: int, /, **places: object) -> str:
    """Return the form that fits ``count``; the place ``{count}`` is filled with it."""
    english = one if count == 1 else many
    found = _catalogue.ngettext(one, many, count) if _catalogue is not None else english
    filled = {key: tr(value) if isinstance(value, Msg) else value for key, value in places.items()}
    return found.format_map({"count": count, **filled})


def in_language(code: str, text: str, /) -> str:
    """Return a text in another language than the user's: papers speak the customer's."""
    return text if code == "en" or not text else _catalogue_of(code).gettext(text)


@cache
def _catalogue_of(code: str) -> gettext.NullTranslations:
    import gettext

    return gettext.translation(DOMAIN, LOCALES, [code], fallback=True)


def tr_in(context: str, text: str, /) -> str:
    """Return a text in the user's language where the same English means several things."""
    return _catalogue.pgettext(context, text) if _catalogue is not None else text


def tr_error(error: SfaError) -> tuple[str, str, str]:
    """Return (what, why, next step) of an error in the user's language; empty where unsaid."""
    data = dict(error.data)
    reason = data.get("reason")
    if isinstance(reason, Msg):
        data["reason"] = tr(reason, **{key: value for key, value in data.items() if key != "reason"})
    return (
        tr(error.what, **data),
        tr(error.why, **data) if error.why else "",
        tr(error.hint, **data) if error.hint else "",
    )
