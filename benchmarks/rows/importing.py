"""A file of 100,000 leads with 14 columns into an empty store, each time a new one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import peers, profiles, stores
from benchmarks.figures import Figure
from benchmarks.peers import PeerMissing
from benchmarks.places import CACHE
from benchmarks.rows.plan import Plan, sfa
from benchmarks.timing import Command, Sample, environment, in_turns, run, spread

InFolder = Callable[[Path], Command]
LEADS = 100_000
_TURNS = 5
_PROFILED = 20_000  # a fifth of the file: the profiler makes everything several times slower
_WHAT = "`sfa import leads` of 14 columns"
_UTILS = "`sqlite-utils insert --csv --detect-types`"
_SHELL = "`sqlite3 .import --csv`"
_NOTE = (
    "`sqlite-utils` is kept below version 4, which detects types always and has no flag for it. It and"
    " `.import` validate nothing, look for no duplicates, log no change and fill no search index."
)


def measure(plan: Plan) -> Iterator[Figure]:
    """Time the import beside sqlite-utils, and beside the bare shell for comparison."""
    file, turns = stores.lead_file(LEADS), min(plan.turns, _TURNS)
    utils, shell = peers.wanted(partial(_utils, file)), peers.wanted(partial(_shell, file))
    there: list[InFolder] = [each for each in (utils, shell) if not isinstance(each, PeerMissing)]
    ours, *others = in_turns(turns, *(partial(_in_a_new_folder, each) for each in (_ours(file), *there)))
    for name, peer, goal in ((_UTILS, utils, 1.0), (_SHELL, shell, None)):
        missing = isinstance(peer, PeerMissing)
        note = f"{name} is missing: {peer}." if missing else _NOTE
        theirs = None if missing else spread(others.pop(0))
        found = Figure(_WHAT, LEADS, spread(ours), name, theirs, goal, note=note)
        yield replace(found, profile=_profile()) if found.met is False else found


def _in_a_new_folder(command: InFolder) -> Sample:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        return run(command(Path(folder)))


def _ours(file: Path) -> InFolder:
    return lambda folder: _importing(file, folder)


def _importing(file: Path, folder: Path) -> Command:
    # The store is there already, as it is for everybody who imports; making it is not the import.
    stores.sfa(folder, "lead", "list")
    return sfa(folder, "import", "leads", str(file), "--yes")


def _utils(file: Path) -> InFolder:
    program = peers.sqlite_utils()
    arguments = ("insert", "leads.db", "leads", str(file), "--csv", "--detect-types", "--silent")
    return lambda folder: Command((program, *arguments), environment(), folder=folder)


def _shell(file: Path) -> InFolder:
    program = peers.program("sqlite3")
    return lambda folder: Command(
        (program, "leads.db", f".import --csv {file} leads"), environment(), folder=folder
    )


def _profile() -> str:
    file = stores.lead_file(_PROFILED)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        ours = _importing(file, Path(folder))
        return profiles.functions(lambda path: run(profiles.profiled(ours, path)))
