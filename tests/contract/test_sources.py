"""What every source of observations keeps to: what it cannot know is left out and said, and nothing is made up.

A source of another kind adds its world to `WORLDS`: a real server on loopback that tells numbers and can go wrong.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from fixtures.sources import prometheus, scrape
from fixtures.sources.contract import SOURCES, source_of
from ramp.observation import SLICES
from ramp.target import Target
from ramp.validation import typed
from tests.served_prometheus import ServedPrometheus

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DEADLINE_S, FRESH = 0.5, timedelta(minutes=2)
SOUND = {"users": {"canary": 3, "control": 40}, "payments_attempted": {"canary": 5}, "db_cpu_ratio": 0.4}


class ScrapedWorld:
    """One page with what both slices tell: each number is a sample, labelled by its slice but for what they share."""

    def __init__(self, serve):
        self.tells, self.status, self.cut, self.more, self.late_s = dict(SOUND), 200, None, "", 0.0
        app = web.Application()
        app.router.add_get("/metrics", self.answer)
        self.url = serve(app) + "/metrics"
        self.table = {"edge_url": "http://127.0.0.1:9", "scrapes": [{"url": self.url}]}

    def source(self, deadline_s=5.0):
        return scrape.Scrape(typed(Target, self.table, "release.toml"), {}, FRESH, deadline_s)

    async def answer(self, request):
        await asyncio.sleep(self.late_s)
        return web.Response(text=(self.text() + self.more)[: self.cut], status=self.status)

    def text(self):
        lines = []
        for name, of in self.tells.items():
            shared = not isinstance(of, dict)
            lines += [f"# TYPE {name} {'gauge' if shared else 'counter'}"]
            lines += [f"{name} {of}"] if shared else [f'{name}_total{{slice="{s}"}} {n}' for s, n in of.items()]
        return "\n".join(lines) + "\n"

    def is_empty(self):
        self.cut = 0

    def is_half(self):
        self.cut = len(self.text()) - 3

    def is_down(self):
        self.status = 503

    def is_garbled(self):
        self.more = '}{ "\n'

    def is_huge(self):
        self.more = "# huge\n" * 1_000_000

    def hangs(self):
        self.late_s = 2 * DEADLINE_S

    def says_users_twice(self):
        self.more = 'users_total{slice="canary"} 4\n'

    def says_users_of_nobody(self):
        self.tells["users"] = {"stable": 3}

    def is_well(self):
        self.tells, self.status, self.cut, self.more, self.late_s = dict(SOUND), 200, None, "", 0.0


class PrometheusWorld:
    """A server that scrapes what both slices tell whenever it is asked."""

    def __init__(self, serve):
        self.tells, self.twice, self.now_s = dict(SOUND), False, 0.0
        self.server = ServedPrometheus(serve)
        self.server.body = self.answer
        signals = {name: f'{name}_total{{slice="{{slice}}"}}' for name, of in SOUND.items() if isinstance(of, dict)}
        signals |= {name: name for name, of in SOUND.items() if not isinstance(of, dict)}
        self.table = {"edge_url": "http://127.0.0.1:9", "prometheus": {"url": self.server.url, "signals": signals}}

    def source(self, deadline_s=5.0):
        return prometheus.PrometheusSource(typed(Target, self.table, "release.toml").prometheus, {}, FRESH, deadline_s)

    def answer(self, query, now_s):
        said = self.sound(query, now_s)
        return self.bad(said) if self.bad else said

    bad = None

    def sound(self, query, now_s):
        self.server.series = {}
        for name, of in self.tells.items():
            for slice, value in of.items() if isinstance(of, dict) else ():
                number = value if isinstance(value, str) else float(value)
                self.server.add(f"{name}_total", {"slice": slice, "instance": f"{slice}:80"}, (now_s, number))
            if not isinstance(of, dict):
                self.server.add(name, {"instance": "db:80"}, (now_s, of))
        return self.server.said(query, now_s)

    def is_empty(self):
        self.bad = lambda said: ""

    def is_half(self):
        self.bad = lambda said: said[:-3]

    def is_down(self):
        self.server.status, self.bad = 503, lambda said: "down"

    def is_garbled(self):
        self.bad = lambda said: '}{ "\n'

    def is_huge(self):
        self.bad = lambda said: "#" * 40_000_000

    def hangs(self):
        self.server.late_s = 2 * DEADLINE_S

    def says_users_twice(self):
        said = {"metric": {"__name__": "users_total", "instance": "canary:80"}, "values": [[time.time(), "4"]]}
        self.bad = lambda sound: self.server.envelope("matrix", [said, said]) if "users_total" in sound else sound

    def says_users_of_nobody(self):
        self.tells["users"] = {"stable": 3}

    def is_well(self):
        self.tells, self.bad, self.server.status, self.server.late_s = dict(SOUND), None, 200, 0.0


WORLDS = {"prometheus": PrometheusWorld, "scrapes": ScrapedWorld}


@pytest.fixture(params=SOURCES)
def world(request, serve):
    return WORLDS[request.param](serve)


def read(source, minute=0):
    """What was said of each slice, and the sentences, each of which is one."""
    seen, problems = source.read(NOW + timedelta(minutes=minute))
    assert set(seen) == set(SLICES)
    assert not [problem for problem in problems if "\n" in problem or "Traceback" in problem]
    return {slice: seen[slice].counters | seen[slice].gauges for slice in SLICES}, problems


def test_a_target_names_its_source(world):
    source = source_of(typed(Target, world.table, "release.toml"), {}, FRESH)
    assert isinstance(source, type(world.source()))


def test_what_is_told_is_read_and_nothing_else(world):
    """No signal that nobody told, and no zero for one."""
    seen, problems = read(world.source())
    assert problems == []
    assert seen["canary"] == {"users": 3, "payments_attempted": 5, "db_cpu_ratio": 0.4}
    assert seen["control"] == {"users": 40, "db_cpu_ratio": 0.4}


@pytest.mark.parametrize("wrong", ["is_empty", "is_half", "is_down", "is_garbled", "is_huge", "hangs"])
def test_what_cannot_be_read_is_left_out_and_said_in_time_and_counts_once_when_it_is_back(world, wrong):
    source = world.source(DEADLINE_S)
    world.tells["users"] = {"canary": 1, "control": 40}
    assert read(source)[1] == []
    getattr(world, wrong)()
    began = time.monotonic()
    seen, problems = read(source)
    assert time.monotonic() - began < 4 * DEADLINE_S
    assert seen == {"canary": {}, "control": {}} and len(problems) == 1, problems
    world.is_well()
    seen, problems = read(source)
    assert problems == [] and seen["canary"]["users"] == 3 and seen["control"]["users"] == 40


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "-1"])
def test_no_number_that_cannot_be_is_read_and_the_others_stand(world, value):
    world.tells["users"] = {"canary": value, "control": 40}
    seen, (problem,) = read(world.source())
    assert "users" in problem and "canary" in problem
    assert seen["canary"] == {"payments_attempted": 5, "db_cpu_ratio": 0.4} and seen["control"]["users"] == 40


@pytest.mark.parametrize("wrong", ["says_users_twice", "says_users_of_nobody"])
def test_two_numbers_where_one_is_due_and_the_number_of_nobody_are_not_read(world, wrong):
    getattr(world, wrong)()
    seen, (problem,) = read(world.source())
    assert "users" in problem
    assert "users" not in seen["canary"] and "users" not in seen["control"]


def test_a_restart_adds_and_a_fall_of_one_slice_is_not_the_others(world):
    source, totals = world.source(), []
    for minute, (canary, control) in enumerate(((100, 10), (7, 20), (99, 25), (2, 30))):
        world.tells["users"] = {"canary": canary, "control": control}
        seen, problems = read(source, 6 * minute)
        assert problems == []
        totals.append((seen["canary"]["users"], seen["control"]["users"]))
    assert totals == [(100, 10), (107, 20), (199, 25), (201, 30)]


def test_what_fell_and_did_not_begin_anew_stands_still_and_is_said(world):
    source = world.source()
    for canary, fell, total in ((100, False, 100), (60, True, 100), (65, False, 105)):
        world.tells["users"] = {"canary": canary, "control": 10}
        seen, problems = source.read(NOW)
        assert seen["canary"].counters["users"] == total and seen["control"].fell == {}
        assert list(seen["canary"].fell) == ["users"] * fell and len(problems) == fell
        assert not fell or "users of canary fell from 100 to 60 at 08:00Z" in problems[0]


def test_a_later_source_goes_on_from_where_an_earlier_one_was(world):
    """Though a restart lies behind it, and counters went on meanwhile."""
    earlier, later = world.source(), world.source()
    for minute, canary in ((0, 100), (20, 7)):
        world.tells["users"] = {"canary": canary, "control": 10}
        read(earlier, minute)
    world.tells["users"] = {"canary": 9, "control": 35}
    later.resume(earlier.state())
    assert [read(later, 60)[0][slice]["users"] for slice in SLICES] == [109, 35]
    world.tells["users"] = {"canary": 3, "control": 36}
    seen, _ = read(later, 90)
    assert (seen["canary"]["users"], seen["control"]["users"]) == (109, 36), "3 after 9 may be a restart or may not"


@pytest.mark.parametrize("state", ["", "{", '{"pages": {}}', "null", "[]", '{"pages": {"x": {"parts": [1]}}}'])
def test_a_later_source_without_the_state_of_the_earlier_has_counted_nothing_yet(world, state):
    """The past would be new a second time."""
    later = world.source()
    later.resume(state)
    assert read(later)[0]["control"]["users"] == 0
    world.tells["users"] = {"canary": 5, "control": 47}
    seen, problems = read(later, 1)
    assert (seen["canary"]["users"], seen["control"]["users"], seen["canary"]["db_cpu_ratio"]) == (2, 7, 0.4)
    assert problems == []


def test_a_check_names_what_is_missing_and_what_cannot_be_read(world, plan):
    found = {finding.what: finding for finding in world.source().check(plan)}
    assert found["users"].works and found["users"].said == "canary 3, control 40"
    assert found["db_cpu_ratio"].said == "0.4, which is 40 %", "what both share is nobody's"
    assert not found["latency_s"].works and "[real" in found["latency_s"].said
    assert (
        not found["db_utilization_ratio"].works
        and "no series db_utilization_ratio" in found["db_utilization_ratio"].said
    )
    world.tells["db_cpu_ratio"] = 40
    found = {finding.what: finding for finding in world.source().check(plan)}
    assert not found["db_cpu_ratio"].works and "looks like percent" in found["db_cpu_ratio"].said
    world.tells["db_cpu_ratio"] = 0.9
    found = {finding.what: finding for finding in world.source().check(plan)}
    assert found["db_cpu_ratio"].said.startswith("reads 0.9, which is 90 % and over the limit of 80.00 %; is it 0.9 %?")
    assert not found["db_cpu_ratio"].works
    world.is_down()
    failed = [finding for finding in world.source().check(plan) if not finding.works]
    assert len(failed) == 1, "what is absent is not said of what could not be read"
