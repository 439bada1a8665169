"""Through whose hands a proposal went (先审后发: who hands in does not sign): one JSON line per act.

proposals/<id>/hands.jsonl   proposed, accepted, published: by whom, when
returned/<id>/               one that was sent back or cancelled; its lines, which hold names, are gone
hands.jsonl                  acts that are on no proposal: tokens, lists of what may be destroyed

By whom is a login (settled 45). Proposals of older versions, made by the command line, have no hands.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from sync.county.county import NobodyNamed, SamePerson
from sync.county.publish.parts import is_in
from sync.county.publish.proposals import (
    Proposal,
    ProposalDamaged,
    folder_of,
    proposal,
    returned_folder,
    stands,
)
from sync.durable import durable

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sync.county.county import County, Signer

_HANDS = "hands.jsonl"


class AlreadyPublished(Refusal):
    """What everybody can read cannot be sent back."""

    code = "already-published"
    fault = Fault.PERSON
    sentence = "批次 {id} 已经发布，不能退回或取消。"
    advice = "发布后的改动请用更正（county correct）或撤下（county withdraw）。"


class PartlyPublished(Refusal):
    """A publication broke off: some villages have it, and no village may be left half told."""

    code = "partly-published"
    fault = Fault.PERSON
    sentence = "批次 {id} 已经发布到 {count} 个村，不能退回或取消。"
    advice = "请先把它发布完（county publish）；签名不再适用的，先请审核人重新审核。"


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """One act of one person on one proposal."""

    act: Literal["proposed", "accepted", "returned", "cancelled", "published", "token", "appraised"]
    by: str
    at: str  # RFC 3339, UTC
    reason: str = ""  # why sent back; in older folders also why one person did both
    what: str = ""  # where it is not the proposal it lies beside


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


def instant(now: datetime) -> str:
    """RFC 3339, UTC, to the second."""
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"


def handed_in(county: County, proposal_id: str, now: datetime) -> None:
    """Write down who proposes, before there is a proposal; raises NobodyNamed."""
    _add(county.proposals / proposal_id, Hand(act="proposed", by=county.acting, at=instant(now)))


def accepted(county: County, proposal_id: str, person: str, now: datetime) -> None:
    """Write down who signs a review."""
    _add(folder_of(county, proposal_id), Hand(act="accepted", by=person, at=instant(now)))


def published(county: County, proposal_id: str, by: Signer, now: datetime) -> None:
    """Write down who published, once."""
    if not any(one.act == "published" for one in hands(county, proposal_id)):
        _add(folder_of(county, proposal_id), Hand(act="published", by=by.person, at=instant(now)))


def noted(county: County, act: Literal["token", "appraised"], what: str, now: datetime) -> None:
    """Write down an act that is on no proposal; raises NobodyNamed."""
    _add(county.folder, Hand(act=act, by=county.acting, at=instant(now), what=what))


def refuse_own(county: County, proposal_id: str, person: str) -> None:
    """Who handed it in does not review it (先审后发); raises SamePerson."""
    if proposer(county, proposal_id) == person:
        others = county.others("reviewer", but=person)
        raise SamePerson(id=proposal_id, person=person, did="提交", does="审核", others=others)


def send_back(county: County, proposal_id: str, hand: Hand) -> None:
    """Take a proposal off the line with a reason, its names first: the reviewer's act, or the clerk's own.

    One that cannot be read any more can be taken back all the same: it can never be published. Raises
    AlreadyPublished, PartlyPublished, ProposalNotFound, ProposalTakenBack, CountyBusy.
    """
    with county.writing(_unpublished(county, proposal_id)):
        for village in _unpublished(county, proposal_id):
            _forget_unnamed(county, village)
        folder = folder_of(county, proposal_id)
        _add(folder, hand)
        for part in ("lines", "blobs", "reviewed"):
            shutil.rmtree(folder / part, ignore_errors=True)
        shelf = returned_folder(county)
        shelf.mkdir(0o700, exist_ok=True)
        # handed in and sent back twice within a second, the ids are equal
        names = (proposal_id if n == 1 else f"{proposal_id}-{n}" for n in range(1, 1000))
        folder.rename(next(path for name in names if not (path := shelf / name).exists()))


def _forget_unnamed(county: County, village: str) -> None:
    """Drop what a publication that broke off wrote into the feed and no checkpoint names."""
    log = county.log(village)
    if note := log.note():
        log.publish(note)
    else:
        shutil.rmtree(log.folder / "tile", ignore_errors=True)


def _unpublished(county: County, proposal_id: str) -> tuple[str, ...]:
    """The villages of a proposal that nobody can read of yet."""
    try:
        found = proposal(county, proposal_id)
    except ProposalDamaged:
        return ()
    if stands(county, found) == "published":
        raise AlreadyPublished(id=proposal_id)
    if here := sum(is_in(county, part) for part in found.parts):
        raise PartlyPublished(id=proposal_id, count=here)
    return found.villages


def returned(county: County) -> tuple[Returned, ...]:
    """All that were sent back, oldest first."""
    found = []
    for file in sorted(returned_folder(county).glob("*/proposal.json")):
        with contextlib.suppress(msgspec.MsgspecError):  # taken back because nobody could read it
            told = msgspec.json.decode(file.read_bytes(), type=Proposal)
            found.append(Returned(proposal=told, hands=_read(file.parent)))
    return tuple(one for one in found if one.hands)


def _read(folder: Path) -> tuple[Hand, ...]:
    try:
        lines = (folder / _HANDS).read_bytes().splitlines()
    except FileNotFoundError:
        return ()
    return tuple(msgspec.json.decode(line, type=Hand) for line in lines)


def _add(folder: Path, hand: Hand) -> None:
    if not hand.by:
        raise NobodyNamed
    told = b"".join(msgspec.json.encode(one) + b"\n" for one in (*_read(folder), hand))
    durable(folder / _HANDS, told, private=True)
