"""The ID columns of a line. Where a column is full of IDs, what is none must be another known document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.findings import Level
from sync.county.formats.cells import squeezed
from sync.county.roster.columns.identity_numbers import CODE_LENGTH, Judged, are_ids, judged_id
from sync.county.roster.columns.thresholds import FULL_OF_IDS

if TYPE_CHECKING:
    from datetime import date

    from sync.county.formats.grid import Value
    from sync.county.roster.columns.words import Role
    from sync.county.roster.rows.table import Table, Tell

_DOCUMENT = re.compile(
    r"[1-9ANY][1-9A-GY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}"  # 统一社会信用代码
    r"|[A-Z]{1,2}\d{7,9}|[HM]\d{8}(?:\d{2})?|[A-Z]\d{6}\(?[0-9A]\)?"  # 护照, 港澳通行证, 港澳身份证
    r"|\d{8}|\d{10}|[A-Z]{3}\d{12}|[0-9A-Z]{8}[0-9X]"  # 台胞证, 外国人永久居留, 组织机构代码
    r"|.*(?:字第|证字|注册号|登记号|编号).*"
)
_OF_CODES = re.compile(r"^(?!.*(?:身份证|证件|证照)).*信用代码")
_NONE_GIVEN = re.compile(
    r"待|未|无|没|缺|补|不详|不明|丢失|遗失|空|同|见|死|故|注销|办理|集体|组|社|公司|单位|企业|农场|村|委|[〃\"”“]|护照|军官|港|澳|台|外籍"
)


class Identities:
    """Judges the ID cells of one table's lines."""

    def __init__(self, table: Table, today: date | None, tell: Tell) -> None:
        self._columns = table.picked.ids
        self._full = frozenset(
            column.index
            for column in self._columns.values()
            if are_ids(map(column.cell, table.sample), FULL_OF_IDS)
        )
        self._codes = frozenset(one.index for one in self._columns.values() if _OF_CODES.search(one.header))
        self._today, self._tell = today, tell

    def of(self, cells: list[Value]) -> dict[Role, Judged]:
        """What each person's cell is, with findings for what is wrong."""
        found = {}
        for role, column in self._columns.items():
            found[role] = judged = judged_id(column.cell(cells), self._today)
            if judged.code:
                self._tell(judged.level, judged.code, column, judged.message)
            elif judged.kind == "other" and column.index in self._codes:
                if any(map(str.isdigit, squeezed(column.cell(cells)))):
                    self._tell(CODE_LENGTH.level, CODE_LENGTH.code, column, CODE_LENGTH.message)
            elif judged.kind in {"other", "credit"} and column.index in self._full:
                text = squeezed(column.cell(cells)).strip("'‘’").replace("-", "").upper()
                numbered = any(map(str.isdigit, text))
                if not (_DOCUMENT.fullmatch(text) if numbered else _NONE_GIVEN.search(text)):
                    self._tell(Level.ERROR, "ID_LENGTH", column, "身份证号不像身份证号，也不像别的证件号。")
        return found
