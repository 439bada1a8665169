"""The county hands out a village's year: its own feed, taken in by the ordinary importer, then as a kiosk.

<county>/export/<village>/    the archive that is made for it, gone when it is done (0700: names lie in it)
"""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kiosk_server.archive.archive import Archive
from kiosk_server.archive.board import Board
from kiosk_server.archive.kept.register import Register
from kiosk_server.dossier.bag import ExportBusy
from kiosk_server.dossier.moment import Holder, VillageNotHeld
from kiosk_server.press.worker import Press
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.county.erasures import scratch
from sync.importer import catch_up
from sync.log.tiles import blob_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from boards.model.place import Village
    from sync.county.county import County


def village_of(county: County, code: str) -> Village:
    """The village; raises VillageNotHeld where the county does not list it, or published nothing for it."""
    found = next((one for one in county.pack.villages if one.code == code), None)
    if found is None or not county.log(code).note():
        raise VillageNotHeld(village=code)
    return found


def published_at(county: County, village: str) -> datetime:
    """When the newest checkpoint of a village was published here, in whole seconds."""
    at = (county.log(village).folder / "checkpoint").stat().st_mtime
    return datetime.fromtimestamp(int(at), UTC)


@asynccontextmanager
async def holder(county: County, village: str, base_url: str) -> AsyncIterator[Holder]:
    """What the county hands a year out from. Raises what the importer raises, and ExportBusy."""
    with scratch(county, village) as folder:
        if folder is None:
            raise ExportBusy(name=village)
        database, now = folder / "archive.sqlite3", published_at(county, village)
        async with Archive(database, county.pack, minimum_free_mb=0) as archive:
            spool = Spool(folder / "spool")
            await catch_up(FolderSource(county.feed), archive, county.trust(), spool, village, now)
        with (
            closing(Board(database, county.pack.mask)) as board,
            closing(Press(folder / "press", None, base_url)) as press,
        ):
            press.live_by(county.pack)
            yield Holder(
                board=board,
                pack=county.pack,
                press=press,
                trust=county.trust(),
                register=Register(county.folder),
                files=lambda sha256: _blob(county.log(village).folder / blob_name(sha256), sha256),
            )


def _blob(path: Path, sha256: str) -> bytes | None:
    """A file of a notice, believed by its digest alone."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None
