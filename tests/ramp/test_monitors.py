"""C3: the organisation's synthetic monitors are green, fresh, and hit the canary."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conduct.run import load_plan, load_release
from ramp.monitors import Asked, Status, status_of
from ramp.probes.monitors import judge_monitors
from ramp.validation import Invalid
from ramp.verdict import Colour, Verdict

PLAN = load_plan()
RELEASE = load_release(Path("release.toml"), PLAN, [])
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SEEN = {"version": RELEASE.version, "commit": RELEASE.commit}


def said(status: str = "green", age_min: float = 1.0, **saw: str) -> Asked:
    at = NOW - timedelta(minutes=age_min)
    return Asked(name="checkout", status=Status(status=status, checked_at_utc=at, **saw))


def judged(*asked: Asked) -> Verdict:
    return judge_monitors(PLAN, "go_plus_60", RELEASE, asked, NOW)


@pytest.mark.parametrize("saw", [SEEN, {"routing_key": "always"}])
def test_a_green_monitor_that_hit_the_canary_is_green(saw: dict[str, str]) -> None:
    assert judged(said(**saw)).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (said("down", **SEEN), "checkout is down"),
        (said(version="v20261110.1", commit=RELEASE.commit), "hit v20261110.1, which is not v20261124.1"),
        (said(version=RELEASE.version, commit="0" * 40), "hit the commit 000000000000"),
        (said(routing_key="never"), "the routing key never"),
    ],
)
def test_one_that_is_not_green_or_hit_another_release_is_red(asked: Asked, why: str) -> None:
    verdict = judged(said(**SEEN), asked)
    assert verdict.colour is Colour.RED
    assert why in verdict.why


@pytest.mark.parametrize(
    "asked",
    [
        said(age_min=11, **SEEN),
        said(age_min=-5, **SEEN),
        said(),
        said(version=RELEASE.version),
        Asked(name="checkout", why="did not finish its answer in 5 s"),
    ],
)
def test_one_that_is_old_or_does_not_tell_whom_it_hit_is_no_data(asked: Asked) -> None:
    assert judged(said(**SEEN), asked).colour is Colour.NO_DATA


def test_without_monitors_nobody_knows() -> None:
    assert judged().colour is Colour.NO_DATA


@pytest.mark.parametrize("page", [[], {"status": "green"}, {"status": "green", "checked_at_utc": "yesterday"}])
def test_a_page_that_is_no_status_is_refused(page: object) -> None:
    with pytest.raises(Invalid):
        status_of(page, "checkout")
