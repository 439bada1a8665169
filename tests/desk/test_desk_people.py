"""Logging in at the desk: guesses, stolen cookies, forms of others, and what one person sees of another's."""

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlencode

import msgspec
import pyotp
import pytest

from kiosk_server.county_office import seat as desk_seat
from kiosk_server.county_office.staff.doors import Door, loopback
from kiosk_server.people.accounts import Role, account, lock, set_password, set_roles, unlock
from kiosk_server.people.sessions import session
from sync.county.carried import carried, received
from sync.county.county import NobodyNamed
from sync.county.publish import hands, proposals
from sync.county.publish.publisher import publish, review
from tests.desk.desk_house import (
    CLERK,
    NOW,
    PASSPHRASES,
    REVIEWER,
    Visitor,
    cheap,
    desk,
    draft_at,
    inside,
    proposal_at,
    served,
)
from tests.desk.test_desk_path import filled, warned
from tests.people.people_house import ANOTHER, PASSWORD

pytestmark = pytest.mark.thorough

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("people") / "county") as one:
        yield one


@pytest.fixture(autouse=True)
def fresh(request):
    """Nobody waits for what another test tried."""
    yield
    if "house" in request.fixturenames:
        people = request.getfixturevalue("house").desk.people
        with people.writing() as db:
            db.execute("DELETE FROM tries")


def test_guessing_ends_after_five(house):
    """The sixth try is told to wait, the right password too; a browser that was in before goes on."""
    known = house.visitor(CLERK)
    stranger = Visitor(house.port, CLERK)
    got = [stranger.enters("wrong") for _ in range(6)]
    assert [one.status for one in got] == [422] * 6
    assert ["试错的次数太多" in one.text for one in got] == [False] * 5 + [True]
    assert "试错的次数太多" in stranger.enters().text
    assert known.enters().status == 200
    assert "工作台" in known.get("/").text


def test_without_a_proxy_nobody_says_himself_where_he_comes_from(house):
    """Who writes another address into each try counts as one all the same."""
    for at in range(3):
        _unfollowed(
            house.port,
            b"login=zhao&password=x",
            {
                "Origin": f"http://127.0.0.1:{house.port}",
                "X-Forwarded-For": f"9.9.9.{at}",
                "Content_Type": FORM,
            },
        )
    with house.desk.people.reading() as db:
        assert db.execute("SELECT max(many) FROM tries WHERE who LIKE 'address%'").fetchone() == (3,)


def test_a_stranger_learns_no_names(house):
    """Unknown, and wrong password: the same page to the letter, and nothing typed comes back."""
    pages = {Visitor(house.port, login).enters("wrong pass word").text for login in (CLERK, "nobody", "a'b")}
    assert len(pages) == 1
    assert "wrong pass" not in pages.pop()


def test_a_login_gives_an_id_of_its_own(house):
    """A cookie put there before the login is not taken on (session fixation), nor one of an earlier session."""
    visitor = Visitor(house.port, CLERK)
    name = f"desk_{house.port}"
    visitor.cookies = {name: "chosen-by-somebody-else"}
    visitor.enters()
    first = visitor.cookies[name]
    assert first != "chosen-by-somebody-else"
    visitor.enters()
    assert visitor.cookies[name] != first
    stolen = Visitor(house.port)
    stolen.cookies = {name: first}
    assert "登录名" in stolen.get("/").text


def test_a_cookie_opens_nothing_after_logout(house):
    """Nor after the account was locked, its roles or its password changed."""
    people = house.desk.people
    for end in (
        lambda visitor: visitor.post("/logout"),
        lambda _: set_roles(people, "admin", "qian", ()),
        lambda _: set_password(people, "admin", "qian", PASSWORD),
        lambda _: lock(people, "admin", "qian"),
    ):
        visitor, thief = house.visitor("qian"), Visitor(house.port)
        visitor.get("/account")
        thief.cookies = dict(visitor.cookies)
        assert "我的账号" in thief.get("/account").text
        end(visitor)
        assert "登录名" in thief.get("/account").text
    assert "已经停用" in Visitor(house.port, "qian").enters().text
    unlock(people, "admin", "qian")
    with people.writing() as db:
        db.execute("UPDATE account SET must_change=0")


def test_a_form_of_another_session_does_nothing(house):
    """Its token is this session's and no other's, of the same person neither."""
    mine, other = house.visitor(CLERK), house.visitor(CLERK)
    mine.get("/account")
    other.get("/account")
    for token in ("", "x", other.token):
        got = mine.ask(
            "POST", "/account/code", f"csrf={token}".encode(), Origin=mine.origin, Content_Type=FORM
        )
        assert got.status == 403
    assert mine.post("/account/code", password=PASSWORD).status == 200


def test_a_first_password_is_changed_before_anything_else(house):
    """Every page leads there; afterwards the id is another, and the old password opens nothing."""
    set_password(house.desk.people, "admin", "sun", ANOTHER)
    visitor = Visitor(house.port, "sun")
    assert "请先改密码" in visitor.enters(ANOTHER).text
    before = visitor.cookies[f"desk_{house.port}"]
    assert "请先改密码" in visitor.get("/").text
    assert visitor.ask("POST", "/drafts/pick", b"", Origin=visitor.origin, Content_Type=FORM).status == 403
    for old, new, again, told in (
        (ANOTHER, "short", "short", "要有 10 到 200 个字"),
        (ANOTHER, PASSWORD, PASSWORD + "x", "两次写的不一样"),
        ("wrong", PASSWORD, PASSWORD, "密码或动态码不对"),
    ):
        got = visitor.post("/account/password", old=old, new=new, again=again)
        assert (got.status, told in got.text) == (422, True), got.text
    assert visitor.post("/account/password", old=ANOTHER, new=PASSWORD, again=PASSWORD).status == 200
    assert visitor.cookies[f"desk_{house.port}"] != before
    assert "请先改密码" not in visitor.get("/").text


def test_who_must_change_a_password_may_also_leave(house):
    """The way out is open before the new password: the next person finds the login, not his account."""
    set_password(house.desk.people, "admin", "sun", ANOTHER)
    visitor = Visitor(house.port, "sun")
    assert "请先改密码" in visitor.enters(ANOTHER).text
    assert "登录名" in visitor.post("/logout").text
    assert visitor.cookies[f"desk_{house.port}"] == ""
    assert "登录名" in visitor.get("/account").text
    with house.desk.people.writing() as db:
        db.execute("UPDATE account SET must_change=0")


@pytest.mark.parametrize("part", [b'form-data; name="login"\r\n\r\n\xff\xfe', b"x\r\n\r\nabc"])
def test_a_login_form_that_cannot_be_read_is_refused(house, part):
    """A stranger's broken form is no mistake of ours: no report is written for it."""
    stranger, kind = Visitor(house.port), "multipart/form-data; boundary=x"
    body = b"--x\r\nContent-Disposition: " + part + b"\r\n--x--\r\n"
    got = stranger.ask("POST", "/login", body, Origin=stranger.origin, Content_Type=kind)
    assert (got.status, "不是这个工作台发出的" in got.text) == (403, True)
    assert not (house.county.folder / "crashes").exists()


def test_a_telephone_is_taken_on_at_the_desk(house):
    """Who knows the password is shown the secret, once; a first code proves it; then the login asks for one."""
    visitor = house.visitor("chen")
    assert "密码或动态码不对" in visitor.post("/account/code", password=ANOTHER).text
    assert visitor.post("/account/code/first", code=pyotp.TOTP(pyotp.random_base32()).at(NOW)).status == 422
    shown = visitor.post("/account/code", password=PASSWORD).text
    secret = re.search(r'class="sha">([A-Z2-7]{32})<', shown)[1]
    assert '<svg class="code"' in shown
    assert visitor.post("/account/code/first", code="123").status == 422
    before = dict(visitor.cookies)
    assert visitor.post("/account/code/first", code=pyotp.TOTP(secret).at(NOW)).status == 200
    assert visitor.cookies != before
    assert secret not in visitor.get("/account").text
    assert "登录名、密码或动态码不对" in Visitor(house.port, "chen").enters().text
    later = pyotp.TOTP(secret).at(NOW + timedelta(seconds=30))
    assert "我的账号" in Visitor(house.port, "chen").enters(code=later).text
    assert house.visitor("admin").get("/people").status == 200


def test_one_sees_and_ends_one_s_own_sessions(house):
    """Each login is listed; one that was ended is out at once; handles of others end nothing."""
    one, other, admin = house.visitor("zhao"), house.visitor("zhao"), house.visitor("admin")
    handle = session(house.desk.people, other.cookies[f"desk_{house.port}"]).handle
    for visitor, told in ((admin, "赵督查"), (one, "登录名")):
        visitor.get("/account")
        visitor.post("/account/sessions", handle=handle)
        assert told in other.get("/").text
    assert "赵督查" in one.get("/account").text


def test_accounts_are_administered_in_the_browser(house):
    """Made, given roles, locked, unlocked; each refusal says why, and the record names who did it."""
    admin = house.visitor("admin")
    admin.get("/people")
    made = admin.post(
        "/people", login="zhou", name="周经办", clerk="on", offices="民政局、农业农村局", password=ANOTHER
    )
    assert "经办：民政局" in made.text
    for offices in ("农业农村局、", "、农业农村局，", " 农业农村局 ", "农业农村局;农业农村局"):
        admin.post("/people/zhou/roles", clerk="on", offices=offices)
        assert account(house.desk.people, "zhou").roles == (Role("clerk", "农业农村局"),)
    assert admin.post("/people", login="zhou", name="又一个", password=ANOTHER).status == 422
    assert admin.post("/people", login="Zhou!", name="又一个", password=ANOTHER).status == 422
    assert "审核" in admin.post("/people/zhou/roles", reviewer="on").text
    assert "已离开" in admin.post("/people/zhou/leave").text
    assert admin.post("/people/zhou/erase").status == 404
    assert "最后一个管理员" in admin.post("/people/admin/lock").text
    assert "admin</td><td>离开 zhou" in admin.get("/people").text
    assert "离开 zhou" in house.visitor("zhao").get("/people").text


@pytest.mark.usefixtures("reads_here")
def test_a_clerk_sees_the_lists_of_his_offices(tmp_path):
    """Another office's draft and proposal are not there, and he proposes none in its name."""
    with desk(tmp_path / "county") as house:
        qian = house.visitor("qian")
        at = draft_at(house.clerk.upload("名册.xlsx", warned()))
        assert qian.get(at).status == 404
        house.clerk.post(at, **filled(office="农业农村局"))
        where = proposal_at(house.clerk.get("/"))
        assert qian.get(where).status == 404
        assert "稻谷" not in qian.get("/").text
        assert qian.post(f"{where}/cancel", reason="不是我的").status == 404
        own = qian.upload("名册.xlsx", warned())
        assert 'name="office" value="民政局"' in own.text
        refused = qian.post(draft_at(own), **filled(office="农业农村局"))
        assert (refused.status, "您不是“农业农村局”的经办人" in refused.text) == (422, True)
        assert len(proposals.proposals(house.county)) == 1


@pytest.mark.usefixtures("reads_here")
@pytest.mark.parametrize("looks", ["auditor", "reviewer"])
def test_who_may_look_at_all_acts_on_his_own_office_only(tmp_path, looks):
    """A clerk who is an auditor or a reviewer too sees another office's list and draft, and takes back none."""
    with desk(tmp_path / "county") as house:
        both = (Role("clerk", "民政局"), Role(looks))
        set_roles(house.desk.people, "admin", "qian", both)
        qian, at = house.visitor("qian"), draft_at(house.clerk.upload("名册.xlsx", warned()))
        if looks == "auditor":
            assert qian.get(at).status == 200
        assert qian.post(f"{at}/discard").status == 404
        assert qian.post(at, **filled(do="keep", office="民政局")).status == 404
        house.clerk.post(at, **filled(office="农业农村局"))
        where = proposal_at(house.clerk.get("/"))
        page = qian.get(where)
        assert (page.status, f"{where}/cancel" in page.text, f"{where}/publish" in page.text) == (
            200,
            False,
            False,
        )
        house.reviewer.get(where)
        assert "已审核，待发布" in house.reviewer.post(f"{where}/accept").text
        assert f"{where}/publish" not in qian.get(where).text
        for act in ("cancel", "publish"):
            assert qian.post(f"{where}/{act}", reason="不是我的").status == 404
        house.clerk.get(where)
        assert "已发布" in house.clerk.post(f"{where}/publish").text


@pytest.mark.usefixtures("reads_here")
def test_a_signature_needs_the_key_s_own_passphrase(tmp_path):
    """Not the login password, not a wrong one, not without end; what was typed is in no file and no page."""
    with desk(tmp_path / "county") as house:
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        where = proposal_at(house.reviewer.get("/"))
        house.reviewer.get(where)
        told = house.reviewer.post(f"{where}/accept", passphrase=PASSWORD)
        assert (told.status, "这是登录密码" in told.text) == (422, True)
        for _ in range(4):
            told = house.reviewer.post(f"{where}/accept", passphrase="not the passphrase")
            assert (told.status, "口令不对" in told.text) == (422, True)
            assert "not the passphrase" not in told.text
        assert "试错的次数太多" in house.reviewer.post(f"{where}/accept").text
        unlock(house.desk.people, "admin", REVIEWER)
        assert "已审核，待发布" in house.reviewer.post(f"{where}/accept").text
        assert house.clerk.post(f"{where}/publish", passphrase="wrong one again").status == 422
        assert "已发布" in house.clerk.post(f"{where}/publish").text
        (made,) = proposals.proposals(house.county)
        assert [one.by for one in hands.hands(house.county, made.id)] == [CLERK, REVIEWER, CLERK]
        kept = b"".join(
            one.read_bytes()
            for one in house.county.folder.rglob("*")
            if one.is_file() and one.parent.name != "people"
        )
        assert not any(text.encode() in kept for text in (*PASSPHRASES.values(), PASSWORD))


@pytest.mark.usefixtures("reads_here")
def test_a_roster_is_read_again_on_another_day(tmp_path, monkeypatch):
    """What was sound yesterday may be late or early today; on the same day it is read once."""
    with desk(tmp_path / "county") as house:
        days, honest, at = [], desk_seat.read_roster, draft_at(house.clerk.upload("名册.xlsx", warned()))

        def read(*told, **how):
            days.append(how["today"])
            return honest(*told, **how)

        monkeypatch.setattr("kiosk_server.county_office.seat.read_roster", read)
        house.clerk.get(at)
        house.desk.clock = lambda: NOW + timedelta(days=1)
        assert house.clerk.get(at).status == house.clerk.get(at).status == 200
        assert days == [NOW.date() + timedelta(days=1)]


@pytest.mark.usefixtures("reads_here")
def test_the_desk_does_one_act_at_a_time(tmp_path, monkeypatch):
    """Handing in, signing, bringing back, publishing, sending back: whoever presses the button twice acts once."""
    with desk(tmp_path / "county") as house:
        alone = []

        def told(*_, **__):
            alone.append(house.desk.acting.locked())
            raise NobodyNamed

        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        where = proposal_at(house.reviewer.get("/"))
        again = draft_at(house.clerk.upload("名册.xlsx", warned()))
        for place in ("clerk.propose", "clerk.publish", "review.signed", "review.signatures_of"):
            monkeypatch.setattr(f"kiosk_server.county_office.{place}", told)
        monkeypatch.setattr("kiosk_server.county_office.review.hands.send_back", told)
        house.clerk.post(again, **filled())
        house.clerk.post(f"{where}/publish")
        house.clerk.post(f"{where}/cancel", reason="写错了")
        house.reviewer.get(where)
        house.reviewer.post(f"{where}/accept")
        house.reviewer.upload("x.json", b"{}", f"{where}/carried")
        assert alone == [True] * 5


@pytest.mark.usefixtures("reads_here")
def test_what_was_looked_at_is_each_session_s_own(tmp_path):
    """A page opened in one browser is not a look in another: the list has changed since, and is shown again there."""
    with desk(tmp_path / "county") as house:
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        where = proposal_at(house.reviewer.get("/"))
        house.reviewer.get(where)
        house.reviewer.get(f"{where}/villages/330590100201")
        seats = {id(one): one._shown for one in house.desk._seats.values() if one.name == REVIEWER}
        second = house.visitor(REVIEWER)
        second.get(where)
        assert len(seats) == 1
        shown = [one._shown for one in house.desk._seats.values() if one.name == REVIEWER]
        assert sorted(map(len, shown)) == [0, 1]


def test_over_tls_the_cookie_is_bound_to_the_host(house):
    """Behind a proxy that encrypts: __Host-, Secure, strict transport; the address is the one the proxy saw."""
    door = Door(frozenset({"https://desk.example"}), "desk", behind=True)
    with cheap(), served(house.desk, lambda _: door) as port:
        visitor = Visitor(port, CLERK)
        own = {"Host": "desk.example", "Origin": "https://desk.example", "Content_Type": FORM}
        assert visitor.ask("GET", "/login").status == 421
        body = urlencode({"login": CLERK, "password": PASSWORD}).encode()
        got = visitor.ask("POST", "/login", body, **{**own, "Origin": "http://desk.example"})
        assert got.status == 403
        entered = _unfollowed(port, body, own)
        assert entered.headers["strict-transport-security"].startswith("max-age=")
        kept = [value for name, value in entered.getheaders() if name == "set-cookie"]
        assert all(one.startswith("__Host-desk") and "; Secure" in one and "Path=/;" in one for one in kept)
        assert {"HttpOnly", "SameSite=Strict"} <= set(kept[0].split("; "))
        for at in range(5):
            _unfollowed(port, b"login=zhao&password=x", own | {"X-Forwarded-For": f"9.9.9.{at}, 192.0.2.9"})
        with house.desk.people.reading() as db:
            many = dict(db.execute("SELECT substr(who, 1, 7), max(many) FROM tries GROUP BY 1"))
        assert many["address"] == 5


def _unfollowed(port, body, headers):
    from http.client import HTTPConnection  # noqa: PLC0415

    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(
        "POST", "/login", body, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_a_pack_that_changed_is_the_desk_s_at_once(house):
    """Nobody has to close the desk and open it again; `loopback` names its cookie by its port."""
    assert loopback(8070).cookie != loopback(8071).cookie
    first = house.desk.county
    assert house.desk.county is first
    file = house.desk.folder / "feed" / "trust" / "metadata" / "timestamp.json"
    data = file.read_bytes()
    file.write_bytes(data + b"\n")
    assert house.desk.county is not first
    file.write_bytes(data)
    assert inside(house.port, CLERK).get("/").status == 200


@pytest.mark.usefixtures("reads_here")
def test_a_county_may_have_nobody_type_a_passphrase_into_its_server(tmp_path):
    """With own_machine the desk has no field for one and takes none; the file goes out and its signatures come back."""
    with desk(tmp_path / "county") as house:
        toml = house.county.folder / "county.toml"
        toml.write_text(toml.read_text("utf-8").replace("own_machine = false", "own_machine = true"), "utf-8")
        house.desk._opened = None
        house.clerk.post(draft_at(house.clerk.upload("名册.xlsx", warned())), **filled())
        where = proposal_at(house.reviewer.get("/"))
        page = house.reviewer.get(where).text
        assert ('name="passphrase"' in page, f"{where}/carried" in page) == (False, True)
        refused = house.reviewer.post(f"{where}/accept")
        assert (refused.status, "工作台不收密钥口令" in refused.text) == (422, True)
        taken = house.reviewer.get(f"{where}/carried")
        assert taken.headers["content-disposition"].startswith("attachment; filename=")
        assert house.reviewer.upload("x.json", taken.body, f"{where}/carried").status == 422
        own = tmp_path / "own"
        own.mkdir()
        shutil.copy(toml, own)
        shutil.copytree(house.county.feed, own / "feed")
        elsewhere = msgspec.structs.replace(house.county, folder=own)
        made = received(elsewhere, taken.body, NOW)
        review(elsewhere, made.id, NOW)
        back = house.reviewer.upload("x.json", carried(elsewhere, made.id), f"{where}/carried")
        assert "已审核，待发布" in back.text
        assert house.clerk.post(f"{where}/publish").status == 422
        publish(house.county, made.id, NOW)
        assert [one.by for one in hands.hands(house.county, made.id)] == [CLERK, REVIEWER, CLERK]


def test_roles_that_must_have_codes_begin_with_one(house):
    """The county names them; every page leads to taking one on."""
    people = house.desk.people
    before, people.coded = people.coded, frozenset({"pack_editor"})
    try:
        with people.writing() as db:
            db.execute("UPDATE account SET code_secret=NULL WHERE login='chen'")
        visitor = Visitor(house.port, "chen")
        assert "请先启用动态码" in visitor.enters().text
        shown = visitor.post("/account/code", password=PASSWORD).text
        secret = re.search(r'class="sha">([A-Z2-7]{32})<', shown)[1]
        visitor.post("/account/code/first", code=pyotp.TOTP(secret).at(NOW))
        assert "请先启用动态码" not in visitor.get("/").text
        assert "工作台" in house.visitor("zhao").get("/").text
    finally:
        people.coded = before


def test_accounts_that_cannot_be_read_are_one_sentence(tmp_path):
    """A damaged or full people.sqlite3: nobody gets in, and whoever asks is told, in our headers, what is wrong."""
    with desk(tmp_path / "county") as house:
        with closing(sqlite3.connect(house.county.folder / "people.sqlite3")) as db:
            db.execute("ALTER TABLE session RENAME TO session_gone")
            db.commit()
        got = house.clerk.get("/")
        assert (got.status, got.text.startswith("账号库 people.sqlite3 不能用")) == (503, True)
        assert "content-security-policy" in got.headers
