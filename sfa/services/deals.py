"""Deals: stage, probability and amount rules, and the events every past pipeline is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session, col, select

from sfa import clock, ids
from sfa.errors import InvalidInput, Refused, msg
from sfa.fields import noun as noun_of
from sfa.finding import organisation
from sfa.models.deal import Deal
from sfa.models.pipeline import Stage
from sfa.services import records
from sfa.services.entry import Entered
from sfa.services.rows import Row
from sfa.store import change, deal_events
from sfa.terms import StageKind

# What follows a deal's stage unless somebody typed it, and the flag that says so.
_PINNED = (("probability_pct", "is_probability_pinned"), ("category", "is_category_pinned"))


def create(session: Session, given: Entered, *, today: date, idempotency_key: str | None = None) -> Row:
    """Add a deal: at its pipeline's first stage unless given, named after account and product unless given.

    Raises:
        InvalidInput: neither a name nor an account, or a stage of another pipeline.
    """
    columns = dict(given.columns)
    _name(session, columns, given)
    stage = _first_stage(session, columns)
    columns.update(stage_columns(stage, columns, today=today))
    columns.setdefault("close_on", None)
    if columns.get("amount_minor") is None:
        columns.update(_amount_of_lines(given))
    row = records.create(
        session, "deal", Entered(columns, given.many, given.custom), idempotency_key=idempotency_key
    )
    if row.created:
        record_event(session, row.id, effective_on=today)
    return row


def _name(session: Session, columns: dict[str, Any], given: Entered) -> None:
    if columns.get("name"):
        return
    connection = records.raw(session)
    lines = given.many.get("products") or []
    words = []
    for table, row_id in (
        ("account", columns.get("account_id")),
        ("product", lines[0]["product_id"] if lines else None),
    ):
        found = connection.execute(f"SELECT name FROM {table} WHERE id = ?", (row_id,)).fetchone()
        words += [found[0]] if found else []
    if not words:
        raise InvalidInput("name", msg("a deal needs a name, or at least an account to be named after"))
    columns["name"] = " – ".join(words)


def _amount_of_lines(given: Entered) -> dict[str, Any]:
    from sfa.money import line_minor

    lines = [line for line in given.many.get("products") or [] if line.get("unit_price_micros") is not None]
    currencies = {str(line["currency"]) for line in lines}
    if len(currencies) != 1:
        return {}
    currency = currencies.pop()
    total = sum(
        line_minor(int(str(line["unit_price_micros"])), int(str(line.get("quantity_milli", 1000))), currency)
        for line in lines
    )
    return {"amount_minor": total, "currency": currency}


def _first_stage(session: Session, columns: dict[str, Any]) -> Stage:
    if columns.get("stage_id"):
        stage = session.get_one(Stage, columns["stage_id"])
        if columns.get("pipeline_id") not in {None, stage.pipeline_id}:
            raise InvalidInput("stage", msg("it belongs to another pipeline"))
        columns["pipeline_id"] = stage.pipeline_id
        return stage
    pipeline_id = columns.get("pipeline_id") or organisation.setting(
        records.raw(session), "default_pipeline", None
    )
    columns["pipeline_id"] = pipeline_id
    stages = stages_of(session, str(pipeline_id))
    if not stages:
        raise Refused(
            msg("The pipeline has no open stage."), hint=msg("Add one: sfa stage add NAME --pipeline NAME.")
        )
    return stages[0]


def stages_of(session: Session, pipeline_id: str, kind: StageKind = StageKind.OPEN) -> list[Stage]:
    """Return a pipeline's live stages of one kind, in order."""
    query = (
        select(Stage)
        .where(Stage.pipeline_id == pipeline_id, Stage.kind == kind.value, col(Stage.deleted_at).is_(None))
        .order_by(col(Stage.position), col(Stage.id))
    )
    return list(session.exec(query))


def stage_columns(
    stage: Stage, columns: Mapping[str, Any], *, today: date, deal: Deal | None = None
) -> dict[str, Any]:
    """Return the columns that follow from a stage: pipeline, probability unless pinned, category, closing."""
    found: dict[str, Any] = {"stage_id": stage.id, "pipeline_id": stage.pipeline_id}
    for name, pin in _PINNED:
        if columns.get(name) is not None:
            found[pin] = True
        elif name in columns or deal is None or not getattr(deal, pin) or stage.kind != StageKind.OPEN:
            found.update({name: getattr(stage, name), pin: False})
    if stage.kind == StageKind.OPEN:
        found.update(closed_on=None, reached_stage_id=stage.id)
    else:
        found["closed_on"] = columns.get("closed_on") or today
    return found


def edit(
    session: Session, deal_id: str, given: Entered, *, today: date, expected_version: int | None = None
) -> Row:
    """Change fields of a deal; a probability in the same change wins over the stage's.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
        Refused: the stage of a closed deal is asked to change (reopen it first), or lost without a reason.
    """
    deal: Deal = records.load(session, "deal", deal_id, expected_version)
    columns = dict(given.columns)
    target = columns.get("stage_id")
    if target and target != deal.stage_id:
        _move(session, deal, session.get_one(Stage, target), columns, today=today)
    elif "stage_id" in columns:
        columns.pop("stage_id")
    if not target:
        _pin(session.get_one(Stage, deal.stage_id), columns)
    before = forecast_tuple(deal)
    row = records.edit(session, "deal", deal_id, Entered(columns, given.many, given.custom))
    session.refresh(deal)
    if forecast_tuple(deal) != before:
        record_event(session, deal_id, effective_on=today)
    return row


def _pin(stage: Stage, columns: dict[str, Any]) -> None:
    """Note what was typed for the owner to keep; what was emptied follows the stage again."""
    for name, pin in _PINNED:
        if name in columns:
            columns[pin] = columns[name] is not None
            if columns[name] is None:
                columns[name] = getattr(stage, name)


def _move(session: Session, deal: Deal, stage: Stage, columns: dict[str, Any], *, today: date) -> None:
    if kind_of(session, deal) is not StageKind.OPEN:
        raise Refused(
            msg("The deal {name} is closed."),
            hint=msg("Reopen it first: sfa deal reopen {ref}."),
            name=deal.name,
            ref=deal.ref[:6],
        )
    reason = columns.get("close_reason")
    if stage.kind == StageKind.LOST and not reason:
        raise InvalidInput(
            "reason",
            msg("a lost deal needs the reason why"),
            hint=msg("Give it with: sfa deal lose {ref} --reason TEXT."),
            ref=deal.ref[:6],
        )
    columns.update(stage_columns(stage, columns, today=today, deal=deal))


def kind_of(session: Session, deal: Deal) -> StageKind:
    """Return whether a deal is open, won or lost: by the kind of its stage."""
    return StageKind(session.get_one(Stage, deal.stage_id).kind)


def forecast_tuple(deal: Deal) -> tuple[object, ...]:
    """Return what an event holds of a deal now."""
    return tuple(getattr(deal, name) for name in deal_events.TUPLE)


def record_event(session: Session, deal_id: str, *, effective_on: date) -> None:
    """Append an event with the deal's present forecast tuple, never before the latest one.

    The deal's row is its latest event by construction; a clock set back, or a day begun in
    another time zone, must not slip the newest event under an older one.
    """
    deal_events.record(records.raw(session), deal_id, effective_on=effective_on.isoformat())


def advance_stage(
    session: Session, deal_id: str, *, to: str | None = None, expected_version: int | None = None, today: date
) -> Row:
    """Move an open deal to the next stage of its pipeline, or to the open stage given by id.

    The probability becomes the new stage's default unless the owner pinned it.

    Raises:
        NotFound: no such deal, or it is deleted.
        StaleVersion: somebody changed the deal after it was read.
        Refused: the deal is closed, or it is at the last open stage.
    """
    deal: Deal = records.load(session, "deal", deal_id, expected_version)
    stage = session.get_one(Stage, to) if to else _next_stage(session, deal)
    if stage.kind != StageKind.OPEN:
        raise Refused(
            msg("{stage} closes the deal."),
            hint=msg("Use: sfa deal win {ref}, or: sfa deal lose {ref} --reason TEXT."),
            stage=stage.name,
            ref=deal.ref[:6],
        )
    if stage.pipeline_id != deal.pipeline_id:
        raise InvalidInput("stage", msg("it belongs to another pipeline"))
    return edit(session, deal_id, Entered({"stage_id": stage.id}), today=today)


def step_back(session: Session, deal_id: str, *, expected_version: int | None = None, today: date) -> Row:
    """Move an open deal to the open stage before the one it is at.

    Raises:
        NotFound, StaleVersion: as every edit.
        Refused: the deal is closed, or it is at the first stage.
    """
    deal: Deal = records.load(session, "deal", deal_id, expected_version)
    before, _ = _around(session, deal)
    if not before:
        raise Refused(msg("The deal {name} is at the first stage."), name=deal.name)
    return edit(session, deal_id, Entered({"stage_id": before[-1].id}), today=today)


def _next_stage(session: Session, deal: Deal) -> Stage:
    _, following = _around(session, deal)
    if not following:
        raise Refused(
            msg("The deal {name} is at the last open stage."),
            hint=msg("Use: sfa deal win {ref}, or: sfa deal lose {ref} --reason TEXT."),
            name=deal.name,
            ref=deal.ref[:6],
        )
    return following[0]


def _around(session: Session, deal: Deal) -> tuple[list[Stage], list[Stage]]:
    """Return the open stages before a deal's own and those after it; all are after an unknown one."""
    if kind_of(session, deal) is not StageKind.OPEN:
        raise Refused(
            msg("The deal {name} is closed."),
            hint=msg("Reopen it first: sfa deal reopen {ref}."),
            name=deal.name,
            ref=deal.ref[:6],
        )
    stages = stages_of(session, deal.pipeline_id)
    place = next((index for index, stage in enumerate(stages) if stage.id == deal.stage_id), -1)
    return stages[: max(0, place)], stages[place + 1 :]


def end_of_quarter(today: date, fiscal_start_month: int = 1) -> date:
    """Return the last day of the fiscal quarter a day lies in."""
    months_in = (today.month - fiscal_start_month) % 3
    month = today.month - months_in + 3
    year, month = today.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1) - timedelta(days=1)


def set_role(session: Session, deal_id: str, contact_id: str, columns: Mapping[str, Any]) -> None:
    """Give a contact a part in the customer's decision, or change it."""
    records.load(session, "deal", deal_id)
    connection = records.raw(session)
    row = connection.execute(
        "SELECT id FROM deal_role WHERE deal_id = ? AND contact_id = ? AND deleted_at IS NULL ORDER BY id",
        (deal_id, contact_id),
    ).fetchone()
    if row is not None:
        change.update(connection, "deal_role", row["id"], columns)
        return
    if not columns.get("role"):
        raise InvalidInput("role", msg("it must be given"))
    new = {"id": ids.uuid7(clock.wall_ms()), "deal_id": deal_id, "contact_id": contact_id, **columns}
    change.insert(connection, "deal_role", new)


def touched(session: Session, deal_id: str) -> Row:
    """Return the deal's frozen row, of the next version, after something that hangs on it was changed."""
    records.touch(session, noun_of("deal"), deal_id)
    deal: Deal = records.load(session, "deal", deal_id)
    return records.answer(session, "deal", deal, before=0)
