"""An office with three people, and a watch that a test sets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher, Type

from kiosk_server.people.accounts import Newcomer, Role, add, add_first
from kiosk_server.people.book import People
from kiosk_server.people.moment import Moment

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ROLES = frozenset({"administrator", "clerk", "reviewer"})
PASSWORD, ANOTHER = "山前 池塘 柿子树 2", "河边 石桥 白鹭飞 3"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
"""A hash that takes no time; what a test counts is how often one is made, not how long."""


@dataclass
class Watch:
    """How long the machine has run, since which start, and what the clock on the wall says."""

    up_s: float = 1000.0
    boot: str = "first"
    at: datetime = NOW

    def __call__(self) -> Moment:
        return Moment(self.boot, self.up_s, self.at)

    def starts_again(self, up_s: float) -> None:
        self.boot, self.up_s = self.boot + "+", up_s


def office(folder, watch, **how):
    """`admin` (administrator), `wang` (clerk of 农业农村局), `li` (reviewer): all with PASSWORD."""
    people = People(folder, watch, ROLES, of_offices=frozenset({"clerk"}), new=True, **how)
    add_first(people, Newcomer("admin", "张主任", (Role("administrator"),), PASSWORD))
    add(people, "admin", Newcomer("wang", "王会计", (Role("clerk", "农业农村局"),), PASSWORD))
    add(people, "admin", Newcomer("li", "李审核", (Role("reviewer"),), PASSWORD))
    return people
