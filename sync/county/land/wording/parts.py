"""P13: the text of a notice says what the law wants its kind to say (domain §2.3), not in headings alone."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from boards.model.findings import Finding, error, note, warning
from boards.model.land.kinds import KINDS, NoticeKind
from sync.county.land.wording import facts as said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sync.county.land.case_file import StageFile
    from sync.county.land.stages import Stage, Whole

_ELSEWHERE = re.compile(r"(?:方案|全文|内容|详情|具体)[^。\n]{0,8}(?:附件|附后|附表)")
_FACTS_ELSEWHERE = re.compile(r"(?:期限|时间|日期|文号)[^。\n]{0,8}(?:附件|附后|附表|另行)")
_PERIOD = re.compile(
    r"(?:公告|公示|通告)(?:的)?(?:期限|时间|期(?!内|满|间|届))|张贴期"
    r"|(?:公告|公示|通告|张贴)[^。\n]{0,12}?[0-9一二三四五六七八九十]+\s*个?(?:工作日|日|天)|日\s*止"
)


def text_parts(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Each part of the text that the law demands and that is not there."""
    file = stage.file
    body = said.plain(said.between(whole.text(stage), said.head_of(file), file.issuer)[0])
    if stage.kind is None or not body.strip():
        return
    missing = list(_missing(stage.kind, stage, said.spoken(body), whole))
    # A correction may say only what changes; what is annexed is not searched.
    short = stage.correction or _ELSEWHERE.search(body)
    for element, article in missing:
        sentence = f"正文没有写{element}（{article}）。"
        yield note("TEXT_SHORT", sentence) if short else error("TEXT_LACKS", sentence)
    gaps = [pair for pair in pairwise([0, *said.numbering(body)]) if pair[1] not in {1, pair[0] + 1}]
    if gaps and not missing:
        before, after = gaps[0]
        yield warning("TEXT_NUMBERING", f"正文的编号从{before}跳到{after}，是不是漏了一部分？")


def _missing(kind: NoticeKind, stage: Stage, body: str, whole: Whole) -> Iterator[tuple[str, str]]:
    row, file = KINDS[kind], stage.file
    for words, part in row.words.items():
        if not re.search(words, body):
            yield part
    if whole.facts.rules.minimum(kind) and not _PERIOD.search(body):
        yield "公告期限", row.period_article
    if _FACTS_ELSEWHERE.search(body):
        return
    for element, days in _days_to_say(kind, file):
        if days and not any(day in days for day in said.days_said(body)):
            yield element, row.needs_article
    number = file.approval.doc_no if kind is NoticeKind.FINAL and file.approval else None
    if number and not said.has_number(body, number):
        yield "批准文号", row.needs_article


def _days_to_say(kind: NoticeKind, file: StageFile) -> Iterator[tuple[str, set[date | None]]]:
    window = file.registration
    if kind is NoticeKind.START:
        yield "现状调查的时间", {file.survey_from, file.survey_to} - {None}
    elif window and kind in {NoticeKind.PLAN, NoticeKind.REGISTER}:
        yield "办理补偿登记的期限", {window.start, window.end} - {None}
