"""A server whose latency is known: `python known_server.py VERSION MODES STALL_AT_S STALL_S` prints its port.

MODES says how long answers take and how often: `0.99:0.04,0.01:2` is 40 ms, and 2 s for one in a hundred; `1:0` is at
once. They come in a random order that is the same for every server.

Speaks just enough HTTP/1.1 to keep connections alive, so that the generator in front of it is what is measured. A
request during the stall is answered when it is over; the stall is counted from the first request on.
"""

import asyncio
import os
import random
import sys
import threading
import time
from contextlib import suppress
from queue import SimpleQueue

VERSION, STALL_AT_S, STALL_S = sys.argv[1], *map(float, sys.argv[3:5])
SHARES, TAKES_S = zip(*(map(float, mode.split(":")) for mode in sys.argv[2].split(",")), strict=True)
_BODY = b'{"answer": "Because."}'


def answer(version: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Release-Version: {version}\r\n"
    return f"{head}Content-Length: {len(_BODY)}\r\n\r\n".encode() + _BODY


CANARY, CONTROL = answer(VERSION), answer("v20200101.1")


class Known(asyncio.Protocol):
    first_s = 0.0
    chance = random.Random("known")  # noqa: S311

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
            self.reply(CANARY if b"x-canary: always" in head else CONTROL)

    def reply(self, said: bytes) -> None:
        now_s = time.monotonic()
        Known.first_s = Known.first_s or now_s
        left_s = Known.first_s + STALL_AT_S + STALL_S - now_s
        if 0 < left_s <= STALL_S:
            takes_s, later = left_s, LATER[-1]
        else:
            mode = 0 if len(SHARES) == 1 else Known.chance.choices(range(len(SHARES)), SHARES)[0]
            takes_s, later = TAKES_S[mode], LATER[mode]
        if takes_s:
            later.put((now_s + takes_s, self.transport.get_extra_info("socket").fileno(), said))
        else:
            self.transport.write(said)


def answer_later(later: SimpleQueue[tuple[float, int, bytes]]) -> None:
    """Answers in time: an event loop's timers are a millisecond late. Each mode has a thread, in which who asked first
    is due first."""
    while True:
        due_s, socket, said = later.get()
        time.sleep(max(due_s - time.monotonic(), 0.0))
        with suppress(OSError):
            os.write(socket, said)


LATER: list[SimpleQueue[tuple[float, int, bytes]]] = [SimpleQueue() for _ in (*TAKES_S, "the stall")]


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Known, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    for later in LATER:
        threading.Thread(target=answer_later, args=(later,), daemon=True).start()
    asyncio.run(serve())
