"""What sfa quote print and sfa order print have in common: their options, and where the paper goes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sfa.cli.exits import say
from sfa.cli.printing import emit
from sfa.errors import BadUsage, Refused, msg
from sfa.i18n import language as language_in_use
from sfa.i18n import tr
from sfa.store.home import home_dir

if TYPE_CHECKING:
    from sfa.render.issued_paper import How, Printed

# sfa.render.paper has the same; a test holds them together.
FORMATS = ("pdf", "html", "md", "xlsx", "eml")
VARIANTS = ("customer", "internal", "warehouse")
LANGUAGES = ("en", "zh_CN", "both")
STDOUT = "-"


def _templates() -> list[str]:
    from sfa.render.paper.templates import template_names

    return template_names(home_dir())


Output = Annotated[
    str,
    typer.Option(
        "--output",
        metavar="PATH",
        help=msg(
            "A file, a folder, or - for standard output; a name of its own in this folder unless given."
        ),
    ),
]
FormatOf = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help=msg("pdf, html, md, xlsx or eml; by the file's ending, else pdf."),
        autocompletion=lambda: list(FORMATS),
    ),
]
VariantOf = Annotated[
    str,
    typer.Option(
        "--variant",
        metavar="VARIANT",
        help=msg("For whom: customer, internal (with cost and margin) or warehouse (no money)."),
        autocompletion=lambda: list(VARIANTS),
    ),
]
LanguageOf = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="LANGUAGE",
        help=msg("The customer's language: en, zh_CN or both; that of the interface unless given."),
        autocompletion=lambda: list(LANGUAGES),
    ),
]
TemplateOf = Annotated[
    str,
    typer.Option(
        "--template",
        metavar="NAME",
        help=msg("A folder in templates/; the usual template unless given."),
        autocompletion=_templates,
    ),
]
Capitals = Annotated[
    bool | None,
    typer.Option(
        "--capitals/--no-capitals",
        help=msg("The amount in Chinese capital numerals too; by itself for CNY on a Chinese paper."),
        show_default=False,
    ),
]
Open = Annotated[bool, typer.Option("--open", help=msg("Show it in the system's program for such files."))]
Over = Annotated[bool, typer.Option("--over", help=msg("Replace a file that is there."))]


def refuse_open_of_nothing(output: str, *, is_opened: bool) -> None:
    """Refuse to show a file where there is none."""
    if is_opened and output == STDOUT:
        raise BadUsage(
            msg("--open shows a file, and with --output - there is none."),
            hint=msg("Leave one of them away."),
        )


def how_of(
    variant: str, language: str, output: str, fmt: str, template: str, *, capitals: bool | None
) -> How:
    """Return how a paper is asked for, by the words of its options.

    Raises:
        BadUsage: a word that is none of an option's.
    """
    from sfa.render.issued_paper import How
    from sfa.render.paper.document import Look, Tongue, Variant

    look = Look(
        Variant(_one_of("--variant", variant, VARIANTS)),
        Tongue(_one_of("--language", language or language_in_use(), LANGUAGES)),
    )
    return How(look, _format_of(fmt, output), template, capitals)


def _one_of(option: str, value: str, known: tuple[str, ...]) -> str:
    # zh-CN, zh_cn and EN are what people type as well.
    plain = value.strip().replace("-", "_").casefold()
    for each in known:
        if each.casefold() == plain:
            return each
    raise BadUsage(
        msg("{option} is not {value!r}."),
        hint=msg("There are: {known}."),
        option=option,
        value=value,
        known=", ".join(known),
    )


def _format_of(asked: str, output: str) -> str:
    """Return the format: the one asked for, else by the ending, else PDF; refuse two that differ."""
    from sfa.render.paper.files import format_of

    fmt = _one_of("--format", asked, FORMATS) if asked else ""
    path = Path(output)
    if output in {"", STDOUT} or path.is_dir() or (fmt and not path.suffix):
        return fmt or "pdf"
    by_ending = format_of(path)
    if fmt and fmt != by_ending:
        raise BadUsage(
            msg("--format {format} does not go with the ending of {path}."),
            hint=msg("Leave --format away, or give the file another ending."),
            format=fmt,
            path=output,
        )
    return by_ending


def hand_over(printed: Printed, output: str, fmt: str, *, over: bool) -> Path | None:
    """Write a paper where it was asked for and say so; return the file, if it is one."""
    if output == STDOUT:
        _to_stdout(printed, fmt)
        return None
    path = _written(printed, output, over=over)
    emit(str(path))
    return path


def _to_stdout(printed: Printed, fmt: str) -> None:
    if sys.stdout.isatty() and fmt in {"pdf", "xlsx"}:
        raise BadUsage(
            msg("A terminal cannot show {format}."),
            hint=msg("Give a file, or send it on: --output - > FILE"),
            format=fmt.upper(),
        )
    sys.stdout.flush()
    sys.stdout.buffer.write(printed.content)
    sys.stdout.buffer.flush()


def _written(printed: Printed, output: str, *, over: bool) -> Path:
    from sfa.render.paper.files import write_paper

    path = Path(output) if output else Path(printed.name)
    if output and path.is_dir():
        path /= printed.name
    write_paper(path, printed.content, over=over)
    return path


def remark_seller(printed: Printed) -> None:
    """Say that a paper names no seller, where that is so."""
    if not printed.has_seller:
        say(tr("It names no seller yet: sfa config org set organisation_name NAME"))


def show(path: Path) -> None:
    """Show the file.

    Raises:
        Refused: nothing here shows it; it is written all the same.
    """
    from sfa.store.programs import open_file

    try:
        open_file(path.resolve())
    except Refused as error:
        raise Refused(
            error.what,
            why=error.why,
            hint=msg("The file is written; open it where there is a program for it: {path}"),
            **{**error.data, "path": str(path)},
        ) from error
