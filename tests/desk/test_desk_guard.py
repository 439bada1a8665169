"""Who may come to the desk: this machine's browser that was let in, with the desk's own forms."""

import re

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.cli import county_command
from kiosk_server.county_office import clerk, requests
from kiosk_server.county_office.errors import FieldsWrong
from kiosk_server.county_office.forms import LABELS, WHY, batch_of
from kiosk_server.county_office.seat import MOST_SEATS
from kiosk_server.people.sessions import session
from sync.county.intake import drafts
from sync.county.intake.prefill import prefilled
from sync.county.publish.batch import BatchToml
from sync.county.reading import Reading, Verdict
from tests.desk.desk_house import Visitor, desk

pytestmark = pytest.mark.thorough

FORM = "application/x-www-form-urlencoded"
STRICT = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with desk(tmp_path_factory.mktemp("desk") / "county") as one:
        yield one


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "[::1",
        "a@b:x",
        "127.0.0.2:{port}",
        "[::1%x]:{port}",
        "[localhost]:{port}",
    ],
)
def test_another_name_is_refused(house, host):
    """DNS that points a foreign name at this machine reaches nothing."""
    got = house.clerk.ask("GET", "/", Host=host.format(port=house.clerk.port))
    assert got.status in {400, 421}
    assert "名册" not in got.text


def test_loopback_names_are_ours(house):
    """127.0.0.1, localhost and ::1 at our port are this desk."""
    for name in ("127.0.0.1", "localhost", "[::1]"):
        assert house.clerk.ask("GET", "/", Host=f"{name}:{house.clerk.port}").status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "http://127.0.0.1:1", "https://127.0.0.1:{port}"]
)
def test_a_form_from_elsewhere_does_nothing(house, origin):
    """A page of another origin cannot post, even with cookie and token."""
    body = f"csrf={house.clerk.token}&name=x".encode()
    got = house.clerk.ask(
        "POST", "/drafts/pick", body, Origin=origin.format(port=house.clerk.port), Content_Type=FORM
    )
    assert got.status == 403
    assert "没有执行" in got.text


def test_a_form_without_our_token_does_nothing(house):
    """The token of the form must be this desk's."""
    for body in (
        b"name=x",
        b"csrf=&name=x",
        f"csrf={house.reviewer.get('/') and house.reviewer.token}x".encode(),
    ):
        got = house.clerk.ask("POST", "/drafts/pick", body, Origin=house.clerk.origin, Content_Type=FORM)
        assert got.status == 403


def test_without_a_login_nobody_comes_in(house):
    """Whoever reaches the port finds the login page and its style; a cookie that is none opens nothing."""
    stranger = Visitor(house.port)
    for cookie in ("", "desk=wrong", f"desk_{house.port}=wrong", f"desk_{house.port}=é"):
        stranger.cookie = cookie
        page = stranger.get("/")
        assert ("登录名" in page.text, "名册" in page.text) == (True, False)
        assert stranger.ask("POST", "/drafts", b"", Origin=stranger.origin).status == 403
    assert stranger.get("/static/desk.css").status == 200


def test_every_answer_is_strict(house):
    """Nothing may run, frame, sniff or stay; the cookie is for this site and no script."""
    answers = [
        house.clerk.get(path) for path in ("/", "/nothing", "/static/kiosk.css", "/drafts/aaaaaaaaaaaa")
    ]
    for got in [*answers, Visitor(house.clerk.port).get("/")]:
        assert {*got.headers["content-security-policy"].split("; ")} == STRICT
        assert got.headers["cross-origin-opener-policy"] == "same-origin"
        assert got.headers["cross-origin-resource-policy"] == "same-origin"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["referrer-policy"] == "same-origin"  # else a browser sends Origin: null
    entered = next(got for got in house.clerk.seen if "set-cookie" in got.headers)
    assert {"HttpOnly", "SameSite=Strict"} <= set(entered.headers["set-cookie"].split("; "))
    page = answers[0].text
    assert not re.search(r"<script|\sstyle=|\son\w+=|https?://", page)


def test_unknown_addresses_get_a_page(house):
    """A wrong link, a wrong method and a path trick are told in one sentence."""
    for method, path in (
        ("GET", "/nothing"),
        ("GET", "/drafts/../county.toml"),
        ("GET", "/proposals/..%2f..%2fx"),
        ("GET", "/drafts"),
        ("GET", "/static/desk.py"),
    ):
        got = house.clerk.ask(method, path)
        assert (got.status, "没有" in got.text) == (404, True)


def test_an_upload_has_a_limit(house, monkeypatch):
    """More than the limit is refused with what to do instead; nothing is kept."""
    house.clerk.get("/")
    before = len(drafts.drafts(house.county))
    got = house.clerk.upload("big.csv", b"1,2\n" * ((requests.UPLOAD_MAX_BYTES >> 2) + 1024))
    assert got.status == 413
    assert "按乡镇拆成几份" in got.text
    assert house.clerk.upload("empty.csv", b"").status == 422
    assert len(drafts.drafts(house.county)) == before
    assert clerk.PICKED_MAX_BYTES > requests.UPLOAD_MAX_BYTES


def test_a_picked_roster_has_a_limit_too(house, monkeypatch):
    """A file laid into the folder by mistake does not take the memory of the machine."""
    inbox = house.county.folder / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / "big.csv").write_bytes(b"1,2\n")
    monkeypatch.setattr(clerk, "PICKED_MAX_BYTES", 3)
    before = len(drafts.drafts(house.county))
    house.clerk.get("/")
    assert house.clerk.post("/drafts/pick", name="big.csv").status == 413
    assert len(drafts.drafts(house.county)) == before
    (inbox / "big.csv").unlink()


def test_of_many_sessions_the_longest_unused_is_forgotten(house):
    """Who is at work keeps what he has looked at; a flood of logins takes no memory without end."""
    people, desk_here = house.desk.people, house.desk
    mine = session(people, house.clerk.cookies[f"desk_{house.port}"])
    own = desk_here.seat(mine)
    others = [mine._replace(sha256=f"{at:064x}") for at in range(MOST_SEATS)]
    for one in others[:-1]:
        desk_here.seat(one)
    assert desk_here.seat(mine) is own
    desk_here.seat(others[-1])
    assert desk_here.seat(mine) is own
    assert desk_here.seat(others[-1]) is desk_here.seat(others[-1])
    assert len(desk_here._seats) <= MOST_SEATS


def test_our_own_mistake_is_a_page_without_values(house, monkeypatch, capfd):
    """What breaks is told by kind and place; the words in the error stay inside."""

    def broken(*_):
        raise KeyError("990523195803120019")

    monkeypatch.setattr("kiosk_server.county_office.review.home_page", broken)
    got = house.clerk.get("/")
    assert (got.status, "程序出错了" in got.text) == (500, True)
    err = capfd.readouterr().err
    assert "出错 KeyError" in err
    assert "990523195803120019" not in err + got.text
    (report,) = (house.county.folder / "crashes").iterdir()
    assert report.name in err
    assert "990523195803120019" not in report.read_text("utf-8")


@pytest.mark.parametrize("bind", ["0.0.0.0:0", "192.0.2.1:8070", "example.org:1", "::"])
def test_the_desk_opens_on_this_machine_only(tmp_path, bind):
    """An address that others could reach is refused before the folder is even opened."""
    done = CliRunner().invoke(county_command, ["desk", "--folder", str(tmp_path), "--bind", bind])
    assert done.exit_code == 2
    assert "工作台" in done.output or "端口" in done.output


@settings(max_examples=60)
@given(
    st.fixed_dictionaries({name: st.text(max_size=12) for name in LABELS}),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)
def test_any_form_is_a_batch_or_its_wrong_fields(fields, reasons):
    """Whatever is typed, there is a batch or marks at fields of the form, none of them twice."""
    try:
        made = batch_of(fields, reasons)
    except FieldsWrong as wrong:
        made = wrong
    if isinstance(made, BatchToml):
        return
    marked = [one.field for one in made.marks]
    assert marked
    assert len(marked) == len({*marked} & {*LABELS, *(WHY + code for code in reasons)})
    assert all(one.label and one.why for one in made.marks)


@pytest.mark.parametrize(
    ("title", "told"),
    [
        (
            "竹垓乡2025年稻谷补贴资金发放公示表",
            {"programme": "rice", "period_no": "2025-01", "phase": "payment"},
        ),
        (
            "2024年第三批耕地地力保护补贴申报公示",
            {"programme": "farmland_fertility", "period_no": "2024-03", "phase": "application"},
        ),
        ("2025年十二月残疾人两项补贴", {"programme": "disability_living", "period_no": "2025-12"}),
        ("2025年9月份残疾人补贴发放表", {"programme": "disability_living", "period_no": "2025-09"}),
        ("一卡通发放花名册", {"phone": "0572-5000012"}),
    ],
)
def test_a_title_fills_in_what_it_tells(house, title, told):
    """Programme, year, period and phase are read from the title; what it does not tell stays empty."""
    reading = Reading(file="x.xlsx", format="xlsx", verdict=Verdict.OK, title=title, source_sha256="0" * 64)
    fields = prefilled(reading, house.county.pack)
    assert told.items() <= fields.items()
    assert ("programme" in fields) == ("programme" in told)
