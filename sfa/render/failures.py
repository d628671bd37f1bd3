"""An error in the user's language, the same words on the command line and in the app."""

from __future__ import annotations

from sfa import errors
from sfa.errors import SfaError
from sfa.i18n import tr, tr_error


def failure_lines(error: SfaError) -> list[str]:
    """Return what went wrong, then why, the details, and what to do next, where there is any."""
    if isinstance(error, errors.InvalidInput):
        error.data["field"] = field_label(error.field)
    what, why, hint = tr_error(error)
    return [what, *(line for line in (why, *_details(error), hint) if line)]


def field_label(name: str) -> str:
    """Return what the tables call a field, where all nouns call it the same; else the word that is typed."""
    from sfa.fields import NOUNS

    labels = {field.label for noun in NOUNS.values() for field in noun.fields if field.name == name}
    return tr(labels.pop()) if len(labels) == 1 else name


def _details(error: SfaError) -> list[str]:
    if isinstance(error, errors.Ambiguous):
        return [f"{ref}  {label}" for ref, label in error.matches]
    if isinstance(error, errors.ChangedMeanwhile):
        return [
            tr("{noun} {label}: {field}", noun=noun, label=label, field=name)
            for noun, label, name in error.fields
        ]
    return []
