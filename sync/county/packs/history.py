"""The packs a county has published, oldest first: each stays in its trust repository for good."""

from __future__ import annotations

import tomllib
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from tuf.api.metadata import Metadata, Targets

from boards.model.calendar.civil_day import civil_day
from sync.county.packs.difference import differences
from sync.county.publish import proposals
from sync.county.publish.hands import Hand, hands
from sync.pack import unpacked
from sync.trust.repository import Repository
from sync.trust_layout import PACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.county import County


class PublishedPack(msgspec.Struct, frozen=True, kw_only=True):
    """One pack that kiosks could take."""

    version: str
    at: str  # RFC 3339, UTC
    files: dict[str, bytes]
    hands: tuple[Hand, ...]  # none of the county's first


def published_packs(county: County) -> tuple[PublishedPack, ...]:
    """Every pack that was published; one signed anew by other keys is told once. Raises PackNotWhole."""
    seen: dict[str, bytes] = {}
    repository = Repository(county.feed)
    newest = repository.seated("pack")
    for number in range(1, newest.signed.version + 1 if newest else 1):  # a later one was left by a power cut
        path = repository.folder / "metadata" / f"{number}.pack.json"
        if not path.exists():  # published after the backup that this county was restored from
            continue
        signed = Metadata[Targets].from_bytes(path.read_bytes()).signed
        seen.setdefault(str(signed.targets[PACK].hashes["sha256"]), repository.content(signed, PACK))
    ways = {one.source_sha256: one.id for one in proposals.proposals(county) if one.kind == "pack"}
    return tuple(_published(county, content, ways.get(sha256)) for sha256, content in seen.items())


def _published(county: County, content: bytes, proposal_id: str | None) -> PublishedPack:
    acts = hands(county, proposal_id) if proposal_id else ()
    files = unpacked(content)
    return PublishedPack(
        version=tomllib.loads(files["pack.toml"].decode())["version"],
        at=acts[-1].at if acts else county.settings.founded,
        files=files,
        hands=acts,
    )


_ACTS = {"proposed": "提交", "accepted": "审核", "published": "发布"}


def told(packs: tuple[PublishedPack, ...]) -> Iterator[str]:
    """The history in words, newest first."""
    for older, one in reversed([*zip((None, *packs), packs, strict=False)]):
        by = "，".join(f"{_ACTS[hand.act]} {hand.by}" for hand in one.hands if hand.act in _ACTS)
        yield f"{one.version}　{civil_day(datetime.fromisoformat(one.at))}　{by or '建立县级发布目录时'}"
        for line in differences(older.files, one.files) if older else ():
            yield f"  {line}".replace("\n", "\n  ")
