"""Documentation that cannot rot: what README.md says is what the commands do."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from kiosk_server.cli import county_command as county
from kiosk_server.cli import kiosk_command as kiosk

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
GROUPS = {"kiosk": kiosk, "county": county}


def commands() -> list[tuple[str, str]]:
    return [(group.name or "", name) for group in GROUPS.values() for name in group.names]


def fenced() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.mark.parametrize(("group", "name"), commands())
def test_every_command_is_described(group: str, name: str) -> None:
    """README's tables name each sub-command, and each has help in both languages."""
    assert f"| `{group} {name}` |" in README
    command = GROUPS[group].get_command(click.Context(GROUPS[group]), name)
    assert command is not None
    text = command.get_short_help_str(limit=400)
    assert re.search(r"[一-鿿]", text)


def test_no_command_is_invented() -> None:
    """README names no sub-command that does not exist."""
    for group, name in re.findall(r"`(kiosk|county) ([a-z-]+)", README):
        assert name in GROUPS[group].names, f"{group} {name}"


@pytest.mark.parametrize("line", [line for line in fenced() if not line.startswith("make")])
def test_every_example_is_understood(line: str) -> None:
    """Each option and argument of README's examples is one the command takes."""
    group, name, *args = line.split()
    command = GROUPS[group].get_command(click.Context(GROUPS[group]), name)
    assert command is not None
    known = {opt for param in command.params for opt in param.opts}
    assert {arg for arg in args if arg.startswith("--")} <= known
    required = {opt for p in command.params if p.required and isinstance(p, click.Option) for opt in p.opts}
    assert required <= set(args)


def test_every_make_target_exists() -> None:
    """Makefile has the targets README and CONTRIBUTING name."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    text = README + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", text)) - {"and"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_links_lead_somewhere() -> None:
    """Each file README links to is there."""
    for path in re.findall(r"\]\(([^):]+)\)", README):
        assert (ROOT / path).exists(), path


def test_ci_runs_the_readmes_test_command() -> None:
    """.ci/run calls exactly `make test`."""
    assert "exec make test\n" in (ROOT / ".ci" / "run").read_text("utf-8")
