"""One source: page, paper, twin, both feeds and open data say one thing of a list and of a year, in every state."""

import asyncio
import csv
import json
import re
from datetime import UTC, date, datetime
from io import StringIO
from types import SimpleNamespace

import msgspec
import pytest

from boards.model.codes import grouped, short_digest
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.press.worker import Press
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.village import CODE, MASK, PACK, County, mark, payout, terms
from tests.web.conftest import at_leisure
from tests.web.test_web_feeds import BASE, in_words, of_atom, of_linked, printed, read
from tests.web.test_web_pages import SETTINGS

pytestmark = pytest.mark.thorough

NAMES = ["林秋实", "王芳", "欧阳建国", "贾平", "张伟"]
TODAY = datetime(2026, 11, 23, 4, tzinfo=UTC)
OTHER = PACK.villages[1].code
OF = {
    "hangs": ("farmland_fertility", "耕地地力保护补贴", date(2026, 9, 20)),
    "mended": ("machinery", "农机购置与应用补贴", date(2026, 9, 21)),
    "taken": ("in_kind", "良种补贴", date(2026, 9, 22)),
    "erased": ("farmland_fertility", "耕地地力保护补贴", date(2026, 9, 23)),
    "over": ("farmland_fertility", "耕地地力保护补贴", date(2024, 9, 24)),
}


def of(name: str):
    programme, called, paid_on = OF[name]
    return terms(
        programme=programme,
        programme_name=called,
        paid_on=paid_on,
        fiscal_year=paid_on.year,
        period_no=f"{paid_on.year}-{list(OF).index(name) + 1:02}",
        office="苕安县财政局",
    )


async def filled(path) -> None:
    """Lists that hang, in their second edition, taken back, with an erased row, and long over; one next door."""
    county, next_door = County(), County(OTHER, f"disclosure.example/330590/v/{OTHER}")
    for name in OF:
        rows = [payout(at, who, household=mark(at)) for at, who in enumerate(NAMES, 1)]
        indexes = county.publish(name, *rows)
        county.close(name, terms=of(name))
        if name == "mended":
            for row in rows[:3]:
                county.correct(name, msgspec.structs.replace(row, amount_fen=40000))
            county.close(name, edition=2, terms=of(name))
        if name == "taken":
            county.withdraw(name, None)
        if name == "erased":
            county.erase(name, indexes[0])
    there = msgspec.structs.replace(of("hangs"), village=OTHER)
    next_door.batch("there", *(payout(at, who) for at, who in enumerate(NAMES, 1)), terms=there)
    async with Archive(path, PACK, minimum_free_mb=0) as archive:
        await archive.admit(CODE, county.stretch(), TODAY)
        await archive.admit(OTHER, next_door.stretch(), TODAY)


@pytest.fixture(scope="module", params=[BASE, "http://gk.example.org:8080/town/"])
def place(request, tmp_path_factory, serve, kept_fonts):
    """A machine of two villages whose county's site is at the root of a host, or below."""
    folder, base = tmp_path_factory.mktemp("source"), request.param
    asyncio.run(filled(folder / "archive.sqlite3"))
    kept_fonts(folder / "press")
    board, press = Board(folder / "archive.sqlite3", MASK), Press(folder / "press", None, base)
    settings = msgspec.structs.replace(
        SETTINGS, data_dir=str(folder), public_base_url=base, villages=(CODE, OTHER)
    )
    parts = SimpleNamespace(settings=settings, pack=PACK, board=board, press=press, clock=lambda: TODAY)
    site = serve(lambda port: web_app(parts, port, Logbook(StringIO(), parts.clock), ticks=at_leisure()))
    yield SimpleNamespace(site=site, board=board, base=base.rstrip("/"))
    press.close()
    board.close()


def told(place, village: str = CODE) -> dict[str, dict[str, str]]:
    """The entries of both feeds, which are the same, by their codes."""
    at = f"/v/{village}/payouts/feed"
    one = of_atom(place.site.get(f"{at}.atom", lan=True).body)
    other = of_linked(place.site.get(f"{at}.jsonld", lan=True).body)
    assert one == other
    entries = {entry["code"].rpartition("/")[2]: entry for entry in one}
    assert all(entry["code"] in {code, f"{place.base}/N/{code}"} for code, entry in entries.items())
    return entries


def table(place, name: str) -> list[dict[str, str]]:
    raw = place.site.get(f"/v/{CODE}/open/2026/{name}.csv", lan=True).body.decode("utf-8-sig")
    return [*csv.DictReader(StringIO(raw, newline=""))]


def digest_of(text: str) -> str:
    return re.sub(r"\s", "", grouped(short_digest(text)))


def test_a_list_is_the_same_in_all_places(place, tmp_path):
    """Title, day of payment, digest, code and sum: page in both languages, paper, twin, feeds and open data."""
    entries, opened = told(place), {one["code"]: one for one in table(place, "payments")}
    by_batch = {entry["page"].rpartition("/")[2]: code for code, entry in entries.items()}
    assert set(by_batch) == {"hangs", "mended", "erased"}
    for batch, code in by_batch.items():
        entry, head = entries[code], place.board.sheet(CODE, batch)
        twin = json.loads(place.site.get(f"/v/{CODE}/json/payouts/{batch}", lan=True).body)["list"]
        for where in (twin, opened[code]):
            assert (where["title"], where["digest"], where["paid_on"]) == (
                entry["title"],
                entry["digest"],
                entry["paid_on"],
            )
            assert int(where.get("amount_fen", where.get("sum_fen"))) == head.sum_fen
            assert int(where["edition"]) == head.edition
        money = f"{head.sum_fen // 100:,}.{head.sum_fen % 100:02}"
        assert f"共{money}元" in entry["summary"]
        texts = [read(place.site, entry["page"]), read(place.site, f"/N/{code}"),
                 printed(place.site, f"/v/{CODE}", code, tmp_path)]  # fmt: skip
        for text in texts:
            assert digest_of(entry["digest"]) in text
            assert in_words(entry["paid_on"]).removeprefix("2026年") in text
            assert money in text
        assert entry["title"] in texts[1]
        assert entry["title"] in texts[2]
        english = place.site.get(entry["page"], lan=True, cookie="language=en").body.decode()
        assert money in english
        assert digest_of(entry["digest"]) in re.sub(r"<[^>]+>|\s", "", english)


def test_what_hangs_no_more_is_told_as_such_and_nowhere_else(place):
    """Replaced, taken back, over: by the number of the paper alone; no feed, no twin of rows, no open data of it."""
    entries, opened = told(place), {one["list"]: one for one in table(place, "payments")}
    old = next(one for one in place.board.gone(CODE) if one.edition == 1 and one.now)
    taken = next(one for one in place.board.gone(CODE) if not one.now)
    for gone in (old, taken):
        assert gone.code not in entries
        assert "更正" in read(place.site, f"/N/{gone.code}") or "撤下" in read(place.site, f"/N/{gone.code}")
    assert place.site.get(f"/v/{CODE}/json/payouts/taken", lan=True).status == 404
    assert set(opened) == {"hangs", "mended", "erased"}
    over = json.loads(place.site.get(f"/v/{CODE}/json/payouts/over", lan=True).body)
    assert (over["list"]["open"], over["lines"]) == (False, [])
    assert digest_of(over["list"]["digest"]) in read(place.site, f"/v/{CODE}/payouts/over")
    assert not [name for name in NAMES if name in read(place.site, f"/v/{CODE}/payouts/over")]


def test_two_villages_of_one_machine_are_two(place):
    """A feed, an open year and a twin of one village have nothing of the other's."""
    there = told(place, OTHER)
    assert [one["title"][:3] for one in there.values()] == ["岭西村"]
    assert not there.keys() & told(place).keys()
    assert place.site.get(f"/v/{OTHER}/json/payouts/hangs", lan=True).status == 404
    assert place.site.get(f"/v/{OTHER}/open/2024/payments.csv", lan=True).status == 404


def test_a_year_is_the_same_in_all_places(place, tmp_path):
    """Sum, digest and the sum of each programme: page in both languages, paper, twin and table."""
    at = f"/v/{CODE}/year/2026"
    twin = json.loads(place.site.get(f"/v/{CODE}/json/year/2026", lan=True).body)
    rows = [
        *csv.reader(StringIO(place.site.get(f"/v/{CODE}/csv/year/2026", lan=True).body.decode("utf-8-sig")))
    ]
    paper = printed(
        SimpleNamespace(get=lambda _, **more: place.site.get(f"{at}/sheet.pdf", **more)), "", "", tmp_path
    )
    english = place.site.get(at, lan=True, cookie="language=en").body.decode()
    english = re.sub(r"<[^>]+>|\s", "", english)
    for fen in (twin["sum_fen"], *(row["sum_fen"] for row in twin["rows"])):
        money = f"{fen // 100:,}.{fen % 100:02}"
        for text in (read(place.site, at), paper, english):
            assert money in text
        assert any(f"{fen // 100}.{fen % 100:02}" in row for row in rows)
    for text in (read(place.site, at), paper, english):
        assert digest_of(twin["digest"]) in text
    assert twin["title"] in paper
    assert twin["sum_fen"] == sum(int(one["amount_fen"]) for one in table(place, "programmes"))
