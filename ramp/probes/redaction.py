"""F2, before T-0: personal data and secrets in what is logged already."""

from ramp.finding import explain
from ramp.gates.privacy import logs_found
from ramp.observation import NoEvidence, Span
from ramp.plan import Plan
from ramp.probes.before_t0 import view_before_t0
from ramp.recording import Recording
from ramp.verdict import Verdict, no_data


def judge_redaction(plan: Plan, moment: str, recording: Recording, span: Span) -> Verdict:
    """As the privacy gate will judge it from T-0 on, of all that was scanned until the end of `span`. Nothing is out
    yet, so that what would roll back is RED and holds."""
    try:
        finding = logs_found(view_before_t0(plan, moment, recording, span))
    except NoEvidence as missing:
        return no_data("redaction", moment, missing.reason)
    return explain(finding._replace(check="redaction", trigger=None))
