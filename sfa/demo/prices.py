"""What the company asks for its products: classes of tax, and price books of every kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sfa.demo.company import Block, Company
from sfa.demo.products import GOODS, PRODUCTS, Product
from sfa.demo.sheets import Words, said
from sfa.demo.writing import Ids
from sfa.money import to_micros
from sfa.services import accounts, price_books, prices, records, taxes
from sfa.services.entry import Entered
from sfa.services.prices import Terms
from sfa.terms import Tier

if TYPE_CHECKING:
    from sqlmodel import Session

_LIST: Words = ("List {year}", "{year} 年标准价格表")
_KEYS: Words = ("Key accounts", "重点客户价格表")
_EXPORT: Words = ("Export (USD)", "出口价格表（美元）")
_OWN: Words = ("{name} frame contract", "{name} 框架协议价")
# Class of tax -> its name, and the rate in millionths.
_TAXES: tuple[tuple[str, Words, int], ...] = (
    ("goods", ("VAT 13 %", "增值税 13%"), 130_000),
    ("works", ("VAT 9 %", "增值税 9%"), 90_000),
    ("services", ("VAT 6 %", "增值税 6%"), 60_000),
    ("exports", ("Zero rate", "零税率"), 0),
)
_TAXED = {"S1": "services", "S2": "works", "S3": "services"}
# From how many pieces on key accounts pay which part of the list price, in per cent.
_BREAKS = ((0, 96), (5, 93), (20, 89))
_OWN_PART, _LAST_YEARS_PART = 85, 97
_DOLLARS = Decimal("6.6")  # yuan that the list counts for one of export
_AGREED = 3  # goods in a frame contract


def settle_taxes(session: Session, made: Company, sold: Ids) -> None:
    """Make the classes of tax; services and works have theirs, goods the default one."""
    today = made.year.today
    found = {
        key: taxes.create(
            session,
            Entered({"name": said(words, made.language), "rate_ppm": rate, "is_default": key == "goods"}),
            today=today,
        ).id
        for key, words, rate in _TAXES
    }
    for code, key in _TAXED.items():
        records.edit(session, "product", sold[code], Entered({"tax_class_id": found[key]}))


def settle_books(session: Session, made: Company, sold: Ids) -> str:
    """Make the books that everybody buys by; return the id of the key accounts' one."""
    year = made.year.today.year
    past = _at(_LAST_YEARS_PART, sold)
    _book(session, made, _LIST, year=year - 1, columns=_all_year(year - 1), entries=past)
    listed = _book(
        session,
        made,
        _LIST,
        year=year,
        columns={**_all_year(year), "is_default": True},
        entries=_at(100, sold),
    )
    export = [(sold[each.code], 0, _dollars(each)) for each in GOODS]
    _book(session, made, _EXPORT, year=year, columns={"currency": "USD", "is_default": True}, entries=export)
    parts = [
        (sold[each.code], pieces * 1000, _micros(each.price * part // 100))
        for each in GOODS
        for pieces, part in _BREAKS
    ]
    columns = {"tier": Tier.KEY.value, "parent_id": listed}
    return _book(session, made, _KEYS, year=year, columns=columns, entries=parts)


def agree(session: Session, sold: Ids, block: Block, keys: str, known: Ids) -> None:
    """Give one of the store's own customers a book of its own."""
    made = block.company
    account = next((each for each in block.accounts if each.is_own), block.accounts[0])
    name: Words = tuple(each.format(name=account.company.short_name) for each in _OWN)  # type: ignore[assignment]
    entries = [(sold[each.code], 0, _micros(each.price * _OWN_PART // 100)) for each in GOODS[:_AGREED]]
    book = _book(session, made, name, year=0, columns={"parent_id": keys}, entries=entries)
    accounts.edit(session, known[account.key], Entered({"pricebook_id": book}), today=made.year.today)


def _book(
    session: Session,
    made: Company,
    words: Words,
    *,
    year: int,
    columns: Mapping[str, object],
    entries: Iterable[tuple[str, int, int]],
) -> str:
    name = said(words, made.language).format(year=year)
    given = Entered({"name": name, "currency": "CNY", **columns})
    book = price_books.create(session, given, today=made.year.today).id
    connection = records.raw(session)
    for product, quantity, micros in entries:
        prices.insert_price(connection, book, product, micros, Terms(quantity))
    return book


def _all_year(year: int) -> dict[str, object]:
    return {"valid_from": date(year, 1, 1).isoformat(), "valid_until": date(year, 12, 31).isoformat()}


def _at(part: int, sold: Ids) -> list[tuple[str, int, int]]:
    return [
        (sold[each.code], 0, _micros(each.price * part // 100))
        for each in PRODUCTS
        if not each.is_discontinued
    ]


def _micros(yuan: int) -> int:
    return to_micros(Decimal(yuan))


def _dollars(product: Product) -> int:
    return to_micros((product.price / _DOLLARS).quantize(Decimal(1)))
