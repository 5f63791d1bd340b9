"""What contradicts that a canary and its control were seen, look by look: half a sentence each, or None.

A contradiction makes every GREEN and YELLOW of the gates that read the slices NO DATA. It takes back no breach and no
trigger that a gate has seen: those are found first.
"""

from ramp.contradictions.counts import Latest
from ramp.contradictions.share import OtherPage, Shares, share_left
from ramp.contradictions.silence import Silence
from ramp.contradictions.traffic import Climb
from ramp.contradictions.whose_page import OnePage
from ramp.finding import Contradicted, Finding
from ramp.plan import Plan
from ramp.stage_view import StageView
from ramp.verdict import Colour
from ramp.whose_page import proof

__all__ = ["Contradictions", "contradicted"]


class Contradictions:
    """Takes in look after look, in order of time."""

    def __init__(self, plan: Plan) -> None:
        self._climb = Climb(plan)
        self._one_page = OnePage()
        self._other_page = OtherPage()
        self._shares = Shares(plan)
        self._silence = Silence()

    def look(self, view: StageView) -> str | None:
        """The first contradiction at `view`, or None."""
        latest = Latest.of(view)
        before = self._climb.look(view, latest)
        one_page, silent = self._one_page.look(view, latest), self._silence.look(view, latest)
        shares = self._shares.look(view, latest)
        other_page = self._other_page.look(view, latest, shares)
        wrong = proof(view.moved, view.recording, view.moment.traffic_pct or 0).wrong
        return wrong or self._climb.left_out() or one_page or other_page or silent or share_left(view, shares, before)


def contradicted(finding: Finding, why: str) -> Finding:
    """`finding` in the light of the contradiction `why`: no longer GREEN or YELLOW."""
    if finding.colour >= Colour.NO_DATA:
        return finding
    return finding._replace(colour=Colour.NO_DATA, facts=Contradicted(why, finding), thin=False)
