"""A small store for reports, filled row by row through the standard library."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlmodel import create_engine

from sfa import ids
from sfa.models.schema import TABLES
from sfa.store import standing

# What a store keeps besides its records: the log, its own state, what it remembers of syncs.
_FIRST = import_module("sfa.store.migrations.versions.0001_first")
_SYNC = import_module("sfa.store.migrations.versions.0005_sync")
STAMP = "2026-01-01T00:00:00.000Z"
STAGES = (
    ("Prospecting", "open", 10, "pipeline"),
    ("Engaging", "open", 50, "best-case"),
    ("Won", "won", 100, "closed"),
    ("Lost", "lost", 0, "omitted"),
)


@dataclass
class Ledger:
    """Inserts rows with only the interesting columns given; ids are readable words."""

    connection: sqlite3.Connection
    count: int = 0
    stages: dict[str, str] = field(default_factory=dict)

    def add(self, table: str, **values: Any) -> str:
        """Insert a row and return its id."""
        self.count += 1
        columns = {row[1] for row in self.connection.execute(f"PRAGMA table_info({table})")}
        row: dict[str, Any] = {
            "id": f"{table}-{self.count:06d}",
            "version": 1,
            "created_at": STAMP,
            "updated_at": STAMP,
            **values,
        }
        if "ref" in columns:
            row.setdefault("ref", ids.ref_of(ids.shared_id(table, str(self.count))))
        names = ", ".join(row)
        self.connection.execute(
            f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
        )
        return str(row["id"])

    def setting(self, key: str, value: object) -> None:
        """Settle something for the organisation."""
        self.add("setting", key=key, value=json.dumps(value))

    def deal(self, name: str, *events: dict[str, Any], **values: Any) -> str:
        """Add a deal with its events; its own row is the latest of them, as the services leave it."""
        last = max(events, key=lambda event: (event["on"], event.get("recorded", "")))
        pipeline = self.connection.execute(
            "SELECT pipeline_id FROM stage WHERE id = ?", (self.stages[last["stage"]],)
        ).fetchone()[0]
        closed = [event["on"] for event in events if event["stage"] == last["stage"]]
        deal = self.add(
            "deal",
            name=name,
            pipeline_id=pipeline,
            closed_on=min(closed) if last["stage"] in {"Won", "Lost"} else None,
            **self._tuple(last),
            **values,
        )
        for event in events:
            self.event(deal, **event)
        return deal

    def event(self, deal: str, on: str, stage: str, recorded: str = "", **rest: Any) -> str:
        """Add an event to a deal."""
        values = self._tuple({"stage": stage, **rest})
        return self.add(
            "deal_event",
            deal_id=deal,
            effective_on=on,
            recorded_at=recorded or f"{on}T08:00:00.000Z",
            **values,
        )

    def _tuple(self, event: dict[str, Any]) -> dict[str, Any]:
        name, _, pct, category = next(stage for stage in STAGES if stage[0] == event["stage"])
        amount = event.get("amount")
        return {
            "stage_id": self.stages[name],
            "amount_minor": amount,
            "currency": event.get("currency", "USD") if amount is not None else None,
            "close_on": event.get("close_on"),
            "probability_pct": event.get("pct", pct),
            "category": event.get("category", category),
            "owner_id": event.get("owner"),
            "team_id": event.get("team"),
        }


def make_template(path: Path) -> Path:
    """Make a store with its tables alone, to be copied by every test."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        TABLES[0].metadata.create_all(connection)
        for statement in (*_FIRST.LOG, *_SYNC.LOCAL):
            connection.exec_driver_sql(statement)
        for trigger in standing.TRIGGERS.values():
            connection.exec_driver_sql(trigger)
    engine.dispose()
    return path


def open_ledger(path: Path | str) -> Ledger:
    """Open a copy of the template and give it one pipeline of four stages."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    ledger = Ledger(connection)
    pipeline = ledger.add("pipeline", name="Standard", is_default=1)
    for position, (name, kind, pct, category) in enumerate(STAGES):
        ledger.stages[name] = ledger.add(
            "stage",
            pipeline_id=pipeline,
            name=name,
            position=position,
            kind=kind,
            probability_pct=pct,
            category=category,
        )
    return ledger
