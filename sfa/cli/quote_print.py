"""sfa quote print: a quote as the customer, the office or the warehouse gets it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.cli.noun_changing import find
from sfa.cli.options import REF_HELP, completer
from sfa.cli.printing import emit
from sfa.errors import BadUsage, Refused, msg
from sfa.fields import noun as noun_of
from sfa.i18n import language as language_in_use
from sfa.i18n import tr
from sfa.store.home import home_dir
from sfa.terms import ApprovalStanding

if TYPE_CHECKING:
    from sfa.render.quote_paper import Printed

# sfa.render.paper has the same; a test holds them together.
FORMATS = ("pdf", "html", "md", "xlsx", "eml")
VARIANTS = ("customer", "internal", "warehouse")
LANGUAGES = ("en", "zh_CN", "both")
STDOUT = "-"


def _templates() -> list[str]:
    from sfa.render.paper.templates import template_names

    return template_names(home_dir())


Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("quote"), show_default=False),
]
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
Revision = Annotated[
    int | None,
    typer.Option(
        "--revision",
        metavar="N",
        min=1,
        help=msg("An earlier revision; the present one unless given."),
        show_default=False,
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


def print_(
    ref: Ref,
    output: Output = "",
    format_: FormatOf = "",
    variant: VariantOf = "customer",
    language: LanguageOf = "",
    template: TemplateOf = "",
    revision: Revision = None,
    capitals: Capitals = None,
    open_: Open = False,
    over: Over = False,
) -> None:
    """Print a quote into a file and print the file's path; one not yet approved is marked as such."""
    from sfa.render.paper.document import Look, Tongue, Variant
    from sfa.render.quote_paper import print_quote

    if open_ and output == STDOUT:
        raise BadUsage(
            msg("--open shows a file, and with --output - there is none."),
            hint=msg("Leave one of them away."),
        )
    fmt = _format_of(format_, output)
    look = Look(
        Variant(_one_of("--variant", variant, VARIANTS)),
        Tongue(_one_of("--language", language or language_in_use(), LANGUAGES)),
    )
    found = find(noun_of("quote"), ref)
    with reading() as connection:
        printed = print_quote(
            connection,
            found.id,
            look,
            home=home_dir(),
            today=clock.today(),
            fmt=fmt,
            template=template,
            revision=revision,
            capitals=capitals,
        )
    if output == STDOUT:
        _to_stdout(printed, fmt)
    else:
        path = _written(printed, output, over=over)
        emit(str(path))
        say(tr("Printed: quote {number} for {customer}", number=printed.number, customer=printed.customer))
    _remark(printed)
    if open_:
        _open(path)


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


def _to_stdout(printed: Printed, fmt: str) -> None:
    if sys.stdout.isatty() and fmt in {"pdf", "xlsx"}:
        raise BadUsage(
            msg("A terminal cannot show {format}."),
            hint=msg("Give a file, or send it on: sfa quote print REF --output - > FILE"),
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


def _remark(printed: Printed) -> None:
    """Say what whoever gives it to the customer should know."""
    if printed.replaced_by is not None:
        say(tr("It is an earlier revision; the present one is {revision}.", revision=printed.replaced_by))
    elif printed.standing is ApprovalStanding.WAITING:
        say(tr("It is marked as not approved: the centre has not decided yet. See: sfa sync"))
    elif printed.standing is ApprovalStanding.NEEDED:
        say(
            tr(
                "It is marked as not approved. Ask for approval: sfa quote submit {number}; then: sfa sync",
                number=printed.number,
            )
        )
    if not printed.has_seller:
        say(tr("It names no seller yet: sfa config org set organisation_name NAME"))


def _open(path: Path) -> None:
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
