"""The demo company's home: a folder of its own with a note of what was made, put in place whole.

Only a folder with that note is ever replaced.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfa.errors import Refused, StoreUnusable, msg
from sfa.store.home import home_dir, make_home

if TYPE_CHECKING:
    from sfa.demo.build import Progress, Wanted

NOTE = "demo.json"
_SUFFIX = "-demo"


@dataclass(frozen=True, slots=True)
class Made:
    """What a demo home holds: the company of which seed and size, whose year ended when."""

    seed: int
    scale: int
    today: str
    language: str
    leads: int = 0


def demo_home() -> Path:
    """Return where the demo company lies unless told otherwise: beside the user's own home.

    A home that is a demo company's own stays where it is.
    """
    own = home_dir()
    return own if made_in(own) else own.with_name(own.name + _SUFFIX)


def made_in(home: Path) -> Made | None:
    """Return what demo company a folder holds, ``None`` when it holds none."""
    try:
        found = json.loads((home / NOTE).read_text("utf-8"))
        return Made(**found)
    except (OSError, ValueError, TypeError):
        return None


def refuse_foreign(home: Path) -> None:
    """Raise Refused when a folder is in use and holds no demo company."""
    try:
        if not home.exists() or made_in(home) or (home.is_dir() and not any(home.iterdir())):
            return
    except OSError as error:
        raise _unusable(home, error) from error
    raise Refused(
        msg("{path} is no home of the demo company, and it is not empty."),
        why=msg("The demo company never touches a store or files of yours."),
        hint=msg("Name a new folder with --home."),
        path=str(home),
    )


def make(home: Path, wanted: Wanted, *, on_step: Progress | None = None) -> None:
    """Make the demo company in a home: in the place of an earlier one, whole or not at all.

    Raises:
        Refused: the folder is in use and holds no demo company.
        StoreUnusable: it cannot be written.
    """
    from sfa.demo.build import build  # half a second that looking at a home does not need

    refuse_foreign(home)
    with _unfinished(home) as folder:
        build(folder, wanted, on_step=on_step)
        made = Made(wanted.seed, wanted.scale, wanted.today.isoformat(), wanted.language, wanted.leads)
        (folder / NOTE).write_text(json.dumps(asdict(made), indent=2) + "\n", "utf-8")


@contextmanager
def _unfinished(home: Path) -> Iterator[Path]:
    """Give a folder to work in; put it in the home's place at the end, and leave nothing otherwise."""
    folder, before = (home.with_name(f".{home.name}.{os.getpid()}.{end}") for end in ("new", "old"))
    make_home(folder)
    try:
        yield folder
        if home.exists():
            home.rename(before)
        folder.rename(home)
    except OSError as error:
        raise _unusable(home, error) from error
    finally:
        for leftover in (folder, before):
            shutil.rmtree(leftover, ignore_errors=True)


def _unusable(home: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        msg("The folder {path} cannot be used for the demo company."),
        why=msg("The system says: {system}."),
        hint=msg("Name a folder you may write to with --home."),
        path=str(home),
        system=error.strerror or str(error),
    )
