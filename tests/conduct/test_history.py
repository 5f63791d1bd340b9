"""`observe --from T --to T`: a release that is over, from the server's history into a recording that replay judges."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.sources import recording
from ramp.__main__ import main
from ramp.decision import Action
from ramp.observation import Span
from ramp.recording import Recording
from ramp.replay import replay
from tests.served_prometheus import ServedPrometheus

T0 = datetime(2026, 11, 20, 8, tzinfo=UTC)
RELEASE = """
[real.prometheus]
url = "{url}"
slices = {{ label = "track", control = "stable" }}
[real.prometheus.signals]
requests = 'http_requests_total{{app="shop"}}'
errors = 'http_requests_total{{app="shop", code="500"}}'
"""


class Past:
    """Pods that served a release of 90 minutes and the hour before, and what `observe` makes of their samples."""

    def __init__(self, serve, folder):
        self.server = ServedPrometheus(serve)
        self.file, self.release = folder / "past.jsonl", folder / "release.toml"
        self.release.write_text(RELEASE.format(url=self.server.url))

    def pod(self, slice, instance, per_min, *, errors_ratio=0.0, restarts_at=None, until=90, begins_at=-62):
        fine = failed = 0.0
        for quarter in range(4 * begins_at, 4 * until):
            at_s = (T0 + timedelta(minutes=quarter / 4)).timestamp() + 3
            fine, failed = (0.0, 0.0) if quarter == 4 * (restarts_at or 1000) else (fine, failed)
            fine, failed = fine + per_min / 4, failed + errors_ratio * per_min / 4
            labels = {"app": "shop", "track": slice, "job": "shop", "instance": instance}
            self.server.add("http_requests_total", {**labels, "code": "200"}, (at_s, fine))
            if failed:
                self.server.add("http_requests_total", {**labels, "code": "500"}, (at_s, failed))

    def observe(self, *more):
        times = ["--from", "2026-11-20T08:00:00Z", "--to", "2026-11-20T09:30:00Z"]
        return main(["observe", f"--release={self.release}", f"--file={self.file}", *times, *more])

    def recorded(self, plan):
        return Recording(recording.planned(self.file, plan), timedelta(minutes=2))


@pytest.fixture
def past(serve, tmp_path):
    return Past(serve, tmp_path)


def span(start, end):
    return Span(start=T0 + timedelta(minutes=start), end=T0 + timedelta(minutes=end))


def test_a_finished_release_is_judged_from_history_with_a_placebo_hour_of_one_instance(past, plan, capsys):
    """Though an instance restarted and another went: nothing that was counted is lost, and nothing counts twice."""
    past.pod("stable", "a", 400)
    past.pod("stable", "b", 500, restarts_at=20)
    past.pod("stable", "c", 600, until=40)
    past.pod("canary", "d", 300, begins_at=-1)
    assert past.observe() == 0
    said = capsys.readouterr().out
    assert f"python -m ramp replay {past.file} --gates=errors" in said and "No placebo" not in said
    seen = past.recorded(plan)
    assert seen.increase("control", "requests", span(-59, -1)) == 58 * 1000
    assert seen.increase("canary", "requests", span(-59, -1)) == 58 * 500, "of the middle growth"
    assert seen.increase("control", "requests", span(1, 89)) == pytest.approx(88 * 900 + 39 * 600, abs=1000)
    assert seen.increase("canary", "requests", span(0, 80)) == 80 * 300
    first = json.loads(past.file.read_text().splitlines()[0])
    assert (first["stage"], first["traffic_pct"], first["at"]) == ("placebo", 33.33, "2026-11-20T07:00:00Z")


def test_a_canary_that_failed_rolls_back_in_replay(past, plan):
    past.pod("stable", "a", 400)
    past.pod("stable", "b", 500)
    past.pod("canary", "c", 300, errors_ratio=0.05, begins_at=-1)
    assert past.observe() == 0
    outcome = replay(plan, recording.planned(past.file, plan), ("errors",))
    assert outcome.decision is Action.ROLLBACK and "errors RED" in outcome.reason


def test_without_two_instances_of_control_there_is_no_placebo_hour_and_it_is_said(past, plan, capsys):
    past.pod("stable", "a", 400)
    past.pod("canary", "c", 300, begins_at=-1)
    assert past.observe() == 0
    assert "No placebo hour" in capsys.readouterr().out
    assert past.recorded(plan).seen("placebo") == []


def test_history_that_holds_nothing_is_a_hold_and_the_query_is_said(past, capsys):
    assert past.observe() == Action.HOLD.exit_code
    said = capsys.readouterr().out
    assert "holds nothing that a gate could judge" in said and 'query: http_requests_total{app="shop"' in said


def test_a_server_that_is_down_leaves_no_file(past, capsys):
    past.server.status, past.server.body = 503, "down"
    assert past.observe() == Action.HOLD.exit_code
    assert "answered 503" in capsys.readouterr().err and not list(past.file.parent.glob("*.jsonl*"))


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--to", "2026-11-20T07:00:00Z"], "--to: 2026-11-20T07:00Z should lie after --from"),
        (["--to", "2099-11-20T07:00:00Z"], "and be past"),
        (["--from", "2026-11-20T08:00:00"], "should be a time with its zone"),
        (["--moment", "stage_1"], "needs --from and --to, and no --moment"),
        (["--began", "stage_10"], "should be STAGE=TIME"),
        (["--began", "stage_9=2026-11-20T08:20:00Z"], "Did you mean 'stage_"),
    ],
)
def test_what_is_typed_wrong_is_one_line(past, more, says, capsys):
    assert past.observe(*more) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_a_file_that_is_there_is_not_overwritten(past, capsys):
    past.file.write_text("precious")
    assert past.observe() == 4
    assert "is there already" in capsys.readouterr().err and past.file.read_text() == "precious"
