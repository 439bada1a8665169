"""Catching up: twice equals once, stopped equals resumed, and nothing unproven gets in."""

import shutil

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from boards.model.errors import Refusal
from boards.model.payouts import Payout
from sync import wire
from sync.carriers.folder import FolderSource
from sync.carriers.road import NotOnTheRoad
from sync.carriers.spool import AlreadySyncing, NoSpace, Spool
from sync.county.publish import changes, publisher
from sync.gate import PrivacyGate, private
from sync.importer import LogForked, LogShorter, catch_up, fetch_anew
from sync.log import tree
from sync.log.bundle import packed, unpacked
from sync.log.keys import VerifierKey, new_key
from sync.log.note import Note, Signature, parse
from sync.proof import BodyMissing, BundleMisfit, TreeMismatch
from sync.stretches import SpoolChanged
from sync.trust.seats import OneSignatureOnly, WrongKey, WrongOrigin
from sync.trust.statement import StatementWrong
from tests.line.county_sim import (
    ADULT,
    NOW,
    OTHER,
    VILLAGE,
    MemoryShelf,
    caught_up,
    copied,
    county,
    published,
    row,
)
from tests.trust.trust_house import seats_of

pytestmark = [pytest.mark.thorough, pytest.mark.anyio]


@pytest.fixture(autouse=True)
def _each_list_a_stretch(monkeypatch):
    """The power may fail between any two lists: small ones do not share a stretch here."""
    monkeypatch.setattr("sync.stretches.ENOUGH", 1)


REASON = wire.Reason(code="typo", text="录入错误")


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A county with three batches of 300, 2 and 5 rows in the village."""
    where = county(tmp_path_factory.mktemp("grown") / "county")
    published(where, [row(n) for n in range(300)], "2025-01")
    published(where, [row(n) for n in range(2)], "2025-02")
    published(where, [row(n) for n in range(5)], "2025-03")
    return where


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """A county with one batch of five rows."""
    where = county(tmp_path_factory.mktemp("five") / "county")
    published(where, [row(n) for n in range(5)])
    return where


async def test_catching_up_twice_equals_once(grown, tmp_path):
    """A second pull brings nothing new and loses nothing."""
    shelf = MemoryShelf()
    first = await caught_up(grown, shelf, tmp_path)
    leaves, states = list(shelf.leaves), dict(shelf.states)
    second = await caught_up(grown, shelf, tmp_path)
    assert (first.before, first.size, first.rows) == (0, 310, 310)
    assert second.nothing_new
    assert (shelf.leaves, shelf.states) == (leaves, states)
    assert shelf.stretches == [301, 3, 6]
    assert not list((tmp_path / "spool").rglob("*.gz")), "what is admitted need not lie here twice"


@pytest.mark.parametrize("dies_after", [0, 1, 2])
async def test_killed_between_stretches_it_goes_on(grown, tmp_path, dies_after):
    """Whenever the power fails, the next pull continues, and the outcome is the same."""
    whole, broken = MemoryShelf(), MemoryShelf(dies_after)
    await caught_up(grown, whole, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        await caught_up(grown, broken, tmp_path)
    broken.dies_after = -1
    await caught_up(grown, broken, tmp_path)
    assert broken.leaves == whole.leaves
    assert broken.states == whole.states


async def test_following_a_growing_log_equals_coming_late(tmp_path):
    """A kiosk that pulled after each batch and one that came at the end hold the same events."""
    where, follower, late = county(tmp_path / "c"), MemoryShelf(), MemoryShelf()
    for number, rows in enumerate((200, 54, 1, 300), 1):  # sizes 201, 256, 258, 559: around a bundle's edge
        published(where, [row(n) for n in range(rows)], f"2025-0{number}")
        await caught_up(where, follower, tmp_path)
    await caught_up(where, late, tmp_path)
    assert follower.leaves == late.leaves
    assert follower.states == late.states
    assert late.stretches == [201, 55, 2, 301]


async def test_what_was_fetched_is_not_fetched_again(grown, tmp_path):
    """After a broken journey only the missing bundles are fetched; a torn one is fetched anew."""

    class Breaking(FolderSource):
        asked, broken = [], True

        def rows(self, village, name):
            self.asked.append(name)
            if self.broken and name != "tile/rows/000":
                raise NotOnTheRoad(village=village, name=name)
            return super().rows(village, name)

    source = Breaking(grown.feed)
    with pytest.raises(NotOnTheRoad):
        await caught_up(grown, MemoryShelf(), tmp_path, source=source)
    source.broken = False
    await caught_up(grown, MemoryShelf(), tmp_path, source=source)
    assert source.asked == ["tile/rows/000", "tile/rows/001.p/54", "tile/rows/001.p/54"]
    torn = tmp_path / "spool" / "v" / VILLAGE / "tile" / "rows" / "000.ndjson.gz"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"\x1f\x8b")
    assert (await caught_up(grown, MemoryShelf(), tmp_path)).size == 310


async def test_a_log_that_grows_while_it_is_read(five, tmp_path):
    """A bundle replaced by a wider one between two requests costs a second look, not an error."""
    where = copied(five, tmp_path / "c")

    class Racing(FolderSource):
        ran = False

        def rows(self, village, name):
            if not self.ran:
                self.ran = True
                published(where, [row(1)], "2025-02")
            return super().rows(village, name)

    shelf = MemoryShelf()
    assert (await caught_up(where, shelf, tmp_path, source=Racing(where.feed))).size == 8


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flipped=st.sampled_from(["checkpoint", "rows"]), place=st.integers(0, 2**32), bit=st.integers(0, 7))
@example(
    flipped="checkpoint", place=2**30 + 1, bit=5
)  # a line break that becomes *: two signatures on one line
async def test_a_changed_bit_anywhere_admits_nothing(five, tmp_path, flipped, place, bit):
    """Every flipped bit of checkpoint or rows is refused in words, and the shelf stays empty."""

    class Flipping(FolderSource):
        def _read(self, village, name, limit):
            raw = bytearray(super()._read(village, name, limit))
            if (name == "checkpoint") is (flipped == "checkpoint"):
                raw[place % len(raw)] ^= 1 << bit
            return bytes(raw)

    shelf = MemoryShelf()
    with pytest.raises(Refusal):
        await caught_up(five, shelf, tmp_path, source=Flipping(five.feed))
    assert not shelf.leaves
    assert not shelf.frozen


class Rewriting(FolderSource):
    """A source whose rows went through somebody's hands."""

    def __init__(self, folder, change):
        super().__init__(folder)
        self.change = change

    def rows(self, village, name):
        lines = unpacked(super().rows(village, name), 1 << 21).split(b"\n")[:-1]
        return packed(b"".join(line + b"\n" for line in self.change(lines)))


def _amount(lines):
    return [line.replace(b'"amount_fen":42974', b'"amount_fen":92974') for line in lines]


def _body_only(lines):
    head, _ = wire.framed(lines[0])
    return [wire.line(head, b'{"salt":"x"}')[:-1], *lines[1:]]


def _blank(lines):
    return [wire.line(wire.framed(lines[0])[0], None)[:-1], *lines[1:]]


@pytest.mark.parametrize(
    "change",
    [
        _amount,
        _body_only,
        _blank,
        lambda lines: lines[:-1],
        lambda lines: [*lines, lines[0]],
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [line + b" " for line in lines],
        lambda lines: [line.replace(b'{"h":', b'{"h": ') for line in lines],
        lambda lines: [b"x" * 70_000, *lines[1:]],
        lambda lines: [],
    ],
)
async def test_well_packed_falsehoods_are_refused(five, tmp_path, change):
    """Rows changed, blanked, dropped, doubled or swapped by a carrier never reach the shelf; the truth does later."""
    shelf = MemoryShelf()
    with pytest.raises(Refusal):
        await caught_up(five, shelf, tmp_path, source=Rewriting(five.feed, change))
    assert not shelf.leaves
    assert (await caught_up(five, shelf, tmp_path)).size == 6, "what was dropped is fetched afresh"


async def test_the_refusals_say_what_happened(five, tmp_path):
    """A missing body, a wrong count and a wrong tree are three different sentences."""
    for change, refusal in (
        (_blank, BodyMissing),
        (lambda lines: lines[:-1], BundleMisfit),
        (lambda lines: [lines[1], lines[0], *lines[2:]], TreeMismatch),
    ):
        with pytest.raises(refusal):
            await caught_up(five, MemoryShelf(), tmp_path, source=Rewriting(five.feed, change))


class Trailing(FolderSource):
    """A source that writes something behind the last line."""

    def rows(self, village, name):
        return packed(unpacked(super().rows(village, name), 1 << 21) + b"{}")


async def test_nothing_stands_behind_the_last_line(five, tmp_path):
    """A file ends with its last line: what no line holds is covered by no signature."""
    with pytest.raises(BundleMisfit):
        await caught_up(five, MemoryShelf(), tmp_path, source=Trailing(five.feed))


async def test_a_fork_of_equal_size_freezes_the_log(five, tmp_path):
    """Two signed checkpoints of one size: both notes are kept, the board stays."""
    left, right = copied(five, tmp_path / "l"), copied(five, tmp_path / "r")
    published(left, [row(1)], "2025-02")
    published(right, [row(2)], "2025-02")
    shelf = MemoryShelf()
    await caught_up(left, shelf, tmp_path)
    before = list(shelf.leaves)
    with pytest.raises(LogForked):
        await caught_up(right, shelf, tmp_path)
    ((origin, notes),) = shelf.frozen
    assert origin == right.origin(VILLAGE)
    assert notes == (left.log(VILLAGE).note(), right.log(VILLAGE).note())
    assert shelf.leaves == before


async def test_a_rewritten_past_is_a_fork_and_proven_so(five, tmp_path):
    """A longer log that does not extend what is here is a fork when its own rows bear it out."""
    left, right = copied(five, tmp_path / "l"), copied(five, tmp_path / "r")
    published(left, [row(1)], "2025-02")
    published(right, [row(2)], "2025-02")
    published(right, [row(3)], "2025-03")
    shelf = MemoryShelf()
    await caught_up(left, shelf, tmp_path)
    with pytest.raises(LogForked):
        await caught_up(right, shelf, tmp_path)
    assert len(shelf.frozen) == 1


async def test_a_checkpoint_seen_but_not_yet_taken_in_binds_the_county(five, tmp_path):
    """The power failed between two lists; when the second was rewritten meanwhile, that is a fork."""
    left, right = copied(five, tmp_path / "l"), copied(five, tmp_path / "r")
    published(left, [row(1)], "2025-02")
    published(right, [row(2)], "2025-02")
    published(right, [row(3)], "2025-03")
    shelf = MemoryShelf(dies_after=1)
    with pytest.raises(KeyboardInterrupt):
        await caught_up(left, shelf, tmp_path)
    shelf.dies_after = -1
    before = list(shelf.leaves)
    with pytest.raises(LogForked):
        await caught_up(right, shelf, tmp_path)
    assert (len(shelf.frozen), shelf.leaves) == (1, before)


async def test_a_log_shorter_than_what_was_seen_adds_nothing(five, tmp_path):
    """The power failed between two lists; a source that ends before the second may hold another one."""
    left, right = copied(five, tmp_path / "l"), copied(five, tmp_path / "r")
    published(left, [row(1), row(2)], "2025-02")
    published(right, [row(3)], "2025-02")
    shelf = MemoryShelf(dies_after=1)
    with pytest.raises(KeyboardInterrupt):
        await caught_up(left, shelf, tmp_path)
    shelf.dies_after = -1
    before = list(shelf.leaves)
    with pytest.raises(LogShorter):
        await caught_up(right, shelf, tmp_path)
    assert shelf.leaves == before


async def test_a_bundle_changed_between_the_two_readings_is_not_taken_in(five, tmp_path):
    """What was proven is what is admitted: another amount on the disk stops the pull."""
    spooled = tmp_path / "spool" / "v" / VILLAGE / "tile" / "rows" / "000.p" / "6.ndjson.gz"

    class Tampered(MemoryShelf):
        async def admit(self, village, stretch, now):
            lines = unpacked(spooled.read_bytes(), 1 << 21).split(b"\n")[:-1]
            spooled.write_bytes(packed(b"".join(line + b"\n" for line in _amount(lines))))
            return await super().admit(village, stretch, now)

    shelf = Tampered()
    with pytest.raises(SpoolChanged):
        await caught_up(five, shelf, tmp_path)
    assert not shelf.leaves


async def test_a_bad_carrier_is_not_mistaken_for_a_fork(five, tmp_path):
    """Damage on the way is blamed on the carrier: nothing is frozen."""
    where, shelf = copied(five, tmp_path / "c"), MemoryShelf()
    await caught_up(where, shelf, tmp_path)
    published(where, [row(1), row(2)], "2025-02")
    swap = Rewriting(where.feed, lambda lines: [*lines[:6], lines[7], lines[6], *lines[8:]])
    with pytest.raises(TreeMismatch):
        await caught_up(where, shelf, tmp_path, source=swap)
    assert not shelf.frozen
    assert (await caught_up(where, shelf, tmp_path)).size == 9


async def test_an_older_source_brings_nothing_new(five, tmp_path):
    """An old stick is told apart from an attack: nothing new, nothing lost."""
    newer, shelf = copied(five, tmp_path / "c"), MemoryShelf()
    published(newer, [row(1)], "2025-02")
    await caught_up(newer, shelf, tmp_path)
    with pytest.raises(LogShorter) as refusal:
        await caught_up(five, shelf, tmp_path)
    assert "没有新内容" in str(refusal.value)
    assert shelf.states[five.origin(VILLAGE)].size == 8


async def test_erased_bodies_are_gone_for_newcomers_and_followers(five, tmp_path):
    """An erase blanks the bodies in the feed; who comes later gets nulls, and everybody the same root."""
    where, follower, late = copied(five, tmp_path / "c"), MemoryShelf(), MemoryShelf()
    await caught_up(where, follower, tmp_path)
    rec = "330590-farmland_fertility-2025-01-0002"
    fixed = changes.correct(where, VILLAGE, rec, Payout(seq=2, holder="甲乙", amount_fen=5), REASON, NOW)
    for made in (fixed, None):
        one = made or changes.erase(where, VILLAGE, rec, REASON, NOW)
        publisher.review(where, one.id, NOW)
        publisher.publish(where, one.id, NOW)
    await caught_up(where, follower, tmp_path)
    await caught_up(where, late, tmp_path)
    assert follower.states == late.states
    assert [leaf.index for leaf in late.leaves if leaf.body is None] == [1, 6]
    assert [leaf.head for leaf in late.leaves] == [leaf.head for leaf in follower.leaves]
    everything = b"".join(
        unpacked(f.read_bytes(), 1 << 21) if f.suffix == ".gz" else f.read_bytes()
        for f in where.folder.rglob("*")
        if f.is_file()
    )
    assert "甲乙".encode() not in everything, "no copy of the name is left at the county's publishing folder"


async def test_an_erasure_while_the_log_is_read_stops_no_newcomer(tmp_path):
    """The checkpoint was fetched before, the whole bundle after: the newcomer asks again, nothing is refused."""
    where = county(tmp_path / "c")
    published(where, [row(n) for n in range(255)])
    made = changes.erase(where, VILLAGE, "330590-farmland_fertility-2025-01-0002", REASON, NOW)
    publisher.review(where, made.id, NOW)

    class Overtaken(FolderSource):
        def rows(self, village, name):
            publisher.publish(where, made.id, NOW)
            return super().rows(village, name)

    shelf = MemoryShelf()
    await caught_up(where, shelf, tmp_path, source=Overtaken(where.feed))
    assert [leaf.index for leaf in shelf.leaves if leaf.body is None] == [1]


async def test_a_private_number_in_a_feed_is_withheld(five, tmp_path):
    """A body with an ID in it arrives as a leaf without body and with its trouble named."""
    where, shelf = copied(five, tmp_path / "c"), MemoryShelf()
    body = wire.canonical(
        wire.PublishBody(payout=Payout(seq=1, holder="甲", remark="990523195803120019"), salt="aaaa")
    )
    head = wire.canonical(
        wire.Head(
            v=1, kind="publish", rec="b-0001", rev=1, batch="b", issued="x", body=wire.body_digest(body)
        )
    )
    log = where.log(VILLAGE)
    lines = [wire.line(head, body)[:-1]]
    grown, state = log.grown(lines), log.state()
    log.write(lines)
    text = type(state)(state.origin, grown.size, grown.root).text()
    keys = [where.signing_key(role) for role in ("publisher", "reviewer")]
    log.publish(Note(text, tuple(key.signature(text) for key in keys)).render())
    await caught_up(where, shelf, tmp_path)
    assert [(leaf.index, leaf.body, leaf.trouble) for leaf in shelf.leaves if leaf.trouble] == [
        (6, None, "privacy")
    ]


async def test_only_publisher_and_reviewer_together_are_believed(five, tmp_path):
    """One signature, a stranger's key and another village's note are each refused by name."""
    note = parse(five.log(VILLAGE).note())
    reviewer_key = f"{five.trust().reviewers[0]}"
    prefix, trust = five.settings.origin_prefix, five.trust()
    stranger = new_key(f"{prefix}/publisher")
    forged = Note(note.text, (stranger.signature(note.text), note.signatures[1]))
    twice = Note(note.text, (note.signatures[0], note.signatures[0]))
    false = Note(note.text.replace("6\n", "7\n", 1), note.signatures)
    for bad, refusal in (
        (Note(note.text, note.signatures[:1]), OneSignatureOnly),
        (Note(note.text, note.signatures[1:]), OneSignatureOnly),
        (twice, OneSignatureOnly),
        (forged, OneSignatureOnly),
        (Note(note.text, (stranger.signature(note.text),)), WrongKey),
        (false, WrongKey),
    ):
        with pytest.raises(refusal):
            trust.verified(VILLAGE, bad.render())
    with pytest.raises(WrongOrigin):
        trust.verified(OTHER, note.render())
    other = seats_of(str(stranger.verifier), reviewer_key, prefix)
    shelf = MemoryShelf()
    with pytest.raises(OneSignatureOnly):
        await caught_up(five, shelf, tmp_path, trust=other)
    assert not shelf.leaves


async def test_a_false_signature_under_a_known_key_is_refused_beside_good_ones(five):
    """Publisher and reviewer signed, and somebody used their name: nobody reads past it, wherever it stands."""
    note, trust = parse(five.log(VILLAGE).note()), five.trust()
    assert trust.verified(VILLAGE, note.render()).size == 6
    for signature in note.signatures:
        false = Signature(signature.name, signature.key_hash, bytes(64))
        for signatures in ((false, *note.signatures), (*note.signatures, false)):
            with pytest.raises(WrongKey):
                trust.verified(VILLAGE, Note(note.text, signatures).render())


def test_one_key_under_two_names_is_one_person():
    """Publishing and review are two keys, not two names of one (先审后发)."""
    one = new_key("county/office")
    same = VerifierKey("county/other-office", one.verifier.public)
    with pytest.raises(StatementWrong):
        seats_of(str(one.verifier), str(same), "county")


@pytest.mark.parametrize("field", ["rec", "batch", "issued", "later"])
@pytest.mark.parametrize("number", [ADULT, "14000123456", "一四〇〇〇一二三四五六", "账号101004123456"])
def test_a_private_number_in_a_head_is_held_back(field, number):
    """The names of records and batches stand in addresses: no number of a person passes in any field."""
    plain = {"v": 1, "kind": "publish", "rec": "b-1", "rev": 1, "batch": "b", "issued": "x", "body": "0" * 64}
    head = msgspec.json.encode(plain | {field: f"b-{number}"})
    assert PrivacyGate().holds_back(head, b"{}")
    assert PrivacyGate().held_back([msgspec.json.encode(plain), head], [b"{}", b"{}"]) == {1}


@pytest.mark.parametrize("body", [{ADULT: 1}, {"source_sha256": ADULT}, {"later": [{"sha256": f"{ADULT}x"}]}])
def test_a_private_number_has_no_hiding_place_in_a_body(body):
    """Neither as a key nor where the digest of a file belongs."""
    head = wire.canonical(
        wire.Head(v=1, kind="publish", rec="b-1", rev=1, batch="b", issued="x", body="0" * 64)
    )
    assert PrivacyGate().holds_back(head, msgspec.json.encode(body))


MONEY = {
    "publish": lambda fen: {"payout": {"amount_fen": fen}},
    "close": lambda fen: {"close": {
        "sum_fen": fen, "source_total_fen": fen, "by_programme": {"x": fen},
        "left_out": [{"sum_fen": fen}], "control": {"fen": fen},
    }},
    "notice": lambda fen: {"notice": {
        "due_fen": fen, "paid_fen": fen, "compensation": [{"amount": fen, "paid": fen}],
    }},
}  # fmt: skip


@pytest.mark.parametrize("kind", MONEY)
@given(st.integers(13_000_000_000, 19_999_999_999), st.sampled_from([1, -1]))
def test_money_is_no_telephone_number(kind, fen, sign):
    """130,000,000.00 to 199,999,999.99 yuan pass in every field of money, and in no other field (settled §42)."""
    head = msgspec.json.encode({"v": 1, "kind": kind, "batch": "b", "body": "0" * 64, "amount_fen": fen})
    body = msgspec.json.encode(MONEY[kind](fen * sign))
    assert not PrivacyGate().holds_back(head, body)
    assert PrivacyGate().holds_back(head, msgspec.json.encode({"payout": {"seq": fen}}))
    assert PrivacyGate().holds_back(head, msgspec.json.encode(MONEY[kind](str(fen))))
    assert PrivacyGate().holds_back(head, msgspec.json.encode(MONEY[kind](int(ADULT))))


async def test_two_imports_of_one_village_do_not_meet(five, tmp_path):
    """The second is told to wait, also where it would replace a log that is damaged."""
    spool, source, shelf = Spool(tmp_path / "spool"), FolderSource(five.feed), MemoryShelf()
    for brought in (catch_up, fetch_anew):
        with spool.taken(VILLAGE), pytest.raises(AlreadySyncing):
            await brought(source, shelf, five.trust(), Spool(tmp_path / "spool"), VILLAGE, NOW)


async def test_a_full_disk_refuses_before_anything_is_lost(five, tmp_path):
    """Below the reserve nothing is taken in."""
    shelf, spool = MemoryShelf(), Spool(tmp_path / "spool", minimum_free_bytes=1 << 62)
    with pytest.raises(NoSpace):
        await catch_up(FolderSource(five.feed), shelf, five.trust(), spool, VILLAGE, NOW)
    assert not shelf.leaves


async def test_the_frontier_kept_is_the_trees(grown, tmp_path):
    """What the shelf keeps is enough to know the signed root."""
    shelf = MemoryShelf()
    await caught_up(grown, shelf, tmp_path)
    state = shelf.states[grown.origin(VILLAGE)]
    assert tree.root(state.frontier) == grown.log(VILLAGE).state().root
    assert tree.root_of([tree.leaf_hash(leaf.head) for leaf in shelf.leaves]) == tree.root(state.frontier)
    shutil.rmtree(tmp_path / "spool")


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from(["甲", "朱𬭎", "990523195803120019", "14000000000", "12 34 5678 901", "①②"])),
    st.lists(st.sampled_from(["b-1", "330590-x-2025-01", "990523195803120019"]), min_size=40, max_size=40),
)
def test_many_events_at_a_glance_are_judged_as_each_alone(remarks, batches):
    """The glance over many events withholds those, and only those, that one close look would."""
    heads, bodies = [], []
    for number, remark in enumerate(remarks * 8):
        body = wire.PublishBody(payout=Payout(seq=number, holder="甲", remark=remark), salt="a")
        bodies.append(None if number % 7 == 3 else wire.canonical(body))
        head = {
            "v": 1,
            "kind": "publish",
            "rec": f"r-{number:04d}",
            "rev": 1,
            "issued": "x",
            "body": "0" * 64,
        }
        heads.append(wire.canonical(wire.Head(**head, batch=batches[number % 40])))
    alone = {at for at, event in enumerate(zip(heads, bodies, strict=True)) if private(*event)}
    assert PrivacyGate().held_back(heads, bodies) == alone
