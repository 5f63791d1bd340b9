"""The journeys of the product as users of an open loop: browse a page, ask each AI route, now and then check out.

The users of one aim are its pool of connections: whoever is free sends the request that is due next.
"""

import itertools
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import gevent
from gevent.event import Event
from locust import FastHttpUser, task

from load.agent import Agent
from load.checkouts import Checkouts
from load.recorder import Recorder
from load.schedule import Arrivals, Connection
from ramp.order import Aim, Order, outcome


@dataclass
class Context:
    """What all users of this process share; set before the first of them starts. All begin at once, when the last has
    come: then `arrivals` says when their requests are due."""

    order: Order
    recorder: Recorder
    checkouts: Checkouts
    random: random.Random
    numbers: "itertools.count[int]"
    headers: Mapping[str, str]
    arrivals: dict[str, Arrivals] = field(default_factory=dict)
    begun: Event = field(default_factory=Event)


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
    """One connection of its aim's pool. What it sends belongs to the journey of a signed-in user, who is a new one
    after the last step."""

    abstract = True
    aim: ClassVar[Aim]
    shared: ClassVar[Context]
    network_timeout = 10.0
    connection_timeout = 5.0
    concurrency = 1
    insecure = False

    def on_start(self) -> None:
        shared, order = self.shared, self.shared.order
        self._pages = [Step(self.aim, "GET", path) for path in order.pages]
        self._asks = [Step(self.aim, "POST", path, body) for path, body in order.asks]
        self._agent = Agent(client_pool=self.client.client.clientpool, max_retries=0)
        self.client.client = self._agent
        self._left: list[Step] = []
        self._headers: dict[str, str] = {}
        self._begin()
        # The first users are in the middle of their journeys, or all would ask one route at a time in step.
        self._left = self._left[: shared.random.randrange(len(self._left)) + 1]
        shared.begun.wait()
        self._connection = Connection(shared.arrivals[self.aim], time.monotonic())
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        """How long until the request is due that is this user's next: it is free, so it takes one."""
        return max(self._connection.take() - time.monotonic(), 0.0)

    @task
    def step(self) -> None:
        """The journey's next step; after the last the user checks out, if it is time to, or a new one begins."""
        woke_s = time.monotonic()
        if not self._left:
            if self._headers and self.check_out(woke_s):
                return
            self._begin()
        self.ask(self._left.pop(), woke_s)

    def _begin(self) -> None:
        self._headers = {**self.shared.headers, **self.headers(next(self.shared.numbers))}
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

    def ask(self, step: Step, woke_s: float, *, pays: bool = False) -> tuple[int, Any]:
        """Sends the request that is due and records what it came to: its status, 0 where the answer did not come as a
        whole, and the answer."""
        status, answer = self._answer(step)
        version = answer.headers.get(self.shared.order.version_header) if status else None
        only = version if isinstance(version, str) else None  # twice in one answer it proves nothing
        found = outcome(self.aim, status, only, self.shared.order.version, may_decline=pays)
        timing = self._connection.timed(woke_s, self._agent.sent_s, self._agent.ended_s)
        self.shared.recorder.add(self.aim, step.route, found, self._connection.due_s, timing)
        if found == "wrong_slice":  # fine to Locust, whose own report is to say it too
            self.environment.stats.log_error(step.method, step.name, "answered by the wrong slice")
        return status, answer

    def _answer(self, step: Step) -> tuple[int, Any]:
        try:
            answer = self.client.request(step.method, step.path, name=step.name, data=step.body, headers=self._headers)
        except Exception as unreadable:  # what the client cannot read at all, it raises as it likes
            self.environment.events.request.fire(
                request_type=step.method,
                name=step.name,
                response_time=0.0,
                response_length=0,
                exception=unreadable,
                context={},
            )
            return 0, None
        return answer.status_code, answer

    def check_out(self, woke_s: float) -> bool:
        """Whether the user of the journey paid: a payer apart would be a user who costs next to nothing."""
        return False


class CanaryUser(Journeys):
    aim = "canary"

    def check_out(self, woke_s: float) -> bool:
        order, checkouts = self.shared.order, self.shared.checkouts
        key = checkouts.reserve() if checkouts.due(woke_s) else None
        if key is None:
            return False
        body = f'{{"amount_cents": {order.checkout_cents}, "key": "{key}", "purpose": "load"}}'
        status, answer = self.ask(Step(self.aim, "POST", str(order.checkout_path), body), woke_s, pays=True)
        self._headers = {}
        checkouts.settle(key, status, _json(answer))
        self._connection.is_free_again(time.monotonic())
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
    except (AttributeError, ValueError, TypeError, UnicodeError):
        return None
