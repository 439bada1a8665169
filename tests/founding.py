"""A county founded in one process, and opened with both its persons at work: Li publishes, Wang reviews."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import msgspec

from kiosk_server.demo.founding import ROOT, both_seated, whole_county

if TYPE_CHECKING:
    from boards.model.pack import Pack
    from sync.county.county import County
from sync.pack import pack_files, packed
from sync.trust.repository import Repository, prepared_seated, signer_of
from sync.trust_layout import PACK

CLERK, REVIEWER = "li", "wang"
PASSPHRASES = {
    CLERK: "li publishes what wang reviewed",
    REVIEWER: "wang reviews and never publishes",
    ROOT: "three sticks in three drawers",
}
SIGNS = {"publish", "appraise"}
ACTS = SIGNS | {
    *("propose", "propose-land", "cancel", "correct", "withdraw", "withdraw-land", "erase"),
    *("close-year", "pass", "review"),
}


def found(folder: Path, pack: Path, prefix: str, now: datetime) -> County:
    """A county with its roots, seats and first pack; the root keys lie in roots/, passphrases as tests type them in people/."""
    with patch("sync.log.keys.ROUNDS", 1):  # also where a process of its own founds it
        county = whole_county(folder, pack, PASSPHRASES, folder / "roots", now, origin_prefix=prefix)
    (folder / "people").mkdir(0o700)
    for who, passphrase in PASSPHRASES.items():
        (folder / "people" / who).write_text(f"{passphrase}\n", "utf-8")
    return county


def opened(folder: Path) -> County:
    """One that was founded or copied."""
    return both_seated(folder, PASSPHRASES)


def repacked(county: County, now: datetime, content: bytes = b"") -> None:
    """What lies in pack/, or these bytes, become the county's pack, signed by both."""
    repository, content = Repository(county.feed), content or packed(pack_files(county.folder / "pack"))
    before = repository.seated("pack")
    made = prepared_seated("pack", content, now, before.signed if before else None)
    for one in county.signers:
        made.sign(signer_of(one.key), append=True)
    repository.adopt({"pack": made}, {PACK: content}, signer_of(county.machine_key("online")), now)


def with_pack(county: County, pack: Pack) -> County:
    """The county as if this were its pack."""
    other = msgspec.structs.replace(county)
    other.__dict__["pack"] = pack
    return other


def passphrase_file(folder: Path, who: str) -> Path:
    """Where a person's passphrase lies: in the county of a test, or beside that of a demo."""
    inside = folder / "people"
    return (inside if inside.exists() else folder.parent / "people") / who


def as_typed(words: Iterable[object]) -> list[str]:
    """A command of the county as it is typed by whoever does it: with a name, and a passphrase where it signs."""
    said = [*map(str, words)]
    if "--folder" not in said or "--as" in said or said[0] not in ACTS:
        return said
    reviews = "--accept" in said or said[:2] == ["appraise", "review"]
    who, signs = REVIEWER if reviews else CLERK, reviews or said[0] in SIGNS
    folder = Path(said[said.index("--folder") + 1])
    return [*said, "--as", who, *(["--passphrase-file", str(passphrase_file(folder, who))] if signs else [])]
