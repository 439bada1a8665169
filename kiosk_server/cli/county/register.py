"""`county register …`: which kiosks and village offices there are, by the signatures of both seats."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kiosk_server.cli import EXIT_HOLD, EXIT_OK
from kiosk_server.cli.options import Who, acts, clock, county_folder, example


@click.group(
    "register",
    help="登记册：全县有哪些一体机、哪些村办公室，各是哪把公钥；由发布人和审核人一起签名。",
    epilog=example("county register show --folder demo-county"),
)
def command() -> None:
    """The register (docs/pairing.md)."""


@command.command(
    "show",
    help="列出登记册，和正在办理的配对；--json 输出 register.json，改过以后可用 propose 提交。",
    epilog=example("county register show --folder demo-county"),
)
@click.option("--json", "as_json", is_flag=True, help="输出 register.json。")
@county_folder
def show(folder: Path, as_json: bool) -> None:
    """Print it."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.kiosks.enrolling import register_now  # noqa: PLC0415
    from sync.county.kiosks.register_words import names_of, told, under_way  # noqa: PLC0415

    county = open_county(folder)
    register = register_now(county)
    if as_json:
        sys.stdout.buffer.write(register.bytes())
        sys.stdout.buffer.flush()
        return
    click.echo("\n".join([*told(register, names_of(county)), *under_way(county)]))


@command.command(
    "check",
    help="登记册和资料包、口令对照：哪个村还没有一体机，哪台一体机还没有口令；有缺漏时退出码为 1。",
    epilog=example("county register check --folder demo-county"),
)
@county_folder
@click.pass_context
def check(ctx: click.Context, folder: Path) -> None:
    """Say what somebody should look at."""
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.kiosks.enrolling import register_now  # noqa: PLC0415
    from sync.county.kiosks.register_words import odd  # noqa: PLC0415

    county = open_county(folder)
    found = [*odd(county, register_now(county))]
    click.echo("\n".join(f"! {one}" for one in found) or "登记册和资料包、口令一致。")
    ctx.exit(EXIT_HOLD if found else EXIT_OK)


@command.command(
    "propose",
    help="提交一份改过的 register.json（村办公室的人、一体机的村），待审核。",
    epilog=example("county register propose 登记册.json --folder demo-county --as li"),
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@acts
def propose(who: Who, file: Path) -> None:
    """Put it forward."""
    from sync.county.kiosks.enrolling import proposed  # noqa: PLC0415
    from sync.trust.register import register_of  # noqa: PLC0415

    county = who.county("administrator", "clerk")
    made = proposed(county, register_of(file.read_bytes()), clock())
    click.echo(made.shown)
    click.echo(f"已提交，待审核：county review {made.id} --folder {who.folder}")


@command.command(
    "end",
    help="一台一体机丢失或停用：口令马上作废，登记册里写明从今天起停用，待审核。",
    epilog=example("county register end 330590100201 --folder demo-county --as li"),
)
@click.argument("kiosk")
@acts
def end(who: Who, kiosk: str) -> None:
    """Its token dies at once, whatever becomes of the proposal."""
    from sync.county.kiosks.enrolling import ended, let_go, proposed  # noqa: PLC0415
    from sync.county.publish.hands import noted  # noqa: PLC0415

    county, now = who.county("administrator", "clerk"), clock()
    after = ended(county, kiosk, now)
    if let_go(county, kiosk):
        noted(county, "token", f"收回 {kiosk}", now)
        click.echo(f"已收回 {kiosk} 的口令，马上生效。")
    made = proposed(county, after, now)
    click.echo(made.shown)
    click.echo(f"已提交，待审核：county review {made.id} --folder {who.folder}")
