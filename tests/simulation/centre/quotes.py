"""What a transaction may do to a quote, and what the centre adds. Source: docs/sync-protocol.md, "Quotes"."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sfa.errors import InvalidInput, msg
from sfa.interchange.quote_lines import MOST_LINES, digest_of, document_of, lines_of, total_columns
from sfa.models.quote import MOST_CHARACTERS
from sfa.money import CURRENCIES
from sfa.pricing.checking import MOST_MICROS
from sfa.pricing.conversion import Rate, convert_micros
from sfa.pricing.results import Priced
from sfa.pricing.thresholds import Rule, level_needed
from sfa.pricing.totals import price_document
from sfa.sync.protocol import Outcome, Value
from sfa.terms import LineKind, OpKind, QuoteState, QuoteVerdict, Role, Rounding, TaxMode, TaxRounding
from tests.simulation.centre.rules import APPROVAL, Verdict
from tests.simulation.centre.sight import Sight
from tests.simulation.centre.state import CAPTURED, Op, Row, State

if TYPE_CHECKING:
    from tests.simulation.centre.merging import Writing

Values = Mapping[str, Any]
Before = dict[str, tuple[str, str] | None]  # quote -> its state and digest before a transaction
NO_APPROVAL: dict[str, Value] = dict.fromkeys(APPROVAL)
RANKS: dict[str, int] = {Role.REP: 1, Role.MANAGER: 2, Role.ADMIN: 3}
INVALID, NOT_ALLOWED = (Verdict(Outcome.QUARANTINED, reason) for reason in ("invalid", "not_allowed"))
_UNDECIDED = (QuoteState.DRAFT, QuoteState.SUBMITTED)
_BOUND = (QuoteState.SUBMITTED, QuoteState.SENT, QuoteState.ACCEPTED)
_AT_CUSTOMER = (QuoteState.SENT, QuoteState.ACCEPTED)
_WORDS = {
    "currency": CURRENCIES,
    "tax_mode": set(TaxMode),
    "tax_rounding": set(TaxRounding),
    "rounding": set(Rounding),
    "cash_rounding": set(Rounding),
}


# ---- pricing


def priced(
    content: Values, costs: Mapping[str, int] | None = None, least: Mapping[str, int] | None = None
) -> Priced | None:
    """Return what a quote comes to; ``None`` when it has a word that is not known here.

    Raises:
        InvalidInput: what no quote may say.
    """
    lines = lines_of(content["lines"])
    if len(content["lines"]) > MOST_CHARACTERS or len(lines) > MOST_LINES:
        raise InvalidInput("lines", msg("it is too large"))
    known = all(content[name] in words for name, words in _WORDS.items())
    if not known or any(line.kind not in set(LineKind) for line in lines):
        return None
    return price_document(document_of(content, lines, costs, least))


def _costs(state: State, content: Values, today: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines_of(content["lines"]):
        rows = [
            (state.ops[str(row.writer("unit_cost_micros"))].version, row.values)
            for row in state.tables["product_cost"].values()
            if row.values["product_id"] == line.product
            and row.values["unit_cost_micros"] is not None
            and row.values["deleted_at"] is None
        ]
        cost = max(rows, key=lambda each: each[0])[1] if rows else None
        if line.product is None or cost is None:
            continue
        micros = _in_currency(state, cost, content["currency"], today)
        if micros is not None and 0 <= micros <= MOST_MICROS:
            found[line.product] = micros
    return found


def _least(state: State, content: Values) -> dict[str, int]:
    """Return line -> the least that any price book in the quote's currency, or the product, asks."""

    def live(table: str) -> dict[str, Values]:
        rows = {key: row.values for key, row in state.tables[table].items()}
        return {key: values for key, values in rows.items() if values["deleted_at"] is None}

    books = {key for key, book in live("pricebook").items() if book["currency"] == content["currency"]}
    found: dict[str, int] = {}
    for line in lines_of(content["lines"]):
        prices = [
            entry["unit_price_micros"]
            for entry in live("price_entry").values()
            if entry["product_id"] == line.product
            and entry["pricebook_id"] in books
            and int(str(entry["min_quantity_milli"])) <= line.quantity_milli
        ] + [
            product["unit_price_micros"]
            for key, product in live("product").items()
            if key == line.product and product["currency"] == content["currency"]
        ]
        known = [int(str(each)) for each in prices if each is not None and 0 <= int(str(each)) <= MOST_MICROS]
        if known:
            found[line.key] = min(known)
    return found


def _in_currency(state: State, cost: Values, currency: str, today: str) -> int | None:
    if cost["currency"] == currency:
        return int(cost["unit_cost_micros"])
    rates = [
        (row.values["effective_on"], state.ops[str(row.maker)].version, row.values["rate_micros"])
        for row in state.tables["rate"].values()
        if (row.values["from_currency"], row.values["to_currency"]) == (cost["currency"], currency)
        and str(row.values["effective_on"]) <= today
        and row.values["deleted_at"] is None
    ]
    if not rates:
        return None
    day, _, micros = max(rates)
    rate = Rate(str(cost["currency"]), currency, int(str(micros)), date.fromisoformat(str(day)))
    return convert_micros(int(cost["unit_cost_micros"]), rate.from_currency, rate)


# ---- roles


def _settings(state: State) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in state.tables["setting"].values():
        if row.values["deleted_at"] is None:
            try:
                found[str(row.values["key"])] = json.loads(str(row.values["value"]))
            except ValueError:
                found[str(row.values["key"])] = ""
    return found


def level_of(state: State, content: Values, today: str) -> int | None:
    """Return the rank of the role that a quote needs; ``None`` when it cannot be priced."""
    found = priced(content, _costs(state, content, today), _least(state, content))
    if found is None:
        return None
    known = _settings(state)
    for role in (Role.REP, Role.MANAGER):
        limits = [known.get(f"approval_{role}_{name}") for name in ("discount", "margin", "line_discount")]
        if any(limit is not None and type(limit) is not int for limit in limits):
            continue
        try:
            if level_needed([Rule(role, *limits)], found).role is not None:
                return RANKS[role]
        except InvalidInput:
            continue
    return RANKS[Role.ADMIN]


def _active(state: State, user: str | None) -> Values | None:
    found = state.values_of("user", user) if user is not None else None
    return found if found is not None and found["is_active"] and found["deleted_at"] is None else None


def rank_to_decide(state: State, user: str, owner: str | None, today: str) -> int:
    """Return the rank with which a user may decide about a quote; 0 when nobody asked him."""
    own = _active(state, user)
    if own is None or user == owner:
        return 0
    above = Sight(state).above(owner) if owner is not None else frozenset()
    active = [found for one in above if (found := _active(state, one)) is not None]
    away = [
        RANKS.get(each["role"], 0)
        for each in active
        if each["delegate_id"] == user
        and each["absent_from_on"] is not None
        and each["absent_to_on"] is not None
        and each["absent_from_on"] <= today <= each["absent_to_on"]
    ]
    rank = RANKS.get(own["role"], 0)
    is_last = not active and _settings(state).get("approval_fallback") == user
    if rank == RANKS[Role.ADMIN] or user in above or is_last:
        return max([rank, *away])
    return max(away, default=0)


def _submitter(state: State, quote: str) -> str | None:
    ops = [
        state.ops[str(row.maker)]
        for row in state.tables["quote_decision"].values()
        if row.values["quote_id"] == quote and row.values["verdict"] == QuoteVerdict.SUBMIT
    ]
    return max(ops, key=lambda op: (op.clock, op.op_id)).author if ops else None


# ---- a transaction


def remember(before: Before, state: State, op: Op) -> None:
    """Note the quote that an op is about as it is before the transaction."""
    if op.table == "quote":
        quote = op.row_id
    elif op.table == "quote_decision" and "quote_id" in (op.read or {}):
        quote = str((op.read or {})["quote_id"][0])
    else:
        return
    if quote not in before:
        values = state.values_of("quote", quote)
        before[quote] = (str(values["state"]), digest_of(values)) if values is not None else None


class Settling:
    """See to the quotes that a transaction touched, when it is merged whole."""

    def __init__(self, writing: Writing, user: str, ops: Iterable[Op]) -> None:
        """``user`` is whose rights count: who pushes it, or brings it back."""
        self._writing = writing
        self._state = writing.state
        self._user = user
        self._ops = list(ops)
        self._today = writing.today()

    def settle(self, before: Before) -> tuple[Verdict, Op] | None:
        """Write what the centre adds to each quote, or return what hinders the transaction."""
        for quote in sorted(before):
            values = self._state.values_of("quote", quote)
            if values is None:
                continue
            now = dict(values)
            found = self._judge(values, before[quote], now)
            for op in self._decisions(quote):
                found = found or self._decide(quote, now, op)
            if found is not None:
                about = [op for op in self._ops if op.row_id == quote or quote == _quote_of(op)]
                return found, about[0]
            if now["state"] in _UNDECIDED:
                now |= NO_APPROVAL
            self._writing.write_own("quote", quote, {k: v for k, v in now.items() if v != values[k]})
        return None

    def _decisions(self, quote: str) -> list[Op]:
        return [
            op
            for op in self._ops
            if _quote_of(op) == quote
            and (row := self._state.row(op.table, op.row_id)) is not None
            and row.maker == op.op_id
            and op.version == self._writing.version
        ]

    def _judge(self, values: Values, before: tuple[str, str] | None, now: dict[str, Any]) -> Verdict | None:
        digest, state = digest_of(values), values["state"]
        is_changed = before is None or before[1] != digest
        is_moved = before is None or before[0] != state
        is_approved = values["approved_digest"] == digest
        if is_changed and not _is_right(values):
            return INVALID
        if (state == QuoteState.APPROVED and not is_approved) or (
            is_changed and not is_moved and state in _BOUND
        ):
            now |= self._in(QuoteState.DRAFT)
        elif is_moved and state in _AT_CUSTOMER and not is_approved:
            was_sent = before is not None and before[0] == QuoteState.SENT and not is_changed
            if not was_sent and not self._is_within(values, self._rank(self._user)):
                return Verdict(Outcome.PROPOSAL)
        if not is_approved:
            now |= NO_APPROVAL
        return None

    def _decide(self, quote: str, now: dict[str, Any], op: Op) -> Verdict | None:
        said = {name: change[0] for name, change in (op.read or {}).items()}
        author, verdict, digest = str(op.author), said.get("verdict"), digest_of(now)
        is_meant = now["state"] == QuoteState.SUBMITTED and said.get("digest") == digest
        if verdict == QuoteVerdict.SUBMIT:
            if is_meant and self._is_within(now, min(self._rank(author), self._rank(self._user))):
                now |= {**self._in(QuoteState.APPROVED), **self._approved(digest, None)}
            return None
        if verdict not in {QuoteVerdict.APPROVE, QuoteVerdict.REJECT}:
            return None
        if verdict == QuoteVerdict.REJECT and not str(said.get("reason") or "").strip(" "):
            return INVALID
        rank = min(
            rank_to_decide(self._state, one, now["owner_id"], self._today) for one in (author, self._user)
        )
        if not rank or _submitter(self._state, quote) in {author, self._user}:
            return NOT_ALLOWED
        if is_meant and verdict == QuoteVerdict.REJECT:
            now |= self._in(QuoteState.DRAFT, said["reason"])
        elif is_meant:
            if not self._is_within(now, rank):
                return NOT_ALLOWED
            now |= {**self._in(QuoteState.APPROVED), **self._approved(digest, author)}
        return None

    def _rank(self, user: str) -> int:
        return RANKS.get(str((self._state.values_of("user", user) or {}).get("role")), 0)

    def _is_within(self, content: Values, rank: int) -> bool:
        needed = level_of(self._state, content, self._today)
        return needed is not None and needed <= rank

    def _in(self, state: QuoteState, reason: str | None = None) -> dict[str, Value]:
        return {"state": state.value, "state_on": self._today, "state_reason": reason}

    def _approved(self, digest: str, user: str | None) -> dict[str, Value]:
        return dict(zip(APPROVAL, (digest, user, self._writing.stamp()), strict=True))


def _quote_of(op: Op) -> str | None:
    is_new = op.table == "quote_decision" and op.kind == OpKind.INSERT
    return str((op.read or {}).get("quote_id", [None])[0]) if is_new else None


def _is_right(content: Values) -> bool:
    try:
        found = priced(content)
    except InvalidInput:
        return False
    return found is None or all(content[name] == value for name, value in total_columns(found).items())


def mended(row: Row | None, values: Values, today: str) -> dict[str, Any]:
    """Return what an administrator's own SQL comes to write of a quote."""
    now = {**(row.values if row is not None else dict.fromkeys(CAPTURED["quote"])), **values}
    digest, own = digest_of(now), dict(values)
    is_approved = now.get("approved_digest") == digest
    is_changed = row is not None and digest_of(row.values) != digest
    if (now["state"] == QuoteState.APPROVED and not is_approved) or (is_changed and now["state"] in _BOUND):
        own |= {"state": QuoteState.DRAFT.value, "state_on": today, "state_reason": None}
    if not is_approved or own.get("state", now["state"]) in _UNDECIDED:
        own |= NO_APPROVAL
    return own
