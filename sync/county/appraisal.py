"""A village's list for appraisal, signed at the county: the publisher and the reviewer, one after the other.

The file stays what people read; each signature is one line more at its end (C2SP signed note). Nothing is
signed whose first line is not that of such a list, so no signature can pass for one under a checkpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from boards.model.kept.appraisal import LARGEST_BYTES, Listed, ListUnreadable, listed
from sync.county.county import SamePerson
from sync.log.note import MalformedNote, Note, parse

if TYPE_CHECKING:
    from datetime import date

    from sync.county.county import County
    from sync.trust.statement import Office


class ListChanged(Refusal):
    """A line was changed or struck after somebody had signed."""

    code = "appraisal-changed"
    fault = Fault.PERSON
    sentence = "{name} 在签名以后被改动过，没有签。"
    advice = "请用没有签名的清单改好，再由两人重新签。"


class NotOver(Refusal):
    """By the county's own clock something on the list must still be kept: the village's runs ahead."""

    code = "appraisal-not-over"
    fault = Fault.PERSON
    sentence = "清单上有档案要保管到 {until}，今天是 {today}，期限没有满，没有签。"
    advice = "请核对村里一体机和本机的日期；期满以后再由村里重新开列。"


class NotOfThisCounty(Refusal):
    """No village of the pack has the code and name a list says."""

    code = "appraisal-elsewhere"
    fault = Fault.PERSON
    sentence = "清单上的村 {village} 不在本县资料包里。"
    advice = "请核对清单是哪个县的。"


def signed_list(county: County, role: Office, name: str, raw: bytes, today: date) -> tuple[Listed, bytes]:
    """A list with one more signature, that of a role; the same again where the role has signed.

    Raises ListUnreadable, ListChanged, NotOfThisCounty, NotOver, NoSeat, SamePerson.
    """
    note = _note(raw, name)
    said = listed(note.text, name)
    if (said.village, said.name) not in {(one.code, one.name) for one in county.pack.villages}:
        raise NotOfThisCounty(village=f"{said.village} {said.name}")
    if said.latest >= f"{today}":
        raise NotOver(until=said.latest, today=today)
    signer, trust = county.signer(role), county.trust()
    known = (*trust.publishers, *trust.reviewers)
    for one in note.signatures:
        if not any(public.made(one) and public.verifies(note.text, one) for public in known):
            raise ListChanged(name=name)
    if any(signer.key.verifier.made(one) for one in note.signatures):
        return said, raw
    if any(
        trust.persons[key.public] == signer.person
        for key in known
        for one in note.signatures
        if key.made(one)
    ):
        others = county.others(role, but=signer.person)
        raise SamePerson(id=name, person=signer.person, did="签过字", does="再签", others=others)
    return said, Note(note.text, (*note.signatures, signer.key.signature(note.text))).render()


def _note(raw: bytes, name: str) -> Note:
    """A list as it was written, saved by another program or signed already."""
    if len(raw) > LARGEST_BYTES:
        raise ListUnreadable(name=name, why="太大")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as e:
        raise ListUnreadable(name=name, why="不是 UTF-8 文字") from e
    if "\n\n— " not in text:
        return Note(text.rstrip("\n") + "\n", ())
    try:
        return parse(text.encode(), LARGEST_BYTES)
    except MalformedNote as e:
        raise ListUnreadable(name=name, why="签名的写法不对") from e
