"""The load under which a stage was judged: on time, answered, by the slice that it was addressed to."""

from ramp.gates.judging import Standing, enough, say
from ramp.histogram import quantile
from ramp.hold import Hold
from ramp.load import Stretch
from ramp.observation import SLICES, NoEvidence, Span
from ramp.order import AIMS
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict, no_data


class LoadGate:
    """Judges a stage as a whole: what was doubtful at one look and is made up for since does not count."""

    def look(self, hold: Hold) -> None:
        """Nothing needs to be kept."""

    def stands(self, hold: Hold) -> Standing:
        return Standing(load(hold).colour)

    def verdict(self, hold: Hold) -> Verdict:
        return load(hold)


def load(hold: Hold) -> Verdict:
    """GREEN where the load that the suite brought can be believed over the whole stage, NO DATA where it cannot: then
    nothing that was measured under it proves anything. A release may also stand on its own users' traffic alone."""
    row, least = hold.plan.gates.load, hold.plan.reading.samples_min
    try:
        if not any(name.startswith("load_") for name in hold.recording.names("canary")):
            return _own_traffic(hold)
        stretch = _stretch(hold, hold.whole)
        stretch.must_be_believable(row.achieved_ratio_min, least)
        notes = _notes(hold, stretch)
    except NoEvidence as missing:
        return no_data("load", hold.moment.id, missing.reason)
    answered, due = (sum(of.values()) for of in (stretch.answered, stretch.due))
    return say(
        hold,
        "load",
        Colour.GREEN,
        f"{answered:,.0f} of {due:,.0f} requests due were answered, all by the slice that they were addressed to",
        unit=Unit.RATIO,
        value=stretch.achieved_ratio,
        limit=row.achieved_ratio_min,
        n=round(answered),
        window_s=60 * hold.whole.minutes,
        notes=notes,
    )


def _own_traffic(hold: Hold) -> Verdict:
    n = enough(hold, hold.recording.increase("canary", "requests", hold.whole), "requests of canary")
    why = f"the suite brought none; the canary answered {n:,} requests of its own"
    return say(hold, "load", Colour.GREEN, why, unit=Unit.COUNT, n=n, window_s=60 * hold.whole.minutes)


def _stretch(hold: Hold, span: Span) -> Stretch:
    grown = {
        name: hold.recording.increase_by("canary", f"load_{name}", span)
        for name in ("due", "answered", "fine", "wrong_slice")
    }
    saturated, lost = (
        hold.recording.increase("canary", f"load_{name}", span) for name in ("saturated", "workers_lost")
    )
    return Stretch(**grown, saturated=saturated, lost=lost)


def _notes(hold: Hold, stretch: Stretch) -> tuple[str, ...]:
    seconds_s = hold.recording.increase("canary", "load_s", hold.whole)
    rates = ", ".join(
        f"{aim} {stretch.answered[aim] / seconds_s:.1f} of {stretch.due[aim] / seconds_s:.1f}" for aim in AIMS
    )
    lines = [f"requests/s answered of due: {rates}"]
    for slice in SLICES:
        p95 = [
            show(quantile(hold.recording.increase_by(slice, f"load_{of}_s", hold.whole), 0.95), Unit.SECONDS)
            for of in ("latency", "service")
        ]
        lines.append(f"{slice} P95 {p95[0]} from when each request was due, {p95[1]} from when it was sent")
    paid = hold.recording.increase_by("canary", "load_payments", hold.whole)
    lines.append(f"checkouts: {', '.join(f'{count:.0f} {name}' for name, count in paid.items())}")
    if paid.get("unpaid"):
        lines.append("journeys went on without paying: no payment was left to load, or the cap ledger did not answer")
    return tuple(lines)
