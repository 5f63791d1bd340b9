"""How long the stage under way was held, of how long, and what may come when."""

import pytest

from ramp.folded import folded
from reports.stopwatch import stopwatch
from tests.reports.ramp_records import begun, happened, looked, ordered, set_weight

LA = "America/Los_Angeles"


def clock(plan, records, zone=None):
    return stopwatch(plan, folded(plan, records), records, zone)


def test_a_hold_says_its_minutes_and_when_it_is_judged_by_both_clocks(plan):
    watch = clock(plan, [*begun(), looked(7, held=6.0)], LA)
    assert (watch.held_min, watch.of_min) == (6.0, 15.0)
    assert watch.said == "1 %: held 6 of 15 min"
    assert watch.then == "judged at 16:16Z (08:16 in Los Angeles) at the earliest, then 10 %"


def test_minutes_of_red_stand_still_and_are_said(plan):
    watch = clock(plan, [*begun(), looked(10, "holds", held=6.0, elapsed=9.0)])
    assert watch.said == "1 %: held 6 of 15 min; the clock stood still for 3 min of RED"
    assert watch.then.startswith("judged at 16:19Z at the earliest")


def test_a_conductor_that_was_interrupted_promises_nothing(plan):
    records = [*begun(), looked(7, held=6.0), happened(8, "Interrupted", by="the operator")]
    assert clock(plan, records).then.startswith("nothing by itself, for the conductor was interrupted")
    again = [*records, happened(9, "Opened", weight_pct=1.0, why=""), happened(9, "ShareSeen", follows=True, why="")]
    assert "judged at" in clock(plan, [*again, looked(10, held=1.0)]).then


def test_a_hold_that_is_over_and_held_says_so(plan):
    records = [*begun(), looked(16, held=15.0), happened(17, "Concluded", moment="stage_1", action="HOLD", reason="")]
    assert clock(plan, records).then == "it is over and stays where it is while something holds it; after that 10 %"


def test_a_stage_that_was_just_set_has_nothing_of_the_one_before(plan):
    records = [*begun(), looked(16, held=15.0)]
    records += [
        happened(17, "Concluded", moment="stage_1", action="CONTINUE", reason="all GREEN"),
        ordered(17, "SetWeight", moment="stage_10", from_pct=1.0, to_pct=10.0),
    ]
    watch = clock(plan, records)
    assert watch.held_min is None and watch.said == "10 %: its weight is being set" and watch.then == "25 %"


def test_before_t0_there_is_no_clock(plan):
    watch = clock(plan, [happened(0, "Opened", weight_pct=0.0, why="")])
    assert (watch.held_min, watch.said, watch.then) == (None, "GO+30: before T-0", "GO+60")
    watch = clock(plan, [happened(0, "Opened", weight_pct=0.0, why=""), ordered(0, "Conclude", moment="t_minus_10")])
    assert (watch.held_min, watch.said, watch.then) == (None, "T-10: before T-0", "1 %")


def test_the_last_stage_is_followed_by_the_stable_hours_and_these_by_the_end(plan):
    records, before = begun(), plan.stages[0]
    for stage in plan.stages[1:]:
        records += [looked(5, held=float(before.hold_min))]
        records += [happened(5, "Concluded", moment=before.id, action="CONTINUE", reason="")]
        records += set_weight(6, stage.id, float(before.traffic_pct), float(stage.traffic_pct))
        before = stage
    assert clock(plan, [*records, looked(8, held=1.0)]).then.endswith("then 120 min at 100 % (post success)")
    records += [looked(9, held=float(before.hold_min))]
    records += [happened(9, "Concluded", moment=before.id, action="CONTINUE", reason=""), looked(10, held=60.0)]
    assert clock(plan, records).said == "post success: held 60 of 120 min"
    assert clock(plan, records).then.endswith("then the ramp is over")


@pytest.mark.parametrize(("zone", "said"), [(None, "16:16Z"), ("Asia/Kolkata", "16:16Z (21:46 in Kolkata)")])
def test_times_are_told_by_the_zone_that_is_known(plan, zone, said):
    assert said + " at the earliest" in clock(plan, [*begun(), looked(7, held=6.0)], zone).then
