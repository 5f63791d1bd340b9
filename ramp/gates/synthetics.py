"""E6: synthetic journeys on the canary."""

from collections.abc import Mapping

from ramp.allowed import Tolerated
from ramp.finding import Finding, Told
from ramp.gates.judging import Light, Looks, blind, found
from ramp.observation import NoEvidence
from ramp.plan import Plan
from ramp.signals import SCHEMA_VIOLATIONS, SYNTHETIC_FAILURES, SYNTHETIC_RUNS, SYNTHETIC_WRONG_SLICE
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.units import Unit
from ramp.verdict import Colour, Words


class SyntheticsRow(Waivable):
    failures_max: Tolerated


class SyntheticsGate:
    """Every journey answered, in the documented shape, by the release itself: a fine answer of control's is RED. RED
    for as long as makes a breach persist, it recommends to roll back."""

    def __init__(self, plan: Plan) -> None:
        self._looks = Looks()

    def look(self, view: StageView, others: Mapping[str, Finding]) -> Finding:
        try:
            finding = _judged(view)
        except NoEvidence as missing:
            self._looks.add(view, None)
            return blind(view, "synthetics", missing, self._looks)
        self._looks.add(view, finding.colour is Colour.RED)
        return finding._replace(red_min=self._looks.lasting(view).breach_min)


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
