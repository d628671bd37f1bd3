"""The files of an archive: a file of JSON lines a table, the attached contents, the manifest that seals them.

A line is a row: column name to stored value, empty columns left out. The manifest holds
counts and hashes of everything, so that a damaged archive is refused before it is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sfa.errors import InvalidInput, Msg, NotFound, Refused, msg

FORMAT = 1
MANIFEST = "manifest.json"
CONTENTS = "files"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TableFile:
    """How many rows a table's file has, and the hash of its bytes."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, and of which store; ``contents`` is hash to size."""

    schema_version: int
    made_at: str
    user_id: str
    content_hash: str
    tables: dict[str, TableFile]
    contents: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive whose every file was found to be as its manifest says."""

    folder: Path
    manifest: Manifest


def table_path(folder: Path, table: str) -> Path:
    """Return the file of a table in an archive."""
    return folder / f"{table}.jsonl"


def contents_dir(folder: Path) -> Path:
    """Return the folder of attached contents in an archive."""
    return folder / CONTENTS


def write_table(folder: Path, table: str, rows: Iterable[Mapping[str, Any]]) -> TableFile:
    """Write a table's rows; return what the manifest says of them."""
    seal = hashlib.sha256()
    count = 0
    with table_path(folder, table).open("wb") as file:
        for row in rows:
            line = json.dumps(
                {name: value for name, value in row.items() if value is not None}, ensure_ascii=False
            )
            data = line.encode("utf-8", "surrogatepass") + b"\n"
            seal.update(data)
            file.write(data)
            count += 1
    return TableFile(count, seal.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, which makes a folder an archive."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_archive(folder: Path, *, known_schema: int) -> Archive:
    """Return an archive, every file of it verified.

    Raises:
        NotFound: the folder holds no archive.
        Refused: it was written by a newer program.
        InvalidInput: a file is missing or not as it was written.
    """
    manifest = _read_manifest(folder)
    if manifest.format > FORMAT or manifest.schema_version > known_schema:
        raise Refused(
            msg("The archive {path} was written by a newer sfa."),
            hint=msg("Update sfa on this machine; nothing was changed."),
            path=str(folder),
        )
    for table, said in manifest.tables.items():
        _verify(table_path(folder, table), said.sha256)
    for sha256 in manifest.contents:
        _verify(content_file(folder, sha256), sha256)
    return Archive(folder, manifest)


def content_file(folder: Path, sha256: str) -> Path:
    """Return the file of an attached content in an archive."""
    return contents_dir(folder) / sha256[:2] / sha256


def _read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(
            msg("The folder {path} holds no archive."),
            hint=msg("An archive is made with: sfa export --all DIR."),
            path=str(folder),
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        tables = {name: TableFile(**said) for name, said in found.pop("tables").items()}
        return Manifest(tables=tables, **found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(path, msg("it cannot be read")) from error


def _verify(path: Path, sha256: str) -> None:
    if not path.is_file():
        raise _damaged(path, msg("it is missing"))
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise _damaged(path, msg("it is not as it was written"))


def _damaged(path: Path, what: Msg) -> InvalidInput:
    return InvalidInput(
        path.name,
        what,
        hint=msg("The archive is damaged, and nothing was changed. Use another copy of it."),
    )


def read_table(archive: Archive, table: str) -> Iterator[Row]:
    """Yield a table's rows in the order they were written.

    Raises:
        InvalidInput: a line is no row.
    """
    path = table_path(archive.folder, table)
    with path.open(encoding="utf-8", errors="surrogatepass", newline="\n") as file:
        for line in file:
            try:
                row = json.loads(line)
            except ValueError as error:
                raise _damaged(path, msg("it cannot be read")) from error
            if not isinstance(row, dict) or not isinstance(row.get("id"), str):
                raise _damaged(path, msg("it cannot be read"))
            yield row
