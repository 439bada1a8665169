"""A frozen view becomes HTML: `Pages(assets).home(frame, view)` and its neighbours."""

from boards.pages.pages import Pages

__all__ = ["Pages"]
