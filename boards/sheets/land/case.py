"""Where a land case stands on a day, what a villager can do now, until when (domain §2.2, screens §5).

Pure: the day and the calendar arrive as arguments, so each day gives its own answer, and a holiday
notice that comes later moves what was provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from boards.model.calendar.workdays import LastDay, WorkCalendar
from boards.model.land.kinds import KINDS, Act, NoticeKind
from boards.model.land.notice import Attachment, NoticeContact, own_areas, sum_of
from boards.model.land.periods import last_day_to_act, posting_end
from boards.model.land.postings import PlaceKind, PostingEvidence, PostingPlace, coverage, groups_of
from boards.model.land.terms import LandRules, remedies
from boards.model.place import Village
from boards.sheets.land.steps import CaseDay, case_day, timeline, window_of
from boards.sheets.land.views import ActView, CaseView, HungNotice, NoticeView, NowView, Progress

_ACTS = tuple(Act)


def case_view(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    hung: tuple[HungNotice, ...],
    village: Village,
    today: date,
    calendar: WorkCalendar,
    rules: LandRules,
    evidence: tuple[PostingEvidence, ...] = (),
) -> CaseView:
    """Compose one case; `hung` is in the order of the postings and not empty."""
    case = case_day(hung, today, calendar, rules)
    newest = case.newest
    finals = [one.notice for one in hung if one.notice.kind is NoticeKind.FINAL]
    announced = [one.posted_on for one in finals if one is finals[0] or one.counted_from == one.posted_on]
    steps = tuple(timeline(case, max(announced, default=None)))
    now = [n for n, step in enumerate(steps, start=1) if step.progress is not Progress.DONE]
    taking = next((one.notice for one in reversed(hung) if one.notice.areas), None)
    paying = next((one.notice for one in reversed(hung) if one.notice.compensation), None)
    areas = taking.areas if taking else ()
    own = own_areas(taking, village.code) if taking else ()
    names = frozenset({village.name} | {parcel.village for parcel in own})
    rows = paying.compensation if paying else ()
    return CaseView(
        village=village.code,
        hung=hung,
        now=now_view(hung, case),
        steps=steps,
        at=now[0] if now else len(steps),
        own=own,
        own_total=sum_of(own),
        others=tuple([parcel for parcel in areas if parcel.village_code != village.code]),
        total=(taking.total if taking else None) or sum_of(areas),
        compensation=tuple(sorted(rows, key=lambda row: row.village not in names)),
        own_names=names,
        due_fen=paying.due_fen if paying else None,
        paid_fen=paying.paid_fen if paying else None,
        coverage=coverage(hung[-1].notice, places(hung, village), evidence),
        stopped=newest[NoticeKind.STOP].notice.number if NoticeKind.STOP in newest else 0,
        corrected=frozenset(one.rec for one in hung if newest[one.notice.kind].rec != one.rec),
    )


def places(hung: Iterable[HungNotice], village: Village) -> tuple[PostingPlace, ...]:
    """The boards the law names, as far as this village's case goes: township, village, its groups (G7)."""
    groups = groups_of((one.notice for one in hung), village.name, village.code)
    return (
        PostingPlace(kind=PlaceKind.TOWNSHIP, name=village.town),
        PostingPlace(kind=PlaceKind.VILLAGE, name=village.name),
        *(PostingPlace(kind=PlaceKind.GROUP, name=name) for name in groups or [village.name]),
    )


def now_view(hung: Iterable[HungNotice], case: CaseDay) -> NowView:
    """The newest notice whose period still runs (else the newest), and all that can be done on a day."""
    today = case.today
    stopped = NoticeKind.STOP in case.newest  # of a case that was stopped no period runs on
    ends = [(one, case.ends[one.notice.kind]) for one in hung if case.newest[one.notice.kind] is one]
    running = [(one, end) for one, end in ends if end and end.day >= today and not stopped]
    last, until = running[-1] if running else ends[-1]
    end, start = until.day if until else None, last.notice.since
    return NowView(
        hung=last,
        until=until,
        days_left=None if end is None else (end - today).days,
        days=0 if end is None else (end - start).days,
        passed=0 if end is None else max(0, min((today - start).days, (end - start).days)),
        acts=_acts(case),
    )


def all_acts(hung: tuple[HungNotice, ...], calendar: WorkCalendar, rules: LandRules) -> tuple[ActView, ...]:
    """All a villager can or could do in a case, whatever the day: what a calendar of their own keeps."""
    return _acts(case_day(hung, hung[0].notice.posted_on - timedelta(days=1), calendar, rules))


def notice_view(  # noqa: PLR0913, PLR0917
    of_case: tuple[HungNotice, ...],
    hung: HungNotice,
    today: date,
    calendar: WorkCalendar,
    rules: LandRules,
    enclosures: tuple[Attachment, ...],
    pdf: str,
) -> NoticeView:
    """One notice; `of_case` are all of its case."""
    until = posting_end(hung.notice, calendar, rules)
    later = [
        one.notice.number
        for one in of_case
        if one.notice.kind is hung.notice.kind and one.notice.revision > hung.notice.revision
    ]
    return NoticeView(
        hung=hung,
        until=until,
        days_left=None if until is None else (until.day - today).days,
        enclosures=enclosures,
        superseded_by=max(later, default=0),
        pdf=pdf,
    )


def _acts(case: CaseDay) -> tuple[ActView, ...]:
    """What can still be done on a day, the most urgent first."""
    today = case.today
    found = [
        ActView(
            act=act,
            until=until,
            days_left=(until.day - today).days,
            since=since if since and since > today else None,
            office=contact.office,
            phone=contact.phone,
        )
        for act, until, since, contact in _rights(case)
        if until is not None and until.day >= today
    ]
    return tuple(sorted(found, key=lambda one: (one.until.day, _ACTS.index(one.act))))


def _rights(case: CaseDay) -> Iterator[tuple[Act, LastDay | None, date | None, NoticeContact]]:
    """What the notices let people do, until when, from when on, and where.

    Before the acquisition only the furthest notice is objected to. The decision itself is known, and can be
    challenged, when its notice has hung its time.
    """
    newest, calendar = case.newest, case.calendar
    if NoticeKind.STOP in newest:
        return
    announced = NoticeKind.FINAL in newest
    going = [kind for kind in KINDS if kind in newest and not (announced and KINDS[kind].until_final)]
    objected = [kind for kind in going if KINDS[kind].until_final and Act.OBJECT in KINDS[kind].acts]
    for kind in going:
        notice, end = newest[kind].notice, case.ends[kind]
        contact = notice.contacts[0] if notice.contacts else NoticeContact(office=notice.issuer)
        for act in KINDS[kind].acts if kind not in objected[:-1] else ():
            if act in {Act.REVIEW, Act.COURT}:
                ways = remedies(end.day if end else notice.posted_on, calendar)
                until = ways.review if act is Act.REVIEW else ways.court
                yield act, until, None, NoticeContact(office="")
            elif act is not Act.REGISTER:
                yield act, last_day_to_act(notice, end, calendar), None, contact
    window = window_of(newest)
    if window is not None and not announced:
        contact = NoticeContact(office=window.place, phone=window.phone)
        yield Act.REGISTER, calendar.rolled(window.end), window.start, contact
