"""What gates read of a stage, read before T-0."""

from datetime import timedelta

from ramp.observation import Span
from ramp.plan import Plan
from ramp.recording import Recording
from ramp.stage_view import StageView
from ramp.whose_page import Moved


def view_before_t0(plan: Plan, moment: str, recording: Recording, span: Span) -> StageView:
    """`recording` as a look at the end of `span` sees it, of which control's last window counts, also where that began
    earlier."""
    window = timedelta(minutes=plan.reading.window_min)
    ats = [frame.at for frame in recording.frames("control") if span.end - window <= frame.at < span.end]
    now = Span(start=min([span.start, *ats]), end=span.end)
    return StageView(
        plan=plan,
        moment=plan.moment(moment),
        recording=recording,
        as_of=span.end,
        now=now,
        start=now.start,
        entered=now.start,
        ramp_start=now.start,
        unbroken_from=now.start,
        control_before=None,
        placebo=(),
        anew=(),
        moved=Moved(plan),
    )
