"""A kiosk whose keeping is worked through its commands, and its board, on any day."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from io import StringIO

from click.testing import CliRunner

from kiosk_server.cli import kiosk_command
from kiosk_server.kiosk import open_kiosk, open_register, open_vault
from kiosk_server.settings import read_settings
from kiosk_server.web import app
from kiosk_server.web.logbook import Logbook
from tests.line.county_sim import VILLAGE
from tests.stories.test_story_erased import Kiosk
from tests.web.conftest import served

PAGES = (
    f"/v/{VILLAGE}",
    f"/v/{VILLAGE}/year",
    f"/v/{VILLAGE}/programmes",
    f"/v/{VILLAGE}/search",
    f"/v/{VILLAGE}/find",
    f"/v/{VILLAGE}/land",
    f"/v/{VILLAGE}/land/feed.atom",
    f"/v/{VILLAGE}/payouts/feed.atom",
    f"/v/{VILLAGE}/json/programmes",
    "/openapi.json",
    "/healthz",
)
"""What everybody reads without knowing a list's name."""


class Keeping(Kiosk):
    """A kiosk that somebody keeps records with; `day` is what its clock says."""

    day = None

    def __init__(self, *where):
        """It serves its own village alone."""
        super().__init__(*where)
        told = re.sub(r"villages = .*", f'villages = ["{VILLAGE}"]', self.file.read_text("utf-8"))
        self.file.write_text(told, "utf-8")
        self.settings = read_settings(self.file)

    def does(self, verb, *words):
        """Run a command; exit code and everything that was printed."""
        asked = [verb, "--settings", str(self.file), *map(str, words)]
        done = CliRunner().invoke(kiosk_command, asked)
        return done.exit_code, done.output

    def on(self, day, world):
        """From now on every command reads this clock."""
        self.day = day
        for verb in ("appraise", "backfill", "consult", "print"):
            world.setattr(f"kiosk_server.cli.kiosk.{verb}.clock", lambda: self.day)

    @property
    def register(self):
        return open_register(self.settings)

    @property
    def vault(self):
        return open_vault(self.settings)

    def acts(self, *acts):
        """Lines of the register, of these acts."""
        return [one for one in self.register.entries() if not acts or one.act in acts]

    @contextmanager
    def board(self):
        """The board behind both doors, by this clock."""

        def clock():
            return self.day

        with (
            closing(open_kiosk(self.settings, clock)) as kiosk,
            served(lambda port: app.web_app(kiosk, port, Logbook(StringIO(), clock))) as site,
        ):
            yield site
