"""Importing a text in a test: planned and applied like the command does it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sfa.errors import msg
from sfa.fields import noun
from sfa.i18n import tr_error
from sfa.interchange.csv_reading import parse_table
from sfa.interchange.headers import guess_columns
from sfa.interchange.mapping import Mapping, guessed_mapping
from sfa.interchange.mapping_file import parse_mapping
from sfa.interchange.source_table import SourceTable
from sfa.interchange.targets import KEY
from sfa.services.imports import ImportPlan, ImportResult, apply_import, plan_import, result_of
from sfa.store.perform import changing
from sfa.store.reading import reading

TODAY = date(2026, 11, 22)


def mapping_of(word: str, table: SourceTable, text: str | None) -> Mapping:
    """Return the mapping written in TOML, or what the guess of the columns amounts to."""
    if text is not None:
        return parse_mapping(text, noun(word), "m.toml")
    guesses = guess_columns(noun(word), table.header, [row.cells for row in table.rows])
    columns = [(column, guess.field) for column, guess in guesses.items() if guess.field != KEY]
    keys = [column for column, guess in guesses.items() if guess.field == KEY]
    return guessed_mapping(noun(word), columns, keys, "guess")


def planned(
    home: Path, word: str, text: str, mapping: str | None = None, *, today: date = TODAY
) -> tuple[ImportPlan, SourceTable, Mapping]:
    table = parse_table(text.encode(), "x.csv")
    used = mapping_of(word, table, mapping)
    with reading(home) as connection:
        return plan_import(connection, noun(word), table, used, today=today), table, used


def applied(
    home: Path, plan: ImportPlan, table: SourceTable, mapping: Mapping, today: date = TODAY
) -> ImportPlan:
    with changing(home, name=msg("Import")) as change:
        return apply_import(
            change,
            plan,
            replan=lambda connection: plan_import(connection, noun(plan.noun), table, mapping, today=today),
            file_name=table.name,
        )


def imported(
    home: Path, word: str, text: str, mapping: str | None = None, *, today: date = TODAY
) -> ImportPlan:
    """Import a CSV text; return the plan that was applied."""
    return applied(home, *planned(home, word, text, mapping, today=today), today=today)


def figures(plan: ImportPlan) -> tuple[int, int, int, int, int]:
    """Return (created, updated, same, revived, rejected)."""
    done: ImportResult = result_of(plan)
    return done.created, done.updated, done.same, done.revived, done.rejected


def reasons(plan: ImportPlan) -> list[str]:
    """Return the reasons of the rejected rows, as they are said."""
    return [tr_error(reason)[0] for _, verdict in plan.rejected for reason in verdict.reasons]
