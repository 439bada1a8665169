"""The text hangs on the wall and is printed: it must say what the case file says, and what the law asks for.

A contradiction is a fact under the same label with another value, and no place of the text that says
the right one. What the text does not say, or says another way, is no contradiction. The check of a case
judges the case file and gives these as notes; publishing holds a notice for them (HOLDS_PUBLISHING).
"""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from boards.model.document_numbers import same_number
from boards.model.findings import Finding, note
from boards.model.land.areas import half_unit
from boards.model.land.kinds import KINDS, NoticeKind
from boards.model.money import yuan
from sync.county.land import text_facts as said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sync.county.land.case_file import StageFile
    from sync.county.land.stages import Stage, Whole

HOLDS_PUBLISHING = {"TEXT_SHARED", "TEXT_DIFFERS", "TEXT_LACKS", "TEXT_SIGNED_LATER"}
"""Notes while a case is prepared; a notice that has one does not hang."""


_ELSEWHERE = re.compile(r"(?:方案|全文|内容|详情|具体)[^。\n]{0,8}(?:附件|附后|附表)")


def text_agrees(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Everything the text of one notice says otherwise than the case, and what it leaves out."""
    file, name = stage.file, stage.file.text_file
    text = said.plain(whole.texts.get(name or "", ""))
    if not text.strip():
        return
    numbers = said.numbers_said(text)
    numbered = any(same_number(one, file.doc_no or "") for one in numbers)
    if not numbered and any(one.file.text_file == name for one in whole.stages if one is not stage):
        yield note("TEXT_SHARED", f"正文{name}是另一份公告的，本公告没有自己的正文，发布前要有。")
        return
    yield from _days(stage, text)
    yield from _windows(stage, text)
    yield from _areas(file, text)
    yield from _area_rows(file, text)
    yield from _money_rows(file, text)
    yield from _money(file, text)
    if file.doc_no and not numbered:
        yield from _differs("文号", numbers, file.doc_no)
    if file.resettled is not None:
        yield from _differs("安置人数", said.settled_said(text), file.resettled)
    # A correction may say only what changes; what is annexed is not searched.
    code = "TEXT_SHORT" if stage.correction or _ELSEWHERE.search(text) else "TEXT_LACKS"
    for words, (element, article) in KINDS[stage.kind].words.items() if stage.kind else ():
        if not re.search(words, text):
            yield note(code, f"正文没有写{element}（{article}）。")


def _days(stage: Stage, text: str) -> Iterator[Finding]:
    """Length and last day of the posting period, and the day under the signature."""
    file, period, signed = stage.file, stage.file.period, said.signed_day(text)
    if period and period.kind and period.n is not None:
        units = {"working_days": "个工作日", "days": "日"}
        told = [f"{n}{units[kind]}" for n, kind in said.periods_said(text)]
        yield from _differs("公告期限", told, f"{period.n}{units[period.kind]}")
    if period and period.last_day_stated:
        yield from _differs("公告期截止日", said.last_days_said(text), period.last_day_stated)
    if signed and file.issued_on:
        yield from _differs("成文日期", [signed], file.issued_on)
    if signed and stage.posted_on and signed > stage.posted_on:
        yield note("TEXT_SIGNED_LATER", f"正文落款日期{signed}晚于张贴日期{stage.posted_on}，发布前要改正。")


def _windows(stage: Stage, text: str) -> Iterator[Finding]:
    """From when to when people register, and the land is surveyed."""
    window, file = stage.file.registration, stage.file
    if window and window.start and window.end:
        told = said.windows_said(text, "登记", "调查|公告期|公示期|异议|意见|听证")
        yield from _differs("补偿登记期限", _ranges(told), f"{window.start}至{window.end}")
    if stage.kind is NoticeKind.START and file.survey_from and file.survey_to:
        told = said.windows_said(text, "调查", "登记|公告期|公示期")
        yield from _differs("现状调查时间", _ranges(told), f"{file.survey_from}至{file.survey_to}")


def _areas(file: StageFile, text: str) -> Iterator[Finding]:
    """The total area; the sum of one village or class may stand under the same word."""
    totals, rows = file.totals, file.areas or ()
    if totals is None:
        return
    hectares, mu = said.total_areas_said(text)
    for unit, told, total, figures in (
        ("公顷", hectares, totals.ha, [(row.village, row.land_type, row.ha) for row in rows]),
        ("亩", mu, totals.mu, [(row.village, row.land_type, row.mu) for row in rows]),
    ):
        parts = [(village, figure) for village, _, figure in figures] + [(kind, f) for _, kind, f in figures]
        known = [total, *_partial(parts)]
        if total is not None and told and not any(_near(one, total) for one in told):
            strange = [one for one in told if not any(k is not None and _near(one, k) for k in known)]
            yield from _differs("面积合计", [f"{one}{unit}" for one in strange], f"{total}{unit}")


def _area_rows(file: StageFile, text: str) -> Iterator[Finding]:
    """Land row by row, where a line of the text names it; rows that share a name are left out."""
    rows = [row for row in file.areas or () if row.village and row.land_type]
    lines = _lines(text, (row.village for row in rows))
    named = Counter((row.village, row.land_type) for row in rows)
    for row in (one for one in rows if named[one.village, one.land_type] == 1):
        village, land_class = row.village or "", row.land_type or ""
        hectares, mu = said.areas_said(lines[village], village, land_class)
        for unit, told, fact in (("公顷", hectares, row.ha), ("亩", mu, row.mu)):
            if fact is not None and not any(_near(one, fact) for one in told):
                yield from _differs(
                    f"{village}{land_class}", [f"{one}{unit}" for one in told], f"{fact}{unit}"
                )


def _money_rows(file: StageFile, text: str) -> Iterator[Finding]:
    """Money row by row, where a line of the text begins like the row."""
    rows = [row for row in file.compensation or () if row.village and row.item]
    lines = _lines(text, (row.village for row in rows))
    for row in rows:
        village, item = row.village or "", row.item or ""
        sums = said.sums_of(lines[village], village, item)
        facts = [Decimal(fen) for fen in (row.amount_fen, row.paid_fen) if fen is not None]
        strange = [one for one in sums if one not in facts]
        missing = [one for one in facts if one not in sums]
        if strange and missing:
            yield from _differs(
                f"{village}{item}", [f"{yuan(int(one))}元" for one in strange], f"{yuan(int(missing[0]))}元"
            )


def _lines(text: str, villages: Iterable[str | None]) -> dict[str, str]:
    """The lines that name each village."""
    lines = text.splitlines()
    names = {name: said.plain(name) for name in set(villages) if name}
    return {name: "\n".join(line for line in lines if plain in line) for name, plain in names.items()}


def _money(file: StageFile, text: str) -> Iterator[Finding]:
    """The totals of money: due, and paid."""
    rows = file.compensation or ()
    due = [(name, _fen(row.amount_fen)) for row in rows for name in (row.village, row.item)]
    paid = [(name, _fen(row.paid_fen)) for row in rows for name in (row.village, row.item)]
    for name, total, told, parts in (
        ("补偿费用合计", file.compensation_total_fen, said.sums_said(text), due),
        ("已付合计", file.paid_total_fen, said.sums_said(text, paid=True), paid),
    ):
        known = [*_partial(parts), *(fen for _, fen in parts if fen is not None)]
        if total is not None and told and not any(abs(fen - total) <= slack for fen, slack in told):
            strange = [fen for fen, slack in told if not any(abs(fen - one) <= slack for one in known)]
            yield from _differs(name, [f"{yuan(int(fen))}元" for fen in strange], f"{yuan(total)}元")


def _differs(name: str, told: Iterable[object], fact: object) -> Iterator[Finding]:
    values = list(dict.fromkeys(told))
    if values and fact not in values:
        told = "、".join(map(str, values))
        yield note("TEXT_DIFFERS", f"正文的{name}是{told}，案件文件是{fact}，发布前要改成一致。")


def _ranges(windows: Iterable[tuple[object, object]]) -> list[str]:
    return [f"{start}至{end}" for start, end in windows]


def _partial(parts: Iterable[tuple[str | None, Decimal | None]]) -> Iterator[Decimal]:
    """The sums of each village or class."""
    ordered = sorted((key or "", figure) for key, figure in parts if figure is not None)
    for _, group in groupby(ordered, key=lambda one: one[0]):
        yield sum((figure for _, figure in group), Decimal(0))


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= half_unit(one) + half_unit(other)


def _fen(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen)
