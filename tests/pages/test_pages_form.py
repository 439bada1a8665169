"""What holds for every page: its form, its weight, nothing inline, nothing from elsewhere."""

import gzip
import re
from functools import cache
from importlib.resources import files

import pytest

from boards.pages import Pages
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY
from tests.pages.reading import Reading

PAGES = Pages(v.ASSETS)
STATIC = files("boards.pages") / "static"
FRAMES = [
    {},
    {"kiosk": True, "size": "xl"},
    {"language": "en", "size": "l"},
]
EVERY = [(name, number) for name in GALLERY for number in range(len(FRAMES))]


@cache
def drawn(name: str, frame: int) -> tuple[str, Reading]:
    """A page and what a browser would see, once for all that is asked of it."""
    page = GALLERY[name](PAGES, FRAMES[frame])
    return page, Reading(page)


def static(name: str) -> bytes:
    return (STATIC / name).read_bytes()


@pytest.mark.parametrize(("name", "frame"), EVERY)
def test_form(name, frame):
    """One h1, a language, a title, a skip link to the main part, and elements that close in order."""
    (page, read), options = drawn(name, frame), FRAMES[frame]
    assert page.startswith("<!doctype html>\n<html")
    assert read.closes_in_order
    assert read.inside == []
    assert len(read.named("h1")) == len(read.named("main")) == len(read.named("title")) == 1
    html = read.named("html")[0].attributes
    assert html["lang"] == ("en" if options.get("language") else "zh-Hans-CN")
    assert html["data-size"] == options.get("size", "m")
    assert "#m" in [link.attributes.get("href") for link in read.named("a")]
    assert read.named("main")[0].attributes["id"] == "m"


@pytest.mark.parametrize(("name", "frame"), EVERY)
def test_tables_can_be_read_aloud(name, frame):
    """A table has a caption, its headers say what they head, and every line has as many cells."""
    page, read = drawn(name, frame)
    assert len(read.named("caption")) == len(read.named("table"))
    assert all(th.attributes.get("scope") in {"col", "row"} for th in read.named("th"))
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        lines = re.findall(r"<tr .*?</tr>", table, re.DOTALL)
        assert len({len(re.findall(r"<t[hd] ", line)) for line in lines}) == 1


@pytest.mark.parametrize(("name", "frame"), EVERY)
def test_nothing_inline_and_nothing_from_elsewhere(name, frame):
    """No style=, no on…=, no script text, and every address stays on this machine (line §7)."""
    page, read = drawn(name, frame)
    message = r"|sms:\?&body=[\w%.~-]+" if name == "phone" else ""  # written on the phone, fetches nothing
    for element in read.elements:
        assert element.name != "style"
        assert not [name for name in element.attributes if name == "style" or name.startswith("on")]
        for address in (element.attributes.get("href", ""), element.attributes.get("src", "")):
            assert re.fullmatch(rf"(#\w+|/(?!/)[^\s\"<>]*{message})?", address)
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) == [""]


@pytest.mark.parametrize(("name", "frame"), EVERY)
def test_ids_are_told_once(name, frame):
    """No id stands twice, and everything that is labelled by an id finds it."""
    _, read = drawn(name, frame)
    ids = [element.attributes["id"] for element in read.elements if "id" in element.attributes]
    labels = [element.attributes.get("aria-labelledby") for element in read.elements]
    assert len(ids) == len(set(ids))
    assert {label for label in labels if label} <= set(ids)


def test_weight():
    """First page with its assets < 60 kB, stylesheet < 16 kB and script < 3 kB compressed."""
    css, js = static("kiosk.css"), static("kiosk.js")
    page = GALLERY["home"](PAGES, {"kiosk": True}).encode()
    assert len(gzip.compress(css)) < 16_000
    assert len(gzip.compress(js)) < 3_000
    assert len(page) + sum(len(static(name)) for name in v.ASSETS) < 60_000


def test_assets_are_the_static_files():
    """What a page may name is what lies in the folder, and the stylesheet asks for nothing further."""
    assert sorted(v.ASSETS) == sorted(file.name for file in STATIC.iterdir())
    assert b"url(" not in static("kiosk.css")
    assert b"@import" not in static("kiosk.css")


def test_script_carries_no_task():
    """Without the script every page works: it adds the idle bar, turns the front cards, tells how a board lies."""
    script = static("kiosk.js").decode()
    assert "innerHTML" not in script
    assert re.findall(r"cookie = `(\w+)", script) == ["rows"]
    assert script.count("cookie") == 1
    assert "fetch(" not in script


def test_colours_are_readable():
    """Text stands 7:1 or better on its ground, edges of controls 3:1 (screens §3)."""
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", static("kiosk.css").decode()))
    for text, ground in (
        ("ink", "paper"), ("ink", "sunk"), ("ink", "amber-bg"), ("ink", "red-bg"), ("ink", "green-bg"), ("ink2", "card"),
        ("ink2", "paper"), ("ink2", "sunk"), ("amber", "amber-bg"), ("green", "green-bg"), ("red-d", "red-bg"),
        ("card", "red"), ("card", "green"), ("blue", "paper"), ("blue", "red-bg"),
    ):  # fmt: skip
        assert contrast(tokens[text], tokens[ground]) >= 7, (text, ground)
    for edge in ("edge", "green", "red"):
        assert contrast(tokens[edge], tokens["card"]) >= 3


def contrast(one: str, other: str) -> float:
    """Ratio of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
