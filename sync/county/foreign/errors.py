"""Why a foreign table could not be read. Positions and names of columns only."""

from __future__ import annotations

from typing import ClassVar

from boards.model.errors import Fault
from sync.county.roster.errors import RosterRefused


class MappingUnreadable(RosterRefused):
    """The mapping file is not one."""

    code: ClassVar[str] = "MAPPING_UNREADABLE"
    fault: ClassVar[Fault] = Fault.PERSON
    sentence: ClassVar[str] = "对照文件 {name} 读不出来（{why}）。"
    advice: ClassVar[str] = '需要 TOML，至少写 payee = "列名" 和 amount = "列名"；全部写法见 README。'


class MappedColumnMissing(RosterRefused):
    """The mapping names a column the table does not have, or has twice."""

    code: ClassVar[str] = "MAPPED_COLUMN_MISSING"
    fault: ClassVar[Fault] = Fault.PERSON
    sentence: ClassVar[str] = "表头（第 {line} 行）里没有唯一的一列叫“{column}”。"
    advice: ClassVar[str] = "请核对对照文件里的列名和 header_line、delimiter、encoding；也可以写列号，如 F。"


class NotText(RosterRefused):
    """A workbook or another binary file where a text table is expected."""

    code: ClassVar[str] = "FOREIGN_NOT_TEXT"
    sentence: ClassVar[str] = "--profile generic 只读 CSV 一类的文本表。"
    advice: ClassVar[str] = "请另存为 CSV（UTF-8）后再试；县里的名册不用写 --profile。"


class ReadingInterrupted(RosterRefused):
    """Somebody stopped the reading."""

    code: ClassVar[str] = "READING_INTERRUPTED"
    fault: ClassVar[Fault] = Fault.PERSON
    sentence: ClassVar[str] = "读取被中断，没有读完。"
    advice: ClassVar[str] = "原来的文件没有改动，可以重新检查。"
