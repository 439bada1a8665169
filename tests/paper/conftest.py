"""Fonts for the tests of paper: blocks that are the same everywhere, and the machine's own."""

import pytest

from kiosk_server.press.fonts_cache import DiskShelf
from tests.paper.paper_village import BlockShelf


@pytest.fixture
def blocks() -> BlockShelf:
    """Fonts that do not depend on the machine."""
    return BlockShelf()


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> DiskShelf:
    """Real fonts, cut once for all tests."""
    return DiskShelf(tmp_path_factory.mktemp("fonts"))
