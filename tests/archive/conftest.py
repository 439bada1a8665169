"""What the archive's tests share."""

import pytest

from kiosk_server.archive.archive import Archive
from tests.village import PACK, County


@pytest.fixture
def path(tmp_path):
    return tmp_path / "archive.sqlite3"


@pytest.fixture
async def archive(path, anyio_backend):
    async with Archive(path, PACK, minimum_free_mb=0) as opened:
        yield opened


@pytest.fixture
def county():
    return County()
