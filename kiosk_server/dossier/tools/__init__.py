"""What lies beside a bag so that nobody needs our programs to check it: a program and a page."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

NAMES: Final = ("verify.py", "verify.html")


def checkers() -> dict[str, bytes]:
    """The programs by the names they have beside a bag, byte for byte as they were released."""
    return {name: files(__name__).joinpath(name).read_bytes() for name in NAMES}
