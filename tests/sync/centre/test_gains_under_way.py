"""Whoever gains a record gets all that hangs on it, also what somebody else is just adding."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from tests.sync.centre.company import Replica
from tests.sync.centre.conftest import Connect
from tests.sync.servers import Connection

_WAIT_S = 30.0


def _waits(centre: Connection, count: int) -> None:
    """Wait until so many sessions wait for a lock."""
    until = time.monotonic() + _WAIT_S
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while (row := centre.execute(query).fetchone()) is not None and row[0] < count:
        assert time.monotonic() < until, f"{row[0]} sessions wait, not {count}"
        time.sleep(0.01)


def _in_the_background(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_row_added_while_its_record_is_handed_over_reaches_the_new_owner(
    centre: Connection, connect: Connect, add_login: Callable[[str, str], str]
) -> None:
    """The row is committed first, and the new owner asks before the handing over is."""
    for name in ("ann", "cid"):
        centre.execute('INSERT INTO sfa."user" (id, name, role) VALUES (%s, %s, %s)', [name, name, "rep"])
    centre.execute("INSERT INTO sfa.contact (id, name, owner_id) VALUES ('c', 'C', 'ann')")
    replica = Replica(connect(add_login("login_cid", "cid")), 1)
    first, third, adding, handing = connect(), connect(), connect(), connect()

    # Whoever holds the counter decides who commits in which order: the row, nobody, the handing over.
    first.execute("BEGIN; UPDATE hub.counter SET version = version")
    adding.execute("BEGIN; INSERT INTO sfa.phone (id, contact_id, value) VALUES ('p', 'c', '1')")
    handing.execute("BEGIN; UPDATE sfa.contact SET owner_id = 'cid' WHERE id = 'c'")
    threads = [_in_the_background(lambda: adding.execute("COMMIT"))]
    _waits(centre, 1)
    threads.append(
        _in_the_background(lambda: third.execute("BEGIN; UPDATE hub.counter SET version = version"))
    )
    _waits(centre, 2)
    threads.append(_in_the_background(lambda: handing.execute("COMMIT")))
    _waits(centre, 3)
    first.execute("ROLLBACK")
    threads[0].join()
    threads[1].join()
    replica.pull(5_000)
    assert ("contact", "c") not in replica.rows
    third.execute("ROLLBACK")
    threads[2].join()

    replica.pull(5_000)
    assert ("contact", "c") in replica.rows
    assert ("phone", "p") in replica.rows
