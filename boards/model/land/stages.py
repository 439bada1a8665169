"""The life of a land case as two tables: which state may follow, and what must hold to enter it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.land import guards
from boards.model.land.case import LandState
from boards.model.land.refusals import PlanWithoutGround
from boards.model.land.terms import ZHEJIANG, NoticeKind

if TYPE_CHECKING:
    from boards.model.calendar.workdays import WorkCalendar
    from boards.model.land.case import AnyStep, LandAcquisitionCase, PostingEvidence
    from boards.model.land.terms import LandRules

Guard = Callable[[guards.Asked], None]

_S = LandState
MOVES: Mapping[LandState, frozenset[LandState]] = {
    _S.DRAFT: frozenset({_S.PRE_ANNOUNCED, _S.WITHDRAWN}),
    _S.PRE_ANNOUNCED: frozenset({_S.PRE_ANNOUNCED, _S.SURVEYED, _S.RISK_ASSESSED, _S.WITHDRAWN}),
    # Survey and risk assessment run side by side; each may be repeated until the plan rests on both.
    _S.SURVEYED: frozenset({_S.SURVEYED, _S.RISK_ASSESSED, _S.PLAN_ANNOUNCED, _S.WITHDRAWN}),
    _S.RISK_ASSESSED: frozenset({_S.RISK_ASSESSED, _S.SURVEYED, _S.PLAN_ANNOUNCED, _S.WITHDRAWN}),
    # A changed plan is announced again, and everything after it happens anew.
    _S.PLAN_ANNOUNCED: frozenset({_S.PLAN_ANNOUNCED, _S.HEARING, _S.PLAN_FINALISED, _S.WITHDRAWN}),
    _S.HEARING: frozenset({_S.PLAN_ANNOUNCED, _S.PLAN_FINALISED, _S.WITHDRAWN}),
    _S.PLAN_FINALISED: frozenset({_S.PLAN_ANNOUNCED, _S.REGISTERED, _S.WITHDRAWN}),
    _S.REGISTERED: frozenset({_S.PLAN_ANNOUNCED, _S.AGREEMENTS_SIGNED, _S.WITHDRAWN}),
    _S.AGREEMENTS_SIGNED: frozenset({_S.PLAN_ANNOUNCED, _S.APPLIED, _S.WITHDRAWN}),
    _S.APPLIED: frozenset({_S.APPROVED, _S.WITHDRAWN}),
    _S.APPROVED: frozenset({_S.ACQUISITION_ANNOUNCED}),
    _S.ACQUISITION_ANNOUNCED: frozenset({_S.ACQUISITION_ANNOUNCED, _S.PAYING}),
    _S.PAYING: frozenset({_S.PAYING, _S.PAID}),
    _S.PAID: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}

GUARDS: Mapping[LandState, tuple[Guard, ...]] = {
    _S.PRE_ANNOUNCED: (guards.g7_notice_hangs_everywhere,),
    _S.SURVEYED: (guards.g2_survey_after_pre_announcement, guards.g7_notice_hangs_everywhere),
    _S.RISK_ASSESSED: (),
    _S.PLAN_ANNOUNCED: (guards.g1_plan_has_its_ground, guards.g7_notice_hangs_everywhere),
    _S.HEARING: (guards.g3_hearing_was_announced,),
    _S.PLAN_FINALISED: (guards.g8_changed_plan_is_announced_again, guards.g3_hearing_was_held),
    _S.REGISTERED: (guards.g3_registration_is_over,),
    _S.AGREEMENTS_SIGNED: (guards.g3_owners_are_accounted_for,),
    _S.APPLIED: (
        guards.g3_periods_are_over,
        guards.g3_hearing_was_held,
        guards.g3_registration_is_over,
        guards.g3_owners_are_accounted_for,
        guards.g3_ground_is_supported,
        guards.g7_postings_are_proved,
    ),
    _S.APPROVED: (guards.g4_approver_is_right,),
    _S.ACQUISITION_ANNOUNCED: (guards.g5_announced_in_time, guards.g7_notice_hangs_everywhere),
    _S.PAYING: (guards.g7_notice_hangs_everywhere,),
    _S.PAID: (guards.g6_paid_in_time,),
    _S.CLOSED: (),
    _S.WITHDRAWN: (guards.withdrawal_has_its_reason,),
}


STATE_NAMES: Mapping[LandState, str] = {
    _S.DRAFT: "尚未公告",
    _S.PRE_ANNOUNCED: "已发布预公告",
    _S.SURVEYED: "现状调查结果已公示",
    _S.RISK_ASSESSED: "社会稳定风险已评估",
    _S.PLAN_ANNOUNCED: "补偿安置方案已公告",
    _S.HEARING: "已举行听证",
    _S.PLAN_FINALISED: "补偿安置方案已确定",
    _S.REGISTERED: "补偿登记已结束",
    _S.AGREEMENTS_SIGNED: "协议已签订",
    _S.APPLIED: "已报批",
    _S.APPROVED: "已批准",
    _S.ACQUISITION_ANNOUNCED: "已发布征收土地公告",
    _S.PAYING: "正在支付补偿费用",
    _S.PAID: "已足额支付",
    _S.CLOSED: "已办结",
    _S.WITHDRAWN: "已终止",
}

NOTICED: Mapping[NoticeKind, LandState] = {
    NoticeKind.START: _S.PRE_ANNOUNCED,
    NoticeKind.SURVEY: _S.SURVEYED,
    NoticeKind.PLAN: _S.PLAN_ANNOUNCED,
    NoticeKind.FINAL: _S.ACQUISITION_ANNOUNCED,
    NoticeKind.PAY: _S.PAYING,
    NoticeKind.STOP: _S.WITHDRAWN,
}
"""The state a notice leads to; 补偿登记通告 leads to none, it repeats what the plan says."""


class StepNotPossible(Refusal):
    """A case cannot go from where it stands to where it was sent."""

    code = "land-step-not-possible"
    fault = Fault.COUNTY
    sentence = "征地案件现在处于“{standing}”，不能进入“{to}”（《土地管理法》第四十七条规定的程序）。"
    advice = "请核对是否有环节没有完成或没有发布。"


def advanced(
    case: LandAcquisitionCase, step: AnyStep, calendar: WorkCalendar, rules: LandRules = ZHEJIANG
) -> LandAcquisitionCase:
    """Take the case one step on; StepNotPossible against the table, GuardRefused against the law."""
    if step.to not in MOVES[case.state]:
        raise StepNotPossible(standing=STATE_NAMES[case.state], to=STATE_NAMES[step.to])
    asked = guards.Asked(case, step, calendar, rules)
    for guard in GUARDS[step.to]:
        guard(asked)
    return msgspec.structs.replace(case, state=step.to, steps=(*case.steps, step))


def with_evidence(case: LandAcquisitionCase, evidence: PostingEvidence) -> LandAcquisitionCase:
    """Add the proof of one posting; a case does not move by it."""
    return msgspec.structs.replace(case, evidence=(*case.evidence, evidence))


def refuse_notice(published: Sequence[NoticeKind], kind: NoticeKind) -> None:
    """What a village is shown follows the same table. Raises StepNotPossible, PlanWithoutGround (G1).

    `published` are the notices so far, in the order of their postings. What lies between two notices
    (risk assessment, agreements, application, approval) is not published and taken to have happened.
    A notice may be corrected until the land is acquired; of a case that was stopped nothing follows.
    """
    standing = _standing(published)
    if NoticeKind.STOP not in published and kind in published:
        possible = NoticeKind.FINAL not in published or kind in {NoticeKind.FINAL, NoticeKind.PAY}
    elif kind is NoticeKind.REGISTER:
        possible = standing is _S.PLAN_ANNOUNCED
    else:
        possible = NOTICED[kind] in next_noticed(standing)
    if not possible:
        to = STATE_NAMES[NOTICED.get(kind, _S.REGISTERED)]
        raise StepNotPossible(standing=STATE_NAMES[standing], to=to)
    if kind is NoticeKind.PLAN and NoticeKind.SURVEY not in published:
        raise PlanWithoutGround(missing="现状调查结果公示")


def next_noticed(standing: LandState) -> frozenset[LandState]:
    """States a notice leads to that can be reached without passing another such state."""
    noticed, reached, todo = set(NOTICED.values()), set[LandState](), list(MOVES[standing])
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += [] if state in noticed else MOVES[state]
    return frozenset(reached & noticed)


def _standing(published: Sequence[NoticeKind]) -> LandState:
    """Furthest state that the notices prove."""
    states = [NOTICED[kind] for kind in published if kind in NOTICED]
    return max(states, key=list(LandState).index, default=_S.DRAFT)
