"""A kiosk's command, or another act, in a child of its own, which whoever calls may strike at any of its touches."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk_server.cli import kiosk_command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def struck(watch: Callable[[], list[int]], words: Sequence[str]) -> tuple[int | None, int]:
    """A command's exit code, None when killed; and its touches, where it told them.

    `watch` is called in the child before the command, and gives what counts the touches.
    """
    return struck_at(watch, lambda: kiosk_command.main([*words], standalone_mode=False))


def struck_at(watch: Callable[[], list[int]], act: Callable[[], int]) -> tuple[int | None, int]:
    """The same of any act that gives an exit code."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code = 3
        try:
            touched = watch()
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), 1)
                os.dup2(nowhere.fileno(), 2)
            code = act()
            os.write(write, str(touched[0]).encode())
        except BaseException:  # noqa: BLE001 - a child that goes on would run the parent's work
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read) as told:
        touches = told.read()
    status = os.waitpid(child, 0)[1]
    return (None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)), int(touches or 0)
