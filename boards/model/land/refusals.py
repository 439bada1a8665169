"""What the law refuses in a land case, with the article in the sentence (domain §2.2, G1 to G8)."""

from __future__ import annotations

from boards.model.errors import Fault, Refusal


class GuardRefused(Refusal):
    """The law does not allow this step yet, or not like this."""

    code = "land-guard"
    fault = Fault.COUNTY
    advice = "请按规定补齐后再发布。"


class PlanWithoutGround(GuardRefused):
    """G1: the plan lacks what it must rest on."""

    code = "land-g1-plan-without-ground"
    sentence = (
        "拟定补偿安置方案要以土地现状调查和社会稳定风险评估为依据"
        "（《土地管理法实施条例》第二十七条），现在还缺：{missing}。"
    )


class SurveyTooEarly(GuardRefused):
    """G2: the survey ran before the notice that announces it, or its result before its end."""

    code = "land-g2-survey-too-early"
    sentence = (
        "土地现状调查应在预公告张贴之后进行，结果在调查结束后公示"
        "（《土地管理法实施条例》第二十六条），现在的日期是：{dates}。"
    )


class PeriodNotOver(GuardRefused):
    """G3: a posting period still runs."""

    code = "land-g3-period-not-over"
    sentence = "{notice}的公告期到{last_day}才满（{article}），{asked}不能报批。"


class HearingNotHeld(GuardRefused):
    """G3: most members object and were not heard."""

    code = "land-g3-hearing-not-held"
    sentence = (
        "过半数成员（{objectors}/{members}）认为方案不符合规定，应当先举行听证"
        "（《土地管理法实施条例》第二十八条、《浙江省土地管理条例》第四十二条）。"
    )


class HearingNoticeTooShort(GuardRefused):
    """G3: the hearing was not announced early enough."""

    code = "land-g3-hearing-notice-too-short"
    sentence = (
        "听证通知应当在听证前7个工作日公开（农村集体土地征收基层政务公开标准目录），{last_day}之后才能听证。"
    )


class RegistrationStillOpen(GuardRefused):
    """G3: the registration window is still open."""

    code = "land-g3-registration-open"
    sentence = "补偿登记到{last_day}才截止（《土地管理法》第四十七条），此前不能结束登记或报批。"


class OwnersNotAccountedFor(GuardRefused):
    """G3: signed and declared unsigned are not all owners."""

    code = "land-g3-owners-not-accounted-for"
    sentence = (
        "已签协议{signed}户，申请中说明未签{declared}户，合计不等于应签{owners}户"
        "（《土地管理法实施条例》第二十九条）。"
    )


class GroundNotSupported(GuardRefused):
    """G3: the public-interest ground lacks the plan it needs."""

    code = "land-g3-ground-not-supported"
    sentence = "这类用地应当{needed}（《土地管理法》第四十五条），申请中没有。"


class WrongApprover(GuardRefused):
    """G4: a province approved what is for the State Council."""

    code = "land-g4-wrong-approver"
    sentence = (
        "征收永久基本农田，或其他耕地超过35公顷，或其他土地超过70公顷的，由国务院批准"
        "（《土地管理法》第四十六条），省级批准文件不够。"
    )


class ApprovalDatesImpossible(GuardRefused):
    """G4: application, approval and receipt are out of order."""

    code = "land-g4-approval-dates"
    sentence = "批准文件的日期对不上（《土地管理法》第四十六条）：{dates}。"


class AnnouncedOverdue(GuardRefused):
    """G5: the announcement is later than 15 working days after the approval."""

    code = "land-g5-announced-overdue"
    sentence = (
        "征收土地公告应在收到批准文件之日起15个工作日内发布（《土地管理法实施条例》第三十一条），"
        "最迟{last_day}，已经逾期。"
    )
    advice = "公告仍须发布：请写明逾期原因后再提交。"


class AnnouncedBeforeApproval(GuardRefused):
    """G5: announced before there was an approval."""

    code = "land-g5-announced-before-approval"
    sentence = "收到批准文件之前不能发布征收土地公告（《土地管理法实施条例》第三十一条）。"


class PaidOverdue(GuardRefused):
    """G6: the payment is later than 60 days after the announcement."""

    code = "land-g6-paid-overdue"
    sentence = (
        "补偿费用应在征收土地公告之日起60日内足额支付（《浙江省土地管理条例》第四十六条），"
        "最迟{last_day}，已经逾期。"
    )
    advice = "请写明逾期原因后再提交。"


class NotPaidInFull(GuardRefused):
    """G6: a row is open, short or overpaid."""

    code = "land-g6-not-paid-in-full"
    sentence = "支付公示中还有未足额或多付的款项（《浙江省土地管理条例》第四十六条）。"


class VacatedBeforePayment(GuardRefused):
    """G6: people were to leave before they were paid."""

    code = "land-g6-vacated-before-payment"
    sentence = "足额支付之前不能要求腾退（《浙江省土地管理条例》第四十七条），腾退期限是{vacate_by}。"


class PlacesMissing(GuardRefused):
    """G7: a board is left out."""

    code = "land-g7-places-missing"
    sentence = "公告应当在乡镇、村、村民小组张贴（《土地管理法实施条例》第二十六条），还缺：{places}。"
    advice = "每处单独张贴，单独拍照留证。"


class ChangedPlanNotAnnounced(GuardRefused):
    """G8: a changed plan was not published again."""

    code = "land-g8-changed-plan-not-announced"
    sentence = "补偿安置方案修改后应当重新公布（《浙江省土地管理条例》第四十二条），公告期重新计算。"
    advice = "请先发布修改后的方案，满30日后再确定。"


class WithdrawalWithoutReason(GuardRefused):
    """A case that stops says why."""

    code = "land-withdrawal-without-reason"
    sentence = "撤回或终止征收应当公布原因（《政府信息公开条例》第二十一条，土地征收情况应当主动公开）。"
    advice = "请写明原因。"
