"""Who is at work in a county's folder: a name, and the seat's key that its holder's passphrase opened.

Nothing is done without a name (settled 45). What a passphrase opens stays in this process's memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from boards.model.errors import Fault, Refusal
from sync.county.county import County, Signer
from sync.log.keys import PassphraseWrong, read_key
from sync.own_name import own_name
from sync.trust.statement import OFFICES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sync.trust.statement import Office, Seat


class PersonUnknown(Refusal):
    """Nobody of this name works here."""

    code = "person-unknown"
    fault = Fault.PERSON
    sentence = "本县的名册里没有 {person}。"
    advice = "请核对 --as 的登录名：{known}；新来的人先用 county key new 做密钥，再由 county trust add 登记。"


class KeyNotSeated(Refusal):
    """A good key, and not the one the county's statement has for this person."""

    code = "key-not-seated"
    fault = Fault.PERSON
    sentence = "{what} 不是名册里登记给 {person}（{office}）的密钥，没有签名。"
    advice = "请核对 --key；换过密钥的，请用登记过的新密钥。"


class KeyNotHere(Refusal):
    """Whoever keeps the key on a stick says where."""

    code = "key-not-here"
    fault = Fault.PERSON
    sentence = "没有找到密钥文件 {what}，没有签名。"
    advice = "密钥在U盘上的，请插好U盘，用 --key 写明文件；愿意留在县级发布目录里的，先放进 keys/seats/。"


class KeyInFolder(Refusal):
    """This county lets nobody sign with a key that its server keeps (settled 56)."""

    code = "key-in-folder"
    fault = Fault.PERSON
    sentence = "本县规定在自己的机器上签名，密钥 {what} 却放在县级发布目录里，没有签名。"
    advice = "请把密钥移到自己的U盘，在自己的机器上用 --key 签名；规定写在 county.toml 的 [rules]。"


def named(county: County, person: str) -> County:
    """The county with somebody at work, who signs nothing; raises PersonUnknown."""
    if not any(one.person == person for one in county.said.seats):
        known = "、".join(dict.fromkeys(one.person for one in county.said.seats))
        raise PersonUnknown(person=person, known=known)
    return msgspec.structs.replace(county, acting=person)


def seated(
    county: County, person: str, office: Office, passphrase: Callable[[Path], str], key: Path | None = None
) -> County:
    """The county with somebody in a seat; the passphrase is asked for once it is known that it can serve.

    Raises PersonUnknown, NoSeat, KeyNotHere, KeyUnreadable, KeyInFolder, PassphraseWrong, KeyNotSeated.
    """
    here = named(county, person)
    held = tuple(one for one in here.said.seats if (one.person, one.office) == (person, office))
    if not held:
        raise here.no_seat(office)
    path = key or key_file(here, person)
    if not path.is_file():
        raise KeyNotHere(what=own_name(path) if key else f"keys/seats/{path.name}")
    if here.settings.rules.own_machine and path.resolve().is_relative_to(here.folder.resolve()):
        raise KeyInFolder(what=path.name)
    return msgspec.structs.replace(here, signers=(opened(held, path, passphrase(path)),))


def opened(held: tuple[Seat, ...], path: Path, passphrase: str) -> Signer:
    """That of a person's seats whose key lies here; raises KeyUnreadable, PassphraseWrong, KeyNotSeated."""
    if not passphrase:  # a seat's key is never an open one
        raise PassphraseWrong(what=path.name)
    for seat in held:
        if (found := read_key(seat.verifier.name, path, passphrase)).verifier == seat.verifier:
            return Signer(person=seat.person, office=seat.office, key=found)
    raise KeyNotSeated(what=path.name, person=held[0].person, office=OFFICES[held[0].office])


def key_file(county: County, person: str) -> Path:
    """Where a seat's key lies whose holder leaves it in the county's folder."""
    return county.folder / "keys" / "seats" / f"{person}.key"


def key_name(prefix: str, person: str, office: Office) -> str:
    """What a seat's signatures are called: `county-330590/li/publisher`; tools of bags go by its end."""
    return f"{prefix}/{person}/{office}"
