"""A clerk of any county: one table in his own words, order, units and places, seeded, with its truth.

Beside `county_generator` (layouts with a plan) this one draws every habit by itself, takes its header
words from 18 real sources (`data/header_variants.json`) and more, and can make one mistake.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from boards.model.privacy.identifiers import id_check_digit
from tests.roster.county_files import GROUPS, VILLAGES, Page

_REAL = json.loads((Path(__file__).parent / "data" / "header_variants.json").read_text("utf-8"))["fields"]
_NOT_HERE = {
    "购买数量(台)", "合作社/企业名称", "一卡通户名", "收款人姓名", "省、市、县、乡、村 (one text)", "所在村组 (village and group together)",
    "行政区划", "异动金额", "补贴性收入(元)*", "耕地地力保护补贴系统数", "元/月", "单台补贴额(元)", "单台中央补贴额(元)", "收款人身份证号",
    "一卡通户名身份证", "享受人身份证号",
}  # fmt: skip
_MORE = {
    "name": "户主|农户|姓  名|种植户姓名|补贴户|受补贴农户|补助对象|领取人|承包人|农户（户主）姓名|实际种植户|姓名（或单位）|种粮大户名称|经营主体|被补贴人|权利人姓名|林权所有者|受灾户|补偿对象|保障对象|受助人",
    "amount": "补贴金额|金 额|补贴资金（元）|应发补贴|补助金额（元）|兑付资金（元）|发放金额|补贴款|资金额（元）|奖补资金(元)|补偿金额（元）|打卡金额|实际补贴金额|补贴总额（元）|本次发放金额（元）|补贴数额|补贴合计（元）|发放总额|本期发放|救助金|补偿总额（元）",
    "area": "面积|补贴面积|面积（亩）|核实面积（亩）|种植面积/亩|享受面积|实种面积|计补面积|验收面积|应补面积(亩)|亩数|符合补贴条件面积（亩）|水稻面积",
    "rate": "标准|补贴标准(元/亩)|每亩补贴|单价|亩均标准（元）|补助标准|每亩补贴标准（元）|补偿单价（元/亩）",
    "village": "村|行政村|村别|所在村|村（居）|村委会|村庄|所属村|村（社区）名称|村民委员会|行政村名称",
    "group": "组|组别|小组|村民小组|村组|所在组|生产队|组名称",
    "town": "乡镇|镇|乡（镇）|所属乡镇|镇（街道）|乡镇名称|乡镇街道",
    "seq": "序号|NO|序|编号|顺序号|户号",
    "id": "身份证号|身份证号码|证件号码|居民身份证号码|公民身份号码",
    "bank_account": "银行账号|卡号|社保卡号|一卡通账号|存折号|惠农卡号|社会保障卡账号|银行卡（折）号",
    "phone": "联系电话|电话|手机号|联系方式",
    "remark": "备注|备 注|说明",
    "signature": "签字|签名|领款人签名|户主签字（章）|签章",
    "area_contract": "确权面积（亩）|承包面积|二轮承包面积（亩）|耕地总面积（亩）",
    "area_excluded": "扣除面积（亩）|核减面积|不予补贴面积（亩）|抛荒面积",
}  # fmt: skip
SURNAMES, GIVEN = "王李张刘陈杨黄赵周吴徐孙朱马胡郭", "秀英芳伟敏静丽强磊军洋勇艳杰涛明"
CENT = Decimal("0.01")


def words(what: str) -> list[str]:
    """Every header text we know for one meaning, as real files write it."""
    real = [one["text"] for one in _REAL.get(what, ()) if one["text"] not in _NOT_HERE]
    return [*real, *_MORE[what].split("|")]


@dataclass
class Payee:
    """One line's truth, and the cells it was written in."""

    village: object
    group: int
    name: str
    area: Decimal
    fen: int
    row: int = 0  # as a spreadsheet numbers it
    cells: list = field(default_factory=list)


@dataclass
class Sheet:
    """A file of one sheet, before it is given a format."""

    file: str
    page: Page
    columns: list[str]
    payees: list[Payee]
    total: int | None
    has_groups: bool
    total_cells: list[list] = field(default_factory=list)

    def at(self, what: str) -> int:
        return self.columns.index(what)


def resident(number: int) -> str:
    body = f"3305901960{number % 12 + 1:02d}{number % 27 + 1:02d}{number % 1000:03d}"
    return body + id_check_digit(body)


class Clerk:
    """All habits of one clerk, drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        draw = self.chance
        self.rate = Decimal(draw.choice(["131.42", "60", "86.5", "13.06125", "10", "93.21"]))
        self.several = draw.random() < 0.6
        self.place = draw.choice(
            ["columns", "columns", "headings"] if self.several else ["columns", "title", "file"]
        )
        self.columns = self._columns()
        self.words = {what: draw.choice(words(what)) for what in self.columns}
        bare = not any(mark in self.words["amount"] for mark in "元（(")
        self.money, self.factor = ("元", Decimal(1))
        if bare and draw.random() < 0.3 and not self._bare("rate"):
            self.money, self.factor = draw.choice(
                [("万元", Decimal(10000)), ("角", Decimal("0.1")), ("分", CENT)]
            )
        self.sums = draw.choice(["last", "last", "first", "both", "none"])
        self.subtotals = draw.random() < 0.4 and self.several
        self.numbers_columns = draw.random() < 0.2

    def _bare(self, what: str) -> bool:
        return what in self.columns and "元" not in self.words[what]

    def _columns(self) -> list[str]:
        draw = self.chance
        maybe = lambda chance, *names: list(names) if draw.random() < chance else []  # noqa: E731
        columns = maybe(0.85, "seq")
        if self.place == "columns":
            columns += ["town", "village"]
        if self.place != "headings":
            columns += maybe(0.5, "group")
        columns += ["name", *maybe(0.4, "id"), *maybe(0.3, "bank_account"), *maybe(0.3, "phone")]
        columns += [*maybe(0.3, "area_contract", "area_excluded"), "area", *maybe(0.7, "rate"), "amount"]
        columns += [*maybe(0.25, "signature"), *maybe(0.25, "remark")]
        if draw.random() < 0.15:
            columns.remove("amount")
            columns.insert(draw.randint(columns.index("name") + 1, len(columns)), "amount")
        return columns

    def payees(self) -> list[Payee]:
        """In sheet order: by village, then group; no two lines the same."""
        draw, found, seen = self.chance, [], set()
        parts = draw.choice([10, 100])  # of a mu: nobody has a hundred times what his neighbours have
        villages = draw.sample(VILLAGES, draw.randint(2, 4)) if self.several else [draw.choice(VILLAGES)]
        for village in villages:
            for group in range(1, draw.randint(2, 4)):
                for _ in range(draw.randint(2, 6)):
                    name = draw.choice(SURNAMES) + "".join(
                        draw.choice(GIVEN) for _ in range(draw.randint(1, 2))
                    )
                    area = Decimal(draw.randint(50, 3000)) / parts
                    if (village.code, name, area) not in seen:
                        seen.add((village.code, name, area))
                        yuan = (area * self.rate).quantize(CENT, ROUND_HALF_UP)
                        found.append(Payee(village, group, name, area, int(yuan * 100)))
        return found

    def written(self, fen: int) -> Decimal:
        return (Decimal(fen) / 100 / self.factor).normalize()

    def cells(self, payee: Payee, number: int) -> list:
        group = f"{payee.group}组"
        values = {
            "seq": number, "town": payee.village.town, "village": payee.village.name, "group": group, "name": payee.name,
            "id": resident(number), "bank_account": f"62999900001{number:08d}", "phone": f"1400{number:07d}",
            "area_contract": payee.area + 1, "area_excluded": 1, "area": payee.area, "rate": self.rate, "amount": self.written(payee.fen),
        }  # fmt: skip
        return [values.get(what, "") for what in self.columns]

    def sheet(self) -> Sheet:
        """Write it all down."""
        draw, page, payees = self.chance, Page("Sheet1"), self.payees()
        home = payees[0].village.town + payees[0].village.name
        title = f"2025年{draw.choice(['耕地地力保护补贴', '稻谷补贴'])}{draw.choice(['发放清册', '明细表', '分户表'])}"
        file = f"{home}2025年补贴" if self.place == "file" else "名册"
        total = sum(payee.fen for payee in payees) if self.sums != "none" or self.subtotals else None
        sheet = Sheet(
            file, page, self.columns, payees, total, "group" in self.columns or self.place == "headings"
        )
        page.add(home + title if self.place == "title" else title)
        if self.money != "元":
            page.add(*[""] * (len(self.columns) - 1), f"单位：亩、{self.money}")
        page.add(*(self.words[what] for what in self.columns))
        if self.numbers_columns:
            page.add(*self._numbers())
        if self.sums in {"first", "both"}:
            self._sum(sheet, "合计", payees)
        self._list(sheet)
        if self.sums in {"last", "both"}:
            self._sum(sheet, draw.choice(["合计", "总计", "合 计", "计", f"共{len(payees)}户"]), payees)
        for line in draw.sample(
            ["制表人：　　审核人：", "注：本表一式三份", "2025年6月30日"], draw.randint(0, 2)
        ):
            page.add(line)
        return sheet

    def _numbers(self) -> list:
        """The row under a header that numbers its columns: plainly, after stems, or with letters."""
        width = len(self.columns)
        stems = ["甲", "乙", *range(1, width - 1)] if width > 3 else [*range(1, width + 1)]
        return self.chance.choice(
            [
                [*range(1, width + 1)],
                stems,
                [f"（{at}）" for at in range(1, width + 1)],
                [chr(65 + at) for at in range(width)],
            ]
        )

    def _list(self, sheet: Sheet) -> None:
        last, part = None, []
        for number, payee in enumerate(sheet.payees, 1):
            here = (payee.village, payee.group) if self.place == "headings" else payee.village
            if here != last:
                self._close(sheet, part)
                last, part = here, []
                if self.place == "headings":
                    sheet.page.add(f"{payee.village.town}{payee.village.name}{payee.group}组")
            payee.cells = self.cells(payee, number)
            payee.row = sheet.page.add(*payee.cells) + 1
            payee.cells = sheet.page.rows[-1]
            part.append(payee)
        self._close(sheet, part)

    def _close(self, sheet: Sheet, part: list[Payee]) -> None:
        if part and self.subtotals:
            self._sum(sheet, "小计", part)

    def _sum(self, sheet: Sheet, label: str, payees: list[Payee]) -> None:
        cells: list = ["" for _ in self.columns]
        cells[0] = label
        cells[sheet.at("amount")] = self.written(sum(payee.fen for payee in payees))
        cells[sheet.at("area")] = sum(payee.area for payee in payees)
        sheet.page.add(*cells)
        if label != "小计":
            sheet.total_cells.append(sheet.page.rows[-1])


def group_of(payee: Payee) -> str:
    return f"{GROUPS[payee.group - 1]}组"
