"""The columns of a file as stored values, one column at a time.

Whole columns are parsed at once and each different text only once: a hundred
thousand rows have few stages, owners and days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sfa.errors import InvalidInput, SfaError, msg
from sfa.fields import Field, Kind, Noun
from sfa.interchange.mapping import Mapping
from sfa.interchange.product_columns import COST
from sfa.interchange.reach import plain_email, plain_phone, split_records
from sfa.interchange.source_table import SourceRow
from sfa.interchange.targets import ADDRESS_PARTS, CURRENCY, CUSTOM, FIRST, LAST
from sfa.interchange.values import parse_value, split_values
from sfa.services.imports.records import ChildSet, RecordSet, Values

# What other systems write into a cell that has nothing to say; only where nothing else fits.
NOTHING = frozenset(
    "- -- — / . ? n/a na #n/a null (null) nil none nan \\n unknown 无 空 暂无 没有 未知 未填写".split()
)


@dataclass(frozen=True, slots=True)
class Context:
    """What an import knows of its store: the organisation, who imports, which day it is."""

    organisation: str
    actor: str
    today: date
    currency: str
    fields: dict[str, Field]
    teams: dict[str, str | None]


@dataclass(slots=True)
class Batch:
    """A file's usable rows while they become records.

    ``cells`` has the translated texts by column; ``links`` the texts that name records,
    by field name; ``existing`` the places of records that the store has, deleted ones
    too; ``problems`` what is wrong with a row, by its place.
    """

    noun: Noun
    mapping: Mapping
    context: Context
    rows: list[SourceRow]
    cells: dict[str, Sequence[str]]
    wanted: RecordSet
    keys: list[str] = field(default_factory=list)
    links: dict[str, list[str]] = field(default_factory=dict)
    existing: set[int] = field(default_factory=set)
    problems: dict[int, list[SfaError]] = field(default_factory=lambda: defaultdict(list))

    def reject(self, place: int, error: SfaError) -> None:
        """Note what is wrong with a row; it will not be applied."""
        self.problems[place].append(error)

    def column(self, name: str) -> list[object]:
        """Return a stored column's values, all ``None`` when the file says nothing of it."""
        found = self.wanted.columns.get(name)
        return [None] * len(self.rows) if found is None else found


def fill(batch: Batch) -> None:
    """Parse every mapped column into stored columns, children, and texts that name records."""
    by_target: dict[str, list[str]] = defaultdict(list)
    for column, target in batch.mapping.columns:
        by_target[target].append(column)
    currencies = _currencies(batch, by_target.get(CURRENCY, []))
    for target, columns in by_target.items():
        # A price book has a currency itself; elsewhere it is that of an amount.
        if target in {CURRENCY, FIRST, LAST} - batch.context.fields.keys() or target.startswith("address."):
            continue
        each = batch.context.fields[target.removeprefix(CUSTOM)]
        if target.startswith(CUSTOM):
            _custom(batch, each, columns[0])
        elif each.kind is Kind.LINK:
            batch.links[target] = [text.strip() for text in batch.cells[columns[0]]]
        elif each.kind is Kind.MANY:
            _many(batch, each, columns)
        elif each.table == COST.table:
            _cost(batch, each, columns[0], currencies)
        else:
            _scalar(batch, each, columns[0], currencies)
    _names(batch, by_target)
    _addresses(batch, by_target)


def _currencies(batch: Batch, columns: list[str]) -> Sequence[str]:
    own = batch.mapping.currency or batch.context.currency
    if not columns:
        return [own] * len(batch.rows)
    return [text.strip().upper() or own for text in batch.cells[columns[0]]]


def parsed(
    batch: Batch, texts: Sequence[str], parse: Callable[[str], dict[str, object]]
) -> list[dict[str, object] | None]:
    """Return the stored values of each text, ``None`` where it says nothing; note the bad ones."""
    known: dict[str, dict[str, object] | None] = {"": None}
    bad: dict[str, SfaError] = {}
    for text in set(texts):
        plain = text.strip()
        try:
            known[text] = parse(plain) if plain else None
        except InvalidInput as error:
            known[text] = None
            if plain.casefold() not in NOTHING:
                bad[text] = error
    if bad:
        for place, text in enumerate(texts):
            if text in bad:
                batch.reject(place, bad[text])
    return [known[text] for text in texts]


def _parser(batch: Batch, each: Field, currency: str) -> Callable[[str], dict[str, object]]:
    today, date_format = batch.context.today, batch.mapping.date_format

    def parse(text: str) -> dict[str, object]:
        return parse_value(each, text, today=today, currency=currency, date_format=date_format)

    return parse


def _scalar(batch: Batch, each: Field, column: str, currencies: Sequence[str]) -> None:
    texts = batch.cells[column]
    columns = batch.wanted.columns
    if each.kind in (Kind.TEXT, Kind.LONG):
        plain = _plain_texts(texts, each.max_length)
        if plain is not None:
            columns[each.column] = plain
            return
    if each.currency_column and len(set(currencies)) > 1:
        _amounts(batch, each, texts, currencies)
        return
    stored = parsed(batch, texts, _parser(batch, each, currencies[0] if currencies else ""))
    for name in [each.column, each.currency_column] if each.currency_column else [each.column]:
        columns[name] = [None if value is None else value[name] for value in stored]


def _plain_texts(texts: Sequence[str], limit: int) -> list[object] | None:
    """Return texts trimmed when all are beyond doubt, else ``None``: then each is looked at."""
    plain = [text.strip() for text in texts]
    if not "".join(plain).isprintable() or max(map(len, plain), default=0) > limit:
        return None
    return [text or None for text in plain]


def _amounts(batch: Batch, each: Field, texts: Sequence[str], currencies: Sequence[str]) -> None:
    amounts: list[object] = [None] * len(texts)
    codes: list[object] = [None] * len(texts)
    for currency in set(currencies):
        places = [place for place, code in enumerate(currencies) if code == currency]
        some = [text if code == currency else "" for text, code in zip(texts, currencies, strict=True)]
        stored = parsed(batch, some, _parser(batch, each, currency))
        for place in places:
            value = stored[place]
            if value is not None:
                amounts[place], codes[place] = value[each.column], value[each.currency_column]
    batch.wanted.columns[each.column] = amounts
    batch.wanted.columns[each.currency_column] = codes


def _cost(batch: Batch, each: Field, column: str, currencies: Sequence[str]) -> None:
    """Make a product's cost the one row beside it that holds it."""
    apart = each._replace(currency_column=f"cost_{each.currency_column}")  # not the currency of the price
    _scalar(batch, apart, column, currencies)
    columns = batch.wanted.columns
    values = zip(columns.pop(apart.column), columns.pop(apart.currency_column), strict=True)
    entries: list[tuple[int, str, Values]] = [
        (place, each.name, row) for place, row in enumerate(values) if row[0] is not None
    ]
    names = (each.column, each.currency_column)
    batch.wanted.children.append(ChildSet(each.table, "product_id", names, entries, single=True))


def _custom(batch: Batch, each: Field, column: str) -> None:
    stored = parsed(batch, batch.cells[column], _parser(batch, each, ""))
    entries: list[tuple[int, str, Values]] = [
        (place, f"custom/{each.name}", (value[each.column],)) for place, value in enumerate(stored) if value
    ]
    children = ChildSet(
        "custom_value", each.owner_column, ("value",), entries, {"field_id": each.custom_id}, single=True
    )
    batch.wanted.children.append(children)


def _many(batch: Batch, each: Field, columns: list[str]) -> None:
    """Gather the values of all columns of a multi-valued field, row by row."""
    cells = [batch.cells[column] for column in columns]
    children = child_set(each, batch.noun)
    batch.wanted.children.append(children)
    if each.target:
        batch.links[each.name] = ["\n".join(_named(texts)) for texts in zip(*cells, strict=True)]
        return
    plain = _PLAIN.get(each.table, _never)
    parts = _Parts(batch, each)
    names = [f"{each.name}/0"]
    for place, texts in enumerate(zip(*cells, strict=True)):
        seen: list[str] = []
        number = 0
        for text in texts:
            if not text or text in seen:
                continue
            simple = plain(text)
            if simple is not None:
                seen.append(text)
            for values in parts.values(place, text, seen) if simple is None else (simple,):
                if number == len(names):
                    names.append(f"{each.name}/{number}")
                children.entries.append((place, names[number], values))
                number += 1


_PLAIN: dict[str, Callable[[str], Values | None]] = {"phone": plain_phone, "email": plain_email}


def _never(_text: str) -> None:
    return None


def _named(texts: Sequence[str]) -> list[str]:
    """Return the records that a row's cells name, without repeats."""
    return list(dict.fromkeys(part for text in texts if text for part in split_records(text)))


class _Parts:
    """The values of cells that are not plain: parted and looked at, each different part once."""

    def __init__(self, batch: Batch, each: Field) -> None:
        self._batch = batch
        self._field = each
        self._parse = _parser(batch, each, "")
        self._known: dict[str, Values | SfaError | None] = {}

    def values(self, place: int, text: str, seen: list[str]) -> Iterator[Values]:
        """Yield the stored values of a cell but for those ``seen`` in its row; note the bad ones."""
        for part in split_values(self._field, text):
            if part in seen:
                continue
            seen.append(part)
            value = self._value(part)
            if isinstance(value, SfaError):
                self._batch.reject(place, value)
            elif value is not None:
                yield value

    def _value(self, part: str) -> Values | SfaError | None:
        if part not in self._known:
            try:
                self._known[part] = tuple(self._parse(part).values())
            except InvalidInput as error:
                self._known[part] = None if part.casefold() in NOTHING else error
        return self._known[part]


_CHILD_COLUMNS = {
    "phone": ("value", "digits"),
    "deal_line": ("product_id", "position"),
    "activity_attendee": ("contact_id", "user_id", "name"),
}


def child_set(each: Field, noun: Noun) -> ChildSet:
    """Return the empty set of a multi-valued field's child rows."""
    fixed = {"noun": noun.table} if each.owner_column == "record_id" else {}
    columns = _CHILD_COLUMNS.get(each.table, (each.column,))
    return ChildSet(each.table, each.owner_column, columns, [], fixed, counted=each.name)


def _names(batch: Batch, by_target: dict[str, list[str]]) -> None:
    """Put a person's name together from its two columns, the Chinese way round where it is Chinese."""
    first, last = by_target.get(FIRST, []), by_target.get(LAST, [])
    if not first and not last:
        return
    blank = [""] * len(batch.rows)
    firsts = batch.cells[first[0]] if first else blank
    lasts = batch.cells[last[0]] if last else blank
    whole = [whole_name(one.strip(), two.strip()) for one, two in zip(firsts, lasts, strict=True)]
    each = batch.context.fields["name"]
    given = batch.wanted.columns.get("name", [None] * len(whole))
    stored = parsed(batch, whole, _parser(batch, each, ""))
    batch.wanted.columns["name"] = [
        have if have is not None else value and value["name"]
        for have, value in zip(given, stored, strict=True)
    ]


def whole_name(first: str, last: str) -> str:
    """Return a person's name, the last name first where it is Chinese."""
    if first and last and not (first + last).isascii() and "\u3400" <= last[0] <= "\u9fff":
        return last + first
    return f"{first} {last}".strip()


def _addresses(batch: Batch, by_target: dict[str, list[str]]) -> None:
    columns = {
        part: by_target[f"address.{part}"][0] for part in ADDRESS_PARTS if f"address.{part}" in by_target
    }
    if not columns:
        return
    each = batch.context.fields["addresses"]
    children = ChildSet("address", each.owner_column, ADDRESS_PARTS)
    texts = [
        batch.cells[columns[part]] if part in columns else [""] * len(batch.rows) for part in ADDRESS_PARTS
    ]
    known: dict[tuple[str, ...], Values | InvalidInput | None] = {}
    for place, row in enumerate(zip(*texts, strict=True)):
        if row not in known:
            known[row] = _address(row, each)
        value = known[row]
        if isinstance(value, InvalidInput):
            batch.reject(place, value)
        elif value is not None:
            children.entries.append((place, "address", value))
    batch.wanted.children.append(children)


def _address(row: tuple[str, ...], each: Field) -> Values | InvalidInput | None:
    """Return the stored parts of an address, why it is none, or ``None`` when nothing is said."""
    plain = [" ".join(part.split()) for part in row]
    if not any(plain):
        return None
    plain[0] = plain[0] or _one_line(plain)
    if len(plain[0]) > 500 or any(len(part) > 200 for part in plain[1:]) or len(plain[5]) > 20:
        return InvalidInput(each.label, msg("the address is too long."))
    if not "".join(plain).isprintable():
        return InvalidInput(each.label, msg("the text holds control characters."))
    return tuple(part or None for part in plain)


def _one_line(parts: list[str]) -> str:
    """Return an address's parts as one line: the large first in Chinese, the small first elsewhere."""
    _, country, region, city, district, postcode = parts
    if not "".join(parts).isascii():
        return "".join(part for part in (country, region, city, district) if part) or postcode
    return ", ".join(part for part in (district, city, region, postcode, country) if part)
