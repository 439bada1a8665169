"""How far a long reading is: a bar on a terminal's standard error, nothing anywhere else."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sync.county.roster.entries import Progress


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Progress | None]:
    """Yields what reports progress, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - 40 ms, only for a terminal
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
