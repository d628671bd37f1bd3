"""Groups that know their commands' names and help, and load a command when it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from sfa.cli.help import HelpContext, OneCommand, said_option
from sfa.errors import BadUsage, Msg, msg
from sfa.i18n import tr

Loaded = TyperCommand | TyperGroup


@dataclass(frozen=True, slots=True)
class Lazy:
    """A command not yet loaded; ``section`` is the heading it stands under in the help."""

    help: Msg
    load: Callable[[], Loaded]
    section: Msg


class LazyGroup(TyperGroup):
    """A group whose commands are loaded one by one."""

    lazy: Mapping[str, Lazy] = {}
    context_class = HelpContext

    def get_help_option(self, ctx: Any) -> Any:
        """Return the help option, translated."""
        return said_option(super().get_help_option(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command, or say which are near.

        Raises:
            BadUsage: there is no such command.
        """
        name = args[0]
        if name.startswith("-") or name in self.lazy or name in self.commands:
            return super().resolve_command(ctx, args)
        from difflib import get_close_matches

        close = get_close_matches(name, self.list_commands(ctx))
        hint = msg("Did you mean: {near}?") if close else msg("See: {command} --help.")
        raise BadUsage(
            msg("There is no command {name!r}."),
            hint=hint,
            name=name,
            near=", ".join(close),
            command=ctx.command_path,
        )

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  the framework's signature
        """Return the names in the order of the help."""
        return [*self.lazy, *self.commands]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Load a command."""
        if cmd_name in self.lazy:
            return self.lazy[cmd_name].load()
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002  as above
        """Write the names and help under their headings without loading anything."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name, lazy in self.lazy.items():
            sections.setdefault(tr(lazy.section), []).append((name, tr(lazy.help)))
        for heading, rows in sections.items():
            with formatter.section(heading):
                formatter.write_dl(rows)


def command(function: Callable[..., Any], name: str, help_text: str) -> Any:
    """Return a single command made from a function."""
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    single.command(name, cls=OneCommand, help=help_text)(function)
    return _translated(typer.main.get_command(single))


def group(
    name: str,
    help_text: str,
    lazy: Mapping[str, Lazy],
    callback: Callable[..., Any] | None = None,
) -> LazyGroup:
    """Return a group of lazy commands; with a callback it also does something without a command."""
    made = typer.Typer(
        cls=LazyGroup,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        invoke_without_command=callback is not None,
        no_args_is_help=callback is None,
        name=name,
        help=help_text,
    )
    made.callback(help=help_text)(callback or _nothing)
    found: Any = typer.main.get_group(made)
    found.lazy = dict(lazy)
    translated: LazyGroup = _translated(found)
    return translated


def _translated(made: Any) -> Any:
    """Say the help of a command's options in the user's language; they were declared as message ids."""
    for parameter in made.params:
        if getattr(parameter, "help", None):
            parameter.help = tr(parameter.help)
    return made


def _nothing() -> None:
    return None
