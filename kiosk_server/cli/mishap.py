"""Our own mistake, written to a file that can be handed to a maintainer: places, never values."""

from __future__ import annotations

import platform
import tempfile
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

DISTRIBUTION = "village-kiosk"


def reported(error: BaseException, command: str) -> Path:
    """Write the report and say where it lies. No message of the error: it might quote a name."""
    version, made_at = "(not installed)", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with suppress(metadata.PackageNotFoundError):
        version = metadata.version(DISTRIBUTION)
    lines = [
        f"{DISTRIBUTION} {version}: {command}",
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
