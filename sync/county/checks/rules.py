"""The one list of checks: a row for each, with its number in docs/rules.md, what it says, and where it runs.

A check runs over a roster as read, or over what would be published of a village. What only one cell can
show is judged where that cell is read, for an ID never leaves its row; such a row names that file and has
no function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boards.model.payouts import PayStatus
from sync.county.checks import (
    numbering,
    once,
    p01_numbers,
    p05_minors,
    p10_terms,
    p16_hidden,
    plausible,
    r1_households,
    r1_inner_totals,
    r1_totals,
    r2_rates,
    r3_duplicates,
    r4_people,
    r5_stopped,
    r6_failed,
    r7_contract_area,
    r8_excluded_land,
    r9_summaries,
    r10_fiscal_year,
    statements,
    title_agrees,
    year_closed,
)
from sync.county.checks.place import warned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from boards.model.findings import CellFinding
    from boards.model.payouts import Payout
    from sync.county.checks.registries import Registries
    from sync.county.checks.whole import Publication, Whole
    from sync.county.reading import Row


class Rule(NamedTuple):
    """One check."""

    code: str  # its number, or a word where it has none
    says: str
    roster: Callable[[Whole], Iterator[CellFinding]] | None = None
    batch: Callable[[Publication], Iterator[CellFinding]] | None = None
    line: Callable[[Payout, str, Registries], str] | None = None  # against one payout, by registries
    needs: tuple[str, ...] = ()  # registries: people, contracts, excluded_land
    confirmable: bool = False  # a person may say why what the batch shows may stand


RULES = (
    Rule("R1", "合计等于各行之和，大写等于小写", r1_totals.totals_hold, r1_totals.batch_adds_up),
    Rule("CONTROL", "县里有自己的核对总额", batch=r1_totals.control_is_given, confirmable=True),
    Rule("R1", "合计写的户数与明细对得上", r1_households.households_hold),
    Rule("R1", "一行里各项相加等于合计", r1_inner_totals.parts_give_totals),
    Rule("R2", "金额等于面积（数量）乘标准，差不过一分", r2_rates.amounts_follow_rates),
    Rule(
        "R3",
        "同一人同一事项只列一次",
        r3_duplicates.nobody_stands_twice,
        r3_duplicates.nobody_listed_twice,
        confirmable=True,
    ),
    Rule(
        "R4",
        "在补贴对象库中，姓名和村相同",
        batch=r4_people.people_are_registered,
        line=r4_people.unregistered,
        needs=("people",),
        confirmable=True,
    ),
    Rule(
        "R5",
        "停发的写明原因，不按已发放处理",
        r5_stopped.stopped_are_unpaid,
        r5_stopped.stopped_say_why,
        confirmable=True,
    ),
    Rule("R5", "表下注明不发的没有发", r5_stopped.notes_are_heeded),
    Rule("R6", "支付失败不算已发放", batch=r6_failed.failed_are_unpaid, confirmable=True),
    Rule(
        "R7",
        "面积不大于确权承包面积",
        batch=r7_contract_area.areas_are_contracted,
        line=r7_contract_area.uncontracted,
        needs=("contracts",),
        confirmable=True,
    ),
    Rule(
        "R8",
        "不予补贴的地块没有补贴",
        batch=r8_excluded_land.land_is_eligible,
        line=r8_excluded_land.ineligible,
        needs=("contracts", "excluded_land"),
        confirmable=True,
    ),
    Rule("R9", "汇总表等于明细之和", r9_summaries.summaries_agree),
    Rule(
        "R10",
        "发放日期在年度之内",
        r10_fiscal_year.paydays_are_likely,
        r10_fiscal_year.paid_in_its_year,
        confirmable=True,
    ),
    Rule(once.CODE, "同一笔钱只公布一次", batch=once.published_once, confirmable=True),
    Rule(
        title_agrees.CODE,
        "标题的项目和年度就是这一批的",
        batch=title_agrees.title_is_the_batchs,
        confirmable=True,
    ),
    Rule(year_closed.CODE, "年度核定之后没有再来的名单", batch=year_closed.year_is_open, confirmable=True),
    Rule("P1", "公示表和批注里没有完整的号码", p01_numbers.numbers_are_masked),
    Rule("P1", "证件号码没有写错（roster/rows/identities）"),
    Rule("P2", "备注里没有账号（roster/rows/free_text）"),
    Rule("P3", "备注里没有电话（roster/rows/free_text）"),
    Rule("P4", "备注里没有门牌（roster/rows/free_text）"),
    Rule("P5", "未成年人不列入", p05_minors.minors_are_not_listed),
    Rule("P6", "备注里没有病情、残疾（roster/rows/free_text）"),
    Rule("P7", "备注里没有邮箱、车牌、QQ、微信（roster/rows/free_text）"),
    Rule("P10", "不用县里规定不用的词", p10_terms.terms_are_ours),
    Rule("P12", "发放日期存在（roster/rows/other_cells）"),
    Rule("P16", "没有隐藏的行、列", p16_hidden.nothing_is_hidden),
    Rule("statements", "文件名、标题、工作表、落款和各行写的村、乡镇、年度一致", statements.statements_agree),
    Rule("statements", "数字格式显示的就是存的数", statements.units_agree),
    Rule("plausible", "面积、金额不反常", plausible.nothing_is_odd),
    Rule("CEILING", "不超过项目一户的上限", batch=plausible.nobody_is_above_the_ceiling, confirmable=True),
    Rule("numbering", "序号不跳号", numbering.numbering_is_whole),
    Rule("columns", "每一列的含义没有两说（roster/columns/judge）"),
    Rule("cells", "金额读得出来（roster/rows/amounts）"),
    Rule("cells", "姓名读得出来（roster/rows/name_faults）"),
)


def checked(whole: Whole) -> Iterator[CellFinding]:
    """Everything the rules find in a roster."""
    for rule in RULES:
        if rule.roster:
            yield from rule.roster(whole)


_PUBLISHED = frozenset({None, PayStatus.PAID, PayStatus.APPLIED})


def looked_up(
    rows: Iterable[Row], registries: Registries, household: Callable[[str], str]
) -> Iterator[CellFinding]:
    """What the county's registries say against the rows of a roster; `household` is the name of an ID's."""
    rules = [rule for rule in RULES if rule.line and registries.given(*rule.needs)]
    for row in rows if rules else ():
        if row.faulty or row.status not in _PUBLISHED:
            continue  # nobody is to be paid by it
        payout = msgspec.structs.replace(row.payout, household=household(row.identity))
        for rule in rules:
            if wrong := rule.line and rule.line(payout, row.village, registries):
                yield warned(row, rule.code, f"{wrong}。")


def asked(publication: Publication) -> Iterator[CellFinding]:
    """Everything the rules find in what would be published, as far as the county's registries reach."""
    for rule in RULES:
        if rule.batch and publication.registries.given(*rule.needs):
            yield from rule.batch(publication)
