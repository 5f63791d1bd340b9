"""Bets against a hypothesis are fair under it: nothing is won on average, whatever the truth within the hypothesis."""

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from conduct.run import load_plan
from ramp.evidence.cost_per_user import CostEvidence, Spending, log_mixture
from ramp.evidence.dispersion import Dispersion
from ramp.evidence.process import Process
from ramp.evidence.shape import Baseline, Shape
from ramp.evidence.share import OVER, WITHIN, Minute, against_limit, worse_than_control
from ramp.gates.learning import learning

LEARNING = learning(load_plan())
shares = st.floats(0.001, 0.999)
parts = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 7), control_n=st.integers(1, 9), guess=shares, truth=shares, less=parts)
@pytest.mark.parametrize("margin", [1.0, 1.05, 1.4])
def test_no_bet_wins_while_the_canary_is_no_worse_than_its_margin(n, control_n, guess, truth, less, margin):
    """The expected winnings of each alternative, over every outcome, are at most 1: at the null's edge and inside."""
    canary = min(margin * truth, 1.0) * less
    expected = [0.0] * 6
    for bad, control_bad in product(range(n + 1), range(control_n + 1)):
        chance = stats.binom.pmf(bad, n, canary) * stats.binom.pmf(control_bad, control_n, truth)
        log_es = worse_than_control(Minute(bad, n, control_bad, control_n), guess, margin)
        expected = [so_far + chance * math.exp(log_e) for so_far, log_e in zip(expected, log_es, strict=True)]

    assert max(expected) <= 1 + 1e-9


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 40), limit=st.floats(0.005, 0.5), away=parts)
def test_no_bet_against_the_limit_wins_on_its_own_side(n, limit, away):
    """At most the limit: "over" wins nothing. At least the limit: "within" wins nothing."""
    for multiples, truth in ((OVER, limit * away), (WITHIN, limit + (1 - limit) * away)):
        outcomes = [(stats.binom.pmf(bad, n, truth), against_limit(bad, n, limit, multiples)) for bad in range(n + 1)]
        for alternative in range(len(multiples)):
            assert sum(chance * math.exp(log_es[alternative]) for chance, log_es in outcomes) <= 1 + 1e-9


BASELINE = Baseline({"0.05": 600, "0.1": 950, "0.15": 990, "+Inf": 1000})


@settings(max_examples=40, deadline=None)
@given(data=st.data(), n=st.integers(1, 4), control_n=st.integers(1, 5))
def test_no_bet_on_the_shape_wins_while_the_canary_is_no_slower(data, n, control_n):
    """Also where control's shares were guessed wrong, and where the canary is faster."""
    weights = st.lists(st.floats(0.05, 1), min_size=3, max_size=3)
    guess, truth = data.draw(weights), data.draw(weights)
    guess, truth = [w / sum(guess) for w in guess], [w / sum(truth) for w in truth]
    faster = data.draw(parts)
    canary = [truth[0] + faster * truth[2], truth[1], (1 - faster) * truth[2]]
    shape = Shape(BASELINE, [0.05, 0.1])
    expected = [0.0] * len(shape.ratios)
    for seen, seen_control in product(_cells(n), _cells(control_n)):
        chance = stats.multinomial.pmf(seen, n, canary) * stats.multinomial.pmf(seen_control, control_n, truth)
        log_es = shape.log_es(seen, seen_control, guess)
        expected = [so_far + chance * math.exp(log_e) for so_far, log_e in zip(expected, log_es, strict=True)]

    assert max(expected) <= 1 + 1e-9


def _cells(n):
    return [(a, b, n - a - b) for a in range(n + 1) for b in range(n + 1 - a)]


@pytest.mark.parametrize("v", [0.5, 30, 600, 20_000])
def test_the_cost_mixture_wins_nothing_under_a_normal_difference_of_zero(v):
    """The integral of its winnings over a sum of variance v is 1; for a cheaper canary it is less."""
    spread = math.sqrt(v)

    def winnings(mean):
        density = stats.norm(mean, spread).logpdf
        return quad(
            lambda z: math.exp(log_mixture(v, z) + density(z)), -80 * spread, 80 * spread, points=[0], limit=500
        )[0]

    assert winnings(0.0) == pytest.approx(1, abs=1e-6)
    assert winnings(-spread) < 1


@given(st.lists(st.tuples(st.floats(-3, 3), st.sampled_from(["stage_1", "stage_10"])), max_size=60))
def test_a_process_is_worth_what_its_stakes_win(bets):
    """With one alternative and winnings w at one minute, what is at stake there multiplies by w and the rest stays;
    what is at stake beyond 10,000,000 is given away."""
    process, stakes, idle, stage, first = Process(), [], 1.0, "", True
    for log_e, at in bets:
        joins = 0.7 if first else 0.3 if at != stage else 0.005
        stakes = [stake * math.exp(log_e) for stake in [*stakes, idle * joins]]
        stakes = [stake * min(1e7 / sum(stakes), 1) for stake in stakes]
        idle, stage, first = idle * (1 - joins), at, False
        process.bet([log_e], at)

    assert process.log_e == pytest.approx(math.log(sum(stakes) + idle), abs=1e-9)


def test_a_late_regression_is_found_almost_as_fast_as_an_early_one():
    """Forty sound minutes before it cost less than seven nats, not forty minutes' worth."""
    late, early = Process(), Process()
    for _ in range(40):
        late.bet([-1.0], "stage_1")
    for process in (late, early):
        for _ in range(10):
            process.bet([2.0], "stage_1")

    assert early.log_e - late.log_e < 7


def hour(bad, control_bad, n=120, control_n=11_880):
    return [Minute(b, n, k, control_n) for b, k in zip(bad, control_bad, strict=True)]


def test_independent_requests_show_no_dispersion():
    """A placebo hour that differs as a binomial would gives a factor close to 1, and never one below it."""
    bad = stats.binom(120, 0.05).rvs(60, random_state=1)
    control = stats.binom(11_880, 0.05).rvs(60, random_state=2)
    dispersion = Dispersion.of(hour(bad, control))

    assert 1 <= dispersion.at(5) < 1.3
    assert 1 <= dispersion.at(200) < 1.6
    assert Dispersion.of(hour([6] * 60, [594] * 60)).at(5) == 1


def test_requests_in_pairs_double_it():
    """Each request twice: every variance doubles, at every information."""
    bad = 2 * stats.binom(60, 0.05).rvs(60, random_state=1)
    control = 2 * stats.binom(5_940, 0.05).rvs(60, random_state=3)
    dispersion = Dispersion.of(hour(bad, control))

    assert 1.4 < dispersion.at(5) < 2.8
    assert 1.4 < dispersion.at(200) < 2.8


def test_noise_of_a_slice_grows_with_its_traffic():
    """A share that wanders by a tenth does not show in six bad requests a minute, and triples what 300 would vary."""
    wander = stats.norm(0, 0.1).rvs(60, random_state=4)
    bad = [stats.binom(120, 0.05 * math.exp(w)).rvs(random_state=i) for i, w in enumerate(wander)]
    control = [stats.binom(11_880, 0.05 * math.exp(w)).rvs(random_state=99 + i) for i, w in enumerate(wander)]
    dispersion = Dispersion.of(hour(bad, control))

    assert dispersion.at(5) < 1.6
    assert dispersion.at(150) > 2


@pytest.mark.parametrize("control_n", [99, 100, 101, 130])
def test_an_hour_of_two_slices_of_about_one_size_tells_one_factor(control_n):
    """They show nothing of how noise grows with traffic: a few requests more of one of them must not decide it."""
    bad, control = (2 * stats.binom(50, 0.1).rvs(40, random_state=seed) for seed in (1, 3))
    factors = {Dispersion.of(hour(bad, control, n=100, control_n=control_n)).at(by) for by in (1, 30, 1000)}

    assert len(factors) == 1
    assert 1 <= factors.pop() < 4


def test_costs_of_nobody_or_of_one_price_prove_nothing():
    """No users, or users who all cost the same, leave the evidence where it was."""
    nobody = CostEvidence(
        [(Spending(30, 30.0, 60.0), Spending(3000, 3000.0, 6000.0))] * 30, over_ratio=0.05, learning=LEARNING
    )
    nobody.add(Spending(0, 0.0, 0.0), Spending(3000, 3000.0, 6000.0), "stage_1")

    assert nobody.log_worse == 0
    alike = CostEvidence(
        [(Spending(30, 30.0, 30.0), Spending(3000, 3000.0, 3000.0))] * 30, over_ratio=0.05, learning=LEARNING
    )
    alike.add(Spending(30, 33.0, 36.3), Spending(3000, 3000.0, 3000.0), "stage_1")
    assert alike.log_worse == 0


def test_a_cost_that_rises_at_a_later_stage_is_not_drowned_by_the_sound_one():
    """Twice as many sound minutes before it cost less than four nats."""
    placebo = [(Spending(30, 30.0, 60.0), Spending(3000, 3000.0 + minute % 2, 6000.0)) for minute in range(60)]
    sound, dear = Spending(300, 300.0, 600.0), Spending(300, 390.0, 1014.0)
    control = Spending(2700, 2700.0, 5400.0)
    late, early = (CostEvidence(placebo, over_ratio=0.05, learning=LEARNING) for _ in range(2))
    for _ in range(30):
        late.add(sound, control, "stage_1")
    for _ in range(15):
        late.add(dear, control, "stage_10")
        early.add(dear, control, "stage_1")

    assert early.log_worse > 8
    assert early.log_worse - late.log_worse < 4


def test_evidence_of_more_than_five_percent_is_no_evidence_of_dearer():
    """4 % dearer for an hour is proven to be dearer, never to be over 5 %; 12 % is."""
    placebo = [(Spending(300, 300.0, 600.0), Spending(3000, 3000.0 + minute % 2, 6000.0)) for minute in range(60)]
    little, much = (CostEvidence(placebo, over_ratio=0.05, learning=LEARNING) for _ in range(2))
    for _ in range(60):
        for evidence, usd in ((little, 1.04), (much, 1.12)):
            evidence.add(Spending(3000, 3000 * usd, 6000 * usd**2), Spending(3000, 3000.0, 6000.0), "stage_50")

    assert little.log_worse > math.log(80) and little.log_over < 0 and not little.is_over(0.95)
    assert much.log_over > math.log(800) and much.is_over(0.95)
