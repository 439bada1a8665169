"""A land case as a page shows it on a given day: frozen, already decided, in no language (screens §5)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from boards.model.calendar.workdays import LastDay, Term
from boards.model.land.areas import Area, LandParcel
from boards.model.land.compensation import CompensationRow
from boards.model.land.kinds import Act, Step
from boards.model.land.notice import Attachment, LandNotice
from boards.model.land.postings import Coverage


class HungNotice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A notice as it hangs on one village's board: with its code and digest there."""

    notice: LandNotice
    rec: str
    code: str
    digest: str
    imported_on: date
    issued: str = ""  # when the county published it: RFC 3339, UTC, from the signed log


class Progress(StrEnum):
    """How far a step is: colour, sign and words are the page's."""

    DONE = "done"
    NOW = "now"
    TO_COME = "to_come"
    LATE = "late"  # the law's day has passed


class StepView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One step with its real dates and the rule they are held to."""

    step: Step
    progress: Progress
    since: date | None = None
    until: LastDay | None = None
    least: Term | None = None  # 规定不少于
    number: int = 0  # the notice that reports it, 0 where there is none
    due: LastDay | None = None  # the law's last day, where only that is known
    restarted: bool = False  # the newest notice corrects an earlier one, and its period begins anew


class ActView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One thing to do: until when, where, by which phone."""

    act: Act
    until: LastDay
    days_left: int
    since: date | None = None  # not before this day
    office: str = ""
    phone: str = ""


class NowView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The 现在 box: the newest notice, its period, and what can be done."""

    hung: HungNotice
    until: LastDay | None  # of the posting period
    days_left: int | None  # None where it has no period; negative when it is over
    days: int  # length of the period in days, for the bar
    passed: int
    acts: tuple[ActView, ...]


class CaseView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One case as one village sees it."""

    village: str  # code
    hung: tuple[HungNotice, ...]  # in the order of the postings
    now: NowView
    steps: tuple[StepView, ...]
    at: int  # number of the step it is at, from 1
    own: tuple[LandParcel, ...]
    own_total: Area
    others: tuple[LandParcel, ...]
    total: Area
    compensation: tuple[CompensationRow, ...]  # own village first
    own_names: frozenset[str]
    due_fen: int | None
    paid_fen: int | None
    coverage: tuple[Coverage, ...]
    corrected: frozenset[str]  # records that a later notice of their kind took the place of
    stopped: int = 0  # number of the notice that ends the case without an acquisition (终止征收)

    @property
    def latest(self) -> LandNotice:
        """The newest notice."""
        return self.hung[-1].notice


class NoticeView(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One notice in full."""

    hung: HungNotice
    until: LastDay | None
    days_left: int | None
    enclosures: tuple[Attachment, ...] = ()
    superseded_by: int = 0  # number of the notice that corrects it
    pdf: str = ""
