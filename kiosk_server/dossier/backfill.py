"""Older years (补录): files from before this system, each with who brought it and from where (keeping §10).

<data>/vault             the bytes, by their digest
<data>/register.chain    one line each

They are archive records and nothing else: no list, page, feed, twin or total reads the register.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.kept.register import Act, Entry
from boards.model.names import unshowable
from boards.model.privacy.numbers import numbers_in
from boards.model.privacy.withheld import shown
from kiosk_server.archive import land_board
from kiosk_server.dossier.nobody import tells_who

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from pathlib import Path

    from kiosk_server.archive.board import Board
    from kiosk_server.archive.kept.register import Register
    from kiosk_server.desk.keeping import Keeping

FORMAT: Final = "village-backfill/1"
FOLDER: Final = "data/backfill"
LOOKED_AT: Final = "no-numbers-seen"  # a person looked through a scan
OWN: Final = 0o400  # nobody but this machine's service may read it
READ: Final = "no-numbers-read"  # a program read every cell of a roster
_LONGEST_NAME = 60
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


class YearNotOlder(Refusal):
    """A year or day to come, or a year this system has published in."""

    code = "year-not-older"
    fault = Fault.PERSON
    sentence = "{year} 年{why}，不能补录。"
    advice = "补录只收本系统启用以前的年份；请核对 --year 和 --day。"


class NumbersNotLookedFor(Refusal):
    """Nobody has said that a scan shows no number of a person."""

    code = "numbers-not-looked-for"
    fault = Fault.PERSON
    sentence = "扫描件里有没有身份证号、银行卡号，程序看不出来，没有收。"
    advice = "请逐页看过，确认没有（或已遮盖）后，加上 --no-numbers-seen 再运行；这句话会记入登记簿。"


class FileChanged(Refusal):
    """A file is not what was judged a moment ago."""

    code = "older-file-changed"
    fault = Fault.PERSON
    sentence = "{name} 在核对以后变了，没有收。"
    advice = "请等文件拷贝完、不再有人改动后，再运行一次；已经收的不会重复。"


class Handed(NamedTuple):
    """One file as it was handed over, judged by who can read it."""

    file: Path
    sha256: str
    size_bytes: int
    suffix: str  # by what it is, whatever it is called
    pages: int

    def octets(self) -> bytes:
        """What was judged; raises FileChanged."""
        data = self.file.read_bytes()
        if sha256(data).hexdigest() != self.sha256:
            raise FileChanged(name=shown(self.file.name))
        return data


class Taken(NamedTuple):
    """What came of one file: its line of the register, and whether it was here before."""

    entry: Entry
    known: bool


def require_older(board: Board, about: Entry, today: date) -> None:
    """Hold a year and its day against today and what was published here; raises YearNotOlder."""
    village, year, day = about.village, about.year, about.day or today
    with board.snapshot():
        cases = land_board.cases(board.land(village))
        posted = {one.notice.posted_on.year for case in cases for one in case}
        published = {*board.years(village), *posted}
    if year > today.year or day > today:
        raise YearNotOlder(year=year, why=f"或所写日期还没有到（今天是 {today}）")
    if year in published:
        raise YearNotOlder(year=year, why="本系统已经公开过")
    if day.year < year:
        raise YearNotOlder(year=year, why=f"的材料不会早于这一年（写的是 {day}）")


def take_in(
    keeping: Keeping, about: Entry, files: Iterable[Handed], people: Collection[str]
) -> tuple[Taken, ...]:
    """Keep each file once and write its line; one that was stopped goes on when it is asked again.

    `about` says what holds for all: village, year, kind, title, day, who and from where; no file keeps a name
    in which one of `people` stands. Raises DiskFull.
    """
    keeping.begin()
    here = {one.sha256: one for one in _here(keeping.register.entries())}
    taken = []
    for file in files:
        entry = _entry(about, file, people)
        known = here.get(entry.sha256)
        if known is None:
            digest = keeping.keep(file.octets(), entry)
            keeping.vault.path(digest).chmod(OWN)  # people stand on it
            here[entry.sha256] = entry
        taken.append(Taken(known or entry, known is not None))
    return tuple(taken)


def backfilled(register: Register, village: str, year: int = 0) -> tuple[Entry, ...]:
    """A village's files of an older year (0: of all), by day and as they came; raises RegisterBent."""
    found = (one for one in _here(register.entries(village)) if year in {0, one.year})
    return tuple(sorted(found, key=lambda one: (one.year, str(one.day))))


def path_of(entry: Entry) -> str:
    """Where a file lies in a bag; its provenance lies beside it, with .json behind the name."""
    return f"{FOLDER}/{str(entry.sha256)[:8]}_{entry.name}"


def provenance(entry: Entry) -> bytes:
    """What is known of where a file came from (village-backfill/1); canonical JSON, one line."""
    told = {
        "format": FORMAT,
        "marked": "补录",
        "village": entry.village,
        "year": entry.year,
        "kind": entry.kind,
        "record": entry.record,
        "title": entry.title,
        "day": entry.day,
        "source": entry.source,
        "brought_by": entry.by,
        "taken_in_at": entry.at,
        "clock_suspect": entry.suspect,
        "checked": entry.outcome,
        "name": entry.name,
        "path": path_of(entry),
        "sha256": entry.sha256,
        "size_bytes": entry.size_bytes,
        "pages": entry.pages,
    }
    return msgspec.json.encode(told, order="sorted") + b"\n"


def _here(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """What was taken in and has not been destroyed since."""
    here: dict[str | None, Entry] = {}
    for one in entries:
        if one.act is Act.BACKFILL:
            here[one.sha256] = one
        elif one.act is Act.DESTROY:
            here.pop(one.sha256, None)
    return tuple(here.values())


def _entry(about: Entry, file: Handed, people: Collection[str]) -> Entry:
    return msgspec.structs.replace(
        about,
        record=f"backfill-{file.sha256[:8]}",
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        pages=file.pages,
        name=_safe(file, about.title, people),
    )


def _safe(file: Handed, title: str, people: Collection[str]) -> str:
    """A name that any file system holds and nobody is known by: else the title's."""
    stem = file.file.stem
    plain = _plain("" if numbers_in(stem) or tells_who(people, stem) else stem) or _plain(title)
    return f"{plain or '补录'}{file.suffix}"


def _plain(text: str) -> str:
    """A text as a file may be called: no sign a file system minds, nothing that cannot be seen."""
    seen = "".join(one for one in unicodedata.normalize("NFC", text) if not unshowable(one))
    return _UNSAFE.sub(" ", seen).strip(" .")[:_LONGEST_NAME].strip(" .")
