"""Making the options of a command from the fields of a noun."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer

from sfa.cli.declared import Declared, Given
from sfa.errors import BadUsage, msg
from sfa.fields import Field, Kind, Noun
from sfa.i18n import tr

Parameter = tuple[str, Any, Any]

# Help texts are message ids here: they are translated when the command is made (sfa.cli.lazy).
REF_HELP = msg("Short reference, external key or name.")

Expect = Annotated[
    int | None,
    typer.Option(
        "--expect",
        metavar="VERSION",
        help=msg("Refuse (exit 4) unless the record still has this version."),
        show_default=False,
    ),
]
IdempotencyKey = Annotated[
    str | None,
    typer.Option(
        "--idempotency-key",
        metavar="KEY",
        help=msg("A second add with the same key changes nothing."),
        show_default=False,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help=msg("Show what would be done and change nothing."))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=msg("Do it without asking."))]
Function = Callable[..., None]


def with_parameters(function: Callable[..., None], parameters: Iterable[Parameter]) -> Function:
    """Give a function that takes keywords the signature Typer reads: (name, annotation, default) each."""
    made = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, annotation, default in parameters
    ]
    function.__signature__ = inspect.Signature(made)  # type: ignore[attr-defined]
    function.__annotations__ = {each.name: each.annotation for each in made}
    return function


def plain_command(run: Callable[[Given], int], declared: Sequence[Declared]) -> Function:
    """Return a framework's command that takes declared options and ends with the code ``run`` returns."""

    def command(**given: Any) -> None:
        code = run(given)
        if code:
            raise typer.Exit(code)

    return with_parameters(command, [(each.name, *_typed(each)) for each in declared])


def _typed(each: Declared) -> tuple[Any, Any]:
    """Return the annotation and the default that the framework reads."""
    told: dict[str, Any] = {"metavar": each.metavar, "help": each.help, "show_default": each.show_default}
    if not each.flags:
        return Annotated[
            list[str], typer.Argument(**{**told, "show_default": False})
        ], inspect.Parameter.empty
    if each.views_of:
        told["autocompletion"] = view_completer(each.views_of)
    option = typer.Option(*each.flags, **told, min=0 if each.kind is int else None)
    kind: Any = list[str] if each.many else each.kind
    return Annotated[kind if each.default is not None else kind | None, option], each.default


def reference_of(noun: Noun) -> Parameter:
    """Return the REF argument of a noun, completed from the store."""
    annotation = Annotated[
        str,
        typer.Argument(metavar="REF", help=REF_HELP, autocompletion=completer(noun.name), show_default=False),
    ]
    return ("ref", annotation, inspect.Parameter.empty)


def completer(noun: str) -> Callable[[str], list[tuple[str, str]]]:
    """Return what completes a reference to a noun in a shell."""

    def complete(incomplete: str) -> list[tuple[str, str]]:
        from sfa.cli.gateway import reading
        from sfa.finding.completing import complete as found
        from sfa.store.home import home_dir, store_path

        if not store_path(home_dir()).exists():
            return []  # completing makes no store
        with reading() as connection:
            return list(found(connection, noun, incomplete))

    return complete


def view_completer(noun: str) -> Callable[[str], list[str]]:
    """Return what completes the name of a saved view of a noun's list in a shell."""

    def complete(incomplete: str) -> list[str]:
        from sfa.cli.gateway import reading
        from sfa.finding.views import views_of
        from sfa.store.home import home_dir, store_path

        if not store_path(home_dir()).exists():
            return []  # completing makes no store
        with reading() as connection:
            found = views_of(connection, noun, home_dir())
        return [view.name for view in found if view.name.startswith(incomplete)]

    return complete


def field_parameters(noun: Noun, *, adding: bool) -> list[Parameter]:
    """Return an option for every field that can be typed, the naming field as an argument when adding."""
    title = naming_field(noun)
    found: list[Parameter] = []
    for each in noun.fields:
        if not each.editable or each.through:
            continue
        if adding and each is title:
            metavar = each.name.upper()
            annotation = Annotated[
                str | None, typer.Argument(metavar=metavar, help=tr(each.label), show_default=False)
            ]
            found.insert(0, (parameter_name(each), annotation, None))
        else:
            found.append((parameter_name(each), _option(each, adding=adding), None))
    found.append(("set_", _set_option(), None))
    return found


def naming_field(noun: Noun) -> Field | None:
    """Return the field that names a record: its name or subject."""
    return noun.field("name") or noun.field("subject")


def parameter_name(each: Field) -> str:
    """Return the Python name of a field's option."""
    return f"field_{each.name}"


def option_names(each: Field) -> tuple[str, ...]:
    """Return the option's names; multi-valued fields have the singular too."""
    long = f"--{each.name.replace('_', '-')}"
    if each.kind is not Kind.MANY:
        return (long,)
    singular = long.removesuffix("es") if long.endswith("sses") else long.removesuffix("s")
    return (long, singular)


def _option(each: Field, *, adding: bool) -> Any:
    completion = completer(each.target) if each.target else None
    if each.choices:
        completion = _choices_completer(each)
    option = typer.Option(
        *option_names(each),
        help=_help(each, adding=adding),
        show_default=False,
        autocompletion=completion,
        metavar=_metavar(each),
    )
    return Annotated[list[str] | None, option] if each.kind is Kind.MANY else Annotated[str | None, option]


def _choices_completer(each: Field) -> Callable[[str], list[tuple[str, str]]]:
    def complete(incomplete: str) -> list[tuple[str, str]]:
        return [
            (choice.value, tr(choice.label)) for choice in each.choices if choice.value.startswith(incomplete)
        ]

    return complete


_METAVARS = {
    Kind.MONEY: "AMOUNT",
    Kind.PRICE: "AMOUNT",
    Kind.DAY: "DAY",
    Kind.INSTANT: "TIME",
    Kind.PERCENT: "PERCENT",
    Kind.RATIO: "PERCENT",
    Kind.INTEGER: "NUMBER",
    Kind.FLAG: "yes|no",
    Kind.LINK: "REF",
}


def _metavar(each: Field) -> str:
    return "VALUE" if each.choices else _METAVARS.get(each.kind, "TEXT")


def _help(each: Field, *, adding: bool) -> str:
    text = tr(each.label)
    if each.choices:
        text = tr(
            "{label}: {choices}", label=text, choices=", ".join(choice.value for choice in each.choices)
        )
    if each.kind is Kind.MANY:
        if adding:
            return tr("{label}; can be given several times", label=text)
        return tr("{label}; replaces those there are; can be given several times", label=text)
    return text


def _set_option() -> Any:
    option = typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help=msg("Any field, declared ones too; can be given several times."),
        show_default=False,
    )
    return Annotated[list[str] | None, option]


def texts_of(noun: Noun, given: Mapping[str, Any]) -> dict[str, str | Sequence[str]]:
    """Return field name -> typed text of the options that were given.

    Raises:
        BadUsage: a ``--set`` without an equals sign.
    """
    found: dict[str, str | Sequence[str]] = {}
    for each in noun.fields:
        value = given.get(parameter_name(each))
        if value is not None and value != []:
            found[each.name] = value
    for pair in given.get("set_") or ():
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadUsage(msg("--set needs FIELD=VALUE, not {text!r}."), text=pair)
        found[name.strip()] = value
    return found


# Of what is printed of deals.
AsOf = Annotated[
    str, typer.Option("--as-of", metavar="DAY", help=msg("As it stood on a day; today unless given."))
]
Only = Annotated[
    str,
    typer.Option(
        "--pipeline",
        metavar="REF",
        help=msg("Only the deals of one pipeline."),
        autocompletion=completer("pipeline"),
    ),
]
Chart = Annotated[bool, typer.Option("--chart", help=msg("Bars instead of tables, where people read it."))]


def same_options(function: Callable[..., None], other: Function) -> Function:
    """Give a function that takes keywords the parameters that another command has."""
    signature = inspect.signature(other)
    function.__signature__ = signature  # type: ignore[attr-defined]
    function.__annotations__ = {name: each.annotation for name, each in signature.parameters.items()}
    return function
