"""The files of one village's log on the county's disk: durable rows first, then tiles, the checkpoint last.

Repeating a write after a crash writes the same files again; until the checkpoint is renamed
into place, no reader sees anything of it. A body is blanked only once a published checkpoint names it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from boards.model.errors import Fault, Refusal
from sync import wire
from sync.durable import durable, placed, settled
from sync.log import tiles, tree
from sync.log.bundle import packed, unpacked
from sync.log.checkpoint import Checkpoint, checkpoint
from sync.log.note import parse


class BundleTooLarge(Refusal):
    """256 events inflate beyond what a kiosk accepts."""

    code = "bundle-too-large"
    fault = Fault.COUNTY
    sentence = "一次发布的记录太长，超过一体机能接收的大小。"
    advice = "请缩短备注等文字，或把附件另行发布。"


class FeedDamaged(Refusal):
    """The county's own feed does not match its last checkpoint."""

    code = "feed-damaged"
    fault = Fault.MACHINE
    sentence = "县级发布目录里 {village} 的文件与最后的签名不一致，没有发布。"
    advice = "请先从备份恢复发布目录，再重新发布。"


class VillageLog:
    """One log's folder. Reading trusts nothing: the heads must give the signed root."""

    def __init__(self, folder: Path, village: str, origin: str) -> None:
        """`folder` is the feed; the log lies in `v/<village>`."""
        self.folder, self.village, self.origin = folder / "v" / village, village, origin

    def note(self) -> bytes:
        """The published checkpoint, b"" before the first."""
        path = self.folder / "checkpoint"
        return path.read_bytes() if path.exists() else b""

    def state(self) -> Checkpoint:
        """The published checkpoint's text; an empty log before the first."""
        note = self.note()
        return checkpoint(parse(note).text) if note else Checkpoint(self.origin, 0, tree.EMPTY_ROOT)

    def lines(self) -> Iterator[bytes]:
        """All published lines, in order, without newlines."""
        for index, width in tiles.covering(0, self.state().size):
            yield from self._bundle(index, width)

    def hashes(self, added: Sequence[bytes] = ()) -> list[bytes]:
        """All leaf hashes, proven against the published checkpoint, and those of lines to be added."""
        state, out = self.state(), bytearray()
        for index, width in tiles.covering(0, state.size):
            out += self._read(tiles.tile(0, index, width))
        found = [bytes(out[at : at + 32]) for at in range(0, len(out), 32)]
        if len(found) != state.size or tree.root_of(found) != state.root:
            raise FeedDamaged(village=self.village)
        return found + [tree.leaf_hash(wire.framed(line)[0]) for line in added]

    def grown(self, added: Sequence[bytes]) -> Checkpoint:
        """The checkpoint of this log once these lines are appended."""
        hashes = self.hashes(added)
        return Checkpoint(self.origin, len(hashes), tree.root_of(hashes))

    def write(self, added: Sequence[bytes]) -> None:
        """Write rows and tiles for the lines to come; no checkpoint yet."""
        start, hashes = self.state().size, self.hashes(added)
        whole, loose = divmod(start, tiles.WIDTH)
        before = self._bundle(whole, loose) if loose else []
        self._write_rows(whole * tiles.WIDTH, [*before, *added])
        self._write_hashes(start, hashes)
        for folder in [self.folder, *(path for path in self.folder.rglob("*") if path.is_dir())]:
            settled(folder)

    def publish(self, note: bytes) -> None:
        """Let the readers see it: the checkpoint, by rename. Then drop what it does not name."""
        durable(self.folder / "checkpoint", note)
        self._drop_unnamed()

    def signed_again(self, note: bytes) -> None:
        """Other signatures under the very same checkpoint."""
        durable(self.folder / "checkpoint", note)

    def blank(self, erased: Iterable[int]) -> None:
        """Take away bodies that an erase under the published checkpoint names. Safe to repeat.

        What the checkpoint does not name goes first: it may hold them too, and its room is of use on a full
        disk.
        """
        self._drop_unnamed()
        size, gone = self.state().size, frozenset(erased)
        for index in sorted({at // tiles.WIDTH for at in gone}):
            first = index * tiles.WIDTH
            lines = self._bundle(index, min(tiles.WIDTH, size - first))
            for at in range(len(lines)):
                if first + at in gone:  # its head stays, and so does the tree
                    lines[at] = wire.line(wire.framed(lines[at])[0], None)[:-1]
            settled(self._place_rows(index, lines))

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except OSError as e:
            raise FeedDamaged(village=self.village) from e

    def _bundle(self, index: int, width: int) -> list[bytes]:
        """The lines of one published bundle."""
        raw = self._read(tiles.tile("rows", index, width) + tiles.ROWS_SUFFIX)
        return unpacked(raw, wire.BUNDLE_LIMIT_BYTES).split(b"\n")[:-1]

    def _write_rows(self, first: int, rows: Sequence[bytes]) -> None:
        """Bundles and entries of the lines from `first` on."""
        for index, width in tiles.covering(first, first + len(rows)):
            lines = rows[index * tiles.WIDTH - first :][:width]
            self._place_rows(index, lines)
            heads = [wire.framed(line)[0] for line in lines]
            data = b"".join(len(head).to_bytes(2, "big") + head for head in heads)
            placed(self.folder / tiles.tile("entries", index, width), data)

    def _place_rows(self, index: int, lines: Sequence[bytes]) -> Path:
        """One bundle, its bytes on disk; the folder it lies in."""
        data = b"".join(line + b"\n" for line in lines)
        if len(data) > wire.BUNDLE_LIMIT_BYTES:
            raise BundleTooLarge
        path = self.folder / (tiles.tile("rows", index, len(lines)) + tiles.ROWS_SUFFIX)
        placed(path, packed(data))
        return path.parent

    def _write_hashes(self, start: int, hashes: Sequence[bytes]) -> None:
        """The tiles of all levels that change when the log grows from `start`."""
        level = 0
        while hashes:
            for index, width in tiles.covering(start, len(hashes)):
                at = index * tiles.WIDTH
                placed(self.folder / tiles.tile(level, index, width), b"".join(hashes[at : at + width]))
            whole = len(hashes) // tiles.WIDTH
            hashes = [tree.root_of(hashes[n * tiles.WIDTH : (n + 1) * tiles.WIDTH]) for n in range(whole)]
            start, level = start // tiles.WIDTH, level + 1

    def _drop_unnamed(self) -> None:
        """Tiles of earlier sizes, and what a publication that broke off left: no body lives on in them."""
        named = set(tiles.names(self.state().size))
        for file in [path for path in (self.folder / "tile").rglob("*") if path.is_file()]:
            if file.relative_to(self.folder).as_posix() not in named:
                file.unlink()
                settled(file.parent)
        for folder in list((self.folder / "tile").rglob("*.p")):
            if not any(folder.iterdir()):
                shutil.rmtree(folder)
