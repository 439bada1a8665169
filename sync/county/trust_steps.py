"""A step of a ceremony: a file that travels by stick between machines that never meet, and is signed there.

It holds the next root, the next statement, or what both seats sign again, with the signatures so far. What
its signers are shown is made of what they would sign, never of the words that stand in the file (trust §6).
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.exceptions import VerificationError as CannotVerifyError
from securesystemslib.signer import Key, Signer, SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, TargetFile, Targets
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.place import VillageCode
from sync.durable import durable
from sync.log.checkpoint import checkpoint
from sync.log.keys import VerifierKey
from sync.log.note import MalformedNote, Note, Signature, parse
from sync.own_name import own_name
from sync.trust.repository import StepUnfit, delegations_of, key_of, public_of, refuse_root
from sync.trust.statement import OFFICES, Seat, Statement, sound
from sync.trust_layout import SEATED, STATEMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_Kind = TypeVar("_Kind", Root, Targets)
Act = Literal["init", "add", "retire", "revoke", "rotate", "resign"]
SeatedRole = Annotated[str, msgspec.Meta(pattern=f"^(?:{'|'.join(SEATED)})$")]
_TITLES = {
    "init": "建立信任根",
    "add": "增加",
    "retire": "离任",
    "revoke": "作废密钥（丢失或被盗）",
    "rotate": "更换密钥",
    "resign": "用现在的密钥重签（内容不变）",
}


class StepUnreadable(Refusal):
    """No step, or one of a later version."""

    code = "trust-step-unreadable"
    fault = Fault.PERSON
    sentence = "{name} 不是 county trust 的步骤文件（{why}）。"
    advice = "请核对文件名；文件若损坏，请在县级发布目录里重新做这一步。"


class KeyNotAsked(Refusal):
    """A key this step does not need."""

    code = "trust-key-not-asked"
    fault = Fault.PERSON
    sentence = "这一步不需要这把密钥（{fingerprint}）的签名，没有签。"
    advice = "请核对插入的是哪一个U盘；谁可以签，见上面列出的密钥指纹。"


class SignedAlready(Refusal):
    """The same key twice is one signature."""

    code = "trust-signed-already"
    fault = Fault.PERSON
    sentence = "这把密钥（{fingerprint}）已经签过这一步，同一把密钥签两次只算一次。"
    advice = "请由另一位保管人用另一把密钥签。"


class SignatureFailed(Refusal):
    """The device signed something else, or nothing."""

    code = "trust-signature-failed"
    fault = Fault.MACHINE
    sentence = "签名没有成功（{why}）。"
    advice = "没有改动；请核对密钥或硬件设备，再试一次。"


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step. `before` and `old_root` are what was in force when it was made."""

    format: Literal["county-trust-step/1"] = "county-trust-step/1"
    act: Act
    made_at: str
    made_by: str = ""
    reads: tuple[str, ...] = ()  # for whoever opens the file; nobody signs by it
    before: Statement | None = None
    said: Statement | None = None
    old_root: dict[str, Any] | None = None
    root: dict[str, Any] | None = None
    targets: dict[str, Any] | None = None
    seated: dict[SeatedRole, dict[str, Any]] = {}  # the same contents once more
    notes: dict[VillageCode, str] = {}  # the published checkpoint with the signatures so far

    @property
    def new_root(self) -> Metadata[Root] | None:
        """The root to come."""
        return _read(Root, self.root) if self.root else None

    @property
    def new_targets(self) -> Metadata[Targets] | None:
        """The statement's metadata to come."""
        return _read(Targets, self.targets) if self.targets else None

    @property
    def roots(self) -> tuple[Root, ...]:
        """The roots whose keys must sign: the one in force, and the one to come."""
        old = _read(Root, self.old_root) if self.old_root else None
        return tuple(one.signed for one in (old, self.new_root) if one)

    @property
    def statement(self) -> Statement:
        """The statement in force once the step is."""
        found = self.said or self.before
        if found is None:
            raise StepUnreadable(name=self.act, why="没有名册")
        return found


def written(metadata: Metadata[Any]) -> dict[str, Any]:
    """Metadata as a step holds them."""
    found: dict[str, Any] = msgspec.json.decode(metadata.to_bytes(JSONSerializer(compact=True)))
    return found


def _read(kind: type[_Kind], data: dict[str, Any]) -> Metadata[_Kind]:
    """Metadata of this kind and no other: nobody signs a root for a statement."""
    found = Metadata[_Kind].from_bytes(msgspec.json.encode(data))
    if type(found.signed) is not kind:
        raise DeserializationError
    return found


def step_of(path: Path) -> Step:
    """Read a step whose parts belong together; raises StepUnreadable, StepUnfit, StatementWrong."""
    try:
        step = msgspec.json.decode(path.read_bytes(), type=Step)
        _refuse_mixed(step)
        if not all(line.isprintable() for line in told(step)):  # a terminal would hide what follows
            raise StepUnreadable(name=path.name, why="有不能显示的字符")
    except OSError as e:
        raise StepUnreadable(name=own_name(path), why="读不到") from e
    except (ValueError, RepositoryError, LookupError, RecursionError, MalformedNote) as e:
        raise StepUnreadable(name=path.name, why="内容不对") from e
    return step


def _refuse_mixed(step: Step) -> None:
    """A step signs again, or says anew: what its words do not tell, no signature is given for."""
    said, targets, root = sound(step.statement), step.new_targets, step.new_root
    again = {seated(step, role).signed.type for role in step.seated} or step.notes
    if bool(again) != (step.act == "resign") or bool(step.root or step.targets) == bool(again):
        raise StepUnfit(why="各部分不属于同一步")
    if targets is None and not again:
        raise StepUnfit(why="没有名册")
    if targets:
        one = targets.signed
        if one.delegations != delegations_of(said) or one.targets != {STATEMENT: _file(said)}:
            raise StepUnfit(why="要签的和写明的名册不一致")
    for one_root in (root.signed,) if root else ():
        refuse_root(one_root, said)


def _file(said: Statement) -> TargetFile:
    return TargetFile.from_data(STATEMENT, said.bytes(), ["sha256"])


def keep(step: Step, path: Path) -> Step:
    """Write a step, with words for whoever opens the file; raises NotWritten."""
    step = msgspec.structs.replace(step, reads=tuple(told(step)))
    durable(path, msgspec.json.format(msgspec.json.encode(step), indent=1) + b"\n")
    return step


def fingerprint(key: Key | bytes) -> str:
    """As `ssh-keygen -l` shows an Ed25519 key; others by a digest: a key may call itself as it likes."""
    if isinstance(key, Key) and key.keytype != "ed25519":
        return f"{key.keytype}:{hashlib.sha256(public_of(key).encode()).hexdigest()[:32]}"
    public = key if isinstance(key, bytes) else bytes.fromhex(key.keyval["public"])
    wire = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ssh-ed25519", public))
    return "SHA256:" + base64.b64encode(hashlib.sha256(wire).digest()).decode().rstrip("=")


def told(step: Step) -> Iterator[str]:
    """What a signature would change, and all that would count then, in words."""
    said, before = step.statement, step.before
    yield f"{said.county}（{said.county_code}）：{_TITLES[step.act]}"
    yield from _moved([*map(_seat, before.seats if before else ())], [*map(_seat, said.seats)])
    yield from _moved(_beats(before), _beats(said))
    old, new = step.roots[0] if step.old_root else None, step.roots[-1] if step.roots else None
    yield from _moved(_root_lines(old), _root_lines(new))
    if step.root and new:
        yield f"信任根第 {new.version} 版，有效期至 {civil_day(new.expires)}"
    if targets := step.new_targets:
        until = civil_day(targets.signed.expires)
        yield f"名册序号 {said.serial}，第 {targets.signed.version} 版，有效期至 {until}"
    yield from (f"重签 {role}.json，内容不变" for role in step.seated)
    for village, note in step.notes.items():
        head = checkpoint(parse(note.encode()).text)
        yield f"重签 {village} 的检查点：{head.size} 行，树根 {head.root.hex()[:16]}…"
    yield "签名生效之后，全部有效的密钥："
    yield from (f"  {line}" for line in effective(said, new))


def effective(said: Statement, root: Root | None) -> tuple[str, ...]:
    """All keys that count, by what they may do."""
    return (*map(_seat, said.seats), *_beats(said), *_root_lines(root))


def _seat(seat: Seat) -> str:
    return f"{OFFICES[seat.office]} {seat.person} {fingerprint(seat.verifier.public)}"


def _beats(said: Statement | None) -> list[str]:
    keys = said.verifiers[len(said.seats) :] if said else ()
    return [f"心跳密钥 {fingerprint(key.public)}" for key in keys]


def _root_lines(root: Root | None) -> list[str]:
    if root is None:
        return []
    named = (("根密钥", root.roles["root"]), ("在线密钥", root.roles["timestamp"]))
    return [f"{what} {fingerprint(root.keys[keyid])}" for what, role in named for keyid in role.keyids]


def _moved(old: list[str], new: list[str]) -> Iterator[str]:
    yield from (f"− 去掉 {line}" for line in old if line not in new)
    yield from (f"+ 增加 {line}" for line in new if line not in old)


def asked(step: Step) -> dict[str, Key]:
    """The keys that may sign a step, by id."""
    if step.act == "resign":
        return {key.keyid: key for key in (key_of(seat.verifier.public) for seat in step.statement.seats)}
    return {keyid: root.keys[keyid] for root in step.roots for keyid in root.roles["root"].keyids}


def signed(step: Step, signer: Signer) -> Step:
    """The step with one more signature on all that this key may sign.

    Raises KeyNotAsked, SignedAlready, SignatureFailed.
    """
    key = signer.public_key
    if key.keyid not in asked(step):
        raise KeyNotAsked(fingerprint=fingerprint(key))
    if key.keyid in _signers(step):
        raise SignedAlready(fingerprint=fingerprint(key))
    root, targets = step.new_root, step.new_targets
    return msgspec.structs.replace(
        step,
        root=_with(root, signer) if root else None,
        targets=_with(targets, signer) if targets else None,
        seated={role: _with(seated(step, role), signer) for role in step.seated},
        notes={village: _cosigned(step, note, signer) for village, note in step.notes.items()},
    )


def seated(step: Step, role: str) -> Metadata[Targets]:
    """`pack` or `register` as a step holds it."""
    return _read(Targets, step.seated[role])


def _with(metadata: Metadata[Any], signer: Signer) -> dict[str, Any]:
    try:
        signature = metadata.sign(signer, append=True)
        signer.public_key.verify_signature(signature, metadata.signed_bytes)
    except Exception as e:  # a device may raise whatever it likes
        raise SignatureFailed(why=type(e).__name__) from e
    return written(metadata)


def _cosigned(step: Step, rendered: str, signer: Signer) -> str:
    """A checkpoint with one more line, under the name the key has in the statement."""
    note = parse(rendered.encode())
    if _noted(signer.public_key, note):  # it stands under what is published already
        return rendered
    public = bytes.fromhex(signer.public_key.keyval["public"])
    key = next(one for one in step.statement.verifiers if one.public == public)
    try:
        blob = bytes.fromhex(signer.sign(note.text.encode()).signature)
    except Exception as e:  # a device may raise whatever it likes
        raise SignatureFailed(why=type(e).__name__) from e
    made = Signature(key.name, key.key_hash, blob)
    if not key.verifies(note.text, made):
        raise SignatureFailed(why="签名与公钥不符")
    return Note(note.text, (*note.signatures, made)).render().decode()


def _signers(step: Step) -> set[str]:
    """Ids of the keys that have signed everything they may; a signature that is false is none."""
    papers = [one for one in (step.new_root, step.new_targets) if one]
    papers += [seated(step, role) for role in step.seated]
    notes = [parse(note.encode()) for note in step.notes.values()]
    return {
        keyid
        for keyid, key in asked(step).items()
        if all(_good(key, one) for one in papers) and all(_noted(key, note) for note in notes)
    }


def _good(key: Key, paper: Metadata[Any]) -> bool:
    try:
        key.verify_signature(paper.signatures[key.keyid], paper.signed_bytes)
    except (KeyError, UnverifiedSignatureError, CannotVerifyError):
        return False
    return True


def _noted(key: Key, note: Note) -> bool:
    public = bytes.fromhex(key.keyval["public"]) if isinstance(key, SSlibKey) else b""
    return any(VerifierKey(one.name, public).verifies(note.text, one) for one in note.signatures)


def device(uri: str, keys: Iterable[Key], secret: Callable[[str], str]) -> Signer:
    """A key that lies elsewhere, a hardware key say, as securesystemslib finds it; raises SignatureFailed."""
    why = "没有这样的密钥"
    for key in keys:
        try:
            return Signer.from_priv_key_uri(uri, key, secret)
        except Exception as e:  # noqa: BLE001 - a device may raise whatever it likes
            why = type(e).__name__
    raise SignatureFailed(why=why)


def missing(step: Step) -> tuple[str, ...]:
    """Whose signatures are still to come, in words; nothing when it may come into force."""
    here = _signers(step)
    if step.act == "resign":
        return _missing_seats(step, here)
    lines = []
    for root, which in zip(step.roots, ("现在的", "新的") if len(step.roots) > 1 else ("",), strict=True):
        role = root.roles["root"]
        if (lack := role.threshold - len(here & {*role.keyids})) > 0:
            left = "、".join(fingerprint(root.keys[one]) for one in role.keyids if one not in here)
            lines.append(f"{which}根密钥还差 {lack} 个签名，可由其中任意一把签：{left}")
    return tuple(lines)


def _missing_seats(step: Step, here: set[str]) -> tuple[str, ...]:
    """The offices that have not signed, and who could."""
    seats = [(seat, key_of(seat.verifier.public).keyid in here) for seat in step.statement.seats]
    lacking = [office for office in OFFICES if not any(done for seat, done in seats if seat.office == office)]
    if not lacking and len({seat.person for seat, done in seats if done}) < 2:
        return ("发布和审核要由两个人签",)
    who = {office: "、".join(seat.person for seat, _ in seats if seat.office == office) for office in OFFICES}
    return tuple(f"还差{OFFICES[office]}的签名（{who[office]}）" for office in lacking)
