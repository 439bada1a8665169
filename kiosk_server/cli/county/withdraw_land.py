"""`county withdraw-land DOC_NO`: a published land notice leaves the boards, with its reason."""

from __future__ import annotations

import click

from kiosk_server.cli.options import Who, acts, clock, example


@click.command(
    "withdraw-land",
    help="撤下一份已发布的征地公告：提交审核，写明理由；审核、发布后各村同时撤下。",
    epilog=example("county withdraw-land 苕征预告〔2026〕3号 --reason 四至写错 --folder demo-county --as li"),
)
@click.argument("doc_no")
@acts
@click.option("--reason", required=True, help="为什么撤下，一句话。")
@click.option("--basis", default="", help="依据的条文。")
def command(who: Who, doc_no: str, reason: str, basis: str) -> None:
    """Propose the withdrawal; the second person signs it like any other proposal."""
    from kiosk_server.county_office.staff.roles import permitted  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.land_notices import hanging, propose_withdrawal  # noqa: PLC0415
    from sync.wire import Reason  # noqa: PLC0415

    county = who.county("clerk")
    for issuer in {one.notice.issuer for one in hanging(county, doc_no).values()}:
        permitted(county, county.acting, clock, "clerk", office=issuer)
    told = Reason(code="notice-withdrawn", text=reason, basis=basis, office=county.pack.county)
    made = propose_withdrawal(county, doc_no, told, clock())
    click.echo(f"{made.title}：{len(made.parts)} 个村，等待审核")
    click.echo(f"  county review --folder {who.folder} --accept {made.id}")
