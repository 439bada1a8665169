"""What a proposal leaves on one village's wall: its list, notice or year, as a kiosk will compose it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.codes import SheetDigest, sheet_digest, short_code
from boards.model.kept.annual import Settled
from boards.model.land.notice import Attachment
from boards.model.land.periods import posting_end
from boards.model.land.terms import rules_of
from boards.model.payouts import BatchClose, Payout
from boards.model.place import Village
from boards.model.windows import workdays_of
from boards.sheets.land.notice_sheet import NoticeSheet, notice_sheet
from boards.sheets.land.views import HungNotice
from boards.sheets.payout_sheet import sheet_head
from boards.sheets.sheet import Line, Sheet, SheetHead
from boards.sheets.year import YearSheet, year_sheet
from kiosk_server.archive.event_heads import CORRECT, EventHead, body_of, event_head, year_digest
from kiosk_server.archive.lines import Checked, line_shown
from kiosk_server.archive.projection.count import Count
from kiosk_server.archive.statements import LISTED
from sync import wire
from sync.county.county import County
from sync.county.publish.land_review_text import files_named
from sync.county.publish.parts import compared_with
from sync.county.publish.proposals import Part, Proposal, checked_lines
from sync.county.publish.published.years import annual_of
from sync.events import close_record
from sync.log.tree import leaf_hash

SUFFIXES = {"image/png": "png", "image/jpeg": "jpg"}
"""Of the files of notices; the others are PDF."""


class Placed(NamedTuple):
    """One line of a list, with the payout behind it."""

    rec: str
    payout: Payout
    line: Line


class Edition(NamedTuple):
    """One edition of a list, in the order of the sheet."""

    head: SheetHead
    placed: tuple[Placed, ...]

    @property
    def sheet(self) -> Sheet:
        """As paper needs it."""
        return Sheet(head=self.head, lines=tuple(one.line for one in self.placed))


class OnWall(msgspec.Struct, frozen=True, kw_only=True):
    """One village's wall before and after; a list that nobody can compare with another has no `before`."""

    village: Village
    before: Edition | None = None
    after: Edition | None = None  # None: the list, or the notice, is taken down
    notice: NoticeSheet | None = None
    year: YearSheet | None = None

    @property
    def sheet(self) -> Sheet | NoticeSheet | YearSheet | None:
        """What is printed and hangs; None where nothing hangs any more."""
        return self.notice or self.year or (self.after.sheet if self.after else None)


def on_wall(county: County, found: Proposal, part: Part) -> OnWall:
    """One village's part of a proposal; raises ProposalDamaged, FeedDamaged."""
    village = next(one for one in county.pack.villages if one.code == part.village)
    added = checked_lines(county, found.id, part)
    if found.kind == "notice":
        return OnWall(village=village, notice=_notice(county, village, added[0]))
    if found.kind == "year":
        return OnWall(village=village, year=_year(county, village, added[0], part.base_size))
    own = () if found.kind == "batch" else tuple(islice(county.log(village.code).lines(), part.base_size))
    earlier = compared_with(county, found, part)
    before = own or (tuple(county.log(village.code).lines()) if earlier else ())
    return OnWall(
        village=village,
        before=edition(county, village, earlier.batch, before) if earlier else None,
        after=edition(county, village, found.batch, (*own, *added)),
    )


def files_of(county: County, found: Proposal) -> tuple[Attachment, ...]:
    """The files that come with a notice, the same in every village; raises ProposalDamaged."""
    if found.kind != "notice" or not found.parts:
        return ()
    return files_named(checked_lines(county, found.id, found.parts[0]))


def edition(county: County, village: Village, batch: str, lines: Iterable[bytes]) -> Edition | None:
    """The newest edition of a list that these lines of its log hold; None where it does not hang.

    Composed of the rooms a kiosk composes it of, and held to what a kiosk shows by a test.
    """
    listed, closed = _read(batch, lines)
    if closed is None:
        return None
    head = _head(county, village, batch, listed, closed)
    mask, sensitive = county.pack.mask, head.terms.sensitive
    ordered = sorted(listed.items(), key=lambda one: one[1].payout.seq)
    return Edition(
        head,
        tuple(
            Placed(rec, one.payout, line_shown(one.at(number), sensitive=sensitive, mask=mask))
            for number, (rec, one) in enumerate(ordered, start=1)
        ),
    )


class _Listed(NamedTuple):
    """A line as its newest event says, and what it was before."""

    payout: Payout
    raw: bytes
    event: EventHead
    before_fen: int | None
    why: str

    def at(self, number: int) -> Checked:
        """As the archive has a line that it believes."""
        day = self.event.issued if self.event.kind == CORRECT else ""
        amount, before = self.payout.amount_fen, self.before_fen
        return Checked(number, 0, amount, LISTED, self.raw, self.payout, before, self.why, day)


class _Closed(NamedTuple):
    close: BatchClose
    issued: str


def _read(batch: str, lines: Iterable[bytes]) -> tuple[dict[str, _Listed], _Closed | None]:
    """Lines by their record, in the order of the log, and the newest close of a list that hangs."""
    listed: dict[str, _Listed] = {}
    closed: _Closed | None = None
    of_batch = f'"batch":"{batch}"'.encode()  # as canonical JSON writes it: a log has many lists
    for line in (one for one in lines if of_batch in one):
        raw, body = wire.framed(line)
        event = event_head(raw)
        if event.batch != batch:
            continue
        before = listed.pop(event.rec, None)  # the newest event gives a line its place
        said = None if body is None else body_of(event.kind, body)
        if isinstance(said, wire.PublishBody):
            listed[event.rec] = _Listed(said.payout, raw, event, None, "")
        elif isinstance(said, wire.CorrectBody):
            was = before.event.amount_fen if before else None
            listed[event.rec] = _Listed(said.payout, raw, event, was, said.reason.text)
        elif isinstance(said, wire.CloseBody):
            closed = _Closed(said.close, event.issued)
        elif event.rec == close_record(batch):
            return {}, None
    return listed, closed


def _head(
    county: County, village: Village, batch: str, listed: dict[str, _Listed], closed: _Closed
) -> SheetHead:
    """The head of an edition, with its digest and the code that a kiosk gives it."""
    close, count = closed.close, _counted(listed)
    found, origin = count.totals(), county.log(village.code).origin
    digest = count.sign(
        SheetDigest(
            origin=origin, batch=batch, edition=close.edition, count=found.count, sum_fen=found.sum_fen
        )
    )
    programmes = {one.code: one for one in county.pack.programmes}
    return sheet_head(
        close,
        found,
        village=village,
        batch=batch,
        programme=programmes.get(close.terms.programme),
        digest=digest,
        code=short_code(digest),
        imported_on=_day(closed.issued),
    )


def _counted(listed: dict[str, _Listed]) -> Count:
    """The lines as a kiosk counts them."""
    count, payouts = Count(), [one.payout for one in listed.values()]
    households = {name: at for at, name in enumerate({one.household for one in payouts})}
    hashes = [leaf_hash(one.raw) for one in listed.values()]
    count.add([], hashes, [*listed], payouts, [households[one.household] for one in payouts])
    return count


def _notice(county: County, village: Village, line: bytes) -> NoticeSheet | None:
    """The sheet of a notice; None of a withdrawal."""
    raw, body = wire.framed(line)
    event, said = event_head(raw), wire.body_of(wire.commitment(raw).kind, body) if body else None
    if not isinstance(said, wire.NoticeBody):
        return None
    digest = sheet_digest(
        [leaf_hash(raw)],
        origin=county.log(village.code).origin,
        batch=event.rec,
        edition=1,
        count=1,
        sum_fen=0,
    )
    hung = HungNotice(
        notice=said.notice,
        rec=event.rec,
        code=short_code(digest),
        digest=digest,
        imported_on=_day(event.issued),
    )
    end = posting_end(said.notice, workdays_of(county.pack), rules_of(village.code))
    return notice_sheet(hung, village, end)


def _year(county: County, village: Village, line: bytes, index: int) -> YearSheet | None:
    """The sheet of a year: its figures are what its lists come to, else it is not signed (R9)."""
    closes, raw = annual_of(line), wire.framed(line)[0]
    if closes is None:
        return None
    annual, event = closes[1], event_head(raw)
    digest = year_digest(raw, event, county.log(village.code).origin)
    settled = Settled(
        annual=annual, index=index, digest=digest, code=short_code(digest), arrived_on=_day(event.issued)
    )
    sheet = year_sheet(
        village,
        annual.year,
        (),
        annual.rows,
        settled,
        today=annual.decided_on,
        office=annual.office,
        phone=annual.phone,
    )
    return msgspec.structs.replace(sheet, lists=sum(len(row.batches) for row in annual.rows))


def _day(issued: str) -> date:
    return civil_day(datetime.fromisoformat(issued))
