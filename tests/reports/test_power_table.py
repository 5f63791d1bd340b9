"""`python -m ramp power`: what each stage can see, from a recording's own traffic."""

import json
from datetime import timedelta

import pytest
from simulated import STAGES, recorded_file

from conduct.run import load_plan
from fixtures.sources import recording
from ramp.observation import NoEvidence
from reports.power_table import power_table

PLAN = load_plan()


def table(path, **how):
    return power_table(PLAN, recording.read(path, timedelta(minutes=PLAN.reading.fresh_min)), str(path), **how)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("power") / "release.jsonl"
    path.write_text(recorded_file(seed=1, stages=STAGES), "utf-8")
    return path


def test_more_traffic_sees_less(file):
    """From stage to stage, and with ten times the requests, the smallest regression that is seen shrinks."""
    told = json.loads(table(file, rps=None, as_json=True))
    tenfold = json.loads(table(file, rps=10 * told["rps"], as_json=True))

    assert told["rps"] == pytest.approx(200, rel=0.01)
    for gate in ("latency", "errors", "cost"):
        seen = [told["stages"][stage][gate] for stage in ("stage_1", "stage_10", "stage_25", "stage_50")]
        assert seen == sorted(seen, reverse=True)
        assert tenfold["stages"]["stage_1"][gate] < seen[0]


def test_the_table_says_what_is_seen_in_words(file):
    """A row a stage that has a control, a column a gate."""
    text = table(file, rps=None, as_json=False)

    assert [line.split()[0] for line in text.splitlines() if "stage_" in line] == [
        stage.id for stage in PLAN.stages if stage.traffic_pct != 100
    ]
    assert "% hits" in text


def test_without_a_usable_placebo_hour_it_promises_nothing(tmp_path):
    """It says so in one sentence, and what to type; what payments can see needs no such hour."""
    path = tmp_path / "release.jsonl"
    for stages in (STAGES[1:], (("placebo", 1, 20), *STAGES[1:])):
        path.write_text(recorded_file(seed=1, placebo=stages[0][0] == "placebo", stages=stages), "utf-8")
        text, told = table(path, rps=None, as_json=False), json.loads(table(path, rps=None, as_json=True))

        assert "Nothing is promised of what a stage sees: in" in text and "observe --moment placebo" in text
        assert "stage_1" not in text and "min of the placebo hour both slices" in told["promises_nothing"]
        assert {gate for gate, seen in told["stages"]["stage_50"].items() if seen is not None} == {"payments"}


def test_what_a_noisy_hour_hides_is_said_beside_the_table(tmp_path):
    """By gate and stage, as the stage itself would say it."""
    path = tmp_path / "release.jsonl"
    path.write_text(recorded_file(seed=1, hour_noise=1.0, stages=STAGES), "utf-8")

    text, told = table(path, rps=None, as_json=False), json.loads(table(path, rps=None, as_json=True))

    assert "latency: not compared with control: too noisy: equal slices varied" in text
    assert "stage_10 sees nothing that the limit leaves" in told["not_compared"]["stage_10"]["latency"]


def test_grades_that_the_traffic_cannot_reach_are_said(file):
    """At a tenth of the requests; at those that were recorded each is reached but that of cost."""
    few, enough = (table(file, rps=rps, as_json=False) for rps in (20, 400))

    assert "With this traffic" in few and "errors cannot reach grade B at stage_1" in few, few
    assert "cannot reach" not in enough, enough


def test_a_recording_without_a_request_is_no_data(tmp_path):
    """There is nothing to scale."""
    path = tmp_path / "release.jsonl"
    lines = recorded_file(seed=1).splitlines()
    first = {json.loads(line)["slice"]: json.loads(line)["counters"] for line in lines[:2]}
    still = [json.loads(line) for line in lines]
    path.write_text("".join(json.dumps({**one, "counters": first[one["slice"]]}) + "\n" for one in still), "utf-8")

    with pytest.raises(NoEvidence, match="no request"):
        table(path, rps=100, as_json=False)
    assert "Nothing is promised" in table(path, rps=None, as_json=False)


def test_a_recording_of_nothing_has_no_power(tmp_path):
    """An empty file is NO DATA."""
    path = tmp_path / "release.jsonl"
    path.touch()

    with pytest.raises(NoEvidence, match="no control traffic"):
        table(path, rps=None, as_json=False)
