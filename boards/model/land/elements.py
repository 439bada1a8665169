"""What each kind of notice must say (条例 §26 to §31, domain §2.3): the column `needs` of the kinds.

Only what the facts can express is asked for; the words of a text are looked at where it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from boards.model.findings import Finding, error, note, warning
from boards.model.land.facts import CaseFacts, NoticeFacts
from boards.model.land.kinds import KINDS, NoticeKind

_PHONE = re.compile(r"(?:\+?86-?)?(?:0\d{2,3}[- ]?\d{7,8}(?:-\d{1,5})?|1[3-9]\d{9}|\d{5,8})", re.ASCII)
_COMMON = {"title": "标题", "doc_no": "文号", "issuer": "发布机关", "posted_on": "张贴日期"}
_WINDOW = {
    "start": "补偿登记的开始日期",
    "end": "补偿登记的截止日期",
    "place": "补偿登记的地点",
    "phone": "补偿登记的联系电话",
}
_APPROVAL = {
    "authority": "批准机关",
    "approved_on": "批准日期",
    "doc_no": "批准文号",
    "received": "收到批准文件的日期",
}


def says_what_it_must(notice: NoticeFacts, case: CaseFacts) -> Iterator[Finding]:
    """Name each element that is missing. A correction may say only what changes."""
    yield from _missing(notice, _COMMON)
    if notice.kind:
        row = KINDS[notice.kind]
        for finding in _missing(notice, row.needs, f"（{row.needs_article}）"):
            yield note(finding.code, finding.message) if notice.correction else finding
        if notice.kind is NoticeKind.START and not (case.purpose or "").strip():
            yield error("ELEMENT_MISSING", f"缺少征收目的（{row.needs_article}）。")
    if notice.resettled is not None and notice.resettled < 0:
        yield error("RESETTLED_NEGATIVE", f"安置对象写成了{notice.resettled}人。")
    if notice.registration:
        yield from _missing(notice.registration, _WINDOW)
        if notice.registration.phone and not _PHONE.fullmatch(notice.registration.phone.strip()):
            yield warning("PHONE_IMPLAUSIBLE", "补偿登记的联系电话不像电话号码。")
    if notice.approval:
        yield from _missing(notice.approval, _APPROVAL)


def _missing(facts: object, elements: Mapping[str, str], basis: str = "") -> Iterator[Finding]:
    for field, name in elements.items():
        value = getattr(facts, field)
        if value in (None, ()) or (isinstance(value, str) and not value.strip()):
            yield error("ELEMENT_MISSING", f"缺少{name}{basis}。")
