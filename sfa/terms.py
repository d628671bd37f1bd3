"""The words of the trade as enums: states, kinds, roles. Imports nothing.

The values are what the store, JSON and files hold. Labels are translated by the
front ends from ``fields``; an unknown value (a newer client's) is shown as it is.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a user may do."""

    REP = "rep"
    MANAGER = "manager"
    ADMIN = "admin"
    READ_ONLY = "read-only"


class LeadStatus(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    WORKING = "working"
    NURTURING = "nurturing"
    QUALIFIED = "qualified"
    DISQUALIFIED = "disqualified"


class Rating(StrEnum):
    """How promising a lead is."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class AccountKind(StrEnum):
    """What the customer is to us."""

    END_CUSTOMER = "end-customer"
    DISTRIBUTOR = "distributor"
    PARTNER = "partner"


class Tier(StrEnum):
    """How much attention an account gets."""

    KEY = "key"
    STANDARD = "standard"
    SMALL = "small"


class PoolState(StrEnum):
    """Whether an account or lead has an owner or waits in the public pool."""

    OWNED = "owned"
    POOL = "pool"


class Access(StrEnum):
    """What a collaborator may do with an account."""

    READ = "read"
    WRITE = "write"


class StageKind(StrEnum):
    """What reaching a stage means."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ForecastCategory(StrEnum):
    """How a deal counts in the forecast."""

    OMITTED = "omitted"
    PIPELINE = "pipeline"
    BEST_CASE = "best-case"
    COMMIT = "commit"
    CLOSED = "closed"


class BuyingRole(StrEnum):
    """A contact's part in the customer's decision."""

    ECONOMIC_BUYER = "economic-buyer"
    DECISION_MAKER = "decision-maker"
    EVALUATOR = "evaluator"
    INFLUENCER = "influencer"
    USER = "user"
    GATEKEEPER = "gatekeeper"
    COACH = "coach"


# Who says yes, and who has the money for it.
DECIDERS = frozenset({BuyingRole.ECONOMIC_BUYER, BuyingRole.DECISION_MAKER})


class Stance(StrEnum):
    """Whether a contact is for us."""

    SUPPORTER = "supporter"
    NEUTRAL = "neutral"
    OPPONENT = "opponent"
    UNKNOWN = "unknown"


class ActivityKind(StrEnum):
    """How the customer was met."""

    VISIT = "visit"
    CALL = "call"
    MEETING = "meeting"
    EMAIL = "email"
    MESSAGE = "message"
    RECEPTION = "reception"
    EXHIBITION = "exhibition"
    NOTE = "note"


class ActivityState(StrEnum):
    """Whether an activity is still to come."""

    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class Recorded(StrEnum):
    """How a check-in or check-out was recorded."""

    DEVICE = "device"
    MANUAL = "manual"
    NONE = "none"


class TaskState(StrEnum):
    """Whether a task is still to do."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class Priority(StrEnum):
    """How pressing a task is."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class ProductStatus(StrEnum):
    """Whether a product can be sold."""

    ACTIVE = "active"
    DISCONTINUED = "discontinued"


class CustomKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "date"
    YES_NO = "yes-no"
    CHOICE = "choice"


class OpKind(StrEnum):
    """What an op in the log did to its row."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    ERASE = "erase"


class ChangeKind(StrEnum):
    """What a transaction was, as far as undo is concerned."""

    CHANGE = "change"
    UNDO = "undo"
    REDO = "redo"
    SYSTEM = "system"


class Verdict(StrEnum):
    """What an import does with a row."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    REVIVE = "revive"
    REJECT = "reject"


class ConflictKind(StrEnum):
    """How two changes came to stand against each other."""

    OVERWRITE = "overwrite"
    EDITED_WHILE_DELETED = "edited-while-deleted"
    CLASH = "clash"  # two records with the same business key


class ConflictState(StrEnum):
    """How a conflict was settled."""

    OPEN = "open"
    KEPT = "kept"  # the value that won stays
    TAKEN = "taken"  # the value that lost was taken after all
    MERGED = "merged"  # somebody wrote a third one


class ProposalKind(StrEnum):
    """Why a change waits for somebody's word."""

    GUARDED = "guarded"  # the author's role does not allow it
    LATE = "late"  # it was made after the record had been handed over


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class LineKind(StrEnum):
    """What a line of a quote or order is."""

    PRODUCT = "product"
    GIFT = "gift"  # costs the customer nothing, and us something
    TEXT = "text"  # a heading or remark


class TaxMode(StrEnum):
    """Whether prices are without tax or hold it."""

    ADDED = "added"
    INCLUDED = "included"


class TaxRounding(StrEnum):
    """Where tax is rounded to the minor unit."""

    PER_LINE = "per-line"
    PER_TOTAL = "per-total"  # once for each tax rate


class Rounding(StrEnum):
    """What becomes of a part smaller than the unit."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    DOWN = "down"


class DueFrom(StrEnum):
    """The day from which a payment's days are counted."""

    ORDER = "order"
    DELIVERY = "delivery"
    INVOICE = "invoice"


class MonthEnd(StrEnum):
    """Whether a payment's day moves to the end of its month."""

    NO = "no"
    BEFORE_DAYS = "before-days"  # to the end of the month, then the days are counted
    AFTER_DAYS = "after-days"  # the days are counted, then to the end of that month


class AgeBucket(StrEnum):
    """How long a receivable is overdue, in days."""

    NOT_DUE = "not-due"
    UP_TO_30 = "1-30"
    UP_TO_60 = "31-60"
    UP_TO_90 = "61-90"
    OVER_90 = "over-90"


class QuoteState(StrEnum):
    """How far a quote is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"


class QuoteVerdict(StrEnum):
    """What was said about a quote on its way to being approved."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    RECALL = "recall"


class OrderState(StrEnum):
    """What happened to an order, in the order in which it usually does."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    IN_PRODUCTION = "in-production"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    INVOICED = "invoiced"
    PAID = "paid"
    CANCELLED = "cancelled"


class ApprovalStanding(StrEnum):
    """What a quote's approval is at, as this device knows it."""

    NOT_NEEDED = "not-needed"
    NEEDED = "needed"
    WAITING = "waiting"  # submitted: for an approver, or for the centre's word
    APPROVED = "approved"  # the centre has confirmed it, for this very content
