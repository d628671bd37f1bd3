"""What sync leaves to people: values that lost, and changes that wait for somebody's word.

Both are written by the centre and settled on a device. Source: docs/sync-protocol.md.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index

from sfa.errors import msg
from sfa.models.base import Common, NounInfo
from sfa.models.types import choice, instant, link, text
from sfa.terms import ConflictKind, ConflictState, ProposalKind, ProposalState


class Conflict(Common, table=True):
    """Two changes of one unit, neither made in knowledge of the other: who won, and what lost.

    ``kept``, ``lost`` and ``base`` are JSON, column to stored value: the winner's, the
    loser's, and what the loser's author saw before.
    """

    __table_args__ = (Index("ix_conflict_on", "on_table", "on_id"),)
    noun: ClassVar[NounInfo] = NounInfo(
        "conflict",
        "conflicts",
        msg("conflict"),
        msg("conflicts"),
        title=("on_table", "unit"),
        listed=("state", "on", "unit", "lost_author", "lost_at", "kept_author", "kept_at"),
        order=("state", "-lost_at"),
    )
    kind: str = choice(msg("Kind"), ConflictKind, required=True, editable=False)
    on_table: str = text(msg("On"), required=True, max_length=40, name="on", editable=False)
    on_id: str = text(None, required=True, max_length=36)
    unit: str = text(msg("Unit"), required=True, max_length=40, editable=False)
    kept_op: str = text(None, required=True, max_length=36, group="sides")
    lost_op: str = text(None, required=True, max_length=36, group="sides")
    kept: str = text(msg("Kept"), long=True, required=True, group="sides", personal=True, editable=False)
    lost: str = text(msg("Lost"), long=True, required=True, group="sides", personal=True, editable=False)
    base: str = text(msg("Before"), long=True, required=True, group="sides", personal=True, editable=False)
    kept_author_id: str | None = link(
        msg("Kept of"), "user", group="sides", index=False, name="kept_author", editable=False
    )
    lost_author_id: str | None = link(
        msg("Lost of"), "user", group="sides", index=False, name="lost_author", editable=False
    )
    kept_at: datetime = instant(
        msg("Kept since"), required=True, group="sides", name="kept_at", editable=False
    )
    lost_at: datetime = instant(
        msg("Lost since"), required=True, group="sides", name="lost_at", editable=False
    )
    state: str = choice(msg("State"), ConflictState, default=ConflictState.OPEN, index=True, editable=False)


class Proposal(Common, table=True):
    """A transaction that was not applied: it needs another role, or the record was handed over.

    ``ops`` is JSON: its ops as pushed, ``{"table", "id", "kind", "changes"}`` each.
    """

    __table_args__ = (Index("ix_proposal_on", "on_table", "on_id"),)
    noun: ClassVar[NounInfo] = NounInfo(
        "proposal",
        "proposals",
        msg("proposal"),
        msg("proposals"),
        title=("on_table", "kind"),
        listed=("state", "kind", "on", "author", "recipient", "made_at"),
        order=("state", "-made_at"),
    )
    kind: str = choice(msg("Kind"), ProposalKind, required=True, editable=False)
    on_table: str = text(msg("On"), required=True, max_length=40, name="on", editable=False)
    on_id: str = text(None, required=True, max_length=36)
    tx_id: str = text(None, required=True, max_length=36)
    name: str = text(msg("Change"), required=True, long=True, name="change", editable=False)
    arguments: str = text(None, required=True, long=True, personal=True)
    ops: str = text(msg("Values"), required=True, long=True, personal=True, name="values", editable=False)
    author_id: str | None = link(msg("Author"), "user", name="author", editable=False)
    recipient_id: str | None = link(msg("For"), "user", name="recipient", editable=False)
    made_at: datetime = instant(msg("Made at"), required=True, name="made_at", editable=False)
    state: str = choice(
        msg("State"),
        ProposalState,
        default=ProposalState.OPEN,
        group="decision",
        merge="guarded",
        index=True,
        editable=False,
    )
    decided_by_id: str | None = link(
        msg("Decided by"), "user", group="decision", merge="guarded", name="decided_by", editable=False
    )
    reason: str | None = text(msg("Reason"), group="decision", merge="guarded", long=True)
