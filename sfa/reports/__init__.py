"""Read-only questions to the store: frozen answers from plain SQL, never through SQLModel."""
