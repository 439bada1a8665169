"""Checks of what is written: document numbers, private numbers, amounts in words."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.document_numbers import DocumentNumberMalformed, document_number, same_number
from boards.model.findings import Finding, error, note, warning
from boards.model.land.compensation import basis_of
from boards.model.land.kinds import KINDS
from boards.model.money import AmountWordsUnreadable, fen_from_words, rounded_fen, yuan
from boards.model.names import unshowable
from boards.model.privacy.identifiers import NumberKind
from boards.model.privacy.numbers import numbers_in
from boards.model.privacy.public_fields import HOLDS_NUMBER, faults_in, field_fault, own_phones

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sync.county.land.stages import Stage, Whole

_WORDS = re.compile(
    r"负?[零壹贰叁肆伍陆柒捌玖拾][零壹贰叁肆伍陆柒捌玖拾佰仟万亿]*[元圆][零壹贰叁肆伍陆柒捌玖角分整正]*"
)
_ADDRESSABLE = re.compile(r"(?!\.)[\w.〔〕（）()-]{1,80}")  # it is part of a page's address
_DAY = re.compile(r"(20[0-9]{2})[-年./]([0-9]{1,2})[-月./]([0-9]{1,2})日?", re.ASCII)
_PRIVATE = {
    NumberKind.ID: ("UNMASKED_ID_IN_TEXT", "身份证号"),
    NumberKind.ID_NEAR: ("UNMASKED_ID_IN_TEXT", "身份证号（有错字）"),
    NumberKind.ID_OLD: ("UNMASKED_ID_IN_TEXT", "旧身份证号"),
    NumberKind.BANK: ("UNMASKED_ACCOUNT_IN_TEXT", "银行卡号"),
    NumberKind.MOBILE: ("UNMASKED_MOBILE_IN_TEXT", "个人手机号码"),
}


def number_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Form, year and reuse of the document number. Of two notices with one number the later is wrong."""
    text, posted = stage.file.doc_no, stage.posted_on
    if not text:
        return
    try:
        year = document_number(text).year
    except DocumentNumberMalformed as refusal:
        yield warning("DOC_NO_FORM", "".join(refusal.told()))
    else:
        if posted and year != posted.year:
            turn = year == posted.year - 1 and posted.month == 1  # a number of the old year, in January
            told = error if year > posted.year else note if turn else warning
            yield told("DOC_NO_YEAR", f"文号的年份{year}与张贴日期{posted}不符。")
    if posted and stage.file.issued_on and stage.file.issued_on > posted:
        yield error("BACKDATED", f"成文日期{stage.file.issued_on}晚于张贴日期{posted}。")
    earlier = (
        one
        for one in whole.stages  # where a day is unknown the order in the file decides
        if (one.posted_on or posted, one.index) < (posted or one.posted_on, stage.index)
    )
    used = next((one for one in earlier if one.file.doc_no and same_number(text, one.file.doc_no)), None)
    if used is not None:
        name = KINDS[used.kind].name if used.kind else used.file.stage
        yield error("DOC_NO_REUSED", f"文号{text}已用于{name}。")


def private_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """IDs, accounts and private phones, in every text of the notice; the notice's own contact is public."""
    registration = stage.file.registration
    own = own_phones(registration.phone) if registration else frozenset[str]()
    texts = dict(_strings(msgspec.to_builtins(stage.file)))
    texts["正文"] = whole.text(stage)
    yield from _private_in(texts, own)


def field_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Offices, places and words of a notice look like what they are; others check telephone and number."""
    del whole
    own = {"registration.phone", "title", "doc_no"}
    yield from _unlikely((field, fault) for field, fault in faults_in(stage.file) if field not in own)


def file_findings(whole: Whole) -> Iterator[Finding]:
    """What is to be said of the file as a whole, outside its stages."""
    case = whole.case
    if not case.case_id:
        yield error("CASE_ID_MISSING", "没有案件编号（case_id）。")
    elif not _ADDRESSABLE.fullmatch(case.case_id):
        yield error(
            "CASE_ID_FORM", "案件编号（case_id）请用汉字、字母、数字和 - _ . 〔〕（）组成，不超过80个字。"
        )
    if not whole.stages:
        yield error("NO_STAGES", "案件没有任何环节。")
    if whole.villages is None:
        yield note("VILLAGES_NOT_CHECKED", "没有给出村名单（--villages），村名只在案件内部核对。")
    yield from _county_findings(whole)
    named = ("case_id", "project", "purpose", "county", "town_office")
    told = {name: getattr(case, name) or "" for name in named}
    yield from _private_in(told, frozenset())
    yield from _unlikely((name, field_fault(name, text)) for name, text in told.items() if name != "case_id")


def _unlikely(faults: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Numbers of persons are told by their kind."""
    for field, fault in faults:
        if fault and fault != HOLDS_NUMBER:
            yield error("FIELD_UNLIKELY", f"{field} {fault}。")


def _county_findings(whole: Whole) -> Iterator[Finding]:
    """The county of the case is the one its villages lie in, by code and by name."""
    code, name = whole.case.county_code, whole.case.county
    rows = (row for stage in whole.stages for row in stage.file.areas or ())
    codes = {row.village_code[: len(code)] for row in rows if code and row.village_code} - {code}
    if codes:
        told = "、".join(sorted(codes))
        yield warning("COUNTY_CODE_DIFFERS", f"县代码（county_code）是{code}，村代码却属于{told}。")
    counties = {village.county for village in whole.villages.villages} if whole.villages else set()
    if name and counties - {""} and name not in counties:
        yield warning("COUNTY_DIFFERS", f"案件写的是{name}，村名单是{'、'.join(sorted(counties))}的。")


def words_findings(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """An amount written out says the same as one of the figures of the notice (大写=小写)."""
    file = stage.file
    figures = {file.compensation_total_fen, file.paid_total_fen}
    figures |= {fen for row in file.compensation or () for fen in (row.amount_fen, row.paid_fen)}
    figures |= {
        rounded_fen(basis.rate) for row in file.compensation or () if (basis := basis_of(row.basis or ""))
    }
    texts = [text for _, text in _strings(msgspec.to_builtins(file))]
    texts.append(whole.text(stage))
    for words in dict.fromkeys(match[0] for text in texts for match in _WORDS.finditer(text)):
        try:
            fen = fen_from_words(words)
        except AmountWordsUnreadable as refusal:
            yield warning("AMOUNT_WORDS_UNREADABLE", f"{words}：{''.join(refusal.told())}")
        else:
            if fen not in figures:
                yield error("AMOUNT_WORDS_MISMATCH", f"大写{words}（{yuan(fen)}元）与公告中的数字都不相符。")


def text_is_there(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """What hangs and is printed is the text: a notice has one, and every character of it can be shown."""
    name = stage.file.text_file
    if whole.texts is None:
        yield note("TEXT_NOT_READ", "没有读取公告正文，只核对了案件文件。")
    elif not whole.text(stage).strip():
        place = f"（没有读到{name}）" if name else "，请在 text_file 里写明文件名"
        yield error("TEXT_MISSING", f"没有公告正文：张贴和打印的是正文{place}。")
    lines = [*whole.text(stage).split("\n"), *(one for _, one in _strings(msgspec.to_builtins(stage.file)))]
    odd = {unshowable(line.strip().replace("\t", " ")) for line in lines} - {None}
    if odd:
        reasons = "、".join(sorted(filter(None, odd)))
        yield error("TEXT_UNSHOWABLE", f"公告里有不能显示或会误导阅读的字符（{reasons}）。")


def attachments_fit(stage: Stage, whole: Whole) -> Iterator[Finding]:
    """Files of a notice can be published (P9), and somebody looked at them before, on a day (P8)."""
    names = stage.file.attachments or ()
    if names and (why := _not_reviewed(stage.file.secrecy_review or "", stage.posted_on)):
        yield error(
            "ATTACHMENTS_NOT_REVIEWED",
            f"附件{why}（《保守国家秘密法》第三十五条），请在 secrecy_review 里写明，"
            "例如“苕安县自然资源和规划局保密审查员林秋实，2025-09-20”。",
        )
    yield from (whole.files[name] for name in names if name in whole.files)


def _not_reviewed(said: str, posted: date | None) -> str:
    """What is missing of “who looked through the files, and when”."""
    found = _DAY.search(said)
    if not found or not re.search(r"[\u3400-\u9fff]{2}", _DAY.sub("", said)):
        return "没有写明由谁在哪天作过保密审查"
    try:
        day = date(*map(int, found.groups()))
    except ValueError:
        return "的保密审查日期不存在"
    return "在张贴之后才作保密审查" if posted and day > posted else ""


def _private_in(texts: Mapping[str, str], allowed: frozenset[str]) -> Iterator[Finding]:
    for where, text in texts.items():
        counted: Counter[NumberKind] = Counter()
        for seen in numbers_in(text, allowed=allowed):
            counted[seen.kind] += 1
            code, what = _PRIVATE[seen.kind]
            place = f"（第{counted[seen.kind]}处）" if counted[seen.kind] > 1 else ""
            yield error(code, f"{where} 中有{what}{place}，不得公布。")


def _strings(value: Any, where: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    """Every text in a stage with the way to it; figures, dates and codes included, they cost nothing."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, f"{where} {key}".strip())
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, start=1):
            yield from _strings(inner, f"{where} 第{number}项".strip())
