"""A county's office, and what its clerk and its reviewer type there."""

from __future__ import annotations

import json
import re
from contextlib import suppress

from click.testing import CliRunner

from boards.model.errors import Refusal
from kiosk_server.cli import county_command as commands
from sync.county.county import open_county
from sync.county.publish.parts import looked_at
from tests.founding import as_typed
from tests.line.county_sim import OTHER, VILLAGE

HEAD = "序号,村名,组别,户主姓名,补贴面积(亩),补贴标准(元/亩),补贴金额(元)"
ROWS = ("1,岭东村,一组,林一,2,10,20", "2,岭东村,一组,林二,3,10,30", "3,大岕口村,一组,林三,4,10,40")


class Office:
    """A county and what its clerk types."""

    def __init__(self, where, folder):
        self.county, self.folder, self.file = where, folder, "名册.csv"
        self.wrote(*ROWS)
        self.described()

    def wrote(self, *rows, title=""):
        """A roster of these rows, under a title."""
        total = sum(int(row.rpartition(",")[2]) for row in rows)
        lines = [*([title] if title else []), HEAD, *rows, f"合计,,,,,,{total}", ""]
        (self.folder / self.file).write_text("\n".join(lines))

    def described(self, period="2025-01", confirmed=(), **values):
        """A batch.toml, with a reason for each of these codes."""
        reasons = [f'[[confirmed]]\ncode = "{code}"\nreason = "核实过了"\n' for code in confirmed]
        plain = {
            "programme": '"rice"',
            "fiscal_year": 2025,
            "period_no": f'"{period}"',
            "paid_on": "2025-09-30",
        }
        text = "".join(f"{key} = {value}\n" for key, value in (plain | values).items())
        (self.folder / "batch.toml").write_text(text + "".join(reasons))

    def typed(self, *words):
        """Run a command of the county; exit code and what was printed. Who signs has looked at it."""
        if words[:2] == ("review", "--accept") and "--shown" not in words:
            with suppress(Refusal):
                words = (*words, "--shown", looked_at(open_county(self.county.folder), words[2]))
        done = CliRunner().invoke(commands, as_typed([*words, "--folder", self.county.folder]))
        return done.exit_code, done.output

    def proposes(self):
        return self.typed("propose", self.folder / self.file, "--batch", self.folder / "batch.toml")

    def proposed(self):
        """The id of a proposal just made."""
        code, told = self.proposes()
        assert code == 0, told
        return re.search(r"\S+$", told.strip())[0]

    def published(self):
        """The id of a list that everybody can read."""
        made = self.reviewed()
        code, told = self.typed("publish", made)
        assert code == 0, told
        return made

    def asked(self):
        """What a person must say a reason for; nothing is proposed."""
        known = len([*self.county.proposals.iterdir()])
        code, told = self.proposes()
        assert (code, len([*self.county.proposals.iterdir()])) == (1, known), told
        return told

    def reviewed(self):
        """The id of a proposal that is signed."""
        made = self.proposed()
        assert self.typed("review", "--accept", made)[0] == 0
        return made

    def kept(self, made):
        return self.county.proposals / made / "proposal.json"

    def rewritten(self, made, **values):
        """A proposal changed behind everybody's back."""
        told = json.loads(self.kept(made).read_bytes()) | values
        self.kept(made).write_text(json.dumps(told, ensure_ascii=False))

    def refused(self, *words):
        """The code of a refusal; nothing may have been published."""
        exit_code, told = self.typed(*words)
        assert exit_code == 2, told
        assert all(self.county.log(village).note() == b"" for village in (VILLAGE, OTHER))
        return re.findall(r"（([a-z-]+)）", told)[-1]
