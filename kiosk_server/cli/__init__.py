"""The roof: two commands, one file per sub-command. Parse, open, call, exit code."""

from __future__ import annotations

import importlib

import click

from boards.model.errors import Refusal
from kiosk_server.cli.mishap import reported

_FILES = {"pass": "passes"}  # a word of Python names no file
EXIT_OK, EXIT_HOLD, EXIT_REFUSED, EXIT_BROKE, EXIT_INTERRUPTED = 0, 1, 2, 3, 130


class Commands(click.Group):
    """A group whose sub-commands load only when asked for: `kiosk serve` must not load the roster reader."""

    def __init__(self, prefix: str, names: tuple[str, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
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
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the sub-command: a refusal is one line and exit code 2, our own mistake leaves a report."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"✗ {refusal}", err=True)
            ctx.exit(EXIT_REFUSED)
        except KeyboardInterrupt:
            click.echo("已中断。", err=True)
            ctx.exit(EXIT_INTERRUPTED)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - the last net: a person gets a sentence, never a traceback
            path = reported(error, f"{self.name} {ctx.invoked_subcommand or ''}".strip())
            click.echo(f"✗ 程序出错了（{type(error).__name__}），这一步没有做完。", err=True)
            click.echo(f"  报告已写到 {path}，请交给维护人员。", err=True)
            ctx.exit(EXIT_BROKE)


kiosk_command = Commands(
    "kiosk",
    ("demo", "serve", "sync", "print", "rebuild", "verify", "doctor"),
    name="kiosk",
    help="村务公开一体机 / the kiosk of one village.",
)
county_command = Commands(
    "county",
    (
        "init",
        "check",
        "check-land",
        "propose",
        "propose-land",
        "withdraw-land",
        "export-land",
        "correct",
        "withdraw",
        "erase",
        "review",
        "cancel",
        "publish",
        "desk",
        "pass",
        "serve",
        "status",
        "list",
    ),
    name="county",
    help="县级发布 / publish rosters to the villages.",
)
