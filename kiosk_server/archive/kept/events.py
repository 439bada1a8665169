"""Source events kept a second time, as the county publishes them: bundles of 256 lines, and the checkpoint.

<data>/vault/events/v/<village>/checkpoint                 as received
<data>/vault/events/v/<village>/tile/rows/000.ndjson.gz    protocol §3; the last one is replaced as it grows

The folder is a feed: a damaged log comes back from it as it would from the county, proven by the same
signatures and the same tree (keeping §4). A body that was withheld here, or erased, stands in no bundle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from boards.model.errors import Refusal
from kiosk_server.archive.engines.connection import as_bytes
from kiosk_server.archive.kept.trust import KeptTrust
from kiosk_server.archive.kept.vault import Amiss, lasting, own, put, unlike
from kiosk_server.archive.keys import in_log
from kiosk_server.archive.statements import LEAVES, LOGS_KEPT
from sync.durable import settled
from sync.log import tiles
from sync.log.bundle import packed, unpacked
from sync.log.checkpoint import Checkpoint, checkpoint
from sync.log.note import parse
from sync.trust_layout import FOLDER
from sync.wire import BUNDLE_LIMIT_BYTES, framed, line

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

    from kiosk_server.archive.engines.connection import Connection

CHECKPOINT = "checkpoint"
_QUICK = 1  # of zlib's nine: a quarter more room, a tenth of the time


class LogKept(NamedTuple):
    """A log as the database has it."""

    log: int
    village: str
    size: int
    note: bytes  # its newest checkpoint

    @property
    def signed(self) -> Checkpoint | None:
        """What its checkpoint says, where that is of this very size: after a stop it may be ahead."""
        said = checkpoint(parse(self.note).text) if self.note else None
        return said if said and said.size == self.size else None


def logs_kept(db: Connection) -> dict[str, LogKept]:
    """The log of each village, as the database has it: the newest, where the county began another."""
    rows = db.execute(LOGS_KEPT).fetchall()
    return {village: LogKept(log, village, size, as_bytes(note)) for log, village, size, note in rows}


class KeptEvents:
    """The bundles of all villages of this machine, and whom it trusts."""

    def __init__(self, folder: Path) -> None:
        """The folder is made with the first bundle; `trust` is whom this machine trusts, beside them."""
        self.folder, self.trust = folder, KeptTrust(folder)

    def keep(self, db: Connection, log: LogKept) -> None:
        """Write the bundles that are new since the last checkpoint kept here. Raises NotKept."""
        folder, since, signed = self._of(log.village), self._reached(log.village), log.signed
        if signed is None:
            return
        if signed == since:  # perhaps by other keys, or with a younger heartbeat
            self._signed_anew(folder / CHECKPOINT, log.note)
            return
        start = since.size if since and since.origin == signed.origin else 0
        if start > log.size:  # the database lost something: these may be all there is of it
            return
        with lasting():
            for index, width in tiles.covering(start, log.size):
                put(folder / _name(index, width), packed(_lines(db, log.log, index, width), _QUICK))
            self._close(log)

    def _signed_anew(self, path: Path, note: bytes) -> None:
        if unlike(path, note):
            with lasting():
                put(path, note)
                settled(path.parent)

    def set_right(self, db: Connection, log: LogKept) -> dict[str, Amiss]:
        """Hold every bundle against a log that holds; what was missing, changed or too many is put right.

        Raises NotKept.
        """
        with lasting():
            return self._set_right(db, log)

    def _set_right(self, db: Connection, log: LogKept) -> dict[str, Amiss]:
        folder, found = self._of(log.village), dict[str, Amiss]()
        for index, width in tiles.covering(0, log.size):
            name, said = _name(index, width), _lines(db, log.log, index, width)
            if fault := unlike(folder / name, said, _inflated):
                found[name] = fault
                put(folder / name, packed(said, _QUICK))
        if fault := unlike(folder / CHECKPOINT, log.note):
            found[CHECKPOINT] = fault
        extra = [path.relative_to(folder).as_posix() for path in self._extra(log)]
        if found or extra:
            self._close(log)
        return found | dict.fromkeys(extra, "extra")

    def strange(self, villages: Container[str]) -> Iterator[Path]:
        """What lies here and belongs to no village's log, nor to what is trusted (`KeptTrust.strange`)."""
        for path in sorted(self.folder.rglob("*")):
            parts = path.relative_to(self.folder).parts
            log = parts[0] == "v" and len(parts) > 2 and parts[1] in villages
            trust = parts[0] == FOLDER and len(parts) > 1
            if (path.is_symlink() or not path.is_dir()) and not log and not trust:
                yield path

    def blank(self, village: str, indexes: Iterable[int]) -> None:
        """Take erased bodies out of the bundles that hold them. Safe to repeat. Raises NotKept."""
        gone = frozenset(indexes)
        with lasting():
            for half in self._of(village).rglob("*.new"):  # what a power cut left may hold them too
                half.unlink()
            for index in sorted({at // tiles.WIDTH for at in gone}):
                for path in self._written(village, index):
                    self._blank(path, {at % tiles.WIDTH for at in gone if at // tiles.WIDTH == index})

    def _blank(self, path: Path, gone: set[int]) -> None:
        try:
            lines = unpacked(path.read_bytes(), BUNDLE_LIMIT_BYTES).splitlines(keepends=True)
            said = b"".join([_blanked(one) if at in gone else one for at, one in enumerate(lines)])
        except Refusal:  # nobody can tell what stands in it: the night writes it again
            path.unlink()
        else:
            put(path, packed(said, _QUICK))
        settled(path.parent)

    def _of(self, village: str) -> Path:
        return self.folder / "v" / village

    def _reached(self, village: str) -> Checkpoint | None:
        """How far the bundles go; None where nothing can be said."""
        try:
            with own(self._of(village) / CHECKPOINT) as file:
                return checkpoint(parse(file.read()).text)
        except (OSError, Refusal):
            return None

    def _close(self, log: LogKept) -> None:
        """The checkpoint comes last, and what it does not name goes: no erased body must live on there."""
        folder = self._of(log.village)
        for name in {(folder / _name(*one)).parent for one in tiles.covering(0, log.size)}:
            settled(name)
        put(folder / CHECKPOINT, log.note)
        settled(folder)
        for path in self._extra(log):
            path.unlink()
            settled(path.parent)

    def _extra(self, log: LogKept) -> list[Path]:
        folder = self._of(log.village)
        named = {folder / CHECKPOINT, *(folder / _name(*one) for one in tiles.covering(0, log.size))}
        lies = (path for path in sorted(folder.rglob("*")) if path.is_symlink() or not path.is_dir())
        return [path for path in lies if path not in named]

    def _written(self, village: str, index: int) -> Iterator[Path]:
        """The bundle of this number, and narrower ones of it."""
        whole = self._of(village) / _name(index, tiles.WIDTH)
        narrow = whole.with_name(f"{whole.name.removesuffix(tiles.ROWS_SUFFIX)}.p")
        yield from (path for path in (whole, *narrow.glob("*")) if path.is_file())


def _name(index: int, width: int) -> str:
    return tiles.tile("rows", index, width) + tiles.ROWS_SUFFIX


def _lines(db: Connection, log: int, index: int, width: int) -> bytes:
    """A bundle's lines from the leaves."""
    first = in_log(log, index * tiles.WIDTH)
    rows = db.execute(LEAVES, (first, first + width - 1)).fetchall()
    return b"".join(
        [line(as_bytes(head), None if body is None else as_bytes(body)) for _, head, body, _ in rows]
    )


def _inflated(bundle: bytes) -> bytes:
    return unpacked(bundle, BUNDLE_LIMIT_BYTES)


def _blanked(one: bytes) -> bytes:
    return line(framed(one.removesuffix(b"\n"))[0], None)
