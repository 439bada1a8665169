"""A new programme goes from its template to a running kiosk with the next pull; a wrong pack comes back again."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from click.testing import CliRunner

from kiosk_server.cli import kiosk_command
from kiosk_server.kiosk import open_kiosk
from kiosk_server.settings import read_settings
from kiosk_server.web.app import web_app
from kiosk_server.web.logbook import Logbook
from tests.line.county_sim import VILLAGE, county, published, row
from tests.packs.pack_office import PackOffice
from tests.trust.trust_house import paired
from tests.web.conftest import at_leisure, served

pytestmark = pytest.mark.thorough

KIOSK = {"villages": [VILLAGE], "public_base_url": "https://disclosure.example", "minimum_free_mb": 0}


class Village:
    """A county's office, and a kiosk of one of its villages that is open all day."""

    def __init__(self, folder):
        where = county(folder / "county")
        published(where, [row(1)])
        self.office, self.toml = PackOffice(where), folder / "kiosk" / "kiosk.toml"
        lines = "".join(f"{name} = {msgspec.json.encode(value).decode()}\n" for name, value in KIOSK.items())
        paired(self.toml, f'{lines}[feed]\nfolder = "../county/feed"\n', where)

    def pulls(self):
        """`kiosk sync`."""
        done = CliRunner().invoke(kiosk_command, ["sync", "--settings", str(self.toml)])
        assert done.exit_code == 0, done.output


@pytest.fixture
def village(tmp_path, kept_fonts):
    kept_fonts(tmp_path / "kiosk" / "data" / "press")
    found = Village(tmp_path)
    found.pulls()
    return found


def _app(kiosk, port, log):
    """What `kiosk serve` runs."""
    book = Logbook(log, lambda: datetime.now(UTC))
    return web_app(kiosk, port, book, renewed=kiosk.renewed, ticks=at_leisure())


def test_a_new_programme_hangs_with_the_next_pull(village, tmp_path):
    """Adopted, filled in, proposed, reviewed, published: the board that is open shows it, with its guide."""
    office = village.office
    kiosk = open_kiosk(read_settings(village.toml), lambda: datetime.now(UTC))
    try:
        with (tmp_path / "log").open("w") as log, served(lambda port: _app(kiosk, port, log)) as site:

            def board():
                return site.get(f"/v/{VILLAGE}/programmes").body.decode()

            assert "高素质农民培育" not in board()
            office.acts("pack", "adopt", "training")
            filled = (
                "guide.standard=每人 500 元。",
                "guide.deadline=每年 9 月申报。",
                "guide.phone=0572-5000021",
            )
            office.edit("programme", "training", *filled)
            office.carried_through()
            assert "高素质农民培育" not in board()
            village.pulls()
            assert "高素质农民培育" in board()
            office.acts("pack", "back", "2025.1")
            office.carried_through("--version", "")
            village.pulls()
            assert "高素质农民培育" not in board()
    finally:
        kiosk.close()
