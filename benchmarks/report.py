"""The results as a page: figures beside their peers and goals, what is flat, why goals were missed."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.figures import Figure, Measured, failures
from benchmarks.timing import Spread

_HEAD = """# How fast sfa is

Written by `make bench`; how, and how to add a row: [README.md](README.md). The ratio is what counts, the
milliseconds are this machine's. Every figure is the median of runs in turns, ours, the peer, ours, the
peer …, each in a process of its own, least and most in brackets; the processor's time is user and system
together. Caches are warm: one untimed run of each side comes first, so that files are in the system's
cache and Python's bytecode is compiled.
"""


def page(all_measured: list[Measured], *, machine: str, versions: str, peers: str) -> str:
    """Return the whole page."""
    parts = [_HEAD, f"- Machine: {machine}\n- Versions: {versions}\n- Peers: {peers}\n"]
    parts += ["## Beside their peers\n", "\n".join(_table(all_measured, machine)) + "\n"]
    parts += _notes(all_measured)
    parts += ["## Flat in the size of the store\n", "\n".join(_flat(all_measured)) + "\n"]
    failed = [f"- {line}" for line in failures(all_measured)]
    if failed:
        parts += ["## Not measured\n", "\n".join(failed) + "\n"]
    parts += list(_missed(all_measured))
    return "\n".join(parts)


def _table(all_measured: list[Measured], machine: str) -> Iterator[str]:
    yield "| What | Records | sfa | processor | Peer | | processor | Ratio | Goal | | Runs | Day |"
    yield "|---|--:|--:|--:|---|--:|--:|--:|--:|---|--:|---|"
    for measured in all_measured:
        day = measured.on if measured.machine == machine else f"{measured.on}, on {measured.machine}"
        for each in measured.figures:
            yield _line(each, day)


def _line(each: Figure, day: str) -> str:
    size = f"{each.size:,}" if each.size else ""
    verdict = {True: "met", False: "**missed**", None: ""}[each.met]
    ratio = f"{each.ratio:.1f}" if each.ratio else ""
    missing = "peer missing" if each.peer else ""
    theirs = _spread(each.theirs, each.unit) if each.theirs else missing
    return (
        f"| {each.what} | {size} | {_spread(each.ours, each.unit)} | {_cpu(each.ours)} | {each.peer} "
        f"| {theirs} | {_cpu(each.theirs)} | {ratio} | {_goal(each)} | {verdict} | {each.ours.runs} | {day} |"
    )


def _spread(of: Spread, unit: str) -> str:
    return f"{_number(of.median)} {unit} ({_number(of.least)}–{_number(of.most)})"


def _cpu(of: Spread | None) -> str:
    return f"{_number(of.cpu)} ms" if of and of.cpu else ""


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _goal(each: Figure) -> str:
    if each.most is not None:
        return f"{each.most:g} {each.unit}"
    return f"{each.most_times:g} x" if each.most_times is not None else ""


def _notes(all_measured: list[Measured]) -> list[str]:
    notes = dict.fromkeys(each.note for one in all_measured for each in one.figures if each.note)
    return ["\n".join(f"- {note}" for note in notes) + "\n"] if notes else []


def _flat(all_measured: list[Measured]) -> Iterator[str]:
    """Yield a line for each thing that was measured at several sizes."""
    cells: dict[str, dict[int, Figure]] = {}
    for each in (each for one in all_measured for each in one.figures if each.flat and each.size):
        cells.setdefault(each.flat, {})[each.size or 0] = each
    sizes = sorted({size for row in cells.values() for size in row})
    heads = " | ".join(f"{size:,}" for size in sizes)
    yield f"| What | {heads} | the largest to the smallest |"
    yield f"|---|{'--:|' * len(sizes)}--:|"
    for name, row in cells.items():
        shown = [_spread_or_nothing(row.get(size)) for size in sizes]
        least, most = row[min(row)], row[max(row)]
        factor = f"{most.ours.median / least.ours.median:.2f}" if len(row) > 1 else ""
        yield f"| {name} | {' | '.join(shown)} | {factor} |"


def _spread_or_nothing(each: Figure | None) -> str:
    return f"{_number(each.ours.median)} {each.unit}" if each else ""


def _missed(all_measured: list[Measured]) -> Iterator[str]:
    for measured in all_measured:
        for each in measured.figures:
            if each.met is False:
                size = f", {each.size:,} records" if each.size else ""
                ratio = (
                    f"{each.ratio:.1f} x"
                    if each.ratio and each.most is None
                    else _spread(each.ours, each.unit)
                )
                yield f"## Missed: {each.what}{size}\n"
                yield f"{ratio} where {_goal(each)} is the goal. One run of ours under the profiler says:\n"
                yield f"```text\n{each.profile.rstrip() or 'no profile was taken'}\n```\n"
