"""kiosk.toml is read strictly, and a slip of the pen is named with its line."""

import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.settings import (
    NotPairedYet,
    SettingNoLonger,
    Settings,
    SettingsMissing,
    SettingsUnreadable,
    SettingUnknown,
    SettingWrong,
    read_settings,
)

EXAMPLE = Path(__file__).parents[2] / "deploy" / "kiosk.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    path = tmp_path / "kiosk.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def fields(kind: type[msgspec.Struct], above: str = "") -> set[str]:
    found = set()
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            found |= fields(field.type, f"{above}{field.name}.")
        else:
            found.add(above + field.name)
    return found


def written(table: dict, above: str = "") -> set[str]:
    found = set()
    for key, value in table.items():
        found |= written(value, f"{above}{key}.") if isinstance(value, dict) else {above + key}
    return found


def test_the_example_shows_every_setting():
    """deploy/kiosk.toml decodes, and no setting is missing from it."""
    read_settings(EXAMPLE)
    assert written(tomllib.loads(EXAMPLE.read_text("utf-8"))) == fields(Settings) - {"home"}


def test_the_defaults_of_the_example_are_the_defaults_of_the_code():
    """What the example writes for an optional setting is what leaving it out means."""
    web = read_settings(EXAMPLE).web
    assert web == type(web)()


@given(
    key=st.from_regex(r"[a-z]{3,9}_[a-z]{3,9}", fullmatch=True),
    where=st.sampled_from(["", "feed", "web"]),
)
@settings(max_examples=40)
def test_an_unknown_key_is_refused_with_its_line(tmp_path_factory, key, where):
    """Whatever key is made up, in whatever table, the refusal names it and the line it stands on."""
    if key in {path.rpartition(".")[2] for path in fields(Settings)}:
        return
    lines = EXAMPLE.read_text("utf-8").splitlines()
    at = lines.index(f"[{where}]") + 1 if where else 3
    lines.insert(at, f"{key} = 1")
    path = tmp_path_factory.mktemp("toml") / "kiosk.toml"
    path.write_text("\n".join(lines), "utf-8")
    with pytest.raises(SettingUnknown) as refused:
        read_settings(path)
    assert refused.value.facts["line"] == at + 1
    assert refused.value.facts["key"] == (f"{where}.{key}" if where else key)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("lan_port = 8081", 'lan_port = "8081"', "web.lan_port"),
        ('villages = ["990523104217"]', 'villages = ["99"]', "villages"),
        ('villages = ["990523104217"]', "villages = []", "villages"),
        ('data_dir = "data"', "data_dir = 3", "data_dir"),
        (
            'public_base_url = "https://gk.example.org"',
            'public_base_url = "gk.example.org"',
            "public_base_url",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(tmp_path, old, new, key):
    """A value of the wrong type or reach is refused, and the line told is the line it stands on."""
    path = changed(tmp_path, old, new)
    with pytest.raises(SettingWrong) as refused:
        read_settings(path)
    line = path.read_text("utf-8").splitlines()[refused.value.facts["line"] - 1]
    assert (refused.value.facts["key"], line) == (key, new)


def test_an_older_settings_file_stays_good(tmp_path):
    """What it says of the kiosk's door is what is so now."""
    before = read_settings(changed(tmp_path, "kiosk_port = 8080", "kiosk_port = 8080"))
    old = changed(tmp_path, "kiosk_port = 8080", 'kiosk_port = 8080\nkiosk_host = "127.0.0.1"')
    assert read_settings(old) == before


def test_a_setting_that_went_is_refused_where_it_says_something_else(tmp_path):
    """The line to delete is named; the kiosk's door never opens to another address."""
    path = changed(tmp_path, "kiosk_port = 8080", 'kiosk_port = 8080\nkiosk_host = "::1"')
    with pytest.raises(SettingNoLonger) as refused:
        read_settings(path)
    line = path.read_text("utf-8").splitlines()[refused.value.facts["line"] - 1]
    assert (refused.value.facts["key"], line) == ("web.kiosk_host", 'kiosk_host = "::1"')


def test_a_missing_setting_is_named(tmp_path):
    """Leaving out a required setting names it and its table."""
    with pytest.raises(SettingWrong) as refused:
        read_settings(changed(tmp_path, 'public_base_url = "https://gk.example.org"', ""))
    assert refused.value.facts["key"] == "public_base_url"


@pytest.mark.parametrize(
    ("table", "old"),
    [
        ("[feed]", 'origin_prefix = "county"'),
        ("[feed]", 'publisher_keys = ["county/publisher+ef0c8f5a+AZ0H"]'),
        ("[feed]", 'reviewer_keys = ["county/reviewer+5b1c3a0d+AXQ0"]'),
        ("[pack]", 'folder = "pack"'),
    ],
)
def test_what_the_pairing_brings_is_not_typed_any_more(tmp_path, table, old):
    """A kiosk.toml of an earlier release: its line, and the one command that keeps all the rest."""
    path = changed(
        tmp_path, "[feed]", f"{table}\n{old}" if table == "[feed]" else f"{table}\n{old}\n\n[feed]"
    )
    with pytest.raises(NotPairedYet, match=r"kiosk pair") as refused:
        read_settings(path)
    line = path.read_text("utf-8").splitlines()[refused.value.facts["line"] - 1]
    assert line in {old, table}


@pytest.mark.parametrize("folder", ['folder = "feed"', 'folder = ""\nurl = ""'])
def test_exactly_one_feed_is_named(tmp_path, folder):
    """Both or none of url and folder are refused."""
    path = changed(tmp_path, 'folder = ""', folder.splitlines()[0])
    if "url" in folder:
        path = tmp_path / "kiosk.toml"
        text = EXAMPLE.read_text("utf-8").replace('url = "http://127.0.0.1:8090/"', 'url = ""')
        path.write_text(text, "utf-8")
    with pytest.raises(SettingWrong, match=r"feed\.url"):
        read_settings(path)


def test_home_cannot_be_written_by_hand(tmp_path):
    """`home` is where the file lies, never a setting."""
    with pytest.raises(SettingUnknown):
        read_settings(changed(tmp_path, 'data_dir = "data"', 'home = "/"'))


def test_missing_and_broken_files_are_told_apart(tmp_path):
    """No file and no TOML are two different sentences."""
    with pytest.raises(SettingsMissing):
        read_settings(tmp_path / "none.toml")
    broken = tmp_path / "kiosk.toml"
    broken.write_text("villages = [", "utf-8")
    with pytest.raises(SettingsUnreadable):
        read_settings(broken)


def test_paths_start_at_the_file_not_at_the_shell(tmp_path):
    """A relative path means beside kiosk.toml, wherever the command was started."""
    path = changed(tmp_path, 'data_dir = "data"', 'data_dir = "store"')
    assert read_settings(path).path("store") == tmp_path.resolve() / "store"
