"""A village's part of a proposal against its log as it stands: where it leads, and moving it along."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.periods import same_period
from sync import wire
from sync.county.publish.proposals import (
    OnList,
    Part,
    Proposal,
    checked_lines,
    joined,
    keep,
    proposal,
    proposals,
    stands,
    under,
)
from sync.county.publish.published.lists import published_lists
from sync.county.publish.published.meanwhile import refuse_paid
from sync.county.publish.year_text import year_stands
from sync.events import Events, letters
from sync.log import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from boards.model.findings import CellFinding
    from boards.model.payouts import BatchClose, Terms
    from boards.model.place import Village
    from sync.county.county import County
    from sync.county.publish.published.lists import PublishedList
    from sync.county.publish.village_batches import VillageBatch


class BatchAlreadyPublished(Refusal):
    """The batch stands in a log already; it can only be corrected."""

    code = "batch-already-published"
    fault = Fault.PERSON
    sentence = "{village} 已经发布过批次 {batch}。"
    advice = "重复发布没有必要；如有差错，请走更正或撤下。"


class MadeByOlderPack(Refusal):
    """A list carries its programme's name and openness; the pack in force says otherwise by now."""

    code = "made-by-older-pack"
    fault = Fault.PERSON
    sentence = "提交之后资料包{what}，批次 {id} 是按旧的作出的，没有签名也没有发布。"
    advice = "请取消这一件（county cancel），按现在的资料包重新提交。"


class ChangedMeanwhile(Refusal):
    """A correction, withdrawal or year was made of figures that are no more: it cannot be moved along."""

    code = "changed-meanwhile"
    fault = Fault.PERSON
    sentence = "批次 {id} 提交之后，{village} 的这份名单（或这一年的名单）又变了，没有签名也没有发布。"
    advice = "请取消这一件（county cancel），按现在的名单重新提交。"


_FIGURES = ("edition", "count", "households", "sum_fen", "left_out", "left_out_why", "source_total_fen")


def on_lists(shares: Sequence[VillageBatch], findings: Iterable[CellFinding]) -> tuple[OnList, ...]:
    """Which lines the rows became that something was found at."""
    told = {(one.sheet, one.row) for one in findings if one.row}
    return tuple(
        OnList(sheet=row.sheet, row=row.row, village=share.village.code, line=line)
        for share in shares
        for line, row in enumerate(share.listed, start=1)
        if (row.sheet, row.row) in told
    )


def refuse_twice(county: County, village: Village, terms: Terms) -> None:
    """One programme, period and phase is published once in a village; raises BatchAlreadyPublished."""
    for one in published_lists(county, village.code).values():
        if one.close.terms.phase is terms.phase and same_period(one.close.terms, terms):
            raise BatchAlreadyPublished(village=village.name, batch=one.batch)


def refuse_older_pack(county: County, found: Proposal) -> None:
    """What waits must be as the pack in force would make it; what is half published is carried through.

    Raises MadeByOlderPack, ProposalDamaged.
    """
    if not found.parts:
        return
    villages = {village.code for village in county.pack.villages}
    if any(part.village in villages and is_in(county, part) for part in found.parts):
        return
    for part in found.parts:
        if part.village not in villages:
            raise MadeByOlderPack(id=found.id, what=f"撤销了{part.name}")
        close = closing(checked_lines(county, found.id, part)) if found.kind == "batch" else None
        if close and (what := _programme_moved(county, close.close.terms)):
            raise MadeByOlderPack(id=found.id, what=what)


def _programme_moved(county: County, terms: Terms) -> str:
    """What became of the programme of a list; "" where it is as it was."""
    now = {one.code: one for one in county.pack.programmes}.get(terms.programme)
    if now is None:
        return f"撤销了补贴“{terms.programme_name}”"
    if now.sensitive != terms.sensitive:
        return f"改了补贴“{terms.programme_name}”公布哪些内容"
    return "" if now.name == terms.programme_name else f"给补贴“{terms.programme_name}”改了名称"


def part_of(county: County, share: VillageBatch, erased: tuple[int, ...] = ()) -> Part:
    """One village's part, with the checkpoint it leads to and the figures of its list."""
    return msgspec.structs.replace(
        notice_part(county, share.village, share.lines), **figures(share.close), erased=erased
    )


def figures(of: BatchClose | Part) -> dict[str, object]:
    """What a reviewer is shown of a list, and what its close must say when it is signed."""
    return {name: getattr(of, name) for name in _FIGURES}


def notice_part(county: County, village: Village, lines: tuple[bytes, ...]) -> Part:
    """One village's part of a notice or of a list taken down: no rows, no money, only what is appended."""
    log = county.log(village.code)
    base, grown = log.state(), log.grown(lines)
    return Part(
        village=village.code,
        name=village.name,
        base_size=base.size,
        base_root=base.root.hex(),
        size=grown.size,
        root=grown.root.hex(),
        lines_sha256=hashlib.sha256(joined(lines)).hexdigest(),
        edition=1,
        count=0,
        households=0,
        sum_fen=0,
        source_total_fen=0,
    )


def is_in(county: County, part: Part) -> bool:
    """True when the log holds this part already, whatever came after."""
    log = county.log(part.village)
    return log.state().size >= part.size and tree.root_of(log.hashes()[: part.size]).hex() == part.root


def closing(lines: Sequence[bytes]) -> wire.CloseBody | None:
    """The batch.close a part ends with, with its salt."""
    head, body = wire.framed(lines[-1]) if lines else (b"", None)
    value = wire.body_of(wire.commitment(head).kind, body) if body else None
    return value if isinstance(value, wire.CloseBody) else None


def looked_at(county: County, proposal_id: str) -> str:
    """The digest of all that a reviewer is shown of a proposal, in letters a-p as its statement's are.

    Where in the log it will stand is not shown: a look outlives what others publish meanwhile. What a list is
    compared with is, and the pack. Raises ProposalNotFound, ProposalDamaged.
    """
    found = proposal(county, proposal_id)
    said = [_placeless(county, found, part) for part in found.parts]
    whole = msgspec.structs.replace(found, parts=())
    told = msgspec.json.encode((whole, said, under(county, proposal_id)))
    return letters(hashlib.sha256(told).digest())


_NOWHERE = {"base_size": 0, "base_root": "0" * 64, "size": 0, "root": "0" * 64}


def _placeless(county: County, found: Proposal, part: Part) -> tuple[object, ...]:
    """A part as if its log were empty, whether it hangs already, and the list it is compared with.

    Lines that are closed otherwise than we close them stay as they are: each of their bytes was shown.
    """
    lines = checked_lines(county, found.id, part)
    here = _closed(found, part.village, lines, part.base_size) == lines
    nowhere = _closed(found, part.village, lines, 0) if here else lines
    said = hashlib.sha256(joined(nowhere)).hexdigest()
    shown = msgspec.structs.replace(part, lines_sha256=said, **_NOWHERE)
    return shown, is_in(county, part), compared_with(county, found, part)


def compared_with(county: County, found: Proposal, part: Part) -> PublishedList | None:
    """The list whose newest edition is shown beside one: its own, else the newest other of its period.

    A payment is so compared with its application list.
    """
    lists = published_lists(county, part.village)
    if found.kind != "batch" or (body := closing(checked_lines(county, found.id, part))) is None:
        return lists.get(found.batch)
    others = (one for one in reversed([*lists.values()]) if one.batch != found.batch)
    return next((one for one in others if same_period(one.close.terms, body.close.terms)), None)


def rebased(county: County, found: Proposal) -> Proposal:
    """A proposal moved to the end of logs that have grown since, and kept; raises as `moved` does."""
    onward, lines = moved(county, found)
    if lines:
        keep(county, onward, lines)
    return onward


def overtaken(county: County, found: Proposal) -> tuple[str, ...]:
    """The villages where others came first; raises what makes it a proposal that nobody should sign any more.

    Raises ChangedMeanwhile, BatchAlreadyPublished, PublishedMeanwhile.
    """
    _, lines = moved(county, found)
    if lines:
        refuse_paid_meanwhile(county, found)
    return tuple(lines)


def refuse_paid_meanwhile(county: County, found: Proposal) -> None:
    """One payment goes out once, also where it was published behind a proposal's back (settled §43).

    What is half published is carried through: nobody could take it back. Raises PublishedMeanwhile.
    """
    if found.kind != "batch" or any(is_in(county, part) for part in found.parts):
        return
    done = [one for one in proposals(county) if stands(county, one) == "published"]
    for part in found.parts:
        lines = checked_lines(county, found.id, part)
        if (body := closing(lines)) is not None:
            refuse_paid(county, found, part, lines, body.close, done)


def moved(county: County, found: Proposal) -> tuple[Proposal, dict[str, tuple[bytes, ...]]]:
    """A proposal as it stands at the end of its logs, and the lines of the villages whose log has grown.

    Of a list only its close's log indexes change; a notice says nothing of its place in the log, nor does a
    year, which cannot move once its log comes to something else. Nor can a correction, withdrawal or erasure
    once its list has changed: it may be another's line. Raises ChangedMeanwhile, BatchAlreadyPublished.
    """
    if not found.parts:  # of a first pack, before there is one
        return found, {}
    places = {village.code: village for village in county.pack.villages}
    parts: dict[str, Part] = {}
    lines: dict[str, tuple[bytes, ...]] = {}
    for part in found.parts:
        code, base = part.village, county.log(part.village).state()
        if (base.size, base.root.hex()) == (part.base_size, part.base_root) or is_in(county, part):
            continue
        if _changed_since(county, found, part):  # its lines may be gone: an erasure leaves none that waits
            raise ChangedMeanwhile(id=found.id, village=part.name)
        added = checked_lines(county, found.id, part)
        if found.kind == "batch" and (body := closing(added)) is not None:
            refuse_twice(county, places[code], body.close.terms)
        lines[code] = _closed(found, code, added, base.size)
        onward = notice_part(county, places[code], lines[code])
        parts[code] = msgspec.structs.replace(onward, **figures(part), erased=part.erased)
    all_parts = tuple(parts.get(part.village, part) for part in found.parts)
    return msgspec.structs.replace(found, parts=all_parts), lines


def _changed_since(county: County, found: Proposal, part: Part) -> bool:
    """Whether the list of a change was changed by others, or its log is no longer the one it was made for.

    Of a year whether it comes to something else; what is new is made of nothing that stands.
    """
    if found.kind == "year":
        return not year_stands(county, found, part, checked_lines(county, found.id, part))
    if found.kind in {"batch", "notice"}:
        return False
    log = county.log(part.village)
    if tree.root_of(log.hashes()[: part.base_size]).hex() != part.base_root:
        return True
    since = islice(log.lines(), part.base_size, None)
    return any(wire.head_of(wire.framed(line)[0]).batch == found.batch for line in since)


def _closed(found: Proposal, village: str, lines: tuple[bytes, ...], size: int) -> tuple[bytes, ...]:
    """The same lines where a log has this size: a list ends with what says where it stands."""
    old = closing(lines)
    if old is None:
        return lines
    first = size if found.kind == "batch" else old.close.start  # a next edition covers all since the first
    close = msgspec.structs.replace(old.close, start=first, stop=size + len(lines) - 1)
    issued = wire.head_of(wire.framed(lines[-1])[0]).issued
    events = Events(found.batch, village, issued, lambda: old.salt)
    return (*lines[:-1], events.close(close))
