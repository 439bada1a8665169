"""What a machine trusts, brought up to date: python-tuf's client behind a store that survives a power cut.

python-tuf keeps its metadata in plain files and never syncs them. Here they live in the machine's
database: laid into a scratch folder for one refresh, taken back in one transaction. Whatever cannot be
verified leaves the machine with what it trusted before.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

import msgspec
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, Snapshot, TargetFile, Targets
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from boards.model.errors import Fault, Refusal
from sync.carriers.road import NotOnTheRoad
from sync.trust.repository import delegations_of, publics_of
from sync.trust.seats import Seats
from sync.trust.statement import Statement, StatementWrong, statement_of
from sync.trust_layout import (
    METADATA_LIMIT_BYTES,
    PACK,
    REGISTER,
    SEATED,
    STATEMENT,
    TARGET_LIMIT_BYTES,
    TARGETS,
    metadata_at,
    target_at,
)

if TYPE_CHECKING:
    from sync.seams import TrustFiles, TrustStore

Sound = Callable[[str, bytes], None]
"""Raises a Refusal when a target ("pack.json") cannot be lived by, whoever signed it."""

_ABOUT: Final = {STATEMENT: "密钥名册的", PACK: "资料包的", REGISTER: "登记册的"}
_BASE = "https://county.invalid/"  # never asked: names are cut out of it again


class TrustExpired(Refusal):
    """The county has not renewed its signatures in time; nothing is shut for that."""

    code = "trust-expired"
    fault = Fault.COUNTY
    sentence = "县里的信任文件过期了（{what}）。"
    advice = "已公开的内容不变，仍按原来信任的密钥接收；请县里运行 county trust status 并续签。"


class TrustRefused(Refusal):
    """What came is not what the root of trust vouches for."""

    code = "trust-refused"
    fault = Fault.COUNTY
    sentence = "县里的信任文件没有通过核对（{what}）。"
    advice = "本机沿用原来信任的密钥和资料包；请与县里核对，若反复出现请报告县里的管理员。"


class TrustNotThere(Refusal):
    """The source brings no trust plane, or not all of it."""

    code = "trust-not-there"
    fault = Fault.ROAD
    sentence = "数据来源里没有县里的信任文件 {name}。"
    advice = "本机沿用原来信任的密钥和资料包；请核对数据来源地址，U盘请重新拷贝整个 feed 文件夹。"


class NothingTrusted(Refusal):
    """This machine was never paired, or its store was emptied."""

    code = "nothing-trusted"
    fault = Fault.PERSON
    sentence = "本机还没有县里的信任根。"
    advice = "请用县里给的配对文件运行 kiosk pair。"


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine trusts now, and what was refused on the way there (nothing of it is lived by)."""

    said: Statement | None  # None: paired, but nothing has come yet
    files: dict[str, bytes]
    refusals: tuple[Refusal, ...] = ()

    @property
    def seats(self) -> Seats:
        """Who may sign logs; raises NothingTrusted."""
        if self.said is None:
            raise NothingTrusted
        return Seats(self.said)


def trusting(files: Mapping[str, bytes]) -> Learned:
    """What stored files say, without asking anybody; raises StatementWrong."""
    statement = files.get(target_at(STATEMENT))
    return Learned(said=statement_of(statement) if statement else None, files=dict(files))


async def learn(road: TrustFiles, store: TrustStore, now: datetime, scratch: Path, sound: Sound) -> Learned:
    """Ask the county what is trusted now, keep it durably; `now` is the trusted clock's.

    Never raises for what the county or the road did: that is in `refusals`. Raises NothingTrusted and
    what ails the database.
    """
    before = await store.trusted()
    files, refusals = await asyncio.to_thread(refreshed, before, road, now, scratch, sound)
    if files != before:
        await store.trust(files, now)
    kept = trusting(files)
    return msgspec.structs.replace(kept, refusals=tuple(refusals))


def refreshed(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    before: Mapping[str, bytes],
    road: TrustFiles,
    now: datetime,
    scratch: Path,
    sound: Sound,
    names: Sequence[str] = TARGETS,
) -> tuple[dict[str, bytes], list[Refusal]]:
    """The files after one refresh of these targets, and what was refused; a bad pack stops no key."""
    refusals: list[Refusal] = []
    files = dict(before)
    with Refresh(before, road, now, scratch) as refresh:
        try:
            refresh.metadata()
        except Refusal as refusal:
            refusals.append(refusal)
        files |= refresh.verified() | refresh.passed()
        for name in () if refusals else names:
            try:
                files |= _taken(refresh, files, name, sound)
            except Refusal as refusal:
                refusals.append(refusal)
    return files, refusals


def _taken(refresh: Refresh, files: Mapping[str, bytes], name: str, sound: Sound) -> dict[str, bytes]:
    """One target and the metadata that names it, if the right people signed it and it can be lived by."""
    data = refresh.target(name, files.get(target_at(name)))
    if data is None:  # none was published yet
        return {}
    role = name.removesuffix(".json")
    if role not in SEATED:
        _refuse_other_county(refresh, statement_of(data), files.get(target_at(name)))
        return {target_at(name): data}
    statement = files.get(target_at(STATEMENT))
    if statement is None:  # it did not come, which is told: nobody sits yet who could have signed this
        return {}
    Seats(statement_of(statement)).require_seats(name, refresh.signers(role))
    refresh.refuse_more(role)
    if data != files.get(target_at(name)):
        sound(name, data)
    return {target_at(name): data, metadata_at(role): refresh.kept(role)}


def _refuse_other_county(refresh: Refresh, said: Statement, known: bytes | None) -> None:
    """The statement's seats are what is delegated to, and it is of the county this machine belongs to."""
    if refresh.targets.delegations != delegations_of(said):
        raise StatementWrong(why="委托的密钥与名册里的席位不一致")
    before = statement_of(known) if known else said
    if (said.county_code, said.origin_prefix) != (before.county_code, before.origin_prefix):
        raise StatementWrong(why="县代码或日志名称变了")


def _read(paths: Iterable[Path]) -> dict[str, bytes]:
    return {f"metadata/{path.name}": path.read_bytes() for path in paths}


class Refresh:
    """One run of python-tuf's client over files that came out of a store and go back into it."""

    def __init__(self, files: Mapping[str, bytes], road: TrustFiles, now: datetime, scratch: Path) -> None:
        """Raises NothingTrusted, TrustRefused."""
        self._scratch = tempfile.TemporaryDirectory(dir=scratch, prefix="trust-")
        self.folder = Path(self._scratch.name)
        root = files.get(metadata_at("root"))
        if root is None:
            self._scratch.cleanup()
            raise NothingTrusted
        for name, data in files.items():
            if name.startswith("metadata/") and name != metadata_at("root"):
                (self.folder / name.removeprefix("metadata/")).write_bytes(data)
        with _in_our_words():
            self.updater = Updater(
                str(self.folder),
                f"{_BASE}metadata/",
                str(self.folder),
                f"{_BASE}targets/",
                fetcher=_Fetcher(road),
                config=UpdaterConfig(
                    root_max_length=METADATA_LIMIT_BYTES,
                    snapshot_max_length=METADATA_LIMIT_BYTES,
                    targets_max_length=METADATA_LIMIT_BYTES,
                ),
                bootstrap=root,
            )
        # the library judges terms by the system's clock; a board without one has only the trusted clock
        self.updater._trusted_set.reference_time = now  # noqa: SLF001

    def __enter__(self) -> Self:
        """The scratch folder lives as long as the refresh."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing stays."""
        self._scratch.cleanup()

    def metadata(self) -> None:
        """All that the root signs; raises TrustExpired, TrustRefused and the carrier's refusals."""
        with _in_our_words():
            self.updater.refresh()

    def verified(self) -> dict[str, bytes]:
        """The metadata the library has verified, as far as it came, and what it was given."""
        return _read(self.folder.glob("*.json"))

    def passed(self) -> dict[str, bytes]:
        """Each root on the way to the newest, by its number: others start before it."""
        return _read(self.folder.glob("root_history/*.root.json"))

    def kept(self, role: str) -> bytes:
        """One role's metadata as it lies in the scratch folder."""
        return (self.folder / f"{quote(role, '')}.json").read_bytes()

    def target(self, name: str, known: bytes | None) -> bytes | None:
        """A target's bytes, fetched where `known` is another; None where the county has none."""
        role = name.removesuffix(".json")
        if role in SEATED and f"{role}.json" not in self._snapshot.meta:
            return None
        with _in_our_words(_ABOUT.get(name, "")):
            info = self.updater.get_targetinfo(name)
            if info is None:
                return None
            if info.length > TARGET_LIMIT_BYTES:
                raise TrustRefused(what=f"{name} 太大")
            if known is not None and _is(info, known):
                return known
            path = self.folder / "target"
            self.updater.download_target(info, str(path))
            return path.read_bytes()

    @property
    def _snapshot(self) -> Snapshot:
        return Metadata[Snapshot].from_bytes(self.kept("snapshot")).signed

    @property
    def targets(self) -> Targets:
        """The top-level targets."""
        return Metadata[Targets].from_bytes(self.kept("targets")).signed

    def refuse_more(self, role: str) -> None:
        """What both seats signed as a register must never count as a pack: raises TrustRefused."""
        below = Metadata[Targets].from_bytes(self.kept(role)).signed
        if {*below.targets} != {f"{role}.json"} or below.delegations:
            raise TrustRefused(what=f"{role}.json 里有别的内容")

    def signers(self, role: str) -> set[bytes]:
        """Public keys (32 bytes each) whose signatures under a seated role are good."""
        below = Metadata[Targets].from_bytes(self.kept(role))
        found = self.targets.get_verification_result(role, below.signed_bytes, below.signatures)
        return publics_of(found.signed.values())


def _is(info: TargetFile, known: bytes) -> bool:
    try:
        info.verify_length_and_hashes(known)
    except LengthOrHashMismatchError:
        return False
    return True


_WHY: Final[tuple[tuple[type[Exception], str], ...]] = (
    (UnsignedMetadataError, "签名不够"),
    (BadVersionNumberError, "版本比已知的旧，或前后对不上"),
    (LengthOrHashMismatchError, "内容与签名不符"),
    (DownloadLengthMismatchError, "文件太大"),
)


@contextmanager
def _in_our_words(about: str = "") -> Iterator[None]:
    """What python-tuf raises of a file, as our refusals; a carrier's refusal comes out as it went in."""
    try:
        yield
    except ExpiredMetadataError as e:
        raise TrustExpired(what=str(e).partition(" ")[0]) from e
    except DownloadHTTPError as e:
        raise TrustNotThere(name=str(e)) from e
    except (DownloadError, RepositoryError, ValueError) as e:
        if isinstance(e.__cause__, Refusal):
            raise e.__cause__ from e
        why = next((why for kind, why in _WHY if isinstance(e, kind)), "格式不对")
        raise TrustRefused(what=f"{about}{why}") from e


class _Fetcher(FetcherInterface):
    """python-tuf asks our carriers."""

    def __init__(self, road: TrustFiles) -> None:
        self._road = road

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = url.removeprefix(_BASE)
        limit = METADATA_LIMIT_BYTES if name.startswith("metadata/") else TARGET_LIMIT_BYTES
        try:
            yield self._road.trust(name, limit)
        except NotOnTheRoad as e:
            raise DownloadHTTPError(name, 404) from e
