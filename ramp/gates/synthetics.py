"""E6: synthetic journeys on the canary."""

from ramp.gates.judging import Momentary, after_the_looks, say
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


def synthetics(hold: Hold) -> Verdict:
    """Every journey answered, in the documented shape, by the release itself: a fine answer of control's is RED."""
    return after_the_looks(synthetics_gate(), hold)


def synthetics_gate() -> Momentary:
    return Momentary("synthetics", _judged)


def _judged(hold: Hold) -> Verdict:
    """Raises NoEvidence."""
    row = hold.plan.gates.synthetics
    names = ("synthetic_runs", "synthetic_failures", "synthetic_wrong_slice", "schema_violations")

    def count(span: Span) -> list[int]:
        counts = [round(hold.recording.increase("canary", name, span)) for name in names]
        if counts[0] == 0:
            raise NoEvidence("no synthetic journey ran during the stage")
        return counts

    runs, failed, elsewhere, misshapen = count(hold.whole)
    bad = failed + elsewhere + misshapen
    return say(
        hold,
        "synthetics",
        Colour.RED if bad > row.failures_max else Colour.GREEN,
        f"of {runs} answers {failed} failed, {elsewhere} came from another version, {misshapen} broke the schema",
        unit=Unit.COUNT,
        value=bad,
        limit=row.failures_max,
        n=runs,
        window_s=60 * hold.whole.minutes,
    )
