"""The terminal app: all Textual. No SQL, no arithmetic, no formatting of values."""
