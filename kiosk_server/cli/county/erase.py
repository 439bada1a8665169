"""`county erase BATCH`: the contents of one record are deleted everywhere, its place in the log stays."""

from __future__ import annotations

from typing import Any

import click

from kiosk_server.cli.county.published_line import chosen, record_options, tell
from kiosk_server.cli.options import example


@click.command(
    "erase",
    help="依法删除一条记录的内容：提交审核；发布后县里和各村都抹去，只留日志里的位置和金额，不能恢复。",
    epilog=example(
        "county erase --folder demo-county --as li --village 岭东村 --programme rice --holder 林一 "
        "--reason 本人申请"
    ),
)
@record_options
def command(**said: Any) -> None:  # noqa: ANN401 - what click has read
    """Find the record and propose its erasure; one still listed is withdrawn first."""
    from sync.county.publish.changes import erase  # noqa: PLC0415 - loaded only when needed

    one = chosen("body-erased", said)
    tell(one.county, erase(one.county, one.village.code, one.rec, one.reason, one.now))
