"""The plan, the checks and pytest fit together: markers, selection, exit statuses, the same verdicts under xdist."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from releases import ramp

from conduct.run import open_run
from ramp.__main__ import main
from ramp.observation import NoEvidence
from ramp.plan import Plan
from reports.claims import claims

PROJECT = Path(__file__).parents[1]


def run_pytest(*args: str, cwd: Path = PROJECT, **environment: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *args]
    return subprocess.run(
        argv, cwd=cwd, capture_output=True, text=True, timeout=120, check=False, env=os.environ | environment
    )


def test_each_check_of_the_plan_has_one_test_and_each_test_a_check(plan: Plan):
    """A row without a test, or a test without a row, would be a claim that nobody judges."""
    assert set(claims(PROJECT / "checks")) == set(plan.checks)


def test_every_moment_is_a_marker_that_explains_itself(plan: Plan):
    """`pytest --markers` tells what each moment is for."""
    said = run_pytest("--markers").stdout

    for moment in plan.moments:
        assert f"@pytest.mark.{moment.id}: {moment.explains}" in said


def test_a_moment_selects_exactly_its_checks(plan: Plan):
    """`pytest -m stage_50` collects that stage's gates and nothing else. What only collects is no CONTINUE."""
    chosen = ["t_minus_10", "stage_1", "stage_50", "stage_100"]
    said = run_pytest("-m", " or ".join(chosen), "--collect-only", "-q")

    collected = Counter(re.findall(r"^checks/\S+::\S+\[(\w+)\]$", said.stdout, re.MULTILINE))
    assert collected == {moment: len(plan.required(moment)) for moment in chosen}
    assert said.returncode == 10 and "nothing was judged at t_minus_10, stage_1" in said.stderr


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (["-m", "stage_5O"], 4, "there is no moment 'stage_5O'. Did you mean 'stage_50'? Type: pytest -m stage_50."),
        (["-m", "stage_1 or STAGE-10"], 4, "Did you mean 'stage_10'?"),
        (["-m", "stage_1 or"], 4, "'stage_1 or' cannot be read"),
        (["-m", "stage_1", "--speed", "nan"], 4, "--speed: 'nan' should be a number from 0.1 to 3,600"),
        (["-m", "stage_1", "--run=docs"], 4, "--run: no run is in docs."),
        (["-m", "stage_1", "--setup-plan"], 4, "--setup-only would pay and restore, and judges nothing"),
        (["-m", "stage_1", "--fixtures"], 10, "nothing was judged at stage_1: HOLD"),
        (["-m", "stage_1", "-p", "no:xdist"], 4, "the suite does not run without xdist: leave out -p no:xdist"),
    ],
)
def test_what_was_mistyped_or_judges_nothing_is_said_in_a_sentence_and_is_no_go(args, status, said):
    """A mistyped stage must not end as "nothing to do, all fine"; nor starts anything what only lists."""
    ended = run_pytest(*args)

    assert ended.returncode == status, ended.stdout + ended.stderr
    assert said in ended.stderr and "Traceback" not in ended.stdout + ended.stderr


def test_checks_without_a_moment_are_a_usage_error():
    """Naming a file of checks does not say when it is meant to be judged."""
    ended = run_pytest("checks/test_gates.py")

    assert ended.returncode == 4
    assert "choose one with -m" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_moment_without_checks_holds(tmp_path):
    """Nothing collected proves nothing: exit status 10."""
    ended = run_pytest("-m", "post_success", f"--run={tmp_path / 'run'}")

    assert ended.returncode == 10, ended.stdout
    assert "RECOMMEND: HOLD" in ended.stdout


def test_the_thirty_minutes_confirm_every_line_that_the_owner_asks_for(plan: Plan, tmp_path):
    """A verdict for each, the one-pager pinned, and what is asked below it acknowledged."""
    ended = run_pytest("-m", "go_plus_30", f"--run={tmp_path / 'run'}")

    required = plan.required("go_plus_30")
    said = re.search(rf"^all {len(required)} checks GREEN: (.*)", ended.stdout, re.MULTILINE)
    assert said and set(said[1].split(", ")) == set(required), ended.stdout
    assert ended.returncode == 0 and "RECOMMEND: CONTINUE" in ended.stdout


def test_a_stopped_process_that_holds_the_ledger_is_no_data_within_five_seconds(tmp_path):
    """From end to end: the check waits no longer for it, and the decision is to hold."""
    ended = run_pytest(
        "-m", "caps", f"--run={tmp_path / 'run'}", "--scenario", "ledger_held", "-k", "refused", "--durations=0", "-vv"
    )

    assert ended.returncode == 10, ended.stdout
    assert "another process has held it for 4 s" in " ".join(ended.stdout.split())
    of_check = r"^(\d+\.\d+)s (?:setup|call) .*test_payments_over_a_cap_are_refused"
    took_s = [float(took) for took in re.findall(of_check, ended.stdout, re.MULTILINE)]
    assert took_s and max(took_s) < 5, ended.stdout


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (None, ["cannot be read"]),
        ("version = ", ["is not TOML"]),
        ('version = "1"\ncomit = "x"\n', ["version = '1'", "comit", "Did you mean 'commit'?", "commit: is missing"]),
        ('version = "v20261124.1"\n', ["commit: is missing"]),
    ],
)
def test_a_release_file_that_cannot_be_used_ends_with_sentences_and_status_4(tmp_path, capsys, text, sentences):
    """Every error at once."""
    file = tmp_path / "release.toml"
    if text is not None:
        file.write_text(text)

    assert main(["matrix", f"--release={file}"]) == 4

    said = capsys.readouterr().err
    assert all(sentence in said for sentence in sentences), said


def test_a_scenario_that_does_not_exist_names_the_nearest(tmp_path):
    """A mistyped fault must not silently be the healthy system."""
    ended = run_pytest("-m", "stage_50", "--scenario", "slow_canry", f"--run={tmp_path / 'run'}")

    assert ended.returncode == 4
    assert "Did you mean 'slow_canary'?" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_without_postgresql_the_run_ends_with_one_sentence(tmp_path):
    """A platform without a server gets told what to install."""
    ended = run_pytest("-m", "stage_50", f"--run={tmp_path / 'run'}", SHIPROOM_POSTGRES_BIN="/nowhere")

    assert ended.returncode == 4
    assert "SHIPROOM_POSTGRES_BIN" in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


@pytest.fixture
def recorded(tmp_path, plan: Plan) -> Path:
    """A run folder with the recording of a stage in which payments fail."""
    return recording_of(tmp_path / "recorded", plan, {"payments_succeeded": 4})


def recording_of(folder: Path, plan: Plan, canary: dict) -> Path:
    folder.mkdir()
    lines = [json.dumps(seen.record()) + "\n" for seen in ramp(plan, "stage_10", 15, canary=canary)]
    (folder / "observations.jsonl").write_text("".join(lines))
    return folder


def verdicts_and_decision(
    folder: Path, source: Path, *args: str, **environment: str
) -> tuple[subprocess.CompletedProcess[str], list[dict]]:
    folder.mkdir()
    (folder / "observations.jsonl").write_bytes((source / "observations.jsonl").read_bytes())
    ended = run_pytest("-m", "stage_10", f"--run={folder}", *args, **environment)
    journal = folder / "journal.jsonl"
    records = [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []
    for record in records:
        record.pop("at_utc")
        record.pop("chain")
        record.pop("run_id", None)
        record["text"] = ""
        record["why"] = ""
    return ended, sorted(records, key=lambda record: (record["kind"], record.get("check", "")))


def titles(folder: Path) -> list[str]:
    results = (folder / "allure-results").glob("*-result.json")
    return sorted(json.loads(result.read_text())["name"] for result in results)


def test_workers_change_neither_verdicts_nor_journal_nor_summary(recorded, tmp_path, plan):
    """`-n 2` and `-n 0` on one recording: the same journal but for times and order, one table, one exit status, one
    Allure result a check, titled with its verdict. The last line counts RED and GREEN, not failed and passed."""
    alone, journal_alone = verdicts_and_decision(tmp_path / "n0", recorded, "-n", "0")
    shared, journal_shared = verdicts_and_decision(tmp_path / "n2", recorded, "-n", "2")

    assert journal_alone == journal_shared
    assert alone.returncode == shared.returncode == 20
    assert alone.stdout.count("RECOMMEND: ROLLBACK") == shared.stdout.count("RECOMMEND: ROLLBACK") == 1
    assert len(titles(tmp_path / "n0")) == len(plan.required("stage_10"))
    assert titles(tmp_path / "n0") == titles(tmp_path / "n2")
    assert re.search(r"1 RED, .*\d+ GREEN", alone.stdout.splitlines()[-1])


def test_a_broken_journal_ends_pytest_with_30_before_anything_is_judged(tmp_path):
    """Whatever its checks would say."""
    (tmp_path / "journal.jsonl").write_text('{"at_utc":"2026-11-24T12:00:00Z","kind":"run"}\n')
    ended = run_pytest("-m", "stage_10", f"--run={tmp_path}", "-n", "0")

    assert ended.returncode == 30, ended.stdout + ended.stderr
    assert "journal.jsonl, line 1 has no chain" in ended.stdout + ended.stderr
    assert not (tmp_path / "page.html").exists()


def test_a_run_that_ends_early_by_itself_keeps_the_decisions_exit_status(recorded, tmp_path):
    """`-x` under xdist is no interruption by the operator."""
    early, _ = verdicts_and_decision(tmp_path / "early", recorded, "-n", "2", "-x", "-k", "payments or latency")

    assert early.returncode == 20, early.stdout + early.stderr


def test_a_worker_that_dies_leaves_no_data_and_a_hold(plan, tmp_path):
    """`os._exit(0)` inside a check must not look like a pass."""
    plugin = tmp_path / "dies.py"
    plugin.write_text(
        "import os, pytest\n"
        "@pytest.hookimpl(tryfirst=True)\n"
        "def pytest_runtest_call(item):\n"
        "    if item.name.startswith('test_share'):\n"
        "        os._exit(0)\n"
    )
    healthy = recording_of(tmp_path / "healthy", plan, {})

    path = f"{tmp_path}{os.pathsep}{PROJECT}"
    ended, _ = verdicts_and_decision(tmp_path / "run", healthy, "-n", "2", "-p", "dies", PYTHONPATH=path)

    assert ended.returncode == 10, ended.stdout
    assert "HOLD - share NO DATA at stage_10: no result came back" in ended.stdout, ended.stdout


def test_a_check_that_is_deselected_is_no_data(recorded, tmp_path, plan):
    """`-k` cannot hide a gate: the decision walks the plan's required checks. Where it hides them all, nobody is told
    of what is a slip. So it is without the plugins that pytest would load by itself."""
    slip = run_pytest("-m", "stage_10", f"--run={recorded}", "-k", "latncy", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    _, records = verdicts_and_decision(tmp_path / "run", recorded, "-k", "latency")

    missing = [record for record in records if record["kind"] == "verdict" and record["colour"] == "NO DATA"]
    assert len(missing) == len(plan.required("stage_10")) - 1
    assert slip.returncode == 10, slip.stdout + slip.stderr
    assert "HOLD. -k 'latncy' selects no check. Did you mean 'latency'?" in slip.stderr
    assert "RECOMMEND" not in slip.stdout


def test_a_real_target_that_does_not_answer_is_no_data_in_plain_words(tmp_path):
    """Refused connections, no keys, no --act: every check NO DATA, each with one sentence, and nothing is reached."""
    facts = (PROJECT / "release.toml").read_text().replace('target = "rehearsal"', 'target = "real"')
    real = '[real]\nedge_url = "http://127.0.0.1:9"\nscrapes = [{ url = "http://127.0.0.1:9/metrics" }]\n'
    (tmp_path / "release.toml").write_text(facts + real)

    hurries = "import conduct.stage_driver\nconduct.stage_driver.BEFORE_T0_REAL_MIN = 0.01\n"
    (tmp_path / "hurries.py").write_text(hurries)
    files = f"--release={tmp_path / 'release.toml'}", f"--run={tmp_path / 'run'}"
    ended = run_pytest("-m", "t_minus_10", *files, "-p", "hurries", STRIPE_API_KEY="", PYTHONPATH=str(tmp_path))

    assert ended.returncode == 10, ended.stdout
    assert "9 NO DATA, 1 YELLOW" in ended.stdout.splitlines()[-1]
    assert "http://127.0.0.1:9/metrics cannot be reached: Connection refused" in ended.stdout
    assert "the environment variable SLACK_BOT_TOKEN is not set" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_real_targets_old_observation_is_no_data(tmp_path):
    """GREEN numbers of yesterday say nothing of the window that just ended."""
    facts = (PROJECT / "release.toml").read_text().replace('target = "rehearsal"', 'target = "real"')
    real = '[real]\nedge_url = "http://127.0.0.1:9"\nscrapes = [{ url = "http://127.0.0.1:9/metrics" }]\n'
    (tmp_path / "release.toml").write_text(facts + real)
    run = open_run(tmp_path / "release.toml", ["stage_10"], folder=tmp_path)
    now = datetime.now(UTC)

    run.note_observed("stage_10", now, None, [])
    assert run.as_of("stage_10") == now

    run.note_observed("stage_10", now + timedelta(minutes=5), None, [])
    with pytest.raises(NoEvidence, match="still to come by this machine's clock"):
        run.as_of("stage_10")
    run.note_observed("stage_10", now - timedelta(minutes=5), None, [])
    with pytest.raises(NoEvidence, match="5 min ago: observe it again"):
        run.as_of("stage_10")
