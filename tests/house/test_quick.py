"""What is quick stays quick: see CONTRIBUTING."""

import multiprocessing
import os
import socket
import subprocess

import pytest

from tests.conftest import WHOLLY_THOROUGH


def serve():
    """Take a port, as every server does."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))


@pytest.mark.parametrize(
    "start",
    [
        lambda: subprocess.run(["true"], check=True),
        lambda: os.fork() or os._exit(0),  # were it let through, its child would run the tests, too
        lambda: multiprocessing.get_context("forkserver").Process().start(),
        serve,
    ],
    ids=["a program", "a fork", "a process of a fork server", "a server"],
)
def test_a_quick_test_starts_no_process_and_no_server(start):
    """It fails where it tries to, and is told which mark it needs."""
    with pytest.raises(
        pytest.fail.Exception, match=r"test_quick\.py::.*starts a process or a server.*thorough"
    ):
        start()


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        ("pytestmark = pytest.mark.thorough", True),
        ("pytestmark = [pytest.mark.thorough, pytest.mark.anyio]", True),
        ("pytestmark = pytest.mark.anyio", False),
        ("@pytest.mark.thorough", False),
    ],
)
def test_a_file_is_left_out_by_its_own_mark_only(line, whole):
    """A file with one thorough test among quick ones is collected."""
    assert bool(WHOLLY_THOROUGH.search(f"import pytest\n\n{line}\ndef test_a(): ...\n")) is whole
