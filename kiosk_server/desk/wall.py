"""What hangs on a village's wall, as far as this kiosk printed it: the files in a folder are what was hung.

A file's name ends with the short code, and its time is when it was printed. While nobody has told of a
posting, the term of a list runs from the day it was printed (settled §36).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from boards.model.calendar.civil_day import civil_day, day_told
from boards.model.codes import grouped
from boards.model.payouts import Phase
from boards.model.windows import posting_term, workdays_of
from boards.sheets.year import YEAR_TERM, awaited, title_of_year
from kiosk_server.desk.annual import year_on
from kiosk_server.desk.erasing import ASIDE
from kiosk_server.desk.hanging_notices import notices_to_hang
from kiosk_server.desk.list_windows import windows_of
from kiosk_server.desk.print_sheets import may_hang, year_begins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from boards.model.pack import Pack
    from boards.model.place import Village
    from boards.sheets.land.notice_sheet import NoticeSheet
    from boards.sheets.sheet import SheetHead
    from boards.sheets.year import YearSheet
    from kiosk_server.archive.board import Board
    from kiosk_server.archive.past.closed_years import YearEdition
    from kiosk_server.archive.past.editions_gone import Gone

_CODE = re.compile(r"_([0-9]{10}|[0-9A-F]{8})\.pdf")  # a short code, or the stamp of a year nobody settled
_SO_FAR = re.compile(r"_截至(\d{4})-(\d\d)-(\d\d)(?:_A3)?_[0-9A-F]{8}\.pdf")


class Down(NamedTuple):
    """One paper to take down: its code, and the sentence that says so."""

    code: str
    sentence: str


def list_hangs(board: Board, pack: Pack, today: date, folder: Path) -> Callable[[SheetHead], bool]:
    """Whether a list belongs on the wall on a day: its names may be shown, its term from the print runs.

    It was printed between its import and today, whatever the clock said then (settled §3).
    """
    programmes, calendar = {one.code: one for one in pack.programmes}, workdays_of(pack)
    may, printed = may_hang(board, pack, today), printed_on(folder)

    def hangs(head: SheetHead) -> bool:
        term = posting_term(head.terms, windows_of(programmes, head))
        on = min(max(printed.get(head.code, today), head.imported_on or today), today)
        return may(head) and today <= calendar.posting_end(on, term).day

    return hangs


def notice_hangs(today: date) -> Callable[[NoticeSheet], bool]:
    """Whether a notice's period runs on a day; one without a period hangs until another takes its place."""
    return lambda sheet: sheet.until is None or today <= sheet.until.day


def years_to_hang(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    board: Board, pack: Pack, village: Village, today: date, folder: Path, asked: int | None = None
) -> tuple[YearSheet, ...]:
    """Last year and this one once they are settled, before that from 1 December on; and the year asked for.

    They hang as long as the usual list, from the day they were printed, also one that was asked for then.
    """
    printed, calendar = printed_on(folder), workdays_of(pack)

    def hangs(one: YearSheet) -> bool:
        due = one.holds or awaited(one.year, today)
        wanted = one.stamp in printed or (due and one.year >= today.year - 1)
        on = min(max(printed.get(one.stamp, today), _came(board, one)), today)
        return wanted and today <= calendar.posting_end(on, YEAR_TERM).day

    return tuple(one for one in _years(board, pack, village, today) if one.year == asked or hangs(one))


def _came(board: Board, one: YearSheet) -> date:
    """No paper of a year was printed before its figures came, whatever the clock said then (settled §3)."""
    if one.settled and one.holds:
        return one.settled.arrived_on
    heads = board.sheets(one.village.code, Phase.PAYMENT, one.year)
    return max((head.imported_on for head in heads if head.imported_on), default=date.min)


def years_put_aside(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    board: Board, pack: Pack, village: Village, today: date, folder: Path, hang: Iterable[YearSheet]
) -> tuple[Down, ...]:
    """Move papers of years that say something else by now, or whose term is over; what to take down."""
    stamps, downs = {one.stamp for one in hang}, []
    for of, stamp, path in _papers_of_years(board, pack, village, today, folder):
        if stamp not in stamps:
            _put_aside(path)
            downs.append(_year_down(board, of, stamp, path))
    return tuple(dict.fromkeys(downs))


def years_replaced(  # noqa: PLR0913, PLR0917 - the world arrives as arguments
    board: Board, pack: Pack, village: Village, today: date, folders: Iterable[Path], before: int
) -> tuple[Down, ...]:
    """What to take down of years: editions replaced behind a place in the log, and what lies in folders.

    An edition is told wherever it was printed, as a list's is; a paper in a folder until it says what is so.
    """
    editions = {(one.year, one.edition): one for one in board.year_editions(village.code)}
    replaced = [
        _edition_down(board, village, one)
        for one in editions.values()
        if (newer := editions.get((one.year, one.edition + 1))) and one.number < before <= newer.number
    ]
    lying = [
        _year_down(board, of, stamp, path)
        for folder in folders
        for of, stamp, path in _papers_of_years(board, pack, village, today, folder)
        if stamp != of.stamp
    ]
    return tuple(dict.fromkeys((*replaced, *lying)))


def _papers_of_years(
    board: Board, pack: Pack, village: Village, today: date, folder: Path
) -> Iterator[tuple[YearSheet, str, Path]]:
    """What lies printed of the village's years: the year as it is today, the stamp of the paper, the file."""
    if not (papers := _papers(folder)):
        return
    sheets = [*_years(board, pack, village, today)]
    for stamp, path in papers:
        of = next((one for one in sheets if _of_year(board, one, stamp, path)), None)
        if of is not None:
            yield of, stamp, path


def _years(board: Board, pack: Pack, village: Village, today: date) -> Iterator[YearSheet]:
    """Every year that has lists or figures."""
    for year in sorted({*board.years(village.code), *board.years_closed(village.code)}):
        yield year_on(board, pack, village, year, today)


def _of_year(board: Board, sheet: YearSheet, stamp: str, path: Path) -> bool:
    """Whether a paper is of this village's year: by its short code, else by its name."""
    if _SO_FAR.search(path.name):
        return path.name.startswith(year_begins(sheet))
    return board.year_by_code(stamp) == (sheet.village.code, sheet.year)


def _year_down(board: Board, sheet: YearSheet, stamp: str, path: Path) -> Down:
    """Why a paper that lies printed comes down."""
    so_far = _SO_FAR.search(path.name)
    if stamp != sheet.stamp and not so_far:
        one = next(one for one in board.year_editions(sheet.village.code) if one.code == stamp)
        return _edition_down(board, sheet.village, one)
    what = f"截至{'-'.join(so_far.groups())}" if so_far else f"短码 {grouped(stamp)}"
    if stamp == sheet.stamp:
        return Down(stamp, f"请撤下：{sheet.title}（{what}），公示期已满。")
    now = f"第{sheet.edition}版（短码 {grouped(sheet.code)}）" if sheet.holds else "今天的汇总"
    return Down(stamp, f"请撤下：{sheet.title}（{what}），由{now}代替。")


def _edition_down(board: Board, village: Village, one: YearEdition) -> Down:
    """An edition the county settled: replaced by its newest one, or overtaken before there was another."""
    paper = _paper(title_of_year(village, one.year), one.edition, one.code)
    now = max(of for of in board.year_editions(village.code) if of.year == one.year)
    if now.edition == one.edition:
        return Down(one.code, f"{paper}，县里的数不再与名单一致，等县里重新核定。")
    what = f"第{now.edition}版（短码 {grouped(now.code)}）"
    return Down(one.code, f"{paper}，自{day_told(now.came_on)}起由{what}代替。")


def hanging(
    board: Board,
    village: Village,
    pack: Pack,
    lists: Callable[[SheetHead], bool],
    notices: Callable[[NoticeSheet], bool],
) -> frozenset[str]:
    """Codes of what hangs."""
    sheets = notices_to_hang(board, village, workdays_of(pack))
    codes = {head.code for head in board.sheets(village.code) if lists(head)}
    return frozenset(codes | {sheet.code for sheet in sheets if notices(sheet)})


def printed_on(folder: Path) -> dict[str, date]:
    """The first day on which each code was printed into a folder, also of what was put aside."""
    days: dict[str, date] = {}
    for code, path in (*_papers(folder), *_papers(folder / ASIDE)):
        day = civil_day(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        days[code] = min(day, days.get(code, day))
    return days


def put_aside(
    board: Board, village: Village, pack: Pack, folder: Path, hanging: frozenset[str]
) -> tuple[Down, ...]:
    """Move what no longer hangs to 已失效/, and say what to take down; papers of others stay there."""
    over = {one.code: one for one in _over(board, village, pack)}
    downs = over | {one.code: one for one in taken_back(board, village.code)}
    found = [(code, path) for code, path in _papers(folder) if code in downs and code not in hanging]
    for _, path in found:
        _put_aside(path)
    return tuple(downs[code] for code in dict.fromkeys(code for code, _ in found))


def down_since(board: Board, village: str, before: int, folders: Iterable[Path]) -> tuple[Down, ...]:
    """What to take down: what came before a place in a village's log and went behind it, or lies printed."""
    printed = {code for folder in folders for code, _ in _papers(folder)}
    return tuple(
        _down(one) for one in board.gone(village) if one.came < before <= one.went or one.code in printed
    )


def taken_back(board: Board, village: str) -> Iterator[Down]:
    """Editions and notices that were replaced or withdrawn."""
    return map(_down, board.gone(village))


def _over(board: Board, village: Village, pack: Pack) -> Iterator[Down]:
    """What hangs no more although nothing replaced it, because its term has ended."""
    for head in board.sheets(village.code):
        yield Down(head.code, f"{_paper(head.title, head.edition, head.code)}，公示期已满。")
    for sheet in notices_to_hang(board, village, workdays_of(pack)):
        yield Down(sheet.code, f"{_paper(sheet.project + sheet.title, 0, sheet.code)}，张贴期已满。")


def _put_aside(path: Path) -> None:
    aside = path.parent / ASIDE
    aside.mkdir(exist_ok=True)
    path.replace(aside / path.name)


def _down(gone: Gone) -> Down:
    paper = _paper(gone.title, 0 if gone.notice else gone.edition, gone.code)
    if not gone.now:
        return Down(gone.code, f"{paper}，县里已于{day_told(gone.since)}撤回。")
    what = "后发的公告" if gone.notice else f"第{gone.now_edition}版"
    return Down(gone.code, f"{paper}，自{day_told(gone.since)}起由{what}（短码 {grouped(gone.now)}）代替。")


def _paper(title: str, edition: int, code: str) -> str:
    return f"请撤下：{title}{f'第{edition}版' if edition else ''}（短码 {grouped(code)}）"


def _papers(folder: Path) -> list[tuple[str, Path]]:
    """Printed files of a folder by code; none where there is no folder."""
    try:
        files = sorted(folder.iterdir())
    except OSError:  # none yet, or a stick that was taken out
        return []
    return [(found[1], path) for path in files if (found := _CODE.search(path.name)) and path.is_file()]
