"""The team's central PostgreSQL: schema, functions, users, and a server for one machine."""
