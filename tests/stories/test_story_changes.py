"""A published line is corrected, withdrawn, erased: what the clerk types, and what the village then sees."""

import asyncio
import contextlib
import re
import tempfile
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.model.payouts import Payout
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.cli import county_command as commands
from sync.county.intake import drafts
from sync.county.publish import changes, publisher
from sync.county.publish.batch_records import RecordNotFound
from sync.county.publish.parts import looked_at
from sync.log.bundle import unpacked
from tests.founding import as_typed
from tests.line.county_sim import NOW, VILLAGE, caught_up, copied, county, published, row
from tests.village import REASON, dump

pytestmark = pytest.mark.thorough

BATCH = "330590-farmland_fertility-2025-01"


def typed(*words):
    """Run a command of the county; exit code and what was printed."""
    done = CliRunner().invoke(commands, as_typed(words))
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A county with one list of four households."""
    where = county(tmp_path_factory.mktemp("changes") / "county")
    published(where, [row(n, holder=name) for n, name in enumerate(("林一", "林二", "林三", "林四"))])
    return where


class Village:
    """One county, and one kiosk that follows it."""

    def __init__(self, original, folder):
        self.county, self.folder = copied(original, folder / "county"), folder
        self.database = folder / "archive.sqlite3"
        self.seen()

    def pulled(self):
        """The lists on the board after a pull."""

        async def pull():
            async with Archive(self.database, self.county.pack, minimum_free_mb=0) as archive:
                await caught_up(self.county, archive, self.folder)

        asyncio.run(pull())
        board = Board(self.database, self.county.pack.mask)
        try:
            return tuple(board.whole(VILLAGE, head.batch) for head in board.sheets(VILLAGE))
        finally:
            board.close()

    def seen(self):
        """The one list that hangs: its head and its lines."""
        (sheet,) = self.pulled()
        return sheet

    def acted(self, verb, rec):
        """The same by the library, quickly."""
        fixed = [Payout(seq=1, holder="林新", amount_fen=500)] if verb == "correct" else []
        made = getattr(changes, verb)(self.county, VILLAGE, rec, *fixed, REASON, NOW)
        publisher.review(self.county, made.id, NOW)
        publisher.publish(self.county, made.id, NOW)

    def carried(self, verb, *words):
        """Propose by a command, review and publish; what the clerk was told."""
        code, told = typed(verb, BATCH, "--village", VILLAGE, *words, "--folder", self.county.folder)
        assert code == 0, told
        name = re.search(r"\S+$", told.strip())[0]
        assert typed("publish", name, "--folder", self.county.folder)[0] == 2, "nobody publishes unreviewed"
        shown = looked_at(self.county, name)
        assert typed("review", "--folder", self.county.folder, "--accept", name, "--shown", shown)[0] == 0
        assert typed("publish", name, "--folder", self.county.folder)[0] == 0
        return told


@pytest.fixture
def village(founded, tmp_path):
    return Village(founded, tmp_path)


def test_a_corrected_line_shows_what_it_said_before(village):
    """The next edition has the new amount, the old one struck through, when and why; totals follow."""
    before = village.seen()
    told = village.carried(
        *("correct", "--line", "2", "--holder", "林二", "--quantity", "4.5", "--amount", "591.39"),
        *("--reason", "面积登记有误"),
    )
    assert "记录 0002：金额 429.75 元 → 591.39 元；数量 3.27 → 4.5" in told
    assert "林二" not in told
    after = village.seen()
    line = after.lines[1]
    assert (after.head.edition, line.amount_fen, line.corrected_from_fen) == (2, 59139, 42975)
    assert line.corrected_why == "面积登记有误"
    assert after.head.sum_fen == before.head.sum_fen - 42975 + 59139


def test_a_withdrawn_line_is_gone_and_left_out_to_the_fen(village):
    """Everybody behind it moves up one number, and the next withdrawal counts by those."""
    before = village.seen()
    village.carried("withdraw", "--line", "1", "--holder", "林一", "--reason", "重复申报")
    after = village.seen()
    assert [line.holder for line in after.lines] == ["林二", "林三", "林四"]
    assert after.head.sum_fen == before.head.sum_fen - 42974
    assert after.head.source_total_fen == before.head.source_total_fen
    village.carried("withdraw", "--line", "1", "--holder", "林二", "--reason", "重复申报")
    assert [line.holder for line in village.seen().lines] == ["林三", "林四"]


def test_a_list_taken_down_is_on_no_board(village):
    """Reviewed like any other change, whole and at once; what it said can still be erased, nothing else done to it."""
    told = village.carried("withdraw", "--whole", "--reason", "发错了批次")
    assert "整份名单撤下：第 1 版，4 户" in told
    assert "林一" not in told
    assert village.pulled() == ()
    for verb, *words in (
        ("withdraw", "--whole"),
        ("withdraw", "--line", "1", "--holder", "林一"),
        ("erase",),
    ):
        said = (*words, "--reason", "再来一次", "--folder", village.county.folder)
        assert typed(verb, BATCH, "--village", VILLAGE, *said)[0] == 2
    village.carried("erase", "--record", "0001", "--reason", "依法删除")
    assert village.pulled() == ()
    village.database = village.folder / "late.sqlite3"  # a kiosk that comes after it all
    assert village.pulled() == ()


def test_an_erased_record_is_nowhere(village):
    """Not in the feed, not in the county's folder, not in the kiosk's database, listed or withdrawn before."""
    village.carried("withdraw", "--line", "3", "--holder", "林三", "--reason", "本人申请")
    village.carried(
        "erase", "--record", "0003", "--reason", "依法删除", "--basis", "个人信息保护法第四十七条"
    )
    village.carried("erase", "--line", "1", "--holder", "林一", "--reason", "依法删除")
    assert [line.holder for line in village.seen().lines] == ["林二", "林四"]
    files = [path for path in village.folder.rglob("*") if path.is_file()]
    kept = b"".join(
        unpacked(path.read_bytes(), 1 << 21) if path.suffix == ".gz" else path.read_bytes() for path in files
    )
    assert all(name.encode() not in kept for name in ("林一", "林三"))


def test_a_clerk_is_told_what_an_erasure_does_not_reach(village):
    """The roster on the desk goes with its list's publication; files of people are named, and theirs to clean."""
    draft = drafts.new_draft(village.county, "名册.csv", "林一".encode(), "王会计", "2025-11-23T01:02:03Z")
    made = changes.erase(village.county, VILLAGE, f"{BATCH}-0001", REASON, NOW)
    drafts.keep(village.county, msgspec.structs.replace(draft, proposal=made.id))
    publisher.review(village.county, made.id, NOW)
    code, told = typed("publish", made.id, "--folder", village.county.folder)
    assert code == 0
    assert "请自行清理" in told
    assert drafts.drafts(village.county) == ()
    assert not list(village.county.folder.rglob("roster"))


@pytest.mark.faults
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["correct", "withdraw", "erase"]), st.integers(1, 4), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_whoever_follows_and_whoever_comes_late_see_the_same_list(founded, changed):
    """After any changes the list is on the board and adds up; pulled often or once, the tables are equal."""
    with tempfile.TemporaryDirectory() as folder:
        follower = Village(founded, Path(folder) / "follower")
        for verb, number, pulls in changed:
            with contextlib.suppress(RecordNotFound):  # withdrawn or erased before
                follower.acted(verb, f"{BATCH}-{number:04d}")
            if pulls:
                follower.seen()
        seen = follower.seen()
        late = Village(follower.county, Path(folder) / "late")
        assert late.seen() == seen
        assert dump(late.database) == dump(follower.database)
    assert seen.head.sum_fen == sum(line.amount_fen for line in seen.lines)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("withdraw", "--line", "2", "--holder", "林三"), "line-of-another"),
        (("withdraw", "--line", "9", "--holder", "林三"), "record-not-found"),
        (("withdraw", "--line", "2"), "line-not-named"),
        (("withdraw", "--record", "0001", "--line", "2", "--holder", "林二"), "line-not-named"),
        (("withdraw", "--record", "0077"), "record-not-found"),
        (("erase", "--record", "0077"), "record-not-found"),
        (("withdraw", "--line", "1", "--holder", "林一", "--village", "没有村"), "village-not-named"),
        (("correct", "--line", "1", "--holder", "林一"), "nothing-amended"),
        (("correct", "--line", "1", "--holder", "林一", "--amount", "429.74"), "nothing-amended"),
        (("correct", "--line", "1", "--holder", "林一", "--amount", "430"), "amount-does-not-follow"),
        (("correct", "--line", "1", "--holder", "林一", "--amount", "4.305"), "amount-not-exact"),
        (("correct", "--line", "1", "--holder", "林一", "--rate", "1e3"), "number-unreadable"),
        (("correct", "--line", "1", "--holder", "林一", "--remark", "990523195803120019"), "private-number"),
    ],
)
def test_a_slip_changes_nothing(founded, words, code):
    """Each is one sentence and exit code 2; no proposal is left behind."""
    known = set(founded.proposals.iterdir())
    verb, *rest = words
    where = ("--village", VILLAGE) if "--village" not in rest else ()
    exit_code, told = typed(verb, BATCH, *where, *rest, "--reason", "录入错误", "--folder", founded.folder)
    assert exit_code == 2
    assert code in told
    assert "990523195803120019" not in told
    assert set(founded.proposals.iterdir()) == known


def test_a_reason_must_not_hold_a_number(founded):
    """What everybody will read is looked at like a list."""
    code, told = typed(
        *("withdraw", BATCH, "--village", VILLAGE, "--line", "1", "--holder", "林一"),
        *("--reason", "电话14000000000", "--folder", founded.folder),
    )
    assert (code, "private-number-in-feed" in told) == (2, True)
    assert "14000000000" not in told
