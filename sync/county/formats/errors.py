"""Why a roster could not be read at all. Positions and kinds only: never a cell's content."""

from __future__ import annotations

from typing import ClassVar

from boards.model.errors import Fault, Refusal


class RosterRefused(Refusal):
    """The file as a whole cannot be read."""

    code: ClassVar[str] = "ROSTER_REFUSED"
    fault: ClassVar[Fault] = Fault.COUNTY
    sentence: ClassVar[str] = "这个文件不能读取。"
    advice: ClassVar[str] = "请在 Excel 或 WPS 中打开，另存为 .xlsx 后再试。"


class RosterEmpty(RosterRefused):
    """Zero bytes, or nothing in any cell."""

    code: ClassVar[str] = "ROSTER_EMPTY"
    sentence: ClassVar[str] = "文件是空的。"
    advice: ClassVar[str] = "请检查是否选错了文件。"


class FormatNotRead(RosterRefused):
    """A known format that is not a roster we read (PDF, Word, a picture, HTML saved as .xls)."""

    code: ClassVar[str] = "FORMAT_NOT_READ"
    sentence: ClassVar[str] = "这个文件其实是{kind}，不能直接读取。"


class WorkbookLocked(RosterRefused):
    """The workbook needs a password."""

    code: ClassVar[str] = "WORKBOOK_LOCKED"
    sentence: ClassVar[str] = "工作簿设有打开密码。"
    advice: ClassVar[str] = "请去掉密码，另存为 .xlsx 后再试。"


class WorkbookDamaged(RosterRefused):
    """Truncated or broken: the container or a part inside cannot be read."""

    code: ClassVar[str] = "WORKBOOK_DAMAGED"
    sentence: ClassVar[str] = "工作簿已损坏或没有传完整。"
    advice: ClassVar[str] = "请重新拷贝原文件；能打开的话另存为 .xlsx 后再试。"


class WorkbookTooLarge(RosterRefused):
    """More than one roster can be: unpacked size, cells or columns beyond the limits."""

    code: ClassVar[str] = "WORKBOOK_TOO_LARGE"
    sentence: ClassVar[str] = "文件展开后太大（{what}）。"
    advice: ClassVar[str] = "请删去空白的行列或按乡镇拆分，另存为 .xlsx 后再试。"


class WorkbookHasMacros(RosterRefused):
    """A program stands in the workbook (VBA): what it shows may not be what it holds."""

    code: ClassVar[str] = "WORKBOOK_HAS_MACROS"
    sentence: ClassVar[str] = "工作簿里带有宏（程序）。"
    advice: ClassVar[str] = "请另存为不带宏的 .xlsx 后再试。"


class LineTooLong(RosterRefused):
    """A text file with a line no roster has."""

    code: ClassVar[str] = "LINE_TOO_LONG"
    sentence: ClassVar[str] = "第 {line} 行太长，这不像是一份名册。"
    advice: ClassVar[str] = "请检查是否选错了文件；能打开的话另存为 .xlsx 后再试。"


class HeaderTooDeep(RosterRefused):
    """A header merged over more levels than any roster has."""

    code: ClassVar[str] = "HEADER_TOO_DEEP"
    sentence: ClassVar[str] = "表头合并得太深（超过 {levels} 层）。"
    advice: ClassVar[str] = "请把表头整理成一到三行后再试。"


class ReadingTookTooLong(RosterRefused):
    """Reading was stopped at its limit of time or memory."""

    code: ClassVar[str] = "READING_TOOK_TOO_LONG"
    sentence: ClassVar[str] = "读取超过了时间或内存的限制，已经停止。"
    advice: ClassVar[str] = "请删去空白的行列、图片和公式，或按乡镇拆分，另存为 .xlsx 后再试。"


class TextEncodingUnknown(RosterRefused):
    """Neither UTF-8, UTF-16 nor GB18030."""

    code: ClassVar[str] = "TEXT_ENCODING_UNKNOWN"
    sentence: ClassVar[str] = "文本的编码认不出来（不是 UTF-8、UTF-16 或 GB18030）。"


class TextEncodingBroken(RosterRefused):
    """UTF-8 but for a byte or two: read as anything else it would be other words."""

    code: ClassVar[str] = "TEXT_ENCODING_BROKEN"
    sentence: ClassVar[str] = "文本是 UTF-8 编码，第 {line} 行有损坏的字节。"
    advice: ClassVar[str] = "请重新导出，或在 Excel、WPS 中打开，改正这一行，另存为 .xlsx 后再试。"


class HeaderNotFound(RosterRefused):
    """No sheet has a row that reads like a header of a payee list."""

    code: ClassVar[str] = "HEADER_NOT_FOUND"
    sentence: ClassVar[str] = "没有找到表头：需要有姓名（户主）一列和金额或面积一列。"
    advice: ClassVar[str] = (
        "请确认是分户明细表，表头写明“姓名”“金额”等字样；是别的字样的，用 --map D=amount 说明哪一列是金额。"
    )


class FileNotOpened(RosterRefused):
    """There is no such file, or it may not be read."""

    code: ClassVar[str] = "FILE_NOT_OPENED"
    fault: ClassVar[Fault] = Fault.PERSON
    sentence: ClassVar[str] = "打不开文件“{name}”。"
    advice: ClassVar[str] = "请检查文件名和读取权限；正在 Excel 中打开的先关闭。"


class ColumnNotKnown(RosterRefused):
    """A correction of a column that says nothing we know."""

    code: ClassVar[str] = "COLUMN_NOT_KNOWN"
    fault: ClassVar[Fault] = Fault.PERSON
    sentence: ClassVar[str] = "看不懂“{given}”：应写成“列=含义”，例如 F=amount。"
    advice: ClassVar[str] = "可用的含义：{meanings}。"


def refusals() -> dict[str, type[RosterRefused]]:
    """Every refusal of this room by its code."""
    found, waiting = {RosterRefused.code: RosterRefused}, [RosterRefused]
    while waiting:
        for one in waiting.pop().__subclasses__():
            found[one.code] = one
            waiting.append(one)
    return found
