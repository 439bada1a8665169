"""A county whose pack is edited, proposed, reviewed and published at the command line, and a kiosk that learns."""

import re

import anyio
from click.testing import CliRunner

from kiosk_server.cli import county_command
from sync.carriers.folder import FolderSource
from sync.county.county import open_county
from sync.pack import pack_of
from sync.trust.client import learn
from sync.trust_layout import PACK, metadata_at, target_at
from tests.founding import CLERK, REVIEWER, opened, passphrase_file
from tests.line.county_sim import NOW
from tests.trust.trust_house import MemoryStore


class PackOffice:
    """What people type, and what came of it; `code` is how the last command ended."""

    def __init__(self, county):
        self.folder, self.pack, self.code = county.folder, county.folder / "pack", None

    @property
    def county(self):
        """The folder opened anew, with both its persons at work."""
        return opened(self.folder)

    def typed(self, *words):
        """A command of the county; what it printed."""
        done = CliRunner().invoke(county_command, [*map(str, words), "--folder", str(self.folder)])
        self.code = done.exit_code
        return done.output

    def acts(self, *words):
        """One of the clerk's that signs nothing."""
        return self.typed(*words, "--as", CLERK)

    def edit(self, *words):
        """A small act on the working copy."""
        return self.acts("pack", "edit", *words)

    def proposes(self, *words):
        """The working copy is put forward; the proposal's id, "" where it was refused."""
        told = self.acts("pack", "propose", *(words or ("--version", "auto")))
        found = re.search(r"review --folder \S+ (\S+)", told)
        return found[1] if found else told

    def reviews(self, made):
        """Look, then sign what was shown."""
        shown = re.search(r"--shown (\S+)", self.typed("review", made))[1]
        return self._signs(REVIEWER, "review", "--accept", made, "--shown", shown)

    def publishes(self, made):
        """Let everybody have it."""
        return self._signs(CLERK, "publish", made)

    def _signs(self, who, *words):
        return self.typed(*words, "--as", who, "--passphrase-file", passphrase_file(self.folder, who))

    def carried_through(self, *words):
        """From the working copy to the line."""
        made = self.proposes(*words)
        assert self.code == 0, made
        assert (self.reviews(made), self.code)[1] == 0
        assert (self.publishes(made), self.code)[1] == 0
        return made

    def learned(self, tmp_path):
        """The pack a kiosk of this county has after its next pull."""
        feed = open_county(self.folder).feed
        tmp_path.mkdir()
        root = (feed / "trust/metadata/1.root.json").read_bytes()
        store = MemoryStore({metadata_at("root"): root})

        async def pull():
            found = await learn(FolderSource(feed), store, NOW, tmp_path, lambda *_: None)
            assert found.refusals == ()
            return pack_of(found.files[target_at(PACK)])

        return anyio.run(pull)
