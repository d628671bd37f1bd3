"""The app's Settings place in words: settings in groups, their values, what each is for and how it is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sfa import config
from sfa.errors import Msg, msg
from sfa.fields import noun as noun_of
from sfa.finding import shared_settings
from sfa.i18n import tr
from sfa.render import dates
from sfa.render.cells import one_line
from sfa.render.numbers import grouped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sfa.finding.shared_settings import Settled
    from sfa.reports.whoami import Identity
    from sfa.store.lease import Lease

# A language is named in itself, whatever language is in use.
LANGUAGE_NAMES = {"en": "English", "zh_CN": "简体中文"}
# Lists that the whole organisation works with, in the order one sets them up.
LISTS = ("pipeline", "stage", "calendar", "rate", "pricebook", "tax", "choice", "field", "user", "team")
_LISTS_FOR: Mapping[str, Msg] = {
    "pricebook": msg(
        "Prices for a while, a tier or certain accounts; what they do not price, the product does."
    ),
    "tax": msg("Classes of tax: the rate that quotes and orders add or include."),
    "pipeline": msg("The ways you sell; each has stages of its own."),
    "stage": msg("What a deal goes through: probability, category, exit criteria, playbook."),
    "calendar": msg("Holidays, and weekends that are worked."),
    "rate": msg("What one currency is worth in another, from a day on."),
    "choice": msg("What can be chosen in a field: industries, sources, tiers …"),
    "field": msg("Fields that your organisation adds to its records."),
    "user": msg("The people whose names stand on records."),
    "team": msg("Who works with whom."),
}
_APP = (
    *("language", "theme", "start", "pipeline_form", "pipeline_whose", "orders_form", "paper_font"),
    "first_steps",
)
_COMMANDS = ("format", "limit", "color")
_WORDS: Mapping[str, Msg] = {
    "dark": msg("Dark"),
    "light": msg("Light"),
    "high-contrast": msg("High contrast"),
    "terminal": msg("The terminal's own colours"),
    "today": msg("Today"),
    "leads": msg("Leads"),
    "accounts": msg("Accounts"),
    "contacts": msg("Contacts"),
    "deals": msg("Deals"),
    "pipeline": msg("Pipeline"),
    "visits": msg("Visits"),
    "tasks": msg("Tasks"),
    "products": msg("Products"),
    "quotes": msg("Quotes"),
    "sync": msg("Sync"),
    "settings": msg("Settings"),
    "board": msg("Board"),
    "list": msg("List"),
    "mine": msg("My deals"),
    "team": msg("My team's deals"),
    "all": msg("Everybody's deals"),
    "done": msg("Done"),
    "auto": msg("By itself"),
    "always": msg("Always"),
    "never": msg("Never"),
}
_UNSET: Mapping[str, Msg] = {
    "language": msg("as the system"),
    "format": msg("by itself"),
    "paper_font": msg("by itself"),
    "first_steps": msg("in an empty store"),
    "pipeline_whose": msg("by your role"),
}


class Line(NamedTuple):
    """A line of the place: what it stands for, and its three columns."""

    kind: str
    id: str
    label: str
    value: str
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Personal:
    """A setting of one's own; ``fault`` is what is wrong with the value in the file."""

    name: str
    value: str
    origin: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Everything the place shows; ``counts`` is how many records each list of the organisation has."""

    personal: Mapping[str, Personal]
    shared: Mapping[str, Settled]
    me: Identity
    centre: str
    lease: Lease | None
    counts: Mapping[str, int]
    keys: int
    home: str


def value_word(name: str, value: str) -> str:
    """Return a personal setting's value as people call it."""
    if name == "language" and value:
        return LANGUAGE_NAMES.get(value, value)
    if not value:
        return tr(_UNSET.get(name, msg("not set")))
    return tr(_WORDS[value]) if value in _WORDS and value in config.KNOWN[name].allowed else value


def groups(found: Found) -> list[tuple[str, list[Line]]]:
    """Return the lines of the place under their headings."""
    return [
        (tr("The app"), [*(_personal(found, name) for name in _APP), _keys(found)]),
        (tr("You and your team's centre"), [*_mine(found), _personal(found, "sync_every")]),
        (tr("The organisation"), [_shared(each) for each in found.shared.values()]),
        (tr("Lists of the organisation"), [_list(found, noun) for noun in LISTS]),
        (tr("The command line"), [_personal(found, name) for name in _COMMANDS]),
    ]


def _personal(found: Found, name: str) -> Line:
    each = found.personal[name]
    value = each.fault or value_word(name, each.value)
    beside = "" if each.origin == "default" else _origin(each.origin)
    return Line("personal", name, tr(config.KNOWN[name].label), value, beside)


def _origin(origin: str) -> str:
    return origin if origin.startswith("SFA_") else tr("yours")


def _keys(found: Found) -> Line:
    value = grouped(found.keys) if found.keys else tr("the usual ones")
    return Line("keys", "keys", tr("Keys of your own"), value, tr("yours") if found.keys else "")


def _mine(found: Found) -> list[Line]:
    lease = found.lease
    lines = [
        Line("me", found.me.user_id, tr("Your name"), one_line(found.me.name)),
        Line("centre", "centre", tr("Centre"), one_line(found.centre) or tr("not signed in")),
    ]
    if lease is not None:
        until = dates.instant(lease.until)
        lines.append(Line("lease", "lease", tr("Opens without a sync until"), until))
    return lines


def _shared(each: Settled) -> Line:
    label = shared_settings.KNOWN[each.key].label
    return Line("shared", each.key, tr(label), one_line(each.shown) or tr("not set"))


def _list(found: Found, noun: str) -> Line:
    label = tr(noun_of(noun).label_plural)
    return Line("list", noun, label[:1].upper() + label[1:], grouped(found.counts.get(noun, 0)))


# One of them in full --------------------------------------------------------------------------


def detail(found: Found, kind: str, name: str) -> str:
    """Return what a line is for, what is allowed, and its command; nothing for none."""
    return "\n".join(_detail(found, kind, name))


def _detail(found: Found, kind: str, name: str) -> Sequence[str]:
    if kind == "personal":
        return _of_personal(found.personal[name])
    if kind == "shared":
        return _of_shared(found.shared[name])
    if kind == "list":
        return [tr(_LISTS_FOR[name]), tr("Enter opens the list."), _command(f"sfa {name} list")]
    if kind == "keys":
        return [
            tr(
                "Any action can have another key. Enter lists the actions; it is kept in {file}.",
                file=_file(found),
            ),
            _command("sfa config keys"),
        ]
    if kind == "me":
        return [
            tr("Stands on what you add and change. Your store: {path}", path=found.home),
            _command("sfa user edit me --name NAME"),
        ]
    if kind == "centre":
        return _of_centre(found)
    if kind == "lease":
        return [tr("Your organisation wants a sync before then; after it the store asks for one.")]
    return []


def _file(found: Found) -> str:
    return f"{found.home}/{config.FILE_NAME}"


def _of_personal(each: Personal) -> list[str]:
    known = config.KNOWN[each.name]
    lines = [tr(known.help)]
    if known.allowed:
        words = ", ".join(value_word(each.name, value) for value in known.allowed)
        lines.append(tr("Choices: {choices}.", choices=words))
    if each.origin.startswith("SFA_"):
        lines.append(
            tr("The variable {variable} wins over the file as long as it is set.", variable=each.origin)
        )
    elif each.origin != "default":
        usual = value_word(each.name, known.default)
        lines.append(
            tr("From {file}. x goes back to the default: {value}.", file=config.FILE_NAME, value=usual)
        )
    return [*lines, _command(f"sfa config set {each.name} VALUE")]


def _of_shared(each: Settled) -> list[str]:
    return [
        tr(each.help),
        tr("The same for everybody; u takes a change back."),
        _command(f"sfa config org set {each.key} VALUE"),
    ]


def _of_centre(found: Found) -> list[str]:
    if found.centre:
        return [
            tr("Enter signs out; the records stay on this machine. g s shows how the syncs went."),
            _command("sfa logout"),
        ]
    return [
        tr("The team's own PostgreSQL. Enter signs in; what you typed before becomes yours there."),
        _command("sfa login URL"),
    ]


def _command(text: str) -> str:
    return tr("On the command line: {command}", command=text)
