"""A county's first roots, statement and pack where all keys are at hand at once: a demo, an upgrade.

Elsewhere they travel by stick (`county trust`). Each may be repeated: what is there already stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.log.keys import SigningKey, new_key, read_key, write_key
from sync.pack import pack_files, packed
from sync.trust.repository import (
    Repository,
    key_of,
    prepared_root,
    prepared_seated,
    prepared_targets,
    signer_of,
)
from sync.trust_layout import PACK, ROOT_THRESHOLD, STATEMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from sync.trust.statement import Statement


def kept_key(name: str, path: Path, passphrase: str) -> SigningKey:
    """The key that lies there, made if none does; raises PassphraseWeak, PassphraseWrong, KeyUnreadable."""
    if path.exists():
        return read_key(name, path, passphrase)
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    write_key(made := new_key(name), path, passphrase)
    return made


def first_roots(
    repository: Repository, said: Statement, roots: Sequence[SigningKey], online: SigningKey, now: datetime
) -> None:
    """Three roots, and the statement that two of them sign."""
    if repository.timestamp:
        return
    beat = signer_of(online)
    root = prepared_root([key_of(key.verifier.public) for key in roots], beat.public_key, now)
    targets = prepared_targets(said, now)
    for key in roots[:ROOT_THRESHOLD]:
        root.sign(signer_of(key), append=True)
        targets.sign(signer_of(key), append=True)
    repository.adopt({"root": root, "targets": targets}, {STATEMENT: said.bytes()}, beat, now)


def first_pack(
    repository: Repository, folder: Path, seats: Iterable[SigningKey], online: SigningKey, now: datetime
) -> None:
    """The pack of a folder, signed by both seats; raises what the pack raises."""
    if repository.seated("pack"):
        return
    content = packed(pack_files(folder))
    pack = prepared_seated("pack", content, now)
    for key in seats:
        pack.sign(signer_of(key), append=True)
    repository.adopt({"pack": pack}, {PACK: content}, signer_of(online), now)
