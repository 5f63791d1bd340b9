"""The other witness: a client that shares nothing with the load but the server.

`python plain_client.py PORT PER_S SECONDS` sends that many requests a second, each when it is due, by blocking sockets
of threads of its own, and prints how long each answer took as a JSON list of seconds.
"""

import itertools
import json
import socket
import sys
import threading
import time

PORT, PER_S, SECONDS = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
CONNECTIONS = 32
REQUEST = b"POST /api/tutor HTTP/1.1\r\nHost: 127.0.0.1\r\nx-canary: always\r\nContent-Length: 0\r\n\r\n"
BODY_ENDS = b"}"

began_s = time.monotonic()
numbers = itertools.count()
took_s: list[float] = []


def send_what_is_due() -> None:
    with socket.create_connection(("127.0.0.1", PORT)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (due_s := began_s + next(numbers) / PER_S) < began_s + SECONDS:
            time.sleep(max(due_s - time.monotonic(), 0.0))
            sent_s = time.perf_counter()
            line.sendall(REQUEST)
            said = line.recv(4096)
            while not said.endswith(BODY_ENDS):
                said += line.recv(4096)
            took_s.append(time.perf_counter() - sent_s)


threads = [threading.Thread(target=send_what_is_due) for _ in range(CONNECTIONS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
json.dump(took_s, sys.stdout)
