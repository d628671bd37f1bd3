"""Who works at the company: offices of three teams, each with its manager, under one director."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sfa.demo.names import mobile, person
from sfa.demo.sheets import Cells, Words, said

MOST_OFFICES = 20
REPS = 2
DOMAIN = "chengyuan.example"
OWN = ("林若舟", "lin.ruozhou")  # the store's own user, a rep
DIRECTOR = ("程景行", "cheng.jingxing")
_FIRST_OFFICE = (  # manager first
    (("沈书瑶", "shen.shuyao"), OWN, ("周子昂", "zhou.ziang")),
    (("梁亦川", "liang.yichuan"), ("黄佳宁", "huang.jianing"), ("谢文哲", "xie.wenzhe")),
    (("Clara Fennhurst", "clara.fennhurst"), ("Leo Bramdale", "leo.bramdale"), ("韩思远", "han.siyuan")),
)
TEAMS: tuple[Words, ...] = (
    ("East China", "华东区"),
    ("South and West", "华南西南区"),
    ("Overseas", "海外部"),
)


@dataclass(frozen=True, slots=True)
class User:
    """A colleague; the store's own user has no manager above the team's."""

    name: str
    mailbox: str
    role: str
    team: str
    manager: str
    phone: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, and the reps of each office by team."""

    users: tuple[User, ...]
    reps: tuple[tuple[tuple[str, ...], ...], ...]
    managers: tuple[tuple[str, ...], ...]

    def office(self, block: int) -> int:
        """Return the office that a part of the company belongs to."""
        return block % len(self.reps)


def staff(seed: int, scale: int, language: str) -> Staff:
    """Return the staff: one office at scale 1, at most twenty, so that a print by owner stays readable."""
    rng = Random(f"{seed}/people")
    users = [User(*DIRECTOR, "admin", "", "", mobile(rng))]
    reps: list[tuple[tuple[str, ...], ...]] = []
    managers: list[tuple[str, ...]] = []
    taken = {DIRECTOR[0], *(name for team in _FIRST_OFFICE for name, _ in team)}
    for office in range(min(scale, MOST_OFFICES)):
        people = _FIRST_OFFICE if office == 0 else _office(rng, taken)
        for number, (head, *others) in enumerate(people):
            team = team_name(number, office, language)
            users.append(User(*head, "manager", team, DIRECTOR[0], mobile(rng)))
            users += [User(*each, "rep", team, head[0], mobile(rng)) for each in others]
        reps.append(tuple(tuple(name for name, _ in others) for _, *others in people))
        managers.append(tuple(head[0] for head, *_ in people))
    return Staff(tuple(users), tuple(reps), tuple(managers))


def _office(rng: Random, taken: set[str]) -> tuple[tuple[tuple[str, str], ...], ...]:
    teams = []
    for number in range(len(TEAMS)):
        people: list[tuple[str, str]] = []
        while len(people) <= REPS:
            found = person(rng, chinese=number < 2)
            if found.name not in taken:
                taken.add(found.name)
                people.append((found.name, found.mailbox))
        teams.append(tuple(people))
    return tuple(teams)


def team_name(number: int, office: int, language: str) -> str:
    """Return a team's name; those of further offices are numbered."""
    name = said(TEAMS[number], language)
    return f"{name} {office + 1}" if office else name


def team_rows(staffed: Staff) -> Iterator[Cells]:
    """Yield the teams as the import takes them."""
    for name in dict.fromkeys(user.team for user in staffed.users if user.team):
        yield {"name": name}


def user_rows(staffed: Staff) -> Iterator[Cells]:
    """Yield the users as the import takes them; the store's own user is met by name."""
    for user in staffed.users:
        yield {
            "name": user.name,
            "role": user.role,
            "team": user.team,
            "manager": user.manager,
            "emails": f"{user.mailbox}@{DOMAIN}",
            "phones": user.phone,
        }
