"""A county's PostgreSQL that lost a table or does not answer: one sentence, never a fault of ours."""

import pytest

from tests.archive.damage import grown

pytestmark = pytest.mark.thorough

COMMANDS = ("sync", "verify", "print", "rebuild", "doctor")


@pytest.fixture
def lost(postgres, tmp_path):
    url = postgres.database()
    _, place = grown(tmp_path, url)
    return postgres, place, url


@pytest.mark.parametrize("table", ["payout", "migration", "state", "log"])
def test_a_dropped_table_is_told(lost, table, kept_fonts):
    """By every command that meets it: what is wrong, and exit code 2."""
    import psycopg  # noqa: PLC0415 - an extra

    _, place, url = lost
    kept_fonts(place.settings.parent / "data" / "press")
    assert place.run("sync").code == 0
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(f"DROP TABLE {table}")
    for command in COMMANDS:
        told = place.run(command)
        assert told.code in {0, 1, 2}, (command, told.said)
        assert "程序出错" not in told.said, (command, told.said)
    assert "archive-damaged" in place.run("verify").said


def test_a_server_that_does_not_answer_is_told(tmp_path):
    """Without a server no command breaks; none tells a password."""
    _, place = grown(tmp_path, "postgresql://kiosk:geheim@localhost:1/none")
    for command in COMMANDS:
        told = place.run(command)
        assert told.code in {1, 2}, (command, told.said)
        assert "database-unreachable" in told.said, command
        assert "geheim" not in told.said
