"""The benchmark's ramps are the worlds they claim to be, and other systems' rules do what their sources say."""

from dataclasses import replace

import numpy as np
import pytest

from ramp.replay import replay
from tests.bench import judge, mended, peers, tables, targets
from tests.bench.ramps import BOUNDS_S, EFFECTS, HEALTHY, MINUTES, WORLDS, Counts, Ramps, observations, simulate
from tests.bench.speed import Spent

RAMPS = 40


def share(part, whole):
    return part.sum() / whole.sum()


@pytest.fixture(scope="module")
def healthy() -> Ramps:
    return simulate("iid", HEALTHY, RAMPS, seed=7)


def test_a_healthy_world_has_the_ratios_that_it_claims(healthy):
    """P95 100 ms, 0.2 % errors, 92 % hits, 1 USD a user, the stages' shares; 5 payments at T-10, 100 in all."""
    control = healthy.control
    within_p95 = control.latency[..., : np.flatnonzero(BOUNDS_S == 0.1)[0] + 1]

    assert share(within_p95, control.requests) == pytest.approx(0.95, abs=0.001)
    assert share(control.errors, control.requests) == pytest.approx(0.002, rel=0.02)
    assert share(control.hits, control.requests) == pytest.approx(0.92, abs=0.001)
    assert share(control.cost_usd, control.users) == pytest.approx(1, abs=0.005)
    assert share(healthy.canary.requests[:, :15], control.requests[:, :15]) == pytest.approx(1 / 99, rel=0.03)
    assert share(healthy.canary.requests[:, 45:], control.requests[:, 45:]) == pytest.approx(1, rel=0.01)
    assert healthy.payments[0, 0] == 5 + 1 and set(healthy.payments.sum(axis=1)) == {100}


@pytest.mark.parametrize("effect", [effect for effect in EFFECTS if effect != HEALTHY])
def test_a_regression_is_on_the_canary_of_its_gate_from_its_onset_on(effect):
    """And control is spared."""
    row, ramps = EFFECTS[effect], simulate("iid", effect, RAMPS, seed=7)

    def level(of: Counts, minutes: slice) -> float:
        slow = of.latency[:, minutes, np.flatnonzero(BOUNDS_S == 0.1)[0] + 1 :]
        requests = of.requests[:, minutes]
        levels = {
            "latency": lambda: share(slow, requests),
            "errors": lambda: share(of.errors[:, minutes], requests),
            "cache": lambda: 1 - share(of.hits[:, minutes], requests),
            "cost": lambda: share(of.cost_usd[:, minutes], of.users[:, minutes]),
        }
        return levels[row.gate]()

    after = slice(max(row.onset, 45), MINUTES)
    assert level(ramps.canary, after) > 1.03 * level(ramps.control, after)
    if row.onset:
        before = slice(15, row.onset)
        assert level(ramps.canary, before) == pytest.approx(level(ramps.control, before), rel=0.1)


@pytest.mark.parametrize("world", WORLDS)
def test_every_world_can_be_judged_to_its_end(plan, world):
    """By the judge, with its placebo hour, and by every rule."""
    ramps = simulate(world, HEALTHY, 2, seed=7)

    outcome = replay(plan, observations(ramps, 1), peers.GATES)

    assert outcome.problem is None and outcome.minute == MINUTES
    assert all(len(minutes) == 2 for alarms in peers.alarms(ramps).values() for minutes in alarms.values())


def test_the_same_seed_makes_the_same_ramps(healthy):
    """And another seed or part makes others."""
    again, other, part = (simulate("iid", HEALTHY, RAMPS, seed=s, part=p) for s, p in ((7, 0), (8, 0), (7, 1)))

    assert np.array_equal(again.canary.latency, healthy.canary.latency)
    assert not np.array_equal(other.canary.latency, healthy.canary.latency)
    assert not np.array_equal(part.canary.latency, healthy.canary.latency)


def test_each_rule_finds_misses_that_began_at_minute_45_when_its_source_says(healthy):
    """Kayenta after 5, 10 or 30 points; Argo at its fourth failure, Flagger at its fifth, the literal rule at its
    fifteenth; what compares with a test at its second look."""
    late = np.arange(MINUTES) >= 45
    canary = replace(healthy.control, hits=np.where(late, 0, healthy.control.hits))
    broken = replace(healthy, canary=canary)

    found = peers.alarms(broken)

    at = {rule: np.median(alarms.get("cache", np.inf)) for rule, alarms in found.items()}
    assert at["Kayenta, stage end"] == 75
    assert at["Kayenta, every 5 min"] == at["Kayenta, every min"] == 50
    assert at["Argo, limit 3, 1-min window"] == at["Argo, limit 3, 5-min window"] == 49
    assert np.median(found["Flagger, 5 failed checks, without cost"]["all gates"]) == 50
    assert at["literal, 15 min in breach"] == 60
    assert at["naive z at 1 %, every min, per stage"] == at["group sequential, 1 % a ramp"] == 47


@pytest.mark.parametrize(("outliers", "is_high"), [(7, False), (8, True)])
def test_kayenta_passes_seven_outliers_of_ten(outliers, is_high):
    """Known of its rank test (spinnaker issue 6278): 7 of 10 points at 100 against 1 pass, 8 fail."""
    canary = np.array([[100.0] * outliers + [1.0] * (10 - outliers)])

    assert peers._is_high(canary, np.ones((1, 10))).tolist() == [is_high]


def test_the_flat_bar_keeps_its_level():
    """A single look has the normal quantile; more looks need a higher bar, less than one each by itself."""
    assert peers._flat_bar(5, 5, 0.01) == pytest.approx(2.3263479, abs=1e-6)
    assert 2.3263479 < peers._flat_bar(2, 15, 0.01) < 3.2


def test_the_tables_count_what_the_rules_found():
    """One healthy ramp of three alarmed at minute 20; a late regression found 4 and 16 minutes after its onset, and
    once before it, which does not count."""
    never = {gate: np.full(3, np.inf) for gate in peers.GATES}
    rules = dict.fromkeys([tables.OURS_YELLOW, *tables.SIDE_BY_SIDE], never)
    healthy = rules | {tables.OURS: never | {"cost": np.array([np.inf, 20, np.inf])}}
    late = rules | {tables.OURS: {"errors": np.array([34, 46, 12])}}

    found = {("iid", HEALTHY): healthy, ("iid", "late-err0.5"): late}
    text = tables.markdown(found, Spent(1, 1, {}), {}, command="this", whole=True)

    assert "| **shiproom** | 33.3 |" in text
    assert "| cost | 33.3 / 0.0 |" in text
    assert "| all four | 33.3 (0.8 to 90.6) |" in text
    assert "| late-err0.5 | 50 / 4 / 100 | 0 / never / 0 |" in text
    assert "Made by `this`." in text and "interrupted" not in text


def test_the_targets_are_told_seed_by_seed():
    """Of two healthy ramps one is RED and not approved with the first seed, none with the second."""
    never = np.array([np.inf, np.inf])

    def of_seed(red, held, slower):
        healthy = {tables.OURS: {"cost": red, "errors": never}, tables.NOT_APPROVED: {"cost": held}}
        return {("iid", HEALTHY): healthy, ("iid", "p95+10"): {tables.OURS: {"latency": slower}}}

    first = of_seed(np.array([20, np.inf]), np.array([75, np.inf]), np.array([16, 15]))
    text = "\n".join(targets.sections({1: first, 2: of_seed(never, never, np.array([3, 4]))}))

    assert "|  | target | seed 1 | seed 2 | all |" in text
    assert "| RED, iid | <= 1.0 | 50.0 | 0.0 | 25.0 |" in text
    assert "| P95 +10 % found, iid | >= 90.0 | 50.0 | 100.0 | 75.0 |" in text
    assert "| approved at 50 %, all worlds | >= 99.0 | 50.0 | 100.0 | 75.0 |" in text


def test_a_task_judges_each_ramp_by_every_rule():
    """The judge by all gates where nothing is wrong, by the affected gate where something is."""
    healthy = judge.judged(judge.Task("noisy", HEALTHY, 0, 1, 7))
    slower = judge.judged(judge.Task("noisy", "p95+25", 0, 1, 7))

    assert healthy[tables.OURS].keys() == set(peers.GATES)
    assert slower[tables.OURS].keys() == {"latency"} and 2 < slower[tables.OURS]["latency"][0] <= 15
    assert {*tables.SIDE_BY_SIDE, tables.OURS_YELLOW, tables.NOT_APPROVED} <= healthy.keys() == slower.keys()
    assert targets.any_of(healthy[tables.NOT_APPROVED]) == np.inf
    assert np.isfinite(targets.any_of(slower[tables.NOT_APPROVED]))


def test_of_ramps_whose_canary_was_mended_it_counts_those_still_held():
    """All 6 slower by 15 % at 1 % are RED there, and none at the ends of 25 and 50 %."""
    red, held = mended.still_held(mended.Task("iid", "+15 % in the 1 % stage", 6, 5))

    assert (red[15], held[15]) == (6, 6)
    assert (red[45], held[45], red[75], held[75]) == (0, 0, 0, 0)
