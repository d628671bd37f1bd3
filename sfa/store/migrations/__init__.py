"""Alembic revisions of the store's schema; imported only when a store's version differs."""
