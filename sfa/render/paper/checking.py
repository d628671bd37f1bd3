"""What may stand in a template's ``paper.toml``, and what is said of what may not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfa.errors import InvalidInput, Msg, msg
from sfa.render.paper.columns import COLUMNS, allowed
from sfa.render.paper.document import Variant
from sfa.render.paper.labels import USUAL
from sfa.render.paper.places import PLACES, used

BLOCKS = ("head", "sides", "introduction", "lines", "totals", "terms", "notes", "approval", "signatures")
# What a paper may not be without.
_NEEDED_BLOCKS = ("head", "lines")
FACTS = (
    "number", "revision", "state", "issued_on", "valid_until", "promised_on", "quote_number",
    "contract_number", "currency", "subject",
)  # fmt: skip
TEXTS = ("introduction", "order_introduction", "footer")
COLOURS = ("accent", "text", "quiet", "rule", "band", "warning")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_AT_LINE = re.compile(r"\(at line (\d+)")

Key = tuple[str, ...]


class Source:
    """A file's name and text, so that an error can name the line."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._lines = text.splitlines()

    def error(self, key: Key, reason: Msg, *, hint: Msg | None = None, **data: object) -> InvalidInput:
        """Return the error about a key, with file and line."""
        line = self.line_of(key)
        place = f"{self.name}:{line}" if line else self.name
        return InvalidInput(f"{place}: {'.'.join(key)}", reason, hint=hint, **data)

    def line_of(self, key: Key) -> int:
        """Return the line a key stands in, else that of its table; 0 when neither is written."""
        table, *_ = found = ".".join(key[:-1]), key[-1]
        here, at_table = "", 0
        for number, line in enumerate(self._lines, 1):
            if head := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
                here = re.sub(r"[\"'\s]", "", head[1])
                at_table = number if here in {table, ".".join(key)} else at_table
            elif re.match(rf"""\s*["']?{re.escape(found[1])}["']?\s*=""", line) and here == table:
                return number
        return at_table


Rule = Callable[[Source, Key, Any], None]


def parsed(source: Source) -> dict[str, Any]:
    """Return the content of a file.

    Raises:
        InvalidInput: it is no TOML.
    """
    text = "\n".join(source._lines)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = at[1] if at else max(1, len(source._lines))  # else it is at the end
        raise InvalidInput(
            f"{source.name}:{line}", msg("it is no TOML: {cause}."), cause=str(error)
        ) from None


def check(content: Mapping[str, Any], source: Source) -> None:
    """Refuse whatever is unknown or not allowed.

    Raises:
        InvalidInput: naming file, line and what is allowed.
    """
    _table(source, (), content, _RULES)


def _table(source: Source, key: Key, value: Any, rules: Mapping[str, Any]) -> None:
    if not isinstance(value, dict):
        raise source.error(
            key, msg("it must be a table: write [{name}] on a line of its own."), name=".".join(key)
        )
    for name, each in value.items():
        below = (*key, name)
        if name not in rules:
            raise source.error(
                below, msg("there is no such key."), hint=msg("Allowed: {allowed}."), allowed=", ".join(rules)
            )
        rule = rules[name]
        if isinstance(rule, dict):
            _table(source, below, each, rule)
        else:
            rule(source, below, each)


def _one_of(words: Sequence[str]) -> Rule:
    def rule(source: Source, key: Key, value: Any) -> None:
        if value not in words:
            raise source.error(
                key,
                msg("{value!r} is not allowed."),
                hint=msg("Allowed: {allowed}."),
                value=value,
                allowed=", ".join(words),
            )

    return rule


def _some_of(words: Sequence[str], needed: Sequence[str] = ()) -> Rule:
    one = _one_of(words)

    def rule(source: Source, key: Key, value: Any) -> None:
        if not isinstance(value, list):
            raise source.error(key, msg('it must be a list of names, such as ["name"].'))
        for each in value:
            one(source, key, each)
        if len(set(value)) < len(value):
            raise source.error(key, msg("it names something twice."))
        missing = [each for each in needed if each not in value]
        if missing:
            raise source.error(key, msg("it must name {missing} too."), missing=", ".join(missing))

    return rule


def _number(least: float, most: float) -> Rule:
    def rule(source: Source, key: Key, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise source.error(
                key, msg("it must be a number from {least} to {most}."), least=f"{least:g}", most=f"{most:g}"
            )

    return rule


def _colour(source: Source, key: Key, value: Any) -> None:
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise source.error(key, msg('it must be a colour such as "#1f4e79".'))


def _text(source: Source, key: Key, value: Any) -> None:
    if not isinstance(value, str):
        raise source.error(key, msg("it must be a text in quotes."))


def _company_text(source: Source, key: Key, value: Any) -> None:
    _text(source, key, value)
    for each in used(value):
        if each.name not in PLACES:
            raise source.error(
                key,
                msg("there is no place {place}."),
                hint=msg("Allowed: {allowed}."),
                place="{" + each.name + "}",
                allowed=" ".join("{" + known + "}" for known in PLACES),
            )


def _each(names: Sequence[str], rule: Rule) -> dict[str, Rule]:
    return dict.fromkeys(names, rule)


_RULES: dict[str, Any] = {
    "page": {
        "size": _one_of(("A4", "Letter")),
        "across": _some_of(tuple(Variant)),
        "margin_mm": _number(8, 40),
        "logo": _text,
        "logo_height_mm": _number(5, 40),
        "font": _text,
        "bold_font": _text,
    },
    "text": {"size_pt": _number(7, 12)},
    "colours": _each(COLOURS, _colour),
    "blocks": {"shown": _some_of(BLOCKS, _NEEDED_BLOCKS)},
    "facts": {"shown": _some_of(FACTS, ("number",))},
    "columns": {str(variant): _some_of(allowed(variant), ("name",)) for variant in Variant},
    "widths_mm": _each(tuple(name for name in COLUMNS if name != "name"), _number(5, 120)),
    "texts": dict.fromkeys(("en", "zh_CN"), _each(TEXTS, _company_text)),
    "labels": dict.fromkeys(("en", "zh_CN"), _each(tuple(USUAL), _text)),
}
