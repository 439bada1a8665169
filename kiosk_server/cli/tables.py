"""Where tables are drawn: a terminal, a pipe or a file, of which any may close while we write."""

from __future__ import annotations

from rich.console import Console


class _Written(Console):
    def on_broken_pipe(self) -> None:
        """Say so like everybody else; rich itself would end with the exit code of a roster that waits."""
        raise  # noqa: PLE0704 - rich calls this while it handles a BrokenPipeError


def console(*, soft_wrap: bool = False) -> Console:
    """The console that reports are printed on."""
    return _Written(highlight=False, soft_wrap=soft_wrap)
