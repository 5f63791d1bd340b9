"""Allure's own generator, from npm: the tests that want it are run with it, so that they do not skip."""

import shutil
import subprocess
import sys

import pytest

from reports.allure_html import INSTALL
from tests.conftest import PROJECT

WANT_IT = ("tests/reports/test_allure_html.py", "tests/conduct/test_publish.py")
NPM_S, TESTS_S = 300, 120


def run(argv, within_s):
    ended = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, timeout=within_s, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_the_report_is_made_by_the_line_that_the_suite_says_installs_its_generator():
    if shutil.which("npm") is None:
        pytest.fail(f"there is no npm here, and {INSTALL} needs it (Debian: apt install npm)", pytrace=False)
    status, said = run([*INSTALL.split(), "--no-audit", "--no-fund"], NPM_S)
    if status:
        pytest.fail(f"{INSTALL} ended with status {status}: {' '.join(said.split())[-300:]}", pytrace=False)
    status, said = run([sys.executable, "-m", "pytest", "-n", "0", "-rs", *WANT_IT], TESTS_S)
    assert status == 0 and "no Allure report was made" not in said, said
