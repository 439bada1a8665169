"""What nobody refused: a file that cannot be used, and our own mistake, reported by places, never values."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from boards.model.errors import Fault, Refusal
from boards.model.privacy.withheld import shown
from kiosk_server.crashes import DISTRIBUTION, FOLDER, kept, report
from kiosk_server.settings import read_settings
from sync.own_name import own_name

if TYPE_CHECKING:
    from collections.abc import Sequence


class FileTrouble(Refusal):
    """A file, a folder or the output cannot be read or written: taken away, not ours, the disk is full."""

    code = "file-trouble"
    fault = Fault.MACHINE
    sentence = "{name} 读不了或写不了（{why}）。"
    advice = "请核对路径、权限和磁盘空间后重试。"

    @classmethod
    def of(cls, error: OSError) -> Self:
        """What the system said, and the name of the file where it said one."""
        name = own_name(Path(error.filename)) if isinstance(error.filename, str) else "文件或输出"
        return cls(name=shown(name), why=error.strerror or type(error).__name__)


def reported(error: BaseException, command: str, words: Sequence[str]) -> Path | None:
    """Write the report, in the data folder where there is one, and say where it lies; None: nowhere."""
    at = datetime.now(UTC)
    folder = _data_of(words)
    made = kept(folder / FOLDER, error, command, at) if folder and folder.is_dir() else None
    if made is None:
        with suppress(OSError):
            name, kind = f"{DISTRIBUTION}-report-", ".txt"
            with tempfile.NamedTemporaryFile(
                "w", prefix=name, suffix=kind, delete=False, encoding="utf-8"
            ) as f:
                f.write(report(error, command, at))
            made = Path(f.name)
    return made


def _data_of(words: Sequence[str]) -> Path | None:
    """The data folder that a command's words lead to: the county's, or the kiosk's by its settings."""
    named = dict(zip(words, [*words[1:], ""], strict=True))
    named |= dict(word.split("=", 1) for word in words if word.startswith("--") and "=" in word)
    if folder := named.get("--folder"):
        return Path(folder)
    with suppress(Refusal, OSError, ValueError):
        settings = read_settings(Path(named.get("--settings") or "kiosk.toml"))
        return settings.path(settings.data_dir)
    return None
