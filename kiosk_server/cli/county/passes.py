"""`county pass NAME`: a kiosk's token for its own villages' logs, or taking it back."""

from __future__ import annotations

import click

from kiosk_server.cli.options import Who, acts, clock, example


@click.command(
    "pass",
    help="给一台一体机发放取数口令，只能取写明的村；发过以后，county serve 只让有口令的取。--revoke 收回。",
    epilog=example("county pass 岭东村一体机 --village 岭东村 --folder demo-county --as li"),
)
@click.argument("name")
@click.option("--village", "villages", multiple=True, help="村名或 12 位村代码，可写多个。")
@click.option("--revoke", is_flag=True, help="收回这台一体机的口令。")
@acts
def command(who: Who, name: str, villages: tuple[str, ...], revoke: bool) -> None:
    """Issue or revoke a token."""
    from sync.county.kiosks.passes import issued, revoked  # noqa: PLC0415
    from sync.county.publish.amendments import village_named  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.hands import noted  # noqa: PLC0415

    county = who.county("administrator", "clerk")
    if revoke:
        revoked(county.folder, name)
        noted(county, "token", f"收回 {name}", clock())
        click.echo(f"已收回“{name}”的口令。")
        return
    if not villages:
        raise click.BadParameter("至少要写一个村", param_hint="--village")
    codes = tuple(village_named(county, one).code for one in villages)
    token = issued(county.folder, name, codes)
    noted(county, "token", f"发给 {name}", clock())
    click.echo(f"请写进“{name}”的 kiosk.toml 的 [feed] 里，只显示这一次：")
    click.echo(f'token = "{token}"')
