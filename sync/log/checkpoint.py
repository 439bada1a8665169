"""Checkpoints (C2SP tlog-checkpoint): the text that is signed when a log has grown."""

from __future__ import annotations

import base64
import re

import msgspec

from sync.log.note import MalformedNote

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(msgspec.Struct, frozen=True):
    """Which log, how many leaves, and the root of its tree (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; extension lines are allowed and ignored; raises MalformedNote."""
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or "" in lines[3:-1] or lines[-1]:
        raise MalformedNote(why="检查点应有三行")
    if not _SIZE.fullmatch(lines[1]):
        raise MalformedNote(why="检查点的条数不对")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError as e:  # binascii.Error, or a text that is not ASCII
        raise MalformedNote(why="检查点的根不是 base64") from e
    if len(root) != 32 or base64.b64encode(root).decode() != lines[2]:
        raise MalformedNote(why="检查点的根不对")
    return Checkpoint(lines[0], int(lines[1]), root)
