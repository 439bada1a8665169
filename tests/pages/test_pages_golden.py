"""Every page as it stands, word for word. VILLAGE_GOLDEN=1 writes them anew, for a person to compare."""

import os
from pathlib import Path

import pytest

from boards.pages import Pages
from tests.pages import views_sample as v
from tests.pages.gallery import GALLERY

GOLDEN = Path(__file__).parents[1] / "golden" / "pages"
PAGES = Pages(v.ASSETS)


@pytest.mark.parametrize("name", GALLERY)
def test_page_is_the_approved_one(name):
    """A page changes only when somebody has looked at the change."""
    drawn = GALLERY[name](PAGES, {})
    golden = GOLDEN / f"{name}.html"
    if os.environ.get("VILLAGE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(drawn, "utf-8")
    assert drawn == golden.read_text("utf-8"), f"{name}: look at the change, then VILLAGE_GOLDEN=1"


def test_no_golden_is_left_over():
    """The folder holds the pages there are, and nothing else."""
    assert sorted(file.stem for file in GOLDEN.glob("*.html")) == sorted(GALLERY)


def test_equal_views_give_equal_pages():
    """The same view gives the same bytes, also from pages built anew."""
    again = Pages(v.ASSETS)
    assert all(draw(PAGES, {}) == draw(again, {}) for draw in GALLERY.values())
