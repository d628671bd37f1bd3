"""sfa quote lines, add-line, edit-line, remove-line, move-line."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import performing, reading
from sfa.cli.lazy import Lazy
from sfa.cli.noun import own
from sfa.cli.noun_changing import find, print_row
from sfa.cli.options import REF_HELP, Expect, completer
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
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
Optional = Annotated[
    bool | None,
    typer.Option(
        "--optional/--not-optional", help=msg("Whether the customer may leave it out."), show_default=False
    ),
]
Alternative = Annotated[
    str | None,
    typer.Option(
        "--alternative-of",
        metavar="WORD",
        help=msg("Lines with the same word stand for each other; one is chosen."),
        show_default=False,
    ),
]
Taken = Annotated[
    bool | None,
    typer.Option(
        "--chosen/--not-chosen",
        help=msg("Whether the customer chose it, of optional and alternative ones."),
        show_default=False,
    ),
]
Group = Annotated[
    str | None,
    typer.Option("--group", metavar="TEXT", help=msg("The group it stands in."), show_default=False),
]
Note = Annotated[
    str | None,
    typer.Option("--note", metavar="TEXT", help=msg("More about it, for the customer."), show_default=False),
]
Unit = Annotated[
    str | None, typer.Option("--unit", metavar="TEXT", help=msg("Its unit."), show_default=False)
]
TaxRate = Annotated[
    str | None, typer.Option("--tax", metavar="PERCENT", help=msg("Its tax rate."), show_default=False)
]
ServiceDays = Annotated[
    int | None,
    typer.Option(
        "--service-days",
        metavar="N",
        min=0,
        help=msg("A service promised so many days after the order."),
        show_default=False,
    ),
]


def verbs() -> dict[str, Lazy]:
    """Return the verbs about lines."""
    return {
        "lines": own(lines, msg("List the lines of one, with what they come to")),
        "add-line": own(add_line, msg("Add lines to one")),
        "edit-line": own(edit_line, msg("Change a line of one")),
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


def add_line(
    ref: Ref,
    texts: Annotated[
        list[str],
        typer.Argument(
            metavar="LINE…",
            help=msg("Each as 'NAME x QUANTITY @ PRICE -DISCOUNT%', 'gift: NAME x 2' or 'text: HEADING'."),
            show_default=False,
        ),
    ],
    optional: Optional = None,
    alternative_of: Alternative = None,
    chosen: Taken = None,
    group: Group = None,
    note: Note = None,
    unit: Unit = None,
    tax: TaxRate = None,
    service_days: ServiceDays = None,
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Add lines to a quote, each priced as the price books say unless it names a price."""
    from sfa.services import quote_lines

    fmt = format_of(format_)
    more = _values(
        optional=optional,
        alternative_of=alternative_of,
        chosen=chosen,
        group=group,
        note=note,
        unit=unit,
        tax=tax,
        service_days=service_days,
    )
    quote = find(NOUN, ref)
    with performing(msg("Add lines to quote {label}"), label=quote.label) as session:
        row = quote_lines.add(session, quote.id, texts, today=clock.today(), expected_version=expect, **more)
    print_row(row, fmt, tr("Changed"))
    _say_total(quote.id)


def edit_line(
    ref: Ref,
    number: Number,
    qty: Annotated[
        str | None, typer.Option("--qty", metavar="N", help=msg("Its quantity."), show_default=False)
    ] = None,
    price: Annotated[
        str | None, typer.Option("--price", metavar="AMOUNT", help=msg("Its price."), show_default=False)
    ] = None,
    discount: Annotated[
        str | None,
        typer.Option(
            "--discount",
            metavar="PERCENT|AMOUNT",
            help=msg("Its discount, as 10% or an amount; 0 for none."),
            show_default=False,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help=msg("Its text."), show_default=False)
    ] = None,
    reprice: Annotated[
        bool, typer.Option("--reprice", help=msg("Take the price of its quantity from the price books."))
    ] = False,
    optional: Optional = None,
    alternative_of: Alternative = None,
    chosen: Taken = None,
    group: Group = None,
    note: Note = None,
    unit: Unit = None,
    tax: TaxRate = None,
    service_days: ServiceDays = None,
    expect: Expect = None,
    format_: Format = "",
) -> None:
    """Change a line of a quote; another quantity keeps the price unless --reprice is given."""
    from sfa.services import quote_lines
    from sfa.services.quote_typing import offered, typed_values

    fmt = format_of(format_)
    today = clock.today()
    more = _values(
        optional=optional,
        alternative_of=alternative_of,
        chosen=chosen,
        group=group,
        note=note,
        unit=unit,
        tax=tax,
        service_days=service_days,
    )
    texts = {"quantity": qty, "price": price, "discount": discount, "name": name}
    quote = find(NOUN, ref)
    with performing(
        msg("Change line {number} of quote {label}"), number=number, label=quote.label
    ) as session:
        values = typed_values(
            session, quote.id, {key: text for key, text in texts.items() if text is not None}
        )
        row = quote_lines.change(
            session,
            quote.id,
            number,
            {**more, **values},
            today=today,
            expected_version=expect,
            reprice=reprice,
        )
        other = None if reprice or qty is None else offered(session, quote.id, number, today=today)
    print_row(row, fmt, tr("Changed") if row.changed else tr("Unchanged"))
    if other:
        say(tr("For this quantity the price books say {price}; --reprice takes it.", price=other))
    _say_total(quote.id)


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


def _values(*, optional: bool | None, chosen: bool | None, tax: str | None, **texts: Any) -> dict[str, Any]:
    """Return the values of a line that options give; an empty text empties."""
    from sfa.interchange.quote_line_text import read_rate

    found: dict[str, Any] = {
        name: (value.strip() or None) if isinstance(value, str) else value
        for name, value in texts.items()
        if value is not None
    }
    if optional is not None:
        found["is_optional"] = optional
    if chosen is not None:
        found["is_taken"] = chosen
    if tax is not None:
        found["tax_rate_ppm"] = read_rate(tax)
    return found


def _say_total(quote_id: str) -> None:
    from sfa.finding import quoting
    from sfa.render.quotes import total_line

    with reading() as connection:
        say(total_line(quoting.load_quote(connection, quote_id, today=clock.today())))
