"""What every page shares: header, dock, banners, language and text size.

A page is a shell and its parts. The shell is everything that is the same on many pages: it is drawn once
with marks, kept, and filled for each page. It is made of its key alone, so it cannot hold what is not in
its key; and its key holds nothing of one village, one page or one person, only the day and the look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from boards.pages.frame.row_forms import Draw, Form, mark, written
from boards.pages.frame.tongue import SOURCE, Tongue
from boards.pages.frame.wording import link, within
from boards.sheets.views import Frame

NEXT_SIZE: Final = {"m": "l", "l": "xl", "xl": "m"}
IDLE_S: Final = 120  # screens §3: idle warning on a public page
PERSONAL_IDLE_S: Final = 60  # and on a personal page
MOST_SHELLS: Final = 64  # a few kilobytes each


class Shell(NamedTuple):
    """All that the shell of a page is made of, and the key under which it is kept."""

    today: date
    size: str
    kiosk: bool
    base: int
    banners: tuple[str, ...]
    pack: str
    personal: bool
    template: str  # of the page, where its shell is like no other's
    there: tuple[str, ...]  # which of the parts that a page may lack


class Parts(NamedTuple):
    """What is put into a shell for one page: all finished markup."""

    title: str
    head: str  # what is more in <head>
    main: str
    village: str
    place: str
    at: str  # address of the village
    rare: str
    here: str  # this page's address as a part of another
    back: str
    say: str
    share: str  # the address of 给家人看, up to this page's


BETWEEN: Final = "<|>"
"""Between title, head and main in the template of a page. No data can forge a tag."""

MAY_LACK: Final = ("village", "rare", "back", "say", "share")
"""Parts that not every page has."""

OF_THEIR_OWN: Final = {"home.html", "help.html"}
"""Pages whose shells are like no other's."""

_MARKS: Final = Parts(*map(mark, range(len(Parts._fields))))


def _banner_texts(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "clock-suspect": _("这台机器的时钟可能不准，剩余天数以纸质公示为准；看来已到期的名单先不显示姓名。"),
        "stale": _("好几天没有收到县里的消息了，最新名单请到村委会查看。"),
        "read-only": _("这台机器的存储盘写不进去了，显示的是以前收到的内容，新名单请到村委会查看。"),
        "trust-alarm": _("县里新发来的资料没有通过核对，先按原来的显示；请村干部告诉县里。"),
        "upgrade-needed": _("县里发来了新格式的数据，这台机器需要升级后才能显示。"),
        "held": _("有一批数据正在县里核对，暂时没有显示。"),
        "data-check-failed": _("数据自查没有通过，已通知县里，请以纸质公示为准。"),
    }


def shell_of(frame: Frame, template: str, *, personal: bool) -> Shell:
    """Which shell a page stands in."""
    return Shell(
        frame.today,
        frame.size if frame.size in NEXT_SIZE else "m",
        frame.kiosk,
        frame.base,
        frame.banners,
        frame.pack,
        personal,
        template if template in OF_THEIR_OWN else "",
        tuple([name for name in MAY_LACK if getattr(frame, name)]),
    )


def parts_of(frame: Frame, title: str, head: str, main: str) -> Parts:
    """What a page brings into its shell."""
    village, place, at = _of_village(frame.village_code, frame.village, frame.town, frame.county)
    rare, back, say, share = map(escape, (frame.rare, frame.back, frame.say, frame.share))
    return Parts(title, head, main, village, place, at, rare, within(frame.path), back, say, share)


@lru_cache(maxsize=512)
def _of_village(code: str, name: str, town: str, county: str) -> tuple[str, str, str]:
    """The parts of all pages of a village: its name, where it lies, its address."""
    return written(name), written(" · ".join(filter(None, (town, county)))), escape(f"/v/{code}")


def shells(draw: Draw, tongue: Tongue, assets: Mapping[str, str]) -> Callable[[Shell], Form]:
    """Shells of one language, drawn when first needed; the least used ones are let go."""

    @lru_cache(maxsize=MOST_SHELLS)
    def drawn(shell: Shell) -> Form:
        return Form(draw("shell.html", **assets, **shell_variables(shell, tongue), **marks_of(shell)))

    return drawn


def marks_of(shell: Shell) -> dict[str, str]:
    """A mark for each part; a page without 返回, 朗读 or 给家人看 has no place for them."""
    lacking = {name: "" for name in MAY_LACK if name not in shell.there}
    return _MARKS._replace(**lacking)._asdict()


def shell_variables(shell: Shell, tongue: Tongue) -> dict[str, Any]:
    """What stands in a shell beside its parts, ready to print."""
    _, texts = tongue.say, _banner_texts(tongue.say)
    sizes = {"m": _("标准字"), "l": _("大字"), "xl": _("特大字")}
    # An idle kiosk goes home, with the text size and the language of a fresh start.
    reset = "" if shell.size == "m" else "/size/m?back="
    if tongue.code != SOURCE:
        reset = f"/language/{SOURCE}?back={quote(reset, safe='/')}"
    return {
        "language": tongue.tag,
        "iso_today": shell.today.isoformat(),
        "today": tongue.day(shell.today, shell.today),
        "weekday": tongue.weekday(shell.today),
        "size": shell.size,
        "size_now": sizes[shell.size],
        "size_next": sizes[NEXT_SIZE[shell.size]],
        "size_link": link(f"/size/{NEXT_SIZE[shell.size]}?back="),
        "reset": link(reset),
        "kiosk": shell.kiosk,
        "base": shell.base,
        "idle_s": PERSONAL_IDLE_S if shell.personal else IDLE_S,
        "personal": shell.personal,
        "banners": [texts[code] for code in shell.banners if code in texts],
        "pack": shell.pack,
        "at_home": shell.template == "home.html",
        "on_help": shell.template == "help.html",
    }


@lru_cache(maxsize=512)
def _links(village_code: str) -> dict[str, str]:
    return {"at": link(f"/v/{village_code}"), "home": link(f"/v/{village_code}/")}


def page_variables(frame: Frame, tongue: Tongue) -> dict[str, Any]:
    """What the templates of all pages may print of their frame."""
    return {
        **_links(frame.village_code),
        "zh": tongue.tag.startswith("zh"),
        "village": frame.village,
        "phone": frame.phone,
        "size": frame.size if frame.size in NEXT_SIZE else "m",
        "kiosk": frame.kiosk,
    }


def other_languages(frame: Frame, tongues: Mapping[str, Tongue]) -> list[tuple[str, str, str]]:
    """Address, tag and own name of every language but this page's."""
    here = within(frame.path)
    return [
        (link(f"/language/{other.code}?back={here}"), other.tag, other.say("简体中文"))
        for other in tongues.values()
        if other.code != frame.language
    ]
