"""What a county does about its keys: each act makes a step; a step with enough signatures comes into force.

Steps that were made here lie in `<folder>/trust`; they may be carried away and come back (trust §6).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from securesystemslib.signer import Key

from boards.model.errors import Fault, Refusal
from sync.county.resigning import adopt_resigned, resigned
from sync.county.trust_steps import Act, Step, fingerprint, missing, step_of, written
from sync.log import keys
from sync.log.keys import verifier_key
from sync.trust.repository import (
    NotEnoughSignatures,
    NotTheOnlineKey,
    Repository,
    key_of,
    prepared_root,
    prepared_targets,
    signer_of,
)
from sync.trust.statement import Seat, Statement, StatementWrong, sound
from sync.trust_layout import STATEMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tuf.api.metadata import Metadata, Root, Targets

    from sync.county.county import County

NEXT = "-next"


class TrustFounded(Refusal):
    """There is a root already; a second one would be another county."""

    code = "trust-founded"
    fault = Fault.PERSON
    sentence = "这个县已经有信任根。"
    advice = "要换人、换密钥，请用 county trust add、retire、revoke、rotate。"


class StepWrong(Refusal):
    """What would be signed could not be lived by."""

    code = "trust-step-wrong"
    fault = Fault.PERSON
    sentence = "这一步不能做：{why}。"
    advice = (
        "请先登记接任的人（county trust add），再收回旧的；"
        "第一步用 --seat 写明一位发布人和另一位审核人，各用自己的密钥。"
    )


class NobodyThere(Refusal):
    """Who is to leave has no seat."""

    code = "trust-nobody-there"
    fault = Fault.PERSON
    sentence = "名册里没有 {what}。"
    advice = "请用 county trust status 核对登录名、职务和密钥指纹。"


def public_key(text: str) -> Key:
    """A root key as its holder hands it over: a verifier line, or a key of TUF as JSON (hardware).

    Raises KeyUnreadable.
    """
    if not text.startswith("{"):
        return key_of(verifier_key(text.strip()).public)
    try:
        said = msgspec.json.decode(text, type=dict)
        return Key.from_dict(said.pop("keyid"), said)
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError) as e:
        raise keys.KeyUnreadable(what="公钥") from e


def seat(person: str, office: str, key: str) -> Seat:
    """A seat as it is typed; raises StepWrong, KeyUnreadable."""
    try:
        made = msgspec.convert({"person": person, "office": office, "key": key}, Seat)
    except msgspec.ValidationError as e:
        raise StepWrong(why=f"{person} {office}：登录名用小写字母开头，职务是 publisher 或 reviewer") from e
    verifier_key(key)
    return made


def founding(county: County, roots: Sequence[Key], seats: Sequence[Seat], now: datetime) -> Step:
    """The first root and the first statement; raises TrustFounded, StepWrong, KeyUnreadable."""
    if Repository(county.feed).timestamp:
        raise TrustFounded
    settings = county.settings
    said = Statement(
        county_code=settings.county_code,
        county=settings.name,
        origin_prefix=settings.origin_prefix,
        serial=1,
        seats=tuple(seats),
        heartbeat=(str(county.machine_key("heartbeat").verifier),),
    )
    online = key_of(county.machine_key("online").verifier.public)
    return Step(
        act="init",
        made_at=instant(now),
        said=_to_live_by(said),
        root=written(prepared_root(roots, online, now)),
        targets=written(prepared_targets(said, now)),
    )


def restated(county: County, act: Act, now: datetime, **changes: tuple[Seat, ...] | tuple[str, ...]) -> Step:
    """The next statement, with other seats or another heartbeat; raises StepWrong."""
    repository = Repository(county.feed)
    before = repository.said
    said = _to_live_by(msgspec.structs.replace(before, serial=before.serial + 1, **changes))
    return Step(
        act=act,
        made_at=instant(now),
        made_by=county.acting,
        before=before,
        said=said,
        old_root=written(repository.root),
        targets=written(prepared_targets(said, now, repository.targets.signed)),
    )


def _to_live_by(said: Statement) -> Statement:
    """A statement that is only being made is nobody's yet; raises StepWrong."""
    try:
        return sound(said)
    except StatementWrong as e:
        raise StepWrong(**e.facts) from e


def with_seat(county: County, seat: Seat) -> tuple[Seat, ...]:
    """The seats, and one more."""
    return (*Repository(county.feed).said.seats, seat)


def without(county: County, person: str, office: str = "") -> tuple[Seat, ...]:
    """The seats of the others; raises NobodyThere."""
    seats = Repository(county.feed).said.seats
    stay = tuple(one for one in seats if one.person != person or office not in {"", one.office})
    if len(stay) == len(seats):
        raise NobodyThere(what=person)
    return stay


def rekeyed(county: County, person: str, key: str, office: str = "") -> tuple[Seat, ...]:
    """The seats with another key for one of them; raises NobodyThere."""
    left = without(county, person, office)
    gone = [one for one in Repository(county.feed).said.seats if one not in left]
    if len(gone) > 1:
        raise NobodyThere(what=f"{person} 唯一的席位（请加 --office）")
    return (*left, msgspec.structs.replace(gone[0], key=key))


def rerooted(county: County, act: Act, roots: Sequence[Key], online: Key, now: datetime) -> Step:
    """The next root; the statement is signed once more, so that the old and the new root both accept it."""
    repository = Repository(county.feed)
    said, old = repository.said, repository.root
    return Step(
        act=act,
        made_at=instant(now),
        made_by=county.acting,
        before=said,
        said=said,
        old_root=written(old),
        root=written(prepared_root(roots, online, now, old.signed)),
        targets=written(prepared_targets(said, now, repository.targets.signed)),
    )


def root_keys(county: County) -> tuple[Key, ...]:
    """The root keys in force."""
    root = Repository(county.feed).root.signed
    return tuple(root.keys[keyid] for keyid in root.roles["root"].keyids)


def without_root(county: County, print_: str) -> tuple[Key, ...]:
    """The root keys but one; raises NobodyThere."""
    here = root_keys(county)
    stay = tuple(key for key in here if fingerprint(key) != print_)
    if len(stay) == len(here):
        raise NobodyThere(what=f"根密钥 {print_}")
    return stay


def online_key(county: County) -> Key:
    """The online key in force."""
    root = Repository(county.feed).root.signed
    return root.keys[root.roles["timestamp"].keyids[0]]


def next_key(county: County, name: str) -> keys.SigningKey:
    """The machine key that is to come, made where it is not there yet."""
    path = _next(county, name)
    full = f"{county.settings.origin_prefix}/{name}"
    if not path.exists():
        keys.write_key(keys.new_key(full), path)
    return keys.read_key(full, path)


def adopt(county: County, step: Step, now: datetime) -> None:
    """Let a step come into force; safe to repeat.

    Raises NotEnoughSignatures, NotPublishedHere, and what the repository refuses.
    """
    if lines := missing(step):
        raise NotEnoughSignatures(what="这一步", why="；".join(lines))
    if step.act == "resign":
        adopt_resigned(county, step, now)
        return
    root, targets = step.new_root, step.new_targets
    new: dict[str, Metadata[Root] | Metadata[Targets]] = {}
    new |= {"root": root} if root else {}
    new |= {"targets": targets} if targets else {}
    contents = {STATEMENT: step.said.bytes()} if step.said else {}
    online, *outgoing = _online(county, step.roots)
    Repository(county.feed).adopt(new, contents, signer_of(online), now, *map(signer_of, outgoing))
    _settle_keys(county, step)


def _online(county: County, roots: Sequence[Root]) -> list[keys.SigningKey]:
    """The online key of the newest root, and the one that goes, where it is still there.

    Raises NotTheOnlineKey.
    """
    files = (county.folder / "keys" / "online.key", _next(county, "online"))
    there = [keys.read_key("online", path) for path in files if path.exists()]
    by_id = {key_of(key.verifier.public).keyid: key for key in there}
    named = [keyid for root in reversed(roots) for keyid in root.roles["timestamp"].keyids]
    if named[0] not in by_id:
        raise NotTheOnlineKey
    return [by_id[keyid] for keyid in dict.fromkeys(named) if keyid in by_id]


def _settle_keys(county: County, step: Step) -> None:
    """A machine key that has come into force takes the place of the one before."""
    named = {key.public for key in step.statement.verifiers}
    root = Repository(county.feed).root.signed
    for name in ("online", "heartbeat"):
        path = _next(county, name)
        if path.exists():
            public = next_key(county, name).verifier.public
            if public in named or key_of(public).keyid in root.roles["timestamp"].keyids:
                path.replace(county.folder / "keys" / f"{name}.key")


def _next(county: County, name: str) -> Path:
    return county.folder / "keys" / f"{name}{NEXT}.key"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How far a step has come."""

    path: Path
    step: Step | None  # None: the file is none
    missing: tuple[str, ...]


def under_way(county: County) -> Iterator[Standing]:
    """Steps that lie here and can still come into force, and files that are none."""
    for path in sorted((county.folder / "trust").glob("*.json")):
        try:
            step = step_of(path)
        except Refusal as refusal:
            yield Standing(path=path, step=None, missing=(str(refusal),))
            continue
        if _to_come(county, step):
            yield Standing(path=path, step=step, missing=missing(step))


def _to_come(county: County, step: Step) -> bool:
    """False of what is in force, and of what another step has overtaken."""
    repository, targets = Repository(county.feed), step.new_targets
    if targets is None:
        return not resigned(county, step)
    return repository.timestamp is None or targets.signed.version > repository.targets.signed.version


def instant(now: datetime) -> str:
    """RFC 3339, UTC, to the second."""
    return f"{now:%Y-%m-%dT%H:%M:%SZ}"
