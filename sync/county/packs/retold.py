"""A pack or register told again from what it holds: nobody signs by words that somebody else wrote beside it.

The words of a proposal are its proposer's file. A reviewer reads them, and signs the content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync.county.kiosks.enrolling import register_now
from sync.county.kiosks.register_words import difference, names_of
from sync.county.packs.proposing import CARE, words_of
from sync.county.publish import seated
from sync.county.publish.proposals import stands
from sync.pack import unpacked
from sync.trust.register import register_of
from sync.trust_layout import SEATED

if TYPE_CHECKING:
    from sync.county.county import County
    from sync.county.publish.proposals import Proposal


class TellsOtherwise(Refusal):
    """What a reviewer reads of a pack or register is not what it would change."""

    code = "tells-otherwise"
    fault = Fault.PERSON
    sentence = "这份{what}的说明和它的内容对不上：说明被改过，或者提交之后公开的内容变了，没有签名。"
    advice = "请取消这一件（county cancel），重新提交，按新的说明看过再签名。"


def refuse_told_otherwise(county: County, found: Proposal) -> None:
    """Compute the words of a waiting pack or register anew (packs §4).

    Raises TellsOtherwise, ProposalDamaged, TargetMoved, VillageStillShows.
    """
    if found.kind not in SEATED or stands(county, found) == "published":
        return
    told, now = found.shown.splitlines(), _words(county, found).splitlines()
    changes = [[line for line in lines if not line.startswith(CARE)] for lines in (told, now)]
    if changes[0] != changes[1] or not _cares(now) <= _cares(told):
        raise TellsOtherwise(what=seated.NAMES[found.kind])


def _words(county: County, found: Proposal) -> str:
    content = seated.proposed(county, found)
    if found.kind == "pack":
        return words_of(county, unpacked(content))
    return difference(register_now(county), register_of(content), names_of(county))


def _cares(lines: list[str]) -> set[str]:
    """What it means for lists that hang; how many those are may have changed since."""
    return {re.sub(r"\d+", "", line) for line in lines if line.startswith(CARE)}
