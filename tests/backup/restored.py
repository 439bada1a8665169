"""A county's folder as it comes back, and what happened to it in between."""

from __future__ import annotations

import shutil
from datetime import timedelta

from sync.carriers.folder import FolderSource
from sync.county.backup.confirm import confirm
from sync.county.backup.restore import restore
from sync.log.keys import new_key
from sync.log.note import Note, parse
from sync.trust.repository import Repository, prepared_seated, signer_of
from sync.trust.statement import Seat
from sync.trust_layout import OF_ONE_KIOSK
from tests.line.beating import stated
from tests.line.county_sim import NOW, OTHER, VILLAGE

WORDS = "three herons on the dyke"
DAY = timedelta(days=1)


def brought_back(path, to, where, *more):
    """Restored, and confirmed by the county's own site."""
    restore(path, to, WORDS)
    return confirm(to, [FolderSource(where.feed), *more])


def files(folder):
    """Everything in a folder, but for locks and databases."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "locks" not in path.parts and path.suffix != ".sqlite3"
    }


def one_kiosks(feed, to, *missed):
    """A kiosk's copy of all there is, but for what it never saw of the trust files."""
    made = shutil.copytree(feed, to)
    (made / "trust" / OF_ONE_KIOSK).touch()
    for name in missed:
        (made / "trust" / name).unlink()
    return FolderSource(made)


def rotated(own):
    """The county after its publisher's key was replaced and everything signed again."""
    zhao = new_key(f"{own.settings.origin_prefix}/zhao")
    seats = tuple(
        Seat(person="zhao", office="publisher", key=str(zhao.verifier)) if one.office == "publisher" else one
        for one in Repository(own.feed).said.seats
    )
    own = stated(own, seats=seats)
    repository = Repository(own.feed)
    pack = prepared_seated("pack", repository.target("pack"), NOW, repository.seated("pack").signed)
    for key in (zhao, own.signing_key("reviewer")):
        pack.sign(signer_of(key), append=True)
    repository.adopt(
        {"pack": pack}, {"pack.json": repository.target("pack")}, signer_of(own.machine_key("online")), NOW
    )
    for village in (VILLAGE, OTHER):
        note = parse(own.log(village).note())
        own.log(village).signed_again(
            Note(note.text, (zhao.signature(note.text), note.signatures[1])).render()
        )
    return own
