"""Which records are marked, of any number: those picked, or all but those picked. No Textual."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping


class Marks:
    """Marked records by key, each with its id as soon as it is known.

    With ``everything`` the picked ones are the exceptions, so that marking a million
    costs nothing and inverting is one step.
    """

    def __init__(self) -> None:
        """Start with nothing marked."""
        self.everything = False
        self._picked: dict[int, str] = {}

    def __contains__(self, key: int) -> bool:
        return (key in self._picked) != self.everything

    def count(self, total: int) -> int:
        """Return how many of so many records are marked."""
        return max(0, total - len(self._picked)) if self.everything else len(self._picked)

    def __bool__(self) -> bool:
        return self.everything or bool(self._picked)

    def toggle(self, key: int, record_id: str) -> None:
        """Mark a record, or take its mark away."""
        if key in self._picked:
            del self._picked[key]
        else:
            self._picked[key] = record_id

    def mark(self, records: Iterable[tuple[int, str]]) -> None:
        """Mark records, marked ones again."""
        for key, record_id in records:
            if key not in self:
                self.toggle(key, record_id)

    def mark_all(self) -> None:
        """Mark all that the list holds, and what comes to it."""
        self.everything = True
        self._picked.clear()

    def invert(self) -> None:
        """Mark what is not marked, and the other way round."""
        self.everything = not self.everything

    def clear(self) -> None:
        """Take all marks away."""
        self.everything = False
        self._picked.clear()

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of the picked records: the marked ones, or with ``everything`` the exceptions."""
        return frozenset(record_id for record_id in self._picked.values() if record_id)

    @property
    def nameless(self) -> list[int]:
        """Return the keys whose ids are not known yet."""
        return [key for key, record_id in self._picked.items() if not record_id]

    def name(self, ids: Mapping[int, str]) -> None:
        """Take the ids of keys that were picked before their rows were loaded."""
        for key, record_id in ids.items():
            if key in self._picked:
                self._picked[key] = record_id

    def move(self, asked: Collection[str], keys: Mapping[str, int]) -> None:
        """Take the keys that the ids asked for have now; those that have none are gone."""
        self._picked = {
            keys.get(each, key): each
            for key, each in self._picked.items()
            if each not in asked or each in keys
        }
