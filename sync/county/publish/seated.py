"""The pack and the register: targets of the trust plane, proposed, reviewed and published like a list.

A reviewer signs the role's metadata as it was proposed (settled 53). It names the version it follows, so a
pack or register that was published meanwhile overtakes the proposal, which is then made anew.

proposals/<id>/blobs/<sha256>      the pack or register
proposals/<id>/metadata            its metadata, unsigned
proposals/<id>/reviewed/<role>     its metadata with the reviewer's signature
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from securesystemslib.exceptions import UnverifiedSignatureError
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Targets

from boards.model.errors import Fault, Refusal
from sync.county.publish.proposals import Proposal, ProposalDamaged, checked_file, folder_of
from sync.county.publish.published.left_behind import refuse_left_behind
from sync.durable import durable
from sync.pack import pack_of
from sync.trust.repository import Repository, key_of, prepared_seated, signer_of

if TYPE_CHECKING:
    from datetime import datetime

    from sync.county.county import County
    from sync.log.keys import SigningKey, VerifierKey

NAMES = {"pack": "县级资料包", "register": "一体机登记册"}


class TargetMoved(Refusal):
    """Another pack or register was published since this one was proposed: it would undo it."""

    code = "target-moved"
    fault = Fault.PERSON
    sentence = "提交之后又发布过另一份{what}，这一份会把它改回去，没有签名也没有发布。"
    advice = "请取消这一件（county cancel），按现在的{what}重新提交。"


def laid_down(county: County, made: Proposal, content: bytes, now: datetime) -> None:
    """Keep what is proposed beside its proposal, and the metadata that will be signed."""
    before = Repository(county.feed).seated(made.kind)
    new = prepared_seated(made.kind, content, now, before.signed if before else None)
    folder = county.proposals / made.id
    durable(folder / "blobs" / made.source_sha256, content, private=True)
    durable(folder / "metadata", new.to_bytes(), private=True)


def proposed(county: County, found: Proposal) -> bytes:
    """The pack or register itself; raises ProposalDamaged, TargetMoved, VillageStillShows."""
    _proposed(county, found, "metadata")
    return checked_file(county, found.id, NAMES[found.kind], found.source_sha256)


def reviewed(county: County, found: Proposal, key: SigningKey) -> None:
    """The reviewer's signature under the metadata; raises ProposalDamaged, TargetMoved, VillageStillShows."""
    new = _proposed(county, found, "metadata")
    new.sign(signer_of(key))
    durable(folder_of(county, found.id) / "reviewed" / found.kind, new.to_bytes(), private=True)


def signed_elsewhere(county: County, found: Proposal, data: bytes, key: VerifierKey) -> bytes | None:
    """What lies here under the signature that came in a file; None where it is not this reviewer's of this.

    Raises ProposalDamaged, TargetMoved, VillageStillShows.
    """
    new, public = _proposed(county, found, "metadata"), key_of(key.public)
    try:
        new.signatures = {public.keyid: Metadata[Targets].from_bytes(data).signatures[public.keyid]}
        public.verify_signature(new.signatures[public.keyid], new.signed_bytes)
    except (RepositoryError, KeyError, UnverifiedSignatureError):
        return None
    return new.to_bytes()


def published(county: County, found: Proposal, key: SigningKey, now: datetime) -> None:
    """Let everybody read it; a publication that was stopped goes on.

    Raises ProposalDamaged, TargetMoved, VillageStillShows, NotEnoughSignatures and what `Seats` says of the
    signatures.
    """
    repository, name = Repository(county.feed), f"reviewed/{found.kind}"
    here, new = repository.seated(found.kind), _read(county, found, name)
    if not here or here.signed != new.signed:
        new = _proposed(county, found, name)
    new.sign(signer_of(key), append=True)
    content = checked_file(county, found.id, NAMES[found.kind], found.source_sha256)
    online = signer_of(county.machine_key("online"))
    repository.adopt({found.kind: new}, {f"{found.kind}.json": content}, online, now)


def _proposed(county: County, found: Proposal, name: str) -> Metadata[Targets]:
    """Metadata that still follows what is published, and is about what the reviewer was shown."""
    new, here = _read(county, found, name), Repository(county.feed).seated(found.kind)
    target = new.signed.targets.get(f"{found.kind}.json")
    if target is None or target.hashes != {"sha256": found.source_sha256}:
        raise ProposalDamaged(id=found.id, why=NAMES[found.kind])
    if len(new.signed.targets) > 1 or new.signed.delegations:  # what nobody was shown would be signed with it
        raise ProposalDamaged(id=found.id, why=NAMES[found.kind])
    content = checked_file(county, found.id, NAMES[found.kind], found.source_sha256)
    if new.signed.version != (here.signed.version if here else 0) + 1:
        raise TargetMoved(what=NAMES[found.kind])
    if here and found.kind == "pack":  # a list may have been published since it was proposed
        refuse_left_behind(county, pack_of(content).villages)
    return new


def _read(county: County, found: Proposal, name: str) -> Metadata[Targets]:
    try:
        return Metadata[Targets].from_bytes((folder_of(county, found.id) / name).read_bytes())
    except (OSError, RepositoryError) as e:
        raise ProposalDamaged(id=found.id, why=NAMES[found.kind]) from e
