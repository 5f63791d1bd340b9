"""E6: synthetic journeys on the canary."""

from ramp.gates.judging import blind, say, sightings
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


def synthetics(hold: Hold) -> Verdict:
    """Every journey answered, in the documented shape, by the release itself: a fine answer of control's is RED."""
    row = hold.plan.gates.synthetics
    names = ("synthetic_runs", "synthetic_failures", "synthetic_wrong_slice", "schema_violations")

    def count(span: Span) -> list[int]:
        counts = [round(hold.recording.increase("canary", name, span)) for name in names]
        if counts[0] == 0:
            raise NoEvidence("no synthetic journey ran during the stage")
        return counts

    try:
        runs, failed, elsewhere, misshapen = count(hold.whole)
    except NoEvidence as missing:
        return blind(hold, "synthetics", missing, sightings(hold, count))
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
