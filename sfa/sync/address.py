"""A centre's address as it is typed: what libpq understands, else an error that says how to write it."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from sfa.errors import InvalidInput, msg


def settings_of(url: str) -> dict[str, Any]:
    """Return the settings in an address.

    Raises:
        InvalidInput: it is no PostgreSQL address.
    """
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError as error:
        raise InvalidInput(
            "URL",
            msg("{value} is no address of a centre ({system})."),
            hint=msg("Write it like postgresql://anna@centre.example/sfa."),
            value=url,
            system=str(error).strip(),
        ) from error
