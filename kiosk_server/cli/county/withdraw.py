"""`county withdraw BATCH`: one published line, or the whole list, leaves the boards, with its reason."""

from __future__ import annotations

from typing import Any

import click

from kiosk_server.cli.county.published_line import chosen, record_options, tell
from kiosk_server.cli.options import example


@click.command(
    "withdraw",
    help="撤下已公布名单里的一行（--holder，同名的再加 --line）或一个村的整份名单（--whole）：提交审核；"
    "发布后各处不再显示。撤下一行时名单成为新的一版，金额列入“不公示”。",
    epilog=example(
        "county withdraw --folder demo-county --as li --village 岭东村 --programme rice --holder 林一 "
        "--reason 重复申报"
    ),
)
@click.option("--whole", is_flag=True, help="整份名单。重新发布时请换一个期号。")
@record_options
def command(*, whole: bool, **said: Any) -> None:  # noqa: ANN401 - what click has read
    """Find the line, or the list, and propose its withdrawal."""
    from sync.county.publish.changes import withdraw, withdraw_list  # noqa: PLC0415 - loaded only when needed

    one = chosen("list-withdrawn" if whole else "record-withdrawn", said, whole=whole)
    place = (one.county, one.village.code)
    if whole:
        made = withdraw_list(*place, one.batch, one.reason, one.now)
    else:
        made = withdraw(*place, one.rec, one.reason, one.now)
    tell(one.county, made)
