"""What each kind of notice must say (条例 §26 to §31, domain §2.3), as a table.

Only what the file can express is asked for; the words of the text are looked at in `text_agrees`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.findings import Finding, error, note, warning
from boards.model.land.terms import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.land.case_file import ApprovalFile, RegistrationFile
    from sync.county.land.stages import Stage, Whole

_PHONE = re.compile(r"(?:\+?86-?)?(?:0\d{2,3}[- ]?\d{7,8}(?:-\d{1,5})?|1[3-9]\d{9}|\d{5,8})", re.ASCII)
_COMMON = {"title": "标题", "doc_no": "文号", "issuer": "发布机关", "posted_on": "张贴日期"}
_ELEMENTS: dict[NoticeKind, dict[str, str]] = {
    NoticeKind.START: {"areas": "征收范围", "survey_from": "现状调查开始日", "survey_to": "现状调查结束日"},
    NoticeKind.SURVEY: {"areas": "调查结果（位置、地类、面积）"},
    NoticeKind.PLAN: {
        "areas": "征收范围和土地现状",
        "compensation": "补偿方式和标准",
        "resettled": "安置对象",
        "registration": "办理补偿登记的方式和期限",
    },
    NoticeKind.REGISTER: {"registration": "登记期限和地点"},
    NoticeKind.FINAL: {"areas": "征收范围", "approval": "批准情况"},
    NoticeKind.PAY: {"compensation": "支付情况"},
    NoticeKind.STOP: {"reason": "终止征收的原因"},
}
_ARTICLES = {
    NoticeKind.START: "《土地管理法实施条例》第二十六条",
    NoticeKind.SURVEY: "《土地管理法实施条例》第二十六条",
    NoticeKind.PLAN: "《土地管理法实施条例》第二十七条、第二十八条",
    NoticeKind.REGISTER: "《土地管理法》第四十七条",
    NoticeKind.FINAL: "《土地管理法实施条例》第三十一条",
    NoticeKind.PAY: "《浙江省土地管理条例》第四十六条",
    NoticeKind.STOP: "《政府信息公开条例》第二十一条",
}
_APPROVAL = {
    "authority": "批准机关",
    "approved_on": "批准日期",
    "doc_no": "批准文号",
    "received": "收到批准文件的日期",
}


def element_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Name each element that is missing. A correction may say only what changes."""
    file = stage.file
    yield from _missing(file, _COMMON)
    needed, article = (_ELEMENTS[stage.kind], _ARTICLES[stage.kind]) if stage.kind else ({}, "")
    for finding in _missing(file, needed, article):
        yield note(finding.code, finding.message) if stage.correction else finding
    if stage.kind is NoticeKind.START and not (whole.case.purpose or "").strip():
        yield error("ELEMENT_MISSING", f"缺少征收目的（{_ARTICLES[NoticeKind.START]}）。")
    if file.resettled is not None and file.resettled < 0:
        yield error("RESETTLED_NEGATIVE", f"安置对象写成了{file.resettled}人。")
    if file.registration is not None:
        yield from _registration(file.registration)
    if file.approval is not None:
        yield from _approval(file.approval)


def _missing(record: object, elements: dict[str, str], article: str = "") -> Iterator[Finding]:
    basis = f"（{article}）" if article else ""
    for key, name in elements.items():
        value = getattr(record, key)
        if value in (None, ()) or (isinstance(value, str) and not value.strip()):
            yield error("ELEMENT_MISSING", f"缺少{name}{basis}。")


def _registration(window: RegistrationFile) -> Iterator[Finding]:
    yield from _missing(window, {"start": "补偿登记的开始日期", "end": "补偿登记的截止日期"})
    yield from _missing(window, {"place": "补偿登记的地点", "phone": "补偿登记的联系电话"})
    if window.phone and not _PHONE.fullmatch(window.phone.strip()):
        yield warning("PHONE_IMPLAUSIBLE", "补偿登记的联系电话不像电话号码。")


def _approval(approval: ApprovalFile) -> Iterator[Finding]:
    yield from _missing(approval, _APPROVAL)
