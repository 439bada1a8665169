"""An elapsed list opened at the counter (keeping §9): shown, written down, and kept nowhere else.

The register keeps which list, by which office and why; never whose rows were asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from boards.model.codes import grouped
from boards.model.errors import Fault, Refusal
from boards.model.kept.register import Act, Entry
from boards.model.kept.retention import ArchiveKind
from boards.model.payouts import Phase
from boards.model.windows import names_visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from boards.model.windows import Window
    from boards.sheets.sheet import Line, SheetHead
    from kiosk_server.archive.board import Board

Named = tuple[frozenset[str], "Line"]
"""A line, and everybody it names."""
_CODE = re.compile(r"[0-9]{10}")


class ListStillHangs(Refusal):
    """Everybody may read it: no archive is opened for it."""

    code = "list-still-hangs"
    fault = Fault.PERSON
    sentence = "{title}还在公开，不用查档案。"
    advice = "请在一体机或手机上直接查看（短码 {code}，本机可查到 {until}），或看公开栏上的张贴件。"


class ListNotKept(Refusal):
    """No list of that name or code is in the archive: there never was one, or the county took it back."""

    code = "list-not-kept"
    fault = Fault.PERSON
    sentence = "档案里没有这张表（{why}）。"
    advice = "请核对 --list 里的短码（10 位）或批次；不写 --list 就列出可以查的表。"


class Reasons(NamedTuple):
    """Why a list is opened; `whole` is why all of it, "" where it is not."""

    why: str
    whole: str = ""

    @property
    def told(self) -> str:
        """As the register keeps it."""
        return f"{self.why}；看全表：{self.whole}" if self.whole else self.why


def elapsed(board: Board, village: str, window: Callable[[SheetHead], Window], day: date) -> list[SheetHead]:
    """The village's lists whose names have left the board, newest first."""
    return [head for head in board.sheets(village) if not names_visible(window(head), day)]


def on_it(lines: Sequence[Named]) -> frozenset[str]:
    """Everybody whom a list names, whoever drew the money."""
    return frozenset(one for names, _ in lines for one in names if len(one) > 1)


def kept_list(board: Board, village: str, asked: str) -> SheetHead:
    """The newest edition of a list by the short code of any edition, or by its batch; raises ListNotKept."""
    code = re.sub(r"[\s-]", "", asked)
    if not _CODE.fullmatch(code):
        gone = board.list_taken_down(village, asked) is not None
        return _here(board.sheet(village, asked), taken_back=gone)
    found = board.by_code(code)
    head = found[0] if found else None
    batch = head.batch if head and head.village.code == village else ""
    gone = head is None and board.taken_down(code) is not None
    return _here(board.sheet(village, batch), taken_back=gone)


def _here(head: SheetHead | None, *, taken_back: bool) -> SheetHead:
    if head is None:
        raise ListNotKept(why="县里已撤回或删除" if taken_back else "本村没有这个短码或批次")
    return head


def require_elapsed(head: SheetHead, window: Window, day: date) -> None:
    """Raise ListStillHangs while its names may be read by everybody."""
    if names_visible(window, day):
        raise ListStillHangs(title=head.title, code=grouped(head.code), until=window.until.day)


def rows_of(lines: Sequence[Named], name: str, reasons: Reasons) -> tuple[Line, ...]:
    """The lines that name somebody, or all where a reason is given for that."""
    return tuple(line for names, line in lines if reasons.whole or name in names)


def consultation(head: SheetHead, at: str, by: str, reasons: Reasons, *, found: bool) -> Entry:
    """The line of the register: which list, by whom, why."""
    applied = head.terms.phase is Phase.APPLICATION
    return Entry(
        at=at,
        act=Act.CONSULT,
        village=head.village.code,
        year=head.terms.fiscal_year,
        record=head.batch,
        edition=head.edition,
        code=head.code,
        title=head.title,
        kind=ArchiveKind.APPLICATION if applied else ArchiveKind.LIST,
        digest=head.digest,
        by=by,
        reason=reasons.told,
        outcome="whole" if reasons.whole else "rows" if found else "none",
    )
