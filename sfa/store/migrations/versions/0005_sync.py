"""Conflicts and proposals, and what a device keeps for syncing."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RECORDS = (
    """CREATE TABLE "conflict" (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    ref TEXT DEFAULT '' NOT NULL,
    kind TEXT NOT NULL,
    on_table TEXT NOT NULL,
    on_id TEXT NOT NULL,
    unit TEXT NOT NULL,
    kept_op TEXT NOT NULL,
    lost_op TEXT NOT NULL,
    kept TEXT NOT NULL,
    lost TEXT NOT NULL,
    base TEXT NOT NULL,
    kept_author_id TEXT,
    lost_author_id TEXT,
    kept_at TEXT NOT NULL,
    lost_at TEXT NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(kept_author_id) REFERENCES user (id),
    FOREIGN KEY(lost_author_id) REFERENCES user (id),
    CONSTRAINT on_table_given CHECK (trim(on_table) <> ''),
    CONSTRAINT on_id_given CHECK (trim(on_id) <> ''),
    CONSTRAINT unit_given CHECK (trim(unit) <> ''),
    CONSTRAINT kept_op_given CHECK (trim(kept_op) <> ''),
    CONSTRAINT lost_op_given CHECK (trim(lost_op) <> ''),
    CONSTRAINT kept_given CHECK (trim(kept) <> ''),
    CONSTRAINT lost_given CHECK (trim(lost) <> ''),
    CONSTRAINT base_given CHECK (trim(base) <> '')
)
 STRICT""",
    """CREATE TABLE proposal (
    id TEXT NOT NULL,
    version INTEGER DEFAULT 1 NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    updated_at TEXT NOT NULL,
    updated_by TEXT,
    deleted_at TEXT,
    ref TEXT DEFAULT '' NOT NULL,
    kind TEXT NOT NULL,
    on_table TEXT NOT NULL,
    on_id TEXT NOT NULL,
    tx_id TEXT NOT NULL,
    name TEXT NOT NULL,
    arguments TEXT NOT NULL,
    ops TEXT NOT NULL,
    author_id TEXT,
    recipient_id TEXT,
    made_at TEXT NOT NULL,
    state TEXT DEFAULT 'open' NOT NULL,
    decided_by_id TEXT,
    reason TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(created_by) REFERENCES user (id),
    FOREIGN KEY(author_id) REFERENCES user (id),
    FOREIGN KEY(recipient_id) REFERENCES user (id),
    FOREIGN KEY(decided_by_id) REFERENCES user (id),
    CONSTRAINT on_table_given CHECK (trim(on_table) <> ''),
    CONSTRAINT on_id_given CHECK (trim(on_id) <> ''),
    CONSTRAINT tx_id_given CHECK (trim(tx_id) <> ''),
    CONSTRAINT name_given CHECK (trim(name) <> ''),
    CONSTRAINT arguments_given CHECK (trim(arguments) <> ''),
    CONSTRAINT ops_given CHECK (trim(ops) <> '')
)
 STRICT""",
    "CREATE INDEX ix_conflict_on ON \"conflict\" (on_table, on_id)",
    "CREATE INDEX ix_conflict_ref ON \"conflict\" (ref)",
    "CREATE INDEX ix_conflict_state ON \"conflict\" (state)",
    "CREATE INDEX ix_proposal_author_id ON proposal (author_id) WHERE author_id IS NOT NULL",
    "CREATE INDEX ix_proposal_decided_by_id ON proposal (decided_by_id) WHERE decided_by_id IS NOT NULL",
    "CREATE INDEX ix_proposal_on ON proposal (on_table, on_id)",
    "CREATE INDEX ix_proposal_recipient_id ON proposal (recipient_id) WHERE recipient_id IS NOT NULL",
    "CREATE INDEX ix_proposal_ref ON proposal (ref)",
    "CREATE INDEX ix_proposal_state ON proposal (state)",
)

LOCAL = (
    # Ops of others, in the order they were applied: after the own op `after_seq`. `held` lists the
    # columns that were not shown because an unsent op had written them; `took` those taken at the centre.
    """CREATE TABLE history (
    no INTEGER NOT NULL PRIMARY KEY,
    after_seq INTEGER NOT NULL,
    entry TEXT NOT NULL,
    op_id TEXT,
    tx_id TEXT,
    hlc INTEGER NOT NULL,
    kind TEXT NOT NULL,
    tbl TEXT NOT NULL,
    row_id TEXT NOT NULL,
    changes TEXT,
    took TEXT,
    held TEXT,
    author TEXT,
    device TEXT,
    schema_version INTEGER NOT NULL,
    salt BLOB,
    digest BLOB
) STRICT""",
    "CREATE INDEX ix_history_op_id ON history (op_id) WHERE op_id IS NOT NULL",
    "CREATE INDEX ix_history_row ON history (row_id)",
    # The names of others' transactions.
    """CREATE TABLE heard_tx (
    tx_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    arguments TEXT NOT NULL DEFAULT '{}',
    author TEXT,
    device TEXT NOT NULL,
    at TEXT NOT NULL,
    undoes TEXT
) STRICT, WITHOUT ROWID""",
    # What the centre holds where an unsent op of ours is shown.
    """CREATE TABLE confirmed (
    tbl TEXT NOT NULL,
    row_id TEXT NOT NULL,
    col TEXT NOT NULL,
    value TEXT NOT NULL,
    op_id TEXT,
    PRIMARY KEY (tbl, row_id, col)
) STRICT, WITHOUT ROWID""",
    # What became of own transactions that were not simply applied.
    """CREATE TABLE outcome (
    tx_id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    reason TEXT,
    proposal_id TEXT,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    # Roots that the user lost while they had unsent ops: hidden, to be purged.
    """CREATE TABLE leaving (
    tbl TEXT NOT NULL,
    row_id TEXT NOT NULL,
    PRIMARY KEY (tbl, row_id)
) STRICT, WITHOUT ROWID""",
    # References to rows that are not here (yet): set when the row comes.
    """CREATE TABLE missing_ref (
    tbl TEXT NOT NULL,
    row_id TEXT NOT NULL,
    col TEXT NOT NULL,
    target_id TEXT NOT NULL,
    PRIMARY KEY (tbl, row_id, col)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ix_missing_ref_target ON missing_ref (target_id)",
    # What a newer centre sent and this program does not know yet.
    """CREATE TABLE parked (
    no INTEGER NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    entry TEXT NOT NULL
) STRICT""",
    """CREATE TABLE sync_run (
    id TEXT NOT NULL PRIMARY KEY,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    state TEXT NOT NULL,
    pushed INTEGER NOT NULL DEFAULT 0,
    pulled INTEGER NOT NULL DEFAULT 0,
    bytes_out INTEGER NOT NULL DEFAULT 0,
    bytes_in INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    verified INTEGER,
    problem TEXT
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX ix_sync_run_started_at ON sync_run (started_at)",
)


def upgrade() -> None:
    """Make the tables and their indexes."""
    for statement in (*RECORDS, *LOCAL):
        op.execute(statement)
