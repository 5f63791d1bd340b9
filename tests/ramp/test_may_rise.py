"""What one look means for the traffic, and which check it is that says so."""

from ramp.judge import judged_at
from ramp.may_rise import may_rise
from tests.releases import ramp

OF = ("errors", "payments")


def outlook(limits_only, **canary):
    seen = ramp(limits_only, "stage_10", 9, canary=canary)
    return may_rise(limits_only, judged_at(limits_only, seen, limits_only.moment("stage_10"), seen[-1].at, OF))


def test_a_look_that_rolls_back_names_the_check_whose_trigger_fired(limits_only):
    """So that the page says who saw it first, and when."""
    fails = outlook(limits_only, payments_succeeded=2, errors=300)
    assert (fails.of, fails.check) == ("rollback", "payments") and fails.reason.startswith("F4 fired: payments RED")


def test_a_look_that_holds_names_what_is_seen_to_break(limits_only):
    assert outlook(limits_only, errors=300)[::2] == ("holds", "errors")
    assert outlook(limits_only).check == ""
