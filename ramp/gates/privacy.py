"""F2: personal data in what the canary writes."""

from ramp.gates.judging import Momentary, after_the_looks, say
from ramp.hold import Hold
from ramp.observation import NoEvidence, Span
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


def privacy(hold: Hold) -> Verdict:
    """Any finding in the canary's logs and traces rolls back (F2). No line read proves nothing."""
    return after_the_looks(privacy_gate(), hold)


def privacy_gate() -> Momentary:
    return Momentary("privacy", _judged)


def _judged(hold: Hold) -> Verdict:
    """Raises NoEvidence."""
    row = hold.plan.gates.privacy

    def count(span: Span) -> tuple[int, int]:
        names = ("log_lines_scanned", "personal_data_findings")
        lines, found = (round(hold.recording.total("canary", name, span.end)) for name in names)
        if lines == 0:
            raise NoEvidence("no log or trace line of the canary was scanned")
        return lines, found

    lines, found = count(hold.now)
    risk = found > row.findings_max
    return say(
        hold,
        "privacy",
        Colour.RED if risk else Colour.GREEN,
        f"{found} findings of personal data in {lines:,} log and trace lines",
        unit=Unit.COUNT,
        value=found,
        limit=row.findings_max,
        n=lines,
        trigger="F2" if risk else None,
        tag_ceo=risk,
    )
