"""What people do with quotes on their devices, as services would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sfa.fields import TABLES
from sfa.interchange.quote_lines import digest_of
from sfa.sync.protocol import Value
from tests.simulation.company import PRICE, PRODUCT
from tests.simulation.quoting import content, item

if TYPE_CHECKING:
    from tests.simulation.acts import Hand

NUMBERS = ("Q-1", "Q-2", "q-2", "Q-3")
_WORDS = {
    "draft": ("submitted", "submitted", "submitted", "submitted", "sent", "accepted", "approve"),
    "submitted": ("approve", "approve", "approve", "approve", "reject", "draft"),
    "approved": ("sent", "accepted", "draft", "reject"),
}
_VERDICTS = {"submitted": "submit", "draft": "recall", "approve": "approve", "reject": "reject"}
# Discounts, lower prices, list prices that are right and forged; the product has its own price.
_PRICES: tuple[dict[str, int], ...] = (
    *({}, {}),
    *({"discount_ppm": 50_000}, {"discount_ppm": 200_000}, {"discount_ppm": 400_000}),
    {"unit_price_micros": PRICE * 9 // 10, "list_price_micros": PRICE},
    {"unit_price_micros": PRICE * 6 // 10, "list_price_micros": 1},
    {"unit_price_micros": PRICE * 3 // 2, "list_price_micros": PRICE * 2, "discount_ppm": 50_000},
)
_COLUMNS = ", ".join(f'"{column.name}"' for column in TABLES["quote"].captured())


def new_quote(hand: Hand) -> None:
    """Quote an account something, of its deal too if one is here."""
    account = hand.pick("account")
    if account is not None:
        deal = hand.connection.execute(
            "SELECT id FROM deal WHERE account_id = ? AND deleted_at IS NULL ORDER BY id", (account,)
        ).fetchone()
        about: dict[str, Value] = {"account_id": account, "deal_id": deal[0] if deal else None}
        owner = hand.some_owner()
        hand.insert(
            "quote", number=hand.rng.choice(NUMBERS), owner_id=owner, state="draft", **_offer(hand) | about
        )


def _offer(hand: Hand) -> dict[str, Value]:
    lines = [
        item(str(number), product=PRODUCT, name=hand.word(), **hand.rng.choice(_PRICES))
        for number in range(1, hand.rng.choice((2, 3)))
    ]
    return {**content(*lines), "notes": hand.word()}


def _some(hand: Hand) -> dict[str, Any] | None:
    quote = hand.pick("quote")
    if quote is None:
        return None
    found = hand.connection.execute(f"SELECT id, {_COLUMNS} FROM quote WHERE id = ?", (quote,))
    return dict(zip((each[0] for each in found.description), found.fetchone(), strict=True))


def edit_quote(hand: Hand) -> None:
    """Change what is offered; services make it a draft again, and others may not."""
    quote = _some(hand)
    if quote is not None:
        kept = {name: quote[name] for name in ("account_id", "revision")}
        new = {name: value for name, value in (_offer(hand) | kept).items() if value != quote[name]}
        state: dict[str, Value] = {"state": "draft"} if hand.rng.random() < 0.6 else {}
        hand.update("quote", quote["id"], **new, **state)


def move_quote(hand: Hand) -> None:
    """Change what is no content: where it hangs, whose it is, or its number."""
    quote = _some(hand)
    if quote is not None:
        column, value = hand.rng.choice(
            (("deal_id", hand.pick("deal")), ("deal_id", None), ("owner_id", hand.somebody()))
        )
        hand.update("quote", quote["id"], **{column: value})


def say(hand: Hand) -> None:
    """Submit, take back, approve or reject a quote, or send it: mostly what its state asks for."""
    quote = _some(hand)
    if quote is None:
        return
    word = hand.rng.choice(_WORDS.get(quote["state"], ("accepted", "draft")))
    if word in _VERDICTS:
        digest = digest_of(quote) if hand.rng.random() < 0.9 else "0" * 64
        about: dict[str, Value] = {"quote_id": quote["id"], "revision": quote["revision"], "digest": digest}
        hand.insert("quote_decision", verdict=_VERDICTS[word], reason=hand.word(), **about)
    if word not in {"approve", "reject"}:
        hand.update("quote", quote["id"], state=word, state_on=hand.day(), state_reason=None)
