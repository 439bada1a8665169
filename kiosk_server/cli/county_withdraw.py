"""`county withdraw BATCH`: one published line leaves the boards, with its reason."""

from __future__ import annotations

from typing import Any

import click

from kiosk_server.cli.record import chosen, record_options, tell


@click.command(
    "withdraw",
    help="撤下已公布名单里的一行：提交审核；发布后各处不再显示，名单成为新的一版，金额列入“不公示”。",
)
@record_options
def command(**said: Any) -> None:  # noqa: ANN401 - what click has read
    """Find the line and propose its withdrawal."""
    from sync.county.changes import withdraw  # noqa: PLC0415 - loaded only when needed

    one = chosen("record-withdrawn", said)
    tell(withdraw(one.county, one.village.code, one.rec, one.reason, one.now), said["folder"])
