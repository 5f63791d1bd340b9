"""The load that the suite brings itself: what is ordered, what came of it, and whether it can be believed.

An open loop: each request is due at a time of its own, whatever became of those before, so that a system that stalls
is not spared the requests of its stall (Gil Tene, "How NOT to Measure Latency": coordinated omission).
"""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ramp.live_guard import away_from_loopback, window_of
from ramp.observation import SLICES, Counter, Malformed, NoEvidence, Observation, Slice
from ramp.order import AIMS, Order
from ramp.plan import Moment, Plan
from ramp.release import Release, Target
from ramp.tally import FINE_BOUNDS_S, Tally, cumulative, quantile_s, whole
from ramp.validation import Invalid

PAID_OUTCOMES = ("paid", "declined", "unknown", "unpaid")


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
    paths = release.prewarm.paths if release.prewarm else ()
    if not paths and not release.routes:
        raise Invalid("load", ["the release file names no page in [prewarm] and no AI route to be asked"])
    bodies = {journey.path: journey.body for journey in release.journeys if journey.method == "POST"}
    asks = tuple((route.path, json.dumps(bodies.get(route.path) or {"question": "Why?"})) for route in release.routes)
    return Order(
        version=release.version,
        header=key.header,
        canary=key.canary,
        control=key.control,
        per_s={aim: getattr(row, f"{aim}_per_s") * factor for aim in AIMS},
        users={aim: math.ceil(getattr(row, f"{aim}_users") * max(factor, 1)) for aim in AIMS},
        ramp_s=row.ramp_s,
        hold_s=hold_s,
        pages=paths,
        asks=asks,
        checkout_path=ceiling.checkout_path,
        checkout_cents=row.checkout_cents,
        checkout_every_s=row.checkout_every_s,
        checkouts_max=row.checkouts_max,
        caps=(caps.count_max, caps.amount_cents_max, caps.total_cents_max),
        live_window=(window[0].isoformat(), window[1].isoformat()) if window else None,
    )


@dataclass
class Brought:
    """All that the load came to so far, by aim and route; sums, so that what workers report can be added in any order.

    `due` counts the requests that should have been sent, at the latest a second ago, by aim, and `answered` those of
    them that were answered; `saturated` the times that a generator was found to use a whole core; `lost` the workers
    that went missing; `payments` the checkouts by how they ended, `unpaid` those that a journey went on without, for
    `unpaid_because`."""

    seconds_s: float = 0.0
    due: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    answered: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tallies: dict[tuple[str, str], Tally] = field(default_factory=lambda: defaultdict(Tally))
    payments: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PAID_OUTCOMES, 0))
    unpaid_because: str | None = None
    saturated: int = 0
    lost: int = 0

    def add(self, line: Mapping[str, Any]) -> None:
        """Adds one line of a recorder. Raises Malformed, and then adds nothing of it."""
        try:
            due, answered = ({aim: whole(count) for aim, count in line[name].items()} for name in ("due", "answered"))
            cells = [((aim, route), Tally.from_record(cell)) for aim, route, cell in line["cells"]]
            payments = {name: whole(count) for name, count in line["payments"].items()}
            saturated, lost, seconds_s = whole(line["saturated"]), whole(line["lost"]), float(line["seconds_s"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Malformed(f"is no line of a load recorder ({type(error).__name__}: {error})") from None
        for aim, count in due.items():
            self.due[aim] += count
        for aim, count in answered.items():
            self.answered[aim] += count
        for key, tally in cells:
            self.tallies[key].merge(tally)
        for name, count in payments.items():
            self.payments[name] = self.payments.get(name, 0) + count
        self.unpaid_because = line.get("unpaid_because") or self.unpaid_because
        self.saturated += saturated
        self.lost += lost
        self.seconds_s += seconds_s

    def of(self, aim: str) -> Tally:
        """All routes of `aim` together."""
        total = Tally()
        for (of, _), tally in self.tallies.items():
            if of == aim:
                total.merge(tally)
        return total

    def stretch(self) -> "Stretch":
        totals = {aim: self.of(aim) for aim in AIMS}
        return Stretch(
            due={aim: self.due.get(aim, 0) for aim in AIMS},
            answered={aim: self.answered.get(aim, 0) for aim in AIMS},
            fine={aim: tally.count("fine") for aim, tally in totals.items()},
            wrong_slice={aim: tally.count("wrong_slice") for aim, tally in totals.items()},
            saturated=self.saturated,
            lost=self.lost,
        )

    def counters(self) -> dict[Slice, dict[str, Counter]]:
        """As counters of the observation format: what is counted once for all aims stands with the canary's."""
        stretch = self.stretch()
        shared: dict[str, Counter] = {
            "load_s": self.seconds_s,
            "load_due": {aim: float(count) for aim, count in stretch.due.items()},
            "load_answered": {aim: float(count) for aim, count in stretch.answered.items()},
            "load_fine": {aim: float(count) for aim, count in stretch.fine.items()},
            "load_wrong_slice": {aim: float(count) for aim, count in stretch.wrong_slice.items()},
            "load_payments": {name: float(count) for name, count in self.payments.items()},
            "load_saturated": float(self.saturated),
            "load_workers_lost": float(self.lost),
        }
        timed: dict[Slice, dict[str, Counter]] = {}
        for slice in SLICES:
            tally = self.of(slice)
            timed[slice] = {
                "load_latency_s": cumulative(tally.corrected),
                "load_service_s": cumulative(tally.service),
            }
        return {"canary": shared | timed["canary"], "control": timed["control"]}


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What the load came to over a stretch of time, by aim; see `Brought`."""

    due: Mapping[str, float]
    answered: Mapping[str, float]
    fine: Mapping[str, float]
    wrong_slice: Mapping[str, float]
    saturated: float
    lost: float

    @property
    def achieved_ratio(self) -> float:
        """The smallest share of the requests that were due that was answered, of any aim. Raises NoEvidence."""
        idle = [aim for aim in AIMS if not self.due.get(aim)]
        if idle:
            raise NoEvidence(f"no load was due for {', '.join(idle)}: zero requests prove nothing")
        return min(self.answered.get(aim, 0) / self.due[aim] for aim in AIMS)

    def must_be_believable(self, achieved_ratio_min: float, samples_min: int) -> None:
        """Raises NoEvidence with the reason why what was measured under this load proves nothing."""
        if self.lost:
            raise NoEvidence(
                f"{self.lost:.0f} of the load's workers went missing; see load/locust.log and run it again"
            )
        _ = self.achieved_ratio
        if self.saturated:
            raise NoEvidence(
                "the load generator used more than 90 % of its core, so that it measured itself; "
                "bring less, or spread it with --workers"
            )
        for aim in AIMS:
            self._must_have_reached(aim, achieved_ratio_min, samples_min)

    def _must_have_reached(self, aim: str, achieved_ratio_min: float, samples_min: int) -> None:
        wrong, answered, due, fine = (
            each.get(aim, 0) for each in (self.wrong_slice, self.answered, self.due, self.fine)
        )
        if wrong:
            raise NoEvidence(
                f"{wrong:,.0f} answers to load for {aim} came from the wrong slice or did not say their version; "
                "is the routing key right?"
            )
        if answered / due < achieved_ratio_min:
            raise NoEvidence(
                f"only {answered:,.0f} of {due:,.0f} requests due for {aim} were answered ({answered / due:.1%}, at "
                f"least {achieved_ratio_min:.0%} are needed), so the load that was asked for was not brought"
            )
        if fine < samples_min:
            raise NoEvidence(
                f"only {fine:,.0f} answers to load for {aim} were no error, at least {samples_min} are needed"
            )


def in_brief(brought: Brought) -> str:
    """`237.4/s, 0 errors, P95 canary 45.1 ms, control 44.8 ms, split 21.3 ms`, since the load began."""
    totals = {aim: brought.of(aim) for aim in AIMS}
    requests = sum(tally.requests for tally in totals.values())
    errors = requests - sum(tally.count("fine") for tally in totals.values())
    rate = requests / brought.seconds_s if brought.seconds_s else 0.0
    p95 = [f"{aim} {1000 * quantile_s(t.corrected, 0.95):.1f} ms" for aim, t in totals.items() if t.requests]
    return f"{rate:.1f}/s, {errors} errors" + (f", P95 {', '.join(p95)}" if p95 else "")


def summary(brought: Brought) -> dict[str, Any]:
    """All that was brought as a JSON object: counts, and quantiles in seconds to 0.1 ms, by aim and by route."""
    by_route = {f"{aim} {route}": _summed(tally) for (aim, route), tally in sorted(brought.tallies.items())}
    return {
        "seconds_s": brought.seconds_s,
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
            quantiles[f"p{100 * q:.0f}_corrected_s"] = quantile_s(tally.corrected, q)
            quantiles[f"p{100 * q:.0f}_service_s"] = quantile_s(tally.service, q)
    return {"requests": tally.requests, "outcomes": dict(tally.outcomes)} | quantiles


def observed(
    lines: Iterable[Mapping[str, Any]], moment: Moment, at: Callable[[float], datetime], every_s: float
) -> Iterator[Observation]:
    """The lines of a recorder as observations of both slices, one every `every_s` seconds and at the end; `at` tells
    plan time from Unix time. Latency is as each request was due, in buckets of 0.5 ms. Raises Malformed."""
    brought, said_s, last_s = Brought(), float("-inf"), 0.0
    for line in lines:
        if last_s == 0.0:
            last_s = line["at_s"] - line["seconds_s"]
            yield from _observations(brought, moment, at(last_s))
            said_s = last_s
        brought.add(line)
        last_s = max(last_s, line["at_s"])
        if last_s - said_s >= every_s:
            yield from _observations(brought, moment, at(last_s))
            said_s = last_s
    if last_s > said_s:
        yield from _observations(brought, moment, at(last_s))


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
