"""Saved views of lists: a filter, an order and columns under a name, one's own or everybody's.

One's own lie in the settings file (``sfa.config``), those for everybody are settings of the
organisation, a row each. A name of one's own hides the one of everybody.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sfa import config
from sfa.errors import InvalidInput, NotFound, msg
from sfa.fields import noun as noun_of
from sfa.finding import folding

LONGEST = 60
_KEY = "view."


class View(NamedTuple):
    """How a noun's list is looked at; columns with their widths, 0 for whatever fits."""

    noun: str
    name: str
    where: str = ""
    sort: str = ""
    columns: tuple[tuple[str, int], ...] = ()
    is_shared: bool = False

    def body(self) -> dict[str, Any]:
        """Return what is kept of it beside noun and name; what is empty is left out."""
        columns = [f"{name}:{width}" if width else name for name, width in self.columns]
        found = {"where": self.where, "sort": self.sort, "columns": columns}
        return {name: value for name, value in found.items() if value}


def key_of(noun: str, name: str) -> str:
    """Return the key of the setting that keeps a view for everybody."""
    return f"{_KEY}{noun}.{name}"


def views_of(connection: sqlite3.Connection, noun: str, home: Path) -> list[View]:
    """Return the views of a noun's list by name: one's own, and those for everybody.

    Raises:
        BadUsage: the settings file cannot be read.
    """
    found = {view.name: view for view in shared_views(connection, noun)}
    found |= {view.name: view for view in own_views(noun, home)}
    return sorted(found.values(), key=lambda view: folding.fold(view.name))


def own_views(noun: str, home: Path) -> list[View]:
    """Return one's own views of a noun's list.

    Raises:
        BadUsage: the settings file cannot be read.
    """
    return [_view(noun, name, body, is_shared=False) for name, body in config.views(noun, home).items()]


def shared_views(connection: sqlite3.Connection, noun: str) -> list[View]:
    """Return the views for everybody; of several with one name the last changed counts."""
    front = f"{_KEY}{noun}."
    rows = connection.execute(
        "SELECT key, value FROM setting WHERE key >= ? AND key < ? AND deleted_at IS NULL"
        " ORDER BY updated_at, id DESC",
        (front, f"{_KEY}{noun}/"),  # the sign after the full stop
    )
    found = {}
    for key, value in rows:
        name = key[len(front) :]
        found[name] = _view(noun, name, _read(value), is_shared=True)
    return list(found.values())


def _read(value: str) -> Mapping[str, Any]:
    try:
        found = json.loads(value)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _view(noun: str, name: str, body: Mapping[str, Any], *, is_shared: bool) -> View:
    words = body.get("columns", [])
    columns = [_column(str(word)) for word in words] if isinstance(words, list) else []
    return View(noun, name, str(body.get("where", "")), str(body.get("sort", "")), tuple(columns), is_shared)


def _column(word: str) -> tuple[str, int]:
    name, _, width = word.rpartition(":")
    return (name, int(width)) if name and width.isdecimal() else (word, 0)


def find_view(views: Sequence[View], noun: str, typed: str) -> View:
    """Return the view of a name, or the only one that begins so, whatever the case.

    Raises:
        NotFound: there is none.
    """
    exact = [view for view in views if view.name == typed]
    wanted = folding.fold(typed.strip())
    same = [view for view in views if folding.fold(view.name) == wanted]
    begun = [view for view in views if wanted and folding.fold(view.name).startswith(wanted)]
    for found in (exact, same, begun):
        if len(found) == 1:
            return found[0]
    known = ", ".join(view.name for view in views)
    hint = msg("There are: {known}.") if known else msg("Save one: sfa view save {noun} NAME --where FILTER.")
    raise NotFound(
        msg("The {noun} list has no view {name!r}."),
        hint=hint,
        noun=noun_of(noun).label,
        name=typed,
        known=known,
    )


def named(typed: str) -> str:
    """Return a view's name as it is kept.

    Raises:
        InvalidInput: it is empty, too long, or has other signs than text.
    """
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST or not name.isprintable():
        raise InvalidInput("name", msg("give a name of at most {limit} characters"), limit=LONGEST)
    return name


def check(connection: sqlite3.Connection, view: View, *, today: date) -> None:
    """Refuse a view that cannot be shown.

    Raises:
        BadUsage: a field that is not there, or a filter that cannot be read.
        InvalidInput: a value in the filter that its field cannot hold.
    """
    from sfa.finding.custom import all_fields
    from sfa.finding.listing import columns_of, condition_of
    from sfa.finding.ordering import order_by

    entity, known = noun_of(view.noun), all_fields(connection, view.noun)
    condition_of(connection, entity, known, view.where, today)
    order_by(entity, known, view.sort)
    columns_of(entity, known, [name for name, _ in view.columns])
