"""Accounts: one person each, nothing done in the name of somebody who may not, and all of it written down."""

import os
import sqlite3
import stat

import pytest

from kiosk_server.people import entering, passwords
from kiosk_server.people.accounts import (
    Newcomer,
    Role,
    account,
    accounts,
    acting,
    add,
    add_first,
    lock,
    role_of,
    set_password,
    set_roles,
    unlock,
)
from kiosk_server.people.book import FILE, Act, People, _chained, acts, first_broken
from kiosk_server.people.entering import Typed, change_password, enter, needs
from kiosk_server.people.errors import (
    AccountLocked,
    AccountMayNot,
    AccountThere,
    AccountUnknown,
    LastAdministrator,
    LoginUnfit,
    LoginWrong,
    NameUnfit,
    NobodyYet,
    OfficeOfOthers,
    PasswordUnfit,
    PeopleNewer,
    PeopleUnreadable,
    RoleUnknown,
    SomebodyAlready,
)
from kiosk_server.people.sessions import session
from kiosk_server.people.tries import From
from tests.people.people_house import ANOTHER, PASSWORD, ROLES

HERE = From("192.0.2.7")
UNFIT, FIT = ("a1b2c3d4e", "1234123412341", "abcde" * 40 + "x"), ("a1b2c3d4e5", "1234512345", "abcde" * 40)
"""A letter too few, a different one too few, a letter too many; and what is just enough."""


def test_the_first_administrator_is_made_once(people):
    """While there is nobody; never after that, whatever happened to the accounts."""
    with pytest.raises(SomebodyAlready):
        add_first(people, Newcomer("second", "某人", (Role("administrator"),), ANOTHER))


def test_who_acts_is_known_unlocked_and_in_the_role(people):
    """One sentence each: nobody of that name, locked, another role, another office's clerk."""
    assert acting(people, "wang", "clerk").name == "王会计"
    assert acting(people, "wang", "clerk", offices=["苕安县农业农村局", "农业农村局"])
    assert acting(people, "li", "clerk", "reviewer", offices=["民政局"])
    for login, role, office, refusal in (
        ("nobody", "clerk", None, AccountUnknown),
        ("李审核; DROP", "clerk", None, AccountUnknown),
        ("wang", "reviewer", None, AccountMayNot),
        ("wang", "reviewer", "民政局", AccountMayNot),
        ("wang", "clerk", "民政局", OfficeOfOthers),
        ("wang", "clerk", "", OfficeOfOthers),
    ):
        with pytest.raises(refusal):
            acting(people, login, role, offices=() if office is None else [office])
    lock(people, "admin", "wang")
    with pytest.raises(AccountLocked):
        acting(people, "wang", "clerk")


def test_only_an_administrator_changes_accounts(people):
    """A clerk, a reviewer and somebody who has left make nobody, lock nobody and reset nothing."""
    newcomer = Newcomer("chen", "陈会计", (), ANOTHER)
    lock(people, "admin", "li")
    for by, refusal in (("wang", AccountMayNot), ("li", AccountLocked), ("nobody", AccountUnknown)):
        for act in (
            lambda by=by: add(people, by, newcomer),
            lambda by=by: set_roles(people, by, "wang", (Role("administrator"),)),
            lambda by=by: set_password(people, by, "wang", ANOTHER),
            lambda by=by: lock(people, by, "wang"),
            lambda by=by: unlock(people, by, "li"),
        ):
            with pytest.raises(refusal):
                act()
    assert [one.login for one in accounts(people)] == ["admin", "li", "wang"]
    assert len(acts(people)) == 4


def test_an_office_never_loses_its_last_administrator(people):
    """Neither by roles nor by leaving; with a second one it may."""
    for act in (lambda: lock(people, "admin", "admin"), lambda: set_roles(people, "admin", "admin", ())):
        with pytest.raises(LastAdministrator):
            act()
    assert account(people, "admin").has("administrator")
    set_roles(people, "admin", "li", (Role("administrator"),))
    lock(people, "li", "admin", leaves=True)
    assert account(people, "admin").left_at


def test_leaving_ends_everything_at_once(people):
    """The session ends, the password opens nothing, the name does nothing, and nobody else gets the login."""
    cookie = enter(people, Typed("wang", PASSWORD), HERE).session
    lock(people, "admin", "wang", leaves=True)
    assert session(people, cookie) is None
    with pytest.raises(AccountLocked):
        enter(people, Typed("wang", PASSWORD), HERE)
    with pytest.raises(LoginWrong):
        enter(people, Typed("wang", "wrong"), HERE)
    with pytest.raises(AccountThere):
        add(people, "admin", Newcomer("wang", "另一个人", (), ANOTHER))
    unlock(people, "admin", "wang")  # who comes back logs in: a browser left open somewhere stays shut
    assert session(people, cookie) is None


@pytest.mark.parametrize("login", ["", "Wang", "王", "a b", "-a", "a" * 33, "a\n", "../x"])
def test_a_login_is_a_plain_word(people, login):
    """What stands in key names and files is typed the same everywhere."""
    with pytest.raises(LoginUnfit):
        add(people, "admin", Newcomer(login, "某人", (), ANOTHER))


@pytest.mark.parametrize(
    "name", ["", "  ", "名" * 21, "王13800138000会计", "王\u202e会计", "990523195803120019"]
)
def test_a_name_is_no_number_and_no_trick(people, name):
    """Others read it beside what was done."""
    with pytest.raises(NameUnfit):
        add(people, "admin", Newcomer("chen", name, (), ANOTHER))


@pytest.mark.parametrize(
    "password",
    ["", "short", "aaaaaaaaaaaaaaa", "1212121212121", "my Wang 1234567", "王会计 1234567", "x" * 201, *UNFIT],
)
def test_a_password_that_is_guessed_first_is_refused(people, password):
    """Too short, too long, always the same letters, or the name itself: reset, and at the first."""
    with pytest.raises(PasswordUnfit):
        set_password(people, "admin", "wang", password)
    with pytest.raises(PasswordUnfit):
        add(people, "admin", Newcomer("wang2", "王会计", (), password.replace("Wang", "WANG2")))


@pytest.mark.parametrize("password", FIT)
def test_a_password_that_is_just_long_enough_is_taken(people, password):
    """Ten letters, five different ones, two hundred: the page promises so."""
    set_password(people, "admin", "wang", password)
    assert enter(people, Typed("wang", password), HERE)


@pytest.mark.parametrize("typed", [PASSWORD, PASSWORD.replace("2", "２"), PASSWORD + " more"])
def test_a_first_password_is_not_changed_into_itself(people, typed):
    """Nor typed in full width, nor with something behind it: whoever gave it would know it."""
    for old, new in ((PASSWORD, typed), (typed.removesuffix(" more"), PASSWORD)):
        with pytest.raises(PasswordUnfit):
            change_password(people, "wang", old, new, HERE)
    assert account(people, "wang").must_change


def test_roles_are_the_house_s_own(people):
    """A role that this house does not have, an office with a number in it, left empty or of a role that has none."""
    assert role_of(people, "clerk:农业农村局") == Role("clerk", "农业农村局")
    assert role_of(people, "clerk： 农业农村局 ") == Role("clerk", "农业农村局")
    wrong = ("clerk:", "clerk: ", "reviewer:农业农村局", "administrator:民政局", "reviewer:")
    for text in ("boss", "clerk:13800138000", "", "clerk:" + "局" * 40, *wrong):
        with pytest.raises(RoleUnknown):
            role_of(people, text)


def test_a_password_that_somebody_else_knows_is_changed_first(people):
    """After it was made, and after it was reset; changing it ends every session and gives a new id."""
    assert needs(people, account(people, "wang")) == "password"
    before = enter(people, Typed("wang", PASSWORD), HERE)
    with pytest.raises(PasswordUnfit):
        change_password(people, "wang", PASSWORD, PASSWORD + "1", HERE)
    with pytest.raises(LoginWrong):
        change_password(people, "wang", "wrong", ANOTHER, HERE)
    after = change_password(people, "wang", PASSWORD, ANOTHER, HERE)
    assert session(people, before.session) is None
    assert session(people, after.session).account.login == "wang"
    assert needs(people, account(people, "wang")) == ""
    with pytest.raises(LoginWrong):
        enter(people, Typed("wang", PASSWORD), HERE)


def test_the_same_password_is_taken_from_any_keyboard(people):
    """Full width letters of a Chinese keyboard are the same letters."""
    set_password(people, "admin", "wang", "ａｂｃ correct horse")
    assert enter(people, Typed("wang", "abc correct horse"), HERE)


def test_a_hash_of_older_parameters_is_made_anew_at_login(people, monkeypatch):
    """The parameters grow with the machines; nobody has to change a password for it."""
    stronger = passwords.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", stronger)
    enter(people, Typed("wang", PASSWORD), HERE)
    with people.reading() as db:
        kept = dict(db.execute("SELECT login, password FROM account"))
    assert "m=16,t=2,p=1" in kept["wang"]
    assert "m=8,t=1,p=1" in kept["li"]


def test_the_parameters_are_more_than_the_least(monkeypatch):
    """argon2id with at least what OWASP advises, and room for it on a board with 1 GB."""
    monkeypatch.undo()
    kept = passwords.hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert not passwords.outdated(kept)
    assert passwords.matches(kept, PASSWORD)


def test_a_password_changed_while_it_was_compared_opens_nothing(people, monkeypatch):
    """Comparing takes a while; an administrator who resets it meanwhile has ended it."""

    def compared(kept, password):
        set_password(people, "admin", "wang", ANOTHER)
        return passwords.matches(kept, password)

    monkeypatch.setattr(entering, "matches", compared)
    with pytest.raises(LoginWrong):
        enter(people, Typed("wang", PASSWORD), HERE)


def test_no_two_passwords_are_looked_at_at_once(monkeypatch):
    """A hundred tries in the same second take time, not the memory of a small board."""
    alone = []
    told = {name: lambda *_: alone.append(passwords._ONE.locked()) or "kept" for name in ("hash", "verify")}
    monkeypatch.setattr(passwords, "HASHER", type("Counting", (), told)())
    passwords.hashed(PASSWORD)
    passwords.matches("kept", PASSWORD)
    assert alone == [True, True]


def test_the_file_is_its_owner_s_and_holds_no_secret_in_the_clear(people, tmp_path):
    """0600 with what SQLite lays beside it; passwords, session ids and browsers only as hashes."""
    entered = enter(people, Typed("wang", PASSWORD), HERE)
    found = sorted(tmp_path.glob(FILE + "*"))
    assert len(found) == 3
    assert {stat.S_IMODE(one.stat().st_mode) for one in found} == {0o600}
    held = b"".join(one.read_bytes() for one in found)
    assert not any(text.encode() in held for text in (PASSWORD, *entered, HERE.address))


def test_what_was_done_is_a_chain(people, tmp_path):
    """A line that was changed, or taken out, is told by its number."""
    assert first_broken(acts(people)) == 0
    for change, at in (
        ("UPDATE act SET by='li' WHERE no=2", 2),
        ("DELETE FROM act WHERE no=1", 1),
        ("DELETE FROM act WHERE no=2", 2),
    ):
        with people.writing() as db:
            kept = db.execute("SELECT * FROM act").fetchall()
            db.execute(change)
        assert first_broken(acts(people)) == at
        with people.writing() as db:
            db.execute("DELETE FROM act")
            db.executemany("INSERT INTO act VALUES (?,?,?,?,?,?)", kept)


def test_a_line_written_anew_does_not_fit_the_next(people):
    """Whoever changes one, with a digest that suits it, would have to write all that follow."""
    with people.writing() as db:
        first, second = (Act(*row) for row in db.execute("SELECT * FROM act ORDER BY no LIMIT 2"))
        forged = second._replace(by="li")
        chain = _chained(first.chain, forged)
        db.execute("UPDATE act SET by='li', chain=? WHERE no=2", (chain,))
    told = acts(people)
    assert [one.by for one in told] == ["founding", "li", "admin"]
    assert told[1].follows(first.chain)
    assert first_broken(told) == 3


def test_what_is_written_is_on_the_disk_and_what_is_erased_is_overwritten(people):
    """As the file is opened, whichever SQLite it is: a power cut gives no try back, a lost secret lies nowhere."""
    with people.reading() as db:
        told = {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "secure_delete")}
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert told == {"synchronous": 2, "secure_delete": 1}


def test_an_act_that_fails_leaves_nothing(people):
    """No account without its line in the record, and no line without the act."""
    with pytest.raises(AccountThere):
        add(people, "admin", Newcomer("li", "另一个人", (), ANOTHER))
    assert account(people, "li").name == "李审核"
    assert [one.act for one in acts(people)] == ["add"] * 3


def test_a_file_that_is_none_is_one_sentence(tmp_path, watch):
    """Missing, of a later release, damaged, or not ours to read."""
    with pytest.raises(NobodyYet):
        People(tmp_path, watch, ROLES)
    newer = sqlite3.connect(tmp_path / FILE)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(PeopleNewer):
        People(tmp_path, watch, ROLES)
    (tmp_path / FILE).write_bytes(os.urandom(4096))
    with pytest.raises(PeopleUnreadable):
        People(tmp_path, watch, ROLES)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with pytest.raises(PeopleUnreadable):
        People(tmp_path, watch, ROLES)
