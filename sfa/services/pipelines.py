"""Pipelines: exactly one is the default. Their stages are in ``stages``."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from sfa.errors import Refused, msg
from sfa.finding import organisation
from sfa.finding.shared_settings import DEFAULT_PIPELINE
from sfa.services import records, settings
from sfa.services.entry import Entered
from sfa.services.rows import Row


def create(
    session: Session,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's create takes the business day
    idempotency_key: str | None = None,
) -> Row:
    """Add a pipeline, without stages yet; a new default takes the place of the old one."""
    row = records.create(session, "pipeline", given, idempotency_key=idempotency_key)
    if row.created and given.columns.get("is_default"):
        settings.settle(session, DEFAULT_PIPELINE, row.id)
    return row


def edit(
    session: Session,
    pipeline_id: str,
    given: Entered,
    *,
    today: date,  # noqa: ARG001  every noun's edit takes the business day
    expected_version: int | None = None,
) -> Row:
    """Change fields of a pipeline.

    Raises:
        NotFound, StaleVersion, InvalidInput: as every edit.
        Refused: the default would be none.
    """
    wanted = given.columns.get("is_default")
    if wanted is not None and not wanted and default_pipeline(session) == pipeline_id:
        raise Refused(
            msg("One pipeline must be the default."),
            hint=msg("Make another one the default instead: sfa pipeline edit REF --default yes."),
        )
    row = records.edit(session, "pipeline", pipeline_id, given, expected_version=expected_version)
    if wanted:
        settings.settle(session, DEFAULT_PIPELINE, pipeline_id)
    return row


def delete(session: Session, pipeline_id: str, *, expected_version: int | None = None) -> Row:
    """Delete a pipeline that no deal is in, with its stages.

    Raises:
        NotFound, StaleVersion: as every delete.
        Refused: it is the default, or deals are in it.
    """
    if default_pipeline(session) == pipeline_id:
        raise Refused(
            msg("The default pipeline cannot be deleted."),
            hint=msg("Make another one the default first: sfa pipeline edit REF --default yes."),
        )
    return records.delete(session, "pipeline", pipeline_id, expected_version=expected_version)


def default_pipeline(session: Session) -> str | None:
    """Return the id of the pipeline that new deals enter."""
    found = organisation.setting(records.raw(session), DEFAULT_PIPELINE)
    return str(found) if found else None
