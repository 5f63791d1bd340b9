"""`python -m ramp start-time` proposes a start that nothing is in the way of, and posts it where that is asked."""

import json
import math
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.rehearsal.slack_server import slack_app
from ramp.__main__ import main

TOKEN = "xoxb-rehearsal-token"
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
FACTS = f'version = "v20261124.1"\ncommit = "{"a" * 40}"\ngo_at_utc = 2026-11-24T08:00:00Z\n'
FREEZE = """
[[freezes]]
from_utc = 2026-11-24T11:00:00Z
until_utc = 2026-11-24T16:00:00Z
why = "the exams"
"""
ALONE = """
[[roster]]
domain = "DB"
dri = "U0DB"
backup = "U0DBB"
[people]
U0DB = { time_zone = "UTC", on_call = ["00:00-10:00"] }
U0DBB = { time_zone = "UTC", on_call = ["17:00-24:00"] }
"""


@pytest.fixture
def start_time(tmp_path, capsys, monkeypatch):
    """`start_time(release, *args)`: the exit status and what was said, of a week with a trough at noon, UTC, and a
    shallower one at 20:00."""
    monkeypatch.chdir(tmp_path)
    lines = []
    for quarter in range(7 * 96):
        at = NOW - timedelta(minutes=15 * (quarter + 1))
        hour = at.hour + at.minute / 60
        rate = 100 - 60 * math.exp(-(((hour - 13.5) / 2) ** 2)) - 40 * math.exp(-(((hour - 21.5) / 2) ** 2))
        lines.append(json.dumps({"at": at.isoformat(), "per_s": rate}))
    (tmp_path / "rates.jsonl").write_text("\n".join(lines), "utf-8")

    def run(release, *args):
        (tmp_path / "release.toml").write_text(FACTS + release, "utf-8")
        status = main(["start-time", "--history=rates.jsonl", f"--now={NOW:%Y-%m-%dT%H:%M:%SZ}", *args])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_the_lowest_trough_is_proposed(start_time):
    status, out, _ = start_time("")
    assert status == 0
    assert "Proposed T-0: 2026-11-24 11:" in out or "Proposed T-0: 2026-11-24 12:" in out, out


@pytest.mark.parametrize(
    ("release", "why"),
    [
        (FREEZE, "a freeze until 2026-11-24 16:00Z: the exams"),
        (ALONE, "nobody is on call for DB from 2026-11-24 10:00Z to 17:00Z"),
    ],
)
def test_what_is_in_the_way_is_named_and_the_next_trough_proposed(start_time, release, why):
    status, out, _ = start_time(release)
    assert status == 0 and why in out
    assert "Proposed T-0: 2026-11-24 19:" in out or "Proposed T-0: 2026-11-24 20:" in out, out


def test_posted_it_stands_in_the_room(start_time, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    url = serve(slack_app(token=TOKEN, folder=tmp_path / "slack"))
    real = f"""
[real]
edge_url = "{url}"
slack_url = "{url}/api/"
[[real.scrapes]]
url = "{url}/metrics"
"""
    status, _, err = start_time(real, "--post")
    assert status == 0, err
    (message,) = (tmp_path / "slack" / "messages.jsonl").read_text("utf-8").splitlines()
    assert "Proposed T-0: 2026-11-24" in json.loads(message)["text"]


def test_without_a_room_nothing_is_posted_and_that_is_said(start_time, monkeypatch):
    status, _, err = start_time("", "--post")
    assert status == 4 and "--post needs [real]" in err
