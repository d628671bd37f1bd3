"""Deals repeat two days of their events, and a print reads one index of them."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS = (
    "ALTER TABLE deal ADD COLUMN stage_on TEXT",
    "ALTER TABLE deal ADD COLUMN event_on TEXT",
)

_FILL = """UPDATE deal SET
    event_on = (
        SELECT max(v.effective_on) FROM deal_event v WHERE v.deal_id = deal.id AND v.deleted_at IS NULL
    ),
    stage_on = (
        SELECT min(n.effective_on) FROM deal_event n WHERE n.deal_id = deal.id AND n.deleted_at IS NULL
        AND n.effective_on || n.recorded_at || n.id > coalesce((
            SELECT o.effective_on || o.recorded_at || o.id FROM deal_event o
            WHERE o.deal_id = deal.id AND o.deleted_at IS NULL AND o.stage_id <> (
                SELECT w.stage_id FROM deal_event w WHERE w.deal_id = deal.id AND w.deleted_at IS NULL
                ORDER BY w.effective_on DESC, w.recorded_at DESC, w.id DESC LIMIT 1
            )
            ORDER BY o.effective_on DESC, o.recorded_at DESC, o.id DESC LIMIT 1
        ), '')
    )"""

_INDEXES = (
    "CREATE INDEX ix_deal_print ON deal (owner_id, team_id, stage_id, category, currency,"
    " substr(closed_on, 1, 7), closed_on, close_on, amount_minor, probability_pct, event_on, stage_on)"
    " WHERE deleted_at IS NULL",
    "CREATE INDEX ix_deal_without_account ON deal (stage_id, event_on)"
    " WHERE account_id IS NULL AND deleted_at IS NULL",
    "CREATE INDEX ix_deal_event_recorded_at ON deal_event (recorded_at)",
)


def upgrade() -> None:
    """Add the days, fill them from the events, and make the indexes."""
    for statement in (*_COLUMNS, _FILL, *_INDEXES):
        op.execute(statement)
