"""Words and rules of land acquisition (农村集体土地征收): grounds, approver, hearing, terms, remedies.

土管法 = 土地管理法 (2019), 条例 = 土地管理法实施条例 (2021), 浙土 = 浙江省土地管理条例 (2021).
Pure rules over what the case says; the stages and their order are in `land_stages`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from boards.model.calendar.workdays import LastDay, Term, Unit, WorkCalendar, months_after


class PublicInterestGround(StrEnum):
    """The six needs of the public for which land may be taken (土管法 §45, items 1 to 6)."""

    MILITARY_DIPLOMACY = "military_diplomacy"  # 军事和外交
    INFRASTRUCTURE = "infrastructure"  # 能源、交通、水利、通信、邮政等基础设施
    PUBLIC_SERVICE = "public_service"  # 科教文卫体、生态、防灾、文物、社区、福利、市政、优抚、英烈等公共事业
    RELOCATION_HOUSING = "relocation_housing"  # 扶贫搬迁、保障性安居工程
    AREA_DEVELOPMENT = "area_development"  # 成片开发
    OTHER_LAW = "other_law"  # 法律规定的其他情形


class Approver(StrEnum):
    """Who approves an acquisition (土管法 §46)."""

    STATE_COUNCIL = "state_council"  # 国务院
    PROVINCE = "province"  # 省级人民政府


class NoticeKind(StrEnum):
    """The notices of a case, by their part in it."""

    START = "start"  # 征收土地预公告（启动公告）
    SURVEY = "survey"  # 土地现状调查结果公示
    PLAN = "plan"  # 征地补偿安置公告
    REGISTER = "register"  # 征地补偿登记通告
    FINAL = "final"  # 征收土地公告
    PAY = "pay"  # 补偿费用支付情况公示
    STOP = "stop"  # 终止征收公告: the case is withdrawn, with the reason


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
        terms = {NoticeKind.START: self.start, NoticeKind.PLAN: self.plan, NoticeKind.FINAL: self.final}
        return terms.get(kind) if kind else None


NATIONAL = LandRules()
ZHEJIANG = LandRules(
    final=Term(n=10, unit=Unit.WORKING_DAY),  # 浙土 §45
    pay_within=Term(n=60, unit=Unit.CALENDAR_DAY),  # 浙土 §46: 公告之日起60日内足额支付
)


def rules_of(code: str) -> LandRules:
    """Rules of the province a code lies in: 33 is Zhejiang; elsewhere those of the nation alone."""
    return ZHEJIANG if code.startswith("33") else NATIONAL


ARTICLES = {
    NoticeKind.START: "《土地管理法实施条例》第二十六条",
    NoticeKind.PLAN: "《土地管理法实施条例》第二十八条",
    NoticeKind.FINAL: "《浙江省土地管理条例》第四十五条",
}
"""Where each posting period comes from, for the sentence a clerk reads."""


class LandTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What kinds of land a case takes, in hectares; decides who approves."""

    basic_farmland_ha: Decimal = Decimal(0)  # 永久基本农田
    other_arable_ha: Decimal = Decimal(0)  # 永久基本农田以外的耕地
    other_ha: Decimal = Decimal(0)  # 其他土地


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """When and where owners register for compensation (补偿登记, 土管法 §47)."""

    start: date
    end: date
    place: str = ""
    phone: str = ""


class Remedies(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a decision can be challenged."""

    review: LastDay  # 行政复议, 60 days
    court: LastDay  # 行政诉讼, 6 months


def approver_of(land: LandTaken) -> Approver:
    """State Council for any 永久基本农田, other arable over 35 ha, other land over 70 ha (土管法 §46)."""
    central = land.basic_farmland_ha > 0 or land.other_arable_ha > 35 or land.other_ha > 70
    return Approver.STATE_COUNCIL if central else Approver.PROVINCE


def needs_year_plan(ground: PublicInterestGround) -> bool:
    """Whether the project must be in the yearly plan of development (土管法 §45: items 4 and 5)."""
    return ground in {PublicInterestGround.RELOCATION_HOUSING, PublicInterestGround.AREA_DEVELOPMENT}


def hearing_required(objectors: int, members: int) -> bool:
    """More than half of the members hold the plan unlawful (条例 §28, 浙土 §42)."""
    return 2 * objectors > members


def remedies(known_on: date, calendar: WorkCalendar) -> Remedies:
    """Challenge a decision: review within 60 days, court within 6 months, of knowing of it.

    行政复议法 §20, 行政诉讼法 §46. The last day rolls over days off (民法典 §203).
    """
    return Remedies(
        review=calendar.deadline(known_on, Term(n=60, unit=Unit.CALENDAR_DAY)),
        court=calendar.rolled(months_after(known_on, 6)),
    )
