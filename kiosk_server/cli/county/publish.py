"""`county publish ID`: a reviewed batch becomes readable by everybody. Safe to repeat."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from boards.model.money import yuan


@click.command("publish", help="发布一个已审核的批次；重复运行不会重复发布。")
@click.argument("proposal_id")
@click.option("--folder", required=True, type=click.Path(path_type=Path), help="县级发布目录。")
def command(proposal_id: str, folder: Path) -> None:
    """Publish and say what was written."""
    from sync.county.county import open_county  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.publisher import publish  # noqa: PLC0415

    done = publish(open_county(folder), proposal_id, datetime.now(UTC))
    if done.written:
        click.echo(f"已发布到 {len(done.written)} 个村：{done.count} 行 {yuan(done.sum_fen)} 元。")
    else:
        click.echo("这个批次早已发布，没有改动。")
