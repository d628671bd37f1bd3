"""sfa import: a file of another system into the store, as often as one likes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sfa import clock
from sfa.cli.asking import agreed
from sfa.cli.exits import NOTHING, say
from sfa.cli.gateway import changing, mind_the_role, reading
from sfa.cli.options import DryRun, Yes, completer
from sfa.cli.output import emit
from sfa.cli.progress import progress
from sfa.errors import BadUsage, InvalidInput, msg
from sfa.fields import Noun
from sfa.i18n import tr
from sfa.interchange.imported import imported_noun
from sfa.interchange.price_columns import BOOK, IMPORTED
from sfa.store.garbage import no_looks

if TYPE_CHECKING:
    from sfa.interchange.mapping import Mapping
    from sfa.interchange.source_table import SourceTable
    from sfa.services.imports import ImportPlan
    from sfa.store.bulk_beside import Second

    Planner = Callable[..., ImportPlan]

_NOUNS = (
    "user",
    "team",
    "account",
    "contact",
    "lead",
    "product",
    "tax",
    "pricebook",
    "price",
    "deal",
    "order",
    "activity",
    "visit",
    "task",
)


ImportedNoun = Annotated[
    str | None,
    typer.Argument(metavar="NOUN", help=msg("What the rows are: leads, deals …"), show_default=False),
]
Source = Annotated[
    Path | None, typer.Argument(metavar="FILE", help=msg("A CSV file or a spreadsheet."), show_default=False)
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        metavar="FILE",
        help=msg("Which column is which field; without it the columns are guessed."),
        show_default=False,
    ),
]
Report = Annotated[
    str, typer.Option("--report", metavar="FORMAT", help=msg("text, or json with a verdict a row."))
]
Rejects = Annotated[
    Path | None,
    typer.Option(
        "--rejects",
        metavar="FILE",
        help=msg("Where rejected rows go; beside the file unless given."),
        show_default=False,
    ),
]
Encoding = Annotated[
    str,
    typer.Option("--encoding", metavar="NAME", help=msg("Encoding of the file; found out unless given.")),
]
Delimiter = Annotated[
    str,
    typer.Option("--delimiter", metavar="CHAR", help=msg("What parts the cells; found out unless given.")),
]
Sheet = Annotated[
    str,
    typer.Option(
        "--sheet",
        metavar="NAME",
        help=msg("Of a spreadsheet: which sheet; the first with rows unless given."),
    ),
]
DateFormat = Annotated[
    str,
    typer.Option("--date-format", metavar="FORMAT", help=msg("How days are written, such as DD/MM/YYYY.")),
]
Duplicates = Annotated[
    str,
    typer.Option(
        "--duplicates",
        metavar="WHAT",
        help=msg("Of new leads that may be there already: tell of them, or refuse them."),
    ),
]
Book = Annotated[
    str,
    typer.Option(
        "--book",
        metavar="REF",
        help=msg("Of prices: the price book of rows that name none."),
        autocompletion=completer("pricebook"),
    ),
]
Everything = Annotated[
    Path | None,
    typer.Option(
        "--all", metavar="DIR", help=msg("Everything, from a folder that export made."), show_default=False
    ),
]


def import_(
    noun: ImportedNoun = None,
    file: Source = None,
    mapping: MappingFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    report: Report = "text",
    rejects: Rejects = None,
    encoding: Encoding = "",
    delimiter: Delimiter = "",
    sheet: Sheet = "",
    date_format: DateFormat = "",
    duplicates: Duplicates = "tell",
    book: Book = "",
    everything: Everything = None,
) -> None:
    """Import a file that another system exported."""
    if everything is not None:
        _archive(everything, noun, yes=yes, dry_run=dry_run)
        return
    _refuse_unknown("--report", report, ("text", "json"))
    _refuse_unknown("--duplicates", duplicates, ("tell", "refuse"))
    wanted, source = _asked(noun, file)
    if not dry_run:
        mind_the_role()
    with no_looks():
        table, used = _read(wanted, source, mapping, encoding, delimiter, sheet, date_format)
        used = _in_book(wanted, used, book) if book else used
        explain = dry_run or report == "json"
        planned = _planner(wanted, table, used, refuse_duplicates=duplicates == "refuse", explain=explain)
        with _second_for(table, dry_run=dry_run) as second:
            with progress() as step, reading() as connection:
                plan = planned(connection, _on_step(step))
            if not dry_run and mapping is None and not _may_write(plan, yes=yes):
                say(tr("Nothing was imported."))
                raise typer.Exit(NOTHING)
            path = _rejects_path(plan, source, rejects) if not dry_run else None
            if not dry_run:
                plan = _apply(planned, table, plan, path, second)
        _tell(plan, source, path, report, dry_run=dry_run)
    if plan.rejected:
        raise typer.Exit(NOTHING)


def _refuse_unknown(option: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise BadUsage(
            msg("{option} does not know {word!r}."),
            hint=msg("There are: {known}."),
            option=option,
            word=word,
            known=", ".join(known),
        )


def _in_book(noun: Noun, mapping: Mapping, book: str) -> Mapping:
    """Return the mapping with a price book for the rows that name none."""
    if noun is not IMPORTED:
        raise BadUsage(msg("--book is for prices: sfa import prices FILE --book REF."))
    return replace(mapping, defaults={**mapping.defaults, BOOK.name: book})


def _archive(folder: Path, noun: str | None, *, yes: bool, dry_run: bool) -> None:
    if noun is not None:
        raise BadUsage(msg("--all brings everything in; it takes no noun and no file beside it."))
    from sfa.cli.archive import import_everything

    import_everything(folder, yes=yes, dry_run=dry_run)


def _asked(noun: str | None, file: Path | None) -> tuple[Noun, Path]:
    wanted = imported_noun(noun or "")
    if wanted is None or wanted.name not in _NOUNS:
        raise BadUsage(
            msg("Say what to import: {known}."),
            hint=msg("For example: sfa import leads leads.csv."),
            known=", ".join(_NOUNS),
        )
    if file is None:
        raise BadUsage(msg("Say which file to import."), hint=msg("For example: sfa import leads leads.csv."))
    return wanted, file


def _read(
    noun: Noun,
    file: Path,
    mapping: Path | None,
    encoding: str,
    delimiter: str,
    sheet: str,
    date_format: str,
) -> tuple[SourceTable, Mapping]:
    """Read the file and its mapping; an option goes before what the mapping says."""
    from sfa.interchange.csv_reading import read_table
    from sfa.interchange.mapping_file import read_mapping
    from sfa.interchange.rejects import REASON

    used = read_mapping(mapping, noun) if mapping else None
    table = read_table(
        file,
        encoding=encoding or (used.encoding if used else None),
        delimiter=delimiter or (used.delimiter if used else None),
        sheet=sheet or (used.sheet if used else None),
    )
    if used is None:
        used = _guessed(noun, table)
    elif left := [column for column in used.left_over(table.header) if column != REASON]:
        say(tr("Not taken: {columns}", columns=", ".join(left)))
    for note in table.notes:
        if note.data.get("column") in (None, *used.used_columns()):
            say(tr(note.text, **note.data))
    return table, replace(used, date_format=date_format or used.date_format)


def _guessed(noun: Noun, table: SourceTable) -> Mapping:
    """Guess the columns and show the guess.

    Raises:
        InvalidInput: no column is understood.
    """
    from sfa.interchange.headers import guess_columns
    from sfa.interchange.mapping import guessed_mapping
    from sfa.interchange.targets import KEY
    from sfa.render.imports import guess_text

    guesses = guess_columns(noun, table.header, [row.cells for row in table.rows[:50] if not row.problem])
    columns = [(column, guess.field) for column, guess in guesses.items() if guess.field != KEY]
    if not columns:
        raise InvalidInput(
            table.name,
            msg("no column is understood; it has {header}."),
            hint=msg("Name the columns in a mapping file and give it with --mapping."),
            header=", ".join(table.header),
        )
    say(tr("The columns are taken for:"))
    say(guess_text(table.header, guesses).rstrip("\n"))
    keys = [column for column, guess in guesses.items() if guess.field == KEY]
    return guessed_mapping(noun, columns, keys, table.name)


def _planner(
    noun: Noun, table: SourceTable, mapping: Mapping, *, refuse_duplicates: bool, explain: bool
) -> Planner:
    from sfa.services.imports import plan_import

    def planned(connection: sqlite3.Connection, on_step: Callable[[str], None] | None = None) -> ImportPlan:
        return plan_import(
            connection,
            noun,
            table,
            mapping,
            today=clock.today(),
            on_step=on_step,
            refuse_duplicates=refuse_duplicates,
            explain=explain,
        )

    return planned


def _on_step(step: Callable[[str, int, int], None]) -> Callable[[str], None]:
    steps = {"read": tr("Reading"), "match": tr("Matching"), "compare": tr("Comparing")}
    order = list(steps)
    return lambda name: step(steps[name], order.index(name), len(order))


def _may_write(plan: ImportPlan, *, yes: bool) -> bool:
    from sfa.render.imports import candidates_text, figures_text

    if not yes:
        say(figures_text(plan, dry_run=True))
        if plan.candidates:
            say(candidates_text(plan))
    return agreed(tr("Import it so?"), yes=yes)


def _rejects_path(plan: ImportPlan, source: Path, asked: Path | None) -> Path | None:
    from sfa.interchange.rejects import rejects_path

    return (asked or rejects_path(source)) if plan.rejected else None


def _second_for(table: SourceTable, *, dry_run: bool) -> AbstractContextManager[Second | None]:
    """Start the process that helps to write many rows, while they are planned."""
    from sfa.store.bulk import second_for

    return second_for(0 if dry_run else len(table.rows))


def _apply(
    planned: Planner, table: SourceTable, plan: ImportPlan, rejects: Path | None, second: Second | None
) -> ImportPlan:
    """Write the plan, and the rejected rows to their file, both or neither."""
    from sfa.services.imports import apply_import

    with _rejects_file(table, plan, rejects):
        if plan.changes:
            rows = len(table.rows)
            with changing(msg("Import"), links_later=True, new_rows=rows) as change, progress() as step:
                return apply_import(
                    change,
                    plan,
                    replan=planned,
                    file_name=table.name,
                    on_rows=lambda done, total: step(tr("Writing"), done, total),
                    second=second,
                )
    return plan


@contextmanager
def _rejects_file(table: SourceTable, plan: ImportPlan, path: Path | None) -> Iterator[None]:
    """Write the rejected rows beside their place first, and put them there once the import is in.

    Raises:
        InvalidInput: they cannot be written; nothing is imported then.
    """
    if path is None:
        yield
        return
    from sfa.interchange.rejects import rejects_text
    from sfa.render.imports import reason_text

    rows = [(row.cells, reason_text(verdict.reasons)) for row, verdict in plan.rejected]
    waiting = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        waiting.write_text(rejects_text(table.header, rows, table.delimiter), "utf-8-sig", newline="")
    except OSError as error:
        with suppress(OSError):
            waiting.unlink()
        raise InvalidInput(
            str(path),
            msg("the rejected rows cannot be written there: {cause}."),
            hint=msg("Nothing was imported. Name another file with --rejects."),
            cause=error.strerror or str(error),
        ) from None
    try:
        yield
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)


def _tell(plan: ImportPlan, source: Path, rejects: Path | None, report: str, *, dry_run: bool) -> None:
    from sfa.render.imports import candidates_text, changed_text, figures_text, rejected_text, report_json

    if report == "json":
        emit(report_json(plan, file=source, rejects=rejects, dry_run=dry_run))
    else:
        emit(figures_text(plan, dry_run=dry_run))
    if plan.candidates:
        say(candidates_text(plan))
    if plan.changed:
        say(changed_text(plan))
    if plan.rejected:
        say(rejected_text(plan))
    if rejects is not None:
        say(tr("Rejected rows are in {path}: mend them there and import that file.", path=str(rejects)))
    if dry_run:
        say(tr("Nothing was changed."))
