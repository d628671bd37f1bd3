"""What changed between two revisions of a quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfa.errors import InvalidInput, NotFound
from sfa.render.quote_diff import diff_text
from sfa.reports.quote_diff import QuoteDiff, quote_diff
from sfa.services import nouns, quote_lines, quote_states
from sfa.store.reading import reading
from tests.services.acting import TODAY, acting, amend, make, typed


@pytest.fixture
def quote(home: Path) -> str:
    """Return a quote of three lines whose first revision the customer has and whose second is begun."""
    make(home, "product", name="Pump", price="100 USD", unit="pc")
    make(home, "product", name="Valve", price="80 USD")
    make(home, "account", name="Acme")
    with acting(home) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        lines = ("Pump x 2", "Valve", "Bracket @ 5")
        made = nouns.create(session, "quote", given, today=TODAY, lines=lines)
    with acting(home) as session:
        quote_states.send(session, made.id, today=TODAY)
    with acting(home) as session:
        quote_states.revise(session, made.id, today=TODAY)
    return made.id


def compared(home: Path, quote: str, *revisions: int) -> QuoteDiff:
    with reading(home) as connection:
        return quote_diff(connection, quote, *revisions, today=TODAY)


def changes(diff: QuoteDiff) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (
            "+" if change.before is None else "-" if change.after is None else "~",
            (change.after or change.before).line.name,  # type: ignore[union-attr]
            change.columns,
        )
        for change in diff.lines
    ]


def test_a_new_revision_differs_in_nothing(home: Path, quote: str) -> None:
    assert compared(home, quote).is_same


def test_lines_added_removed_changed_values_and_totals_are_told(home: Path, quote: str) -> None:
    with acting(home) as session:
        quote_lines.change(
            session, quote, "1", {"quantity_milli": 3000, "discount_ppm": 100_000}, today=TODAY
        )
        quote_lines.remove(session, quote, ["2"], today=TODAY)
        quote_lines.add(session, quote, ["Hose @ 7"], today=TODAY)
    amend(home, "quote", quote, payment_terms="30 days", discount="1")
    diff = compared(home, quote)
    assert changes(diff) == [
        ("-", "Valve", ()),
        ("~", "Pump", ("quantity_milli", "discount_ppm")),
        ("+", "Hose", ()),
    ]
    assert {change.field.name: (change.before, change.after) for change in diff.values} == {
        "payment_terms": (None, "30 days"),
        "discount": (0, 10_000),
    }
    # 200 + 80 + 5 = 285; 300 - 30 + 5 + 7 = 282, less 1 %: 279.18
    (total,) = [change for change in diff.totals if change.field.name == "total"]
    assert (total.before, total.after) == ((28500, "USD"), (27918, "USD"))
    text = diff_text(diff, "table")
    assert "2 pc, no discount" in text
    assert "3 pc, -10%" in text


def test_a_key_that_was_given_again_is_another_line(home: Path, quote: str) -> None:
    with acting(home) as session:
        quote_lines.remove(session, quote, ["3"], today=TODAY)
        quote_lines.remove(session, quote, ["2"], today=TODAY)
        quote_lines.add(session, quote, ["Pump"], today=TODAY)
    assert changes(compared(home, quote)) == [("-", "Valve", ()), ("-", "Bracket", ()), ("+", "Pump", ())]


def test_a_moved_line_alone_is_no_change_of_a_line(home: Path, quote: str) -> None:
    with acting(home) as session:
        quote_lines.move(session, quote, "3", 1, today=TODAY)
    assert compared(home, quote).is_same


def test_revisions_that_are_not_there_are_refused(home: Path, quote: str) -> None:
    with pytest.raises(NotFound, match="no revision 7"):
        compared(home, quote, 7)
    assert compared(home, quote, 2, 1).before.values["revision"] == 2
    with acting(home) as session:
        given = typed(session, "quote", account="Acme", currency="USD")
        single = nouns.create(session, "quote", given, today=TODAY, lines=("Pump",))
    with pytest.raises(InvalidInput, match="has one alone"):
        compared(home, single.id)
