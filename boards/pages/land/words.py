"""What land cases are called on a page: steps, acts, terms, areas, and when a day is not certain (暂定).

Fixed words are looked up once a language (`_` is its gettext).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache

from boards.model.calendar.workdays import Certainty, LastDay, Term, Unit
from boards.model.land.areas import Area
from boards.model.land.kinds import Act, Step
from boards.model.land.postings import PlaceKind
from boards.model.land.terms import ZHEJIANG, LandRules
from boards.pages.frame.tongue import Tongue
from boards.sheets.land.notice_text import period_name
from boards.sheets.land.views import Progress


@cache
def step_name(step: Step, _: Callable[[str], str]) -> str:
    """One of the eight steps."""
    return {
        Step.START: _("征收土地预公告"),
        Step.SURVEY: _("土地现状调查"),
        Step.RISK: _("社会稳定风险评估"),
        Step.PLAN: _("征地补偿安置公告"),
        Step.REGISTER: _("办理补偿登记"),
        Step.APPROVAL: _("签订协议、报请批准"),
        Step.FINAL: _("征收土地公告"),
        Step.PAY: _("支付补偿费用"),
    }[step]


@cache
def progress_tag(step: Step, progress: Progress, _: Callable[[str], str]) -> tuple[str, str]:
    """CSS class and words of a step: colour, sign and words together."""
    now = {Step.REGISTER: _("正在办理"), Step.PAY: _("正在支付")}
    return {
        Progress.DONE: ("done", _("已完成")),
        Progress.NOW: ("now", now.get(step) or _("正在公告")),
        Progress.TO_COME: ("", _("未开始")),
        Progress.LATE: ("late", _("已逾期")),
    }[progress]


def period_word(title: str, _: Callable[[str], str]) -> str:
    """公示期 on a 公示, 公告期 on a 公告, as on its paper."""
    return {"公示期": _("公示期"), "公告期": _("公告期")}[period_name(title)]


@cache
def act_name(act: Act, _: Callable[[str], str]) -> str:
    """What a villager can do."""
    return {
        Act.OBJECT: _("提意见"),
        Act.HEARING: _("申请听证"),
        Act.REGISTER: _("办理登记"),
        Act.REVIEW: _("申请行政复议"),
        Act.COURT: _("提起行政诉讼"),
    }[act]


@cache
def act_hint(act: Act, rules: LandRules, _: Callable[[str], str]) -> str:
    """How it is done and by which rule; the hearing's is not the same everywhere (条例 §28, 浙土 §42)."""
    here = rules is ZHEJIANG
    hearing = (
        _("村集体过半数成员认为方案不合法的，县政府应当组织听证（《浙江省土地管理条例》第四十二条）。")
        if here
        else _("村集体多数成员认为方案不合法的，县政府应当组织听证（《土地管理法实施条例》第二十八条）。")
    )
    register = (
        _("带上不动产权属证明。不登记的，按公示过的调查结果算（《浙江省土地管理条例》第四十三条）。")
        if here
        else _("带上不动产权属证明（《土地管理法》第四十七条）。")
    )
    return {
        Act.OBJECT: _("书面写清楚，签上名字和日期。"),
        Act.HEARING: hearing,
        Act.REGISTER: register,
        Act.REVIEW: _("对批准征收不服的，自公告期满起60日内（《行政复议法》第二十条）。"),
        Act.COURT: _("对批准征收不服的，自公告期满起6个月内，向人民法院提出（《行政诉讼法》第四十六条）。"),
    }[act]


@cache
def basis(step: Step, rules: LandRules, _: Callable[[str], str]) -> str:
    """The article a step rests on, "" where none sets its time."""
    here = rules is ZHEJIANG
    return {
        Step.START: _("《土地管理法实施条例》第二十六条"),
        Step.PLAN: _("《土地管理法实施条例》第二十八条"),
        Step.REGISTER: _("《土地管理法》第四十七条"),
        Step.APPROVAL: _("《土地管理法》第四十六条"),
        Step.FINAL: _("《浙江省土地管理条例》第四十五条") if here else _("《土地管理法实施条例》第三十一条"),
        Step.PAY: _("《浙江省土地管理条例》第四十六条") if here else "",
    }.get(step, "")


@cache
def place_kind(kind: PlaceKind, _: Callable[[str], str]) -> str:
    """The three boards the law names (条例 §26)."""
    return {
        PlaceKind.TOWNSHIP: _("乡镇公告栏"),
        PlaceKind.VILLAGE: _("村务公开栏"),
        PlaceKind.GROUP: _("村民小组"),
    }[kind]


def term_text(term: Term, tongue: Tongue) -> str:
    """10个工作日, 30日."""
    words = tongue.say("{n}个工作日") if term.unit is Unit.WORKING_DAY else tongue.say("{n}日")
    return words.format(n=term.n)


def figure(value: Decimal | None) -> str:
    """An area as it was printed: 1.2040 keeps its last zero."""
    return "" if value is None else f"{value:,f}"


def area_text(area: Area, tongue: Tongue) -> str:
    """1.2036公顷（18.0540亩）, or the one figure that was printed."""
    if area.ha is not None and area.mu is not None:
        return tongue.say("{ha}公顷（{mu}亩）").format(ha=figure(area.ha), mu=figure(area.mu))
    if area.ha is not None:
        return tongue.say("{ha}公顷").format(ha=figure(area.ha))
    return tongue.say("{mu}亩").format(mu=figure(area.mu)) if area.mu is not None else ""


def left_text(days: int, tongue: Tongue) -> str:
    """还剩8天; 今天是最后一天; 已经过了3天."""
    if days == 0:
        return tongue.say("今天是最后一天")
    if days > 0:
        return tongue.say("还剩{days}天").format(days=days)
    return tongue.say("已经过了{days}天").format(days=-days)


def last_day(until: LastDay, today: date, tongue: Tongue) -> str:
    """A last day, marked where a holiday notice still to come may move it."""
    day = tongue.day(until.day, today)
    return tongue.say("{day}（暂定）").format(day=day) if until.provisional else day


def why_provisional(until: LastDay | None, tongue: Tongue) -> str:
    """Why a day is 暂定, "" where it is certain."""
    if until is None or not until.provisional:
        return ""
    words = (
        tongue.say("{year}年的放假安排还没有公布，这一天先按法定节日算，公布以后会重新算。")
        if until.certainty is Certainty.STATUTORY
        else tongue.say("{year}年的放假安排还没有公布，这一天先按平常的周末算，公布以后会重新算。")
    )
    return words.format(year=until.day.year)
