"""`county correct BATCH`: one published line gets its right value, as the list's next edition."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from boards.model.errors import Fault, Refusal
from boards.model.money import fen_of
from kiosk_server.cli.county.published_line import chosen, record_options, tell
from kiosk_server.cli.options import example


class NumberUnreadable(Refusal):
    """A quantity or a rate that is no plain number."""

    code = "number-unreadable"
    fault = Fault.PERSON
    sentence = "{option} 应是普通数字，例如 3.27。"
    advice = "请改正后重试；什么都没有提交。"


@click.command(
    "correct",
    help="更正已公布名单里的一行：提交审核；发布后名单成为新的一版，标明“已更正”、原值和理由。",
    epilog=example(
        "county correct --folder demo-county --as li --village 岭东村 --programme rice --holder 林一 "
        "--quantity 3 --amount 30 --reason 面积更正"
    ),
)
@record_options
@click.option("--amount", default="", help="金额（元）。")
@click.option("--quantity", default="", help="数量。")
@click.option("--rate", default="", help="标准（元/单位）。")
@click.option("--rename", default=None, help="户主姓名改为。")
@click.option("--group", default=None, help="组别改为。")
@click.option("--remark", default=None, help="备注改为。")
def command(**said: Any) -> None:  # noqa: ANN401 - what click has read
    """Find the line, apply its new values, propose."""
    from sync.county.publish.amendments import Amendment, correction  # noqa: PLC0415 - loaded only when needed
    from sync.county.publish.changes import correct  # noqa: PLC0415

    amendment = Amendment(
        amount_fen=fen_of(said["amount"]) if said["amount"] else None,
        quantity=_number("--quantity", said["quantity"]),
        rate=_number("--rate", said["rate"]),
        holder=said["rename"],
        group=said["group"],
        remark=said["remark"],
    )
    one = chosen("record-corrected", said)
    payout = correction(one.county, one.village, one.rec, amendment)
    tell(one.county, correct(one.county, one.village.code, one.rec, payout, one.reason, one.now))


def _number(option: str, text: str) -> Decimal | None:
    if not text:
        return None
    whole, _, places = text.partition(".")
    if not (text.isascii() and whole.isdigit() and (places.isdigit() or "." not in text)):
        raise NumberUnreadable(option=option)
    return Decimal(text)
