"""The whole route table over real HTTP, on a real archive: what a villager, a phone and a program get."""

import asyncio
import html
import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from boards.model.payouts import Phase
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web.app import ROUTES, present, web_app
from kiosk_server.web.headers import SECURITY
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, ORIGIN, PACK, County, mark, payout, terms

pytestmark = pytest.mark.thorough

IMPORTED = datetime(2026, 10, 1, 2, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PAID, APPLIED, OLD = "b-2026", "b-2026-app", "b-2024"
ROWS = [payout(seq, holder) for seq, holder in enumerate(["林秋实", "王㛃", "欧阳建国", *["贾䶮"] * 42], 1)]
SETTINGS = Settings(
    villages=(CODE,),
    public_base_url="https://gk.example.org",
    feed=Feed(folder="feed"),
    web=Web(),
)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)

    def __call__(self):
        return self.now


class Drawn:
    """A printer for tests of the door: the bytes name the sheet. It has no voice."""

    can_speak = False

    def __init__(self, folder):
        self.folder = folder
        self.rare_folder = Path(folder or "/nowhere") / "rare"

    async def pdf(self, sheet, printed_at):
        path = self.folder / "sheet.pdf"
        path.write_bytes(f"%PDF {sheet.head.code} {len(sheet.lines)} {printed_at}".encode())
        return path


def published() -> list:
    """An application list of October, a payout list in two editions, and a list paid long ago."""
    county = County()
    this_year = terms(fiscal_year=2026, paid_on=date(2026, 9, 20), period_no="2026-01")
    applied = [
        payout(seq, f"申{seq}", amount_fen=0, rate=None, household=mark(100 + seq)) for seq in range(1, 4)
    ]
    county.batch(
        APPLIED,
        *applied,
        terms=terms(fiscal_year=2026, phase=Phase.APPLICATION, paid_on=None, period_no="2026-01"),
    )
    county.batch(PAID, *ROWS, terms=this_year)
    stretches = [county.stretch()]
    county.correct(PAID, payout(1, "林秋实", quantity=Decimal("3.00"), amount_fen=37494))
    county.close(PAID, edition=2, terms=this_year)
    old = terms(
        fiscal_year=2024,
        paid_on=date(2024, 9, 20),
        programme="machinery",
        programme_name="农机购置与应用补贴",
    )
    county.batch(OLD, payout(1, "曹旧名", household=mark(200)), terms=old)
    stretches.append(county.stretch())
    return stretches


async def filled(path):
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        for stretch in published():
            await archive.admit(CODE, stretch, IMPORTED)


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    folder = tmp_path_factory.mktemp("place")
    asyncio.run(filled(folder / "archive.sqlite3"))
    clock, log = Clock(), StringIO()
    board = Board(folder / "archive.sqlite3", MASK)
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=Drawn(folder), clock=clock)
    site = serve(lambda port: web_app(parts, port, Logbook(log, clock)))
    yield SimpleNamespace(site=site, clock=clock, log=log, board=board, folder=folder)
    board.close()


@pytest.fixture
def site(place):
    if place.clock.now != Clock().now:
        at(place, TODAY)
    return place.site


def at(place, day: date) -> None:
    """Move the clock, and let the reading of the old moment pass."""
    place.clock.now = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    asyncio.run(asyncio.sleep(0.03))


def code_of(place, batch: str) -> str:
    return place.board.sheet(CODE, batch).code


def rows(got) -> str:
    return re.search("<tbody.*</tbody>", got.body.decode(), re.DOTALL)[0]


def text(got) -> str:
    return html.unescape(got.body.decode())


def addresses(place) -> list[str]:
    code = code_of(place, PAID)
    number = place.board.people(CODE, "王")[0].household
    return [
        f"/v/{CODE}/",
        f"/v/{CODE}/programmes",
        f"/v/{CODE}/programmes?year=2024",
        f"/v/{CODE}/programmes/farmland_fertility",
        f"/v/{CODE}/payouts/{PAID}",
        f"/v/{CODE}/payouts/{PAID}?page=2",
        f"/N/{code}",
        f"/v/{CODE}/find",
        f"/v/{CODE}/find/%E7%8E%8B",
        f"/v/{CODE}/households/{number}",
        f"/v/{CODE}/year/2026",
        f"/v/{CODE}/help",
    ]


def test_the_first_address_leads_home(site):
    """/ is the machine's own village."""
    got = site.get("/")
    assert (got.status, got.headers["location"]) == (303, f"/v/{CODE}/")


def test_every_page_is_there_at_both_doors(site, place):
    """Each address answers 200 with a whole fenced page, in the text size and language chosen."""
    for path in addresses(place):
        for lan in (False, True):
            got = site.get(path, lan=lan, cookie="size=xl; language=en")
            page = got.body.decode()
            assert got.status == 200, (path, page)
            assert page.count("<h1") == 1
            assert all(got.headers[name.decode()] == value.decode() for name, value in SECURITY)


def test_every_link_on_every_page_leads_somewhere(site, place):
    """No page points at an address that is not there."""
    seen, waiting = set(), [f"/v/{CODE}/"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(("/size/", "/language/")) or "?code=" in path:
            continue
        seen.add(path)
        got = site.get(path)
        assert got.status == 200, path
        if got.headers["content-type"].startswith("text/html"):
            waiting += re.findall(r'(?:href|src)="(/[^"#]*)', text(got))
    assert len(seen) > 15


def test_ten_rows_on_the_board_and_twenty_on_a_phone(site):
    """Rows per page are those of settled §25, and a page beyond the last is the last."""
    path = f"/v/{CODE}/payouts/{PAID}"
    on_board, on_phone = site.get(path).body.decode(), site.get(path, lan=True).body.decode()
    assert (on_board.count("贾䶮"), on_phone.count("贾䶮")) == (7, 17)
    assert rows(site.get(f"{path}?page=999")) == rows(site.get(f"{path}?page=5")) != rows(site.get(path))
    assert site.get(f"{path}?page=5").body.decode().count("贾䶮") == 5, (
        "45 lines: the fifth page has the last five"
    )
    assert rows(site.get(f"{path}?page=0")) == rows(site.get(f"{path}?page=-2")) == rows(site.get(path))


def test_a_landscape_board_shows_six_rows(place, serve):
    """A screen that lies on its side has room for six."""
    lying = msgspec.structs.replace(SETTINGS, web=Web(landscape=True))
    parts = SimpleNamespace(
        settings=lying, pack=PACK, board=place.board, press=Drawn(None), clock=place.clock
    )
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), place.clock)))
    assert site.get(f"/v/{CODE}/payouts/{PAID}").body.decode().count("贾䶮") == 3


def test_a_list_leaves_on_its_day_though_nothing_was_published(site, place):
    """The last day still shows names; the next day the same address shows totals, and no name anywhere."""
    path = f"/v/{CODE}/payouts/{APPLIED}"
    at(place, date(2026, 10, 8))
    last_day = site.get(path)
    assert "申1" in last_day.body.decode()
    at(place, date(2026, 10, 9))
    after = site.get(path, if_none_match=last_day.headers["etag"])
    assert after.status == 200
    assert "申1" not in after.body.decode()
    assert "村委会" in after.body.decode()
    assert ".pdf" in site.get(f"/v/{CODE}/payouts/{PAID}", lan=True).body.decode()
    assert ".pdf" not in site.get(path, lan=True).body.decode()
    assert site.get(f"/v/{CODE}/find/%E7%94%B3").status == 404
    assert "申" not in site.get(f"/v/{CODE}/find").body.decode().replace("申报", "").replace("申请", "")


def test_names_of_long_ago_are_not_found(site, place):
    """A list whose window is over gives no tile, no person, no household page and no PDF."""
    number = place.board.people(CODE, "曹")[0].household
    for path in (f"/v/{CODE}/find/%E6%9B%B9", f"/v/{CODE}/households/{number}"):
        got = site.get(path)
        assert (got.status, "曹旧名" in got.body.decode()) == (404, False)
    assert "曹" not in site.get(f"/v/{CODE}/find").body.decode()
    assert site.get(f"/v/{CODE}/sheets/{code_of(place, OLD)}.pdf").status == 410
    assert "曹旧名" not in site.get(f"/N/{code_of(place, OLD)}").body.decode()


@pytest.mark.parametrize(("year", "hidden"), [(2099, True), (1970, False)])
def test_a_suspect_clock_hides_only_what_looks_expired(site, place, year, hidden):
    """At 2099 every list looks over: no name, total and land stay; at 1970 none does. With a right clock all is back."""
    asked = [f"/v/{CODE}/payouts/{PAID}", f"/v/{CODE}/find/%E7%8E%8B"]
    right = [(got.status, got.body) for got in map(site.get, asked)]
    at(place, date(year, 1, 1))
    page, found = (site.get(path) for path in asked)
    assert ("王㛃" in page.body.decode(), found.status) == ((False, 404) if hidden else (True, 200))
    assert "45" in page.body.decode()
    assert "时钟" in page.body.decode()
    assert json.loads(site.get("/healthz").body)["clock"]["suspect"] is True
    at(place, TODAY)
    assert [(got.status, got.body) for got in map(site.get, asked)] == right


def test_the_short_link_ignores_case_and_tail(site, place):
    """The address in a QR works in capitals, in small letters, and with anything after it."""
    code = code_of(place, PAID)
    pages = {
        site.get(path).status
        for path in (f"/N/{code}", f"/n/{code}", f"/N/{code}/anything/else", f"/N/{code}/")
    }
    assert pages == {200}
    assert code in site.get(f"/N/{code}").body.decode()
    for unknown in ("0000000000", "123", "abcdefghij", "%EF%BC%91" * 10):
        assert site.get(f"/N/{unknown}").status == 404


def test_an_old_edition_points_at_the_new_one(site, place):
    """The sheet on the wall may be superseded: its QR shows it as it was and says so, and it has no PDF."""
    (old,) = [
        row[0]
        for row in place.board._db.execute(
            "SELECT code FROM sheet WHERE edition = 1 AND code NOT IN (?, ?)",
            (code_of(place, APPLIED), code_of(place, OLD)),
        )
    ]
    page = site.get(f"/N/{old}").body.decode()
    assert code_of(place, PAID) in page
    assert "王㛃" in page
    assert "408.68" in rows(site.get(f"/N/{old}"))
    assert "374.94" not in rows(site.get(f"/N/{old}"))
    assert "/households/" not in rows(site.get(f"/N/{old}"))
    pages = [rows(site.get(f"/N/{old}?page={number}", lan=True)) for number in (1, 2, 3, 4)]
    assert len(set(pages)) == 3
    printed = site.get(f"/v/{CODE}/sheets/{old}.pdf", accept="application/json")
    assert (printed.status, json.loads(printed.body)["code"]) == (404, "sheet-not-printed")


def test_the_sheet_as_pdf(site, place):
    """The newest edition as PDF at both doors, the same bytes all day, answered with 304 when known."""
    path = f"/v/{CODE}/sheets/{code_of(place, PAID)}.pdf"
    got, phone = site.get(path), site.get(path, lan=True)
    assert got.headers["content-type"] == "application/pdf"
    assert got.body == phone.body
    assert got.body.startswith(f"%PDF {code_of(place, PAID)} 45 2026-11-23 00:00".encode())
    assert site.get(path, if_none_match=got.headers["etag"]).status == 304
    for wrong in ("0000000000.pdf", f"{code_of(place, PAID)}.exe", "..%2f..%2fkiosk.toml"):
        assert site.get(f"/v/{CODE}/sheets/{wrong}").status == 404


def test_personal_pages_are_kept_nowhere(site, place):
    """Searches and household pages say no-store and carry no tag; lists may be asked for again."""
    for path in addresses(place):
        got = site.get(path)
        personal = "/find" in path or "/households/" in path
        assert got.headers["cache-control"] == ("no-store" if personal else "no-cache"), path
        assert ("etag" in got.headers) is not personal


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v/990523999999/", "unknown-village"),
        ("/v/990523999999/payouts/x", "unknown-village"),
        (f"/v/{CODE}/payouts/nothing", "no-such-list"),
        (f"/v/{CODE}/programmes/nothing", "no-such-programme"),
        (f"/v/{CODE}/households/999999", "nothing-shown"),
        (f"/v/{CODE}/households/-1", "nothing-shown"),
        (f"/v/{CODE}/year/1999", "not-found"),
        (f"/v/{CODE}/year/abc", "not-found"),
        ("/N/0000000000", "no-such-sheet"),
        ("/nowhere", "not-found"),
        ("/size/huge", "not-found"),
        ("/language/tlh", "not-found"),
        ("/schema", "not-found"),
        ("/static/none.css", "not-found"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(site, path, code):
    """A wrong address is a Chinese page with a way back, or problem details for a program."""
    page, problem = site.get(path), site.get(path, accept="application/json")
    assert page.status == problem.status == 404
    assert code in page.body.decode()
    assert f'href="/v/{CODE}/' in text(page)
    assert problem.headers["content-type"] == "application/problem+json"
    told = json.loads(problem.body)
    assert (told["status"], told["code"], told["type"]) == (404, code, f"urn:village-kiosk:{code}")
    assert told["title"] in page.body.decode()
    assert page.headers["cache-control"] == "no-store"


def test_pages_are_only_read(site):
    """Sending something to a page is refused with a sentence, not carried out."""
    got = site.get(f"/v/{CODE}/", method="POST", body=b"x=1", accept="application/json")
    assert (got.status, json.loads(got.body)["code"]) == (405, "method-refused")


def test_asking_what_may_be_asked_breaks_nothing(site):
    """OPTIONS is answered at every kind of address, and never taken for a fault of the machine's."""
    for path in ("/", f"/v/{CODE}/", f"/v/{CODE}/payouts/{PAID}", "/N/1234567890/x", f"/v/{CODE}/say/home"):
        got = site.get(path, method="OPTIONS")
        assert (got.status, got.headers["allow"]) == (204, "GET, OPTIONS"), path


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        (f"/v/{CODE}/find", f"/v/{CODE}/find"),
        (f"/v/{CODE}/payouts/{PAID}%3Fpage%3D2", f"/v/{CODE}/payouts/{PAID}?page=2"),
        ("/v/1/find/%25E7%258E%258B", "/v/1/find/%E7%8E%8B"),
        ("/v/1/find/%E7%8E%8B", "/v/1/find/%E7%8E%8B"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("%2F%2Fevil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("%5C%5Cevil.example", "/"),
        ("/%09/evil.example", "/"),
        ("/%0d%0aSet-Cookie:x=1", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
        ("/" + "a" * 600, "/"),
    ],
)
def test_a_choice_leads_back_and_never_away(site, back, leads_to):
    """Size and language set a cookie and lead back to this site only."""
    for path, cookie in (("/size/xl", "size=xl"), ("/language/en", "language=en")):
        got = site.get(f"{path}?back={back}")
        assert (got.status, got.headers["location"]) == (303, leads_to)
        set_cookie = got.headers["set-cookie"]
        assert cookie in set_cookie
        assert "HttpOnly" in set_cookie
        assert "Max-Age" not in set_cookie
    assert "Max-Age" in site.get("/size/xl", lan=True).headers["set-cookie"]


def test_a_choice_is_seen_on_the_next_page(site):
    """The chosen language and size are in the page that follows."""
    page = site.get(f"/v/{CODE}/", cookie="language=en").body.decode()
    assert re.search(r'<html[^>]* lang="en"', page)
    assert site.get(f"/v/{CODE}/", cookie="size=xl").body != site.get(f"/v/{CODE}/").body


def test_health_is_counts_and_instants(site):
    """/healthz tells database, last import, clock and what is held, and nothing about anyone."""
    told = json.loads(site.get("/healthz").body)
    assert (told["database"], told["held"], told["incidents"], told["frozen"]) == ("ok", 0, 0, 0)
    assert told["clock"] == {"day": "2026-11-23", "suspect": False}
    assert datetime.fromisoformat(told["last_import"]) == IMPORTED


def test_the_log_names_no_one(site, place):
    """After looking for people and households, the log has patterns only."""
    place.log.seek(0)
    place.log.truncate()
    number = place.board.people(CODE, "王")[0].household
    site.get(f"/v/{CODE}/find/%E7%8E%8B?q=%E7%8E%8B")
    site.get(f"/v/{CODE}/households/{number}")
    site.get(f"/v/{CODE}/find/%E9%BE%98")
    lines = [json.loads(line) for line in place.log.getvalue().splitlines()]
    routes = {line["route"] for line in lines if line["event"] == "served"}
    assert any("find" in route for route in routes)
    assert any("households" in route for route in routes)
    text = place.log.getvalue()
    assert not any(word in text for word in ("王", "%E7", "\\u", f"households/{number}", "?"))


def test_the_first_page_is_light(site):
    """First page with its assets is under 60 kB, and asks for nothing outside."""
    page = site.get(f"/v/{CODE}/", accept_encoding="gzip")
    plain = text(site.get(f"/v/{CODE}/"))
    linked = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', plain))
    assert linked
    weight = len(page.body) + sum(len(site.get(one, accept_encoding="gzip").body) for one in linked)
    assert weight < 60_000
    assert not re.search(r'(?:href|src|action)="(?:https?:)?//', plain)


def test_a_program_that_breaks_is_told_and_logged_without_a_name(place, site):
    """An unexpected error is a page of ours with status 500; the log has places, not values."""
    board, place.board._mask = place.board, None
    got = site.get(f"/v/{CODE}/find/%E6%AC%A7%E9%98%B3")
    board._mask = MASK
    assert got.status == 500
    assert "server-broke" in got.body.decode()
    assert "欧阳" not in place.log.getvalue()
    assert '"broke"' in place.log.getvalue()


def test_no_route_is_left_out_of_the_tests(place):
    """Every route of the table is asked for somewhere above."""
    assert len(ROUTES) == 50  # some in tests/voice, test_web_finding, _land*, _twins, _year, _feeds, _open


def test_the_day_is_the_village_s_not_london_s(place):
    """At 16:00 UTC it is already tomorrow in the village."""
    moment = present(place.board, datetime(2026, 11, 23, 16, 1, tzinfo=UTC))
    assert moment.day == date(2026, 11, 24)
    assert present(place.board, datetime(2026, 11, 23, 16, 1, tzinfo=UTC) - timedelta(minutes=2)).day == date(
        2026, 11, 23
    )


@pytest.mark.sqlite
def test_a_database_that_cannot_be_read_is_told_with_503(tmp_path, serve):
    """Without its database the board says so on every page, and /healthz is 503."""
    asyncio.run(filled(tmp_path / "a.sqlite3"))
    board = Board(tmp_path / "a.sqlite3", MASK)
    clock = Clock()
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=Drawn(None), clock=clock)
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock)))
    assert site.get(f"/v/{CODE}/").status == 200
    board.close()
    asyncio.run(asyncio.sleep(0.03))
    assert site.get("/healthz").status == 503
    got = site.get(f"/v/{CODE}/")
    assert got.status == 503
    assert "kiosk doctor" in got.body.decode()
    assert ORIGIN not in got.body.decode()


def test_a_new_machine_has_pages_before_its_first_list(tmp_path, serve):
    """On an archive with nothing in it every page that is linked is there, and says there is nothing yet."""

    async def empty():
        async with Archive(tmp_path / "a.sqlite3", PACK, minimum_free_mb=0):
            pass

    asyncio.run(empty())
    board, clock = Board(tmp_path / "a.sqlite3", MASK), Clock()
    parts = SimpleNamespace(settings=SETTINGS, pack=PACK, board=board, press=Drawn(None), clock=clock)
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock)))
    links = set(re.findall(r'href="(/v/[^"#]*)', text(site.get(f"/v/{CODE}/"))))
    assert links
    assert {path: site.get(path).status for path in links} == dict.fromkeys(links, 200)
    board.close()
