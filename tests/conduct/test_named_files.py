"""The release file and the plan may lie anywhere: whoever takes part in a run reads the same two files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conduct.run import PLAN_FILE, open_run
from ramp.__main__ import main

PROJECT = Path(__file__).parents[2]
NOTED = 'source = "assumption"\nnote = "Fewer are enough for this one."'
PYTEST = ("pytest", "-m", "caps", "-p", "no:cacheprovider")


def run(*arguments, cwd=PROJECT):
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def records_of(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def verdicts_of(folder):
    return {record["check"]: record for record in records_of(folder) if record["kind"] == "verdict"}


@pytest.fixture
def elsewhere(tmp_path):
    """`elsewhere(old, new)`: a folder with a release file, and a plan in which something else stands."""

    def make(*changes):
        text = PLAN_FILE.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "plan.toml").write_text(text)
        (tmp_path / "mine.toml").write_text((PROJECT / "release.toml").read_text())
        return tmp_path

    return make


def test_checks_workers_and_the_rehearsal_read_the_files_that_were_named_from_the_users_folder(elsewhere):
    """The caps that the rehearsal's checkout enforces are the plan's, and the check compares them to the cent."""
    folder = elsewhere(('source = "B5"\ncount_max = 100', f"{NOTED}\ncount_max = 90"))

    named = ("--plan=plan.toml", "--release=mine.toml", f"--rootdir={PROJECT}", "-c", str(PROJECT / "pyproject.toml"))
    ended = run(*PYTEST, "-n", "2", *named, "--run=run", str(PROJECT / "checks"), cwd=folder)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "90 payments" in verdicts_of(folder / "run")["caps_target"]["why"]
    told = "plan.toml, which is not the directive"
    card = next(record for record in records_of(folder / "run") if record["kind"] == "card")
    assert all(told in text for text in (ended.stdout, card["text"], (folder / "run" / "page.html").read_text()))


def test_a_rehearsal_hands_its_plan_to_the_checks(elsewhere):
    """It ends at GO+30, whose start is busy, and its checkout enforces the plan's caps."""
    folder = elsewhere(('source = "B5"\ncount_max = 100', f"{NOTED}\ncount_max = 90"))
    named = (f"--plan={os.path.relpath(folder / 'plan.toml', PROJECT)}", f"--release={folder / 'mine.toml'}")

    ended = run("ramp", "rehearse", *named, f"--run={folder / 'run'}", "--scenario", "start_busy")

    assert ended.returncode == 10, ended.stdout + ended.stderr
    assert "90 payments" in verdicts_of(folder / "run")["caps_target"]["why"]


def test_only_a_plan_that_says_something_else_is_another_one(elsewhere):
    """A copy with a comment judges alike; a limit that moved does not, and the file may be gone by then."""
    same = elsewhere(("# The release directive as data.", "# Our copy."))
    copied = open_run(same / "mine.toml", [], folder=same / "run", plan_file=same / "plan.toml")
    other = elsewhere(("ratio_max = 0.01", "ratio_max = 0.02"))
    moved = open_run(other / "mine.toml", [], folder=other / "run", plan_file=other / "plan.toml")
    (other / "plan.toml").unlink()

    assert (copied.other_plan, moved.other_plan) == (None, str(other / "plan.toml"))


@pytest.mark.parametrize("option", ["plan", "release"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read (No such file or directory); name the {option} file with --{option}=FILE"),
        (b"\xff\xfe", "cannot be read (is not UTF-8)"),
        (b"no table", "is not TOML"),
        (b"colour = 1", "colour: there is no such key."),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_nothing_is_run(tmp_path, capsys, option, content, says):
    if content is not None:
        (tmp_path / "wrong.toml").write_bytes(content)
    there = list(tmp_path.iterdir())

    assert main(["matrix", f"--{option}={tmp_path / 'wrong.toml'}", f"--run={tmp_path}"]) == 4

    assert f"{tmp_path / 'wrong.toml'}: {says.format(option=option)}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == there


@pytest.mark.parametrize("option", ["plan", "release"])
def test_pytest_ends_with_the_same_line_and_status_4(tmp_path, option):
    ended = run(*PYTEST, f"--{option}={tmp_path / 'wrong.toml'}", f"--run={tmp_path / 'run'}")

    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert f"{tmp_path / 'wrong.toml'}: cannot be read" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("command", ["replay", "power"])
def test_commands_that_judge_a_recording_take_the_plan_too(tmp_path, capsys, command):
    (tmp_path / "plan.toml").write_text("")

    assert main([command, str(tmp_path / "observations.jsonl"), f"--plan={tmp_path / 'plan.toml'}"]) == 4

    assert f"{tmp_path / 'plan.toml'}: moments: is missing." in capsys.readouterr().err
