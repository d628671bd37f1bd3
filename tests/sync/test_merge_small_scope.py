"""Three people, one field, two edits each, in every order: nothing is lost, nothing is raised twice.

What each of them knew when writing is kept beside the log, as a set: the rules go by the base alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from sfa.sync.merged import MergeOp
from sfa.terms import OpKind
from tests.sync.merging import ROW, Log, made

ACTORS = "abc"


@dataclass
class Person:
    """A device with one shown value: who wrote it, what its user knows, and what is unsent."""

    name: str
    shown: tuple[str, str] = ("old", "made")
    knows: frozenset[str] = frozenset({"made"})
    unsent: list[MergeOp] = field(default_factory=list)
    edits: int = 0


@dataclass
class World:
    log: Log
    people: dict[str, Person]
    skew: dict[str, int]
    is_same_word: bool
    knew: dict[str, frozenset[str]] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    moment: int = 10

    def edit(self, person: Person) -> None:
        person.edits += 1
        self.moment += 1
        op_id = f"{person.name}{person.edits}"
        value = f"word{person.edits}" if self.is_same_word else op_id
        reading = (self.moment + self.skew[person.name]) << 16
        previous, base = person.shown
        changes = {"name": [value, previous, base]}
        person.unsent.append(
            MergeOp(op_id, "product", ROW, OpKind.UPDATE, reading, reading, person.name, person.name, changes)
        )
        self.knew[op_id], self.bases[op_id] = person.knows, base
        person.shown, person.knows = (value, op_id), person.knows | {op_id}

    def sync(self, person: Person) -> None:
        for op in person.unsent:
            self.push(op)
        person.unsent.clear()
        self.log.listen(person.name)
        row = self.log.rows["product", ROW]
        person.shown = (str(row.values["name"]), str(row.writer("name")))
        person.knows |= frozenset(self.log.ops)

    def push(self, op: MergeOp) -> None:
        """Merge, and hold the outcome against what the author really knew."""
        row = self.log.rows["product", ROW]
        present, writer = row.values["name"], str(row.writer("name"))
        assert op.changes is not None
        value = op.changes["name"][0]
        merged = self.log.merge(op)
        if writer in self.knew[op.op_id]:
            assert merged.took == ("name",)
            assert not merged.conflicts
            return
        wins = op.rank > self.log.ops[writer].rank
        assert (merged.took == ("name",)) is wins
        assert self.log.rows["product", ROW].values["name"] == (value if wins else present)
        assert len(merged.conflicts) == (value != present)
        for raised in merged.conflicts:
            kept, lost = ((op.op_id, value), (writer, present))[:: 1 if wins else -1]
            assert (raised.kept.op_id, raised.kept.values["name"]) == kept
            assert (raised.lost.op_id, raised.lost.values["name"]) == lost
            assert raised.lost.clock == self.log.ops[raised.lost.op_id].clock
            assert raised.lost.author == self.log.ops[raised.lost.op_id].author


def orders(left: dict[str, str]) -> Iterator[str]:
    """Yield every interleaving of the actors' steps as text: ``aE`` is actor a's edit."""
    if not any(left.values()):
        yield ""
    for actor, steps in left.items():
        if steps:
            for rest in orders({**left, actor: steps[1:]}):
                yield actor + steps[0] + rest


def played(order: str, skew: dict[str, int], *, is_same_word: bool) -> World:
    world = World(Log(), {name: Person(name) for name in ACTORS}, skew, is_same_word)
    made(world.log, "product", {"name": "old"}, "z")
    world.log.listen(*ACTORS)
    for actor, step in zip(order[::2], order[1::2], strict=True):
        person = world.people[actor]
        if step == "E":
            world.edit(person)
        else:
            world.sync(person)
    for _ in range(2):
        for person in world.people.values():
            world.sync(person)
    return world


def check(world: World) -> None:
    log = world.log
    row = log.rows["product", ROW]
    assert {person.shown for person in world.people.values()} == {(row.values["name"], row.writer("name"))}
    sides = {side.op_id for each in log.conflicts.values() for side in (each.kept, each.lost)}
    answered = sides | set(world.bases.values()) | {row.writer("name")}
    words = {_word(log, op_id) for op_id in answered}
    assert all(_word(log, op_id) in words for op_id in world.bases)
    pairs = [frozenset((each.kept.op_id, each.lost.op_id)) for each in log.conflicts.values()]
    assert len(pairs) == len(set(pairs))


def _word(log: Log, op_id: str | None) -> object:
    """Return what an op wrote: of two that wrote the same word, one is enough."""
    changes = log.ops[str(op_id)].changes
    return changes and changes["name"][0]


SKEWS = {
    "right": {"a": 0, "b": 0, "c": 0},
    "ahead and behind": {"a": 1_000, "b": 0, "c": -5},
}


@pytest.mark.parametrize("is_same_word", [False, True], ids=["words differ", "same words"])
@pytest.mark.parametrize("skew", SKEWS.values(), ids=SKEWS)
@pytest.mark.parametrize("steps", ["EES", "ESE"])
def test_no_order_of_edits_and_syncs_loses_a_word_or_raises_it_twice(
    steps: str, skew: dict[str, int], is_same_word: bool
) -> None:
    assert played_in_every_order(steps, skew, is_same_word=is_same_word) == 1_680


@pytest.mark.slow
def test_no_order_of_two_edits_with_a_sync_after_each_loses_a_word_or_raises_it_twice() -> None:
    assert played_in_every_order("ESES", SKEWS["ahead and behind"], is_same_word=False) == 34_650


def played_in_every_order(steps: str, skew: dict[str, int], *, is_same_word: bool) -> int:
    count = 0
    for order in orders(dict.fromkeys(ACTORS, steps)):
        check(played(order, skew, is_same_word=is_same_word))
        count += 1
    return count
