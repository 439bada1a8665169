"""The hall where ceremonies are held: a county's folder, the keepers' sticks, and a step that was bent on its way."""

from __future__ import annotations

import json
import re

from click.testing import CliRunner

from kiosk_server.cli import county_command
from sync.county.county import open_county
from sync.log.keys import new_key, write_key
from sync.trust.repository import Repository
from tests.founding import PASSPHRASES
from tests.line.county_sim import VILLAGE, copied


class Hall:
    """A county's folder, the keepers' sticks, and whatever is typed."""

    def __init__(self, source, folder):
        self.county, self.folder = copied(source, folder / "county"), folder
        (folder / "secret").write_text(f"{PASSPHRASES['root']}\n", "utf-8")
        self.step = folder / "stick" / "step.json"

    def typed(self, *words):
        done = CliRunner().invoke(county_command, ["trust", *map(str, words)])
        return done.return_value if done.exception is None else done.exit_code, done.output

    def told(self, *words):
        code, output = self.typed(*words)
        assert code in {0, None, 1}, output
        return output

    def refused(self, *words):
        code, output = self.typed(*words)
        assert code == 2, output
        return re.search(r"（([a-z-]+)）\s*$", output.strip()).group(1)

    def make(self, *words):
        return self.told(*words, "--folder", self.county.folder, "--as", "li", "--out", self.step)

    def key(self, name, who="root"):
        """A key as its holder keeps it."""
        path = self.county.folder / ("roots" if who == "root" else "keys/seats") / f"{name}.key"
        return ["--key", path, "--passphrase-file", self.county.folder / "people" / who]

    def root(self, number, *, adopt=False):
        more = ["--folder", self.county.folder] if adopt else []
        return ["sign", self.step, *self.key(f"root{number}"), *more]

    def both(self):
        self.told(*self.root(2))
        return self.told(*self.root(3, adopt=True))

    def person(self, name):
        """A newcomer's key, made elsewhere; the public half travels."""
        key = new_key(f"{self.county.settings.origin_prefix}/{name}")
        seats = self.county.folder / "keys" / "seats"
        (seats / f"{name}.key").unlink(missing_ok=True)
        write_key(key, seats / f"{name}.key", "a passphrase of one's own")
        (self.county.folder / "people" / name).write_text("a passphrase of one's own\n")
        public = self.folder / f"{name}.pub"
        public.write_text(f"{key.verifier}\n")
        return public

    def sign_as(self, name):
        return self.told("sign", self.step, *self.key(name, name), "--folder", self.county.folder)

    @property
    def said(self):
        return Repository(self.county.feed).said

    def note(self):
        return open_county(self.county.folder).log(VILLAGE).note()


def bent(hall, change):
    step = json.loads(hall.step.read_bytes())
    change(step)
    hall.step.write_text(json.dumps(step))
