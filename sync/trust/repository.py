"""A county's trust repository on its own disk: new versions prepared, signed elsewhere or here, adopted.

Preparing and signing need no folder, so they happen on machines that never meet; `Repository.adopt` checks
all signatures by the same rules a kiosk lives by, writes versions that never change, and the timestamp last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

from boards.model.errors import Fault, Refusal
from sync.durable import durable
from sync.trust.seats import Seats
from sync.trust.statement import Statement, statement_of
from sync.trust_layout import FOLDER, ROOT_THRESHOLD, SEATED, STATEMENT, TERMS

if TYPE_CHECKING:
    from sync.log.keys import SigningKey

_COMPACT = JSONSerializer(compact=True)
ONLINE = ("snapshot", "timestamp")


class TrustNotFounded(Refusal):
    """No root has been signed yet."""

    code = "trust-not-founded"
    fault = Fault.PERSON
    sentence = "这个县还没有信任根，不能签名或发布。"
    advice = "请先用三个人、三个U盘运行 county trust init（docs/county.md 第三步）。"


class NotEnoughSignatures(Refusal):
    """A step that too few have signed, or the wrong ones."""

    code = "trust-signatures-missing"
    fault = Fault.PERSON
    sentence = "{what} 的签名不够（{why}）。"
    advice = "请把这一步的文件带到另一位保管人的机器上，运行 county trust sign 后再来。"


def key_of(public: bytes) -> SSlibKey:
    """An Ed25519 public key (32 bytes) as TUF writes it."""
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public))


def signer_of(key: SigningKey) -> CryptoSigner:
    """Our private key as securesystemslib signs with it; hardware keys bring their own Signer."""
    return CryptoSigner(key.private)


def prepared_root(
    roots: Sequence[Key], online: Key, now: datetime, before: Root | None = None
) -> Metadata[Root]:
    """The next root: two of the root keys sign it and the targets, the online key snapshot and timestamp."""
    held, keyids = {key.keyid: key for key in (*roots, online)}, [key.keyid for key in roots]
    offline, alone = Role(keyids, ROOT_THRESHOLD), Role([online.keyid], 1)
    return Metadata(
        Root(
            version=before.version + 1 if before else 1,
            expires=_until("root", now),
            keys=held,
            roles={"root": offline, "targets": offline, "snapshot": alone, "timestamp": alone},
            consistent_snapshot=True,
        )
    )


def prepared_targets(said: Statement, now: datetime, before: Targets | None = None) -> Metadata[Targets]:
    """The next targets: the statement, and pack and register delegated to the two seats' keys."""
    keys: dict[str, Key] = {key.keyid: key for key in (key_of(seat.verifier.public) for seat in said.seats)}
    roles = {
        role: DelegatedRole(role, list(keys), 2, terminating=True, paths=[f"{role}.json"]) for role in SEATED
    }
    return Metadata(
        Targets(
            version=before.version + 1 if before else 1,
            expires=_until("targets", now),
            targets={STATEMENT: TargetFile.from_data(STATEMENT, said.bytes(), ["sha256"])},
            delegations=Delegations(keys, roles),
        )
    )


def prepared_seated(
    role: str, content: bytes, now: datetime, before: Targets | None = None
) -> Metadata[Targets]:
    """The next `pack` or `register`, for both seats to sign."""
    name = f"{role}.json"
    return Metadata(
        Targets(
            version=before.version + 1 if before else 1,
            expires=_until(role, now),
            targets={name: TargetFile.from_data(name, content, ["sha256"])},
        )
    )


class Repository:
    """`<feed>/trust`, as everybody may read it."""

    def __init__(self, feed: Path) -> None:
        """`feed` is the county's feed folder."""
        self.folder = feed / FOLDER

    @property
    def timestamp(self) -> Metadata[Timestamp] | None:
        """The newest timestamp, None before the first root."""
        path = self.folder / "metadata" / "timestamp.json"
        return Metadata[Timestamp].from_bytes(path.read_bytes()) if path.exists() else None

    @property
    def root(self) -> Metadata[Root]:
        """The newest root; raises TrustNotFounded."""
        return Metadata[Root].from_bytes(self.newest("root"))

    @property
    def targets(self) -> Metadata[Targets]:
        """The newest top-level targets; raises TrustNotFounded."""
        return Metadata[Targets].from_bytes(self.newest("targets"))

    def seated(self, role: str) -> Metadata[Targets] | None:
        """The newest `pack` or `register`, None where none was published."""
        data = self._numbered(role)
        return Metadata[Targets].from_bytes(data) if data else None

    @property
    def said(self) -> Statement:
        """The statement in force; raises TrustNotFounded, StatementWrong."""
        return statement_of(self.content(self.targets.signed, STATEMENT))

    def target(self, role: str) -> bytes | None:
        """The newest pack or register, None where none was published."""
        found = self.seated(role)
        return self.content(found.signed, f"{role}.json") if found else None

    def newest(self, role: str) -> bytes:
        """A role's newest metadata; raises TrustNotFounded."""
        data = self._numbered(role)
        if data is None:
            raise TrustNotFounded
        return data

    def _numbered(self, role: str) -> bytes | None:
        found = (self.folder / "metadata").glob(f"*.{role}.json")
        numbered = {int(number): path for path in found if (number := path.name.partition(".")[0]).isdigit()}
        return numbered[max(numbered)].read_bytes() if numbered else None

    def content(self, targets: Targets, name: str) -> bytes:
        """A target's bytes by what a role says of it."""
        return (self.folder / "targets" / f"{targets.targets[name].hashes['sha256']}.{name}").read_bytes()

    def adopt(
        self,
        new: Mapping[str, Metadata[Root] | Metadata[Targets]],
        contents: Mapping[str, bytes],
        online: Signer,
        now: datetime,
    ) -> None:
        """Let everybody read new versions of some roles and the targets they name; the timestamp comes last.

        Raises NotEnoughSignatures, and what `Seats` says of a pack or register.
        """
        self._refuse_unsigned(new, contents)
        metadata, targets = self.folder / "metadata", self.folder / "targets"
        metadata.mkdir(parents=True, exist_ok=True)
        targets.mkdir(exist_ok=True)
        for role, one in new.items():
            for name, target in one.signed.targets.items() if isinstance(one.signed, Targets) else ():
                durable(targets / f"{target.hashes['sha256']}.{name}", contents[name])
            durable(metadata / f"{one.signed.version}.{role}.json", one.to_bytes(_COMPACT))
        self.renew(online, now)

    def renew(self, online: Signer, now: datetime) -> None:
        """A fresh snapshot where a role moved, and a fresh timestamp; by the online key alone."""
        before = self.timestamp
        meta = {f"{role}.json": MetaFile(version) for role, version in self._versions()}
        version = before.signed.snapshot_meta.version if before else 0
        old = Metadata[Snapshot].from_bytes(self.newest("snapshot")).signed.meta if before else None
        if old != meta:
            version += 1
            snapshot = Metadata(Snapshot(version=version, expires=_until("snapshot", now), meta=meta))
            self._write(f"{version}.snapshot", snapshot, online)
        number = before.signed.version + 1 if before else 1
        stamp = Timestamp(version=number, expires=_until("timestamp", now), snapshot_meta=MetaFile(version))
        self._write("timestamp", Metadata(stamp), online)

    def _versions(self) -> Iterator[tuple[str, int]]:
        for role in ("targets", *SEATED):
            if data := self._numbered(role):
                yield role, Metadata[Targets].from_bytes(data).signed.version

    def _write(self, name: str, made: Metadata[Snapshot] | Metadata[Timestamp], online: Signer) -> None:
        made.sign(online)
        durable(self.folder / "metadata" / f"{name}.json", made.to_bytes(_COMPACT))

    def _refuse_unsigned(
        self, new: Mapping[str, Metadata[Root] | Metadata[Targets]], contents: Mapping[str, bytes]
    ) -> None:
        """The rules a kiosk lives by, before anything is written."""
        root = new.get("root") or self.root
        targets = new.get("targets") or self.targets
        try:
            for above in (root, *([self.root] if self.timestamp else [])):
                above.signed.verify_delegate("root", root.signed_bytes, root.signatures)
            if "targets" in new:
                root.signed.verify_delegate("targets", targets.signed_bytes, targets.signatures)
        except RepositoryError as e:
            raise NotEnoughSignatures(what="信任根或密钥名册", why="要三把根密钥里的两把") from e
        said = statement_of(contents[STATEMENT]) if "targets" in new else self.said
        for role in set(new) & set(SEATED):
            one = new[role]
            result = targets.signed.get_verification_result(role, one.signed_bytes, one.signatures)
            publics = {bytes.fromhex(key.keyval["public"]) for key in result.signed.values()}
            Seats(said).require_seats(f"{role}.json", publics)


def _until(role: str, now: datetime) -> datetime:
    return now.replace(microsecond=0) + TERMS[role]
