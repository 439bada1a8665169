"""A load generator of plain sockets: rounds of one request per connection, answers timed as they come."""

from __future__ import annotations

import select
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEAD_END = b"\r\n\r\n"


class Measured(NamedTuple):
    """What a run of requests took."""

    cpu_us: float  # server CPU (user and system) per request
    p50_ms: float
    p95_ms: float
    p99_ms: float


def request(path: str, **headers: str) -> bytes:
    """The bytes of one GET on a kept connection."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextmanager
def connections(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Kept connections to the server."""
    opened = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(count)]
    for one in opened:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        yield opened
    finally:
        for one in opened:
            one.close()


def measured(
    port: int, pid: int, requests: Sequence[bytes], *, rounds: int, clients: int, expect: bytes = b"200"
) -> Measured:
    """Ask `rounds` times on each of `clients` connections, taking the requests in turn."""
    waits: list[float] = []
    with connections(port, clients) as opened:
        one_round(opened, requests, 0, expect)
        before, at = _cpu_s(pid), 0
        for _ in range(rounds):
            waits += one_round(opened, requests, at, expect)
            at += clients
        spent = _cpu_s(pid) - before
    waits.sort()
    return Measured(
        spent / (rounds * clients) * 1e6, *(1000 * waits[int(len(waits) * q)] for q in (0.5, 0.95, 0.99))
    )


def one_round(opened: list[socket.socket], requests: Sequence[bytes], at: int, expect: bytes) -> list[float]:
    """Send one request on every connection at once; seconds until each answer was whole."""
    began, waits = time.perf_counter(), []
    for number, one in enumerate(opened):
        one.sendall(requests[(at + number) % len(requests)])
    parts: dict[socket.socket, bytes] = dict.fromkeys(opened, b"")
    while parts:
        ready, _, _ = select.select(list(parts), [], [], 30)
        if not ready:
            raise TimeoutError
        for one in ready:
            got = one.recv(1 << 18)
            if not got:
                raise ConnectionError
            parts[one] += got
            if whole(parts[one]):
                assert parts[one][9:12] == expect, parts[one][:200]
                waits.append(time.perf_counter() - began)
                del parts[one]
    return waits


def whole(answer: bytes) -> bool:
    """Whether headers and body have arrived."""
    head, end, body = answer.partition(HEAD_END)
    if not end:
        return False
    if head[9:12] == b"304":
        return True
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
    return len(body) >= int(length)


def body_of(port: int, asked: bytes) -> tuple[bytes, bytes]:
    """Head and body of one answer."""
    with connections(port, 1) as (one,):
        one.sendall(asked)
        answer = b""
        while not whole(answer):
            answer += one.recv(1 << 18)
    head, _, body = answer.partition(HEAD_END)
    return head, body


def _cpu_s(pid: int) -> float:
    """CPU time of a server of one thread, in nanoseconds where the kernel counts them."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        spent = psutil.Process(pid).cpu_times()
        return spent.user + spent.system
