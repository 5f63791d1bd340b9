"""The load under which a stage was judged: on time, answered, by the slice that it was addressed to."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import field_validator

from ramp.allowed import Ratio, Seconds, allowed
from ramp.brought import Stretch
from ramp.finding import Finding, Told
from ramp.gates.judging import Light, TooFew, enough, found
from ramp.histogram import quantile
from ramp.observation import SLICES, NoEvidence, Span
from ramp.order import AIMS
from ramp.plan import Plan
from ramp.signals import REQUESTS
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.tally import LAG_BOUNDS_S
from ramp.units import Unit, show
from ramp.verdict import Colour, Words


class LoadGateRow(Waivable):
    achieved_ratio_min: Annotated[Ratio, allowed("load that is half missing is another load", least=0.8)]
    lag_s_max: Annotated[Seconds, allowed("a generator that is later measures itself", most=0.05)]
    late_ratio_max: Annotated[Ratio, allowed("P95 could be the generator's own", most=0.05)]

    @field_validator("lag_s_max")
    @classmethod
    def _is_counted(cls, lag_s: float) -> float:
        if lag_s not in LAG_BOUNDS_S:
            raise ValueError(f"the load counts its lag at {', '.join(f'{bound:g}' for bound in LAG_BOUNDS_S)} s only")
        return lag_s


class LoadGate:
    """GREEN where the load that the suite brought can be believed over the whole stage, NO DATA where it cannot: then
    nothing that was measured under it proves anything. A release may also stand on its own users' traffic alone, unless
    load `is_due`. What was doubtful at one look and is made up for since does not count."""

    def __init__(self, plan: Plan, *, is_due: bool = False) -> None:
        self._row = plan.gate(LoadGateRow)
        self._is_due = is_due

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        try:
            return found(view, "load", Light(Colour.GREEN), Told(self._words(view)))
        except NoEvidence as missing:
            told, thin = Told(Words(why=missing.reason)), isinstance(missing, TooFew)
            return found(view, "load", Light(Colour.NO_DATA), told, thin=thin)

    def _words(self, view: StageView) -> Words:
        """Raises NoEvidence."""
        if not any(name.startswith("load_") for name in view.recording.names("canary")):
            return self._own_traffic(view)
        row, stretch = self._row, _stretch(view, view.whole)
        stretch.must_be_believable(row, view.plan.reading.samples_min)
        answered, due = (sum(of.values()) for of in (stretch.answered, stretch.due))
        return Words(
            why=f"{answered:,.0f} of {due:,.0f} requests due were answered, all by the slice they were addressed to",
            unit=Unit.RATIO,
            value=stretch.achieved_ratio,
            limit=row.achieved_ratio_min,
            n=round(answered),
            window_s=60 * view.whole.minutes,
            notes=_notes(view, stretch, row.lag_s_max),
        )

    def _own_traffic(self, view: StageView) -> Words:
        """Raises NoEvidence."""
        if self._is_due:
            raise NoEvidence("load was to be brought and none was recorded; on a real target it needs --act")
        n = enough(view, view.recording.increase("canary", REQUESTS, view.whole), "requests of canary")
        why = f"the suite brought none; the canary answered {n:,} requests of its own"
        return Words(why=why, unit=Unit.COUNT, n=n, window_s=60 * view.whole.minutes)


def _stretch(view: StageView, span: Span) -> Stretch:
    grown = {
        name: view.recording.increase_by("canary", f"load_{name}", span)
        for name in ("due", "answered", "fine", "wrong_slice")
    }
    seconds_s, ordered_s, saturated, lost = (
        view.recording.increase("canary", f"load_{name}", span)
        for name in ("s", "ordered_s", "saturated", "workers_lost")
    )
    lag = view.recording.increase_by("canary", "load_lag_s", span)
    return Stretch(**grown, seconds_s=seconds_s, ordered_s=ordered_s, saturated=saturated, lost=lost, lag=lag)


def _notes(view: StageView, stretch: Stretch, lag_s_max: float) -> tuple[str, ...]:
    rates = ", ".join(
        f"{aim} {stretch.answered[aim] / stretch.seconds_s:.1f} of {stretch.due[aim] / stretch.seconds_s:.1f}"
        for aim in AIMS
    )
    lines = [f"requests/s answered of due: {rates}"]
    for slice in SLICES:
        p95 = [
            show(quantile(view.recording.increase_by(slice, f"load_{of}_s", view.whole), 0.95), Unit.SECONDS)
            for of in ("latency", "service")
        ]
        lines.append(f"{slice} P95 {p95[0]} from when each request was due, {p95[1]} from when it was sent")
    late = stretch.late_ratio(lag_s_max)
    lines.append(
        f"{late:.1%} of requests left more than {show(lag_s_max, Unit.SECONDS)} late by the generator's own fault"
    )
    paid = view.recording.increase_by("canary", "load_payments", view.whole)
    lines.append(f"checkouts: {', '.join(f'{count:.0f} {name}' for name, count in paid.items())}")
    if paid.get("unpaid"):
        lines.append("journeys went on without paying: no payment was left to load, or the cap ledger did not answer")
    return tuple(lines)
