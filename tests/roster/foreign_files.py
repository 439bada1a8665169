"""A like of the open datasets of farm payments: known truth, some rows below zero, totals declared."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

SCHEMES = ("Basic payment", "Greening", "Young farmers", "Organic", "耕地地力保护补贴")
HEAD = ("Beneficiary", "Municipality", "Measure", "Year", "Amount", "Total")
MAPPING = (
    'payee = "Beneficiary"\namount = "Amount"\narea = "Municipality"\nscheme = "Measure"\nyear = "Year"\n'
)


@dataclass
class Dataset:
    """Rows of payee, area, scheme, year, fen and the payee's total in fen, in file order."""

    rows: list[tuple[str, str, str, int, int, int]] = field(default_factory=list)

    @property
    def sum_fen(self) -> int:
        return sum(row[4] for row in self.rows)

    @property
    def areas(self) -> dict[str, tuple[int, int]]:
        counts, sums = Counter(row[1] for row in self.rows), Counter()
        for row in self.rows:
            sums[row[1]] += row[4]
        return {area: (counts[area], sums[area]) for area in counts}

    def text(
        self, *, delimiter: str = ",", decimal: str = ".", grouped: bool = False, total: str = ""
    ) -> str:
        """The file: quoted where needed, a line of totals below if it is named."""
        lines = [HEAD]
        for payee, area, scheme, year, fen, whole in self.rows:
            lines.append(
                (payee, area, scheme, str(year), *(written(one, decimal, grouped) for one in (fen, whole)))
            )
        if total:
            lines.append((total, "", "", "", written(self.sum_fen, decimal, grouped), ""))
        return "".join(
            delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in line) + "\r\n"
            for line in lines
        )


def written(fen: int, decimal: str = ".", grouped: bool = False) -> str:
    """12345 → 123.45, 123,45; -1234567 → -12.345,67 where thousands are grouped."""
    whole, rest = divmod(abs(fen), 100)
    text = f"{whole:,}" if grouped else str(whole)
    text = text.replace(",", "." if decimal == "," else ",")
    return f"{'-' if fen < 0 else ''}{text}{decimal}{rest:02d}"


def dataset(seed: int, most: int, *, scattered: bool = False) -> Dataset:
    """Payees with one to four rows each; the rows of one stand together unless they are scattered."""
    chance, made = random.Random(seed), Dataset()
    payee = 0
    while len(made.rows) < most:
        payee += 1
        area, year = f"Commune {chance.randrange(min(most // 20 + 1, 300))}", chance.choice((2021, 2022))
        fens = [
            chance.randrange(1, 3_000_000) * chance.choice((1,) * 30 + (-1,))
            for _ in range(chance.randint(1, 4))
        ]
        for at, fen in enumerate(fens):
            made.rows.append((f"Earl {payee} & fils", area, SCHEMES[at], year, fen, sum(fens)))
    del made.rows[most:]
    if scattered:
        chance.shuffle(made.rows)
    return made
