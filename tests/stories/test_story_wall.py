"""A village's wall over a list's life: what is printed, what is put aside, which paper to take down and since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest

from boards.model.codes import grouped
from boards.model.payouts import Payout
from kiosk_server.desk.erasing import ASIDE
from sync.county.publish import changes, publisher
from tests.line.county_sim import VILLAGE, county, published, row
from tests.stories.test_story_erased import BATCH, Kiosk
from tests.village import REASON

pytestmark = pytest.mark.thorough

LATER = datetime(2025, 11, 25, tzinfo=UTC)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one short list."""
    where = county(tmp_path_factory.mktemp("wall") / "county")
    published(where, [row(n, holder=f"户{n:03d}") for n in range(6)])
    return where


@pytest.fixture
def kiosk(founded, tmp_path, new_database, kept_fonts):
    return Kiosk(founded, tmp_path, new_database, kept_fonts)


def corrected(kiosk, amount=700):
    made = changes.correct(
        kiosk.county,
        VILLAGE,
        f"{BATCH}-0002",
        Payout(seq=1, holder="户001", amount_fen=amount),
        REASON,
        LATER,
    )
    _out(kiosk, made)


def taken_back(kiosk):
    _out(kiosk, changes.withdraw_list(kiosk.county, VILLAGE, BATCH, REASON, LATER + timedelta(hours=1)))


def _out(kiosk, made):
    publisher.review(kiosk.county, made.id, LATER)
    publisher.publish(kiosk.county, made.id, LATER)


def downs(said):
    return [line for line in said.splitlines() if "请撤下" in line]


def today(monkeypatch, day):
    monkeypatch.setattr("kiosk_server.cli.kiosk.print.clock", lambda: day)


def test_a_corrected_list_takes_the_place_of_the_first_and_a_withdrawn_one_none(kiosk):
    """Sync and print name number, edition and day; the file goes to 已失效, and nothing is said twice."""
    kiosk.run("sync")
    first, hung = kiosk.sheet(), kiosk.data / "print"
    assert downs(kiosk.run("print")) == []
    (file,) = hung.iterdir()
    assert file.name == f"{first.title}_2025-01期_第1版_{first.code}.pdf"
    corrected(kiosk)
    (said,) = downs(kiosk.run("sync"))
    second = kiosk.sheet()
    day = second.imported_on
    assert said == (
        f"! 请撤下：{first.title}第1版（短码 {grouped(first.code)}），"
        f"自{day.year}年{day.month}月{day.day}日起由第2版（短码 {grouped(second.code)}）代替。"
    )
    assert downs(kiosk.run("print")) == [said]
    assert [path.name for path in (hung / ASIDE).iterdir()] == [file.name]
    assert [path.name[-17:] for path in hung.glob("*.pdf")] == [f"2版_{second.code}.pdf"]
    assert (downs(kiosk.run("sync")), downs(kiosk.run("print"))) == ([], [])
    taken_back(kiosk)
    (said,) = downs(kiosk.run("sync"))
    assert f"第2版（短码 {grouped(second.code)}），县里已于" in said
    assert said.endswith("撤回。")
    assert downs(kiosk.run("print")) == [said]
    assert list(hung.glob("*.pdf")) == []
    assert "：0 份" in kiosk.run("print")


def test_a_paper_that_was_never_here_is_not_asked_for(kiosk):
    """A kiosk that starts late names no edition that came and went before its first pull."""
    corrected(kiosk)
    assert downs(kiosk.run("sync")) == []


def test_sync_goes_on_naming_what_still_lies_printed(kiosk):
    """Whoever missed the first word hears it again until print has put the file aside."""
    kiosk.run("sync")
    kiosk.run("print")
    corrected(kiosk)
    assert len(downs(kiosk.run("sync"))) == len(downs(kiosk.run("sync"))) == 1
    kiosk.run("print")
    assert downs(kiosk.run("sync")) == []


def test_a_list_is_taken_down_when_its_term_from_the_print_has_ended(kiosk, monkeypatch):
    """On the last day it hangs; on the next it is put aside, said once, and not printed again."""
    kiosk.run("sync")
    printed = datetime.now(UTC)
    today(monkeypatch, printed)
    kiosk.run("print")
    today(monkeypatch, printed + timedelta(days=7))
    assert downs(kiosk.run("print")) == []
    today(monkeypatch, printed + timedelta(days=8))
    (said,) = downs(kiosk.run("print"))
    assert said.endswith("公示期已满。")
    assert list((kiosk.data / "print").glob("*.pdf")) == []
    assert "：0 份" in kiosk.run("print")
    assert len(list((kiosk.data / "print" / ASIDE).iterdir())) == 1


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_that_was_wrong_at_the_print_takes_nothing_down(kiosk, monkeypatch, year):
    """What hung stays, what was printed then runs from its import at the earliest, and nobody takes paper down."""
    kiosk.run("sync")
    right = datetime.now(UTC)
    if year > right.year:  # by such a day no name may be printed (settled §3)
        today(monkeypatch, right)
        kiosk.run("print")
    today(monkeypatch, datetime(year, 6, 1, tzinfo=UTC))
    assert downs(kiosk.run("print")) == []
    assert len(list((kiosk.data / "print").glob("*.pdf"))) == 1
    today(monkeypatch, right + timedelta(days=7))
    assert downs(kiosk.run("print")) == []
    today(monkeypatch, right + timedelta(days=8))
    assert len(downs(kiosk.run("print"))) == 1


def test_after_quiet_years_print_goes_by_the_day_the_board_goes_by(kiosk, monkeypatch):
    """The clock came there day by day: the term is over, and the paper is named."""
    kiosk.run("sync")
    kiosk.run("print")
    later = datetime.now(UTC) + timedelta(days=430)
    (kiosk.data / "walked").write_text(later.isoformat(), "utf-8")
    today(monkeypatch, later)
    assert len(downs(kiosk.run("print"))) == 1


def test_both_papers_are_kept_apart_and_go_together(kiosk):
    """A3 on request lies beside A4, is drawn once, and is put aside with it; files of others stay."""
    kiosk.run("sync")
    kiosk.run("print")
    assert "_A3_" in kiosk.run("print", "--paper", "a3")
    hung = kiosk.data / "print"
    theirs = hung / "村规民约_1234567890.pdf"
    theirs.write_bytes(b"%PDF")
    sizes = set()
    for path in hung.glob("*版*.pdf"):
        with pypdfium2.PdfDocument(path) as document:
            sizes.add(tuple(round(side * 25.4 / 72) for side in document[0].get_size()))
    assert sizes == {(297, 210), (420, 297)}
    before = {path: path.stat().st_mtime_ns for path in hung.iterdir()}
    kiosk.run("print", "--paper", "a3")
    assert {path: path.stat().st_mtime_ns for path in hung.iterdir()} == before
    taken_back(kiosk)
    kiosk.run("sync")
    assert len(downs(kiosk.run("print"))) == 1
    assert [path for path in hung.iterdir() if path.is_file()] == [theirs]
    assert len(list((hung / ASIDE).iterdir())) == 2


def test_print_writes_into_the_data_folder_only(kiosk):
    """Under the shipped units nothing else may be written: beside the settings there is nothing new."""
    kiosk.run("sync")
    before = sorted(kiosk.folder.iterdir())
    kiosk.run("print")
    assert sorted(kiosk.folder.iterdir()) == before
