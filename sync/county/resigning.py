"""What is published is signed again by the seats of today: the same texts, no new lines (settled 54).

A step of this kind is made, carried and signed like any other (`trust_steps`), by the keys of the two seats.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync.county.trust_steps import Step, seated, written
from sync.log.note import Note, parse
from sync.trust.repository import Repository, StepOutdated, prepared_seated, publics_of, signer_of
from sync.trust.seats import Seats
from sync.trust_layout import SEATED

_SOON = timedelta(days=180)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tuf.api.metadata import Metadata, Targets

    from sync.county.county import County
    from sync.log.keys import VerifierKey
    from sync.log_files import VillageLog


class NotPublishedHere(Refusal):
    """What would be signed again was never published by two seats of this county."""

    code = "trust-not-published-here"
    fault = Fault.COUNTY
    sentence = "{village} 不是本县两席签过、现在公布着的那一份，没有重签。"
    advice = "请先查明发布目录被谁改过；内容又发布过的，请重新运行 county trust resign。"


class NothingToSign(Refusal):
    """All that is published carries signatures that count."""

    code = "trust-nothing-to-sign"
    fault = Fault.PERSON
    sentence = "没有需要重签的：各村检查点、资料包和登记册的签名都有效。"
    advice = "不用做什么。"


def resigning(county: County, now: datetime) -> Step:
    """All that is published and whose signatures no longer count, to be signed by both seats (settled 54).

    Raises NothingToSign, NotPublishedHere.
    """
    repository = Repository(county.feed)
    due = {role: found for role in SEATED if (found := lapsed(county, role, now + _SOON))}
    made = {
        role: prepared_seated(role, _vouched_content(repository, role, found), now, found.signed)
        for role, found in due.items()
    }
    notes = _vouched(county, overdue(county))
    if not made and not notes:
        raise NothingToSign
    return Step(
        act="resign",
        made_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        made_by=county.acting,
        before=county.trust().said,
        seated={role: written(one) for role, one in made.items()},
        notes={village: note.render().decode() for village, note in notes.items()},
    )


def lapsed(county: County, role: str, until: datetime | None = None) -> Metadata[Targets] | None:
    """The pack or register in force, where the seats of today have not signed it, or not for so long.

    Raises TrustNotFounded.
    """
    repository = Repository(county.feed)
    found = repository.seated(role)
    if found is None or (until and found.signed.expires <= until):
        return found
    return None if seated_by(repository.targets.signed, county.trust(), role, found) else found


def seated_by(above: Targets, seats: Seats, role: str, found: Metadata[Targets]) -> bool:
    """True when both seats of a statement have signed a pack or register."""
    result = above.get_verification_result(role, found.signed_bytes, found.signatures)
    try:
        seats.require_seats(f"{role}.json", publics_of(result.signed.values()))
    except Refusal:
        return False
    return True


def _vouched_content(repository: Repository, role: str, found: Metadata[Targets]) -> bytes:
    """What two seats of a statement there was have signed; raises NotPublishedHere, TrustBent."""
    name = f"{role}.json"
    if not any(seated_by(above, Seats(said), role, found) for above, said in repository.earlier()):
        raise NotPublishedHere(village=name)
    return repository.content(found.signed, name)


def overdue(county: County) -> Iterator[str]:
    """Villages whose newest checkpoint the seats of today have not signed; raises TrustNotFounded."""
    for path in sorted((county.feed / "v").glob("*/checkpoint")):
        try:
            county.trust().verified(path.parent.name, path.read_bytes())
        except Refusal:
            yield path.parent.name


def _vouched(county: County, villages: Iterable[str]) -> dict[str, Note]:
    """Published checkpoints, if two seats of a statement there was signed each and its log is whole.

    Else whoever can write to the feed would have a log of their own signed. Raises NotPublishedHere,
    FeedDamaged.
    """
    there_were = tuple(Seats(said) for _, said in Repository(county.feed).earlier())
    return {village: _vouched_by(there_were, county.log(village)) for village in villages}


def _vouched_by(there_were: tuple[Seats, ...], log: VillageLog) -> Note:
    note = log.note()
    for seats in there_were:
        try:
            seats.verified(log.village, note)
        except Refusal:
            continue
        log.hashes()
        return parse(note)
    raise NotPublishedHere(village=log.village)


def refuse_strange(county: County, step: Step) -> None:
    """What both seats sign again is what is published here, and was published by two seats.

    Raises NotPublishedHere, StepOutdated, FeedDamaged.
    """
    if step.before != county.said:
        raise StepOutdated(what="trust.json", got=step.statement.serial, want=county.said.serial)
    for village, here in _vouched(county, step.notes).items():
        if parse(step.notes[village].encode()).text != here.text:
            raise NotPublishedHere(village=village)
    for role in step.seated:
        found, again = Repository(county.feed).seated(role), seated(step, role).signed
        want = found.signed.version + 1 if found else 1
        if found:
            _vouched_content(Repository(county.feed), role, found)
        if not found or again.version != want or again.delegations or again.targets != found.signed.targets:
            raise StepOutdated(what=f"{role}.json", got=again.version, want=want)


def adopt_resigned(county: County, step: Step, now: datetime) -> None:
    """Put the notes and the metadata with their new signatures in place; safe to repeat.

    What was published meanwhile carries signatures that count already, and stays.
    """
    repository = Repository(county.feed)
    new = {role: seated(step, role) for role in step.seated if _newer(repository, step, role)}
    if new:
        contents = {f"{role}.json": repository.target(role) or b"" for role in new}
        repository.adopt(new, contents, signer_of(county.machine_key("online")), now)
    with county.writing(tuple(step.notes)):
        gone = _gone(county)
        for village, here in _vouched(county, sorted({*overdue(county)} & {*step.notes})).items():
            note = _of_today(gone, parse(step.notes[village].encode()))
            county.trust().verified(village, note)
            if parse(note).text != here.text:
                raise NotPublishedHere(village=village)
            county.log(village).publish(note)


def _newer(repository: Repository, step: Step, role: str) -> bool:
    found = repository.seated(role)
    return found is None or seated(step, role).signed.version > found.signed.version


def _gone(county: County) -> set[VerifierKey]:
    """Keys of seats there were that have none today."""
    seats = (seat for _, said in Repository(county.feed).earlier() for seat in said.seats)
    return {seat.verifier for seat in seats} - {seat.verifier for seat in county.said.seats}


def _of_today(gone: set[VerifierKey], note: Note) -> bytes:
    """A checkpoint without the signatures of seats that went; whoever else cosigned it stays."""
    lines = (one for one in note.signatures if not any(key.made(one) for key in gone))
    return Note(note.text, tuple(lines)).render()


def resigned(county: County, step: Step) -> bool:
    """True when all that a step signs again carries signatures that count, whoever brought them."""
    repository = Repository(county.feed)
    newer = any(_newer(repository, step, role) for role in step.seated)
    return not newer and not {*step.notes} & {*overdue(county)}
