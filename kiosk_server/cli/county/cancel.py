"""`county cancel ID`: what was proposed and is not published is taken back, with its reason."""

from __future__ import annotations

import click

from kiosk_server.cli.options import Who, acts, clock, example


@click.command(
    "cancel",
    help="取消一个还没有发布的批次，写明理由；名单随即删去，之后可以重新提交。",
    epilog=example(
        "county cancel 20251118T093000Z-330590-rice-2025-01 --reason 面积要重算 --folder demo-county --as li"
    ),
)
@click.argument("proposal_id")
@click.option("--reason", required=True, help="为什么取消，一句话。")
@acts
def command(who: Who, proposal_id: str, reason: str) -> None:
    """Take it off the line; its hands stay written down."""
    from boards.model.privacy.withheld import shown  # noqa: PLC0415 - loaded only when needed
    from kiosk_server.county_office.staff.roles import refuse_others  # noqa: PLC0415
    from sync.county.publish.hands import Hand, instant, send_back  # noqa: PLC0415

    county = who.county("clerk", "pack_editor")
    refuse_others(county, clock, proposal_id)
    hand = Hand(act="cancelled", by=who.person, at=instant(clock()), reason=shown(reason))
    send_back(county, proposal_id, hand)
    click.echo("已取消，没有发布任何内容。")
