"""sfa attachment: files attached to records, kept in the store's content folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.lazy import group as lazy_group
from sfa.cli.noun import own
from sfa.cli.options import completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.i18n import tr
from sfa.store.home import content_dir, home_dir

_NOUNS = (
    *("account", "deal", "contact", "lead", "visit", "activity", "task", "product", "user"),
    *("quote", "order"),
)


def _complete(incomplete: str) -> list[tuple[str, str]]:
    word, colon, rest = incomplete.partition(":")
    if colon and word in _NOUNS:
        return [(f"{word}:{value}", label) for value, label in completer(word)(rest)]
    return [each for noun in ("account", "deal") for each in completer(noun)(incomplete)]


About = Annotated[
    str,
    typer.Argument(
        metavar="ABOUT",
        help=msg("The record: a reference or name, or deal:REF to say which kind."),
        autocompletion=_complete,
        show_default=False,
    ),
]
File = Annotated[
    str, typer.Argument(metavar="FILE", help=msg("Its reference or name from the list."), show_default=False)
]


def group() -> LazyGroup:
    """Return the attachment group."""
    verbs = {
        "add": own(add, msg("Attach a file to a record")),
        "list": own(list_, msg("List the files of a record")),
        "open": own(open_, msg("Open a file with the system's program for it")),
        "save": own(save, msg("Save a copy of a file")),
        "delete": own(delete, msg("Take a file off its record")),
    }
    return lazy_group("attachment", tr("Files attached to records"), verbs)


def add(
    about: About,
    path: Annotated[Path, typer.Argument(metavar="FILE", help=msg("The file."), show_default=False)],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help=msg("Another name for it."))] = "",
    format_: Format = "",
) -> None:
    """Attach a file to a record; the bytes are copied into the store's folder."""
    from sfa.finding.references import resolve_any
    from sfa.render.attachments import attachments_text
    from sfa.services import attachments

    fmt = format_of(format_)
    with reading() as connection:
        found = resolve_any(connection, about, _NOUNS)
    with performing(msg("Attach {file} to {label}"), file=name or path.name, label=found.label) as session:
        made = attachments.add(session, found.noun, found.id, path, folder=content_dir(home_dir()), name=name)
    emit(attachments_text([made], fmt))
    say(tr("Attached: {name} to {label}", name=made.name, label=found.label))


def list_(about: About, format_: Format = "") -> None:
    """List the files of a record."""
    from sfa.finding.attachments import of_record
    from sfa.finding.references import resolve_any
    from sfa.render.attachments import attachments_text

    fmt = format_of(format_)
    with reading() as connection:
        found = resolve_any(connection, about, _NOUNS)
        files = of_record(connection, found.noun, found.id)
    emit(attachments_text(files, fmt))
    if not files and fmt == "table":
        say(tr("No files yet. Attach one: sfa attachment add {ref} FILE", ref=found.ref))


def open_(file: File) -> None:
    """Open a file with the system's program: a copy of it, so that what is changed there is not kept."""
    from sfa.finding.attachments import find, lay_open
    from sfa.store.programs import open_file

    with reading() as connection:
        found = find(connection, file)
    place = lay_open(found, home=home_dir())
    open_file(place)
    say(tr("Opened: {path}, a copy to look at; changes to it are not kept.", path=str(place)))


def save(
    file: File,
    target: Annotated[
        Path,
        typer.Argument(metavar="TARGET", help=msg("A file, a folder, or - for stdout."), show_default=False),
    ],
    force: Annotated[bool, typer.Option("--force", help=msg("Overwrite what is there."))] = False,
) -> None:
    """Save a copy of a file."""
    from sfa.finding.attachments import find, read_content, save_copy

    with reading() as connection:
        found = find(connection, file)
    folder = content_dir(home_dir())
    if str(target) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(read_content(found, folder=folder))
        return
    place = save_copy(found, target, folder=folder, overwrite=force)
    say(tr("Saved: {path}", path=str(place)))


def delete(file: File, format_: Format = "") -> None:
    """Take a file off its record; sfa undo brings it back."""
    from sfa.finding.attachments import find
    from sfa.render.attachments import attachments_text
    from sfa.services import attachments

    fmt = format_of(format_)
    with reading() as connection:
        found = find(connection, file)
    with performing(msg("Take {file} off {label}"), file=found.name, label=found.about) as session:
        attachments.delete(session, found.id)
    emit(attachments_text([found], fmt))
    say(tr("Taken off: {name}", name=found.name))
