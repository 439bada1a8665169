"""Which processes a process has started, as /proc tells it, and whether they are gone."""

import time
from pathlib import Path

GONE_WITHIN_S = 5.0


def _state_and_parent(process):
    try:
        return (process / "stat").read_text("utf-8").rpartition(")")[2].split()[:2]
    except OSError:  # it ended while we looked
        return "Z", "0"


def descendants(pid):
    """Children, their children, and so on."""
    parents = {int(one.name): int(_state_and_parent(one)[1]) for one in Path("/proc").glob("[0-9]*")}
    found, new = set(), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found


def left(pids):
    """Those that still run after a while."""
    until = time.monotonic() + GONE_WITHIN_S
    running = set(pids)
    while running and time.monotonic() < until:
        running = {pid for pid in running if _state_and_parent(Path(f"/proc/{pid}"))[0] != "Z"}
        time.sleep(0.05)
    return running


def zombies(pids):
    """Those that ended and that nobody asked how."""
    found = {pid: Path(f"/proc/{pid}") for pid in pids}
    return {pid for pid, one in found.items() if one.exists() and _state_and_parent(one)[0] == "Z"}
