"""A county's trust repository on its own disk: new versions prepared, signed elsewhere or here, adopted.

Preparing and signing need no folder, so they happen on machines that never meet; `Repository.adopt` holds
everything to the rules a kiosk lives by before it writes. What counts is what the timestamp's snapshot names;
a file beside it that a power cut left is nobody's until the same step is adopted again (trust §5).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

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
from sync.trust_layout import FOLDER, ROOT_KEYS, ROOT_THRESHOLD, SEATED, STATEMENT, TERMS

if TYPE_CHECKING:
    from sync.log.keys import SigningKey

_COMPACT = JSONSerializer(compact=True)
_Kind = TypeVar("_Kind", Snapshot, Timestamp)
_Signed = TypeVar("_Signed", Root, Snapshot, Targets, Timestamp)


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


class StepOutdated(Refusal):
    """Made of another version than the one in force."""

    code = "trust-step-outdated"
    fault = Fault.PERSON
    sentence = "{what} 是第 {got} 版，而现在要的是第 {want} 版：这一步是按旧的名册做的。"
    advice = "没有改动。请用 county trust status 核对，在县级发布目录里重新做这一步，再请两位保管人签名。"


class StepUnfit(Refusal):
    """Signed or not, no machine could live by it."""

    code = "trust-step-unfit"
    fault = Fault.PERSON
    sentence = "这一步不能生效：{why}。"
    advice = "没有改动。请在县级发布目录里重新做这一步（county trust …），不要手工改动步骤文件。"


class NotTheOnlineKey(Refusal):
    """The key that would sign snapshot and timestamp is not the root's."""

    code = "trust-online-key-wrong"
    fault = Fault.PERSON
    sentence = "县里的在线密钥不是信任根里登记的那一把，没有签名。"
    advice = "请核对 keys/online.key；正在换的，把那一步再生效一次；丢了，运行 county trust rotate --online。"


class TrustBent(Refusal):
    """A file of trust in the county's own feed is gone, or is not what was signed."""

    code = "trust-bent"
    fault = Fault.COUNTY
    sentence = "发布目录里的信任文件 {name} 不见了，或不是根密钥签过的那一份。"
    advice = "没有签名，也没有发布。请从备份里把这个文件放回 feed/trust，并查明是谁改的；各村一体机照旧。"


def key_of(public: bytes) -> SSlibKey:
    """An Ed25519 public key (32 bytes) as TUF writes it."""
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public))


def signer_of(key: SigningKey) -> CryptoSigner:
    """Our private key as securesystemslib signs with it; hardware keys bring their own Signer."""
    return CryptoSigner(key.private)


def delegations_of(said: Statement) -> Delegations:
    """Pack and register, to the keys of all seats and to no other; that they are two offices is our rule."""
    keys: dict[str, Key] = {key.keyid: key for key in (key_of(seat.verifier.public) for seat in said.seats)}
    return Delegations(
        keys,
        {
            role: DelegatedRole(role, list(keys), 2, terminating=True, paths=[f"{role}.json"])
            for role in SEATED
        },
    )


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
    return Metadata(
        Targets(
            version=before.version + 1 if before else 1,
            expires=_until("targets", now),
            targets={STATEMENT: TargetFile.from_data(STATEMENT, said.bytes(), ["sha256"])},
            delegations=delegations_of(said),
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
        return self._parsed(Timestamp, path.name) if path.exists() else None

    @property
    def snapshot(self) -> Metadata[Snapshot] | None:
        """What counts now, None before the first root."""
        stamp = self.timestamp
        return (
            self._parsed(Snapshot, f"{stamp.signed.snapshot_meta.version}.snapshot.json") if stamp else None
        )

    @property
    def root(self) -> Metadata[Root]:
        """The newest root; raises TrustNotFounded."""
        found = self._root()
        if found is None:
            raise TrustNotFounded
        return found

    @property
    def targets(self) -> Metadata[Targets]:
        """The top-level targets in force; raises TrustNotFounded."""
        found = self._targets("targets")
        if found is None:
            raise TrustNotFounded
        return found

    def seated(self, role: str) -> Metadata[Targets] | None:
        """The `pack` or `register` in force, None where none was published."""
        return self._targets(role)

    @property
    def said(self) -> Statement:
        """The statement in force; raises TrustNotFounded, StatementWrong."""
        return statement_of(self.content(self.targets.signed, STATEMENT))

    def newest(self, role: str) -> bytes:
        """A role's metadata in force, as it lies on the disk; raises TrustNotFounded."""
        known: dict[str, Metadata[Any] | None] = {"root": self._root(), "snapshot": self.snapshot}
        found = known[role] if role in known else self._targets(role)
        if found is None:
            raise TrustNotFounded
        return self._read(role, found.signed.version)

    def earlier(self, newest: int = 0) -> Iterator[tuple[Targets, Statement]]:
        """All statements there were and what delegates to their seats, from that in force (or `newest`) back.

        Each is held to two keys of a root that leads to today's: it vouches for what the seats of today sign
        again (trust §6). Raises TrustNotFounded, TrustBent, StatementWrong.
        """
        roots = self._roots()
        for version in range(newest or self.targets.signed.version, 0, -1):
            name = f"{version}.targets.json"
            targets = self._parsed(Targets, name)
            if not any(_delegates(root, "targets", targets) for root in roots):
                raise TrustBent(name=name)
            yield targets.signed, statement_of(self.content(targets.signed, STATEMENT))

    def _roots(self) -> list[Root]:
        """From the newest back, each signed by itself and by the one before. Raises TrustBent."""
        chain = [self.root]
        while chain[-1].signed.version > 1:
            chain.append(self._parsed(Root, f"{chain[-1].signed.version - 1}.root.json"))
        for new, old in zip(chain, (*chain[1:], chain[-1]), strict=True):
            if not (_delegates(new.signed, "root", new) and _delegates(old.signed, "root", new)):
                raise TrustBent(name=f"{new.signed.version}.root.json")
        return [one.signed for one in chain]

    def target(self, role: str) -> bytes | None:
        """The pack or register in force, None where none was published."""
        found = self.seated(role)
        return self.content(found.signed, f"{role}.json") if found else None

    def content(self, targets: Targets, name: str) -> bytes:
        """A target's bytes, which are what a role says of it; raises TrustBent."""
        said = targets.targets[name]
        path = self.folder / "targets" / f"{said.hashes['sha256']}.{name}"
        try:
            data = path.read_bytes()
            said.verify_length_and_hashes(data)
        except (OSError, RepositoryError) as e:
            raise TrustBent(name=path.name) from e
        return data

    def adopt(
        self,
        new: Mapping[str, Metadata[Root] | Metadata[Targets]],
        contents: Mapping[str, bytes],
        online: Signer,
        now: datetime,
        *outgoing: Signer,
    ) -> None:
        """Let everybody read new versions of some roles and the targets they name. Safe to repeat.

        Machines find a new root by its number alone, so it comes last: all before it is good under the old
        root too, if the online key that goes (`outgoing`) signs once more.

        Raises NotEnoughSignatures, StepOutdated, StepUnfit, NotTheOnlineKey, StatementWrong, and what
        `Seats` says of a pack or register.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._adopt(new, contents, (online, *outgoing), now)

    def _adopt(
        self,
        new: Mapping[str, Metadata[Root] | Metadata[Targets]],
        contents: Mapping[str, bytes],
        online: Sequence[Signer],
        now: datetime,
    ) -> None:
        due = {role: one for role, one in new.items() if not self._holds(role, one)}
        _Adoption(self, due, contents, now).refuse_unfit()
        root = cast("Metadata[Root] | None", due.get("root"))
        for role, one in due.items():
            for name, target in one.signed.targets.items() if isinstance(one.signed, Targets) else ():
                durable(self.folder / "targets" / f"{target.hashes['sha256']}.{name}", contents[name])
            if role != "root" or self.timestamp is None:
                self._write(role, one)
        named = {role: one.signed.version for role, one in due.items() if role != "root"}
        self._stamp(root or self.root, named, online, now)
        if root:
            self._write("root", root)

    def renew(self, online: Signer, now: datetime) -> None:
        """A fresh timestamp, and a fresh snapshot before the old one's term ends; by the online key alone.

        Raises TrustNotFounded, NotTheOnlineKey.
        """
        if not self.folder.exists():
            raise TrustNotFounded
        with self._alone():
            self._stamp(self.root, {}, (online,), now)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """A timer and a publication never stamp over each other; the second waits a moment."""
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _stamp(
        self, root: Metadata[Root], named: Mapping[str, int], online: Sequence[Signer], now: datetime
    ) -> None:
        """What counts from now on, by one rename."""
        if online[0].public_key.keyid not in root.signed.roles["timestamp"].keyids:
            raise NotTheOnlineKey
        before, old = self.timestamp, self.snapshot
        meta = {**(old.signed.meta if old else {}), **{f"{r}.json": MetaFile(v) for r, v in named.items()}}
        expires = _until("timestamp", now)
        version = before.signed.snapshot_meta.version if before else 0
        if not old or old.signed.meta != meta or not _lasts(old, root.signed, expires):
            version += 1
            snapshot = Snapshot(version=version, expires=_until("snapshot", now), meta=meta)
            self._write("snapshot", _signed(Metadata(snapshot), online))
        number = before.signed.version + 1 if before else 1
        stamp = Timestamp(version=number, expires=expires, snapshot_meta=MetaFile(version))
        data = _signed(Metadata(stamp), online).to_bytes(_COMPACT)
        durable(self.folder / "metadata" / "timestamp.json", data)

    def _write(self, role: str, made: Metadata[Any]) -> None:
        durable(self.folder / "metadata" / f"{made.signed.version}.{role}.json", made.to_bytes(_COMPACT))

    def _read(self, role: str, version: int) -> bytes:
        return (self.folder / "metadata" / f"{version}.{role}.json").read_bytes()

    def _root(self) -> Metadata[Root] | None:
        if self.timestamp is None:  # a founding that broke off has shown nothing to anybody
            return None
        names = (path.name.partition(".")[0] for path in (self.folder / "metadata").glob("*.root.json"))
        numbers = [int(name) for name in names if name.isdecimal()]
        return self._parsed(Root, f"{max(numbers)}.root.json") if numbers else None

    def _targets(self, role: str) -> Metadata[Targets] | None:
        snapshot = self.snapshot
        meta = snapshot.signed.meta.get(f"{role}.json") if snapshot else None
        return self._parsed(Targets, f"{meta.version}.{role}.json") if meta else None

    def _parsed(self, kind: type[_Signed], name: str) -> Metadata[_Signed]:
        try:
            found = Metadata[_Signed].from_bytes((self.folder / "metadata" / name).read_bytes())
        except (OSError, RepositoryError) as e:
            raise TrustBent(name=name) from e
        if not isinstance(found.signed, kind):
            raise TrustBent(name=name)
        return found

    def _holds(self, role: str, one: Metadata[Root] | Metadata[Targets]) -> bool:
        """True when this very version is in force: the step is adopted again."""
        found = self._root() if role == "root" else self._targets(role)
        return found is not None and found.signed == one.signed


class _Adoption:
    """New versions held to what is in force, before anything is written."""

    def __init__(
        self,
        repository: Repository,
        new: Mapping[str, Metadata[Root] | Metadata[Targets]],
        contents: Mapping[str, bytes],
        now: datetime,
    ) -> None:
        self.repository, self.new, self.contents, self.now = repository, new, contents, now
        self.old_root = repository._root()  # noqa: SLF001 - one idea, two classes
        self.root = cast("Metadata[Root]", new.get("root") or repository.root)
        self.targets = cast("Metadata[Targets]", new.get("targets") or repository.targets)

    def refuse_unfit(self) -> None:
        """Versions, terms, contents, signatures, and that no key does two things."""
        for role, one in self.new.items():
            self._refuse_outdated(role, one)
            if isinstance(one.signed, Targets):
                self._refuse_other_contents(role, one.signed)
        self._refuse_unsigned()
        said = self._statement()
        refuse_root(self.root.signed, said)
        for role in set(self.new) & set(SEATED):
            self._refuse_unseated(role, said)

    def _refuse_outdated(self, role: str, one: Metadata[Any]) -> None:
        if role not in {"root", "targets", *SEATED} or one.signed.type != (
            "root" if role == "root" else "targets"
        ):
            raise StepUnfit(why=f"不认识 {role}")
        found = self.old_root if role == "root" else self.repository._targets(role)  # noqa: SLF001
        want = found.signed.version + 1 if found else 1
        if one.signed.version != want:
            raise StepOutdated(what=f"{role}.json", got=one.signed.version, want=want)
        if one.signed.expires <= self.now:
            raise StepUnfit(why=f"{role}.json 的有效期已经过了，请核对做这一步的机器的时钟")

    def _refuse_other_contents(self, role: str, targets: Targets) -> None:
        name = STATEMENT if role == "targets" else f"{role}.json"
        if set(targets.targets) != {name} or (role != "targets" and targets.delegations):
            raise StepUnfit(why=f"{role}.json 应当只说 {name}")
        try:
            targets.targets[name].verify_length_and_hashes(self.contents.get(name, b""))
        except RepositoryError as e:
            raise StepUnfit(why=f"{name} 的内容与签名不符") from e

    def _refuse_unsigned(self) -> None:
        """Two of three, of the old root and of the new one: machines with either can go on."""
        try:
            for above in filter(None, (self.root, self.old_root)):
                above.signed.verify_delegate("root", self.root.signed_bytes, self.root.signatures)
                above.signed.verify_delegate("targets", self.targets.signed_bytes, self.targets.signatures)
        except RepositoryError as e:
            raise NotEnoughSignatures(what="信任根或密钥名册", why="要三把根密钥里的两把") from e

    def _statement(self) -> Statement:
        """The statement that will be in force: of this county, and the next one."""
        if "targets" not in self.new:
            return self.repository.said
        said = statement_of(self.contents[STATEMENT])
        if self.targets.signed.delegations != delegations_of(said):
            raise StepUnfit(why="资料包和登记册委托的密钥与名册里的席位不一致")
        before = self.repository.said if self.repository.timestamp else None
        if before and said != before and not said.follows(before):
            raise StepUnfit(why="名册不是接着现在的一份做的（县代码、日志名称不能变，序号应加一）")
        return said

    def _refuse_unseated(self, role: str, said: Statement) -> None:
        one = self.new[role]
        result = self.targets.signed.get_verification_result(role, one.signed_bytes, one.signatures)
        Seats(said).require_seats(f"{role}.json", publics_of(result.signed.values()))


def refuse_root(root: Root, said: Statement) -> None:
    """Three root keys, or two while one is lost; none of them, nor the online key, does anything else.

    Raises StepUnfit.
    """
    offline, online = root.roles["root"], root.roles["timestamp"]
    if offline != root.roles["targets"] or online != root.roles["snapshot"] or online.threshold != 1:
        raise StepUnfit(why="信任根的角色不对")
    if offline.threshold != ROOT_THRESHOLD or not ROOT_THRESHOLD <= len(offline.keyids) <= ROOT_KEYS:
        raise StepUnfit(why="信任根应有三把密钥（丢失一把时两把），其中两把签名有效")
    # by what they are, not by their ids: a key may call itself as it likes
    keys = (public_of(root.keys[keyid]) for keyid in (*offline.keyids, *online.keyids))
    named = [*keys, *(key.public.hex() for key in said.verifiers)]
    if len(online.keyids) != 1 or len(set(named)) < len(named) or not root.consistent_snapshot:
        raise StepUnfit(why="一把密钥只能做一件事：根密钥、在线密钥和名册里的密钥不能相同")


def public_of(key: Key) -> str:
    """What a key is, written in one way; raises ValueError of one that is none."""
    public = str(key.keyval.get("public", ""))
    return bytes.fromhex(public).hex() if key.keytype == "ed25519" else "".join(public.split())


def publics_of(keys: Iterable[Key]) -> set[bytes]:
    """The 32 bytes of Ed25519 keys; a key of another kind has no seat."""
    return {bytes.fromhex(key.keyval["public"]) for key in keys if key.keytype == "ed25519"}


def _delegates(root: Root, role: str, one: Metadata[Any]) -> bool:
    """True when enough keys of a root have signed a role."""
    return root.get_verification_result(role, one.signed_bytes, one.signatures).verified


def _lasts(snapshot: Metadata[Snapshot], root: Root, until: datetime) -> bool:
    """True when a snapshot is signed by the online key of this root, and for as long as the timestamp."""
    return _delegates(root, "snapshot", snapshot) and snapshot.signed.expires >= until


def _signed(made: Metadata[_Kind], signers: Iterable[Signer]) -> Metadata[_Kind]:
    for signer in signers:
        made.sign(signer, append=True)
    return made


def _until(role: str, now: datetime) -> datetime:
    return now.replace(microsecond=0) + TERMS[role]
