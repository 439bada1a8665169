"""Builders: payouts become the leaves of a village's log, as the importer would hand them over (unsigned)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from boards.model.pack import Guide, MaskPolicy, Pack, Programme
from boards.model.payouts import BatchClose, LeftOut, Payout, Phase, Terms
from boards.model.place import Village
from kiosk_server.archive.engines.connection import reader
from kiosk_server.archive.keys import TABLES
from kiosk_server.archive.statements import WHOLE_TABLE
from sync.log.tree import extended, leaf_hash
from sync.seams import Leaf, LogState
from sync.wire import (
    CloseBody,
    CorrectBody,
    EraseBody,
    Head,
    Kind,
    PublishBody,
    Reason,
    WithdrawBody,
    YearBody,
    body_digest,
    canonical,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from boards.model.kept.annual import Annual

CODE = "330590101203"
ORIGIN = f"disclosure.example/330590/v/{CODE}"
NOW = datetime(2025, 11, 22, 2, 0, tzinfo=UTC)
SALT = "abcdefghijklmnopabcdefghijklmnop"
REASON = Reason(code="county", text="面积登记有误")
MASK = MaskPolicy(version="2025-1")


def programme(code: str, name: str, **more) -> Programme:
    return Programme(
        code=code, name=name, department="县农业农村局", guide=Guide(who="农户", standard="按亩"), **more
    )


PACK = Pack(
    version="2025-1",
    county_code="330590",
    county="苕安县",
    supervision_phone="0572-5000000",
    mask=MASK,
    villages=(
        Village(code=CODE, name="岭东村", town="梅坞镇", county="苕安县"),
        Village(code="330590101204", name="岭西村", town="梅坞镇", county="苕安县"),
    ),
    programmes=(
        programme("farmland_fertility", "耕地地力保护补贴"),
        programme("machinery", "农机购置与应用补贴", unit="台", kind="item"),
        programme("disability_living", "残疾人两项补贴", unit="人", kind="person", sensitive=True),
        programme("in_kind", "良种补贴", unit="kg", kind="in_kind"),
    ),
    digest="0" * 64,
)


def mark(number: int) -> str:
    """A county's keyed hash: letters a-p."""
    return f"{number:032x}".translate(str.maketrans("0123456789abcdef", "abcdefghijklmnop"))


def payout(seq: int, holder: str = "林秋实", **more) -> Payout:
    """One household's share: 3.27 mu at 124.9788302 unless said otherwise."""
    return Payout(
        **{
            "seq": seq,
            "holder": holder,
            "household": mark(seq),
            "group": "一组",
            "quantity": Decimal("3.27"),
            "unit": "亩",
            "rate": Decimal("124.9788302"),
            "amount_fen": 40868,
        }
        | more
    )


def terms(village: str = CODE, **more) -> Terms:
    return Terms(
        **{
            "village": village,
            "programme": "farmland_fertility",
            "programme_name": "耕地地力保护补贴",
            "phase": Phase.PAYMENT,
            "fiscal_year": 2025,
            "period_no": "2025-01",
            "paid_on": date(2025, 11, 20),
        }
        | more
    )


@dataclasses.dataclass
class Stretched:
    """Leaves in order, and where the log is after the last."""

    leaves: list[Leaf]
    reached: LogState

    def __iter__(self):
        return iter(self.leaves)


class County:
    """One village's log being written. `since` begins the next stretch, `stretch` ends it."""

    def __init__(self, village: str = CODE, origin: str = ORIGIN) -> None:
        self.village = village
        self.state = LogState(origin)
        self.leaves: list[Leaf] = []
        self._new: list[Leaf] = []
        self._revisions: dict[str, int] = {}
        self._lists: dict[str, dict[str, Payout]] = {}

    def event(self, kind: str, rec: str, batch: str, body, *, trouble: str = "", **head) -> int:
        """Append any event; its index."""
        raw = body if isinstance(body, bytes) else canonical(body)
        rev = self._revisions[rec] = self._revisions.get(rec, 0) + 1
        made = Head(
            **{
                "v": 1,
                "kind": kind,
                "rec": rec,
                "rev": rev,
                "batch": batch,
                "issued": "2025-11-21T08:00:00Z",
                "body": body_digest(raw),
            }
            | head
        )
        index = len(self.leaves)
        leaf = Leaf(index, canonical(made), None if trouble else raw, trouble)
        self.leaves.append(leaf)
        self._new.append(leaf)
        return index

    def publish(self, batch: str, *payouts: Payout, salt: str = SALT, **more) -> list[int]:
        """Publish rows."""
        indexes = []
        for row in payouts:
            rec = f"{batch}-{row.seq:04d}"
            self._lists.setdefault(batch, {})[rec] = row
            body = PublishBody(payout=row, salt=salt)
            indexes.append(self.event(Kind.PUBLISH, rec, batch, body, amount_fen=row.amount_fen, **more))
        return indexes

    def correct(self, batch: str, row: Payout, **more) -> int:
        """Correct the row of the same number."""
        rec = f"{batch}-{row.seq:04d}"
        self._lists[batch][rec] = row
        body = CorrectBody(payout=row, reason=REASON, salt=SALT)
        return self.event(Kind.CORRECT, rec, batch, body, amount_fen=row.amount_fen, **more)

    def withdraw(self, batch: str, seq: int | None) -> int:
        """Take back one row, or the whole batch."""
        rec = f"{batch}-close" if seq is None else f"{batch}-{seq:04d}"
        self._lists[batch].pop(rec, None)
        return self.event(Kind.WITHDRAW, rec, batch, WithdrawBody(reason=REASON, salt=SALT))

    def erase(self, batch: str, *indexes: int) -> int:
        """Erase bodies."""
        body = EraseBody(indexes=indexes, reason=REASON, salt=SALT)
        return self.event(Kind.ERASE, f"{batch}-erase", batch, body)

    def close(self, batch: str, *, edition: int = 1, left_out: tuple[LeftOut, ...] = (), **more) -> int:
        """Close the batch with the county's true figures, or with `more` of them wrong."""
        rows = tuple(self._lists.get(batch, {}).values())
        about = more.pop("terms", None) or terms(self.village)
        total = sum(row.amount_fen for row in rows)
        figures = {
            "terms": about,
            "edition": edition,
            "start": 0,
            "stop": len(self.leaves),
            "count": len(rows),
            "households": len({row.household or (row.group, row.holder) for row in rows}),
            "sum_fen": total,
            "by_programme": {about.programme: total},
            "left_out": left_out,
            "source_total_fen": total + sum(part.sum_fen for part in left_out),
            "source_sha256": "0" * 64,
        }
        body = CloseBody(close=BatchClose(**figures | more), salt=SALT)
        return self.event(Kind.CLOSE, f"{batch}-close", batch, body)

    def batch(self, batch: str, *payouts: Payout, **more) -> None:
        """Publish and close."""
        self.publish(batch, *payouts)
        self.close(batch, **more)

    def close_year(self, annual: Annual, rec: str = "", batch: str = "", **head) -> int:
        """The county's figures of a year."""
        named = f"330590-year-{annual.year}"
        body = YearBody(annual=annual, salt=SALT)
        return self.event(Kind.YEAR, rec or named, batch or named, body, **head)

    def stretch(self) -> Stretched:
        """Everything since the last stretch."""
        new, self._new = self._new, []
        frontier = extended(self.state.size, self.state.frontier, (leaf_hash(leaf.head) for leaf in new))
        self.state = LogState(self.state.origin, self.state.size + len(new), frontier, b"note")
        return Stretched(new, self.state)


def cut(leaves: list[Leaf], cuts: list[int], origin: str = ORIGIN) -> list[Stretched]:
    """The same log as the stretches another kiosk would have pulled."""
    found, frontier = [], ()
    edges = sorted({0, len(leaves), *(at % (len(leaves) + 1) for at in cuts)})
    for start, stop in pairwise(edges):
        part = leaves[start:stop]
        frontier = extended(start, frontier, (leaf_hash(leaf.head) for leaf in part))
        found.append(Stretched(part, LogState(origin, stop, frontier, b"note")))
    return found


APART = {
    "state": "how often it was written to",
    "admission": "in which stretches a log came",
    "reading": "made after a pull, and by a rebuild",
    "register_line": "the register's, written anew at the next inspection",
}
"""What two archives of the same log need not have alike, and what it says."""


def dump(database, besides: Collection[str] = APART) -> dict[str, list[tuple]]:
    """All tables of an archive but these."""
    db = reader(database)
    try:
        wanted = [table for table in TABLES if table not in besides]
        return {table: db.execute(WHOLE_TABLE.format(table=table)).fetchall() for table in wanted}
    finally:
        db.close()
