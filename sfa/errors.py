"""The SfaError family: what went wrong, why, and what to do next.

Errors carry data. Their texts are message ids in English with ``{named}``
places; a front end translates and fills them (see ``sfa.i18n``). Nothing here
imports anything of ours, so every floor may raise them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Msg(str):
    """A text that the interface shows in the user's language; the English is its id."""

    __slots__ = ()


def msg(text: str) -> Msg:
    """Mark a text for translation without translating it here."""
    return Msg(text)


class SfaError(Exception):
    """Base of every error a user may cause or meet.

    ``what``, ``why`` and ``hint`` are message ids; ``data`` fills their places.
    A value that is itself a ``Msg`` is translated before it is filled in.
    """

    def __init__(self, what: Msg, *, why: Msg | None = None, hint: Msg | None = None, **data: object) -> None:
        """Keep the message ids and what fills them."""
        self.what = what
        self.why = why
        self.hint = hint
        self.data = data
        super().__init__(what)

    def __str__(self) -> str:
        """Say it in English, for logs and tracebacks."""
        parts = [part for part in (self.what, self.why, self.hint) if part]
        data = {
            key: value.format_map(self.data) if isinstance(value, Msg) and key == "reason" else value
            for key, value in self.data.items()
        }
        return " ".join(part.format_map(data) for part in parts)


class NotFound(SfaError):
    """A reference that names nothing, or something deleted."""


class Ambiguous(SfaError):
    """A reference that names several records; ``matches`` lists (ref, label)."""

    def __init__(
        self, what: Msg, *, matches: Sequence[tuple[str, str]], hint: Msg | None = None, **data: object
    ) -> None:
        """Keep the candidates so that a front end can list them."""
        super().__init__(what, hint=hint)
        self.data.update(data)
        self.matches = tuple(matches)


class InvalidInput(SfaError):
    """A value that cannot be taken: which field, and the reason."""

    def __init__(self, field: str, reason: Msg, *, hint: Msg | None = None, **data: object) -> None:
        """Name the field as the user knows it, and say what is wrong with its value."""
        super().__init__(msg("{field}: {reason}"), hint=hint)
        self.data.update(data, field=field, reason=reason)
        self.field = field
        self.reason = reason


class BadUsage(SfaError):
    """A command that cannot be understood: options that do not go together, an unknown name."""


class Refused(SfaError):
    """A rule or a permission forbids it."""


class StaleVersion(SfaError):
    """The record changed after it was read."""


class ChangedByBoth(StaleVersion):
    """A record was changed in fields that are to be changed here too; nothing was written.

    ``clashes`` are these, ``now`` has every field's value as the record holds it by now.
    """

    def __init__(
        self,
        what: Msg,
        *,
        clashes: Sequence[Any],
        now: Mapping[str, Any],
        hint: Msg | None = None,
        **data: object,
    ) -> None:
        """Keep what clashes for the front end."""
        super().__init__(what, hint=hint)
        self.data.update(data)
        self.clashes = tuple(clashes)
        self.now = dict(now)


class SeveralChanged(StaleVersion):
    """Of several records some were changed in what is to be changed here too; nothing was written.

    ``records`` has the id and the error of each.
    """

    def __init__(
        self,
        what: Msg,
        *,
        records: Sequence[tuple[str, ChangedByBoth]],
        hint: Msg | None = None,
        **data: object,
    ) -> None:
        """Keep the records for the front end."""
        super().__init__(what, hint=hint)
        self.data.update(data)
        self.records = tuple(records)


class ChangedMeanwhile(SfaError):
    """An undo met later changes; ``fields`` lists them as (noun, label, field)."""

    def __init__(
        self, what: Msg, *, fields: Sequence[tuple[str, str, str]], hint: Msg | None = None, **data: object
    ) -> None:
        """Keep the list of fields for the front end."""
        super().__init__(what, hint=hint)
        self.data.update(data)
        self.fields = tuple(fields)


class NeedsDecision(SfaError):
    """Nothing is broken, but a person has to decide (rejected rows, a question unanswered)."""


class StoreUnusable(SfaError):
    """The store cannot be opened, read or written."""


class SyncError(SfaError):
    """The centre cannot be reached or did not answer as agreed."""
