"""Planning an import: a verdict for every row and the writes it comes to, without touching the store.

Nothing here needs the store's lock. What a plan was made from is remembered as
the last op's number, so that it is made again when somebody changed the store
before it is applied.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sfa.errors import InvalidInput, Msg, Refused, SfaError, msg
from sfa.fields import Choice, Field, Kind, Noun
from sfa.finding import organisation
from sfa.finding.costs import NOT_SEEN, may_see_costs
from sfa.finding.custom import custom_fields
from sfa.interchange.mapping import Declaration, Mapping
from sfa.interchange.price_columns import IMPORTED
from sfa.interchange.product_columns import COST
from sfa.interchange.rejects import REASON
from sfa.interchange.source_table import SourceRow, SourceTable
from sfa.interchange.targets import CUSTOM
from sfa.interchange.values import parse_value
from sfa.services.imports import books, deals, keys, linked, prices, rules
from sfa.services.imports.changes import Changed, changes_of
from sfa.services.imports.columns import Batch, Context, fill
from sfa.services.imports.duplicates import Candidate, duplicate_candidates
from sfa.services.imports.events import plan_events
from sfa.services.imports.record_ids import record_ids
from sfa.services.imports.records import Difference, RecordSet, TableWrites, difference
from sfa.services.imports.stages import Stages, load_stages
from sfa.terms import Verdict

Progress = Callable[[str], None]


class RowVerdict(NamedTuple):
    """What becomes of a row; ``reasons`` say why it is rejected, ``candidate`` whom it may be already."""

    line: int
    verdict: Verdict
    record_id: str = ""
    reasons: tuple[SfaError, ...] = ()
    candidate: Candidate | None = None


@dataclass(slots=True)
class ImportPlan:
    """An import worked out: a verdict a row, and the writes in the order they go in.

    ``made`` counts the linked records it makes, by noun; ``seq`` is the last op that
    it saw. ``rejected`` has the rows that stay out, with their verdicts; ``lines`` counts the rows
    where several of them are one record, ``changed`` has what changes in each record that is there,
    when that was asked for.
    """

    noun: str
    mapping: Mapping
    seq: int
    counts: Counter[Verdict]
    rows: list[RowVerdict]
    rejected: list[tuple[SourceRow, RowVerdict]] = field(default_factory=list)
    writes: list[TableWrites] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    without_account: int = 0
    lines: Counter[Verdict] = field(default_factory=Counter)
    changed: dict[str, list[Changed]] = field(default_factory=dict)

    @property
    def candidates(self) -> list[RowVerdict]:
        """Return the rows that may be a lead of the store or of an earlier row."""
        return [each for each in self.rows if each.candidate is not None]

    @property
    def changes(self) -> bool:
        """Say whether applying it would write anything."""
        return bool(self.writes)


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the number of the store's last op, 0 when there is none."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) FROM oplog").fetchone()[0])


def plan_rows(
    connection: sqlite3.Connection,
    noun: Noun,
    table: SourceTable,
    mapping: Mapping,
    *,
    today: date,
    on_step: Progress | None = None,
    refuse_duplicates: bool = False,
    explain: bool = False,
) -> ImportPlan:
    """Return what importing a table would do; with ``explain`` also what changes in each record.

    With ``refuse_duplicates`` rows that may be a lead of the store or of an earlier row are rejected.

    Raises:
        InvalidInput: the file lacks a mapped column, or the mapping does not fit the store.
        Refused: it has costs, and the user may not see them.
    """
    step = on_step or quiet
    mapping.check_header(table.header, table.name)
    seq = last_seq(connection)
    declared, context = context_of(connection, noun, mapping, today)
    _refuse_costs(connection, mapping)
    step("read")
    batch = batch_of(noun, table, mapping, context)
    set_defaults(connection, batch)
    keys.settle_keys(connection, batch)
    fill(batch)
    keys.settle_natural_keys(connection, batch)
    step("match")
    links = linked.settle(connection, batch, skip=("stage",))
    prices.settle(connection, batch)
    stages: Stages | None = None
    paths: dict[int, deals.Path] = {}
    rules.settle_owners(batch)
    if noun.name == "deal":
        stages = load_stages(connection, mapping.pipeline, context.organisation, mapping.source)
        paths = deals.settle_stages(connection, batch, stages)
        deals.settle_names(connection, batch)
    rules.check(connection, batch)
    candidates = duplicate_candidates(connection, batch, refuse=refuse_duplicates)
    step("compare")
    first = [declared] if declared is not None else []
    first += stages.made if stages is not None else []
    first += linked.made_records(connection, batch, links)
    plan = _planned(connection, batch, table, first, candidates, seq)
    plan.writes += books.former_defaults(connection, batch)
    if noun.name == "deal":
        _add_events(connection, batch, paths, plan)
        accounts = batch.column("account_id")
        kept = (place for place in range(len(batch.rows)) if place not in batch.problems)
        plan.without_account = sum(accounts[place] is None for place in kept)
    if explain:
        explain_changes(connection, batch, plan)
    return plan


def explain_changes(connection: sqlite3.Connection, batch: Batch, plan: ImportPlan) -> None:
    """Note in a plan what changes in each record that is there."""
    ids = [each.record_id for each in plan.rows if each.verdict is Verdict.UPDATE]
    plan.changed = changes_of(connection, batch.noun, batch.context.fields, plan.writes, ids)


def _refuse_costs(connection: sqlite3.Connection, mapping: Mapping) -> None:
    column = next((column for column, target in mapping.columns if target == COST.name), None)
    if mapping.noun == "product" and column is not None and not may_see_costs(connection):
        hint = msg("Leave {column} out: put it under ignore in a mapping file.")
        raise Refused(NOT_SEEN, hint=hint, column=column)


def quiet(_step: str) -> None:
    """Hear of a step and say nothing."""


def context_of(
    connection: sqlite3.Connection, noun: Noun, mapping: Mapping, today: date
) -> tuple[RecordSet | None, Context]:
    """Return the fields that the import declares, and what it knows of its store."""
    organisation_id = organisation.organisation_id(connection)
    fields = {each.name: each for each in noun.fields}
    known = custom_fields(connection, noun.name) if noun is not IMPORTED else ()
    custom = {each.name: each for each in known}
    declared = _declared(noun, mapping, organisation_id, custom)
    _refuse_unknown_fields(mapping, custom)
    teams = {row[0]: row[1] for row in connection.execute("SELECT id, team_id FROM user")}
    context = Context(
        organisation_id,
        organisation.local_user_id(connection),
        today,
        mapping.currency or organisation.currency(connection),
        {**custom, **fields},
        teams,
    )
    return declared, context


def _declared(
    noun: Noun, mapping: Mapping, organisation_id: str, custom: dict[str, Field]
) -> RecordSet | None:
    """Add the declared fields that the store does not have to ``custom``; return their rows."""
    missing = [each for each in mapping.fields if each.name not in custom]
    if not missing:
        return None
    made = record_ids(organisation_id, "custom-field", noun.name, [each.name for each in missing])
    for row_id, each in zip(made, missing, strict=True):
        custom[each.name] = _as_field(noun, each, row_id)
    columns: dict[str, list[object]] = {
        "on_noun": [noun.name] * len(missing),
        "name": [each.name for each in missing],
        "label": [each.label for each in missing],
        "kind": [each.kind for each in missing],
        "choices": ["\n".join(each.choices) or None for each in missing],
    }
    return RecordSet("custom_field", mapping.source, made, columns)


_KINDS = {"number": Kind.QUANTITY, "date": Kind.DAY, "yes-no": Kind.FLAG, "choice": Kind.CHOICE}


def _as_field(noun: Noun, declared: Declaration, field_id: str) -> Field:
    return Field(
        declared.name,
        _KINDS.get(declared.kind, Kind.TEXT),
        Msg(declared.label),
        "custom_value",
        "value",
        owner_column=f"{noun.table}_id",
        choices=tuple(Choice(word, Msg(word)) for word in declared.choices),
        custom_id=field_id,
    )


def _refuse_unknown_fields(mapping: Mapping, custom: dict[str, Field]) -> None:
    used = [*mapping.columns, *(("defaults", target) for target in mapping.defaults)]
    for column, target in used:
        if target.startswith(CUSTOM) and target.removeprefix(CUSTOM) not in custom:
            raise InvalidInput(
                f"{mapping.name}: {column}",
                msg("no field {name!r} is declared."),
                hint=msg("Declare it: sfa field add, or [[fields]] in the mapping."),
                name=target.removeprefix(CUSTOM),
            )


def batch_of(noun: Noun, table: SourceTable, mapping: Mapping, context: Context) -> Batch:
    """Take the usable rows' cells by column, values translated as the mapping says."""
    rows = [row for row in table.rows if row.problem is None]
    by_column = list(zip(*(row.cells for row in rows), strict=True)) if rows else [()] * len(table.header)
    cells: dict[str, list[str] | tuple[str, ...]] = {}
    for name, texts in zip(table.header, by_column, strict=True):
        if name and name != REASON:
            words = mapping.values.get(name)
            cells[name] = [words.get(text.strip(), text) for text in texts] if words else texts
    wanted = RecordSet(noun.table, mapping.source, [], {})
    if noun.only:
        wanted.columns[noun.only[0]] = [noun.only[1]] * len(rows)
    return Batch(noun, mapping, context, rows, dict(cells), wanted)


def set_defaults(connection: sqlite3.Connection, batch: Batch) -> None:
    """Parse the mapping's defaults; they are for new records alone."""
    for target, text in batch.mapping.defaults.items():
        each = batch.context.fields[target.removeprefix(CUSTOM)]
        if target == "stage":
            continue  # found in the deal's own pipeline
        if each.kind is Kind.LINK:
            found = linked.find_one(connection, batch, each, text)
            batch.wanted.defaults[each.column] = found
        elif each.kind is Kind.MANY or each.custom_id:
            linked.default_children(batch, each, text)
        else:
            today, currency = batch.context.today, batch.context.currency
            batch.wanted.defaults.update(parse_value(each, text, today=today, currency=currency))


def _planned(
    connection: sqlite3.Connection,
    batch: Batch,
    table: SourceTable,
    first: list[RecordSet],
    candidates: dict[int, Candidate],
    seq: int,
) -> ImportPlan:
    batch.wanted.dropped = set(batch.problems)
    writes: list[TableWrites] = []
    made: Counter[str] = Counter()
    for records in first if len(batch.problems) < len(batch.rows) else []:
        found = difference(connection, records)
        writes += found.writes
        made[records.table] += sum(verdict in (Verdict.CREATE, Verdict.REVIVE) for verdict in found.verdicts)
    found = difference(connection, batch.wanted)
    writes += found.writes
    plan = ImportPlan(batch.noun.name, batch.mapping, seq, Counter(), [], writes=writes, made=+made)
    _judge(batch, table, found, candidates, plan)
    return plan


def _judge(
    batch: Batch, table: SourceTable, found: Difference, candidates: dict[int, Candidate], plan: ImportPlan
) -> None:
    """Write the verdicts of all rows, the unusable ones among them, in the file's order."""
    plan.rows.clear()
    plan.rejected.clear()
    place = 0
    for row in table.rows:
        if row.problem is not None:
            problem = InvalidInput(table.header[0] or "row", row.problem)
            verdict = RowVerdict(row.line_number, Verdict.REJECT, reasons=(problem,))
        else:
            reasons = tuple(batch.problems.get(place, ()))
            decided, row_id = found.verdicts[place], batch.wanted.ids[place]
            verdict = RowVerdict(row.line_number, decided, row_id, reasons, candidates.get(place))
            place += 1
        plan.rows.append(verdict)
        if verdict.verdict is Verdict.REJECT:
            plan.rejected.append((row, verdict))
    plan.counts = Counter(each.verdict for each in plan.rows)


def _add_events(
    connection: sqlite3.Connection, batch: Batch, paths: dict[int, deals.Path], plan: ImportPlan
) -> None:
    verdicts = [each.verdict for each in plan.rows if each.record_id]
    events = plan_events(connection, batch, paths, verdicts)
    if events:
        plan.writes.append(events)
        decided = iter(verdicts)
        plan.rows = [each._replace(verdict=next(decided)) if each.record_id else each for each in plan.rows]
        plan.counts = Counter(each.verdict for each in plan.rows)
