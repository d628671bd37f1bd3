"""Conflicts and proposals as the centre would write them, with the one interesting value in sight."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sfa.errors import msg
from sfa.store import change
from sfa.store.perform import changing
from sfa.terms import ChangeKind
from tests.services.acting import rows
from tests.store.rows import new_id

EARLIER = "2026-11-10T09:00:00.000Z"
LATER = "2026-11-11T09:00:00.000Z"


def me(home: Path) -> str:
    """Return the user of the store."""
    return str(rows(home, "SELECT value FROM local_state WHERE key = 'user_id'")[0]["value"])


def as_centre(home: Path, table: str, **values: object) -> str:
    """Insert a row that no undo of the user takes back; return its id."""
    with changing(home, name=msg("Merge"), kind=ChangeKind.SYSTEM) as found:
        return change.insert(found.connection, table, {"id": new_id(), **values})


def conflict(
    home: Path,
    table: str,
    row_id: str,
    *,
    kept: Mapping[str, Any],
    lost: Mapping[str, Any],
    base: Mapping[str, Any] | None = None,
    kind: str = "overwrite",
    unit: str = "",
    kept_by: str | None = None,
    lost_by: str | None = None,
) -> str:
    """Raise a conflict whose winner is in the row."""
    return as_centre(
        home,
        "conflict",
        kind=kind,
        on_table=table,
        on_id=row_id,
        unit=unit or next(iter(kept)),
        kept_op=new_id(),
        lost_op=new_id(),
        kept=json.dumps(dict(kept)),
        lost=json.dumps(dict(lost)),
        base=json.dumps(dict(base or {})),
        kept_author_id=kept_by,
        lost_author_id=lost_by,
        kept_at=LATER,
        lost_at=EARLIER,
    )


def op(table: str, row_id: str, made: str = "update", /, **changes: list[Any]) -> dict[str, Any]:
    """Return an op as a proposal holds it: column to [new] or [new, previous, base]."""
    return {"table": table, "id": row_id, "kind": made, "changes": changes}


def proposal(
    home: Path,
    *ops: Mapping[str, Any],
    author: str | None,
    recipient: str | None,
    kind: str = "guarded",
    name: str = "Edit {noun} {label}",
    arguments: Mapping[str, Any] | None = None,
) -> str:
    """Propose a transaction; its first op is what it is about."""
    return as_centre(
        home,
        "proposal",
        kind=kind,
        on_table=ops[0]["table"],
        on_id=ops[0]["id"],
        tx_id=new_id(),
        name=name,
        arguments=json.dumps(dict(arguments or {"noun": "deal", "label": "Pumps"})),
        ops=json.dumps(list(ops)),
        author_id=author,
        recipient_id=recipient,
        made_at=EARLIER,
    )
