"""A frozen view becomes HTML: `Pages(assets).home(frame, view)` and its neighbours."""

from boards.pages.pages import ASSETS, Pages

__all__ = ["ASSETS", "Pages"]
