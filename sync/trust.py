"""Which keys may sign which log.

`Trust` is the seam: today the keys are pinned in kiosk.toml (`PinnedKeys`); a county's TUF
repository can take their place without another line of the importer changing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from boards.model.errors import Fault, Refusal
from sync.log.checkpoint import Checkpoint, checkpoint
from sync.log.keys import VerifierKey, verifier_key
from sync.log.note import Note, parse

_STAYS = "本村公开内容不变；"


class WrongKey(Refusal):
    """Nobody we know signed, or a known key's signature is false."""

    code = "wrong-key"
    fault = Fault.COUNTY
    sentence = "{village} 的数据不是县里登记的密钥签的（{role}）。"
    advice = _STAYS + "请与县里核对公钥；县里若换过密钥，请更新 kiosk.toml 里的公钥。"


class OneSignatureOnly(Refusal):
    """Publication without review, or the other way round (先审后发)."""

    code = "one-signature-only"
    fault = Fault.COUNTY
    sentence = "{village} 的数据缺少{role}的签名，按先审后发的规定不能公开。"
    advice = _STAYS + "请县里完成审核和发布后再同步。"


class KeysNotSeparate(Refusal):
    """One key may not both publish and review."""

    code = "keys-not-separate"
    fault = Fault.PERSON
    sentence = "发布密钥和审核密钥必须是两把不同的密钥。"
    advice = "请核对 kiosk.toml 的 publisher_keys 与 reviewer_keys。"


class KeysSwapped(Refusal):
    """The publisher's key stands where the reviewer's belongs, or the other way round."""

    code = "keys-swapped"
    fault = Fault.PERSON
    sentence = "公钥 {name} 填错了位置（应在{role}公钥一栏）。"
    advice = "请把 kiosk.toml 的 publisher_keys 与 reviewer_keys 对调后再试。"


class WrongOrigin(Refusal):
    """A good note, but of another log."""

    code = "wrong-origin"
    fault = Fault.COUNTY
    sentence = "收到的是 {got} 的数据，不是 {village} 的。"
    advice = _STAYS + "请核对 kiosk.toml 的 origin_prefix 和数据来源。"


class Trust(Protocol):
    """Who may speak for a village's log."""

    def verified(self, village: str, note: bytes) -> Checkpoint:
        """The checkpoint of a note signed by enough of the right keys; raises Refusals."""


class PinnedKeys:
    """Keys pinned in kiosk.toml: one publisher and one reviewer must have signed."""

    def __init__(
        self, publisher_keys: Sequence[str], reviewer_keys: Sequence[str], origin_prefix: str
    ) -> None:
        """Read the key lines; raises KeyUnreadable, KeysNotSeparate, KeysSwapped."""
        self.publishers = tuple(map(verifier_key, publisher_keys))
        self.reviewers = tuple(map(verifier_key, reviewer_keys))
        self.origin_prefix = origin_prefix
        # keys made by `county init` carry their office in their name: a swap shows at once
        for keys, other, role in (
            (self.publishers, "/reviewer", "审核"),
            (self.reviewers, "/publisher", "发布"),
        ):
            for key in keys:
                if key.name.endswith(other):
                    raise KeysSwapped(name=key.name, role=role)
        shared = {key.public for key in self.publishers} & {key.public for key in self.reviewers}
        if shared or not self.publishers or not self.reviewers:
            raise KeysNotSeparate

    def origin(self, village: str) -> str:
        """`<prefix>/v/<village code>`."""
        return f"{self.origin_prefix}/v/{village}"

    def verified(self, village: str, note: bytes) -> Checkpoint:
        """The checkpoint, if a publisher and a reviewer signed it for this village's log."""
        parsed = parse(note)
        found = checkpoint(parsed.text)
        self.require_both(village, parsed)
        if found.origin != self.origin(village):
            raise WrongOrigin(village=village, got=found.origin)
        return found

    def require_both(self, village: str, note: Note) -> None:
        """Raise WrongKey or OneSignatureOnly unless a publisher and a reviewer signed, whatever is said."""
        signed = _signed_by(note, self.publishers), _signed_by(note, self.reviewers)
        if signed == (False, False):
            raise WrongKey(village=village, role="发布和审核")
        for done, role in zip(signed, ("发布人", "审核人"), strict=True):
            if not done:
                raise OneSignatureOnly(village=village, role=role)


def _signed_by(note: Note, keys: tuple[VerifierKey, ...]) -> bool:
    """One good signature by one of the keys; a bad one under a known key is never overlooked."""
    good = False
    for signature in note.signatures:
        for key in keys:
            if key.made(signature):
                if not key.verifies(note.text, signature):
                    raise WrongKey(village=note.text.partition("\n")[0], role=key.name)
                good = True
    return good
