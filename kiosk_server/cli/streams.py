"""What a command writes to: a character nobody can show, a closed pipe, a full disk leave no traceback."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click


def readable() -> None:
    """Let both streams take every character: in GBK or ASCII a rare one becomes a question mark."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever started us closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - to the end
        getattr(sys, name).reconfigure(errors="replace")


def say(text: str) -> None:
    """One line for a person; where nobody can be told any more, nothing."""
    with suppress(OSError):
        click.echo(text, err=True)


def deaf() -> None:
    """Python writes once more what is left when it ends: what cannot be written goes nowhere."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
                os.dup2(nowhere.fileno(), stream.fileno())
