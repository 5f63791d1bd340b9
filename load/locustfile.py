"""What Locust runs: the journeys, their recorder, and a watch that ends this process when whoever started it is gone.

Run by fixtures/load.py as `python -m load --headless --order JSON …`; see docs/load.md.
"""

import gc
import itertools
import json
import os
import random
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
import locust.runners
import locust.stats
from gevent.monkey import get_original
from locust import events
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from fixtures import loopback_only
from load.checkouts import Checkouts
from load.journeys import CanaryUser, Context, ControlUser, Journeys, Visitor
from load.output import CHECKOUTS, LINE_EVERY_S, Output
from load.recorder import Recorder
from load.schedule import Arrivals
from ramp.loopback import on_loopback
from ramp.order import Order

__all__ = ["CanaryUser", "ControlUser", "Visitor"]

LEDGER_ENV = "SHIPROOM_LOAD_LEDGER"  # in the environment, for an address may hold a password
HEADERS_ENV = "SHIPROOM_LOAD_HEADERS"  # likewise: what the edge is asked with, as JSON
_LOADED_BY = os.getpid()

locust.runners.WORKER_REPORT_INTERVAL = LINE_EVERY_S
locust.runners.CPU_MONITOR_INTERVAL = 3.0
locust.runners.MASTER_HEARTBEAT_TIMEOUT = 5  # a worker of another machine outlives its master by no more
# Locust's own keeps two digits: 124.4 would read 120.
locust.stats.bucket_response_time = lambda ms: round(ms, 1)  # type: ignore[assignment, return-value]
_recorder = Recorder()


def _options(environment: Environment) -> Namespace:
    """What the command line said: a worker's, as its master completed it."""
    assert isinstance(environment.parsed_options, Namespace)
    return environment.parsed_options


@events.init_command_line_parser.add_listener
def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--order", default="", help="what to bring, as JSON; workers get it from their master")
    parser.add_argument("--output", default="", help="folder for seconds.jsonl, ready and locust.html")
    parser.add_argument("--owner", type=int, default=0, help="process id to end with; 0: none")


@events.init.add_listener
def _stay_on_loopback(environment: Environment, **_: Any) -> None:
    """Load for a system on this machine, as a rehearsal's is, reaches nothing else."""
    if on_loopback(urlsplit(_options(environment).host or "").hostname or ""):
        loopback_only.arm()


@events.init.add_listener
def _watch_owner(environment: Environment, **_: Any) -> None:
    """A thread of the system's own, for a loop that is stuck could not end itself."""
    forked = os.getpid() != _LOADED_BY
    owner = _LOADED_BY if forked else _options(environment).owner
    sleep = get_original("time", "sleep")

    def watch() -> None:
        while os.getppid() == owner:
            sleep(0.3)
        os._exit(1)

    if owner:
        get_original("_thread", "start_new_thread")(watch, ())


@events.init.add_listener
def _share_out_users(environment: Environment, **_: Any) -> None:
    """The order says how many users of each kind there are; a worker is told by its master."""
    if _options(environment).order:
        order = Order.from_text(_options(environment).order)
        for kind in (CanaryUser, ControlUser, Visitor):
            kind.fixed_count = order.users[kind.aim]


@events.test_start.add_listener
def _prepare(environment: Environment, **_: Any) -> None:
    options, is_worker = _options(environment), isinstance(environment.runner, WorkerRunner)
    order = Order.from_text(options.order)
    gc.collect()
    gc.freeze()  # later collections need not walk the program itself
    workers = options.expect_workers if is_worker else 1
    shared = Journeys.shared = Context(
        order=order,
        recorder=_recorder,
        checkouts=Checkouts(order, environment.host or "", _ledger_url(is_worker), workers, _recorder),
        random=random.Random(f"load {os.getpid()}"),  # noqa: S311
        numbers=itertools.count(os.getpid() * 1_000_000),
        headers=json.loads(os.environ.get(HEADERS_ENV, "{}")),
    )
    environment.events.spawning_complete.add_listener(lambda **_: _begin(environment, shared))
    assert environment.runner is not None
    environment.runner.register_message(CHECKOUTS, lambda msg, **_: shared.checkouts.pay(msg.data))
    if not is_worker:
        output = Output(Path(options.output), environment, order, _recorder)
        environment.events.quitting.add_listener(lambda **_: output.finish())
        gevent.spawn(output.write_until_over, shared.begun)


def _begin(environment: Environment, shared: Context) -> None:
    """All users have come. Each brings its share of its aim's rate, wherever the others of the aim are."""
    order, now_s = shared.order, time.monotonic()
    for kind in (CanaryUser, ControlUser, Visitor):
        here = 0 if isinstance(environment.runner, MasterRunner) else _users_here(environment, kind)
        if here:
            interval_s = order.users[kind.aim] / (order.per_s[kind.aim] * here)
            shared.arrivals[kind.aim] = Arrivals(now_s + shared.random.random() * interval_s, interval_s)
            shared.recorder.expect(kind.aim, shared.arrivals[kind.aim])
    shared.recorder.begin(now_s)
    shared.begun.set()


def _users_here(environment: Environment, kind: type[Journeys]) -> int:
    assert environment.runner is not None
    return environment.runner.target_user_classes_count.get(kind.__name__, 0)


def _ledger_url(is_worker: bool) -> str:
    """The cap ledger: a worker that came by itself may be another machine's, which shares no file with its master."""
    url, forked = os.environ.get(LEDGER_ENV, ""), os.getpid() != _LOADED_BY
    if is_worker and not forked and not url.startswith("postgresql://"):
        return ""
    return url


@events.test_stopping.add_listener
def _nothing_more_is_due(**_: Any) -> None:
    _recorder.end(time.monotonic())


@events.test_stop.add_listener
def _all_users_have_stopped(**_: Any) -> None:
    _recorder.over = True


@events.report_to_master.add_listener
def _report(client_id: str, data: dict[str, Any], **_: Any) -> None:
    data["load"] = _recorder.line(time.monotonic())


@events.cpu_warning.add_listener
def _count_saturation(**_: Any) -> None:
    _recorder.saturated += 1
