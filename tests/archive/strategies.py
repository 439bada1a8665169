"""Random logs: lists, corrections, withdrawals, lists that do not agree, and strangers in between."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from boards.model.kept.annual import Annual, AnnualBatch, AnnualRow
from boards.model.land.kinds import NoticeKind
from boards.model.land.notice import Attachment
from boards.model.payouts import PayeeKind
from sync.wire import AttachBody, Kind, NoticeBody, WithdrawBody
from tests.land.test_land_notice import notice
from tests.village import CODE, REASON, SALT, County, mark, payout, terms

NAMES = st.sampled_from(["林秋实", "张伟", "朱𬭎", "王㛃", "欧阳建国"])
BATCHES = st.sampled_from(["b1", "b2", "b3"])
PLAIN = ("publish", "publish", "change", "away", "close", "odd")
EVERY = (*PLAIN, "close", "taken_back", "erase", "hang", "take_down", "annual")
"""What a county may do, the more frequent more than once."""


class Clerk:
    """Writes a log event by event; each method is one act, on a batch where it is about one."""

    def __init__(self, draw) -> None:
        self.draw, self.county = draw, County()
        self.editions: dict[str, int] = {}
        self.rows: dict[str, list[int]] = {}  # by batch, the events that published its rows
        self.years, self.hung = 0, 0

    def publish(self, batch: str) -> None:
        known = self.rows.setdefault(batch, [])
        for _ in range(self.draw(st.integers(1, 4))):
            keyed = self.draw(st.booleans())
            about = {
                "amount_fen": self.draw(st.integers(1, 10**6)),
                "group": self.draw(st.sampled_from(["一组", "二组"])),
            }
            about["household"] = mark(self.draw(st.integers(1, 4))) if keyed else ""
            known += self.county.publish(batch, payout(len(known) + 1, self.draw(NAMES), **about))

    def change(self, batch: str) -> None:
        if seq := self._row(batch):
            fen = self.draw(st.integers(1, 10**6))
            self.county.correct(batch, payout(seq, self.draw(NAMES), amount_fen=fen))

    def away(self, batch: str) -> None:
        if seq := self._row(batch):
            self.county.withdraw(batch, seq)

    def erase(self, batch: str) -> None:
        """A row, and of what it was counted among nothing more."""
        if seq := self._row(batch):
            self.county.erase(batch, self.rows[batch][seq - 1])
            self.county._lists[batch].pop(f"{batch}-{seq:04d}", None)

    def close(self, batch: str) -> None:
        self.editions[batch] = self.editions.get(batch, 0) + 1
        wrong = {"count": 99} if self.draw(st.integers(0, 5)) == 0 else {}
        self.county.close(batch, edition=self.editions[batch], **wrong)

    def taken_back(self, batch: str) -> None:
        if batch in self.rows:
            self.county.withdraw(batch, None)

    def odd(self, batch: str) -> None:
        kind = self.draw(st.sampled_from(["notice", "publish"]))
        trouble = "privacy" if kind == "publish" else ""
        self.county.event(kind, f"odd-{len(self.county.leaves)}", batch, b"{}", trouble=trouble)

    def hang(self, _batch: str) -> None:
        """A notice, and mostly a map with it."""
        self.hung += 1
        case = self.draw(st.sampled_from(["C1", "C2"]))
        hang(self.county, self.hung, case, with_map=self.draw(st.booleans()))

    def take_down(self, _batch: str) -> None:
        if self.hung:
            take_down(self.county, self.draw(st.integers(1, self.hung)))

    def annual(self, _batch: str) -> None:
        """The year as the lists stand that were closed once, or without one of them."""
        self.years += 1
        summed = {
            name: edition
            for name, edition in self.editions.items()
            if self.rows.get(name) and self.draw(st.integers(0, 3))
        }
        close_year(self.county, self.years, summed)

    def _row(self, batch: str) -> int:
        """The number of a row; 0 where there is none."""
        known = len(self.rows.get(batch, ()))
        return self.draw(st.integers(1, known)) if known else 0


def hang(county: County, number: int, case: str, *, with_map: bool) -> None:
    """A notice of a land case, and a file of it."""
    rec, posted = f"land-{number}", notice(NoticeKind.START, number=number, case_id=case, villages=(CODE,))
    county.event(Kind.NOTICE, rec, "land", NoticeBody(notice=posted, salt=SALT))
    if with_map:
        plan = Attachment(sha256="0" * 64, name="图.pdf", media_type="application/pdf", size_bytes=1)
        county.event(Kind.ATTACH, f"{rec}-map", "land", AttachBody(notice=rec, attachment=plan, salt=SALT))


def take_down(county: County, number: int) -> None:
    """A notice is taken off the boards."""
    county.event(Kind.WITHDRAW, f"land-{number}", "land", WithdrawBody(reason=REASON, salt=SALT))


def close_year(county: County, edition: int, lists: dict[str, int]) -> None:
    """The year 2025 as these lists stand, by their editions."""
    batches = [
        AnnualBatch(
            batch=name,
            edition=lists[name],
            period_no="2025-01",
            sum_fen=sum(row.amount_fen for row in county._lists[name].values()),
            paid_on=date(2025, 11, 20),
        )
        for name in sorted(lists)
    ]
    total = sum(one.sum_fen for one in batches)
    about = {"programme": "farmland_fertility", "programme_name": "耕地地力保护补贴", "households": 1}
    row = AnnualRow(**about, sum_fen=total, batches=tuple(batches))
    figures = {"rows": (row,) if batches else (), "sum_fen": total, "decided_on": date(2025, 12, 12)}
    county.close_year(Annual(village=CODE, year=2025, edition=edition, **figures))


def eventful() -> County:
    """A log in which everything happened once of which a board can be asked."""
    county = County()
    county.batch("b1", *(payout(n, f"林{'一二三四五六七八九十甲乙'[n - 1]}秋") for n in range(1, 13)))
    county.correct("b1", payout(2, "张伟", amount_fen=5))
    county.close("b1", edition=2)
    more = [payout(n, "朱𬭎") for n in range(1, 4)]
    county.publish(
        "b2", *more, payout(4, "岭东村兴农粮油专业合作社", household="", kind=PayeeKind.ORGANISATION)
    )
    county.close("b2", terms=terms(period_no="2025-02"))
    close_year(county, 1, {"b1": 2, "b2": 1})
    county.batch("b3", payout(1), payout(2), terms=terms(period_no="2025-03"))
    county.withdraw("b3", None)
    (row,) = county.publish("b4", payout(1, "王㛃"))
    county.close("b4", terms=terms(period_no="2025-04"))
    county.erase("b4", row)
    county.withdraw("b2", 3)
    for batch, many in (("b5", 12), ("b6", 24)):
        rows = [payout(n, f"李{n}", quantity=None, rate=None, unit="") for n in range(1, many + 1)]
        about = {"programme": "machinery", "programme_name": "农机", "fiscal_year": 2024, "period_no": batch}
        county.batch(batch, *rows, terms=terms(**about))
    county.correct("b6", payout(1, "李1", amount_fen=7))  # waits for a close
    county.publish("b7", payout(1, "王㛃"))
    county.batch("b8", payout(1, "王㛃"), terms=terms(period_no="2025-08"))  # begun later, closed earlier
    for batch, edition in (("b7", 1), ("b8", 2), ("b7", 2)):
        county.correct(batch, payout(1, "王㛃", amount_fen=edition))
        county.close(batch, edition=edition, terms=terms(period_no=f"2025-0{batch[1]}"))
    hang(county, 1, "C1", with_map=True)
    hang(county, 2, "C1", with_map=False)
    take_down(county, 2)
    return county


@st.composite
def logs(draw, acts=PLAIN):
    """A log as the county would write it, by some of these acts."""
    clerk = Clerk(draw)
    for _ in range(draw(st.integers(1, 12))):
        getattr(clerk, draw(st.sampled_from(acts)))(draw(BATCHES))
    return clerk.county
