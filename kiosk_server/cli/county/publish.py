"""`county publish ID`: a reviewed batch becomes readable by everybody. Safe to repeat."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from boards.model.money import yuan
from kiosk_server.cli.options import SIGNING, Who, clock, example, signs
from kiosk_server.cli.progress import progress_line

_ERASED = (
    "发布目录和待审文件里已抹去这条记录的内容；各村一体机下次同步时抹去，并说明要取下哪些公示表。"
    "名册原件（含 inbox/ 和 registries/）、另存的检查报告、标记过的名册、审核样张和备份不归本程序管理，"
    "请自行清理。"
)


@click.command(
    "publish",
    help="发布一个已审核的批次；重复运行不会重复发布。",
    epilog=example("county publish 20251118T093000Z-330590-rice-2025-01 --folder demo-county --as li"),
)
@click.argument("proposal_id")
@signs
def command(who: Who, proposal_id: str) -> None:
    """Publish and say what was written."""
    from kiosk_server.county_office.staff.roles import refuse_others  # noqa: PLC0415 - loaded only when needed
    from sync.county.intake.drafts import discard_of  # noqa: PLC0415
    from sync.county.publish.published.years import closed_years  # noqa: PLC0415
    from sync.county.publish.publisher import publish  # noqa: PLC0415

    refuse_others(who.county(*SIGNING["publisher"]), clock, proposal_id)
    county = who.signing("publisher")
    with progress_line("发布", "个村") as progress:
        done = publish(county, proposal_id, datetime.now(UTC), progress)
    discard_of(county, proposal_id)
    if done.erased:
        click.echo(_ERASED)
    if done.adopted:
        click.echo(f"已发布{done.adopted}，各村一体机下次同步时收到。")
    elif done.written:
        rows = f"{done.count} 行 " if done.count or not done.sum_fen else ""  # a year has none
        click.echo(f"已发布到 {len(done.written)} 个村：{rows}{yuan(done.sum_fen)} 元。")
    else:
        click.echo("这个批次早已发布，没有改动。")
    again = {one.annual.year for code in done.written for one in closed_years(county, code) if not one.holds}
    for year in sorted(again):
        click.echo(f"! {year} 年度已核定的数不再有效：请再办理 county close-year --year {year}。")
