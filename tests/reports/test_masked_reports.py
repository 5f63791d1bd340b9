"""Whatever a check handles, pytest tells none of it: on no terminal, not in JUnit, passing, failing or crashing."""

import base64
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

PROJECT = Path(__file__).parents[2]
KEY = "kingfisher/2026+release"
PLANTED = {
    "key": KEY,
    "key in percent": quote(KEY, safe=""),
    "key in base64": base64.b64encode(f"svc:{KEY}".encode()).decode(),
    "stripe": "sk_live_51HxAbCdEfGhIjKl",
    "slack": "xoxb-123456789012-abcdefgh",
    "github": "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SflKxwRJSMeKKF2QT4fwpM",
    "dsn": "postgresql://shop:hunter22@db/shop",
    "email": "maria.lopez@example.org",
    "email in percent": "maria.lopez%40example.org",
    "card": "4242 4242 4242 4242",
    "ssn": "123-45-6789",
    "phone": "+44 20 7946 0018",
    "ip": "203.0.113.9",
}
SHOWN = {name: "hunter22" if name == "dsn" else value for name, value in PLANTED.items()}
CONFTEST = f"""
from reports.masked_reports import MaskedReports

def pytest_configure(config):
    config.pluginmanager.register(MaskedReports(lambda: ({KEY!r},)))
"""
CHECKS = f"""
import logging, sys
import pytest

PLANTED = {PLANTED!r}

@pytest.fixture(params=PLANTED, ids=range(len(PLANTED)))
def value(request):
    return PLANTED[request.param]

def test_passes(value):
    print("sent", value)
    logging.warning("answered %s", value)

def test_compares(value):
    print("sent", value, file=sys.stderr)
    assert {{"said": value}} == {{"said": ""}}

def asked(credential):
    local = credential * 1
    raise RuntimeError(f"no answer for {{local}}")

def test_crashes(value):
    asked(value)

@pytest.fixture
def broken(value):
    raise OSError(value)

def test_breaks_before(broken):
    pass

def test_skips(value):
    pytest.skip(value)
"""


@pytest.fixture
def told(tmp_path):
    """What a run with these options says: standard output and error, and JUnit's file."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_checks.py").write_text(CHECKS)

    def run(*options):
        command = [sys.executable, "-m", "pytest", "-c", os.devnull, f"--rootdir={tmp_path}", "-p", "no:cacheprovider"]
        command += [f"--junitxml={tmp_path / 'junit.xml'}", "-rA", *options, str(tmp_path)]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        ended = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
        assert ended.returncode == 1, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr + (tmp_path / "junit.xml").read_text()

    return run


@pytest.mark.parametrize("options", [("-n", "0"), ("-n", "2", "-l"), ("-n", "0", "--tb=short", "-vv")], ids=" ".join)
def test_no_planted_value_is_told(told, options):
    said = told(*options)

    assert {name for name, value in SHOWN.items() if value in said} == set()
    assert "RuntimeError: no answer for ***" in said and "sent ***" in said
