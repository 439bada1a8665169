"""A village's year from its lists to the county's figures and back: on screen, on paper, for programs, in the checklist."""

from __future__ import annotations

import csv
import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO

import pypdfium2
import pytest
from rich.cells import cell_len

from boards.model.calendar.civil_day import civil_day
from boards.model.codes import grouped
from kiosk_server.desk.erasing import ASIDE
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.line.county_sim import VILLAGE, county
from tests.stories.office import Office
from tests.stories.test_story_erased import Kiosk
from tests.stories.test_story_wall import downs
from tests.stories.test_story_year_closed import closed
from tests.web.conftest import served

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county in which nothing is published."""
    return county(tmp_path_factory.mktemp("year") / "county")


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts):
    return Kiosk(founded, tmp_path, new_database, kept_fonts)


@pytest.fixture
def office(kiosk, tmp_path):
    """The office of that kiosk's county, after its only roster went out."""
    office = Office(kiosk.county, tmp_path)
    office.published()
    kiosk.run("sync")
    return office


def seen(kiosk):
    """The year at the phones' door: the page's words, and its twin."""
    with closing(kiosk.opened()) as parts, served(lambda port: _app(parts, port)) as site:
        page = site.get(f"/v/{VILLAGE}/year/2025", lan=True).body.decode()
        twin = json.loads(site.get(f"/v/{VILLAGE}/json/year/2025", lan=True).body)
    return re.sub(r"<[^>]+>", "", page), twin


def _app(parts, port):
    return web_app(parts, port, Logbook(StringIO(), parts.clock))


def papers(kiosk):
    """Papers of the year that hang, and what each says."""
    return {
        path.name: re.sub(r"\s", "", _text(path)) for path in (kiosk.data / "print").glob("*年度汇总表*.pdf")
    }


def _text(path):
    with pypdfium2.PdfDocument(path) as document:
        return "".join(page.get_textpage().get_text_bounded() for page in document)


def asked(kiosk, *words):
    """The checklist of the year, as it is typed."""
    return kiosk.run("year", "--year", "2025", *words)


def overtaken(code):
    """How the paper of an edition is called that holds no more while there is no other."""
    return f"第1版（短码 {grouped(code)}），县里的数不再与名单一致，等县里重新核定。"


def unprinted(kiosk):
    """Whether the checklist says below the year itself that nobody printed it."""
    return re.search(r"）  年度汇总.*\n  ! 还没有打印：请运行 kiosk print 并张贴", asked(kiosk)) is not None


def test_the_year_is_summed_settled_overtaken_and_settled_again(office, kiosk, tmp_path):
    """Page, paper, twin and checklist say the same at every step, and each paper that is over is named."""
    page, twin = seen(kiosk)
    assert "现在逾期" in page
    assert (twin["settled"], twin["sum_fen"]) == (False, 5000)
    told = asked(kiosk)
    assert "县里还没有核定本年度汇总：请县里办理 county close-year" in told
    assert re.search(
        r"^红（有误或逾期）  稻谷补贴 2025-01 期：已公布、金额核对\n  ! 还没有打印", told, re.MULTILINE
    )
    assert "已逾期" in told
    assert all(cell_len(line) <= 80 for line in told.splitlines()), "a line a list, on any terminal"

    assert downs(kiosk.run("print", "--year", "2025")) == []
    ((so_far, text),) = papers(kiosk).items()
    assert re.fullmatch(
        r"梅坞镇岭东村2025年惠民惠农财政补贴资金年度汇总表_截至\d{4}-\d\d-\d\d_[0-9A-F]{8}\.pdf", so_far
    )
    assert "本表是本村1批发放名单的合计，县里应在2025年12月31日以前核定，到截至日已经逾期" in text

    closed(office, "--figure", "岭东村", "稻谷补贴", "50", "--figure", "大岕口村", "rice", "40")
    came = kiosk.run("sync")
    assert "新到 1 条记录，公开 0 批 0 户次，年度汇总 1 份" in came
    page, twin = seen(kiosk)
    first = twin["code"]
    assert "这是县里核定的第1版。与本村1批名单的合计一致。" in page
    assert (twin["settled"], twin["sum_fen"], twin["decided"]["edition"]) == (True, 5000, 1)
    (said,) = downs(kiosk.run("print"))
    assert f"由第1版（短码 {grouped(first)}）代替。" in said
    assert (downs(came), downs(kiosk.run("sync"))) == ([said], []), (
        "sync tells it until print has put it aside"
    )
    ((name, text),) = papers(kiosk).items()
    assert name.endswith(f"年度汇总表_第1版_{first}.pdf")
    assert "已由县里核定（第1版" in text
    assert f"短码{first[:5]}{first[5:]}" in text
    assert [path.name for path in (kiosk.data / "print" / ASIDE).iterdir()] == [so_far]
    assert "年度汇总" in (kiosk.data / "register.chain").read_text("utf-8")

    asked(kiosk, "--csv", str(tmp_path / "清单.csv"))
    with (tmp_path / "清单.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["项目"], row["已公布"], row["已打印"], row["在年度汇总"]) for row in rows] == [
        ("年度汇总", "是", "是", "—"),
        ("稻谷补贴", "是", "是", "是"),
    ]

    office.wrote("1,岭东村,一组,林一,2,10,20")
    office.described("2025-02", ["YEAR_CLOSED"], paid_on="2025-10-30")
    office.published()
    assert overtaken(first) in "".join(downs(kiosk.run("sync")))
    page, twin = seen(kiosk)
    assert "核定过第1版，合计50.00元；后来又有名单来到或更正。" in page
    assert (twin["settled"], twin["sum_fen"], twin["decided"]["overtaken"]) == (False, 7000, True)
    assert overtaken(first) in "".join(downs(kiosk.run("print")))
    assert papers(kiosk) == {}
    assert "年度汇总里没有这一版：请县里核定新的一版" in asked(kiosk)

    closed(office, "--figure", "岭东村", "稻谷补贴", "70", "--figure", "大岕口村", "rice", "40")
    kiosk.run("sync")
    kiosk.run("print")
    ((name, text),) = papers(kiosk).items()
    assert "_第2版_" in name
    assert "全村合计：1项70.00元" in text
    assert "这是县里核定的第2版。与本村2批名单的合计一致。" in seen(kiosk)[0]


@pytest.mark.parametrize(
    ("day", "hangs"),
    [
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 16, 1, tzinfo=UTC), True),
        (datetime(2027, 3, 31, 2, tzinfo=UTC), True),
        (datetime(2027, 4, 1, 2, tzinfo=UTC), False),
    ],
)
def test_a_year_nobody_settled_is_printed_from_december_on(kiosk, tmp_path, monkeypatch, day, hangs):
    """From 1 December, to the end of the next March; before and after that only when it is asked for."""
    office = Office(kiosk.county, tmp_path)
    office.described("2026-01", fiscal_year=2026, paid_on="2026-09-10")
    office.published()
    kiosk.run("sync")
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: day)
    kiosk.run("print")
    assert len(papers(kiosk)) == hangs


def test_the_same_figures_are_printed_once(kiosk, office, monkeypatch):
    """On another day, with the same lists, the paper that hangs stays; its term over, it comes down."""
    kiosk.run("print", "--year", "2025")
    (before,) = papers(kiosk)
    later = datetime(2026, 12, 20, tzinfo=UTC)
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: later)
    kiosk.run("print", "--year", "2025")
    assert [*papers(kiosk)] == [before]
    assert any(line.endswith("公示期已满。") for line in downs(kiosk.run("print")))
    assert papers(kiosk) == {}


def test_a_year_that_was_asked_for_hangs_its_seven_days(kiosk, office, monkeypatch):
    """Out of season too, the next print leaves it where it is; then its term is over, and not before."""
    kiosk.run("print", "--year", "2025")
    (before,) = papers(kiosk)
    assert downs(kiosk.run("print")) == []
    assert [*papers(kiosk)] == [before]
    later = datetime.now(UTC) + timedelta(days=8)
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: later)
    assert any(line.endswith("公示期已满。") for line in downs(kiosk.run("print")))
    assert papers(kiosk) == {}


def test_a_clock_that_was_wrong_at_the_print_takes_no_year_down(kiosk, office, monkeypatch):
    """Printed in 1970 by a flat battery: it hangs from the day its lists came at the earliest."""
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: datetime(1970, 6, 1, tzinfo=UTC))
    kiosk.run("print", "--year", "2025")
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: datetime.now(UTC))
    assert len(papers(kiosk)) == 1
    assert downs(kiosk.run("print")) == []
    assert len(papers(kiosk)) == 1


def test_the_paper_of_a_namesake_in_another_town_stays(kiosk, office):
    """One machine may serve two villages of one name: what is summed of the other is not this one's to take down."""
    kiosk.run("print", "--year", "2025")
    (own,) = (kiosk.data / "print").glob("*年度汇总表_截至*.pdf")
    theirs = own.with_name(
        f"松口镇岭东村2025年惠民惠农财政补贴资金年度汇总表_截至{own.name[-23:-13]}_0123ABCD.pdf"
    )
    theirs.write_bytes(b"%PDF")
    assert downs(kiosk.run("sync")) == downs(kiosk.run("print")) == []
    assert theirs.exists()


def second_edition(office):
    """The county settles the year, a list comes late, and it is settled again."""
    figures = ("--figure", "岭东村", "稻谷补贴", "50", "--figure", "大岕口村", "rice", "40")
    closed(office, *figures)
    yield
    office.wrote("1,岭东村,一组,林一,2,10,20")
    office.described("2025-02", ["YEAR_CLOSED"], paid_on="2025-10-30")
    office.published()
    closed(office, "--figure", "岭东村", "稻谷补贴", "70", *figures[4:])
    yield


def test_a_new_edition_is_not_printed_yet(office, kiosk):
    """What was printed of the first edition says nothing of the second."""
    editions = second_edition(office)
    next(editions)
    kiosk.run("sync")
    kiosk.run("print")
    assert not unprinted(kiosk)
    next(editions)
    kiosk.run("sync")
    assert unprinted(kiosk)


def test_an_edition_that_was_replaced_comes_down_in_the_words_of_lists(office, kiosk):
    """Sync and print name both editions, both numbers and the day, until print has put the paper aside."""
    editions = second_edition(office)
    next(editions)
    kiosk.run("sync")
    kiosk.run("print")
    next(editions)
    first, day = seen(kiosk)[1]["code"], civil_day(datetime.now(UTC))
    (said,) = downs(kiosk.run("sync"))
    second = seen(kiosk)[1]["code"]
    assert said == (
        f"! 请撤下：岭东村2025年惠民惠农财政补贴资金年度汇总表第1版（短码 {grouped(first)}），"
        f"自{day.year}年{day.month}月{day.day}日起由第2版（短码 {grouped(second)}）代替。"
    )
    assert downs(kiosk.run("sync")) == downs(kiosk.run("print")) == [said]
    assert ["第1版" in path.name for path in (kiosk.data / "print" / ASIDE).iterdir()] == [True]
    assert downs(kiosk.run("sync")) == []


def test_an_edition_printed_elsewhere_is_named_once_as_a_list_is(office, kiosk):
    """From a phone, or into a folder nobody knows: the pull that brings the next edition says it."""
    editions = second_edition(office)
    next(editions)
    kiosk.run("sync")
    next(editions)
    (said,) = downs(kiosk.run("sync"))
    assert "年度汇总表第1版（短码 " in said
    assert downs(kiosk.run("sync")) == []
