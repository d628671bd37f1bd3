"""Price books, classes of tax, and who names them: accounts their book, products their tax."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE tax (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    ref TEXT DEFAULT '' NOT NULL,
    name TEXT NOT NULL,
    rate_ppm INTEGER NOT NULL,
    is_default INTEGER DEFAULT 0 NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT rate_range CHECK (rate_ppm BETWEEN 0 AND 1000000),
    FOREIGN KEY(created_by) REFERENCES user (id),
    CONSTRAINT name_given CHECK (trim(name) <> '')
)
 STRICT""",
    """CREATE TABLE pricebook (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    ref TEXT DEFAULT '' NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    valid_from TEXT,
    valid_until TEXT,
    parent_id TEXT,
    tier TEXT,
    is_default INTEGER DEFAULT 0 NOT NULL,
    description TEXT,
    PRIMARY KEY (id),
    CONSTRAINT validity CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(parent_id) REFERENCES pricebook (id),
    CONSTRAINT name_given CHECK (trim(name) <> ''),
    CONSTRAINT currency_given CHECK (trim(currency) <> '')
)
 STRICT""",
    """CREATE TABLE price_entry (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    pricebook_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    min_quantity_milli INTEGER DEFAULT 0 NOT NULL,
    unit_price_micros INTEGER NOT NULL,
    valid_from TEXT,
    valid_until TEXT,
    PRIMARY KEY (id),
    CONSTRAINT price_range CHECK (unit_price_micros >= 0),
    CONSTRAINT quantity_range CHECK (min_quantity_milli >= 0),
    CONSTRAINT validity CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(pricebook_id) REFERENCES pricebook (id),
    FOREIGN KEY(product_id) REFERENCES product (id)
)
 STRICT""",
    "CREATE INDEX ix_tax_ref ON tax (ref)",
    "CREATE INDEX ix_pricebook_by_name ON pricebook (name COLLATE NOCASE) WHERE deleted_at IS NULL",
    "CREATE INDEX ix_pricebook_parent_id ON pricebook (parent_id) WHERE parent_id IS NOT NULL",
    "CREATE INDEX ix_pricebook_ref ON pricebook (ref)",
    "CREATE INDEX ix_price_entry_lookup ON price_entry (product_id, pricebook_id,"
    " min_quantity_milli)",
    "CREATE INDEX ix_price_entry_pricebook_id ON price_entry (pricebook_id)",
)

ACCOUNT = """CREATE TABLE account_new (
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
    name TEXT NOT NULL,
    short_name TEXT,
    tax_id TEXT,
    industry TEXT,
    size TEXT,
    founded_year INTEGER,
    region TEXT,
    website TEXT,
    kind TEXT DEFAULT 'end-customer' NOT NULL,
    tier TEXT DEFAULT 'standard' NOT NULL,
    parent_id TEXT,
    pricebook_id TEXT,
    next_follow_up_on TEXT,
    no_calls INTEGER DEFAULT 0 NOT NULL,
    no_emails INTEGER DEFAULT 0 NOT NULL,
    no_messages INTEGER DEFAULT 0 NOT NULL,
    no_visits INTEGER DEFAULT 0 NOT NULL,
    notes TEXT,
    pool_state TEXT DEFAULT 'owned' NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT not_own_parent CHECK (parent_id IS NULL OR parent_id <> id),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(owner_id) REFERENCES user (id),
    FOREIGN KEY(team_id) REFERENCES team (id),
    FOREIGN KEY(parent_id) REFERENCES account (id),
    FOREIGN KEY(pricebook_id) REFERENCES pricebook (id),
    CONSTRAINT name_given CHECK (trim(name) <> '')
)
 STRICT"""

PRODUCT = """CREATE TABLE product_new (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    ref TEXT DEFAULT '' NOT NULL,
    name TEXT NOT NULL,
    code TEXT,
    family TEXT,
    unit TEXT,
    unit_price_micros INTEGER,
    currency TEXT,
    tax_class_id TEXT,
    status TEXT DEFAULT 'active' NOT NULL,
    description TEXT,
    PRIMARY KEY (id),
    CONSTRAINT price_with_currency CHECK ((unit_price_micros IS NULL) = (currency IS NULL) AND (unit_price_micros IS NULL OR unit_price_micros >= 0)),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(tax_class_id) REFERENCES tax (id),
    CONSTRAINT name_given CHECK (trim(name) <> '')
)
 STRICT"""


def upgrade() -> None:
    """Make the tables, and give accounts and products a column more."""
    for statement in TABLES:
        op.execute(statement)
    _rebuild("account", ACCOUNT)
    _rebuild("product", PRODUCT)


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
