"""The terms of land acquisition (农村集体土地征收) that the law sets, and the remedies against it.

土管法 = 土地管理法 (2019), 条例 = 土地管理法实施条例 (2021), 浙土 = 浙江省土地管理条例 (2021).
"""

from __future__ import annotations

from datetime import date

import msgspec

from boards.model.calendar.workdays import LastDay, Term, Unit, WorkCalendar, months_after
from boards.model.land.kinds import KINDS, NoticeKind


class LandRules(msgspec.Struct, frozen=True, kw_only=True):
    """The terms a province's law sets; None where it sets none."""

    start: Term = Term(n=10, unit=Unit.WORKING_DAY)  # 条例 §26: 预公告不少于10个工作日
    plan: Term = Term(n=30, unit=Unit.CALENDAR_DAY)  # 条例 §28: 补偿安置公告不少于30日
    final: Term | None = None  # how long the acquisition notice hangs
    announce_within: Term = Term(n=15, unit=Unit.WORKING_DAY)  # 条例 §31: 收到批准文件之日起
    pay_within: Term | None = None  # after the acquisition notice
    hearing_notice: Term = Term(n=7, unit=Unit.WORKING_DAY)  # 标准目录: 听证前公开听证通知
    survey_publish_within: Term = Term(n=5, unit=Unit.WORKING_DAY)  # 标准目录: 调查结束后公开结果

    def minimum(self, kind: NoticeKind | None) -> Term | None:
        """Shortest posting period of a kind of notice."""
        field = KINDS[kind].minimum if kind else None
        term: Term | None = getattr(self, field) if field else None
        return term


NATIONAL = LandRules()
ZHEJIANG = LandRules(
    final=Term(n=10, unit=Unit.WORKING_DAY),  # 浙土 §45
    pay_within=Term(n=60, unit=Unit.CALENDAR_DAY),  # 浙土 §46: 公告之日起60日内足额支付
)


def rules_of(code: str) -> LandRules:
    """Rules of the province a code lies in: 33 is Zhejiang; elsewhere those of the nation alone."""
    return ZHEJIANG if code.startswith("33") else NATIONAL


class Remedies(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a decision can be challenged."""

    review: LastDay  # 行政复议, 60 days
    court: LastDay  # 行政诉讼, 6 months


def remedies(known_on: date, calendar: WorkCalendar) -> Remedies:
    """Challenge a decision: review within 60 days, court within 6 months, of knowing of it.

    行政复议法 §20, 行政诉讼法 §46. The last day rolls over days off (民法典 §203).
    """
    return Remedies(
        review=calendar.deadline(known_on, Term(n=60, unit=Unit.CALENDAR_DAY)),
        court=calendar.rolled(months_after(known_on, 6)),
    )
