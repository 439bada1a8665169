"""Kiosks are taken into the register, moved, replaced, let go; what does not belong there is told in one sentence."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import msgspec
import pytest

from sync.county.kiosks import enrolling, passes, tickets
from sync.county.kiosks.enrolling import Taking, Wanted
from sync.county.kiosks.register_words import difference, fetching, names_of, odd, told, under_way
from sync.county.publish import publisher
from sync.log.keys import new_key
from sync.log.note import Signature
from sync.trust.pairing import (
    AnswerForged,
    PairingClockSuspect,
    PairingDamaged,
    PairingExpired,
    PairingOtherVersion,
    answer_of,
    answer_to,
    key_name,
    pairing_of,
    token_digest,
)
from sync.trust.register import (
    CountyRegister,
    EnrolledKiosk,
    EnrolledOffice,
    Official,
    RegisterWrong,
    register_of,
)
from tests.line.county_sim import NOW, OTHER, VILLAGE, county

pytestmark = pytest.mark.thorough

PLAIN, BOTH = Taking(), Taking(both=True)
THIRD = "330590100203"


@pytest.fixture
def where(tmp_path):
    return county(tmp_path / "county")


def villages(where, *codes):
    return tuple(one for one in where.pack.villages if one.code in codes)


def pairing(where, kiosk, *codes, taking=PLAIN, now=NOW, days=14):
    wanted = Wanted(
        kiosk=kiosk,
        villages=villages(where, *codes),
        feeds=("https://gk.example.org/feed/",),
        site="https://gk.example.org",
        term=timedelta(days=days),
    )
    made = enrolling.pairing_for(where, wanted, taking, now)
    enrolling.handed_out(where, made)
    return made


def published(where, register, now=NOW):
    """Both seats sign it; what the reviewer read."""
    one = enrolling.proposed(where, register, now)
    publisher.review(where, one.id, now)
    publisher.publish(where, one.id, now)
    return one.shown


def answered(where, made, key=None, taking=PLAIN, now=NOW):
    """A kiosk answers and both seats sign; the register that is in force then."""
    key = key or new_key(key_name(made.origin_prefix, made.kiosk))
    answer = answer_of(answer_to(made, key).bytes())
    after = enrolling.answered(where, [answer], taking, now)
    if after != enrolling.register_now(where):
        published(where, after, now)
    enrolling.settled(where, [answer])
    return enrolling.register_now(where)


def test_a_kiosk_is_enrolled_with_its_key(where):
    """From the pairing file to the register; its token, which would have ended, lasts."""
    made = pairing_of(pairing(where, "lingdong", VILLAGE).bytes())
    key = new_key(key_name(made.origin_prefix, "lingdong"))
    register = answered(where, made, key)
    one = register.kiosk("lingdong")
    assert (one.villages, one.key, one.since, one.stands) == (
        (VILLAGE,),
        str(key.verifier),
        "2025-11-23",
        True,
    )
    assert passes.pass_of(where.folder, "lingdong").until is None
    assert made.token not in (where.folder / "passes.json").read_text()
    assert register.serial == 1
    assert answered(where, made, key) == register  # the same answer again changes nothing


def test_a_second_machine_under_one_id_is_noticed(where):
    """One pairing file in two machines: the second is refused until somebody says that it replaces the first."""
    made = pairing(where, "lingdong", VILLAGE)
    first = answered(where, made).kiosk("lingdong")
    with pytest.raises(enrolling.KioskDiffers):
        answered(where, made)
    with pytest.raises(enrolling.KioskEnrolled):
        pairing(where, "lingdong", VILLAGE)
    again = pairing(where, "lingdong", VILLAGE, taking=Taking(replace=True))
    later = NOW + timedelta(days=3)
    register = answered(where, again, taking=Taking(replace=True), now=later)
    assert [(one.key == first.key, one.until) for one in register.kiosks] == [
        (True, "2025-11-26"),
        (False, ""),
    ]


def test_a_village_that_another_kiosk_serves_moves_only_when_told(where):
    """It is refused, moved, or left with both; a kiosk that has none left is ended."""
    answered(where, pairing(where, "lingdong", VILLAGE))
    with pytest.raises(enrolling.VillageServed, match="lingdong"):
        pairing(where, "town", VILLAGE, OTHER)
    made = pairing(where, "town", VILLAGE, OTHER, taking=Taking(both=True))
    with pytest.raises(enrolling.VillageServed):
        answered(where, made)
    both = answered(where, made, taking=Taking(both=True))
    assert [one.id for one in both.serving(VILLAGE)] == ["lingdong", "town"]
    other = pairing(where, "new", VILLAGE, taking=Taking(move=True))
    register = answered(where, other, taking=Taking(move=True))
    assert {one.id: (one.villages, one.stands) for one in register.kiosks} == {
        "lingdong": ((VILLAGE,), False), "town": ((OTHER,), True), "new": ((VILLAGE,), True),
    }  # fmt: skip


def test_a_lost_kiosk_ends_and_may_come_back(where):
    """Its entry says until when its key counts; found again and paired again, it stands with the same key."""
    made = pairing(where, "lingdong", VILLAGE)
    key = new_key(key_name(made.origin_prefix, "lingdong"))
    answered(where, made, key)
    with pytest.raises(enrolling.KioskUnknown):
        enrolling.ended(where, "nobody", NOW)
    assert "2025-11-23 起停用" in published(where, enrolling.ended(where, "lingdong", NOW))
    assert enrolling.register_now(where).kiosk("lingdong") is None
    back = answered(where, pairing(where, "lingdong", VILLAGE), key)
    assert [(one.id, one.until) for one in back.kiosks] == [("lingdong", "")]


def test_only_the_machine_that_is_named_ends_and_what_ended_stays_ended(where):
    """The others stand; whoever takes its id or villages afterwards changes nothing of what it was, nor its day."""
    answered(where, pairing(where, "lingdong", VILLAGE, THIRD))
    answered(where, pairing(where, "town", OTHER))
    published(where, msgspec.structs.replace(enrolling.ended(where, "lingdong", NOW), serial=70))
    assert [one.id for one in enrolling.register_now(where).standing] == ["town"]
    late = NOW.replace(hour=17)  # in the villages it is the next day already
    answered(where, pairing(where, "lingdong", VILLAGE, now=late), now=late)
    published(where, enrolling.ended(where, "lingdong", late), late)
    moved = pairing(where, "new", VILLAGE, taking=Taking(move=True), now=late)
    register = answered(where, moved, taking=Taking(move=True), now=late)
    assert [(one.id, one.villages, one.since, one.until) for one in register.kiosks] == [
        ("lingdong", (VILLAGE, THIRD), "2025-11-23", "2025-11-23"),
        ("town", (OTHER,), "2025-11-23", ""),
        ("lingdong", (VILLAGE,), "2025-11-24", "2025-11-24"),
        ("new", (VILLAGE,), "2025-11-24", ""),
    ]
    assert register.serial == 6


def test_a_machine_that_is_paired_again_takes_its_new_villages_and_keeps_its_day(where):
    """The same key with one village more: the register says since when it signs, and what it shows now."""
    made = pairing(where, "lingdong", VILLAGE)
    key, later = new_key(key_name(made.origin_prefix, "lingdong")), NOW + timedelta(days=3)
    answered(where, made, key)
    again = pairing(where, "lingdong", VILLAGE, OTHER, taking=Taking(replace=True), now=later)
    (one,) = answered(where, again, key, now=later).kiosks
    assert (one.villages, one.since, one.until) == ((VILLAGE, OTHER), "2025-11-23", "")


def test_a_kiosk_answers_for_the_villages_it_was_given(where):
    """Its token vouches for its answer; it takes no village more by it."""
    made = pairing(where, "lingdong", VILLAGE)
    more = msgspec.structs.replace(made, villages=pairing(where, "other", VILLAGE, OTHER).villages)
    with pytest.raises(enrolling.AnswerOutdated):
        answered(where, more)


def test_a_pairing_file_carries_the_newest_root(where, monkeypatch):
    """A kiosk that is paired after a root key was replaced begins with the keys that count now."""
    folder, first = where.feed / "trust/metadata", pairing(where, "old", VILLAGE)
    (folder / "2.root.json").write_bytes(b"the second")
    newest = SimpleNamespace(signed=SimpleNamespace(version=2))
    monkeypatch.setattr("sync.trust.repository.Repository.root", newest)
    assert first.root_bytes == (folder / "1.root.json").read_bytes()
    assert pairing(where, "new", VILLAGE).root_bytes == b"the second"


def test_the_day_a_pairing_file_ends_is_the_villages_day(where):
    """At one in the morning it ends with the day that has begun there, whoever says so."""
    late = NOW.replace(hour=17)
    made = pairing(where, "lingdong", VILLAGE, now=late)
    assert "2025-12-08" in next(under_way(where))
    assert any("2025-12-08 作废" in line for line in fetching(where, enrolling.register_now(where)))
    for refused in (
        lambda: made.refuse_untimely(late + timedelta(days=15)),
        lambda: answered(where, made, now=late + timedelta(days=15)),
    ):
        with pytest.raises(PairingExpired, match="2025-12-08"):
            refused()


def test_nothing_waits_for_a_kiosk_that_was_let_go(where):
    """Neither the code that was read out for it nor the answer that came for it; others' stay."""
    for name, ticket in (("lost", "a" * 32), ("other", "b" * 32)):
        passes.issued(where.folder, name, (VILLAGE,))
        tickets.laid_out(where.folder, ticket, name, b"sealed", NOW + timedelta(days=1))
        tickets.answer_file(where.folder, name).write_bytes(b"{}")
    assert enrolling.let_go(where, "lost")
    assert tickets.taken(where.folder, "a" * 32, NOW) is None
    assert tickets.taken(where.folder, "b" * 32, NOW) == b"sealed"
    assert [path.name for path in tickets.came(where.folder)] == ["other.answer.json"]
    assert not enrolling.let_go(where, "lost")


def test_only_the_answer_to_the_newest_pairing_file_counts(where):
    """An older file, another county, a term that is over, a name that was never asked."""
    old, new = (pairing(where, "lingdong", VILLAGE) for _ in range(2))
    with pytest.raises(enrolling.AnswerOutdated):
        answered(where, old)
    late = NOW + timedelta(days=15)
    with pytest.raises(PairingExpired):
        answered(where, new, now=late)
    foreign = msgspec.structs.replace(new, county_code="990523", origin_prefix="county-990523")
    with pytest.raises(enrolling.AnswerElsewhere):
        answered(where, foreign)
    with pytest.raises(enrolling.AnswerElsewhere):  # the key is called by another county
        answered(where, new, new_key(key_name("county-990523", "lingdong")))
    passes.revoked(where.folder, "lingdong")
    with pytest.raises(enrolling.AnswerOutdated):
        answered(where, new)


def test_a_file_that_was_changed_is_not_believed(where):
    """One letter of the pairing file or of the answer; another version says so; a root that is none."""
    made = pairing(where, "lingdong", VILLAGE)
    for bent in (
        made.bytes().replace(b"lingdong", b"lingxi"),
        b"{}",
        b"\xff",
        b"",
        msgspec.structs.replace(made, root="AAAA").bytes(),
        msgspec.structs.replace(made, root="!").bytes(),
        msgspec.structs.replace(made, villages=()).bytes(),
        msgspec.structs.replace(made, feeds=()).bytes(),
        msgspec.structs.replace(made, root=unsigned(made)).bytes(),
        msgspec.structs.replace(made, expires_at=datetime(2026, 12, 14)).bytes(),
    ):
        with pytest.raises(PairingDamaged):
            pairing_of(bent)
    with pytest.raises(PairingOtherVersion, match="kiosk-pairing/2"):
        pairing_of(made.bytes().replace(b"kiosk-pairing/1", b"kiosk-pairing/2"))
    answer = answer_to(made, new_key(key_name(made.origin_prefix, made.kiosk))).bytes()
    with pytest.raises(AnswerForged):
        answer_of(answer.replace(VILLAGE.encode(), OTHER.encode()))
    with pytest.raises(PairingDamaged):
        answer_of(made.bytes())
    with pytest.raises(PairingOtherVersion):
        answer_of(answer.replace(b"kiosk-answer/1", b"kiosk-answer/9"))


def test_a_proof_is_of_one_key_and_its_villages(where):
    """Who saw an answer on its way puts no other key into it, nor a village; a proof that is no hex is no proof."""
    made = pairing(where, "lingdong", VILLAGE)
    name = key_name(made.origin_prefix, made.kiosk)
    key, other = new_key(name), new_key(name)
    answer, digest = answer_to(made, key), token_digest(made.token)
    assert answer.is_to(digest)
    assert not answer.is_to(token_digest("another"))
    for bent in (
        {"key": str(other.verifier)},
        {"villages": (VILLAGE, OTHER)},
        {"kiosk": "lingxi"},
        {"county_code": "990523"},
        {"proof": "岭东"},
        {"proof": ""},
    ):
        assert not msgspec.structs.replace(answer, **bent).is_to(digest)


def test_a_kiosk_signs_its_answer_as_no_log(where):
    """The first line of what the key signs names the answer's format: no note of its own log is made of it."""
    made = pairing(where, "lingdong", VILLAGE)
    key = new_key(key_name(made.origin_prefix, made.kiosk))
    answer = answer_to(made, key)
    plain = msgspec.json.encode(msgspec.structs.replace(answer, signature=""), order="sorted").decode()
    blob = base64.b64decode(answer.signature)
    signature = Signature(key.name, key.verifier.key_hash, blob)
    assert key.verifier.verifies(f"kiosk-answer/1\n{plain}\n", signature)
    assert not key.verifier.verifies(f"{plain}\n", signature)


def test_a_pairing_file_counts_until_its_last_second(where):
    """A clock may be a day behind when the file is made; its days are told as a village reads them."""
    made = pairing(where, "lingdong", VILLAGE)
    made = msgspec.structs.replace(made, expires_at=datetime(2026, 12, 14, 17, 0, tzinfo=UTC))
    for good in (made.expires_at, made.made_at - timedelta(days=1)):
        made.refuse_untimely(good)
    with pytest.raises(PairingExpired, match="2026-12-15"):
        made.refuse_untimely(made.expires_at + timedelta(seconds=1))
    with pytest.raises(PairingClockSuspect):
        made.refuse_untimely(made.made_at - timedelta(days=1, seconds=1))
    assert made.token not in repr(made)


def unsigned(made):
    """The same root with nobody's signature under it."""
    root = json.loads(made.root_bytes)
    return base64.b64encode(json.dumps({**root, "signatures": []}).encode()).decode()


def test_a_register_is_told_in_words(where):
    """What is in it, what a new one changes, what is odd, and who fetches how."""
    before = enrolling.register_now(where)
    made = pairing(where, "lingdong", VILLAGE)
    after = answered(where, made)
    names, key = names_of(where), after.kiosks[0].key.split("+")[1]
    assert (
        difference(before, after, names) == f"新登记一体机 lingdong：梅坞镇岭东村，2025-11-23 起，公钥 {key}"
    )
    assert [*told(after, names)][1] == f"  lingdong  梅坞镇岭东村  2025-11-23 起  公钥 {key}"
    gone = enrolling.ended(where, "lingdong", NOW)
    assert difference(after, gone, names) == f"一体机 lingdong 2025-11-23 起停用，公钥 {key}"
    assert difference(after, after, names) == "没有改动"
    passes.issued(where.folder, "old", (OTHER,))
    assert "有口令    lingdong  梅坞镇岭东村  从没用过" in [*fetching(where, after)]
    passes.revoked(where.folder, "lingdong")
    strange = [*odd(where, after)]
    assert len([one for one in strange if one.endswith("没有登记的一体机")]) == 11
    assert "lingdong 没有取数口令，请用 county enrol 重新配对（--replace）" in strange


def test_every_change_of_a_machine_or_of_an_office_is_told(where):
    """Villages, days, ids, keys, an entry struck out; a person's name, duties, key, coming and going."""
    key, other = (str(new_key(key_name("county-330590", name)).verifier) for name in ("a", "b"))
    one = EnrolledKiosk(id="a", villages=(VILLAGE, OTHER), key=key, since="2025-11-01")
    zhao = Official(person="zhao", name="赵干事", roles=("clerk",), key="")
    names, put = names_of(where), msgspec.structs.replace

    def register(*kiosks, people=(zhao,)):
        offices = (EnrolledOffice(village=VILLAGE, officials=people),)
        return CountyRegister(county_code="330590", serial=1, kiosks=kiosks, offices=offices)

    for after, said in (
        (
            register(put(one, villages=(VILLAGE,))),
            "一体机 a 的村：梅坞镇岭东村、梅坞镇大岕口村 → 梅坞镇岭东村",
        ),
        (register(put(one, since="2025-10-01")), "一体机 a（2025-11-01 起）改为 a（2025-10-01 起）"),
        (register(put(one, id="b")), "一体机 a（2025-11-01 起）改为 b（2025-11-01 起）"),
        (register(), "删去一体机 a 的记录：梅坞镇岭东村、梅坞镇大岕口村"),
        (
            register(one, people=(put(zhao, roles=("clerk", "signer")),)),
            "（zhao，clerk） → 赵干事（zhao，clerk、signer）",
        ),
        (register(one, people=(put(zhao, key=other),)), f"赵干事（zhao，clerk，公钥 {other.split('+')[1]}）"),
        (register(one, people=(put(zhao, name="钱干事"),)), "赵干事（zhao，clerk） → 钱干事（zhao，clerk）"),
        (register(one, people=()), "梅坞镇岭东村办公室去掉 赵干事（zhao，clerk）"),
    ):
        told = difference(register(one), after, names)
        assert said in told
        assert len(told.splitlines()) == 1
    ended = put(one, until="2025-11-20")
    assert "重新启用" in difference(register(ended), register(one), names)
    fresh = register(put(one, key=other))
    assert len(difference(register(one), fresh, names).splitlines()) == 2


def test_what_is_odd_in_a_register_is_told(where):
    """Two machines for one village, villages and offices that the pack does not have, whoever waits for an answer."""
    for name in ("a", "b"):
        answered(where, pairing(where, name, VILLAGE, OTHER, taking=BOTH), taking=BOTH)
    register = enrolling.register_now(where)
    kiosks = [
        msgspec.structs.replace(one, villages=(*one.villages, "330590100299")) for one in register.kiosks
    ]
    office = EnrolledOffice(village="330590100298", officials=())
    strange = [*odd(where, msgspec.structs.replace(register, kiosks=(*kiosks,), offices=(office,)))]
    for said in (
        "梅坞镇岭东村 由 2 台一体机公开：a、b",
        "b 的村 330590100299 不在资料包里",
        "330590100298 的办公室不在资料包里",
    ):
        assert said in strange
    pairing(where, "late", THIRD)
    tickets.answer_file(where.folder, "late").parent.mkdir(exist_ok=True)
    tickets.answer_file(where.folder, "late").write_bytes(b"{}")
    waits, came = under_way(where)
    assert waits == "等待答复  late  配对文件 2025-12-07 前有效"
    assert came.startswith("答复已到  late.answer.json")


def test_no_text_of_a_register_hides_another(where):
    """A name of two lines, of a terminal's orders, or twice in one office would be signed unread; so would an id."""
    good = Official(person="zhao", name="赵干事", roles=("clerk",))
    put = msgspec.structs.replace
    for people in (
        (put(good, name="赵干事\n新登记一体机 a"),),
        (put(good, name="赵\x1b[2K"),),
        (put(good, roles=("clerk\u202e",)),),
        (put(good, person="zhao\n"),),
        (good, put(good, name="钱干事")),
    ):
        office = EnrolledOffice(village=VILLAGE, officials=people)
        with pytest.raises(RegisterWrong):
            register_of(msgspec.structs.replace(enrolling.register_now(where), offices=(office,)).bytes())
    one = answered(where, pairing(where, "lingdong", VILLAGE)).kiosks[0]
    for bent in (put(one, id="lingdong\n"), put(one, since="2025-11-23\n"), put(one, until="2025-11-23\n")):
        with pytest.raises(RegisterWrong):
            register_of(msgspec.structs.replace(enrolling.register_now(where), kiosks=(bent,)).bytes())


def test_a_register_that_contradicts_itself_is_none(where):
    """One key for two machines, whatever they are called; two machines of one id; no village; no key."""
    register = answered(where, pairing(where, "lingdong", VILLAGE))
    one = register.kiosks[0]
    renamed = key_name("county-330590", "b")
    twin = str(msgspec.structs.replace(new_key(renamed).verifier, public=one_public(one.key)))
    for kiosks in (
        (one, msgspec.structs.replace(one, id="b", key=twin)),
        (one, msgspec.structs.replace(one, key=str(new_key(renamed).verifier))),
        (msgspec.structs.replace(one, villages=()),),
        (msgspec.structs.replace(one, key="x"),),
        (msgspec.structs.replace(one, since="gestern"),),
    ):
        with pytest.raises(RegisterWrong):
            register_of(msgspec.structs.replace(register, kiosks=kiosks).bytes())


def test_offices_of_a_register_contradict_nobody(where):
    """One office a village; an official's key is no machine's and no other official's; a word nobody knows is none."""
    register = answered(where, pairing(where, "lingdong", VILLAGE))
    own = str(new_key("county-330590/o/zhou").verifier)

    def office(village, *keys):
        people = (
            Official(person=f"p{at}", name="甲一", roles=("clerk",), key=key) for at, key in enumerate(keys)
        )
        return EnrolledOffice(village=village, officials=tuple(people))

    good = msgspec.structs.replace(register, offices=(office(VILLAGE, own, "", ""), office(OTHER)))
    assert register_of(good.bytes()) == good
    for offices in (
        (office(VILLAGE), office(VILLAGE)),
        (office(VILLAGE, own, own),),
        (office(VILLAGE, own), office(OTHER, own)),
        (office(VILLAGE, register.kiosks[0].key),),
        (office(VILLAGE, "x"),),
    ):
        with pytest.raises(RegisterWrong):
            register_of(msgspec.structs.replace(register, offices=offices).bytes())
    with pytest.raises(RegisterWrong):
        register_of(register.bytes().replace(b'"offices"', b'"officers"'))


def test_a_machine_that_ended_serves_nobody(where):
    """Its entry stays for what it signed; whoever asks who shows a village, or who has an id, is not told of it."""
    register = answered(where, pairing(where, "lingdong", VILLAGE))
    ended = enrolling.ended(where, "lingdong", NOW)
    assert [one.id for one in register.serving(VILLAGE)] == ["lingdong"]
    assert (ended.serving(VILLAGE), ended.kiosk("lingdong"), ended.standing) == ((), None, ())
    assert register_of(ended.bytes()).kiosks == ended.kiosks


def one_public(line):
    from sync.log.keys import verifier_key  # noqa: PLC0415

    return verifier_key(line).public
