"""The contract of a source, on a shop of pods that go wrong in 17 ways: their pages scraped, and Prometheus asked."""

import asyncio
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from fixtures.sources.prometheus import PrometheusSource
from ramp.prometheus_rows import Prometheus
from ramp.validation import typed
from tests.components.of_prometheus import SERVER, server_in
from tests.components.programs import answers, must_become, running
from tests.conftest import served
from tests.fixtures.served_pages import scraping

FRESH, EVERY_S, HUGE = timedelta(seconds=3), 1, 8_000_000
PODS = {"canary-1": "canary", "control-1": "control", "control-2": "control", "control-3": "control"}
SOUND = ["# TYPE users counter", "# TYPE db_cpu gauge", "users_total 100"]


def page(*lines, began_s=1_700_000_000):
    return "\n".join([*lines, f"process_start_time_seconds {began_s}", ""])


def stamped(age_s):
    """A count of 150 that says that it is so old."""
    return lambda _: page(*SOUND[:2], f"users_total 150 {int(1000 * (time.time() - age_s))}")


def restarted(broke_s):
    return page(*SOUND[:2], "users_total 7", began_s=broke_s)


def by_route(one, other):
    return page(SOUND[0], f'users_total{{http_route="/a"}} {one}', f'users_total{{http_route="/b"}} {other}')


# Each case: what its pods answer once they were read; None hangs, a number is a status, all else as before.
ALL = {pod: page(*SOUND, "db_cpu 0.4") for pod in PODS}
CASES = {
    "value": {"canary-1": page(*SOUND[:2], "users_total 150", "db_cpu 0.4")},
    "empty": {"canary-1": page()},
    "null": {"canary-1": page(*SOUND[:2])},
    "NaN": {"canary-1": page(*SOUND[:2], "users_total NaN")},
    "two_series": {"canary-1": page(*SOUND, 'db_cpu{core="0"} 0.4', 'db_cpu{core="1"} 0.9')},
    "reset": {"canary-1": restarted},
    "restart_of_one_of_three": {"control-2": restarted},
    "stale": {"canary-1": stamped(60)},
    "future": {"canary-1": stamped(-3600)},
    "late_samples": {"canary-1": stamped(1)},
    "wrong_label": {},
    "control_gone": dict.fromkeys(("control-1", "control-2", "control-3"), 404),
    "time-out": {"canary-1": None},
    "5xx": {"canary-1": 503},
    "malformed": {"canary-1": page(*SOUND) + '}{ "\n'},
    "huge": {"canary-1": page(*SOUND) + "# huge\n" * (HUGE // 7)},
    "grouped_by_route": {"canary-1": by_route(60, 90)},
}
# A page says one series twice; Prometheus keeps the first of these, and an expression may give two.
TWICE = page(*SOUND, "db_cpu 0.4", "db_cpu 0.9")
BEFORE = {"grouped_by_route": {"canary-1": by_route(40, 60)}}
UNREAD = ("empty", "null", "NaN", "stale", "future", "time-out", "5xx", "malformed", "huge")
COUNTED = {
    **dict.fromkeys(("value", "late_samples", "grouped_by_route"), (150, 300)),
    "reset": (107, 300),
    "restart_of_one_of_three": (100, 307),
}
KINDS = ("scrapes", "prometheus")


class Shops:
    """A shop for each case and kind of source, so that one goes wrong for itself, and all at the same time."""

    def __init__(self, serve, folder):
        self.first, self.broke_s, self.scraped = True, 0, Counter()
        app = web.Application()
        app.router.add_get("/{case}/{kind}/{pod}", self.answer)
        self.url = serve(app)
        every = {"scrape_interval": f"{EVERY_S:g}s", "scrape_timeout": f"{EVERY_S:g}s"}
        targets = [self.target(case, pod) for case in CASES for pod in PODS]
        configuration = {
            "global": every,
            "scrape_configs": [{"job_name": "shop", "body_size_limit": "1MB", "static_configs": targets}],
        }
        self.server, self.argv = server_in(folder, configuration)

    def target(self, case, pod):
        of = {"__metrics_path__": f"/{case}/prometheus/{pod}", "instance": f"{case} {pod}", "app": case}
        track = "blue" if case == "wrong_label" and pod == "canary-1" else PODS[pod]
        return {"targets": [self.url.removeprefix("http://")], "labels": of | {"track": track}}

    async def answer(self, request):
        case, kind, pod = (request.match_info[name] for name in ("case", "kind", "pod"))
        self.scraped[case, pod] += kind == "prometheus"
        said = (ALL | (CASES if self.broke_s else BEFORE).get(case, {}))[pod]
        if (case, kind, pod) == ("two_series", "scrapes", "canary-1") and self.broke_s:
            said = TWICE
        if self.first:
            said = said.replace("users_total 100", "users_total 90")
        if said is None:
            await asyncio.sleep(3)
        if isinstance(said, int):
            return web.Response(status=said)
        return web.Response(text=said(self.broke_s) if callable(said) else said, headers={"Content-Type": "text/plain"})

    def are_scraped(self):
        """Each pod was asked twice more, so that Prometheus has what the first of these answers said."""
        before = self.scraped.copy()
        every = [(case, pod) for case in CASES for pod in PODS]
        must_become(lambda: all(self.scraped[of] >= before[of] + 2 for of in every), "each pod was scraped twice")

    def source(self, case, kind):
        if kind == "scrapes":
            pages = [Page(f"{self.url}/{case}/{kind}/{pod}", PODS[pod]) for pod in PODS]
            if case == "wrong_label":
                pages[0].row.pop("slice")
            return scraping(*pages, series={"db_cpu_ratio": "db_cpu"}, fresh=FRESH)
        signals = {"users": f'users_total{{app="{case}"}}', "db_cpu_ratio": f'max by (core) (db_cpu{{app="{case}"}})'}
        rows = {"url": self.server, "slices": {"label": "track"}, "signals": signals}
        return PrometheusSource(typed(Prometheus, rows, "release.toml"), {}, FRESH)


class Page:
    """What a test of scraping reads."""

    def __init__(self, url, slice):
        self.row = {"url": url, "slice": slice}


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """What each source read of its shop before, and what it reads of it once that went wrong, by case and kind."""
    with ExitStack() as ending:
        yield went_wrong(ending, tmp_path_factory.mktemp("sources"))


def went_wrong(ending, folder):
    shops = Shops(lambda app: ending.enter_context(served(app)), folder)
    sources = {(case, kind): shops.source(case, kind) for case in CASES for kind in KINDS}
    with running(SERVER, *shops.argv, ready=lambda: answers(shops.server + "/-/ready")):
        shops.are_scraped()
        for source in sources.values():
            looked(source)
        shops.first = False
        shops.are_scraped()
        before = {of: looked(source) for of, source in sources.items()}
        shops.broke_s, until_s = int(time.time()), time.monotonic() + FRESH.total_seconds() + 3 * EVERY_S
        must_become(lambda: time.monotonic() > until_s, "what was said before is old", within_s=60)
        return {of: (before[of], looked(source)) for of, source in sources.items()}


def looked(source):
    """Users of canary and control, None where they are not known; the database; and what could not be read."""
    seen, problems = source.read(datetime.now(UTC))
    of = [seen[slice] for slice in ("canary", "control")]
    return tuple(one.counters.get("users") for one in of), of[0].gauges.get("db_cpu_ratio"), "; ".join(problems), seen


@pytest.fixture(params=KINDS)
def went(request, read):
    return lambda case: read[case, request.param]


@pytest.mark.parametrize("case", COUNTED)
def test_what_is_counted_is_read_over_resets_and_restarts(went, case):
    before, (users, *_, seen) = went(case)
    assert before[0] == (100, 300) and users == COUNTED[case]
    assert not any(of.fell for of in seen.values())


@pytest.mark.parametrize("case", UNREAD)
def test_what_cannot_be_read_is_no_number_and_said_and_control_stands(went, case):
    before, ((canary, control), _, said, seen) = went(case)
    assert before[0] == (100, 300) and control == 300
    assert canary is None or "users" in seen["canary"].fell
    assert "users" in said or "/canary-1" in said or "canary-1" in said, said


def test_two_series_where_one_is_due_are_no_number(went):
    before, (users, cpu, said, _) = went("two_series")
    assert before[1] == 0.4 and cpu is None and users[0] in (100, None) and users[1] == 300
    assert "db_cpu" in said


def test_the_series_of_nobody_is_nobodys(went):
    _, ((canary, control), _, said, _) = went("wrong_label")
    assert canary is None and control == 300 and "users" in said


def test_a_control_that_is_gone_leaves_the_canary_alone(went):
    before, ((canary, control), *_, said, _) = went("control_gone")
    assert before[0] == (100, 300) and canary == 100 and control is None and "control" in said
