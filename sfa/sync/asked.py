"""A question to PostgreSQL that is answered while the device does something else."""

from __future__ import annotations

import selectors
from typing import Any

import psycopg
from psycopg import pq


class Asked:
    """One query on its way; the connection answers nothing else until ``answer`` was called."""

    def __init__(self, connection: psycopg.Connection[Any], query: str) -> None:
        """Send a query without parameters.

        Raises:
            psycopg.Error: the connection is lost.
        """
        self._line = connection.pgconn
        self._line.send_query(query.encode())
        while self._line.flush():
            self._wait(selectors.EVENT_WRITE)

    def answer(self) -> str | None:
        """Return the first column of the first row, once it is there.

        Raises:
            psycopg.Error: the server refused the query, or the connection was lost.
        """
        results = []
        while (result := self._next()) is not None:
            results.append(result)
        for each in results:
            if each.status != pq.ExecStatus.TUPLES_OK:
                raise psycopg.errors.error_from_result(each)
        found = results[0].get_value(0, 0) if results and results[0].ntuples else None
        return None if found is None else found.decode()

    def _next(self) -> Any:
        while self._line.is_busy():
            self._wait(selectors.EVENT_READ)
            self._line.consume_input()
        return self._line.get_result()

    def _wait(self, event: int) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._line.socket, event)
            selector.select()
