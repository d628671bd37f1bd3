"""Write ``docs/cli.md`` from the command line itself: ``python docs/tools/commands.py [--check]``.

Every command with its help, in English, in the order of ``sfa --help``. With ``--check``
it writes nothing and ends with 1 when the page is not current.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "cli.md"
WIDTH = 100
HEAD = """# The command line

Written by `make docs` from the program itself; do not edit.

`sfa NOUN VERB [REF] [options]`. A REF is the beginning of a short reference (as in git), an external
key or a name; when several match, they are listed and nothing happens. Data goes to stdout, everything
else to stderr: a table on a terminal, tab-separated text into a pipe, or what `--format` says.

| Exit code | Meaning |
|---|---|
| 0 | done; an empty list too |
| 1 | nothing found, or something waits for a decision |
| 2 | wrong usage, bad input, ambiguous reference |
| 3 | refused by a rule or a permission |
| 4 | changed meanwhile |
| 5 | centre unreachable |
| 6 | store unusable |
| 70 | a bug of ours |
| 130 | interrupted |
"""


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    text = page()
    if "--check" not in arguments:
        PAGE.write_text(text, "utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == text:
        return 0
    print("docs/cli.md is not current; run: make docs")
    return 1


def page() -> str:
    """Return the whole page."""
    with tempfile.TemporaryDirectory() as home:
        # Declared fields of whoever runs this would become options.
        os.environ["SFA_HOME"] = home
        return "\n".join([HEAD, *sections()])


def sections() -> Iterator[str]:
    """Yield one section a command, groups before their commands."""
    from sfa.cli.app import root
    from sfa.cli.help import HelpContext

    def walk(command: Any, name: str, parent: Any) -> Iterator[str]:
        context = HelpContext(
            command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
        )
        depth = "#" * (2 + min(2, len(context.command_path.split()) - 1))
        yield f"{depth} {context.command_path}\n\n```text\n{command.get_help(context).strip()}\n```\n"
        if hasattr(command, "list_commands"):
            for child in command.list_commands(context):
                yield from walk(command.get_command(context, child), child, context)

    yield from walk(root(), "sfa", None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
