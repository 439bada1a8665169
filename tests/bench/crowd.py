"""A crowd at the phones' door, from one address: what it does until it is told to stop.

Run: python -m tests.bench.crowd PORT PATH HALF_OPEN HEADER_MB SEARCHES_A_SECOND. It begins when it has said
so, ends when its input ends, and then prints what it brought about as JSON. Everything is bounded: the
sockets by HALF_OPEN, the headers by HEADER_MB, the searches by their number a second.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress

HOST = "127.0.0.1"
LINES = b"X-Word: " + b"y" * 200 + b"\r\n"
PIECE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + LINES * 300
TALKERS, SEARCHERS = 16, 8
PAUSE_S = 1.0

done: Counter[str] = Counter()


async def half_open(port: int) -> None:
    """Begin a request and say no more; come again when the door was shut."""
    while True:
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(b"GET / HTTP/1.1\r\nX")
            done["half-open connections"] += 1
            await reader.read()
            writer.close()
        await asyncio.sleep(PAUSE_S)


async def talks(port: int, most: int) -> None:
    """Send headers without end, on new connections where one was closed."""
    while done["header bytes"] < most:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            while done["header bytes"] < most:
                writer.write(PIECE)
                done["header bytes"] += len(PIECE)
                await writer.drain()
            writer.close()
        done["connections with headers"] += 1
        await asyncio.sleep(0.002)


async def searches(port: int, path: str, every_s: float) -> None:
    """Search again and again on kept connections, at this pace whatever comes of it."""
    loop, asked = asyncio.get_running_loop(), f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    due = loop.time()
    while True:
        with suppress(OSError, asyncio.IncompleteReadError, ValueError):
            reader, writer = await asyncio.open_connection(HOST, port)
            while True:
                due += every_s
                await asyncio.sleep(due - loop.time())
                writer.write(asked)
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
                await reader.readexactly(int(length))
                done[f"searches answered {head[9:12].decode()}"] += 1
        await asyncio.sleep(0.01)


async def main(port: int, path: str, many: int, megabytes: int, a_second: int) -> None:
    """Do all of it at once, until the input ends."""
    crowd = [half_open(port) for _ in range(many)]
    crowd += [talks(port, megabytes << 20) for _ in range(TALKERS if megabytes else 0)]
    crowd += [searches(port, path, SEARCHERS / a_second) for _ in range(SEARCHERS if a_second else 0)]
    tasks = [asyncio.create_task(one) for one in crowd]
    await asyncio.sleep(0.5)
    print("here", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])))
