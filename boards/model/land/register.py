"""The county's list of land cases that must be shown, held against what is shown (征地信息全覆盖).

自然资源部门要求批准和正在办理的征地信息在被征地的村全部公开: the list minus what each village
shows is empty, or what is missing is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from boards.model.place import VillageCode

Standing = Literal["open", "approved", "closed"]
"""正在办理, 已批准, 已办结: the last need not hang."""


class ListedCase(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case on the county's list, with the villages whose land it takes."""

    case_id: str
    project: str
    standing: Standing
    villages: tuple[VillageCode, ...]


class CaseGap(msgspec.Struct, frozen=True, kw_only=True):
    """A case of the list that some village does not show."""

    case_id: str
    project: str
    villages: tuple[VillageCode, ...]  # where it is missing


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """The list against the boards of some villages."""

    due: int  # cases of the list that must hang in these villages
    gaps: tuple[CaseGap, ...]
    unlisted: tuple[str, ...]  # cases that hang and are not on the list: the list is behind

    @property
    def complete(self) -> bool:
        """Whether nothing that must hang is missing."""
        return not self.gaps


def completeness(listed: Iterable[ListedCase], shown: Mapping[VillageCode, Collection[str]]) -> Completeness:
    """Hold the list against what hangs in each of these villages (case ids by village)."""
    cases = tuple(listed)
    due = [case for case in cases if case.standing != "closed" and set(case.villages) & set(shown)]
    gaps = []
    for case in due:
        missing = tuple(code for code in case.villages if code in shown and case.case_id not in shown[code])
        if missing:
            gaps.append(CaseGap(case_id=case.case_id, project=case.project, villages=missing))
    known = {case.case_id for case in cases}
    hanging = dict.fromkeys(case_id for code in shown for case_id in sorted(shown[code]))
    return Completeness(
        due=len(due),
        gaps=tuple(gaps),
        unlisted=tuple(case_id for case_id in hanging if case_id not in known),
    )
