"""What can go wrong on the way, whichever carrier brings the files, and the names that may travel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from boards.model.errors import Fault, Refusal
from sync.log.tiles import is_blob_name, is_rows_name, is_village
from sync.trust_layout import FOLDER, OF_ONE_KIOSK, ROLES, TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sync.seams import Files

BUNDLE_LIMIT_BYTES = 3 << 20  # gzipped: what cannot shrink still fits
_TRUST_NAME = re.compile(
    rf"metadata/(?:timestamp|[1-9]\d{{0,8}}\.(?:{'|'.join(ROLES)}))\.json"
    rf"|targets/[0-9a-f]{{64}}\.(?:{'|'.join(map(re.escape, TARGETS))})"
    rf"|{OF_ONE_KIOSK}",
    re.ASCII,
)


class NotOnTheRoad(Refusal):
    """The source does not have the file."""

    code = "file-not-there"
    fault = Fault.ROAD
    sentence = "数据来源里没有 {village} 的文件 {name}。"
    advice = "本村公开内容不变；稍后会再试。若一直没有，请核对数据来源地址和村代码。"


class SourceUnreachable(Refusal):
    """No answer, or an answer that says no."""

    code = "source-unreachable"
    fault = Fault.ROAD
    sentence = "连不上县里的数据来源（{why}）。"
    advice = "本村公开内容不变；请检查网络，稍后会自动再试。"


class NotAdmitted(Refusal):
    """The county's server does not know our token, or it is for other villages."""

    code = "not-admitted"
    fault = Fault.PERSON
    sentence = "县里的数据来源不让本机取 {village} 的数据（{why}）。"
    advice = "本村公开内容不变；请向县里要一个取数口令（county pass），写进 kiosk.toml 的 feed.token。"


class TooSlow(Refusal):
    """The other side drips."""

    code = "source-too-slow"
    fault = Fault.ROAD
    sentence = "县里的数据来源太慢（{name}）。"
    advice = "本村公开内容不变；已取到的部分留着，稍后会接着取。"


class TooLarge(Refusal):
    """A file above its cap."""

    code = "file-too-large"
    fault = Fault.ROAD
    sentence = "文件 {name} 超过 {limit} 字节，没有接收。"
    advice = "本村公开内容不变；请通知县里的技术人员。"


class UnexpectedName(Refusal):
    """A name that may not travel."""

    code = "unexpected-name"
    fault = Fault.ROAD
    sentence = "不认识的文件名或村代码：{name}。"
    advice = "请核对 kiosk.toml 里的村代码（12 位数字）。"


ON_THE_WAY = (NotOnTheRoad, SourceUnreachable, NotAdmitted, TooSlow)
"""A broken journey: what was fetched so far is good and stays for the next one."""


def file_of(village: str, name: str) -> str:
    """Path of a file below the feed; only expected names pass; raises UnexpectedName."""
    if not is_village(village):
        raise UnexpectedName(name=village)
    if name == "checkpoint" or is_blob_name(name):
        return f"v/{village}/{name}"
    if not is_rows_name(name):
        raise UnexpectedName(name=name)
    return f"v/{village}/{name}.ndjson.gz"


def trust_file_of(name: str) -> str:
    """Path of a file of the trust plane below the feed; only expected names pass; raises UnexpectedName."""
    if not _TRUST_NAME.fullmatch(name):
        raise UnexpectedName(name=name)
    return f"{FOLDER}/{name}"


def shared_out(
    source: Files, seconds: float, villages: Sequence[str], clock: Callable[[], float]
) -> Iterator[str]:
    """Each village in turn, with its even share of what is left of the time: a slow one costs no other."""
    end = clock() + seconds
    for done, village in enumerate(villages):
        source.allow((end - clock()) / (len(villages) - done))
        yield village
