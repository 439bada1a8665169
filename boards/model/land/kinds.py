"""The notices of a land case, one row a kind: names, order, what each must say, what it lets people do.

A new kind is a member of `NoticeKind`, its row, and its texts (domain §2.1 to §2.3).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, NamedTuple


class NoticeKind(StrEnum):
    """The notices of a case, by their part in it, in the order of the law."""

    START = "start"
    SURVEY = "survey"
    PLAN = "plan"
    REGISTER = "register"
    FINAL = "final"
    PAY = "pay"
    STOP = "stop"


class Step(StrEnum):
    """The steps people see, in order (domain §2.1)."""

    START = "start"  # 征收土地预公告
    SURVEY = "survey"  # 土地现状调查
    RISK = "risk"  # 社会稳定风险评估
    PLAN = "plan"  # 征地补偿安置公告
    REGISTER = "register"  # 办理补偿登记
    APPROVAL = "approval"  # 签订协议、报请批准
    FINAL = "final"  # 征收土地公告
    PAY = "pay"  # 支付补偿费用


class Act(StrEnum):
    """What a villager can do."""

    OBJECT = "object"  # 提意见
    HEARING = "hearing"  # 申请听证
    REGISTER = "register"  # 办理补偿登记
    REVIEW = "review"  # 行政复议
    COURT = "court"  # 行政诉讼


class KindRow(NamedTuple):
    """All that is particular to one kind of notice."""

    name: str
    aliases: frozenset[str]  # words a case file may name the stage by
    title: re.Pattern[str]  # of a title that may mean it
    plain_title: re.Pattern[str]  # of one that can mean nothing else
    title_order: int  # titles are tried in this order: 终止 before 支付 before 登记 …
    needs: Mapping[str, str]  # what it must say: field of `NoticeFacts`, and its name
    needs_article: str
    state: str  # where a case stands once it hangs
    follows: frozenset[NoticeKind | None]  # the furthest notice that may hang when it comes (None: none)
    rests_on: NoticeKind | None = None  # the notice it takes for granted
    rests_article: str = ""
    minimum: Literal["start", "plan", "final"] | None = None  # field of `LandRules`: its shortest period
    period_article: str = ""
    until_final: bool = True  # it may be published again, and objected to, only before the land is acquired
    moves: bool = True  # the case moves on by it; 补偿登记通告 repeats what the plan says
    words: Mapping[str, tuple[str, str]] = {}  # what its text must have: a pattern, its name and article
    step: Step | None = None
    acts: tuple[Act, ...] = ()


_RANGE = r"范围|位于|四至|公顷|土地现状(?!调查)|[0-9]\s*亩(?!\s*[×xX*])"
_PURPOSE = r"目的|用途|用于|为了?(?:实施|建设|推进)|(?:因|由于)[^。\n]{0,30}(?:需要|建设)"
_OBJECTION = (
    r"(?<!无)(?<!没有)(?<!未提出)异议|听证|(?:提出|反馈|反映|书面)[^。\n]{0,12}意见"
    r"|意见[^。\n]{0,20}(?:提出|反馈|反映|书面)"
)
_REASON = r"因(?!此)|由于|鉴于|调整|变更|不再实施|停建|缓建|未获|不予批准|未通过|不符合"
_WHICH = r"项目|工程|用地|地块|村|〔|\[[0-9]{4}\]|位于|公顷|亩"
_REGULATION = "《土地管理法实施条例》"
_K = NoticeKind
KINDS: Mapping[NoticeKind, KindRow] = {
    _K.START: KindRow(
        name="征收土地预公告",
        aliases=frozenset({"start", "pre", "preannouncement"}),
        title=re.compile("预公告|启动公告|拟征收"),
        plain_title=re.compile("征收.*(?:预公告|启动公告)|拟征收"),
        title_order=6,
        needs={"areas": "征收范围", "survey_from": "现状调查开始日", "survey_to": "现状调查结束日"},
        needs_article="《土地管理法实施条例》第二十六条",
        words={
            _RANGE: ("征收范围", f"{_REGULATION}第二十六条"),
            _PURPOSE: ("征收目的", f"{_REGULATION}第二十六条"),
            "调查": ("土地现状调查的安排", f"{_REGULATION}第二十六条"),
            "抢栽|抢建|抢种": ("抢栽抢建不予补偿", f"{_REGULATION}第二十六条"),
        },
        state="已发布预公告",
        follows=frozenset({None}),
        minimum="start",
        period_article="《土地管理法实施条例》第二十六条",
        step=Step.START,
        acts=(Act.OBJECT,),
    ),
    _K.SURVEY: KindRow(
        name="土地现状调查结果公示",
        aliases=frozenset({"survey"}),
        title=re.compile("现状调查"),
        plain_title=re.compile("现状调查(?:结果|成果|情况)的?(?:公示|公告)"),
        title_order=5,
        needs={"areas": "调查结果（位置、地类、面积）"},
        needs_article="《土地管理法实施条例》第二十六条",
        words={"公顷|亩|平方米|面积": ("调查结果（位置、地类、面积）", f"{_REGULATION}第二十六条")},
        state="现状调查结果已公示",
        follows=frozenset({_K.START}),
        rests_on=_K.START,
        rests_article="《土地管理法实施条例》第二十六条",
        step=Step.SURVEY,
        acts=(Act.OBJECT,),
    ),
    _K.PLAN: KindRow(
        name="征地补偿安置公告",
        aliases=frozenset({"plan", "compensation"}),
        title=re.compile("补偿安置"),
        plain_title=re.compile("补偿安置(?:方案)?的?公告"),
        title_order=4,
        needs={
            "areas": "征收范围和土地现状",
            "compensation": "补偿方式和标准",
            "resettled": "安置对象",
            "registration": "办理补偿登记的方式和期限",
        },
        needs_article="《土地管理法实施条例》第二十七条、第二十八条",
        words={
            _RANGE: ("征收范围和土地现状", f"{_REGULATION}第二十七条"),
            _PURPOSE: ("征收目的", f"{_REGULATION}第二十七条"),
            "标准|区片|补偿(?:方式|费)": ("补偿方式和标准", f"{_REGULATION}第二十七条"),
            r"安置(?:的)?(?:对象|方式|人口|人员|途径|办法)|(?:货币|住房|社会保障|社保|留地|农业|就业)安置"
            r"|安置房|安置[^。\n]{0,10}[0-9]+\s*人": ("安置对象和安置方式", f"{_REGULATION}第二十七条"),
            "社会保险|养老保险|(?:社会保障|社保)(?!相结合|等方式|安置)": (
                "社会保障",
                f"{_REGULATION}第二十七条",
            ),
            r"补偿登记|办理[^。\n]{0,10}登记|登记(?:期限|时间|地点|手续|方式)": (
                "办理补偿登记的方式和期限",
                f"{_REGULATION}第二十八条",
            ),
            _OBJECTION: ("异议反馈或听证", f"{_REGULATION}第二十八条"),
        },
        state="补偿安置方案已公告",
        follows=frozenset({_K.START, _K.SURVEY}),
        rests_on=_K.SURVEY,
        rests_article="《土地管理法实施条例》第二十七条",
        minimum="plan",
        period_article="《土地管理法实施条例》第二十八条",
        step=Step.PLAN,
        acts=(Act.OBJECT, Act.HEARING, Act.REGISTER),
    ),
    _K.REGISTER: KindRow(
        name="征地补偿登记通告",
        aliases=frozenset({"register", "registration"}),
        title=re.compile("登记"),
        plain_title=re.compile("补偿登记的?(?:通告|公告|通知)"),
        title_order=3,
        needs={"registration": "登记期限和地点"},
        needs_article="《土地管理法》第四十七条",
        words={
            "登记": ("办理补偿登记", "《土地管理法》第四十七条"),
            "地点|地址|[到在赴]|窗口": ("办理补偿登记的地点", "《土地管理法》第四十七条"),
        },
        state="补偿登记已结束",
        follows=frozenset({_K.PLAN}),
        rests_on=_K.PLAN,
        rests_article="《土地管理法》第四十七条",
        moves=False,
        step=Step.REGISTER,
        acts=(Act.REGISTER,),
    ),
    _K.FINAL: KindRow(
        name="征收土地公告",
        aliases=frozenset({"final", "acquisition"}),
        title=re.compile("征收公告|征收土地公告"),
        plain_title=re.compile("(?<!拟)征收土地公告|土地征收公告"),
        title_order=7,
        needs={"areas": "征收范围", "approval": "批准情况"},
        needs_article="《土地管理法实施条例》第三十一条",
        words={
            _RANGE: ("征收范围", f"{_REGULATION}第三十一条"),
            "批准|批复": ("批准情况", f"{_REGULATION}第三十一条"),
            "复议": ("行政复议", "《行政复议法》第二十条"),
            "诉讼|起诉": ("行政诉讼", "《行政诉讼法》第四十六条"),
        },
        state="已发布征收土地公告",
        follows=frozenset({_K.PLAN}),
        rests_on=_K.PLAN,
        rests_article="《土地管理法》第四十七条",
        minimum="final",
        period_article="《浙江省土地管理条例》第四十五条",
        until_final=False,
        step=Step.FINAL,
        acts=(Act.REVIEW, Act.COURT),
    ),
    _K.PAY: KindRow(
        name="补偿费用支付情况公示",
        aliases=frozenset({"pay", "payment"}),
        title=re.compile("支付"),
        plain_title=re.compile("支付"),
        title_order=2,
        needs={"compensation": "支付情况"},
        needs_article="《浙江省土地管理条例》第四十六条",
        words={"已付|支付|付清|足额|到账|拨付": ("支付情况", "《浙江省土地管理条例》第四十六条")},
        state="正在支付补偿费用",
        follows=frozenset({_K.FINAL}),
        rests_on=_K.FINAL,
        rests_article="《浙江省土地管理条例》第四十六条",
        until_final=False,
        step=Step.PAY,
        acts=(Act.OBJECT,),
    ),
    _K.STOP: KindRow(
        name="终止征收土地公告",
        aliases=frozenset({"stop", "withdrawn"}),
        title=re.compile("终止|撤回"),
        plain_title=re.compile("终止征收|终止土地征收|撤回"),
        title_order=1,
        needs={"reason": "终止征收的原因"},
        needs_article="《政府信息公开条例》第二十一条",
        words={
            "终止|撤回|停止|中止|不再征收|取消征收": ("终止征收的决定", "《政府信息公开条例》第二十一条"),
            _REASON: ("终止征收的原因", "《政府信息公开条例》第二十一条"),
            _WHICH: ("终止的是哪个项目、哪些土地", "《政府信息公开条例》第二十一条"),
        },
        state="已终止",
        follows=frozenset({None, _K.START, _K.SURVEY, _K.PLAN}),
        rests_on=_K.START,
        rests_article="《土地管理法实施条例》第二十六条",
    ),
}
"""The rows in the order of the law."""
RANK: Mapping[NoticeKind, int] = {kind: rank for rank, kind in enumerate(KINDS)}
UNANNOUNCED = "尚未公告"
"""Where a case stands before its first notice."""


def furthest(kinds: frozenset[NoticeKind]) -> NoticeKind | None:
    """Find the notice that shows where a case stands; None where nothing hangs."""
    return max((kind for kind in kinds if KINDS[kind].moves), key=RANK.__getitem__, default=None)
