"""`python -m ramp load`: refused where it may not run, shown while it does, judged by its exit status."""

import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from ramp.__main__ import main
from ramp.brought import Brought
from ramp.order import AIMS
from ramp.tally import Tally
from reports.load_progress import LoadProgress, table

PROJECT = Path(__file__).parents[2]
REAL = '[real]\nedge_url = "http://127.0.0.1:9"\nscrapes = [{ url = "http://127.0.0.1:9/metrics" }]\n'


def real_release(folder: Path, more: str) -> str:
    facts = (PROJECT / "release.toml").read_text().replace('target = "rehearsal"', 'target = "real"')
    (folder / "release.toml").write_text(facts + REAL + more)
    return f"--release={folder / 'release.toml'}"


@pytest.fixture
def brought() -> Brought:
    tally = Tally()
    for _ in range(100):
        tally.add("fine", 0.0451, 0.044, 0.001)
    brought = Brought(seconds_s=10.0)
    for aim in AIMS:
        brought.due[aim] = brought.answered[aim] = 100
        brought.tallies[aim, "GET /"].merge(tally)
    brought.tallies["control", "GET /"].add("error", 0.3, 0.3, 0.001)
    return brought


@pytest.mark.parametrize(
    ("more", "act", "status", "sentence"),
    [
        ("[real.load]\narrivals_per_s_max = 50\n", [], 10, "run with --act"),
        ("[real.load]\narrivals_per_s_max = 50\n", ["--act"], 4, "237.5 requests a second are above the ceiling of 50"),
        ("", ["--act"], 4, "has no [real.load]"),
        (
            '[real.load]\narrivals_per_s_max = 500\ncheckout_path = "/api/checkout"\n',
            ["--act"],
            4,
            "its checkouts may move real money (stripe_url is on api.stripe.com), and live payments lack the flag",
        ),
    ],
)
def test_a_real_target_is_loaded_only_when_told_to_and_below_its_ceiling(tmp_path, capsys, more, act, status, sentence):
    """One line says what to change, and nothing was sent."""
    assert main(["load", real_release(tmp_path, more), f"--run={tmp_path / 'run'}", *act]) == status

    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "run" / "load").exists()


@pytest.mark.parametrize("wrong", ["--seconds=0", "--per-s=-1", "--per-s=nan", "--workers=0", "--moment=stage_5O"])
def test_what_cannot_be_brought_is_a_usage_error(tmp_path, capsys, wrong):
    """Before anything is started."""
    assert main(["load", f"--run={tmp_path / 'run'}", wrong]) == 4

    assert wrong.partition("=")[2] in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_load_on_the_rehearsal_ends_with_its_verdict_and_its_record(tmp_path):
    """Counts and P95 for each kind of traffic, a summary, observations in the common format, and Locust's report, from
    two workers: Locust's own count is the same as theirs together."""
    run = tmp_path / "run"
    argv = [
        sys.executable,
        "-m",
        "ramp",
        "load",
        f"--run={run}",
        "--seconds",
        "2.5",
        "--per-s",
        "100",
        "--workers",
        "2",
    ]
    ended = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "load GREEN" in ended.stdout
    summary = json.loads((run / "load" / "summary.json").read_text())
    assert {aim: of["p95_corrected_s"] > 0 for aim, of in summary["aims"].items()} == dict.fromkeys(AIMS, True)
    requests = sum(of["requests"] for of in summary["aims"].values())
    assert requests == pytest.approx(300, rel=0.2)
    assert re.search(rf"Aggregated +{requests} ", (run / "load" / "locust.log").read_text())
    observations = [json.loads(line) for line in (run / "load" / "observations.jsonl").read_text().splitlines()]
    assert {one["slice"] for one in observations} == {"canary", "control"}
    assert observations[-2]["counters"]["latency_s"]["+Inf"] == summary["aims"]["canary"]["requests"]
    assert (run / "load" / "locust.html").exists()


def test_a_terminal_sees_a_table_that_rewrites_itself(brought):
    """Rate, errors and P95 of each kind of traffic, and the time left."""
    screen = StringIO()
    with LoadProgress(Console(file=screen, force_terminal=True, width=100, no_color=True)) as progress:
        progress(brought, 12)

    assert "12 s left" in screen.getvalue()
    assert "45.1 ms" in screen.getvalue()
    assert "\x1b[31m" not in screen.getvalue()


def test_a_log_gets_a_heartbeat(brought, capsys, monkeypatch):
    """A silent job looks like a dead one; a line a look would be noise."""
    progress = LoadProgress(Console(file=StringIO(), width=100))
    progress(brought, 12)
    assert capsys.readouterr().err == ""
    progress._said_s -= 10
    progress(brought, 2)

    assert capsys.readouterr().err.startswith("load: 30.1/s, 1 errors, P95 canary 45.1 ms, control 45.1 ms")


def test_errors_stand_out(brought):
    """In words and numbers; colour only adds to them."""
    console = Console(file=StringIO(), width=100, force_terminal=True, no_color=False)
    console.print(table(brought))

    lines = console.file.getvalue().splitlines()
    assert [line.startswith("\x1b[31m") for line in lines if "control" in line] == [True]
    assert not [line for line in lines if "canary" in line and "\x1b[31m" in line]
