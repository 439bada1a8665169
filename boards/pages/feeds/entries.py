"""The entries of a village's two feeds: lists by their sums, and notices of land cases (twins §6).

Dates are those of the signed log, never of the clock, so equal boards give equal bytes. A list's deadline
is in words (settled §36): nobody's name and no second date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from boards.model.calendar.workdays import LastDay
from boards.model.land.notice import LandNotice
from boards.model.money import yuan
from boards.model.place import Village
from boards.pages.frame.tongue import MANDARIN
from boards.pages.frame.wording import under
from boards.pages.land.calendar_file import stamp_of
from boards.pages.payouts.calendar_file import NEVER, came, term_told
from boards.pages.payouts.lists import counted
from boards.sheets.land.notice_text import period_name
from boards.sheets.land.views import CaseView, HungNotice
from boards.sheets.views import Posted

LONGEST = 50  # notices


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One list or notice; `digest` and `code` are those on page and paper."""

    title: str
    code: str  # short code of ten digits: with it the entry has its name for ever
    digest: str  # 校验码
    page: str  # address of the page for people
    updated: str  # RFC 3339
    published: str = ""  # day it was posted; "" where nobody has told of a posting
    until: date | None = None  # last day on this board, of a notice last day of its period; None: not certain
    paid_on: date | None = None
    issuer: str = ""
    kind: tuple[str, str] = ("", "")  # of a notice: for programs, for people
    summary: str


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed says of itself, and its entries, the newest first."""

    village: Village
    about: str  # 征地公告
    page: str  # the page it belongs to
    here: str  # its own address, without the ending
    base: str  # the county's public address: names are built on it
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        """Town, village and what it is about."""
        return f"{self.village.town}{self.village.name}{self.about}"

    @property
    def updated(self) -> str:
        """Instant of the newest entry."""
        return max((one.updated for one in self.entries), default=NEVER)

    @property
    def author(self) -> str:
        """Whose feed it is."""
        return f"{self.village.county}人民政府"


def lists_feed(hanging: Iterable[Posted], village: Village, base_url: str) -> Feed:
    """The lists of a village whose names may be read today, the newest first."""
    return Feed(
        village=village,
        about="补贴名单",
        page=under(village.code, "programmes"),
        here=under(village.code, "payouts", "feed"),
        base=base_url.rstrip("/"),
        entries=tuple(_of_list(one) for one in hanging if one.open),
    )


def notices_feed(
    cases: Iterable[CaseView],
    village: Village,
    base_url: str,
    ends: Callable[[LandNotice], LastDay | None],
) -> Feed:
    """The notices of a village's land cases, the newest first; `ends` says when a notice's period does."""
    hung = [one for case in cases for one in case.hung]
    hung.sort(key=lambda one: (one.notice.posted_on, one.notice.case_id, one.notice.number), reverse=True)
    return Feed(
        village=village,
        about="征地公告",
        page=under(village.code, "land"),
        here=under(village.code, "land", "feed"),
        base=base_url.rstrip("/"),
        entries=tuple(_of_notice(one, village.code, ends(one.notice)) for one in hung[:LONGEST]),
    )


def _of_list(one: Posted) -> Entry:
    head = one.head
    money = f"，共{yuan(head.sum_fen)}元" if head.in_money else ""
    return Entry(
        title=head.title,
        code=head.code,
        digest=head.digest,
        page=under(head.village.code, "payouts", head.batch),
        updated=came(one),
        until=_certain(one.until),
        paid_on=head.terms.paid_on,
        issuer=head.terms.office,
        summary=f"{counted(one, MANDARIN)}{money}。有疑问，{term_told(one)}。",
    )


def _of_notice(one: HungNotice, village: str, end: LastDay | None) -> Entry:
    notice = one.notice
    summary = f"{notice.doc_no}，{notice.posted_on}张贴"
    if notice.term:
        summary += f"，{period_name(notice.title)}{notice.term}"
    if notice.stated_until:
        summary += f"，至{notice.stated_until}止"
    return Entry(
        title=f"{notice.project}：{notice.title}",
        code=one.code,
        digest=one.digest,
        page=under(village, "land", notice.case_id, str(notice.number)),
        updated=stamp_of(one),
        published=notice.posted_on.isoformat(),
        until=_certain(end),
        issuer=notice.issuer,
        kind=(notice.kind.value, notice.title),
        summary=f"{summary}。",
    )


def _certain(last: LastDay | None) -> date | None:
    """A day that a holiday notice to come may move is told on the page, which says so."""
    return None if last is None or last.provisional else last.day
