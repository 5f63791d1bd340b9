"""The image: what is copied into it is there and is all that a command needs, and nobody in it is root."""

import re
import shutil
import subprocess
import sys

from tests.conftest import PROJECT

LINES = (PROJECT / "Containerfile").read_text("utf-8").splitlines()


def test_it_is_short_and_runs_as_nobody_with_rights():
    assert len(LINES) <= 15
    assert LINES[0] == "FROM python:3.11-slim"
    user = [line.split()[1] for line in LINES if line.startswith("USER ")]
    assert user and user[-1] not in ("0", "root") and any(f"--uid {user[-1]}" in line for line in LINES)
    assert LINES.index(f"USER {user[-1]}") < LINES.index('ENTRYPOINT ["python", "-m", "ramp"]')


def test_what_it_copies_exists_and_is_enough_for_a_command(tmp_path):
    for line in LINES:
        if copied := re.fullmatch(r"COPY (.+) (\S+)", line):
            for name in copied[1].split():
                source, to = PROJECT / name, tmp_path / copied[2] / (name if copied[2].endswith("/") else "")
                assert source.exists(), name
                if source.is_dir():
                    shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(source, to)
    argv = [sys.executable, "-m", "ramp", "verdict", "--plan=ramp/plan.toml"]
    ended = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (10, "") and "there is no run" in ended.stdout
