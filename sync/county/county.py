"""The county's folder: pack, keys, proposals, feed.

county.toml            name, county code, origin prefix, the pack's hash
pack/                  the county pack (sync.pack)
keys/publisher.pem     signs what is published        (0600, PKCS#8, plain openssl reads it)
keys/reviewer.pem      signs what was reviewed        (0600; keep it on another medium)
keys/household.key     names households without IDs   (0600; never leaves the county)
keys/*.pub             the public halves, one line each, for kiosk.toml
registries/            what the county knows of households (sync.county.intake.registries); optional
layouts.json           what clerks said of columns, by layout (sync.county.intake.layouts)
proposals/<id>/        batches on their way          (0700, files 0600: names before they may be read)
due/<village>          an erasure that has begun and is not done (sync.county.erasures)
feed/v/<village>/…     what everybody may read
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.pack import Pack
from sync.county.backup.closed import refuse_closed
from sync.county.erasures import finish_all
from sync.durable import NotWritten, durable
from sync.events import letters
from sync.log import keys
from sync.log_files import VillageLog
from sync.pack import pack_files, packed, read_pack
from sync.trust.repository import (
    Repository,
    key_of,
    prepared_root,
    prepared_seated,
    prepared_targets,
    signer_of,
)
from sync.trust.seats import Seats
from sync.trust.statement import Seat, Statement
from sync.trust_layout import PACK, STATEMENT


class CountyExists(Refusal):
    """Setting it up twice would replace the keys every kiosk has pinned."""

    code = "county-exists"
    fault = Fault.PERSON
    sentence = "{folder} 里已经有县级发布目录。"
    advice = "请直接使用它，或换一个空目录再初始化。"


class CountyNotFound(Refusal):
    """No county folder here."""

    code = "county-not-found"
    fault = Fault.PERSON
    sentence = "{folder} 不是县级发布目录（{why}）。"
    advice = "请核对 --folder，或先运行 county init。"


class CountyBusy(Refusal):
    """Somebody else is writing this log."""

    code = "county-busy"
    fault = Fault.MACHINE
    sentence = "{village} 的发布目录正被另一个发布操作使用。"
    advice = "请等它结束后再试。"


class CountyToml(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """county.toml."""

    name: str
    county_code: str
    origin_prefix: str
    pack_sha256: str
    founded: str


class County(msgspec.Struct, frozen=True, kw_only=True):
    """An open county folder."""

    folder: Path
    settings: CountyToml
    pack: Pack
    reviewer_pem: Path | None = None  # where the reviewer keeps the key; None: keys/reviewer.pem

    @property
    def feed(self) -> Path:
        """What is served."""
        return self.folder / "feed"

    @property
    def proposals(self) -> Path:
        """Batches on their way."""
        return self.folder / "proposals"

    def origin(self, village: str) -> str:
        """Name of a village's log."""
        return f"{self.settings.origin_prefix}/v/{village}"

    def log(self, village: str) -> VillageLog:
        """The files of a village's log."""
        return VillageLog(self.feed, village, self.origin(village))

    def public_key(self, role: str) -> str:
        """Verifier key of the publisher or the reviewer, as kiosk.toml pins it; raises KeyUnreadable."""
        try:
            return (self.folder / "keys" / f"{role}.pub").read_text().strip()
        except OSError as e:
            raise keys.KeyUnreadable(what=f"{role}.pub") from e

    def signing_key(self, role: str) -> keys.SigningKey:
        """The private key of a role; raises KeyUnreadable."""
        name = f"{self.settings.origin_prefix}/{role}"
        elsewhere = self.reviewer_pem if role == "reviewer" else None
        return keys.read_key(name, elsewhere or self.folder / "keys" / f"{role}.pem")

    def household_key(self) -> bytes:
        """The secret behind household names; raises KeyUnreadable."""
        try:
            return bytes.fromhex((self.folder / "keys" / "household.key").read_text().strip())
        except (OSError, ValueError) as e:
            raise keys.KeyUnreadable(what="household.key") from e

    def trust(self) -> Seats:
        """What every kiosk of this county believes; raises TrustNotFounded."""
        return Seats(Repository(self.feed).said)

    @contextlib.contextmanager
    def writing(self, villages: tuple[str, ...]) -> Iterator[None]:
        """One writer per log, in all processes; raises CountyBusy."""
        with contextlib.ExitStack() as stack:
            for village in sorted(villages):
                path = self.folder / "locks" / village
                path.parent.mkdir(exist_ok=True)
                try:
                    file = stack.enter_context(path.open("w"))
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as e:
                    raise CountyBusy(village=village) from e
                except OSError as e:
                    raise NotWritten(why=e.strerror) from e
            yield


def found(folder: Path, pack_folder: Path, origin_prefix: str, now: datetime) -> County:
    """Set up a county: its keys, its copy of the pack, an empty feed.

    `origin_prefix` "" takes `county-<code>`. Raises CountyExists and what the pack raises.
    """
    if (folder / "county.toml").exists():
        raise CountyExists(folder=folder.name)
    pack = read_pack(pack_folder)
    prefix = origin_prefix or f"county-{pack.county_code}"
    try:
        for part in ("keys", "proposals", "feed/v", "locks"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        for part in ("keys", "proposals"):
            (folder / part).chmod(0o700)
        shutil.copytree(pack_folder, folder / "pack", dirs_exist_ok=True)
        _make_keys(folder / "keys", prefix)
    except OSError as e:
        raise NotWritten(why=e.strerror or "无法复制资料包") from e
    settings = CountyToml(
        name=pack.county,
        county_code=pack.county_code,
        origin_prefix=prefix,
        pack_sha256=pack.digest,
        founded=f"{now:%Y-%m-%dT%H:%M:%SZ}",
    )
    # a JSON string is a TOML basic string
    lines = (
        f"{key} = {msgspec.json.encode(text).decode()}\n"
        for key, text in msgspec.structs.asdict(settings).items()
    )
    durable(folder / "county.toml", "".join(lines).encode())
    opened = open_county(folder)
    _trust_founded(opened, now)
    return opened


def open_county(folder: Path, *, closed: bool = False) -> County:
    """Open a county folder, and go on with erasures that were stopped.

    Raises CountyNotFound and what the pack raises; NotConfirmed, MovedAway unless it may be `closed`.
    """
    if not closed:
        refuse_closed(folder)
    try:
        settings = msgspec.toml.decode((folder / "county.toml").read_bytes(), type=CountyToml)
    except OSError as e:
        raise CountyNotFound(folder=folder.name, why="缺少 county.toml") from e
    except (msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise CountyNotFound(folder=folder.name, why="county.toml 内容不对") from e
    opened = County(folder=folder, settings=settings, pack=read_pack(folder / "pack", settings.pack_sha256))
    finish_all(opened)
    return opened


def household(key: bytes, identity: str) -> str:
    """A household's name without its ID: HMAC-SHA256, 16 bytes as letters a-p; "" without an ID."""
    return letters(hmac.digest(key, identity.upper().encode(), hashlib.sha256)[:16]) if identity else ""


def _trust_founded(county: County, now: datetime) -> None:
    """The first root, the two seats and the first pack."""
    settings, repository = county.settings, Repository(county.feed)
    if repository.timestamp:
        return
    made = [keys.new_key(name) for name in ("root1", "root2", "root3", "online")]
    for key in made:
        keys.write_key(key, county.folder / "keys" / f"{key.name}.pem")
    online = signer_of(made.pop())
    said = Statement(
        county_code=settings.county_code,
        county=settings.name,
        origin_prefix=settings.origin_prefix,
        serial=1,
        seats=(
            Seat(person="publisher", office="publisher", key=county.public_key("publisher")),
            Seat(person="reviewer", office="reviewer", key=county.public_key("reviewer")),
        ),
    )
    root = prepared_root([key_of(key.verifier.public) for key in made], online.public_key, now)
    targets = prepared_targets(said, now)
    for key in made[:2]:
        root.sign(signer_of(key), append=True)
        targets.sign(signer_of(key), append=True)
    repository.adopt({"root": root, "targets": targets}, {STATEMENT: said.bytes()}, online, now)
    content = packed(pack_files(county.folder / "pack"))
    pack = prepared_seated("pack", content, now)
    for role in ("publisher", "reviewer"):
        pack.sign(signer_of(county.signing_key(role)), append=True)
    repository.adopt({"pack": pack}, {PACK: content}, online, now)


def _make_keys(folder: Path, prefix: str) -> None:
    """A setting-up that was interrupted goes on with the keys it made."""
    for role in ("publisher", "reviewer"):
        path, name = folder / f"{role}.pem", f"{prefix}/{role}"
        if not path.exists():
            keys.write_key(keys.new_key(name), path)
        durable(folder / f"{role}.pub", f"{keys.read_key(name, path).verifier}\n".encode())
    path = folder / "household.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
