"""What an attacker, a bad stick or a tired hand may do to a bag, and the four tools that look at it."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import bagit

from kiosk_server.dossier.tools import verify

Change = dict[str, bytes | None]
"""What is written instead, by path; None: gone."""

MANIFEST, TAGS, INFO = "manifest-sha256.txt", "tagmanifest-sha256.txt", "bag-info.txt"


def flips(data: bytes, many: int) -> Iterator[bytes]:
    """The same with one bit turned: the first and last byte, and some between, another bit each time."""
    last = len(data) - 1
    for number, at in enumerate(sorted({round(last * step / max(many - 1, 1)) for step in range(many)})):
        yield data[:at] + bytes([data[at] ^ 1 << number % 8]) + data[at + 1 :]


def changes(files: dict[str, bytes], path: str, other: str, many: int = 4) -> Iterator[tuple[str, Change]]:
    """Everything that is done to one file of a bag, each by its name."""
    data = files[path]
    stem, dot, suffix = path.rpartition(".")
    beside = f"{stem}_2{dot}{suffix}" if dot else f"{path}_2"
    if data:
        yield from (("flipped", {path: one}) for one in flips(data, many))
        yield "cut", {path: data[:-1]}
    yield "appended", {path: data + b"x"}
    yield "deleted", {path: None}
    yield "renamed", {path: None, beside: data}
    yield "duplicated", {beside: data}
    if files[other] != data:
        yield "swapped", {path: files[other], other: data}


def with_manifests(files: dict[str, bytes], change: Change) -> Change:
    """The change by somebody who then makes both manifests and the Oxum anew."""
    after = {path: data for path, data in (files | change).items() if data is not None}
    payload = {path: data for path, data in after.items() if path.startswith("data/")}
    oxum = f"Payload-Oxum: {sum(map(len, payload.values()))}.{len(payload)}".encode()
    tags = {path: after[path] for path in ("bagit.txt", INFO) if path in after}
    tags[INFO] = re.sub(rb"Payload-Oxum: .*", oxum, tags[INFO])
    tags[MANIFEST] = listed(payload)
    return {**change, **tags, TAGS: listed(tags)}


def listed(files: dict[str, bytes]) -> bytes:
    """A manifest."""
    return "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()


class Copy:
    """A bag of which one thing is changed, looked at, and put right again."""

    def __init__(self, root: Path, files: dict[str, bytes]) -> None:
        """`files` are what lies there now."""
        self.root, self.files = root, files

    def with_change(self, change: Change, *looks):
        """What each look says of the changed bag."""
        self._write(change)
        try:
            return [look(self.root) for look in looks]
        finally:
            self._write({path: self.files.get(path) for path in change})

    def _write(self, change: Change) -> None:
        for path, data in change.items():
            if data is None:
                (self.root / path).unlink()
            else:
                (self.root / path).write_bytes(data)


def by_program(root: Path) -> bool:
    """Whether `verify.py` finds fault."""
    return bool(verify.verified(str(root), [])[0].faults)


def by_sha256sum(root: Path) -> bool:
    """Whether `sha256sum -c` does, with the command of the printed page."""
    command = ["sha256sum", "-c", "--strict", "--quiet", MANIFEST, TAGS]
    return subprocess.run(command, cwd=root, capture_output=True, check=False).returncode != 0


def by_bagit(root: Path) -> bool:
    """Whether `bagit` does."""
    try:
        return not bagit.Bag(str(root)).is_valid()
    except (bagit.BagError, UnicodeDecodeError, OSError):
        return True


class Page:
    """`verify.html` in a browser, loaded once, that is handed a bag and then change after change."""

    def __init__(self, page, files: dict[str, bytes], name: str) -> None:
        """`page` shows it already."""
        self._page = page
        told = {path: base64.b64encode(data).decode() for path, data in files.items()}
        page.evaluate(_HAND_OVER, [name, told])

    def faults(self, some: list[Change], keys: str = "") -> list[list[str]]:
        """What it says of each change, as lines; `keys` are the county's, got by another way."""
        told = [
            {path: data and base64.b64encode(data).decode() for path, data in one.items()} for one in some
        ]
        told = [
            {p: "" if one[p] == b"" else t for p, t in said.items()}
            for one, said in zip(some, told, strict=True)
        ]
        return self._page.evaluate("([some, keys]) => window.looked(some, keys)", [told, keys])


_HAND_OVER = """([name, told]) => {
  const bytes = t => Uint8Array.from(atob(t), c => c.charCodeAt(0));
  const whole = new Map(Object.entries(told).map(([p, t]) => [p, bytes(t)]));
  window.looked = async (some, keys) => {
    const all = [];
    for (const change of some) {
      const now = new Map(whole);
      for (const [p, t] of Object.entries(change)) if (t === null) now.delete(p); else now.set(p, bytes(t));
      const files = [...now].map(([path, b]) => ({ path, size: b.length, read: async (from, to) => b.subarray(from, to) }));
      const check = window.last = await new Check(name, files, keysOf(keys), async () => {}).run();
      all.push(check.faults.map(f => `${f.path}: ${f.zh}`));
    }
    return all;
  } }"""
