"""kiosk.toml as one frozen Struct; unknown keys are refused with the line that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from boards.model.place import VillageCode

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the county's logs come from and whose signatures count."""

    url: str = ""  # https://…/  (exactly one of url and folder)
    folder: str = ""
    origin_prefix: str  # origin of a village's log = prefix + "/v/" + village code
    publisher_keys: tuple[str, ...]  # signed-note verifier keys: name+hash+base64
    reviewer_keys: tuple[str, ...]
    token: str = ""
    timeout_s: float = 20.0
    minimum_bytes_per_s: int = 1024


class PackPin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The county pack on this machine, and the hash it must have."""

    folder: str
    sha256: Sha256


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The two doors."""

    kiosk_host: str = "127.0.0.1"
    kiosk_port: int = 8080
    lan_host: str = ""  # "" keeps the LAN door shut
    lan_port: int = 8081
    landscape: bool = False
    cache_bytes: int = 16 << 20
    graceful_shutdown_s: int = 3


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kiosk. Paths are relative to the folder of kiosk.toml."""

    villages: tuple[VillageCode, ...]  # the first is this kiosk's own village
    data_dir: str = "data"
    public_base_url: str  # printed in QR codes: the county's site or relay, never a LAN address
    fonts_dir: str = ""  # extra font folder (site fonts, or fonts unpacked without root)
    languages: tuple[str, ...] = ("zh_CN", "en")
    minimum_free_mb: int = 200
    feed: Feed
    pack: PackPin
    web: Web = Web()
    home: Annotated[str, msgspec.Meta(description="folder of kiosk.toml; filled in by the reader")] = ""

    def path(self, name: str) -> Path:
        """A path of the settings, absolute."""
        return Path(self.home) / name
