"""Which kiosk may fetch which villages' logs (line §5): bearer tokens, kept as digests in passes.json.

A token adds no trust, the signatures do; it keeps one village's list from another village's
machine. Without the file everybody may fetch everything, as from a plain web server. The token of a
pairing file dies with it, unless the kiosk's answer comes in time.
"""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from boards.model.errors import Fault, Refusal
from boards.model.place import VillageCode
from sync.durable import durable
from sync.trust.pairing import token_digest
from sync.wire import Hex64

_FILE = "passes.json"
_TOKEN_BYTES = 24
SCHEME = "Bearer "


class PassesUnreadable(Refusal):
    """passes.json is not as it should be; access is refused rather than guessed."""

    code = "passes-unreadable"
    fault = Fault.MACHINE
    sentence = "县级发布目录里的 passes.json 读不懂，不能确定哪台一体机可以取哪些村。"
    advice = "请从备份恢复这个文件；或删掉它（所有人都能取），再用 county pass 重新发放。"


class PassNotFound(Refusal):
    """No kiosk of this name has a token."""

    code = "pass-not-found"
    fault = Fault.PERSON
    sentence = "没有发给“{name}”的口令。"
    advice = "请核对名称；passes.json 里列着所有已发放的名称。"


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One kiosk's token: whose it is, its SHA-256, and the villages it opens."""

    name: str
    sha256: Hex64
    villages: tuple[VillageCode, ...]
    until: datetime | None = None  # of a pairing file that was not answered yet

    def open_at(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return self.until is None or now <= self.until


def drawn() -> str:
    """A token nobody has yet."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def issued(folder: Path, name: str, villages: tuple[str, ...]) -> str:
    """Give a kiosk a new token, which replaces its old one; it is shown once and never kept."""
    token = drawn()
    given(folder, name, villages, token)
    return token


def given(
    folder: Path, name: str, villages: tuple[str, ...], token: str, until: datetime | None = None
) -> None:
    """From now on this token opens the kiosk's villages, and the one before opens nothing."""
    _put(folder, Pass(name=name, sha256=token_digest(token), villages=villages, until=until))


def confirmed(folder: Path, name: str, villages: tuple[str, ...]) -> None:
    """A kiosk answered: its token lasts, for these villages; raises PassNotFound."""
    _put(folder, msgspec.structs.replace(pass_of(folder, name), villages=villages, until=None))


def pass_of(folder: Path, name: str) -> Pass:
    """That of one kiosk; raises PassNotFound."""
    found = next((one for one in passes(folder) or () if one.name == name), None)
    if found is None:
        raise PassNotFound(name=name)
    return found


def revoked(folder: Path, name: str) -> None:
    """Revoke a kiosk's token; raises PassNotFound. The feed stays closed when the last one is gone."""
    with _alone(folder):
        before = passes(folder) or ()
        after = tuple(one for one in before if one.name != name)
        if len(after) == len(before):
            raise PassNotFound(name=name)
        _keep(folder, after)


def passes(folder: Path) -> tuple[Pass, ...] | None:
    """All that were given; None when the county gives none. Raises PassesUnreadable."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=tuple[Pass, ...])
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as e:
        raise PassesUnreadable from e


def holder(known: tuple[Pass, ...], authorization: str, now: datetime) -> Pass | None:
    """Whose token this header carries, None where it is nobody's."""
    digest = token_digest(authorization.removeprefix(SCHEME)) if authorization.startswith(SCHEME) else ""
    found = [one for one in known if hmac.compare_digest(one.sha256, digest) and one.open_at(now)]
    return found[0] if found else None


def _put(folder: Path, fresh: Pass) -> None:
    with _alone(folder):
        _keep(folder, (*(one for one in passes(folder) or () if one.name != fresh.name), fresh))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two desks that give tokens at once never lose one; the second waits a moment."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _keep(folder: Path, every: tuple[Pass, ...]) -> None:
    durable(folder / _FILE, msgspec.json.format(msgspec.json.encode(every), indent=1))
