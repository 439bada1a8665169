"""What an erasure asks of a kiosk beyond its tables: every file that may show the name, and paper on walls.

<data>/erased    by log, how far its erasures have been carried through; written last, so that one that
                 was stopped goes on with the next pull
<data>/printed   the folders that sheets were printed into
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from boards.model.codes import grouped
from boards.model.errors import Fault, Refusal
from boards.model.kept.register import Act, Entry, stamped
from boards.model.kept.retention import ArchiveKind
from boards.sheets.sheet import Sheet, Variant
from kiosk_server.archive.kept.events import KeptEvents
from kiosk_server.archive.kept.register import Register
from kiosk_server.archive.kept.vault import EVENTS, VAULT, Vault
from kiosk_server.archive.kept.vault import named as digest_in
from kiosk_server.archive.land_board import all_enclosures
from kiosk_server.desk.after_pull import draw_rare
from kiosk_server.desk.keeping import TAKEN_AWAY, Keeping, went

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from kiosk_server.archive.archive import Archive
    from kiosk_server.archive.board import Board
    from kiosk_server.archive.past.erasures import Erasures, Paper
    from kiosk_server.press.worker import Press

ERASED, PRINTED = "erased", "printed"
ASIDE = "已失效"  # in a folder of printed sheets: what hangs no more
_BYTES = "surrogateescape"  # a folder's name may be in no encoding
ATTACH = "attach"  # the kind of event that a file comes with
_CUT_AS_EVER = {Variant.APPLICATION, Variant.IN_KIND}  # into two blocks a page, whatever their lines carry


class NotForgotten(Refusal):
    """Something on this machine may still hold an erased name."""

    code = "not-forgotten"
    fault = Fault.MACHINE
    sentence = "县里删除的内容还没有从本机完全抹去（{why}）。"
    advice = "下次同步会接着做；若一直不成，请检查磁盘和 data_dir 的权限，再运行 kiosk sync。"


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where a kiosk keeps what it made."""

    data: Path
    prints: Path  # where it prints unless told otherwise
    former: Path  # where older versions did

    @property
    def printed(self) -> frozenset[Path]:
        """Every folder that sheets were printed into."""
        return frozenset({self.prints.resolve(), self.former.resolve(), *printed(self.data)})


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """How far erasures were carried through, by origin of the log: with the last pull, and before it."""

    reached: dict[str, int] = {}
    before: dict[str, int] = {}


async def carry_through(
    archive: Archive, board: Board, press: Press, places: Places, now: datetime
) -> tuple[Erasures, Refusal | None]:
    """Let go of everything that may show what the county had erased; what came, and why it is not done yet.

    Done once more with the next pull: a sheet that was being drawn came down onto an empty shelf. Safe to
    stop, safe to repeat. A web font that cannot be drawn again undoes nothing.
    """
    looked = _looked(places.data)
    found, again = board.erasures(looked.reached), board.erasures(looked.before)
    refused: Refusal | None = None
    try:
        if again.villages:
            _take_from_vault(archive, board, places, again, now)
            await _let_go(archive, board, press, places, again.papers)
        _note(places.data, Looked(reached=found.reached, before=looked.reached))
    except Refusal as refusal:
        refused = refusal
    except OSError as e:  # of the note alone, where nothing was erased: the same is looked through again
        refused = NotForgotten(why=e.strerror) if again.villages else None
    return found, refused


async def _let_go(
    archive: Archive, board: Board, press: Press, places: Places, papers: Sequence[Paper]
) -> None:
    if not await archive.forget():
        raise NotForgotten(why="档案库正被占用")
    press.forget()
    _take_from_prints(places, papers)
    await draw_rare(board, press, board.villages())


def _take_from_vault(archive: Archive, board: Board, places: Places, found: Erasures, now: datetime) -> None:
    """A tombstone takes the place of every kept file that shows the row, bundles of events lose the body.

    Raises NotKept, DiskFull.
    """
    vault = Vault(places.data / VAULT)
    for village in found.villages:
        gone = (one.index for one in found.bodies if one.village == village)
        KeptEvents(vault.folder / EVENTS).blank(village, gone)
    keeping = Keeping(vault, Register(places.data, archive.database))
    keeping.begin()
    told = list(keeping.register.told())
    taken = {*went(told)}
    for kept in (*_shown(told, found), *_files(vault, board, told, found)):
        if kept.sha256 not in taken or vault.has(str(kept.sha256)):  # brought again by a notice since
            keeping.take_away(msgspec.structs.replace(kept, at=stamped(now)))
            taken.add(str(kept.sha256))


def _shown(told: Iterable[Entry], found: Erasures) -> Iterator[Entry]:
    """Lines about kept files that show an erased row or notice, as its erasure."""
    codes = {paper.head.code: paper.head.batch for paper in found.papers}
    for one in told:
        for body in found.bodies if one.sha256 and one.act not in TAKEN_AWAY else ():
            notice = (one.village, one.record) == (body.village, body.rec)
            if notice or (codes.get(one.code) == body.batch and one.village == body.village):
                yield msgspec.structs.replace(one, act=Act.ERASE, by=body.by, reason=body.event)
                break


def _files(vault: Vault, board: Board, told: Iterable[Entry], found: Erasures) -> Iterator[Entry]:
    """Files of erased notices: nobody can tell any more which they were, but no other is named by nobody."""
    erased = {one.village: one for one in found.bodies if one.kind == ATTACH}
    if erased:
        with board.snapshot():
            shelves = map(board.land, board.villages())
            named = {one.sha256 for shelf in shelves for one in all_enclosures(shelf, ever=True)}
        named |= {one.sha256 for one in told if one.sha256 and one.act not in TAKEN_AWAY}
        body = next(iter(erased.values()))
        unnamed = {digest_in(path.with_suffix("")) for path in vault.files()} - named - {""}
        gone = Entry(at="", act=Act.ERASE, village=body.village, record=body.rec, kind=ArchiveKind.ATTACHMENT)
        for sha256 in sorted(unnamed):
            yield msgspec.structs.replace(gone, sha256=sha256, by=body.by, reason=body.event)


def due(board: Board, data: Path) -> Erasures:
    """What has not been carried through here."""
    return board.erasures(_looked(data).reached)


def _looked(data: Path) -> Looked:
    try:
        return msgspec.json.decode((data / ERASED).read_bytes(), type=Looked)
    except (OSError, msgspec.MsgspecError):  # none yet, or torn: everything is looked through once more
        return Looked()


def _note(data: Path, looked: Looked) -> None:
    if looked != _looked(data):
        half = data / f".{ERASED}.{os.getpid()}"
        half.write_bytes(msgspec.json.encode(looked))
        half.replace(data / ERASED)


def note_printed(places: Places, into: Path) -> None:
    """Remember a folder that sheets are printed into, before the first one lies there.

    A disk that cannot be written to costs the note, never the print.
    """
    into = Path(os.path.realpath(into))  # a link that leads to itself is told when it is written to
    if into != places.prints.resolve() and into not in printed(places.data):
        with suppress(OSError), (places.data / PRINTED).open("a", encoding="utf-8", errors=_BYTES) as file:
            file.write(f"{into}\n")
            file.flush()
            os.fsync(file.fileno())


def printed(data: Path) -> tuple[Path, ...]:
    """The folders sheets were printed into."""
    try:
        lines = (data / PRINTED).read_text("utf-8", _BYTES).splitlines()
    except FileNotFoundError:
        return ()
    return tuple(map(Path, lines))


def _take_from_prints(places: Places, papers: Iterable[Paper]) -> None:
    take_copies(places, (paper.head.code for paper in papers))


def take_copies(places: Places, codes: Iterable[str]) -> None:
    """Printed files of these editions go, half-written ones too; nothing else of whoever owns the folder."""
    names = [f"*_{code}.{suffix}" for code in codes for suffix in ("pdf", "part")]
    for folder in [folder for one in places.printed for folder in (one, one / ASIDE)]:
        for path in [path for name in names for path in folder.glob(name)]:
            path.unlink(missing_ok=True)


def out_of_reach(places: Places) -> tuple[Path, ...]:
    """Folders that sheets were printed into and that are not here now: a stick, a share."""
    return tuple(folder for folder in printed(places.data) if not folder.is_dir())


def told(board: Board, papers: Sequence[Paper]) -> list[str]:
    """Which papers to take down, a sentence for each edition."""
    return [_told(paper, _where(board, paper)) for paper in papers]


def _told(paper: Paper, where: str) -> str:
    head, now = paper.head, paper.now
    instead = f"换上第 {now.edition} 版（短码 {grouped(now.code)}）" if now else "不再张贴"
    return (
        f"请取下并销毁：{head.title}第 {head.edition} 版（短码 {grouped(head.code)}）全部各页，{where}；"
        f"{instead}。存档和发出的复印件、下载件也请销毁。"
    )


def _where(board: Board, paper: Paper) -> str:
    """The numbers of the lines as printed, and the first page each can be on: high rows push it further.

    An edition on which somebody erased was the only one with a thing or a beneficiary had 12 lines a page,
    and the lines that are left no longer tell it: then both pages are named.
    """
    from printouts.columns import ROWS, layout_of  # noqa: PLC0415 - reportlab comes with it, erasures are rare

    newest = None
    with suppress(Refusal):  # somebody touched the list: `kiosk verify` says so
        newest = board.whole(paper.head.village.code, paper.head.batch)
    layout = layout_of(Sheet(head=paper.head, lines=newest.lines if newest else ()))
    where = f"删去的是序号 {_listed(paper.lines)}，在第 {_pages(paper, layout.per_page)} 页或其后"
    if paper.head.variant in _CUT_AS_EVER or paper.head.terms.sensitive:
        return where
    fewer = _pages(paper, ROWS)
    if fewer == _pages(paper, layout.per_page):
        return where
    return f"{where}（每页 {ROWS} 行的在第 {fewer} 页或其后）"


def _pages(paper: Paper, per_page: int) -> str:
    return _listed(sorted({(line - 1) // per_page + 1 for line in paper.lines}))


def _listed(numbers: Iterable[int]) -> str:
    return "、".join(map(str, numbers))
