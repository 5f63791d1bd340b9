"""Users of the example: 160 requests a second, four in ten of them for pages that the edge keeps, until stopped."""

import asyncio
import random
import sys

from aiohttp import ClientError, ClientSession

PER_S, USERS, KEPT_RATIO, TAKES_S = 160, 4000, 0.4, 0.03


def path():
    if random.random() < KEPT_RATIO:
        return f"/cache/3600?page={random.randint(1, 2)}"
    return f"/delay/{min(random.expovariate(1 / TAKES_S), 0.4):.3f}"


async def ask(session, url):
    try:
        headers = {"X-Visitor": f"visitor-{random.randrange(USERS)}"}
        async with session.get(url + path(), headers=headers) as answer:
            await answer.read()
    except (ClientError, TimeoutError):
        pass


async def main(url):
    async with ClientSession() as session:
        asked, clock = set(), asyncio.get_running_loop().time
        due_s = clock()
        while True:
            asked.add(one := asyncio.create_task(ask(session, url)))
            one.add_done_callback(asked.discard)
            due_s += 1 / PER_S
            await asyncio.sleep(max(due_s - clock(), 0))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
