"""The bytes of events, bundles and tile names."""

import gzip
import hashlib
import json
import re
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tlog_scales.tiles import tile_path

from boards.model.errors import Refusal
from boards.model.payouts import (
    BatchClose,
    LeftOut,
    LeftOutReason,
    PayeeKind,
    Payout,
    PayStatus,
    Phase,
    Terms,
)
from sync import wire
from sync.log import bundle, tiles
from tests.line.county_sim import salts

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31))
FEN = st.integers(-(10**12), 10**12)
NUMBER = st.none() | st.decimals(-99999, 99999, places=8)
SHA = st.binary(min_size=32, max_size=32).map(bytes.hex)
PAYOUTS = st.builds(
    Payout,
    seq=st.integers(1, 10**6),
    holder=TEXT,
    payee=TEXT,
    beneficiary=TEXT,
    kind=st.sampled_from(PayeeKind),
    household=TEXT,
    group=TEXT,
    quantity=NUMBER,
    unit=TEXT,
    rate=NUMBER,
    amount_fen=FEN,
    in_kind=TEXT,
    item=TEXT,
    paid_on=st.none() | DAY,
    status=st.sampled_from(PayStatus),
    retry_no=st.integers(0, 9),
    correction_of=TEXT,
    remark=TEXT,
)
REASONS = st.builds(wire.Reason, code=TEXT, text=TEXT, basis=TEXT, office=TEXT)
TERMS = st.builds(
    Terms,
    village=st.just("330590100201"),
    programme=TEXT,
    programme_name=TEXT,
    phase=st.sampled_from(Phase),
    fiscal_year=st.integers(2000, 2099),
    period_no=TEXT,
    paid_on=st.none() | DAY,
    phone=TEXT,
    sensitive=st.booleans(),
)
CLOSES = st.builds(
    BatchClose,
    terms=TERMS,
    edition=st.integers(1, 99),
    start=st.integers(0, 10**6),
    stop=st.integers(0, 10**6),
    count=st.integers(0, 10**6),
    households=st.integers(0, 10**6),
    sum_fen=FEN,
    by_programme=st.dictionaries(st.from_regex(r"\A[a-z_]{1,12}\Z"), FEN, max_size=3),
    left_out=st.lists(
        st.builds(LeftOut, reason=st.sampled_from(LeftOutReason), count=st.integers(0, 99), sum_fen=FEN),
        max_size=3,
    ).map(tuple),
    source_total_fen=FEN,
    source_sha256=SHA,
    mask_policy=TEXT,
)
BODIES = st.one_of(
    st.builds(wire.PublishBody, payout=PAYOUTS, salt=TEXT).map(lambda b: ("publish", b)),
    st.builds(wire.CorrectBody, payout=PAYOUTS, reason=REASONS, salt=TEXT).map(lambda b: ("correct", b)),
    st.builds(wire.WithdrawBody, reason=REASONS, salt=TEXT).map(lambda b: ("withdraw", b)),
    st.builds(
        wire.EraseBody,
        indexes=st.lists(st.integers(0, 10**6), max_size=4).map(tuple),
        reason=REASONS,
        salt=TEXT,
    ).map(lambda b: ("erase", b)),
    st.builds(wire.CloseBody, close=CLOSES, salt=TEXT).map(lambda b: ("batch.close", b)),
)
HEADS = st.builds(
    wire.Head,
    v=st.just(1),
    kind=st.sampled_from(wire.Kind).map(str),
    rec=TEXT,
    rev=st.integers(1, 99),
    batch=TEXT,
    issued=TEXT,
    body=SHA,
    amount_fen=st.none() | FEN,
    crit=st.booleans(),
)


def rfc8785(value) -> str:
    """An independent canonical form for integers, text, booleans, null, lists and objects (RFC 8785 §3.2)."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{rfc8785(key)}:{rfc8785(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(rfc8785, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@settings(max_examples=80)
@given(made=BODIES)
def test_bodies_are_canonical_and_read_back(made):
    """Every body is RFC 8785 to the byte, without floats, and decodes to what it was."""
    kind, body = made
    raw = wire.canonical(body)
    assert raw.decode() == rfc8785(json.loads(raw, parse_float=None))
    assert wire.body_of(kind, raw) == body
    json.loads(raw, parse_float=lambda text: pytest.fail(f"a float travelled: {text}"))


@given(head=HEADS, body=st.none() | PAYOUTS)
def test_lines_read_back_byte_for_byte(head, body):
    """What a line frames is what it gives back."""
    raw_head = wire.canonical(head)
    raw_body = None if body is None else wire.canonical(body)
    line = wire.line(raw_head, raw_body)[:-1]
    assert b"\n" not in line
    assert wire.framed(line) == (raw_head, raw_body)
    cut = wire.all_cut((line + b"\n") * 2, [len(raw_head)] * 2, [len(raw_body or b"null")] * 2)
    assert cut == ([raw_head] * 2, [raw_body] * 2)
    assert wire.head_of(raw_head) == head
    assert raw_head.decode() == rfc8785(json.loads(raw_head))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"null",
        b'{"h":{},"b":{}} ',
        b' {"h":{},"b":{}}',
        b'{"h": {},"b":{}}',
        b'{"b":{},"h":{}}',
        b'{"h":{},"b":{},"h":{}}',
        b'{"h":{},"b":{},"x":1}',
        b'{"\\u0068":{},"b":{}}',
        b'{"h":{},"b":' + b'"' + b"x" * 65_536 + b'"}',
        b"\xff\xfe",
        b'{"h":' + b"[" * 5000 + b"]" * 5000 + b',"b":{}}',
    ],
)
def test_a_line_has_one_spelling(line):
    """Spaces, orders, doubles, extras, escapes and excess are refused."""
    with pytest.raises(wire.MalformedEvent):
        wire.framed(line)


PLAIN = [
    wire.line(
        b'{"body":"%s","kind":"publish","rec":"r%d"}' % (b"0" * 64, n),
        b'{"payout":{"holder":"x","seq":%d}}' % n,
    )
    for n in range(4)
]
ALTERATIONS = st.lists(
    st.tuples(st.integers(0, 800), st.integers(0, 3), st.sampled_from([*b'\n,{}[]":hbnul0 \t\\', None])),
    max_size=4,
)


@pytest.mark.thorough
@settings(max_examples=400)
@given(ALTERATIONS, st.permutations([*PLAIN, wire.line(b'{"body":"","kind":"x"}', None)]), st.integers(1, 5))
def test_lines_read_all_at_once_are_those_read_one_by_one(alterations, lines, count):
    """However a bundle was altered, the quick reading takes what the slow one takes, and nothing else."""
    data = bytearray(b"".join(lines[:count]))
    for place, cut, byte in alterations:
        at = place % (len(data) + 1)
        data[at : at + cut] = b"" if byte is None else bytes([byte])
    whole = bytes(data[: data.rfind(b"\n") + 1])
    try:
        slowly = [wire.committed(line, index) for index, line in enumerate(whole.split(b"\n")[:-1], 7)]
    except wire.MalformedEvent as e:
        with pytest.raises(wire.MalformedEvent, match=str(e)):
            wire.all_committed(whole, 7)
    else:
        assert list(zip(*wire.all_committed(whole, 7), strict=True)) == slowly


@pytest.mark.parametrize(
    "lines",
    [
        # a head broken over two lines, and two events in one: as many lines as events, and one comma for the other
        [*PLAIN[0][:-1].replace(b',"kind"', b'\n"kind"').split(b"\n"), PLAIN[1][:-1] + b"," + PLAIN[2][:-1]],
        [PLAIN[0][:-1] + b"," + PLAIN[1][:-1]],
        [PLAIN[0][:-1] + b" " + PLAIN[1][:-1]],
        [PLAIN[0][:-1], b"", PLAIN[1][:-1]],
        PLAIN[0][:-1].replace(b',"kind"', b',\n"kind"').split(b"\n"),
        [PLAIN[0][:-2] + b',"h":{}}'],
        [b'{"h":{"body":"","kind":""},"b":{}', b"}"],
        [b'{"h": {"body":"","kind":""},"b":{}}'],
        [b'{"h":{"body":"","kind":""},"b":{} }'],
        [b'{"h":[],"b":{}}'],
        [b'{"h":{"body":"","kind":""},"b":"%s"}' % (b"x" * 65_534)],
    ],
)
def test_no_line_hides_behind_its_neighbours(lines):
    """Each line must be one event by itself, whatever the lines make together."""
    with pytest.raises(wire.MalformedEvent):
        wire.all_committed(b"".join(line + b"\n" for line in lines))


PIECES = (
    *(
        b'"body":"',
        b'"',
        b"0" * 64,
        b"0123456789abcdef" * 4 + b'"',
        b"f" * 63,
        b"G" * 64,
        b'"body":""',
        b",",
        b"\n",
    ),
    b'"body":"' + b"12" * 32 + b'"',
)


@pytest.mark.thorough
@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=8).map(b"".join))
@example(b'"body":"' + b"G" * 64 + b'"')
def test_nothing_but_digests_is_blanked(lines):
    """Cut out all at once or found one by one: 64 hex digits between quotes where a body's digest stands."""
    assert wire.without_digests(lines) == re.sub(rb'"body":"[0-9a-f]{64}"', b'"body":""', lines)


def test_long_and_erased_lines_are_read_too():
    """An erased body is none, and a line may be longer than its head and body may each be."""
    head = b'{"body":"%s","kind":"publish"}' % (b"0" * 64)
    long = b'"%s"' % (b"x" * 65_500)
    lines = [wire.line(head, body) for body in (b"{}", None, long)]
    assert wire.all_committed(b"".join(lines))[1] == [b"{}", None, long]


@settings(max_examples=100)
@given(junk=st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_junk_is_refused_in_words(junk):
    """Nothing but MalformedEvent comes out of the parsers."""
    for parse in (wire.framed, wire.commitment, wire.head_of, lambda raw: wire.body_of("publish", raw)):
        with suppress(wire.MalformedEvent):
            assert parse(junk) is not None


def test_unknown_fields_are_let_through():
    """A head of a later version is still a leaf of the tree."""
    head = b'{"body":"%s","kind":"poll","later":[1,2],"v":7}' % (b"0" * 64)
    assert wire.commitment(head).kind == "poll"
    assert wire.body_of("poll", b"{}") is None


@given(data=st.binary(max_size=2000))
def test_a_bundle_inflates_to_what_it_held(data):
    """Any standard program can read it too."""
    raw = bundle.packed(data)
    assert bundle.unpacked(raw, 2000) == gzip.decompress(raw) == data
    assert bundle.is_whole(raw)


def test_no_bit_of_a_bundle_may_change():
    """Each single bit flipped is noticed, padding and time stamps included."""
    raw = bundle.packed(b"".join(b'{"h":%d,"b":null}\n' % n for n in range(5)))
    for at in range(len(raw) * 8):
        damaged = bytearray(raw)
        damaged[at // 8] ^= 1 << at % 8
        with pytest.raises(bundle.BundleDamaged):
            bundle.unpacked(bytes(damaged), 4096)


def test_a_bomb_does_not_go_off():
    """200 MB in 200 KB are given up at the limit; cut and glued bundles are refused."""
    bomb = bundle.packed(b"\0" * (20 << 20))
    whole = bundle.packed(b"x" * 1000)
    for raw in (bomb, whole[:-9], whole[:40], b"", whole + whole, whole + b"\0"):
        with pytest.raises(bundle.BundleDamaged):
            bundle.unpacked(raw, 2 << 20)


def test_a_bundle_may_be_as_long_as_the_limit_and_not_a_byte_longer():
    """The limit is the kiosk's memory: 1,000 bytes are 1,000 bytes."""
    raw = bundle.packed(b"x" * 1000)
    assert len(bundle.unpacked(raw, 1000)) == 1000
    with pytest.raises(bundle.BundleDamaged):
        bundle.unpacked(raw, 999)


def test_nothing_rides_along_behind_the_compressed_lines():
    """A header that vouches for what stands behind the end of the data does not make it ours."""
    raw = bundle.packed(b"x" * 1000)
    data, trailer = raw[75:-8] + b"more", raw[-8:]
    ridden = raw[:10] + hashlib.sha256(data).hexdigest().encode() + b"\0" + data + trailer
    assert bundle.is_whole(ridden)
    with pytest.raises(bundle.BundleDamaged):
        bundle.unpacked(ridden, 2000)


@given(index=st.integers(0, 10**9), width=st.integers(1, 256))
def test_tile_names_are_those_tlog_scales_computes(index, width):
    """`x001/x234/067.p/5`: the same names for the same tiles, and only such names travel."""
    partial = width % 256
    assert tiles.tile(3, index, width).split("/") == tile_path(3, index, partial)
    assert tiles.tile("entries", index, width).split("/") == tile_path(-1, index, partial)
    assert tiles.is_file_name(tiles.tile(3, index, width))
    assert tiles.is_file_name(tiles.tile("rows", index, width) + tiles.ROWS_SUFFIX)
    assert tiles.is_rows_name(tiles.tile("rows", index, width))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/checkpoint",
        "checkpoint/",
        "../checkpoint",
        "tile/rows/../000",
        "tile/rows/0",
        "tile/rows/000.p/0",
        "tile/64/000",
        "tile/rows/000.ndjson.gz.new",
        "tile/0/000\n",
        "TILE/0/000",
        "tile/0/٠٠٠",
        "tile//000",
        "blob/sha256/ab/" + "../" * 21 + "x",
        "blob/sha256/ab/" + "AB" * 32,
        "blob/sha256/ab/" + "ab" * 31,
        "blob/sha256/../" + "ab" * 32,
    ],
)
def test_other_names_do_not_travel(name):
    """No way up, no way around, no other alphabet."""
    assert not tiles.is_file_name(name)
    assert not tiles.is_rows_name(name)
    assert not tiles.is_blob_name(name)
    assert tiles.is_blob_name(tiles.blob_name("ab" * 32))


@given(start=st.integers(0, 1500), more=st.integers(0, 1500))
def test_bundles_cover_every_leaf_once(start, more):
    """From any leaf to any later one, the bundles follow each other without gap."""
    stop = start + more
    found = tiles.covering(start, stop)
    covered = [n * 256 + at for n, width in found for at in range(width)]
    assert covered == list(range(start // 256 * 256, stop)) if more else not found


def test_salts_are_letters():
    """A salt never looks like a number of somebody's, and carries 128 bits."""
    salt = salts()()
    assert len(salt) == 32
    assert set(salt) <= set("abcdefghijklmnop")


def test_errors_of_the_wire_are_refusals():
    """Whatever goes wrong can be told in a sentence."""
    assert issubclass(wire.MalformedEvent, Refusal)
    assert (
        Decimal("1.50")
        == wire.body_of(
            "publish",
            wire.canonical(
                wire.PublishBody(payout=Payout(seq=1, holder="甲", rate=Decimal("1.50")), salt="s")
            ),
        ).payout.rate
    )
