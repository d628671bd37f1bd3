"""The company of the simulations: who is above whom, and what a new centre holds."""

from __future__ import annotations

import functools
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from sfa import ids
from sfa.store.seed import DEFAULT_PIPELINE
from sfa.sync.protocol import Value
from tests.simulation.centre.model import ModelCentre
from tests.simulation.centre.shapes import Shapes, ddl_of

ORGANISATION = "0a000000-0000-4000-8000-000000000000"


def person(number: int) -> str:
    """Return a user's id."""
    return f"0b000000-0000-7000-8000-{number:012x}"


ADMIN, HEAD, MANAGER, OTHER_MANAGER, ANN, BOB, CAT, READER = (person(number) for number in range(1, 9))
EAST, WEST = (f"0c000000-0000-7000-8000-{number:012x}" for number in (1, 2))
PRODUCT = "0d000000-0000-7000-8000-000000000001"
PRICE = 100_000_000  # of the product, in millionths
COST = "0d000000-0000-7000-8000-000000000002"

# Ann and Bob report to the manager of the east, Cat to that of the west, both managers to the head of sales.
PEOPLE = (
    (ADMIN, "Ada", "admin", None, None),
    (HEAD, "Hal", "manager", None, None),
    (MANAGER, "Mia", "manager", EAST, HEAD),
    (OTHER_MANAGER, "Moe", "manager", WEST, HEAD),
    (ANN, "Ann", "rep", EAST, MANAGER),
    (BOB, "Bob", "rep", EAST, MANAGER),
    (CAT, "Cat", "rep", WEST, OTHER_MANAGER),
    (READER, "Ray", "read-only", EAST, MANAGER),
)
REPS = (ANN, BOB, CAT)
STAGES = (
    ("Prospecting", "open", 10, "pipeline"),
    ("Qualification", "open", 20, "pipeline"),
    ("Proposal", "open", 50, "best-case"),
    ("Negotiation", "open", 80, "commit"),
    ("Won", "won", 100, "closed"),
    ("Lost", "lost", 0, "omitted"),
)
FIRST_STAGE, WON = (ids.shared_id("stage", "standard", name) for name in ("Prospecting", "Won"))


def rows() -> Iterator[tuple[str, str, Mapping[str, Value]]]:
    """Yield what a new centre holds, parents before children."""
    limits = (("approval_rep_discount", 50_000), ("approval_manager_discount", 300_000))
    for key, value in (
        ("organisation_id", ORGANISATION), ("currency", "CNY"), ("stale_days", 30), *limits,
    ):  # fmt: skip
        yield "setting", ids.shared_id("setting", key), {"key": key, "value": json.dumps(value)}
    for team, name in ((EAST, "East"), (WEST, "West")):
        yield "team", team, {"name": name}
    for user, name, role, team_id, manager in PEOPLE:
        yield (
            "user",
            user,
            {"name": name, "role": role, "team_id": team_id, "manager_id": manager, "is_active": 1},
        )
    yield "pipeline", DEFAULT_PIPELINE, {"name": "Standard", "is_default": 1}
    for position, (name, kind, probability, category) in enumerate(STAGES):
        stage: dict[str, Value] = {
            "pipeline_id": DEFAULT_PIPELINE,
            "name": name,
            "position": position,
            "kind": kind,
        }
        found = ids.shared_id("stage", "standard", name)
        yield "stage", found, {**stage, "probability_pct": probability, "category": category}
    own: dict[str, Value] = {"unit_price_micros": PRICE, "currency": "CNY"}
    yield "product", PRODUCT, {"name": "Pump", "status": "active", **own}
    yield "product_cost", COST, {"product_id": PRODUCT, "unit_cost_micros": 5, "currency": "CNY"}


@functools.cache
def shapes(store: Path) -> Shapes:
    """Return the shapes of a store's tables."""
    with closing(sqlite3.connect(store)) as connection:
        return Shapes(ddl_of(connection))


def founded(store: Path, now_ms: Callable[[], int]) -> ModelCentre:
    """Return a centre with the company in it, everybody signed in."""
    centre = ModelCentre(ORGANISATION, shapes(store), now_ms=now_ms)
    centre.set_up(rows())
    for user, *_ in PEOPLE:
        centre.allow(user)
    return centre
