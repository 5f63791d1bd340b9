"""What load came to: sums by aim and route, and whether what was measured under it can be believed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ramp.histogram import Buckets, above, timed
from ramp.observation import SLICES, Counter, Malformed, NoEvidence, Slice
from ramp.order import AIMS
from ramp.tally import LAG_BOUNDS_S, Tally, Ticks, cumulative, whole
from ramp.units import show_seconds

PAID_OUTCOMES = ("paid", "declined", "unknown", "unpaid")
TOLD_WITHIN_S = 2.0  # a line comes every second, so that what was brought last may not be told yet
ROUNDING_S = 0.001


@dataclass
class Brought:
    """All that the load came to so far, by aim and route; sums, so that what workers report can be added in any order.

    The last line is of `told_at_s`, in Unix time. Load flowed for `seconds_s` by Locust's clock, of the `ordered_s`
    that it was to by the clock of who ordered it. `due` counts the requests that should have been sent, at the latest a
    second ago, by aim, and `answered` those of them that were answered; `saturated` the times that a generator was
    found to use a whole core; `lost` the workers that went missing; `payments` the checkouts by how they ended,
    `unpaid` those that a journey went on without, for `unpaid_because`."""

    seconds_s: float = 0.0
    ordered_s: float = 0.0
    told_at_s: float = 0.0
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
            saturated, lost = whole(line["saturated"]), whole(line["lost"])
            seconds_s, at_s = float(line["seconds_s"]), float(line["at_s"])
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
        self.told_at_s = max(self.told_at_s, at_s)

    def must_have_lasted(self) -> None:
        """Raises NoEvidence where load that is over did not flow for as long as was ordered."""
        if self.ordered_s - self.seconds_s > ROUNDING_S:
            raise NoEvidence(_too_short(self.seconds_s, self.ordered_s))

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
            seconds_s=self.seconds_s,
            ordered_s=self.ordered_s,
            due={aim: self.due.get(aim, 0) for aim in AIMS},
            answered={aim: self.answered.get(aim, 0) for aim in AIMS},
            fine={aim: tally.count("fine") for aim, tally in totals.items()},
            wrong_slice={aim: tally.count("wrong_slice") for aim, tally in totals.items()},
            saturated=self.saturated,
            lost=self.lost,
            lag=cumulative(self.lag(), LAG_BOUNDS_S),
        )

    def lag(self) -> Ticks:
        """How late requests of any aim left by the generator's own fault: it is one process for all of them."""
        total: Ticks = defaultdict(int)
        for tally in self.tallies.values():
            for at, count in tally.lag.items():
                total[at] += count
        return total

    def counters(self) -> dict[Slice, dict[str, Counter]]:
        """As counters of the observation format: what is counted once for all aims stands with the canary's."""
        stretch = self.stretch()
        shared: dict[str, Counter] = {
            "load_s": self.seconds_s,
            "load_ordered_s": self.ordered_s,
            "load_due": {aim: float(count) for aim, count in stretch.due.items()},
            "load_answered": {aim: float(count) for aim, count in stretch.answered.items()},
            "load_fine": {aim: float(count) for aim, count in stretch.fine.items()},
            "load_wrong_slice": {aim: float(count) for aim, count in stretch.wrong_slice.items()},
            "load_payments": {name: float(count) for name, count in self.payments.items()},
            "load_saturated": float(self.saturated),
            "load_workers_lost": float(self.lost),
            "load_lag_s": dict(stretch.lag),
        }
        timed: dict[Slice, dict[str, Counter]] = {}
        for slice in SLICES:
            tally = self.of(slice)
            timed[slice] = {
                "load_latency_s": cumulative(tally.corrected),
                "load_service_s": cumulative(tally.service),
            }
        return {"canary": shared | timed["canary"], "control": timed["control"]}


class Limits(Protocol):
    """What load must keep to be believed: the numbers of the gate's row in the plan."""

    @property
    def achieved_ratio_min(self) -> float: ...
    @property
    def lag_s_max(self) -> float: ...
    @property
    def late_ratio_max(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What the load came to over a stretch of time, by aim; see `Brought`."""

    seconds_s: float
    ordered_s: float
    due: Mapping[str, float]
    answered: Mapping[str, float]
    fine: Mapping[str, float]
    wrong_slice: Mapping[str, float]
    saturated: float
    lost: float
    lag: Buckets

    @property
    def achieved_ratio(self) -> float:
        """The smallest share of the requests that were due that was answered, of any aim. Raises NoEvidence."""
        idle = [aim for aim in AIMS if not self.due.get(aim)]
        if idle:
            raise NoEvidence(f"no load was due for {', '.join(idle)}: zero requests prove nothing")
        return min(self.answered.get(aim, 0) / self.due[aim] for aim in AIMS)

    def late_ratio(self, lag_s_max: float) -> float:
        """The share of requests that left more than `lag_s_max` late by the generator's own fault. Raises NoEvidence
        where the lag is not counted there."""
        sent = timed(self.lag)
        return above(self.lag, lag_s_max) / sent if sent else 0.0

    def must_be_believable(self, limits: "Limits", samples_min: int) -> None:
        """Raises NoEvidence with the reason why what was measured under this load proves nothing."""
        if self.lost:
            raise NoEvidence(
                f"{self.lost:.0f} of the load's workers went missing; see load/locust.log and run it again"
            )
        if not self.ordered_s:
            raise NoEvidence("no load was ordered for any of this time: zero requests prove nothing")
        missing_s = self.ordered_s - self.seconds_s
        if missing_s > TOLD_WITHIN_S and self.seconds_s < limits.achieved_ratio_min * self.ordered_s:
            raise NoEvidence(_too_short(self.seconds_s, self.ordered_s))
        _ = self.achieved_ratio
        self._must_have_been_prompt(limits)
        for aim in AIMS:
            self._must_have_reached(aim, limits.achieved_ratio_min, samples_min)

    def _must_have_been_prompt(self, limits: "Limits") -> None:
        if self.saturated:
            raise NoEvidence(
                "the load generator used more than 90 % of its core, so that it measured itself; "
                "bring less, or spread it with --workers"
            )
        if (late := self.late_ratio(limits.lag_s_max)) > limits.late_ratio_max:
            raise NoEvidence(
                f"the load generator itself sent {late:.1%} of its requests more than {show_seconds(limits.lag_s_max)} "
                f"late (at most {limits.late_ratio_max:.0%} may be), so that it measured itself; is the machine busy "
                "with other work?"
            )

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


def _too_short(seconds_s: float, ordered_s: float) -> str:
    return f"load flowed for {show_seconds(seconds_s)} of the {show_seconds(ordered_s)} that were ordered"
