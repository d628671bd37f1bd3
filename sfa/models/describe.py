"""Write ``sfa/fields/generated.py`` from the models, so that readers need no SQLModel.

Run ``python -m sfa.models.describe`` after a change of a model; with ``--check``
it only says whether the file is current.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Column as SaColumn
from sqlalchemy import Table as SaTable

from sfa import fields
from sfa.errors import Msg
from sfa.fields import spec
from sfa.models.activity import VISIT
from sfa.models.base import Common, Many, NounInfo, Owned, Through
from sfa.models.schema import NOUN_MODELS, TABLES
from sfa.terms import ForecastCategory, QuoteState, Rounding, TaxMode

TARGET = Path(fields.__file__).parent / "generated.py"

_HEAD = '''"""Every noun, field and table. Written by ``python -m sfa.models.describe``; do not edit."""

from __future__ import annotations

from sfa.errors import msg
from sfa.fields.spec import Choice, Column, Field, Kind, Noun, Table

'''

_FIELD_KINDS = {kind.value for kind in spec.Kind}
_TYPES = {"Text": "text", "UtcInstant": "instant", "Day": "day", "Flag": "flag", "Integer": "integer"}


def describe() -> str:
    """Return the text of the generated module."""
    tables = "".join(f"    {model.__tablename__!r}: {_table(model)},\n" for model in TABLES)
    nouns = "".join(f"    {name!r}: {_noun(name, model)},\n" for name, model in NOUN_MODELS.items())
    text = f"{_HEAD}TABLES: dict[str, Table] = {{\n{tables}}}\n\nNOUNS: dict[str, Noun] = {{\n{nouns}}}\n"
    return text.replace("'", '"')


def sa_table(model: type[Any]) -> SaTable:
    """Return a model's table."""
    found: SaTable = model.__table__
    return found


def _table(model: type[Any]) -> str:
    columns = "".join(f"            {_column(column)},\n" for column in sa_table(model).columns)
    appended = all(
        column.info.get("merge") == "append"
        for column in sa_table(model).columns
        if column.info.get("merge")
        and column.name not in {"created_at", "created_by", "updated_at", "deleted_at"}
    )
    extra = "        append_only=True,\n" if appended else ""
    return f"Table(\n        {model.__tablename__!r},\n        (\n{columns}        ),\n{extra}    )"


def _column(column: SaColumn[Any]) -> str:
    info = column.info
    options: list[str] = []
    keys = ("references", "group", "derived", "personal", "choices")
    options += [f"{key}={info[key]!r}" for key in keys if info.get(key)]
    if info.get("merge", "lww") != "lww":
        options.append(f"merge={info['merge']!r}")
    kind = _TYPES[type(column.type).__name__]
    return _call("Column", [repr(column.name), repr(kind), repr(bool(column.nullable)), *options])


def _noun(name: str, model: type[Common]) -> str:
    info = VISIT if name == VISIT.name else model.noun
    found = [*_own_fields(model, info), *(_through(each) for each in info.through)]
    found += [_many(each) for each in (*info.many, *_EVERYWHERE)]
    body = "".join(f"            {field},\n" for field in found)
    options = [
        repr(info.name),
        repr(info.plural),
        _msg(info.label),
        _msg(info.label_plural),
        repr(model.__tablename__),
        repr(info.title),
        repr(info.listed),
        f"(\n{body}        )",
        repr(issubclass(model, Owned)),
        repr(info.order),
        *([repr(info.only)] if info.only else []),
    ]
    inner = "".join(f"        {option},\n" for option in options)
    return f"Noun(\n{inner}    )"


_EVERYWHERE = (
    Many("tags", Msg("Tags"), "tag", "record_id", "name"),
    Many("external_ids", Msg("External ids"), "external_id", "record_id", "key", editable=False),
)


def _own_fields(model: type[Common], info: NounInfo) -> list[str]:
    columns = list(sa_table(model).columns)
    base = [column for column in columns if column.name in _BASE]
    own = [column for column in columns if column.name not in _BASE]
    found = []
    for column in [*own, *base]:
        described = column.info
        fixed = info.only is not None and column.name == info.only[0]
        if described.get("kind") in _FIELD_KINDS and described.get("label") and not fixed:
            found.append(_own_field(model, column))
    return found


_BASE = ("created_at", "created_by", "updated_at", "deleted_at")


def _own_field(model: type[Common], column: SaColumn[Any]) -> str:
    info = column.info
    name = info.get("name") or column.name.removesuffix("_id")
    options = [repr(name), f"Kind.{spec.Kind(info['kind']).name}", _msg(info["label"])]
    options += [repr(model.__tablename__), repr(column.name)]
    for key in ("currency_column", "target", "required", "max_length", "group"):
        if info.get(key):
            options.append(f"{key}={info[key]!r}")
    for key in ("minimum", "maximum"):
        if info.get(key) is not None:
            options.append(f"{key}={info[key]!r}")
    if info.get("words"):
        options.append(f"choices=({''.join(_choice(word) + ', ' for word in info['words'])})")
        default = model.model_fields[str(column.key)].default
        if isinstance(default, StrEnum):
            options.append(f"default={default.value!r}")
    if not info.get("editable", True):
        options.append("editable=False")
    if info.get("merge", "lww") != "lww":
        options.append(f"merge={info['merge']!r}")
    return _call("Field", options)


# Where the value alone would read like the name of another thing.
_CHOICE_LABELS: dict[StrEnum, str] = {
    ForecastCategory.PIPELINE: "in the pipeline",
    TaxMode.ADDED: "tax added",
    TaxMode.INCLUDED: "tax included",
    Rounding.DOWN: "cut off",
    QuoteState.SENT: "sent to the customer",
    QuoteState.REJECTED: "declined by the customer",
    QuoteState.ACCEPTED: "accepted by the customer",
}


def _choice(word: StrEnum) -> str:
    label = _CHOICE_LABELS.get(word, word.value.replace("-", " "))
    return f"Choice({word.value!r}, msg({label[:1].upper() + label[1:]!r}))"


def _through(each: Through) -> str:
    linked = next(table for table in TABLES if table.__tablename__ == each.table)
    column = sa_table(linked).columns[each.column]
    options = [repr(each.name), f"Kind.{spec.Kind(column.info['kind']).name}", _msg(each.label)]
    options += [repr(each.table), repr(each.column), f"through={each.link!r}", "editable=False"]
    if column.info.get("words"):
        options.append(f"choices=({''.join(_choice(word) + ', ' for word in column.info['words'])})")
    return _call("Field", options)


def _many(each: Many) -> str:
    options = [repr(each.name), "Kind.MANY", _msg(each.label), repr(each.table), repr(each.value)]
    options.append(f"owner_column={each.owner!r}")
    if each.target:
        options.append(f"target={each.target!r}")
    if not each.editable:
        options.append("editable=False")
    return _call("Field", options)


def _msg(label: Msg) -> str:
    return f"msg({str(label)!r})"


def _call(name: str, arguments: list[str]) -> str:
    return f"{name}({', '.join(arguments)})"


def main() -> int:
    """Write the file, or with ``--check`` say whether it is current (exit code 1 when not)."""
    text = describe()
    if "--check" in sys.argv[1:]:
        current = TARGET.exists() and TARGET.read_text("utf-8") == text
        if not current:
            sys.stderr.write("sfa/fields/generated.py is stale: run python -m sfa.models.describe\n")
        return 0 if current else 1
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
