"""The records a file's rows refer to: found, or made where the mapping lets the import make them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from sfa.errors import InvalidInput, SfaError, msg
from sfa.fields import Field, Kind
from sfa.fields import noun as noun_of
from sfa.interchange.mapping import Creation
from sfa.interchange.reach import COMMA
from sfa.interchange.values import parse_value, split_values
from sfa.services.imports.columns import NOTHING, Batch, child_set, whole_name
from sfa.services.imports.links import Found, resolve, unknown
from sfa.services.imports.record_ids import record_ids
from sfa.services.imports.records import ChildSet, RecordSet


@dataclass(slots=True)
class Making:
    """Records of one noun that an import makes because rows name them; text -> id, text -> first row."""

    target: str
    creation: Creation
    ids: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Links:
    """What the texts of a file mean, by noun, and what is to be made, by noun."""

    known: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    makings: dict[str, Making] = field(default_factory=dict)


def settle(connection: sqlite3.Connection, batch: Batch, *, skip: Iterable[str] = ()) -> Links:
    """Turn the texts that name records into ids, in the batch's columns and children.

    Links that other makings draw on come first: a team before the manager made in it.
    """
    links = Links()
    names = [name for name in batch.links if name not in set(skip)]
    for name in sorted(names, key=lambda name: _draws_on_others(batch, name)):
        _settle_field(connection, batch, links, batch.context.fields[name])
    return links


def _creation(batch: Batch, name: str) -> Creation | None:
    return batch.mapping.create.get(name)


def _draws_on_others(batch: Batch, name: str) -> bool:
    creation = _creation(batch, name)
    return creation is not None and bool(creation.columns)


def _settle_field(connection: sqlite3.Connection, batch: Batch, links: Links, each: Field) -> None:
    many = each.kind is Kind.MANY
    if many:
        _split_at_commas(connection, batch, each)
    cells = batch.links[each.name]
    places: dict[str, list[int]] = defaultdict(list)
    for place, cell in enumerate(cells):
        for text in cell.split("\n") if many else (cell,):
            if text:
                places[text].append(place)
    found = _find(connection, batch, each, places)
    if each.table != "activity_attendee":
        _make(batch, links, each, found, places)
        _refuse(batch, each, found, places)
    links.known[each.target].update(found.ids)
    if many:
        _children(connection, batch, each, found, cells)
    else:
        batch.wanted.columns[each.column] = [found.ids.get(text) for text in cells]


def _split_at_commas(connection: sqlite3.Connection, batch: Batch, each: Field) -> None:
    """Part texts at their commas where the whole names nothing: "Acme, Inc." is one, "Pump, Valve" two."""
    cells = batch.links[each.name]
    whole = {text for cell in cells for text in cell.split("\n") if COMMA.search(text)}
    if not whole:
        return
    known = _find(connection, batch, each, whole).ids
    pieces = {
        text: [part.strip() for part in COMMA.split(text) if part.strip()] for text in whole - known.keys()
    }
    named = _find(connection, batch, each, chain.from_iterable(pieces.values())).ids
    parted = {
        text: "\n".join(parts) for text, parts in pieces.items() if all(part in named for part in parts)
    }
    batch.links[each.name] = [
        "\n".join(dict.fromkeys(parted.get(text, text) for text in cell.split("\n"))) for cell in cells
    ]


def _find(connection: sqlite3.Connection, batch: Batch, each: Field, texts: Iterable[str]) -> Found:
    own = own_names(batch) if each.target == batch.noun.name else None
    # A text that may name a record to be made is no reference: "11000" is a key, not the front of one.
    made = each.name in batch.mapping.create
    source = batch.mapping.source
    return resolve(connection, each.target, texts, source=source, label=each.label, own=own, by_ref=not made)


def own_names(batch: Batch) -> dict[str, list[str]]:
    """Return folded name -> ids of the file's own rows; a key hides the names that are equal to it."""
    found: dict[str, list[str]] = defaultdict(list)
    title = batch.noun.title[0]
    for row_id, name in zip(batch.wanted.ids, batch.column(title), strict=True):
        if isinstance(name, str) and row_id not in found[name.casefold()]:
            found[name.casefold()].append(row_id)
    for row_id, key in zip(batch.wanted.ids, batch.keys, strict=True):
        found[key.casefold()] = [row_id]
    return found


def _make(batch: Batch, links: Links, each: Field, found: Found, places: Mapping[str, list[int]]) -> None:
    creation = _creation(batch, each.name)
    if creation is None:
        return
    making = links.makings.setdefault(each.target, Making(each.target, creation))
    texts = sorted(text for text in found.unknown if text.casefold() not in NOTHING)
    made = record_ids(batch.context.organisation, batch.mapping.source, each.target, texts)
    for text, row_id in zip(texts, made, strict=True):
        found.ids[text] = making.ids.setdefault(text, row_id)
        making.places.setdefault(text, places[text][0])
        found.unknown.discard(text)


def _refuse(batch: Batch, each: Field, found: Found, places: Mapping[str, list[int]]) -> None:
    problems: dict[str, SfaError] = dict(found.problems)
    for text in found.unknown:
        if text.casefold() not in NOTHING:
            problems[text] = unknown(each.target, text, each.label)
    for text, problem in problems.items():
        for place in places[text]:
            batch.reject(place, problem)


def _children(
    connection: sqlite3.Connection, batch: Batch, each: Field, found: Found, cells: list[str]
) -> None:
    children = next(
        one for one in batch.wanted.children if one.table == each.table and one.counted == each.name
    )
    users = _colleagues(connection, batch, each, found)
    for place, cell in enumerate(cells):
        texts = [text for text in cell.split("\n") if text]
        for number, text in enumerate(texts):
            row_id = found.ids.get(text)
            if each.table == "activity_attendee":
                user = users.get(text) if row_id is None else None
                name = text if row_id is None and user is None else None
                children.entries.append((place, f"{each.name}/{number}", (row_id, user, name)))
            elif row_id is not None:
                values = (row_id, number + 1) if each.table == "deal_line" else (row_id,)
                children.entries.append((place, f"{each.name}/{number}", values))


def _colleagues(connection: sqlite3.Connection, batch: Batch, each: Field, found: Found) -> dict[str, str]:
    if each.table != "activity_attendee" or not found.unknown:
        return {}
    return resolve(connection, "user", found.unknown, source=batch.mapping.source, label=each.label).ids


def made_records(connection: sqlite3.Connection, batch: Batch, links: Links) -> list[RecordSet]:
    """Return the records to make, of those that accepted rows refer to."""
    if not links.makings:
        return []
    used = _used(batch)
    sets = []
    # Those that draw on others come first, so that what they draw on counts as used.
    for making in sorted(links.makings.values(), key=lambda making: not making.creation.columns):
        texts = [text for text, row_id in making.ids.items() if row_id in used]
        if texts:
            made = _made(connection, batch, links, making, texts)
            used.update(value for values in made.columns.values() for value in values)
            sets.append(made)
    order = {"team": 0, "user": 1, "account": 2}
    return sorted(sets, key=lambda made: order.get(made.table, 3))


def _used(batch: Batch) -> set[object]:
    used: set[object] = set()
    for name in batch.links:
        values = batch.column(batch.context.fields[name].column)
        used.update(value for place, value in enumerate(values) if place not in batch.problems)
    for children in batch.wanted.children:
        used.update(
            value for place, _, values in children.entries for value in values if place not in batch.problems
        )
    return used


def _made(
    connection: sqlite3.Connection, batch: Batch, links: Links, making: Making, texts: list[str]
) -> RecordSet:
    noun = noun_of(making.target)
    made = RecordSet(
        noun.table, batch.mapping.source, [making.ids[text] for text in texts], {noun.title[0]: list(texts)}
    )
    for name, text in making.creation.fixed.items():
        each = noun.field(name)
        if each is not None and each.kind is Kind.LINK:
            made.defaults[each.column] = find_one(connection, batch, each, text)
        elif each is not None:
            made.defaults.update(
                parse_value(each, text, today=batch.context.today, currency=batch.context.currency)
            )
    for name, column in making.creation.columns.items():
        each = noun.field(name)
        if each is not None:
            cells = [batch.cells[column][making.places[text]].strip() for text in texts]
            made.columns[each.column] = _made_column(connection, batch, links, each, cells)
    if making.creation.name:
        places = [making.places[text] for text in texts]
        parts = [[batch.cells[column][place].strip() for place in places] for column in making.creation.name]
        names = [whole_name(first, last) or text for first, last, text in zip(*parts, texts, strict=True)]
        made.columns[noun.title[0]] = list(names)
    if noun.owned:
        made.defaults.update(
            owner_id=batch.context.actor, team_id=batch.context.teams.get(batch.context.actor)
        )
    entries = [(place, "external_id", (text,)) for place, text in enumerate(texts)]
    made.children.append(external_ids(noun.table, batch.mapping.source, entries))
    return made


def _made_column(
    connection: sqlite3.Connection, batch: Batch, links: Links, each: Field, cells: list[str]
) -> list[object]:
    if each.kind is Kind.LINK:
        known = links.known[each.target]
        missing = {cell for cell in cells if cell not in known}
        known.update(
            resolve(connection, each.target, missing, source=batch.mapping.source, label=each.label).ids
        )
        return [known.get(cell) for cell in cells]
    today, currency = batch.context.today, batch.context.currency
    return [
        parse_value(each, cell, today=today, currency=currency)[each.column] if cell else None
        for cell in cells
    ]


def external_ids(table: str, source: str, entries: list[tuple[int, str, tuple[str]]]) -> ChildSet:
    """Return the rows that hold the records' keys in the other system."""
    return ChildSet(
        "external_id", "record_id", ("key",), list(entries), {"noun": table, "source": source}, single=True
    )


def refuse_circles(connection: sqlite3.Connection, batch: Batch, column: str) -> None:
    """Reject rows that are above themselves, and rows below a rejected one that is not in the store.

    ``column`` is the link to a record of the same kind: a parent, a manager.
    """
    above = {
        row_id: parent
        for row_id, parent in zip(batch.wanted.ids, batch.column(column), strict=True)
        if parent
    }
    place_of = {row_id: place for place, row_id in enumerate(batch.wanted.ids)}
    each = next(one for one in batch.noun.fields if one.column == column)
    for row_id in above:
        if _circular(connection, batch, column, row_id, above):
            batch.reject(place_of[row_id], InvalidInput(each.label, msg("it would be above itself.")))
    lost = {batch.wanted.ids[place] for place in batch.problems} - _live(connection, batch)
    seen = set(lost)
    while lost:
        below = {row_id for row_id, parent in above.items() if parent in lost} - seen
        for row_id in below:
            problem = InvalidInput(each.label, msg("the row it refers to was rejected."))
            batch.reject(place_of[row_id], problem)
        lost = below
        seen |= below


def _circular(
    connection: sqlite3.Connection, batch: Batch, column: str, row_id: str, above: Mapping[str, object]
) -> bool:
    seen = {row_id}
    current: object = above[row_id]
    while current is not None:
        if current in seen:
            return current == row_id
        seen.add(str(current))
        if current in above:
            current = above[str(current)]
            continue
        row = connection.execute(
            f"SELECT {column} FROM {batch.noun.table} WHERE id = ?", (current,)
        ).fetchone()
        current = row[0] if row else None
    return False


def _live(connection: sqlite3.Connection, batch: Batch) -> set[str]:
    rows = connection.execute(f"SELECT id FROM {batch.noun.table} WHERE deleted_at IS NULL")
    return {row[0] for row in rows}


def find_one(connection: sqlite3.Connection, batch: Batch, each: Field, text: str) -> str:
    """Return the record that a default of the mapping names.

    Raises:
        InvalidInput: it names none, or several.
    """
    found = resolve(connection, each.target, [text], source=batch.mapping.source, label=each.label)
    if text in found.ids:
        return found.ids[text]
    raise found.problems.get(text) or unknown(each.target, text, each.label)


def default_children(batch: Batch, each: Field, text: str) -> None:
    """Give new records the children that a default of the mapping names, tags above all."""
    today, currency = batch.context.today, batch.context.currency
    parts = split_values(each, text) if each.kind is Kind.MANY else [text]
    values = [tuple(parse_value(each, part, today=today, currency=currency).values()) for part in parts]
    if each.kind is Kind.MANY:
        children = child_set(each, batch.noun)
    else:
        fixed = {"field_id": each.custom_id}
        children = ChildSet("custom_value", each.owner_column, ("value",), fixed=fixed, single=True)
    children.on_create = True
    children.counted = ""
    children.entries = [
        (place, f"default/{each.name}/{number}", value)
        for place in range(len(batch.rows))
        for number, value in enumerate(values)
    ]
    batch.wanted.children.append(children)
