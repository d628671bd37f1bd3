"""Every entry of the search index carries a mark of its column, so one column is enough.

Its content is built after the revisions, by the program that will search it.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    "DROP TABLE search",
    "CREATE VIRTUAL TABLE search USING fts5(entries, content='', columnsize=0, tokenize='ascii')",
    "INSERT INTO search (search, rank) VALUES ('hashsize', 4194304)",
)


def upgrade() -> None:
    """Make the index's table anew."""
    for statement in STATEMENTS:
        op.execute(statement)
