"""The one place where the parts of a kiosk are put together.

Three openings, because three processes live from them: the server (`open_kiosk`) never loads
what only an import needs (`open_archive`, `open_road`): Piccolo, cryptography, the carriers.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.pack import MaskPolicy
from boards.model.privacy.withheld import shown
from kiosk_server.archive.board import Board
from kiosk_server.archive.engines.troubles import ArchiveDamaged, ArchiveMissing, named
from kiosk_server.archive.kept.vault import EVENTS, VAULT, Vault
from kiosk_server.archive.trust_files import PACK_FILES
from kiosk_server.desk.adopted import NO_PACK, NothingFromCounty, pack_in, pack_lived_by, stored_pack
from kiosk_server.press.worker import Press
from sync.trust_layout import STATEMENT, target_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from boards.model.pack import Pack
    from boards.model.place import Village
    from kiosk_server.archive.archive import Archive
    from kiosk_server.archive.engines.connection import Database
    from kiosk_server.archive.kept.events import KeptEvents
    from kiosk_server.archive.kept.register import Register
    from kiosk_server.desk.catch_up import Road
    from kiosk_server.desk.erasing import Places
    from kiosk_server.desk.keeping import Keeping
    from kiosk_server.settings import Settings
    from sync.seams import Feed
    from sync.trust.seats import Seats

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


@dataclass(kw_only=True, slots=True)
class Kiosk:
    """What the serving process stands on. The pack is the one that was adopted last (`renewed`)."""

    settings: Settings
    pack: Pack
    board: Board
    press: Press
    clock: Callable[[], datetime]
    asked: tuple[str, ...] = ()  # all villages of kiosk.toml; `settings` has those that the pack lists
    made_of: tuple[bytes | None, ...] = (None, None)  # the files that the pack was read from

    def renewed(self) -> bool:
        """Whether another pack was adopted since; this kiosk lives by it from now on, all of it at once.

        A pack that somebody bent is not taken: raises ArchiveDamaged where there is none to go on with.
        """
        files = self.board.trusted()
        made_of = tuple(map(files.get, PACK_FILES))
        if made_of == self.made_of:
            return False
        pack = pack_lived_by(files) or (pack_in(files) if self.pack is NO_PACK else NO_PACK)
        if pack is NO_PACK:
            return False
        asked = msgspec.structs.replace(self.settings, villages=self.asked or self.settings.villages)
        if not (known := villages_known(asked, pack)):
            return False
        self.pack, self.made_of = pack, made_of
        self.settings = msgspec.structs.replace(asked, villages=known)
        self.board.masked_by(pack.mask)
        self.press.live_by(pack)
        return True

    def close(self) -> None:
        """Let go of the database and the press."""
        self.press.close()
        self.board.close()


def open_kiosk(settings: Settings, clock: Callable[[], datetime], *, waits: bool = False) -> Kiosk:
    """Open what is shown: pack, board and press.

    The database and the county's pack must be there (raises NothingFromCounty, VillageNotInPack), or the
    board `waits` for them.
    """
    board = Board(database(settings), MaskPolicy(version=""), waits=waits)
    kiosk = Kiosk(
        settings=settings,
        pack=NO_PACK,
        board=board,
        press=open_press(settings),
        clock=clock,
        asked=settings.villages,
    )
    try:
        _begin(kiosk, waits=waits)
    except BaseException:
        kiosk.close()
        raise
    return kiosk


def _begin(kiosk: Kiosk, *, waits: bool) -> None:
    """Live by the pack that is there; a board that waits goes without one, and without an archive."""
    try:
        if kiosk.renewed():
            return
    except Exception as error:
        if waits and (isinstance(error, Refusal) or named(error)):
            return
        raise
    if pack_lived_by(kiosk.board.trusted()):
        raise VillageNotInPack(village=kiosk.settings.villages[0])
    if not waits:
        raise NothingFromCounty


def open_press(settings: Settings) -> Press:
    """The press; its process starts with the first sheet or speech."""
    fonts = settings.path(settings.fonts_dir) if settings.fonts_dir else None
    voice = settings.path(settings.voice_dir) if settings.voice_dir else None
    return Press(data(settings) / "press", fonts, settings.public_base_url, voice)


def open_pack(settings: Settings) -> Pack:
    """The county's pack adopted last.

    Raises VillageNotInPack where it lists no village of this kiosk, NothingFromCounty where none came, and
    what ails the archive.
    """
    pack = stored_pack(database(settings))
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
    from kiosk_server.archive.kept.register import Register  # noqa: PLC0415 - the server writes none

    return Register(data(settings), database(settings))


def keeping(settings: Settings, *, suspect: bool = False) -> Keeping:
    """Where this machine keeps what it prints, and writes down what it does."""
    from kiosk_server.desk.keeping import Keeping  # noqa: PLC0415 - the server prints nothing for a wall

    return Keeping(open_vault(settings), open_register(settings), suspect)


def open_trust(kiosk: Kiosk) -> Seats:
    """Who may sign the county's logs, as the root of trust said last; raises NothingTrusted."""
    from sync.trust.seats import Seats  # noqa: PLC0415 - no page asks for it, and cryptography comes with it
    from sync.trust.statement import statement_of  # noqa: PLC0415

    said = kiosk.board.trusted().get(target_at(STATEMENT))
    if said is None:
        raise NothingFromCounty
    return Seats(statement_of(said))


def open_archive(settings: Settings) -> Archive:
    """The archive for writing, with the pack it lives by."""
    from kiosk_server.archive.archive import Archive  # noqa: PLC0415 - see the module's first lines

    kept = database(settings)
    book = None if isinstance(kept, Path) else data(settings) / "archive.arrivals"
    pack = NO_PACK
    with suppress(NothingFromCounty, ArchiveMissing, ArchiveDamaged):  # it comes with the next pull
        pack = stored_pack(kept)
    return Archive(kept, pack, minimum_free_mb=settings.minimum_free_mb, book=book)


def open_road(settings: Settings, archive: Archive) -> Road:
    """The line from the county to the archive."""
    from kiosk_server.desk.catch_up import Pairing, Road  # noqa: PLC0415
    from kiosk_server.desk.trusting import Nobody  # noqa: PLC0415
    from sync.carriers.folder import FolderSource  # noqa: PLC0415
    from sync.carriers.spool import Spool  # noqa: PLC0415

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
        trust=Nobody(),
        spool=Spool(spool, minimum_free_bytes=settings.minimum_free_mb << 20),
        kept=FolderSource(open_events(settings).folder),
        pairing=Pairing(root=settings.path(settings.root), villages=settings.villages, data=data(settings)),
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
