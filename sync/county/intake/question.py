"""What is asked of the child that reads a roster, and how it refuses."""

from __future__ import annotations

from datetime import date

import msgspec

from boards.model.place import Village


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One file to be read; its bytes follow."""

    name: str
    villages: tuple[Village, ...] = ()
    today: date | None = None
    columns: dict[str, str] = {}  # F or 明细!F → meaning, as the clerk says now
    layouts: dict[str, dict[str, str]] = {}
    terms: tuple[str, ...] = ()  # words of the county's list, as it has them
    programmes: tuple[str, ...] = ()  # names of the county's


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal on its way to the parent: which one, and its facts."""

    code: str
    facts: dict[str, str | int] = {}
