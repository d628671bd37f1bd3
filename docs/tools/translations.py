"""Keep the Chinese catalogue in step with the code: ``python docs/tools/translations.py [--check]``.

Collects every text marked with ``tr``, ``tr_plural``, ``tr_in``, ``msg`` or ``Msg``, and
those of the command-line framework, into ``sfa/locales/zh_CN/LC_MESSAGES/sfa.po``, and
compiles ``sfa.mo``. Translations stay; texts that are gone go. It ends with 1 when a
translation is missing, doubtful or has other {places} than the English; with ``--check``
also when a file is not current, and then it writes nothing.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import re
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from sfa import __version__

ROOT = Path(__file__).resolve().parents[2]
LOCALE = "zh_CN"
PO = ROOT / "sfa" / "locales" / LOCALE / "LC_MESSAGES" / "sfa.po"
MO = PO.with_suffix(".mo")
PLAIN, PLURAL, CONTEXT = "text", "one, many", "context, text"
OURS = {"tr": PLAIN, "msg": PLAIN, "Msg": PLAIN, "tr_plural": PLURAL, "tr_in": CONTEXT}
FRAMEWORK = {"_": PLAIN}
# What a catalogue says about when it was made would change with every run.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def main(arguments: list[str]) -> int:
    """Update or check both files; return the exit code."""
    catalogue = updated()
    files = {PO: po_bytes(catalogue), MO: mo_bytes(catalogue)}
    complaints = list(faults(catalogue))
    if "--check" in arguments:
        complaints += [
            f"{path.relative_to(ROOT)} is not current; run: make docs"
            for path, text in files.items()
            if not path.exists() or path.read_bytes() != text
        ]
    else:
        PO.parent.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.write_bytes(text)
    print("\n".join(complaints) or f"{len(catalogue)} texts, all translated")
    return 1 if complaints else 0


def updated() -> Catalog:
    """Return the catalogue with exactly the texts of the code, and the translations there are."""
    if PO.exists():
        with PO.open("rb") as file:
            catalogue = read_po(file, locale=LOCALE)
    else:
        catalogue = Catalog(locale=LOCALE)
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.fuzzy = False
    catalogue.project, catalogue.version = "sfa", __version__
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = ""
    catalogue.creation_date = catalogue.revision_date = NEVER
    return catalogue


def template() -> Catalog:
    """Return every text that the code marks, and those the command-line framework marks."""
    found = Catalog(domain="sfa", fuzzy=False)
    for path in sorted((ROOT / "sfa").rglob("*.py")):
        add_marked(found, path, path.relative_to(ROOT).as_posix(), OURS)
    add_marked(found, framework_file(), "typer/core.py", FRAMEWORK)
    for message in found:
        message.flags -= {"python-format", "python-brace-format"}
        message.locations = sorted(set(message.locations))
    return found


def add_marked(found: Catalog, path: Path, place: str, markers: dict[str, str]) -> None:
    """Add the marked texts of a file; those inside f-strings too, which token by token are missed."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        shape = markers.get(name)
        said = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
        if shape == PLAIN and said and isinstance(said[0], str) and said[0]:
            found.add(said[0], locations=[(place, 1)])
        elif shape == PLURAL and all(isinstance(each, str) for each in said[:2]):
            found.add((str(said[0]), str(said[1])), locations=[(place, 1)])
        elif shape == CONTEXT and isinstance(said[1], str):
            found.add(said[1], locations=[(place, 1)], context=str(said[0]))


def framework_file() -> Path:
    """Return the module of the command-line framework that marks what our users may see."""
    spec = importlib.util.find_spec("typer")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("typer")
    return Path(spec.origin).parent / "core.py"


def po_bytes(catalogue: Catalog) -> bytes:
    """Return the readable catalogue, sorted and without line numbers, so that it changes little."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue().lstrip()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return the compiled catalogue that the program reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def faults(catalogue: Catalog) -> Iterator[str]:
    """Say what is missing, doubtful or would not fill its places."""
    for message in catalogue:
        if not message.id:
            continue
        english = texts(message.id)
        chinese = texts(message.string)
        shown = english[0]
        if not all(chinese):
            yield f"missing: {shown!r}"
        elif message.fuzzy:
            yield f"doubtful: {shown!r}"
        elif not same_places(message):
            yield f"other places: {shown!r}"


def same_places(message: Message) -> bool:
    """Say whether a translation has the places of the English; Chinese may add the count."""
    allowed = {place for text in texts(message.id) for place in places(text)}
    wanted = set(places(texts(message.id)[-1]))
    return all(wanted <= set(places(text)) <= allowed for text in texts(message.string))


def texts(text: object) -> list[str]:
    """Return the forms of a text, one or several; an absent one is empty."""
    if not text:
        return [""]
    return [text] if isinstance(text, str) else [str(each) for each in text]  # type: ignore[attr-defined]


def places(text: str) -> list[str]:
    """Return the places of a text: ``{name}`` of ours, ``%(name)s`` of the framework."""
    found = re.findall(r"%\(\w+\)s", text)
    try:
        found += [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        found += re.findall(r"\{\w*\}", text)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
