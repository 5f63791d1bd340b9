"""Whether new users are answered as the weight says that was just set."""

from itertools import pairwise
from random import Random

import pytest

from ramp.share_follows import follows

RISES = [*pairwise((0, 1, 10, 25, 50, 100))]


def said(share_pct, was_pct, is_pct, seed):
    """What is said at the first 50 users at which something is, of at most 20,000."""
    random, canary, control = Random(seed), 0, 0  # noqa: S311
    for _ in range(400):
        new = sum(random.random() < share_pct / 100 for _ in range(50))
        canary, control = canary + new, control + 50 - new
        if (come := follows(canary, control, was_pct=was_pct, is_pct=is_pct)) != "not yet":
            return come
    return "not yet"


@pytest.mark.parametrize(("was_pct", "is_pct"), RISES)
def test_a_share_that_follows_is_seen_to_and_one_that_stayed_is_seen_not_to(was_pct, is_pct):
    assert [said(is_pct, was_pct, is_pct, seed) for seed in range(20)].count("yes") >= 19
    assert [said(was_pct, was_pct, is_pct, seed) for seed in range(20)].count("no") >= 19


@pytest.mark.parametrize(
    ("was_pct", "is_pct", "share_pct"), [(0, 1, 100), (0, 1, 50), (1, 10, 50), (10, 25, 100), (25, 50, 100)]
)
def test_a_share_that_is_far_over_the_weight_does_not_follow_it(was_pct, is_pct, share_pct):
    """Users would be with the canary whom nobody meant to send there."""
    assert [said(share_pct, was_pct, is_pct, seed) for seed in range(20)].count("no") >= 19


def test_a_few_users_tell_nothing():
    assert follows(0, 0, was_pct=0, is_pct=1) == follows(1, 60, was_pct=1, is_pct=10) == "not yet"
