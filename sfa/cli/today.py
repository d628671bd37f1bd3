"""sfa today: what the day asks of you, what sync brought, and for a manager what the team did."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sfa import clock
from sfa.cli.exits import say
from sfa.cli.gateway import reading
from sfa.cli.output import Format, emit, format_of
from sfa.errors import msg
from sfa.i18n import tr
from sfa.store.home import home_dir

_SHOWN = 10  # entries a question, for people; machines get all

Seen = Annotated[
    bool, typer.Option("--seen", help=msg("What sync brought is seen with that, and is not shown again."))
]


def today(seen: Seen = False, format_: Format = "") -> None:
    """Show the day: tasks, visits, what waits for you, what sync brought, deals, accounts, the week ahead."""
    from sfa.render.tables import is_coloured
    from sfa.render.today import today_text
    from sfa.reports.freshness import freshness
    from sfa.reports.today import today_report

    fmt = format_of(format_)
    limit = _SHOWN if fmt in {"table", "md"} and not seen else None
    with reading() as connection:
        report = today_report(connection, today=clock.today(), limit=limit)
        fresh = freshness(connection)
    bold = is_coloured(sys.stdout.isatty())
    emit(today_text(report, fmt, fresh=fresh, now=clock.utc_now(), bold=bold))
    if seen:
        from sfa.sync import running

        running.mark_news_seen(home_dir())
        say(tr("What sync brought is seen."))
