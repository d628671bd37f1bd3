"""The mapping file, in TOML.

Everything unknown in it is an error that names the line and the key, because a
misspelt key would silently lose a column.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sfa.errors import InvalidInput, Msg, msg
from sfa.fields import Kind, Noun, noun_or_none
from sfa.interchange.imported import imported_noun
from sfa.interchange.mapping import (
    DEFAULT_SOURCE,
    Creation,
    Declaration,
    Mapping,
    PipelineDeclaration,
    StageDeclaration,
)
from sfa.interchange.targets import CUSTOM, KEY, MADE, holds_many, parts, targets
from sfa.terms import CustomKind, ForecastCategory, StageKind

_KEYS = frozenset(
    "noun source key encoding delimiter sheet date_format currency columns values defaults ignore fields"
    " pipeline events create".split()
)


def read_mapping(path: Path, expected: Noun) -> Mapping:
    """Read a mapping file for a noun.

    Raises:
        InvalidInput: the file cannot be read, is no TOML, or says something unknown.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise InvalidInput(
            str(path), msg("there is no such mapping file."), hint=msg("Check the name.")
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(str(path), msg("it cannot be read: {cause}."), cause=str(error)) from None
    return parse_mapping(text, expected, path.name)


def parse_mapping(text: str, expected: Noun, name: str) -> Mapping:
    """Read the text of a mapping file; ``name`` is what errors call it.

    Raises:
        InvalidInput: it is no TOML, or says something unknown.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(name, msg("it is no TOML: {cause}."), cause=str(error)) from None
    return _Reader(content, text, name).mapping(expected)


class _Reader:
    """One mapping file while it is checked; knows the text so that errors can name the line."""

    def __init__(self, content: dict[str, Any], text: str, name: str) -> None:
        self.content = content
        self.lines = text.splitlines()
        self.name = name

    def mapping(self, expected: Noun) -> Mapping:
        for key in self.content:
            if key not in _KEYS:
                raise self.error(
                    key,
                    msg("there is no such key."),
                    hint=msg("Known: {known}."),
                    known=", ".join(sorted(_KEYS)),
                )
        noun = self.noun(expected)
        declared = self.declarations()
        custom = {each.name for each in declared}
        read = Mapping(
            noun=noun.name,
            columns=self.columns(noun),
            source=self.text("source") or DEFAULT_SOURCE,
            key=self.texts("key"),
            encoding=self.text("encoding"),
            delimiter=self.text("delimiter"),
            sheet=self.text("sheet"),
            date_format=self.text("date_format"),
            currency=(self.text("currency") or "").upper() or None,
            values=self.translations(),
            defaults=self.defaults(noun, custom),
            ignore=self.texts("ignore"),
            fields=declared,
            pipeline=self.pipeline(noun),
            events=tuple(self.table("events", str).items()) if noun.name == "deal" else self.no_events(),
            create=self.creations(noun),
            name=self.name,
        )
        keys = tuple(column for column, target in read.columns if target == KEY)
        return replace(
            read, key=read.key or keys, columns=tuple(pair for pair in read.columns if pair[1] != KEY)
        )

    def error(self, key: str, reason: Msg, *, hint: Msg | None = None, **data: object) -> InvalidInput:
        line = self.line_of(key)
        where = f"{self.name}:{line}: {key}" if line else f"{self.name}: {key}"
        return InvalidInput(where, reason, hint=hint, **data)

    def line_of(self, key: str) -> int:
        """Return the first line that has the key or the table of that name, 0 when none has."""
        word = re.escape(key.rsplit(" > ", 1)[-1])
        pattern = re.compile(rf"""^\s*(?:\[+\s*)?(?:[\w.]+\.)?["']?{word}["']?\s*(?:=|\]|\.)""")
        return next((number for number, line in enumerate(self.lines, 1) if pattern.match(line)), 0)

    def noun(self, expected: Noun) -> Noun:
        word = self.text("noun") or expected.name
        found = imported_noun(word)
        if found is None or found.name != expected.name:
            raise self.error(
                "noun",
                msg("the mapping is for {found}, not for {expected}."),
                found=word,
                expected=expected.plural,
            )
        return found

    def text(self, key: str) -> str | None:
        value = self.content.get(key)
        if value is not None and not isinstance(value, str):
            raise self.error(key, msg("it must be a text in quotes."))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.content.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise self.error(key, msg("it must be a text or a list of texts."))
        return tuple(found)

    def table(self, key: str, kind: type) -> dict[str, Any]:
        value = self.content.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, msg("it must be a table: write [{name}] on a line of its own."), name=key)
        for name, each in value.items():
            if not isinstance(each, kind):
                raise self.error(f"{key} > {name}", msg("it must be a text in quotes."))
        return value

    def columns(self, noun: Noun) -> tuple[tuple[str, str], ...]:
        table = self.table("columns", object)
        if not table:
            raise self.error(
                "columns", msg("no column is mapped."), hint=msg('Write lines such as Phone = "phones".')
            )
        pairs = []
        for column, value in table.items():
            wanted = value if isinstance(value, list) else [value]
            for target in wanted:
                pairs.append((column, self.target(noun, f"columns > {column}", target)))
                self.refuse_rival(noun, pairs)
        return tuple(pairs)

    def refuse_rival(self, noun: Noun, pairs: list[tuple[str, str]]) -> None:
        column, target = pairs[-1]
        taken = [each for each, other in pairs[:-1] if other == target]
        if taken and target != KEY and not holds_many(noun, target):
            raise self.error(
                f"columns > {column}", msg("{name} is filled by another column already."), name=target
            )

    def target(self, noun: Noun, key: str, target: object) -> str:
        if not isinstance(target, str):
            raise self.error(key, msg("it must be a text or a list of texts."))
        if target in targets(noun) or (target.startswith(CUSTOM) and len(target) > len(CUSTOM)):
            return target
        raise self.error(
            key,
            msg("{noun} has no field {target!r}."),
            hint=msg("Fields: {fields}; a declared one is written field:<name>."),
            noun=noun.name,
            target=target,
            fields=", ".join(targets(noun)),
        )

    def translations(self) -> dict[str, dict[str, str]]:
        found = self.table("values", dict)
        for column, table in found.items():
            for before, after in table.items():
                if not isinstance(after, str):
                    raise self.error(f"values > {column} > {before}", msg("it must be a text in quotes."))
        return found

    def defaults(self, noun: Noun, custom: set[str]) -> dict[str, str]:
        found = self.table("defaults", object)
        checked = {}
        for word, value in found.items():
            key = f"defaults > {word}"
            target = self.target(noun, key, CUSTOM + word if word in custom else word)
            if target in parts(noun):
                raise self.error(key, msg("only whole fields have defaults."))
            checked[target] = _as_text(value)
        return checked

    def declarations(self) -> tuple[Declaration, ...]:
        return tuple(self.declaration(each) for each in self.tables("fields"))

    def declaration(self, table: dict[str, Any]) -> Declaration:
        self.only("fields", table, {"name", "label", "kind", "choices"})
        name = self.needed("fields", table, "name")
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
            raise self.error(
                "fields",
                msg("{name!r} cannot name a field."),
                hint=msg("Use small letters, digits and _."),
                name=name,
            )
        kind = table.get("kind", CustomKind.TEXT.value)
        self.one_of("fields", "kind", kind, [each.value for each in CustomKind])
        return Declaration(name, table.get("label") or name, kind, tuple(table.get("choices", ())))

    def pipeline(self, noun: Noun) -> PipelineDeclaration | None:
        table = self.table("pipeline", object)
        if not table:
            return None
        if noun.name != "deal":
            raise self.error("pipeline", msg("only deals go through a pipeline."))
        self.only("pipeline", table, {"name", "stages"})
        stages = [self.stage(each) for each in table.get("stages", [])]
        return PipelineDeclaration(self.needed("pipeline", table, "name"), tuple(stages))

    def stage(self, table: dict[str, Any]) -> StageDeclaration:
        key = "pipeline > stages"
        self.only(key, table, {"name", "kind", "probability", "category"})
        kind = table.get("kind", StageKind.OPEN.value)
        self.one_of(key, "kind", kind, [each.value for each in StageKind])
        usual = {"won": (100, "closed"), "lost": (0, "omitted")}.get(kind, (0, "pipeline"))
        probability = table.get("probability", usual[0])
        if not isinstance(probability, int) or not 0 <= probability <= 100:
            raise self.error(key, msg("probability must be a whole number from 0 to 100."))
        category = table.get("category", usual[1])
        self.one_of(key, "category", category, [each.value for each in ForecastCategory])
        return StageDeclaration(self.needed(key, table, "name"), kind, probability, category)

    def no_events(self) -> tuple[tuple[str, str], ...]:
        if "events" in self.content:
            raise self.error("events", msg("only deals have stage events."))
        return ()

    def creations(self, noun: Noun) -> dict[str, Creation]:
        found = {}
        for target, value in self.table("create", object).items():
            key = f"create > {target}"
            linked = noun.field(target)
            made = noun_or_none(linked.target) if linked and linked.target else None
            if made is None:
                raise self.error(key, msg("{noun} has no link {target!r}."), noun=noun.name, target=target)
            if made.name not in MADE:
                raise self.error(key, msg("{nouns} are not made in passing."), nouns=made.label_plural)
            if value is True:
                found[target] = Creation()
            elif isinstance(value, dict):
                found[target] = self.creation(key, made, value)
            elif value is not False:
                raise self.error(key, msg("it must be true, false or a table of fields."))
        return found

    def creation(self, key: str, made: Noun, table: dict[str, Any]) -> Creation:
        fixed, columns = {}, {}
        name: tuple[str, ...] = ()
        for target, value in table.items():
            each = made.field(self.target(made, f"{key} > {target}", target))
            if each is None or each.kind is Kind.MANY:
                raise self.error(f"{key} > {target}", msg("only fields of one value can be given."))
            if isinstance(value, dict) and "first" in value and target == made.title[0]:
                self.only(f"{key} > {target}", value, {"first", "last"})
                name = tuple(self.needed(f"{key} > {target}", value, part) for part in ("first", "last"))
            elif isinstance(value, dict):
                self.only(f"{key} > {target}", value, {"column"})
                columns[target] = self.needed(f"{key} > {target}", value, "column")
            else:
                fixed[target] = _as_text(value)
        return Creation(fixed, columns, name)

    def tables(self, key: str) -> list[dict[str, Any]]:
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.error(key, msg("it must be a list of tables: write [[{name}]]."), name=key)
        return value

    def only(self, key: str, table: dict[str, Any], known: set[str]) -> None:
        for name in table:
            if name not in known:
                raise self.error(
                    f"{key} > {name}",
                    msg("there is no such key."),
                    hint=msg("Known: {known}."),
                    known=", ".join(sorted(known)),
                )

    def needed(self, key: str, table: dict[str, Any], name: str) -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, msg("{name} is missing."), name=name)
        return value

    def one_of(self, key: str, name: str, value: object, allowed: Sequence[str]) -> None:
        if value not in allowed:
            raise self.error(
                key,
                msg("{name} cannot be {value!r}."),
                hint=msg("Allowed: {allowed}."),
                name=name,
                value=value,
                allowed=", ".join(allowed),
            )


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
