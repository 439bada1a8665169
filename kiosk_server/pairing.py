"""A machine is paired with its county: its own key, the root of trust, its settings (pairing §2).

Safe to repeat: a key that is there stays, and the settings change in one step, last but for the answer. On a
machine that ran before, all but what the pairing file says stays as it was; its data is not touched.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from boards.model.errors import Fault, Refusal
from kiosk_server.settings import PAIRED_SINCE, SettingsUnreadable, read_settings
from sync.durable import NotWritten, durable
from sync.handwritten.toml import rewritten
from sync.log.keys import KeyUnreadable, SigningKey, VerifierKey, new_key, read_key, verifier_key, write_key
from sync.trust.pairing import answer_to, key_name
from sync.trust.register import register_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sync.handwritten.shape import Way
    from sync.trust.pairing import Answer, Pairing

TEMPLATE = Path(__file__).with_name("kiosk.toml")
SETTINGS, KEYS = "kiosk.toml", "keys"


class WrongCounty(Refusal):
    """The machine belongs to another county."""

    code = "wrong-county"
    fault = Fault.PERSON
    sentence = "这台一体机属于 {mine}，配对文件是 {theirs}（{county}）的，没有改动。"
    advice = "请核对U盘上的文件；确实要改归那个县的，请另选一个空文件夹（--folder）和空的数据目录重新配对。"


class KioskNamedOtherwise(Refusal):
    """The machine is another kiosk of the county."""

    code = "kiosk-named-otherwise"
    fault = Fault.PERSON
    sentence = "这台一体机已经登记为 {mine}，配对文件是给 {theirs} 的，没有改动。"
    advice = "请核对U盘上的文件；确实要改用新编号的，加 --replace，会另做一把密钥，原来的留在 keys 里。"


class RootOtherwise(Refusal):
    """A county's name is easily written into a file: whose the root is, the keys of the last one say."""

    code = "pairing-other-root"
    fault = Fault.PERSON
    sentence = "配对文件里的信任根不是本机原来信任的根密钥签的，没有改动。"
    advice = "先向县里核对这份文件是谁做的；县里确实重建过信任根，或换过不止一把根密钥的，再加 --new-root。"


class SettingsNotKept(Refusal):
    """Nothing but the county's part may change, and here it cannot be told apart from the rest."""

    code = "settings-not-kept"
    fault = Fault.PERSON
    sentence = "{name} 的写法特别，改写县里的几项会动到别的设置，没有改动。"
    advice = "请把 villages、public_base_url 和 [feed] 的各项改成一行一项（见 deploy/kiosk.toml），再配对。"


class PairingNotWritten(Refusal):
    """The disk is full, or the folder is not ours."""

    code = "pairing-not-written"
    fault = Fault.MACHINE
    sentence = "配对没有写成（{why}）。"
    advice = "请检查磁盘空间和文件夹权限，再运行同一条命令，会接着做完。"


class NotEnrolled(Refusal):
    """The register knows no such key: the answer is not back yet, or not published."""

    code = "kiosk-not-enrolled"
    fault = Fault.COUNTY
    sentence = "县里的登记册里还没有这台一体机（{kiosk}）。"
    advice = "公开和同步照常；请把答复文件交回县里（county enrol --answer），审核、发布以后随同步收到。"


class EnrolmentEnded(Refusal):
    """The county has let this machine go."""

    code = "kiosk-enrolment-ended"
    fault = Fault.COUNTY
    sentence = "县里的登记册写明，这台一体机（{kiosk}）从 {day} 起停用。"
    advice = "已公开的内容照常；请与县里核对，还在用的请县里重新做配对文件（county enrol --replace）。"


class VillageMoved(Refusal):
    """The register gives a village of kiosk.toml to another machine."""

    code = "village-moved"
    fault = Fault.COUNTY
    sentence = "县里的登记册里，{village} 不再由这台一体机（{kiosk}）公开。"
    advice = "已公开的内容照常；请与县里核对，确已改由别处公开的，请县里重新做配对文件。"


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """The machine that is paired: the folder of its kiosk.toml, and where its data shall be."""

    folder: Path
    data_dir: str = ""  # "": what kiosk.toml says, else the template's

    @property
    def settings(self) -> Path:
        """Its kiosk.toml."""
        return self.folder / SETTINGS

    def said(self) -> dict[str, Any]:
        """What kiosk.toml says now, {} before the first pairing; raises SettingsUnreadable."""
        try:
            return tomllib.loads(self.settings.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as e:
            raise SettingsUnreadable(name=SETTINGS, why=str(e)) from e

    def keys(self) -> Path:
        """Where its own key lies; raises SettingsUnreadable."""
        data_dir = self.data_dir or str(self.said().get("data_dir", "data"))
        return self.folder / data_dir / KEYS


def identity(keys: Path) -> VerifierKey | None:
    """Whom this machine is enrolled as, None where it never was; raises KeyUnreadable."""
    try:
        return verifier_key((keys / "kiosk.pub").read_text("ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as e:
        raise KeyUnreadable(what="kiosk.pub") from e


def refuse_unenrolled(register: bytes | None, own: VerifierKey | None, villages: Iterable[str]) -> str:
    """Who this machine is by the register in force, "" where nobody can say.

    What is raised concerns staff alone, nothing stops for it: NotEnrolled, EnrolmentEnded, VillageMoved,
    RegisterWrong.
    """
    if register is None or own is None:
        return ""
    kiosk = own.name.rpartition("/")[2]
    found = next((one for one in register_of(register).kiosks if one.key == str(own)), None)
    if found is None:
        raise NotEnrolled(kiosk=kiosk)
    if not found.stands:
        raise EnrolmentEnded(kiosk=kiosk, day=found.until)
    for village in villages:
        if village not in found.villages:
            raise VillageMoved(kiosk=kiosk, village=village)
    return f"{kiosk}，{found.since} 起，{len(found.villages)} 个村"


def paired(
    pairing: Pairing, machine: Machine, now: datetime, *, replace: bool = False, new_root: bool = False
) -> Answer:
    """Pair the machine; what it answers.

    Raises PairingExpired, PairingClockSuspect, WrongCounty, KioskNamedOtherwise, RootOtherwise,
    SettingsNotKept, PairingNotWritten and what the settings raise.
    """
    pairing.refuse_untimely(now)
    named = key_name(pairing.origin_prefix, pairing.kiosk)
    keys, said = machine.keys(), machine.said()
    _refuse_elsewhere(pairing, said, identity(keys), named, replace=replace)
    root = machine.folder / str(said.get("root", "root.json"))
    if not new_root and root.exists() and not pairing.follows(root.read_bytes()):
        raise RootOtherwise
    text = _settings(pairing, machine, said)
    _refuse_unreadable(text)
    try:
        key = _own_key(keys, named)
        durable(root, pairing.root_bytes)
        durable(machine.settings, text.encode(), private=True)
        _to_its_service(keys, machine.settings, root)
    except NotWritten as e:
        raise PairingNotWritten(**e.facts) from e
    except OSError as e:
        raise PairingNotWritten(why=e.strerror) from e
    return answer_to(pairing, key)


def _refuse_elsewhere(
    pairing: Pairing, said: Mapping[str, Any], own: VerifierKey | None, named: str, *, replace: bool
) -> None:
    """The machine may be nobody's, or this very kiosk; one of an older release told its county's prefix."""
    prefix, _, kiosk = own.name.rpartition("/k/") if own else ("", "", "")
    mine = prefix or said.get("feed", {}).get("origin_prefix", "")
    if mine and mine != pairing.origin_prefix:
        raise WrongCounty(mine=mine, theirs=pairing.origin_prefix, county=pairing.county)
    if own and own.name != named and not replace:
        raise KioskNamedOtherwise(mine=kiosk, theirs=pairing.kiosk)


def _settings(pairing: Pairing, machine: Machine, said: dict[str, Any]) -> str:
    """kiosk.toml with the county's part in its place and nothing else changed; raises SettingsNotKept."""
    before = machine.settings.read_text("utf-8") if said else TEMPLATE.read_text("utf-8")
    values = _values(pairing, machine)
    after = rewritten(before, values, PAIRED_SINCE)
    wanted = tomllib.loads(before)
    for *above, key in PAIRED_SINCE:
        _table(wanted, above).pop(key, None)
    for way, value in values.items():
        _table(wanted, way[:-1])[str(way[-1])] = value
    if tomllib.loads(after) != wanted:
        raise SettingsNotKept(name=SETTINGS)
    return after


def _values(pairing: Pairing, machine: Machine) -> dict[Way, object]:
    feed = pairing.feeds[0]
    far = feed.partition("://")[0] in {"http", "https"}
    values: dict[Way, object] = {
        ("villages",): [village.code for village in pairing.villages],
        ("public_base_url",): pairing.public_base_url,
        ("feed", "url"): feed if far else "",
        ("feed", "folder"): "" if far else feed,
        ("feed", "token"): pairing.token,
    }
    return values | ({("data_dir",): machine.data_dir} if machine.data_dir else {})


def _table(table: dict[str, Any], above: Iterable[str | int]) -> dict[str, Any]:
    for key in above:
        table = table.setdefault(str(key), {})
    return table


def _own_key(keys: Path, named: str) -> SigningKey:
    """The key of this name; one of another name is laid aside, never thrown away."""
    own, path = identity(keys), keys / "kiosk.key"
    keys.mkdir(0o700, parents=True, exist_ok=True)
    if own and own.name != named:
        aside = keys / f"{own.name.rpartition('/')[2]}-{own.key_hash.hex()}.key"
        if path.exists() and not aside.exists():  # else a pairing that was stopped goes on: it is the new one
            path.replace(aside)
    if not path.exists():
        write_key(new_key(named), path)
    key = read_key(named, path)
    durable(keys / "kiosk.pub", f"{key.verifier}\n".encode())
    return key


def _refuse_unreadable(text: str) -> None:
    """What the program could not read never takes the old settings' place; raises as `read_settings` does."""
    with tempfile.TemporaryDirectory() as trial:
        path = Path(trial, SETTINGS)
        path.write_text(text, "utf-8")
        read_settings(path)


def _to_its_service(keys: Path, *files: Path) -> None:
    """What root wrote belongs to whom the data belongs to: the service reads its settings and its key."""
    if os.geteuid() == 0:
        owner = keys.parent.stat()
        for path in (*files, keys, *keys.iterdir()):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
