"""T-10 of a real target run again from elsewhere, or with a ledger that is not what it was: nothing is paid twice."""

import os
import shutil
from pathlib import Path

import pytest
import requests

from conduct.run import load_release
from fixtures.payments.ledger import LedgerUnavailable
from fixtures.payments.probe import open_ledger
from fixtures.payments.probing import probed
from fixtures.payments.reconciliation import PaymentsStopped
from fixtures.rehearsal.stripe_server import stripe_app
from ramp.observation import NoEvidence
from ramp.target import ScrapeEndpoint, Target

PROJECT = Path(__file__).parents[2]
KEY = "sk_test_rehearsalreruns0"
NOWHERE = "http://127.0.0.1:9"


class T10:
    """The payments of T-10 in any run folder: `t10(folder)` gives how many are captured, or why none was paid."""

    def __init__(self, on_real, plan, url):
        self._on_real, self._plan, self._url = on_real, plan, url
        target = Target(edge_url=NOWHERE, scrapes=(ScrapeEndpoint(url=f"{NOWHERE}/metrics"),), stripe_url=url)
        facts = {"target": "real", "real": target}
        self._release = load_release(PROJECT / "release.toml", plan, []).model_copy(update=facts)

    def __call__(self, folder):
        run = self._on_real(self._release, self._plan, Path(folder), act=True)
        try:
            account = run.paying_account()
            made = probed(open_ledger(run.site.ledger_url, self._plan, run.release.version), account, self._plan)
        except PaymentsStopped as stopped:
            run.stop_payments(stopped.reason)
            return stopped.reason
        except (NoEvidence, LedgerUnavailable) as missing:
            return str(missing)
        return sum(receipt.captured for receipt in made.receipts)

    def payments(self):
        asked = {"url": f"{self._url}/v1/payment_intents?limit=100", "headers": {"Authorization": f"Bearer {KEY}"}}
        return len(requests.get(**asked, timeout=5).json()["data"])


@pytest.fixture
def t10(on_real, plan, serve, monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", KEY)
    return T10(on_real, plan, serve(stripe_app(secret_key=KEY)))


@pytest.fixture
def ledger_file(state_home):
    return lambda: next(state_home.rglob("ledger.db"))


def test_another_run_folder_and_working_directory_find_the_same_payments(t10, tmp_path, monkeypatch):
    assert t10(tmp_path / "1") == 5
    for folder in ("2", "deep/3"):
        monkeypatch.chdir(tmp_path)
        assert t10(tmp_path / folder) == 5
    os.chdir(PROJECT)
    shutil.rmtree(tmp_path, ignore_errors=True)
    assert t10(tmp_path / "1") == 5
    assert t10.payments() == 5


@pytest.mark.parametrize("how", ["all of it", "the file", "the file and its mark", "emptied", "another home"])
def test_a_lost_ledger_pays_nothing(t10, tmp_path, state_home, ledger_file, monkeypatch, how):
    assert t10(tmp_path / "1") == 5
    match how:
        case "all of it":
            shutil.rmtree(state_home)
        case "the file":
            ledger_file().unlink()
        case "the file and its mark":
            ledger_file().with_name("ledger.db.made").unlink()
            ledger_file().unlink()
        case "emptied":
            ledger_file().write_bytes(b"")
        case "another home":
            monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))

    said = [t10(tmp_path / "2"), t10(tmp_path / "2"), t10(tmp_path / "3")]

    assert all(isinstance(why, str) for why in said), said
    assert t10.payments() == 5


def test_an_older_copy_pays_nothing(t10, tmp_path, state_home, ledger_file):
    """It was made before the first payment: all five are unknown to it."""
    run = t10._on_real(t10._release, t10._plan, tmp_path / "0")
    open_ledger(run.site.ledger_url, t10._plan, t10._release.version)
    older = tmp_path / "older.db"
    shutil.copy(ledger_file(), older)
    assert t10(tmp_path / "1") == 5
    shutil.copy(older, ledger_file())

    assert "orphan" in t10(tmp_path / "2")
    assert "payments of this run stopped" in t10(tmp_path / "2")
    assert t10.payments() == 5
