"""What this machine trusts, kept a second time beside the events, in the layout of the county's own feed.

<data>/vault/events/trust/metadata/<N>.root.json, <N>.targets.json, targets/<sha256>.trust.json   ever trusted
                    trust/metadata/timestamp.json, <N>.snapshot.json; pack, register              the newest
                    trust/of-one-kiosk                for whoever reads it: other villages' logs are not here

With it the folder is a feed to go on from: a county whose machine and site are both lost comes back from its
kiosks (backups §4). It adds no trust; whoever reads it holds everything to the roots again.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from kiosk_server.archive.kept.vault import digest_of, lasting, own, put, unlike
from sync.durable import settled
from sync.trust_layout import (
    FOLDER,
    OF_ONE_KIOSK,
    ROLES,
    SEATED,
    STATEMENT,
    TARGETS,
    metadata_at,
    target_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kiosk_server.archive.kept.vault import Amiss

_TIMESTAMP = metadata_at("timestamp")
_PASSING = re.compile(
    rf"metadata/[1-9]\d{{0,8}}\.(?:snapshot|{'|'.join(SEATED)})\.json"
    rf"|targets/[0-9a-f]{{64}}\.(?:{'|'.join(SEATED)})\.json",
    re.ASCII,
)
"""What gives way to a newer one."""
_LASTING = re.compile(r"metadata/([1-9]\d{0,8})\.(root|targets)\.json", re.ASCII)
_STATED = re.compile(rf"targets/([0-9a-f]{{64}})\.{re.escape(STATEMENT)}", re.ASCII)


class _Signed(msgspec.Struct):
    version: int
    type: str = msgspec.field(name="_type")


class _Metadata(msgspec.Struct):
    signed: _Signed


class KeptTrust:
    """`trust/` beside the events of all villages of this machine."""

    def __init__(self, events: Path) -> None:
        """The folder is made with the first files."""
        self.folder = events / FOLDER

    def keep(self, files: Mapping[str, bytes]) -> dict[str, Amiss]:
        """Write what is trusted now; what had been kept, and was missing or changed. Raises NotKept."""
        if _TIMESTAMP not in files:
            return {}
        behind, said = self._behind(files), _as_published(files)
        with lasting():
            found = {
                name: fault for name, data in said.items() if (fault := unlike(self.folder / name, data))
            }
            for name in found:
                put(self.folder / name, said[name])
            for folder in {(self.folder / name).parent for name in found}:
                settled(folder)
            for name, path in self._here():
                if name not in said and (_passes(name, files) or name.endswith(".new")):
                    path.unlink(missing_ok=True)
        return {} if behind else found

    def strange(self, files: Mapping[str, bytes]) -> Iterator[Path]:
        """What lies here and was never trusted, as far as that can be seen of it."""
        said = _as_published(files)
        for name, path in self._here():
            if name not in said and not _once_trusted(name, path):
                yield path

    def _here(self) -> list[tuple[str, Path]]:
        found = (path for path in sorted(self.folder.rglob("*")) if path.is_symlink() or not path.is_dir())
        return [(path.relative_to(self.folder).as_posix(), path) for path in found]

    def _behind(self, files: Mapping[str, bytes]) -> bool:
        """Whether nothing was kept yet, or an older state: a pull has come and not written it down here."""
        try:
            with own(self.folder / _TIMESTAMP) as kept:
                old = _signed(kept.read())
        except FileNotFoundError:
            return not self.folder.exists()
        except (OSError, msgspec.MsgspecError):
            return False
        new = _signed(files[_TIMESTAMP])
        return old.type == new.type and old.version < new.version


def _as_published(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """By the names of the feed; the timestamp, which names all others, comes last."""
    said = {OF_ONE_KIOSK: b"The logs of one kiosk's villages.\n"}
    said |= {name: data for name, data in files.items() if _LASTING.fullmatch(name)}  # roots that were passed
    for target in TARGETS:
        if (data := files.get(target_at(target))) is not None:
            said[f"targets/{sha256(data).hexdigest()}.{target}"] = data
    for role in ROLES:
        if role != "timestamp" and (data := files.get(metadata_at(role))) is not None:
            said[f"metadata/{_version(data)}.{role}.json"] = data
    return said | ({_TIMESTAMP: files[_TIMESTAMP]} if _TIMESTAMP in files else {})


def _passes(name: str, files: Mapping[str, bytes]) -> bool:
    """What a newer one replaced; a root or statement after today's is of the trust there was before this one.

    A machine that was paired again with another root would lead its reader from the new one into the old.
    """
    if lasts := _LASTING.fullmatch(name):
        now = files.get(metadata_at(lasts[2]))
        return now is not None and int(lasts[1]) > _version(now)
    return bool(_PASSING.fullmatch(name))


def _once_trusted(name: str, path: Path) -> bool:
    """An earlier root or statement, which is what its name says."""
    if stated := _STATED.fullmatch(name):
        return digest_of(path) == stated[1]
    lasts = _LASTING.fullmatch(name)
    try:
        with own(path) as file:
            return lasts is not None and _version(file.read()) == int(lasts[1])
    except (OSError, msgspec.MsgspecError):
        return False


def _version(metadata: bytes) -> int:
    return _signed(metadata).version


def _signed(metadata: bytes) -> _Signed:
    try:
        return msgspec.json.decode(metadata, type=_Metadata).signed
    except RecursionError as e:  # somebody nested it
        raise msgspec.DecodeError from e
