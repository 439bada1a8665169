"""`county appraise sign|review FILE`: a village's list of what may be destroyed, signed by the two roles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.calendar.civil_day import civil_day
from kiosk_server.cli.options import Who, clock, example, signs
from kiosk_server.cli.output_file import write_output

if TYPE_CHECKING:
    from sync.trust.statement import Office

_ROLES: dict[str, tuple[Office, str]] = {"sign": ("publisher", "发布人"), "review": ("reviewer", "审核人")}


@click.command(
    "appraise",
    help="鉴定清单：发布人签（sign），审核人签（review）；两人都签了，村里才能销毁清单上的档案。",
    epilog=example("county appraise sign 鉴定清单.txt --folder demo-county --as li"),
)
@click.argument("step", type=click.Choice([*_ROLES]))
@click.argument("file", type=click.Path(path_type=Path))
@signs
def command(who: Who, step: str, file: Path) -> None:
    """Show what the list names, and sign it in its place."""
    from boards.model.privacy.withheld import shown  # noqa: PLC0415 - loaded only when needed
    from sync.county.appraisal import signed_list  # noqa: PLC0415
    from sync.county.publish.hands import noted  # noqa: PLC0415

    role, called = _ROLES[step]
    county = who.signing(role)
    before = file.read_bytes()
    said, after = signed_list(county, role, shown(file.name), before, civil_day(clock()))
    for line in said.lines.values():
        click.echo(line)
    if after == before:
        click.echo(f"{called}早已签过，没有改动。")
        return
    noted(county, "appraised", said.village, clock())
    write_output(file, who.folder / "county.toml", after)
    click.echo(f"{called}已签名：{said.village} 的 {len(said.lines)} 份档案同意销毁。")
    click.echo(f"两人都签了以后，在村里运行：kiosk appraise --destroy {shown(file.name)}")
