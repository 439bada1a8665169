"""Signed notes (C2SP signed-note): a text, an empty line, and one line a signature.

    — <key name> base64(<4 bytes key hash> <signature>)

This module knows the form only; keys live in `sync.log.keys`. The form is strict: whatever
parses here renders to the very same bytes, so no byte of a note can change unnoticed.
"""

from __future__ import annotations

import base64
import re

import msgspec

from boards.model.errors import Fault, Refusal

SIGNATURES_MAX = 16
NOTE_LIMIT_BYTES = 8 << 10
_DASH = "— "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_NAME = re.compile(r"[^\s+]+")


class MalformedNote(Refusal):
    """Not a signed note at all."""

    code = "malformed-note"
    fault = Fault.ROAD
    sentence = "收到的县级签名文件格式不对（{why}）。"
    advice = "本村公开内容不变；请重新同步，仍不行请联系县里的技术人员。"


class Signature(msgspec.Struct, frozen=True):
    """One signature line. `key_hash` are the 4 bytes that tell keys of one name apart."""

    name: str
    key_hash: bytes
    blob: bytes  # the signature proper; its form depends on the key's type

    def line(self) -> str:
        """The line as it stands in a note."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_hash + self.blob).decode()}\n"


class Note(msgspec.Struct, frozen=True):
    """A text (ending in a newline) and who signed it; nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def render(self) -> bytes:
        """The bytes of the note."""
        return (self.text + "\n" + "".join(s.line() for s in self.signatures)).encode()


def is_key_name(name: str) -> bool:
    """A key name is not empty and holds neither spaces nor plus signs."""
    return _NAME.fullmatch(name) is not None


def parse(raw: bytes, limit: int = NOTE_LIMIT_BYTES) -> Note:
    """Read a note of at most so many bytes; raises MalformedNote."""
    if len(raw) > limit:
        raise MalformedNote(why=f"超过 {limit} 字节")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as e:
        raise MalformedNote(why="不是 UTF-8") from e
    if _CONTROL.search(whole):
        raise MalformedNote(why="含控制字符")
    cut = whole.rfind("\n\n")
    if cut < 0 or not whole.endswith("\n"):
        raise MalformedNote(why="缺少签名")
    lines = whole[cut + 2 :].split("\n")[:-1]
    if not 1 <= len(lines) <= SIGNATURES_MAX:
        raise MalformedNote(why=f"签名行数应为 1 到 {SIGNATURES_MAX}")
    return Note(whole[: cut + 1], tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    name, space, code = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not is_key_name(name):
        raise MalformedNote(why="签名行格式不对")
    try:
        blob = base64.b64decode(code, validate=True)
    except ValueError as e:  # binascii.Error, or a text that is not ASCII
        raise MalformedNote(why="签名不是 base64") from e
    # b64decode lets stray padding bits pass: two spellings of one signature
    if len(blob) < 5 or base64.b64encode(blob).decode() != code:
        raise MalformedNote(why="签名不是规范的 base64")
    return Signature(name, blob[:4], blob[4:])
