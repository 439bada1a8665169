"""The report on a foreign table as one JSON object whose rows leave while they are read.

The same members as `county check --json` has, in another order: `payouts` stand first, what they
come to after them. A reading that breaks off still ends the object, with the verdict "refused".
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from sync.county.reading import Finding, Level
from sync.county.roster.errors import RosterRefused

if TYPE_CHECKING:
    from collections.abc import Generator

    from sync.county.foreign.survey import Survey
    from sync.county.report import Report

_LINES = 500


def json_blocks(survey: Survey) -> Generator[bytes, None, Report]:
    """The object in pieces; the report without its rows is what the generator returns."""
    encode = msgspec.json.Encoder().encode
    lines, refusal, mark = survey.lines(), None, b'{"payouts":['
    while True:
        block: list[bytes] = []
        try:
            block.extend(map(encode, islice(lines, _LINES)))
        except RosterRefused as why:
            refusal = why
        if block or mark != b",":
            yield mark + b",".join(block)
        if refusal or len(block) < _LINES:
            break
        mark = b","
    report = told(survey, refusal)
    yield b"]," + _members(report) + b"}\n"
    return report


def told(survey: Survey, refusal: RosterRefused | None = None) -> Report:
    """What the rows came to; a reading that broke off is a report too."""
    if refusal is None:
        try:
            return survey.report()
        except RosterRefused as why:
            refusal = why
    sentence, advice = refusal.told()
    finding = Finding(level=Level.ERROR, code=refusal.code, message=sentence + advice)
    return survey.report(refused=finding)


def _members(report: Report) -> bytes:
    fields = [name for name in report.__struct_fields__ if name != "payouts"]
    return b",".join(
        b'"%b":%b' % (name.encode(), msgspec.json.encode(getattr(report, name))) for name in fields
    )
