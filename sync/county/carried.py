"""A proposal as one file: to its reviewer's own machine, and back with the signatures (settled 56).

It goes out whole, as it lies here. Of what comes back only the reviewer's signatures are taken, over what
lies here: whoever had the file in his hands can bring a signature, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from sync.county.publish import hands, proposals, seated
from sync.county.publish.parts import is_in, rebased, refuse_older_pack
from sync.county.publish.proposals import checked_lines
from sync.durable import durable
from sync.log.note import MalformedNote, parse
from sync.trust_layout import SEATED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sync.county.county import County
    from sync.county.publish.proposals import Proposal
    from sync.log.keys import VerifierKey

LIMIT_BYTES = 256 << 20
_WHOLE = re.compile(
    r"proposal\.json|hands\.jsonl|reviewed_at|signed|metadata|reviewed/(\d{12}|pack|register)"
    r"|(lines|blobs)/[0-9a-f]{64}"
)


class CarriedUnfit(Refusal):
    """A file that is none of ours, or whose parts do not belong together."""

    code = "carried-unfit"
    fault = Fault.PERSON
    sentence = "这个文件不是带走审核的一件（{why}），没有收下。"
    advice = "请重新从工作台下载，或用 county carry 再装一次。"


class CarriedOtherwise(Refusal):
    """What was signed elsewhere is not what would be published here."""

    code = "carried-otherwise"
    fault = Fault.PERSON
    sentence = "带回来的签名不是审核人对现在这一件的签名（{why}），没有收下。"
    advice = "请重新带走现在这一件，看过、签名，再带回来。"


class _Carried(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: Literal["county-proposal/1"] = "county-proposal/1"
    id: str
    files: dict[str, bytes]


def carried(county: County, proposal_id: str) -> bytes:
    """All of it as one file, names among it; raises ProposalNotFound, ProposalTakenBack."""
    folder = proposals.folder_of(county, proposal_id)
    paths = {
        path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()
    }
    files = {name: path.read_bytes() for name, path in paths.items() if _WHOLE.fullmatch(name)}
    return msgspec.json.encode(_Carried(id=proposal_id, files=files))


def read_file(path: Path) -> bytes:
    """What somebody brings; raises CarriedUnfit for what is too large, before it is read."""
    if path.stat().st_size > LIMIT_BYTES:
        raise CarriedUnfit(why="太大")
    return path.read_bytes()


def received(county: County, data: bytes, now: datetime, *, new: bool = True) -> Proposal:
    """Take it in: where it waits, its signatures; where it is unknown, and may be `new`, to be reviewed.

    Raises CarriedUnfit, CarriedOtherwise, ProposalNotFound, ProposalTakenBack, SamePerson, MadeByOlderPack,
    BatchAlreadyPublished, PublishedMeanwhile, CountyBusy.
    """
    found = _read(data)
    try:
        proposals.folder_of(county, found.id)
    except proposals.ProposalNotFound:
        if not new:
            raise
        return _placed(county, found)
    return signatures_of(county, found.id, data, now)


def signatures_of(county: County, proposal_id: str, data: bytes, now: datetime) -> Proposal:
    """Take the signatures of this proposal, which waits here; raises what `received` raises."""
    found = _read(data)
    if found.id != proposal_id:
        raise CarriedUnfit(why="是另一件")
    with proposals.held(county, proposal_id) as waiting:
        if proposals.stands(county, waiting) != "published":
            _take_signatures(county, waiting, found.files, now)
        return waiting


def _read(data: bytes) -> _Carried:
    try:
        found = msgspec.json.decode(data, type=_Carried)
    except msgspec.MsgspecError as e:
        raise CarriedUnfit(why="格式不对") from e
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,120}", found.id) or not all(map(_WHOLE.fullmatch, found.files)):
        raise CarriedUnfit(why="里面有别的东西")
    for name, content in found.files.items():
        if name[:6] in {"lines/", "blobs/"} and hashlib.sha256(content).hexdigest() != name[6:]:
            raise CarriedUnfit(why="内容不全")
    return found


def _placed(county: County, found: _Carried) -> Proposal:
    """It lies here as it lay there, without signatures; what cannot be read is not left behind."""
    try:
        told = msgspec.json.decode(found.files.get("proposal.json", b""), type=proposals.Proposal)
    except msgspec.MsgspecError as e:
        raise CarriedUnfit(why="格式不对") from e
    lines = {f"lines/{part.lines_sha256}" for part in told.parts}
    if told.id != found.id or not lines <= found.files.keys():
        raise CarriedUnfit(why="内容不全")
    kept = {name: one for name, one in found.files.items() if name.partition("/")[0] in _UNSIGNED}
    for name in sorted(kept, key="proposal.json".__eq__):  # last: then it is a proposal
        durable(county.proposals / found.id / name, kept[name], private=True)
    return proposals.proposal(county, found.id)


_UNSIGNED = frozenset({"proposal.json", "hands.jsonl", "lines", "blobs", "metadata"})


def _take_signatures(county: County, waiting: Proposal, files: dict[str, bytes], now: datetime) -> None:
    """Each village's note and the whole, all by one reviewer, over exactly what lies here.

    Whoever signed had the newest copy of the feed: what was published meanwhile moves it along here as there.
    """
    refuse_older_pack(county, waiting)
    waiting = rebased(county, waiting)
    folder = proposals.folder_of(county, waiting.id)
    if files.get("proposal.json") != (folder / "proposal.json").read_bytes():
        raise CarriedOtherwise(why="内容不是现在的")
    key = _signer(county, files.get("signed", b""), proposals.statement(county, waiting.id))
    notes = dict(_notes(county, waiting, files, key))
    person = county.trust().persons[key.public]
    hands.refuse_own(county, waiting.id, person)
    for part in waiting.parts:
        checked_lines(county, waiting.id, part)
    if waiting.kind in SEATED:
        notes[waiting.kind] = _metadata(county, waiting, files, key)
    for village, note in notes.items():
        durable(folder / "reviewed" / village, note, private=True)
    hands.accepted(county, waiting.id, person, now)
    durable(folder / "signed", files["signed"], private=True)
    durable(folder / "reviewed_at", hands.instant(now).encode(), private=True)


def _notes(
    county: County, waiting: Proposal, files: dict[str, bytes], key: VerifierKey
) -> Iterator[tuple[str, bytes]]:
    for part in waiting.parts:
        if not is_in(county, part):
            note = files.get(f"reviewed/{part.village}", b"")
            if _signer(county, note, part.result(county.origin(part.village)).text()) != key:
                raise CarriedOtherwise(why=part.name)
            yield part.village, note


def _metadata(county: County, waiting: Proposal, files: dict[str, bytes], key: VerifierKey) -> bytes:
    """Of a pack or register what lies here, with the signature that came."""
    signed = seated.signed_elsewhere(county, waiting, files.get(f"reviewed/{waiting.kind}", b""), key)
    if signed is None:
        raise CarriedOtherwise(why=seated.NAMES[waiting.kind])
    return signed


def _signer(county: County, note: bytes, text: str) -> VerifierKey:
    """The reviewer's key that signed exactly this; raises CarriedOtherwise."""
    try:
        found = parse(note)
    except MalformedNote as e:
        raise CarriedOtherwise(why="没有签名") from e
    for key in county.trust().reviewers:
        if found.text == text and any(key.made(one) and key.verifies(text, one) for one in found.signatures):
            return key
    raise CarriedOtherwise(why="不是本县审核人签的，或签的是别的内容")
