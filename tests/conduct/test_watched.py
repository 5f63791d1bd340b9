"""A ramp that is only watched: somebody else sets the weight, and needs a while for it."""

from types import SimpleNamespace

import pytest

from conduct.conclusion import open_journal
from conduct.effects import Effects
from conduct.ports import Asked, Ports, Watched, asked_in
from ramp.conducted import Phase
from ramp.conductor import step
from ramp.folded import begun
from ramp.happened import Concluded, Looked, Opened, ShareSeen, WeightRead, record
from ramp.ordered import AwaitShare, RollBack, SetWeight
from ramp.ports import TrafficFailed


class Tool:
    """One that can be read."""

    def __init__(self, pct=0.0):
        self.pct = pct

    def weight_pct(self):
        return self.pct

    def set_weight(self, pct):
        self.pct = pct

    def ready(self, pct):
        return None


SET_TO_10 = {"kind": "ordered", "what": "SetWeight", "order": {"moment": "stage_10", "from_pct": 1.0, "to_pct": 10.0}}


def followed(follows=True):
    return {"kind": "happened", "event": record(ShareSeen(follows))}


@pytest.fixture
def at_10(plan):
    """Where 10 % is held."""
    ramp = begun(plan)
    events = [Opened(0.0), *(Concluded(moment, "CONTINUE") for moment in ramp.before), WeightRead(1.0), ShareSeen(True)]
    events += [Looked("within", 15, 15), Concluded("stage_1", "CONTINUE"), WeightRead(10.0), ShareSeen(True)]
    for event in events:
        ramp, _ = step(ramp, event)
    assert (ramp.phase, ramp.moment) == (Phase.HOLDING, "stage_10")
    return ramp


@pytest.mark.parametrize("tool", [None, Tool(1.0)])
def test_a_weight_that_was_asked_for_is_not_missing_while_somebody_types_it(tool):
    """The share of the traffic is awaited; that it was not set would be said too early."""
    said = []
    watched = Watched(tool, said.append, Asked(1.0))
    watched.set_weight(10)
    assert watched.weight_pct() == 10
    assert len(said) == 1 and said[0].startswith("set the canary's weight to 10 % now, with your own tool: nothing")


def test_a_tool_that_can_be_read_tells_of_another_weight_and_of_the_one_before_once_it_was_set():
    tool = Tool(1.0)
    watched = Watched(tool, lambda said: None, Asked(1.0))
    watched.set_weight(10)
    seen = []
    for tool.pct in (1.0, 25.0, 10.0, 1.0, 0.0):
        seen.append(watched.weight_pct())
    assert seen == [10, 25, 10, 1, 0]


@pytest.mark.parametrize("tool", [None, Tool(10.0)])
def test_a_conductor_that_comes_back_does_not_take_the_weight_for_taken_away(tool, at_10):
    """Nobody set it to 0, and nothing is rolled back."""
    watched = Watched(tool, lambda said: None, asked_in([SET_TO_10, followed()]))
    ramp, orders = step(at_10, Opened(watched.weight_pct()))
    assert (ramp.phase, orders) == (Phase.OBSERVING, (AwaitShare("stage_10", 1, 10),))


def test_what_was_asked_for_and_not_seen_yet_is_asked_for_again_by_a_conductor_that_comes_back():
    said = []
    assert Watched(Tool(1.0), said.append, asked_in([SET_TO_10, followed(False)])).weight_pct() == 10
    assert len(said) == 1 and "10 %" in said[0]


def test_a_weight_that_somebody_took_back_while_nobody_watched_is_read(at_10):
    watched = Watched(Tool(0.0), lambda said: None, asked_in([SET_TO_10, followed()]))
    assert step(at_10, Opened(watched.weight_pct()))[0].phase is Phase.PROVING
    rolled_back = {"kind": "ordered", "what": RollBack.__name__, "order": {}}
    assert asked_in([SET_TO_10, rolled_back]) == Asked()


def test_a_rollback_is_not_ordered_here_and_says_what_to_type():
    with pytest.raises(TrafficFailed, match="type `python -m ramp rollback`"):
        Watched(Tool(10.0), lambda said: None, Asked(10.0)).roll_back()


@pytest.fixture
def set_by(rehearsed):
    """`set_by(traffic, acts)`: what came of setting 10 %."""

    def of(traffic, acts):
        nothing = SimpleNamespace(begin=lambda row: None, mark_change=lambda pct: None, bring_load=lambda row: None)
        run = rehearsed(secrets={})
        with open_journal(run, ["stage_10"]) as journal:
            ports = Ports(traffic, SimpleNamespace(), acts)
            effects = Effects(SimpleNamespace(run=run, driver=nothing), journal, ports, [])
            came = effects.carry_out(SetWeight("stage_10", 1.0, 10.0))
            effects.close()
        return came

    return of


def test_nobody_is_told_that_a_weight_is_set_which_somebody_is_asked_to_set(set_by):
    came = set_by(Watched(Tool(1.0), lambda said: None, Asked(1.0)), acts=False)
    assert came == WeightRead(10.0, "whoever sets it is asked to, with a tool of their own: nothing is set here")


def test_a_tool_that_does_not_know_whether_the_canary_is_ready_leaves_its_capacity_unproven(set_by):
    came = set_by(Tool(1.0), acts=True)
    assert came == WeightRead(10.0, "it is set, and that the canary can carry it is unproven: no `ready` says so")
