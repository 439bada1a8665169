"""The one list of checks: a row for each, with its number in docs/rules.md, what it says, and where it runs.

A check runs over a roster as read. What only one cell can show is judged where that cell is read, for
an ID never leaves its row; such a row names that file and has no function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sync.county.checks import (
    numbering,
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
    r5_stopped,
    r9_summaries,
    r10_fiscal_year,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from boards.model.findings import CellFinding
    from sync.county.checks.whole import Whole


class Rule(NamedTuple):
    """One check."""

    code: str  # its number, or a word where it has none
    says: str
    roster: Callable[[Whole], Iterator[CellFinding]] | None = None


RULES = (
    Rule("R1", "合计等于各行之和，大写等于小写", r1_totals.totals_hold),
    Rule("R1", "合计写的户数与明细对得上", r1_households.households_hold),
    Rule("R1", "一行里各项相加等于合计", r1_inner_totals.parts_give_totals),
    Rule("R2", "金额等于面积（数量）乘标准，差不过一分", r2_rates.amounts_follow_rates),
    Rule("R3", "同一人同一事项只列一次", r3_duplicates.nobody_stands_twice),
    Rule("R5", "停发的不按已发放处理", r5_stopped.stopped_are_unpaid),
    Rule("R9", "汇总表等于明细之和", r9_summaries.summaries_agree),
    Rule("R10", "发放日期在年度之内", r10_fiscal_year.paydays_are_likely),
    Rule("P1", "公示表里没有完整的号码", p01_numbers.numbers_are_masked),
    Rule("P5", "未成年人不列入", p05_minors.minors_are_not_listed),
    Rule("P10", "不用县里规定不用的词", p10_terms.terms_are_ours),
    Rule("P16", "没有隐藏的行、列", p16_hidden.nothing_is_hidden),
    Rule("plausible", "面积、金额不反常", plausible.nothing_is_odd),
    Rule("numbering", "序号不跳号", numbering.numbering_is_whole),
)


def checked(whole: Whole) -> Iterator[CellFinding]:
    """Everything the rules find in a roster."""
    for rule in RULES:
        if rule.roster:
            yield from rule.roster(whole)
