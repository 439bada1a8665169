"""A county folder that must not speak: restored and perhaps not the newest, or moved (backups §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

from boards.model.errors import Fault, Refusal
from sync.durable import durable, settled
from sync.own_name import own_name

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "closed.json"


class NotConfirmed(Refusal):
    """Going on from an old state would fork every log that grew since."""

    code = "county-not-confirmed"
    fault = Fault.PERSON
    sentence = "{folder} 是从备份（{made_at}）恢复的，还没有确认它接得上最后公布的内容，什么都不能办。"
    advice = "请运行 county restore --confirm --to {to} --published 公开网址或目录；确认之后照常使用。"


class MovedAway(Refusal):
    """Two machines that publish would fork every log."""

    code = "county-moved"
    fault = Fault.PERSON
    sentence = "{folder} 已经在 {made_at} 搬到另一台机器，这里不能再办理。"
    advice = "请到新机器上办理；没有搬成的，把 county move 做的备份在这台机器上恢复到一个新目录。"


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """Why a folder is closed, and since which state of it."""

    format: Literal["county-closed/1"] = "county-closed/1"
    why: Literal["restored", "moved"]
    made_at: str


def close(folder: Path, closed: Closed) -> None:
    """From now on no command opens it. Raises NotWritten."""
    durable(folder / FILE, msgspec.json.encode(closed) + b"\n")


def closed(folder: Path) -> Closed | None:
    """Why it is closed, None where it is open; one that cannot be read is closed all the same."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Closed)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        return Closed(why="restored", made_at="?")


def refuse_closed(folder: Path) -> None:
    """Raise NotConfirmed or MovedAway where the folder must not speak."""
    if found := closed(folder):
        refusal = MovedAway if found.why == "moved" else NotConfirmed
        raise refusal(folder=own_name(folder), to=folder, made_at=found.made_at)


def reopen(folder: Path) -> None:
    """It is the newest: let it speak."""
    (folder / FILE).unlink(missing_ok=True)
    settled(folder)
