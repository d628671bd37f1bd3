"""Orders, what happened to them, what was invoiced and paid; values and files can hang on one."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE sales_order (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    ref TEXT DEFAULT '' NOT NULL,
    owner_id TEXT,
    team_id TEXT,
    number TEXT NOT NULL,
    name TEXT,
    account_id TEXT NOT NULL,
    deal_id TEXT,
    contact_id TEXT,
    quote_id TEXT,
    quote_revision INTEGER,
    is_imported INTEGER DEFAULT 0 NOT NULL,
    ordered_on TEXT,
    promised_on TEXT,
    currency TEXT NOT NULL,
    tax_mode TEXT DEFAULT 'added' NOT NULL,
    tax_rounding TEXT DEFAULT 'per-line' NOT NULL,
    rounding TEXT DEFAULT 'half-up' NOT NULL,
    cash_step_minor INTEGER DEFAULT 0 NOT NULL,
    cash_rounding TEXT DEFAULT 'half-up' NOT NULL,
    discount_ppm INTEGER DEFAULT 0 NOT NULL,
    discount_minor INTEGER DEFAULT 0 NOT NULL,
    payment_terms TEXT,
    delivery_terms TEXT,
    notes TEXT,
    contract_number TEXT,
    contract_parties TEXT,
    contract_on TEXT,
    contract_from TEXT,
    contract_until TEXT,
    contract_renewal TEXT,
    line_count INTEGER DEFAULT 0 NOT NULL,
    list_minor INTEGER DEFAULT 0 NOT NULL,
    net_minor INTEGER DEFAULT 0 NOT NULL,
    tax_minor INTEGER DEFAULT 0 NOT NULL,
    total_minor INTEGER DEFAULT 0 NOT NULL,
    state TEXT DEFAULT 'placed' NOT NULL,
    state_on TEXT,
    delivered_on TEXT,
    payment_plan TEXT DEFAULT '[]' NOT NULL,
    lines TEXT DEFAULT '[]' NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT revision_range CHECK (quote_revision IS NULL OR quote_revision >= 1),
    CONSTRAINT discount_range CHECK (discount_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT discount_positive CHECK (discount_minor >= 0),
    CONSTRAINT discount_one CHECK (discount_ppm = 0 OR discount_minor = 0),
    CONSTRAINT cash_step_positive CHECK (cash_step_minor >= 0),
    CONSTRAINT totals_positive CHECK (line_count >= 0 AND list_minor >= 0 AND net_minor >= 0 AND tax_minor >= 0 AND total_minor >= 0),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(owner_id) REFERENCES user (id),
    FOREIGN KEY(team_id) REFERENCES team (id),
    FOREIGN KEY(account_id) REFERENCES account (id),
    FOREIGN KEY(deal_id) REFERENCES deal (id),
    FOREIGN KEY(contact_id) REFERENCES contact (id),
    FOREIGN KEY(quote_id) REFERENCES quote (id),
    CONSTRAINT number_given CHECK (trim(number) <> ''),
    CONSTRAINT currency_given CHECK (trim(currency) <> '')
)
 STRICT""",
    """CREATE TABLE order_event (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    sales_order_id TEXT NOT NULL,
    state TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    note TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(sales_order_id) REFERENCES sales_order (id)
)
 STRICT""",
    """CREATE TABLE order_invoice (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    sales_order_id TEXT NOT NULL,
    number TEXT,
    invoiced_on TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    note TEXT,
    PRIMARY KEY (id),
    CONSTRAINT amount_given CHECK (amount_minor <> 0),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(sales_order_id) REFERENCES sales_order (id)
)
 STRICT""",
    """CREATE TABLE order_receipt (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    sales_order_id TEXT NOT NULL,
    number TEXT,
    received_on TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    note TEXT,
    PRIMARY KEY (id),
    CONSTRAINT amount_given CHECK (amount_minor <> 0),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(sales_order_id) REFERENCES sales_order (id)
)
 STRICT""",
)

CUSTOM_VALUE = """CREATE TABLE custom_value_new (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    field_id TEXT NOT NULL,
    lead_id TEXT,
    account_id TEXT,
    contact_id TEXT,
    deal_id TEXT,
    activity_id TEXT,
    task_id TEXT,
    product_id TEXT,
    user_id TEXT,
    quote_id TEXT,
    sales_order_id TEXT,
    value TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT about_one CHECK ((lead_id IS NOT NULL) + (account_id IS NOT NULL) + (contact_id IS NOT NULL) + (deal_id IS NOT NULL) + (activity_id IS NOT NULL) + (task_id IS NOT NULL) + (product_id IS NOT NULL) + (user_id IS NOT NULL) + (quote_id IS NOT NULL) + (sales_order_id IS NOT NULL) = 1),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(field_id) REFERENCES custom_field (id),
    FOREIGN KEY(lead_id) REFERENCES lead (id),
    FOREIGN KEY(account_id) REFERENCES account (id),
    FOREIGN KEY(contact_id) REFERENCES contact (id),
    FOREIGN KEY(deal_id) REFERENCES deal (id),
    FOREIGN KEY(activity_id) REFERENCES activity (id),
    FOREIGN KEY(task_id) REFERENCES task (id),
    FOREIGN KEY(product_id) REFERENCES product (id),
    FOREIGN KEY(user_id) REFERENCES user (id),
    FOREIGN KEY(quote_id) REFERENCES quote (id),
    FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT value_given CHECK (trim(value) <> '')
)
 STRICT"""

ATTACHMENT = """CREATE TABLE attachment_new (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    lead_id TEXT,
    account_id TEXT,
    contact_id TEXT,
    deal_id TEXT,
    activity_id TEXT,
    task_id TEXT,
    product_id TEXT,
    user_id TEXT,
    quote_id TEXT,
    sales_order_id TEXT,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT about_one CHECK ((lead_id IS NOT NULL) + (account_id IS NOT NULL) + (contact_id IS NOT NULL) + (deal_id IS NOT NULL) + (activity_id IS NOT NULL) + (task_id IS NOT NULL) + (product_id IS NOT NULL) + (user_id IS NOT NULL) + (quote_id IS NOT NULL) + (sales_order_id IS NOT NULL) = 1),
    CONSTRAINT size_range CHECK (size_bytes >= 0),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(lead_id) REFERENCES lead (id),
    FOREIGN KEY(account_id) REFERENCES account (id),
    FOREIGN KEY(contact_id) REFERENCES contact (id),
    FOREIGN KEY(deal_id) REFERENCES deal (id),
    FOREIGN KEY(activity_id) REFERENCES activity (id),
    FOREIGN KEY(task_id) REFERENCES task (id),
    FOREIGN KEY(product_id) REFERENCES product (id),
    FOREIGN KEY(user_id) REFERENCES user (id),
    FOREIGN KEY(quote_id) REFERENCES quote (id),
    FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT name_given CHECK (trim(name) <> ''),
    CONSTRAINT media_type_given CHECK (trim(media_type) <> ''),
    CONSTRAINT sha256_given CHECK (trim(sha256) <> '')
)
 STRICT"""

INDEXES = (
    "CREATE INDEX ix_sales_order_account_id ON sales_order (account_id)",
    "CREATE INDEX ix_sales_order_by_created ON sales_order (created_at DESC, id) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_sales_order_by_number ON sales_order (number) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_sales_order_by_promise ON sales_order (state, promised_on) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_sales_order_deal_id ON sales_order (deal_id) WHERE deal_id IS NOT NULL",
    "CREATE INDEX ix_sales_order_owner_id ON sales_order (owner_id) WHERE owner_id IS NOT NULL",
    "CREATE INDEX ix_sales_order_quote_id ON sales_order (quote_id) WHERE quote_id IS NOT NULL",
    "CREATE INDEX ix_sales_order_ref ON sales_order (ref)",
    "CREATE INDEX ix_sales_order_team_id ON sales_order (team_id) WHERE team_id IS NOT NULL",
    "CREATE INDEX ix_order_event_sales_order_id ON order_event (sales_order_id)",
    "CREATE INDEX ix_order_invoice_sales_order_id ON order_invoice (sales_order_id)",
    "CREATE INDEX ix_order_receipt_sales_order_id ON order_receipt (sales_order_id)",
    "CREATE INDEX ix_custom_value_sales_order_id ON custom_value (sales_order_id) WHERE sales_order_id IS NOT NULL",
    "CREATE INDEX ix_attachment_sales_order_id ON attachment (sales_order_id) WHERE sales_order_id IS NOT NULL",
)


def upgrade() -> None:
    """Make the tables, and give values and files a column more."""
    for statement in TABLES:
        op.execute(statement)
    _rebuild("custom_value", CUSTOM_VALUE)
    _rebuild("attachment", ATTACHMENT)
    for statement in INDEXES:
        op.execute(statement)


def _rebuild(table: str, statement: str) -> None:
    """Move a table's rows into one that is made anew: SQLite adds no column that refers to a table in the
    way it writes a new one. Rows keep their places, by which the search index knows them."""
    connection = op.get_bind()
    names = [row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table})")]
    listed = ", ".join(f'"{name}"' for name in ("rowid", *names))
    indexes = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name",
        (table,),
    ).fetchall()
    op.execute(statement)
    op.execute(f"INSERT INTO {table}_new ({listed}) SELECT {listed} FROM {table}")
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
    for (index,) in indexes:
        op.execute(index)
