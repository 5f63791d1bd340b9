"""The scanner reaches its goals on made-up people of 18 countries in 15 log formats, and leaves others alone."""

import math

import pytest

from tests.bench.privacy.lines import harmless
from tests.bench.privacy.people import People
from tests.bench.privacy.score import Score, planted_lines
from tests.bench.privacy.templates import templates

LINES, HARMLESS = 1_300, 3_000
# Of what is keyed: the kinds that must not be missed, then those whose values are less alike.
LEAST = dict.fromkeys(("EMAIL", "PAN", "SSN", "TOKEN"), 0.99)
LEAST |= {"PHONE": 0.97, "DOB": 0.97, "IP": 0.95, "ADDRESS": 0.95, "NAME": 0.95, "STUDENT_ID": 0.90, "DEVICE_ID": 0.90}


@pytest.fixture(scope="module")
def score() -> Score:
    people, score = People(seed=11), Score()
    score.planted(planted_lines(people, LINES))
    score.without(harmless(people.rng) for _ in range(HARMLESS))
    return score


@pytest.mark.parametrize(("kind", "least"), LEAST.items())
def test_each_kind_is_found_by_its_key(score: Score, kind: str, least: float) -> None:
    assert score.recall(kind, "keyed") >= least


@pytest.mark.parametrize(("tier", "least"), [("encoded", 0.90), (None, 0.95)])
def test_encoded_values_and_all_together_are_found(score: Score, tier: str | None, least: float) -> None:
    assert score.recall(tier=tier) >= least


def test_what_is_found_is_right_and_hard_negatives_are_left_alone(score: Score) -> None:
    assert score.right / score.spans >= 0.97
    assert score.flagged / score.harmless <= 0.01 and score.fired == 0


def test_every_kind_is_planted_in_every_tier_that_can_tell_it(score: Score) -> None:
    tiers = {kind: {tier for of, tier in score.due if of == kind} for kind in LEAST}

    assert all({"keyed", "free"} <= seen for seen in tiers.values())
    assert not math.isnan(score.recall("NAME", "encoded")) and len(templates("harmless.txt")) > 90
