"""Pictures of every page for people to look at: `python -m tests.browser.shots [page …]` writes shots/.

Each page on a portrait board, a landscape board and a phone; `-xl` is the largest text.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.browser.board_village import browser
from tests.browser.gallery_site import PHONE, SCREENS, gallery_site
from tests.pages.gallery import GALLERY

SHOTS = Path(__file__).parents[2] / "shots"


def shots(pages: list[str], folder: Path) -> int:
    """Photograph these pages; how many pictures."""
    folder.mkdir(exist_ok=True)
    made = 0
    with gallery_site() as address, browser() as chromium:
        for screen, (width, height, door) in SCREENS.items():
            page = chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
            for name in pages:
                for size, mark in (("m", ""), ("xl", "-xl")):
                    page.goto(f"{address}/{name}/{door}/{size}")
                    page.screenshot(path=folder / f"{name}-{screen}{mark}.png", full_page=door == PHONE)
                    made += 1
            page.close()
    return made


if __name__ == "__main__":
    print(f"{shots(sys.argv[1:] or list(GALLERY), SHOTS)} pictures in {SHOTS}")
