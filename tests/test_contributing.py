"""CONTRIBUTING.md keeps its promise: its example of a gate is five files, and its scenario leads where it says."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TEXT = (PROJECT / "CONTRIBUTING.md").read_text("utf-8")
FOLDERS = ("checks", "conduct", "fixtures", "load", "ramp", "reports")
FILES = ("conftest.py", "pyproject.toml", "release.toml")
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)  # its language, the file that it names


def changed(text: str, diff: str) -> str:
    """`text` with the hunks of `diff`, which `@@` separates; each is found by the lines that it keeps or takes away."""
    for hunk in re.split(r"^@@.*\n", diff, flags=re.MULTILINE):
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if not line.startswith("+"))
        after = "".join(line[1:] for line in lines if not line.startswith("-"))
        assert text.count(before) == 1, f"CONTRIBUTING.md changes lines that are not there once:\n{before}"
        text = text.replace(before, after)
    return text


@pytest.fixture
def example(tmp_path) -> Path:
    """A copy of the project with the example applied."""
    copy = tmp_path / "example"
    copy.mkdir()
    for folder in FOLDERS:
        shutil.copytree(PROJECT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in FILES:
        shutil.copy(PROJECT / file, copy)
    for language, file, block in BLOCK.findall(TEXT):
        if language == "diff":
            block = changed((copy / file).read_text("utf-8"), block)  # noqa: PLW2901
        else:
            assert not (copy / file).exists()
        (copy / file).write_text(block, "utf-8")
    return copy


def run(project: Path, scenarios: tuple[str, ...]) -> list[tuple[int, dict[str, dict]]]:
    """Stage 10 of `project` under each scenario, side by side: exit status and verdicts by check."""
    running = []
    for name in scenarios:
        argv = [sys.executable, "-m", "pytest", "checks", "-m", "stage_10", "--scenario", name, "--speed", "180"]
        argv += [f"--run={project / name}", "-p", "no:cacheprovider"]
        environment = os.environ | {"PYTHONPATH": str(project)}
        running.append(subprocess.Popen(argv, cwd=project, env=environment, stdout=subprocess.PIPE, text=True))
    said = [process.communicate(timeout=120)[0] for process in running]
    came = []
    for name, process, output in zip(scenarios, running, said, strict=True):
        assert (project / name / "journal.jsonl").exists(), output
        records = map(json.loads, (project / name / "journal.jsonl").read_text().splitlines())
        came.append((process.returncode, {one["check"]: one for one in records if one["kind"] == "verdict"}))
    return came


def test_the_example_is_five_files():
    named = {file for _, file, _ in BLOCK.findall(TEXT)}

    assert named == {
        "ramp/plan.toml",
        "ramp/gates/tokens.py",
        "ramp/gates/__init__.py",
        "checks/test_gates.py",
        "fixtures/rehearsal/scenarios.toml",
    }


def test_every_file_that_a_list_names_is_there():
    """But for those that are to be made, whose name is NAME."""
    rows = re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE)
    named = {file for row in rows for file in re.findall(r"`([\w./]+\.\w+)`", row)}

    assert len(named) > 15
    assert not {file for file in named if "NAME" not in file and not (PROJECT / file).exists()}


def test_its_scenario_turns_it_red_and_a_healthy_canary_passes_it(example):
    row = tomllib.loads((example / "fixtures/rehearsal/scenarios.toml").read_text())["longer_answers"]
    assert row["expected"] == {"moment": "stage_10", "check": "tokens", "verdict": "RED", "decision": "HOLD"}

    (held, broken), (_, sound) = run(example, ("longer_answers", "healthy"))

    assert broken["tokens"]["colour"] == "RED", broken["tokens"]
    assert held != 0
    assert "> +10% against control" in broken["tokens"]["why"]
    assert sound["tokens"]["colour"] == "GREEN", sound["tokens"]
