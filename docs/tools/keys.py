"""Write docs/keys.md from the bindings of the app: ``python docs/tools/keys.py [--check]``."""

from __future__ import annotations

import sys
from pathlib import Path

from textual.binding import Binding
from textual.keys import format_key

from sfa.screens.key_table import all_bindings
from sfa.screens.keys import PLACES

PAGE = Path(__file__).resolve().parents[1] / "keys.md"
# The class that has the keys -> what people call the place.
PLACES_OF_CLASSES = {
    "SfaApp": "Everywhere",
    "TodayScreen": "Today",
    "PipelineScreen": "Pipeline",
    "RecordsScreen": "Lists of records",
    "Views": "Saved views of a list, and of the board",
    "ClosedDealsScreen": "Deals won or lost, opened from the board",
    "Acting": "With a record in view",
    "VisitsScreen": "Visits",
    "AccountScreen": "One account in the round",
    "HistoryScreen": "The history of a record",
    "BuyingRolesScreen": "The people of a deal",
    "FilesScreen": "The files of a record",
    "AccountActions": "With an account in view",
    "ProductActions": "With a product in view",
    "PriceBookActions": "With a price book in view",
    "PricesScreen": "The prices in a book",
    "QuoteActions": "With a quote in view",
    "QuoteScreen": "One quote",
    "QuotesScreen": "The list of quotes",
    "OrderActions": "With an order in view",
    "OrdersScreen": "The list of orders",
    "OrderBoardScreen": "The board of orders",
    "OrdersOfScreen": "The orders of one record",
    "WithOrders": "With an account, a deal or a quote in view",
    "ApprovalsScreen": "Quotes that wait for approval",
    "CompareScreen": "Two revisions of a quote",
    "LineKeys": "The lines of a quote",
    "LinesScreen": "The lines of a quote, as a whole",
    "LeadActions": "With a lead in view",
    "DealActions": "With a deal in view",
    "Guided": "With a deal and its stage in view",
    "TaskActions": "With a task in view",
    "VisitActions": "With a visit in view",
    "CommentActions": "With a visit or another activity in view",
    "EntryActions": "With a line of Today in view",
    "SyncScreen": "Sync",
    "ReportsScreen": "Reports",
    "SettingsScreen": "Settings",
    "SettingsList": "In the list of Settings",
    "OrganisationList": "Lists of the organisation, opened from Settings",
    "RecordScreen": "One record",
    "RecordForm": "Forms",
    "BothChanged": "Fields that others changed too",
    "ConvertScreen": "Converting a lead",
    "KeyedList": "In a list of records",
    "Board": "On a board",
    "LineGrid": "In the grid of a quote's lines",
    "StageGuide": "In the text of a stage",
    "Agenda": "In the lists of Today and Sync",
    "RecordView": "In the text of a record",
    "ReportText": "In a report",
    "FindLine": "While finding",
    "Chooser": "Choosing from a list",
    "Confirm": "Asked for a yes",
    "MendRows": "Rows that could not be read",
    "AskLine": "Asked for a line",
    "LineForm": "Asked for a line that is saved",
    "AskChecked": "Asked for a value",
    "Step": "First steps",
    "SignIn": "Signing in to a centre",
    "AskForSync": "Asked for a sync",
    "AskPaper": "Asked how to print",
    "AskPath": "Asked for a file",
    "AskDay": "Asked for a day",
    "TextToCopy": "A text to copy",
    "AskPrice": "Asked what a product costs",
    "Letters": "Choosing by a letter",
}
INTRODUCTION = """\
# Keys of the app

Written by `make docs` from the app itself. In the app, `?` lists the keys of the place
you are in, and Enter runs the one you typed a part of.

Any action can have other keys: in Settings (`g` `,`) choose "Keys of your own", the action, and press
the key; or `sfa config key records.find f3,slash`. Both write a line below `[keys]` in `config.toml`, which
lies beside the store (`sfa whoami` says where that is). Several keys are parted by a comma.

```toml
[keys]
"records.find" = "f3,slash"
```

Refused, with the reason: a name that is no action; a key that is none; one that does something else in the
same place, unless that has another key too; Esc, Enter and Tab; Ctrl with i, j, m or h, which terminals
send as Tab, newline, Enter and Backspace. `sfa config keys` lists your keys and what is wrong with one; the
others hold.

`g` goes to a place: {places}.
"""


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    text = page()
    if "--check" in arguments:
        if not PAGE.exists() or PAGE.read_text("utf-8") != text:
            print("docs/keys.md is not current; run: make docs")
            return 1
        return 0
    PAGE.write_text(text, "utf-8")
    return 0


def page() -> str:
    """Return the page."""
    places = ", ".join(f"`{spec.letter}` {spec.label}" for spec in PLACES.values())
    parts = [INTRODUCTION.format(places=places)]
    found: dict[str, dict[str, list[Binding]]] = {}
    for owner, binding in all_bindings():
        found.setdefault(owner, {}).setdefault(str(binding.id), []).append(binding)
    for owner in sorted(found, key=list(PLACES_OF_CLASSES).index):
        parts.append(
            f"\n## {PLACES_OF_CLASSES[owner]}\n\n| Keys | Action | What it does | Name |\n|---|---|---|---|\n"
        )
        parts += [_line(bindings) for bindings in found[owner].values()]
    return "".join(parts)


def _line(bindings: list[Binding]) -> str:
    keys = " ".join(f"`{_key(each.key)}`" for each in bindings)
    binding = bindings[0]
    return f"| {keys} | {binding.description} | {binding.tooltip} | `{binding.id}` |\n"


def _key(key: str) -> str:
    modifiers, _, last = key.strip().rpartition("+")
    if len(last) == 1 and last.isupper():
        return last
    shown = {"up": "↑", "down": "↓", "left": "←", "right": "→", "question_mark": "?"}.get(last) or (
        last if len(last) == 1 else format_key(last)
    )
    return "+".join(filter(None, (modifiers.title(), shown)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
