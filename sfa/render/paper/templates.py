"""How a company's papers look: a folder of small files beside the store, checked when it is read.

``paper.toml`` says page, colours, columns, blocks and texts; ``page.html``, ``page.md`` and
``mail.LANGUAGE.txt`` are texts with places. Nothing in them is run. What a folder does not have
is as in ``standard/``. Everything unknown is an error that names file, line and what is allowed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfa.errors import InvalidInput, msg
from sfa.render.paper import checking
from sfa.render.paper.document import Variant
from sfa.render.paper.places import PLACES, used

STANDARD = Path(__file__).parent / "standard"
FOLDER = "templates"
FILE = "paper.toml"
# A file of text -> the places it may have.
_BLOCKS = (
    "title", "marks", "facts", "sides", "introduction", "lines", "totals", "words", "taxes", "terms", "notes",
    "approval", "footer",
)  # fmt: skip
TEXT_FILES: dict[str, tuple[str, ...]] = {
    "page.html": (
        *_BLOCKS, "signatures", "logo", "lang", "page_title", "page_size",
        *(f"colour_{name}" for name in ("accent", "text", "quiet", "rule", "band", "warning")),
    ),
    "page.md": _BLOCKS,
    "mail.en.txt": PLACES,
    "mail.zh_CN.txt": PLACES,
    "order-mail.en.txt": PLACES,
    "order-mail.zh_CN.txt": PLACES,
}  # fmt: skip
_SUBJECT = "Subject:"


@dataclass(frozen=True, slots=True)
class Template:
    """How papers look; ``name`` is what errors call it. Paths are of files that are there."""

    name: str
    size: str
    across: frozenset[Variant]
    margin_mm: float
    logo: Path | None
    logo_height_mm: float
    font: Path | None
    bold_font: Path | None
    size_pt: float
    colours: Mapping[str, str]
    blocks: tuple[str, ...]
    facts: tuple[str, ...]
    columns: Mapping[Variant, tuple[str, ...]]
    widths_mm: Mapping[str, float]
    texts: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, str]]
    files: Mapping[str, str]


def standard() -> Template:
    """Return the template that comes with the program."""
    return _read(None)


def template_of(home: Path, name: str = "") -> Template:
    """Return the company's template: ``templates/`` in the home, or the folder of that name in it.

    Without a name and without such a folder it is the standard one.

    Raises:
        InvalidInput: there is no such template, or something in it is not allowed.
    """
    folder = home / FOLDER / name if name else home / FOLDER
    # A name is one folder: nothing outside templates/ is read.
    if name and (Path(name).name != name or name.startswith(".") or not folder.is_dir()):
        raise InvalidInput(
            str(folder),
            msg("there is no such template."),
            hint=msg("Templates there are: {known}."),
            known=", ".join(template_names(home)) or "-",
        )
    return _read(folder if folder.is_dir() else None)


def template_names(home: Path) -> list[str]:
    """Return the names of the templates beside the usual one."""
    folder = home / FOLDER
    return sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []


def write_standard(folder: Path) -> list[Path]:
    """Write the standard template's files into a folder, to be changed there; return their paths.

    Raises:
        InvalidInput: one of them is there already, or the folder cannot be written.
    """
    sources = sorted(STANDARD.iterdir())
    there = [each.name for each in sources if (folder / each.name).exists()]
    if there:
        raise InvalidInput(
            str(folder),
            msg("there is already: {files}."),
            hint=msg("Move it away first; nothing was written."),
            files=", ".join(there),
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in sources:
            (folder / each.name).write_bytes(each.read_bytes())
    except OSError as error:
        raise InvalidInput(
            str(folder), msg("it cannot be written: {cause}."), cause=error.strerror or str(error)
        ) from error
    return [folder / each.name for each in sources]


def _read(folder: Path | None) -> Template:
    usual = tomllib.loads((STANDARD / FILE).read_text("utf-8"))
    own: dict[str, Any] = {}
    source = checking.Source(FILE, "")
    if folder is not None and (folder / FILE).exists():
        source = checking.Source(str(folder / FILE), _text(folder / FILE))
        own = checking.parsed(source)
        checking.check(own, source)
    merged = _merged(usual, own)
    files = {name: _text_file(folder, name) for name in TEXT_FILES}
    return _template(merged, files, folder or STANDARD, source)


def _template(
    merged: dict[str, Any], files: dict[str, str], folder: Path, source: checking.Source
) -> Template:
    page = merged["page"]
    return Template(
        name=source.name,
        size=page["size"],
        across=frozenset(map(Variant, page["across"])),
        margin_mm=page["margin_mm"],
        logo=_beside(folder, page["logo"], source, "logo"),
        logo_height_mm=page["logo_height_mm"],
        font=_beside(folder, page["font"], source, "font"),
        bold_font=_beside(folder, page["bold_font"], source, "bold_font"),
        size_pt=merged["text"]["size_pt"],
        colours=merged["colours"],
        blocks=tuple(merged["blocks"]["shown"]),
        facts=tuple(merged["facts"]["shown"]),
        columns={variant: tuple(merged["columns"][variant]) for variant in Variant},
        widths_mm=merged["widths_mm"],
        texts=merged["texts"],
        labels=merged["labels"],
        files=files,
    )


def _merged(usual: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the usual values with one's own in their place, table by table."""
    merged = dict(usual)
    for key, value in own.items():
        before = usual.get(key)
        merged[key] = _merged(before, value) if isinstance(before, dict) else value
    return merged


def _beside(folder: Path, name: str, source: checking.Source, key: str) -> Path | None:
    if not name:
        return None
    path = folder / name
    if Path(name).is_absolute() or ".." in Path(name).parts or not path.is_file():
        raise source.error(
            ("page", key),
            msg("there is no file {value!r} in the folder of the template."),
            hint=msg("Put it beside {file}, or leave the name empty."),
            value=name,
            file=FILE,
        )
    return path


def _text_file(folder: Path | None, name: str) -> str:
    own = folder / name if folder is not None else None
    path = own if own is not None and own.exists() else STANDARD / name
    text = _text(path)
    for each in used(text):
        if each.name not in TEXT_FILES[name]:
            raise InvalidInput(
                f"{path}:{each.line}",
                msg("there is no place {place}."),
                hint=msg("Allowed: {allowed}."),
                place="{" + each.name + "}",
                allowed=" ".join("{" + known + "}" for known in TEXT_FILES[name]),
            )
    if "mail." in name and not text.startswith(_SUBJECT):
        raise InvalidInput(
            f"{path}:1",
            msg("a mail begins with its subject."),
            hint=msg("Begin its first line with Subject: and what it is about."),
        )
    return text


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(str(path), msg("it cannot be read: {cause}."), cause=str(error)) from error
