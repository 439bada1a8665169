"""Run by test_archive_read_only in a mount namespace of its own: `python read_only_disk.py FOLDER PRINTS`.

FOLDER holds a kiosk, on a disk that is read-only from now on. Prints what happened, for the test to read.
"""

import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from kiosk_server.kiosk import open_kiosk
from kiosk_server.settings import read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.archive.damage import Place
from tests.line.county_sim import VILLAGE
from tests.web.conftest import served

THEN = datetime(2026, 11, 23, 4, tzinfo=UTC)


def main() -> None:
    """The board, then every command."""
    place = Place(Path(sys.argv[1]))
    with ExitStack() as opened:
        kiosk = opened.enter_context(
            closing(open_kiosk(read_settings(place.settings), lambda: THEN, waits=True))
        )
        log = Logbook(StringIO(), lambda: THEN)
        site = opened.enter_context(served(lambda port: web_app(kiosk, port, log)))
        got = site.get(f"/v/{VILLAGE}/payouts/330590-farmland_fertility-2025-02")
        page = got.body.decode()
        print("board", got.status, "甲一" in page, "存储盘写不进去了" in page)
        print("healthz", site.get("/healthz").body.decode().count('"disk":"read-only"'))
    for command, *more in (["sync"], ["verify"], ["rebuild"], ["print", "--into", sys.argv[2]], ["doctor"]):
        told = place.run(command, *more)
        print(told.said, file=sys.stderr)
        print(command, told.code, "disk-not-writable" in told.said, "程序出错" in told.said)


if __name__ == "__main__":
    main()
