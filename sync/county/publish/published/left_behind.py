"""What still hangs in villages that a pack would no longer have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.county.publish.published.lists import published_lists

if TYPE_CHECKING:
    from collections.abc import Iterable

    from boards.model.place import Village
    from sync.county.county import County


class VillageStillShows(Refusal):
    """A village cannot leave the pack while something of it hangs: nobody could correct it any more."""

    code = "village-still-shows"
    fault = Fault.PERSON
    sentence = "{village} 还公开着 {count} 份名单或公告，不能从资料包里撤销这个村。"
    advice = (
        "请先撤下它们（county withdraw、county withdraw-land，经审核发布），再提交资料包；"
        "撤村并村的，新村先照常建立，旧村等名单到期后再撤销。"
    )


def hanging(county: County, village: str) -> int:
    """How many lists and land notices of a village are published and not withdrawn; raises FeedDamaged."""
    lists = sum(not one.withdrawn for one in published_lists(county, village).values())
    return lists + len(_notices(county.log(village).lines()))


def _notices(lines: Iterable[bytes]) -> set[str]:
    """Land notices that hang by the lines of a log."""
    found: set[str] = set()
    for raw, body in map(wire.framed, lines):
        head = wire.head_of(raw)
        if head.kind == wire.Kind.NOTICE and body is not None:
            found.add(head.rec)
        elif head.kind == wire.Kind.WITHDRAW:
            found.discard(head.rec)
    return found


def refuse_left_behind(county: County, villages: Iterable[Village]) -> None:
    """None of the pack's villages that shows something is missing among these; raises VillageStillShows."""
    stay = {one.code for one in villages}
    for one in county.pack.villages:
        if one.code not in stay and (count := hanging(county, one.code)):
            raise VillageStillShows(village=f"{one.town}{one.name}", count=count)
