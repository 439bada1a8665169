"""Before every pull: whose signatures count, and the county's pack (line §7).

Whatever cannot be refreshed leaves the machine with what it trusted before, and stops no village's pull.
Files of trust that somebody changed are not believed: trust begins anew with the root of the pairing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from boards.model.calendar.civil_day import trusted_today
from boards.model.errors import Fault, Refusal
from kiosk_server.archive.engines.troubles import ArchiveDamaged, named
from kiosk_server.archive.trust_files import PAIRED
from kiosk_server.desk.adopted import dropped_in, pack_lived_by, with_dropped
from kiosk_server.desk.catch_up import PullBroke
from kiosk_server.desk.clock_walk import walked
from kiosk_server.release import BUILT
from sync.pack import pack_of
from sync.trust.client import NothingTrusted, learn, trusting
from sync.trust.register import register_of
from sync.trust_layout import PACK, REGISTER, metadata_at, target_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from kiosk_server.archive.archive import Archive
    from kiosk_server.desk.catch_up import Pairing, Road


class PackOfOthers(Refusal):
    """The pack that was published names no village of this kiosk."""

    code = "pack-of-others"
    fault = Fault.COUNTY
    sentence = "县里新发布的资料包里没有本机的村（{village}）。"
    advice = "本机沿用原来的资料包；请与县里核对村代码。"


class VillageDropped(Refusal):
    """The pack does not name a village any more whose lists hang here."""

    code = "village-dropped"
    fault = Fault.COUNTY
    sentence = "县里的资料包不再列出 {village}，而本机还公开着它的内容。"
    advice = "已公开的内容照旧展示；请与县里核对，确已撤并的，请县里安排。"


class NotPaired(Refusal):
    """The root of trust is not where kiosk.toml says."""

    code = "not-paired"
    fault = Fault.PERSON
    sentence = "本机还没有和县里配对（没有 {name}）。"
    advice = "请用县里给的配对文件运行 kiosk pair。"


class Nobody:
    """Speaks for no log: nothing has been learned yet."""

    beats = False

    def verified(self, village: str, note: bytes) -> NoReturn:  # noqa: ARG002 - a Trust
        """Raises NothingTrusted."""
        raise NothingTrusted

    def voices(self, note: bytes) -> NoReturn:  # noqa: ARG002 - a Trust
        """Raises NothingTrusted."""
        raise NothingTrusted


class _Paired:
    """The archive's trust, begun anew where it was changed, or this machine paired with another root."""

    def __init__(self, archive: Archive, root: bytes) -> None:
        self._archive, self._root = archive, root

    async def trusted(self) -> dict[str, bytes]:
        files = await self._archive.trusted()
        if files.get(PAIRED) == self._root and await self._archive.trust_holds():
            return files
        return {metadata_at("root"): self._root}

    async def trust(self, files: Mapping[str, bytes], now: datetime) -> None:
        archive, before = self._archive, await self._archive.trusted()
        pack = {name: before[name] for name in (target_at(PACK),) if name in before}  # until another comes
        after = with_dropped({**pack, **files, PAIRED: self._root}, before, await archive.villages())
        await archive.trust(after, now)
        if not pack and (first := pack_lived_by(after)):  # an older release had folded by a pack of its own
            archive.live_by(first)
            await archive.refold_all()


async def learned(road: Road, archive: Archive, now: datetime) -> tuple[Refusal, ...]:
    """Ask the county whom to trust, and live by it; what was refused. Raises NotPaired, ArchiveDamaged."""
    if road.pairing is None:
        return ()
    pairing, store = road.pairing, _Paired(archive, _root(road.pairing))
    at, sound = await _trusted_now(archive, pairing, now), _sound(pairing.villages)
    road.source.allow(road.pull_s / (len(pairing.villages) + 1))
    try:
        refused = (await learn(road.source, store, at, pairing.data, sound)).refusals
    except Exception as error:  # noqa: BLE001 - whatever ails trust stops no village
        refused = (_ailing(error),)
    return (*refused, *await believed(road, archive))


async def believed(road: Road, archive: Archive) -> tuple[Refusal, ...]:
    """Live by what is stored, without asking anybody; what an official should know of it."""
    if road.pairing is None:
        return ()
    files = await archive.trusted()
    archive.live_by(pack_lived_by(files) or archive.pack)
    try:
        road.trust = trusting(files).seats
    except Refusal:
        road.trust = Nobody()
    named_here = {village.code for village in archive.pack.villages}
    road.villages = tuple(village for village in road.pairing.villages if village in named_here)
    return tuple(VillageDropped(village=one.name) for one in dropped_in(files))


def _root(pairing: Pairing) -> bytes:
    try:
        return pairing.root.read_bytes()
    except OSError as e:
        raise NotPaired(name=pairing.root.name) from e


async def _trusted_now(archive: Archive, pairing: Pairing, now: datetime) -> datetime:
    """This instant by the trusted clock: a clock that is suspect says the floor."""
    floor = max(await archive.trusted_floor(), BUILT)
    return floor if trusted_today(now, floor, walked(pairing.data))[1] else now


def _sound(villages: Sequence[str]) -> Callable[[str, bytes], None]:
    """Whether a target can be lived by at a kiosk of these villages."""

    def sound(name: str, data: bytes) -> None:
        if name == REGISTER:
            register_of(data)
        elif name == PACK and not {village.code for village in pack_of(data).villages} & {*villages}:
            raise PackOfOthers(village=villages[0])

    return sound


def _ailing(error: Exception) -> Refusal:
    refusal = error if isinstance(error, Refusal) else named(error)
    if isinstance(refusal, ArchiveDamaged):
        raise refusal from error
    return refusal or PullBroke.of(error)
