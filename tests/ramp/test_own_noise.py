"""Noise of a slice's own that the placebo hour did not show is learned in the ramp, and never from a regression."""

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated import T0, simulated

from conduct.run import load_plan
from ramp.evidence import CostEvidence, Minute, ShareEvidence, Spending
from ramp.gates.learning import learning
from ramp.judge import Judge
from ramp.replay import replay

LEARNING = learning(load_plan())
STAGES = ["stage_1"] * 6 + ["stage_10"] * 20
QUIET = [Minute(6, 120, 594, 11_880)] * 40
bad_shares = st.floats(0.001, 0.3)


def evidence():
    return ShareEvidence(QUIET, limit_ratio=None, learning=LEARNING)


def dispersions(minutes, stages=STAGES):
    """The dispersion by which each minute's evidence is divided."""
    of = evidence()
    return [of.add(minute, stage, 1.02) for minute, stage in zip(minutes, stages, strict=False)]


def drawn(canary_sd, control_sd, shared_sd=0.0, seed=1, burst=()):
    """26 minutes of 6,000 requests of each slice, 5 % of them bad, whose log odds wander by so much."""
    draw = np.random.default_rng(seed)
    minutes, state = [], np.zeros(3)
    for minute in range(len(STAGES)):
        state = 0.8 * state + 0.6 * draw.standard_normal(3)
        both = -2.94 + shared_sd * state[2] + (2.0 if minute in burst else 0.0)
        odds = np.exp([both + canary_sd * state[0], both + control_sd * state[1]])
        bad = draw.binomial((6000, 6000), odds / (1 + odds))
        minutes.append(Minute(float(bad[0]), 6000.0, float(bad[1]), 6000.0))
    return minutes


@settings(max_examples=150, deadline=None)
@given(
    minutes=st.lists(st.tuples(bad_shares, bad_shares, st.integers(0, 400)), min_size=8, max_size=26),
    n=st.sampled_from([120, 1200, 6000]),
)
def test_a_regression_of_the_canary_never_raises_the_dispersion_in_use(minutes, n):
    """Whatever the slices did, and whatever more of the canary's requests are bad, at any minutes."""
    sound = [Minute(round(p * n), n, round(q * 6000), 6000) for p, q, _ in minutes]
    worse = [one._replace(bad=min(one.bad + more, n)) for one, (_, _, more) in zip(sound, minutes, strict=True)]

    for before, after in zip(dispersions(sound), dispersions(worse), strict=True):
        assert after <= before * (1 + 1e-9)


@settings(max_examples=100, deadline=None)
@given(minutes=st.lists(st.tuples(st.floats(0.5, 2), st.floats(0.5, 2), st.floats(0, 1)), min_size=8, max_size=26))
def test_a_dearer_canary_never_raises_the_noise_of_cost(minutes):
    """Whatever a user of either slice cost, and whatever more one of the canary does."""

    def noises(times):
        equal = Spending(3000, 3000.0, 6000.0)
        of, found = CostEvidence([(equal, equal)] * 30, over_ratio=0.05, learning=LEARNING), []
        for (canary, control, more), stage in zip(minutes, STAGES, strict=False):
            dearer = canary * (1 + times * more)
            of.add(
                Spending(300, 300 * dearer, 600 * dearer**2), Spending(2700, 2700 * control, 5400 * control**2), stage
            )
            found.append(of.noise)
        return found

    for before, after in zip(noises(0), noises(1), strict=True):
        assert after <= before * (1 + 1e-9)


@given(seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_a_minute_does_not_say_by_what_its_own_evidence_is_divided(seed):
    """It is known before, so that the bet stays fair."""
    of = evidence()
    for minute, stage in zip(drawn(0.15, 0.15, seed=seed), STAGES, strict=True):
        known = of.dispersion
        assert of.add(minute, stage, 1.02) == known.at(minute.information)


def test_what_control_does_alone_is_learned_and_what_both_do_is_not():
    """Noise of each slice's own raises the dispersion many times. The same on both, a burst of both, and a canary that
    is noisy beside a quiet control leave it about where it was; from the second stage on, where a slice's own is
    presumed, what both do counts less."""

    def usual(stages=("stage_1",) * 26, **noise):
        return float(np.median([dispersions(drawn(**noise, seed=seed), stages)[-1] for seed in range(15)]))

    own, both = {"canary_sd": 0.15, "control_sd": 0.15}, {"canary_sd": 0.0, "control_sd": 0.0, "shared_sd": 0.15}
    burst = {"canary_sd": 0.0, "control_sd": 0.0, "burst": (10, 11, 12)}
    assert usual(**own) > 4
    assert usual(**both) < 0.5 * usual(**own) and usual(**burst) < 0.75 * usual(**own)
    assert usual(canary_sd=0.15, control_sd=0.0) < 1.5
    assert usual(STAGES, **own) > 1.3 * usual(STAGES, **both)
    assert usual(STAGES, **own) > 1.3 * usual(STAGES, **burst)


@pytest.mark.parametrize("kind", ["step", "leak", "periodic"])
def test_a_regression_that_grows_or_comes_and_goes_hides_itself_as_little_as_one_that_stays(kind):
    """The canary alone is worse, beside a quiet control: nothing of it is taken for noise."""
    shift = {"step": lambda m: 0.5, "leak": lambda m: 0.05 * m, "periodic": lambda m: 1.0 * (m % 5 == 3)}[kind]
    quiet = drawn(0.0, 0.0)
    worse = [one._replace(bad=round(one.bad * math.exp(shift(m)))) for m, one in enumerate(quiet)]

    assert max(dispersions(worse)) <= max(dispersions(quiet)) * (1 + 1e-9)


def test_minutes_that_are_missing_take_back_what_was_learned(plan):
    """What is left out must not make anything tolerated: the look after a gap has the placebo hour's dispersion."""
    seen = [one for one in simulated(3, wander={"canary": 0.3, "control": 0.3}) if one.at <= T0 + timedelta(minutes=29)]
    gap = [one for one in seen if one.at != T0 + timedelta(minutes=28)]

    assert "minutes of control differ" in _last(plan, seen).reason
    assert "minutes of control differ" not in _last(plan, gap).reason


def test_an_afternoon_that_is_noisier_than_its_placebo_hour_is_said_and_holds_no_healthy_ramp(plan):
    """By what the hour alone showed most such ramps would be RED; the sentence says by how much minutes differ."""
    for seed in range(5):
        noisy = simulated(seed, wander={"canary": 0.05, "control": 0.05})
        assert replay(plan, noisy, ("latency",)).gates["latency"].red_minute is None
        reason = _last(plan, noisy).reason
        assert "minutes of control differ" in reason and "in the placebo hour 1." in reason, reason


def test_one_noisy_pod_beside_a_quiet_control_is_compared_all_the_same(plan):
    """What a canary does alone may be a regression, so it is not learned, and none is said to be noise."""
    for seed in range(3):
        noisy = simulated(seed, wander={"canary": 0.12, "control": 0.0})
        assert "minutes of control differ" not in _last(plan, noisy).reason
    slower = replay(
        plan, simulated(3, wander={"canary": 0.12}, canary={"fast": (0.5, 0.3, 0.14, 0.04, 0.012, 0.008)}), ("latency",)
    )
    assert slower.gates["latency"].red_minute is not None


def test_what_is_seen_is_told_by_the_dispersion_in_use(plan):
    """A GREEN in a noisy afternoon promises less than one in a quiet one."""

    def smallest(seen):
        return float(_last(plan, seen).reason.partition("sees >= +")[2].partition("%")[0])

    quiet, noisy = simulated(5), simulated(5, wander={"canary": 0.05, "control": 0.05})
    assert smallest(noisy) > 1.1 * smallest(quiet)


def _last(plan, seen):
    judge = Judge(plan, ("latency",))
    looks = [looked for looked in [*(judge.add(one) for one in seen), judge.end()] if looked]
    return looks[-1].verdicts()["latency"]


def test_the_first_minutes_of_a_later_stage_win_little(plan):
    """A canary that is slower for the four minutes after each warm-up is RED in none of them from 10 % on."""
    cold = {"fast": (0.52, 0.30, 0.12, 0.038, 0.014, 0.008)}
    for start in (15, 30):
        seen = simulated(4, canary=cold, bad_from=start, bad_until=start + 6)
        assert replay(plan, seen, ("latency",)).gates["latency"].red_minute is None
        at_once = plan.model_copy(update={"reading": plan.reading.model_copy(update={"settling_min": 0.0})})
        assert replay(at_once, seen, ("latency",)).gates["latency"].red_minute is not None
