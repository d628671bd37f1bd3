"""sfa today: what the day asks of you."""

from __future__ import annotations

import sys

from sfa import clock
from sfa.cli.gateway import reading
from sfa.cli.output import Format, emit, format_of

_SHOWN = 10  # entries a question, for people; machines get all


def today(format_: Format = "") -> None:
    """Show tasks, visits, deals without a next step, silent key accounts and follow-ups."""
    from sfa.render.tables import is_coloured
    from sfa.render.today import today_text
    from sfa.reports.freshness import freshness
    from sfa.reports.today import today_report

    fmt = format_of(format_)
    limit = _SHOWN if fmt in {"table", "md"} else None
    with reading() as connection:
        report = today_report(connection, today=clock.today(), limit=limit)
        fresh = freshness(connection)
    bold = is_coloured(sys.stdout.isatty())
    emit(today_text(report, fmt, fresh=fresh, now=clock.utc_now(), bold=bold))
