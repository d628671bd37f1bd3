"""Price books travel: a manager's prices are found on a rep's device, which does not let them be changed."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from sfa.errors import Refused
from sfa.finding.prices import find_price
from sfa.finding.searching import find
from sfa.store.connection import open_writing
from sfa.store.home import store_path
from sfa.sync.device import Device
from tests.simulation.company import PRODUCT
from tests.store.older import without_books
from tests.sync.device.team import Rep


def test_a_managers_prices_reach_a_rep_who_may_not_change_them(ann: Rep, mia: Rep) -> None:
    for rep in (mia, ann):
        rep.sync()
    book = mia.add("pricebook", name="List", currency="CNY", is_default=1, valid_until="2026-12-31")
    entry = mia.add("price_entry", pricebook_id=book, product_id=PRODUCT, unit_price_micros=5_000_000)
    for rep in (mia, ann):
        rep.sync()
    with closing(open_writing(store_path(ann.home))) as connection:
        found = find_price(connection, PRODUCT, on=date(2026, 12, 31), currency="CNY")
    assert (found.price_micros, found.book, found.entry_id) == (5_000_000, "List", entry)
    with pytest.raises(Refused, match="prices"):
        ann.edit("price_entry", entry, unit_price_micros=1)
    with pytest.raises(Refused, match="price books"):
        ann.edit("pricebook", book, name="Mine")
    assert ann.unsent() == 0
    assert ann.differing() == []
    assert ann.troubles() == []


@pytest.mark.parametrize("again", [False, True], ids=["first sync", "loaded again"])
def test_a_store_from_before_books_were_searched_finds_those_that_are_loaded(
    ann: Rep, mia: Rep, again: bool
) -> None:
    if again:
        ann.sync()
    mia.sync()
    book = mia.add("pricebook", name="Frame", currency="CNY")
    mia.sync()
    without_books(ann.home)
    if again:
        with closing(Device.open(ann.home)) as device:
            device.load(ann.transport.snapshot())
    else:
        ann.sync()
    with closing(open_writing(store_path(ann.home))) as connection:
        assert [hit.id for hit in find(connection, "frame")] == [book]
    assert ann.troubles() == []
