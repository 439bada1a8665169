"""What every page shares: header, dock, banners, language and text size."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from boards.pages.frame.tongue import SOURCE
from boards.pages.frame.wording import link, under

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from boards.pages.frame.tongue import Tongue
    from boards.sheets.views import Frame

NEXT_SIZE: Final = {"m": "l", "l": "xl", "xl": "m"}
IDLE_S: Final = 120  # screens §3: idle warning on a public page
PERSONAL_IDLE_S: Final = 60  # and on a personal page


def _banner_texts(_: Callable[[str], str]) -> dict[str, str]:
    return {
        "clock-suspect": _("这台机器的时钟可能不准，剩余天数以纸质公示为准。"),
        "stale": _("好几天没有收到县里的消息了，最新名单请到村委会查看。"),
        "upgrade-needed": _("县里发来了新格式的数据，这台机器需要升级后才能显示。"),
        "held": _("有一批数据正在县里核对，暂时没有显示。"),
        "data-check-failed": _("数据自查没有通过，已通知县里，请以纸质公示为准。"),
    }


@lru_cache(maxsize=64)
def _unmoved(tongue: Tongue, village_code: str, today: date, size: str) -> dict[str, Any]:
    """What all pages of a village have in common for a day, in one language and size of text."""
    home, _ = under(village_code, ""), tongue.say
    sizes = {"m": _("标准字"), "l": _("大字"), "xl": _("特大字")}
    # An idle kiosk goes home, with the text size and the language of a fresh start.
    reset = home if size == "m" else f"/size/m?back={quote(home, safe='/')}"
    if tongue.code != SOURCE:
        reset = f"/language/{SOURCE}?back={quote(reset, safe='/')}"
    return {
        "language": tongue.tag,
        "zh": tongue.tag.startswith("zh"),
        "iso_today": today.isoformat(),
        "today": tongue.day(today, today),
        "weekday": tongue.weekday(today),
        "at": link(f"/v/{village_code}"),
        "home": link(home),
        "size": size,
        "size_now": sizes[size],
        "size_next": sizes[NEXT_SIZE[size]],
        "reset": link(reset),
    }


def chrome(frame: Frame, tongue: Tongue, tongues: Mapping[str, Tongue], *, personal: bool) -> dict[str, Any]:
    """Variables of the page's frame, ready to print."""
    size = frame.size if frame.size in NEXT_SIZE else "m"
    here, texts = quote(frame.path, safe="/"), _banner_texts(tongue.say) if frame.banners else {}
    return {
        **_unmoved(tongue, frame.village_code, frame.today, size),
        "village": frame.village,
        "place": f"{frame.town} · {frame.county}",
        "back": link(frame.back),
        "size_link": link(f"/size/{NEXT_SIZE[size]}?back={here}"),
        "languages": [  # address, tag and own name of every other one
            (link(f"/language/{other.code}?back={here}"), other.tag, other.say("简体中文"))
            for other in tongues.values()
            if other.code != frame.language
        ],
        "kiosk": frame.kiosk,
        "idle_s": PERSONAL_IDLE_S if personal else IDLE_S,
        "personal": personal,
        "say": link(frame.say),
        "rare": link(frame.rare),
        "base": frame.base,
        "share": link(frame.share),
        "phone": frame.phone,
        "banners": [texts[code] for code in frame.banners if code in texts],
    }
