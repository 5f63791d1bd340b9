"""The journeys of the product as users of an open loop: browse a page, ask each AI route, now and then check out."""

import itertools
import random
import time
from dataclasses import dataclass
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, task

from load.checkouts import Checkouts
from load.recorder import Recorder
from load.schedule import Arrivals
from ramp.order import Aim, Order, outcome

VERSION_HEADER = "X-Release-Version"
_JSON = {"Content-Type": "application/json"}


@dataclass
class Context:
    """What all users of this process share; set before the first of them starts."""

    order: Order
    recorder: Recorder
    checkouts: Checkouts
    random: random.Random
    numbers: "itertools.count[int]"


class Journeys(FastHttpUser):
    """Sends one request whenever one is due. Each belongs to the journey of a signed-in user, who is a new one after
    the last step."""

    abstract = True
    aim: ClassVar[Aim]
    context_of_all: ClassVar[Context]
    network_timeout = 10.0
    connection_timeout = 5.0
    insecure = False

    def on_start(self) -> None:
        context = self.context_of_all
        interval_s = context.order.users[self.aim] / context.order.per_s[self.aim]
        self._arrivals = Arrivals(time.monotonic() + context.random.random() * interval_s, interval_s)
        self._steps = iter(())
        context.recorder.expect(self.aim, self._arrivals)
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        return max(self._arrivals.next_s - time.monotonic(), 0.0)

    @task
    def step(self) -> None:
        """The journey's next step, or the first of a new one."""
        for send in self._steps:
            send()
            return
        self._steps = self.journey()
        self.client.cookiejar.clear()
        next(self._steps)()

    def journey(self) -> Any:
        """Its steps, each to be called when it is due."""
        order, random = self.context_of_all.order, self.context_of_all.random
        headers = self.headers(next(self.context_of_all.numbers))
        if order.pages:
            page = random.choice(order.pages)
            yield lambda: self.ask("GET", page, headers)
        for path, body in order.asks:
            yield lambda path=path, body=body: self.ask("POST", path, headers | _JSON, body)
        if self.aim == "canary" and self.context_of_all.checkouts.due(time.monotonic()):
            yield lambda: self.check_out(headers)

    def headers(self, number: int) -> dict[str, str]:
        order = self.context_of_all.order
        return {order.header: order.canary if self.aim == "canary" else order.control, "X-User": f"{self.aim}-{number}"}

    def ask(self, method: str, path: str, headers: dict[str, str], body: str | None = None, pays: bool = False) -> Any:
        """Sends the request that is due, and records what it came to."""
        began_s = time.monotonic()
        due_s = min(self._arrivals.take(), began_s)
        with self.client.request(
            method,
            path,
            data=body,
            headers=headers,
            name=f"{self.aim} {method} {path}",
            catch_response=True,
            allow_redirects=False,
        ) as answer:
            ended_s = time.monotonic()
            version = answer.headers.get(VERSION_HEADER) if answer.headers else None
            found = outcome(self.aim, answer.status_code, version, self.context_of_all.order.version, may_decline=pays)
            if found == "fine":
                answer.success()
            else:
                answer.failure(f"{found}: status {answer.status_code}")
        self.context_of_all.recorder.add(self.aim, f"{method} {path}", found, ended_s - due_s, ended_s - began_s)
        return answer

    def check_out(self, headers: dict[str, str]) -> None:
        """By the user of the journey: a payer of its own would be a user who costs next to nothing. Without money left
        the journey goes on with its first page."""
        order, checkouts = self.context_of_all.order, self.context_of_all.checkouts
        key = checkouts.reserve()
        if key is None:
            self.step()
            return
        body = f'{{"amount_cents": {order.checkout_cents}, "key": "{key}"}}'
        answer = self.ask("POST", str(order.checkout_path), headers | _JSON, body, pays=True)
        checkouts.settle(key, answer.status_code, _json(answer))


class CanaryUser(Journeys):
    aim = "canary"


class ControlUser(Journeys):
    aim = "control"


class Visitor(Journeys):
    """Looks at pages without signing in; the edge decides which slice answers."""

    aim = "split"

    def headers(self, number: int) -> dict[str, str]:
        return {"X-Visitor": f"visitor-{number}"}

    def journey(self) -> Any:
        order, context = self.context_of_all.order, self.context_of_all
        headers = self.headers(next(context.numbers))
        path = context.random.choice(order.pages)
        yield lambda: self.ask("GET", path, headers)


def _json(answer: Any) -> Any:
    try:
        return answer.json()
    except (ValueError, TypeError, UnicodeError):
        return None
