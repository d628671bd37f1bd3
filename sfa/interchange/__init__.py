"""Bytes or a line of text to validated fields and back; never touches the database."""
