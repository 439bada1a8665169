"""Whatever happens to the archive's file: the board stays up, every command says it, and it is made anew."""

from __future__ import annotations

import random
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from io import StringIO
from itertools import product

import pytest

from kiosk_server.archive.engines.connection import reader, writer
from kiosk_server.archive.mending import damaged_of
from kiosk_server.kiosk import open_kiosk
from kiosk_server.settings import read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from sync.county.publish import changes, publisher
from sync.log.bundle import packed, unpacked
from tests.archive.damage import BOOK, DAMAGE, LOG, by_hand, grown
from tests.line.county_sim import NOW, VILLAGE, copied, published, row
from tests.village import REASON, dump
from tests.web.conftest import served

pytestmark = [pytest.mark.thorough, pytest.mark.sqlite]
BATCH = "330590-farmland_fertility-2025-01"
THEN = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAYS = "SELECT id, day FROM admission ORDER BY id"
PAGES = (
    "",
    "programmes",
    f"payouts/{BATCH}",
    "find",
    "land",
    "year/2025",
    "help",
    "search?q=%E8%80%95%E5%9C%B0",
)
EN = {"cookie": "language=en"}


def days(place):
    with closing(reader(place.database)) as db:
        return db.execute(DAYS).fetchall()


class Whole:
    """What everything is held against: a county, a kiosk that has it all, and one that lost its power."""

    def __init__(self, folder, kept_fonts):
        self.county, self.place = grown(folder / "well")
        kept_fonts(self.place.database.parent / "press")
        assert self.place.run("sync").code == 0
        assert self.place.run("print").code == 0
        with closing(writer(self.place.database)) as db:  # what was written down of it lies in the file
            assert db.forget()
        self.before, self.days = dump(self.place.database), days(self.place)
        # a list more, which lies in the log of the one whose power went
        self.later = copied(self.county, folder / "later")
        published(self.later, [row(n) for n in range(70, 90)], "2025-04")
        self.cut_off = self.place.copied(folder / "cut")
        self.feeds(self.cut_off, self.later.feed)
        self.cut_off.pulled_before_a_power_cut()
        self.after = dump(self.cut_off.copied(folder / "after").database)

    @staticmethod
    def feeds(place, feed):
        """Let a kiosk read another feed."""
        text = re.sub(
            r'^folder = ".*feed"$', f'folder = "{feed}"', place.settings.read_text(), flags=re.MULTILINE
        )
        place.settings.write_text(text)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, kept_fonts):
    return Whole(tmp_path_factory.mktemp("damage"), kept_fonts)


@pytest.fixture
def place(whole, tmp_path):
    return whole.place.copied(tmp_path)


every = pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)


@every
def test_a_pull_makes_a_damaged_archive_anew(whole, place, damage):
    """Equal afterwards, table for table, with the days the lists came; the old file lies beside it as evidence."""
    damage(place.database)
    there = place.database.exists()
    told = place.run("sync")
    assert told.code == 0, told.said
    assert "档案库损坏了，已重新做好" in told.said
    assert (dump(place.database), days(place)) == (whole.before, whole.days)
    assert damaged_of(place.database).exists() == there
    assert place.run("verify").code == 0


@every
def test_the_night_makes_a_damaged_archive_anew(whole, place, damage):
    """Exit code 1 once: something was wrong and is set right; 0 the next time."""
    damage(place.database)
    told = place.run("verify")
    assert told.code == 1, told.said
    assert (dump(place.database), days(place)) == (whole.before, whole.days)
    assert place.run("verify").code == 0


@every
@pytest.mark.parametrize("command", ["print", "rebuild", "doctor"])
def test_no_command_breaks_on_a_damaged_archive(place, damage, command):
    """It does its work with what can be read, or says in a sentence what to do; it reports no fault of ours."""
    damage(place.database)
    told = place.run(command)
    assert told.code in {0, 1, 2}, told.said
    assert "程序出错" not in told.said
    if told.code == 2:
        assert "archive-damaged" in told.said or "archive-missing" in told.said
        assert "kiosk verify" in told.said or "kiosk sync" in told.said


@every
def test_the_board_opens_on_a_damaged_archive(place, damage):
    """What can be read is shown; the rest says so with 503, in both languages, and somebody is called. Never 500."""
    damage(place.database)
    called = []
    with closing(open_kiosk(read_settings(place.settings), lambda: THEN, waits=True)) as kiosk:
        log = Logbook(StringIO(), lambda: THEN)
        with served(lambda port: web_app(kiosk, port, log, unwell=lambda: called.append(1))) as site:
            for path in PAGES:
                here, english = (site.get(f"/v/{VILLAGE}/{path}", **more) for more in ({}, EN))
                assert {here.status, english.status} <= {200, 503}, path
                if here.status == 503:
                    assert "读不出来" in here.body.decode()
                    assert "cannot be read" in english.body.decode()
                    assert called
            assert site.get("/healthz").status in {200, 503}


@pytest.mark.parametrize("damage", LOG.values(), ids=LOG)
def test_what_a_power_cut_took_comes_again(whole, tmp_path, damage):
    """The last pull lay in the log (WAL), and that is cut or gone: it is fetched again, and nothing breaks."""
    place = whole.cut_off.copied(tmp_path)
    damage(place.database)
    told = place.run("verify")
    assert told.code in {0, 1}, told.said
    assert place.run("sync").code == 0
    assert dump(place.database) == whole.after
    assert place.run("verify").code == 0


def test_a_pull_comes_first_after_a_power_cut(whole, tmp_path):
    """As above, before any night."""
    place = whole.cut_off.copied(tmp_path)
    LOG["log cut"](place.database)
    assert place.run("sync").code == 0
    assert dump(place.database) == whole.after


@pytest.mark.parametrize("kept", [True, False], ids=["events kept", "events lost"])
@pytest.mark.parametrize("damage", [*DAMAGE.values(), *LOG.values()], ids=[*DAMAGE, *LOG])
def test_an_older_feed_does_not_take_a_lost_archives_place(whole, tmp_path, damage, kept):
    """What was seen once stands in the arrival book: a feed set back to before is refused, whatever was lost."""
    place = whole.cut_off.copied(tmp_path)
    if damage in DAMAGE.values():
        whole_file(place)
    damage(place.database)
    if not kept:
        shutil.rmtree(place.kept)
    whole.feeds(place, whole.county.feed)
    told = place.run("sync")
    assert told.code == 2, told.said
    assert f"{VILLAGE}：" in told.said
    assert "log-shorter" in told.said
    if damage in DAMAGE.values():  # nor is it taken where the archive is made anew
        older = whole.county.log(VILLAGE).state().size
        with closing(reader(place.database)) as db:
            assert (older,) not in db.execute("SELECT size FROM log").fetchall()


def whole_file(place):
    """What lay in the log is in the file."""
    with closing(reader(place.database)):
        pass
    assert place.run("rebuild").code == 0


def forked(whole, place):
    """Two counties that went on differently from the same log."""
    forks = []
    for seq in ("0002", "0003"):
        where = copied(whole.county, place.folder / f"county{seq}")
        made = changes.withdraw(where, VILLAGE, f"{BATCH}-{seq}", REASON, NOW)
        publisher.review(where, made.id, NOW)
        publisher.publish(where, made.id, NOW)
        forks.append(where)
    return forks


def test_a_forked_county_is_seen_though_the_archive_was_lost(whole, place):
    """Another log of the same length: the checkpoint in the arrival book is the evidence, and stays it."""
    forks = forked(whole, place)
    whole.feeds(place, forks[0].feed)
    assert place.run("sync").code == 0
    DAMAGE["header zeroed"](place.database)
    whole.feeds(place, forks[1].feed)
    assert "log-forked" in place.run("sync").said
    DAMAGE["deleted"](place.database)
    assert "log-forked" in place.run("sync").said
    assert [log[8] != "" for log in dump(place.database)["log"]] == [True, False]


def test_without_the_county_what_can_be_read_stays(whole, place):
    """Offline with a damaged log and nothing kept beside it: the old file stays, and the sentence says why."""
    DAMAGE["a third zeroed"](place.database)
    shutil.rmtree(place.kept)
    was = place.database.read_bytes()
    whole.feeds(place, place.folder / "nowhere")
    told = place.run("sync")
    assert told.code == 2
    assert f"✗ {VILLAGE}：没能取回" in told.said
    assert "archive-damaged" in told.said
    assert place.database.read_bytes() == was
    assert not list(place.database.parent.glob("*.fresh*"))


@pytest.mark.parametrize("damage", ["a third zeroed", "deleted"])
def test_without_the_county_everything_comes_back_from_what_is_kept(whole, place, damage):
    """The bundles of events prove themselves: the same tables and days, by the signatures of both keys."""
    DAMAGE[damage](place.database)
    whole.feeds(place, place.folder / "nowhere")
    assert "2 个村重新取回" in place.run("verify").said
    assert (dump(place.database), days(place)) == (whole.before, whole.days)


def test_what_was_kept_is_believed_by_its_tree_alone(whole, place):
    """A bundle that somebody changed brings nothing: the log comes from the county, and the bundle is set right."""
    DAMAGE["deleted"](place.database)
    kept = {path: unpacked(path.read_bytes(), 1 << 21) for path in place.kept.rglob("*.gz")}
    for path, said in kept.items():
        path.chmod(0o644)
        path.write_bytes(packed(said.replace(b"429", b"999")))
    assert place.run("inspect").code == 1
    assert kept == {path: unpacked(path.read_bytes(), 1 << 21) for path in kept}
    assert dump(place.database)["leaf"] == whole.before["leaf"]
    assert place.run("inspect").code == 0


def test_what_is_whole_of_a_log_is_carried_over_without_the_county(whole, place):
    """A table that is gone is made again from the leaves that are there, with no word from the county."""
    DAMAGE["a table dropped"](place.database)
    whole.feeds(place, place.folder / "nowhere")
    told = place.run("sync")
    assert "2 个村照原有的记录，0 个村重新取回" in told.said
    assert dump(place.database) == whole.before


def test_leaves_that_were_bent_are_not_carried_over(whole, place):
    """Somebody changed a leaf, and a table is gone: nothing he wrote comes onto the board."""
    by_hand(
        "UPDATE leaf SET body = CAST(replace(body, '429', '999') AS BLOB) WHERE id = 4294967296",
        "DROP TABLE payout",
    )(place.database)
    assert "1 个村照原有的记录，1 个村重新取回" in place.run("sync").said
    assert dump(place.database) == whole.before


def test_a_log_the_county_forked_holds_up_no_other_village(whole, place):
    """Its leaves are damaged and the county shows another log: both are mended, its own from what was kept."""
    mine, other = forked(whole, place)
    whole.feeds(place, mine.feed)
    assert place.run("sync").code == 0
    by_hand(
        "UPDATE leaf SET body = CAST(replace(body, '429', '999') AS BLOB) WHERE id = 4294967296",
        "DROP TABLE payout",
    )(place.database)
    whole.feeds(place, other.feed)
    told = place.run("sync")
    assert "1 个村照原有的记录，1 个村重新取回" in told.said
    assert "log-forked" in told.said
    assert "没有新内容" in told.said
    again = place.run("sync")
    assert "archive-damaged" not in again.said


@pytest.mark.parametrize("damage", BOOK.values(), ids=BOOK)
def test_a_damaged_book_beside_a_sound_archive_is_told(whole, place, damage):
    """The board and pulls go on; the night says that a person must look, and `rebuild` begins a new book."""
    damage(place.book)
    assert place.run("sync").code == 0
    assert place.run("verify").code == 2
    assert (place.run("rebuild").code, place.run("verify").code) == (0, 0)
    assert dump(place.database) == whole.before


@pytest.mark.parametrize(
    ("lost", "damage"),
    [
        *product(("header zeroed", "a quarter overwritten"), ("book deleted", "book overwritten")),
        *product(("a table dropped",), BOOK),  # that still knows how long the book must be
    ],
)
def test_both_lost_is_said_plainly(whole, place, damage, lost):
    """The lists come again from the county; that nothing vouches for days and floors any more stands there."""
    DAMAGE[lost](place.database)
    BOOK[damage](place.book)
    told = place.run("verify")
    assert told.code == 1, told.said
    assert "到达登记也没有了" in told.said
    assert dump(place.database)["leaf"] == whole.before["leaf"]
    assert place.run("verify").code == 0


def test_one_damaged_file_is_kept_and_goes_with_an_erasure(whole, place):
    """Evidence is bounded; and what the county has erased stays in no file of ours."""
    for _ in range(2):
        DAMAGE["a quarter overwritten"](place.database)
        assert place.run("sync").code == 0
    names = {path.name.partition("-")[0] for path in place.database.parent.glob("*.damaged*")}
    assert names == {"archive.sqlite3.damaged"}
    where = copied(whole.county, place.folder / "county")
    made = changes.erase(where, VILLAGE, f"{BATCH}-0002", REASON, NOW)
    publisher.review(where, made.id, NOW)
    publisher.publish(where, made.id, NOW)
    whole.feeds(place, where.feed)
    assert [place.run("sync").code for _ in range(2)] == [0, 0]
    assert not list(place.database.parent.glob("*.damaged*"))


def test_a_head_that_cannot_be_read_calls_the_check(whole, place):
    """One edited head of a list: its pages say 503, never 500, the check is called, and it makes the head again."""
    by_hand("UPDATE sheet SET head = CAST('{' AS BLOB)")(place.database)
    called = []
    with closing(open_kiosk(read_settings(place.settings), lambda: THEN)) as kiosk:
        log = Logbook(StringIO(), lambda: THEN)
        with served(lambda port: web_app(kiosk, port, log, unwell=lambda: called.append(1))) as site:
            assert site.get(f"/v/{VILLAGE}/").status == 503
    assert called
    assert [place.run(command).code for command in ("print", "verify", "verify")] == [2, 1, 0]
    assert dump(place.database) == whole.before


def a_process(place, *words):
    """A command as a process of its own."""
    command = [sys.executable, "-c", "from kiosk_server.cli import kiosk_command; kiosk_command()", *words]
    return subprocess.Popen(
        [*command, "--settings", str(place.settings)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    ("command", "damage", "code"),
    [("sync", "header zeroed", 0), ("verify", "deleted", 1), ("print", "cut in half", 2)],
)
def test_commands_end_well_as_programs(place, command, damage, code):
    """As systemd starts them."""
    DAMAGE[damage](place.database)
    with a_process(place, command) as running:
        said, _ = running.communicate(timeout=120)
    assert running.returncode == code, said
    assert "Traceback" not in said


def answer_of(port, path):
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("GET", path)
        got = connection.getresponse()
        return got.status, got.read().decode()


def test_a_board_that_starts_on_a_lost_archive_brings_it_back(whole, place):
    """`kiosk serve` opens with a page that says so, starts the check beside itself, and shows the lists again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place.settings.write_text(place.settings.read_text().replace("kiosk_port = 0", f"kiosk_port = {port}"))
    DAMAGE["first page overwritten"](place.database)
    page, seen = f"/v/{VILLAGE}/payouts/{BATCH}", []
    with a_process(place, "serve") as running:
        try:
            while f"127.0.0.1:{port}/v/" not in running.stdout.readline():
                assert running.poll() is None
            until = time.monotonic() + 60
            while (not seen or seen[-1] != 200) and time.monotonic() < until:
                status, text = answer_of(port, page)
                seen.append(status)
                assert status == 200 or "读不出来" in text
                time.sleep(0.05)
        finally:
            running.terminate()
            running.communicate(timeout=20)
    assert (seen[0], seen[-1], running.returncode) == (503, 200, 0)
    assert dump(place.database) == whole.before


def test_a_running_board_goes_on_with_the_new_archive(whole, place):
    """It shows what it had open until then, and what is new once the new file lies there."""
    with closing(open_kiosk(read_settings(place.settings), lambda: THEN)) as kiosk:
        assert len(kiosk.board.sheets(VILLAGE)) == 2
        DAMAGE["deleted"](place.database)
        assert len(kiosk.board.sheets(VILLAGE)) == 2
        whole.feeds(place, whole.later.feed)
        assert place.run("sync").code == 0
        assert len(kiosk.board.sheets(VILLAGE)) == 3
        assert kiosk.board.whole(VILLAGE, BATCH).head.count == 60


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(60))
def test_noise_anywhere_breaks_nothing(whole, place, seed):
    """Some bytes or pages at random places: no command breaks, and after two nights all is as it was."""
    noise = random.Random(seed)
    with place.database.open("r+b") as file:
        for _ in range(noise.choice((1, 1, 3, 40))):
            file.seek(noise.randrange(place.database.stat().st_size))
            file.write(noise.randbytes(noise.choice((1, 4, 100, 4096))))
    damaged = place.database.read_bytes()
    with ExitStack() as opened:
        kiosk = opened.enter_context(
            closing(open_kiosk(read_settings(place.settings), lambda: THEN, waits=True))
        )
        site = opened.enter_context(
            served(lambda port: web_app(kiosk, port, Logbook(StringIO(), lambda: THEN)))
        )
        got = {path: site.get(f"/v/{VILLAGE}/{path}").status for path in PAGES}
        assert set(got.values()) <= {200, 404, 410, 503}, got
    for command in ("print", "doctor", "rebuild", "sync", "verify"):
        if command != "rebuild":
            place.database.write_bytes(damaged)
        told = place.run(command)
        assert told.code in {0, 1, 2}, (command, told.said)
        assert "程序出错" not in told.said, (command, told.said)
    place.run("verify")
    assert place.run("verify").code == 0
    assert dump(place.database) == whole.before
