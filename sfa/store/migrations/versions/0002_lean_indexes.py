"""Indexes that hold only what can be looked for, and no memory of rows that nobody changed."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Every look-up by name goes through the index that knows no case.
DROPPED = (
    "ix_account_name",
    "ix_contact_name",
    "ix_deal_name",
    "ix_lead_name",
    "ix_product_name",
)

# Most rows have nothing in such a column, and nobody looks for those by it.
LEAN = (
    ("ix_account_next_follow_up_on", "account", "next_follow_up_on"),
    ("ix_account_owner_id", "account", "owner_id"),
    ("ix_account_parent_id", "account", "parent_id"),
    ("ix_account_tax_id", "account", "tax_id"),
    ("ix_account_team_id", "account", "team_id"),
    ("ix_activity_account_id", "activity", "account_id"),
    ("ix_activity_attendee_contact_id", "activity_attendee", "contact_id"),
    ("ix_activity_attendee_user_id", "activity_attendee", "user_id"),
    ("ix_activity_contact_id", "activity", "contact_id"),
    ("ix_activity_deal_id", "activity", "deal_id"),
    ("ix_activity_lead_id", "activity", "lead_id"),
    ("ix_activity_owner_id", "activity", "owner_id"),
    ("ix_activity_team_id", "activity", "team_id"),
    ("ix_address_account_id", "address", "account_id"),
    ("ix_address_contact_id", "address", "contact_id"),
    ("ix_address_lead_id", "address", "lead_id"),
    ("ix_attachment_account_id", "attachment", "account_id"),
    ("ix_attachment_activity_id", "attachment", "activity_id"),
    ("ix_attachment_contact_id", "attachment", "contact_id"),
    ("ix_attachment_deal_id", "attachment", "deal_id"),
    ("ix_attachment_lead_id", "attachment", "lead_id"),
    ("ix_attachment_product_id", "attachment", "product_id"),
    ("ix_attachment_task_id", "attachment", "task_id"),
    ("ix_attachment_user_id", "attachment", "user_id"),
    ("ix_contact_owner_id", "contact", "owner_id"),
    ("ix_contact_team_id", "contact", "team_id"),
    ("ix_custom_value_account_id", "custom_value", "account_id"),
    ("ix_custom_value_activity_id", "custom_value", "activity_id"),
    ("ix_custom_value_contact_id", "custom_value", "contact_id"),
    ("ix_custom_value_deal_id", "custom_value", "deal_id"),
    ("ix_custom_value_lead_id", "custom_value", "lead_id"),
    ("ix_custom_value_product_id", "custom_value", "product_id"),
    ("ix_custom_value_task_id", "custom_value", "task_id"),
    ("ix_custom_value_user_id", "custom_value", "user_id"),
    ("ix_deal_account_id", "deal", "account_id"),
    ("ix_deal_close_on", "deal", "close_on"),
    ("ix_deal_closed_on", "deal", "closed_on"),
    ("ix_deal_next_step_on", "deal", "next_step_on"),
    ("ix_deal_owner_id", "deal", "owner_id"),
    ("ix_deal_team_id", "deal", "team_id"),
    ("ix_email_account_id", "email", "account_id"),
    ("ix_email_contact_id", "email", "contact_id"),
    ("ix_email_lead_id", "email", "lead_id"),
    ("ix_email_user_id", "email", "user_id"),
    ("ix_lead_converted_account_id", "lead", "converted_account_id"),
    ("ix_lead_converted_contact_id", "lead", "converted_contact_id"),
    ("ix_lead_converted_deal_id", "lead", "converted_deal_id"),
    ("ix_lead_next_follow_up_on", "lead", "next_follow_up_on"),
    ("ix_lead_owner_id", "lead", "owner_id"),
    ("ix_lead_team_id", "lead", "team_id"),
    ("ix_phone_account_id", "phone", "account_id"),
    ("ix_phone_contact_id", "phone", "contact_id"),
    ("ix_phone_lead_id", "phone", "lead_id"),
    ("ix_phone_user_id", "phone", "user_id"),
    ("ix_product_code", "product", "code"),
    ("ix_task_account_id", "task", "account_id"),
    ("ix_task_activity_id", "task", "activity_id"),
    ("ix_task_contact_id", "task", "contact_id"),
    ("ix_task_deal_id", "task", "deal_id"),
    ("ix_task_due_on", "task", "due_on"),
    ("ix_task_follows_id", "task", "follows_id"),
    ("ix_task_lead_id", "task", "lead_id"),
    ("ix_task_owner_id", "task", "owner_id"),
    ("ix_task_team_id", "task", "team_id"),
    ("ix_user_delegate_id", "user", "delegate_id"),
    ("ix_user_manager_id", "user", "manager_id"),
    ("ix_user_team_id", "user", "team_id"),
)


def upgrade() -> None:
    """Make the indexes anew; the op that made a row is found in the log."""
    for name in DROPPED:
        op.execute(f"DROP INDEX {name}")
    for name, table, column in LEAN:
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON {table} ({column}) WHERE {column} IS NOT NULL")
    op.execute("DELETE FROM row_writer WHERE columns = '{}'")
