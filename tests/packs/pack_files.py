"""The demo county's pack as bytes, and what it would be with one thing changed."""

from pathlib import Path

from sync.pack import pack_files

DEMO = pack_files(Path(__file__).parents[2] / "deploy" / "demo" / "pack")


def with_text(name, old, new, files=DEMO):
    """The pack with one text of a file replaced; it must be there."""
    raw = files[name]
    assert old.encode() in raw
    return {**files, name: raw.replace(old.encode(), new.encode(), 1)}


def leaves(value, way=()):
    """Every value of a toml table, and the way to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*way, key))
    else:
        yield way, value
