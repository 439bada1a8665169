"""Languages: nothing missing, nothing unsure, nothing left over."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from babel.dates import format_date
from minijinja import Environment

from boards.pages import Pages
from boards.pages.frame.templates import spoken, template_texts
from boards.pages.frame.tongue import tongues
from tests.pages import land_sample, messages
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY

BLANKS = re.compile(r"\{\w+\}|</?b>")
HAN = re.compile(r"[\u3400-\u9fff]")
REFRESH = "python -m tests.pages.messages brings the catalogues up to date"
SHOWN_ROOMS = (
    "boards.model.errors",
    "kiosk_server.web",
    "kiosk_server.press",
    "kiosk_server.archive",
    "printouts",
)
"""Refusals a villager may meet; the others speak to operators and may wait for their translation."""


def test_every_message_of_a_template_is_found():
    """No template holds a message call that the catalogue's reader does not understand."""
    for name, text in template_texts().items():
        assert text.count("_(") == len(messages.MESSAGE.findall(text)), name
        assert "icon(" not in re.sub(r'\{\{ icon\("\w+"\) \}\}', "", text), name


def test_templates_speak_only_through_the_catalogue():
    """No Chinese stands in a template outside a message."""
    for name, text in template_texts().items():
        bare = re.sub(r'\{\{ _\("[^"]+"\) \}\}', "", text).replace('unit == "亩"', "")
        assert HAN.findall(bare) == [], name


@pytest.mark.parametrize("language", messages.languages())
def test_nothing_missing(language):
    """Everything a page or a shown refusal says has a translation."""
    kept = messages.catalogue(language)
    said = {message for message, _ in messages.said_by_pages()}
    said |= {message for message, place in messages.said_by_refusals() if place.startswith(SHOWN_ROOMS)}
    assert sorted(message for message in said if message not in kept or not kept[message].string) == [], (
        REFRESH
    )


@pytest.mark.parametrize("language", messages.languages())
def test_nothing_unsure_or_left_over(language):
    """No message is fuzzy, and none is kept that nobody says any more."""
    kept = messages.catalogue(language)
    fresh = messages.template_catalogue(language, refusing=True)
    assert [message.id for message in kept if message.fuzzy and message.id] == []
    assert sorted(str(message.id) for message in kept if message.id and message.id not in fresh) == [], (
        REFRESH
    )
    assert kept.obsolete == {}


@pytest.mark.parametrize("language", messages.languages())
def test_translations_keep_their_blanks(language):
    """A translation has the same blanks and emphasis as its message."""
    for message in messages.catalogue(language):
        said = message.id[0] if message.pluralizable else message.id
        for form in message.string if message.pluralizable else (message.string,):
            if said and form:
                assert sorted(BLANKS.findall(form)) == sorted(BLANKS.findall(said)), said


@pytest.mark.parametrize("language", messages.languages())
def test_what_is_loaded_is_what_was_written(language):
    """The compiled catalogue is the one of the text beside it."""
    assert messages.po(language).with_suffix(".mo").read_bytes() == messages.compiled(
        messages.catalogue(language)
    ), REFRESH


def test_english_frame_has_no_chinese_left():
    """In English the frame is English; Chinese remains only in what the county wrote."""
    pages = Pages(v.ASSETS)
    for name in ("help", "find_nobody", "home_empty"):
        page = GALLERY[name](pages, {"language": "en"})
        for county in (v.VILLAGE.name, v.VILLAGE.town, v.VILLAGE.county):
            page = page.replace(county, "")
        assert HAN.findall(page.replace("简体中文", "")) == [], name


def test_unknown_language_is_chinese():
    """A language nobody has translated gives the Chinese page."""
    pages = Pages(v.ASSETS)
    assert pages.languages[0] == "zh_CN"
    assert 'lang="zh-Hans-CN"' in GALLERY["help"](pages, {"language": "xx"})
    assert pages.gettext("en")("首页") == "Home"
    assert pages.gettext("xx")("首页") == "首页"


@pytest.mark.parametrize("language", messages.languages())
def test_dates_are_as_people_write_them(language):
    """Days, months and weekdays are as CLDR has them, on every day of a leap year, and no line breaks in a day."""
    tongue, first = tongues()[language], date(2028, 1, 1)
    for number in range(366):
        day = first + timedelta(days=number)
        short, long = (format_date(day, form, locale=language) for form in ("d MMMM", "d MMMM y"))
        assert tongue.day(day, first) == short.replace(" ", "\u00a0")
        assert tongue.day(day, v.TODAY) == long.replace(" ", "\u00a0")
        assert tongue.weekday(day) == format_date(day, "EEEE", locale=language)


def test_a_third_language_is_one_file(tmp_path):
    """A catalogue put into the folder is a language at once: chrome, refusals, dates, and its own name on every page."""
    made = messages.template_catalogue("bo", refusing=True)
    for message in made:
        if message.id:
            message.string = f"⟨{message.id}⟩"
    made["简体中文"].string = "བོད་ཡིག"
    catalogue = tmp_path / "bo" / "LC_MESSAGES" / "kiosk.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_bytes(messages.compiled(made))
    pages = Pages(v.ASSETS, tmp_path)
    assert pages.languages == ("zh_CN", "bo")
    assert all('lang="bo"' in draw(pages, {"language": "bo"}) for draw in GALLERY.values())
    told = GALLERY["help"](pages, {"language": "bo"})
    assert "⟨点您的姓⟩" in told
    assert "⟨⟨11月⟩22日⟩" in told
    assert 'hreflang="bo" href="/language/bo?back=' in GALLERY["help"](pages, {})
    assert pages.gettext("bo")("没有这个页面。") == "⟨没有这个页面。⟩"


def test_one_is_not_many():
    """English says 1 household and 12 households, from code and from a template; Chinese has one form."""
    english, plain = tongues()["en"], tongues()["zh_CN"]
    told = {n: english.say("{count}户").format(count=n) for n in ("1", "2", "12", "1,001")}
    assert told == {
        "1": "1 household",
        "2": "2 households",
        "12": "12 households",
        "1,001": "1,001 households",
    }
    assert plain.say("{count}户").format(count="1") == "1户"
    environment = Environment(trim_blocks=True, lstrip_blocks=True)
    environment.add_template("a", spoken(' {{ _("{count}户") }}\n.', english.say))
    for count, words in (
        ("1", "1 household"),
        (1, "1 household"),
        (0, "0 households"),
        ("21", "21 households"),
    ):
        assert environment.render_template("a", count=count) == f" {words}\n."


FROM_THE_COUNTY = "".join(
    repr(value) for room in (v, land_sample) for name, value in vars(room).items() if name.isupper()
)
"""Names, texts of the pack and of documents, units and figures: everything the gallery's pages are made of."""
UNITS = re.compile(r"(?<![\u3400-\u9fff])(?:亩|公顷|台|人|头|公斤|月|户|笔|元)(?![\u3400-\u9fff])")
WRITTEN_OUT = re.compile(
    r'<(\w+)[^>]* lang="zh-Hans-CN"[^>]*>.*?</\1>', re.DOTALL
)  # a document, a sum in words


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(set(GALLERY) - {"setup"}))
def test_every_page_in_english_has_chinese_of_the_county_only(name):
    """Whatever Chinese stands on an English page is a name, a text of the pack or a document; units are not."""
    page = GALLERY[name](Pages(v.ASSETS), {"language": "en"}).replace("<wbr>", "")
    for ours in ("简体中文", "王小明"):  # a language in its own words, and how to type somebody's name
        page = page.replace(ours, "")
    shown = unescape(re.sub(r"<[^>]+>", "\n", WRITTEN_OUT.sub("", page)))
    labels = unescape(" ".join(re.findall(r'(?:aria-label|title|alt)="([^"]*)"', WRITTEN_OUT.sub("", page))))
    strange = {run for run in re.findall(r"[\u3400-\u9fff]+", shown + labels) if run not in FROM_THE_COUNTY}
    assert strange == set()
    assert UNITS.findall(shown) == []
