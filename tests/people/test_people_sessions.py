"""Sessions and one-time codes: who is in, for how long, and what opens once."""

import base64
from datetime import timedelta

import pyotp
import pytest

from kiosk_server.people import codes
from kiosk_server.people.accounts import account, lock, set_roles, unlock
from kiosk_server.people.book import People, acts
from kiosk_server.people.entering import Typed, change_password, enter, needs, renew
from kiosk_server.people.errors import AccountMayNot, CodeWrong, LoginWrong
from kiosk_server.people.sessions import end, session, sessions
from kiosk_server.people.tries import From
from tests.people.people_house import ANOTHER, PASSWORD, ROLES, office

HERE = From("192.0.2.7")


def entered(people, login="wang", code=""):
    return enter(people, Typed(login, PASSWORD, code), HERE).session


def test_a_session_ends_after_fifteen_idle_minutes(people, watch):
    """Who goes on working stays in; who leaves the desk does not."""
    cookie = entered(people)
    for _ in range(10):
        watch.up_s += 14 * 60
        assert session(people, cookie).account.login == "wang"
    watch.up_s += 15 * 60 + 1
    assert session(people, cookie) is None
    assert sessions(people, "wang") == ()


def test_a_session_ends_after_eight_hours_whatever_is_done(people, watch):
    """However busy somebody is."""
    cookie, until = entered(people), watch.up_s + 8 * 3600
    while watch.up_s + 600 <= until:
        watch.up_s += 600
        assert session(people, cookie)
    watch.up_s = until + 1
    assert session(people, cookie) is None


@pytest.mark.parametrize("years", [-10, 10])
def test_a_clock_that_is_set_keeps_nobody_in_and_throws_nobody_out(people, watch, years):
    """Sessions go by how long the machine has run."""
    cookie = entered(people)
    watch.at += timedelta(days=365 * years)
    assert session(people, cookie)
    watch.up_s += 15 * 60 + 1
    assert session(people, cookie) is None


def test_what_has_ended_is_swept_out_and_nothing_else(people, watch):
    """At the next login of anybody: idle, too long, of an earlier start; who is at work stays in."""
    ends = (lambda: passed(15 * 60 + 1), lambda: passed(8 * 3600 + 1), lambda: watch.starts_again(watch.up_s))

    def passed(seconds):
        watch.up_s += seconds

    for end_of in ends:
        entered(people)
        end_of()
        works = entered(people)
        entered(people, "li")
        with people.writing() as db:
            assert db.execute("SELECT count(*) FROM session").fetchone() == (2,)
            db.execute("DELETE FROM session WHERE login='li'")
        assert session(people, works)
        end(people, "wang", session(people, works).handle)


def test_a_session_outlives_the_program_not_the_machine_s_start(people, tmp_path, watch):
    """The program may be started again; after a start of the machine everybody logs in."""
    cookie = entered(people)
    again = People(tmp_path, watch, ROLES)
    assert session(again, cookie)
    watch.starts_again(up_s=watch.up_s)
    assert session(again, cookie) is None
    again.close()


def test_each_login_has_an_id_of_its_own(people):
    """Random, never one that a browser brought along; each has its own token for forms."""
    cookies = [entered(people) for _ in range(3)]
    assert len({*cookies}) == 3
    assert min(map(len, cookies)) >= 43
    assert len({session(people, one).csrf for one in cookies}) == 3
    one = session(people, cookies[0])
    assert base64.urlsafe_b64decode(one.csrf + "=").hex() != one.sha256  # that lies in the file
    assert session(people, "chosen by somebody else") is None
    assert session(people, "") is None


def test_one_ends_one_s_own_sessions_only(people):
    """The list shows handles that open nothing; somebody else's handle ends nothing."""
    mine, other = entered(people), entered(people)
    handles = [one.handle for one in sessions(people, "wang")]
    assert len(handles) == 2
    end(people, "li", handles[0])
    assert len(sessions(people, "wang")) == 2
    end(people, "wang", session(people, other).handle)
    assert session(people, other) is None
    assert session(people, mine)


def test_other_roles_mean_another_login(people):
    """Who gets more or less to do starts with a new id."""
    cookie = entered(people)
    set_roles(people, "admin", "wang", ())
    assert session(people, cookie) is None


def enrolled(people, watch, login="wang"):
    secret = codes.new_secret()
    codes.enrol(people, login, secret, pyotp.TOTP(secret).at(watch.at))
    return secret


def test_a_code_is_asked_for_and_opens_once(people, watch):
    """Without it, with a used or an old one the password is as good as wrong."""
    secret = enrolled(people, watch)
    used = pyotp.TOTP(secret).at(watch.at)
    watch.at += timedelta(seconds=90)
    late, now = pyotp.TOTP(secret).at(watch.at - timedelta(seconds=60)), pyotp.TOTP(secret).at(watch.at)
    for code in ("", used, late, "000000x", "１２３４５６"):
        with pytest.raises(LoginWrong):
            entered(people, code=code)
    watch.up_s += 3600
    assert entered(people, code=f"{now[:3]} {now[3:]}")
    with pytest.raises(LoginWrong):
        entered(people, code=now)


@pytest.mark.parametrize(("seconds", "opens"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_the_neighbours_of_the_present_half_minute_are_taken(people, watch, seconds, opens):
    """A telephone half a minute off lets in, one that is a minute off does not."""
    secret = enrolled(people, watch)
    watch.at += timedelta(hours=1)
    code = pyotp.TOTP(secret).at(watch.at + timedelta(seconds=seconds))
    if opens:
        assert entered(people, code=code)
    else:
        with pytest.raises(LoginWrong):
            entered(people, code=code)


def test_what_is_done_to_a_login_is_written_down_and_ends_its_sessions(people, watch):
    """A telephone taken on, taken off, a login, a password of one's own: each a line, by whom it was done."""
    first = entered(people)
    enrolled(people, watch)
    assert session(people, first) is None
    coded = renew(people, "wang", HERE).session
    codes.forget(people, "admin", "wang")
    assert session(people, coded) is None
    plain = entered(people)
    last = change_password(people, "wang", PASSWORD, ANOTHER, HERE).session
    told = [(one.by, one.act, one.about) for one in acts(people)][3:]
    own = [("wang", act, "wang") for act in ("enter", "code", "enter", "password")]
    assert told == [*own[:2], ("admin", "code-off", "wang"), *own[2:]]
    assert session(people, plain) is None
    assert session(people, last)


def test_a_code_taken_while_the_clock_was_wrong_locks_nobody_out(people, watch):
    """A clock that was years ahead at one login does not make later codes old."""
    secret = enrolled(people, watch)
    watch.at += timedelta(days=3650)
    assert entered(people, code=pyotp.TOTP(secret).at(watch.at))
    watch.at -= timedelta(days=3649)
    assert entered(people, code=pyotp.TOTP(secret).at(watch.at))


def test_a_telephone_is_proved_before_it_counts(people):
    """A wrong first code changes nothing: nobody is locked out by a scan that failed."""
    with pytest.raises(CodeWrong):
        codes.enrol(people, "wang", codes.new_secret(), "12345")
    assert not account(people, "wang").has_code
    assert entered(people)


def test_a_lost_telephone_is_forgiven_by_an_administrator(people, watch):
    """And by nobody else."""
    enrolled(people, watch)
    with pytest.raises(AccountMayNot):
        codes.forget(people, "li", "wang")
    codes.forget(people, "admin", "wang")
    assert entered(people)


def test_a_role_may_have_to_use_codes(tmp_path, watch):
    """After the password that must be changed the code is due; others need none."""
    house = office(tmp_path, watch, coded=frozenset({"reviewer"}))
    with house.writing() as db:
        db.execute("UPDATE account SET must_change=0")
    assert needs(house, account(house, "li")) == "code"
    assert needs(house, account(house, "wang")) == ""
    enrolled(house, watch, "li")
    assert needs(house, account(house, "li")) == ""
    house.close()


def test_nobody_is_in_who_was_locked_meanwhile(people):
    """A page that was under way when he was locked begins him no session that outlives the lock."""
    lock(people, "admin", "wang", leaves=True)
    begun = [change_password(people, "wang", PASSWORD, ANOTHER, HERE), renew(people, "wang", HERE)]
    assert [session(people, one.session) for one in begun] == [None, None]
    unlock(people, "admin", "wang")
    assert session(people, begun[1].session)
