"""Numbers that identify people: judged where they stand, kept in memory only, never reported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from boards.model.findings import Level
from boards.model.privacy.identifiers import IdVerdict, id_verdict, is_credit_code
from sync.county.formats.cells import squeezed
from sync.county.roster.columns.thresholds import POWER_CHARS, PROVEN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sync.county.formats.grid import Value

_MASKED = re.compile(r"[*×●•■□…#?]|X{2,}")
_LIKE_A_CODE = re.compile(r"[1-9ANY][1-9A-GY]\d{6}[0-9A-Z]{8,12}")  # registrar, kind, region (GB 32100)
CODE_PLACES = 18
_POWER = re.compile(r"\d(\.\d+)?E\+?1[1-9]")
_LOOKALIKES = str.maketrans("OQIL", "0011")
_NO_NUMBER = re.compile(r"^(无|暂无|没有|-+|—+|/|\\)$")
EXCEL_DIGITS = 15  # a numeric cell keeps no more
OLD_DIGITS = 15  # of an ID of before 1999, the shortest there is


class Judged(msgspec.Struct, frozen=True, gc=False):
    """An ID cell: the number if it is one, and what is to be said about it."""

    number: str = ""
    code: str = ""
    level: Level = Level.NOTE
    message: str = ""
    kind: str = ""  # resident, masked, credit, other, ""


_CHECKSUM = Judged("", "ID_CHECKSUM", Level.ERROR, "身份证号的校验位不对，可能有一位写错。")
_BIRTHDATE = Judged("", "ID_BIRTHDATE", Level.ERROR, "身份证号里的出生日期不存在或在将来。")
_LENGTH = Judged("", "ID_LENGTH", Level.ERROR, "身份证号的位数不对（应为 18 位）。")
_DIGITS = "身份证号存成了数字，15 位以后的数字已经丢失，请按文本重新录入。"
_LOST = Judged("", "ID_DIGITS_LOST", Level.ERROR, _DIGITS)
_LETTER = Judged("", "ID_LETTER", Level.ERROR, "身份证号里有字母混在数字中（如 O 与 0、l 与 1）。")
_OLD = Judged(
    "", "ID_15_DIGITS", Level.WARNING, "15 位的旧身份证号，没有校验位，无法核对，请换成 18 位。", "resident"
)
_CODE = "统一社会信用代码的校验位或所用的字不对，可能有一位写错。"
_CODE_CHECK = Judged("", "CREDIT_CODE_CHECK", Level.ERROR, _CODE, "credit")
CODE_LENGTH = Judged(
    "", "CREDIT_CODE_LENGTH", Level.ERROR, "统一社会信用代码的位数不对（应为 18 位）。", "credit"
)
_LOWER = ("ID_LOWERCASE_X", Level.NOTE, "身份证号末位的小写 x 按大写 X 处理。")
_WIDE = ("FULLWIDTH_DIGITS", Level.NOTE, "身份证号用了全角数字，按半角处理。")


def judged_id(value: Value, today: date | None = None) -> Judged:
    """Judge one cell of an ID column. Masked numbers and right credit codes are not wrong."""
    if isinstance(value, str):
        return _judged_text(value, today) if value else Judged()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        digits = f"{value:.0f}"
        return _LOST if len(digits) > EXCEL_DIGITS else _judged_text(digits, today)
    return Judged()


def _judged_text(raw: str, today: date | None) -> Judged:
    if len(raw) == 18 and raw.isascii() and id_verdict(raw, today) is IdVerdict.VALID and raw[17] != "x":
        return Judged(raw, kind="resident")  # nearly every cell of its column
    text = squeezed(raw).strip("'‘’").replace("-", "")
    upper = text.upper()
    if not text or _NO_NUMBER.match(text) or _MASKED.search(upper):
        return Judged(kind="masked" if text else "")
    verdict = id_verdict(upper, today)
    if verdict is IdVerdict.VALID:
        wide = any("０" <= letter <= "９" for letter in raw)
        said = _LOWER if text.endswith("x") else _WIDE if wide else ("", Level.NOTE, "")
        return Judged(upper, *said, "resident")
    if spoiled := _spoiled(upper):
        return spoiled
    return _credit_code(upper, verdict) or _wrong(upper, verdict)


def _credit_code(text: str, verdict: IdVerdict) -> Judged | None:
    """A code that is right, one that is wrong, or something else with letters that is as long as one."""
    if verdict is not IdVerdict.BAD_CHECK and is_credit_code(text):
        return Judged(kind="credit")
    if not re.search(r"[A-Z]", text[:17]):
        return None
    if _LIKE_A_CODE.fullmatch(text):
        return _CODE_CHECK if len(text) == CODE_PLACES else CODE_LENGTH
    return Judged(kind="credit") if len(text) == CODE_PLACES else None


def _spoiled(text: str) -> Judged | None:
    """A number that went through a numeric cell as text, or was typed with letters that look like digits."""
    if _POWER.fullmatch(text):
        return _LOST
    digits = text.translate(_LOOKALIKES)
    typed = digits != text and not is_credit_code(text) and re.fullmatch(r"\d{17}[\dX]", digits)
    return _LETTER if typed else None


def _wrong(text: str, verdict: IdVerdict) -> Judged:
    if verdict is IdVerdict.OLD:
        return _OLD
    if verdict is IdVerdict.BAD_DATE or (len(text) == 15 and text.isdigit()):
        return _BIRTHDATE
    if verdict is IdVerdict.BAD_CHECK or re.fullmatch(r"\d{17}[\dX]", text):
        return _CHECKSUM
    return _LENGTH if re.fullmatch(r"\d{12,}X?\d*", text) else Judged(kind="other")


def digits_lost(value: Value) -> bool:
    """Whether an account number was stored as a number too long for one."""
    if isinstance(value, str):
        short = not value.isdecimal() and len(value) < POWER_CHARS
        return short and bool(_POWER.fullmatch(squeezed(value).upper()))
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 10**EXCEL_DIGITS


def are_ids(cells: Iterable[Value], enough: int) -> bool:
    """Whether most of what stands in a column are whole IDs, and no fewer than `enough`."""
    written = [cell for cell in cells if cell not in {"", None}]
    long = (cell for cell in written if len(str(cell)) >= OLD_DIGITS)
    whole = sum(judged_id(cell).kind == "resident" for cell in long)
    return whole >= enough and whole > len(written) * PROVEN
