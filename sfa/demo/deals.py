"""A block's deals: with whom, for which products, over which year, and who decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sfa.demo.accounts import Account, Contact
from sfa.demo.days import Year, working_from
from sfa.demo.deal_words import (
    COMPETITORS,
    LOST_REASONS,
    NEXT_STEPS,
    PROJECTS,
    WON_REASONS,
)
from sfa.demo.leads import SOURCES
from sfa.demo.lives import LOST, WON, Fate, Lot, State, life
from sfa.demo.names import one_of
from sfa.demo.products import GOODS, SERVICES, Product
from sfa.demo.ways import CHANNEL, KEY_ACCOUNT, STANDARD, WAYS, Way
from sfa.terms import DECIDERS, AccountKind, BuyingRole, ForecastCategory, Stance, Tier

COUNT = 110
# Deals that every block has, by place; the first ones are with the store's own user's customers.
_FATES = {
    0: Fate.NEW_NOW,
    1: Fate.WON_NOW,
    2: Fate.LOST_NOW,
    3: Fate.SLIPPED_NOW,
    4: Fate.STUCK,
    5: Fate.BACK,
    20: Fate.NEW_NOW,
    21: Fate.WON_NOW,
    22: Fate.LOST_NOW,
    23: Fate.SLIPPED_NOW,
    24: Fate.STUCK,
    25: Fate.BACK,
    40: Fate.NEW_NOW,
    41: Fate.SLIPPED_NOW,
    42: Fate.STUCK,
    43: Fate.STUCK,
    44: Fate.BACK,
    45: Fate.BACK,
    46: Fate.NEW_NOW,
    47: Fate.NEW_NOW,
}
# In every pipeline a deal stands at every stage.
_STANDING = {
    60 + number: (way, stage)
    for number, (way, stage) in enumerate(
        (way, stage) for way in WAYS for stage in (*range(way.length), WON, LOST)
    )
}
_FIRST_ACCOUNTS = (0, 30, 0, 4, 8, 30, 12, 32, 14, 4)  # of the store's own user, none of them silent
_WEIGHTS = {Tier.KEY: 5, Tier.STANDARD: 3, Tier.SMALL: 1}
_WITHOUT_ACCOUNT = 109
_WITHOUT_AMOUNT, _WITHOUT_DAY = frozenset({20, 46}), frozenset({40, 47})  # all of them new
_GIVEN_UP = frozenset({42, 43})  # stuck: their owner leaves them out of the forecast
_MOST_PIECES = 80
_WITHOUT_DECIDER = 4  # every fourth deal lacks the one who decides
_RATES = {"CNY": 1, "USD": 7, "EUR": 8}  # roughly, for prices abroad


@dataclass(frozen=True, slots=True)
class Line:
    """A product in a deal, at a price in whole units of the deal's currency."""

    product: Product
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Part:
    """A contact's part in a deal; strength is how well we know them, out of five."""

    contact: Contact
    role: BuyingRole
    stance: Stance
    strength: int
    target: int


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal with all that a year did to it; ``words`` is where its texts begin."""

    key: str
    place: int
    name: str
    account: Account
    way: Way
    fate: Fate
    currency: str
    lines: tuple[Line, ...]
    states: tuple[State, ...]
    source: int
    words: int

    @property
    def start(self) -> date:
        """Return the day it began."""
        return self.states[0].day

    @property
    def end(self) -> State:
        """Return its state today."""
        return self.states[-1]

    @property
    def is_alone(self) -> bool:
        """Say whether nobody noted whose deal it is: every list has such a one."""
        return self.place == _WITHOUT_ACCOUNT

    @property
    def goes_back(self) -> bool:
        """Say whether it ever went back a stage: then an import cannot tell its life."""
        return self.fate is Fate.BACK


def deals(rng: Random, block: int, found: Sequence[Account], year: Year) -> tuple[Deal, ...]:
    """Return a block's deals."""
    pool = [account for account in found for _ in range(_WEIGHTS[account.tier])]
    names: set[str] = set()
    made = []
    for place in range(COUNT):
        account = found[_FIRST_ACCOUNTS[place]] if place < len(_FIRST_ACCOUNTS) else one_of(rng, pool)
        way, stage = _STANDING.get(place, (None, 0))
        lot = Lot(Fate.STANDS, stage) if way else Lot(_FATES.get(place, Fate.ANY))
        while not _fits(account, way, lot, year):
            account = one_of(rng, pool)
        made.append(_deal(rng, block, place, account, lot, way or _way(rng, account), year, names))
    return tuple(made)


def _fits(account: Account, way: Way | None, lot: Lot, year: Year) -> bool:
    """Say whether a customer may have a deal of that kind: the one whose life is given needs a long one."""
    if way is CHANNEL and account.kind is not AccountKind.DISTRIBUTOR:
        return False
    if way is KEY_ACCOUNT and account.tier is not Tier.KEY:
        return False
    return lot.fate is Fate.ANY or not (
        account.is_silent or account.since > year.meetings[len(year.meetings) // 2]
    )


def _deal(
    rng: Random,
    block: int,
    place: int,
    account: Account,
    lot: Lot,
    way: Way,
    year: Year,
    names: set[str],
) -> Deal:
    currency = "CNY" if account.is_chinese or place % 3 == 0 else "EUR" if place % 7 == 0 else "USD"
    lines = _lines(rng, way, _RATES[currency])
    amount = sum(line.quantity * line.price for line in lines)
    step = 10_000 if currency == "CNY" else 1_000
    rough = max(round(amount * rng.uniform(0.8, 1.25) / step), 1) * step
    last = year.step_of(account.last_day)
    first = min(year.step_of(account.since) + 1, last) if account.since >= year.first else 0
    states = life(rng, year, way, lot, rough=rough, amount=amount, first=first, last=last)
    name = _name(rng, account, lines, names)
    source, words = rng.randrange(len(SOURCES)), rng.randrange(1000)
    return Deal(
        f"D{block}-{place}", place, name, account, way, lot.fate, currency, lines, states, source, words
    )


def _way(rng: Random, account: Account) -> Way:
    if account.kind is AccountKind.DISTRIBUTOR:
        return CHANNEL
    return KEY_ACCOUNT if account.tier is Tier.KEY and rng.random() < 0.45 else STANDARD


def _lines(rng: Random, way: Way, rate: int) -> tuple[Line, ...]:
    low, high = way.amounts
    wanted = low * (high / low) ** (rng.random() ** 1.4)
    # Nobody buys two hundred valves at once: what is worth much is made of dear things.
    fit = [product for product in GOODS if wanted / product.price <= _MOST_PIECES] or GOODS[-1:]
    goods = rng.sample(fit, k=min(rng.choice((1, 1, 2)), len(fit)))
    services = rng.sample(SERVICES, k=rng.choice((0, 0, 1)))
    discount = 1 - rng.choice((0, 0, 0.03, 0.05, 0.08, 0.12))
    found = []
    for product in (*goods, *services):
        price = max(round(product.price * discount / rate), 1)
        pieces = max(round(wanted / len(goods) / product.price), 1)
        found.append(Line(product, pieces if product in goods else rng.randint(1, 3), price))
    return tuple(found)


def _name(rng: Random, account: Account, lines: Sequence[Line], taken: set[str]) -> str:
    chinese = account.is_chinese
    what = lines[0].product.name[chinese]
    base = f"{account.company.short_name} – {one_of(rng, PROJECTS)[chinese].format(product=what)}"
    name, number = base, 2
    while name in taken:
        name, number = f"{base} {number}", number + 1
    taken.add(name)
    return name


def parts(rng: Random, deal: Deal) -> tuple[Part, ...]:
    """Return who has which part in the decision; in every fourth deal nobody we know decides."""
    known = [
        contact
        for contact in deal.account.contacts[:4]
        if deal.place % _WITHOUT_DECIDER != 1 or contact.role not in DECIDERS
    ]
    found = []
    for contact in known:
        stance = rng.choice(
            (Stance.SUPPORTER, Stance.SUPPORTER, Stance.NEUTRAL, Stance.OPPONENT, Stance.UNKNOWN)
        )
        strength = rng.randrange(0 if stance is Stance.UNKNOWN else 1, 5)
        found.append(Part(contact, contact.role, stance, strength, min(strength + rng.randrange(3), 5)))
    return tuple(found)


def end_cells(deal: Deal, year: Year) -> Iterator[tuple[str, str]]:
    """Yield what the deal's last state says besides: a next step, or why it was won or lost."""
    chinese, end = deal.account.is_chinese, deal.end
    if not end.is_open:
        reasons = WON_REASONS if end.stage == WON else LOST_REASONS
        yield "reason", reasons[deal.words % len(reasons)][chinese]
        return
    if deal.place in _GIVEN_UP:
        yield "category", ForecastCategory.OMITTED.value
    if has_next_step(deal):
        yield "next_step", NEXT_STEPS[deal.words % len(NEXT_STEPS)][chinese]
        yield "next_step_on", next_step_day(deal, year).isoformat()


def has_next_step(deal: Deal) -> bool:
    """Say whether somebody noted what comes next."""
    return deal.place % 6 != 0 and deal.fate is not Fate.STUCK


def next_step_day(deal: Deal, year: Year) -> date:
    """Return the day of the next step: some are due today or late."""
    day = year.today + timedelta(days=deal.words % 30 - 5)
    return day if day <= year.today else working_from(day)


def stage_name(state: State, stages: Sequence[str]) -> str:
    """Return what a state's stage is called; ``stages`` are the pipeline's names, won and lost last."""
    return stages[state.stage] if state.is_open else stages[-2 if state.stage == WON else -1]


def state_cells(deal: Deal, state: State, stages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a state as the import takes it."""
    yield from (
        ("key", deal.key),
        ("name", deal.name),
        ("account", "" if deal.is_alone else deal.account.key),
        ("stage", stage_name(state, stages)),
        ("amount", "" if deal.place in _WITHOUT_AMOUNT else str(state.amount)),
        ("currency", deal.currency),
        ("close_date", "" if deal.place in _WITHOUT_DAY else state.close.isoformat()),
        ("competitors", COMPETITORS[deal.words % len(COMPETITORS)] if deal.words % 3 == 0 else ""),
        ("owner", deal.account.owner),
        ("created", f"{deal.start} 1{deal.words % 8}:{deal.words % 60:02d}"),
        ("created_by", deal.account.owner),
    )
