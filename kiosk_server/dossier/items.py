"""The items (件) of a village's year: each as signed figures (JSON), and as paper where there is any.

What was printed here lies in the vault under the digest the register says; it goes out as it was printed.
What was not is drawn as of the moment of the export, if it still hangs. An edition that another took the
place of, or that was taken back, is drawn no more.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from boards.model.calendar.civil_day import civil_day
from boards.model.codes import short_code
from boards.model.kept.register import Act
from boards.model.kept.retention import ArchiveKind
from boards.model.land.periods import posting_end
from boards.model.land.terms import rules_of
from boards.model.pack import kept_as
from boards.model.payouts import Phase
from boards.model.windows import workdays_of
from boards.sheets.dossier import DossierItem
from boards.sheets.land.notice_sheet import notice_sheet
from boards.sheets.land.views import HungNotice
from kiosk_server.archive.event_heads import CLOSE, NOTICE, WITHDRAW, body_of, notice_digest
from kiosk_server.archive.past.kept_log import editions, lines_of, notice_codes
from kiosk_server.desk.print_sheets import LONGEST_TITLE, list_name
from sync import wire
from sync.wire import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from boards.model.kept.register import Entry
    from boards.model.land.notice import Attachment, LandNotice
    from boards.model.pack import Pack
    from boards.model.place import Village
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet, SheetHead
    from kiosk_server.archive.board import Board
    from kiosk_server.archive.past.editions_gone import Gone
    from kiosk_server.archive.past.kept_log import Edition
    from kiosk_server.dossier.year_log import YearEvent, YearLog

_OF_A_LIST = ("batch", "edition", "title", "count", "households", "sum_fen", "source_total_fen")
_NAMED = ("digest", "code", "left_out")
_OF_A_NOTICE = ("kind", "title", "project", "issuer", "doc_no", "posted_on", "text")
UNTITLED = {"erased": "已删除的公告", "held": "未保存正文的公告"}
UNTITLED_LIST = {"erased": "已删除的名单", "held": "未保存正文的名单"}
_UNSAID = {"title": "", "leaves": (), "left_out": (), "digest": "", "code": ""}
_UNCOUNTED = dict.fromkeys(("count", "households", "sum_fen", "source_total_fen"), 0)


class Paper(NamedTuple):
    """An item before it has its number: what it says, and what may be drawn of it."""

    item: DossierItem
    folder: str
    stem: str
    about: dict[str, Any]
    drawn: Sheet | NoticeSheet | None = None
    enclosed: tuple[Attachment, ...] = ()


def canonical(told: object) -> bytes:
    """JSON in one spelling: sorted, integers, decimals as text, one newline."""
    return wire.canonical(told) + b"\n"


def printed(register: Iterable[Entry], digest: str, files: Callable[[str], bytes | None]) -> bytes | None:
    """The paper of this digest (校验码) as it was first printed here; None where none lies in the vault."""
    prints = (one.sha256 for one in register if one.act is Act.PRINT and one.digest == digest)
    held = (files(sha256) for sha256 in prints if sha256)
    return next((pdf for pdf in held if pdf is not None), None)


class Named(NamedTuple):
    """What a notice is called on paper, and how it stands."""

    code: str
    digest: str
    state: str


class Year(NamedTuple):
    """One village's year in one moment of its archive."""

    board: Board
    pack: Pack
    village: Village
    number: int
    log: YearLog
    origin: str


class Papers:
    """What of a village's year becomes an item; use it inside the snapshot it was made in."""

    def __init__(self, year: Year) -> None:
        """Nothing is read yet."""
        self._of, self._shelf = year, year.board.land(year.village.code)
        self._departments = {one.code: one.department for one in year.pack.programmes}
        days = {one.number: datetime.fromisoformat(one.about.issued) for one in year.log.events}
        self._issued = {number: civil_day(instant) for number, instant in days.items()}
        taken = (one.about.rec for one in year.log.events if one.about.kind == WITHDRAW)
        self._taken_back = {rec.removesuffix("-close") for rec in taken}

    def lists(self) -> list[Paper]:
        """Payment lists by paid day, then what was applied for; every edition. Raises RowsDoNotMatch.

        Behind them those that this machine never showed: a text of theirs was kept back or erased.
        """
        known = sorted(editions(self._shelf, self._of.number), key=_place)
        closed = {one.close for one in known}
        lacking = (one for one in self._of.log.events if one.about.kind == CLOSE and one.number not in closed)
        return [*map(self._list, known), *map(self._unshown, lacking)]

    def _unshown(self, close: YearEvent) -> Paper:
        """An edition without figures: its name, its place in the log, and why."""
        state = self._without_words(close) or "held"
        item = self._item_unshown(close, state)
        about = {
            "format": "village-sheet/1",
            "village": self._of.village.code,
            "batch": item.record,
            "edition": item.edition,
            "index": close.number,
            "state": state,
        }
        return Paper(item, "data/sheets", UNTITLED_LIST[state], about | _UNSAID | _UNCOUNTED)

    def _item_unshown(self, close: YearEvent, state: str) -> DossierItem:
        batch, edition = close.about.batch, close.about.rev
        kind = ArchiveKind.APPLICATION if batch.endswith("-app") else ArchiveKind.LIST
        return DossierItem(
            number=0,
            title=f"{UNTITLED_LIST[state]}（{batch}，第{edition}版）",
            made_by=self._of.village.county,
            day=self._issued[close.number],
            kept=kept_as(self._of.pack, kind, batch.split("-")[1]),
            pages=0,
            kind=kind,
            record=batch,
            edition=edition,
            state=state,
        )

    def _list(self, one: Edition) -> Paper:
        head = one.head
        state = "withdrawn" if head.batch in self._taken_back else _state(one)
        about = {name: getattr(head, name) for name in _OF_A_LIST + _NAMED} | {
            "format": "village-sheet/1",
            "village": head.village.code,
            "index": one.close,
            "leaves": lines_of(self._shelf, one),
            "state": state,
        }
        sheet = None if state else self._of.board.whole(head.village.code, head.batch)
        return Paper(self._item_of_list(one, state), "data/sheets", list_name(head), about, sheet)

    def _item_of_list(self, one: Edition, state: str) -> DossierItem:
        head, terms = one.head, one.head.terms
        kind = ArchiveKind.LIST if terms.phase is Phase.PAYMENT else ArchiveKind.APPLICATION
        return DossierItem(
            number=0,
            title=f"{head.title}（第{terms.period_no}期，第{head.edition}版）",
            made_by=terms.office or self._departments.get(terms.programme, "") or self._of.village.county,
            day=terms.paid_on or self._issued.get(one.close, date.min),
            kept=kept_as(self._of.pack, kind, terms.programme),
            pages=0,
            kind=kind,
            record=head.batch,
            edition=head.edition,
            code=head.code,
            digest=head.digest,
            count=head.count,
            households=head.households,
            sum_fen=head.sum_fen if head.in_money else None,
            state=state,
        )

    def notices(self) -> list[Paper]:
        """Land notices in the order of the log, with their files."""
        codes, enclosed = notice_codes(self._shelf), _enclosed(self._of.log.events)
        gone = {one.code: one for one in self._of.board.gone(self._of.village.code)}
        found = []
        for event in self._of.log.events:
            if event.about.kind == NOTICE:
                digest = notice_digest(event.head, event.about.rec, self._of.origin)
                code = codes.get(event.number) or short_code(digest)
                state = self._without_words(event) or _went(gone.get(code))
                files = tuple(enclosed.get(event.about.rec, ()))
                found.append(self._notice(event, Named(code, digest, state), files))
        return found

    def _without_words(self, event: YearEvent) -> str:
        """Why something has no text here: the county erased it, or this machine keeps it back."""
        if event.body is not None:
            return ""
        return "held" if event.number in self._of.log.withheld else "erased"

    def _notice(self, event: YearEvent, named: Named, files: tuple[Attachment, ...]) -> Paper:
        notice = body_of(NOTICE, event.body).notice if event.body else None
        about = {name: getattr(notice, name, "") for name in _OF_A_NOTICE} | {
            "format": "village-notice/1",
            "village": self._of.village.code,
            "index": event.number,
            "record": event.about.rec,
            "case": getattr(notice, "case_id", ""),
        }
        item = self._item_of_notice(event, notice, named)
        stem = f"{item.title[:LONGEST_TITLE]}_{notice.posted_on}张贴" if notice else item.title
        drawn = self._drawn(event, notice, named) if notice and not named.state else None
        return Paper(item, "data/notices", stem, about | named._asdict(), drawn, files)

    def _item_of_notice(self, event: YearEvent, notice: LandNotice | None, named: Named) -> DossierItem:
        return DossierItem(
            number=0,
            title=f"{notice.project}{notice.title}" if notice else UNTITLED[named.state],
            made_by=notice.issuer if notice else self._of.village.county,
            day=notice.signed_on if notice else self._issued[event.number],
            kept=kept_as(self._of.pack, ArchiveKind.NOTICE),
            pages=0,
            kind=ArchiveKind.NOTICE,
            record=event.about.rec,
            edition=notice.revision if notice else 0,
            code=named.code,
            digest=named.digest,
            state=named.state,
        )

    def _drawn(self, event: YearEvent, notice: LandNotice, named: Named) -> NoticeSheet:
        code, digest = named.code, named.digest
        day, village = self._issued[event.number], self._of.village
        hung = HungNotice(notice=notice, rec=event.about.rec, code=code, digest=digest, imported_on=day)
        return notice_sheet(
            hung, village, posting_end(notice, workdays_of(self._of.pack), rules_of(village.code))
        )


def _went(gone: Gone | None) -> str:
    """How a notice stands that was, or was not, taken down."""
    return "" if gone is None else "superseded" if gone.now else "withdrawn"


def _state(one: Edition) -> str:
    """How an edition of a list that was not taken back stands: "held" where this machine hides it."""
    if not one.newest:
        return "superseded"
    return "" if one.standing == "shown" else "held"


def _place(one: Edition) -> tuple[bool, date, str, int]:
    head: SheetHead = one.head
    applied = head.terms.phase is not Phase.PAYMENT
    return applied, head.terms.paid_on or date.max, head.batch, head.edition


def _enclosed(events: Iterable[YearEvent]) -> dict[str, list[Attachment]]:
    found: dict[str, list[Attachment]] = {}
    for event in events:
        if event.about.kind == Kind.ATTACH and event.body is not None:
            body = body_of(Kind.ATTACH, event.body)
            found.setdefault(body.notice, []).append(body.attachment)
    return found
