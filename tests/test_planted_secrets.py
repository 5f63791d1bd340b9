"""Whatever the system, its commands and the checks tell of secrets and personal data, a run tells none of it."""

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from fixtures.rehearsal.pagerduty_server import pagerduty_app
from fixtures.rehearsal.slack_server import slack_app
from tests import planted

PROJECT = Path(__file__).parents[1]
FACTS = (PROJECT / "release.toml").read_text("utf-8")


@pytest.fixture
def told(serve, tmp_path):
    """`told(more, options)`: what a run of the checks and of `more` with these options says and leaves, by where."""

    def run(more: str, *options: str) -> dict[str, str]:
        keys, out = planted.KEYS, tmp_path / "out"
        url = serve(planted.telling())
        slack = serve(slack_app(token=keys["SLACK_BOT_TOKEN"], folder=out / "slack"))
        pager = serve(pagerduty_app(routing_key=keys["PAGERDUTY_ROUTING_KEY"], folder=out / "pager"))
        (tmp_path / "release.toml").write_text(planted.release_file(FACTS, url, f"{slack}/api/", pager))
        (tmp_path / "test_planted.py").write_text(planted.CHECKS)
        (tmp_path / "test_more.py").write_text(more)
        argv = [sys.executable, "-m", "pytest", "-m", "t_minus_10", "--act", f"--release={tmp_path / 'release.toml'}"]
        argv += [f"--run={out / 'run'}", f"--junitxml={out / 'junit.xml'}", f"--log-file={out / 'log.txt'}", "-rA"]
        argv += ["-p", "no:cacheprovider", "-p", "tests.looks_once", *options]
        argv += ["checks", str(tmp_path / "test_planted.py"), str(tmp_path / "test_more.py")]
        ended = subprocess.run(
            argv, cwd=PROJECT, env=os.environ | keys, capture_output=True, text=True, timeout=120, check=False
        )
        return {"stdout": ended.stdout, "stderr": ended.stderr, **planted.written(out)}

    return run


@pytest.mark.parametrize(
    ("more", "options"),
    [
        ("", ("-n", "0", "-vv", "-l", "--setup-show", "-o", "log_cli=true")),
        (planted.DIES, ("-n", "2", "-v", "--tb=short")),
        (planted.BREAKS_PYTEST, ("-n", "0")),
    ],
    ids=["passing and failing", "a worker that dies", "pytest that breaks"],
)
def test_nothing_that_was_planted_is_told_or_written(told, more, options):
    said = told(more, *options)

    assert {(where, value) for where, text in said.items() for value in planted.SOUGHT if value in text} == set()
    if more == planted.BREAKS_PYTEST:
        assert "INTERNALERROR" in said["stdout"] and "[EMAIL" in said["stdout"]
        return
    assert "[EMAIL" in said["run/source.json"] and "[EMAIL" in said["run/journal.jsonl"]
    assert {"junit.xml", "log.txt", "slack/messages.jsonl", "pager/events.jsonl", "run/journal.jsonl"} <= said.keys()
    tags = [set(re.findall(r"\[EMAIL [0-9a-f]{4}\]", said[where])) for where in ("stdout", "junit.xml")]
    assert len(tags[0] & tags[1]) == 1  # of the controller and of every worker, for each value one


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("-s",), "-s and --capture would show unmasked what checks print"),
        ((f"--plan=/nowhere/{quote(planted.ALL, safe='')[:2000]}",), "cannot be read"),
    ],
    ids=["output that would be shown unmasked", "a file that is no plan"],
)
def test_what_is_refused_tells_nothing_either(told, options, why):
    said = told("", *options)

    assert why in said["stderr"]
    assert not {value for value in planted.SOUGHT if value in said["stdout"] + said["stderr"]}
