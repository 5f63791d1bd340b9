"""--live-payments counts where it is typed: never from the environment, a settings file or a shortened word."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from ramp.__main__ import main

PROJECT = Path(__file__).parents[2]
FLAG = "--live-payments"


def started(tmp_path, *args, **environment):
    argv = [sys.executable, "-m", "pytest", "-m", "caps", f"--run={tmp_path / 'run'}", "-p", "no:cacheprovider", *args]
    ended = subprocess.run(
        argv, cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False, env=os.environ | environment
    )
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("where", ["PYTEST_ADDOPTS", "addopts", "a settings file", "an arguments file"])
def test_the_flag_from_anywhere_but_the_command_is_refused_in_one_sentence(tmp_path, where):
    (tmp_path / "other.ini").write_text(f"[pytest]\naddopts = {FLAG}\n")
    (tmp_path / "arguments").write_text(FLAG)
    args, environment = {
        "PYTEST_ADDOPTS": ([], {"PYTEST_ADDOPTS": FLAG}),
        "addopts": (["-o", f"addopts={FLAG}"], {}),
        "a settings file": (["-c", str(tmp_path / "other.ini"), f"--rootdir={PROJECT}"], {}),
        "an arguments file": ([f"@{tmp_path / 'arguments'}"], {}),
    }[where]

    status, said = started(tmp_path, *args, **environment)

    assert status == 4
    assert f"{FLAG} stands in PYTEST_ADDOPTS, addopts or another file" in said
    assert not (tmp_path / "run").exists()


def test_the_flag_that_is_typed_is_asked_for_all_else(tmp_path):
    """Here the target is a rehearsal, where nothing live is paid."""
    status, said = started(tmp_path, FLAG, PYTEST_ADDOPTS=FLAG)

    assert status == 4
    assert "live payments lack a real target" in said


@pytest.mark.parametrize(
    "command", [["recover"], ["load"], ["observe", "--moment=stage_1"]], ids=lambda words: words[0]
)
def test_a_command_takes_no_shortened_flag(command, capsys):
    assert main([*command, "--live-pay"]) == 4
    assert "unrecognized arguments: --live-pay" in capsys.readouterr().err


@pytest.fixture
def edge(serve):
    """An edge on loopback, as a tunnel to production ends in one, and what was posted to it."""
    posted = []

    async def answer(request):
        if request.method == "POST":
            posted.append(request.path)
        return web.json_response({})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return serve(app), posted


@pytest.mark.parametrize("missing", ["flag", "release", "key", "window", "ledger"])
@pytest.mark.parametrize("command", [["load"], ["observe", "--moment=stage_1"]], ids=lambda words: words[0])
def test_with_act_alone_or_anything_missing_no_command_checks_out(
    edge, tmp_path, state_home, monkeypatch, capsys, command, missing
):
    url, posted = edge
    opens = datetime.now(UTC) - timedelta(hours=2)
    closes = opens + timedelta(hours=1 if missing == "window" else 4)
    facts = (PROJECT / "release.toml").read_text().replace('target = "rehearsal"', 'target = "real"')
    live = f"[live]\nopens_at_utc = {opens:%Y-%m-%dT%H:%M:%SZ}\ncloses_at_utc = {closes:%Y-%m-%dT%H:%M:%SZ}\n"
    live += 'customer = "cus_Q1x2"\npayment_method = "pm_1Qx2"\n'
    real = f'[real]\nedge_url = "{url}"\nscrapes = [{{ url = "{url}/metrics" }}]\n'
    real += '[real.load]\narrivals_per_s_max = 500\ncheckout_path = "/api/checkout"\n'
    (tmp_path / "release.toml").write_text(facts + live + real)
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_4tests00000000" if missing == "key" else "rk_live_4tests00000000")
    monkeypatch.setenv("STRIPE_LIVE_RELEASE", "v20261123.1" if missing == "release" else "v20261124.1")
    if missing == "ledger":
        place = state_home / "shiproom" / "ledgers" / "v20261124.1" / "api.stripe.com" / "cus_Q1x2"
        place.mkdir(parents=True)
        (place / "ledger.db").write_text("no ledger")
    flags = ["--act"] if missing == "flag" else ["--act", FLAG]

    status = main([*command, f"--release={tmp_path / 'release.toml'}", f"--run={tmp_path / 'runs' / '1'}", *flags])

    said = capsys.readouterr().err
    assert status in (4, 10), said
    names = {"flag": FLAG, "release": "STRIPE_LIVE_RELEASE", "key": "rk_live_", "window": "approval window"}
    assert names.get(missing, "ledger") in said
    assert posted == []
