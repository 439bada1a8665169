"""What nobody refused: a file that cannot be used, and our own mistake, reported by places, never values."""

from __future__ import annotations

import platform
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from boards.model.errors import Fault, Refusal
from boards.model.privacy.withheld import shown
from kiosk_server.release import VERSION

DISTRIBUTION = "village-kiosk"


class FileTrouble(Refusal):
    """A file, a folder or the output cannot be read or written: taken away, not ours, the disk is full."""

    code = "file-trouble"
    fault = Fault.MACHINE
    sentence = "{name} 读不了或写不了（{why}）。"
    advice = "请核对路径、权限和磁盘空间后重试。"

    @classmethod
    def of(cls, error: OSError) -> Self:
        """What the system said, and the name of the file where it said one."""
        name = Path(error.filename).name if isinstance(error.filename, str) else "文件或输出"
        return cls(name=shown(name), why=error.strerror or type(error).__name__)


def reported(error: BaseException, command: str) -> Path:
    """Write the report and say where it lies. No message of the error: it might quote a name."""
    made_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    lines = [
        f"{DISTRIBUTION} {VERSION}: {command}",
        f"{made_at}  {platform.platform()}  Python {platform.python_version()}",
        "",
        *(place.rstrip() for place in traceback.format_list(traceback.extract_tb(error.__traceback__))),
        f"{type(error).__module__}.{type(error).__qualname__}",
        "",
    ]
    with tempfile.NamedTemporaryFile(
        "w", prefix=f"{DISTRIBUTION}-report-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write("\n".join(lines))
    return Path(file.name)
