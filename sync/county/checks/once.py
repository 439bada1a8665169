"""One payment goes out once (settled §43): pure, over a list and the others of its village."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from boards.model.payouts import Phase
from sync.county.checks.place import of_village

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from boards.model.findings import CellFinding
    from boards.model.payouts import Payout
    from sync.county.checks.whole import Earlier, Paid, Publication

CODE = "PUBLISHED_BEFORE"


def paid(payout: Payout, day: date | None) -> Paid:
    """A payment as two lists have it alike: to whom, how much, of what, when; groups and IDs may differ."""
    return payout.holder, payout.amount_fen, payout.in_kind, payout.paid_on or day


def published_once(publication: Publication) -> Iterator[CellFinding]:
    """The same roster, or the same people with the same amounts and day: somebody says why once more."""
    for one in publication.earlier:
        if one.close.terms.phase is not publication.close.terms.phase:
            continue
        if one.close.source_sha256 != publication.close.source_sha256:
            again = _again(publication, one)
            if again and again >= _too_many(publication, one):
                message = f"有{again}行和{_told(one)}的名单是同样的人、金额和发放日期"
                yield of_village(publication, CODE, message)
        elif _programme(one) == publication.close.terms.programme or _one_share(publication.share, one.share):
            yield of_village(publication, CODE, f"这份名册已经作为{_told(one)}")


def _one_share(mine: str, other: str | None) -> bool:
    """Whether two batches of one file hold the same of it; all together hold every part."""
    return mine == other or "*" in {mine, other}


def _again(publication: Publication, one: Earlier) -> int:
    mine = Counter(paid(payout, publication.paid_on) for payout in publication.payouts)
    return (mine & Counter(one.paid)).total()


def _too_many(publication: Publication, one: Earlier) -> int:
    """Half a list of the same programme; all of it where another programme may pay the same on one day."""
    rows = len(publication.payouts)
    return (rows + 1) // 2 if _programme(one) == publication.close.terms.programme else rows


def _programme(one: Earlier) -> str:
    return one.close.terms.programme


def _told(one: Earlier) -> str:
    terms = one.close.terms
    standing = "提交、还没有发布" if one.waits else "公布后撤下" if one.withdrawn else "公布"
    kind = "申报" if terms.phase is Phase.APPLICATION else "发放"
    return f"{terms.fiscal_year}年{terms.programme_name}{kind}（期号{terms.period_no}）{standing}"
