"""A clock that was set back holds a ramp that is gone on with, and says both times."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from conduct.clock_set_back import must_not_be_behind
from fixtures.clock import PlanClock
from ramp.observation import NoEvidence
from tests.releases import ramp


def behind(seconds):
    clock = PlanClock.real()
    at = clock.now() + timedelta(seconds=seconds)
    run = SimpleNamespace(folder="runs/1", site=SimpleNamespace(clock=clock))
    must_not_be_behind(run, [{"at_utc": (at - timedelta(hours=1)).isoformat()}, {"at_utc": at.isoformat()}])
    return clock.now() - at


@pytest.mark.parametrize("seconds", [-3600.0, 0.3])
def test_a_clock_that_is_not_behind_or_soon_no_more_goes_on(seconds):
    assert behind(seconds) >= timedelta(0)


def test_a_clock_that_is_minutes_behind_holds(capsys):
    with pytest.raises(
        NoEvidence, match=r"HOLD: this machine's clock says .* and was set back: .*ramp run --run=runs/1"
    ):
        behind(600)


def test_where_nothing_was_conducted_no_clock_is_behind():
    run = SimpleNamespace(folder="runs/1", site=SimpleNamespace(clock=PlanClock.real()))
    must_not_be_behind(run, [])


def test_a_clock_that_is_set_back_in_the_two_hours_leaves_a_recording_that_proves_none(rehearsed, plan, tmp_path):
    """Whoever goes on with another process writes earlier times below later ones."""
    whole = ramp(plan, "stage_100", 10, after=ramp(plan, "stage_50", 2))
    back = [replace(one, at=one.at - timedelta(minutes=5)) if one is whole[-1] else one for one in whole]
    lines = [json.dumps(one.record()) for one in back]
    (tmp_path / "observations.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(NoEvidence, match=rf"line {len(lines)}"):
        rehearsed(secrets={}).stable()
