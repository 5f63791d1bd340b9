"""Checkouts under load: where they may move real money, none is ordered and none leaves without the live guard."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.load import Load
from fixtures.payments.ledger import CapLedger, Caps
from load.checkouts import Checkouts
from load.recorder import Recorder
from ramp import release as releases
from ramp.live_guard import LIVE_RELEASE_ENV
from ramp.load import checkouts_of, order_for
from ramp.order import Order, StageCheckouts
from ramp.release import LivePayments
from ramp.target import LoadAllowed, ScrapeEndpoint, Target
from ramp.validation import Invalid

PROJECT = Path(__file__).parents[2]
HERE, SHOP = "http://127.0.0.1:9", "https://shop.example.com"
VERSION = "v20261124.1"


def approved(hours_from, hours_to):
    opens, closes = (datetime.now(UTC) + timedelta(hours=hours) for hours in (hours_from, hours_to))
    return LivePayments(opens_at_utc=opens, closes_at_utc=closes, customer="cus_1", payment_method="pm_1")


SHARE = StageCheckouts(stage="stage_1", count=12, every_s=0.2)


def ordered(plan, *, edge_url=HERE, stripe_url=HERE, checkout_path="/api/checkout", live=None, **guard):
    file = PROJECT / "release.toml"
    allowed = LoadAllowed(arrivals_per_s_max=300, checkout_path=checkout_path)
    scrapes = (ScrapeEndpoint(url=f"{edge_url}/metrics"),)
    target = Target(edge_url=edge_url, scrapes=scrapes, load=allowed, stripe_url=stripe_url)
    release = releases.parse(file.read_text(), file.name, plan, []).model_copy(update={"live": live})
    return order_for(plan, release, target, hold_s=60, **guard)


@pytest.mark.parametrize(
    ("where", "named"),
    [
        ({"edge_url": SHOP}, "edge_url is on shop.example.com"),
        ({"stripe_url": "https://api.stripe.com"}, "stripe_url is on api.stripe.com"),
        ({"edge_url": SHOP, "stripe_url": "https://api.stripe.com"}, "edge_url is on shop.example.com"),
    ],
)
def test_load_that_may_pay_with_real_money_is_refused_unless_the_live_guard_lacks_nothing(plan, where, named):
    """Whether the edge is elsewhere or, behind an edge on loopback, the processor."""
    for guard, lacks in (({}, "a guard"), ({"lacking": lambda: ["the flag", "a window"]}, "the flag; a window")):
        with pytest.raises(Invalid) as refused:
            ordered(plan, **where, **guard)
        (problem,) = refused.value.problems
        assert named in problem
        assert f"live payments lack {lacks}. Give it all of that, or remove checkout_path" in problem

    order = ordered(plan, **where, live=approved(-1, 1), lacking=list)
    assert order.checkout_path == "/api/checkout"
    assert Order.from_text(order.text()) == order
    assert order.live_window is not None


def test_load_goes_anywhere_without_a_checkout_and_pays_on_loopback(plan):
    asked = []
    away = ordered(plan, edge_url=SHOP, checkout_path=None, lacking=lambda: asked.append("?") or ["all"])
    assert (away.checkout_path, away.live_window) == (None, None)
    here = ordered(plan, lacking=lambda: asked.append("?") or ["all"])
    assert (here.checkout_path, here.live_window) == ("/api/checkout", None)
    assert asked == [], "what moves no real money asks no guard"


@pytest.fixture
def live_order(plan):
    return ordered(plan, edge_url=SHOP, live=approved(-1, 1), lacking=list)


@pytest.fixture
def reserving(tmp_path, monkeypatch):
    """`reserving(order, host, release)`: what the checkouts of a process with STRIPE_LIVE_RELEASE answer."""

    def reserve(order, host=SHOP, release=VERSION):
        monkeypatch.delenv(LIVE_RELEASE_ENV, raising=False)
        if release is not None:
            monkeypatch.setenv(LIVE_RELEASE_ENV, release)
        recorder = Recorder()
        ledger_url = f"sqlite:///{tmp_path / 'ledger.db'}"
        checkouts = Checkouts(order, host, ledger_url, 1, recorder)
        checkouts.pay(SHARE.text())
        return checkouts.reserve(), recorder.unpaid_because

    return reserve


def test_a_checkout_of_a_process_that_lacks_nothing_may_be_sent(live_order, reserving, tmp_path):
    key, because = reserving(live_order)

    assert because is None
    caps = Caps(*live_order.caps)
    assert [entry.key for entry in CapLedger(f"sqlite:///{tmp_path / 'ledger.db'}", caps).entries()] == [key]


@pytest.mark.parametrize("host", [SHOP, HERE], ids=["edge elsewhere", "processor elsewhere"])
@pytest.mark.parametrize(
    ("change", "release", "says"),
    [
        ({}, None, f"{LIVE_RELEASE_ENV} = {VERSION}: it is not set"),
        ({}, "v20261123.1", f"{LIVE_RELEASE_ENV} = {VERSION}: it says v20261123.1"),
        (
            {"live_window": ("2020-01-01T00:00:00+00:00", "2020-01-02T00:00:00+00:00")},
            VERSION,
            "an open approval window",
        ),
        (
            {"live_window": ("2090-01-01T00:00:00+00:00", "2090-01-02T00:00:00+00:00")},
            VERSION,
            "an open approval window",
        ),
    ],
)
def test_each_checkout_asks_the_guard_again_in_its_own_process(
    live_order, reserving, tmp_path, host, change, release, says
):
    key, because = reserving(replace(live_order, **change), host, release)

    assert key is None
    assert because.startswith("live payments lack ") and says in because
    assert not (tmp_path / "ledger.db").exists(), "and enters nothing"


def test_an_order_without_a_window_pays_on_loopback_alone(plan, reserving):
    here = ordered(plan)

    assert reserving(here, HERE, None)[1] is None
    assert "an approval window" in reserving(here, SHOP)[1]


@pytest.fixture
def shop(serve):
    """An edge on loopback before a processor elsewhere, and what reached its checkout."""
    reached, lock = [], threading.Lock()

    async def answer(request):
        canary = request.headers.get("x-canary") == "always"
        headers = {"X-Release-Version": VERSION if canary else "v20200101.1"}
        if request.path == "/api/checkout":
            with lock:
                reached.append(await request.text())
            return web.json_response({"paid": True, "payment_id": f"pi_{len(reached)}"}, headers=headers)
        return web.json_response({}, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return serve(app), reached


@pytest.mark.parametrize("missing", [None, "release"])
def test_a_load_that_really_runs_checks_out_under_the_live_guard_alone(plan, shop, tmp_path, monkeypatch, missing):
    url, reached = shop
    order = ordered(plan, edge_url=url, stripe_url="https://api.stripe.com", live=approved(-1, 1), lacking=list)
    order = replace(order, hold_s=2)
    monkeypatch.delenv(LIVE_RELEASE_ENV, raising=False)
    if missing != "release":
        monkeypatch.setenv(LIVE_RELEASE_ENV, VERSION)
    load = Load.start(order, url, f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path / "load")
    try:
        load.pay(SHARE)
        load.wait_until_flowing()
        while not load.ended():
            threading.Event().wait(0.05)
        brought = load.stop()
    finally:
        load.end()

    assert bool(reached) == (missing is None)
    assert brought.payments["paid"] == len(reached)
    assert (brought.unpaid_because or "").startswith("live payments lack") == (missing is not None)


def share_of(workers: int, share: StageCheckouts, order: Order, until_s: float) -> list[float]:
    """When one of `workers` processes checks out, with journeys that end every 10 ms."""
    checkouts = Checkouts(order, HERE, "", workers, Recorder())
    checkouts.pay(share.text())
    return [number / 100 for number in range(round(100 * until_s)) if checkouts.due(number / 100)]


@given(
    hold_s=st.sampled_from([5.0, 10.0, 60.0, 900.0]),
    count=st.integers(1, 20),
    workers=st.integers(1, 4),
)
@settings(max_examples=30, deadline=None)
def test_the_checkouts_of_a_stage_are_spread_over_its_hold(plan, hold_s, count, workers):
    """The first at once, however short the hold; together as many as the stage's share, but for rounding up among the
    processes; and none is due once they are made, however long the stage goes on."""
    share = StageCheckouts(stage="stage_10", count=count, every_s=hold_s / count)

    at = share_of(workers, share, ordered(plan), 2 * hold_s)

    assert at[0] == 0.0
    assert len(at) == -(-count // workers)
    gaps = {round(after - before, 2) for before, after in pairwise(at)}
    assert all(gap == pytest.approx(workers * share.every_s, abs=0.02) for gap in gaps)


def test_nothing_is_paid_before_a_stage_and_each_stage_begins_anew(plan):
    """Its share is equal to every other's, and all of them together are what load may use of the caps."""
    order = ordered(plan)
    checkouts = Checkouts(order, HERE, "", 1, Recorder())
    assert not checkouts.due(0.0)

    for stage in plan.stages:
        share = checkouts_of(plan, stage, 5.0)
        checkouts.pay(share.text())
        assert [checkouts.due(1000.0 * number) for number in range(share.count + 1)] == [True] * share.count + [False]
    assert sum(checkouts_of(plan, stage, 5.0).count for stage in plan.stages) == order.checkouts_max == 60


def test_what_counts_beside_the_ledger_takes_its_room(plan, tmp_path):
    recorder = Recorder()
    checkouts = Checkouts(ordered(plan), HERE, f"sqlite:///{tmp_path}/caps.db", 1, recorder)

    checkouts.pay(replace(SHARE, beside=(99, 0, 500)).text())

    assert checkouts.reserve() is not None
    assert checkouts.reserve() is None
    assert "does not fit under the cap count_max" in recorder.unpaid_because
