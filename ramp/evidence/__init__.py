"""How strongly numbers speak. Standard library only.

`bounds` are exact at one scheduled look. What is looked at every minute is judged by e-processes (`process`): a bet
against a hypothesis whose winnings may be read at any time, and that reach 1/alpha under it with probability alpha at
most, however often one looks (Ville 1939; Ramdas, Grünwald, Vovk and Shafer, Statistical Science 38, 2023).
"""

from ramp.evidence.between_instances import BetweenInstances, Lasting
from ramp.evidence.bounds import (
    cost_grade,
    cost_is_over,
    interval,
    lower_bound,
    proven_at_most,
    share_grade,
    smallest_n,
    upper_bound,
    wilson,
)
from ramp.evidence.cost_per_user import CostEvidence, Spending
from ramp.evidence.dispersion import Dispersion
from ramp.evidence.latency import LatencyEvidence
from ramp.evidence.own_noise import Learning
from ramp.evidence.ratio import Part, differs_beyond_chance
from ramp.evidence.share import Minute, ShareEvidence
from ramp.evidence.split import Split
from ramp.evidence.tempered import Tempered

__all__ = [
    "BetweenInstances",
    "CostEvidence",
    "Dispersion",
    "Lasting",
    "LatencyEvidence",
    "Learning",
    "Minute",
    "Part",
    "ShareEvidence",
    "Spending",
    "Split",
    "Tempered",
    "cost_grade",
    "cost_is_over",
    "differs_beyond_chance",
    "interval",
    "lower_bound",
    "proven_at_most",
    "share_grade",
    "smallest_n",
    "upper_bound",
    "wilson",
]
