"""A village-year handed out against a plain copy of its bytes, on one file system, in one run.

Run: make bench ARGS=bench_export. The year has lists that were all printed (their papers lie in the vault)
and a case with scans; both sides write every file beside its name, flush it and rename it. What drawing
costs where nothing was printed is told beside it, without a target: it depends on the sheets alone.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from boards.model.kept.register import Act, Entry
from kiosk_server.archive.kept.register import Register
from kiosk_server.dossier.export import exported
from kiosk_server.dossier.moment import Asked, Holder
from kiosk_server.kiosk import open_kiosk, open_trust, open_vault
from kiosk_server.settings import read_settings
from sync.durable import durable
from tests.bench.figures import Figure
from tests.dossier.year_house import VILLAGE, YEAR, YearHouse, full_year

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET, SCAN_BYTES = 1.5, 15 << 20


class Out:
    """One kiosk that hands out its year."""

    def __init__(self, house: YearHouse) -> None:
        """Open as the command does."""
        self.settings = read_settings(house.settings)
        self.kiosk = open_kiosk(self.settings, lambda: datetime.now(UTC))
        self.register, self.vault = Register(house.data), open_vault(self.settings)
        self.as_of = datetime.fromisoformat(house.as_of)

    def close(self) -> None:
        """Let go of the press."""
        self.kiosk.close()

    def exports(self, into: Path) -> Path:
        """The whole year, once."""
        into.mkdir()
        holder = Holder(
            board=self.kiosk.board,
            pack=self.kiosk.pack,
            press=self.kiosk.press,
            trust=open_trust(self.kiosk),
            register=self.register,
            files=self.vault.read,
        )
        home = next(one for one in self.kiosk.pack.villages if one.code == VILLAGE)
        asked = Asked(home, YEAR, into, self.as_of, self.as_of)
        return asyncio.run(exported(holder, asked)).folder

    def keep(self, bag: Path) -> None:
        """As if all papers had been printed: into the vault, and into the register."""
        for pdf in (bag / "data").glob("[sn]*/*.pdf"):
            told = pdf.with_suffix(".json").read_text("utf-8")
            digest, data = told.partition('"digest":"')[2][:64], pdf.read_bytes()
            name = hashlib.sha256(data).hexdigest()
            self.vault.keep(name, pdf.name, data)
            line = Entry(
                at="2026-01-01T00:00:00Z", act=Act.PRINT, village=VILLAGE, digest=digest, sha256=name
            )
            self.register.write(line)


def copied(bag: Path, into: Path) -> None:
    """Every byte once more: read, written beside, flushed, renamed."""
    for path in sorted(path for path in bag.rglob("*") if path.is_file()):
        durable(into / path.relative_to(bag), path.read_bytes())


def took(act, *words) -> float:
    """Seconds on the wall: the disk is what both sides wait for."""
    began = time.perf_counter()
    act(*words)
    return time.perf_counter() - began


def figures() -> Iterator[Figure]:
    """Handing out against copying, with everything printed, and with nothing."""
    with tempfile.TemporaryDirectory() as own:
        folder = Path(own)
        house = YearHouse.founded(folder / "house", "", full_year)
        with closing(Out(house)) as out:
            out.exports(folder / "warm")
            shutil.rmtree(house.data / "press" / "pdf")
            drawn = took(out.exports, folder / "drawn")
            bag = next(path for path in (folder / "drawn").iterdir() if path.name.startswith(VILLAGE))
            out.keep(bag)
            pairs = [
                (took(out.exports, folder / f"{n}"), took(copied, bag, folder / f"c{n}")) for n in range(3)
            ]
            ours, plain = map(min, zip(*pairs, strict=True))
            octets = sum(path.stat().st_size for path in bag.rglob("*") if path.is_file())
            said = f"{ours * 1e3:.0f} ÷ {plain * 1e3:.0f} ms, {octets / 1e6:.0f} MB"
            yield Figure("a village-year ÷ a copy of its bytes", ours / plain, TARGET, said=said)
            yield Figure(
                "the same year where nothing was printed", drawn / plain, said=f"{drawn * 1e3:.0f} ms"
            )
