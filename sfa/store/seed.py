"""What a new store holds: its device, one local user, the organisation's first settings and stages.

The rows that every store makes for itself have the same ids everywhere, so that a
later first login does not double them.
"""

from __future__ import annotations

import getpass
import json
import os
import uuid
from collections.abc import Iterator

from sfa import clock, ids
from sfa.errors import msg
from sfa.i18n import language, language_of_environment, tr
from sfa.store.change import begin, commit, insert
from sfa.store.connection import StoreConnection
from sfa.terms import ChangeKind, ForecastCategory, StageKind

DEFAULT_PIPELINE = ids.shared_id("pipeline", "standard")

# (English name, kind, probability, category). Names are translated once, when the store is made.
_STAGES = (
    (msg("Prospecting"), StageKind.OPEN, 10, ForecastCategory.PIPELINE),
    (msg("Qualification"), StageKind.OPEN, 20, ForecastCategory.PIPELINE),
    (msg("Proposal"), StageKind.OPEN, 50, ForecastCategory.BEST_CASE),
    (msg("Negotiation"), StageKind.OPEN, 80, ForecastCategory.COMMIT),
    (msg("Won"), StageKind.WON, 100, ForecastCategory.CLOSED),
    (msg("Lost"), StageKind.LOST, 0, ForecastCategory.OMITTED),
)


def seed(connection: StoreConnection) -> None:
    """Fill a new store in one transaction that undo does not offer."""
    device = str(uuid.uuid4())
    user = ids.uuid7(clock.wall_ms())
    begin(connection, actor=user)
    try:
        _local(connection, device, user)
        insert(connection, "user", {"id": user, "name": _user_name(), "role": "rep"})
        for table, values in organisation_rows():
            insert(connection, table, values)
        commit(connection, name=msg("Set up the store"), kind=ChangeKind.SYSTEM)
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.capture.end()
        raise


def _local(connection: StoreConnection, device: str, user: str) -> None:
    connection.executemany(
        "INSERT INTO local_state (key, value) VALUES (?, ?)", [("device_id", device), ("user_id", user)]
    )


def _user_name() -> str:
    try:
        return os.environ.get("SFA_USER") or getpass.getuser()
    except (KeyError, OSError):
        return "me"


def _settings() -> dict[str, object]:
    chinese = (language_of_environment() or language()) == "zh_CN"
    return {
        "organisation_id": str(uuid.uuid4()),
        "currency": "CNY" if chinese else "USD",
        "fiscal_year_start_month": 1,
        "stale_days": 30,
        "default_pipeline": DEFAULT_PIPELINE,
    }


def organisation_rows() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield table and values of what an organisation begins with; a store and a centre make the same rows."""
    for key, value in _settings().items():
        yield "setting", {"id": ids.shared_id("setting", key), "key": key, "value": json.dumps(value)}
    yield "pipeline", {"id": DEFAULT_PIPELINE, "name": tr(msg("Standard")), "is_default": 1}
    for position, (name, kind, probability, category) in enumerate(_STAGES):
        yield (
            "stage",
            {
                "id": ids.shared_id("stage", "standard", str(name)),
                "pipeline_id": DEFAULT_PIPELINE,
                "name": tr(name),
                "position": position,
                "kind": kind.value,
                "probability_pct": probability,
                "category": category.value,
            },
        )
