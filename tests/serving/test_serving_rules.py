"""What a door grants, as pure rules: time is an argument, memory is bounded, nobody pays for another."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk_server.serving.allowance import SHORTEST_S, Distinct, Rate
from kiosk_server.serving.clients import client_of
from kiosk_server.serving.doorkeeper import LONG_ASKING_S, Doing, Doorkeeper, Limits

PAUSES = st.lists(st.floats(0, 3), min_size=1, max_size=60)


@given(PAUSES, st.integers(1, 20), st.integers(1, 30))
@example([0.0, 0.96875], 1, 1)
def test_never_more_than_was_saved_up_and_grew_since(pauses, per_s, burst):
    """In any stretch of time a client is granted what it may save and what grows meanwhile, and no more."""
    rate, now, granted = Rate(per_s, burst), 0.0, []
    for pause in pauses:
        now += pause
        wait = rate.wait("a", now)
        if not wait:
            granted.append(now)
        elif wait * 0.02 > SHORTEST_S / per_s:  # exactly so long, and not for longer; less is rounding
            assert rate.wait("a", now + wait * 0.98) > 0
            assert not Rate.wait(_copy(rate), "a", now + wait * 1.001)
    for first, begin in enumerate(granted):
        for last in range(first, len(granted)):
            assert last - first + 1 <= burst + per_s * (granted[last] - begin) + 0.01


def _copy(rate: Rate) -> Rate:
    other = Rate(1, 1)
    other.__dict__ |= {name: value.copy() if name == "_due" else value for name, value in vars(rate).items()}
    return other


@given(PAUSES)
def test_who_asks_calmly_never_waits_whatever_others_do(pauses):
    """A client within its rate is granted everything, while another storms the same door."""
    rate, now = Rate(2, 3), 0.0
    for pause in pauses:
        now += 0.5 + pause
        assert rate.wait("calm", now) == 0
        assert [rate.wait("storm", now) for _ in range(9)][-1] > 0


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 6), st.floats(0, 300)), max_size=80))
def test_so_many_households_in_a_time_and_the_same_one_is_free(visits):
    """At most three different things in any ten minutes; what was seen within them is always seen again."""
    seen, now, granted = Distinct(3, 600), 0.0, []
    for client, thing, pause in visits:
        now += pause
        recent = {t: at for c, t, at in granted if c == client and at > now - 600}
        wait = seen.wait(client, thing, now)
        if thing in recent:
            assert wait == 0
        elif len(recent) < 3:
            assert wait == 0
            granted.append((client, thing, now))
        else:
            assert wait == pytest.approx(min(recent.values()) + 600 - now, abs=0.01)


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 99)), max_size=300))
def test_what_is_remembered_is_bounded(visits):
    """However many clients come, no more of them are remembered than the bound says, and nothing for ever."""
    rate, seen = Rate(1, 2, most_clients=8), Distinct(4, 60, most_clients=8)
    for client, thing in [*visits, *((str(n // 4), n) for n in range(100))]:
        rate.wait(client, 0.0)
        seen.wait(client, thing, 0.0)
        assert len(rate) <= 8
        assert len(seen) <= 32
    seen.wait("later", 1, 61.0)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_client_is_an_address_or_a_network_of_one_machine(host, client):
    """A machine takes as many IPv6 addresses of its network as it likes, and stays one client."""
    assert client_of(host) == client


class ADoor(RuleBasedStateMachine):
    """One door, any visitors, any order."""

    def __init__(self):
        super().__init__()
        self.limits = Limits(connections=6, each=3, unsent_bytes=100)
        self.keeper, self.now, self.ended, self.here = Doorkeeper(self.limits), 0.0, [], []

    @rule(client=st.sampled_from("abc"), doing=st.sampled_from(Doing), unsent=st.integers(0, 60))
    def comes(self, client, doing, unsent):
        """Somebody takes a place and goes on to something."""
        mine = [one for one in self.here if one.client == client]
        own_full = len(mine) >= self.limits.each
        crowd = mine if own_full else self.here if len(self.here) >= self.limits.connections else []
        gives_way = [one for one in crowd if self._waits(one)]
        before, box = len(self.ended), []
        place = self.keeper.enter(client, self.now, lambda: self._ends(box[0]), lambda: unsent)
        box.append(place)
        if crowd and not gives_way:
            assert place is None or len(self.ended) == before + 1
        if place is None:
            assert crowd
            return
        assert len(self.ended) - before == (1 if crowd else 0)
        self.here.append(place)
        place.doing, place.since = doing, self.now
        if unsent:
            self.keeper.clogged(place)

    def _waits(self, one):
        if one.doing is Doing.ASKING:
            return self.now - one.since > LONG_ASKING_S
        return one.doing is not Doing.ANSWERED

    def _ends(self, place):
        assert place.doing is not Doing.ANSWERED or place.unsent() > 0, "nobody is sent away while we work"
        self.ended.append(place)
        self.here.remove(place)

    @rule(seconds=st.floats(0, 20))
    def waits(self, seconds):
        """Time goes by, and who overstays is ended."""
        self.now += seconds
        limits = self.limits
        for place in self.keeper.overdue(self.now):
            assert self.now - place.since > min(limits.head_s, limits.idle_s)
            self.keeper.leave(place)
            self.here.remove(place)
        for place in self.here:
            assert self.now - place.since <= limits.answer_s
            assert place.doing is not Doing.OPENED or self.now - place.since <= limits.head_s

    @rule()
    def leaves(self):
        """Somebody goes of themselves; saying it twice changes nothing."""
        if self.here:
            place = self.here.pop(0)
            self.keeper.leave(place)
            self.keeper.leave(place)

    @invariant()
    def it_holds(self):
        """Never more than the door holds, never more of one client, never more unsent than the bound."""
        assert len(self.keeper) == len(self.here) <= self.limits.connections
        assert all(sum(one.client == c for one in self.here) <= self.limits.each for c in "abc")
        assert sum(one.unsent() for one in self.here) <= self.limits.unsent_bytes


TestADoor = pytest.mark.thorough(ADoor.TestCase)


def test_the_biggest_crowd_gives_way():
    """When a door is full, the newcomer gets the place of the client who takes the most."""
    keeper, ended = Doorkeeper(Limits(connections=6, each=6)), []
    for number, client in enumerate("baaaa"):
        keeper.enter(client, number, lambda client=client: ended.append(client), lambda: 0)
    assert keeper.enter("b", 6, lambda: None, lambda: 0)
    assert keeper.enter("c", 7, lambda: None, lambda: 0)
    assert ended == ["a"]
    assert len(keeper) == 6
