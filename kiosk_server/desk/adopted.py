"""The county's pack as this kiosk lives by it: the one adopted last, and villages it dropped (line §8).

Nothing here loads python-tuf or cryptography: the running board lives by the pack.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.pack import MaskPolicy, Pack
from boards.model.place import Village
from kiosk_server.archive.engines.connection import Database, reader
from kiosk_server.archive.engines.troubles import ArchiveDamaged, answered_by
from kiosk_server.archive.trust_files import DROPPED, files_of
from sync.pack import pack_of
from sync.trust_layout import PACK, target_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

NO_PACK = Pack(
    version="",
    county_code="",
    county="",
    supervision_phone="",
    mask=MaskPolicy(version=""),
    villages=(),
    programmes=(),
    digest="",
)
"""What a machine lives by before its county's pack has come."""


class NothingFromCounty(Refusal):
    """This machine is paired, and the county's pack has not come yet."""

    code = "nothing-from-county"
    fault = Fault.PERSON
    sentence = "本机还没有收到县里的资料包。"
    advice = "请接通网络后运行 kiosk sync；还没有配对的，先运行 kiosk pair。"


def require_pack(pack: Pack) -> None:
    """Raises NothingFromCounty where none has come: nothing is named without it."""
    if pack is NO_PACK:
        raise NothingFromCounty


def stored_pack(database: Database) -> Pack:
    """The pack an archive has; raises NothingFromCounty, ArchiveMissing, ArchiveDamaged, ArchiveBusy."""
    with answered_by(database), closing(reader(database)) as db:
        pack = pack_in(files_of(db))
    require_pack(pack)
    return pack


def pack_in(files: Mapping[str, bytes]) -> Pack:
    """The pack that is lived by, or NO_PACK; raises ArchiveDamaged where somebody bent it."""
    pack = pack_lived_by(files)
    if pack is None and target_at(PACK) in files:
        raise ArchiveDamaged(name="资料包")
    return pack or NO_PACK


def pack_lived_by(files: Mapping[str, bytes]) -> Pack | None:
    """The pack adopted last, with villages it dropped; None where there is none, or it was bent."""
    try:
        pack = pack_of(files[target_at(PACK)])
    except (KeyError, Refusal):
        return None
    return msgspec.structs.replace(pack, villages=(*pack.villages, *dropped_in(files)))


def dropped_in(files: Mapping[str, bytes]) -> tuple[Village, ...]:
    """Villages that the pack does not name and whose lists hang here, as the last pack named them."""
    try:
        return msgspec.json.decode(files.get(DROPPED, b"[]"), type=tuple[Village, ...])
    except msgspec.MsgspecError:
        return ()


def with_dropped(
    files: Mapping[str, bytes], before: Mapping[str, bytes], here: Collection[str]
) -> dict[str, bytes]:
    """The files, and what a village whose lists are `here` was called where the pack drops it."""
    old, new = pack_lived_by(before), pack_lived_by({**files, DROPPED: b"[]"})
    named = {village.code for village in new.villages} if new else set[str]()
    gone = [one for one in (old.villages if old else ()) if one.code in here and one.code not in named]
    dropped = {DROPPED: msgspec.json.encode(gone)} if new and gone else {}
    return {name: content for name, content in files.items() if name != DROPPED} | dropped
