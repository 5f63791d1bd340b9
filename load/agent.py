"""Locust's HTTP client with a stopwatch at the socket, and whole answers alone."""

import time
from typing import Any

import geventhttpclient.client
from geventhttpclient.connectionpool import ConnectionPool, SSLConnectionPool
from locust.contrib.fasthttp import FastResponse, LocustUserAgent

# What is asked for is asked once: a second try would hide an answer that was lost.
geventhttpclient.client.IDEMPOTENT_METHODS = frozenset()


class _Timed:
    """A connection that notes in its pool when a request left and when the last of its answer came. The first request
    counts from when it began to connect."""

    def __init__(self, pool: "_TimedPool", socket: Any) -> None:
        self._pool = pool
        self._socket = socket
        self._is_new = True
        self.fileno, self.close = socket.fileno, socket.close

    def sendall(self, data: bytes) -> None:
        if not self._is_new:
            self._pool.sent_s = time.monotonic()
        self._is_new = False
        self._socket.sendall(data)

    def recv(self, size: int) -> Any:
        data = self._socket.recv(size)
        self._pool.ended_s = time.monotonic()
        return data


class _TimedPool(ConnectionPool):
    sent_s = ended_s = 0.0

    def _create_socket(self) -> Any:
        self.sent_s = time.monotonic()
        return _Timed(self, super()._create_socket())


class _TimedTlsPool(_TimedPool, SSLConnectionPool):
    """The same around a connection whose bytes are encrypted."""


for _name, _kind in (("ConnectionPool", _TimedPool), ("SSLConnectionPool", _TimedTlsPool)):
    setattr(geventhttpclient.client, _name, _kind)


class Agent(LocustUserAgent):
    """Sends a request once, follows nothing and keeps no cookies: every journey is a new user's, and where else an
    answer may be is no answer. `sent_s` and `ended_s` are those of the last request, on the monotonic clock: making it
    ready, and what Locust does with its answer, are no latency of the system.

    An answer whose body breaks off or cannot be unpacked raises, as one that never came.
    """

    redirect_response_codes = frozenset[int]()
    sent_s = ended_s = 0.0

    def _urlopen(self, request: Any) -> Any:
        began_s = time.monotonic()
        watch: Any = self.clientpool.get_client(request.url_split)._connection_pool
        watch.sent_s, watch.ended_s = began_s, 0.0
        is_whole = False
        try:
            answer: FastResponse = super()._urlopen(request)  # type: ignore[no-untyped-call]
            _ = answer.content  # all of it, which is kept
            is_whole = True
            return answer
        finally:
            self.sent_s, self.ended_s = watch.sent_s, watch.ended_s if is_whole else time.monotonic()

    @classmethod
    def _conversation_str(cls, *_: Any, **__: Any) -> str:
        """Nobody reads what was said on the way to an error, and not every text of it can be read."""
        return ""
