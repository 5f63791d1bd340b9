"""What tests of every folder share: serving an aiohttp application on loopback."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from aiohttp import web

DEADLINE_S = 5


@contextmanager
def served(app: web.Application) -> Iterator[str]:
    """The address of `app`, which answers on a free loopback port from an event loop and thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="served", daemon=True)
    thread.start()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    try:
        yield asyncio.run_coroutine_threadsafe(start(), loop).result(DEADLINE_S)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(DEADLINE_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(DEADLINE_S)
        loop.close()


@pytest.fixture
def serve() -> Iterator[Callable[[web.Application], str]]:
    """`url = serve(app)`: serves any number of applications until the test ends."""
    with ExitStack() as running:
        yield lambda app: running.enter_context(served(app))
