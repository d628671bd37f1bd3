"""sfa whoami: who works here, on which device and store."""

from __future__ import annotations

from sfa.cli.gateway import reading
from sfa.cli.output import Format, emit, format_of
from sfa.store.home import home_dir, store_path


def whoami(format_: Format = "") -> None:
    """Say who works here, on which device and store."""
    from sfa.render.whoami import whoami_text
    from sfa.reports.whoami import whoami as asked

    fmt = format_of(format_)
    with reading() as connection:
        found = asked(connection)
    emit(whoami_text(found, str(store_path(home_dir())), fmt))
