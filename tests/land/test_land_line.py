"""A case from the clerk's file to the boards of all villages it concerns, and back to the very same bytes."""

import json
from datetime import date, timedelta

import msgspec
import pytest

from boards.model.land.kinds import NoticeKind
from boards.sheets.land.case import case_view
from kiosk_server.archive import land_board
from sync import wire
from sync.county.land.proposing import Fate
from sync.county.publish.land_notices import NoticeNotFound, WithdrawalWaits, propose_withdrawal, record_of
from sync.county.publish.proposals import ProposalDamaged
from sync.county.publish.publisher import publish, review
from sync.county.publish.review_text import proposal_line, proposal_text
from tests.land.land_house import (
    AFTER_ALL,
    CALENDAR,
    CASE,
    NEIGHBOUR,
    RULES,
    STRANGER,
    VILLAGE,
    House,
    codes,
    noon,
    stage,
    village_of,
)
from tests.village import dump

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]
KINDS = ["start", "survey", "plan", "register", "final", "pay"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> House:
    """L1 as the county handed it in, all of it published."""
    house = House.founded(tmp_path_factory.mktemp("sound"))
    assert [one.fate for one in house.published()] == [Fate.PROPOSED] * 6
    return house


@pytest.fixture
def fresh(sound, tmp_path) -> House:
    """A county of one's own with L1 published."""
    return House.like(sound, tmp_path / "house")


@pytest.fixture
def young(tmp_path) -> House:
    """A county of one's own with nothing published."""
    return House.founded(tmp_path / "house")


def events(house, village):
    lines = list(house.county.log(village).lines())
    return [(wire.head_of(wire.framed(line)[0]), wire.framed(line)[1]) for line in lines]


async def test_every_stage_hangs_in_every_village_concerned(fresh):
    """Six notices in the logs of both villages and in no other; each is whole and the same words."""
    for village in (VILLAGE, NEIGHBOUR):
        assert [head.rec.rsplit("-", 2)[1] for head, _ in events(fresh, village)] == KINDS
    assert events(fresh, STRANGER) == []
    ours, theirs = (
        [wire.body_of(head.kind, body).notice for head, body in events(fresh, village)]
        for village in (VILLAGE, NEIGHBOUR)
    )
    assert ours == theirs
    assert all(one.villages == (VILLAGE, NEIGHBOUR) for one in ours)


async def test_the_board_reads_the_case_back(fresh):
    """After the pull the case is on the board, notice by notice, as it was printed."""
    caught = await fresh.pulled()
    assert not [part for part in caught.admitted if part.held or part.quarantined]
    assert sum(part.notices for part in caught.admitted) == 6
    with fresh.board() as board:
        shelf = board.land(VILLAGE)
        assert len(land_board.case_ids(shelf)) == 1
        ((*case,),) = land_board.cases(shelf)
        assert tuple(case) == land_board.case(shelf, CASE)
        assert [one.notice.kind.value for one in case] == KINDS
        plan = case[2].notice
        assert (plan.doc_no, plan.posted_on, plan.stated_until) == (
            "苕征补告〔2025〕7号", date(2025, 10, 31), date(2025, 11, 30),
        )  # fmt: skip
        assert str(plan.areas[1].area.mu) == "6.6150"
        assert plan.attachments == ("勘测定界图",)
        assert "过半数被征地农村集体经济组织成员" in plan.text
        assert land_board.by_code(board._db, case[2].code) == (VILLAGE, case[2])
        assert land_board.case(shelf, "nothing") == ()
        assert land_board.cases(board.land(STRANGER)) == ()


async def test_each_village_sees_its_own_areas_first(fresh):
    """One case, two villages: each has its own land before the others', and both the whole."""
    for code, own, mu in ((VILLAGE, 3, "25.9770"), (NEIGHBOUR, 1, "4.7325")):
        await fresh.pulled(code)
        with fresh.board() as board:
            hung = land_board.case(board.land(code), CASE)
        view = case_view(hung, village_of(code), date(2025, 11, 20), CALENDAR, RULES)
        assert (len(view.own), str(view.own_total.mu)) == (own, mu)
        assert len(view.own) + len(view.others) == 4
        assert str(view.total.mu) == "30.7095"
        assert view.compensation[0].village == village_of(code).name


async def test_the_codes_of_two_villages_differ(fresh):
    """The same notice has its own short code on each village's paper."""
    for code in (VILLAGE, NEIGHBOUR):
        await fresh.pulled(code)
    with fresh.board() as board:
        codes = [one.code for code in (VILLAGE, NEIGHBOUR) for one in land_board.case(board.land(code), CASE)]
    assert len(set(codes)) == 12


async def test_a_rebuild_is_byte_equal(fresh):
    """All tables made again from the kept log are the same, and a second pull brings nothing."""
    for code in (VILLAGE, NEIGHBOUR):
        await fresh.pulled(code)
    before = dump(fresh.database)
    async with fresh.archive() as archive:
        await archive.rebuild()
    assert dump(fresh.database) == before
    assert (await fresh.pulled()).nothing_new


async def test_publishing_stage_by_stage_equals_all_at_once(sound, young, tmp_path):
    """Each stage on its own day and pulled that day, or all together: the same notices on the board."""
    for day in ("2025-09-24", "2025-10-21", "2025-10-31", "2025-11-01", "2026-01-23", "2026-02-27"):
        fates = young.published(noon(day))
        told = [one.fate for one in fates]
        assert told.count(Fate.PROPOSED) == 1
        assert told[told.index(Fate.PROPOSED) + 1 :] == [Fate.NOT_DUE] * (5 - told.index(Fate.PROPOSED))
        await young.pulled(now=noon(day))
    together = House.like(sound, tmp_path / "together")
    await together.pulled()
    shown = []
    for house in (young, together):
        with house.board() as board:
            shown.append([one.notice for one in land_board.case(board.land(VILLAGE), CASE)])
    assert shown[0] == shown[1]


async def test_nothing_is_proposed_twice(young):
    """What waits for review waits, what is published is left alone, and no file is touched."""
    assert {one.fate for one in young.proposed()} == {Fate.PROPOSED}
    assert {one.fate for one in young.proposed()} == {Fate.WAITING}
    young.published()
    before = sorted(path for path in young.county.folder.rglob("*") if path.is_file())
    assert {one.fate for one in young.proposed()} == {Fate.PUBLISHED}
    assert sorted(path for path in young.county.folder.rglob("*") if path.is_file()) == before


async def test_a_file_changed_while_it_waits_is_told(young):
    """What waits for review is what was handed in; a later edit of the file is said, not smuggled in."""
    young.proposed()
    young.rewrite(lambda case: stage(case, "plan").update(resettled=19))
    fates = young.proposed()
    assert [one.fate for one in fates] == [Fate.WAITING] * 6
    assert [codes(one) for one in fates if one.why] == [("WAITING_NOTICE_DIFFERS",)]
    assert "重新提交" in fates[2].why[0].message


async def test_a_stage_with_a_fault_is_held_with_its_sentence(young):
    """A notice that hangs too short is refused with rule and article, and nothing after it goes."""
    young.rewrite(lambda case: stage(case, "plan")["period"].update(n=20, last_day_stated="2025-11-20"))
    fates = young.published()
    assert [one.fate for one in fates] == [Fate.PROPOSED] * 2 + [Fate.HELD] * 4
    assert "规定的30日（《土地管理法实施条例》第二十八条）" in fates[2].why[0].message
    assert codes(fates[3]) == ("EARLIER_STAGE_HELD",)
    assert "《土地管理法》第四十七条" in fates[3].why[0].message
    assert [head.rec.rsplit("-", 2)[1] for head, _ in events(young, VILLAGE)] == KINDS[:2]


async def test_a_published_notice_is_not_edited(fresh):
    """A figure changed in the file after publication is told, and changes nothing that is published."""
    before = events(fresh, VILLAGE)
    fresh.rewrite(lambda case: stage(case, "plan").update(resettled=19))
    fates = fresh.published()
    assert codes(fates[2]) == ("PUBLISHED_NOTICE_CHANGED",)
    assert "第四十二条" in fates[2].why[0].message
    assert events(fresh, VILLAGE) == before


async def test_a_day_that_was_not_published_before_is_no_change(fresh):
    """The day of the risk assessment, told after the plan was published, neither holds nor changes the plan."""
    before = events(fresh, VILLAGE)
    assert b"risk_assessed_on" not in b"".join(body for _, body in before if isinstance(body, bytes))
    fresh.rewrite(lambda case: case.update(risk_assessed_on="2025-10-22"))
    assert {one.fate for one in fresh.published()} == {Fate.PUBLISHED}
    assert events(fresh, VILLAGE) == before


def corrected(case, **changes):
    """The plan is published again, changed."""
    plan = json.loads(json.dumps(stage(case, "plan")))
    plan |= {
        "stage": "plan_corrected", "corrects": "plan", "title": "征地补偿安置公告（更正）",
        "doc_no": "苕征补更〔2025〕7号", "posted_on": "2025-11-20", "resettled": 20, "text_file": "07_更正.txt",
    }  # fmt: skip
    plan["period"]["last_day_stated"] = "2025-12-20"
    plan["registration"] = {**plan["registration"], "from": "2025-11-21", "to": "2025-12-31"}
    case["stages"] = [one for one in case["stages"] if one["stage"] not in {"final", "pay"}]
    case["stages"].append(plan | changes)


CORRECTION = (
    "安置对象更正为被征地农民20人，补偿登记期限顺延；本公告期限为30日，至2025年12月20日止。其余不变。"
)


async def test_a_corrected_plan_hangs_beside_the_first_and_its_period_starts_anew(young):
    """The plan published again is a notice of its own; the period counts from its posting (G8)."""
    young.published(noon("2025-11-05"))
    young.rewrite(lambda case: corrected(case, text_file="03_plan.txt"))
    assert codes(young.published(noon("2025-11-20"))[-1]) == ("TEXT_SHARED",)
    young.write("07_更正.txt", CORRECTION)
    young.rewrite(lambda case: case["stages"].pop())
    young.rewrite(corrected)
    fates = young.published(noon("2025-11-20"))
    assert [one.fate for one in fates] == [Fate.PUBLISHED] * 4 + [Fate.PROPOSED]
    await young.pulled(now=noon("2025-11-20"))
    with young.board() as board:
        hung = land_board.case(board.land(VILLAGE), CASE)
    assert [one.notice.revision for one in hung if one.notice.kind is NoticeKind.PLAN] == [1, 2]
    view = case_view(hung, village_of(VILLAGE), date(2025, 12, 5), CALENDAR, RULES)
    step = next(one for one in view.steps if one.step.value == "plan")
    assert (step.until.day, step.restarted, step.number) == (date(2025, 12, 20), True, 5)
    assert view.now.days_left == 15
    assert view.corrected == {hung[2].rec}
    acts = {act.act.value: act.until.day for act in view.now.acts}
    assert acts["object"] == date(2025, 12, 22)  # a Saturday: moved to Monday (民法典 §203)
    assert acts["register"] == date(2025, 12, 31)


async def test_a_village_that_joins_later_gets_the_earlier_notices_too(young):
    """A correction that takes in another village's land: that village gets every notice, the others none twice."""
    young.published(noon("2025-11-05"))

    def joined(case):
        corrected(case)
        plan = case["stages"][-1]
        more = {**plan["areas"][0], "village": "向阳村", "village_code": "330590200203",
                "owner": "竹垓乡向阳村股份经济合作社", "land_type": "林地", "ha": "0.1000", "mu": "1.5000"}  # fmt: skip
        plan["areas"].append(more)
        plan["totals"] = {"ha": "2.1473", "mu": "32.2095"}
        plan["posted_at"].append("向阳村村务公开栏")
        row = {"village": "向阳村", "item": "区片综合补偿（农用地）", "basis": "1.5亩×58000元/亩"}
        plan["compensation"].append(row | {"amount_fen": 8700000})
        plan["compensation_total_fen"] += 8700000

    young.write("07_更正.txt", CORRECTION)
    young.rewrite(joined)
    fates = young.published(noon("2025-11-20"))
    assert [one.fate for one in fates] == [Fate.PROPOSED] * 5, [one.why for one in fates]
    for village, count in ((VILLAGE, 5), (NEIGHBOUR, 5), ("330590200203", 5)):
        recs = [head.rec for head, _ in events(young, village)]
        assert len(recs) == len(set(recs)) == count
    assert {one.fate for one in young.published(noon("2025-11-21"))} == {Fate.PUBLISHED}


async def test_a_stopped_case_says_why_and_nothing_follows(young):
    """终止征收 is a notice with its reason; nobody is asked to act any more, and no stage comes after it."""
    young.published(noon("2025-11-05"))
    stop = {
        "stage": "stop", "title": "终止征收土地公告", "doc_no": "苕征终〔2025〕7号", "issuer": "苕安县人民政府",
        "posted_on": "2025-11-20", "posted_at": ["竹垓乡人民政府公告栏", "竹垓村村务公开栏", "中坞村村务公开栏"],
    }  # fmt: skip

    def stopped(case):
        case["stages"] = [one for one in case["stages"] if one["stage"] not in {"final", "pay"}]
        case["stages"].append(stop)

    young.rewrite(stopped)
    told = young.published(noon("2025-11-20"))[-1]
    assert told.fate is Fate.HELD
    assert any("终止征收的原因" in one.message for one in told.why)
    young.rewrite(lambda case: stage(case, "stop").update(reason="规划调整，不再占用该地块"))
    assert codes(young.published(noon("2025-11-20"))[-1]) == ("TEXT_MISSING",)
    young.write("08_终止.txt", "因规划调整，竹垓小学迁建工程终止征收土地。")
    young.rewrite(lambda case: stage(case, "stop").update(text_file="08_终止.txt"))
    assert young.published(noon("2025-11-20"))[-1].fate is Fate.PROPOSED
    await young.pulled(now=noon("2025-11-20"))
    with young.board() as board:
        hung = land_board.case(board.land(VILLAGE), CASE)
    view = case_view(hung, village_of(VILLAGE), date(2025, 11, 21), CALENDAR, RULES)
    assert view.stopped == hung[-1].notice.number == 5
    assert view.latest.reason == "规划调整，不再占用该地块"
    assert view.now.acts == ()
    late = json.loads((young.folder / "case" / "case.json").read_text("utf-8"))
    late["stages"].append({**stage(late, "plan"), "stage": "plan_corrected", "corrects": "plan",
                           "doc_no": "苕征补更〔2025〕7号", "posted_on": "2025-11-25"})  # fmt: skip
    young.case.write_text(json.dumps(late))
    told = young.published(noon("2025-11-26"))[-1]
    assert "land-step-not-possible" in codes(told)


async def test_a_withdrawn_notice_leaves_the_boards_and_never_hangs_again(fresh):
    """Taken down with its reason in every village; the same file proposed again changes nothing."""
    await fresh.pulled()
    now = noon("2026-03-11")
    reason = wire.Reason(code="notice-withdrawn", text="征收面积有误")
    made = propose_withdrawal(fresh.county, "苕征付公〔2026〕7号", reason, now)
    assert "征收面积有误" in made.shown
    with pytest.raises(WithdrawalWaits, match="已经提交过"):
        propose_withdrawal(fresh.county, "苕征付公〔2026〕7号", reason, now)
    review(fresh.county, made.id, now)
    publish(fresh.county, made.id, now)
    await fresh.pulled(now=now)
    await fresh.pulled(NEIGHBOUR, now=now)
    for code in (VILLAGE, NEIGHBOUR):
        with fresh.board() as board:
            hung = land_board.case(board.land(code), CASE)
            gone = board._db.execute("SELECT code FROM notice WHERE withdrawn > 0").fetchall()
            assert [one.notice.kind.value for one in hung] == KINDS[:-1]
            assert land_board.by_code(board._db, gone[0][0]) is None
            told = [board.taken_down(one) for (one,) in gone]
            assert {one.village for one in told} == {VILLAGE, NEIGHBOUR}
            assert {(one.notice, one.day, one.reason) for one in told} == {(True, now.date(), "征收面积有误")}
            assert {one.title for one in told} == {"竹垓小学迁建工程征地补偿费用支付情况公示"}
    before = dump(fresh.database)
    async with fresh.archive() as archive:
        await archive.rebuild()
    assert dump(fresh.database) == before
    assert [one.fate for one in fresh.published(now)][-1] is Fate.WITHDRAWN
    with pytest.raises(NoticeNotFound, match="苕征付公"):
        propose_withdrawal(fresh.county, "苕征付公〔2026〕7号", reason, now)


async def test_the_reviewer_signs_what_was_read(young):
    """The words shown to the second person are those of the lines; other words are not signed."""
    fates = young.proposed()
    plan = fates[2].proposal
    told = proposal_text(plan)
    assert "征地补偿安置公告（苕征补告〔2025〕7号）" in told
    assert "公告期 30日，写明截止 2025-11-30" in told
    assert "应付合计 1,845,183.60 元" in told
    assert "竹垓村、中坞村" in told
    assert "张贴日期比提交日早 130 天，公告不得倒填日期" in told
    assert proposal_line(plan, "proposed").endswith("征地补偿安置公告（苕征补告〔2025〕7号）")
    path = young.county.proposals / plan.id / "proposal.json"
    path.write_text(path.read_text("utf-8").replace("18人", "81人"), "utf-8")
    with pytest.raises(ProposalDamaged):
        review(young.county, plan.id, AFTER_ALL)


async def test_an_event_too_long_is_held_with_a_sentence(young):
    """A notice beyond the entry limit is refused whole, before anything is written."""
    (young.folder / "case" / "02_survey.txt").write_text("土地面积说明。" * 8000)
    fates = young.published()
    assert [one.fate for one in fates] == [Fate.PROPOSED] + [Fate.HELD] * 5
    assert "“土地现状调查结果公示”连同面积表和补偿表太长" in fates[1].why[0].message
    assert len(events(young, VILLAGE)) == 1


async def test_a_number_of_a_person_never_leaves(young):
    """What the check does not see, the gate at the feed does: a file named after an ID number is held."""
    (young.folder / "case" / "990523195803120019.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    young.rewrite(lambda case: stage(case, "start").update(
        attachments=["990523195803120019.png"], secrecy_review="县资规局保密员 2025-09-20"
    ))  # fmt: skip
    fates = young.published()
    assert fates[0].fate is Fate.HELD
    assert "990523195803120019" not in "".join(one.message for one in fates[0].why)
    assert events(young, VILLAGE) == []


def test_a_record_is_named_by_case_kind_and_revision():
    """The name holds no run of digits that a privacy check could take for a person's number."""
    from boards.model.land.notice import LandNotice  # noqa: PLC0415

    notice = LandNotice(
        case_id="990523195803120019", number=1, kind=NoticeKind.PLAN, project="x", purpose="x", county="x",
        title="x", doc_no="x", issuer="x", posted_on=date(2025, 1, 1), villages=(),
    )  # fmt: skip
    assert record_of(notice).startswith("land-")
    assert record_of(notice).endswith("-plan-1")
    assert not any(char.isdigit() for char in record_of(notice)[:15])
    assert record_of(msgspec.structs.replace(notice, revision=2)) == record_of(notice)[:-1] + "2"
    assert noon("2025-01-01") + timedelta(0) == noon("2025-01-01")
