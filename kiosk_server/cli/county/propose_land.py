"""`county propose-land CASE.json --folder F`: the stages of a case that may be published wait for review."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk_server.cli import EXIT_HOLD
from kiosk_server.cli.options import Who, acts, clock, example

_TOLD = {
    "published": "已发布",
    "withdrawn": "已撤下；要再公布，请另作更正公告",
    "waiting": "待审核",
    "proposed": "已提交，等待审核",
    "not_due": "未到张贴日，到日再提交",
    "held": "暂不能发布",
}


@click.command(
    "propose-land",
    help="检查一个征地案件，把到期可发布的各环节公告提交审核；有环节被拦下时退出码为 1。",
    epilog=example("county propose-land 征地案件/case.json --folder demo-county --as li"),
)
@click.argument("case", type=click.Path(path_type=Path))
@acts
@click.pass_context
def command(ctx: click.Context, who: Who, case: Path) -> None:
    """Check, propose what is due, and say what became of each stage."""
    from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415 - loaded only when needed
    from sync.county.land.case_folder import case_folder  # noqa: PLC0415
    from sync.county.land.proposing import propose_case, report_of  # noqa: PLC0415

    county, found = who.county("clerk"), case_folder(case)
    report = report_of(county, found)
    fates = propose_case(
        county, found, clock(), lambda issuer: permitted(county, county.acting, clock, "clerk", office=issuer)
    )
    for one in fates:
        click.echo(f"{one.notice.posted_on}  {one.notice.title}  {_TOLD[one.fate.value]}")
        for why in one.why:
            click.echo(f"  {why.told}")
        if one.fate.value == "proposed" and one.proposal:
            click.echo(f"  county review --folder {who.folder} --accept {one.proposal.id}")
    told = {why for one in fates for why in one.why}
    for why in (why for why in report.grave if why not in told):
        click.echo(f"  {why.told}")
    if report.verdict.value == "hold" or any(one.fate.value == "held" for one in fates):
        click.echo("有问题的地方请改正后再提交；全部检查结果见 county check-land。", err=True)
        ctx.exit(EXIT_HOLD)
