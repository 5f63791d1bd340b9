"""The load that the suite brings itself: what is ordered, and what came of it in words and as observations.

An open loop: each request is due at a time of its own, whatever became of those before, so that a system that stalls
is not spared the requests of its stall (Gil Tene, "How NOT to Measure Latency": coordinated omission).
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ramp.brought import Brought
from ramp.live_guard import away_from_loopback, window_of
from ramp.observation import Counter, Observation
from ramp.order import AIMS, Order, StageCheckouts
from ramp.plan import Moment, Plan
from ramp.release import Release
from ramp.tally import FINE_BOUNDS_S, Tally, cumulative, quantile_s
from ramp.target import Target
from ramp.validation import Invalid


def order_for(
    plan: Plan,
    release: Release,
    target: Target,
    *,
    hold_s: float,
    total_per_s: float | None = None,
    lacking: Callable[[], Sequence[str]] = lambda: ["a guard"],
) -> Order:
    """The plan's load for `target`, or the same in proportion with `total_per_s` requests a second in all, from more
    users where it is more. `lacking` is asked what live payments lack where a checkout may move real money. Raises
    Invalid where the target asks for none or allows less, or where they lack anything."""
    row, ceiling, key, caps = plan.load, target.load, release.canary, plan.caps
    if ceiling is None:
        raise Invalid("load", ["the release file has no [real.load] with arrivals_per_s_max, so none is brought"])
    factor = 1.0 if total_per_s is None else total_per_s / row.per_s
    if row.per_s * factor > ceiling.arrivals_per_s_max:
        raise Invalid(
            "load",
            [
                f"{row.per_s * factor:g} requests a second are above the ceiling of {ceiling.arrivals_per_s_max:g} "
                "that arrivals_per_s_max in the release file sets; bring fewer or raise it"
            ],
        )
    elsewhere = away_from_loopback(target) if ceiling.checkout_path else None
    if elsewhere and (needs := lacking()):
        why = f"its checkouts may move real money ({elsewhere}), and live payments lack {'; '.join(needs)}."
        raise Invalid("load", [f"{why} Give it all of that, or remove checkout_path under [real.load]"])
    window = window_of(release) if elsewhere else None
    bodies = {journey.path: journey.body for journey in release.journeys if journey.method == "POST"}
    asks = tuple((route.path, json.dumps(bodies.get(route.path) or {"question": "Why?"})) for route in release.routes)
    per_s = {"canary": row.canary_per_s, "control": row.control_per_s, "split": row.split_per_s}
    users = {"canary": row.canary_users, "control": row.control_users, "split": row.split_users}
    return Order(
        version=release.version,
        version_header=target.identity.version_header,
        header=key.header,
        canary=key.canary,
        control=key.control,
        per_s={aim: of * factor for aim, of in per_s.items()},
        users={aim: math.ceil(of * max(factor, 1)) for aim, of in users.items()},
        ramp_s=row.ramp_s,
        hold_s=hold_s,
        pages=_pages(release, ceiling.paths),
        asks=asks,
        checkout_path=ceiling.checkout_path,
        checkout_cents=row.checkout_cents,
        checkouts_max=row.checkouts_per_stage * len(plan.stages),
        caps=(caps.count_max, caps.amount_cents_max, caps.total_cents_max),
        live_window=(window[0].isoformat(), window[1].isoformat()) if window else None,
    )


def _pages(release: Release, uncached: tuple[str, ...]) -> tuple[str, ...]:
    """The pages to ask. Without a route they alone show how the slices answer, so that as many are asked that no cache
    answers; else what looks and changes nothing, or the page that is always there."""
    warm = release.prewarm.paths if release.prewarm else ()
    if release.routes:
        return warm
    if uncached:
        return (*warm, *uncached * max(len(warm), 1))
    looks = tuple(journey.path for journey in release.journeys if journey.method == "GET")
    return warm or looks or (release.canary.witness_path or "/",)


def checkouts_of(plan: Plan, stage: Moment, hold_s: float) -> StageCheckouts:
    """The stage's share of the checkouts, spread evenly over the `hold_s` seconds for which it is held."""
    count = plan.load.checkouts_per_stage
    return StageCheckouts(stage=stage.id, count=count, every_s=hold_s / count)


def not_fine(brought: Brought) -> int:
    """Requests since the load began that had no fine answer of the slice that they were addressed to."""
    return sum(brought.of(aim).requests - brought.of(aim).count("fine") for aim in AIMS)


def in_brief(brought: Brought, in_placebo: int = 0) -> str:
    """`237.4/s, 0 errors, P95 canary 45.1 ms, control 44.8 ms, split 21.3 ms`, since the load began, but for those
    `not_fine` in a placebo hour, in which control answers for the canary."""
    totals = {aim: brought.of(aim) for aim in AIMS}
    requests = sum(tally.requests for tally in totals.values())
    errors = not_fine(brought) - in_placebo
    rate = requests / brought.seconds_s if brought.seconds_s else 0.0
    p95 = [f"{aim} {1000 * quantile_s(t.corrected, 0.95):.1f} ms" for aim, t in totals.items() if t.requests]
    return f"{rate:.1f}/s, {errors} errors" + (f", P95 {', '.join(p95)}" if p95 else "")


def summary(brought: Brought) -> dict[str, Any]:
    """All that was brought as a JSON object: counts, and quantiles in seconds to 0.1 ms, by aim and by route."""
    by_route = {f"{aim} {route}": _summed(tally) for (aim, route), tally in sorted(brought.tallies.items())}
    return {
        "seconds_s": brought.seconds_s,
        "ordered_s": brought.ordered_s,
        "aims": {
            aim: {"due": brought.due.get(aim, 0), "answered": brought.answered.get(aim, 0)} | _summed(brought.of(aim))
            for aim in AIMS
        },
        "routes": by_route,
        "payments": dict(brought.payments),
        "unpaid_because": brought.unpaid_because,
        "saturated": brought.saturated,
        "workers_lost": brought.lost,
    }


def _summed(tally: Tally) -> dict[str, Any]:
    quantiles: dict[str, float] = {}
    if tally.requests:
        for q in (0.50, 0.95, 0.99):
            for name, ticks in (("corrected", tally.corrected), ("service", tally.service), ("lag", tally.lag)):
                quantiles[f"p{100 * q:.0f}_{name}_s"] = quantile_s(ticks, q)
    return {"requests": tally.requests, "outcomes": dict(tally.outcomes)} | quantiles


def observed(
    lines: Iterable[Mapping[str, Any]],
    moment: Moment,
    at: Callable[[float], datetime],
    every_s: float,
    hold_s: float,
) -> Iterator[Observation]:
    """The lines of a recorder whose load was to flow for `hold_s` and is over, as observations of both slices, one
    every `every_s` seconds and at the end; `at` tells plan time from Unix time. Latency is as each request was due, in
    buckets of 0.5 ms. Raises Malformed."""
    brought, began_s, said_s, last_s = Brought(), 0.0, 0.0, 0.0
    told = list(lines)
    for number, line in enumerate(told, 1):
        if last_s == 0.0:
            began_s = said_s = last_s = line["at_s"] - line["seconds_s"]
            yield from _observations(brought, moment, at(last_s))
        brought.add(line)
        last_s, is_last = max(last_s, line["at_s"]), number == len(told)
        if last_s - said_s >= every_s or (is_last and last_s > said_s):
            brought.ordered_s = hold_s if is_last else min(last_s - began_s, hold_s)
            yield from _observations(brought, moment, at(last_s))
            said_s = last_s


def _observations(brought: Brought, moment: Moment, at: datetime) -> Iterator[Observation]:
    for slice, load_counters in brought.counters().items():
        tally = brought.of(slice)
        counters: dict[str, Counter] = {
            "requests": float(tally.requests),
            "errors": float(tally.count("error") + tally.count("no_answer")),
            "latency_s": cumulative(tally.corrected, FINE_BOUNDS_S),
        }
        yield Observation(
            at=at,
            slice=slice,
            stage=moment.id,
            traffic_pct=moment.traffic_pct or 0,
            counters=counters | load_counters,
            gauges={},
        )
