"""A kiosk is taken in, moved, replaced, let go: pairing files go out, answers come back (pairing §2)."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from boards.model.calendar.civil_day import civil_day
from boards.model.errors import Fault, Refusal
from boards.model.place import Village
from sync.county.kiosks import passes, tickets
from sync.county.kiosks.register_words import difference, names_of
from sync.county.publish import publisher
from sync.trust.pairing import PairedVillage, Pairing, PairingExpired, key_name
from sync.trust.register import CountyRegister, EnrolledKiosk, RegisterWrong, register_of
from sync.trust.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sync.county.county import County
    from sync.county.publish.proposals import Proposal
    from sync.trust.pairing import Answer


class VillageServed(Refusal):
    """Another machine shows this village's lists: a village that moved, or a slip."""

    code = "village-served"
    fault = Fault.PERSON
    sentence = "{village} 现在由一体机 {kiosk} 公开。"
    advice = "改由这台公开的加 --move，两台都公开的加 --both；那台不在了的，先用 county register end 停用。"


class KioskEnrolled(Refusal):
    """The id belongs to a machine that stands: a new pairing file would lock that one out."""

    code = "kiosk-enrolled"
    fault = Fault.PERSON
    sentence = "编号 {kiosk} 已经有一台登记的一体机。"
    advice = "换机器或重装了的，加 --replace，原来那台的口令随即作废；另外一台，请用 --kiosk 另起一个编号。"


class KioskDiffers(Refusal):
    """Two machines under one id."""

    code = "kiosk-differs"
    fault = Fault.PERSON
    sentence = "编号 {kiosk} 已经登记了另一把密钥：同一份配对文件用在了两台机器上，或者这台机器重装过。"
    advice = "请先弄清哪一台在用；确实由这一台替换的加 --replace，原来那把密钥从今天起不再算数。"


class AnswerElsewhere(Refusal):
    """Another county's kiosk."""

    code = "answer-elsewhere"
    fault = Fault.PERSON
    sentence = "答复文件里的一体机 {kiosk} 是按另一个县的配对文件配对的。"
    advice = "请核对U盘上的文件；要归本县的，请用本县的配对文件在那台机器上运行 kiosk pair。"


class AnswerOutdated(Refusal):
    """The pairing file it answers was replaced by another, or never made here."""

    code = "answer-outdated"
    fault = Fault.PERSON
    sentence = "一体机 {kiosk} 的答复对应的不是最近一次做的配对文件。"
    advice = "请用最近一次的配对文件在那台机器上重新运行 kiosk pair，再把答复拿回来。"


class KioskUnknown(Refusal):
    """No machine of this id stands in the register."""

    code = "kiosk-unknown"
    fault = Fault.PERSON
    sentence = "登记册里没有在用的一体机 {kiosk}。"
    advice = "请用 county register show 查看编号。"


class NothingChanges(Refusal):
    """The register says this already."""

    code = "register-unchanged"
    fault = Fault.PERSON
    sentence = "和现在的登记册一样，没有可以提交的。"
    advice = "请用 county register show 查看现在的登记册。"


class Taking(msgspec.Struct, frozen=True, kw_only=True):
    """What a clerk has said of machines that stand already."""

    replace: bool = False
    move: bool = False
    both: bool = False


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a pairing file is asked for."""

    kiosk: str
    villages: tuple[Village, ...]
    feeds: tuple[str, ...]
    site: str
    term: timedelta


def register_now(county: County) -> CountyRegister:
    """The register in force, an empty one before the first; raises RegisterWrong."""
    data = Repository(county.feed).target("register")
    return register_of(data) if data else CountyRegister(county_code=county.settings.county_code, serial=0)


def pairing_for(county: County, wanted: Wanted, taking: Taking, now: datetime) -> Pairing:
    """A pairing file with a fresh token, which opens nothing before `handed_out`.

    Raises KioskEnrolled, VillageServed, TrustNotFounded.
    """
    before = register_now(county)
    if before.kiosk(wanted.kiosk) and not taking.replace:
        raise KioskEnrolled(kiosk=wanted.kiosk)
    codes = tuple(village.code for village in wanted.villages)
    _refuse_served(county, before, wanted.kiosk, codes, taking)
    root = _newest_root(county)
    return Pairing(
        county_code=county.settings.county_code,
        county=county.settings.name,
        origin_prefix=county.settings.origin_prefix,
        root=base64.b64encode(root).decode(),
        villages=tuple(PairedVillage(code=one.code, name=one.name) for one in wanted.villages),
        feeds=wanted.feeds,
        public_base_url=wanted.site,
        kiosk=wanted.kiosk,
        token=passes.drawn(),
        made_at=now,
        expires_at=now + wanted.term,
    )


def handed_out(county: County, made: Pairing, ticket: str = "") -> None:
    """It lies where somebody can have it, under `ticket` at the server or on a stick.

    Its token counts from now on, the kiosk's old one ends, and so does what waited for that one.
    """
    codes = tuple(village.code for village in made.villages)
    passes.given(county.folder, made.kiosk, codes, made.token, made.expires_at)
    tickets.forget(county.folder, made.kiosk, ticket)


def answered(county: County, answers: Sequence[Answer], taking: Taking, now: datetime) -> CountyRegister:
    """The register with these machines in it; the one in force where all of them are in it already.

    Raises AnswerElsewhere, AnswerOutdated, PairingExpired, KioskDiffers, VillageServed.
    """
    register = register_now(county)
    for answer in answers:
        _refuse_unasked(county, answer, now)
        register = _with(county, register, answer, taking, f"{civil_day(now)}")
    return register


def settled(county: County, answers: Sequence[Answer]) -> None:
    """Their answers are in: the tokens last, and the tickets are gone."""
    for answer in answers:
        passes.confirmed(county.folder, answer.kiosk, answer.villages)
        tickets.forget(county.folder, answer.kiosk)


def ended(county: County, kiosk: str, now: datetime) -> CountyRegister:
    """The register without a machine that was lost or taken away; raises KioskUnknown."""
    before = register_now(county)
    if before.kiosk(kiosk) is None:
        raise KioskUnknown(kiosk=kiosk)
    kiosks = tuple(_ended(one, f"{civil_day(now)}") if one.id == kiosk else one for one in before.kiosks)
    return msgspec.structs.replace(before, kiosks=kiosks)


def let_go(county: County, kiosk: str) -> bool:
    """The machine's token and whatever waits for it are gone at once; False where it had no token."""
    tickets.forget(county.folder, kiosk)
    try:
        passes.revoked(county.folder, kiosk)
    except passes.PassNotFound:
        return False
    return True


def proposed(county: County, after: CountyRegister, now: datetime) -> Proposal:
    """Put a register forward, told in words.

    Raises NothingChanges, ProposalWaits, CountyBusy, RegisterWrong.
    """
    before = register_now(county)
    after = register_of(msgspec.structs.replace(after, serial=before.serial + 1).bytes())
    if after.county_code != county.settings.county_code:
        raise RegisterWrong(why=f"county_code 应为 {county.settings.county_code}")
    if (after.kiosks, after.offices) == (before.kiosks, before.offices):
        raise NothingChanges
    words = difference(before, after, names_of(county))
    return publisher.propose_target(county, "register", after.bytes(), words, now)


def _newest_root(county: County) -> bytes:
    """The root in force, byte for byte as it is published; raises TrustNotFounded."""
    repository = Repository(county.feed)
    name = f"{repository.root.signed.version}.root.json"
    return (repository.folder / "metadata" / name).read_bytes()


def _refuse_unasked(county: County, answer: Answer, now: datetime) -> None:
    """It must answer the newest pairing file of its id, in time; raises what `answered` says."""
    settings = county.settings
    named = answer.verifier.name == key_name(settings.origin_prefix, answer.kiosk)
    if answer.county_code != settings.county_code or not named:
        raise AnswerElsewhere(kiosk=answer.kiosk)
    asked = next((one for one in passes.passes(county.folder) or () if one.name == answer.kiosk), None)
    if asked is None or not answer.is_to(asked.sha256) or {*asked.villages} != {*answer.villages}:
        raise AnswerOutdated(kiosk=answer.kiosk)
    if asked.until and not asked.open_at(now):
        raise PairingExpired(day=f"{civil_day(asked.until)}")


def _with(
    county: County, register: CountyRegister, answer: Answer, taking: Taking, today: str
) -> CountyRegister:
    """One machine more, or another in its place."""
    stands = register.kiosk(answer.kiosk)
    if stands and (stands.key, stands.villages) == (answer.key, answer.villages):
        return register
    if stands and stands.key != answer.key and not taking.replace:
        raise KioskDiffers(kiosk=answer.kiosk)
    _refuse_served(county, register, answer.kiosk, answer.villages, taking)
    before = next((one for one in register.kiosks if one.key == answer.key), None)  # it may come back
    others = (one for one in register.kiosks if one != before)
    rest = (_ended(one, today) if one.id == answer.kiosk else one for one in others)
    moved = (_without(one, answer.villages, today) if taking.move else one for one in rest)
    since = before.since if before else today
    fresh = EnrolledKiosk(id=answer.kiosk, villages=answer.villages, key=answer.key, since=since)
    return msgspec.structs.replace(register, kiosks=(*moved, fresh))


def _refuse_served(
    county: County, register: CountyRegister, kiosk: str, villages: Sequence[str], taking: Taking
) -> None:
    names = {one.code: one.name for one in county.pack.villages}
    for village in villages:
        for other in register.serving(village):
            if other.id != kiosk and not (taking.move or taking.both):
                raise VillageServed(village=names.get(village, village), kiosk=other.id)


def _ended(kiosk: EnrolledKiosk, today: str) -> EnrolledKiosk:
    return msgspec.structs.replace(kiosk, until=today) if kiosk.stands else kiosk


def _without(kiosk: EnrolledKiosk, villages: Sequence[str], today: str) -> EnrolledKiosk:
    """A machine that lets these villages go; one that has none left ends."""
    left = tuple(one for one in kiosk.villages if one not in villages)
    if not kiosk.stands or left == kiosk.villages:
        return kiosk
    return msgspec.structs.replace(kiosk, villages=left) if left else _ended(kiosk, today)
