"""Finding any record by a part of its name, phone, email or notes. Loads no framework."""

from __future__ import annotations

from sfa.cli.declared import FORMAT, Declared, Given
from sfa.cli.exits import DONE, NOTHING, say
from sfa.cli.gateway import reading
from sfa.cli.printing import emit, format_of
from sfa.errors import BadUsage, msg
from sfa.i18n import tr

OPTIONS = (
    Declared("text", (), msg("A part of what you look for."), "TEXT"),
    Declared(
        "in_",
        ("--in",),
        msg("Only these; can be given several times."),
        "NOUN",
        default=None,
        many=True,
        show_default=False,
    ),
    Declared("limit", ("--limit",), msg("At most so many; 0 for all."), "N", kind=int, default=50),
    FORMAT,
)


def find_records(given: Given) -> int:
    """Print the records that hold a text; return the exit code."""
    from sfa.finding.searching import find as found_in
    from sfa.render.hits import hits_text

    fmt = format_of(given["format_"])
    sought = " ".join(given["text"])
    nouns = [_noun(word) for word in given["in_"] or ()]
    with reading() as connection:
        hits = found_in(connection, sought, nouns=nouns or None, limit=given["limit"] or None)
    emit(hits_text(hits, fmt))
    if not hits:
        say(tr("Nothing holds {text!r}.", text=sought))
        return NOTHING
    return DONE


def _noun(word: str) -> str:
    from sfa.fields import noun_or_none
    from sfa.finding.searching import SEARCHED

    found = noun_or_none(word)
    known = [each.noun for each in SEARCHED.values()]
    if found is None or found.name not in known:
        raise BadUsage(
            msg("There is no search in {word!r}."),
            hint=msg("There are: {known}."),
            word=word,
            known=", ".join(known),
        )
    return found.name
