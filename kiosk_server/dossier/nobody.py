"""Words that the register keeps for good name nobody of the village's lists (keeping §3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from kiosk_server.archive import search

if TYPE_CHECKING:
    from collections.abc import Collection

    from kiosk_server.archive.board import Board

_BETWEEN = re.compile(r"[\W_]+")


class WordsTellWho(Refusal):
    """Words that would be kept name a person of the lists; an erasure could not take them back."""

    code = "reason-tells-who"
    fault = Fault.PERSON
    sentence = "写的话里有名单上的人名，没有办理。"
    advice = "这些话要记入登记簿，长期留存；理由、题名、来源、单位都请不写人名，例如 本人核对往年面积。"


def people_of(board: Board, village: str) -> frozenset[str]:
    """Everybody whom the village's lists name, or named before a correction."""
    with board.snapshot():
        return search.names(board.where(village))


def tells_who(people: Collection[str], *words: str) -> bool:
    """Whether words name one of these people, however they are spaced."""
    said = [_plain(one) for one in words]
    return any(name in one for name in map(_plain, people) if name for one in said)


def require_nobody(people: Collection[str], *words: str) -> None:
    """Raise WordsTellWho where words that would be kept name one of these people."""
    if tells_who(people, *words):
        raise WordsTellWho


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text)
