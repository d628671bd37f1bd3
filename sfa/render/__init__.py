"""Report or row to text: tables, TSV, CSV, JSON, Markdown; formats of numbers and days.

Translates and formats; never reads the store, never prints.
"""
