"""Carrying the data to and from the team's central database. Source: docs/sync-protocol.md."""
