"""The roof: two commands, one file per sub-command. Parse, open, call, exit code."""

from __future__ import annotations

import importlib

import click

EXIT_OK, EXIT_HOLD, EXIT_REFUSED = 0, 1, 2


class Commands(click.Group):
    """A group whose sub-commands are loaded only when asked for: `kiosk serve` must not load the roster reader."""

    def __init__(self, prefix: str, names: tuple[str, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.prefix, self.names = prefix, names

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All sub-commands, in the order of the work."""
        del ctx
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """`kiosk sync` lives in kiosk_server/cli/kiosk_sync.py as `command`."""
        del ctx
        if cmd_name not in self.names:
            return None
        module = importlib.import_module(f"kiosk_server.cli.{self.prefix}_{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


kiosk = Commands(
    "kiosk",
    ("demo", "serve", "sync", "rebuild", "doctor"),
    name="kiosk",
    help="村务公开一体机 / the kiosk of one village.",
)
county = Commands(
    "county",
    ("init", "check", "propose", "review", "publish", "serve"),
    name="county",
    help="县级发布 / publish rosters to the villages.",
)
