"""Text typed into a form and not saved yet: a file beside the store, so that no crash loses it.

One file a form, private as the store is, on the disk before it takes the place of the one before.
``erase`` removes those of the erased record, a sync those of a record that left this device. A
process that has forms open holds a lock, by which others know that a draft is no orphan.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from sfa import clock, ids
from sfa.store.locks import taken

_FOLDER = "drafts"
_MOST = 50  # forms of one record open at once
NEW, EDIT = "new", "edit"
Texts = Mapping[str, str]


class Unsaved(NamedTuple):
    """What was typed into a form: of which kind of form, about which record, on what ground.

    ``base`` is what the record held when the form was opened, ``more`` what else opens the form again.
    """

    form: str
    noun: str
    record_id: str
    label: str
    kept_at: str
    texts: dict[str, str]
    base: dict[str, Any]
    more: dict[str, Any]
    file: str


class Draft:
    """What was typed into the form of one record, or of a new one of a noun."""

    _held: ClassVar[set[Path]] = set()  # files of forms that this process has open

    def __init__(
        self,
        home: Path,
        noun: str,
        record_id: str = NEW,
        *,
        form: str = "",
        label: str = "",
        more: Mapping[str, Any] | None = None,
        file: str = "",
    ) -> None:
        """Name the form; no file is made before something is kept.

        ``form`` says which one where there are several of a record, ``file`` which draft is taken up.
        """
        self._folder = home / _FOLDER
        self._form = form or (NEW if record_id == NEW else EDIT)
        self._noun = noun
        self._record_id = record_id
        self._label = label
        self._more = dict(more or {})
        self._file = file
        self._path: Path | None = None
        self._over = False
        self._writing = threading.Lock()
        self.base: dict[str, Any] = {}

    def _paths(self) -> list[Path]:
        kind = self._noun if self._form in {NEW, EDIT} else f"{self._noun}_{self._form}"
        stem = f"{kind}-{self._record_id}"
        return [self._folder / f"{stem}{f'.{number}' if number else ''}.json" for number in range(_MOST)]

    def load(self) -> dict[str, str]:
        """Return field name -> text; nothing when there is no draft or it cannot be read."""
        found = next(filter(None, map(_read, self._paths())), None)
        return found.texts if found is not None else {}

    def take_up(self) -> Unsaved | None:
        """Return what an earlier form of the same kind left that nobody has open, and go on in its place."""
        for path in self._paths():
            found = _read(path) if self._file in {"", path.name} else None
            if found is not None and found.more == self._more and _is_free(path):
                self._hold(path)
                return found
        return None

    def _hold(self, path: Path) -> None:
        self._path = path
        Draft._held.add(path)

    def keep(self, texts: Texts) -> None:
        """Write the texts, or remove the file when there are none; a full disk stops nobody from typing.

        May run in a thread; once the draft was dropped it writes nothing.
        """
        with self._writing, suppress(OSError):
            if self._over:
                return
            if self._path is None:
                self._hold(
                    next(path for path in self._paths() if path not in Draft._held and not path.exists())
                )
            if texts:
                self._write(texts)
            elif self._path is not None:
                self._path.unlink(missing_ok=True)

    def _write(self, texts: Texts) -> None:
        assert self._path is not None
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        body = {
            "form": self._form,
            "noun": self._noun,
            "record_id": self._record_id,
            "label": self._label,
            "kept_at": clock.to_text(clock.utc_now()),
            "texts": dict(texts),
            "base": self.base,
            "more": self._more,
            "holder": _Mark.of(self._folder),
        }
        unfinished = self._path.with_suffix(".part")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
            json.dump(body, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)

    def drop(self) -> None:
        """Remove the draft, for good."""
        self._end(keep=False)

    def leave(self) -> None:
        """Let go of the draft; what was kept stays for the next form."""
        self._end(keep=True)

    def _end(self, *, keep: bool) -> None:
        with self._writing:
            self._over = True
            if self._path is None:
                return
            if not keep:
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
            Draft._held.discard(self._path)
            if not any(path.parent == self._folder for path in Draft._held):
                _Mark.take_away(self._folder)


class _Mark:
    """The mark of this process in a folder: a locked file, which says that its forms are still open."""

    _own: ClassVar[dict[Path, tuple[int, Path, int]]] = {}  # folder -> process, file, descriptor

    @classmethod
    def of(cls, folder: Path) -> str:
        """Return the name of the mark, made when it is first asked for."""
        process, path, _ = cls._own.get(folder, (0, folder, 0))
        if process != os.getpid() or not path.exists():
            path = folder / f"{ids.uuid7(clock.wall_ms())}.open"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            taken(descriptor)
            cls._own[folder] = (os.getpid(), path, descriptor)
        return path.name

    @classmethod
    def is_own(cls, path: Path) -> bool:
        """Say whether a mark is this process'."""
        process, own, _ = cls._own.get(path.parent, (0, path.parent, 0))
        return process == os.getpid() and own == path

    @classmethod
    def take_away(cls, folder: Path) -> None:
        """Remove the mark: no form is open any more."""
        process, path, descriptor = cls._own.pop(folder, (0, folder, 0))
        if process == os.getpid():
            with suppress(OSError):
                path.unlink(missing_ok=True)
                os.close(descriptor)


def _is_free(path: Path) -> bool:
    """Say whether no form has a draft open, here or in another process."""
    if path in Draft._held:
        return False
    try:
        holder = str(json.loads(path.read_text("utf-8"))["holder"])
    except (OSError, ValueError, TypeError, KeyError):
        return True
    mark = path.with_name(holder)
    return _Mark.is_own(mark) or not _is_locked(mark)


def _is_locked(mark: Path) -> bool:
    """Say whether a process still holds its mark; one that nobody holds is removed."""
    try:
        descriptor = os.open(mark, os.O_RDWR)
    except OSError:
        return False
    try:
        if not taken(descriptor):
            return True
        with suppress(OSError):
            mark.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)


def _read(path: Path) -> Unsaved | None:
    try:
        found = json.loads(path.read_text("utf-8", "surrogatepass"))
        texts, base, more = (dict(found[name]) for name in ("texts", "base", "more"))
        form, noun, record_id, label, kept_at = (
            str(found[name]) for name in ("form", "noun", "record_id", "label", "kept_at")
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
    plain = {name: text for name, text in texts.items() if isinstance(text, str)}
    return Unsaved(form, noun, record_id, label, kept_at, plain, base, more, path.name) if plain else None


def unsaved(home: Path) -> list[Unsaved]:
    """Return the drafts that no form has open, the latest first."""
    folder = home / _FOLDER
    with suppress(OSError):
        for mark in folder.glob("*.open"):
            if not _Mark.is_own(mark):
                _is_locked(mark)  # removes what a crash left
    found = [(_read(path), path) for path in sorted(folder.glob("*-*.json"))]
    free = [each for each, path in found if each is not None and _is_free(path)]
    return sorted(free, key=lambda each: each.kept_at, reverse=True)


def forget(home: Path, each: Unsaved) -> None:
    """Remove a draft that no form has open."""
    with suppress(OSError):
        (home / _FOLDER / each.file).unlink(missing_ok=True)


def drop_all_of(home: Path, record_ids: AbstractSet[str]) -> None:
    """Remove the drafts of some records, of whatever noun."""
    with suppress(OSError):
        for path in (home / _FOLDER).glob("*-*.json"):
            found = _read(path)
            about = {
                path.name.partition("-")[2].partition(".")[0],
                *((found.more.get("ids") or ()) if found else ()),
            }
            if about & record_ids:
                path.unlink(missing_ok=True)
