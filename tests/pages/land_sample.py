"""Land cases of the sample village: L1 as it would stand on a day, seen from 竹垓村 under the sample's name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from boards.model.calendar.workdays import Term, Unit
from boards.model.calendar.years import shipped_calendar
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.kinds import NoticeKind
from boards.model.land.notice import Attachment, LandNotice, NoticeApproval, NoticeContact
from boards.model.land.registration import Registration
from boards.model.land.terms import ZHEJIANG
from boards.sheets.land.case import case_view, notice_view
from boards.sheets.land.case_line import case_line
from boards.sheets.land.views import CaseView, HungNotice, NoticeView
from tests.pages.views_sample import CODE, DIGEST, TODAY, VILLAGE

CALENDAR = shipped_calendar()
NEIGHBOUR = "330590101202"
PHONE = "0572-0123456"
CASE = "L1_岭东小学迁建"


def parcel(village: str, code: str, kind: str, ha: str, mu: str) -> LandParcel:
    return LandParcel(
        village=village,
        village_code=code,
        land_class=kind,
        area=Area(ha=Decimal(ha), mu=Decimal(mu)),
    )


AREAS = (
    parcel("岭东村", CODE, "耕地", "1.2036", "18.0540"),
    parcel("岭东村", CODE, "林地", "0.4410", "6.6150"),
    parcel("岭东村", CODE, "建设用地", "0.0872", "1.3080"),
    parcel("中坞村", NEIGHBOUR, "园地", "0.3155", "4.7325"),
)
MONEY = (
    CompensationRow(
        village="岭东村", item="区片综合补偿（农用地）", basis="24.669亩×58000元/亩", amount=143080200
    ),
    CompensationRow(
        village="岭东村",
        item="区片综合补偿（建设用地、未利用地）",
        basis="1.308亩×29000元/亩",
        amount=3793200,
    ),
    CompensationRow(village="岭东村", item="青苗和地上附着物", basis="按清点登记表", amount=4144832),
    CompensationRow(
        village="中坞村", item="区片综合补偿（农用地）", basis="4.7325亩×58000元/亩", amount=27448500
    ),
    CompensationRow(village="中坞村", item="青苗和地上附着物", basis="按清点登记表", amount=6051628),
)
PLAN_TEXT = """根据土地现状调查和社会稳定风险评估结果，拟定岭东小学迁建工程征地补偿安置方案，现公告如下：
一、征收范围和土地现状
岭东村　耕地　1.2036公顷（18.054亩）
岭东村　林地　0.441公顷（6.615亩）
岭东村　建设用地　0.0872公顷（1.308亩）
中坞村　园地　0.3155公顷（4.7325亩）
合计2.0473公顷（30.7095亩）
二、征收目的
教育用地
三、补偿标准和费用
岭东村　区片综合补偿（农用地）　24.669亩×58000元/亩　1430802.00元
岭东村　区片综合补偿（建设用地、未利用地）　1.308亩×29000元/亩　37932.00元
岭东村　青苗和地上附着物　按清点登记表　41448.32元
中坞村　区片综合补偿（农用地）　4.7325亩×58000元/亩　274485.00元
中坞村　青苗和地上附着物　按清点登记表　60516.28元
合计　1845183.60元
四、安置对象和方式
安置对象为被征地农民18人，采用货币补偿和社会保障相结合的方式。
五、异议和听证
过半数被征地农村集体经济组织成员认为方案不符合规定的，可在公告期内书面申请听证。
本公告期限为30日。"""
START_TEXT = """为实施岭东小学迁建工程（教育用地），需征收梅坞镇岭东村、梅坞镇中坞村的农民集体所有土地。现将有关事项公告如下：
一、征收范围
位于梅坞镇岭东村、梅坞镇中坞村，面积2.0473公顷（合30.7095亩），以勘测定界成果为准，四至见附图。
二、其他事项
公告发布之日起，在征收范围内抢栽抢建的部分不予补偿。
本公告期限为10个工作日，自张贴次日起算。"""
WINDOW = Registration(
    start=date(2026, 11, 9), end=date(2026, 12, 31), place="梅坞镇人民政府101室", phone=PHONE
)


def notice(kind: NoticeKind, number: int, title: str, posted_on: date, **changed) -> LandNotice:
    made = LandNotice(
        case_id=CASE,
        number=number,
        kind=kind,
        project="岭东小学迁建工程",
        purpose="教育用地",
        county="苕安县",
        title=title,
        doc_no=f"苕征〔2026〕{number}号",
        issuer="苕安县人民政府",
        posted_on=posted_on,
        villages=(CODE, NEIGHBOUR),
        posted_at=("梅坞镇人民政府公告栏", "岭东村村务公开栏", "中坞村村务公开栏"),
        areas=AREAS,
        total=Area(ha=Decimal("2.0473"), mu=Decimal("30.7095")),
        contacts=(NoticeContact(office="梅坞镇人民政府", phone=PHONE),),
        text=START_TEXT,
        attachments=("勘测定界图",),
    )
    return replace(made, **changed)


START = notice(
    NoticeKind.START,
    1,
    "征收土地启动公告",
    date(2026, 9, 1),
    term=Term(n=10, unit=Unit.WORKING_DAY),
    stated_until=date(2026, 9, 15),
)
SURVEY = notice(
    NoticeKind.SURVEY,
    2,
    "土地现状调查结果公示",
    date(2026, 10, 12),
    term=Term(n=7, unit=Unit.CALENDAR_DAY),
)
PLAN = notice(
    NoticeKind.PLAN,
    3,
    "征地补偿安置公告",
    date(2026, 10, 30),
    term=Term(n=30, unit=Unit.CALENDAR_DAY),
    compensation=MONEY,
    due_fen=184518360,
    resettled=18,
    registration=WINDOW,
    text=PLAN_TEXT,
)
REGISTER = notice(NoticeKind.REGISTER, 4, "征地补偿登记通告", date(2026, 11, 9), registration=WINDOW)
FINAL = notice(
    NoticeKind.FINAL,
    5,
    "征收土地公告",
    date(2026, 12, 25),
    term=Term(n=10, unit=Unit.WORKING_DAY),
    approval=NoticeApproval(
        authority="浙江省人民政府（虚构文号）",
        doc_no="浙土字(330590)A[2026]-0007号",
        approved_on=date(2026, 12, 16),
        received_on=date(2026, 12, 18),
    ),
)
PAY = notice(
    NoticeKind.PAY,
    6,
    "征地补偿费用支付情况公示",
    date(2027, 1, 20),
    compensation=tuple(replace(row, paid=row.amount) for row in MONEY),
    due_fen=184518360,
    paid_fen=184518360,
)
PLAN_AGAIN = replace(PLAN, number=4, revision=2, doc_no="苕征〔2026〕4号", posted_on=date(2026, 11, 20))


def hung(*notices: LandNotice) -> tuple[HungNotice, ...]:
    return tuple(
        HungNotice(
            notice=one,
            rec=f"land-{one.kind}-{one.revision}",
            code=f"703128460{one.number}",
            digest=DIGEST,
            imported_on=one.posted_on,
        )
        for one in notices
    )


def case(*notices: LandNotice, today: date = TODAY) -> CaseView:
    return case_view(hung(*notices), VILLAGE, today, CALENDAR, ZHEJIANG)


def in_full(view: CaseView, number: int, today: date = TODAY, pdf: str = "") -> NoticeView:
    """One notice of a case as its page shows it."""
    one = next(found for found in view.hung if found.notice.number == number)
    return notice_view(view.hung, one, today, CALENDAR, ZHEJIANG, FILES if number == 3 else (), pdf)


FILES = (
    Attachment(sha256="a" * 64, name="勘测定界图", media_type="image/png", size_bytes=120_000),
    Attachment(sha256="b" * 64, name="补偿方案扫描件", media_type="application/pdf", size_bytes=2_400_000),
)
IN_PLAN = case(START, SURVEY, PLAN, REGISTER)
WAITING = case(START, SURVEY, PLAN, REGISTER, today=date(2027, 1, 25))
OVER_NEW_YEAR = case(START, SURVEY, PLAN, REGISTER, FINAL, today=date(2026, 12, 28))
UNPAID = case(START, SURVEY, PLAN, REGISTER, FINAL, today=date(2027, 8, 1))
PAID = case(START, SURVEY, PLAN, REGISTER, FINAL, PAY, today=date(2027, 9, 1))
STOP = notice(
    NoticeKind.STOP,
    4,
    "终止征收土地公告",
    date(2026, 11, 18),
    reason="项目选址调整",
    text="因项目选址调整，终止征收。",
)
STOPPED = case(START, SURVEY, PLAN, STOP)
PLAN_CHANGED = case(START, SURVEY, PLAN, PLAN_AGAIN)
CASE_LINES = (case_line(IN_PLAN), case_line(PAID))
