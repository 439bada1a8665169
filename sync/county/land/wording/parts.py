"""P13: the text of a notice says what the law wants its kind to say (domain §2.3), not in headings alone."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from boards.model.findings import Finding, error, note, warning
from boards.model.land.areas import Area
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
    r"|(?:公告|公示|通告|张贴)(?!期[内满间届])[^。\n]{0,12}?[0-9一二三四五六七八九十]+\s*个?(?:工作日|日|天)|日\s*止"
)


def text_parts(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Each part of the text that the law demands and that is not there."""
    file = stage.file
    body = said.plain(said.between(whole.text(stage), said.head_of(file), file.issuer)[0])
    if stage.kind is None or not whole.text(stage).strip():
        return
    yield from _frame(said.plain(whole.text(stage)))
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
    for heading in () if missing else said.empty_headings(body):
        yield warning("TEXT_PART_EMPTY", f"正文“{heading}”下面没有内容。")
    for told, right in said.remedies_said(body):
        if told != right:
            yield error("TEXT_REMEDY", f"正文写的是{told}，法律规定是{right}。")


def _frame(text: str) -> Iterator[Finding]:
    """A text that brings head or foot along has title and day of signature; words alone need none."""
    if said.is_framed(text):
        found = {"标题": said.is_titled(text), "成文日期": said.is_dated(text) or said.malformed_day(text)}
        for element in (one for one, there in found.items() if not there):
            yield error("TEXT_LACKS", f"正文没有写{element}（GB/T 9704）。")


def _missing(kind: NoticeKind, stage: Stage, body: str, whole: Whole) -> Iterator[tuple[str, str]]:
    row, file = KINDS[kind], stage.file
    for words, part in row.words.items():
        if not re.search(words, body):
            yield part
    if whole.facts.rules.minimum(kind) and not _PERIOD.search(body):
        yield "公告期限", row.period_article
    yield from _totals_to_say(file, body)
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


def _totals_to_say(file: StageFile, body: str) -> Iterator[tuple[str, str]]:
    """A text that lists the land, or the money, says what it is in all: a total, or its figure."""
    areas = [
        bool(any(said.areas_said(body, row.village, row.land_type)))
        for row in file.areas or ()
        if row.village and row.land_type
    ]
    items = [
        bool(said.sums_of(body, row.village, row.item))
        for row in file.compensation or ()
        if row.village and row.item
    ]
    total = file.totals.area if file.totals else Area()
    for name, rows, figures, labelled in (
        ("面积合计", areas, [total.ha, total.mu], any(said.total_areas_said(body))),
        ("补偿费用合计", items, [_yuan(file.compensation_total_fen)], bool(said.sums_said(body))),
        ("已付合计", items, [_yuan(file.paid_total_fen)], bool(said.sums_said(body, paid=True))),
    ):
        listed = sum(rows) > 1 or (len(rows) > 1 and len(said.rows_said(body, money=rows is items)) > 1)
        wanted, told = [one for one in figures if one is not None], said.values_said(body)
        if (
            listed
            and wanted
            and not (labelled or any(abs(v - it) <= slack for it in wanted for v, slack in told))
        ):
            yield name, "《土地管理法实施条例》第二十七条"


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100
