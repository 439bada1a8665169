"""Small tables of six households for layout stories: the same truth, laid out by each story its own way."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from boards.model.findings import Level
from sync.county.intake.check import read_roster
from tests.roster.county_files import VILLAGES, Page, as_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sync.county.reading import Reading

LINGDONG, DAJIEKOU, ZHONGWU = "330590100201", "330590100202", "330590200202"
RATE = Decimal("131.42")
HEAD = ("序号", "户主姓名", "补贴面积（亩）", "补贴标准（元/亩）", "补贴金额（元）")
HOMES = tuple(
    (number, name, Decimal(area), Decimal(yuan))
    for number, (name, area, yuan) in enumerate(
        [("王一", "1.5", "197.13"), ("李二", "2.3", "302.27"), ("张三", "0.85", "111.71"),
         ("赵四", "10", "1314.20"), ("孙五", "3.33", "437.63"), ("周六", "7.2", "946.22")], 1,
    )
)  # fmt: skip
AREA, YUAN = Decimal("25.18"), Decimal("3309.16")
TRUTH = [(name, int(yuan * 100)) for _, name, _, yuan in HOMES]


def lines(shape: Callable[..., Sequence], homes: Sequence[tuple] = HOMES) -> list[list]:
    """One row for each household, in the story's own order of cells."""
    return [list(shape(*home)) for home in homes]


def usual(number: int, name: str, area: Decimal, yuan: Decimal) -> list:
    """The cells under HEAD."""
    return [number, name, area, RATE, yuan]


def read(*rows: Sequence, merges=(), name: str = "岭东村", file: str = "名册.xlsx", **how) -> Reading:
    """Read one sheet of these rows; merges are (top, left, bottom, right) from zero."""
    page = Page(name, [list(row) for row in rows], list(merges))
    return read_roster(file, as_xlsx([page]), VILLAGES, **how)


def read_pages(*pages: Page, file: str = "名册.xlsx") -> Reading:
    return read_roster(file, as_xlsx(list(pages)), VILLAGES)


def payouts(reading: Reading) -> list[tuple[str, int | None]]:
    """Holder and amount of each row; None where the amount could not be read."""
    return [(row.payout.holder, None if row.unread else row.payout.amount_fen) for row in reading.rows]


def placed(reading: Reading) -> list[tuple[str, str]]:
    return [(row.payout.holder, row.village) for row in reading.rows]


def alarms(reading: Reading) -> list[tuple[str, int | None]]:
    """Everything but notes, by code and row."""
    return [(one.code, one.row) for one in reading.findings if one.level is not Level.NOTE]


def notes(reading: Reading) -> set[tuple[str, int | None]]:
    return {(one.code, one.row) for one in reading.findings if one.level is Level.NOTE}
