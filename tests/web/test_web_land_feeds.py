"""Feeds, deadlines and files over real HTTP: for readers, calendars and phones, from the same board."""

import asyncio
import hashlib
import re
from datetime import UTC, datetime
from io import StringIO
from types import SimpleNamespace
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from kiosk_server.archive.board import Board
from kiosk_server.archive.kept.vault import VAULT, Vault
from kiosk_server.demo.land_case import dated_case
from kiosk_server.desk.enclosures import fetch_enclosures
from kiosk_server.settings import Feed, Settings, Web
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from sync.carriers.folder import FolderSource
from tests.founding import found
from tests.land.land_house import DEMO, PACK, House

pytestmark = pytest.mark.thorough

VILLAGE, STRANGER = "330590100201", "330590100203"
CASE = "LA-3_梅坞镇中心卫生院迁建"
FOUNDED = datetime(2026, 12, 11, 4, tzinfo=UTC)
LAND = f"/v/{VILLAGE}/land"
ATOM = "{http://www.w3.org/2005/Atom}"
SKETCH = (DEMO / "land" / "界址示意图.png").read_bytes()


class Mute:
    """A press that is never asked."""

    can_speak = False

    def __init__(self, folder):
        self.rare_folder = folder


@pytest.fixture(scope="module")
def place(tmp_path_factory, serve):
    folder = tmp_path_factory.mktemp("feeds")
    house = House(folder, found(folder / "county", DEMO / "pack", "", FOUNDED))
    dated_case(DEMO / "land", folder / "case", house.county, FOUNDED.date())
    house.published(FOUNDED)
    asyncio.run(house.pulled(VILLAGE, FOUNDED))
    settings = Settings(
        villages=(VILLAGE, STRANGER),
        data_dir=str(folder / "data"),
        public_base_url="https://gk.example.org/",
        feed=Feed(folder="feed"),
        web=Web(lan_host="127.0.0.1"),
    )
    board = Board(house.database, PACK.mask)
    vault = Vault(folder / "data" / VAULT)
    asyncio.run(fetch_enclosures(FolderSource(house.county.feed), vault, board, 9))
    parts = SimpleNamespace(
        settings=settings, pack=PACK, board=board, press=Mute(folder), clock=lambda: FOUNDED
    )
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), lambda: FOUNDED)))
    yield SimpleNamespace(site=site, vault=vault, folder=folder)
    board.close()


def test_a_feed_reader_finds_every_notice(place):
    """The feed is Atom, its links lead to pages of this site, and it costs a 304 while nothing moves."""
    got = place.site.get(f"{LAND}/feed.atom", lan=True)
    assert (got.status, got.headers["content-type"]) == (200, "application/atom+xml")
    feed = ET.fromstring(got.body)  # noqa: S314 - our own bytes
    entries = list(feed.iter(f"{ATOM}entry"))
    assert [one.find(f"{ATOM}category").get("term") for one in entries] == [
        "register",
        "plan",
        "survey",
        "start",
    ]
    for one in entries:
        page = place.site.get(one.find(f"{ATOM}link").get("href"), lan=True)
        assert page.status == 200
        short = one.find(f"{ATOM}id").text.removeprefix("https://gk.example.org")
        assert place.site.get(short).status == 200
    again = place.site.get(f"{LAND}/feed.atom", lan=True, if_none_match=got.headers["etag"])
    assert again.status == 304
    empty = ET.fromstring(place.site.get(f"/v/{STRANGER}/land/feed.atom").body)  # noqa: S314
    assert not list(empty.iter(f"{ATOM}entry"))


def test_a_phone_is_led_to_the_feed(place):
    """List and case name the feed to a phone's program, no key does; the board, which cannot follow one, does not."""
    listed, case = (place.site.get(at, lan=True).body.decode() for at in (LAND, f"{LAND}/{quote(CASE)}"))
    named = f'<link rel="alternate" type="application/atom+xml" title="征地公告" href="{LAND}/feed.atom">'
    for page in (listed, case):
        assert named in page
        assert page.count("feed.atom") == 1
    assert "feed.atom" not in place.site.get(LAND).body.decode()
    assert "feed.atom" not in place.site.get(f"{LAND}/{quote(CASE)}").body.decode()


def test_a_phones_calendar_takes_the_deadlines(place):
    """The calendar of a case has its three deadlines; a case that does not hang has none."""
    got = place.site.get(f"{LAND}/{quote(CASE)}/deadlines.ics", lan=True)
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    text = got.body.decode()
    assert re.findall(r"UID:([a-z]+)-", text) == ["object", "hearing", "register"]
    assert "DTSTAMP:20261211T040000Z" in text
    assert "STATUS:TENTATIVE" in text  # its days lie in 2027, whose holidays are not announced
    assert place.site.get(f"/v/{STRANGER}/land/{quote(CASE)}/deadlines.ics").status == 404
    assert place.site.get(f"{LAND}/nothing/deadlines.ics").status == 404


def test_a_file_is_given_out_by_its_digest(place):
    """A sketch comes as it was signed, in the village it hangs in only, and never when it rotted."""
    digest = hashlib.sha256(SKETCH).hexdigest()
    got = place.site.get(f"/v/{VILLAGE}/files/{digest}", lan=True)
    assert (got.status, got.headers["content-type"], got.body) == (200, "image/png", SKETCH)
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"] == f'inline; filename="{digest[:10]}.png"'
    for path in (f"/v/{STRANGER}/files/{digest}", f"/v/{VILLAGE}/files/{'ab' * 32}", f"/v/{VILLAGE}/files/x"):
        assert place.site.get(path).status == 404
    kept = place.folder / "data" / VAULT / digest[:2] / digest
    kept.write_bytes(b"rotted")
    refused = place.site.get(f"/v/{VILLAGE}/files/{digest}")
    assert (refused.status, "no-such-file" in refused.body.decode()) == (404, True)
    place.vault.keep(digest, "x", SKETCH)
    assert place.site.get(f"/v/{VILLAGE}/files/{digest}").body == SKETCH
