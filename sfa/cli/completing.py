"""What a half-typed command line may become: asked by the scripts that ``sfa completion`` prints.

The shell gives the words so far in ``SFA_COMPLETE_WORDS``, parted by the unit separator,
the last one half typed; the answer is a line a candidate, its help after a tab. Nothing is
said on stderr and nothing is made: a store that is not there has no references.
"""

from __future__ import annotations

import os
import shlex

from typer._click import shell_completion

from sfa.cli.exits import known
from sfa.cli.lazy import LazyGroup
from sfa.i18n import tr

COMPLETE_VARIABLE = "_SFA_COMPLETE"
WORDS_VARIABLE = "SFA_COMPLETE_WORDS"
SEPARATOR = "\x1f"


def answer() -> str:
    """Return the candidates for the words in the environment, a line each."""
    words = os.environ.get(WORDS_VARIABLE, "").split(SEPARATOR)
    kept, added = "", ""
    if os.environ.get(COMPLETE_VARIABLE) == "bash":
        words, kept = _as_typed(words)
    elif words[-1].startswith("--") and "=" in words[-1]:
        added = words[-1].partition("=")[0] + "="  # the other shells replace the option too
    found = candidates(words[:-1], words[-1])
    return "".join(f"{added}{value.removeprefix(kept)}\t{_line(help_)}\n" for value, help_ in found)


def _line(text: str) -> str:
    return " ".join(text.split())


def _as_typed(words: list[str]) -> tuple[list[str], str]:
    """Return bash's words without quotes and joined where it parts them; and what it will not replace.

    Bash parts words at ``=`` and ``:`` as well, and replaces the last part alone.
    """
    joined: list[str] = []
    front = ""
    for index, word in enumerate(words):
        last = index == len(words) - 1
        glued = word in {":", "="} or (index > 0 and words[index - 1] in {":", "="})
        if glued and joined:
            front = joined[-1] + ("" if word not in {":", "="} else word) if last else front
            joined[-1] += word
        else:
            joined.append(word)
    plain = [_unquoted(word) for word in joined]
    option, equals, _ = plain[-1].partition("=")
    if equals and option.startswith("-"):
        return plain, ""
    return plain, front if ":" in front else ""


def _unquoted(word: str) -> str:
    """Return a word without its quotes; one that is not closed yet ends where it ends."""
    lexer = shlex.shlex(word, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return " ".join(lexer)
    except ValueError:
        return lexer.token


def candidates(words: list[str], incomplete: str) -> list[tuple[str, str]]:
    """Return (value, help) of what the last word may become; nothing when the words make no sense."""
    from sfa.cli.app import root

    try:
        context = shell_completion._resolve_context(root(), {}, "sfa", words)
        command, begun = shell_completion._resolve_incomplete(context, words, incomplete)
        if isinstance(command, LazyGroup) and not begun.startswith("-"):
            # The framework would load every command to ask whether it is hidden.
            return [(name, tr(lazy.help)) for name, lazy in command.lazy.items() if name.startswith(begun)]
        return [(item.value, item.help or "") for item in command.shell_complete(context, begun)]
    except known():
        return []
