"""The journeys of the product as users of an open loop: browse a page, ask each AI route, now and then check out."""

import itertools
import random
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

import gevent
from locust import FastHttpUser, task

from load.checkouts import Checkouts
from load.recorder import Recorder
from load.schedule import Arrivals
from ramp.order import Aim, Order, outcome

VERSION_HEADER = "X-Release-Version"


@dataclass
class Context:
    """What all users of this process share; set before the first of them starts."""

    order: Order
    recorder: Recorder
    checkouts: Checkouts
    random: random.Random
    numbers: "itertools.count[int]"


@dataclass(frozen=True)
class Step:
    """One request of a journey, made ready once: `route` is its row in every report."""

    aim: Aim
    method: str
    path: str
    body: str | None = None
    route: str = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "route", f"{self.method} {self.path}")
        object.__setattr__(self, "name", f"{self.aim} {self.route}")


class Journeys(FastHttpUser):
    """Sends one request whenever one is due. Each belongs to the journey of a signed-in user, who is a new one after
    the last step."""

    abstract = True
    aim: ClassVar[Aim]
    shared: ClassVar[Context]
    network_timeout = 10.0
    connection_timeout = 5.0
    insecure = False

    def on_start(self) -> None:
        shared, order = self.shared, self.shared.order
        interval_s = order.users[self.aim] / order.per_s[self.aim]
        self._arrivals = Arrivals(time.monotonic() + shared.random.random() * interval_s, interval_s)
        self._pages = [Step(self.aim, "GET", path) for path in order.pages]
        self._asks = [Step(self.aim, "POST", path, body) for path, body in order.asks]
        self._left: list[Step] = []
        self._headers: dict[str, str] = {}
        # Where else an answer may be is no answer.
        self.client.client.redirect_response_codes = frozenset()  # type: ignore[misc]
        self.client.client.cookiejar = None  # every journey is a new user's, who brings no cookies
        shared.recorder.expect(self.aim, self._arrivals)
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        return max(self._arrivals.next_s - time.monotonic(), 0.0)

    @task
    def step(self) -> None:
        """The journey's next step; after the last the user checks out, if it is time to, or a new one begins."""
        if not self._left:
            if self._headers and self.check_out():
                return
            self._begin()
        self.ask(self._left.pop())

    def _begin(self) -> None:
        self._headers = self.headers(next(self.shared.numbers))
        self._left = self.journey()

    def journey(self) -> list[Step]:
        """The steps of a new journey, last first."""
        return self._asks[::-1] + ([self.shared.random.choice(self._pages)] if self._pages else [])

    def headers(self, number: int) -> dict[str, str]:
        order = self.shared.order
        return {
            order.header: order.canary if self.aim == "canary" else order.control,
            "X-User": f"{self.aim}-{number}",
            "Content-Type": "application/json",
        }

    def ask(self, step: Step, *, pays: bool = False) -> Any:
        """Sends the request that is due, and records what it came to."""
        began_s = time.monotonic()
        due_s = min(self._arrivals.take(), began_s)
        answer = self.client.request(step.method, step.path, name=step.name, data=step.body, headers=self._headers)
        ended_s = time.monotonic()
        version = answer.headers.get(VERSION_HEADER) if answer.headers else None
        only = version if isinstance(version, str) else None  # twice in one answer it proves nothing
        found = outcome(self.aim, answer.status_code, only, self.shared.order.version, may_decline=pays)
        self.shared.recorder.add(self.aim, step.route, found, due_s, began_s, ended_s)
        if found == "wrong_slice":  # fine to Locust, whose own report is to say it too
            self.environment.stats.log_error(step.method, step.name, "answered by the wrong slice")
        return answer

    def check_out(self) -> bool:
        """Whether the user of the journey paid: a payer apart would be a user who costs next to nothing."""
        return False


class CanaryUser(Journeys):
    aim = "canary"

    def check_out(self) -> bool:
        order, checkouts = self.shared.order, self.shared.checkouts
        key = checkouts.reserve() if checkouts.due(time.monotonic()) else None
        if key is None:
            return False
        body = f'{{"amount_cents": {order.checkout_cents}, "key": "{key}"}}'
        answer = self.ask(Step(self.aim, "POST", str(order.checkout_path), body), pays=True)
        self._headers = {}
        checkouts.settle(key, answer.status_code, _json(answer))
        return True


class ControlUser(Journeys):
    aim = "control"


class Visitor(Journeys):
    """Looks at one page without signing in; the edge decides which slice answers."""

    aim = "split"

    def headers(self, number: int) -> dict[str, str]:
        return {"X-Visitor": f"visitor-{number}"}

    def journey(self) -> list[Step]:
        return [self.shared.random.choice(self._pages or self._asks)]


def _json(answer: Any) -> Any:
    try:
        return answer.json()
    except (ValueError, TypeError, UnicodeError):
        return None
