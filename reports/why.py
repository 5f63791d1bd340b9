"""Why it was decided so, in words that need no list of triggers beside them."""

from collections.abc import Sequence

from ramp.decision import Action, Decision
from ramp.plan import Plan
from ramp.verdict import Verdict
from reports.card_row import measured


def owners_why(plan: Plan, decision: Decision, verdicts: Sequence[Verdict]) -> str | None:
    """Of a ROLLBACK by a trigger, the owner's sentence and what broke it: `Any SLO breach persisting 15 minutes:
    latency 198.0 ms, limit ≤ 120.0 ms, control 57.0 ms`. None of any other decision."""
    fired = next((verdict for verdict in verdicts if verdict.trigger), None)
    if decision.action is not Action.ROLLBACK or fired is None or fired.trigger is None:
        return None
    sentence = plan.sentences.get(fired.trigger, "").rstrip(".")
    return f"{sentence}: {fired.check} {measured(fired) or fired.why}" if sentence else fired.why
