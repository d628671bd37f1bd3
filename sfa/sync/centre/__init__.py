"""The centre in PostgreSQL: its tables, written from the fields, and its functions, in SQL files.

Schemas: ``sfa`` (a relational table for each table of ``sfa.fields``), ``hub`` (what the
centre remembers besides) and ``api`` (what a login role may call).
"""
