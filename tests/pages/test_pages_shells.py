"""A page is a shell and its parts: kept shells change no byte of any page, and hold nothing of one page."""

import gc
import re
from datetime import date
from decimal import Decimal
from functools import partial
from html import unescape
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from minijinja import safe
from msgspec.structs import replace

from boards.model.money import product_fen, yuan
from boards.model.payouts import Phase
from boards.pages import Pages
from boards.pages.frame import frame as shells
from boards.pages.frame.row_forms import Filled, Form, PageForm, written
from boards.pages.frame.wording import plain, rate_texts, within
from boards.pages.pages import Forms
from boards.pages.payouts import listing
from boards.sheets.sheet import Variant
from boards.sheets.views import HouseholdPart
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY
from tests.pages.test_pages_rows import LINES


class Whole:
    """A page's template with its parts in it, drawn by the template engine at once: no marks, nothing kept."""

    def __init__(self, draw, template, **variables):
        self._draw = partial(draw, template, **variables)

    def filled(self, parts):
        return self._draw(**{name: safe(part) for name, part in parts._asdict().items()})


class WholePage(Whole):
    """A page of a list with its parts in it: the shell is drawn around the list that was drawn with them."""

    def __init__(self, forms, links, shell, frame):
        self._forms, self._links, self._shell, self._frame = forms, links, shell, frame

    def filled(self, parts):
        forms, own = self._forms, dict(zip(listing.ListParts._fields, map(safe, parts), strict=True))
        made = {**listing.list_variables(self._shell, forms.tongue), **own}
        blocks = shells.parts_of(self._frame, *forms.draw("listing.html", **made).split(shells.BETWEEN))
        shell = shells.shell_of(self._frame, "listing.html", personal=False)
        whole = Whole(
            forms.draw, "shell.html", **self._links, **shells.shell_variables(shell, forms.tongue)
        ).filled(blocks._replace(here=own["own"]))
        return Filled(whole.encode(), "")


class WholeForms(Forms):
    """Forms of which nothing is kept."""

    __slots__ = ("links",)

    def listed(self, shell, frame):
        """Drawn anew for every page."""
        return WholePage(self, self.links, shell, frame)


def whole(assets):
    """Pages that compose every page whole."""
    pages, links = Pages(assets), {"css": "kiosk.css", "js": "kiosk.js", "icon_link": "icon.svg"}
    links = {name: safe(assets[file]) for name, file in links.items()}
    for code, kept in pages._forms.items():
        forms = pages._forms[code] = WholeForms(kept.tongue, kept.draw, links)
        forms.links = links
        forms.shells = lambda shell, of=forms: Whole(
            of.draw, "shell.html", **links, **shells.shell_variables(shell, of.tongue)
        )
        forms.parts, forms.steps = forms.parts.__wrapped__, forms.steps.__wrapped__
    return pages


KEPT, WHOLE = Pages(v.ASSETS), whole(v.ASSETS)
FRAMES = st.fixed_dictionaries(
    {
        "language": st.sampled_from(["zh_CN", "en"]),
        "size": st.sampled_from(["m", "l", "xl", "huge"]),
        "kiosk": st.booleans(),
    },
    optional={
        "base": st.sampled_from([0, 28]),
        "village": st.sampled_from(["岭东村", "A/B & <村>"]),
        "town": st.sampled_from(["梅坞镇", "'镇'"]),
        "rare": st.sampled_from(["", "/static/rare.css"]),
        "back": st.sampled_from(["", "/v/1/x", "/v/1/'\"<&"]),
        "say": st.sampled_from(["", "/v/1/say/home", "/v/1/say/payouts/b1"]),
        "share": st.sampled_from(["", "/v/1/phone?back="]),
        "banners": st.sampled_from([(), ("stale",), ("held", "clock-suspect")]),
        "today": st.sampled_from([v.TODAY, date(2027, 1, 1)]),
        "phone": st.sampled_from(["", "0500-765 4321"]),
    },
)
VIEWS = st.builds(
    lambda posted, variant, unit, lines, number, page_sum, quantity, newer: replace(
        v.list_view(
            replace(posted, head=replace(posted.head, variant=variant, unit=unit)),
            lines,
            page=min(number),
            pages=max(number),
            first=min(number) * 10 - 9,
        ),
        page_sum_fen=page_sum,
        page_quantity=quantity,
        superseded_by=newer,
        pdf=f"/v/{v.CODE}/sheets/7031284651.pdf",
    ),
    st.sampled_from([v.posted(), v.posted(v.LEFT_OUT_HEAD), v.CLOSED, v.posted(v.CARE)]),
    st.sampled_from(Variant),
    st.sampled_from(["亩", "", "<"]),
    LINES,
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    st.integers(0, 10**9),
    st.none() | st.decimals(0, 9999, places=2),
    st.sampled_from(["", "8123405567"]),
)


@pytest.mark.thorough
@settings(max_examples=60)
@given(asked=st.lists(st.tuples(st.sampled_from(sorted(GALLERY)), FRAMES), min_size=2, max_size=6))
def test_every_page_from_a_kept_shell_is_the_page_composed_whole(asked):
    """Whatever pages were shown before, in whichever language, size and door: not a byte differs."""
    for name, frame in asked:
        assert GALLERY[name](KEPT, _for(name, frame)) == GALLERY[name](WHOLE, _for(name, frame))


def _for(name, frame):
    """What this page of the gallery lets be chosen of its frame."""
    taken = {
        "home": ("back",), "payouts": ("back",), "land_case": ("back", "today"), "land_notice": ("back",),
        "household": ("back",), "find": ("back",), "initials": ("back",), "group": ("back",), "phone": ("back",),
        "trouble": ("back", "say"),
    }  # fmt: skip
    fixed = {one for start, names in taken.items() if name.startswith(start) for one in names}
    fixed |= {"banners"} if name == "home_empty" else set()
    return {key: value for key, value in frame.items() if key not in fixed}


@pytest.mark.thorough
@settings(max_examples=80)
@given(
    asked=st.lists(
        st.tuples(VIEWS, FRAMES, st.sampled_from([v.listing, Pages.sheet])), min_size=2, max_size=5
    )
)
def test_every_list_from_a_kept_shell_is_the_list_composed_whole(asked):
    """Any page of any list, after any other: rows, numbers, sums and pager are its own."""
    for view, frame, page in asked:
        framed = v.frame("/payouts/farmland_fertility-2026-01?page=3", **frame)
        assert page(KEPT, framed, view) == page(WHOLE, framed, view)


PARTS = st.lists(
    st.builds(
        lambda line, posted, phase, sensitive, paid_on, before: HouseholdPart(
            posted=replace(
                posted,
                head=replace(
                    posted.head,
                    terms=replace(posted.head.terms, phase=phase, sensitive=sensitive, paid_on=paid_on),
                ),
            ),
            line=line,
            year_before=before,
        ),
        LINES.map(lambda lines: lines[0])
        | st.sampled_from(
            [v.lines()[0], replace(v.lines()[0], unit="/"), replace(v.lines()[0], item="<牛>")]
        ),
        st.sampled_from([v.posted(), v.posted(v.FOREST), v.OLD]),
        st.sampled_from(Phase),
        st.booleans(),
        st.sampled_from([None, date(2026, 6, 18), date(2025, 6, 18)]),
        st.sampled_from([None, replace(v.lines()[0], quantity=Decimal("7.1"), amount_fen=93308)]),
    ),
    min_size=1,
    max_size=5,
).map(tuple)


@pytest.mark.thorough
@settings(max_examples=80)
@given(households=st.lists(PARTS, min_size=2, max_size=3), language=st.sampled_from(["zh_CN", "en"]))
def test_every_row_of_a_household_says_what_its_line_says(households, language):
    """Rows from kept forms hold each line's own texts, in the order of the lists, and are those drawn anew."""
    frame = v.frame("/households/1", language=language)
    for parts in households:
        view = replace(v.HOUSEHOLD, parts=parts)
        page = KEPT.household(frame, view)
        assert page == WHOLE.household(frame, view)
        rows = re.findall(r'<li class="row">.*?</li>', page)
        tongue = KEPT._of(language).tongue
        for part, row in zip((one for one in parts if one.posted.open), rows, strict=True):
            told, reckoned, then = said(part, tongue)
            assert f'<p class="sentence">{written(told)}</p>' in row or not told
            assert ("×" in row) == ("×" in told)
            assert (f"<p>{written(part.line.item)}</p>" in row) == bool(
                part.line.item and not part.posted.head.terms.sensitive
            )
            assert ("<details>" in row) == bool(reckoned)
            assert [text for text in (*reckoned, then) if text not in unescape(row)] == []


def said(part, tongue):
    """The line, the reckoning and the year before of a payout, each put together by itself."""
    line, terms, say = part.line, part.posted.head.terms, tongue.say
    quantity, rate, amount = plain(line.quantity), rate_texts((line.rate,))[0], yuan(line.amount_fen)
    has_area = not terms.sensitive and line.quantity is not None
    area = tongue.measured(quantity, line.unit) if has_area else ""
    before = part.year_before
    then = ""
    if before is not None:
        blanks = {"amount_before": yuan(before.amount_fen), "paid": amount, "area": area}
        blanks["area_before"] = tongue.measured(plain(before.quantity), before.unit)
        both = "去年{area_before}，{amount_before}元；今年{area}，{paid}元"
        then = say(both if area else "去年{amount_before}元；今年{paid}元").format(**blanks)
    if terms.phase is Phase.APPLICATION:
        if part.posted.paid:
            words = say("申报了{area}，发放结果已公布。") if area else say("已申报，发放结果已公布。")
        else:
            words = say("申报了{area}，还没有发放。") if area else say("已申报，还没有发放。")
        return words.format(area=area), (), ""
    in_kind = line.in_kind and not line.amount_fen and not terms.sensitive
    rated = (
        bool(area)
        and line.rate
        and product_fen(line.quantity, line.rate) == line.amount_fen
        and line.unit
        and not in_kind
    )
    told = (
        line.in_kind if in_kind else say("{area} × {rate}元").format(area=area, rate=rate) if rated else area
    )
    paid = say("{day}发放").format(day=tongue.day(terms.paid_on, v.TODAY)) if terms.paid_on else ""
    line_told = " · ".join(filter(None, (told, paid)))
    if in_kind or (line.in_kind and not line.amount_fen):
        return line_told, (), ""
    blanks = {
        "quantity": quantity,
        "rate": rate,
        "paid": amount,
        "area": area,
        "unit": tongue.unit(line.unit),
    }
    sentences = ["名册上写的金额是{paid}元"]
    if rated:
        product = line.quantity * line.rate
        blanks["product"] = plain(product)
        rounded = "{quantity} × {rate} = {product}，四舍五入到分是{paid}元"
        exact = product * 100 == line.amount_fen
        sentences = ["{quantity} × {rate} = {paid}元" if exact else rounded, "标准是{rate}元/{unit}"]
    sentences += ["名册上登记的是{area}"] if area else []
    return line_told, [say(one).format(**blanks) for one in sentences], then


@given(address=st.text(st.sampled_from("/v1aZ_.~-?=&%+ '\"<村\0"), max_size=20) | st.text(max_size=20))
def test_an_address_within_another_is_quoted(address):
    """However it is made, it is what `quote` writes."""
    assert within(address) == quote(address, safe="/")


def test_a_village_s_name_is_text():
    """Signs of markup in a village's name or town are written out wherever a page prints them."""
    page = KEPT.people(v.frame("/people", village="A/B & <村>", town="'镇'"), v.CONTACTS)
    assert page.count("A&#x2f;B &amp; &lt;村&gt;") == 2
    assert "&#x27;镇&#x27; · 苕安县" in page
    assert "<村>" not in page


def test_no_shell_holds_anything_of_a_household():
    """What is kept of a household's page is its frame: no name, amount or address of it stands in any form."""
    pages = Pages(v.ASSETS)
    view = replace(v.HOUSEHOLD, name="欧阳无忌", group="第九十九组")
    frame = v.frame("/households/987654", share=f"/v/{v.CODE}/phone?back=")
    page = pages.household(replace(frame, say=f"/v/{v.CODE}/say/households/987654"), view)
    kept = "".join("".join(one.parts) for one in gc.get_objects() if isinstance(one, Form))
    for said in ("欧阳无忌", "第九十九组", "987654"):
        assert said in page
        assert said not in kept


CELLS = st.lists(st.text(st.sampled_from("林0.|>&;"), max_size=4), min_size=2, max_size=2)


@given(one=CELLS, other=CELLS, forms=st.tuples(st.booleans(), st.booleans()))
def test_other_bytes_have_another_digest(one, other, forms):
    """Two fillings, of one form or of two, have one digest exactly when they are the same bytes."""
    made = [
        PageForm(f"<p>{'<b>' * bold}<0></p>|<1>").filled(cells)
        for bold, cells in zip(forms, (one, other), strict=True)
    ]
    assert (made[0].page == made[1].page) == (made[0].digest == made[1].digest)


def test_shells_are_bounded():
    """A year of days and all lists of a county do not fill the memory of a board."""
    pages = Pages(v.ASSETS)
    for number in range(200):
        day = date.fromordinal(v.TODAY.toordinal() + number)
        head = replace(v.head(), code=f"{number:010d}")
        v.listing(pages, v.frame("/payouts/x", today=day), v.list_view(v.posted(head)))
    forms = pages._forms["zh_CN"]
    assert forms.shells.cache_info().currsize <= shells.MOST_SHELLS
    for kept in (forms.shells, forms.rows, forms.parts, forms.steps):
        assert kept.cache_info().maxsize <= 256
