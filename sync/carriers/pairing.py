"""The way a typed code takes (pairing §3): one request for what is sealed, one to hand the answer back."""

from __future__ import annotations

from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from urllib3.exceptions import HTTPError

from boards.model.errors import Fault, Refusal
from sync.carriers.patience import Patience, pool
from sync.carriers.road import SourceUnreachable, TooLarge, TooSlow

SEALED_LIMIT_BYTES: Final = 256 << 10
_GONE, _TOO_MANY = {400, 404, 410}, 429


class PairingCodeGone(Refusal):
    """Used up, run out, or another county's server."""

    code = "pairing-code-gone"
    fault = Fault.PERSON
    sentence = "这个网址上没有这个配对码：已经用过、过期，或者不是这个县的网址。"
    advice = "请核对网址；仍没有的，请县里重新给一个（county enrol --code），或用U盘上的配对文件。"


class PairingTriedTooOften(Refusal):
    """Too many codes were tried from here."""

    code = "pairing-tried-too-often"
    fault = Fault.PERSON
    sentence = "从这里试过的配对码太多，县里的服务器暂时不再回答。"
    advice = "请一小时后再试，或用U盘上的配对文件。"


class PairingInTheOpen(Refusal):
    """Plain HTTP: every later pull would show the token to whoever listens."""

    code = "pairing-in-the-open"
    fault = Fault.PERSON
    sentence = "{url} 不是 https:// 网址，取数口令以后会在线路上明文经过。"
    advice = "请用 https:// 网址；确实是县里自己的内部网络，加 --insecure-lan。"


class PairingLine:
    """One county's server, while a machine is being paired. Redirects are not followed."""

    def __init__(self, url: str, *, insecure: bool = False, timeout_s: float = 20.0) -> None:
        """Raises PairingInTheOpen."""
        if urlsplit(url).scheme != "https" and not insecure:
            raise PairingInTheOpen(url=url)
        self._url = url.rstrip("/")
        self._patience = Patience(timeout_s, 1024)
        self._pool = pool(self._patience)

    def sealed(self, ticket: str) -> bytes:
        """What lies under a ticket; raises PairingCodeGone, PairingTriedTooOften and the road's refusals."""
        return self._asked("GET", ticket, b"")

    def hand_back(self, ticket: str, answer: bytes) -> None:
        """The answer; the ticket is gone then. Raises like `sealed`."""
        self._asked("POST", ticket, answer)

    def close(self) -> None:
        """Let the connection go."""
        self._pool.clear()

    def _asked(self, method: str, ticket: str, body: bytes) -> bytes:
        self._patience.begin("pair")
        address, headers = f"{self._url}/pair/{ticket}", {"User-Agent": "village-kiosk"}
        try:
            with self._pool.request(
                method,
                address,
                body=body or None,
                headers=headers,
                redirect=False,
                preload_content=False,
                decode_content=False,
            ) as answer:
                _refuse(answer.status)
                self._patience.body(SEALED_LIMIT_BYTES)
                data = answer.read(SEALED_LIMIT_BYTES + 1)
        except (HTTPError, HTTPException, OSError, ValueError) as e:
            late = self._patience.over
            raise (TooSlow(name="pair") if late else SourceUnreachable(why=type(e).__name__)) from e
        if len(data) > SEALED_LIMIT_BYTES:
            raise TooLarge(name="pair", limit=SEALED_LIMIT_BYTES)
        return data


def _refuse(status: int) -> None:
    if status in _GONE:
        raise PairingCodeGone
    if status == _TOO_MANY:
        raise PairingTriedTooOften
    if status not in {200, 204}:
        raise SourceUnreachable(why=f"HTTP {status}")
