"""`python -m ramp replay`: one line a file, the worst exit status, a clear word for what cannot be judged."""

import gzip
import json
import subprocess
import sys

import pytest
from simulated import recorded_file

from conduct.commands.replay import replayed
from conduct.run import load_plan
from ramp.replay import DEFAULT_GATES

PLAN = load_plan()
GOOD = recorded_file(seed=1)


def judged(capsys, *files, of=DEFAULT_GATES):
    """The exit status, and the JSON objects that were printed."""
    status = replayed(PLAN, files, of, as_json=True)
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def file(tmp_path):
    def write(text, name="release.jsonl"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_a_healthy_release_goes_on(capsys, file):
    """Minutes count from T-0; a gate that never broke says null."""
    status, [told] = judged(capsys, file(GOOD))

    assert status == 0
    assert told.items() >= {"decision": "CONTINUE", "decided_minute": 15, "trigger": None}.items()
    assert set(told["gates"]) == set(DEFAULT_GATES)
    assert told["gates"]["latency"] == {"first_red_minute": None, "first_yellow_minute": None}


def test_a_trigger_is_a_rollback_at_its_minute(capsys, file):
    """Three percent of errors from T-0 on: F1 at the fifteenth minute, RED before."""
    status, [told] = judged(capsys, file(recorded_file(seed=1, canary={"failing": 0.03})))

    assert (status, told["decision"], told["trigger"], told["decided_minute"]) == (20, "ROLLBACK", "F1", 15)
    assert 3 <= told["gates"]["errors"]["first_red_minute"] < 15


def test_the_worst_file_gives_the_status_and_each_has_its_line(capsys, file, tmp_path):
    """A compressed recording reads like any other; one that is not there is told of too."""
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(GOOD.encode()))
    missing = tmp_path / "missing.jsonl"

    assert judged(capsys, file(GOOD), packed)[0] == 0
    status, told = judged(capsys, packed, missing)
    assert (status, [one["file"] for one in told]) == (4, [str(packed), str(missing)])
    assert "cannot be read" in told[1]["problem"]


LINES = GOOD.splitlines(keepends=True)
BAD = {
    "is not JSON": ("".join(LINES[:80]) + LINES[80][:40], 81),
    "is no finite number": ("".join(LINES[:80]) + LINES[80].replace('"errors":', '"errors":-'), 81),
    "NaN is no number": ("".join(LINES[:80]) + LINES[80].replace('"requests":', '"requests":NaN,"was":'), 81),
    "unknown slice": ("".join(LINES[:80]) + LINES[80].replace('"slice":"', '"slice":"un'), 81),
    "time goes backwards": ("".join(LINES[:80]) + LINES[2], 81),
}


@pytest.mark.parametrize("said", BAD)
def test_a_line_that_cannot_be_trusted_holds_and_is_named(capsys, file, said):
    """NO DATA with file and line, exit 10."""
    text, line = BAD[said]
    path = file(text)
    status, [told] = judged(capsys, path)

    assert (status, told["decision"]) == (10, "HOLD")
    assert f"{path}, line {line}: " in told["problem"]
    assert said in told["problem"]


def test_a_rollback_before_a_line_that_cannot_be_trusted_stays(capsys, file):
    """It came."""
    text = recorded_file(seed=1, canary={"failing": 0.03}) + "{"
    status, [told] = judged(capsys, file(text))

    assert (status, told["decision"]) == (20, "ROLLBACK")
    assert "line" in told["problem"]


def test_a_missing_boundary_or_slice_is_no_data(capsys, file):
    """120 ms cannot be decided without a bucket there, nor a canary without its control."""
    no_boundary = "".join(line.replace('"0.12":', '"0.125":') for line in LINES)
    no_control = "".join(line for line in LINES if '"control"' not in line)
    for text, said in ((no_boundary, "no bucket boundary at 0.12 s"), (no_control, "of control is absent")):
        status, [told] = judged(capsys, file(text))

        assert (status, told["decision"]) == (10, "HOLD")
        assert said in told["reason"]


def test_an_empty_file_proves_nothing(capsys, file):
    """No look, no decision minute, HOLD."""
    status, [told] = judged(capsys, file(""))

    assert (status, told["decision"], told["decided_minute"]) == (10, "HOLD", None)


def test_only_the_gates_asked_for_are_told_of(capsys, file):
    """A recording without costs can be judged by the others."""
    without = "".join(line.replace('"users":', '"visitors":') for line in LINES)

    assert judged(capsys, file(without))[0] == 10
    status, [told] = judged(capsys, file(without), of=("latency", "errors"))
    assert (status, list(told["gates"])) == (0, ["latency", "errors"])


def test_the_command_says_it_in_words(file):
    """Text by default; an unknown gate is a usage error that names the nearest."""

    def run(*arguments):
        argv = [sys.executable, "-m", "ramp", "replay", *map(str, arguments)]
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)

    told = run(file(recorded_file(seed=1, canary={"failing": 0.03})))
    assert told.returncode == 20
    assert "ROLLBACK at minute 15 (stage_1): F1 fired: errors RED at stage_1" in told.stdout
    assert "first RED at minute" in told.stdout
    wrong = run("--gates", "latencies", file(GOOD))
    assert wrong.returncode == 4
    assert "Did you mean 'latency'" in wrong.stderr or "latency" in wrong.stderr
