"""kiosk.toml as one frozen Struct; unknown keys are refused with the line that is wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.place import VillageCode
from sync.handwritten.toml import line_of, places
from sync.own_name import own_name

KIOSK_HOST = "127.0.0.1"
NO_LONGER = {("web", "kiosk_host")}
"""Settings of earlier releases; a file that has one with the value that is fixed now stays good."""

PAIRED_SINCE = {("pack",), ("feed", "origin_prefix"), ("feed", "publisher_keys"), ("feed", "reviewer_keys")}
"""What a kiosk learns of its county now, from the root it was paired with."""

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Feed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the county's logs come from; whose signatures count, the root of trust says."""

    url: str = ""  # https://…/  (exactly one of url and folder)
    folder: str = ""
    token: str = ""
    timeout_s: float = 20.0
    minimum_bytes_per_s: int = 1024
    pull_s: float = 1800.0  # one pull of all villages, and once more for the files of notices


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The two doors. The kiosk's own is on this machine only, at KIOSK_HOST."""

    kiosk_port: Port = 8080
    lan_host: str = ""  # "" keeps the LAN door shut
    lan_port: Port = 8081
    lan_url: str = ""  # how phones reach the LAN door, e.g. http://192.168.1.20:8081; "" makes it of lan_host
    landscape: bool = False
    base_px: int = 0  # text size the board was calibrated to at /setup; 0: by the screen's short side
    cache_bytes: int = 4 << 20  # some 800 pages: all lists of a village and more
    graceful_shutdown_s: int = 3


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kiosk. Paths are relative to the folder of kiosk.toml."""

    villages: tuple[VillageCode, ...]  # the first is this kiosk's own village
    data_dir: str = "data"
    root: str = "root.json"  # the county's root of trust this kiosk was paired with
    database: str = ""  # postgresql://… for a county; "" keeps the archive in a file of data_dir
    public_base_url: str  # printed in QR codes: the county's site or relay, never a LAN address
    fonts_dir: str = ""  # extra font folder (site fonts, or fonts unpacked without root)
    voice_dir: str = ""  # recordings of the county or the operator, played before any synthesised speech
    languages: tuple[str, ...] = ("zh_CN", "en")
    minimum_free_mb: int = 200
    feed: Feed
    web: Web = Web()
    home: Annotated[str, msgspec.Meta(description="folder of kiosk.toml; filled in by the reader")] = ""

    def path(self, name: str) -> Path:
        """A path of the settings, absolute."""
        return Path(self.home) / name


class SettingsMissing(Refusal):
    """There is no kiosk.toml at the given place."""

    code = "settings-missing"
    fault = Fault.PERSON
    sentence = "找不到设置文件 {name}。"
    advice = "请用 --settings 指明 kiosk.toml 的位置，或从 deploy/kiosk.toml 复制一份。"


class SettingsUnreadable(Refusal):
    """kiosk.toml cannot be read, or is not TOML."""

    code = "settings-unreadable"
    fault = Fault.PERSON
    sentence = "设置文件 {name} 读不懂（{why}）。"
    advice = "请改正这一处后重试；其余设置未动。"


class SettingUnknown(Refusal):
    """kiosk.toml has a key we do not know: most often a slip of the pen."""

    code = "setting-unknown"
    fault = Fault.PERSON
    sentence = "设置文件 {name} 第 {line} 行：没有“{key}”这一项。"
    advice = "请检查拼写；可用的项目见 deploy/kiosk.toml。"


class SettingNoLonger(Refusal):
    """kiosk.toml has a key that an earlier release knew, with a value that cannot be had any more."""

    code = "setting-no-longer"
    fault = Fault.PERSON
    sentence = "设置文件 {name} 第 {line} 行：“{key}”现在不需要了。"
    advice = "请删去这一行；现在只有一个值，不用再填。"


class NotPairedYet(Refusal):
    """kiosk.toml is of a release that had keys and pack pinned by hand."""

    code = "not-paired-yet"
    fault = Fault.PERSON
    sentence = "设置文件 {name} 第 {line} 行：“{key}”不用手填了，现在由县里的配对文件带来。"
    advice = "请向县里要配对文件，运行 kiosk pair 文件名；其余设置和数据都保留。"


class SettingWrong(Refusal):
    """A key of kiosk.toml is missing or holds what it cannot hold."""

    code = "setting-wrong"
    fault = Fault.PERSON
    sentence = "设置文件 {name} 第 {line} 行：“{key}”填得不对（{why}）。"
    advice = "请对照 deploy/kiosk.toml 改正后重试。"


def read_settings(path: Path) -> Settings:
    """Read kiosk.toml; every key is known, every value has its type, exactly one feed is named."""
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError as e:
        raise SettingsMissing(name=own_name(path)) from e
    except OSError as e:
        raise SettingsUnreadable(name=own_name(path), why=e.strerror) from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise SettingsUnreadable(name=path.name, why=str(e)) from e
    if isinstance(web := table.get("web"), dict) and web.get("kiosk_host") == KIOSK_HOST:
        del web["kiosk_host"]
    _refuse_unknown(table, Settings, (), path.name, text)
    try:
        settings = msgspec.convert({**table, "home": str(path.parent.resolve())}, Settings)
    except msgspec.ValidationError as e:
        # msgspec says `Expected `int`, got `str` - at `$.web.lan_port``: keep the place, say the line
        why, _, place = str(e).partition(" - at `$")
        keys = [key for key in re.split(r"[.\[\]`]+", place) if key and not key.isdigit() and key != "..."]
        keys += re.findall(r"required field `(\w+)`", why)
        line = _line_of(text, tuple(keys))
        raise SettingWrong(name=path.name, line=line, key=".".join(keys), why=why) from e
    _sound(settings, path.name, text)
    return settings


def _refuse_unknown(
    table: dict[str, object], kind: type[msgspec.Struct], above: tuple[str, ...], name: str, text: str
) -> None:
    known = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        here = (*above, key)
        if here in PAIRED_SINCE:
            raise NotPairedYet(name=name, line=_line_of(text, here), key=".".join(here))
        if here in NO_LONGER:
            raise SettingNoLonger(name=name, line=_line_of(text, here), key=".".join(here))
        if key not in known or here == ("home",):
            raise SettingUnknown(name=name, line=_line_of(text, here), key=".".join(here))
        below = known[key]
        if isinstance(value, dict) and isinstance(below, type) and issubclass(below, msgspec.Struct):
            _refuse_unknown(value, below, here, name, text)


def _sound(settings: Settings, name: str, text: str) -> None:
    """What one value alone cannot say."""
    feed, scheme = settings.feed, urlsplit(settings.public_base_url).scheme
    for wrong, place, key, why in (
        (bool(feed.url) == bool(feed.folder), "feed", "feed.url", "url 与 folder 必须且只能填一个"),
        (
            bool(settings.database) and urlsplit(settings.database).scheme != "postgresql",
            "database",
            "database",
            "应为 postgresql:// 开头的地址，或留空",
        ),
        (not settings.villages, "villages", "villages", "至少要有一个村"),
        (scheme not in {"http", "https"}, "public_base_url", "public_base_url", "应为 https:// 开头的网址"),
    ):
        if wrong:
            raise SettingWrong(name=name, line=_line_of(text, (place,)), key=key, why=why)


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    return line_of(places(text.split("\n")), keys)
