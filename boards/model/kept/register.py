"""What a village office's machine did, one line an act (登记簿): printed, exported, consulted. Pure.

A line names records, digests and who acted in which office; never whom a list names.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from boards.model.payouts import Digest


class Act(StrEnum):
    """What was done."""

    PRINT = "print"  # a sheet or notice was drawn for the wall
    EXPORT = "export"  # a village's year was handed out (移交, 检查)
    CONSULT = "consult"  # an elapsed list was opened for a villager at the counter
    BACKFILL = "backfill"  # something older than this system was taken in (补录)
    APPRAISE = "appraise"  # a signed appraisal list (鉴定) was taken in
    DESTROY = "destroy"  # a file went by an appraisal list
    ERASE = "erase"  # a file that showed an erased row went (settled §62); its tombstone stays
    INSPECT = "inspect"  # everything kept was checked, and what came of it


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the register. `sha256` is the file it speaks of, in the vault."""

    at: str  # RFC 3339 UTC, by this machine's clock
    suspect: bool = False  # the clock was not to be believed
    act: Act
    village: str  # 12 digits
    year: int = 0  # of what it speaks of; 0: none
    record: str = ""  # batch, or record of a notice or of the year's figures
    edition: Annotated[int, msgspec.Meta(ge=0)] = 0
    code: str = ""  # short code of ten digits
    title: str = ""
    kind: str = ""  # list, application, notice, annual, scan, roster …: class of archive (retention.py)
    digest: str = ""  # 校验码 of the sheet
    sha256: Digest | None = None
    size_bytes: int = 0
    pages: int = 0
    name: str = ""  # of the file, for people
    by: str = ""  # who acted: an office or a role, as typed
    day: date | None = None  # on which something older was made, as its paper says
    source: str = ""  # where something older came from
    reason: str = ""
    outcome: str = ""  # of an inspection, an export: in one word


def stamped(now: datetime) -> str:
    """An instant as every line of the register writes it: RFC 3339, UTC, whole seconds."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
