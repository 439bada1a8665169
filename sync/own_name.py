"""What a folder or file is called in a message: by a name that whoever typed it knows again."""

from __future__ import annotations

import os
from pathlib import Path


def own_name(path: Path) -> str:
    """Its last name; of `.` and `..`, which are none, that of the folder they lead to; of the root `/`."""
    return path.name if path.name not in {"", ".."} else Path(os.path.realpath(path)).name or str(path)
