"""`county cancel ID`: what was proposed and is not published is taken back, with its reason."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kiosk_server.cli.options import example


@click.command(
    "cancel",
    help="取消一个还没有发布的批次，写明理由；名单随即删去，之后可以重新提交。",
    epilog=example(
        "county cancel 20251118T093000Z-330590-rice-2025-01 --reason 面积要重算 --folder demo-county"
    ),
)
@click.argument("proposal_id")
@click.option("--reason", required=True, help="为什么取消，一句话。")
@click.option("--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。")
def command(proposal_id: str, reason: str, folder: Path) -> None:
    """Take it off the line; its hands stay written down."""
    from boards.model.privacy.withheld import shown  # noqa: PLC0415 - loaded only when needed
    from sync.county.county import open_county  # noqa: PLC0415
    from sync.county.publish.hands import Hand, send_back  # noqa: PLC0415
    from sync.county.publish.publisher import instant  # noqa: PLC0415

    hand = Hand(act="cancelled", by="命令行", at=instant(datetime.now(UTC)), reason=shown(reason))
    send_back(open_county(folder), proposal_id, hand)
    click.echo("已取消，没有发布任何内容。")
