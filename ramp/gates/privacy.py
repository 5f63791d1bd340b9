"""F2: personal data in what the canary writes."""

from functools import partial

from ramp.allowed import Tolerated
from ramp.finding import Finding, Told
from ramp.gates.anew import CountedAnew, idle
from ramp.gates.judging import Light, Momentary, found
from ramp.observation import NoEvidence
from ramp.plan import Plan
from ramp.plan_rows import SourcedRow
from ramp.signals import LOG_LINES_SCANNED, PERSONAL_DATA_FINDINGS
from ramp.stage_view import StageView
from ramp.units import Unit
from ramp.verdict import Colour, Trigger, Words


class PrivacyRow(SourcedRow):
    findings_max: Tolerated


def privacy_gate(plan: Plan) -> Momentary:
    """Any finding in the canary's logs and traces rolls back (F2). No line read proves nothing, nor do those that were
    read before the stage."""
    return Momentary("privacy", partial(_judged, CountedAnew(LOG_LINES_SCANNED)))


def _judged(anew: CountedAnew, view: StageView) -> Finding:
    """Raises NoEvidence."""
    row = view.plan.gate(PrivacyRow)
    names = (LOG_LINES_SCANNED, PERSONAL_DATA_FINDINGS)
    lines, findings = (round(view.recording.known_total("canary", name, view.as_of)) for name in names)
    if findings <= row.findings_max:
        view.recording.total("canary", PERSONAL_DATA_FINDINGS, view.as_of)  # raises where some may be missing
    if lines == 0:
        raise NoEvidence("no log or trace line of the canary was scanned")
    risk, idle_since = findings > row.findings_max, anew.idle_since(view, lines)
    nothing_new = f", and nothing new since {idle_since:%H:%MZ}" if idle_since else ""
    words = Words(
        why=f"{findings} findings of personal data in {lines:,} log and trace lines{nothing_new}",
        unit=Unit.COUNT,
        value=findings,
        limit=row.findings_max,
        n=lines,
    )
    light = Light(Colour.RED, Trigger.F2) if risk else idle(view, Light(Colour.GREEN), idle_since)
    return found(view, "privacy", light, Told(words), tag_ceo=risk)
