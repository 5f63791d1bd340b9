"""F5 and F6 fire at the look that sees them; what a look lacked may leave open whether they did."""

import pytest
from changed import COLD, SLOW, blinded, healthy, until

from ramp.verdict import Colour


@pytest.mark.parametrize(("slow", "fired"), [({}, None), (SLOW, "F5")])
def test_a_low_cache_fires_where_latency_was_seen_to_be_high(ramp_of, verdicts_of, slow, fired):
    """F5 needs latency that users see."""
    seen = ramp_of("stage_50", 8, canary=COLD | slow)

    assert verdicts_of(seen)["cache"].trigger == fired
    assert verdicts_of(seen)["cache"].colour is (Colour.RED if fired else Colour.YELLOW)


def test_latency_that_nobody_sees_holds_and_never_fires(ramp_of, verdicts_of):
    """A low hit ratio without it is NO DATA: F5 may have fired."""
    verdicts = verdicts_of(blinded(ramp_of("stage_50", 8, canary=COLD), ["latency_s"], {8}))

    assert (verdicts["latency"].colour, verdicts["cache"].colour) == (Colour.NO_DATA, Colour.NO_DATA)
    assert verdicts["cache"].trigger is None
    assert "so F5 may have fired" in verdicts["cache"].reason


@pytest.mark.parametrize(
    ("gone", "minutes"), [(["cache_hits"], {0}), (["latency_s"], {0, 1, 2, 3}), (["cache_hits", "latency_s"], {0})]
)
def test_a_look_that_lacked_hit_ratio_or_latency_stays_open(ramp_of, verdicts_of, gone, minutes):
    """F5 may have fired at it: what recovered since is NO DATA to the stage's end, never GREEN."""
    change = until(3, SLOW | COLD, healthy(SLOW | COLD))
    seen = blinded(ramp_of("stage_10", 15, canary=change), gone, minutes)

    assert verdicts_of(ramp_of("stage_10", 15, canary=change))["cache"].trigger == "F5"
    verdict = verdicts_of(seen)["cache"]
    assert (verdict.colour, verdict.trigger) == (Colour.NO_DATA, None), verdict.reason
    assert "Z hit ratio or latency was not seen, so F5 may have fired; hit ratio 95" in verdict.why


BOTH = ["cache_hits", "latency_s"]


@pytest.mark.parametrize("minutes", [{8}, {8, 9}, {8, 9, 10}])
def test_looks_at_which_the_hit_ratio_cannot_have_been_low_leave_nothing_open(ramp_of, verdicts_of, minutes):
    """Too few misses were counted from five minutes before it was last seen until it was seen again."""
    seen = blinded(ramp_of("stage_10", 20, canary={"cache_hits": 990}), BOTH, minutes)

    assert verdicts_of(seen)["cache"].colour is Colour.GREEN


@pytest.mark.parametrize(
    ("change", "minutes"),
    [
        ({"cache_hits": lambda minute: 300 if 7 <= minute <= 8 else 950}, {8, 9}),
        ({"cache_hits": lambda minute: 500 if minute == 9 else 950}, {9}),
        ({"cache_hits": 990}, {6, 7, 8, 9, 10}),
    ],
)
def test_looks_at_which_it_may_have_been_low_stay_open(ramp_of, verdicts_of, change, minutes):
    """As many misses may have been of one window; or no lookup is known to be of the windows that nobody saw."""
    verdict = verdicts_of(blinded(ramp_of("stage_10", 20, canary=change), BOTH, minutes))["cache"]

    assert verdict.colour is Colour.NO_DATA
    assert "Z hit ratio or latency was not seen, so F5 may have fired" in verdict.why


def test_a_thin_beginning_leaves_nothing_open(ramp_of, verdicts_of):
    """Few lookups, half of them misses, and few requests were seen; nothing was missing, so nothing is in doubt."""
    thin = {"requests": 3, "slow": 0, "errors": 0, "cache_lookups": 10, "cache_hits": 5}
    change = until(6, thin, {"requests": 1000, "slow": 20, "errors": 1, "cache_lookups": 1000, "cache_hits": 950})

    assert verdicts_of(ramp_of("stage_10", 15, canary=change))["cache"].colour is Colour.GREEN


def test_a_low_cache_alone_is_young_at_first(ramp_of, verdicts_of):
    """With latency GREEN it is a breach like any other."""
    verdict = verdicts_of(ramp_of("stage_50", 8, canary=COLD))["cache"]

    assert (verdict.colour, verdict.trigger, verdict.tag_ceo) == (Colour.YELLOW, None, True)


def rising(per_min):
    return {"db_cpu_ratio": lambda minute: 0.7 + per_min * minute}


def test_saturation_on_its_way_to_100_percent_is_spillover(ramp_of, verdicts_of):
    """F6: at 88 % after 9 minutes and 2 % more each minute it is over 100 % before the stage ends; slower it is not."""
    fast, slow = (
        verdicts_of(ramp_of("stage_50", minutes, canary=rising(by)))["database"]
        for minutes, by in ((9, 0.02), (18, 0.009))
    )

    assert (fast.colour, fast.trigger) == (Colour.RED, "F6")
    assert (slow.colour, slow.trigger) == (Colour.YELLOW, None)


def test_saturation_that_is_seen_fires_whatever_else_is_missing(ramp_of, verdicts_of):
    """CPU and IO over 80 % are F6 though nobody counts connections; with one of the two unseen it stays open."""
    over = {"db_cpu_ratio": 0.9, "db_io_ratio": 0.85}
    change = until(3, over, {"db_cpu_ratio": 0.4, "db_io_ratio": 0.2})
    seen = ramp_of("stage_10", 15, canary=change)

    without_connections = verdicts_of(blinded(seen, ["db_connections_ratio"], {1, 2}))["database"]
    assert (without_connections.colour, without_connections.trigger) == (Colour.RED, "F6"), without_connections.why
    for lost in ("db_cpu_ratio", "db_io_ratio"):
        verdict = verdicts_of(blinded(seen, [lost], {1, 2, 3}))["database"]
        assert (verdict.colour, verdict.trigger) == (Colour.NO_DATA, None), verdict.why
        assert "another was not seen, so F6 may have fired; CPU 40" in verdict.why


def test_saturation_at_the_first_look_after_a_pause_is_seen(ramp_of, verdicts_of):
    """Nothing is known of a trend yet: one measure over the limit is NO DATA, a second one needs none."""
    before = ramp_of("stage_1", 15)
    one, two = (
        verdicts_of(ramp_of("stage_10", 0, canary={"db_cpu_ratio": 0.9} | io, after=before, pause_min=40))["database"]
        for io in ({}, {"db_io_ratio": 0.81})
    )

    assert (one.colour, one.trigger) == (Colour.NO_DATA, None), one.reason
    assert "its trend is not known" in one.why
    assert (two.colour, two.trigger) == (Colour.RED, "F6"), two.reason


def test_a_trend_is_carried_on_past_a_hold_that_is_over(ramp_of, verdicts_of):
    """A stage of 15 minutes held for 26: what counts is where the database is now, never where it was at 15."""
    seen = ramp_of("stage_10", 26, canary={"db_cpu_ratio": lambda minute: 0.55 + 0.018 * minute})

    assert verdicts_of(seen)["database"].trigger == "F6"


def test_a_gauge_that_is_missing_in_one_look_is_no_data_not_a_crash(ramp_of, verdicts_of):
    """The mean of the looks that are left may be better than the truth."""
    seen = ramp_of("stage_50", 20, canary={"db_cpu_ratio": lambda minute: 0.95 if minute == 17 else 0.78})

    assert verdicts_of(seen)["database"].colour is Colour.YELLOW
    assert verdicts_of(blinded(seen, ["db_cpu_ratio"], {17}))["database"].colour is Colour.NO_DATA


def test_headroom_is_noted_above_70_percent(ramp_of, verdicts_of):
    """E4: GREEN up to 80 %, with the note above 70 %."""
    at_70, above = (
        verdicts_of(ramp_of("stage_50", 8, canary={"db_io_ratio": ratio}))["database"] for ratio in (0.7, 0.75)
    )

    assert (at_70.colour, above.colour) == (Colour.GREEN, Colour.GREEN)
    assert "headroom" in above.reason and "headroom" not in at_70.reason
