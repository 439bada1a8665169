"""A fictional village to show: 岭东村 of 330590, on Sunday 22 November 2026. Nobody in here lives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from msgspec.structs import replace

from boards.model.calendar.workdays import LastDay, Term, Unit
from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow, Settled
from boards.model.money import product_fen
from boards.model.pack import Contact, Guide, Programme
from boards.model.payouts import Control, LeftOut, LeftOutReason, Phase, Terms, WhyLeftOut
from boards.model.place import Village
from boards.model.windows import Deadline
from boards.sheets.overview import Overview, overview
from boards.sheets.sheet import Line, SheetHead, Variant
from boards.sheets.views import (
    Change,
    FindView,
    Frame,
    GroupsView,
    Hit,
    HomeView,
    HouseholdPart,
    HouseholdView,
    InitialsView,
    ListView,
    Person,
    Posted,
    ProgrammesView,
    ProgrammeView,
    SearchView,
    Surname,
    TakenDown,
    TroubleView,
    YearView,
)
from boards.sheets.year import YearSheet
from kiosk_server.web.pages.phone import phone_view

if TYPE_CHECKING:
    from boards.pages import Pages

ASSETS = {
    "kiosk.css": "/static/kiosk.0123abcd.css",
    "kiosk.js": "/static/kiosk.0123abcd.js",
    "icon.svg": "/static/icon.0123abcd.svg",
}
CODE = "330590101201"
TODAY = date(2026, 11, 22)
VILLAGE = Village(code=CODE, name="岭东村", town="梅坞镇", county="苕安县")
PHONE = "0500-123 4567"
DIGEST = "9f2c71ab" + "0" * 56
FRAME = Frame(
    pack="2026-3",
    village_code=CODE,
    village=VILLAGE.name,
    town=VILLAGE.town,
    county=VILLAGE.county,
    today=TODAY,
    path=f"/v/{CODE}/",
    phone=PHONE,
    updated_at=datetime(2026, 11, 21, 22, 40, tzinfo=UTC),
)


def frame(path: str, back: str = f"/v/{CODE}/", **changed) -> Frame:
    """Frame of a page below the village."""
    taken_home = path.startswith(("/pay", "/prog", "/house", "/find", "/init", "/group", "/year"))
    share = f"/v/{CODE}/phone?back=" if taken_home else ""
    read = path if path.startswith(("/find", "/help", "/pay", "/prog", "/house", "/year", "/land")) else ""
    say = f"/v/{CODE}/say{'/home' if path == '/' else read.partition('?')[0]}" if read or path == "/" else ""
    return replace(FRAME, **{"path": f"/v/{CODE}{path}", "back": back, "share": share, "say": say, **changed})


def listing(pages: Pages, of: Frame, view: ListView) -> str:
    """One page of a list that is opened there."""
    return pages.opened(of, view).page(view, of.path).page.decode()


def terms(programme: str = "farmland_fertility", name: str = "耕地地力保护补贴", **changed) -> Terms:
    made = Terms(
        village=CODE,
        programme=programme,
        programme_name=name,
        phase=Phase.PAYMENT,
        fiscal_year=2026,
        period_no="2026-01",
        paid_on=date(2026, 6, 18),
        funds="中央财政",
        rate_text="131.42元/亩",
        office="苕安县农业农村局",
        phone="0500-765 4321",
        address="岭东村村部",
        planned_from=date(2026, 11, 16),
        planned_until=date(2026, 11, 28),
    )
    return replace(made, **changed)


PEOPLE = (
    ("沈桂珍", "一组", "6.3"),
    ("周阿根", "一组", "4.80"),
    ("朱𬭎", "一组", "8.2"),
    ("贾䶮", "二组", "5.5"),
    ("陈水娥", "二组", "3.70"),
    ("王㛃", "二组", "7.1"),
    ("阿不都热依木·买买提", "二组", "2.9"),
    ("欧阳建国", "三组", "11.4"),
    ("单秀英", "三组", "4.2"),
    ("沈桂珍", "四组", "6.00"),
)
RATE = Decimal("131.42")


def lines(rate: Decimal | None = RATE) -> tuple[Line, ...]:
    """Ten lines of an area list; the fifth was corrected."""
    made = [
        Line(
            seq=number,
            holder=name,
            group=group,
            quantity=Decimal(area),
            unit="亩",
            rate=rate,
            amount_fen=product_fen(Decimal(area), rate) if rate else 0,
            household=number,
        )
        for number, (name, group, area) in enumerate(PEOPLE, start=1)
    ]
    made[4] = replace(
        made[4], corrected_from_fen=46254, corrected_on=date(2026, 7, 2), corrected_why="丈量面积更正"
    )
    return tuple(made)


def head(**changed) -> SheetHead:
    made = SheetHead(
        village=VILLAGE,
        batch="farmland_fertility-2026-01",
        edition=1,
        variant=Variant.AREA,
        title="岭东村2026年耕地地力保护补贴发放公示表",
        terms=terms(),
        count=186,
        households=186,
        quantity=Decimal("1243.60"),
        unit="亩",
        sum_fen=16343391,
        source_total_fen=16343391,
        control=Control(fen=41213400, scope="梅坞镇", source="花名册合计"),
        digest=DIGEST,
        code="7031284651",
        mask_policy="1",
        imported_on=date(2026, 11, 21),
    )
    return replace(made, **changed)


TERM = Term(n=7, unit=Unit.CALENDAR_DAY)


def posted(of: SheetHead | None = None, until: date = date(2026, 11, 28)) -> Posted:
    """A list as the screen keeps it until a day; its posting term began on the day of import."""
    shown, left = of or head(), (until - TODAY).days
    end = (shown.imported_on or TODAY) + timedelta(days=TERM.n)
    return Posted(
        head=shown,
        deadline=Deadline(term=TERM, until=LastDay(day=end)),
        posting=left >= 0 and end >= TODAY,
        until=LastDay(day=until),
        days_left=left,
        open=left >= 0,
    )


def list_view(of: Posted | None = None, shown: tuple[Line, ...] | None = None, **changed) -> ListView:
    shown, of = lines() if shown is None else shown, of or posted()
    made = ListView(
        posted=of,
        lines=shown,
        overview=overview(of.head, shown),
        page=1,
        pages=19,
        first=1,
        page_sum_fen=sum(line.amount_fen for line in shown),
        page_quantity=sum((line.quantity or Decimal(0) for line in shown), Decimal(0)),
    )
    return replace(made, **changed)


LEFT_OUT = (
    LeftOut(reason=LeftOutReason.UNPAID, count=2, sum_fen=73595),
    LeftOut(reason=LeftOutReason.UNLISTED, count=1, sum_fen=26284),
)
OWN = 16343391 + 73595 + 26284
LEFT_OUT_HEAD = head(
    left_out=LEFT_OUT,
    source_total_fen=OWN,
    control=Control(fen=OWN, scope="岭东村", source="支付文件"),
)
WHY = (
    WhyLeftOut(why="卡号与户名不一致", households=5),
    WhyLeftOut(why="面积没有核实", households=3),
    WhyLeftOut(why="", households=2),
)
CLOSED = posted(until=date(2026, 11, 21))
LONG = posted(head(count=600, households=600))  # six groups and a hamlet
HOMES = ("第一小组", "第二小组", "第三小组", "第四小组", "第五小组", "第六小组", "老岭头自然村")
SURNAMES = "王沈陈周李张吴朱徐钱孙马胡郭何高林罗贾单仇解任曾区查欧司徒章鲍"
OVERVIEW = Overview(
    groups={home: range(1 + 86 * at, 87 + 86 * at) for at, home in enumerate(HOMES)},
    surnames={name: range(1, 40 - at) for at, name in enumerate(SURNAMES)},
    quantity_decimals=2,
)
LONG_LINES = tuple(
    replace(line, group=HOMES[at * 7 // 10], corrected_from_fen=None) for at, line in enumerate(lines())
)

MACHINES = head(
    batch="machinery-2026-02",
    variant=Variant.ITEM,
    title="岭东村2026年农机购置与应用补贴发放公示表",
    terms=terms(
        "machinery", "农机购置与应用补贴", rate_text="", paid_on=date(2026, 9, 2), period_no="2026-02"
    ),
    count=4,
    households=3,
    quantity=Decimal(4),
    unit="台",
    sum_fen=6140000,
    source_total_fen=6140000,
    control=None,
    code="2650417734",
)
MACHINE_LINES = (
    Line(
        seq=1,
        holder="欧阳建国",
        beneficiary="岭东村稻虾合作社",
        group="三组",
        item="轮式拖拉机 90马力档",
        quantity=Decimal(1),
        unit="台",
        rate=Decimal(28000),
        amount_fen=2800000,
    ),
    Line(
        seq=2,
        holder="周阿根",
        group="一组",
        item="履带式谷物联合收割机",
        quantity=Decimal(1),
        unit="台",
        rate=Decimal(24600),
        amount_fen=2460000,
        household=2,
    ),
    Line(
        seq=3,
        holder="王㛃",
        group="二组",
        item="水稻插秧机 6行手扶步进式",
        quantity=Decimal(2),
        unit="台",
        rate=Decimal(4400),
        amount_fen=880000,
        household=6,
        remark="两台同日购置",
    ),
)

LONGEST_LINES = (
    Line(
        seq=1,
        holder="苕安县梅坞镇岭东村稻虾生态种养农民专业合作社联合社",
        group="第十二村民小组（老岭头自然村）",
        item="自走履带式全喂入谷物联合收割机 喂入量6至7kg每秒 配套秸秆粉碎装置",
        quantity=Decimal("123456.7891"),
        unit="亩",
        rate=Decimal("124.9788302"),
        amount_fen=1542948452,
        remark="与上年度相差较大，已由镇农业服务中心现场复核",
    ),
    *MACHINE_LINES,
)

SEEDS = head(
    batch="seeds-2026-01",
    variant=Variant.IN_KIND,
    title="岭东村2026年大豆良种补贴发放公示表",
    terms=terms("seeds", "大豆良种补贴", rate_text="5公斤/亩", paid_on=date(2026, 5, 6)),
    count=3,
    households=3,
    quantity=Decimal("18.2"),
    sum_fen=0,
    source_total_fen=0,
    code="9914063325",
)
SEED_LINES = tuple(
    Line(
        seq=n,
        holder=name,
        group=group,
        quantity=Decimal(area),
        unit="亩",
        in_kind=f"大豆良种 {kg} kg",
        household=n,
    )
    for n, (name, group, area, kg) in enumerate(
        (("沈桂珍", "一组", "6.3", "31.5"), ("贾䶮", "二组", "5.5", "27.5"), ("单秀英", "三组", "6.4", "32")),
        start=1,
    )
)

APPLIED = head(
    batch="grain-2026-a1",
    variant=Variant.APPLICATION,
    title="岭东村2026年实际种粮农民一次性补贴申报公示表",
    terms=terms(
        "grain",
        "实际种粮农民一次性补贴",
        phase=Phase.APPLICATION,
        paid_on=None,
        rate_text="",
        period_no="2026-01",
    ),
    count=142,
    households=142,
    quantity=Decimal("905.35"),
    sum_fen=0,
    source_total_fen=0,
    code="4408127790",
)

CARE = head(
    batch="care-2026-03",
    variant=Variant.ITEM,
    title="岭东村2026年护理补贴发放公示表",
    terms=terms("care", "护理补贴", sensitive=True, rate_text="", office="苕安县残疾人联合会"),
    count=2,
    households=2,
    quantity=None,
    unit="",
    sum_fen=60000,
    source_total_fen=60000,
    code="5520013396",
)
CARE_LINES = (
    Line(seq=1, holder="周阿根", amount_fen=30000, household=2),
    Line(
        seq=2,
        holder="陈水娥",
        group="二组",
        item="重度",
        quantity=Decimal(3),
        unit="月",
        rate=Decimal(100),
        amount_fen=30000,
        remark="评残等级二级",
        household=5,
    ),
)

FOREST = head(
    batch="forest-2026-01",
    title="岭东村2026年森林生态效益补偿发放公示表",
    terms=terms(
        "forest", "森林生态效益补偿", rate_text="33.00元/亩", office="苕安县林业局", paid_on=date(2026, 9, 2)
    ),
    count=64,
    households=64,
    quantity=Decimal("880.5"),
    sum_fen=2905650,
    source_total_fen=2905650,
    code="1187340056",
    imported_on=date(2026, 9, 3),
)
OLD = posted(
    head(
        batch="resettled-2026-01",
        title="岭东村2026年水库移民后期扶持发放公示表",
        terms=terms(
            "resettled",
            "水库移民后期扶持",
            rate_text="600元/人",
            office="苕安县水利局",
            paid_on=date(2026, 3, 9),
        ),
        count=41,
        households=38,
        quantity=Decimal(41),
        unit="人",
        sum_fen=2460000,
        source_total_fen=2460000,
        code="6672259018",
    ),
    until=date(2026, 11, 1),
)
SHOWING = (
    posted(until=date(2026, 11, 28)),
    posted(APPLIED, until=date(2026, 11, 29)),
    posted(FOREST, until=date(2027, 9, 2)),
)
ALL_POSTED = (
    *SHOWING,
    posted(MACHINES, until=date(2026, 12, 31)),
    posted(SEEDS, until=date(2026, 12, 31)),
    OLD,
)

TAKEN_DOWN = TakenDown(
    village=CODE,
    title="岭东村2026年耕地地力保护补贴发放公示表",
    day=date(2026, 11, 20),
    reason="面积登记有误，重新核实后再公布。",
)
HOME = HomeView(
    showing=SHOWING,
    year=2026,
    programmes=5,
    applications=1,
    sum_fen=27849041,
    updated_at=datetime(2026, 11, 21, 22, 40, tzinfo=UTC),
)
AUTUMN = head(
    batch="farmland_fertility-2026-02",
    code="7031284669",
    terms=terms(period_no="2026-02", paid_on=date(2026, 11, 20)),
    imported_on=TODAY,
)
HOME_CHANGED = replace(
    HOME,
    showing=(*SHOWING, posted(AUTUMN, until=date(2027, 12, 31))),
    changes=(
        Change(
            day=date(2026, 11, 20),
            title=MACHINES.title,
            withdrawn=False,
            period="2026-02",
            path=("payouts", MACHINES.batch),
        ),
        Change(
            day=date(2026, 11, 10),
            title=SEEDS.title,
            withdrawn=True,
            period="2026-01",
            reason="名单发错了村，核对后重新公布",
        ),
    ),
)
FARMLAND = Programme(
    code="farmland_fertility",
    name="耕地地力保护补贴",
    department="苕安县农业农村局",
    guide=Guide(
        who="拥有耕地承包权的种地农民。\n耕地撂荒两年以上的，不补。",
        standard="每亩131.42元，按确权面积计算。",
        how="村里登记、公示7天，镇里核对，县财政直接发到一卡通。",
        materials="身份证、一卡通、土地承包经营权证。",
        deadline="每年3月1日至4月30日登记。",
        office="岭东村村部，或梅坞镇便民服务中心。",
        phone="0500-765 4321",
        basis="县财政局、县农业农村局关于耕地地力保护补贴的实施办法。",
    ),
)
NAMES = {"farmland_fertility": "Farmland fertility subsidy", "rice": "Rice subsidy"}


def programme(code: str, name: str, first: str = "", last: str = "", *on: Posted) -> ProgrammeView:
    """A programme with its days to apply and its lists."""
    guide = Guide(who="种地的农户", standard="按亩")
    about = {"department": "苕安县农业农村局", "guide": guide, "apply_from": first, "apply_to": last}
    return ProgrammeView(programme=Programme(code=code, name=name, **about), posted=on)


EVERY = (
    ProgrammeView(programme=FARMLAND, posted=(posted(),)),
    programme(
        "machinery", "农机购置与应用补贴", "01-01", "12-31", posted(MACHINES, until=date(2026, 12, 31))
    ),
    programme("resettled", "水库移民后期扶持", "", "", OLD),
    programme("rice", "稻谷补贴", "06-01", "08-31"),
)
PROGRAMMES = ProgrammesView(year=2026, years=(2025, 2026), posted=ALL_POSTED, sum_fen=27849041, every=EVERY)
LAST_YEAR = head(
    batch="farmland_fertility-2025-01",
    terms=terms(fiscal_year=2025, period_no="2025-01", paid_on=date(2025, 6, 20)),
)
PROGRAMME = ProgrammeView(programme=FARMLAND, posted=(posted(), posted(LAST_YEAR, until=date(2026, 6, 17))))

FOREST_LINE = Line(
    seq=8,
    holder="沈桂珍",
    group="一组",
    quantity=Decimal("6.3"),
    unit="亩",
    rate=Decimal(33),
    amount_fen=20790,
)
ADVANCE_LINE = Line(seq=3, holder="沈桂珍", group="一组", quantity=Decimal("6.3"), unit="亩")
HOUSEHOLD = HouseholdView(
    name="沈桂珍",
    group="一组",
    parts=(
        HouseholdPart(
            posted=posted(),
            line=lines()[0],
            year_before=replace(lines()[0], quantity=Decimal("7.1"), amount_fen=93308),
        ),
        HouseholdPart(
            posted=posted(FOREST, until=date(2027, 9, 2)),
            line=replace(
                FOREST_LINE,
                corrected_from_fen=19800,
                corrected_on=date(2026, 10, 9),
                corrected_why="林地面积更正",
            ),
        ),
        HouseholdPart(posted=posted(SEEDS, until=date(2026, 12, 31)), line=SEED_LINES[0]),
        HouseholdPart(posted=posted(APPLIED, until=date(2026, 11, 29)), line=ADVANCE_LINE),
    ),
)
HOUSEHOLD_SAME_NAME = HouseholdView(
    name="王小芳",
    group="二组",
    keyed=False,
    parts=(HouseholdPart(posted=posted(), line=lines()[0]),),
    namesakes=(
        HouseholdPart(posted=posted(), line=replace(lines()[0], quantity=Decimal("2.8"), amount_fen=36798)),
    ),
)
HOUSEHOLD_CLOSED = HouseholdView(
    name="沈桂珍", group="一组", parts=(HouseholdPart(posted=CLOSED, line=lines()[0]),)
)

SURNAMES = tuple(
    Surname(surname=name, count=count)
    for name, count in (
        ("沈", 42), ("周", 31), ("王", 24), ("陈", 19), ("吴", 15), ("钱", 12), ("朱", 11),
        ("单", 9), ("贾", 6), ("姚", 5), ("施", 4), ("闵", 3), ("欧阳", 2), ("阿不都热依木", 1),
    )
)  # fmt: skip
FIND = FindView(surnames=SURNAMES, organisations=2)
FOUND = FindView(
    surnames=SURNAMES,
    surname="沈",
    people=(
        Person(household=1, name="沈桂珍", group="一组", payouts=4),
        Person(household=21, name="沈国强", group="一组", payouts=1),
        Person(household=31, name="沈阿宝", group="三组", head_of_household="沈国富", payouts=2),
        Person(
            household=10, name="沈桂珍", group="四组", head_of_household="沈金木", payouts=1, namesake=True
        ),
        Person(household=11, name="沈桂珍", group="四组", payouts=3, namesake=True),
    ),
)

FIND_LEFT_OUT = replace(
    FIND,
    paid=(
        posted(replace(LEFT_OUT_HEAD, left_out_why=WHY)),
        posted(replace(FOREST, left_out_why=WHY[2:])),
        posted(replace(MACHINES, left_out=LEFT_OUT)),
        posted(SEEDS),
    ),
)

INITIALS = InitialsView(letters="", next_letters="ACJOSWZ")
INITIALS_FOUND = InitialsView(letters="SG", next_letters="QZ", people=FOUND.people)
GROUPS = GroupsView(
    groups=tuple(Surname(surname=f"{n}组", count=40 + 3 * at) for at, n in enumerate("一二三四五六七八"))
)
GROUP = GroupsView(groups=(), group="一组", people=FOUND.people * 3, found=43, page=2, pages=3)
SEARCH = SearchView(asked="", words=("怎么申请", "听证"), programmes=(FARMLAND,))
SEARCH_FOUND = SearchView(
    asked="补贴 登记",
    hits=(
        Hit(
            thing=FARMLAND,
            where="怎么申请",
            said=("村里", "登记", "、公示7天，镇里核对，县财政直接发到一卡通。"),
        ),
        Hit(thing=posted()),
        Hit(thing=posted(APPLIED), where="说明", said=("", "补贴", "资金由县财政统筹")),
    ),
    counts=(1, 2, 9),
    page=1,
    pages=2,
)
CONTACTS = (
    Contact(
        village=CODE,
        who="村务公开员",
        place="岭东村村部一楼便民服务窗口",
        hours="周一至周五 8:30至11:30 14:00至17:00",
        phone="0500-123 4568",
    ),
    Contact(village=CODE, who="村会计", place="岭东村村部二楼", hours="每月5日、20日", phone="0500-123 4569"),
)
ON_PHONE = phone_view(f"http://192.168.1.20:8081/v/{CODE}/households/31", household=True)


def year_batch(batch: str, period_no: str, sum_fen: int, paid_on: date | None) -> AnnualBatch:
    """A list that the year sums."""
    return AnnualBatch(batch=batch, edition=1, period_no=period_no, sum_fen=sum_fen, paid_on=paid_on)


YEAR_ROWS = (
    AnnualRow(
        programme="farmland_fertility",
        programme_name="耕地地力保护补贴",
        department="县农业农村局",
        rate_text="131.42元/亩",
        households=186,
        quantity=Decimal("1243.6"),
        unit="亩",
        sum_fen=16343391,
        batches=(year_batch("farmland_fertility-2026-01", "2026-01", 16343391, date(2026, 6, 18)),),
        left_out=(LeftOut(reason=LeftOutReason.FAILED, count=3, sum_fen=120000),),
    ),
    AnnualRow(
        programme="machinery",
        programme_name="农机购置与应用补贴",
        department="县农业农村局",
        households=3,
        people=4,
        quantity=Decimal(4),
        unit="台",
        sum_fen=6140000,
        carried_fen=2140000,
        batches=(
            year_batch("machinery-2026-01", "2026-01", 4000000, date(2026, 9, 2)),
            year_batch("machinery-2026-02", "2026-02", 2140000, date(2027, 1, 12)),
        ),
    ),
    AnnualRow(
        programme="seeds",
        programme_name="大豆良种补贴",
        department="县农业农村局",
        rate_text="5公斤/亩",
        households=3,
        sum_fen=0,
        batches=(year_batch("seeds-2026-01", "2026-01", 0, None),),
    ),
)
YEAR_SHEET = YearSheet(
    village=VILLAGE,
    year=2026,
    rows=YEAR_ROWS,
    sum_fen=22483391,
    listed_fen=22483391,
    lists=4,
    as_of=TODAY,
    office="梅坞镇岭东村",
    phone=PHONE,
    digest=DIGEST,
)
SETTLED = Settled(
    annual=Annual(
        village=CODE,
        year=2026,
        edition=1,
        rows=YEAR_ROWS,
        sum_fen=22483391,
        office="苕安县农业农村局",
        decided_on=date(2026, 12, 20),
    ),
    index=400,
    digest="4b1d0c2e" * 8,
    code="7031284651",
    arrived_on=date(2026, 12, 20),
)
YEAR = YearView(sheet=YEAR_SHEET, years=(2025, 2026))
YEAR_SETTLED = YearView(
    sheet=replace(
        YEAR_SHEET,
        as_of=SETTLED.annual.decided_on,
        office=SETTLED.annual.office,
        digest=SETTLED.digest,
        code=SETTLED.code,
        settled=SETTLED,
    ),
    years=(2025, 2026),
)


def year_on(day: date, left: int, **became: bool) -> YearView:
    """The year so far on another day; what became of the county's figures."""
    settled = replace(SETTLED, **became) if became else None
    return replace(YEAR, sheet=replace(YEAR_SHEET, as_of=day, settled=settled), days_left=left)


TROUBLE = TroubleView(
    status=404,
    code="page-not-found",
    sentence="没有找到这一页。",
    advice="可能名单已经更正，请回首页重新查找。",
)
