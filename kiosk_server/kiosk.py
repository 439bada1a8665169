"""The one place where the parts of a kiosk are put together.

Three openings, because three processes live from them: the server (`open_kiosk`) never loads
what only an import needs (`open_archive`, `open_road`): Piccolo, cryptography, the carriers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.privacy.withheld import shown
from kiosk_server.archive.board import Board
from kiosk_server.archive.kept.register import Register
from kiosk_server.archive.kept.vault import EVENTS, VAULT, Vault
from kiosk_server.press.worker import Press
from sync.pack import read_pack

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from boards.model.pack import Pack
    from boards.model.place import Village
    from kiosk_server.archive.archive import Archive
    from kiosk_server.archive.engines.connection import Database
    from kiosk_server.archive.kept.events import KeptEvents
    from kiosk_server.desk.catch_up import Road
    from kiosk_server.desk.erasing import Places
    from kiosk_server.desk.keeping import Keeping
    from kiosk_server.settings import Settings
    from sync.seams import Feed

DATABASE_FILE = "archive.sqlite3"


class VillageNotInPack(Refusal):
    """kiosk.toml names a village the county pack does not list."""

    code = "village-not-in-pack"
    fault = Fault.PERSON
    sentence = "县级资料包里没有这个村：{village}。"
    advice = "请核对 kiosk.toml 里 villages 的 12 位代码，或换用县里最新的资料包。"


class VillageElsewhere(Refusal):
    """A village that another kiosk serves."""

    code = "village-elsewhere"
    fault = Fault.PERSON
    sentence = "这台一体机不管这个村：{village}。"
    advice = "请核对 --village；本机的村写在 kiosk.toml 的 villages 里。"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kiosk:
    """What the serving process stands on."""

    settings: Settings
    pack: Pack
    board: Board
    press: Press
    clock: Callable[[], datetime]

    def close(self) -> None:
        """Let go of the database and the press."""
        self.press.close()
        self.board.close()


def open_kiosk(settings: Settings, clock: Callable[[], datetime], *, waits: bool = False) -> Kiosk:
    """Open what is shown: pack, board and press. The database must be there, or the board `waits` for it."""
    pack = open_pack(settings)
    return Kiosk(
        settings=msgspec.structs.replace(settings, villages=villages_known(settings, pack)),
        pack=pack,
        board=Board(database(settings), pack.mask, waits=waits),
        press=open_press(settings, pack),
        clock=clock,
    )


def open_press(settings: Settings, pack: Pack | None = None) -> Press:
    """The press; its process starts with the first sheet or speech. The pack says how long lists hang."""
    fonts = settings.path(settings.fonts_dir) if settings.fonts_dir else None
    voice = settings.path(settings.voice_dir) if settings.voice_dir else None
    windows = {one.code: one.windows for one in pack.programmes} if pack else {}
    return Press(data(settings) / "press", fonts, settings.public_base_url, voice, windows)


def open_pack(settings: Settings) -> Pack:
    """The pinned county pack; raises VillageNotInPack where it lists no village of this kiosk."""
    pack = read_pack(settings.path(settings.pack.folder), settings.pack.sha256)
    if not villages_known(settings, pack):
        raise VillageNotInPack(village=settings.villages[0])
    return pack


def villages_known(settings: Settings, pack: Pack) -> tuple[str, ...]:
    """The villages of this kiosk that the pack lists: one it does not list stops no other."""
    known = {village.code for village in pack.villages}
    return tuple(village for village in settings.villages if village in known)


def village_here(kiosk: Kiosk, code: str) -> Village:
    """A village of this kiosk by its code, "" for its own; raises VillageElsewhere."""
    code = code or kiosk.settings.villages[0]
    found = next((one for one in kiosk.pack.villages if one.code == code), None)
    if found is None or code not in kiosk.settings.villages:
        raise VillageElsewhere(village=shown(code))
    return found


def villages_unknown(settings: Settings, pack: Pack) -> tuple[VillageNotInPack, ...]:
    """A refusal for each that the pack does not list."""
    known = villages_known(settings, pack)
    return tuple(VillageNotInPack(village=one) for one in settings.villages if one not in known)


def open_vault(settings: Settings) -> Vault:
    """Where files of notices are kept."""
    return Vault(data(settings) / VAULT, minimum_free_mb=settings.minimum_free_mb)


def open_events(settings: Settings) -> KeptEvents:
    """The county's events once more, as they were published."""
    from kiosk_server.archive.kept.events import KeptEvents  # noqa: PLC0415 - no page asks for them

    return KeptEvents(data(settings) / VAULT / EVENTS)


def open_register(settings: Settings) -> Register:
    """What this machine did, one line an act."""
    return Register(data(settings), database(settings))


def keeping(settings: Settings, *, suspect: bool = False) -> Keeping:
    """Where this machine keeps what it prints, and writes down what it does."""
    from kiosk_server.desk.keeping import Keeping  # noqa: PLC0415 - the server prints nothing for a wall

    return Keeping(open_vault(settings), open_register(settings), suspect)


def open_archive(settings: Settings, pack: Pack) -> Archive:
    """The archive for writing."""
    from kiosk_server.archive.archive import Archive  # noqa: PLC0415 - see the module's first lines

    kept = database(settings)
    book = None if isinstance(kept, Path) else data(settings) / "archive.arrivals"
    return Archive(kept, pack, minimum_free_mb=settings.minimum_free_mb, book=book)


def open_road(settings: Settings, archive: Archive) -> Road:
    """The line from the county to the archive."""
    from kiosk_server.desk.catch_up import Road  # noqa: PLC0415
    from sync.carriers.folder import FolderSource  # noqa: PLC0415
    from sync.carriers.spool import Spool  # noqa: PLC0415
    from sync.trust.seats import PinnedKeys  # noqa: PLC0415

    feed, spool = settings.feed, data(settings) / "spool"
    source: Feed
    if feed.folder:
        source = FolderSource(settings.path(feed.folder))
    else:
        from sync.carriers.http import HttpSource  # noqa: PLC0415

        source = HttpSource(
            feed.url,
            token=feed.token,
            timeout_s=feed.timeout_s,
            minimum_bytes_per_s=feed.minimum_bytes_per_s,
            memory=spool,
        )
    return Road(
        villages=villages_known(settings, archive.pack),
        source=source,
        shelf=archive,
        trust=PinnedKeys(feed.publisher_keys, feed.reviewer_keys, feed.origin_prefix),
        spool=Spool(spool, minimum_free_bytes=settings.minimum_free_mb << 20),
        kept=FolderSource(open_events(settings).folder),
        pull_s=feed.pull_s,
    )


def data(settings: Settings) -> Path:
    """Where everything of this kiosk lives."""
    return settings.path(settings.data_dir)


def places(settings: Settings) -> Places:
    """Where this kiosk keeps what it made; its service may write into the data folder only."""
    from kiosk_server.desk.erasing import Places  # noqa: PLC0415 - the server prints nothing into folders

    folder = data(settings)
    return Places(data=folder, prints=folder / "print", former=settings.path("print"))


def database(settings: Settings) -> Database:
    """Where the archive is: a file, or the PostgreSQL database that the settings name."""
    return settings.database or data(settings) / DATABASE_FILE
