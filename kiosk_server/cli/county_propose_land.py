"""`county propose-land CASE.json --folder F`: the stages of a case that may be published wait for review."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boards.model.clock import civil_day
from kiosk_server.cli import EXIT_HOLD

if TYPE_CHECKING:
    from sync.county.folder import County
    from sync.county.land.publishing import StageFate

_TOLD = {
    "published": "已发布",
    "waiting": "待审核",
    "proposed": "已提交，等待审核",
    "not_due": "未到张贴日，到日再提交",
    "held": "暂不能发布",
}


@click.command(
    "propose-land", help="检查一个征地案件，把到期可发布的各环节公告提交审核；有环节被拦下时退出码为 1。"
)
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。")
@click.pass_context
def command(ctx: click.Context, case: Path, folder: Path) -> None:
    """Check, propose what is due, and say what became of each stage."""
    from sync.county.folder import open_county  # noqa: PLC0415 - loaded only when needed

    fates = proposed_case(open_county(folder), case, datetime.now(UTC))
    for one in fates:
        why = f"（{'、'.join(one.codes)}）" if one.codes else ""
        click.echo(f"{one.notice.posted_on}  {one.notice.title}  {_TOLD[one.fate.value]}{why}")
        if one.fate.value == "proposed" and one.proposal:
            click.echo(f"  county review --folder {folder} --accept {one.proposal.id}")
    if any(one.fate.value == "held" for one in fates):
        click.echo("被拦下的环节请用 county check-land 查看原因，改正后再提交。", err=True)
        ctx.exit(EXIT_HOLD)


def proposed_case(county: County, case: Path, now: datetime) -> tuple[StageFate, ...]:
    """Read a case and propose its stages; the demo does the same."""
    from boards.model.calendar_years import shipped_calendar  # noqa: PLC0415
    from kiosk_server.cli.county_check_land import bytes_of, texts_beside  # noqa: PLC0415
    from sync.county.land.publishing import propose_case  # noqa: PLC0415
    from sync.county.land.reading import FILE_LIMIT_BYTES, read_case  # noqa: PLC0415

    read = read_case(bytes_of(case, FILE_LIMIT_BYTES))
    calendar = shipped_calendar().extended(county.pack.calendar, county.pack.calendar_years)
    texts = texts_beside(read, case.parent)
    return propose_case(county, read, texts, case.parent, calendar, now, civil_day(now))
