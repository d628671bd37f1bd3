"""sfa quote lines, add-line, edit-line, remove-line, move-line."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import Lazy
from sfa.cli.noun import own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, Expect, Function, Parameter, completer, reference_of, with_parameters
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, msg
from sfa.fields import noun as noun_of
from sfa.i18n import tr

NOUN = noun_of("quote")
Ref = Annotated[
    str,
    typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer("quote"), show_default=False),
]
Number = Annotated[
    str, typer.Argument(metavar="N", help=msg("The line's number, from 1."), show_default=False)
]
_TEXT: dict[str, Any] = {"show_default": False}
# Options of a line that both adding and changing take, as Typer reads them.
_OPTIONS: list[Parameter] = [
    (
        "optional",
        Annotated[
            bool | None,
            typer.Option(
                "--optional/--not-optional", help=msg("Whether the customer may leave it out."), **_TEXT
            ),
        ],
        None,
    ),
    (
        "chosen",
        Annotated[
            bool | None,
            typer.Option(
                "--chosen/--not-chosen",
                help=msg("Whether the customer chose it, of optional and alternative ones."),
                **_TEXT,
            ),
        ],
        None,
    ),
    *(
        (name, Annotated[str | None, typer.Option(f"--{option}", metavar=metavar, help=text, **_TEXT)], None)
        for name, option, metavar, text in (
            (
                "alternative_of",
                "alternative-of",
                "WORD",
                msg("Lines with the same word stand for each other; one is chosen."),
            ),
            ("group", "group", "TEXT", msg("The group it stands in.")),
            ("note", "note", "TEXT", msg("More about it, for the customer.")),
            ("unit", "unit", "TEXT", msg("Its unit.")),
            ("tax", "tax", "PERCENT", msg("Its tax rate.")),
        )
    ),
    (
        "service_days",
        Annotated[
            int | None,
            typer.Option(
                "--service-days",
                metavar="N",
                min=0,
                help=msg("A service promised so many days after the order."),
                **_TEXT,
            ),
        ],
        None,
    ),
    ("expect", Expect, None),
    ("format_", Format, ""),
]
_TYPED: list[Parameter] = [
    (name, Annotated[str | None, typer.Option(f"--{option}", metavar=metavar, help=text, **_TEXT)], None)
    for name, option, metavar, text in (
        ("quantity", "qty", "N", msg("Its quantity.")),
        ("price", "price", "AMOUNT", msg("Its price.")),
        ("discount", "discount", "PERCENT|AMOUNT", msg("Its discount, as 10% or an amount; 0 for none.")),
        ("name", "name", "TEXT", msg("Its text.")),
    )
]
_REPRICE: Parameter = (
    "reprice",
    Annotated[
        bool, typer.Option("--reprice", help=msg("Take the price of its quantity from the price books."))
    ],
    False,
)
_LINES: Parameter = (
    "texts",
    Annotated[
        list[str],
        typer.Argument(
            metavar="LINE…",
            help=msg(
                "Each as 'NAME x QUANTITY @ PRICE -DISCOUNT%', 'gift: NAME x 2', 'other: NAME @ PRICE'"
                " or 'text: HEADING'."
            ),
            show_default=False,
        ),
    ],
    inspect.Parameter.empty,
)


def verbs() -> dict[str, Lazy]:
    """Return the verbs about lines."""
    return {
        "lines": own(lines, msg("List the lines of one, with what they come to")),
        "add-line": own(_adding(), msg("Add lines to one")),
        "edit-line": own(_editing(), msg("Change a line of one")),
        "remove-line": own(remove_line, msg("Take lines out of one")),
        "move-line": own(move_line, msg("Put a line of one at another place")),
    }


def lines(ref: Ref, format_: Format = "") -> None:
    """List the lines of a quote with what they come to."""
    from sfa.finding import quoting
    from sfa.render.quotes import lines_text

    fmt = format_of(format_)
    found = find(NOUN, ref, deleted=None)
    with reading() as connection:
        quote = quoting.load_quote(connection, found.id, today=clock.today())
        standing = quoting.standing(connection, quote)
    emit(lines_text(quote, standing, fmt))
    if not quote.lines and fmt == "table":
        say(tr("No lines yet. Add one: sfa quote add-line {ref} 'PRODUCT x 1'", ref=found.label))


def _adding() -> Function:
    def add_line(**given: Any) -> None:
        """Add lines to a quote, each priced as the price books say unless it names a price."""
        from sfa.services import quote_lines

        fmt = format_of(given["format_"])
        more = _values(given)
        quote = find(NOUN, given["ref"])
        with performing(msg("Add lines to quote {label}"), label=quote.label) as session:
            row = quote_lines.add(
                session,
                quote.id,
                given["texts"],
                today=clock.today(),
                expected_version=given["expect"],
                **more,
            )
        print_row(row, fmt, tr("Changed"))
        _say_total(quote.id)

    return with_parameters(add_line, [reference_of(NOUN), _LINES, *_OPTIONS])


def _editing() -> Function:
    def edit_line(**given: Any) -> None:
        """Change a line of a quote; another quantity keeps the price unless --reprice is given."""
        from sfa.services import quote_lines
        from sfa.services.quote_typing import offered, typed_values

        fmt = format_of(given["format_"])
        today, number, reprice = clock.today(), given["number"], given["reprice"]
        more = _values(given)
        texts = {name: given[name] for name, _, _ in _TYPED if given[name] is not None}
        if not (more or texts or reprice):
            raise BadUsage(
                msg("Nothing to change was given."),
                hint=msg("Give at least one option; see: sfa quote edit-line --help."),
            )
        quote = find(NOUN, given["ref"])
        name = msg("Change line {number} of quote {label}")
        with performing(name, number=number, label=quote.label) as session:
            values = {**more, **typed_values(session, quote.id, texts)}
            row = quote_lines.change(
                session,
                quote.id,
                number,
                values,
                today=today,
                expected_version=given["expect"],
                reprice=reprice,
            )
            is_other = "quantity" in texts and not reprice
            other = offered(session, quote.id, number, today=today) if is_other else None
        print_row(row, fmt, tr("Changed") if row.changed else tr("Unchanged"))
        if other:
            say(tr("For this quantity the price books say {price}; --reprice takes it.", price=other))
        _say_total(quote.id)

    number = ("number", Number, inspect.Parameter.empty)
    return with_parameters(edit_line, [reference_of(NOUN), number, *_TYPED, _REPRICE, *_OPTIONS])


def remove_line(
    ref: Ref,
    numbers: Annotated[
        list[str],
        typer.Argument(metavar="N…", help=msg("The lines' numbers, from 1."), show_default=False),
    ],
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Take lines out of a quote; sfa undo brings them back."""
    from sfa.services import quote_lines

    fmt = format_of(format_)
    quote = find(NOUN, ref)
    with performing(msg("Take lines out of quote {label}"), label=quote.label) as session:
        row = quote_lines.remove(session, quote.id, numbers, today=clock.today(), expected_version=expect)
    print_row(row, fmt, tr("Changed"))
    _say_total(quote.id)


def move_line(
    ref: Ref,
    number: Number,
    to: Annotated[int, typer.Argument(metavar="TO", help=msg("Its new number, from 1."), show_default=False)],
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Put a line of a quote at another place."""
    from sfa.services import quote_lines

    fmt = format_of(format_)
    quote = find(NOUN, ref)
    with performing(msg("Move line {number} of quote {label}"), number=number, label=quote.label) as session:
        row = quote_lines.move(session, quote.id, number, to, today=clock.today(), expected_version=expect)
    print_row(row, fmt, tr("Changed") if row.changed else tr("Unchanged"))


def _values(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a line that options give; an empty text empties."""
    from sfa.interchange.quote_line_text import read_rate

    texts = ("alternative_of", "group", "note", "unit")
    found: dict[str, Any] = {name: given[name].strip() or None for name in texts if given[name] is not None}
    for option, name in (("optional", "is_optional"), ("chosen", "is_taken"), ("service_days",) * 2):
        if given[option] is not None:
            found[name] = given[option]
    if given["tax"] is not None:
        found["tax_rate_ppm"] = read_rate(given["tax"])
    return found


def _say_total(quote_id: str) -> None:
    from sfa.finding import quoting
    from sfa.render.quotes import total_line

    with reading() as connection:
        say(total_line(quoting.load_quote(connection, quote_id, today=clock.today())))
