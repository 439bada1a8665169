"""A village's year as open data over real HTTP: valid for strangers' tools, and about nobody."""

import asyncio
import csv
import hashlib
import html
import json
import re
import sqlite3
import time
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import frictionless
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boards.model.payouts import PayeeKind, Phase
from boards.pages.open.tables import TABLES, LandRow
from boards.pages.open.tables import csv as written
from boards.sheets.spreadsheet import guarded
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.land.land_site import CASE, VILLAGE, land_site
from tests.pages import land_sample
from tests.village import CODE, MASK, PACK, County, mark, payout, terms
from tests.web.conftest import at_leisure
from tests.web.test_web_front_page import hang
from tests.web.test_web_pages import IMPORTED, SETTINGS, Drawn

pytestmark = pytest.mark.thorough

OPEN = f"/v/{CODE}/open"
CARE = {"programme": "disability_living", "programme_name": "残疾人两项补贴", "sensitive": True}
TOOLS = {"programme": "machinery", "programme_name": "=农机购置与应用补贴"}
NAMES = ["林秋实", "王芳", "欧阳建国", "贾平", "张伟"]


def rows(names, first=1, **more):
    return [payout(at, name, household=mark(first + at), **more) for at, name in enumerate(names, 1)]


def year(period="2026-01", **more):
    return terms(fiscal_year=2026, period_no=period, paid_on=date(2026, 9, 20), **more)


def written_year(county: County) -> None:
    """Two lists of five, one of two, one of a firm and two people, a sensitive one, and applicants."""
    county.batch("five", *rows(NAMES), terms=year())
    county.batch("again", *rows(NAMES[:4], amount_fen=100), terms=year("2026-02"))
    county.batch("two", *rows(NAMES[:2], amount_fen=777), terms=year("2026-03"))
    firm = payout(3, "苕安农机合作社", kind=PayeeKind.ORGANISATION, household=mark(90))
    county.batch("firm", *rows(NAMES[:2], amount_fen=888), firm, terms=year("2026-01", **TOOLS))
    county.batch("tools", *rows(NAMES[:3], amount_fen=500), terms=year("2026-02", **TOOLS))
    county.batch("care", *rows(NAMES, first=40, amount_fen=999), terms=year(**CARE))
    county.batch("alone", *rows(NAMES[:1], first=60, amount_fen=333), terms=year("2026-02", **CARE))
    applied = terms(fiscal_year=2026, phase=Phase.APPLICATION, paid_on=None)
    county.batch("applied", *rows(NAMES, amount_fen=0, rate=None), terms=applied)


class Village:
    """A board whose county goes on writing."""

    def __init__(self, folder, serve):
        self.folder, self.county, self.now = folder, County(), [datetime(2026, 11, 23, 4, tzinfo=UTC)]
        written_year(self.county)
        self.pulled()
        self.board = Board(folder / "archive.sqlite3", MASK)
        parts = SimpleNamespace(
            settings=SETTINGS, pack=PACK, board=self.board, press=Drawn(folder), clock=lambda: self.now[0]
        )
        self.site = serve(
            lambda port: web_app(parts, port, Logbook(StringIO(), parts.clock), ticks=at_leisure())
        )

    def pulled(self, now: datetime = IMPORTED) -> None:
        """Take in what the county has written since."""

        async def admitted():
            async with Archive(self.folder / "archive.sqlite3", PACK, minimum_free_mb=0) as archive:
                await archive.admit(CODE, self.county.stretch(), now)

        asyncio.run(admitted())
        time.sleep(0.05)  # let the reading of the old moment pass

    def got(self, file: str) -> bytes:
        answer = self.site.get(f"{OPEN}/{file}", lan=True)
        assert answer.status == 200, answer.body.decode()
        return answer.body

    def table(self, name: str) -> list[dict]:
        return json.loads(self.got(f"2026/{name}.json"))


@pytest.fixture
def place(tmp_path, serve):
    opened = Village(tmp_path, serve)
    yield opened
    opened.board.close()


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    with land_site(tmp_path_factory.mktemp("open")) as opened:
        yield opened.site


def downloaded(site, at: str, folder) -> frictionless.Package:
    """A year's package with every file it names, as anybody fetches it."""
    described = json.loads(site.get(f"{at}/datapackage.json", lan=True).body)
    for name in ["datapackage.json", *(one["path"] for one in described["resources"])]:
        answer = site.get(f"{at}/{name}", lan=True)
        assert answer.status == 200
        (folder / name).write_bytes(answer.body)
    return frictionless.Package(str(folder / "datapackage.json"))


def as_tables(package: frictionless.Package) -> frictionless.Package:
    """The package with the rows of its JSON files inside: frictionless reads such files with another library.

    Their lengths and hashes are held here.
    """
    described = package.to_descriptor()
    for one in described["resources"]:
        body = (Path(package.basepath) / one["path"]).read_bytes()
        if one["format"] == "json":
            assert (one.pop("bytes"), one.pop("hash")) == (
                len(body),
                f"sha256:{hashlib.sha256(body).hexdigest()}",
            )
            del one["path"], one["format"], one["mediatype"], one["encoding"]
            one["data"] = json.loads(body)
    return frictionless.Package(described, basepath=package.basepath)


def plain(row: dict) -> dict:
    """A row without the TAB that keeps a spreadsheet from running its text."""
    return {
        name: value.removeprefix("\t") if isinstance(value, str) else value for name, value in row.items()
    }


def test_a_years_package_is_valid(place, land, tmp_path):
    """Fetched into a folder it passes frictionless, hashes, types and keys, of payouts and of land; CSV and JSON are one."""
    for site, at in ((place.site, f"{OPEN}/2026"), (land, f"/v/{VILLAGE}/open/2026")):
        folder = tmp_path / at.split("/")[2]
        folder.mkdir()
        package = downloaded(site, at, folder)
        report = as_tables(package).validate()
        assert report.valid, report.flatten(["resourceName", "type", "message"])
        assert {one.name for one in package.resources} >= {table.name for table in TABLES}
        assert "licenses" not in package.to_descriptor()
        for table in TABLES:
            of_table = [one for one in as_tables(package).resources if one.name.startswith(table.name)]
            read = [[plain(row.to_dict()) for row in one.read_rows()] for one in of_table]
            assert read[0] == (read[1] if len(read) > 1 else [])
            assert all(field.title for field in of_table[0].schema.fields)
        changed = folder / "land.csv"
        changed.write_bytes(changed.read_bytes() + b"x\r\n")
        assert not as_tables(frictionless.Package(str(folder / "datapackage.json"))).validate().valid


ODD = (
    '逗号,和"引号"',
    "换\r\n行\n再换",
    "=1+1",
    "-2",
    "@SUM(A1)",
    "\t制表",
    "𠮷田㐂",
    " 两头空格 ",
    "0012",
    "2026-01-01",
    "[]",
    "\ufeff有头",
)


def test_a_package_of_odd_words_is_valid(place, tmp_path):
    """Commas, quotes, line breaks, rare characters, formulas and what looks like a number or day: all come back whole."""
    for at, name in enumerate(ODD):
        odd = year(f"2026-{at % 12 + 1:02}", programme=f"odd{at}", programme_name=name)
        place.county.batch(f"odd-{at}", *rows(NAMES), terms=odd)
    place.county.batch("small", *rows(NAMES[:2]), terms=terms(fiscal_year=2023, paid_on=date(2023, 9, 1)))
    place.pulled()
    for of_year in ("2026", "2023"):
        (tmp_path / of_year).mkdir()
        package = downloaded(place.site, f"{OPEN}/{of_year}", tmp_path / of_year)
        report = as_tables(package).validate()
        assert report.valid, report.flatten(["resourceName", "type", "message"])
    read = csv.DictReader(StringIO(place.got("2026/programmes.csv").decode("utf-8-sig"), newline=""))
    names = {row["programme"]: row["name"] for row in read}
    assert [names[f"odd{at}"] for at in range(len(ODD))] == [guarded(name) for name in ODD]
    told = {row["programme"]: row["name"] for row in place.table("programmes")}
    assert [told[f"odd{at}"] for at in range(len(ODD))] == [*ODD]
    assert len(place.got("2023/payments.csv").splitlines()) == 1


def test_a_list_of_fewer_than_three_households_is_in_no_figure(place):
    """Neither a row nor a part of a sum: nothing is left over to subtract. A firm is no household."""
    lists = {one["list"]: one for one in place.table("payments")}
    assert set(lists) == {"five", "again", "tools"}
    totals = {one["programme"]: one for one in place.table("programmes")}
    assert totals["farmland_fertility"]["amount_fen"] == 5 * 40868 + 4 * 100
    assert totals["farmland_fertility"]["households"] is None  # five less four: one is not on the second
    assert totals["machinery"]["amount_fen"] == 1500
    assert all((one["households"] or 3) >= 3 for one in [*lists.values(), *totals.values()])


def test_a_correction_of_one_household_is_not_followed(place):
    """Before and after it the same figures; a row taken down leaves no count behind; three corrected rows are told."""
    before = place.got("2026/payments.csv")
    place.county.correct("five", payout(1, "林秋实", household=mark(2), amount_fen=1))
    place.county.close("five", edition=2, terms=year())
    place.county.withdraw("again", 4)
    place.pulled()
    assert place.got("2026/payments.csv") == before
    assert place.table("programmes")[0]["households"] is None
    assert place.table("programmes")[0]["amount_fen"] == 5 * 40868 + 4 * 100
    for seq in (2, 3):
        place.county.correct("five", payout(seq, NAMES[seq - 1], household=mark(1 + seq), amount_fen=1))
    place.county.close("five", edition=3, terms=year())
    place.pulled()
    five = next(one for one in place.table("payments") if one["list"] == "five")
    assert (five["amount_fen"], five["edition"]) == (2 * 40868 + 3, 3)
    place.county.withdraw("tools", 1)
    place.pulled()
    assert "machinery" not in {one["programme"] for one in place.table("programmes")}


def counted(place, programme: str) -> int | None:
    """The different households of a programme's year."""
    return next(one["households"] for one in place.table("programmes") if one["programme"] == programme)


SEED = {**CARE, "programme": "in_kind", "sensitive": False}


def test_different_households_are_counted_where_they_single_out_nobody(place):
    """The same five twice are five; one more on a third list, and the count is told no more."""
    place.county.batch("one", *rows(NAMES), terms=year(**SEED))
    place.county.batch("other", *rows(NAMES), terms=year("2026-02", **SEED))
    place.pulled()
    assert counted(place, "in_kind") == 5
    place.county.batch("more", *rows([*NAMES, "柳不宣"]), terms=year("2026-03", **SEED))
    place.pulled()
    assert counted(place, "in_kind") is None


def test_the_count_is_told_no_more_once_a_line_is_gone(place):
    """Nor after a list was taken back: what is left less what was told would be somebody."""
    for at, name in enumerate(("one", "other", "third"), 1):
        place.county.batch(name, *rows(NAMES), terms=year(f"2026-0{at}", **SEED))
    place.pulled()
    assert counted(place, "in_kind") == 5
    place.county.withdraw("third", 1)
    place.pulled()
    assert counted(place, "in_kind") is None
    place.county.withdraw("third", None)
    place.pulled()
    assert counted(place, "in_kind") is None


def test_of_a_sensitive_programme_the_lists_of_the_year_are_counted_together(place):
    """Who came in March is hidden in the year's count; who comes with a list of January would not be."""
    place.county.batch("care-2", *rows([*NAMES, "柳不宣"], first=40), terms=year("2026-03", **CARE))
    place.pulled()
    place.now[0] = datetime(2027, 1, 5, 4, tzinfo=UTC)
    time.sleep(0.05)  # let the reading of the old moment pass
    assert counted(place, "disability_living") == 6
    place.county.batch("care-3", *rows([*NAMES, "柳不宣", "沈桂珍"], first=40), terms=year("2026-04", **CARE))
    place.pulled(place.now[0])
    assert counted(place, "disability_living") is None


def test_money_of_one_among_things_is_not_told(place):
    """Four households have seed and one has money: the list's sum would be that one's."""
    seed = {"amount_fen": 0, "in_kind": "大豆良种 10 kg", "rate": None}
    things = [
        msgspec.structs.replace(one, amount_fen=4321) if one.seq == 1 else one for one in rows(NAMES, **seed)
    ]
    place.county.batch("seed", *things, terms=year(**SEED))
    place.county.batch("only", *rows(NAMES, **seed), terms=year("2026-02", **SEED))
    place.pulled()
    assert "4321" not in place.got("2026/payments.csv").decode()
    assert "only" in {one["list"] for one in place.table("payments")}


def test_a_list_published_again_is_held_to_the_one_taken_back(place):
    """One household fewer under another name is not told; what was erased lets no correction follow."""
    place.county.withdraw("five", None)
    place.county.batch("six", *rows(NAMES[:4]), terms=year())
    place.pulled()
    assert {one["list"] for one in place.table("payments")} == {"again", "tools"}
    indexes = place.county.publish(
        "late", *rows([*NAMES, "柳不宣"], amount_fen=10), salt="abcdefghijklmnopabcdefghijklmnop"
    )
    place.county.close("late", terms=year("2026-05"))
    for seq in (1, 2, 3):
        place.county.correct("late", payout(seq, NAMES[seq - 1], household=mark(1 + seq), amount_fen=9))
    place.county.close("late", edition=2, terms=year("2026-05"))
    for index in indexes[:3]:
        place.county.erase("late", index)
    place.pulled()
    assert next(one["edition"] for one in place.table("payments") if one["list"] == "late") == 1


@pytest.mark.sqlite
def test_an_edition_that_is_not_the_printed_one_is_not_judged_by(place):
    """Where the rows of an edition do not give the digest on its paper, nothing is told until the archive is mended."""
    place.county.correct("five", payout(1, "林秋实", household=mark(2), amount_fen=1))
    place.county.close("five", edition=2, terms=year())
    place.pulled()
    first = next(one["digest"] for one in place.table("payments") if one["list"] == "five")
    with closing(sqlite3.connect(place.folder / "archive.sqlite3")) as db, db:
        db.execute("UPDATE sheet SET head = CAST(replace(head, ?, ?) AS BLOB)", (first, "a" * 64))
        db.execute("UPDATE state SET version = version + 1")
    time.sleep(0.05)
    answer = place.site.get(f"{OPEN}/2026/payments.csv", lan=True)
    assert (answer.status, json.loads(answer.body)["code"]) == (503, "rows-do-not-match")


def test_a_firm_is_no_household_in_any_edition(place):
    """Two households and a firm whose rows change are two households: the figures before stay."""
    firm = payout(6, "苕安农机合作社", kind=PayeeKind.ORGANISATION, household=mark(90))
    place.county.batch("more", *rows(NAMES), firm, terms=year("2026-07"))
    for row in (*rows(NAMES[:2], amount_fen=5), msgspec.structs.replace(firm, amount_fen=5)):
        place.county.correct("more", row)
    place.county.close("more", edition=2, terms=year("2026-07"))
    place.pulled()
    assert next(one["edition"] for one in place.table("payments") if one["list"] == "more") == 1


def test_of_a_sensitive_programme_only_the_year_that_is_over(place):
    """In its year nothing; afterwards households and sum of the lists of three or more."""
    assert "disability_living" not in {one["programme"] for one in place.table("programmes")}
    place.now[0] = datetime(2027, 1, 1, 4, tzinfo=UTC)
    time.sleep(0.05)  # let the reading of the old moment pass
    row = next(one for one in place.table("programmes") if one["programme"] == "disability_living")
    assert (row["households"], row["amount_fen"]) == (5, 5 * 999)
    assert (row["quantity"], row["unit"], row["last_paid_on"]) == (None, "", None)
    assert "care" not in {one["list"] for one in place.table("payments")}


def test_no_file_names_anybody(place):
    """No name, no group, nothing about who is left out; every file is asked."""
    told = b"".join(
        place.got(f"2026/{name}")
        for name in ["datapackage.json"] + [f"{t.name}.{e}" for t in TABLES for e in ("csv", "json")]
    ).decode()
    assert not [name for name in [*NAMES, "合作社", "一组", "777", "888", "333"] if name in told]


def test_no_land_case_is_called_after_somebody(place):
    """A project, a title and a purpose that name somebody of the village's lists say 某某 there."""
    owner = {"project": "林秋实户宅基地", "purpose": "林秋实户搬迁"}
    for one in (land_sample.START, land_sample.SURVEY):
        hang(place.county, msgspec.structs.replace(one, title=f"{one.title}（林秋实户）", **owner))
    place.pulled()
    (row,) = place.table("land")
    assert (row["project"], row["purpose"]) == ("某某户宅基地", "某某户搬迁")
    assert row["newest"].endswith("（某某户）")
    assert "林秋实" not in place.got("2026/land.csv").decode()


def test_no_cell_is_a_formula(place):
    """Text that a spreadsheet would run has a TAB before it; the JSON has it as it is."""
    read = [*csv.DictReader(StringIO(place.got("2026/programmes.csv").decode("utf-8-sig"), newline=""))]
    names = {one["programme"]: one["name"] for one in read}
    assert names["machinery"] == "\t=农机购置与应用补贴"
    assert {one["name"] for one in place.table("programmes")} >= {"=农机购置与应用补贴"}


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=8), min_size=3, max_size=3))
def test_any_words_come_back_from_the_csv(words):
    """Whatever a project is called, another reader finds the same words in as many columns, and no formula."""
    project, purpose, title = words
    row = LandRow(
        village=CODE, year=2026, case="c", project=project, purpose=purpose, notices=1, newest=title, document="",
        first_posted_on=date(2026, 1, 1), last_posted_on=date(2026, 1, 2), hectares=Decimal("1.20"), mu=None, stopped=False,
    )  # fmt: skip
    head, read = csv.reader(StringIO(written([row], LandRow).decode("utf-8-sig"), newline=""))
    back = dict(zip(head, read, strict=True))
    for name, text in (("project", project), ("purpose", purpose), ("newest", title)):
        assert back[name] == guarded(text)
        assert not back[name].startswith(("=", "+", "-", "@", "\r"))
    assert (back["hectares"], back["mu"], back["stopped"]) == ("1.20", "", "false")


def files_of(catalogue: dict) -> list[dict]:
    return [one for dataset in catalogue["dcat:dataset"] for one in dataset["dcat:distribution"]]


def test_the_catalogue_names_every_file(place, land):
    """What DCAT-AP asks of catalogue, dataset and distribution is there, and every file it names can be fetched."""
    for site, code, years in ((place.site, CODE, ["2026", "2025"][:1]), (land, VILLAGE, ["2026"])):
        answer = site.get(f"/v/{code}/open/catalog.jsonld", lan=True)
        assert answer.headers["content-type"] == "application/ld+json"
        found = json.loads(answer.body)
        assert found["@type"] == "dcat:Catalog"
        spoken = [found["dct:description"], *(one["dct:title"] for one in files_of(found))]
        for texts in spoken:
            assert [one["@language"] for one in texts] == ["zh-Hans", "en"]
            assert [bool(re.search("[一-鿿]", one["@value"])) for one in texts] == [True, False]
        assert all(found[name] for name in ("dct:title", "dct:description", "dct:publisher", "@id"))
        assert [one["dct:identifier"] for one in found["dcat:dataset"]] == [
            f"{code}-{year}" for year in years
        ]
        for dataset in found["dcat:dataset"]:
            assert all(dataset[name] for name in ("dct:title", "dct:description", "dct:modified"))
            assert len(dataset["dcat:distribution"]) == 1 + 2 * len(TABLES)
            for one in dataset["dcat:distribution"]:
                file = site.get(one["dcat:downloadURL"]["@id"], lan=True)
                assert file.status == 200
                media = one["dcat:mediaType"]["@id"].removeprefix(
                    "https://www.iana.org/assignments/media-types/"
                )
                assert file.headers["content-type"].partition(";")[0] == media


def test_a_land_case_is_told_by_its_notices(land):
    """Project, notices, days and area as the case's twin has them; nothing of compensation."""
    (row,) = json.loads(land.get(f"/v/{VILLAGE}/open/2026/land.json", lan=True).body)
    twin = json.loads(land.get(f"/v/{VILLAGE}/json/land/{quote(CASE)}", lan=True).body)
    days = [one["posted_on"] for one in twin["notices"]]
    assert (row["notices"], row["first_posted_on"], row["last_posted_on"]) == (len(days), days[0], days[-1])
    assert (row["hectares"], row["mu"]) == (twin["case"]["area"]["ha"], twin["case"]["area"]["mu"])
    assert row["newest"] == twin["notices"][-1]["title"]
    assert not [name for name in row if "fen" in name]


def test_the_same_state_gives_the_same_bytes(place):
    """A tag, 304 while nothing moved, gzip, and equal bytes at both doors and in both languages; then something else."""
    for file in ("catalog.jsonld", "2026/datapackage.json", "2026/payments.csv", "2026/programmes.json"):
        path = f"{OPEN}/{file}"
        first = place.site.get(path, lan=True)
        assert place.site.get(path, lan=True, if_none_match=first.headers["etag"]).status == 304
        assert place.site.get(path, cookie="language=en").body == first.body
        assert first.headers["cache-control"] == "no-cache"
        assert hashlib.sha256(place.site.get(path).body).digest() == hashlib.sha256(first.body).digest()
    before = place.got("2026/payments.csv")
    place.county.withdraw("tools", None)
    place.pulled()
    assert place.got("2026/payments.csv") != before


@pytest.mark.parametrize(
    "path", ["1999/datapackage.json", "2026/people.csv", "2026/payments.xlsx", "x/land.csv"]
)
def test_what_there_is_not_is_told_to_programs(place, path):
    """Problem details with a code, as at the twins."""
    answer = place.site.get(f"{OPEN}/{path}", lan=True, accept="text/html")
    assert (answer.status, json.loads(answer.body)["code"]) == (404, "not-found")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_village_there_is_not_is_told_to_people(place):
    """The page of the open data is for people: what goes wrong there they can read."""
    answer = place.site.get("/v/330590999999/open", lan=True, accept="text/html")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "本机没有这个村的公开内容" in answer.body.decode()


def clicked(site, at: str, words: str) -> str:
    """Where the link that says so leads from a page of a phone."""
    page = site.get(at, lan=True).body.decode()
    links = re.findall(r'<a[^>]* href="([^"]+)"[^>]*>(.*?)</a>', page)
    return next(html.unescape(href) for href, said in links if words in re.sub(r"<[^>]+>", "", said))


def test_a_journalist_finds_the_tables_by_clicks_alone(place, land):
    """From the front page of a phone to a table a spreadsheet opens, whose sum is that of the page's large lists."""
    for way in ("全村汇总", "公开数据"), ("征地公告", "公开数据"):
        site, at = (land, f"/v/{VILLAGE}/") if way[0] == "征地公告" else (place.site, f"/v/{CODE}/")
        for words in way:
            at = clicked(site, at, words)
        assert at == f"/v/{VILLAGE if site is land else CODE}/open"
    table = place.site.get(clicked(place.site, f"/v/{CODE}/open", "各期发放名单的合计"), lan=True)
    assert table.body.startswith(b"\xef\xbb\xbf")
    read = [*csv.DictReader(StringIO(table.body.decode("utf-8-sig"), newline=""))]
    assert len(read) == 3
    for one in read:
        page = place.site.get(f"/v/{CODE}/payouts/{one['list']}", lan=True).body.decode()
        fen = int(one["amount_fen"])
        assert f"{fen // 100:,}.{fen % 100:02}" in page
    for link in re.findall(rf'href="({OPEN}[^"]+)"', place.site.get(OPEN, lan=True).body.decode()):
        assert place.site.get(link, lan=True).status == 200


def test_a_technical_reader_finds_it_from_the_year(place):
    """A phone's page of the year names the package in its head; the board, which cannot follow it, has no way there."""
    at = f"/v/{CODE}/year/2026"
    assert place.site.get(at, lan=True).body.decode().count(f'href="{OPEN}/2026/datapackage.json"') == 1
    assert OPEN not in place.site.get(at).body.decode()
