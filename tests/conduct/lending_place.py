"""The places at which a weight is lent before T-0, in a world of `ramp_world.py`."""

from conduct.lending import Place
from fixtures.traffic.witness import Zero

LENDS_AT = {"go_plus_30": "placebo", "t_minus_10": "drill"}


class Lends:
    """The tool of such a place, and those who are asked there."""

    def __init__(self, world, by):
        self.by, self.at = by, world.lends[by]

    def weight_pct(self):
        return self.at.weight_pct

    def set_weight(self, pct):
        self.at.weight_pct = float(pct)

    def roll_back(self):
        self.set_weight(0)

    def zero(self, was_pct, budget_s, ordered):
        ordered.wait()
        why = "" if self.at.weight_pct == 0 else "the canary still answers"
        said = {"after_s": 0.1, "last_canary_s": None, "resolution_s": 0.1, "asked_again": 66, "others": 0, "why": why}
        return Zero(proven=not why, **said)


def place_in(world, by):
    tool = Lends(world, by)
    return Place(by=by, sha256=by, weight_pct=50.0, traffic=tool, witness=tool, likely=None, budget_s=1.0)
