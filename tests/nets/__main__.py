"""`python -m tests.nets`: what the whole system means, written down, to be compared after rooms were moved.

write FOLDER    every reading, land report and archive, as JSON lines; also of `--rosters` and `--cases`
compare FOLDER  make all of it again and show what differs
digests         rewrite digests.json, the digests of what needs no folder
(nothing)       compare all of digests.json
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tests.nets.groups import DIGESTS, Given, bounded, digest_of, encoded, groups, remade

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = click.Path(path_type=Path, file_okay=False)
PROCESSES = 2
SHOWN = 20


@click.group(invoke_without_command=True)
@click.pass_context
def nets(context: click.Context) -> None:
    """Hold the meaning of the whole system."""
    if context.invoked_subcommand is None:
        known = json.loads(DIGESTS.read_text("utf-8"))
        made = {name: digest_of(lines) for name, lines in _all(Given())}
        _end(
            [
                f"{name}: differs"
                for name in sorted(known.keys() | made.keys())
                if known.get(name) != made.get(name)
            ]
        )


@nets.command()
@click.argument("folder", type=FOLDER)
@click.option("--rosters", type=FOLDER, multiple=True)
@click.option("--cases", type=FOLDER, multiple=True)
@click.option("--villages", type=click.Path(path_type=Path))
def write(folder: Path, rosters: tuple[Path, ...], cases: tuple[Path, ...], villages: Path | None) -> None:
    """Write the net of what is at hand."""
    if (rosters or cases) and villages is None:
        raise click.UsageError("--rosters and --cases need --villages")
    given = Given(
        rosters=[str(one.resolve()) for one in rosters],
        cases=[str(one.resolve()) for one in cases],
        villages=str(villages.resolve()) if villages else "",
    )
    folder.mkdir(parents=True)
    (folder / "given.json").write_bytes(given.encoded())
    for name, lines in _all(given):
        (folder / f"{name}.jsonl").write_bytes(b"".join(encoded(line) for line in lines))


@nets.command()
@click.argument("folder", type=FOLDER)
@click.option("--all", "everything", is_flag=True, help="Show every difference.")
def compare(folder: Path, everything: bool) -> None:
    """Make the net again and show what differs from a folder."""
    given = Given.decoded((folder / "given.json").read_bytes())
    found: list[str] = []
    for name, lines in _all(given):
        old = [json.loads(line) for line in (folder / f"{name}.jsonl").read_bytes().splitlines()]
        new = [json.loads(encoded(line)) for line in lines]
        found += [f"{name}: {one}" for one in differences(old, new)]
    _end(found, shown=None if everything else SHOWN)


@nets.command()
def digests() -> None:
    """Rewrite the committed digests: only when a change of meaning is meant."""
    made = {name: digest_of(lines) for name, lines in _all(Given())}
    DIGESTS.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", "utf-8")


def _all(given: Given) -> Iterator[tuple[str, list[dict]]]:
    names = sorted(groups(given))
    # spawned, not forked: a child of a test's process would inherit its threads
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"), initializer=bounded) as pool:
        yield from zip(names, pool.map(remade, [given] * len(names), names), strict=True)


def differences(old: list[dict], new: list[dict]) -> Iterator[str]:
    """What is gone, what is new, and part by part what changed of what stayed."""
    before, after = _named(old), _named(new)
    for name in dict.fromkeys([*before, *after]):
        if name not in after or name not in before:
            yield f"{name}: {'gone' if name in before else 'new'}"
        elif before[name] != after[name]:
            yield "\n    ".join([name, *_parts(before[name], after[name])])


def _named(lines: list[dict]) -> dict[str, dict]:
    return {line["name"]: line for line in lines}


def _parts(old: dict, new: dict, way: str = "") -> Iterator[str]:
    for part in dict.fromkeys([*old, *new]):
        was, now = old.get(part), new.get(part)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _parts(was, now, f"{way}{part}.")
        elif isinstance(was, list) and isinstance(now, list):
            yield from (f"- {way}{part}: {_text(one)}" for one in was if one not in now)
            yield from (f"+ {way}{part}: {_text(one)}" for one in now if one not in was)
            if was != now and sorted(map(_text, was)) == sorted(map(_text, now)):
                yield f"  {way}{part}: in another order"
        elif was != now:
            yield from (f"- {way}{part}: {_text(was)}", f"+ {way}{part}: {_text(now)}")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _end(found: list[str], shown: int | None = None) -> None:
    for one in found[:shown]:
        print(one)
    print(f"{len(found)} differ" if found else "nothing differs")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    nets()
