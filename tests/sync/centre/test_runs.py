"""Runs of plain transactions merged at once leave what merging op by op leaves (docs/adr/0013)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sfa.store.seed import DEFAULT_PIPELINE
from sfa.sync.protocol import Outcome, Value
from tests.simulation import pens
from tests.simulation.company import ANN, BOB, CAT, FIRST_STAGE, MANAGER, PRODUCT, WON
from tests.simulation.pens import START_MS, Pen
from tests.sync.centre.real_centre import RealCentre
from tests.sync.centre.twins import Twins
from tests.sync.servers import Server

pytestmark = pytest.mark.every_server

Ops = list[dict[str, Any]]
FLAGS: dict[str, Value] = dict.fromkeys(("no_calls", "no_emails", "no_messages", "no_visits"), 0)
DAY, STAMP = "2026-11-20", "2026-11-20T08:00:00.000Z"
AT_STAGE: dict[str, Value] = {"stage_id": FIRST_STAGE, "probability_pct": 10, "category": "pipeline"}
TEXTS: dict[str, tuple[str, ...]] = {
    "account": ("notes", "industry", "region", "name"),
    "contact": ("notes", "title"),
    "deal": ("notes", "name"),
    "lead": ("notes", "name"),
    "activity": ("notes",),
    "task": ("subject",),
    "phone": ("label",),
}


class Hand(Pen):
    """A pen that knows its own unsent rows: a base is the last op that its user has seen."""

    def __init__(self, centre: Any, user: str, seed: int) -> None:
        super().__init__(centre, user)
        self.random = random.Random(f"{seed} {user}")  # noqa: S311
        self.rows: dict[tuple[str, str], dict[str, tuple[Value, str]]] = {}

    def make(self, table: str, **values: Value) -> tuple[str, dict[str, Any]]:
        row_id, op = self.insert(table, "", **values)
        op["op_id"] = self.new_id()
        names = {name: (pair[0], op["op_id"]) for name, pair in op["changes"].items()}
        self.rows[table, row_id] = names
        return row_id, op

    def edit(self, table: str, row_id: str, **values: Value) -> dict[str, Any]:
        known = self.rows[table, row_id]
        maker = known["created_at"][1]
        op = {**self.update(table, row_id), "op_id": self.new_id()}
        op["changes"] = {name: [value, *known.get(name, (None, maker))] for name, value in values.items()}
        known.update({name: (value, op["op_id"]) for name, value in values.items()})
        return op

    def account(self, **values: Value) -> tuple[str, dict[str, Any]]:
        given: dict[str, Value] = {
            "name": "Acme",
            "kind": "end-customer",
            "tier": "key",
            "pool_state": "owned",
        }
        return self.make("account", **{**given, **FLAGS, "owner_id": self.user, **values})

    def contact(self, **values: Value) -> tuple[str, dict[str, Any]]:
        return self.make("contact", **{"name": "Wang", **FLAGS, "owner_id": self.user, **values})

    def deal(self, account: str, **values: Value) -> tuple[str, dict[str, Any]]:
        pinned: dict[str, Value] = {"is_probability_pinned": 0, "is_category_pinned": 0}
        given: dict[str, Value] = {"name": "Pumps", "owner_id": self.user, "pipeline_id": DEFAULT_PIPELINE}
        return self.make("deal", **{**given, **AT_STAGE, **pinned, "account_id": account, **values})

    def visit(self, **values: Value) -> tuple[str, dict[str, Any]]:
        given: dict[str, Value] = {"kind": "visit", "state": "done", "at": STAMP, "no_next_step": 0}
        return self.make("activity", **{**given, "is_unplanned": 0, "owner_id": self.user, **values})

    def customer(self) -> str:
        """Write what a new customer brings in a day: transactions that need no thought."""
        account, made = self.account()
        self.write(
            made, self.make("phone", account_id=account, value="+8613800000000", digits="8613800000000")[1]
        )
        contact, made = self.contact()
        self.write(made, self.make("contact_account", contact_id=contact, account_id=account)[1])
        deal, made = self.deal(account)
        event: dict[str, Value] = {"effective_on": DAY, "recorded_at": STAMP, **AT_STAGE}
        self.write(made, self.make("deal_event", deal_id=deal, **event)[1])
        self.write(
            self.make("deal_role", deal_id=deal, contact_id=contact, role="user", stance="supporter")[1]
        )
        line = self.make("deal_line", deal_id=deal, product_id=PRODUCT, position=1, quantity_milli=1000)
        self.write(line[1])
        visit, made = self.visit(account_id=account)
        self.write(made, self.edit("account", account, industry="机械"))
        self.write(self.make("activity_attendee", activity_id=visit, contact_id=contact)[1])
        self.write(self.make("comment", activity_id=visit, body="很好")[1])
        self.write(self.make("tag", noun="account", record_id=account, name="fair")[1])
        todo = {"subject": "Call", "priority": "high", "state": "open", "owner_id": self.user}
        self.write(self.make("task", **todo)[1], self.make("task", **todo, account_id=account)[1])
        self.write(self.edit("account", account, region="华南"), self.edit("contact", contact, title="经理"))
        self.write(self.edit("account", account, region="华北"))
        return account


@pytest.fixture
def twins(
    server: Server, company: RealCentre, company_template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Twins]:
    monkeypatch.setattr(pens, "ModelTransport", Twins.transport)
    monkeypatch.setattr(Pen, "_numbers", iter(range(1, 1_000_000)))
    with server.database(company_template) as name, server.connect(name) as administrator:
        other = RealCentre(administrator, server.url(name, "{role}"))
        yield Twins(company, other)
        other.close()


def test_a_customer_is_merged_without_looking_at_an_op_alone(twins: Twins) -> None:
    twins.both[0].connection.execute("DROP FUNCTION hub.merge_ops CASCADE")
    ann = Hand(twins, ANN, 0)
    ann.customer()
    ann.customer()
    assert {each.outcome for each in ann.push().outcomes} == {Outcome.APPLIED}


def test_a_transaction_in_many_batches_is_merged_as_one(twins: Twins) -> None:
    ann = Hand(twins, ANN, 0)
    account, made = ann.account()
    phones = [ann.make("phone", account_id=account, value=f"{n}", digits=f"{n}")[1] for n in range(7)]
    changes = [ann.edit("account", account, notes=f"{n}") for n in range(3)]
    ann.write(made, *phones, *changes)
    assert {ann.push(upto).outcomes[0].outcome for upto in (4, 8)} == {Outcome.STAGED}
    assert ann.push().outcomes[0].outcome is Outcome.APPLIED


def _unowned(pen: Hand, _: str) -> Ops:
    return [pen.account(owner_id=None)[1]]


def _anothers(pen: Hand, _: str) -> Ops:
    return [pen.account(owner_id=BOB)[1]]


def _unowned_and_hung_on(pen: Hand, _: str) -> Ops:
    account, made = pen.account(owner_id=None, team_id=None)
    return [made, pen.deal(account)[1]]


def _twice(pen: Hand, _: str) -> Ops:
    row_id, made = pen.contact()
    return [made, {**pen.contact()[1], "row_id": row_id}]


def _known(pen: Hand, account: str) -> Ops:
    return [{**pen.account()[1], "row_id": account}]


def _stale(pen: Hand, account: str) -> Ops:
    first = pen.rows["account", account]["created_at"][1]
    return [{**pen.update("account", account), "changes": {"region": ["x", None, first]}}]


def _handed_over(pen: Hand, account: str) -> Ops:
    return [pen.edit("account", account, owner_id=BOB)]


def _deleted(pen: Hand, account: str) -> Ops:
    return [
        pen.edit("account", account, deleted_at=STAMP),
        pen.make("phone", account_id=account, value="1", digits="1")[1],
    ]


def _born_dead(pen: Hand, _: str) -> Ops:
    return [pen.account(deleted_at=STAMP)[1]]


def _moved(pen: Hand, account: str) -> Ops:
    deal, made = pen.deal(account)
    return [made, pen.edit("deal", deal, stage_id=WON, probability_pct=100, category="closed")]


def _into_nothing(pen: Hand, _: str) -> Ops:
    return [pen.make("phone", account_id=pen.new_id(), value="1", digits="1")[1]]


def _before_its_parent(pen: Hand, _: str) -> Ops:
    account, made = pen.account()
    return [pen.make("phone", account_id=account, value="1", digits="1")[1], made]


def _of_nobody(pen: Hand, _: str) -> Ops:
    return [pen.visit(owner_id=None)[1], pen.visit(owner_id=BOB)[1]]


def _wrong_form(pen: Hand, _: str) -> Ops:
    return [pen.account(no_calls="no")[1]]


def _checked(pen: Hand, account: str) -> Ops:
    wrong = pen.edit("account", account, name=" ")
    return [wrong, pen.edit("account", account, name="Right again")]


def _unknown_column(pen: Hand, account: str) -> Ops:
    return [pen.edit("account", account, colour="red")]


def _appended(pen: Hand, account: str) -> Ops:
    deal, made = pen.deal(account)
    event, said = pen.make("deal_event", deal_id=deal, effective_on=DAY, recorded_at=STAMP, **AT_STAGE)
    return [made, said, pen.edit("deal_event", event, probability_pct=20)]


def _organisation(pen: Hand, _: str) -> Ops:
    return [pen.make("product", name="Valve", status="active")[1]]


def _grouped(pen: Hand, account: str) -> Ops:
    deal, made = pen.deal(account)
    return [made, pen.edit("deal", deal, amount_minor=5, currency="CNY")]


def _finished(pen: Hand, account: str) -> Ops:
    task, made = pen.make("task", subject="Call", priority="normal", state="open", account_id=account)
    return [
        made,
        pen.edit("task", task, priority="high"),
        pen.edit("task", task, state="done", done_at=STAMP),
    ]


def _reopened(pen: Hand, account: str) -> Ops:
    task, made = pen.make("task", subject="Call", priority="normal", state="done", account_id=account)
    return [made, pen.edit("task", task, state="open")]


def _shared(pen: Hand, account: str) -> Ops:
    return [pen.make("account_collaborator", account_id=account, user_id=CAT)[1]]


def _empty(pen: Hand, account: str) -> Ops:
    return [pen.edit("account", account)]


def _local_author(pen: Hand, _: str) -> Ops:
    return [pen.account(created_by=pen.local_author)[1]]


THOUGHT: tuple[Callable[[Hand, str], Ops], ...] = (
    _unowned, _anothers, _unowned_and_hung_on, _twice, _known, _stale, _handed_over, _deleted, _born_dead,
    _moved, _into_nothing, _before_its_parent, _of_nobody, _wrong_form, _checked, _unknown_column, _appended,
    _organisation, _grouped, _finished, _reopened, _shared, _empty, _local_author,
)  # fmt: skip


@pytest.mark.parametrize("acts", THOUGHT, ids=lambda act: act.__name__.strip("_"))
def test_what_needs_thought_gets_it_amid_a_run(twins: Twins, acts: Callable[[Hand, str], Ops]) -> None:
    ann = Hand(twins, ANN, 0)
    account = ann.customer()
    ann.push()
    ann.customer()
    ann.write(*acts(ann, account))
    ann.write(ann.make("phone", account_id=account, value="7", digits="7")[1])
    ann.customer()
    ann.push()


def test_what_builds_on_somebody_elses_work(twins: Twins) -> None:
    """A deal below a colleague's account shows the account to its owner's manager and the colleague alike."""
    boss, ann = Hand(twins, MANAGER, 0), Hand(twins, ANN, 0)
    account = ann.customer()
    ann.push()
    boss.pull()
    boss.rows = {key: dict(row) for key, row in ann.rows.items()}
    boss.write(boss.deal(account)[1], boss.edit("account", account, notes="good"))
    boss.write(boss.make("contact_account", account_id=account, contact_id=boss.contact()[0])[1])
    boss.write(boss.make("phone", account_id=account, value="5", digits="5")[1])
    boss.push()
    ann.write(ann.edit("account", account, notes="mine"))  # in ignorance of the manager's
    ann.customer()
    ann.push()


@pytest.mark.parametrize("seed", range(6))
def test_random_days_of_a_team(twins: Twins, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    team = [Hand(twins, user, seed) for user in (ANN, BOB, MANAGER)]
    accounts = {pen.user: [pen.customer()] for pen in team}
    for _ in range(10):
        pen = chance.choice(team)
        for _ in range(chance.randint(1, 6)):
            _act(pen, chance, accounts)
        if chance.random() < 0.6:
            pen.push()
        if chance.random() < 0.3:
            pen.pull()
    for pen in team:
        pen.push()


def _act(pen: Hand, chance: random.Random, accounts: dict[str, list[str]]) -> None:
    account = chance.choice(accounts[chance.choice(sorted(accounts))])
    mine = chance.choice(accounts[pen.user])
    what = chance.random()
    if what < 0.25:
        accounts[pen.user].append(pen.customer())
    elif what < 0.4:
        pen.write(*chance.choice(THOUGHT)(pen, mine))
    elif what < 0.6:
        pen.write(pen.deal(account)[1], pen.make("phone", account_id=account, value="1", digits="1")[1])
    elif what < 0.8:
        table, row_id = chance.choice(sorted(key for key in pen.rows if key[0] in TEXTS))
        names = chance.sample(TEXTS[table], 1)
        pen.write(pen.edit(table, row_id, **dict.fromkeys(names, f"{what:.3f}")))
    else:
        pen.clock_ms = START_MS + chance.randint(0, 100_000)
        seen = pen.centre.state.row("account", account)
        pen.write(pen.update("account", account, base=seen, notes=f"{what:.3f}"))
