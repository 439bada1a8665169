"""What a check found: how grave it is, its stable code, one sentence, and the cell where there is one."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Level(StrEnum):
    """How grave a finding is: repaired and said so; a person must confirm; must not be published."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


LEVELS = {Level.ERROR: "错误", Level.WARNING: "待确认", Level.NOTE: "说明"}
"""A level as a clerk reads it, the gravest first."""
_GRAVEST_FIRST = {level: place for place, level in enumerate(LEVELS)}


class Finding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing the person should know. Never carries an ID, card or phone value."""

    level: Level
    code: str
    message: str

    @property
    def told(self) -> str:
        """Its sentence, and its code at the end as a refusal has it (docs/codes.md)."""
        return f"{self.message}（{self.code}）"


class CellFinding(Finding, frozen=True, kw_only=True, gc=False):
    """A finding in a table; without a row it is about the whole sheet, without a sheet about the file."""

    sheet: str | None = None
    row: int | None = None  # as a spreadsheet program numbers it; physical line in CSV
    column: str | None = None  # letter: "G"


def note(code: str, message: str) -> Finding:
    """Something worth knowing; nothing waits for it."""
    return Finding(level=Level.NOTE, code=code, message=message)


def warning(code: str, message: str) -> Finding:
    """Something a person must confirm before publishing."""
    return Finding(level=Level.WARNING, code=code, message=message)


def error(code: str, message: str) -> Finding:
    """Something that must not be published as it is."""
    return Finding(level=Level.ERROR, code=code, message=message)


def gravity(finding: Finding) -> int:
    """Where a finding stands among others, the gravest first."""
    return _GRAVEST_FIRST[finding.level]


def grave(finding: Finding) -> bool:
    """Whether a finding holds what it is about."""
    return finding.level is not Level.NOTE
