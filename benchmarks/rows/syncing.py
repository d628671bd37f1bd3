"""One device and its centre: a push, a sync with nothing to do, the first sync."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks import devices
from benchmarks.centre import PASSWORD, Centre, centre
from benchmarks.figures import Figure
from benchmarks.places import shown
from benchmarks.rows.plan import Plan
from benchmarks.timing import Sample, in_turns, spread
from sfa.fields import TABLES
from sfa.sync import running
from sfa.sync.centre import admin
from sfa.sync.device import Device
from sfa.sync.kept import KeptStore
from sfa.sync.postgres import PostgresTransport

OPS = 10_000
ACCOUNTS = 100_000
A_THOUSAND_MS = 250.0  # 4,000 ops a second
_FEW = 5
_READER = "reader"
_NOTE = (
    "Centre and device are on one machine, over TLS 1.3 with the certificate verified in full and a password"
    " (SCRAM); PostgreSQL is as durable as it comes (fsync, synchronous_commit, full_page_writes). The"
    " processor's time is the device's and the server's together. pgbench runs on the same server over TLS."
)
_IDLE_NOTE = (
    "A sync with nothing to do finds the store open, as in a process that syncs again and again (the app,"
    " `sfa sync --watch`). The device was last seen minutes before, so that the centre notes that it came."
)
_MADE = """INSERT INTO sfa.account (id, name, owner_id, industry, region, tier, notes)
SELECT gen_random_uuid()::text, '客户 ' || n, %(owner)s, '机械', '华东', 'standard', 'Met at the fair'
FROM generate_series(1, %(count)s) AS n"""


def pushing(plan: Plan) -> Iterator[Figure]:
    """Push 10,000 ops of ordinary days beside pgbench's simple update on the same server."""
    with centre(1) as server, devices.homes() as folder:
        home = devices.signed_in(server, folder / "rep", "rep0")
        sides = (partial(_push, server, home, OPS), partial(_simple_updates, server, 1))
        ours, theirs = in_turns(min(plan.turns, _FEW), *sides)
        found = Figure(
            "push of 10,000 ops from one device, for each 1,000", OPS, spread(ours),
            "1,000 of pgbench's simple updates", spread(theirs), most=A_THOUSAND_MS, note=_NOTE,
        )  # fmt: skip
        yield found if found.met else replace(found, profile=_dearest(server, home))


def _push(server: Centre, home: Path, ops: int) -> Sample:
    devices.work(home, ops)
    with closing(Device.open(home)) as device:
        taken = timed(server, lambda: _push_all(device, server))
    running.sync(home, password=PASSWORD)  # what it pulls is not measured
    return Sample(taken.wall_s * 1000 / ops, taken.cpu_s * 1000 / ops)


def _push_all(device: Device, server: Centre) -> None:
    with closing(PostgresTransport(server.url("rep0"), password=PASSWORD)) as transport:
        for batch in device.batches():
            device.acknowledge(batch, transport.push(batch))


def _simple_updates(server: Centre, clients: int, times: int = 1_000) -> Sample:
    settings = dict(
        os.environ, PGPASSWORD=PASSWORD, PGSSLMODE="verify-full", PGSSLROOTCERT=str(server.certificate)
    )
    program = str(server.cluster.binaries / "pgbench")
    database = _pgbench_database(server)
    where = ("-h", "127.0.0.1", "-p", str(server.cluster.port()), "-U", _READER, database)
    each = ("-N", "-n", "-c", str(clients), "-j", str(min(clients, 2)), "-t", str(times // clients))
    return timed(server, lambda: _run((program, *each, *where), settings))


def simple_updates(server: Centre, clients: int) -> Sample:
    """Run a thousand of pgbench's simple updates."""
    return _simple_updates(server, clients)


def _pgbench_database(server: Centre) -> str:
    name = "pgbench"
    with psycopg.connect(server.cluster.admin_url("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        connection.execute(f"CREATE ROLE {_READER} LOGIN")
        admin.set_password(connection, _READER, PASSWORD)
        connection.execute(f"CREATE DATABASE {name} OWNER {_READER}")
    address = server.cluster.admin_url(name)
    _run((str(server.cluster.binaries / "pgbench"), "-i", "-q", "-s", "10", address), dict(os.environ))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {_READER}")
    return name


def _run(arguments: tuple[str, ...], settings: dict[str, str]) -> None:
    subprocess.run(arguments, env=settings, check=True, capture_output=True)


def timed(server: Centre, work: Callable[[], object]) -> Sample:
    """Return what some work took here, in what it starts, and on the server."""
    before = server.cpu_s() + _own_cpu_s()
    begun = time.perf_counter()
    work()
    took = time.perf_counter() - begun
    server.wait_until_left()
    return Sample(took, server.cpu_s() + _own_cpu_s() - before)


def _own_cpu_s() -> float:
    return sum(os.times()[:4])


def _dearest(server: Centre, home: Path) -> str:
    """Return the centre's functions that took the longest by themselves in one push."""
    devices.work(home, OPS)
    with psycopg.connect(server.cluster.admin_url(), autocommit=True) as connection:
        connection.execute("ALTER DATABASE sfa SET track_functions = 'all'")
        connection.execute("SELECT pg_stat_reset()")
        with closing(Device.open(home)) as device:
            _push_all(device, server)
        connection.execute("ALTER DATABASE sfa RESET track_functions")
        time.sleep(1)  # a session hands its counts over when it ends
        rows = connection.execute(
            "SELECT funcname, calls, self_time FROM pg_stat_user_functions ORDER BY self_time DESC LIMIT 15"
        ).fetchall()
    lines = [f"{name:24}{calls:9,}{own:12,.1f}" for name, calls, own in rows]
    return "\n".join([f"{'function':24}{'calls':>9}{'own ms':>12}", *lines]) + "\n"


def idle(plan: Plan) -> Iterator[Figure]:
    """Sync with nothing to do, inside a running process, beside one SELECT 1 on a new connection."""
    with centre(1) as server, devices.homes() as folder:
        home = devices.signed_in(server, folder / "rep", "rep0")
        with (
            # As the app and `sfa sync --watch` do: the store stays open from one sync to the next.
            closing(KeptStore(home)) as kept,
            psycopg.connect(server.cluster.admin_url(), autocommit=True) as connection,
        ):
            sync = partial(running.sync, home, password=PASSWORD, kept=kept)
            ours, theirs = in_turns(
                plan.turns * 2,
                lambda: _minutes_later(server, connection, sync),
                lambda: timed(server, partial(_select, server)),
            )
            found = Figure(
                "a sync with nothing to do, in a running process", None, spread(ours),
                "`SELECT 1` on a new TLS connection", spread(theirs), most_times=2, note=_IDLE_NOTE,
            )  # fmt: skip
            yield found if found.met else replace(found, profile=_profiled(sync))


def _minutes_later(server: Centre, connection: admin.Connection, sync: Callable[[], object]) -> Sample:
    """Time a sync of a device that was last seen a while ago, which the centre notes."""
    connection.execute("UPDATE hub.device SET seen_at = seen_at - interval '15 minutes'")
    return timed(server, sync)


def _select(server: Centre) -> None:
    with psycopg.connect(server.url("rep0"), password=PASSWORD, autocommit=True) as connection:
        connection.execute("SELECT 1")


def _profiled(work: Callable[[], object]) -> str:
    profile = cProfile.Profile()
    profile.runcall(work)
    told = io.StringIO()
    pstats.Stats(profile, stream=told).sort_stats("tottime").print_stats(15)
    lines = [line.rstrip() for line in told.getvalue().splitlines() if line.strip()]
    return shown("\n".join(line for line in lines if not line.startswith(("   Ordered", "   List")))) + "\n"


def first(plan: Plan) -> Iterator[Figure]:
    """Load 100,000 accounts into a new store beside COPY out and an insert of the same rows into SQLite."""
    accounts = min(ACCOUNTS, max(plan.sizes))
    with centre(1) as server, devices.homes() as folder:
        _fill(server, accounts)
        numbers = count()
        ours, theirs = in_turns(
            min(plan.turns, _FEW),
            lambda: _first_sync(server, folder / f"rep{next(numbers)}"),
            lambda: _copied(server, folder / f"copy{next(numbers)}.db"),
        )
        found = Figure(
            "the first sync", accounts, spread(ours), "COPY out, and one INSERT into SQLite", spread(theirs),
            most_times=3, note=_NOTE,
        )  # fmt: skip
        yield found if found.met else replace(found, profile=_profile_of_load(server, folder / "profiled"))


def _fill(server: Centre, accounts: int) -> None:
    with admin.administering(server.cluster.admin_url()) as connection:
        owner = admin.user_of(connection, "rep0")
        connection.execute(_MADE, {"owner": owner, "count": accounts})
        connection.execute(f"CREATE ROLE {_READER} LOGIN IN ROLE sfa_bi")
        admin.set_password(connection, _READER, PASSWORD)
    with psycopg.connect(server.cluster.admin_url(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _new_device(server: Centre, home: Path) -> Path:
    home.mkdir(mode=0o700)
    running.login(home, server.url("rep0"), PASSWORD, device_name=home.name, keep=False)
    return home


def _first_sync(server: Centre, home: Path) -> Sample:
    _new_device(server, home)
    return timed(server, partial(running.sync, home, password=PASSWORD))


def _profile_of_load(server: Centre, home: Path) -> str:
    _new_device(server, home)
    return _profiled(partial(running.sync, home, password=PASSWORD))


def _copied(server: Centre, path: Path) -> Sample:
    return timed(server, partial(_copy, server, path))


def _copy(server: Centre, path: Path) -> None:
    names = ["id", *(column.name for column in TABLES["account"].captured())]
    listed = sql.SQL(", ").join(map(sql.Identifier, names))
    with (
        closing(sqlite3.connect(path)) as store,
        psycopg.connect(server.url(_READER), password=PASSWORD) as connection,
        connection.cursor().copy(sql.SQL("COPY sfa.account ({}) TO STDOUT").format(listed)) as copy,
    ):
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = FULL")
        store.execute(f"CREATE TABLE account (id TEXT PRIMARY KEY, {', '.join(names[1:])})")
        store.executemany(f"INSERT INTO account VALUES ({', '.join('?' * len(names))})", copy.rows())
        store.commit()
