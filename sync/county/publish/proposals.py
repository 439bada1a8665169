"""A proposal: what would be appended to which logs, waiting in the county's folder for its second person.

proposals/<id>/proposal.json       what a reviewer is shown, and what is signed
proposals/<id>/lines/<village>     the exact lines to append
proposals/<id>/blobs/<sha256>      files of a notice
proposals/<id>/reviewed/<village>  the checkpoint text with the reviewer's signature
proposals/<id>/published           when; the lines are gone then
"""

from __future__ import annotations

import hashlib
import re
import shutil
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.findings import CellFinding
from boards.model.payouts import LeftOut
from sync.county.publish.batch import Confirmed
from sync.durable import durable
from sync.log.checkpoint import Checkpoint
from sync.log.tiles import blob_name
from sync.wire import Hex64

if TYPE_CHECKING:
    from pathlib import Path

    from sync.county.county import County

_ID = re.compile(r"[0-9A-Za-z_-]+")


class ProposalNotFound(Refusal):
    """No such proposal."""

    code = "proposal-not-found"
    fault = Fault.PERSON
    sentence = "没有待审批次 {id}。"
    advice = "请用 county review 查看待审批次的编号。"


class ProposalDamaged(Refusal):
    """The proposal's files are not what was proposed."""

    code = "proposal-damaged"
    fault = Fault.MACHINE
    sentence = "待审批次 {id} 的文件被改动过（{why}），没有签名也没有发布。"
    advice = "请重新提交这个批次。"


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
    source_total_fen: int
    erased: tuple[int, ...] = ()  # log indexes whose bodies are blanked

    def result(self, origin: str) -> Checkpoint:
        """The checkpoint this part leads to."""
        return Checkpoint(origin, self.size, bytes.fromhex(self.root))


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a reviewer must see before signing; nothing personal."""

    id: str
    kind: Literal["batch", "correct", "withdraw", "erase", "notice"]
    made_at: str
    batch: str
    programme_name: str
    title: str
    file: str
    source_sha256: Hex64
    parts: tuple[Part, ...]
    findings: tuple[CellFinding, ...] = ()  # the warnings, as confirmed below
    confirmed: tuple[Confirmed, ...] = ()
    unchecked: tuple[str, ...] = ()  # of R1-R10, for want of a registry
    source: str = ""
    reason: str = ""
    shown: str = ""  # a notice, or what a change changes, in words: what the reviewer reads

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


Standing = Literal["proposed", "reviewed", "published"]


def folder_of(county: County, proposal_id: str) -> Path:
    """Where a proposal lies; raises ProposalNotFound."""
    folder = county.proposals / proposal_id
    if not _ID.fullmatch(proposal_id) or not (folder / "proposal.json").exists():
        raise ProposalNotFound(id=proposal_id)
    return folder


def stands(county: County, proposal: Proposal) -> Standing:
    """How far a proposal has come."""
    folder = folder_of(county, proposal.id)
    if (folder / "published").exists():
        return "published"
    signed = all((folder / "reviewed" / village).exists() for village in proposal.villages)
    return "reviewed" if signed else "proposed"


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


def proposals(county: County) -> tuple[Proposal, ...]:
    """All proposals, oldest first."""
    return tuple(
        proposal(county, file.parent.name) for file in sorted(county.proposals.glob("*/proposal.json"))
    )


def keep(county: County, made: Proposal, lines: dict[str, tuple[bytes, ...]]) -> None:
    """Write a proposal: its lines first, proposal.json last."""
    folder = county.proposals / made.id
    for village, added in lines.items():
        durable(folder / "lines" / village, joined(added))
    durable(folder / "proposal.json", msgspec.json.format(msgspec.json.encode(made), indent=1))


def joined(lines: tuple[bytes, ...]) -> bytes:
    """Lines as they lie in a file."""
    return b"".join(line + b"\n" for line in lines)


def checked_lines(county: County, proposal_id: str, part: Part) -> tuple[bytes, ...]:
    """The lines of a part as they were proposed; raises ProposalDamaged."""
    try:
        raw = (folder_of(county, proposal_id) / "lines" / part.village).read_bytes()
    except OSError as e:
        raise ProposalDamaged(id=proposal_id, why=part.village) from e
    if hashlib.sha256(raw).hexdigest() != part.lines_sha256:
        raise ProposalDamaged(id=proposal_id, why=part.name)
    return tuple(raw.split(b"\n")[:-1])


def release_files(county: County, made: Proposal) -> None:
    """Put a proposal's files where everybody may read them, before the log that names them."""
    for file in sorted((folder_of(county, made.id) / "blobs").glob("*")):
        for village in made.villages:
            durable(county.feed / "v" / village / blob_name(file.name), file.read_bytes())


def done(county: County, proposal_id: str, at: str) -> None:
    """Mark as published; lines and files are in the feed now and must not outlive an erasure here."""
    folder = folder_of(county, proposal_id)
    durable(folder / "published", at.encode())
    shutil.rmtree(folder / "lines", ignore_errors=True)
    shutil.rmtree(folder / "blobs", ignore_errors=True)
