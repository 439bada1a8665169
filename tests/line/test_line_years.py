"""The county closes a year: its own figures against the lists, to the fen (R9, R10), through propose, review, publish."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from boards.model.money import yuan
from boards.model.payouts import LeftOutReason, PayStatus
from boards.sheets.checklist import Colour
from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from sync import wire
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.county.checks.publication import ReconciliationNotConfirmed
from sync.county.publish import changes, publisher
from sync.county.publish.amendments import Amendment, correction
from sync.county.publish.hands import Hand, send_back
from sync.county.publish.parts import ChangedMeanwhile
from sync.county.publish.proposals import ProposalWaits, checked_lines, folder_of
from sync.county.publish.published.years import annual_of, closed_year
from sync.county.publish.review_text import proposal_text
from sync.county.publish.year_text import year_stands, year_text
from sync.county.years.closing import (
    CarriedNotExplained,
    ClockBehind,
    NothingNewToClose,
    Said,
    WordsUnfit,
    YearAhead,
    YearDoesNotAddUp,
    YearTooEarly,
    close_year,
)
from sync.county.years.figures import FigureTwice
from sync.county.years.standing import standing
from sync.county.years.standing import told as standing_told
from sync.county.years.table import Stated
from sync.events import Events
from sync.importer import catch_up
from tests.founding import with_pack
from tests.line.county_sim import NOW, OTHER, VILLAGE, county, published, row, salts

pytestmark = pytest.mark.thorough

DECEMBER = datetime(2025, 12, 12, 2, 0, tzinfo=UTC)
SAID = Said(year=2025)
WHY = wire.Reason(code="county", text="登记有误")
FARM, RICE = "farmland_fertility", "rice"


@pytest.fixture
def here(tmp_path):
    return county(tmp_path / "county")


def figure(fen, programme=FARM, village=VILLAGE, **more):
    return Stated(village=village, programme=programme, fen=fen, **more)


def closed(here, *stated, said=SAID, now=DECEMBER):
    """Propose, review, publish a year."""
    made = close_year(here, stated, said, now, salt=salts())
    publisher.review(here, made.id, now)
    publisher.publish(here, made.id, now)
    return made


def paid(here, *fen, period="2025-01", status=PayStatus.PAID, village=VILLAGE, **more):
    """A list of the year, published; who it pays are 甲…, one after the other."""
    rows = [
        row(n, amount_fen=one, quantity=None, rate=None, status=status, village=village)
        for n, one in enumerate(fen, 1)
    ]
    return published(here, rows, period, **more)


def pulled(here, folder):
    """What a kiosk says of the year after a pull."""

    async def run():
        async with Archive(folder / "archive.sqlite3", here.pack, minimum_free_mb=0) as archive:
            spool = Spool(folder / "spool")
            await catch_up(FolderSource(here.feed), archive, here.trust(), spool, VILLAGE, NOW)

    asyncio.run(run())
    board = Board(folder / "archive.sqlite3", here.pack.mask)
    found = board.annual(VILLAGE, 2025)
    board.close()
    return found


def told(caught):
    return caught.value.told()[0]


def test_a_year_goes_the_way_of_every_list(here, tmp_path):
    """Proposed in every figure, reviewed, published; every kiosk holds it against its own lists, and it holds."""
    paid(here, 42975, 42976)
    paid(here, 500, period="2025-02")
    made = closed(here, figure(86451, households=2))
    text = proposal_text(made)
    for word in ("岭东村", "耕地地力保护补贴", "2 户", "864.51 元", "期号 2025-01", "859.51", "5.00"):
        assert word in text
    found = pulled(here, tmp_path)
    assert (found.annual.sum_fen, found.annual.edition, found.holds) == (86451, 1, True)
    ours = closed_year(here, VILLAGE, 2025)
    assert (ours.code, ours.holds, ours.annual) == (found.code, True, found.annual)


@pytest.mark.parametrize("off", [-1, 1, 100])
def test_a_fen_too_much_or_too_little_is_refused(here, off):
    """It names village, programme, both figures, the difference in fen, and every list with its sum."""
    made = paid(here, 42975, 42976)
    with pytest.raises(YearDoesNotAddUp) as caught:
        close_year(here, [figure(85951 + off)], SAID, DECEMBER)
    for word in ("岭东村", "耕地地力保护补贴", yuan(85951 + off), "859.51", f"{abs(off)} 分", made.batch):
        assert word in told(caught)
    assert ("少" if off < 0 else "多") + f" {abs(off)} 分" in told(caught)


def test_what_only_one_side_has_is_named(here):
    """A programme, a village: in the figures and not in the lists, or the other way round."""
    paid(here, 100)
    paid(here, 7, village=OTHER)
    stated = [figure(100), figure(55, RICE)]
    with pytest.raises(YearDoesNotAddUp) as caught:
        close_year(here, stated, SAID, DECEMBER)
    assert "稻谷" in told(caught)
    assert "0.55" in told(caught)
    assert "年度数据里没有，名单合计 0.07 元" in told(caught)
    assert caught.value.told()[0].count("\n  ") == 2
    close_year(here, [figure(100)], Said(year=2025, villages=(VILLAGE,)), DECEMBER)


@pytest.mark.parametrize(
    ("more", "word"), [({"households": 3}, "3 户"), ({"quantity": Decimal(9)}, "数量 9")]
)
def test_households_and_quantity_are_held_too(here, more, word):
    """Where they are stated."""
    published(here, [row(1), row(2)])
    with pytest.raises(YearDoesNotAddUp) as caught:
        close_year(here, [figure(2 * 42974 + 3, **more)], SAID, DECEMBER)
    assert word in told(caught)
    close_year(here, [figure(2 * 42974 + 3, households=2, quantity=Decimal("6.54"))], SAID, DECEMBER)


def test_a_quantity_that_no_row_tells_is_held_too(here):
    """Of a sensitive programme the county's figure is compared and not published (`domain §1.6`)."""
    published(here, [row(1), row(2)])
    put = msgspec.structs.replace
    secret = tuple(put(one, sensitive=one.code == FARM) for one in here.pack.programmes)
    here = with_pack(here, put(here.pack, programmes=secret))
    with pytest.raises(YearDoesNotAddUp) as caught:
        close_year(here, [figure(2 * 42974 + 3, quantity=Decimal(9))], SAID, DECEMBER)
    assert "数量 9" in told(caught)
    made = close_year(here, [figure(2 * 42974 + 3, quantity=Decimal("6.54"))], SAID, DECEMBER)
    assert "6.54" not in made.shown


def test_two_figures_of_one_programme_are_refused(here):
    paid(here, 100)
    with pytest.raises(FigureTwice):
        close_year(here, [figure(60), figure(40)], SAID, DECEMBER)


def test_a_corrected_list_counts_with_its_newest_edition(here, tmp_path):
    """R9: the second edition, once; the year closed before it is overtaken here and at the kiosk."""
    made = paid(here, 100, 200)
    closed(here, figure(300))
    rec = f"{made.batch}-0001"
    village = next(one for one in here.pack.villages if one.code == VILLAGE)
    value = correction(here, village, rec, Amendment(amount_fen=150))
    fixed = changes.correct(here, VILLAGE, rec, value, WHY, DECEMBER)
    assert "2025 年度已核定，发布后须重新核定" in proposal_text(fixed)
    publisher.review(here, fixed.id, DECEMBER)
    publisher.publish(here, fixed.id, DECEMBER)
    assert closed_year(here, VILLAGE, 2025).overtaken
    assert pulled(here, tmp_path).overtaken
    with pytest.raises(YearDoesNotAddUp):
        close_year(here, [figure(300)], SAID, DECEMBER)
    again = closed(here, figure(350))
    assert "第 2 版" in proposal_text(again)
    assert "上一版 3.00 元" in proposal_text(again)
    found = pulled(here, tmp_path)
    assert (found.annual.edition, found.annual.sum_fen) == (2, 350)
    assert (found.overtaken, found.differs) == (False, False), found
    assert found.annual.rows[0].batches[0].edition == 2


def test_a_withdrawn_list_does_not_count(here, tmp_path):
    """R9: taken back whole, it is in no year."""
    paid(here, 100)
    gone = paid(here, 70, period="2025-02")
    closed(here, figure(170))
    back = changes.withdraw_list(here, VILLAGE, gone.batch, WHY, DECEMBER)
    publisher.review(here, back.id, DECEMBER)
    publisher.publish(here, back.id, DECEMBER)
    assert closed_year(here, VILLAGE, 2025).overtaken
    closed(here, figure(100))
    assert pulled(here, tmp_path).annual.sum_fen == 100


def test_what_was_applied_for_never_counts(here):
    """An application list of the same programme and year is no payment."""
    published(here, [row(1)], phase='"application"', paid_on=None)
    paid(here, 100, period="2025-02")
    assert close_year(here, [figure(100)], SAID, DECEMBER).sum_fen == 100


def test_a_failed_payment_counts_when_it_is_made_good(here, tmp_path):
    """R9: first left out; the list that pays it again counts, and nothing is left out any more."""
    rows = [
        row(1, amount_fen=100, quantity=None, rate=None),
        row(2, amount_fen=70, quantity=None, rate=None, status=PayStatus.FAILED),
    ]
    published(here, rows)
    closed(here, figure(100))
    (left,) = pulled(here, tmp_path).annual.rows[0].left_out
    assert (left.reason, left.count, left.sum_fen) == (LeftOutReason.FAILED, 1, 70)
    late = {"confirmed": '[{code = "YEAR_CLOSED", reason = "更正发放"}]'}
    again = published(here, [row(2, amount_fen=70, quantity=None, rate=None)], "2025-02", **late)
    said = Said(year=2025, makes_good=frozenset({again.batch}))
    closed(here, figure(170), said=said)
    found = pulled(here, tmp_path)
    assert (found.annual.rows[0].left_out, found.annual.sum_fen, found.holds) == ((), 170, True)
    with pytest.raises(YearDoesNotAddUp, match="没有这一批"):
        close_year(here, [figure(170)], Said(year=2025, makes_good=frozenset({"x"})), DECEMBER)


def test_more_cannot_be_made_good_than_had_failed(here):
    paid(here, 100)
    again = paid(here, 70, period="2025-02")
    with pytest.raises(YearDoesNotAddUp, match=r"多 0\.70 元"):
        close_year(here, [figure(170)], Said(year=2025, makes_good=frozenset({again.batch})), DECEMBER)


def test_what_was_paid_late_needs_its_word(here, tmp_path):
    """R10: paid in January, of last year: it counts there, as carried over, and the sheet says why."""
    paid(here, 100)
    late = [row(1, amount_fen=40, quantity=None, rate=None, paid_on=date(2026, 1, 20))]
    january = datetime(2026, 1, 25, 2, 0, tzinfo=UTC)
    _late(here, late, january)
    with pytest.raises(CarriedNotExplained, match=r"0\.40"):
        close_year(here, [figure(140)], SAID, january)
    said = Said(year=2025, carried="省级资金次年到位")
    text = proposal_text(closed(here, figure(140), said=said, now=january))
    assert "备注：结转：省级资金次年到位" in text
    (told_row,) = pulled(here, tmp_path).annual.rows
    assert (told_row.carried_fen, told_row.sum_fen, told_row.note) == (40, 140, "结转：省级资金次年到位")


def _late(here, rows, now):
    from sync.county.publish.batch import batch_toml  # noqa: PLC0415
    from tests.line.county_sim import reading  # noqa: PLC0415

    toml = batch_toml(
        """programme = "farmland_fertility"
fiscal_year = 2025
period_no = "2025-03"
paid_on = 2026-01-20
phone = "0572-5000012"
funds = "上年结转资金"
""".encode()
    )
    made = publisher.propose(here, reading(rows), toml, now, salt=salts())
    publisher.review(here, made.id, now)
    publisher.publish(here, made.id, now)


def test_only_a_year_that_is_nearly_over_is_closed(here):
    """Before 1 December a reason is needed, a year to come is none, and a clock before the records is wrong."""
    paid(here, 100)
    november = datetime(2025, 11, 30, 15, 59, tzinfo=UTC)
    with pytest.raises(YearTooEarly):
        close_year(here, [figure(100)], SAID, november)
    waits = close_year(here, [figure(100)], SAID, november + timedelta(minutes=1))
    with pytest.raises(YearAhead):
        close_year(here, [figure(100)], Said(year=2026, reason="提前"), DECEMBER)
    with pytest.raises(ClockBehind):
        close_year(here, [figure(100)], Said(year=2025, reason="提前"), NOW - timedelta(seconds=1))
    early = Said(year=2025, reason="项目已全部发完", villages=(VILLAGE,))
    for again in (early, msgspec.structs.replace(early, reason="")):
        with pytest.raises(ProposalWaits):
            close_year(here, [figure(100)], again, DECEMBER)
    send_back(here, waits.id, Hand(act="cancelled", by="林", at="2025-12-12T02:00:00Z", reason="重做"))
    assert "理由 项目已全部发完" in proposal_text(close_year(here, [figure(100)], early, november))


def test_an_edition_with_nothing_new_is_refused(here):
    """Only the villages where something moved get another edition."""
    paid(here, 100)
    paid(here, 7, village=OTHER)
    closed(here, figure(100), figure(7, village=OTHER))
    with pytest.raises(NothingNewToClose):
        close_year(here, [figure(100), figure(7, village=OTHER)], SAID, DECEMBER)
    late = {"confirmed": '[{code = "YEAR_CLOSED", reason = "年末补发"}]'}
    with pytest.raises(ReconciliationNotConfirmed, match="2025 年度已核定，发布后须重新核定"):
        paid(here, 50, period="2025-02", village=OTHER)
    paid(here, 50, period="2025-02", village=OTHER, **late)
    assert not closed_year(here, OTHER, 2025).holds
    made = closed(here, figure(100), figure(57, village=OTHER))
    assert made.villages == (OTHER,)
    assert made.parts[0].edition == 2


def test_nothing_paid_is_said_with_a_nought(here, tmp_path):
    """0 in the county's table agrees with no list; a village of noughts is closed, and only once."""
    paid(here, 100)
    some = [figure(100), figure(0, RICE), figure(0, village=OTHER)]
    made = closed(here, *some)
    assert made.villages == (VILLAGE, OTHER)
    assert [row.programme for row in closed_year(here, VILLAGE, 2025).annual.rows] == [FARM]
    assert closed_year(here, OTHER, 2025).holds
    with pytest.raises(NothingNewToClose):
        close_year(here, some, SAID, DECEMBER)
    with pytest.raises(YearDoesNotAddUp, match="稻谷补贴：年度数据写 0"):
        close_year(here, [figure(100), figure(0, RICE, households=3)], SAID, DECEMBER)


def test_words_of_a_closed_year_are_set_right_by_closing_it_again(here):
    """Same figures, another office: the next edition. What is not said again stays as it is."""
    paid(here, 100)
    closed(here, figure(100), said=Said(year=2025, office="县财证局"))
    with pytest.raises(NothingNewToClose):
        close_year(here, [figure(100)], SAID, DECEMBER)
    made = closed(here, figure(100), said=Said(year=2025, office="县财政局"))
    assert made.parts[0].edition == 2
    assert closed_year(here, VILLAGE, 2025).annual.office == "县财政局"


def test_the_word_of_what_was_carried_over_is_set_right_by_closing_it_again(here):
    """The same figures with another reason are another edition; with the same one they are none."""
    january = datetime(2026, 1, 25, 2, 0, tzinfo=UTC)
    _late(here, [row(1, amount_fen=40, quantity=None, rate=None, paid_on=date(2026, 1, 20))], january)
    said = Said(year=2025, carried="省级资金迟到")
    closed(here, figure(40), said=said, now=january)
    for again in (said, SAID):
        with pytest.raises(NothingNewToClose):
            close_year(here, [figure(40)], again, january)
    closed(here, figure(40), said=Said(year=2025, carried="省级资金次年到位"), now=january)
    assert closed_year(here, VILLAGE, 2025).annual.rows[0].note == "结转：省级资金次年到位"


def test_only_a_list_of_the_year_pays_again(here):
    """A batch of another year, applied for or taken back is no 更正发放 of this one, and is not passed over."""
    paid(here, 100)
    older = paid(here, 70, period="2024-01", fiscal_year=2024, paid_on="2024-09-30")
    with pytest.raises(YearDoesNotAddUp, match=f"更正发放 {older.batch}：2025 年度没有这一批"):
        close_year(here, [figure(100)], Said(year=2025, makes_good=frozenset({older.batch})), DECEMBER)


def test_a_list_that_pays_again_no_more_is_shown_to_the_reviewer(here):
    """A clerk who forgets --makes-good in the next edition says that the money is still owed."""
    rows = [row(n, amount_fen=70, quantity=None, rate=None) for n in (1, 2)]
    published(here, [rows[0], row(2, amount_fen=70, quantity=None, rate=None, status=PayStatus.FAILED)])
    again = published(here, [rows[1]], "2025-02")
    closed(here, figure(140), said=Said(year=2025, makes_good=frozenset({again.batch})))
    made = close_year(here, [figure(140)], SAID, DECEMBER)
    assert f"上一版作更正发放、这一版不作：{again.batch}" in proposal_text(made)


def test_an_erased_line_leaves_the_year_as_it_is(here, tmp_path):
    """Names go, money stays: no new edition is due for it."""
    made = paid(here, 100, 200)
    closed(here, figure(300))
    gone = changes.erase(here, VILLAGE, f"{made.batch}-0001", WHY, DECEMBER)
    publisher.review(here, gone.id, DECEMBER)
    publisher.publish(here, gone.id, DECEMBER)
    assert closed_year(here, VILLAGE, 2025).holds
    found = pulled(here, tmp_path)
    assert (found.annual.sum_fen, found.holds) == (300, True)
    with pytest.raises(NothingNewToClose):
        close_year(here, [figure(300)], SAID, DECEMBER)
    paid(here, 7, village=OTHER)
    made = close_year(here, [figure(300), figure(7, village=OTHER)], SAID, DECEMBER)
    assert made.villages == (OTHER,)


def test_a_year_moves_behind_what_does_not_concern_it(here):
    """A list of another year came between: reviewed again, published. One of this year: proposed again."""
    paid(here, 100)
    made = close_year(here, [figure(100)], SAID, DECEMBER, salt=salts())
    publisher.review(here, made.id, DECEMBER)
    paid(here, 9, period="2024-01", fiscal_year=2024, paid_on="2024-09-30")
    with pytest.raises(publisher.FeedMoved):
        publisher.publish(here, made.id, DECEMBER)
    publisher.review(here, made.id, DECEMBER)
    paid(here, 9, period="2025-02")
    with pytest.raises(ChangedMeanwhile):
        publisher.review(here, made.id, DECEMBER)


def test_a_figure_changed_in_the_proposal_is_never_signed(here):
    """What is signed is made again of the log: a figure, a word, an edition."""
    paid(here, 100)
    made = close_year(here, [figure(100)], SAID, DECEMBER, salt=salts())
    path = folder_of(here, made.id) / "proposal.json"
    for old, new in (
        (b'"sum_fen": 100', b'"sum_fen": 101'),
        (b"1.00", b"1.01"),
        (b'"edition": 1', b'"edition": 2'),
    ):
        raw = path.read_bytes()
        assert old in raw
        path.write_bytes(raw.replace(old, new))
        with pytest.raises(publisher.ProposalDamaged):
            publisher.review(here, made.id, DECEMBER)
        path.write_bytes(raw)
    publisher.review(here, made.id, DECEMBER)


@pytest.mark.parametrize(
    "said", [Said(year=2025, carried="电话 14000000001"), Said(year=2025, office="=HYPERLINK(1)")]
)
def test_what_is_printed_is_fit_for_everybody(here, said):
    """No number of a person, no formula: refused before anything is proposed."""
    paid(here, 100)
    with pytest.raises(WordsUnfit):
        close_year(here, [figure(100)], said, DECEMBER)


def test_figures_that_include_the_unlisted_say_so(here):
    """A child is paid and not listed: the list's sum is what hangs, the county's figure may be both."""
    made = published(here, [row(1, amount_fen=100, quantity=None, rate=None), _child(70)])
    with pytest.raises(YearDoesNotAddUp) as caught:
        close_year(here, [figure(170)], SAID, DECEMBER)
    assert "依法不公示的 0.70 元没有算在内" in told(caught)
    both = Said(year=2025, with_unlisted=True)
    with pytest.raises(YearDoesNotAddUp, match=r"含依法不公示 0\.70 元"):
        close_year(here, [figure(171)], both, DECEMBER)
    assert close_year(here, [figure(170)], both, DECEMBER).sum_fen == made.sum_fen == 100


def _child(fen):
    return row(2, amount_fen=fen, quantity=None, rate=None, age=9)


def test_a_year_is_signed_in_its_own_villages_log_alone(here):
    """Two villages with the same figures in the same batch: the one's event is none of the other's."""
    paid(here, 100)
    paid(here, 100, village=OTHER)
    stated = figure(100), figure(100, village=OTHER)
    made = close_year(here, stated, SAID, DECEMBER, salt=salts())
    one, other = (checked_lines(here, made.id, part) for part in made.parts)
    assert year_stands(here, made, made.parts[0], one)
    assert not year_stands(here, made, made.parts[0], other)
    assert not year_stands(here, msgspec.structs.replace(made, shown=""), made.parts[0], one)


def test_a_remark_is_read_before_it_is_signed(here):
    """Also where nothing was carried over, and who drew the figures up: all that hangs is in what the reviewer reads."""
    paid(here, 100)
    made = close_year(here, [figure(100)], SAID, DECEMBER, salt=salts())
    head, annual = annual_of(checked_lines(here, made.id, made.parts[0])[0])
    noted = msgspec.structs.replace(annual.rows[0], note="另有说明")
    for other, said in (
        (msgspec.structs.replace(annual, rows=(noted,)), "备注：另有说明"),
        (msgspec.structs.replace(annual, office="别的单位"), "编制单位：别的单位"),
        (msgspec.structs.replace(annual, phone="14000000000"), "监督电话：14000000000"),
    ):
        line = Events(made.batch, VILLAGE, head.issued, salts()).year(other)
        assert said in year_text(here, made_for(here), other)
        assert not year_stands(here, made, made.parts[0], (line,))


def made_for(here):
    return next(one for one in here.pack.villages if one.code == VILLAGE)


def test_every_village_stands_where_it_stands(here):
    """Lists that were taken back are none; closed, overtaken and not closed are told apart, by town and county."""
    gone = paid(here, 100)
    paid(here, 7, village=OTHER)
    closed(here, figure(100), figure(7, village=OTHER))
    back = changes.withdraw_list(here, VILLAGE, gone.batch, WHY, DECEMBER)
    publisher.review(here, back.id, DECEMBER)
    publisher.publish(here, back.id, DECEMBER)
    found = {one.village.code: one for one in standing(here, 2025, date(2025, 12, 20))}
    assert (found[VILLAGE].lists, found[VILLAGE].year_told) == (0, "年度汇总须重新核定（现为第 1 版）")
    assert (found[OTHER].lists, found[OTHER].year_told) == (1, "年度汇总已核定（第 1 版）")
    colours = [found[code].checklist.colour for code in (VILLAGE, OTHER, here.pack.villages[-1].code)]
    assert colours == [Colour.RED, Colour.GREEN, Colour.AMBER]
    lines = [*standing_told(tuple(found.values()), 2025)]
    assert "绿（县里齐全）1 个" in lines[0]
    assert "已核定 1 个，须重新核定 1 个，未核定 10 个" in lines[0]
    assert lines[1].startswith("县里齐全：")
    assert "kiosk year" in lines[1]
    assert [line for line in lines if line.startswith("梅坞镇：")]
    late = standing(here, 2025, date(2026, 1, 1))
    assert late[-1].checklist.colour is Colour.RED
