"""A generator of county files with known truth: seeded, and independent of the reader's own tables.

`county_file(seed)` draws households, a programme, a layout and its habits (titles, unit lines, header
words, places, totals, notes), and gives back the pages as a county would write them together with
what a right reader must conclude. Header words come from real postings, not from the reader.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tests.roster.county_files import GROUPS, VILLAGES, Household, Page, areas, by, total

if TYPE_CHECKING:
    from boards.model.place import Village

SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戚莫孔向汤计单"
GIVEN = "秀英芳伟敏静丽强磊军洋勇艳杰涛明超兰霞平刚桂琴村水根土木金火荣华富贵生财发祥瑞福寿安康计"
ORGANISATIONS = ("兴农粮油专业合作社", "绿源家庭农场", "村股份经济合作社", "丰收农机服务有限公司")

WORDS = {
    "seq": ("序号", "序  号", "编号", "NO.", "序\n号", "户序"),
    "name": ("户主姓名", "农户姓名", "姓名", "姓 名", "户主", "种粮农户姓名", "享受补贴农户", "补贴对象姓名", "领款人", "受益人姓名", "承包户主姓名", "种植户", "户主\n姓名", "收款人姓名", "权属人（户主）", "农户名称", "补贴对象"),
    "village": ("村", "行政村", "村名", "所在村", "村别", "村(居)委会", "村（社区）", "村委会名称", "所属行政村"),
    "town": ("乡镇", "乡 镇", "镇街", "乡镇（街道）", "所在乡镇"),
    "group": ("组别", "村民小组", "村民组", "组", "小组", "所在组", "组名", "村（居）民小组"),
    "area": ("补贴面积（亩）", "应享受补贴面积（亩）", "核定面积(亩)", "种植面积（亩）", "面积\n（亩）", "水稻播种面积(亩)", "实际补贴面积（亩）", "2025年核定小麦面积（亩）", "享受补贴面积/亩", "面积（亩）"),
    "area_bare": ("补贴面积", "应享受补贴面积", "核定面积", "种植面积", "播种面积"),
    "rate": ("补贴标准（元/亩）", "标准（元/亩）", "每亩补助资金(元)", "补贴标准\n（元/亩）", "亩均补贴（元）", "单价（元/亩）"),
    "amount": ("补贴金额（元）", "补贴资金(元)", "应打卡发放资金(元)", "金额（元）", "实发金额（元）", "补助金额（元）", "发放金额\n（元）", "兑付金额（元）", "补贴额(元)", "应发金额（元）", "资金（元）"),
    "amount_bare": ("补贴金额", "补贴资金", "发放金额", "金额", "实发金额", "补助资金", "兑付资金"),
    "phone": ("联系电话", "电话", "联系方式"),
    "sign": ("户主签字（章）", "领款人签字", "签名", "签章", "本人签字（按手印）"),
    "remark": ("备注", "备 注", "说明"),
    "contract": ("土地确权耕地面积（亩）", "确权面积（亩）", "承包耕地面积（亩）", "二轮承包面积（亩）"),
    "excluded": ("扣除面积（亩）", "不补贴面积（亩）", "采用排除法排除的面积（亩）"),
}  # fmt: skip
PROGRAMMES = (
    "耕地地力保护补贴",
    "稻谷补贴",
    "实际种粮农民一次性补贴",
    "生态公益林补偿资金",
    "玉米大豆生产者补贴",
    "棉花种植补贴",
)
KINDS = ("发放清册", "分户登记清册", "发放明细表", "花名册", "兑付表", "资金发放表")
FOOTS = (
    "乡镇负责人：　　　审核人：　　　制表人：",
    "村负责人（签字）：      经办人（签字）：      填表日期：2025年11月20日",
    "注：1.本表一式三份。2.面积以核定为准。",
    "填表人：张三      2025年12月1日",
    "说明：以上面积已公示7天无异议。监督电话：0572-5000001",
    "单位（盖章）：                  日期：    年   月   日",
)


@dataclass
class Truth:
    """What a right reader must conclude from one file."""

    rows: list[tuple] = field(default_factory=list)  # name, village code, group or "", fen
    total: int | None = None
    areas: list[Decimal] | None = None


@dataclass
class CountyFile:
    """A file as a county would send it, before it is given a format."""

    seed: int
    layout: str
    name: str
    pages: list[Page]
    truth: Truth


def households(chance: random.Random, most: int, *, groups: bool = True) -> list[Household]:
    """Households in sheet order; namesakes and equal areas occur, the very same line does not."""
    rate = Decimal(chance.choice(["131.42", "60", "86.5", "124.9788302", "13.06125", "10", "93.21"]))
    found: dict[tuple, None] = {}  # in the order drawn: a set's order differs from run to run
    for _ in range(chance.randint(4, most)):
        village = chance.randrange(min(chance.choice([1, 2, 5]), len(VILLAGES)))
        name = chance.choice(SURNAMES) + "".join(
            chance.choice(GIVEN) for _ in range(chance.choice([1, 2, 2]))
        )
        if chance.random() < 0.04:
            name = VILLAGES[village].name[:2] + chance.choice(ORGANISATIONS)
        # nobody has a hundred times what the others have: that would be a finding
        hundredths, finest = chance.randint(10, 9000), chance.choice([10, 1, 1])
        area = Decimal(hundredths // finest * finest) / 100
        found[village, chance.randint(1, 4) if groups else 0, name, area.normalize()] = None
    listed = sorted(found, key=lambda one: one[:2])
    return [
        Household(VILLAGES[village], group, name, Decimal(f"{area:f}"), rate)
        for village, group, name, area in listed
    ]


class Clerk:
    """The habits of one clerk: the same seed always writes the same file."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.programme = self.chance.choice(PROGRAMMES)
        self.town_first = self.chance.random() < 0.5
        self.wide = self.chance.random() < 0.4  # phone, contract area and signature columns too

    def word(self, what: str) -> str:
        return self.chance.choice(WORDS[what])

    def title(self, place: str = "") -> str:
        shapes = (
            "{place}2025年{what}{kind}",
            "2025年度{place}{what}{kind}",
            "{place}{what}{kind}（2025年）",
            "附件2：{place}2025年{what}{kind}",
        )
        return self.chance.choice(shapes).format(place=place, what=self.programme, kind=self.chance.choice(KINDS))  # fmt: skip

    def label(self) -> str:
        return self.chance.choice(["合计", "合 计", "合　计", "总计", "合计：", "共计"])

    def foot(self, page: Page, width: int) -> None:
        for text in self.chance.sample(FOOTS, self.chance.randint(0, 2)):
            page.across(text, width) if self.chance.random() < 0.6 else page.add(text)

    def group(self, number: int) -> str:
        return self.chance.choice(
            [f"{number}组", f"{GROUPS[number - 1]}组", f"第{GROUPS[number - 1]}村民小组", f"{number}"]
        )

    def village(self, village: Village) -> str:
        """With its town: 向阳村 stands in two of them."""
        return self.chance.choice([village.town + village.name, village.town + village.name + "委会"])


def _head(clerk: Clerk, *columns: str) -> list[str]:
    return [clerk.word(column) for column in columns]


def table(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """One table with any order of columns, a title or two, a unit line, and 合计 above, below or on both sides."""
    chance = clerk.chance
    page = Page("Sheet1")
    columns = ["seq", "town", "village", "group", "name", "area", "rate", "amount"]
    if chance.random() < 0.3:
        columns.remove("rate")
    if chance.random() < 0.25:
        columns[5:5] = ["contract", "excluded"]
    if clerk.wide:
        columns += chance.choice([["phone", "sign", "remark"], ["remark"], ["sign"]])
    bare = chance.random() < 0.4
    head = [
        clerk.word({"area": "area_bare", "amount": "amount_bare"}.get(c, c) if bare else c) for c in columns
    ]
    width = len(columns)
    page.across(clerk.title("苕安县"), width)
    if chance.random() < 0.3:
        page.across("（第一批）", width)
    if bare:
        line = ["填报单位：苕安县农业农村局"] + [""] * (width - 2) + ["单位：亩、元"]
        page.rows.append(line) if chance.random() < 0.5 else page.across("单位：亩、元", width)
    page.rows.append(head)
    sums = ["" for _ in columns]
    sums[chance.choice([0, columns.index("name")])] = clerk.label()
    sums[columns.index("area")], sums[columns.index("amount")] = areas(homes), total(homes)
    where = chance.choice(["above", "below", "below", "both"])
    if where != "below":
        page.rows.append(list(sums))
    for at, one in enumerate(homes, 1):
        cells = {
            "seq": at, "town": one.village.town, "village": one.village.name, "group": clerk.group(one.group) if one.group else "",
            "name": one.name, "area": one.area, "rate": one.rate, "amount": one.yuan, "contract": one.area + 1, "excluded": Decimal(1),
        }  # fmt: skip
        page.rows.append([cells.get(column, "") for column in columns])
    if where != "above":
        page.rows.append(list(sums))
    clerk.foot(page, width)
    return [page]


def headings(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """Groups as headings between the rows, a subtotal under each, no village column."""
    page = Page("明细表")
    width = 5
    page.across(clerk.title("苕安县"), width)
    page.rows.append(_head(clerk, "seq", "name", "area", "rate", "amount"))
    number = 0
    restart = clerk.chance.random() < 0.5
    for village, members in by(homes, lambda one: one.village).items():
        for group, part in by(members, lambda one: one.group).items():
            page.across(f"{village.town}{village.name}{GROUPS[group - 1]}组", width)
            number = 0 if restart else number
            for one in part:
                number += 1
                page.add(number, one.name, one.area, one.rate, one.yuan)
            page.add(clerk.chance.choice(["小计", "小 计", "组小计"]), "", areas(part), "", total(part))
    page.add("合计", "", areas(homes), "", total(homes))
    clerk.foot(page, width)
    return [page]


def three_up(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """Two or three tables beside each other, one sheet for each group, its place in the title."""
    pages = []
    bands = clerk.chance.choice([2, 3])
    gap = clerk.chance.random() < 0.5
    seq = clerk.chance.random() < 0.6
    names = _head(clerk, *(["seq"] if seq else []), "name", "area", "amount")
    for (village, group), part in by(homes, lambda one: (one.village, one.group)).items():
        page = Page(f"{village.town}{village.name}{group}组")
        head: list = []
        for band in range(bands):
            head += ([""] if gap and band else []) + names
        page.across(clerk.title(f"{village.town}{village.name}{GROUPS[group - 1]}组"), len(head))
        page.rows.append(head)
        depth = -(-len(part) // bands)
        for at in range(depth):
            cells: list = []
            for band in range(bands):
                number = at + band * depth
                own = ["" for _ in names]
                if number < len(part):
                    one = part[number]
                    own = [*([number + 1] if seq else []), one.name, one.area, one.yuan]
                cells += ([""] if gap and band else []) + own
            page.rows.append(cells)
        sums = ["" for _ in head]
        sums[-len(names)], sums[-2], sums[-1] = "合计", areas(part), total(part)
        page.rows.append(sums)
        pages.append(page)
    return pages


def paged(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """Printed pages below each other: title and header repeat, 本页小计 and 累计 close each page."""
    page = Page("打印")
    size = clerk.chance.randint(3, 8)
    head = _head(clerk, "seq", "village", "group", "name", "area", "amount")
    with_title = clerk.chance.random() < 0.5
    title = clerk.title("苕安县")
    page.across(title, len(head))
    for start in range(0, len(homes), size):
        if start and with_title:
            page.across(title, len(head))
        page.rows.append(list(head))
        part = homes[start : start + size]
        for at, one in enumerate(part, start + 1):
            page.add(at, clerk.village(one.village), clerk.group(one.group), one.name, one.area, one.yuan)
        page.add("本页小计", "", "", "", areas(part), total(part))
        so_far = homes[: start + size]
        page.add("累计", "", "", "", areas(so_far), total(so_far))
    clerk.foot(page, len(head))
    return [page]


def funds(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """The amount in 中央/省/县 columns with 合计, on three header levels, the village merged down."""
    page = Page("汇总发放表")
    width = 8
    page.across(clerk.title("苕安县"), width)
    first = clerk.chance.random() < 0.5  # 合计 before or after its parts
    group, leaf = clerk.chance.choice([("补贴资金（元）", "其中"), ("补助金额（元）", "其中：")])
    parts = clerk.chance.choice([("中央财政", "县级配套"), ("中央", "省级"), ("省级资金", "县级资金")])
    sums = clerk.chance.choice(["合计", "小计", "总额"])
    place, name, area = clerk.word("village"), clerk.word("name"), clerk.word("area")
    page.add(clerk.word("seq"), place, name, area, group, "", "", "备注")
    page.add("", "", "", "", *([sums, leaf, ""] if first else [leaf, "", sums]), "")
    page.add("", "", "", "", *(["", *parts] if first else [*parts, ""]), "")
    page.merges += [(1, at, 3, at) for at in (0, 1, 2, 3, 7)]
    page.merges += (
        [(1, 4, 1, 6), (2, 4, 3, 4), (2, 5, 2, 6)] if first else [(1, 4, 1, 6), (2, 6, 3, 6), (2, 4, 2, 5)]
    )
    number = 0
    for village, members in by(homes, lambda one: one.village).items():
        top = len(page.rows)
        for one in members:
            number += 1
            share = (one.yuan * Decimal("0.7")).quantize(Decimal("0.01"), ROUND_HALF_UP)
            money = [one.yuan, share, one.yuan - share] if first else [share, one.yuan - share, one.yuan]
            text = clerk.village(village) if one is members[0] else ""
            page.add(number, text, one.name, one.area, *money, "")
        if len(members) > 1:
            page.merges.append((top, 1, len(page.rows) - 1, 1))
    sum_row = ["合计", "", "", areas(homes), "", "", "", ""]
    sum_row[4 if first else 6] = total(homes)
    page.rows.append(sum_row)
    clerk.foot(page, width)
    return [page]


def ten_thousands(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """Money in 万元, 角 or 分 and areas in 公顷 or 平方米, told by the header or by the unit line."""
    money, divisor = clerk.chance.choice(
        [("万元", Decimal(10000)), ("角", Decimal("0.1")), ("分", Decimal("0.01")), ("千元", Decimal(1000))]
    )
    land, factor = clerk.chance.choice([("公顷", Decimal(15)), ("亩", Decimal(1))])
    page = Page("公布表")
    page.across(clerk.title("苕安县"), 6)
    in_head = clerk.chance.random() < 0.5
    area, amount = clerk.word("area_bare"), clerk.word("amount_bare")
    if in_head:
        area, amount = f"{area}（{land}）", f"{amount}（{money}）"
    else:
        page.add("", "", "", "", "", f"单位：{land}、{money}")
    page.add(clerk.word("seq"), clerk.word("town"), clerk.word("village"), clerk.word("name"), area, amount)
    for at, one in enumerate(homes, 1):
        hectares = one.area / factor
        exact = hectares.quantize(Decimal("0.00000001"))
        page.add(
            at,
            one.village.town,
            one.village.name,
            one.name,
            exact.normalize(),
            (one.yuan / divisor).normalize(),
        )
    page.add(clerk.label(), "", "", "", "", (total(homes) / divisor).normalize())
    return [page]


def sheets(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """A sheet for each village, named by it and nothing else; a summary, a hidden copy, last year's sheet."""
    pages = []
    head = _head(clerk, "seq", "group", "name", "area", "amount")
    for village, members in by(homes, lambda one: one.village).items():
        page = Page(f"{village.town}{village.name}"[:31])
        page.across(clerk.title(), 5)
        page.rows.append(list(head))
        for at, one in enumerate(members, 1):
            page.add(at, clerk.group(one.group), one.name, one.area, one.yuan)
        page.add("合计", "", "", areas(members), total(members))
        pages.append(page)
    summary = Page("汇总表")
    summary.across("苕安县2025年分村汇总表", 5)
    summary.add("序号", "乡镇", "村名", "户数", "补贴金额（元）")
    for at, (village, members) in enumerate(by(homes, lambda one: one.village).items(), 1):
        summary.add(at, village.town, village.name, len(members), total(members))
    summary.add("合计", "", "", len(homes), total(homes))
    old = table(clerk, homes)[0]
    old.name, old.rows[0][0] = "2024年", "苕安县2024年补贴发放清册"
    hidden = table(clerk, homes)[0]
    hidden.name, hidden.hidden = "底稿", True
    return clerk.chance.choice([[*pages, summary], [summary, *pages], [*pages, old, hidden]])


def plots(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """Two programmes in one row; places in one text; numbers circled; 256 empty columns; no title."""
    page = Page("Sheet0")
    head = [clerk.word("seq"), "所在村组", clerk.word("name"), *_head(clerk, "area", "amount"), "备注"]
    page.rows.append(head + [""] * 250)
    circled = "①②③④⑤⑥⑦⑧⑨⑩"
    chinese = clerk.chance.random() < 0.5
    for at, one in enumerate(homes, 1):
        mark = circled[at - 1] if at <= 10 and not chinese else numeral(at) if chinese else at
        page.add(
            mark,
            f"{one.village.town}{one.village.name}{clerk.group(one.group).rstrip('组') + '组' if one.group else ''}",
            one.name,
            one.area,
            one.yuan,
            "",
        )
    page.add("合计", "", "", areas(homes), total(homes), "")
    return [page]


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, 25 → 二十五."""
    tens, ones = divmod(number, 10)
    many = ("", "十")[tens] if tens < 2 else GROUPS[tens - 1] + "十"
    return many + (GROUPS[ones - 1] if ones else "")


def wages(clerk: Clerk, homes: list[Household]) -> list[Page]:
    """A wage-like list: so much a month, months, a deduction, the net amount."""
    page = Page("工资")
    page.across(clerk.title(f"{homes[0].village.town}{homes[0].village.name}"), 8)
    page.across("编制单位：村民委员会", 8)
    page.add("序号", "姓名", "职务", "元/月", "合计月份", "扣除款", "实发金额", "备注")
    for at, one in enumerate(homes, 1):
        monthly = (one.yuan + 10) / 4
        page.add(at, one.name, "保洁员", monthly.quantize(Decimal("0.0001")).normalize(), 4, 10, one.yuan, "")
    page.add("合计", "", "", "", "", 10 * len(homes), total(homes), "")
    return [page]


LAYOUTS = {
    one.__name__: one
    for one in (table, headings, three_up, paged, funds, ten_thousands, sheets, plots, wages)
}
GROUPLESS = {"funds", "ten_thousands", "wages"}
ONE_PLACE = {"wages"}
TEXT_LAYOUTS = ("table", "headings", "paged", "ten_thousands", "plots", "wages")


def county_file(seed: int, layout: str, most: int = 12) -> CountyFile:
    """One file of this layout; equal seeds give equal files."""
    clerk = Clerk(seed)
    homes = households(clerk.chance, most, groups=layout not in GROUPLESS)
    if layout in ONE_PLACE:
        homes = [Household(homes[0].village, 0, one.name, one.area, one.rate) for one in homes]
    if layout == "ten_thousands":
        homes = [
            Household(one.village, 0, one.name, one.area % 30 * 15 or one.area, one.rate) for one in homes
        ]
    pages = LAYOUTS[layout](clerk, homes)
    rows = [
        (one.name, one.village.code, GROUPS[one.group - 1] + "组" if one.group else "", one.fen)
        for one in homes
    ]
    return CountyFile(
        seed,
        layout,
        "名册.xlsx",
        pages,
        Truth(rows, sum(one.fen for one in homes), [one.area for one in homes]),
    )


@dataclass(frozen=True)
class Planted:
    """A fault put into a file: how grave it is, and its cell (the sheet and row as a spreadsheet shows them)."""

    level: str
    sheet: str
    row: int
    column: int


def _cells_of(page: Page, row: tuple) -> tuple[int, int, int] | None:
    """Row, name column and amount column of one payee on a page, if he stands there."""
    name, _, _, fen = row
    for at, cells in enumerate(page.rows):
        for column, cell in enumerate(cells):
            if cell == name:
                money = [c for c in range(column + 1, len(cells)) if cells[c] == Decimal(fen) / 100]
                if money:
                    return at, column, money[-1]
    return None


WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CELL_FAULTS = {
    "a lost letter": ("error", "name", lambda name: name[0] + "?" + name[2:]),
    "a letter of nobody's font": ("error", "name", lambda name: name[0] + "\ue4c6"),
    "an amount not yet known": ("error", "amount", lambda _: "待核实"),
    "an error value": ("error", "amount", lambda _: "#N/A"),
    "a third decimal": ("warning", "amount", lambda yuan: yuan + Decimal("0.0041")),
    "full-width digits": ("note", "amount", lambda yuan: f"{yuan}".translate(WIDE)),
    "spaces in a name": ("note", "name", lambda name: name[0] + "\u3000" + name[1:] + " "),
}


def planted(file: CountyFile, fault: str) -> Planted | None:
    """Put one fault into a file, at a payee drawn by its seed; None where this layout cannot carry it."""
    level, where, change = CELL_FAULTS[fault]
    chance = random.Random(file.seed)
    for row in chance.sample(file.truth.rows, len(file.truth.rows)):
        for page in file.pages:
            found = None if page.hidden or page.name == "2024年" else _cells_of(page, row)
            if found and len(row[0]) < 4:
                at, name, amount = found
                column = name if where == "name" else amount
                page.rows[at][column] = change(page.rows[at][column])
                return Planted(level, page.name, at + 1, column)
    return None
