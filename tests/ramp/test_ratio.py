"""Whether a dollar earned costs another amount, told from what few large requests make of chance."""

import numpy as np
import pytest
from scipy import stats

from ramp.evidence import Part, differs_beyond_chance
from ramp.evidence.bounds import t_doubt

MINUTES, CANARY, CONTROL = 15, 60, 5_000  # requests a minute, as at 1 % of traffic


@pytest.mark.parametrize("freedom", [2, 4, 14, 29, 200])
@pytest.mark.parametrize("t", [0.0, 0.5, 2.0, 4.2, 9.0, 40.0])
def test_the_doubt_is_students(t, freedom):
    assert t_doubt(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), rel=1e-9)


def parts(rng, requests, log_sd, times=1.0, minutes=MINUTES):
    """Each request earns 5 cents and costs one, in the mean."""
    costs = [rng.lognormal(-(log_sd**2) / 2, log_sd, rng.poisson(requests)) for _ in range(minutes)]
    return [Part(len(each), 0.05 * len(each), 0.01 * times * each.sum()) for each in costs]


@pytest.mark.parametrize("log_sd", [0.5, 1.0, 1.5])
def test_what_heavy_tails_make_of_equal_slices_is_chance(log_sd):
    """At the end of each of 300 first stages; margins are off by over 3 % in a tenth to most of them."""
    rng = np.random.default_rng(11)
    said = [
        differs_beyond_chance(parts(rng, CANARY, log_sd), parts(rng, CONTROL, log_sd, minutes=MINUTES))
        for _ in range(300)
    ]
    assert sum(said) <= 1


@pytest.mark.parametrize(("log_sd", "times"), [(0.3, 1.1), (0.5, 1.25), (1.0, 1.6), (0.5, 0.75)])
def test_what_is_really_dearer_or_cheaper_is_found_within_a_stage(log_sd, times):
    rng = np.random.default_rng(12)
    found = [differs_beyond_chance(parts(rng, CANARY, log_sd, times), parts(rng, CONTROL, log_sd)) for _ in range(50)]
    assert sum(found) >= 40


def test_what_each_minute_says_alike_is_no_chance_and_two_minutes_say_nothing():
    canary, control = [Part(60, 3.0, 0.7)] * 3, [Part(5_000, 250.0, 50.0)] * 3
    assert differs_beyond_chance(canary, control) and not differs_beyond_chance(control, control)
    assert not differs_beyond_chance(canary[:2], control)
