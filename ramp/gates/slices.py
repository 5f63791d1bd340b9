"""A1: whose page it is that each slice is judged by."""

from typing import Literal

from ramp.finding import Finding, Told
from ramp.gates.judging import Light, Momentary, found
from ramp.observation import NoEvidence, Slice, Span
from ramp.plan import Plan
from ramp.signals import REQUESTS
from ramp.sourced_row import Waivable
from ramp.stage_view import StageView
from ramp.verdict import Colour, Words
from ramp.whose_page import proof


class SlicesRow(Waivable):
    proof: Literal["required", "waived"]


def slices_gate(plan: Plan) -> Momentary:
    """GREEN where something proves whose page it is. Nothing that does is YELLOW, unless the plan waives it; a page
    that is another slice's is NO DATA."""
    return Momentary("slices", _judged)


def _judged(view: StageView) -> Finding:
    """Raises NoEvidence."""

    def requests(slice: Slice, span: Span) -> float:
        return view.recording.increase(slice, REQUESTS, span)

    requests("canary", view.now)
    view.of_control(requests, view.now)
    told = proof(view.moved, view.recording, view.moment.traffic_pct or 0)
    if told.wrong:
        raise NoEvidence(told.wrong)
    if told.by:
        return found(view, "slices", Light(Colour.GREEN), Told(Words(why=told.by)))
    waived = view.plan.gate(SlicesRow).proof == "waived"
    light = Light(Colour.GREEN if waived else Colour.YELLOW)
    return found(view, "slices", light, Told(Words(why=unproven(view.plan))))


def unproven(plan: Plan) -> str:
    """That nothing proves whose page it is, and what to do."""
    why = "slice not proven: nothing shows that the canary's page is its own"
    if plan.gate(SlicesRow).proof == "waived":
        return f"{why}, which the plan waives ([gates.slices] proof)"
    return (
        f"{why}; run T-10 with the canary at weight 0, let its metrics name the version or commit, or waive it in the "
        'plan ([gates.slices] proof = "waived")'
    )
