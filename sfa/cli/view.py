"""sfa view: save how a list is looked at under a name; sfa NOUN list --view NAME shows it."""

from __future__ import annotations

from typing import Annotated

import typer

from sfa import clock, config
from sfa.cli.exits import say
from sfa.cli.gateway import changing, reading
from sfa.cli.lazy import LazyGroup
from sfa.cli.lazy import group as lazy_group
from sfa.cli.noun import own
from sfa.cli.output import Format, emit, format_of
from sfa.errors import BadUsage, InvalidInput, msg
from sfa.fields import NOUNS, noun_or_none
from sfa.finding.views import View, check, find_view, named, own_views, shared_views, views_of
from sfa.i18n import tr
from sfa.store.home import home_dir

Of = Annotated[
    str,
    typer.Argument(
        metavar="NOUN",
        help=msg("The list: lead, account, deal …"),
        autocompletion=lambda: list(NOUNS),
        show_default=False,
    ),
]
OfAny = Annotated[
    str,
    typer.Argument(
        metavar="[NOUN]",
        help=msg("The list: lead, account, deal …; all unless given."),
        autocompletion=lambda: list(NOUNS),
        show_default=False,
    ),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help=msg("The view's name."), show_default=False)]
NewName = Annotated[str, typer.Argument(metavar="NEW", help=msg("Its new name."), show_default=False)]
Where = Annotated[
    str, typer.Option("--where", "-w", metavar="FILTER", help=msg('A filter, such as: "amount>=50000".'))
]
Sort = Annotated[
    str, typer.Option("--sort", metavar="FIELDS", help=msg("Order: amount,-close_date (- is descending)."))
]
Fields = Annotated[str, typer.Option("--fields", metavar="FIELDS", help=msg("Columns, separated by commas."))]
Shared = Annotated[
    bool, typer.Option("--shared", help=msg("For everybody in the organisation, not for you alone."))
]


def group() -> LazyGroup:
    """Return the view group."""
    verbs = {
        "list": own(list_, msg("List the saved views")),
        "save": own(save, msg("Save a filter, an order and columns under a name")),
        "rename": own(rename, msg("Give a view another name")),
        "delete": own(delete, msg("Delete a view; the records stay")),
    }
    return lazy_group("view", tr("Saved views of lists: a filter, an order, columns"), verbs)


def list_(of: OfAny = "", format_: Format = "") -> None:
    """List the saved views."""
    from sfa.render.views import views_text

    fmt = format_of(format_)
    nouns = [_noun(of)] if of else list(NOUNS)
    with reading() as connection:
        found = [view for noun in nouns for view in views_of(connection, noun, home_dir())]
    emit(views_text(found, fmt))
    if not found and fmt == "table":
        say(tr('There are no views yet. Save one: sfa view save deal Large --where "amount>=50000"'))


def save(
    of: Of, name: Name, where: Where = "", sort: Sort = "", fields: Fields = "", shared: Shared = False
) -> None:
    """Save how a list is looked at; a view of that name is written over."""
    columns = tuple((each.strip(), 0) for each in fields.split(",") if each.strip())
    view = View(_noun(of), named(name), where.strip(), sort.strip(), columns, shared)
    if not (view.where or view.sort or view.columns):
        raise BadUsage(
            msg("A view needs a filter, an order or columns."), hint=msg("Give --where, --sort or --fields.")
        )
    with reading() as connection:
        check(connection, view, today=clock.today())
    _keep(view)
    say(tr("Saved. Show it: sfa {noun} list --view {name}", noun=view.noun, name=_quoted(view.name)))


def rename(of: Of, name: Name, new: NewName, shared: Shared = False) -> None:
    """Give a view another name."""
    view = _found(of, name, shared)
    renamed = view._replace(name=named(new))
    if renamed.name == view.name:
        return
    if any(each.name == renamed.name for each in _known(view.noun, shared)):
        raise InvalidInput(
            "name",
            msg("there is a view {name!r} already"),
            hint=msg("Delete it first, or choose another name."),
            name=renamed.name,
        )
    if shared:
        from sfa.services import views

        with changing(msg("Rename the view {view} to {new}")) as change:
            change.arguments = {"view": view.name, "new": renamed.name}
            views.drop(change.connection, view.noun, view.name)
            views.keep(change.connection, renamed)
    else:
        _keep(renamed)
        config.drop_view(view.noun, view.name, home_dir())
    say(tr("{name} is now called {new}.", name=view.name, new=renamed.name))


def delete(of: Of, name: Name, shared: Shared = False) -> None:
    """Delete a view; the records stay."""
    view = _found(of, name, shared)
    if shared:
        from sfa.services import views

        with changing(msg("Delete the view {view}")) as change:
            change.arguments = {"view": view.name}
            views.drop(change.connection, view.noun, view.name)
    else:
        config.drop_view(view.noun, view.name, home_dir())
    say(tr("Deleted: {name}", name=view.name))


def _noun(word: str) -> str:
    found = noun_or_none(word)
    if found is None:
        raise BadUsage(
            msg("There is no list of {word!r}."),
            hint=msg("There are: {known}."),
            word=word,
            known=", ".join(NOUNS),
        )
    return found.name


def _known(noun: str, shared: bool) -> list[View]:
    if not shared:
        return own_views(noun, home_dir())
    with reading() as connection:
        return shared_views(connection, noun)


def _found(of: str, name: str, shared: bool) -> View:
    noun = _noun(of)
    return find_view(_known(noun, shared), noun, name)


def _keep(view: View) -> None:
    if not view.is_shared:
        config.put_view(view.noun, view.name, view.body(), home_dir())
        return
    from sfa.services import views

    with changing(msg("Save the view {view}")) as change:
        change.arguments = {"view": view.name}
        views.keep(change.connection, view)


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)
