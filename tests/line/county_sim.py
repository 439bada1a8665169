"""A county in a folder, and a shelf in memory: the whole world the line's tests need."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from boards.model.payouts import Payout, PayStatus
from sync.carriers.folder import FolderSource
from sync.carriers.spool import Spool
from sync.county.publish import publisher
from sync.county.publish.batch import batch_toml
from sync.county.reading import Reading, Row, Verdict
from sync.events import letters
from sync.importer import Caught, catch_up
from sync.seams import Admitted, LogState
from tests.founding import found, opened

if TYPE_CHECKING:
    from sync.county.county import County

PACK = Path(__file__).parents[2] / "deploy" / "demo" / "pack"
NOW = datetime(2025, 11, 23, 1, 2, 3, tzinfo=UTC)
VILLAGE = "330590100201"
OTHER = "330590100202"
ADULT = "990523195803120019"
MINOR = "990523201506011236"
PAID_ON = date(2025, 9, 30)


class MemoryShelf:
    """A shelf that forgets when the test ends; `dies_after` stretches it breaks, as a power cut would."""

    def __init__(self, dies_after=-1):
        self.states, self.leaves, self.frozen, self.stretches, self.dies_after = {}, [], [], [], dies_after

    async def log_state(self, origin):
        return self.states.get(origin, LogState(origin))

    async def admit(self, village, stretch, now):
        taken = list(stretch)
        if self.dies_after == len(self.stretches):
            raise KeyboardInterrupt
        self.leaves += taken
        self.stretches.append(len(taken))
        self.states[stretch.reached.origin] = stretch.reached
        return Admitted(leaves=len(taken), rows=len(taken))

    async def sign_anew(self, origin, note):
        self.states[origin] = msgspec.structs.replace(self.states[origin], note=note)

    async def freeze(self, origin, notes, now):
        self.frozen.append((origin, notes))


def county(folder: Path) -> County:
    """A county founded anew with the demo's pack."""
    return found(folder, PACK, "", NOW)


def copied(original: County, folder: Path) -> County:
    """The same county with the same keys, going its own way from here."""
    shutil.copytree(original.folder, folder)
    return opened(folder)


def row(number: int, **values) -> Row:
    """One sound payee row of the village; `values` are of the row, or of the payout it carries."""
    beside = {"sheet": None, "row": number + 3, "village": VILLAGE, "status": PayStatus.PAID}
    payout = {
        "seq": 0,
        "group": "一组",
        "holder": "甲" + chr(0x4E00 + number),
        "quantity": Decimal("3.27"),
        "unit": "亩",
        "rate": Decimal("131.42"),
        "amount_fen": 42974 + number,
    }
    own = {name: values.pop(name) for name in values.keys() - {"payout"} if name in Row.__struct_fields__}
    payout = Payout(**(payout | {"status": PayStatus.APPLIED} | values))
    return Row(**(beside | own), payout=payout)


def reading(rows, **values) -> Reading:
    """A roster that was read without remarks, with its total."""
    rows = list(rows)
    plain = {
        "file": "名册.xlsx",
        "format": "xlsx",
        "verdict": Verdict.OK,
        "source_sha256": hashlib.sha256(repr(rows).encode()).hexdigest(),
        "declared_total_fen": sum(one.payout.amount_fen for one in rows),
    }
    return Reading(rows=tuple(rows), **(plain | values))


def batch(period="2025-01", **values):
    """A batch.toml; every period of the year is paid on a day of its own."""
    paid_on = PAID_ON + timedelta(days=int(period[-1]) - 1) if period[-1].isdigit() else PAID_ON
    plain = {"programme": '"farmland_fertility"', "fiscal_year": 2025, "period_no": f'"{period}"'}
    plain |= {"paid_on": paid_on.isoformat(), "phone": '"0572-5000012"'} | values
    return batch_toml("".join(f"{k} = {v}\n" for k, v in plain.items() if v is not None).encode())


def salts():
    """Salts that are the same in every run."""
    numbers = count()
    return lambda: letters(hashlib.sha256(str(next(numbers)).encode()).digest()[:16])


def published(where: County, rows, period="2025-01", salt=None, **values):
    """Propose, review, publish: a roster of this period."""
    file = hashlib.sha256(repr((rows, period)).encode()).hexdigest()
    read, toml = reading(rows, source_sha256=file), batch(period, **values)
    made = publisher.propose(where, read, toml, NOW, salt=salt or salts())
    publisher.review(where, made.id, NOW)
    publisher.publish(where, made.id, NOW)
    return made


async def caught_up(
    where: County, shelf, folder: Path, *, source=None, village=VILLAGE, trust=None
) -> Caught:
    """One pull of the village."""
    source = source or FolderSource(where.feed)
    return await catch_up(source, shelf, trust or where.trust(), Spool(folder / "spool"), village, NOW)
