"""Every page of the sample village by name: goldens, properties and the browser all walk through it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from boards.sheets.views import CodeView, FindView, Hit, HomeView, SetupView
from tests.pages import land_sample as land
from tests.pages import views_sample as v

if TYPE_CHECKING:
    from collections.abc import Callable

    from boards.pages import Pages

LAND = f"/v/{v.CODE}/land"
PAYOUTS = "/payouts/farmland_fertility-2026-01"
IN_NOTICE = Hit(
    thing=land.hung(land.PLAN)[0],
    where="公告全文",
    said=("…应当办理补偿", "登记", "。逾期不办理的，按调查结果计算。"),
)
Drawing = "Callable[[Pages, dict[str, object]], str]"

GALLERY: dict[str, Callable[[Pages, dict[str, object]], str]] = {
    "home": lambda p, f: p.home(v.frame("/", back="", **f), v.HOME),
    "home_one": lambda p, f: p.home(
        v.frame("/", back="", **f), replace(v.HOME, showing=v.SHOWING[:1], applications=0)
    ),
    "home_empty": lambda p, f: p.home(
        v.frame("/", back="", banners=("stale", "clock-suspect"), **f),
        HomeView(showing=(), year=2026, programmes=0, applications=0, sum_fen=0, updated_at=None),
    ),
    "home_year_due": lambda p, f: p.home(
        v.frame("/", back="", **f | {"today": date(2026, 12, 4)}), replace(v.HOME, due=(2026, 27, False))
    ),
    "home_guides": lambda p, f: p.home(
        v.frame("/", back="", **f), replace(v.HOME, showing=(), programmes=0, applications=0, guides=7)
    ),
    "programmes": lambda p, f: p.programmes(v.frame("/programmes", **f), v.PROGRAMMES),
    "programme": lambda p, f: p.programme(v.frame("/programmes/farmland_fertility", **f), v.PROGRAMME),
    "payouts": lambda p, f: v.listing(
        p, v.frame(PAYOUTS, back=f"/v/{v.CODE}/programmes", **f), v.list_view()
    ),
    "payouts_middle": lambda p, f: v.listing(
        p, v.frame(f"{PAYOUTS}?page=3", **f), v.list_view(v.posted(v.LEFT_OUT_HEAD), page=3, first=21)
    ),
    "payouts_long": lambda p, f: v.listing(
        p,
        v.frame(f"{PAYOUTS}?page=37", **f),
        v.list_view(v.LONG, v.LONG_LINES, overview=v.OVERVIEW, page=37, pages=60, first=361),
    ),
    "payouts_group": lambda p, f: v.listing(
        p,
        v.frame(f"{PAYOUTS}?group=x", **f),
        v.list_view(v.LONG, v.LONG_LINES, overview=v.OVERVIEW, group=v.HOMES[-1], page=2, pages=9, first=11),
    ),
    "payouts_closed": lambda p, f: v.listing(p, v.frame(PAYOUTS, **f), v.list_view(v.CLOSED)),
    "payouts_items": lambda p, f: v.listing(
        p,
        v.frame("/payouts/machinery-2026-02", **f),
        v.list_view(v.posted(v.MACHINES), v.MACHINE_LINES, pages=1),
    ),
    "payouts_longest": lambda p, f: v.listing(
        p,
        v.frame("/payouts/machinery-2026-02", **f),
        v.list_view(v.posted(replace(v.MACHINES, unit="")), v.LONGEST_LINES, pages=1),
    ),
    "payouts_in_kind": lambda p, f: v.listing(
        p, v.frame("/payouts/seeds-2026-01", **f), v.list_view(v.posted(v.SEEDS), v.SEED_LINES, pages=1)
    ),
    "payouts_sensitive": lambda p, f: v.listing(
        p, v.frame("/payouts/care-2026-03", **f), v.list_view(v.posted(v.CARE), v.CARE_LINES, pages=1)
    ),
    "applications": lambda p, f: v.listing(
        p, v.frame("/payouts/grain-2026-a1", **f), v.list_view(v.posted(v.APPLIED), v.lines(None), pages=15)
    ),
    "sheet": lambda p, f: p.sheet(
        v.frame(PAYOUTS, **f),
        v.list_view(superseded_by="8123405567", pdf=f"/v/{v.CODE}/sheets/7031284651.pdf"),
    ),
    "taken_down": lambda p, f: p.taken_down(v.frame(PAYOUTS, **f), v.TAKEN_DOWN),
    "taken_down_notice": lambda p, f: p.taken_down(
        v.frame("/land", **f), replace(v.TAKEN_DOWN, title="", reason="", notice=True)
    ),
    "held_back": lambda p, f: p.taken_down(v.frame(PAYOUTS, **f), replace(v.TAKEN_DOWN, day=None, reason="")),
    "home_land": lambda p, f: p.home(v.frame("/", back="", **f), replace(v.HOME, cases=land.CASE_LINES)),
    "home_changed": lambda p, f: p.home(v.frame("/", back="", **f), v.HOME_CHANGED),
    "land": lambda p, f: p.land(v.frame("/land", **f), land.CASE_LINES),
    "land_none": lambda p, f: p.land(v.frame("/land", **f), ()),
    "land_case": lambda p, f: p.land_case(v.frame("/land/L1", back=LAND, **f), land.IN_PLAN),
    "land_case_changed": lambda p, f: p.land_case(v.frame("/land/L1", back=LAND, **f), land.PLAN_CHANGED),
    "land_case_final": lambda p, f: p.land_case(
        v.frame("/land/L1", back=LAND, today=date(2026, 12, 28), **f), land.OVER_NEW_YEAR
    ),
    "land_case_late": lambda p, f: p.land_case(
        v.frame("/land/L1", back=LAND, today=date(2027, 8, 1), **f), land.UNPAID
    ),
    "land_case_paid": lambda p, f: p.land_case(
        v.frame("/land/L1", back=LAND, today=date(2027, 9, 1), **f), land.PAID
    ),
    "land_case_stopped": lambda p, f: p.land_case(v.frame("/land/L1", back=LAND, **f), land.STOPPED),
    "land_notice": lambda p, f: p.land_notice(
        v.frame("/land/L1/3", back=f"{LAND}/L1", **f),
        land.in_full(land.IN_PLAN, 3, pdf=f"/v/{v.CODE}/land/L1/3.pdf"),
        v.ON_PHONE,
    ),
    "land_notice_plain": lambda p, f: p.land_notice(
        v.frame("/land/L1/1", back=f"{LAND}/L1", **f), land.in_full(land.IN_PLAN, 1)
    ),
    "land_notice_corrected": lambda p, f: p.land_notice(
        v.frame("/land/L1/3", back=f"{LAND}/L1", **f), land.in_full(land.PLAN_CHANGED, 3)
    ),
    "household": lambda p, f: p.household(
        v.frame("/households/1", back=f"/v/{v.CODE}/find", **f), v.HOUSEHOLD
    ),
    "household_same_name": lambda p, f: p.household(v.frame("/households/1", **f), v.HOUSEHOLD_SAME_NAME),
    "household_closed": lambda p, f: p.household(v.frame("/households/1", **f), v.HOUSEHOLD_CLOSED),
    "find": lambda p, f: p.find(v.frame("/find", **f), v.FIND),
    "find_people": lambda p, f: p.find(v.frame("/find/%E6%B2%88", back=f"/v/{v.CODE}/find", **f), v.FOUND),
    "find_nobody": lambda p, f: p.find(v.frame("/find", **f), FindView(surnames=())),
    "find_left_out": lambda p, f: p.find(v.frame("/find", **f), v.FIND_LEFT_OUT),
    "initials": lambda p, f: p.initials(v.frame("/initials", back=f"/v/{v.CODE}/find", **f), v.INITIALS),
    "initials_found": lambda p, f: p.initials(
        v.frame("/initials?q=SG", back=f"/v/{v.CODE}/find", **f), v.INITIALS_FOUND
    ),
    "groups": lambda p, f: p.groups(v.frame("/groups", back=f"/v/{v.CODE}/find", **f), v.GROUPS),
    "group": lambda p, f: p.groups(v.frame("/groups/x", back=f"/v/{v.CODE}/groups", **f), v.GROUP),
    "search": lambda p, f: p.search(v.frame("/search", **f), v.SEARCH),
    "search_found": lambda p, f: p.search(
        v.frame("/search?q=x", **f), replace(v.SEARCH_FOUND, hits=(*v.SEARCH_FOUND.hits, IN_NOTICE))
    ),
    "code": lambda p, f: p.code(v.frame("/code", **f), CodeView(digits="70312")),
    "code_wrong": lambda p, f: p.code(v.frame("/code", **f), CodeView(digits="7031284650", wrong=True)),
    "people": lambda p, f: p.people(v.frame("/people", **f), v.CONTACTS),
    "phone": lambda p, f: p.phone(v.frame("/phone", back=PAYOUTS, **f), v.ON_PHONE),
    "setup": lambda p, f: p.setup(
        v.frame("/setup", **({"base": 28} | f)), SetupView(base=28, steps=(26, 28, 30))
    ),
    "year": lambda p, f: p.year(v.frame("/year/2026", **f), v.YEAR),
    "year_december": lambda p, f: p.year(
        v.frame("/year/2026", **f | {"today": date(2026, 12, 4)}), v.year_on(date(2026, 12, 4), 27)
    ),
    "year_late": lambda p, f: p.year(
        v.frame("/year/2026", **f | {"today": date(2027, 1, 12)}), v.year_on(date(2027, 1, 12), -12)
    ),
    "year_settled": lambda p, f: p.year(
        v.frame("/year/2026", **f | {"today": date(2026, 12, 21)}), v.YEAR_SETTLED
    ),
    "year_overtaken": lambda p, f: p.year(
        v.frame("/year/2026", **f | {"today": date(2026, 12, 21)}),
        replace(
            v.YEAR, sheet=replace(v.YEAR_SHEET, settled=replace(v.SETTLED, overtaken=True)), days_left=10
        ),
    ),
    "year_differs": lambda p, f: p.year(
        v.frame("/year/2026", **f | {"today": date(2026, 12, 21)}),
        v.year_on(date(2026, 12, 21), 10, differs=True),
    ),
    "open": lambda p, f: p.open_data(v.frame("/open", **f), (2026, 2025)),
    "help": lambda p, f: p.help(v.frame("/help", **f)),
    "trouble": lambda p, f: p.trouble(v.frame("/", back=f"/v/{v.CODE}/", say="", **f), v.TROUBLE),
}
