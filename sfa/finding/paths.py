"""Which file of this machine a typed path means, and what a half-typed one may become."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from sfa.errors import BadUsage, msg
from sfa.finding.folding import fold

_QUOTES = ("'", '"')
_ESCAPED = re.compile(r"\\(.)")
_MOST = 50


class Candidate(NamedTuple):
    """A file or folder that a half-typed path may become: what is typed for it, its name, its size."""

    typed: str
    name: str
    is_folder: bool
    size_bytes: int | None


def typed_path(text: str) -> Path:
    """Return the path that a text means: ``~`` is the home folder, a relative one begins where sfa began.

    A file dragged into a terminal comes quoted, with escaped spaces, or as ``file://``.

    Raises:
        BadUsage: the text is empty, or names the home of nobody here.
    """
    plain = _plain(text)
    if not plain:
        raise BadUsage(msg("No file was named."), hint=msg("Type its path; ~ is your home folder."))
    try:
        return Path(plain).expanduser()
    except RuntimeError as error:
        raise BadUsage(msg("There is no file {path}."), path=plain) from error


def _plain(text: str) -> str:
    plain = text.strip().replace("\0", "")
    if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in _QUOTES:
        return plain[1:-1]
    if plain.startswith("file://"):
        return unquote(urlsplit(plain).path)
    if os.sep == "/" and "\\" in plain and not Path(plain).exists():
        return _ESCAPED.sub(r"\1", plain)
    return plain


def candidates(text: str, *, folders_only: bool = False) -> list[Candidate]:
    """Return what a half-typed path may become, folders first; at most fifty, none where nothing can be read.

    Names that begin with what is typed come before those that hold it; hidden ones only for a dot.
    """
    if text.strip() == "~":
        return [Candidate("~/", "~/", is_folder=True, size_bytes=None)]
    head, part = _parted(text)
    folder = "."
    if head:
        with suppress(BadUsage):
            folder = str(typed_path(head))
    wanted = fold(part)
    found = []
    with suppress(OSError, ValueError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") != part.startswith(".") or wanted not in fold(entry.name):
                continue
            each = _candidate(head, entry)
            if each.is_folder or not folders_only:
                found.append(each)
    found.sort(key=lambda each: (not fold(each.name).startswith(wanted), not each.is_folder, fold(each.name)))
    return found[:_MOST]


def _parted(text: str) -> tuple[str, str]:
    """Return a path's folder with its separator, as typed, and what is typed of the name."""
    plain = _plain(text) if text.lstrip().startswith(("'", '"', "file://")) else text.lstrip()
    at = max(plain.rfind("/"), plain.rfind(os.sep)) + 1
    return plain[:at], plain[at:]


def _candidate(head: str, entry: os.DirEntry[str]) -> Candidate:
    is_folder, size = False, None
    with suppress(OSError):  # a link that leads nowhere
        is_folder = entry.is_dir()
        size = None if is_folder else entry.stat().st_size
    name = f"{entry.name}/" if is_folder else entry.name
    return Candidate(f"{head}{name}", name, is_folder, size)
