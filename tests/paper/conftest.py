"""Fonts for the tests of paper: blocks that are the same everywhere, and the machine's own."""

import pytest

from kiosk_server.press.fonts_cache import DiskShelf
from printouts import notice_sheet
from printouts.table_sheet import texts_of
from tests.paper.paper_notices import notice_sheets
from tests.paper.paper_village import BlockShelf, sheet_of


@pytest.fixture
def blocks() -> BlockShelf:
    """Fonts that do not depend on the machine."""
    return BlockShelf()


@pytest.fixture(scope="session")
def debian(tmp_path_factory: pytest.TempPathFactory) -> DiskShelf:
    """Real fonts, cut once for all tests."""
    shelf = DiskShelf(tmp_path_factory.mktemp("fonts"))
    notices = [notice_sheet.texts_of(sheet) for sheet in notice_sheets().values()]
    shelf.warm([texts_of(sheet_of(24)), texts_of(sheet_of(3)), *notices])
    return shelf
