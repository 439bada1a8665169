"""Through whose hands a proposal went (先审后发: who hands in does not sign): one JSON line per act.

proposals/<id>/hands.jsonl   proposed, accepted, published: by whom, when
returned/<id>/               a proposal the reviewer sent back; its lines, which hold names, are gone

A proposal made by the command line has no hands: the command does not know who typed it.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from sync.county.publish.proposals import Proposal, folder_of, proposal, stands
from sync.durable import durable

if TYPE_CHECKING:
    from pathlib import Path

    from sync.county.county import County

_HANDS = "hands.jsonl"


class AlreadyPublished(Refusal):
    """What everybody can read cannot be sent back."""

    code = "already-published"
    fault = Fault.PERSON
    sentence = "批次 {id} 已经发布，不能退回。"
    advice = "发布后的改动请用更正（county correct）或撤下（county withdraw）。"


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """One act of one person on one proposal."""

    act: Literal["proposed", "accepted", "returned", "published"]
    by: str
    at: str  # RFC 3339, UTC
    reason: str = ""  # why sent back; why one person did both


class Returned(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal that was sent back."""

    proposal: Proposal
    hands: tuple[Hand, ...]

    @property
    def last(self) -> Hand:
        """Who sent it back, and why."""
        return self.hands[-1]


def hands(county: County, proposal_id: str) -> tuple[Hand, ...]:
    """Everybody who had it, first to last; raises ProposalNotFound."""
    return _read(folder_of(county, proposal_id))


def proposer(county: County, proposal_id: str) -> str:
    """Who handed it in, "" when nobody said."""
    return next((one.by for one in reversed(hands(county, proposal_id)) if one.act == "proposed"), "")


def handed(county: County, proposal_id: str, hand: Hand) -> None:
    """Write an act down."""
    _add(folder_of(county, proposal_id), hand)


def send_back(county: County, proposal_id: str, hand: Hand) -> None:
    """Take a proposal off the line with a reason; raises AlreadyPublished, ProposalNotFound, CountyBusy."""
    found = proposal(county, proposal_id)
    with county.writing(found.villages):
        if stands(county, found) == "published":
            raise AlreadyPublished(id=proposal_id)
        folder = folder_of(county, proposal_id)
        _add(folder, hand)
        shelf = county.folder / "returned"
        shelf.mkdir(exist_ok=True)
        # handed in and sent back twice within a second, the ids are equal
        names = (proposal_id if n == 1 else f"{proposal_id}-{n}" for n in range(1, 1000))
        target = next(path for name in names if not (path := shelf / name).exists())
        folder.rename(target)
    for part in ("lines", "reviewed"):
        shutil.rmtree(target / part, ignore_errors=True)


def returned(county: County) -> tuple[Returned, ...]:
    """All that were sent back, oldest first."""
    files = sorted((county.folder / "returned").glob("*/proposal.json"))
    return tuple(
        Returned(proposal=msgspec.json.decode(file.read_bytes(), type=Proposal), hands=_read(file.parent))
        for file in files
        if (file.parent / _HANDS).exists()
    )


def _read(folder: Path) -> tuple[Hand, ...]:
    try:
        lines = (folder / _HANDS).read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    return tuple(msgspec.json.decode(line, type=Hand) for line in lines)


def _add(folder: Path, hand: Hand) -> None:
    durable(folder / _HANDS, b"".join(msgspec.json.encode(one) + b"\n" for one in (*_read(folder), hand)))
