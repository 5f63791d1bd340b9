"""A server whose latency is known: `python known_server.py VERSION LATENCY_S STALL_AT_S STALL_S` prints its port.

Speaks just enough HTTP/1.1 to keep connections alive, so that the generator in front of it is what is measured. A
request during the stall is answered when it is over; the stall is counted from the first request on. `GET /took` tells
how long the canary's answers really took since it was last asked, in seconds: no timer is exact.
"""

import asyncio
import json
import os
import sys
import threading
import time
from contextlib import suppress
from queue import SimpleQueue

VERSION, LATENCY_S, STALL_AT_S, STALL_S = sys.argv[1], *map(float, sys.argv[2:5])
_BODY = b'{"answer": "Because."}'


def answer(version: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Release-Version: {version}\r\n"
    return f"{head}Content-Length: {len(_BODY)}\r\n\r\n".encode() + _BODY


CANARY, CONTROL = answer(VERSION), answer("v20200101.1")


class Known(asyncio.Protocol):
    first_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.pending = transport, b""

    def data_received(self, data: bytes) -> None:
        self.pending += data
        while (end := self.pending.find(b"\r\n\r\n")) >= 0:
            head = self.pending[:end].lower()
            at = head.find(b"content-length:")
            whole = end + 4 + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)
            if len(self.pending) < whole:
                return
            self.pending = self.pending[whole:]
            if head.startswith(b"get /took "):
                self.transport.write(told())
            else:
                self.reply(CANARY if b"x-canary: always" in head else CONTROL)

    def reply(self, said: bytes) -> None:
        now_s = time.monotonic()
        Known.first_s = Known.first_s or now_s
        left_s = Known.first_s + STALL_AT_S + STALL_S - now_s
        wait_s = max(LATENCY_S, left_s if 0 < left_s <= STALL_S else 0.0)
        if wait_s:
            LATER.put((now_s, wait_s, self.transport.get_extra_info("socket").fileno(), said))
        else:
            self.transport.write(said)


def answer_later() -> None:
    """Answers in time: an event loop's timers are a millisecond late. Who asked first is due first."""
    while True:
        asked_s, wait_s, socket, said = LATER.get()
        time.sleep(max(asked_s + wait_s - time.monotonic(), 0.0))
        with suppress(OSError):
            os.write(socket, said)
        if said is CANARY:
            TOOK_S.append(time.monotonic() - asked_s)


def told() -> bytes:
    body = json.dumps(TOOK_S).encode()
    TOOK_S.clear()
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


LATER: SimpleQueue[tuple[float, float, int, bytes]] = SimpleQueue()
TOOK_S: list[float] = []


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Known, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    threading.Thread(target=answer_later, daemon=True).start()
    asyncio.run(serve())
