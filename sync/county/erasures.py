"""An erasure that has begun is carried through, whatever stops it: what is due is written down first.

due/<village>    the lines and the signed checkpoint of an erasure on its way; gone once it is done

1. the lines and the checkpoint are written down; from here on any command of the county goes on with them
2. rows, tiles, then the checkpoint that names the erasure: until it is there, no body is missing for a reader
3. nothing that waits or was kept in this folder names them any more
4. the bodies are blanked in the feed
"""

from __future__ import annotations

import fcntl
import shutil
from contextlib import contextmanager, suppress
from glob import escape
from typing import TYPE_CHECKING, cast

import msgspec

from boards.model.errors import Refusal
from sync import wire
from sync.durable import durable, settled
from sync.log import tree
from sync.log.checkpoint import checkpoint
from sync.log.note import parse
from sync.log_files import FeedDamaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sync.county.county import County
    from sync.log_files import VillageLog


BLACKENED = "（已删除）"
EXPORT = "export"  # archives that exports are made from; a killed one leaves its own


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure appends to a log, and the checkpoint both persons signed."""

    note: bytes
    lines: tuple[bytes, ...]


class _Part(msgspec.Struct, frozen=True):
    village: str
    lines_sha256: str


class _Parts(msgspec.Struct, frozen=True):
    """What a proposal says of its files."""

    parts: tuple[_Part, ...]


def erased_by(lines: Sequence[bytes]) -> tuple[int, ...]:
    """The log indexes whose bodies these lines erase."""
    found: list[int] = []
    for head, body in map(wire.framed, lines):
        if body is not None and wire.commitment(head).kind == wire.Kind.ERASE:
            found += cast("wire.EraseBody", wire.body_of(wire.Kind.ERASE, body)).indexes
    return tuple(found)


def named_in(lines: Iterable[bytes]) -> frozenset[str]:
    """Everybody whom published or corrected lines name."""
    found: set[str] = set()
    for head, body in map(wire.framed, lines):
        kind = wire.commitment(head).kind
        if body is not None and kind in {wire.Kind.PUBLISH, wire.Kind.CORRECT}:
            found |= cast("wire.PublishBody | wire.CorrectBody", wire.body_of(kind, body)).payout.names
    return frozenset(found)


def begin(county: County, village: str, lines: Sequence[bytes], note: bytes) -> None:
    """Write down what is due; the caller holds the log. Raises NotWritten."""
    durable(_due(county, village), msgspec.json.encode(Due(note=note, lines=tuple(lines))), private=True)


def finish(county: County, village: str) -> None:
    """Carry through what is due in a village, if anything is; the caller holds the log. Safe to repeat.

    Raises NotWritten, FeedDamaged; what is due stays written down.
    """
    path = _due(county, village)
    if not path.exists():
        return
    due, log = msgspec.json.decode(path.read_bytes(), type=Due), county.log(village)
    if not _is_in(log, due):
        log.write(due.lines)
        log.publish(due.note)
    erased = erased_by(due.lines)
    _forget(county, village, erased)  # before the log forgets whom to look for
    log.blank(erased)
    path.unlink()
    settled(path.parent)


def finish_all(county: County) -> None:
    """Go on with every erasure that was stopped; one that cannot go on yet is `unfinished`."""
    for village in unfinished(county):
        with suppress(Refusal, OSError), county.writing((village,)):
            finish(county, village)


def unfinished(county: County) -> tuple[str, ...]:
    """Villages whose log waits for an erasure to be carried through."""
    due = {path.name for path in (county.folder / "due").glob("*")}
    return tuple(sorted(due & {one.code for one in county.pack.villages})) if due else ()


def _is_in(log: VillageLog, due: Due) -> bool:
    """Whether the log has these lines already; raises FeedDamaged where it is not the log they belong to."""
    target, hashes = checkpoint(parse(due.note).text), log.hashes()
    found = len(hashes) >= target.size
    leads_to = hashes[: target.size] if found else log.hashes(due.lines)
    if tree.root_of(leads_to) != target.root:
        raise FeedDamaged(village=log.village)
    return found


def _forget(county: County, village: str, erased: Sequence[int]) -> None:
    """No copy of an erased record stays: lines that wait, that were sent back, or that a stop left behind.

    Nor does a proposal of its list or of a year, or what was said about it, still name the person.
    """
    if (county.folder / EXPORT).exists():
        with scratch(county, village):
            pass
    every = list(county.log(village).lines())
    lines = [every[at] for at in erased]
    heads = [wire.head_of(wire.framed(line)[0]) for line in lines]
    records = {b'"rec":' + msgspec.json.encode(head.rec) for head in heads}
    for path in county.folder.glob("*/*/lines/*"):
        raw = path.read_bytes()
        if any(record in raw for record in records) and path.name not in _of_others(path, village):
            path.unlink()
            settled(path.parent)
    lists = {escape(head.batch) for head in heads}
    for about in (*lists, "*-year-"):  # and why a year was settled
        for path in county.folder.glob(f"*/*-{about}*/*.json*"):
            _blacken(path, named_in(lines))


@contextmanager
def scratch(county: County, village: str) -> Iterator[Path | None]:
    """An empty folder for one export at a time, gone behind it: names are in it; None if another has it."""
    home = county.folder / EXPORT
    home.mkdir(0o700, exist_ok=True)
    with (home / f"{village}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        shutil.rmtree(home / village, ignore_errors=True)
        (home / village).mkdir(0o700)
        try:
            yield home / village
        finally:
            shutil.rmtree(home / village, ignore_errors=True)


def _of_others(path: Path, village: str) -> set[str]:
    """Files beside these lines that their proposal gives to other villages: their record is another one."""
    try:
        told = msgspec.json.decode((path.parents[1] / "proposal.json").read_bytes(), type=_Parts)
    except (OSError, msgspec.MsgspecError):  # never finished
        return set()
    return {
        name for part in told.parts if part.village != village for name in (part.village, part.lines_sha256)
    }


def _blacken(path: Path, names: Iterable[str]) -> None:
    """Put a word in the place of names in a file of ours; the longest first, one may be part of another."""
    before = after = path.read_bytes()
    for name in sorted(names, key=len, reverse=True):
        after = after.replace(name.encode(), BLACKENED.encode())
    if after != before:
        durable(path, after, private=True)


def _due(county: County, village: str) -> Path:
    return county.folder / "due" / village
