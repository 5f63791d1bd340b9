"""A cold cache and dear AI routes are seen once a stage, never at a look that rolls back."""

from ramp.mitigation import due, value_of
from ramp.verdict import Colour
from tests.releases import ramp

COLD = {"cache_hits": 700, "origin_requests": 300}
DEAR = {
    "ai_cost_usd": 12.0,
    "ai_requests_by_route": {"/api/tutor": 400, "/api/quiz": 100},
    "ai_cost_usd_by_route": {"/api/tutor": 13.0, "/api/quiz": 1.0},
    "ai_tokens": {"/api/tutor|large|input": 300_000, "/api/tutor|large|output": 250_000, "/api/quiz|mini|input": 9_000},
}
FINE = DEAR | {
    "ai_cost_usd": 10.0,
    "ai_cost_usd_by_route": {"/api/tutor": 8.0, "/api/quiz": 2.0},
    "ai_tokens": {"/api/tutor|small|input": 300_000, "/api/tutor|small|output": 125_000, "/api/quiz|mini|input": 9_000},
}


def test_a_cold_cache_is_due_once_a_stage_with_its_hit_ratio(plan, judged_of):
    looked = judged_of(ramp(plan, "stage_10", 9, canary=COLD), "stage_10")
    (one,) = due(plan, looked, ())
    assert (one.of, one.check, one.before) == ("cache", "cache", 0.7)
    assert value_of(looked, "cache") == (0.7, "70.00 %")
    assert list(due(plan, looked, {("cache", "stage_10")})) == []
    assert [each.of for each in due(plan, looked, {("cache", "stage_1")})] == ["cache"]


def test_a_sound_release_needs_none(plan, judged_of):
    assert list(due(plan, judged_of(ramp(plan, "stage_10", 9), "stage_10"), ())) == []


def test_a_cost_that_is_only_thin_needs_none(plan, judged_of):
    """A grade that is not reached, or a first look over the limit, is no drift: routes are not switched for noise."""
    few = {"users": 20, "cost_usd": 20.0, "cost_usd_squared": 4000.0}
    looked = judged_of(ramp(plan, "stage_50", 9, canary=few, control=few), "stage_50")
    assert looked.findings["cost"].colour is Colour.YELLOW
    assert list(due(plan, looked, ())) == []


def test_a_look_that_rolls_back_recommends_nothing(plan, judged_of):
    looked = judged_of(ramp(plan, "stage_10", 16, canary=COLD | {"slow": 900}), "stage_10")
    assert looked.trigger and list(due(plan, looked, ())) == []


def test_the_routes_that_moved_most_are_named_with_cost_models_and_tokens_of_both_slices(plan, judged_of):
    looked = judged_of(ramp(plan, "stage_10", 9, canary=DEAR, control=FINE), "stage_10")
    (one,) = due(plan, looked, ())
    assert (one.of, one.routes) == ("routes", ("/api/tutor",))
    assert "/api/tutor: $0.0325 a request, control $0.0200 (+62.5%)" in one.why
    assert "large, 750 input, 625 output against small, 750 input, 312 output" in one.why


def test_routes_that_are_not_told_of_are_said_to_be_unseen(plan, judged_of):
    blind = {"ai_cost_usd_by_route": {}, "ai_requests_by_route": {}}
    looked = judged_of(ramp(plan, "stage_10", 9, canary=DEAR | blind, control=FINE), "stage_10")
    (one,) = due(plan, looked, ())
    assert (one.of, one.routes) == ("routes", ())


def test_a_margin_that_is_better_is_told_with_its_routes_and_switches_none(plan, judged_of):
    looked = judged_of(ramp(plan, "stage_10", 9, canary=FINE, control=DEAR), "stage_10")
    (one,) = due(plan, looked, ())
    assert (one.of, one.check, one.routes) == ("routes", "markup", ("/api/quiz",))
    assert "/api/tutor: $0.0200 a request, control $0.0325 (-38.5%)" in one.why
    cheaper = {"ai_cost_usd": 8.0, "ai_cost_usd_by_route": {"/api/tutor": 8.0}}
    (one,) = due(plan, judged_of(ramp(plan, "stage_10", 9, canary=cheaper), "stage_10"), ())
    assert (one.of, one.routes) == ("routes", ())
