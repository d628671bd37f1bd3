"""A few records for the tests of finders, made through the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sfa.errors import msg
from sfa.fields import noun
from sfa.services import nouns
from sfa.services.entry import entered
from sfa.services.records import raw
from sfa.store.perform import performing

TODAY = date(2026, 11, 20)
Given = dict[str, str | Sequence[str]]


def add(home: Path, name: str, /, **texts: str | Sequence[str]) -> str:
    """Add a record as the command line would, from typed texts; return its id."""
    with performing(home, name=msg("Add")) as session:
        values = entered(raw(session), noun(name), texts, today=TODAY)
        return nouns.create(session, name, values, today=TODAY).id


def small_company(home: Path) -> None:
    """Add two customers with contacts and deals, and some leads."""
    add(home, "account", name="华创科技有限公司", short_name="华创", tier="key", tags=["vip", "south"])
    add(home, "account", name="Acme Ltd", industry="retail", phones=["+86 138 0013 8000"])
    add(home, "contact", name="王总", accounts=["华创"], emails=["wang@huachuang.cn"])
    add(home, "deal", name="Grand", account="华创", amount="60000", close_date="2026-11-25")
    add(home, "deal", name="Small", account="Acme Ltd", amount="1200.50", close_date="2027-01-31")
    add(home, "deal", name="Open", account="Acme Ltd")
    add(home, "lead", name="Li Wei", company="Beta", rating="hot")
    add(home, "lead", name="Ａnna", company="Gamma", status="working")
