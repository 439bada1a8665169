"""Faults of people, put into the files of both generators: who must not be paid, who stands twice, whose card it is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from boards.model.privacy.identifiers import luhn_holds

if TYPE_CHECKING:
    from tests.roster.county_clerk import Payee, Sheet
    from tests.roster.county_files import Page
    from tests.roster.county_generator import CountyFile

LAST_YEAR = "2024年"
EXCLUDED = (
    "已死亡，取消", "本人放弃", "与上户重复，不发", "死亡", "已去世", "户主已故", "取消", "取消补贴资格", "自愿放弃补贴", "重复申报",
    "不予发放", "不发", "停发", "暂缓发放", "不符合条件", "作废", "此户不发（死亡）", "公职人员，不享受", "本人不要", "已剔除", "户口已注销",
)  # fmt: skip
HARMLESS = (
    "不发卡改发折", "经核实不重复", "重复核对无误", "配偶已故", "其父已去世", "家庭成员1人死亡", "取消流转自种", "不发现金，打卡",
    "面积重复已扣除2亩", "抛荒0.3亩不予补贴", "原卡作废", "户主已故，变更为其子", "去年停发", "停发后已恢复", "不享受低保", "同名不同人",
    "放弃流转", "不补种", "不种", "姓名重复，非同一人", "重复种植", "儿子代领", "不规则地块", "已核实", "补发上年",
)  # fmt: skip
NAMED = {
    "（已故）": "EXCLUDED_BY_WORDS",
    "(死亡)": "EXCLUDED_BY_WORDS",
    "已故": "EXCLUDED_BY_WORDS",
    "（放弃）": "EXCLUDED_BY_WORDS",
    "（李小毛代领）": "PROXY_IN_NAME",
    "（妻代）": "PROXY_IN_NAME",
    "代领": "PROXY_IN_NAME",
    "、李小毛": "MORE_THAN_ONE_NAME",
    " 李小毛": "MORE_THAN_ONE_NAME",
    "和李小毛": "MORE_THAN_ONE_NAME",
    "等3户": "MORE_THAN_ONE_NAME",
}


def place(file: CountyFile, *, people: bool = False) -> tuple[Page, int, int]:
    """Page, row and name column of a payee drawn by the file's seed; `people`: no organisation."""
    chance = random.Random(file.seed)
    for name, *_ in chance.sample(file.truth.rows, len(file.truth.rows)):
        for page in file.pages:
            told = () if page.hidden or page.name == LAST_YEAR else enumerate(page.rows)
            found = [(at, row.index(name)) for at, row in told if name in row]
            if found and (not people or len(name) < 4):
                return page, *found[0]
    raise LookupError(file.layout)


def remarked(page: Page, at: int, text: str) -> None:
    """A remark to the right of the table, under no header."""
    row, width = page.rows[at], max(map(len, page.rows))
    row += [""] * (width - len(row)) + [text]


def card(number: int) -> str:
    """A bank card of sixteen places and more whose check holds."""
    return next(one for digit in range(10) if luhn_holds(one := f"6299990000{number:07d}1{digit}"))


def with_cards(sheet: Sheet) -> None:
    """Every payee of a clerk's table gets a card of his own."""
    for number, payee in enumerate(sheet.payees, 1):
        payee.cells[sheet.at("bank_account")] = card(number)


def two_of(sheet: Sheet, seed: int) -> tuple[Payee, Payee]:
    """Two payees of other names and areas, in the order of the sheet."""
    chance = random.Random(seed)
    while True:
        first, second = sorted(chance.sample(sheet.payees, 2), key=lambda one: one.row)
        if first.name != second.name and first.area != second.area:
            return first, second


def same_person(sheet: Sheet, first: Payee, second: Payee) -> None:
    """The second row says the name and the ID of the first."""
    for what in ("name", "id"):
        second.cells[sheet.at(what)] = first.cells[sheet.at(what)]
