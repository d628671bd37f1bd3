"""Help and usage errors in the user's language, wrapped by terminal cells.

The framework's own words are English and fixed; this file says them again. It is the
only one, beside ``lazy`` and ``exits``, that reaches into the framework's insides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from typer._click import exceptions, types
from typer._click.core import Context
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand

from sfa.i18n import tr
from sfa.render.cells import cell_width, wrap

_FIRST_COLUMN = 30


class HelpText(HelpFormatter):
    """Help wrapped by cells, so that Chinese lines up with Latin."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        head = f"{prefix or tr('Usage: ')}{prog} "
        lines = wrap(args, max(self.width - cell_width(head), 20)) or [""]
        self.write(f"{head}{lines[0]}\n")
        for line in lines[1:]:
            self.write(f"{' ' * cell_width(head)}{line}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        indent = " " * self.current_indent
        for line in wrap(text, self.width - self.current_indent):
            self.write(f"{indent}{line}".rstrip() + "\n")

    def write_dl(
        self, rows: Sequence[tuple[str, str]], col_max: int = _FIRST_COLUMN, col_spacing: int = 2
    ) -> None:
        """Write a list of names and what they mean, in two columns."""
        widths = [cell_width(first) for first, _ in rows]
        column = min(max(widths, default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for width, (first, second) in zip(widths, rows, strict=True):
            lines = wrap(second, max(self.width - column - self.current_indent, 20)) or [""]
            if width <= column - col_spacing:
                self.write(f"{indent}{first}{' ' * (column - width)}{lines[0]}".rstrip() + "\n")
                lines = lines[1:]
            else:
                self.write(f"{indent}{first}\n")
            for line in lines:
                self.write(f"{indent}{' ' * column}{line}".rstrip() + "\n")


class HelpContext(Context):
    """A context whose help is ours."""

    formatter_class = HelpText


def said_option(option: Any) -> Any:
    """Return the framework's help option with its text in the user's language."""
    if option is not None:
        option.help = tr("Show this message and end.")
    return option


class OneCommand(TyperCommand):
    """A command whose help is in the user's language."""

    context_class = HelpContext

    def get_help_option(self, ctx: Any) -> Any:
        """Return the help option, translated."""
        return said_option(super().get_help_option(ctx))


def usage_error(error: exceptions.ClickException) -> str:
    """Return what is wrong with a command line, in the user's language."""
    if isinstance(error, exceptions.NoSuchOption):
        text = tr("There is no option {name}.", name=error.option_name)
        close = ", ".join(sorted(error.possibilities or ()))
        return f"{text} {tr('Near: {names}.', names=close)}" if close else text
    if isinstance(error, exceptions.MissingParameter):
        return tr("{name} is missing.", name=_parameter(error))
    if isinstance(error, exceptions.BadParameter):
        return _bad_value(error)
    if isinstance(error, exceptions.BadOptionUsage):
        return tr("The option {name} needs a value, or takes none.", name=error.option_name)
    extra = _EXTRA.search(error.message)
    return tr("There are words too many: {words}", words=extra[1]) if extra else error.format_message()


# What the framework says of arguments that no command takes; it keeps them nowhere else.
_EXTRA = re.compile(r"^Got unexpected extra argument\(s\) \((.*)\)$", re.DOTALL)


def _bad_value(error: exceptions.BadParameter) -> str:
    kind = getattr(error.param, "type", None)
    name = _parameter(error)
    if not isinstance(kind, types.IntParamType):
        return tr("{name} cannot be {value}.", name=name, value=error.message.rstrip("."))
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    if low is not None and high is not None:
        return tr("{name} must be a whole number from {low} to {high}.", name=name, low=low, high=high)
    if low is not None:
        return tr("{name} must be a whole number, at least {low}.", name=name, low=low)
    return tr("{name} must be a whole number.", name=name)


def _parameter(error: exceptions.BadParameter) -> str:
    if error.param is None or error.ctx is None:
        return str(error.param_hint or "")
    return str(error.param.get_error_hint(error.ctx)).replace("'", "")


def usage_line(error: exceptions.ClickException) -> str:
    """Return how the command is used, or nothing when that is not known."""
    context = getattr(error, "ctx", None)
    return str(context.get_usage()) if context is not None else ""
