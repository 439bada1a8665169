"""`county people`: typed as an office types it."""

import base64
import re

import pyotp
import pytest
from click.testing import CliRunner

from kiosk_server.cli import county_command
from kiosk_server.demo.county import STAFF, Demo, peopled
from sync.county.county import County, CountyToml
from tests.people.people_house import ANOTHER, NOW, PASSWORD

NOBODYS = CountyToml(name="苕安县", county_code="330590", origin_prefix="county-330590", founded="")


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """A county of which people are all that is asked."""
    monkeypatch.setattr(
        "sync.county.county.open_county", lambda folder: County(folder=folder, settings=NOBODYS)
    )

    def run(line, *said):
        words = ["people", *line.split(), "--folder", str(tmp_path)]
        return CliRunner().invoke(county_command, words, input="\n".join([*said, ""]))

    return run


@pytest.fixture
def office(typed):
    """An administrator, a clerk and a reviewer, made at the terminal."""
    assert typed("add admin --name 张主任 --first", PASSWORD, PASSWORD).exit_code == 0
    for words in ("wang --name 王会计 --role clerk:农业农村局", "li --name 李审核 --role reviewer"):
        assert typed(f"add {words} --as admin --passphrase-file -", PASSWORD).exit_code == 0
    return typed


def test_before_there_is_anybody_the_way_is_said(typed):
    """The list says how the first administrator is made; nobody else is made before."""
    assert "people add --first" in typed("list").output
    done = typed("add wang --name 王会计 --as admin", PASSWORD)
    assert (done.exit_code, "nobody-yet" in done.output) == (2, True)
    assert typed("add wang --name 王会计", PASSWORD).exit_code == 2


def test_the_first_is_an_administrator_whatever_else(typed):
    """Other roles come beside it: a county without an administrator could never let anybody in."""
    assert typed("add zhang --name 张主任 --first --role clerk", PASSWORD, PASSWORD).exit_code == 0
    assert "administrator　clerk" in typed("list").output


def test_everybody_is_listed_with_roles(office):
    """And whether the first password still stands."""
    told = office("list").output.splitlines()
    assert told == [
        "admin\t张主任\tadministrator　还没有改过初始密码",
        "li\t李审核\treviewer　还没有改过初始密码",
        "wang\t王会计\tclerk:农业农村局　还没有改过初始密码",
    ]


def test_no_password_is_a_word_of_a_command(office):
    """Nor is one shown again: it is typed unseen, or read from a file."""
    for name in ("add", "password"):
        told = CliRunner().invoke(county_command, ["people", name, "--help"]).output
        assert not re.search(r"--pass(word|phrase)\b(?!-file)", told)
    done = office("password wang --as admin", ANOTHER, ANOTHER)
    assert done.exit_code == 0
    assert ANOTHER not in done.output


def test_one_s_own_password_needs_the_old_one(office):
    """At the terminal too, and tries are counted there as well; whoever has no role changes it all the same."""
    assert office("roles wang --as admin").exit_code == 0
    assert office("password wang --as wang", PASSWORD, ANOTHER, ANOTHER).exit_code == 0
    got = [office("password wang --as wang", "wrong", PASSWORD, PASSWORD).output for _ in range(6)]
    assert ["login-wrong" in one for one in got] == [True] * 5 + [False]
    assert "tried-too-often" in got[-1]
    assert office("lock wang --as admin").exit_code == 0
    assert "account-locked" in office("password wang --as wang", ANOTHER, PASSWORD, PASSWORD).output


def test_no_act_without_the_name_of_somebody_who_may(office):
    """Missing, unknown, or of another role: one sentence and 2."""
    for line, code in (
        ("lock wang", "mistyped"),
        ("lock wang --as nobody", "account-unknown"),
        ("lock wang --as li", "account-may-not"),
        ("lock nobody --as admin", "account-unknown"),
        ("roles wang --role boss --as admin", "role-unknown"),
        ("roles wang --role reviewer:农业农村局 --as admin", "role-unknown"),
        ("roles wang --role clerk: --as admin", "role-unknown"),
        ("password wang --as li", "account-may-not"),
        ("totp wang --as li", "mistyped"),
        ("totp wang --remove --as li", "account-may-not"),
        ("leave admin --as admin", "last-administrator"),
        ("add li --name 另一个人 --as admin --passphrase-file -", "account-there"),
    ):
        done = office(line, PASSWORD)
        assert (done.exit_code, code in done.output) == (2, True), (line, done.output)


def test_who_leaves_is_locked_and_the_key_is_named(office):
    """The command says what is still to be done by the root."""
    done = office("leave wang --as admin")
    assert "county trust retire wang" in done.output
    assert "已离开" in office("list").output
    assert office("unlock wang --as admin").exit_code == 0
    assert (
        office("roles wang --role reviewer --as admin").output
        == "wang\t王会计\treviewer　还没有改过初始密码\n"
    )
    assert office("lock wang --as admin").exit_code == 0
    assert [line.split()[2:] for line in office("log").output.splitlines()] == [
        ["founding", "建立账号", "admin", "administrator"],
        ["admin", "建立账号", "wang", "clerk:农业农村局"],
        ["admin", "建立账号", "li", "reviewer"],
        ["admin", "离开", "wang"],
        ["admin", "恢复", "wang"],
        ["admin", "核定角色", "wang", "reviewer"],
        ["admin", "停用", "wang"],
    ]


def test_a_record_that_was_changed_is_told(office, tmp_path):
    """It is shown all the same, and the command ends with 2."""
    import sqlite3  # noqa: PLC0415 - as a stranger would open it

    with sqlite3.connect(tmp_path / "people.sqlite3") as db:
        db.execute("UPDATE act SET by='li' WHERE no=2")
    db.close()
    done = office("log")
    assert (done.exit_code, "acts-broken" in done.output, "建立账号" in done.output) == (2, True, True)


def test_a_telephone_is_taken_on_at_the_terminal(office, monkeypatch):
    """A code to scan, the same in letters, and it counts once a first code was typed."""
    monkeypatch.setattr("kiosk_server.people.codes.new_secret", lambda: "ABCDEFGH" * 4)
    now = pyotp.TOTP("ABCDEFGH" * 4).now()
    assert "login-wrong" in office("totp wang --as wang", ANOTHER, now).output
    done = office("totp wang --as wang", PASSWORD, now)
    assert done.exit_code == 0, done.output
    assert "█" in done.output
    assert "动态码" in office("list").output
    assert office("totp wang --remove --as admin").exit_code == 0


@pytest.mark.parametrize("drawn", [login for login, _, _ in STAFF])
def test_a_password_the_demo_draws_never_holds_a_login(typed, tmp_path, monkeypatch, drawn):
    """Even of bytes that spell one in Base64: its three persons are made, each with a password that is kept."""
    spelt = base64.urlsafe_b64decode(f"{drawn}QrStUvXyZ0123456"[:16])
    monkeypatch.setattr("secrets.token_bytes", lambda length: (spelt * length)[:length])
    where = dict.fromkeys(("data", "kiosk", "land"), tmp_path) | {"county": tmp_path / "county"}
    peopled(Demo(**where), County(folder=tmp_path, settings=NOBODYS), NOW)
    assert len(typed("list").output.splitlines()) == len(STAFF)
