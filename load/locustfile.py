"""The journeys that load brings: canary and control users by their routing key, and visitors for the edge to split.

Run by fixtures/load.py as `python -m locust -f load/locustfile.py --headless …`. It ends by itself when the process
that started it is gone, and writes what it did to --summary.
"""

import itertools
import json
import os
import random
import time
from pathlib import Path

import gevent
from locust import FastHttpUser, constant_throughput, events, task

from fixtures.payments.ledger import CapExceeded, CapLedger, Caps, LedgerUnavailable

PAGES = ("/", "/courses", "/courses/algebra", "/courses/biology", "/courses/history", "/pricing")
AI_ROUTES = ("/api/tutor", "/api/quiz")
CHECKOUT_CENTS = 499
CHECKOUT_EVERY_S = 1.0
_random = random.Random("load")  # noqa: S311
_counts = {slice: {"requests": 0, "failures": 0, "wrong_slice": 0} for slice in ("canary", "control", "split")}


@events.init_command_line_parser.add_listener
def _add_options(parser):
    parser.add_argument("--routing", default="x-canary,always,never", help="header, value of canary, value of control")
    parser.add_argument("--canary-version", required=True, help="the version that a canary answer must carry")
    parser.add_argument("--ledger", required=True, help="address of the cap ledger")
    parser.add_argument("--caps", required=True, help="count_max,amount_cents_max,total_cents_max")
    parser.add_argument("--checkouts-max", type=int, default=60, help="how many checkouts this run may try")
    parser.add_argument("--ready", required=True, help="file to write once both slices have answered")
    parser.add_argument("--summary", required=True, help="file to write the counts to")


class Journeys(FastHttpUser):
    """A journey is one signed-in user: a page, both AI routes, and now and then a checkout."""

    abstract = True
    slice = ""
    network_timeout = 10.0
    connection_timeout = 5.0

    @task
    def journey(self) -> str:
        user = f"{self.slice}-{next(_user_numbers)}"
        self.ask("GET", _random.choice(PAGES), user)
        for route in AI_ROUTES:
            self.ask("POST", route, user, {"question": "Why?"})
        return user

    def ask(self, method: str, path: str, user: str, body: dict | None = None):
        options = self.environment.parsed_options
        header, canary, control = options.routing.split(",")
        headers = {header: canary if self.slice == "canary" else control, "X-User": user}
        with self.client.request(
            method, path, json=body, headers=headers, name=f"{self.slice} {method} {path}", catch_response=True
        ) as answer:
            _count(
                self.slice, answer, is_canary=(answer.headers or {}).get("X-Release-Version") == options.canary_version
            )
            return answer


class CanaryUser(Journeys):
    slice = "canary"
    fixed_count = 24
    wait_time = constant_throughput(1.25)

    @task
    def journey(self) -> str:
        user = super().journey()
        if _checkouts.due():
            _checkouts.pay(self, user)
        return user


class ControlUser(Journeys):
    slice = "control"
    fixed_count = 18
    wait_time = constant_throughput(1.25)


class Visitor(FastHttpUser):
    """Looks at one page without signing in; the edge decides which slice answers."""

    fixed_count = 8
    wait_time = constant_throughput(10)

    @task
    def visit(self) -> None:
        page = _random.choice(PAGES)
        headers = {"X-Visitor": f"visitor-{next(_user_numbers)}"}
        with self.client.get(page, headers=headers, name=f"split GET {page}", catch_response=True) as answer:
            _count("split", answer, is_canary=None)


class Checkouts:
    """Pays on the canary about once a second, under the cap ledger; without money left it goes on without paying."""

    def __init__(self) -> None:
        self._tried = 0
        self._next_s = 0.0
        self.refused: str | None = None

    def open(self, options) -> None:
        count_max, amount_cents_max, total_cents_max = map(int, options.caps.split(","))
        caps = Caps(count_max, amount_cents_max, total_cents_max)
        self._ledger = CapLedger(options.ledger, caps=caps, release=options.canary_version)
        self._max = options.checkouts_max
        self._prefix = f"{options.canary_version}-load-{os.getpid()}"

    def due(self) -> bool:
        now = time.monotonic()
        if self.refused or self._tried >= self._max or now < self._next_s:
            return False
        self._next_s = now + CHECKOUT_EVERY_S
        self._tried += 1
        return True

    def pay(self, client: CanaryUser, user: str) -> None:
        """By the user of the journey: a payer of its own would be a user who costs next to nothing."""
        key = f"{self._prefix}-{self._tried}"
        try:
            self._ledger.reserve(key, CHECKOUT_CENTS)
            self._ledger.mark_sent(key)
            answer = client.ask("POST", "/api/checkout", user, {"amount_cents": CHECKOUT_CENTS, "key": key})
            self._settle(key, answer)
        except (CapExceeded, LedgerUnavailable) as refused:
            self.refused = str(refused)

    def _settle(self, key: str, answer) -> None:
        said = answer.json() if answer.status_code in (200, 402) else {}
        if said.get("paid"):
            self._ledger.authorized(key, said["payment_id"])
            self._ledger.mark_capture_sent(key)
            self._ledger.captured(key)
        elif answer.status_code == 402:
            self._ledger.declined(key, str(said.get("reason")))
        else:
            self._ledger.unknown(key)


def _count(slice: str, answer, *, is_canary: bool | None) -> None:
    counts = _counts[slice]
    counts["requests"] += 1
    if answer.status_code == 0 or answer.status_code >= 500:
        counts["failures"] += 1
        answer.failure(f"status {answer.status_code}")
    elif is_canary is not None and is_canary != (slice == "canary"):
        counts["wrong_slice"] += 1
        answer.failure("answered by the other slice")
    else:
        answer.success()


_user_numbers = itertools.count(1)
_checkouts = Checkouts()


@events.test_start.add_listener
def _begin(environment, **_) -> None:
    options = environment.parsed_options
    _checkouts.open(options)
    gevent.spawn(_end_with_parent, environment.runner, os.getppid())
    gevent.spawn(_say_when_ready, Path(options.ready))


def _end_with_parent(runner, parent: int) -> None:
    while os.getppid() == parent:
        gevent.sleep(0.3)
    os._exit(1)


def _say_when_ready(ready: Path) -> None:
    while not all(_counts[slice]["requests"] for slice in _counts):
        gevent.sleep(0.02)
    ready.touch()


@events.quitting.add_listener
def _write_summary(environment, **_) -> None:
    summary = Path(environment.parsed_options.summary)
    draft = summary.with_suffix(".draft")
    draft.write_text(json.dumps({"slices": _counts, "checkouts_refused": _checkouts.refused}), "utf-8")
    draft.replace(summary)
