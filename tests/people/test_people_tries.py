"""Guessing passwords: what was tried is counted, and no restart, no clock and no kill gives a try back."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk_server.people import entering, passwords
from kiosk_server.people.accounts import set_password, unlock
from kiosk_server.people.book import People, acts
from kiosk_server.people.entering import Typed, enter
from kiosk_server.people.errors import AccountMayNot, LoginWrong, TriedTooOften
from kiosk_server.people.moment import moment
from kiosk_server.people.tries import FREE_OF_ADDRESS, From
from tests.people.people_house import ANOTHER, NOW, PASSWORD, ROLES, Watch

HERE, ELSEWHERE = From("192.0.2.7"), From("192.0.2.8")
ROOT = Path(__file__).parents[2]


def tried(people, login="wang", password="wrong", source=HERE):  # noqa: S107
    """What came of a try: "in", "wrong", or the minutes to wait."""
    try:
        enter(people, Typed(login, password), source)
    except LoginWrong:
        return "wrong"
    except TriedTooOften as waits:
        return waits.facts["minutes"]
    return "in"


def wrong(people, times=5, **how):
    assert [tried(people, **how) for _ in range(times)] == ["wrong"] * times


def test_five_are_free_then_waits_grow_to_an_hour(people, watch):
    """After five wrong tries 1, 5, 15 and 60 minutes; the right password waits too, and then ends it."""
    wrong(people)
    for minutes in (1, 5, 15, 60, 60):
        assert tried(people, password=PASSWORD) == minutes
        watch.up_s += minutes * 60 - 1
        assert tried(people, password=PASSWORD) == 1
        watch.up_s += 1
        if minutes < 60:
            wrong(people, 1)
        elif tried(people) != "wrong":
            pytest.fail("an hour is the longest")
    watch.up_s += 3600
    assert tried(people, password=PASSWORD) == "in"
    wrong(people)


def test_tries_at_the_same_moment_are_counted_one_by_one(people, tmp_path, watch):
    """Forty at once through processes of their own: five are looked at, the others wait."""
    others = [People(tmp_path, watch, ROLES) for _ in range(8)]
    with ThreadPoolExecutor(8) as all_at_once:
        got = list(all_at_once.map(lambda at: tried(others[at % 8]), range(40)))
    assert sorted(map(str, got)) == ["1"] * 35 + ["wrong"] * 5
    for one in others:
        one.close()


def test_a_restart_of_the_program_forgives_nothing(people, tmp_path, watch):
    """What was counted is in the file."""
    wrong(people)
    people.close()
    again = People(tmp_path, watch, ROLES)
    assert tried(again, password=PASSWORD) == 1
    again.close()


def test_a_restart_of_the_machine_shortens_no_wait_and_makes_none_longer(people, watch):
    """After it the wait is measured from the start: whoever pulls the plug waits as long again."""
    wrong(people)
    watch.up_s += 59
    watch.starts_again(up_s=2)
    assert tried(people, password=PASSWORD) == 1
    watch.up_s = 59
    assert tried(people, password=PASSWORD) == 1
    watch.up_s = 60
    assert tried(people, password=PASSWORD) == "in"


@pytest.mark.parametrize("years", [-30, -1, 1, 30])
def test_a_clock_that_jumps_changes_no_wait(people, watch, years):
    """Forward it does not let in, back it does not keep out for years."""
    wrong(people)
    watch.at += timedelta(days=365 * years)
    assert tried(people, password=PASSWORD) == 1
    watch.up_s += 60
    assert tried(people, password=PASSWORD) == "in"


def test_time_goes_on_while_the_machine_sleeps(monkeypatch):
    """A lid that is closed over lunch ends a session, and counts as waiting."""
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: 7.0}.__getitem__)
    assert moment(lambda: NOW).up_s == 7.0


KILLED = """
import os, signal, sys
from pathlib import Path
from kiosk_server.people import entering
from kiosk_server.people.book import People
from kiosk_server.people.tries import From
from tests.people.people_house import ROLES, Watch
entering.matches = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
entering.enter(People(Path(sys.argv[1]), Watch(), ROLES), entering.Typed("wang", "x"), From("192.0.2.7"))
"""


@pytest.mark.thorough
def test_a_program_killed_at_each_try_loses_no_count(people, tmp_path):
    """A SIGKILL before the password is looked at: the try stands in the file."""
    for _ in range(5):
        done = subprocess.run([sys.executable, "-c", KILLED, tmp_path], cwd=ROOT, check=False)
        assert done.returncode == -signal.SIGKILL
    assert tried(people, password=PASSWORD) == 1


def test_a_stranger_cannot_lock_out_who_has_been_in_before(people, watch):
    """The browser that logged in once has tries of its own, however long somebody else guesses."""
    known = enter(people, Typed("wang", PASSWORD), HERE).device
    for _ in range(12):
        tried(people, source=ELSEWHERE)
        watch.up_s += 1800
    assert tried(people, password=PASSWORD, source=ELSEWHERE) in range(1, 61)
    assert tried(people, password=PASSWORD, source=From(HERE.address, known)) == "in"
    wrong(people, source=From(HERE.address, known))
    assert tried(people, password=PASSWORD, source=From(HERE.address, known)) == 1


def test_a_browser_is_known_by_a_cookie_of_ours_only(people):
    """One that somebody put there before the login is not taken over: he would keep a copy of it."""
    chosen = From(HERE.address, "chosen by somebody else")
    made = enter(people, Typed("wang", PASSWORD), chosen).device
    assert made != chosen.device
    assert enter(people, Typed("li", PASSWORD), From(HERE.address, made)).device == made


def test_another_password_ends_waits_and_known_browsers(people):
    """Who was given a new one comes in at once; the browser of who knew the old one is a strange one again."""
    known = From(ELSEWHERE.address, enter(people, Typed("wang", PASSWORD), ELSEWHERE).device)
    wrong(people)
    set_password(people, "admin", "wang", ANOTHER)
    wrong(people)
    assert tried(people, password=ANOTHER, source=known) == 1
    set_password(people, "admin", "wang", PASSWORD)
    assert tried(people, password=PASSWORD) == "in"


def test_a_cookie_of_one_account_opens_no_tries_at_another(people):
    """Who may guess at li's password is not whose browser is known to wang."""
    known = enter(people, Typed("wang", PASSWORD), HERE).device
    wrong(people, login="li", source=From(HERE.address, known))
    assert tried(people, login="li", source=From(HERE.address, known + "x")) == 1


def test_one_address_cannot_go_through_all_names(people):
    """Thirty wrong tries over any names, and the address waits; other addresses do not."""
    for at in range(FREE_OF_ADDRESS):
        assert tried(people, login=f"nobody{at}") == "wrong"
    assert tried(people, password=PASSWORD) == 1
    assert tried(people, password=PASSWORD, source=ELSEWHERE) == "in"


@pytest.mark.parametrize("up_s", [1000.0, 90_000.0])
def test_an_own_login_does_not_give_an_address_its_tries_back(people, watch, up_s):
    """Somebody with an account of his own cannot log in between, and guess on, however long the machine has run."""
    watch.up_s = up_s
    for at in range(FREE_OF_ADDRESS - 1):
        tried(people, login=f"nobody{at}")
    assert tried(people, login="li", password=PASSWORD) == "in"
    assert [tried(people, login=f"more{at}") for at in range(3)] == ["wrong", 1, 1]


@pytest.mark.parametrize("up_s", [1000.0, 90_000.0])
def test_an_address_waits_no_longer_once_somebody_was_right_there(people, watch, up_s):
    """A whole office behind one address: after its wait the first who logs in ends it for the others."""
    watch.up_s = up_s
    for at in range(FREE_OF_ADDRESS):
        tried(people, login=f"nobody{at}")
    watch.up_s += 60
    assert [tried(people, login=one, password=PASSWORD) for one in ("li", "wang")] == ["in", "in"]


def test_an_unknown_name_is_answered_as_a_known_one(people, monkeypatch):
    """The same words, the same count, and one comparison each: nobody learns who has an account."""
    compared = []
    honest = passwords.matches
    monkeypatch.setattr(entering, "matches", lambda *typed: compared.append(1) or honest(*typed))
    answers = {login: [tried(people, login=login) for _ in range(7)] for login in ("wang", "nobody")}
    assert answers["wang"] == answers["nobody"] == ["wrong"] * 5 + [1, 1]
    assert len(compared) == 10
    verified = []
    monkeypatch.setattr(
        passwords, "HASHER", type("Counting", (), {"verify": lambda *_: verified.append(1) or True})
    )
    passwords._nobodys.cache_clear()
    monkeypatch.setattr(passwords, "_nobodys", lambda: "kept")
    assert (passwords.matches(None, "x"), passwords.matches("kept", "x")) == (False, True)
    assert len(verified) == 2


def test_only_an_administrator_ends_a_wait(people):
    """Unlocking is written down with who did it; what was typed as a name is not told."""
    wrong(people)
    with pytest.raises(AccountMayNot):
        unlock(people, "li", "wang")
    unlock(people, "admin", "wang")
    assert tried(people, password=PASSWORD) == "in"
    wrong(people, login="我的密码是 abc")
    told = [(one.by, one.act, one.about) for one in acts(people)]
    assert ("-", "tries", "login wang") in told
    assert ("admin", "unlock", "wang") in told
    assert {one.about for one in acts(people) if one.act == "tries"} == {"login wang", "login"}


def test_what_a_stranger_typed_as_a_name_stands_nowhere(people):
    """Nor his address in the log; of a name that is perhaps a password too little is kept to try guesses against."""
    wrong(people, login="My pass word 7")
    for at in range(FREE_OF_ADDRESS):
        tried(people, login=f"nobody{at}")
    told = {one.about for one in acts(people) if one.act == "tries"}
    assert told == {"login", "address"}
    with people.reading() as db:
        kept = [who for (who,) in db.execute("SELECT who FROM tries WHERE who LIKE 'login %'")]
    assert max(map(len, kept)) <= len("login ?0123")


def test_a_day_later_five_are_free_again(people, watch):
    """An office where somebody mistypes once a week never waits."""
    wrong(people, 4)
    watch.up_s += 24 * 3600 + 1
    wrong(people)
    assert tried(people, password=PASSWORD) == 1
    watch = Watch(boot="another", up_s=90_000.0)
    people.watch = watch
    wrong(people)
