"""The county's own total beside ours: from the roster or the payment file, told with its scope, or told as missing (settled §40)."""

import msgspec
import pytest

from boards.model.payouts import BatchClose, Control, Payout
from sync.county.checks.publication import ReconciliationNotConfirmed
from sync.county.publish import changes, publisher
from sync.county.publish.village_batches import ControlTotalDiffers
from tests.line.county_sim import NOW, OTHER, VILLAGE, batch, county, published, reading, row, salts
from tests.line.test_line_publisher import REASON, _closes

pytestmark = pytest.mark.thorough

ELSEWHERE = "330590101201"
NO_TOTAL = '[{code = "CONTROL", reason = "财政系统没有导出总额"}]'
ROWS = [row(1), row(2), row(3, village=OTHER)]
WHOLE = sum(one.payout.amount_fen for one in ROWS)


@pytest.fixture
def own(tmp_path):
    return county(tmp_path / "county")


def closed(own, read, **fields):
    made = publisher.propose(own, read, batch(**fields), NOW, salt=salts())
    publisher.review(own, made.id, NOW)
    publisher.publish(own, made.id, NOW)
    return _closes(own)[-1]


@pytest.mark.parametrize(
    ("villages", "scope"),
    [([VILLAGE], "岭东村"), ([VILLAGE, OTHER], "梅坞镇"), ([VILLAGE, ELSEWHERE], "苕安县")],
)
def test_the_rosters_total_goes_out_with_its_scope(own, villages, scope):
    """One village's, one town's, the county's: every village's close names the whole it was held against."""
    rows = [row(at, village=code) for at, code in enumerate(villages, 1)]
    total = sum(one.payout.amount_fen for one in rows)
    assert closed(own, reading(rows)).control == Control(fen=total, scope=scope, source="花名册合计")


def test_without_a_total_somebody_says_why(own):
    """A roster without one waits for a reason; then the close has no control, and says so."""
    bare = reading(ROWS, declared_total_fen=None)
    with pytest.raises(ReconciliationNotConfirmed, match="control_total"):
        publisher.propose(own, bare, batch(), NOW)
    assert closed(own, bare, confirmed=NO_TOTAL).control is None


@pytest.mark.parametrize("declared", [None, WHOLE - 1, WHOLE + 100])
def test_a_total_of_something_else_is_no_control(own, declared):
    """What a roster declares is believed only where it is the sum of all rows, of every village."""
    with pytest.raises(ReconciliationNotConfirmed):
        publisher.propose(own, reading(ROWS, declared_total_fen=declared), batch(), NOW)


def test_the_payment_files_total_is_held_against_every_row(own):
    """Typed by the clerk: equal it stands, with where it was read; a fen off and nothing is proposed."""
    bare = reading(ROWS, declared_total_fen=None)
    yuan = f'"{WHOLE // 100}.{WHOLE % 100:02d}"'
    told = closed(own, bare, control_total=yuan, control_source='"一卡通支付文件"').control
    assert told == Control(fen=WHOLE, scope="梅坞镇", source="一卡通支付文件")
    with pytest.raises(ControlTotalDiffers, match=r"相差0\.01元"):
        publisher.propose(own, bare, batch("2", control_total=f'"{(WHOLE + 1) / 100:.2f}"'), NOW)


def test_a_correction_of_the_sum_takes_the_control_away(own):
    """It was of the old sum. A line taken down is left out and keeps the whole."""
    name = "330590-farmland_fertility-2025-01"
    published(own, [row(1), row(2)])
    for made in (
        changes.withdraw(own, VILLAGE, f"{name}-0002", REASON, NOW),
        lambda: changes.correct(
            own, VILLAGE, f"{name}-0001", Payout(seq=1, holder="改", amount_fen=1), REASON, NOW
        ),
    ):
        proposal = made() if callable(made) else made
        publisher.review(own, proposal.id, NOW)
        publisher.publish(own, proposal.id, NOW)
    assert [close.control is None for close in _closes(own)] == [False, False, True]


def test_an_older_close_has_none(own):
    """A close without the field reads as before, and is written byte for byte without it."""
    bare = reading(ROWS, declared_total_fen=None)
    written = msgspec.json.encode(closed(own, bare, confirmed=NO_TOTAL), order="sorted")
    assert b"control" not in written
    read = msgspec.json.decode(written, type=BatchClose)
    assert (read.control, msgspec.json.encode(read, order="sorted")) == (None, written)
