"""核对一份村级公开案卷: whether it is what the county signed, whole and unchanged.

用法：python3 verify.py [案卷文件夹] [--keys 公钥文件]

Checks one bag (RFC 8493) of a village's year with Python 3.8 or newer and nothing else, apart from the
programs that made it: every file, the county's two signatures (RFC 8032, C2SP signed note), the tree of
all records (RFC 6962), and every list, notice and yearly figure against the signed records.

Ends with 0 where everything agrees, 1 where something does not, 2 where nothing could be checked.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import re
import stat
import sys
import unicodedata
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Callable, Dict, Iterable, Iterator, NamedTuple, Tuple

MOST_JSON, MOST_LINE = 64 << 20, 140_000  # bytes: of one JSON file, of one line of records
TAGS = ("bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
FEED_FILES = (
    "checkpoint", "feed.json", "heads.ndjson", "rows.ndjson", "proofs.json",
    "keys/keys.txt", "keys/publisher.pem", "keys/reviewer.pem",
)  # fmt: skip
BESIDE = (
    "register.ndjson", "metadata.json", "metadata.csv", "index.html", "index.css",
    "目录.pdf", "登记簿.pdf", "案卷封面.pdf", "year/year.json",
)  # fmt: skip
INFO = {
    "Payload-Oxum", "Bagging-Date", "Source-Organization", "External-Description", "Village", "Year", "As-Of",
    "Origin", "Checkpoint-Size", "Checkpoint-Root", "Personal-Information", "Note",
}  # fmt: skip
NEEDED = {"data/feed/" + name for name in FEED_FILES} | {"data/" + name for name in BESIDE}
MAY_BE = ("data/sheets/", "data/notices/", "data/attachments/", "data/human/", "data/backfill/")
FORBIDDEN = re.compile(
    r'[\\:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]'
)
UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
HEX64 = re.compile(r"[0-9a-f]{64}\Z")
MOST_NUMBER, MOST_DEPTH = 2**53 - 1, 64  # of JSON: every reader has these whole
LIST_NAME = re.compile(r"[0-9]{6}-([a-z0-9_]+)-([0-9]{4})-")


Told = Dict[str, Any]  # what a JSON object says
Point = Tuple[int, int, int, int]  # of the curve, in extended coordinates
Signature = Tuple[str, bytes, bytes]  # who, which key, the 64 bytes
Check = Callable[[str, Told], Tuple[str, int]]


class Wrong(Exception):  # noqa: N818 - says what is wrong
    """One thing that does not agree, in words."""


def shown(text: object) -> str:
    """A text of the bag as it may stand on a screen: short, and nothing in it that moves the cursor."""
    plain = UNPRINTED.sub("�", str(text))
    return plain if len(plain) <= 160 else plain[:157] + "…"


class Report:
    """What was checked, and what does not agree: one line each."""

    def __init__(self) -> None:
        """Nothing was looked at yet."""
        self.checked: list[str] = []
        self.notes: list[str] = []
        self.faults: list[tuple[str, str]] = []
        self.kept_back: list[str] = []  # records that came without their text, and that say so

    def fault(self, path: str, what: str) -> None:
        """Tell one fault, once."""
        if (path, what) not in self.faults:
            self.faults.append((path, what))

    @contextmanager
    def checking(self, path: str) -> Iterator[None]:
        """Whatever goes wrong inside is a fault of this path; hostile input never ends the program."""
        try:
            yield
        except Wrong as e:
            self.fault(path, str(e))
        except Exception:  # noqa: BLE001 - whatever a hostile file breaks, the check goes on
            self.fault(path, "格式不对，无法核对")

    def same(self, path: str, what: str, said: Any, found: Any) -> None:
        """One statement of a file against what the records say."""
        if type(said) is not type(found) or said != found:
            self.fault(path, f"{what}不符：文件里是“{shown(said)}”，按签名的记录应是“{shown(found)}”")


# JSON, strictly: no fraction, no NaN, no name twice, and only in its one canonical spelling


def _once(pairs: list[tuple[str, Any]]) -> Told:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Wrong("JSON 里同一个名称出现了两次")
    return found


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MOST_NUMBER:
        raise Wrong("JSON 里有过大的数")
    return int(digits)


def _shallow(value: Any, depth: int = 0) -> None:
    """No deeper than any reader goes, and no name that two readers sort otherwise; raises Wrong."""
    names = value if isinstance(value, dict) else ()
    if depth > MOST_DEPTH or any(max(name, default="") > "\uffff" for name in names):
        raise Wrong("JSON 套得太深，或有不能用的名称")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _shallow(inner, depth + 1)


def _refused(_text: str) -> None:
    raise Wrong("JSON 里有小数或不是数的数")


DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_int=_whole, parse_float=_refused, parse_constant=_refused
)


def canonical(value: Any) -> bytes:
    """The one spelling of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def strict(raw: bytes) -> Told:
    """One JSON object from bytes; raises Wrong."""
    try:
        value = DECODER.decode(raw.decode("utf-8"))
        _shallow(value)
        if isinstance(value, dict) and canonical(value) == raw:
            return value
    except (ValueError, RecursionError) as e:
        raise Wrong("不是可读的 JSON") from e
    raise Wrong("JSON 的写法不规范，内容可能被改过")


def member(value: Any, name: str, kind: Any) -> Any:
    """One member of an object, of its kind; raises Wrong."""
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool) is not (kind is bool):
        raise Wrong(f"缺少“{name}”，或它的写法不对")
    return found


# SHA-256 trees (RFC 6962) and the digests of sheets


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 + leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 + left + right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Root of the tree over leaf hashes."""
    peaks: list[tuple[int, bytes]] = []  # of full subtrees, as (height, hash)
    for leaf in leaves:
        height, node = 0, leaf
        while peaks and peaks[-1][0] == height:
            node, height = node_hash(peaks.pop()[1], node), height + 1
        peaks.append((height, node))
    if not peaks:
        return hashlib.sha256(b"").digest()
    node = peaks.pop()[1]
    while peaks:
        node = node_hash(peaks.pop()[1], node)
    return node


def root_by(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """Root that an inclusion proof leads to (RFC 9162 §2.1.3.2); raises Wrong where its length is wrong."""
    at, last, node = index, size - 1, leaf
    for step in path:
        if not last:
            raise Wrong("证明的长度不对")
        if at & 1 or at == last:
            node = node_hash(step, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, step)
        at, last = at >> 1, last >> 1
    if last:
        raise Wrong("证明的长度不对")
    return node


def sheet_digest(origin: str, batch: str, edition: int, leaves: list[bytes], sum_fen: int) -> str:
    """校验码: SHA-256 over what names a sheet and the hashes of its leaves, in log order."""
    head = ("village-kiosk sheet v1", origin, batch, str(edition), str(len(leaves)), str(sum_fen))
    text = "".join(line + "\n" for line in (*head, *(leaf.hex() for leaf in leaves)))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def moved_by(code: Any, digest: str) -> int:
    """How far a short code lies behind its digest's own (0 unless another sheet had that); -1: wrong."""
    if not isinstance(code, str) or not re.match(r"[0-9]{10}\Z", code):
        return -1
    if check_digit(code[:9]) != code[9]:
        return -1
    behind = (int(code[:9]) - int(digest, 16)) % 10**9
    return behind if behind < 10 else -1


# Ed25519, the verifying half (RFC 8032 §5.1)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _added(one: Point, other: Point) -> Point:
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _added(found, point)
        point, number = _added(point, point), number >> 1
    return found


def _x_of(y: int, sign: int) -> int | None:
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - squared) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def _point(raw: bytes) -> Point | None:
    number = int.from_bytes(raw, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def _packed(point: Point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def ed25519_holds(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether an Ed25519 signature (64 bytes) is good for these bytes."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    minus_key = (P - key[0], key[1], 1, P - key[3])
    return _packed(_added(_times(s, BASE), _times(k, minus_key))) == signature[:32]


# Keys and the signed note (C2SP)


class Key(NamedTuple):
    """A public key of a signed note."""

    name: str
    hash: bytes
    public: bytes


NAMED = re.compile(r"[^\s+]+\Z")
SPKI = bytes.fromhex("302a300506032b6570032100")


def from_base64(text: str) -> bytes:
    """Bytes of canonical base64; raises Wrong."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError as e:
        raise Wrong("不是规范的 base64") from e
    if base64.b64encode(raw).decode() != text:
        raise Wrong("不是规范的 base64")
    return raw


def key_of(line: str) -> Key:
    """A key line `name+hash+base64`; raises Wrong."""
    parts = line.split("+", 2)
    raw = from_base64(parts[2]) if len(parts) == 3 else b""
    if len(raw) != 33 or raw[0] != 1:
        raise Wrong("公钥一行应为 名称+校验+base64")
    named = hashlib.sha256(parts[0].encode("utf-8") + b"\n" + raw).digest()[:4]
    if named.hex() != parts[1]:
        raise Wrong("公钥与它自己的校验不一致")
    return Key(parts[0], named, raw[1:])


def keys_of(text: str) -> list[Key]:
    """All key lines of a text; empty lines and lines with # say nothing."""
    lines = [line.strip() for line in text.splitlines()]
    return [key_of(line) for line in lines if line and not line.startswith("#")]


def pem_of(key: Key) -> bytes:
    """A key as openssl reads it."""
    code = base64.b64encode(SPKI + key.public).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{code}\n-----END PUBLIC KEY-----\n".encode()


def note_of(raw: bytes) -> tuple[str, list[Signature]]:
    """Text and signatures (name, key hash, signature) of a signed note; raises Wrong."""
    text = raw.decode("utf-8") if len(raw) <= 8192 else ""
    cut = text.rfind("\n\n")
    if cut < 0 or not text.endswith("\n"):
        raise Wrong("不是签名的检查点")
    return text[: cut + 1], [_signature(line) for line in text[cut + 2 : -1].split("\n")]


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    raw = from_base64(parts[2]) if len(parts) == 3 and parts[0] == "—" and NAMED.match(parts[1]) else b""
    if len(raw) < 5:
        raise Wrong("签名行的写法不对")
    return parts[1], raw[:4], raw[4:]


def signers(text: str, signatures: list[Signature], keys: list[Key]) -> list[Key]:
    """Which of the keys signed the text; raises Wrong where a signature under a known key is false."""
    found = []
    for name, named, blob in signatures:
        for key in keys:
            if (key.name, key.hash) == (name, named):
                if not ed25519_holds(key.public, blob, text.encode("utf-8")):
                    raise Wrong(f"“{shown(name)}”的签名不成立：检查点被改过，或不是这把公钥所签")
                found.append(key)
    return found


def both_seats(found: list[Key]) -> bool:
    """One publisher and one reviewer, with different keys (先审后发)."""
    publishers = {key.public for key in found if key.name.endswith("/publisher")}
    reviewers = {key.public for key in found if key.name.endswith("/reviewer")}
    return any(one != other for one in publishers for other in reviewers)


# The bag


class Bag:
    """The folder: which files it has, and their digests."""

    def __init__(self, root: str, report: Report) -> None:
        """`root` is the bag's folder."""
        self.root, self.report = root, report
        self.sizes: dict[str, int] = {}
        self.info: dict[str, str] = {}  # what bag-info.txt says
        self.digests: dict[str, str] = {}

    def check(self) -> None:
        """Names, manifests, sizes: nothing changed, nothing missing, nothing extra."""
        self._walk()
        self._names()
        payload = self._manifest("manifest-sha256.txt")
        tags = self._manifest("tagmanifest-sha256.txt")
        self._held("data/", payload, "manifest-sha256.txt")
        self._held("", tags, "tagmanifest-sha256.txt")
        self._forms()

    def _walk(self) -> None:
        folders = [""]
        while folders:
            folder = folders.pop()
            entries = list(os.scandir(os.path.join(self.root, folder)))
            if not entries:
                self.report.fault(folder, "多出一个空文件夹")
            for entry in entries:
                path = folder + entry.name
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISDIR(mode):
                    folders.append(path + "/")
                elif stat.S_ISREG(mode):
                    self.sizes[path] = entry.stat(follow_symlinks=False).st_size
                else:
                    self.report.fault(path, "不是普通文件（链接或设备），案卷里不应有")

    def _names(self) -> None:
        folded = defaultdict(list)
        for path in self.sizes:
            folded[unicodedata.normalize("NFC", path).casefold()].append(path)
            for name in path.split("/"):
                if FORBIDDEN.search(name) or name[-1:] in (" ", ".") or len(name) > 100:
                    self.report.fault(path, "文件名在 U 盘上不能用")
            if unicodedata.normalize("NFC", path) != path:
                self.report.fault(path, "文件名的写法不规范")
        for paths in folded.values():
            if len(paths) > 1:
                self.report.fault(max(paths), "文件名只有大小写不同，换一台电脑会互相覆盖")

    def _manifest(self, name: str) -> dict[str, str]:
        listed = {}
        with self.report.checking(name):
            for line in self.text(name).split("\n")[:-1]:
                digest, gap, path = line[:64], line[64:66], line[66:]
                if not HEX64.match(digest) or gap != "  " or not path or path in listed:
                    raise Wrong(f"有一行写法不对：“{shown(line)}”")
                listed[path] = digest
            if not self.text(name).endswith("\n"):
                raise Wrong("最后一行不完整")
        return listed

    def _held(self, folder: str, listed: dict[str, str], manifest: str) -> None:
        """Files against their list; of the bag's own folder only the files at its top."""
        here = {path for path in self.sizes if path.startswith(folder) and (folder or "/" not in path)}
        expected = here - {"tagmanifest-sha256.txt"} if not folder else here
        for path in sorted(set(listed) - here):
            self.report.fault(path, "清单里有，文件夹里没有：缺少，或改了名")
        for path in sorted(expected - set(listed)):
            self.report.fault(path, f"清单 {manifest} 里没有：多出，或改了名")
        for path in sorted(expected & set(listed)):
            with self.report.checking(path):
                self.digests[path] = self._digest(path)
                if self.digests[path] != listed[path]:
                    raise Wrong("内容与清单不符：被改过或损坏")

    def _digest(self, path: str) -> str:
        whole = hashlib.sha256()
        with open(self.place(path), "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                whole.update(block)
        return whole.hexdigest()

    def _forms(self) -> None:
        for path in sorted({*TAGS, *NEEDED} - set(self.sizes)):
            self.report.fault(path, "缺少")
        for path in self.sizes:
            if path not in {*TAGS, *NEEDED, YEAR_PDF} and not path.startswith(MAY_BE):
                self.report.fault(path, "不属于案卷：多出的文件")
        with self.report.checking("bagit.txt"):
            if self.raw("bagit.txt") != BAGIT:
                raise Wrong("应是 BagIt 1.0、UTF-8")
        with self.report.checking("bag-info.txt"):
            pairs = [line.partition(": ") for line in self.text("bag-info.txt").split("\n")[:-1]]
            self.info = {label: text for label, _, text in pairs}
            payload = [size for path, size in self.sizes.items() if path.startswith("data/")]
            octets, files = sum(payload), len(payload)
            if not self.text("bag-info.txt").endswith("\n") or not set(self.info) <= INFO:
                raise Wrong("有一行写法不对")
            if len(self.info) != len(pairs) or self.info.get("Payload-Oxum") != f"{octets}.{files}":
                raise Wrong(f"Payload-Oxum 应是实有的 {octets} 字节、{files} 个文件，每项一行")

    def place(self, path: str) -> str:
        """Where a file of the bag lies."""
        return os.path.join(self.root, *path.split("/"))

    def raw(self, path: str, most: int = MOST_JSON) -> bytes:
        """A whole file; raises Wrong."""
        if path not in self.sizes:
            raise Wrong("缺少")
        if self.sizes[path] > most:
            raise Wrong("太大")
        with open(self.place(path), "rb") as file:
            return file.read(most + 1)

    def text(self, path: str) -> str:
        """A whole file of UTF-8; raises Wrong."""
        try:
            return self.raw(path).decode("utf-8")
        except UnicodeDecodeError as e:
            raise Wrong("不是 UTF-8 文字") from e

    def json(self, path: str) -> Told:
        """A file of one canonical JSON object and a line feed; raises Wrong."""
        raw = self.raw(path)
        if raw[-1:] != b"\n":
            raise Wrong("最后没有换行")
        return strict(raw[:-1])

    def lines(self, path: str) -> Iterator[bytes]:
        """Lines of a file without their line feeds; raises Wrong."""
        if path not in self.sizes:
            raise Wrong("缺少")
        with open(self.place(path), "rb") as file:
            for line in iter(lambda: file.readline(MOST_LINE), b""):
                if line[-1:] != b"\n":
                    raise Wrong("有一行太长，或最后一行不完整")
                yield line[:-1]

    @property
    def village_name(self) -> str:
        """The village's name, which no record of a list says: it stands in bag-info.txt."""
        found = re.match(r"(.+?)[0-9]{4}年公开档案", self.info.get("External-Description", ""))
        return found.group(1) if found else ""

    def within(self, folder: str, ending: str) -> list[str]:
        """Paths of a folder by their ending, in order."""
        return sorted(path for path in self.sizes if path.startswith(folder) and path.endswith(ending))


# The records: the whole log's heads, and the events of this village and year

FEED = "data/feed/"


class Head(NamedTuple):
    """The signed part of an event."""

    kind: str
    rec: str
    rev: int
    batch: str
    issued: str
    body: str
    amount: int | None


def head_of(raw: bytes) -> Head:
    """What a head says; raises Wrong."""
    head = strict(raw)
    names = [member(head, name, str) for name in ("kind", "rec", "batch", "issued", "body")]
    kind, rec, batch, issued, body = names
    return Head(kind, rec, member(head, "rev", int), batch, issued, body, head.get("amount_fen"))


def parts_of(line: bytes) -> tuple[bytes, bytes]:
    """Head and body of a line `{"h":<head>,"b":<body>}`, byte for byte; raises Wrong."""
    try:
        text = line.decode("utf-8")
        _, cut = DECODER.raw_decode(text, 5)
        _, end = DECODER.raw_decode(text, cut + 5)
    except (ValueError, RecursionError) as e:
        raise Wrong("不是一条记录") from e
    if (text[:5], text[cut : cut + 5], text[end:]) != ('{"h":', ',"b":', "}"):
        raise Wrong("记录的框架不对")
    return text[5:cut].encode("utf-8"), text[cut + 5 : end].encode("utf-8")


def day_of(issued: str) -> str:
    """Civil day in China of an instant in UTC; raises Wrong."""
    try:
        utc = datetime.strptime(issued, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - Z stands in it
    except ValueError as e:
        raise Wrong("记录的时刻写法不对") from e
    return (utc + timedelta(hours=8)).date().isoformat()


class Records:
    """The signed records: what every statement in the bag is held against."""

    def __init__(self, bag: Bag, report: Report) -> None:
        """Nothing is believed yet."""
        self.bag, self.report = bag, report
        self.village, self.year, self.origin, self.size, self.root = "", 0, "", 0, b""
        self.heads: list[Head] = []
        self.hashes: list[bytes] = []
        self.index: dict[bytes, int] = {}  # of a leaf's hash
        self.revisions: dict[tuple[str, int], int] = {}  # of a record's revision
        self.bodies: dict[int, Told | None] = {}  # by log index -> body, None where it was erased
        self.keys: list[Key] = []
        self.by_own_keys = True
        self.withheld: set[int] = set()  # the machine kept back their text, as feed.json says

    def check(self, keys: list[Key]) -> None:
        """Signatures, tree, lines, completeness, proofs; `keys` are those the inspector brought."""
        with self.report.checking(FEED + "checkpoint"):
            self._signed(keys)
        with self.report.checking(FEED + "feed.json"):
            self._named()
        with self.report.checking(FEED + "heads.ndjson"):
            self._read_heads()
        with self.report.checking(FEED + "rows.ndjson"):
            self._read_rows()
            self._whole()
            self._erased()
        with self.report.checking(FEED + "proofs.json"):
            self._proofs()

    def _signed(self, brought: list[Key]) -> None:
        self.keys = self._own_keys()
        text, signatures = note_of(self.bag.raw(FEED + "checkpoint"))
        lines = text.split("\n")
        if len(lines) < 4 or not re.match(r"(0|[1-9][0-9]{0,15})\Z", lines[1]):
            raise Wrong("检查点的写法不对")
        self.origin, self.size, self.root = lines[0], int(lines[1]), from_base64(lines[2])
        if not both_seats(signers(text, signatures, self.keys)):
            raise Wrong("缺少发布、审核两个不同的签名")
        if brought and not both_seats(signers(text, signatures, brought)):
            raise Wrong("不是您带来的公钥所签：案卷可能是别人另做的，请向县里核实")
        self.by_own_keys = not brought
        self.report.checked.append(f"检查点：发布、审核两个签名成立（{self.size} 条记录）")

    def _own_keys(self) -> list[Key]:
        keys = keys_of(self.bag.text(FEED + "keys/keys.txt"))
        lines = [
            "{}+{}+{}\n".format(k.name, k.hash.hex(), base64.b64encode(b"\x01" + k.public).decode())
            for k in keys
        ]
        if "".join(lines) != self.bag.text(FEED + "keys/keys.txt") or len(keys) != 2:
            self.report.fault(FEED + "keys/keys.txt", "写法不规范")
        for seat in ("publisher", "reviewer"):
            named = [key for key in keys if key.name.endswith("/" + seat)]
            path = f"{FEED}keys/{seat}.pem"
            with self.report.checking(path):
                if len(named) != 1 or self.bag.raw(path) != pem_of(named[0]):
                    raise Wrong("与 keys.txt 里的公钥不是同一把")
        return keys

    def _named(self) -> None:
        feed, path = self.bag.json(FEED + "feed.json"), FEED + "feed.json"
        self.village, self.year = member(feed, "village", str), member(feed, "year", int)
        self.withheld = self._kept_back(feed)
        root = base64.b64encode(self.root).decode()
        signed = {"format": "village-feed/1", "origin": self.origin, "size": self.size, "root": root}
        only(feed, {*signed, "village", "year", "as_of", *({"withheld"} & set(feed))})
        for name, value in signed.items():
            self.report.same(path, name, feed[name], value)
        self.report.same(path, "village", self.village, self.origin.rpartition("/v/")[2])
        if not re.match(r"[0-9]{12}\Z", self.village):
            raise Wrong("村代码应为 12 位数字")
        self._as_in_bag_info(feed)

    def _kept_back(self, feed: Told) -> set[int]:
        if "withheld" not in feed:
            return set()
        said = member(feed, "withheld", list)
        if not said or any(type(at) is not int for at in said) or said != sorted(set(said)):
            raise Wrong("withheld 的写法不对")
        return set(said)

    def _as_in_bag_info(self, feed: Told) -> None:
        """What bag-info.txt says besides; the moment of the export stands nowhere else and is not signed."""
        about = [("Village", self.village), ("Year", str(self.year)), ("As-Of", member(feed, "as_of", str))]
        about += [
            ("Origin", self.origin),
            ("Checkpoint-Size", str(self.size)),
            ("Checkpoint-Root", feed["root"]),
        ]
        about += [("Bagging-Date", day_of(feed["as_of"])), ("Personal-Information", PERSONAL)]
        for label, found in about:
            self.report.same("bag-info.txt", label, self.bag.info.get(label, ""), found)

    def _read_heads(self) -> None:
        for line in self.bag.lines(FEED + "heads.ndjson"):
            self.index[leaf_hash(line)] = len(self.heads)
            self.hashes.append(leaf_hash(line))
            self.heads.append(head_of(line))
            self.revisions[self.heads[-1].rec, self.heads[-1].rev] = len(self.heads) - 1
        if len(self.heads) != self.size:
            raise Wrong(f"记录有 {len(self.heads)} 条，检查点签的是 {self.size} 条")
        if root_of(self.hashes) != self.root:
            raise Wrong("全部记录算出的根与检查点签的不同：有记录被改过、调换或删去")
        self.report.checked.append(f"全部 {self.size} 条记录的根与检查点一致")

    def _read_rows(self) -> None:
        before = -1
        for number, line in enumerate(self.bag.lines(FEED + "rows.ndjson"), 1):
            head, body = parts_of(line)
            at = self.index.get(leaf_hash(head), -1)
            if at < 0:
                raise Wrong(f"第 {number} 行不在签名的记录里：被改过或添上的")
            if at <= before:
                raise Wrong(f"第 {number} 行的次序不对")
            if body != b"null" and hashlib.sha256(body).hexdigest() != self.heads[at].body:
                raise Wrong(f"第 {number} 行（第 {at} 条记录）的内容与签名的摘要不符：被改过")
            before, self.bodies[at] = at, None if body == b"null" else strict(body)

    def of(self, *kinds: str) -> list[int]:
        """Log indexes of the year's records of these kinds that are here, in order."""
        return [at for at in self.bodies if self.heads[at].kind in kinds]

    def told(self, *kinds: str) -> list[tuple[int, Told]]:
        """The same, each with its body, without those that were erased."""
        bodies = [(at, self.bodies[at]) for at in self.of(*kinds)]
        return [(at, body) for at, body in bodies if body is not None]

    def taken_down(self) -> set[str]:
        """Records that were withdrawn."""
        return {self.heads[at].rec for at in self.of("withdraw")}

    def not_here(self, after: int) -> list[Head]:
        """Heads of later records that belong to other years."""
        return [head for at, head in enumerate(self.heads) if at > after and at not in self.bodies]

    def lists(self) -> set[str]:
        """Batches with a close of this fiscal year."""
        closes = self.told("batch.close")
        return {
            self.heads[at].batch for at, one in closes if one["close"]["terms"]["fiscal_year"] == self.year
        }

    @property
    def year_batch(self) -> str:
        """Batch of the year's own figures."""
        return f"{self.village[:6]}-year-{self.year}"

    def _wanted(self) -> dict[str, list[int]]:
        """Log indexes this village and year must have, told by the heads alone, by list or notice."""
        other = {self.heads[at].batch for at, _ in self.told("batch.close")} - self.lists()
        closed = {head.batch for head in self.heads if head.kind == "batch.close"} - other
        batches = {name for name in closed if self._of_year(name)} | self.lists() | {self.year_batch}
        notices = {
            head.rec
            for head in self.heads
            if head.kind == "notice" and day_of(head.issued)[:4] == str(self.year)
        }
        wanted: dict[str, list[int]] = defaultdict(list)
        for at, head in enumerate(self.heads):
            of_notice = head.rec.rpartition("-")[0] if head.kind == "attach" else head.rec
            if head.batch in batches:
                wanted[head.batch].append(at)
            elif head.kind in ("notice", "attach", "withdraw") and of_notice in notices:
                wanted[of_notice].append(at)
        return wanted

    def _of_year(self, batch: str) -> bool:
        found = LIST_NAME.match(batch)
        return found is not None and int(found.group(2)) == self.year

    def _whole(self) -> None:
        wanted = self._wanted()
        for name, indexes in wanted.items():
            missing = [at for at in indexes if at not in self.bodies]
            if missing:
                what = f"“{shown(name)}”缺 {len(missing)} 条记录（第 {missing[0]} 条等）：没有收全"
                self.report.fault(FEED + "rows.ndjson", what)
        expected = {at for indexes in wanted.values() for at in indexes}
        land = {self.heads[at].batch for at in expected}
        for at in sorted(set(self.bodies) - expected):
            if self.heads[at].kind != "erase" or self.heads[at].batch not in land:
                self.report.fault(FEED + "rows.ndjson", f"第 {at} 条记录不属于本村本年")
        if expected <= set(self.bodies):
            self.report.checked.append(f"本村本年的记录收全：{len(expected)} 条")

    def _erased(self) -> None:
        explained = set()
        for at, body in self.told("erase"):
            explained |= {gone for gone in body["indexes"] if gone < at}
        empty = {at for at, body in self.bodies.items() if body is None}
        for at in sorted(empty - explained - self.withheld):
            self.report.fault(FEED + "rows.ndjson", f"第 {at} 条记录没有内容，也没有删除它的记录")
        for at in sorted(self.withheld - empty):
            self.report.fault(FEED + "feed.json", f"第 {shown(at)} 条记录写着没有保存正文，正文却在")
        for at in sorted(self.withheld & empty):
            of = shown(self.heads[at].rec)
            self.report.kept_back.append(f"第 {at} 条记录（{of}）：导出的机器因含个人号码没有保存正文")

    def lacks(self, batch: str) -> bool:
        """Whether the text of a record of this list was kept back, or that of a close of it is gone."""
        kept_back = any(self.heads[at].batch == batch for at in self.withheld if at in self.bodies)
        return kept_back or batch in self.unclosed()

    def unclosed(self) -> set[str]:
        """Lists of which a close has no text here."""
        return {self.heads[at].batch for at in self.of("batch.close") if self.bodies[at] is None}

    def _proofs(self) -> None:
        told = self.bag.json(FEED + "proofs.json")
        only(told, {"format", "proofs"})
        self.report.same(FEED + "proofs.json", "format", told["format"], "village-proofs/1")
        proven = []
        for proof in member(told, "proofs", list):
            only(proof, {"index", "leaf", "path"})
            at, steps = member(proof, "index", int), member(proof, "path", list)
            if not 0 <= at < len(self.hashes) or proof["leaf"] != self.hashes[at].hex():
                raise Wrong(f"第 {at} 条记录的证明写的不是这条记录")
            if not all(HEX64.match(step) for step in steps):
                raise Wrong(f"第 {at} 条记录的证明写法不对")
            if root_by(at, self.size, self.hashes[at], list(map(bytes.fromhex, steps))) != self.root:
                raise Wrong(f"第 {at} 条记录的证明不成立")
            proven.append(at)
        if proven != self.of("batch.close", "year.close", "notice"):
            raise Wrong("证明应当是每份名单、公告和年度汇总各一份，依次排列")


def only(value: Any, names: Iterable[str]) -> None:
    """An object has these members and no other; raises Wrong."""
    if not isinstance(value, dict) or set(value) != set(names):
        odd = set(value) ^ set(names) if isinstance(value, dict) else names
        raise Wrong(f"应有的项目不对：{'、'.join(sorted(map(shown, odd)))}")


# Lists


class Edition:
    """One edition of a list as the records say it."""

    def __init__(self, batch: str, at: int, close: Told, leaves: list[int]) -> None:
        """`leaves` are the log indexes of its lines, in log order; `at` that of its close."""
        self.batch, self.at, self.close, self.leaves = batch, at, close, leaves
        self.number = member(close, "edition", int)
        self.newest, self.withdrawn, self.digest = False, False, ""


class Lists:
    """The lists of the year, edition by edition, from the records."""

    def __init__(self, records: Records, report: Report) -> None:
        """`records` were checked before."""
        self.records, self.report = records, report
        self.editions: list[Edition] = []

    def check(self) -> None:
        """Fold every list's records, and hold each close against its lines."""
        for batch in sorted(self.records.lists()):
            with self.report.checking(FEED + "rows.ndjson"):
                made, withdrawn = self._folded(batch)
                for edition in made:
                    edition.newest, edition.withdrawn = edition is made[-1], withdrawn
                    self._agrees(edition)
                self.editions += made
                numbers = self._numbers(batch, made)
                if numbers != list(range(1, len(numbers) + 1)):
                    raise Wrong(f"“{shown(batch)}”的版次不连续")

    def edition(self, batch: str, number: int) -> Edition:
        """One of them; raises Wrong."""
        for one in self.editions:
            if (one.batch, one.number) == (batch, number):
                return one
        raise Wrong("签名的记录里没有这份名单的这一版")

    def _numbers(self, batch: str, made: list[Edition]) -> list[int]:
        """Numbers of its editions, in order; of one without text as its head says."""
        heads, said = self.records.heads, {one.at: one.number for one in made}
        closes = [at for at in self.records.of("batch.close") if heads[at].batch == batch]
        return [said.get(at, heads[at].rev) for at in closes]

    def _folded(self, batch: str) -> tuple[list[Edition], bool]:
        records, withdrawn = self.records, False
        made: list[Edition] = []
        standing: dict[str, int] = {}  # record -> log index
        gone: set[str] = set()
        for at in (at for at in records.bodies if records.heads[at].batch == batch):
            head, body = records.heads[at], records.bodies[at]
            if head.kind in ("publish", "correct"):
                standing[head.rec] = at
            elif head.kind == "withdraw":
                withdrawn = withdrawn or head.rec == batch + "-close"
                gone.add(head.rec)
            elif head.kind == "erase" and body is not None:
                gone |= {records.heads[one].rec for one in body["indexes"]}
            elif head.kind == "batch.close" and body is not None:
                standing = {rec: leaf for rec, leaf in standing.items() if rec not in gone}
                made.append(Edition(batch, at, body["close"], sorted(standing.values())))
        return made, withdrawn

    def _agrees(self, edition: Edition) -> None:
        """A close against its lines: count, sum, households, what is left out, and the digest they give."""
        records, close = self.records, edition.close
        payouts = self._payouts(edition)
        fen = sum(records.heads[at].amount or 0 for at in edition.leaves)
        left_out = sum(member(part, "sum_fen", int) for part in close.get("left_out", []))
        pairs = [
            ("行数", close["count"], len(edition.leaves)),
            ("金额（分）", close["sum_fen"], fen),
            ("分项目金额", close["by_programme"], {close["terms"]["programme"]: fen}),
            ("发放总额（分）", close["source_total_fen"], fen + left_out),
            ("村", close["terms"]["village"], records.village),
            ("年度", close["terms"]["fiscal_year"], records.year),
        ]
        if payouts is not None:
            pairs.append(("户数", close["households"], households(payouts)))
        for what, said, found in pairs:
            if said != found:
                named = f"“{shown(edition.batch)}”第 {edition.number} 版的{what}"
                raise Wrong(f"{named}：县里写 {shown(said)}，记录是 {shown(found)}")
        hashes = [records.hashes[at] for at in edition.leaves]
        edition.digest = sheet_digest(records.origin, edition.batch, edition.number, hashes, fen)

    def _payouts(self, edition: Edition) -> list[Told] | None:
        """What its lines say; None where the words of one were erased."""
        bodies = [(at, self.records.bodies[at]) for at in edition.leaves]
        payouts = [(at, body["payout"]) for at, body in bodies if body is not None]
        for at, payout in payouts:
            if payout.get("amount_fen", 0) != (self.records.heads[at].amount or 0):
                raise Wrong(f"第 {at} 条记录的金额前后不一")
        return [payout for _, payout in payouts] if len(payouts) == len(bodies) else None

    def in_order(self, leaves: list[int]) -> bool:
        """Whether lines stand as on the sheet: by their numbers, as far as these were not erased."""
        bodies = [self.records.bodies[at] for at in leaves]
        numbers = [body["payout"]["seq"] for body in bodies if body is not None]
        return numbers == sorted(numbers)

    def state(self, edition: Edition) -> str:
        """Where an edition stands."""
        return "withdrawn" if edition.withdrawn else "" if edition.newest else "superseded"


def households(payouts: list[Told]) -> int:
    """Different households: by the county's key where a line has one, else by group and name."""
    return len({one.get("household") or (one.get("group", ""), one["holder"]) for one in payouts})


# What the bag says of them: sheets, notices, the year, the register

FILED = {"pdf", "pdf_sha256", "printed"}
OF_SHEET = {
    "format", "village", "batch", "edition", "title", "index", "leaves", "count", "households", "sum_fen",
    "source_total_fen", "left_out", "digest", "code", "state",
} | FILED  # fmt: skip
COUNTS = ("count", "households", "sum_fen", "source_total_fen")
NUMBERS = ("year", "edition", "size_bytes", "pages")  # in a line of the register; all else are words
OF_NOTICE = {
    "format", "village", "index", "record", "case", "kind", "title", "project", "doc_no", "issuer",
    "posted_on", "text", "attachments", "digest", "code", "state",
} | FILED  # fmt: skip
OF_YEAR = {"format", "village", "year", "index", "digest", "code", "annual"}
YEAR_PDF = "data/year/年度汇总.pdf"


class Statements:
    """Every JSON file beside a PDF, held against the records."""

    def __init__(self, bag: Bag, records: Records, lists: Lists, report: Report) -> None:
        """All that was checked before."""
        self.bag, self.records, self.lists, self.report = bag, records, lists, report
        self.acts: list[Told] = []  # the register
        self.prints: list[Told] = []

    def check(self) -> None:
        """Register first: the sheets say whether they were printed."""
        with self.report.checking("data/register.ndjson"):
            self.acts = [strict(line) for line in self.bag.lines("data/register.ndjson")]
            self._register()
        self._all(
            "data/sheets/",
            self._sheet,
            self._lists_due(),
        )
        notices = {(self.records.heads[at].rec, 1) for at in self.records.of("notice")}
        self._all("data/notices/", self._notice, notices)
        with self.report.checking("data/year/year.json"):
            self._year("data/year/year.json")
        self._attachments()
        self._backfill()

    def _lists_due(self) -> set[tuple[str, int]]:
        """The newest edition of each list that is whole, and every edition of one that lacks a text."""
        records = self.records
        closes = [records.heads[at] for at in records.of("batch.close")]
        due = {(one.batch, one.number) for one in self.lists.editions if one.newest}
        lacking = {(head.batch, head.rev) for head in closes if records.lacks(head.batch)}
        return {one for one in due if not records.lacks(one[0])} | lacking

    def _all(self, folder: str, check: Check, expected: set[tuple[str, int]]) -> None:
        found, pdfs = [], set()
        for path in self.bag.within(folder, ".json"):
            with self.report.checking(path):
                told = self.bag.json(path)
                pdfs.add(self._filed(path, told))
                found.append(check(path, told))
        for one in sorted(expected - set(found)):
            self.report.fault(folder, f"缺少“{shown(one[0])}”的文件")
        for one, times in Counter(found).items():
            if times > 1:
                self.report.fault(folder, f"“{shown(one[0])}”有 {times} 份文件")
        for path in self.bag.within(folder, ""):
            if path not in pdfs and not path.endswith(".json"):
                self.report.fault(path, "没有哪份 .json 说到它：多出，或改了名")

    def _filed(self, path: str, told: Told) -> str:
        """The PDF a statement speaks of: beside it, of its name, with its digest; whether it was printed."""
        if not told.get("pdf") and (told.get("state") or "undrawn" in told):
            said = [told["pdf"], told["pdf_sha256"], told["printed"]]
            self.report.same(path, "pdf pdf_sha256 printed", said, ["", "", False])
            return ""  # erased or withdrawn: nothing is drawn
        if "undrawn" in told:
            raise Wrong("写着没有画成 PDF，却又有 PDF")
        pdf: str = path[: path.rindex("/") + 1] + member(told, "pdf", str)
        self.report.same(path, "pdf", pdf, path[:-5] + ".pdf")
        if self.bag.digests.get(pdf) != member(told, "pdf_sha256", str):
            self.report.fault(path, f"pdf_sha256 不是“{shown(told['pdf'])}”的摘要：PDF 或这一项被改过")
        printed = any(one.get("sha256") == told["pdf_sha256"] for one in self.prints)
        self.report.same(path, "printed", member(told, "printed", bool), printed)
        return pdf

    def _undrawn(self, path: str, told: Told, indexes: Iterable[int]) -> None:
        """A paper is left out for want of a character only where that character stands in what it says."""
        if "undrawn" not in told:
            return
        said = member(told, "undrawn", str)
        number = re.match(r"U\+([0-9A-F]{4,6})\Z", said)
        if told.get("state") or number is None or int(number.group(1), 16) > 0x10FFFF:
            raise Wrong("undrawn 的写法不对")
        sign = chr(int(number.group(1), 16))
        texts = [told, self._place, *(self.records.bodies.get(at) for at in indexes)]
        if canonical(sign)[1:-1] not in canonical(texts):
            raise Wrong(f"这一份里没有 {said} 这个字，不是因为它才没有 PDF")
        why = f"没有 PDF，因为导出的机器打印不出“{shown(sign)}”（{said}）；内容已核对"
        self.report.notes.append(f"{path}：{why}")

    @property
    def _place(self) -> str:
        return self.bag.info.get("Source-Organization", "")

    def _coded(self, path: str, told: Told, digest: str) -> None:
        self.report.same(path, "校验码 digest", told["digest"], digest)
        moved = moved_by(told["code"], digest)
        if moved < 0:
            self.report.fault(path, "短码 code 与校验码不符")
        elif moved:
            self.report.notes.append(f"{path}：短码因重号顺延 {moved} 号")

    def _sheet(self, path: str, told: Told) -> tuple[str, int]:
        only(told, OF_SHEET | ({"undrawn"} & set(told)))
        if not told["digest"]:
            return self._unshown(path, told)
        edition, records = self.lists.edition(told["batch"], told["edition"]), self.records
        close = edition.close
        terms = close["terms"]
        what = "申报" if terms["phase"] == "application" else "发放"
        title = "{}年{}{}公示表".format(terms["fiscal_year"], terms["programme_name"], what)
        self.report.same(path, "title", told["title"], self.bag.village_name + title)
        expected = {
            "format": "village-sheet/1", "village": records.village, "index": edition.at,
            "count": close["count"], "households": close["households"], "sum_fen": close["sum_fen"],
            "source_total_fen": close["source_total_fen"], "left_out": close.get("left_out", []),
            "state": self.lists.state(edition),
        }  # fmt: skip
        if told["state"] == "held" and records.lacks(edition.batch):
            expected["state"] = "held"  # a later record of it was kept back: the machine shows it no more
        for name, value in expected.items():
            self.report.same(path, name, told[name], value)
        if sorted(told["leaves"]) != edition.leaves or not self.lists.in_order(told["leaves"]):
            self.report.fault(path, "leaves 不是这一版名单的各行，或次序不对")
        self._undrawn(path, told, [*edition.leaves, edition.at])
        self._coded(path, told, edition.digest)
        self._prints_agree(path, told)
        lines = f"{close['count']} 行 {close['households']} 户 {yuan(close['sum_fen'])} 元"
        self.report.checked.append(f"名单“{shown(told['title'])}”第 {edition.number} 版：{lines}")
        return told["batch"], told["edition"]

    def _unshown(self, path: str, told: Told) -> tuple[str, int]:
        """A list without figures: only where a text of it was kept back, or its close was erased."""
        at, records = member(told, "index", int), self.records
        if at not in records.bodies or records.heads[at].kind != "batch.close":
            raise Wrong("签名的记录里没有这份名单")
        head = records.heads[at]
        if not records.lacks(head.batch):
            raise Wrong("这份名单的记录都有正文，应当写出")
        erased = records.bodies[at] is None and at not in records.withheld
        expected: Told = {**dict.fromkeys(OF_SHEET - FILED, ""), **dict.fromkeys(COUNTS, 0)}
        expected.update({"format": "village-sheet/1", "village": records.village, "batch": head.batch})
        expected.update({"edition": head.rev, "index": at, "leaves": [], "left_out": []})
        expected["state"] = "erased" if erased else "held"
        for name, value in expected.items():
            self.report.same(path, name, told[name], value)
        return head.batch, head.rev

    def _prints_agree(self, path: str, told: Told) -> None:
        for one in self.prints:
            same = one.get("record") == told["batch"] and one.get("edition", 0) == told.get("edition", 0)
            if same and one.get("digest") not in (None, "", told["digest"]):
                self.report.fault("data/register.ndjson", f"打印记录里的校验码与“{shown(path)}”不符")

    def _notice(self, path: str, told: Told) -> tuple[str, int]:
        only(told, OF_NOTICE | ({"undrawn"} & set(told)))
        at, records = member(told, "index", int), self.records
        if at not in records.bodies or records.heads[at].kind != "notice":
            raise Wrong("签名的记录里没有这份公告")
        head, body = records.heads[at], records.bodies[at]
        says = body["notice"] if body else {}
        words = ("kind", "title", "project", "doc_no", "issuer", "text")
        expected = {
            "format": "village-notice/1", "village": records.village, "record": head.rec,
            "case": says.get("case_id", ""), "posted_on": says.get("posted_on", ""),
            "attachments": self._attached(head.rec), "state": self._standing(at),
        }  # fmt: skip
        expected.update((name, says.get(name, "")) for name in words)
        for name, value in expected.items():
            self.report.same(path, name, told[name], value)
        self._undrawn(path, told, [at])
        self._coded(path, told, sheet_digest(records.origin, head.rec, 1, [records.hashes[at]], 0))
        self.report.checked.append("公告“{}”".format(shown(told["title"])))
        return head.rec, 1

    def _standing(self, at: int) -> str:
        """Where a notice stands in its case, of which later notices may lie in another year's bag."""
        records, head = self.records, self.records.heads[at]
        if records.bodies[at] is None:
            return "held" if at in records.withheld else "erased"
        gone = {one.rec for one in records.heads if one.kind == "withdraw"}
        if head.rec in gone:
            return "withdrawn"
        told = [(records.heads[one], one, body["notice"]) for one, body in records.told("notice")]
        case = [(one, says) for of, one, says in told if of.batch == head.batch and of.rec not in gone]
        case.sort(key=lambda one: (one[1]["posted_on"], one[1]["number"]))
        kind, newest = dict(case)[at]["kind"], {notice["kind"]: one for one, notice in case}
        later = [one for one in records.not_here(at) if one.batch == head.batch and one.rec not in gone]
        kinds = {one.rec[len(one.batch) + 1 :].rpartition("-")[0] for one in later if one.kind == "notice"}
        return "superseded" if newest.get("stop", newest[kind]) != at or {kind, "stop"} & kinds else ""

    def _attached(self, record: str) -> list[Told]:
        """The files of a notice as its signed records name them, each with its place in the bag."""
        files = [one["attachment"] for _, one in self.records.told("attach") if one["notice"] == record]
        return [
            {"name": one["name"], "path": self._place_of(one["sha256"]), "sha256": one["sha256"]}
            for one in files
        ]

    def _place_of(self, sha256: str) -> str:
        start = f"data/attachments/{sha256[:8]}_"
        paths = [
            path for path in self.bag.digests if path.startswith(start) and self.bag.digests[path] == sha256
        ]
        return paths[0] if paths else ""

    def _attachments(self) -> None:
        """Each file was signed and is of the kind its signed name says; one that is not here is told.

        Of a notice that hangs no more it may never have come.
        """
        names: dict[str | None, list[str]] = defaultdict(list)
        hangs = {self.records.heads[at].rec for at in self.records.of("notice") if not self._standing(at)}
        for at, one in self.records.told("attach"):
            file = one["attachment"]
            names[file["sha256"]].append(file["name"])
            if not self._place_of(file["sha256"]):
                what = f"第 {at} 条记录（{shown(one['notice'])}）的附件“{shown(file['name'])}”不在案卷里"
                (self.report.kept_back if one["notice"] in hangs else self.report.notes).append(what)
        for path in self.bag.within("data/attachments/", ""):
            signed = names.get(self.bag.digests.get(path), [])
            if not any(path.endswith(ending_of(name)) for name in signed):
                self.report.fault(path, "没有哪份公告的签名记录说到它，或不是签名的那种文件")

    def _register(self) -> None:
        for entry in self.acts:
            self.report.same("data/register.ndjson", "village", entry.get("village"), self.records.village)
            for name, found in entry.items():
                if type(found) is not (int if name in NUMBERS else bool if name == "suspect" else str):
                    raise Wrong(f"“{shown(name)}”的写法不对")
        self.prints = [entry for entry in self.acts if entry.get("act") == "print"]

    def _backfill(self) -> None:
        """What was taken in later (补录): nobody signed it; it is held against the register."""
        here = set(self.bag.within("data/backfill/", ""))
        files = {path for path in here if path + ".json" in here}
        taken = {one.get("sha256"): one for one in self.acts if one.get("act") == "backfill"}
        for path in sorted(path for path in here - files if path.endswith(".json") and path[:-5] not in here):
            with self.report.checking(path):
                about = self.bag.json(path)
                self._taken_in(path[:-5], about, taken.get(about.get("sha256")))
                self.report.kept_back.append(f"补录“{shown(about['title'])}”的文件不在案卷里")
                files.add(path[:-5])
        for path in sorted(here - files - {path + ".json" for path in files}):
            self.report.fault(path, "没有说明来源的 .json：多出，或改了名")
        for path in sorted(files & here):
            with self.report.checking(path + ".json"):
                self._taken_in(path, self.bag.json(path + ".json"), taken.get(self.bag.digests.get(path)))

    def _taken_in(self, path: str, told: Told, entry: Told | None) -> None:
        if entry is None:
            raise Wrong("登记簿里没有这次补录，或文件被改过")
        about = {"format": "village-backfill/1", "marked": "补录", "path": path, "year": self.records.year}
        about.update((name, entry.get(name, "")) for name in ("sha256", "record", "title", "day", "source"))
        for name, found in about.items():
            if told.get(name) != found:
                raise Wrong(f"{name}与登记簿不符")
        self.report.checked.append(f"补录“{shown(told['title'])}”与登记簿一致")
        note = "补录的材料没有县里的签名，只与登记簿核对"
        self.report.notes += [note] if note not in self.report.notes else []

    def _year(self, path: str) -> None:
        told, records = self.bag.json(path), self.records
        closes = [at for at, _ in records.told("year.close")]
        annual = member(told, "annual", dict)
        expected = {"format": "village-year/1", "village": records.village, "year": records.year}
        expected["index"] = closes[-1] if closes else None
        for name, value in expected.items():
            self.report.same(path, name, told.get(name), value)
        only(told, OF_YEAR | ({"undrawn"} & set(told)))
        self._undrawn(path, told, [])
        if (YEAR_PDF in self.bag.sizes) is ("undrawn" in told):
            self.report.fault(YEAR_PDF, "缺少，或 year.json 写着没有画成")
        if closes:
            head = records.heads[closes[-1]]
            digest = sheet_digest(records.origin, head.rec, head.rev, [records.hashes[closes[-1]]], 0)
            self._coded(path, told, digest)
            self.report.same(path, "annual", annual, records.told("year.close")[-1][1]["annual"])
        else:
            self.report.same(path, "digest code", [told["digest"], told["code"]], ["", ""])
            of = [annual["village"], annual["year"]]
            self.report.same(path, "annual", of, [records.village, records.year])
            self.report.notes.append("年度汇总还没有由县里核定：其中的文字没有签名，这里只核对了金额")
        self._adds_up(annual, closes[-1] if closes else records.size)

    def _counted(self, before: int) -> dict[str, dict[str, tuple[int, int]]]:
        """Payment lists as they stood then, by programme: edition and sum of each."""
        rows: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
        for one in self.lists.editions:
            terms, taken_back = one.close["terms"], self._taken_back(one.batch, before)
            hidden = before == self.records.size and self.records.lacks(one.batch)  # summed by nobody yet
            if one.at < before and terms["phase"] == "payment" and not taken_back and not hidden:
                rows[terms["programme"]][one.batch] = (one.number, one.close["sum_fen"])
        return rows

    def _adds_up(self, annual: Told, before: int) -> None:
        """R9: the year is the sum of its payment lists, as they stood when it was closed."""
        found, rows = self._counted(before), member(annual, "rows", list)
        unclosed = self._believed(rows, found) if before < self.records.size else False
        if sorted(row["programme"] for row in rows) != sorted(found):
            raise Wrong("年度汇总列的项目与本年的名单不符")
        for row in rows:
            lists = found[row["programme"]]
            said = {one["batch"]: (one["edition"], one["sum_fen"]) for one in row.get("batches", [])}
            if said != lists and "batches" in row:
                raise Wrong(f"年度汇总“{shown(row['programme'])}”列的名单、版次或金额与记录不符")
            if row["sum_fen"] != sum(fen for _, fen in lists.values()):
                raise Wrong(f"年度汇总“{shown(row['programme'])}”的金额不是各份名单之和")
        if annual["sum_fen"] != sum(row["sum_fen"] for row in rows):
            raise Wrong("年度汇总的合计不是各个项目之和")
        self.report.checked.append(f"年度汇总：{len(rows)} 个项目，合计 {yuan(annual['sum_fen'])} 元")
        if before < self.records.size and not unclosed and self._counted(self.records.size) != found:
            self.report.notes.append("年度汇总核定以后，名单又有变动：应有新的一版年度汇总")

    def _believed(self, rows: list[Told], found: dict[str, dict[str, tuple[int, int]]]) -> bool:
        """Of a list whose close has no text here nothing is left but what the county's year says of it."""
        unclosed = self.records.unclosed()
        said = [(row["programme"], one) for row in rows for one in row.get("batches", [])]
        silent = [(programme, one) for programme, one in said if one["batch"] in unclosed]
        for programme, one in silent:
            found[programme][one["batch"]] = (one["edition"], one["sum_fen"])
            self.report.notes.append(f"“{shown(one['batch'])}”没有正文，它的金额只见于县里核定的年度汇总")
        return bool(silent)

    def _taken_back(self, batch: str, before: int) -> bool:
        heads = self.records.heads
        return any(heads[at].rec == batch + "-close" and at < before for at in self.records.of("withdraw"))


def ending_of(name: str) -> str:
    """What kind of file a name says, as .pdf; "" where it does not."""
    found = re.search(r"\.[A-Za-z0-9]{1,9}\Z", name)
    return found.group(0) if found else ""


def yuan(fen: int) -> str:
    """248,260.45, as people read a sum."""
    return f"{fen // 100:,}.{fen % 100:02d}"


# What people open in a spreadsheet: written a second time from the records, and compared byte for byte

PERSONAL = "含个人信息，仅供检查与留存"
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[^\S\t\r\n]*[\t\r\n]")
GONE = ("（已撤下）", "（已删除）")
FIELDS = {"小组": "group", "数量": "quantity", "单位": "unit", "标准（元）": "rate"}
FIELDS.update({"项目": "item", "物资": "in_kind", "备注": "remark"})
OF_LINE = ("享受人", *FIELDS)
OF_CORRECTION = ("更正前金额（元，已划去）", "更正日期", "更正原因")
OF_ITEM = (
    "件号", "题名", "责任者", "日期", "保管期限", "页数", "档号",
    "类别", "校验码", "短码", "版次", "状态", "补录", "文件",
)  # fmt: skip
OF_METADATA = {"format", "village", "year", "as_of", "案卷题名", "立档单位", "保管期限", "items"}
TERMS = ("3年", "10年", "30年", "永久")
STATES = {
    "": "", "superseded": "已被代替", "withdrawn": "已撤下", "erased": "已删除", "held": "未保存正文",
}  # fmt: skip
OF_ANNUAL = ("补贴项目", "主管部门", "标准", "户数", "人数", "数量", "单位")
OF_MONEY = ("金额（元）", "其中结转（元）", "所含名单", "未列入", "备注")


def csv_of(rows: list[list[str | int]]) -> bytes:
    """Rows as CSV: a text in quotes and never a formula, money (an int, in fen) with two decimals."""
    lines = (",".join(_csv_cell(cell) for cell in row) for row in rows)
    return b"\xef\xbb\xbf" + "".join(line + "\r\n" for line in lines).encode("utf-8")


def _csv_cell(cell: str | int) -> str:
    if isinstance(cell, int):
        return f"{cell // 100}.{cell % 100:02d}"
    guarded = "\t" + cell if FORMULA.match(cell) else cell
    return '"{}"'.format(guarded.replace('"', '""'))


def as_masked(name: str, said: str) -> str:
    """A name as a table shows it, where that can be this one: first sign, stars, at most its last sign."""
    plain = said.lstrip("\t")
    found = re.match(r"([^*]{1,2})\*+([^*]?)\Z", plain)
    fits = found is not None and name.startswith(found.group(1)) and name.endswith(found.group(2))
    return plain if fits else name


def decimal_sum(numbers: list[str]) -> str:
    """Sum of decimals written as text, with as many places as the longest has."""
    places = max(len(one.partition(".")[2]) for one in numbers)
    total = sum(int(one.replace(".", "") + "0" * (places - len(one.partition(".")[2]))) for one in numbers)
    digits = str(total).rjust(places + 1, "0")
    return digits[:-places] + "." + digits[-places:] if places else digits


class Tables:
    """The CSV of every list in force and of the year, and the list of items."""

    annual = "data/human/年度汇总.csv"

    def __init__(self, bag: Bag, records: Records, lists: Lists, report: Report) -> None:
        """All that was checked before."""
        self.bag, self.records, self.lists, self.report = bag, records, lists, report

    def check(self) -> None:
        """Each list in force has its table; what else lies there is told."""
        with self.report.checking("data/metadata.json"):
            self._items()
        known: set[str] = set()
        for path in self.bag.within("data/sheets/", ".json"):
            told = self.bag.json(path)
            if not told["state"]:
                table = path.replace("data/sheets/", "data/human/")[:-5] + ".csv"
                known |= {table, table[:-4] + ".xlsx"}
                with self.report.checking(table):
                    self._list(table, told)
        with self.report.checking(self.annual):
            self._annual(self.annual, self.bag.json("data/year/year.json"))
        here = set(self.bag.within("data/human/", ""))
        if self.annual in here:
            known |= {self.annual, self.annual[:-4] + ".xlsx"}
        for path in sorted(here ^ known):
            self.report.fault(path, "没有哪份名单说到它：多出，或改了名" if path in here else "缺少")

    def _items(self) -> None:
        """Every file that metadata.json names is here as it says, and every item's file is named."""
        told = self.bag.json("data/metadata.json")
        named: dict[str, set[tuple[str, int]]] = {}
        only(told, OF_METADATA)
        for number, item in enumerate(member(told, "items", list), 1):
            only(item, OF_ITEM)
            for file in member(item, "文件", list):
                only(file, ("path", "sha256", "size_bytes"))
                named.setdefault(file["path"], set()).add((file["sha256"], file["size_bytes"]))
            with self.report.checking("data/metadata.json"):
                self._item(number, item)
        of_items = ("data/sheets/", "data/notices/", "data/year/", "data/attachments/", "data/backfill/")
        here = {path for path in self.bag.digests if path.startswith(of_items)}
        for path in sorted(set(named) | here):
            if named.get(path) != {(self.bag.digests.get(path), self.bag.sizes.get(path))}:
                what = f"与“{shown(path)}”不符：文件缺少、多出、改过或改了名"
                self.report.fault("data/metadata.json", what)
        rows: list[list[str | int]] = [[*OF_ITEM], *map(item_row, told["items"])]
        if self.bag.raw("data/metadata.csv") != csv_of(rows):
            self.report.fault("data/metadata.csv", "与 metadata.json 不符：两者之一被改过")
        about = {"format": "village-metadata/1", "village": self.records.village, "year": self.records.year}
        about.update({"as_of": self.bag.info.get("As-Of", ""), "立档单位": self._place})
        about["案卷题名"] = f"{self.bag.village_name}{self.records.year}年惠民惠农补贴与征地公告"
        about["保管期限"] = max((item["保管期限"] for item in told["items"]), key=TERMS.index)
        for label, found in about.items():
            self.report.same("data/metadata.json", label, told[label], found)

    def _item(self, number: int, item: Told) -> None:
        """What an item repeats of its statement; title, maker, term and pages were signed by nobody."""
        paths = [file["path"] for file in item["文件"]]
        stated = [path for path in paths if path.endswith(".json") and "/attachments/" not in path]
        statement = stated[0] if stated else ""
        about = self.bag.json(statement)
        expected: Told = {"件号": number, "补录": "否", **self._as_stated(statement, about)}
        expected["档号"] = f"{self.records.village}-{self.records.year}-{expected['类别']}-{number:03d}"
        code = about.get("code", "")
        expected["短码"] = f"{code[:5]} {code[5:]}" if code else ""
        expected["校验码"] = about.get("digest", "")
        files = {statement, *(one["path"] for one in about.get("attachments", []) if one["path"])}
        paper = {"data/year/year.json": YEAR_PDF}.get(statement, statement[:-5] + ".pdf")
        files |= {path for path in (paper, statement[:-5]) if path in self.bag.sizes}
        if sorted(set(paths)) != sorted(files):
            self.report.fault("data/metadata.json", f"第 {number} 件的文件不是它的那些")
        for label, found in expected.items():
            self.report.same("data/metadata.json", f"第 {number} 件的{label}", item[label], found)
        for label in ("题名", "责任者"):
            member(item, label, str)
        member(item, "页数", int)

    def _as_stated(self, statement: str, about: Told) -> Told:
        """Kind, edition, standing and day (类别, 版次, 状态, 日期) as its statement and records say."""
        undrawn = f"没有PDF：缺字{about['undrawn']}" if "undrawn" in about else ""
        if statement.startswith("data/backfill/"):
            day = about["day"] or f"{self.records.year}-12-31"
            return {"类别": "backfill", "版次": 0, "状态": "补录", "补录": "是", "日期": day}
        if statement == "data/year/year.json":
            edition = 0 if about["index"] is None else about["annual"]["edition"]
            return {**self._stood("annual", edition, "", undrawn), "日期": about["annual"]["decided_on"]}
        day = day_of(self.records.heads[about["index"]].issued)
        if about["format"] == "village-notice/1":
            body = self.records.bodies.get(about["index"])
            edition = body["notice"].get("revision", 1) if body else 0
            says = body["notice"] if body else {}
            day = says.get("issued_on") or says.get("posted_on", day)
            return {**self._stood("notice", edition, about["state"], undrawn), "日期": day}
        close, applied = self.records.bodies.get(about["index"]), about["batch"].endswith("-app")
        if close is not None and about["digest"]:
            terms = close["close"]["terms"]
            applied, day = terms["phase"] == "application", terms.get("paid_on") or day
        stood = self._stood("application" if applied else "list", about["edition"], about["state"], undrawn)
        return {**stood, "日期": day}

    @staticmethod
    def _stood(kind: str, edition: int, state: str, undrawn: str) -> Told:
        shows = edition > 1 or state == "superseded"
        words = (f"第{edition}版" if shows else "", STATES[state], undrawn)
        return {"类别": kind, "版次": edition, "状态": " ".join(filter(None, words))}

    @property
    def _place(self) -> str:
        return self.bag.info.get("Source-Organization", "")

    def _list(self, path: str, told: Told) -> None:
        edition = self.lists.edition(told["batch"], told["edition"])
        raw, given = self.bag.raw(path), csv.reader(io.StringIO(self.bag.text(path)[1:], newline=""))
        table = ListTable(self.records, edition, told, list(given))
        if raw != csv_of(table.rows(self._place)):
            raise Wrong("与签名的名单不符：有格子被改过、添上或删去")
        if table.hides_columns:
            self.report.notes.append(f"{path}：只有姓名和金额（敏感项目才应这样）")
        self.report.checked.append(f"表格“{shown(told['title'])}”与签名的名单逐格一致")

    def _annual(self, path: str, told: Told) -> None:
        if told["index"] is None and path not in self.bag.sizes:
            return  # nothing is decided, nothing is written
        annual, records, name = told["annual"], self.records, self.bag.village_name
        state = f"截至{annual['decided_on']}，尚未由县里核定"
        if told["index"] is not None:
            state = f"县里{annual['decided_on']}核定的第{annual['edition']}版"
        title = f"{name}{records.year}年惠民惠农财政补贴资金年度汇总表"
        above = (title, f"{self._place}（{records.village}）", state)
        rows: list[list[Any]] = [[text] for text in above]
        rows += [[*OF_ANNUAL, *OF_MONEY], *map(annual_row, annual["rows"])]
        total = ["合计", *[""] * len(OF_ANNUAL[1:]), annual["sum_fen"], *[""] * len(OF_MONEY[1:])]
        if self.bag.raw(path) != csv_of([*rows, total]):
            raise Wrong("与 year.json 不符：有格子被改过、添上或删去")


def item_row(item: Told) -> list[str | int]:
    """One item, as its table says it."""
    files = "；".join(f"{one['path']} {one['sha256']} {one['size_bytes']}字节" for one in item["文件"])
    return [*(str(item[label]) for label in OF_ITEM[:-1]), files]


def annual_row(row: Told) -> list[str | int]:
    """One programme of the year, as its table says it."""
    lists = "；".join(
        f"{one['batch']} 第{one['edition']}版 {yuan(one['sum_fen'])}元" for one in row["batches"]
    )
    left = "；".join(f"{one['count']}笔{yuan(one['sum_fen'])}元" for one in row.get("left_out", []))
    people = "" if row.get("people") is None else str(row["people"])
    named = [row["programme_name"], row.get("department", ""), row.get("rate_text", "")]
    counted = [str(row["households"]), people, row.get("quantity") or "", row.get("unit", "")]
    return [*named, *counted, row["sum_fen"], row.get("carried_fen", 0), lists, left, row.get("note", "")]


class ListTable:
    """One list's table, made from its signed lines; masks of names are taken from the table if they fit."""

    def __init__(self, records: Records, edition: Edition, told: Told, given: list[list[str]]) -> None:
        """`given` are the cells of the file."""
        self.records, self.edition, self.told, self.given = records, edition, told, given
        self.terms, self.withdrawn = edition.close["terms"], records.taken_down()
        labels = [row for row in given if row[:2] == ["序号", "户主"]]
        self.labels = labels[0] if labels else []
        self.first = given.index(self.labels) + 1 if labels else 0
        self.lines = [self._line(number, at) for number, at in enumerate(told["leaves"], 1)]
        wanted = [label for label in OF_LINE[1:] if any(line[label] for line in self.lines)]
        self.hides_columns = bool(wanted) and not set(self.labels) & set(wanted)

    def rows(self, place: str) -> list[list[str | int]]:
        """All of it."""
        money = "金额（元）" in self.labels or bool(self.told["sum_fen"] and self.terms["phase"] == "payment")
        filled = [label for label in OF_LINE if any(line[label] for line in self.lines)]
        if self.hides_columns:
            filled = [label for label in filled if label == "享受人"]
        corrected = OF_CORRECTION if any(line["更正日期"] for line in self.lines) else ()
        columns = ["序号", "户主", *filled, *(["金额（元）"] if money else []), *corrected]
        total = {
            "序号": "合计",
            "金额（元）": self.told["sum_fen"],
            **({} if self.hides_columns else self._measured()),
        }
        above = [[text] for text in self._above(place, money=money) if text]
        body = [[line[label] for label in columns] for line in self.lines]
        return [*above, list(columns), *body, [total.get(label, "") for label in columns]]

    def _above(self, place: str, *, money: bool) -> list[str]:
        terms, told = self.terms, self.told
        rate = "" if self.hides_columns or terms.get("sensitive") else terms.get("rate_text", "")
        code, digest = told["code"], told["digest"].upper()
        count = f"共{told['households']}户{told['count']}笔"
        gone, left = (sum(one[name] for one in told["left_out"]) for name in ("count", "sum_fen"))
        return [
            told["title"],
            f"{place}（{self.records.village}）",
            f"{terms['fiscal_year']}年度 {terms['period_no']}期",
            f"补贴标准：{rate}" if rate else "",
            f"资金来源：{terms['funds']}" if terms.get("funds") else "",
            f"发放日期：{terms['paid_on']}" if terms.get("paid_on") else "",
            f"发放单位：{terms['office']}" if terms.get("office") else "",
            f"第{told['edition']}版 短码 {code[:5]} {code[5:]} 校验码 {digest[:4]}-{digest[4:8]}",
            count + (f"，{yuan(told['sum_fen'])}元" if money else ""),
            f"未列入{gone}笔，{yuan(left)}元" if gone else "",
            PERSONAL,
        ]

    def _measured(self) -> Told:
        """Quantity and unit of the whole list, where one unit holds for all of it."""
        bodies = [self.records.bodies[at] for at in self.edition.leaves]
        payouts = [body["payout"] for body in bodies if body is not None]
        units = {one.get("unit", "") for one in payouts}
        quantities = [one["quantity"] for one in payouts if one.get("quantity") is not None]
        if len(units) != 1 or len(quantities) != len(self.edition.leaves):
            return {}
        return {"数量": decimal_sum(quantities), "单位": units.pop()}

    def _line(self, number: int, at: int) -> dict[str, str | int]:
        """One line; a name as the file masks it, where that can be this name."""
        given = self.given[self.first + number - 1] if len(self.given) > self.first + number - 1 else []
        head, body = self.records.heads[at], self.records.bodies[at]
        line: dict[str, str | int] = dict.fromkeys((*OF_LINE, *OF_CORRECTION), "")
        line.update({"序号": str(number), "金额（元）": head.amount or 0})
        if body is None or head.rec in self.withdrawn:
            return {**line, "户主": GONE[0] if head.rec in self.withdrawn else GONE[1]}
        payout = body["payout"]
        other = payout.get("beneficiary", "")
        names = {"户主": payout["holder"], "享受人": "" if other == payout["holder"] else other}
        said = dict(zip(self.labels, given))
        line.update((label, as_masked(name, said.get(label, ""))) for label, name in names.items())
        line.update((label, payout.get(field) or "") for label, field in FIELDS.items())
        return {**line, **self._correction(head, body)}

    def _correction(self, head: Head, body: Told) -> dict[str, str | int]:
        """What a corrected line was before, when and why it changed."""
        if head.kind != "correct":
            return {}
        before = self.records.revisions.get((head.rec, head.rev - 1))
        fen = None if before is None else self.records.heads[before].amount
        said = ("" if fen is None else fen, day_of(head.issued), body["reason"]["text"])
        return dict(zip(OF_CORRECTION, said))


# From the command line


def verified(root: str, keys: list[Key]) -> tuple[Report, Records | None]:
    """Everything that was checked in one bag, in a report."""
    report = Report()
    bag = Bag(root, report)
    if os.path.basename(os.path.abspath(root)).endswith(".part"):
        report.fault("", "导出没有做完（.part）：请重新导出")
        return report, None
    with report.checking(""):
        bag.check()
    records = Records(bag, report)
    records.check(keys)
    lists = Lists(records, report)
    with report.checking(FEED + "rows.ndjson"):
        lists.check()
    with report.checking(""):
        Statements(bag, records, lists, report).check()
    with report.checking("data/human"):
        Tables(bag, records, lists, report).check()
    return report, records


def told(report: Report, records: Records | None) -> Iterator[str]:
    """The report as people read it."""
    yield from (f"  已核对  {line}" for line in report.checked)
    yield from (f"  说明    {line}" for line in report.notes)
    yield from (
        "  不符    {}：{}".format(shown(path) or "案卷", what) for path, what in sorted(report.faults)
    )
    if records is not None and records.by_own_keys:
        yield "  注意    只用了案卷自带的公钥：只能说明签名以后没有改动，不能说明是谁签的。"
        yield "          请用 --keys 给出从县里另外取得的公钥再核对一次。"
    yield from (f"  没有正文 {line}" for line in report.kept_back)
    yield verdict(report)


def verdict(report: Report) -> str:
    """What came of it, in a sentence; 全部相符 only where every record has its text or its erasure."""
    if report.faults:
        return f"有 {len(report.faults)} 处不符"
    if report.kept_back:
        return f"其余相符，但有 {len(report.kept_back)} 条记录没有正文或文件，不能核对：请向县里索取"
    return "全部相符"


def found_bag() -> str | None:
    """The only bag beside the folder of this program; None where there is none, or are several."""
    around = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    bags = [one.path for one in os.scandir(around) if os.path.isfile(os.path.join(one.path, "bagit.txt"))]
    return bags[0] if len(bags) == 1 else None


def brought(path: str) -> list[Key]:
    """Keys that the inspector has from the county by another way; raises Wrong."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            keys = keys_of(file.read(8192))
    except (OSError, ValueError) as e:
        raise Wrong(f"公钥文件“{shown(path)}”读不出") from e
    if not both_seats(keys):
        raise Wrong("公钥文件里应有发布（/publisher）、审核（/reviewer）两把不同的公钥")
    return keys


def chosen(words: list[str] | None) -> tuple[str, list[Key]]:
    """The bag and the keys that were asked for; raises Wrong."""
    parser = argparse.ArgumentParser(description="核对一份村级公开案卷。")
    parser.add_argument("bag", nargs="?", help="案卷文件夹（不写：本程序旁边的那一个）")
    parser.add_argument("--keys", help="从县里另外取得的公钥，一行一把：名称+校验+base64")
    asked = parser.parse_args(words)
    root = asked.bag or found_bag()
    if not root or not os.path.isdir(root):
        raise Wrong("找不到案卷文件夹。请写明：python3 verify.py 文件夹")
    return root, brought(asked.keys) if asked.keys else []


def main(words: list[str] | None = None) -> int:
    """Check one bag and say what came of it; 0, 1 or 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        root, keys = chosen(words)
    except Wrong as e:
        print(e, file=sys.stderr)
        return 2
    report, records = verified(root, keys)
    for line in told(report, records):
        print(line)
    return 1 if report.faults or report.kept_back else 0


if __name__ == "__main__":
    sys.exit(main())
