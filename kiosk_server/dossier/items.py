"""The items (件) of a village's year: each as signed figures (JSON), and as paper where there is any.

What was printed here lies in the vault under the digest the register says; it goes out as it was printed.
What was not is drawn as of the moment of the export, if it still hangs. An edition that another took the
place of, or that was taken back, is drawn no more.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.codes import short_code
from boards.model.kept.register import Act
from boards.model.kept.retention import USUAL, ArchiveKind
from boards.model.land.periods import posting_end
from boards.model.land.terms import rules_of
from boards.model.payouts import Phase
from boards.model.windows import workdays_of
from boards.sheets.dossier import DossierItem
from boards.sheets.land.notice_sheet import notice_sheet
from boards.sheets.land.views import HungNotice
from kiosk_server.archive.event_heads import NOTICE, body_of, notice_digest
from kiosk_server.archive.past.kept_log import editions, lines_of, notice_codes
from kiosk_server.desk.print_sheets import LONGEST_TITLE, list_name
from sync.wire import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from boards.model.kept.register import Entry
    from boards.model.land.notice import Attachment, LandNotice
    from boards.model.pack import Pack
    from boards.model.place import Village
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import Sheet, SheetHead
    from kiosk_server.archive.board import Board
    from kiosk_server.archive.past.kept_log import Edition
    from kiosk_server.dossier.year_log import YearEvent, YearLog

_CANONICAL = msgspec.json.Encoder(order="sorted", decimal_format="string")
_PAGES = re.compile(rb"/Type /Pages\b[^>]*?/Count ([0-9]+)|/Count ([0-9]+)[^>]*?/Type /Pages\b", re.DOTALL)
_COUNT = re.compile(rb"/Count ([0-9]+)")
ERASED_TITLE = "已删除的公告"


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
    return _CANONICAL.encode(told) + b"\n"


def pages_of(pdf: bytes) -> int:
    """Pages of a PDF that this program drew."""
    found = [int(count) for count in _COUNT.findall(pdf)]
    return max(found, default=0)


def printed(register: Iterable[Entry], digest: str, files: Callable[[str], bytes | None]) -> bytes | None:
    """The paper of this digest (校验码) as it was first printed here; None where none lies in the vault."""
    for entry in register:
        if entry.act is Act.PRINT and entry.digest == digest and entry.sha256:
            if (pdf := files(entry.sha256)) is not None:
                return pdf
    return None


class Papers:
    """What of a village's archive becomes an item; use it inside the snapshot it was made in."""

    def __init__(self, board: Board, pack: Pack, village: Village, year: int, log: YearLog, origin: str) -> None:
        """Nothing is read yet."""
        self._board, self._pack, self._village, self._year = board, pack, village, year
        self._log, self._origin = log, origin
        self._shelf = board.land(village.code)
        self._departments = {one.code: one.department for one in pack.programmes}
        self._issued = {one.index: civil_day(datetime.fromisoformat(one.about.issued)) for one in log.events}

    def lists(self) -> list[Paper]:
        """Payment lists by paid day, then what was applied for; every edition."""
        found = sorted(editions(self._shelf, self._year), key=_place)
        return [self._list(one) for one in found]

    def _list(self, one: Edition) -> Paper:
        head, state = one.head, _state(one)
        leaves = lines_of(self._shelf, one)
        sheet = None if state else self._board.whole(head.village.code, head.batch)
        about = {
            "format": "village-sheet/1",
            "village": head.village.code,
            "batch": head.batch,
            "edition": head.edition,
            "title": head.title,
            "index": one.index,
            "leaves": leaves,
            "count": head.count,
            "households": head.households,
            "sum_fen": head.sum_fen,
            "source_total_fen": head.source_total_fen,
            "left_out": head.left_out,
            "digest": head.digest,
            "code": head.code,
            "state": state,
        }
        terms = head.terms
        kind = ArchiveKind.LIST if terms.phase is Phase.PAYMENT else ArchiveKind.APPLICATION
        item = DossierItem(
            number=0,
            title=f"{head.title}（第{terms.period_no}期，第{head.edition}版）",
            made_by=terms.office or self._departments.get(terms.programme, "") or self._village.county,
            day=terms.paid_on or self._issued.get(one.index, date.min),
            kept=USUAL[kind],
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
        return Paper(item, "data/sheets", list_name(head), about, sheet)

    def notices(self) -> list[Paper]:
        """Land notices in the order of the log, with their files."""
        codes, gone = notice_codes(self._shelf), {one.code: one for one in self._board.gone(self._village.code)}
        enclosed = _enclosed(self._log.events)
        found = []
        for event in self._log.events:
            if event.about.kind == NOTICE:
                digest = notice_digest(event.head, event.about.rec, self._origin)
                code = codes.get(event.index) or short_code(digest)
                went = gone.get(code)
                state = "" if went is None else "superseded" if went.now else "withdrawn"
                hung = self._hung(event, code, digest)
                files = tuple(enclosed.get(event.about.rec, ()))
                found.append(self._notice(event, hung, state, files, digest, code))
        return found

    def _hung(self, event: YearEvent, code: str, digest: str) -> HungNotice | None:
        if event.body is None:
            return None
        notice: LandNotice = body_of(NOTICE, event.body).notice
        day = self._issued[event.index]
        return HungNotice(notice=notice, rec=event.about.rec, code=code, digest=digest, imported_on=day)

    def _notice(  # noqa: PLR0913, PLR0917 - one notice
        self,
        event: YearEvent,
        hung: HungNotice | None,
        state: str,
        files: tuple[Attachment, ...],
        digest: str,
        code: str,
    ) -> Paper:
        notice = hung.notice if hung else None
        state = state if notice else "erased"
        title = f"{notice.project}{notice.title}" if notice else ERASED_TITLE
        about = {
            "format": "village-notice/1",
            "village": self._village.code,
            "index": event.index,
            "record": event.about.rec,
            "case": notice.case_id if notice else "",
            "kind": notice.kind if notice else "",
            "title": notice.title if notice else "",
            "project": notice.project if notice else "",
            "doc_no": notice.doc_no if notice else "",
            "posted_on": notice.posted_on if notice else None,
            "text": notice.text if notice else "",
            "digest": digest,
            "code": code,
            "state": state,
        }
        item = DossierItem(
            number=0,
            title=title,
            made_by=notice.issuer if notice else self._village.county,
            day=notice.signed_on if notice else self._issued[event.index],
            kept=USUAL[ArchiveKind.NOTICE],
            pages=0,
            kind=ArchiveKind.NOTICE,
            record=event.about.rec,
            edition=notice.revision if notice else 0,
            code=code,
            digest=digest,
            state=state,
        )
        drawn = None
        if hung and not state:
            until = posting_end(hung.notice, workdays_of(self._pack), rules_of(self._village.code))
            drawn = notice_sheet(hung, self._village, until)
        stem = f"{title[:LONGEST_TITLE]}_{notice.posted_on}张贴" if notice else title
        return Paper(item, "data/notices", stem, about, drawn, files)


def _state(one: Edition) -> str:
    """How an edition stands: "" while it hangs or hung to its end."""
    if one.standing == "withdrawn":
        return "withdrawn"
    if not one.newest:
        return "superseded"
    return "" if one.standing == "shown" else "withheld"


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
