"""E6: synthetic journeys on the canary."""

from ramp.allowed import Tolerated
from ramp.finding import Finding, Told
from ramp.gates.judging import Light, Momentary, found
from ramp.observation import NoEvidence
from ramp.plan import Plan
from ramp.plan_rows import SourcedRow
from ramp.signals import SCHEMA_VIOLATIONS, SYNTHETIC_FAILURES, SYNTHETIC_RUNS, SYNTHETIC_WRONG_SLICE
from ramp.stage_view import StageView
from ramp.units import Unit
from ramp.verdict import Colour, Words


class SyntheticsRow(SourcedRow):
    failures_max: Tolerated


def synthetics_gate(plan: Plan) -> Momentary:
    """Every journey answered, in the documented shape, by the release itself: a fine answer of control's is RED."""
    return Momentary("synthetics", _judged)


def _judged(view: StageView) -> Finding:
    """Raises NoEvidence."""
    row, whole = view.plan.gate(SyntheticsRow), view.whole
    names = (SYNTHETIC_RUNS, SYNTHETIC_FAILURES, SYNTHETIC_WRONG_SLICE, SCHEMA_VIOLATIONS)
    runs, failed, elsewhere, misshapen = (round(view.recording.increase("canary", name, whole)) for name in names)
    if runs == 0:
        raise NoEvidence("no synthetic journey ran during the stage")
    bad = failed + elsewhere + misshapen
    words = Words(
        why=f"of {runs} answers {failed} failed, {elsewhere} came from another version, {misshapen} broke the schema",
        unit=Unit.COUNT,
        value=bad,
        limit=row.failures_max,
        n=runs,
        window_s=60 * whole.minutes,
    )
    return found(view, "synthetics", Light(Colour.RED if bad > row.failures_max else Colour.GREEN), Told(words))
