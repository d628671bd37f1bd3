"""What happens at the centre by itself: administrators' SQL, people who come, move and leave."""

from __future__ import annotations

from random import Random

from sfa.sync.protocol import Value
from tests.simulation.acts import DAYS, WORDS
from tests.simulation.centre.model import ModelCentre
from tests.simulation.company import ADMIN, EAST, HEAD, MANAGER, OTHER_MANAGER, PEOPLE, WEST

USERS = tuple(user for user, *_ in PEOPLE)


class Office:
    """The administrators of a centre, by chance."""

    def __init__(self, centre: ModelCentre, rng: Random) -> None:
        """Work at a centre."""
        self.centre = centre
        self.rng = rng

    def something(self) -> str:
        """Do one thing; return what."""
        acts = (self.hand_over, self.hand_over, self.edit, self.edit, self.delete, self.move_user, self.share)
        return self.rng.choice(acts)()

    def _some(self, table: str) -> str | None:
        rows = sorted(self.centre.state.tables[table])
        return self.rng.choice(rows) if rows else None

    def _put(self, table: str, row_id: str | None, **values: Value) -> str:
        if row_id is not None:
            self.centre.edit([(table, row_id, values)], author=ADMIN)
        return f"{table} {', '.join(values)}"

    def hand_over(self) -> str:
        table = self.rng.choice(("lead", "account", "deal", "contact", "task"))
        return self._put(table, self._some(table), owner_id=self.rng.choice((*USERS, None)))

    def edit(self) -> str:
        table, column = self.rng.choice(
            (("lead", "notes"), ("deal", "notes"), ("account", "industry"), ("contact", "title"))
        )
        return self._put(table, self._some(table), **{column: self.rng.choice(WORDS)})

    def delete(self) -> str:
        table = self.rng.choice(("lead", "deal", "contact_account", "account_collaborator", "phone"))
        gone = self.rng.choice((f"{DAYS[0]}T00:00:00.000Z", None))
        return self._put(table, self._some(table), deleted_at=gone)

    def move_user(self) -> str:
        user = self.rng.choice(USERS)
        drawn = self.rng.random()
        if drawn < 0.4:
            boss = self.rng.choice((HEAD, MANAGER, OTHER_MANAGER, None))
            return self._put("user", user, manager_id=boss if boss != user else None)
        if drawn < 0.6:
            return self._put("user", user, team_id=self.rng.choice((EAST, WEST, None)))
        if drawn < 0.8 and user != ADMIN:
            return self._put("user", user, role=self.rng.choice(("rep", "manager", "admin", "rep")))
        new = self.centre.new_id()
        self.centre.allow(new)
        return self._put("user", new, name="New", role="rep", team_id=EAST, manager_id=MANAGER, is_active=1)

    def share(self) -> str:
        account = self._some("account")
        if account is None:
            return "nothing to share"
        return self._put(
            "account_collaborator",
            self.centre.new_id(),
            account_id=account,
            user_id=self.rng.choice(USERS),
            access="read",
        )
