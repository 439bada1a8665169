"""A command line that cannot be understood, told in one sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from boards.model.errors import Fault, Refusal
from boards.model.privacy.withheld import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")  # control characters, and bytes Python could not decode


class Mistyped(Refusal):
    """A word of the command line is missing, unknown, or not what belongs there."""

    code = "mistyped"
    fault = Fault.PERSON
    sentence = "命令没有写对：{what}。"
    advice = "写法和例子见 {command} --help。"


def mistyped(error: click.UsageError, program: str) -> Mistyped:
    """What click could not understand; values are never repeated, somebody's name may stand there."""
    command = error.ctx.command_path if error.ctx else program
    return Mistyped(what=_what(error), command=command)


def refuse_broken_words(words: Sequence[str], program: str) -> None:
    """Raise Mistyped for what is no text: no table, report or message could carry it on."""
    for number, word in enumerate(words, 1):
        if _NO_TEXT.search(word):
            raise Mistyped(what=f"第 {number} 个词里有换行，或不是 UTF-8 文字；文件请先改名", command=program)


def _what(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有 {shown(error.option_name)} 这个选项{_nearest(error.possibilities)}"
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"没有 {shown(error.command_name)} 这个命令{_nearest(error.possibilities)}"
    if isinstance(error, click.MissingParameter):
        return f"缺少 {_name(error)}"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)} {_expected(error)}"
    if isinstance(error, click.BadOptionUsage):
        return f"{error.option_name} 后面的值没有写，或不该写"
    return "多写了词，含空格的请加引号" if error.message.isascii() else error.message.rstrip("。")


def _nearest(possible: Sequence[str] | None) -> str:
    return f"，是不是 {'、'.join(possible)}" if possible else ""


def _name(error: click.BadParameter) -> str:
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return error.param.human_readable_name if error.param else str(error.param_hint or "")


def _expected(error: click.BadParameter) -> str:
    kind = error.param.type if error.param else None
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))}"
    if isinstance(kind, click.IntRange):
        return f"应是 {kind.min} 到 {kind.max} 的整数"
    if isinstance(kind, type(click.INT)):
        return "应是整数"
    return shown(error.message)
