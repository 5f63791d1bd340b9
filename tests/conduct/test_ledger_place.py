"""The ledger of a live release: one place for each release and account, whatever run or checkout it is used from."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conduct.ledger_place import since
from conduct.run import load_release
from fixtures.payments.probe import open_ledger
from fixtures.payments.store import LedgerUnavailable
from ramp.release import LivePayments
from ramp.target import LedgerInPostgres, ScrapeEndpoint, Target
from ramp.validation import Invalid

PROJECT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
LIVE = LivePayments(
    opens_at_utc=AT, closes_at_utc=AT + timedelta(hours=2), customer="cus_Q1x2", payment_method="pm_1Qx2"
)
KEYS = {"live": "rk_live_4tests00000000", "test": "sk_test_4tests00000000"}


@pytest.fixture
def release(plan):
    target = Target(edge_url=NOWHERE, scrapes=(ScrapeEndpoint(url=f"{NOWHERE}/metrics"),))
    facts = {"target": "real", "real": target, "live": LIVE, "version": "v20261124.1"}
    return load_release(PROJECT / "release.toml", plan, []).model_copy(update=facts)


@pytest.fixture
def ledger_url(on_real, plan, release, tmp_path):
    """`ledger_url(folder, **facts)`: where the release's ledger is for a run in `folder`."""

    def url(folder="run", real=None, **facts):
        changed = release.model_copy(update={"real": release.real.model_copy(update=real or {}), **facts})
        return on_real(changed, plan, tmp_path / folder).site.ledger_url

    return url


@pytest.fixture(autouse=True)
def live_key(monkeypatch):
    monkeypatch.setenv("STRIPE_API_KEY", KEYS["live"])


def test_every_run_folder_and_working_directory_has_the_same_ledger(ledger_url, state_home, tmp_path, monkeypatch):
    here = ledger_url()
    monkeypatch.chdir(tmp_path)

    assert here == ledger_url() == ledger_url("elsewhere/2")
    assert here == f"sqlite:///{state_home}/shiproom/ledgers/v20261124.1/api.stripe.com/cus_Q1x2/ledger.db"
    assert Path(here.removeprefix("sqlite:///")).parent.stat().st_mode & 0o777 == 0o700


def test_without_a_state_folder_of_ones_own_it_is_below_home(ledger_url, tmp_path, monkeypatch):
    """A relative XDG_STATE_HOME counts for nothing: it would depend on the working directory."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for given in ("", "state"):
        monkeypatch.setenv("XDG_STATE_HOME", given)
        assert ledger_url().startswith(f"sqlite:///{tmp_path}/home/.local/state/shiproom/")


def test_another_release_another_account_and_a_test_key_have_others(ledger_url, monkeypatch):
    urls = {
        ledger_url(),
        ledger_url(version="v20261124.2"),
        ledger_url(live=LIVE.model_copy(update={"customer": "cus_Q9"})),
        ledger_url(real={"stripe_url": "http://127.0.0.1:8420"}),
    }
    monkeypatch.setenv("STRIPE_API_KEY", KEYS["test"])
    assert len({*urls, ledger_url(), ledger_url(real={"stripe_url": "http://127.0.0.1:8420"})}) == 6


def test_another_key_of_the_same_account_changes_nothing(ledger_url, monkeypatch):
    before = ledger_url()
    monkeypatch.setenv("STRIPE_API_KEY", "rk_live_another0000000")

    assert ledger_url() == before


def test_a_state_folder_inside_the_run_is_refused(ledger_url, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "run" / "state"))

    with pytest.raises(LedgerUnavailable, match="inside the run folder"):
        ledger_url()


def test_a_state_folder_that_cannot_be_made_is_said(ledger_url, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))

    with pytest.raises(LedgerUnavailable, match="cannot be made: Not a directory"):
        ledger_url()


def test_a_row_of_the_release_file_names_postgresql_by_an_environment_variable(ledger_url, monkeypatch):
    row = {"ledger": LedgerInPostgres(postgres_env="SHIPROOM_LEDGER")}
    monkeypatch.delenv("SHIPROOM_LEDGER", raising=False)
    with pytest.raises(LedgerUnavailable, match="SHIPROOM_LEDGER holds it, and that is not set"):
        ledger_url(real=row)
    monkeypatch.setenv("SHIPROOM_LEDGER", "mysql://pay:hunter2secret@db/caps")
    with pytest.raises(LedgerUnavailable, match="no postgresql:// address") as refused:
        ledger_url(real=row)
    assert "hunter2secret" not in str(refused.value)
    monkeypatch.setenv("SHIPROOM_LEDGER", "postgresql://db/caps")
    assert ledger_url(real=row) == "postgresql://db/caps"


def test_the_password_of_the_ledger_is_among_the_secrets(on_real, plan, release, tmp_path, monkeypatch):
    monkeypatch.setenv("SHIPROOM_LEDGER", "postgresql://pay:hunter%402secret@db/caps?password=another2secret")
    real = release.real.model_copy(update={"ledger": LedgerInPostgres(postgres_env="SHIPROOM_LEDGER")})

    known = on_real(release.model_copy(update={"real": real}), plan, tmp_path).site.secrets

    assert {"hunter@2secret", "hunter%402secret", "another2secret"} <= set(known)


def test_the_release_file_takes_the_row(plan, tmp_path):
    file = tmp_path / "release.toml"
    facts = (PROJECT / "release.toml").read_text().replace('target = "rehearsal"', 'target = "real"')
    real = f'[real]\nedge_url = "{NOWHERE}"\nscrapes = [{{ url = "{NOWHERE}/metrics" }}]\n'
    file.write_text(f'{facts}\n{real}[real.ledger]\npostgres_env = "SHIPROOM_LEDGER"\n')

    assert load_release(file, plan, []).real.ledger.postgres_env == "SHIPROOM_LEDGER"
    file.write_text(f'{facts}\n{real}[real.ledger]\nurl = "postgresql://db/caps"\n')
    with pytest.raises(Invalid, match="postgres_env"):
        load_release(file, plan, [])


def test_the_ledger_can_be_used_there_from_two_runs(ledger_url, plan):
    open_ledger(ledger_url("1"), plan, "v20261124.1").reserve("a", 100)

    assert [entry.key for entry in open_ledger(ledger_url("2"), plan, "v20261124.1").entries()] == ["a"]


@pytest.mark.parametrize(
    ("go", "expected"),
    [
        (AT - timedelta(days=9), AT - timedelta(days=9)),
        (AT - timedelta(minutes=1), AT - timedelta(minutes=1)),
        (AT + timedelta(minutes=1), AT - timedelta(hours=48)),
        (None, AT - timedelta(hours=48)),
    ],
)
def test_payments_are_listed_from_the_go_on(release, go, expected):
    """Without one that has come, from before the version's own day."""
    assert since(release.model_copy(update={"go_at_utc": go}), AT) == expected
    old = release.model_copy(update={"go_at_utc": None, "version": "v20261101.1"})
    assert since(old, AT) == datetime(2026, 10, 31, tzinfo=UTC)


def test_a_rehearsal_keeps_a_ledger_of_its_own(rehearsed, state_home):
    run = rehearsed(secrets={})

    assert os.fspath(state_home) not in run.site.ledger_url
    assert replace(run.site, running=None).ledger_url.endswith("/ledger.db")
