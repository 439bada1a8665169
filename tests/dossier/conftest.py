"""What the tests of the export share."""

import pytest

from tests.dossier.year_house import YearHouse


@pytest.fixture(scope="session")
def founded(tmp_path_factory, kept_fonts, new_database):
    """A county and a kiosk with a year in them; not to be changed."""
    folder = tmp_path_factory.mktemp("year") / "house"
    kept_fonts(folder / "kiosk" / "data" / "press")
    return YearHouse.founded(folder, new_database())


@pytest.fixture(scope="session")
def bag(founded, tmp_path_factory):
    """The year as a finished bag; not to be changed."""
    return founded.exported(tmp_path_factory.mktemp("bag"), "--by", "村文书", "--reason", "年度检查")
