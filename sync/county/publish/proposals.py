"""A proposal: what would be appended to which logs, waiting in the county's folder for its second person.

proposals/<id>/proposal.json       what a reviewer is shown, and what is signed
proposals/<id>/lines/<sha256>      the exact lines to append (by village's code in older folders)
proposals/<id>/blobs/<sha256>      files of a notice
proposals/<id>/reviewed/<village>  the checkpoint text with the reviewer's signature
proposals/<id>/signed              digests of proposal.json and of the pack, with the reviewer's signature
proposals/<id>/published           when; the lines are gone then

Folders are 0700 and files 0600: what waits here may be read by everybody only once it is published.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.findings import CellFinding
from boards.model.payouts import LeftOut, WhyLeftOut
from sync.county.publish.batch import Confirmed
from sync.durable import durable
from sync.events import letters
from sync.log.checkpoint import Checkpoint
from sync.log.note import parse
from sync.log.tiles import blob_name
from sync.trust_layout import SEATED
from sync.wire import Hex64

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sync.county.county import County

_ID = re.compile(r"[0-9A-Za-z_-]+")


class ProposalNotFound(Refusal):
    """No such proposal."""

    code = "proposal-not-found"
    fault = Fault.PERSON
    sentence = "没有待审批次 {id}。"
    advice = "请用 county review 查看待审批次的编号。"


class ProposalTakenBack(Refusal):
    """It was sent back or cancelled; its lines are gone."""

    code = "proposal-taken-back"
    fault = Fault.PERSON
    sentence = "批次 {id} 已经退回或取消，不能再审核或发布。"
    advice = "需要发布的，请重新提交。"


class ProposalWaits(Refusal):
    """The same was proposed already and is not published yet."""

    code = "proposal-waits"
    fault = Fault.PERSON
    sentence = "同样的内容已经提交过（{id}），还没有发布。"
    advice = "请审核、发布那一件；内容要改的，先取消它（county cancel）再提交。"


class ProposalDamaged(Refusal):
    """The proposal's files are not what was proposed."""

    code = "proposal-damaged"
    fault = Fault.MACHINE
    sentence = "待审批次 {id} 的文件被改动过（{why}），没有签名也没有发布。"
    advice = "请取消它（county cancel），再重新提交这个批次。"


class ReviewOutdated(Refusal):
    """It was signed under another pack, before the pack was part of what is signed, or by who has left."""

    code = "review-outdated"
    fault = Fault.PERSON
    sentence = "批次 {id} 审核之后，县级资料包或密钥名册改过，审核签名已不适用，没有发布。"
    advice = "请审核人按现在的内容重新看一遍并审核（county review {id}），再发布。"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One village's share of a proposal: from which checkpoint to which, and its figures."""

    village: str
    name: str
    base_size: int
    base_root: Hex64
    size: int
    root: Hex64
    lines_sha256: Hex64
    edition: int
    count: int
    households: int
    sum_fen: int
    left_out: tuple[LeftOut, ...] = ()
    left_out_why: tuple[WhyLeftOut, ...] = ()
    source_total_fen: int
    erased: tuple[int, ...] = ()  # log indexes whose bodies are blanked

    def result(self, origin: str) -> Checkpoint:
        """The checkpoint this part leads to."""
        return Checkpoint(origin, self.size, bytes.fromhex(self.root))


class OnList(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the roster, and the line of a village's list that it became."""

    sheet: str | None
    row: int
    village: str
    line: int


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a reviewer must see before signing; nothing personal."""

    id: str
    kind: Literal["batch", "correct", "withdraw", "erase", "notice", "year", "pack", "register"]
    made_at: str
    batch: str
    programme_name: str
    title: str
    file: str
    source_sha256: Hex64
    parts: tuple[Part, ...]
    findings: tuple[CellFinding, ...] = ()  # the warnings, as confirmed below
    told_of: tuple[OnList, ...] = ()  # the lines that the findings are about
    confirmed: tuple[Confirmed, ...] = ()
    unchecked: tuple[str, ...] = ()  # of R1-R10, for want of a registry
    source: str = ""
    share: str | None = None  # of the roster, as its batch.toml says; None: made by an older version
    reason: str = ""
    shown: str = ""  # a notice, or what a change changes, in words: what the reviewer reads
    office: str = ""  # 发放单位, of a notice 发布单位: whose clerks see it before it is published

    @property
    def count(self) -> int:
        """Rows on all lists."""
        return sum(part.count for part in self.parts)

    @property
    def sum_fen(self) -> int:
        """Fen on all lists."""
        return sum(part.sum_fen for part in self.parts)

    @property
    def source_total_fen(self) -> int:
        """Fen in the roster."""
        return sum(part.source_total_fen for part in self.parts)

    @property
    def villages(self) -> tuple[str, ...]:
        """Codes of the villages."""
        return tuple(part.village for part in self.parts)

    def part(self, village: str) -> Part:
        """That of one of its villages."""
        return next(part for part in self.parts if part.village == village)


Standing = Literal["proposed", "reviewed", "published"]


def folder_of(county: County, proposal_id: str) -> Path:
    """Where a proposal lies; raises ProposalNotFound, ProposalTakenBack."""
    folder = county.proposals / proposal_id
    if _ID.fullmatch(proposal_id) and (folder / "proposal.json").exists():
        return folder
    if _ID.fullmatch(proposal_id) and (returned_folder(county) / proposal_id).exists():
        raise ProposalTakenBack(id=proposal_id)
    raise ProposalNotFound(id=proposal_id)


def returned_folder(county: County) -> Path:
    """Where proposals lie that were sent back or cancelled."""
    return county.folder / "returned"


def stands(county: County, proposal: Proposal) -> Standing:
    """How far a proposal has come."""
    folder = folder_of(county, proposal.id)
    if (folder / "published").exists():
        return "published"
    notes = (folder / "signed", *(folder / "reviewed" / village for village in proposal.villages))
    return "reviewed" if all(note.exists() for note in notes) else "proposed"


def published_at(county: County, proposal_id: str) -> str:
    """When it was published, RFC 3339."""
    return (folder_of(county, proposal_id) / "published").read_text()


def statement(county: County, proposal_id: str) -> str:
    """What a reviewer signs of the whole. No log is called so: it can be taken for nobody's checkpoint.

    Figures, findings, reasons and source stand in proposal.json, each village's lines and the log they
    extend by their digests; the pack says how they are shown, the metadata which pack a new one follows.
    In letters a-p: a page must not hold a run of digits that could be somebody's number.
    """
    folder = folder_of(county, proposal_id)
    told = _letters_of((folder / "proposal.json").read_bytes())
    return f"{county.settings.origin_prefix}/proposal\n{proposal_id}\n{told}\n{under(county, proposal_id)}\n"


def under(county: County, proposal_id: str) -> str:
    """The pack that lists are shown by; of a new pack or register the metadata that will be signed."""
    metadata = folder_of(county, proposal_id) / "metadata"
    if metadata.exists():
        return _letters_of(metadata.read_bytes())
    return letters(bytes.fromhex(county.pack.digest))


def _letters_of(data: bytes) -> str:
    return letters(hashlib.sha256(data).digest())


def reviewer_of(county: County, proposal_id: str) -> str:
    """Who signed what lies here now: all its parts, under this pack.

    Raises ProposalDamaged, ReviewOutdated.
    """
    note, trust = parse((folder_of(county, proposal_id) / "signed").read_bytes()), county.trust()
    known = (*trust.publishers, *trust.reviewers)
    made = [key for key in known for one in note.signatures if key.made(one) and key.verifies(note.text, one)]
    persons = [trust.persons[key.public] for key in made if key in trust.reviewers]
    now = statement(county, proposal_id)
    if persons and note.text == now:
        return persons[0]
    if (persons or not made) and note.text.split("\n")[:3] == now.split("\n")[:3]:
        raise ReviewOutdated(id=proposal_id)
    raise ProposalDamaged(id=proposal_id, why="审核签名")


def proposal(county: County, proposal_id: str) -> Proposal:
    """Read a proposal; raises ProposalNotFound, ProposalDamaged."""
    try:
        found = msgspec.json.decode(
            (folder_of(county, proposal_id) / "proposal.json").read_bytes(), type=Proposal
        )
    except msgspec.MsgspecError as e:
        raise ProposalDamaged(id=proposal_id, why="proposal.json") from e
    if found.id != proposal_id:
        raise ProposalDamaged(id=proposal_id, why="编号")
    return found


@contextlib.contextmanager
def held(county: County, proposal_id: str) -> Iterator[Proposal]:
    """A proposal that nobody else signs, publishes or takes back meanwhile.

    Raises ProposalNotFound, ProposalTakenBack, ProposalDamaged, CountyBusy.
    """
    found = proposal(county, proposal_id)
    with county.writing(found.villages or (found.kind,)):
        yield proposal(county, proposal_id)


def proposals(county: County) -> tuple[Proposal, ...]:
    """All proposals, oldest first."""
    return tuple(
        proposal(county, file.parent.name) for file in sorted(county.proposals.glob("*/proposal.json"))
    )


def keep(county: County, made: Proposal, lines: dict[str, tuple[bytes, ...]]) -> None:
    """Write a proposal: its lines first, proposal.json last; a signature of what it was before is gone."""
    folder = county.proposals / made.id
    for added in map(joined, lines.values()):
        durable(folder / "lines" / hashlib.sha256(added).hexdigest(), added, private=True)
    (folder / "signed").unlink(missing_ok=True)
    told = msgspec.json.format(msgspec.json.encode(made), indent=1)
    durable(folder / "proposal.json", told, private=True)


def refuse_waiting(county: County, made: Proposal) -> None:
    """A batch and a year wait once for each village, a change of a list once, a pack or register once.

    Raises ProposalWaits.
    """
    for one in proposals(county):
        if _same(one, made) and stands(county, one) != "published":
            raise ProposalWaits(id=one.id)


def _same(one: Proposal, other: Proposal) -> bool:
    if one.kind in SEATED:
        return one.kind == other.kind
    if (one.kind, one.batch) != (other.kind, other.batch) or not {*one.villages} & {*other.villages}:
        return False
    return one.kind in {"batch", "year"} or (one.shown, one.reason) == (other.shown, other.reason)


def joined(lines: tuple[bytes, ...]) -> bytes:
    """Lines as they lie in a file."""
    return b"".join(line + b"\n" for line in lines)


def checked_lines(county: County, proposal_id: str, part: Part) -> tuple[bytes, ...]:
    """The lines of a part as they were proposed; raises ProposalDamaged."""
    folder = folder_of(county, proposal_id) / "lines"
    named = folder / part.lines_sha256
    try:
        raw = (named if named.exists() else folder / part.village).read_bytes()
    except OSError as e:
        raise ProposalDamaged(id=proposal_id, why=part.village) from e
    if hashlib.sha256(raw).hexdigest() != part.lines_sha256:
        raise ProposalDamaged(id=proposal_id, why=part.name)
    return tuple(raw.split(b"\n")[:-1])


def checked_file(county: County, proposal_id: str, name: str, sha256: str) -> bytes:
    """A file of a notice as it was proposed; raises ProposalDamaged."""
    try:
        data = (folder_of(county, proposal_id) / "blobs" / sha256).read_bytes()
    except OSError as e:
        raise ProposalDamaged(id=proposal_id, why=name) from e
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ProposalDamaged(id=proposal_id, why=name)
    return data


def release_files(county: County, made: Proposal) -> None:
    """Put a proposal's files where everybody may read them, before the log that names them."""
    for file in sorted((folder_of(county, made.id) / "blobs").glob("*")):
        for village in made.villages:
            durable(county.feed / "v" / village / blob_name(file.name), file.read_bytes())


def done(county: County, proposal_id: str, at: str) -> None:
    """Mark as published; lines and files are in the feed now and must not outlive an erasure here."""
    folder = folder_of(county, proposal_id)
    if not (folder / "published").exists():
        durable(folder / "published", at.encode(), private=True)
    shutil.rmtree(folder / "lines", ignore_errors=True)
    shutil.rmtree(folder / "blobs", ignore_errors=True)
