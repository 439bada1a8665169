"""Where a notice hangs: at the township, in every village and group, each with a proof of its own (G7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from boards.model.findings import Finding, note, warning
from boards.model.land.facts import CaseFacts, NoticeFacts
from boards.model.land.notice import LandNotice
from boards.model.place import short_name


class PlaceKind(StrEnum):
    """The three kinds of posting place the law names (条例 §26: 乡镇、村、村民小组)."""

    TOWNSHIP = "township"
    VILLAGE = "village"
    GROUP = "group"


class PostingPlace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One board a notice must hang on."""

    kind: PlaceKind
    name: str  # 竹垓乡, 竹垓村, 竹垓村第三村民小组


class PostingEvidence(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Proof that one notice hung at one place: the digest of its photo. Each place wants its own (G7)."""

    doc_no: str
    place: PostingPlace
    posted_on: date
    photo_sha256: str


class Coverage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One board a notice must hang on: whether the notice names it, and the proof that it hung (G7)."""

    place: PostingPlace
    named: bool
    stated: str = ""  # as written
    evidence: PostingEvidence | None = None  # its own photo; another place's proves nothing here


def coverage(
    notice: LandNotice, places: Iterable[PostingPlace], evidence: Iterable[PostingEvidence] = ()
) -> tuple[Coverage, ...]:
    """Each board the law names against the boards the notice names, and against the photos (条例 §26)."""
    proved = {one.place: one for one in evidence if one.doc_no == notice.doc_no and one.photo_sha256}
    found = []
    for place in places:
        name, kind = short_name(place.name), place.kind
        stated = next((one for one in notice.posted_at if name in one and place_of(one) is kind), "")
        found.append(Coverage(place=place, named=bool(stated), stated=stated, evidence=proved.get(place)))
    return tuple(found)


def groups_of(notices: Iterable[LandNotice], village: str, code: str) -> tuple[str, ...]:
    """The 村民小组 of a village a case concerns, by its areas and by the boards its notices name."""
    found = set[str]()
    for notice in notices:
        for board in notice.posted_at:
            if village in board:
                found.add(board[board.find(village) : board.rfind("组") + 1])
        found |= {f"{village}{one.group}" for one in notice.areas if one.group and one.village_code == code}
    return tuple(sorted(found - {""}))


def place_of(text: str) -> PlaceKind:
    """Kind of board a notice names: 第三村民小组 is a group, 村务公开栏 a village, the rest an office."""
    if "组" in text:
        return PlaceKind.GROUP
    return PlaceKind.VILLAGE if "村务" in text or "村公" in text else PlaceKind.TOWNSHIP


def hangs_everywhere(notice: NoticeFacts, _case: CaseFacts) -> Iterator[Finding]:
    """G7: a notice hangs at the township, in every village, and in every group it concerns (条例 §26)."""
    boards, villages = notice.boards, [village for village, _ in notice.concerned if village]
    if not boards:
        yield note("POSTING_PLACES_UNKNOWN", "没有写明张贴地点。")
        return
    offices = [board for board in boards if not any(village in board for village in villages)]
    missing = [village for village in villages if not any(village in board for board in boards)]
    towns = sorted({town for _, town in notice.concerned if town})
    missing += [town for town in towns if not any(town in office for office in offices)]
    for name in missing:
        yield warning("POSTING_PLACE_MISSING", f"张贴地点没有{name}（《土地管理法实施条例》第二十六条）。")
    if not any("组" in board for board in boards):
        yield note("POSTING_GROUPS_UNKNOWN", "没有写明各村民小组的张贴地点。")
