"""One list of entries, four places: title, days and digest are the same on page, paper, Atom and JSON-LD."""

import asyncio
import html
import json
import re
import subprocess
from datetime import UTC, date, datetime, time
from io import StringIO
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.calendar.civil_day import CIVIL
from boards.model.codes import grouped, short_digest
from boards.pages.feeds.entries import Entry, Feed
from boards.pages.feeds.written import ATOM, TERMS, atom, linked
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.press.worker import Press
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.land.land_site import LAND, VILLAGE, land_site
from tests.village import CODE, MASK, PACK, County, mark, payout, terms
from tests.web.conftest import at_leisure
from tests.web.test_web_pages import IMPORTED, SETTINGS, Clock

pytestmark = pytest.mark.thorough

BASE = "https://gk.example.org"
FACTS = ("title", "code", "digest", "page", "published", "until", "paid_on", "issuer", "summary")


def of_atom(raw: bytes) -> list[dict[str, str]]:
    """What Atom says of each entry."""
    feed, names = ET.fromstring(raw), {"a": ATOM, "d": TERMS}  # noqa: S314 - our own bytes

    def said(entry: ET.Element, path: str) -> str:
        return entry.findtext(path, "", names)

    return [
        {
            "title": said(one, "a:title"),
            "code": said(one, "a:id").removeprefix(f"{BASE}/N/"),
            "digest": said(one, "d:identifier"),
            "page": one.find("a:link", names).get("href"),
            "published": said(one, "d:issued"),
            "until": said(one, "d:valid"),
            "paid_on": said(one, "d:temporal"),
            "issuer": said(one, "a:author/a:name") or said(feed, "a:author/a:name"),
            "summary": said(one, "a:summary"),
        }
        for one in feed.iterfind("a:entry", names)
    ]


def of_linked(raw: bytes) -> list[dict[str, str]]:
    """What the JSON-LD says of each."""
    return [
        {
            "title": one["name"],
            "code": one["@id"].removeprefix(f"{BASE}/N/"),
            "digest": one["identifier"],
            "page": one["url"],
            "published": one.get("datePublished", ""),
            "until": one.get("expires", ""),
            "paid_on": one.get("temporalCoverage", ""),
            "issuer": one["publisher"]["name"],
            "summary": one["description"],
        }
        for one in json.loads(raw)["dataFeedElement"]
    ]


words = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=20)
days = st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1))
entries = st.builds(
    Entry,
    title=words,
    code=st.from_regex(r"[0-9]{10}", fullmatch=True),
    digest=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    page=st.just(f"/v/{CODE}/payouts/b1"),
    updated=st.just("2026-02-27T01:00:00Z"),
    published=days.map(lambda day: str(day or "")),
    until=days,
    paid_on=days,
    issuer=st.sampled_from(["", "苕安县财政局"]),
    kind=st.just(("", "")) | st.tuples(st.just("plan"), words),
    summary=words,
)


@given(st.lists(entries, max_size=6))
def test_two_feeds_say_one_thing(given_entries):
    """Whatever hangs, Atom and JSON-LD have the same entries with the same facts in the same order."""
    feed = Feed(
        village=PACK.villages[0],
        about="补贴名单",
        page="/p",
        here="/f",
        base=BASE,
        entries=tuple(given_entries),
    )
    meant = [
        {name: str(getattr(one, name) or "") for name in FACTS} | {"issuer": one.issuer or feed.author}
        for one in given_entries
    ]
    assert [plain(one) for one in of_atom(atom(feed))] == [plain(one) for one in meant]
    assert of_linked(linked(feed)) == meant


def plain(facts: dict[str, str]) -> dict[str, str]:
    """XML has no other line ends than one, and no other controls."""
    ends = {name: text.replace("\r", "\n") for name, text in facts.items()}
    return {name: "".join(one for one in text if one in "\t\n" or of_xml(one)) for name, text in ends.items()}


def of_xml(sign: str) -> bool:
    return sign >= " " and sign not in "\ufffe\uffff"


@pytest.fixture(scope="module")
def lists(tmp_path_factory, serve, kept_fonts):
    """Two lists that hang, one of them corrected, one sensitive that is over, with a press that prints."""
    folder = tmp_path_factory.mktemp("feeds")
    asyncio.run(filled(folder / "archive.sqlite3"))
    kept_fonts(folder / "press")
    board, clock = Board(folder / "archive.sqlite3", MASK), Clock()
    press = Press(folder / "press", None, BASE)
    settings = msgspec.structs.replace(SETTINGS, data_dir=str(folder))
    parts = SimpleNamespace(settings=settings, pack=PACK, board=board, press=press, clock=clock)
    yield serve(lambda port: web_app(parts, port, Logbook(StringIO(), clock), ticks=at_leisure()))
    press.close()
    board.close()


async def filled(path):
    county = County()
    about = {"fiscal_year": 2026, "paid_on": date(2026, 9, 20), "office": "苕安县农业农村局"}
    county.batch("one", payout(1, "林秋实"), terms=terms(period_no="2026-01", **about))
    county.correct("one", payout(1, "林秋实", amount_fen=40869))
    county.close("one", edition=2, terms=terms(period_no="2026-01", **about))
    tools = {"programme": "machinery", "programme_name": "农机购置与应用补贴"}
    county.batch(
        "two",
        payout(1, "王芳", household=mark(7)),
        terms=terms(**about | {"paid_on": date(2026, 9, 28)} | tools),
    )
    care = {"programme": "disability_living", "programme_name": "残疾人两项补贴", "sensitive": True}
    county.batch("care", payout(1, "柳不宣", household=mark(9)), terms=terms(**about | care))
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), IMPORTED)


@pytest.fixture(scope="module")
def land(tmp_path_factory, kept_fonts):
    folder = tmp_path_factory.mktemp("land")
    kept_fonts(folder / "press")
    press = Press(folder / "press", None, BASE)
    with land_site(folder, press) as opened:
        yield opened.site
    press.close()


def read(site, path: str) -> str:
    """What a person reads of a page, without spaces."""
    got = site.get(path, lan=True)
    assert got.status == 200, path
    return re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", got.body.decode())))


def printed(site, at: str, code: str, folder) -> str:
    """The sheet as pdftotext reads it, without spaces."""
    (folder / "sheet.pdf").write_bytes(site.get(f"{at}/sheets/{code}.pdf", lan=True).body)
    text = subprocess.run(
        ["pdftotext", "-raw", folder / "sheet.pdf", "-"], check=True, capture_output=True, text=True
    )
    return re.sub(r"\s", "", text.stdout)


def in_words(day: str) -> str:
    year, month, number = map(int, day.split("-"))
    return f"{year}年{month}月{number}日"


def fed(site, at: str) -> list[dict[str, str]]:
    """The entries of a feed, which are the same in both."""
    one, other = site.get(f"{at}/feed.atom", lan=True), site.get(f"{at}/feed.jsonld", lan=True)
    assert (one.headers["content-type"], other.headers["content-type"]) == (
        "application/atom+xml",
        "application/ld+json",
    )
    told = of_atom(one.body)
    assert told == of_linked(other.body)
    again = site.get(f"{at}/feed.jsonld", lan=True, if_none_match=other.headers["etag"])
    assert again.status == 304
    return told


def test_a_list_is_one_thing_everywhere(lists, tmp_path):
    """Title, day of payment and digest of each list that hangs are those of its page and its paper; no names."""
    told = fed(lists, f"/v/{CODE}/payouts")
    day = IMPORTED.astimezone(CIVIL).date()
    began = f"{datetime.combine(day, time(), CIVIL).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert lists.get(f"/v/{CODE}/payouts/feed.atom", lan=True).body.decode().count(f"<updated>{began}<") == 3
    assert all("有疑问，自张贴之日起7日内可以提。" in one["summary"] for one in told)
    assert [one["title"][:5] for one in told] == ["岭东村20"] * 2
    for one in told:
        digest = re.sub(r"\s", "", grouped(short_digest(one["digest"])))
        page = read(lists, one["page"])
        for text in (page, printed(lists, f"/v/{CODE}", one["code"], tmp_path)):
            assert digest in text
            assert in_words(one["paid_on"]).removeprefix("2026年") in text
        assert one["title"] in read(lists, f"/N/{one['code']}")
        assert f"本机可查到{in_words(one['until'])}" in page
        assert not [
            name for name in ("林秋实", "王芳", "柳不宣") if name in json.dumps(one, ensure_ascii=False)
        ]


def test_a_notice_is_one_thing_everywhere(land, tmp_path):
    """Title, day of posting and digest of each notice are those of its page and its paper."""
    told = fed(land, LAND)
    assert len(told) == 4
    for one in told:
        project, title = one["title"].split("：")
        digest = re.sub(r"\s", "", grouped(short_digest(one["digest"])))
        page = read(land, one["page"])
        for text in (page, printed(land, f"/v/{VILLAGE}", one["code"], tmp_path)):
            assert digest in text
            assert title in text
            assert project in text
        assert in_words(one["published"]).removeprefix("2026年") in page
        assert not one["until"] or in_words(one["until"]).removeprefix("2026年") in page


def test_a_phone_is_led_to_either_feed(lists, land):
    """Pages name both feeds in their head for a phone's programs; the board, which cannot follow them, does not."""
    for site, page, at in ((lists, f"/v/{CODE}/programmes", f"/v/{CODE}/payouts"), (land, LAND, LAND)):
        body = site.get(page, lan=True).body.decode()
        assert f'<link rel="alternate" type="application/ld+json" href="{at}/feed.jsonld">' in body
        assert f'href="{at}/feed.atom">' in body
        assert "feed.jsonld" not in site.get(page).body.decode()
    assert "<script" not in re.sub(
        r"<script src=[^>]+></script>", "", lists.get(f"/v/{CODE}/programmes", lan=True).body.decode()
    )
