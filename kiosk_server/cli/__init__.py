"""The roof: two commands, one file per sub-command. Parse, open, call, exit code."""

from __future__ import annotations

import importlib
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from boards.model.errors import Refusal
from kiosk_server.archive.engines.troubles import named
from kiosk_server.cli.mishap import FileTrouble, reported
from kiosk_server.cli.mistyped import mistyped, refuse_broken_words
from kiosk_server.cli.stopping import Ended, stoppable
from kiosk_server.cli.streams import deaf, readable, say
from kiosk_server.release import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FILES = {"pass": "passes", "passes": "pass_report"}  # a word of Python names no file
EXIT_OK, EXIT_HOLD, EXIT_REFUSED, EXIT_BROKE = 0, 1, 2, 3
OTHERS_WRITE = 0o022  # nobody else changes what is written here, whatever the shell's umask
EXIT_INTERRUPTED, EXIT_UNREAD, EXIT_ENDED = 130, 141, 143  # as a shell tells SIGINT, SIGPIPE, SIGTERM


def _with_its_sentence(command: click.Command) -> click.Command:
    """A list of commands shows each one's first sentence; click cuts at blanks, and Chinese has none."""
    sentence, stop, _ = (command.help or "").partition("。")
    if stop:
        command.short_help = sentence + stop
    for below in getattr(command, "commands", {}).values():
        _with_its_sentence(below)
    return command


class Commands(click.Group):
    """A group whose sub-commands load only when asked for: `kiosk serve` must not load the roster reader."""

    def __init__(self, prefix: str, names: tuple[str, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        version = click.version_option(VERSION, message="%(prog)s %(version)s", help="版本 / which release.")
        version(self)
        self.prefix, self.names = prefix, names

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """All sub-commands, in the order of the work."""
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """`kiosk sync` lives in kiosk_server/cli/kiosk/sync.py as `command`."""
        if cmd_name not in self.names:
            return None
        module = importlib.import_module(
            f"kiosk_server.cli.{self.prefix}.{_FILES.get(cmd_name, cmd_name.replace('-', '_'))}"
        )
        return _with_its_sentence(module.command)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *,
        standalone_mode: bool = True,
        **extra: Any,  # noqa: ANN401 - as click calls it
    ) -> int:
        """Run as a program: whatever stops it is one sentence and an exit code, never a traceback.

        Not `standalone_mode`, it ends no process: the exit code is given back.
        """
        words = [*(sys.argv[1:] if args is None else args)] or ["--help"]
        readable()
        os.umask(os.umask(OTHERS_WRITE) | OTHERS_WRITE)
        with stoppable():
            run = partial(super().main, words, prog_name, standalone_mode=False, **extra)
            code = self._ended(words, run)
        if standalone_mode:
            deaf()
            sys.exit(code)
        return code

    def _ended(self, words: Sequence[str], run: Callable[[], object]) -> int:
        """How it ended. A refusal is one line and exit code 2, our own mistake leaves a report."""
        try:
            refuse_broken_words(words, str(self.name))
            code = run()
            sys.stdout.flush()
        except (BrokenPipeError, SystemExit):  # `county list | head -1`, which click may notice first
            return EXIT_UNREAD
        except click.Abort as interrupted:
            say("已中断。")
            return EXIT_ENDED if isinstance(interrupted.__cause__, Ended) else EXIT_INTERRUPTED
        except Exception as error:  # noqa: BLE001 - the last net: a person gets a sentence, never a traceback
            return self._told(error, words)
        return code if isinstance(code, int) else EXIT_OK

    def _told(self, error: Exception, words: Sequence[str]) -> int:
        if isinstance(error, click.UsageError):
            error = mistyped(error, str(self.name))
        elif isinstance(error, OSError):
            error = FileTrouble.of(error)
        else:
            error = named(error) or error
        if isinstance(error, Refusal):
            say(f"✗ {error}")
            return EXIT_REFUSED
        self._report(error, words)
        return EXIT_BROKE

    def _report(self, error: Exception, words: Sequence[str]) -> None:
        command = next((word for word in words if word in self.names), "")
        path = reported(error, f"{self.name} {command}".strip(), words)
        say(f"✗ 程序出错了（{type(error).__name__}），这一步没有做完。")
        say(
            f"  报告已写到 {path}，请交给维护人员。"
            if path
            else "  报告没有写成：磁盘写不进去，请告诉维护人员。"
        )


kiosk_command = Commands(
    "kiosk",
    (
        "demo",
        "pair",
        "serve",
        "sync",
        "print",
        "year",
        "export",
        "loudspeaker",
        "consult",
        "backfill",
        "appraise",
        "rebuild",
        "verify",
        "inspect",
        "doctor",
    ),
    name="kiosk",
    help="村务公开一体机 / the kiosk of one village.",
)
county_command = Commands(
    "county",
    (
        "init",
        "trust",
        "upgrade",
        "key",
        "pack",
        "check",
        "check-land",
        "propose",
        "propose-land",
        "withdraw-land",
        "export-land",
        "correct",
        "withdraw",
        "erase",
        "close-year",
        "review",
        "carry",
        "cancel",
        "publish",
        "appraise",
        "desk",
        "people",
        "enrol",
        "register",
        "pass",
        "passes",
        "heartbeat",
        "backup",
        "restore",
        "move",
        "serve",
        "export",
        "status",
        "list",
    ),
    name="county",
    help="县级发布 / publish rosters to the villages.",
)
