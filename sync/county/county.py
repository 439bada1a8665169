"""The county's folder: who it is, what waits, what everybody may read.

county.toml            name, county code, origin prefix, its site, the county's own rules
pack/                  the pack as it is being edited; what counts is the newest one published in feed/trust
keys/seats/<login>.key a seat's private key, encrypted by its holder, where the holder leaves it here
keys/household.key     names households without IDs   (0600; never leaves the county)
keys/online.key        signs snapshot and timestamp   (0600, PKCS#8; names nobody)
keys/heartbeat.key     cosigns what both seats signed (0600, PKCS#8)
registries/            what the county knows of households (sync.county.intake.registries); optional
layouts.json           what clerks said of columns, by layout (sync.county.intake.layouts)
proposals/<id>/        batches on their way          (0700, files 0600: names before they may be read)
due/<village>          an erasure that has begun and is not done (sync.county.erasures)
feed/trust/…           the roots, the statement of who sits where, the published pack (sync.trust_layout)
feed/v/<village>/…     what everybody may read
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import resource
import secrets
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.line_faults import FaultsInFile, LineFault
from boards.model.pack import Pack
from sync.county.backup.closed import refuse_closed
from sync.county.erasures import finish_all
from sync.durable import NotWritten, durable
from sync.events import letters
from sync.handwritten.encoding import AS_TEXT, plain_text
from sync.handwritten.toml import read
from sync.log import keys
from sync.log_files import VillageLog
from sync.own_name import own_name
from sync.pack import pack_of
from sync.trust.repository import Repository
from sync.trust.seats import Seats
from sync.trust.statement import OFFICES, Login, Office, Statement

if TYPE_CHECKING:
    from boards.model.pack import Pack

_HOUSEHOLD_KEY_BYTES = 32


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


class CountyTomlWrong(FaultsInFile):
    """county.toml is not as it should be: every fault with its line."""

    code = "county-toml-wrong"
    sentence = "county.toml 有不对的地方：{told}\n共 {count} 处。"


class CountyOfOld(Refusal):
    """A folder of a release in which both keys lay open and the pack was pinned by its hash."""

    code = "county-of-old"
    fault = Fault.PERSON
    sentence = "{folder} 是旧版本的县级发布目录。"
    advice = "请先运行一次 county upgrade（docs/county.md），已发布的内容不会改变。"


class PackNotPublished(Refusal):
    """The county has its seats, and nothing yet that they could publish by."""

    code = "pack-not-published"
    fault = Fault.PERSON
    sentence = "{county}还没有发布过资料包。"
    advice = "请先用 county pack propose、review、publish 把 pack/ 里的资料包审核、发布。"


class SamePerson(Refusal):
    """Two acts that must be two persons' (先审后发)."""

    code = "same-person"
    fault = Fault.PERSON
    sentence = "{id} 是 {person} {did}的，不能由同一个人{does}，没有签名。"
    advice = "请由{others}办理（--as 登录名）；没有别人的，先用 county trust add 增加一位。"


class NoSeat(Refusal):
    """Whoever acts here holds no key of the office that the act needs."""

    code = "no-seat"
    fault = Fault.PERSON
    sentence = "这一步要由{office}签名，{who}。"
    advice = "请由{others}办理（--as 登录名）；要增加人，用 county trust add。"


class NobodyNamed(Refusal):
    """An act that nobody put a name to."""

    code = "nobody-named"
    fault = Fault.PERSON
    sentence = "没有写明由谁办理，没有办理。"
    advice = "请用 --as 写明办理人的登录名。"


RoleName = Literal["clerk", "reviewer", "pack_editor", "administrator", "auditor"]
"""What an account may be (people §1)."""


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[rules]` of county.toml: what the county asks of itself."""

    own_machine: bool = False  # a seat signs on its holder's own machine only
    one_time_codes: tuple[RoleName, ...] = ()  # roles that log in with a telephone's code beside the password


class CountyToml(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """county.toml."""

    format: Literal["county/2"] = "county/2"
    name: str
    county_code: str
    origin_prefix: str
    site: str = ""  # address of the public site
    founded: str
    rules: Rules = Rules()

    def toml(self) -> bytes:
        """As it is written; a JSON string is a TOML basic string."""
        said = msgspec.to_builtins(self)
        rules = said.pop("rules")
        lines = [*_toml_lines(said), "", "[rules]", *_toml_lines(rules), ""]
        return "\n".join(lines).encode()


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """A person at work with the key of a seat."""

    person: Login
    office: Office
    key: keys.SigningKey


def county_toml(data: bytes) -> CountyToml:
    """Read county.toml; raises CountyTomlWrong with all that is wrong."""
    text = plain_text(data, AS_TEXT)
    found = [text] if isinstance(text, LineFault) else read(text, CountyToml)
    if isinstance(found, list):
        raise CountyTomlWrong(found)
    return found


class County(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """An open county folder. What it says of trust and pack is as of when it was opened."""

    folder: Path
    settings: CountyToml
    acting: Login = ""  # who is at work; "" only looks
    signers: tuple[Signer, ...] = ()  # the seats whose keys were opened
    closed: bool = False  # opened though it must not speak: to back it up, check it, confirm it

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

    @cached_property
    def said(self) -> Statement:
        """Who sits where; raises TrustNotFounded, StatementWrong."""
        return Repository(self.feed).said

    @cached_property
    def _seats(self) -> Seats:
        return Seats(self.said)

    @cached_property
    def sat_before(self) -> tuple[Seats, ...]:
        """The seats of every statement before today's, newest first; raises TrustNotFounded, TrustBent."""
        return tuple(Seats(said) for _, said in Repository(self.feed).earlier())[1:]

    def trust(self) -> Seats:
        """What every kiosk of this county believes; raises TrustNotFounded."""
        return self._seats

    @cached_property
    def pack(self) -> Pack:
        """The pack that was published last; raises TrustNotFounded, PackNotPublished, PackNotWhole."""
        data = Repository(self.feed).target("pack") if self.said else None
        if data is None:
            raise PackNotPublished(county=self.settings.name)
        return pack_of(data)

    def signing_key(self, office: Office) -> keys.SigningKey:
        """The key of whoever sits here in an office; raises NoSeat."""
        return self.signer(office).key

    def signer(self, office: Office) -> Signer:
        """Whoever sits here in an office; raises NoSeat."""
        for one in self.signers:
            if one.office == office:
                return one
        raise self.no_seat(office)

    def sitting(self, office: Office) -> tuple[str, ...]:
        """Who sits in an office; raises TrustNotFounded."""
        return tuple(dict.fromkeys(one.person for one in self.said.seats if one.office == office))

    def others(self, office: Office, but: str = "") -> str:
        """Who sits in an office, without one; raises TrustNotFounded."""
        found = (one for one in self.sitting(office) if one != but)
        return f"{OFFICES[office]} {'、'.join(found)}".strip()

    def no_seat(self, office: Office) -> NoSeat:
        """Why the one who acts cannot do this, and who can."""
        who = f"{self.acting} 不是{OFFICES[office]}" if self.acting else "没有写明由谁办理"
        return NoSeat(office=OFFICES[office], who=who, others=self.others(office))

    def machine_key(self, name: Literal["online", "heartbeat"]) -> keys.SigningKey:
        """A key that has no holder; raises KeyUnreadable."""
        return keys.read_key(f"{self.settings.origin_prefix}/{name}", self.folder / "keys" / f"{name}.key")

    def household_key(self) -> bytes:
        """The secret behind household names; raises KeyUnreadable."""
        try:
            key = bytes.fromhex((self.folder / "keys" / "household.key").read_text().strip())
        except (OSError, ValueError) as e:
            raise keys.KeyUnreadable(what="household.key") from e
        if len(key) < _HOUSEHOLD_KEY_BYTES:  # half a file: by no key at all everybody could name a household
            raise keys.KeyUnreadable(what="household.key")
        return key

    @contextlib.contextmanager
    def writing(self, villages: tuple[str, ...]) -> Iterator[None]:
        """One writer per log, in all processes; raises CountyBusy.

        Raises MovedAway where the folder was closed since it was opened: a desk may be open for weeks.
        """
        _as_many_files_as_may_be()
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
            if not self.closed:
                refuse_closed(self.folder)
            yield


def _as_many_files_as_may_be() -> None:
    """A lock is an open file: 1,100 villages are more than the 1,024 that a process usually may open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def founded(  # noqa: PLR0913 - what county.toml says
    folder: Path, *, name: str, county_code: str, origin_prefix: str = "", site: str = "", now: datetime
) -> County:
    """Set up a county's folder and its machine's own keys; one that was interrupted goes on with its keys.

    Its roots and its first pack come after it. `origin_prefix` "" takes `county-<code>`. Raises CountyExists,
    NotWritten.
    """
    if (folder / "county.toml").exists():
        raise CountyExists(folder=own_name(folder))
    settings = CountyToml(
        name=name,
        county_code=county_code,
        origin_prefix=origin_prefix or f"county-{county_code}",
        site=site,
        founded=f"{now:%Y-%m-%dT%H:%M:%SZ}",
    )
    make_room(folder, settings.origin_prefix)
    durable(folder / "county.toml", settings.toml())
    return open_county(folder)


def make_room(folder: Path, prefix: str) -> None:
    """The parts of a county's folder that are not there yet; raises NotWritten."""
    try:
        for part in ("keys/seats", "proposals", "feed/v", "locks"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        for part in ("keys", "keys/seats", "proposals"):
            (folder / part).chmod(0o700)
        _make_keys(folder / "keys", prefix)
    except OSError as e:
        raise NotWritten(why=e.strerror) from e


def open_county(folder: Path, *, closed: bool = False) -> County:
    """Open a county folder, and go on with erasures that were stopped.

    Raises CountyNotFound, CountyTomlWrong, CountyOfOld; NotConfirmed, MovedAway unless it may be `closed`.
    """
    if not closed:
        refuse_closed(folder)
    try:
        data = (folder / "county.toml").read_bytes()
    except OSError as e:
        raise CountyNotFound(folder=own_name(folder), why="缺少 county.toml") from e
    if b"pack_sha256" in data and b"county/2" not in data:
        raise CountyOfOld(folder=own_name(folder))
    settings = county_toml(data)
    opened = County(folder=folder, settings=settings, closed=closed)
    finish_all(opened)
    return opened


def household(key: bytes, identity: str) -> str:
    """A household's name without its ID: HMAC-SHA256, 16 bytes as letters a-p; "" without an ID."""
    return letters(hmac.digest(key, identity.upper().encode(), hashlib.sha256)[:16]) if identity else ""


def _make_keys(folder: Path, prefix: str) -> None:
    """Keys of the machine, which nobody types a passphrase for."""
    for name in ("online", "heartbeat"):
        if not (path := folder / f"{name}.key").exists():
            keys.write_key(keys.new_key(f"{prefix}/{name}"), path)
    path = folder / "household.key"
    if not path.exists():
        durable(path, f"{secrets.token_hex(_HOUSEHOLD_KEY_BYTES)}\n".encode(), private=True)


def _toml_lines(said: dict[str, object]) -> list[str]:
    return [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in said.items()]
