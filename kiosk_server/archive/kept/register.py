"""The register of this machine (登记簿): a file that only grows, one line an act.

<data>/register.chain      JSON lines of boards.model.kept.register.Entry, chained
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.kept.register import Entry
from kiosk_server.archive.chain import Chain, ChainTorn

if TYPE_CHECKING:
    from pathlib import Path

REGISTER: Final = "register.chain"
_ENTRIES = msgspec.json.Decoder(Entry)


class RegisterBent(Refusal):
    """A line of the register is not the one that was written."""

    code = "register-bent"
    fault = Fault.MACHINE
    sentence = "登记簿被改动过，或缺了中间的行。"
    advice = "请运行 kiosk inspect 查看是哪一处，并把备份的登记簿放回。"


class Register:
    """One machine's register."""

    def __init__(self, folder: Path) -> None:
        """Nothing is opened yet; `folder` is where everything of this kiosk lives."""
        self.chain = Chain(folder / REGISTER)

    def write(self, *entries: Entry) -> None:
        """Append, and be sure that it is on the disk. Raises DiskFull."""
        self.chain.append(*map(msgspec.json.encode, entries))

    def entries(self, village: str = "") -> tuple[Entry, ...]:
        """What was done, in order, of all villages or of one; () while nothing was. Raises RegisterBent."""
        if not self.chain.path.exists():
            return ()
        try:
            told = [_ENTRIES.decode(line) for line in self.chain.entries()]
        except (ChainTorn, msgspec.MsgspecError) as e:
            raise RegisterBent from e
        return tuple(one for one in told if village in {"", one.village})
