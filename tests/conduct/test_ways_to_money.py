"""Every command that can pay, typed with a live key and with one thing missing: nothing that takes money arrives."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from conduct.run import open_run
from fixtures.payments.probe import open_ledger
from fixtures.rehearsal.stripe_server import stripe_app
from ramp import live_guard
from ramp.__main__ import main

PROJECT = Path(__file__).parents[2]
KEY, VERSION, FLAG = "rk_live_4tests00000000", "v20261124.1", "--live-payments"


@pytest.fixture
def vendor(serve, monkeypatch):
    """The vendor's own address, on loopback: where it is, and what was posted there."""
    app, posted = stripe_app(secret_key=KEY), []

    @web.middleware
    async def recorded(request, handler):
        if request.method == "POST":
            posted.append(request.path)
        return await handler(request)

    app.middlewares.append(recorded)
    url = serve(app)
    monkeypatch.setattr(live_guard, "VENDOR_URL", url)
    return url, posted


@pytest.fixture
def released(vendor, tmp_path, monkeypatch):
    """`released(missing)`: a real release that lacks this of what live payments need, and a payment of it that was sent
    and that nobody knows the fate of. Gives what to type after a command."""

    def release(missing):
        url, _ = vendor
        opens = datetime.now(UTC) - timedelta(hours=2)
        closes = opens + timedelta(hours=1 if missing == "window" else 4)
        facts = (PROJECT / "release.toml").read_text().replace('target = "rehearsal"', 'target = "real"')
        live = f"[live]\nopens_at_utc = {opens:%Y-%m-%dT%H:%M:%SZ}\ncloses_at_utc = {closes:%Y-%m-%dT%H:%M:%SZ}\n"
        live += 'customer = "cus_Q1x2"\npayment_method = "pm_card_visa"\n'
        real = f'[real]\nedge_url = "{url}"\nscrapes = [{{ url = "{url}/metrics" }}]\nstripe_url = "{url}"\n'
        (tmp_path / "release.toml").write_text(facts + live + real)
        monkeypatch.setenv("STRIPE_API_KEY", KEY)
        monkeypatch.delenv(live_guard.LIVE_RELEASE_ENV, raising=False)
        if missing != "release":
            monkeypatch.setenv(live_guard.LIVE_RELEASE_ENV, VERSION)
        folder = tmp_path / "runs" / "1"
        folder.mkdir(parents=True)
        options = [f"--release={tmp_path / 'release.toml'}", f"--run={folder}", "--act"]
        return options + [FLAG] * (missing != "flag")

    return release


def sent(tmp_path):
    """A probe that was sent half a minute ago, and that the processor does not list."""
    run = open_run(tmp_path / "release.toml", [], folder=tmp_path / "runs" / "1", act=True)
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    ledger = open_ledger(run.site.ledger_url, run.plan, VERSION)
    ledger._now = lambda: long_ago
    ledger.reserve(f"{VERSION}-t10-1", 100)
    ledger.mark_sent(f"{VERSION}-t10-1")


def taking_money(posted):
    return [path for path in posted if not path.endswith(("/cancel", "/refunds"))]


MISSING = ("flag", "release", "window")


@pytest.mark.parametrize("missing", [None, *MISSING])
def test_recovery_asks_for_a_payment_again_only_where_nothing_is_missing(vendor, released, tmp_path, capsys, missing):
    typed = released(missing)
    sent(tmp_path)

    status = main(["recover", *typed])

    assert bool(taking_money(vendor[1])) == (missing is None)
    assert status == {None: 0, "flag": 10}.get(missing, 4), capsys.readouterr()


def test_looking_takes_no_money(vendor, released, capsys):
    """`doctor` tries everything that is configured; `load` and `observe` stand in test_live_payments_are_typed.py."""
    release, *_ = released("flag")

    assert main(["doctor", release]) == 10

    assert "lists payments" in capsys.readouterr().out
    assert vendor[1] == []


@pytest.mark.parametrize("missing", ["release", "window"])
def test_t_minus_10_does_not_start_where_anything_is_missing(vendor, released, missing):
    """Without the flag it starts, to look, and its payments are NO DATA: see test_live_guard.py."""
    url, posted = vendor
    argv = [sys.executable, "-m", "pytest", "-m", "t_minus_10", "-p", "no:cacheprovider", "-p", "vendor_on_loopback"]
    argv += [*released(missing), "-k", "payments_settle"]
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"VENDOR_ON_LOOPBACK": url, "PYTHONPATH": path}
    ended = subprocess.run(
        argv, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip

    assert posted == []
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "live payments lack" in ended.stderr
