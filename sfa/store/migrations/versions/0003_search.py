"""The search index.

Its content is built after the revisions, by the program that will search it.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = (
    """CREATE VIRTUAL TABLE search USING fts5(
    name, other, reach, text, initials, content='', columnsize=0, tokenize='ascii'
)""",
    "INSERT INTO search (search, rank) VALUES ('hashsize', 4194304)",
    """CREATE TABLE search_doc (
    doc INTEGER NOT NULL PRIMARY KEY,
    row INTEGER NOT NULL,
    record_id TEXT NOT NULL UNIQUE,
    words TEXT NOT NULL
) STRICT""",
    """CREATE TABLE search_dirty (
    tbl TEXT NOT NULL,
    record_id TEXT NOT NULL,
    PRIMARY KEY (tbl, record_id)
) STRICT, WITHOUT ROWID""",
)


def upgrade() -> None:
    """Make the index's tables."""
    for statement in STATEMENTS:
        op.execute(statement)
